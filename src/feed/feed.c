/* feed.c — files, members, records: the walk gives files, a container gives members, a reader gives
 * records, and a batch holds copies of them. */
#include "feed/container.h"
#include "feed/feed_inside.h"
#include "feed/json_shim.h"
#include "feed/reader.h"
#include "feed/walk.h"

#include <stdio.h>
#include <stdlib.h>

enum { DETECT_BYTES = 64 * 1024, DEFAULT_RECORD_BYTES = 16 << 20, PROBLEM_BYTES = 700 };

struct sr_feed {
    sr_feed_format forced; /* SR_FEED_UNKNOWN: by content */
    char delimiter;
    size_t max_record_bytes;
    sr_field_map map;
    const sr_observer *observer;
    char **paths;
    size_t n_paths;
    sr_feed_seen *seen; /* one a path */
    sr_walk *walk;
    sr_arena arena; /* of the members */
    const sr_feed_member **members;
    size_t n_members;
    size_t member_capacity;
    /* the file being read */
    bool file_open;
    sr_walk_item item;
    sr_container container;
    size_t n_files;
    /* the member being read */
    const sr_feed_member *member; /* NULL: none */
    sr_input input;
    sr_reader *reader;           /* NULL: the member is `problem` alone */
    char problem[PROBLEM_BYTES]; /* "", or a bad record that is still to be given */
    uint64_t problem_line;
    uint64_t problem_number;
    /* what was told of guesses */
    sr_record_parser *parser;
    bool guesses_told; /* of this member */
    char told[PROBLEM_BYTES];
    uint64_t n_bytes_done;
    uint64_t n_file_bytes_done;
    uint64_t n_file_bytes_total;
    bool ended;
};

void sr_feed_options_init(sr_feed_options *options)
{
    *options = (sr_feed_options){
        .max_record_bytes = DEFAULT_RECORD_BYTES, .max_bad = UINT64_MAX, .max_bad_share = 1.0};
}

static const char *const FORMAT_NAMES[] = {"unknown", "jsonl", "json", "csv", "text"};

const char *sr_feed_format_name(sr_feed_format format)
{
    return FORMAT_NAMES[format];
}

const sr_field_map *sr_feed_map(const sr_feed *feed)
{
    return &feed->map;
}

sr_feed_seen *sr_feed_seen_of(const sr_feed *feed, size_t argument)
{
    return &feed->seen[argument < feed->n_paths ? argument : 0];
}

void sr_record_batch_init(sr_record_batch *batch)
{
    *batch = (sr_record_batch){0};
    sr_arena_init(&batch->arena);
}

void sr_record_batch_release(sr_record_batch *batch)
{
    if (batch) {
        sr_arena_release(&batch->arena);
        free(batch->records);
        *batch = (sr_record_batch){0};
    }
}

/* ---------------------------------------------------------------- open and close */

static sr_status parse_format(const char *name, sr_feed_format *format, sr_error *error)
{
    *format = SR_FEED_UNKNOWN;
    for (int i = SR_FEED_JSONL; name && i <= SR_FEED_TEXT; i++) {
        if (strcmp(name, FORMAT_NAMES[i]) == 0) {
            *format = (sr_feed_format)i;
            return SR_OK;
        }
    }
    return name ? sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0,
                               "\"%s\" is no input format; there are jsonl, json, csv, text", name)
                : SR_OK;
}

static sr_status copy_paths(sr_feed *feed, const char *const *paths, size_t n_paths)
{
    feed->paths = calloc(n_paths + 1, sizeof *feed->paths);
    feed->seen = calloc(n_paths + 1, sizeof *feed->seen);
    if (!feed->paths || !feed->seen) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < n_paths; i++) {
        feed->paths[i] = strdup(paths[i]);
        if (!feed->paths[i]) {
            return SR_ERR_MEMORY;
        }
        feed->n_paths++;
    }
    return SR_OK;
}

static sr_status set_up(sr_feed *feed, const char *const *paths, size_t n_paths,
                        const sr_feed_options *options, sr_error *error)
{
    feed->delimiter = options->delimiter;
    bool limited = options->max_record_bytes && options->max_record_bytes < SIZE_MAX / 8;
    feed->max_record_bytes = limited ? (size_t)options->max_record_bytes : DEFAULT_RECORD_BYTES;
    SR_TRY(parse_format(options->input_format, &feed->forced, error));
    SR_TRY(sr_field_map_init(&feed->map, options->map, error));
    SR_TRY(copy_paths(feed, paths, n_paths));
    SR_TRY(sr_walk_open(paths, n_paths, feed->observer, &feed->walk, &feed->n_file_bytes_total,
                        error));
    return sr_record_parser_create(feed, &feed->parser);
}

sr_status sr_feed_open(const char *const *paths, size_t n_paths, const sr_feed_options *options,
                       const sr_observer *observer, sr_feed **out, sr_error *error)
{
    sr_feed_options defaults;
    sr_feed_options_init(&defaults);
    sr_feed *feed = calloc(1, sizeof *feed);
    if (!feed) {
        return sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "no memory to open a feed");
    }
    feed->observer = observer;
    sr_arena_init(&feed->arena);
    sr_status status = set_up(feed, paths, n_paths, options ? options : &defaults, error);
    if (status != SR_OK) {
        sr_feed_close(feed);
        if (status == SR_ERR_MEMORY) {
            sr_error_set(error, status, NULL, 0, "no memory to open a feed");
        }
        return status;
    }
    *out = feed;
    return SR_OK;
}

/* Names that --map gives and no record had, by argument; only known when all was read. */
static void tell_unseen(const sr_feed *feed)
{
    for (size_t i = 0; feed->ended && i < feed->n_paths; i++) {
        if (!atomic_load(&feed->seen[i].any)) {
            continue;
        }
        uint32_t seen = atomic_load(&feed->seen[i].mapped);
        for (int f = 0; f < SR_FIELD_COUNT; f++) {
            const sr_field_path *path = &feed->map.paths[f];
            if (path->is_mapped && path->name.n_bytes && !(seen >> f & 1)) {
                sr_observe_message(feed->observer, SR_MESSAGE_WARNING,
                                   "%s: no record has a field \"%.*s\" (--map %s=%.*s)",
                                   feed->paths[i], (int)path->name.n_bytes, path->name.data,
                                   sr_feed_field_name((sr_field)f), (int)path->name.n_bytes,
                                   path->name.data);
            }
        }
    }
}

static void close_member(sr_feed *feed)
{
    if (feed->reader) {
        feed->reader->free(feed->reader);
        feed->reader = NULL;
    }
    feed->n_bytes_done += feed->input.n_bytes;
    sr_input_release(&feed->input);
    feed->member = NULL;
}

static void close_file(sr_feed *feed)
{
    if (feed->file_open) {
        feed->n_file_bytes_done += sr_file_stream_position(feed->container.file);
        sr_container_close(&feed->container);
        feed->file_open = false;
    }
}

void sr_feed_close(sr_feed *feed)
{
    if (!feed) {
        return;
    }
    tell_unseen(feed);
    close_member(feed);
    close_file(feed);
    sr_record_parser_free(feed->parser);
    sr_walk_close(feed->walk);
    sr_field_map_release(&feed->map);
    for (size_t i = 0; i < feed->n_paths; i++) {
        free(feed->paths[i]);
    }
    free(feed->paths);
    free(feed->seen);
    free(feed->members);
    sr_arena_release(&feed->arena);
    free(feed);
}

size_t sr_feed_member_count(const sr_feed *feed)
{
    return feed->n_members;
}

const sr_feed_member *sr_feed_member_get(const sr_feed *feed, size_t index)
{
    return feed->members[index];
}

uint64_t sr_feed_bytes_read(const sr_feed *feed)
{
    return feed->n_bytes_done + feed->input.n_bytes;
}

void sr_feed_progress(const sr_feed *feed, uint64_t *done, uint64_t *total)
{
    uint64_t position = feed->file_open ? sr_file_stream_position(feed->container.file) : 0;
    *done = feed->n_file_bytes_done + position;
    *total = feed->n_file_bytes_total;
}

/* ---------------------------------------------------------------- members */

static const char *keep_text(sr_feed *feed, const char *text)
{
    return sr_arena_copy(&feed->arena, sr_str_of(text)).data;
}

/* "head/entry", without the "./" that archives put before names. */
static const char *keep_joined(sr_feed *feed, const char *head, const char *entry)
{
    while (entry[0] == '.' && entry[1] == '/') {
        entry += 2;
    }
    size_t n_head = strlen(head);
    size_t n_entry = strlen(entry);
    char *text = sr_arena_alloc(&feed->arena, n_head + n_entry + 2);
    if (text) {
        memcpy(text, head, n_head);
        text[n_head] = '/';
        memcpy(text + n_head + (n_head > 0), entry, n_entry + 1); /* no slash behind nothing */
    }
    return text;
}

/* A member of the open file; `part` NULL where there is only the file. */
static sr_status add_member(sr_feed *feed, const sr_container_part *part, sr_feed_member **out)
{
    const sr_walk_item *item = &feed->item;
    sr_feed_member *member = sr_arena_alloc(&feed->arena, sizeof *member);
    if (!member) {
        return SR_ERR_MEMORY;
    }
    const sr_feed_member *last = feed->n_members ? feed->members[feed->n_members - 1] : NULL;
    bool same_file = last && last->container == feed->n_files - 1;
    *member = (sr_feed_member){
        .argument = item->argument,
        .container = feed->n_files - 1,
        .file = same_file ? last->file : keep_text(feed, item->path),
        .file_relative = same_file ? last->file_relative : keep_text(feed, item->relative),
        .compression = feed->container.compression,
        .archive = feed->container.kind,
    };
    member->name = member->file;
    member->relative = member->file_relative;
    if (part && part->entry && member->file && member->file_relative) {
        /* An archive that is the argument itself is like a directory: paths count from inside it.
         */
        member->entry = keep_text(feed, part->entry);
        member->entry_compression = part->compression;
        member->entry_modified_s = part->modified_s;
        member->name = keep_joined(feed, member->file, part->entry);
        member->relative =
            keep_joined(feed, item->is_argument ? "" : member->file_relative, part->entry);
    }
    if (!member->name || !member->relative || (part && part->entry && !member->entry)) {
        return SR_ERR_MEMORY;
    }
    SR_TRY(sr_array_reserve((void **)&feed->members, &feed->member_capacity, feed->n_members + 1,
                            sizeof *feed->members));
    feed->members[feed->n_members++] = member;
    *out = member;
    return SR_OK;
}

static void set_problem(sr_feed *feed, uint64_t number, uint64_t line, const char *reason)
{
    snprintf(feed->problem, sizeof feed->problem, "%s", reason);
    feed->problem_number = number;
    feed->problem_line = line;
}

/* A member that is nothing but one bad record. */
static sr_status add_problem_member(sr_feed *feed, const char *reason)
{
    sr_feed_member *member;
    SR_TRY(add_member(feed, NULL, &member));
    feed->member = member;
    set_problem(feed, 1, 0, reason);
    return SR_OK;
}

/* Decides the format, and drops a byte order mark where it is not the text's own. */
static sr_status detect_format(sr_feed *feed, sr_feed_member *member, char *delimiter)
{
    sr_str head;
    const char *reason = NULL;
    SR_TRY(sr_input_peek(&feed->input, DETECT_BYTES, &head));
    if (head.n_bytes == 0 && feed->input.damage.status != SR_OK) {
        set_problem(feed, 1, 0, feed->input.damage.text);
        return SR_OK;
    }
    bool has_bom = head.n_bytes >= 3 && memcmp(head.data, "\xef\xbb\xbf", 3) == 0;
    sr_str seen = has_bom ? sr_str_make(head.data + 3, head.n_bytes - 3) : head;
    sr_str name = sr_compression_strip_name(member->name);
    member->format = feed->forced
                         ? feed->forced
                         : sr_feed_detect(seen, feed->input.at_end, name, delimiter, &reason);
    if (reason) {
        set_problem(feed, 1, 0, reason);
    } else if (has_bom && member->format != SR_FEED_TEXT) {
        sr_input_consume(&feed->input, 3, 0);
    }
    return SR_OK;
}

static sr_status keep_header(sr_feed *feed, sr_feed_member *member)
{
    const sr_str *columns;
    sr_str header = sr_csv_reader_header(feed->reader, &columns, &member->n_columns);
    sr_str *kept = sr_arena_alloc(&feed->arena, (member->n_columns + 1) * sizeof *kept);
    member->header = sr_arena_copy(&feed->arena, header);
    if (!kept || !member->header.data) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < member->n_columns; i++) {
        kept[i] = sr_arena_copy(&feed->arena, columns[i]);
        if (!kept[i].data) {
            return SR_ERR_MEMORY;
        }
    }
    member->columns = kept;
    return SR_OK;
}

static sr_status begin_member(sr_feed *feed, const sr_container_part *part)
{
    sr_feed_member *member;
    char delimiter = feed->delimiter;
    size_t max_bytes = feed->max_record_bytes;
    SR_TRY(add_member(feed, part, &member));
    feed->member = member;
    feed->guesses_told = false;
    sr_input_init(&feed->input, part->stream);
    SR_TRY(detect_format(feed, member, &delimiter));
    switch (member->format) {
    case SR_FEED_JSONL:
        return sr_jsonl_reader_create(&feed->input, max_bytes, &feed->reader);
    case SR_FEED_JSON:
        return sr_json_array_reader_create(&feed->input, max_bytes, &feed->reader);
    case SR_FEED_TEXT:
        return sr_text_reader_create(&feed->input, max_bytes, &feed->reader);
    case SR_FEED_CSV:
        SR_TRY(sr_csv_reader_create(&feed->input, max_bytes, delimiter ? delimiter : ',',
                                    &feed->reader));
        return keep_header(feed, member);
    default:
        return SR_OK; /* the problem is set */
    }
}

static sr_status next_file(sr_feed *feed)
{
    bool found;
    sr_error error = {0};
    SR_TRY(sr_walk_next(feed->walk, &feed->item, &found));
    if (!found) {
        feed->ended = true;
        return SR_OK;
    }
    feed->n_files++;
    feed->container.compression = SR_COMPRESSION_NONE;
    feed->container.kind = SR_ARCHIVE_NONE;
    if (feed->item.problem) {
        return add_problem_member(feed, feed->item.problem);
    }
    sr_status status = sr_container_open(feed->item.path, feed->observer, &feed->container, &error);
    feed->file_open = status == SR_OK;
    if (status == SR_OK || status == SR_ERR_MEMORY) {
        return status;
    }
    return add_problem_member(feed, error.text);
}

/* Goes on until a member is open or the end is reached. */
static sr_status next_member(sr_feed *feed)
{
    while (!feed->member && !feed->ended) {
        if (!feed->file_open) {
            SR_TRY(next_file(feed));
            continue;
        }
        bool found = false;
        sr_error error = {0};
        sr_container_part part;
        sr_status status = sr_container_next(&feed->container, &part, &found, &error);
        if (status == SR_ERR_MEMORY) {
            return status;
        }
        if (status != SR_OK) {
            SR_TRY(add_problem_member(feed, error.text));
        } else if (found) {
            SR_TRY(begin_member(feed, &part));
        }
        if (!found) {
            close_file(feed);
        }
    }
    return SR_OK;
}

/* ---------------------------------------------------------------- records */

/* Says which names of this member stand for which fields, unless the same was said last. */
static void tell_guesses(sr_feed *feed, const sr_record *record)
{
    sr_str names[SR_FIELD_COUNT];
    if (feed->guesses_told || !feed->observer || !feed->observer->message ||
        !sr_record_parser_names(feed->parser, record, names)) {
        return;
    }
    feed->guesses_told = true;
    char text[PROBLEM_BYTES] = "";
    size_t n_text = 0;
    for (int f = 0; f < SR_FIELD_COUNT; f++) {
        const char *field = sr_feed_field_name((sr_field)f);
        if (names[f].n_bytes == 0 || feed->map.paths[f].is_mapped ||
            sr_str_equal_text(names[f], field)) {
            continue;
        }
        int n = snprintf(text + n_text, sizeof text - n_text, "%s%s=%.*s", n_text ? ", " : "",
                         field, (int)names[f].n_bytes, names[f].data);
        n_text += n > 0 && (size_t)n < sizeof text - n_text ? (size_t)n : 0;
    }
    if (n_text && strcmp(text, feed->told) != 0) {
        memcpy(feed->told, text, sizeof text);
        sr_observe_message(feed->observer, SR_MESSAGE_INFO,
                           "%s: reads %s (guessed; --map changes it)", feed->member->name, text);
    }
}

static sr_status append_record(sr_record_batch *batch, const sr_record *record)
{
    SR_TRY(sr_array_reserve((void **)&batch->records, &batch->capacity, batch->n_records + 1,
                            sizeof *batch->records));
    sr_record kept = *record;
    char *raw = sr_arena_alloc(&batch->arena, record->raw.n_bytes + SR_JSON_PADDING);
    if (!raw) {
        return SR_ERR_MEMORY;
    }
    if (record->raw.n_bytes) {
        memcpy(raw, record->raw.data, record->raw.n_bytes);
    }
    kept.raw.data = raw;
    if (record->bad) {
        kept.bad = sr_arena_copy(&batch->arena, sr_str_of(record->bad)).data;
        if (!kept.bad) {
            return SR_ERR_MEMORY;
        }
    }
    if (record->n_fields) {
        sr_str *fields = sr_arena_alloc(&batch->arena, record->n_fields * sizeof *fields);
        for (size_t i = 0; fields && i < record->n_fields; i++) {
            fields[i] = sr_arena_copy(&batch->arena, record->fields[i]);
            fields = fields[i].data ? fields : NULL;
        }
        if (!fields) {
            return SR_ERR_MEMORY;
        }
        kept.fields = fields;
    }
    batch->records[batch->n_records++] = kept;
    batch->n_bytes += record->raw.n_bytes;
    return SR_OK;
}

/* The reader is at its end: where that is damage, it becomes the member's last record. */
static void note_damage(sr_feed *feed)
{
    const sr_reader *reader = feed->reader;
    if (reader && feed->input.damage.status != SR_OK) {
        uint64_t line = feed->input.line;
        bool by_line = feed->member->format == SR_FEED_JSONL;
        set_problem(feed, by_line ? line : reader->n_records + 1, line, feed->input.damage.text);
    }
}

/* One record of the open member into the batch, or the end of the member. */
static sr_status next_record(sr_feed *feed, sr_record_batch *batch)
{
    sr_record record;
    bool found = false;
    if (feed->reader) {
        SR_TRY(feed->reader->next(feed->reader, &record, &found));
    }
    if (!found) {
        note_damage(feed);
        if (feed->problem[0]) {
            record = (sr_record){.member = feed->member,
                                 .number = feed->problem_number,
                                 .line = feed->problem_line,
                                 .bad = feed->problem};
            SR_TRY(append_record(batch, &record));
            feed->problem[0] = '\0';
        }
        close_member(feed);
        return SR_OK;
    }
    record.member = feed->member;
    SR_TRY(append_record(batch, &record));
    if (!record.bad) {
        tell_guesses(feed, &batch->records[batch->n_records - 1]);
    }
    return SR_OK;
}

static sr_status fill_batch(sr_feed *feed, size_t max_records, size_t max_bytes,
                            sr_record_batch *batch)
{
    while (batch->n_records == 0 ||
           (batch->n_records < max_records && batch->n_bytes < max_bytes)) {
        SR_TRY(next_member(feed));
        if (!feed->member) {
            return SR_OK;
        }
        bool other_argument =
            batch->n_records &&
            batch->records[batch->n_records - 1].member->argument != feed->member->argument;
        if (other_argument) {
            return SR_OK;
        }
        SR_TRY(next_record(feed, batch));
    }
    return SR_OK;
}

sr_status sr_feed_next_batch(sr_feed *feed, size_t max_records, size_t max_bytes,
                             sr_record_batch *batch, sr_error *error)
{
    sr_arena_reset(&batch->arena);
    batch->n_records = 0;
    batch->n_bytes = 0;
    sr_status status = fill_batch(feed, max_records, max_bytes, batch);
    if (sr_observe_cancelled(feed->observer)) { /* a read that was given up looks like an end */
        return sr_error_set(error, SR_ERR_INTERRUPTED, NULL, 0, "interrupted");
    }
    if (status != SR_OK) {
        const char *name = feed->member ? feed->member->name : NULL;
        return sr_error_set(error, status, name, 0, "can't read on: %s", sr_status_text(status));
    }
    return SR_OK;
}
