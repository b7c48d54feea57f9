/* feed.c — files and members: the walk gives files, a container gives members, and each gets the
 * reader of its format. */
#include "feed/encoding.h"
#include "feed/feed_open.h"
#include "feed/format.h"
#include "feed/site_files.h"
#include "feed/xml_context.h"

#include <stdio.h>
#include <stdlib.h>

enum { DEFAULT_RECORD_BYTES = 16 << 20 };

void sr_feed_options_init(sr_feed_options *options)
{
    *options = (sr_feed_options){.max_record_bytes = DEFAULT_RECORD_BYTES,
                                 .max_bad = UINT64_MAX,
                                 .max_bad_share = 1.0,
                                 .now_s = SR_TIME_UNKNOWN};
}

const sr_field_map *sr_feed_map(const sr_feed *feed)
{
    return &feed->map;
}

sr_feed_seen *sr_feed_seen_of(const sr_feed *feed, size_t argument)
{
    return &feed->seen[argument < feed->n_paths ? argument : 0];
}

/* ---------------------------------------------------------------- open and close */

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

static sr_status read_quotes(const char *word, sr_csv_quotes *quotes, sr_error *error)
{
    bool escaped = word && strcmp(word, "escaped") == 0;
    if (word && !escaped && strcmp(word, "doubled") != 0) {
        return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0,
                            "quotes are doubled or escaped, not \"%s\"", word);
    }
    *quotes = !word     ? SR_CSV_QUOTES_BY_CONTENT
              : escaped ? SR_CSV_QUOTES_ESCAPED
                        : SR_CSV_QUOTES_DOUBLED;
    return SR_OK;
}

static sr_status set_up(sr_feed *feed, const char *const *paths, size_t n_paths,
                        const sr_feed_options *options, sr_error *error)
{
    feed->delimiter = options->delimiter;
    bool limited = options->max_record_bytes && options->max_record_bytes < SIZE_MAX / 8;
    feed->max_record_bytes = limited ? (size_t)options->max_record_bytes : DEFAULT_RECORD_BYTES;
    SR_TRY(sr_feed_format_parse(options->input_format, &feed->forced, &feed->csv_header, error));
    SR_TRY(read_quotes(options->quotes, &feed->quotes, error));
    if (options->encoding && !sr_encoding_find(sr_str_of(options->encoding), feed->encoding)) {
        return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0,
                            "\"%s\" is no encoding that is known here", options->encoding);
    }
    SR_TRY(sr_field_map_init(&feed->map, options->map, error));
    feed->now_s = options->now_s;
    feed->limits = (sr_unpack_limits){.max_ratio = options->max_unpack_ratio,
                                      .max_layers = options->max_unpack_layers};
    SR_TRY(copy_paths(feed, paths, n_paths));
    SR_TRY(sr_walk_open(paths, n_paths, feed->observer, &feed->walk, &feed->n_file_bytes_total,
                        error));
    sr_walk_set_root(feed->walk, options->root);
    feed->is_watched = options->root != NULL;
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

/* Items that were not well-formed; known when they were parsed. */
static void tell_faults(const sr_feed *feed)
{
    uint64_t line;
    uint64_t n_items;
    const char *text;
    for (size_t i = 0; i < feed->n_members; i++) {
        const sr_feed_member *member = feed->members[i];
        if (member->xml && sr_xml_context_fault(member->xml, &line, &text, &n_items)) {
            sr_observe_message(feed->observer, SR_MESSAGE_WARNING,
                               "%s:%llu: %s; %llu ill-formed item%s read as far as possible",
                               member->name, (unsigned long long)line, text,
                               (unsigned long long)n_items, n_items == 1 ? " was" : "s were");
        }
    }
}

/* Names that --map gives and no record had, by argument; only known when all was read. */
static void tell_unseen(const sr_feed *feed)
{
    for (size_t i = 0; feed->ended && i < feed->n_paths; i++) {
        if (!atomic_load(&feed->seen[i].any)) {
            continue;
        }
        uint32_t seen = atomic_load(&feed->seen[i].mapped);
        for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
            const sr_field_path *path = &feed->map.paths[f];
            if (path->is_mapped && path->name.n_bytes && !(seen >> f & 1)) {
                sr_observe_message(feed->observer, SR_MESSAGE_WARNING,
                                   "%s: no record has a field \"%.*s\" (--map %s=%.*s)",
                                   feed->paths[i], (int)path->name.n_bytes, path->name.data,
                                   sr_feed_field_name((sr_feed_field)f), (int)path->name.n_bytes,
                                   path->name.data);
            }
        }
    }
}

sr_status sr_feed_keep_tail(sr_feed *feed)
{
    sr_str head;
    sr_str tail = sr_str_make(NULL, 0);
    if (feed->reader && feed->reader->frame) {
        feed->reader->frame(feed->reader, &head, &tail);
    }
    if (tail.n_bytes) {
        feed->member->tail = sr_arena_copy(&feed->arena, tail);
    }
    return tail.n_bytes && !feed->member->tail.data ? SR_ERR_MEMORY : SR_OK;
}

static void tell_skipped(const sr_feed *feed)
{
    char text[SR_FEED_PROBLEM_BYTES] = "";
    size_t n_text = 0;
    for (size_t i = 0; i < feed->skips.n_kinds && n_text < sizeof text - 1; i++) {
        int n = snprintf(text + n_text, sizeof text - n_text, "%s%llu %s", i ? ", " : "",
                         (unsigned long long)feed->skips.n_records[i], feed->skips.what[i]);
        n_text += n > 0 ? (size_t)n : 0;
    }
    if (feed->skips.n_kinds) {
        sr_observe_message(feed->observer, SR_MESSAGE_INFO, "%s: left out: %s", feed->paths[0],
                           text);
    }
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
    tell_faults(feed);
    tell_skipped(feed);
    sr_feed_close_member(feed);
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

bool sr_feed_skipped(const sr_feed *feed, size_t index, const char **what, uint64_t *n_records)
{
    if (index >= feed->skips.n_kinds) {
        return false;
    }
    *what = feed->skips.what[index];
    *n_records = feed->skips.n_records[index];
    return true;
}

size_t sr_feed_max_record(const sr_feed *feed)
{
    return feed->max_record_bytes;
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
        .encoding = "UTF-8",
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

void sr_feed_set_problem(sr_feed *feed, uint64_t number, uint64_t line, const char *reason)
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
    sr_feed_set_problem(feed, 1, 0, reason);
    return SR_OK;
}

static sr_status begin_part(sr_feed *feed, const sr_container_part *part)
{
    sr_feed_member *member;
    if (part->entry && sr_site_file_is_no_article(part->entry)) {
        sr_skips_count(&feed->skips, "other files of a site");
        return SR_OK;
    }
    SR_TRY(add_member(feed, part, &member));
    return sr_feed_begin_member(feed, member, part->stream);
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
    bool is_below = !feed->item.is_argument || feed->is_watched;
    if (is_below && sr_site_file_is_no_article(feed->item.relative)) {
        sr_skips_count(&feed->skips, "other files of a site");
        return SR_OK;
    }
    feed->n_files++;
    feed->container.compression = SR_COMPRESSION_NONE;
    feed->container.kind = SR_ARCHIVE_NONE;
    if (feed->item.problem) {
        return add_problem_member(feed, feed->item.problem);
    }
    sr_status status =
        sr_container_open(feed->item.path, &feed->limits, feed->observer, &feed->container, &error);
    feed->file_open = status == SR_OK;
    if (status == SR_OK || status == SR_ERR_MEMORY) {
        return status;
    }
    return add_problem_member(feed, error.text);
}

/* Goes on until a member is open or the end is reached. */
sr_status sr_feed_next_member(sr_feed *feed)
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
            SR_TRY(begin_part(feed, &part));
        }
        if (!found) {
            close_file(feed);
        }
    }
    return SR_OK;
}
