/* inspect.c — reads feeds as `add` does, and counts instead of storing. */
#include "ingest/inspect.h"

#include "base/hash.h"
#include "feed/encoding_guess.h"
#include "feed/pipeline.h"
#include "text/body.h"

#include <omp.h>
#include <stdlib.h>

enum {
    BATCH_RECORDS = 1024,
    BATCH_BYTES = 4 << 20,
    MAX_WARNINGS = 100,
    SAMPLE_BYTES = 400,
    MAX_LISTED = 64
};

typedef struct inspect_worker {
    sr_record_parser *parser;
    sr_cleaner cleaner;
    sr_words words;
} inspect_worker;

/* What one record gave; everything lives in the batch's arena. */
typedef struct inspect_slot {
    const char *bad;
    uint64_t bad_line;
    bool is_empty;
    uint32_t filled; /* a bit a field */
    uint64_t id_hash;
    sr_str names[SR_FEED_FIELD_COUNT];
    sr_article article; /* its text is the beginning of the clean text */
} inspect_slot;

typedef struct inspector {
    sr_inspection *inspection;
    const sr_observer *observer; /* the caller's */
    sr_observer ears;            /* the feed's */
    const sr_feed_options *options;
    sr_feed *feed;
    sr_record_parser *parser; /* of the merging thread */
    inspect_worker *workers;
    int n_workers;
    size_t group; /* of the last record */
} inspector;

/* ---------------------------------------------------------------- a record, on any thread */

static sr_str cut(sr_str text, size_t max_bytes)
{
    size_t n = text.n_bytes < max_bytes ? text.n_bytes : max_bytes;
    while (n && n < text.n_bytes && ((unsigned char)text.data[n] & 0xc0) == 0x80) {
        n--;
    }
    return sr_str_make(text.data, n);
}

static uint32_t filled_fields(const sr_article *article)
{
    const sr_str values[SR_FEED_FIELD_COUNT] = {
        [SR_FEED_FIELD_ID] = article->id,         [SR_FEED_FIELD_TITLE] = article->title,
        [SR_FEED_FIELD_TEXT] = article->text,     [SR_FEED_FIELD_LEAD] = article->lead,
        [SR_FEED_FIELD_URL] = article->url,       [SR_FEED_FIELD_SOURCE] = article->source,
        [SR_FEED_FIELD_AUTHOR] = article->author, [SR_FEED_FIELD_LANGUAGE] = article->language,
        [SR_FEED_FIELD_TAGS] = article->tags,     [SR_FEED_FIELD_IMAGE] = article->image};
    uint32_t filled = article->published_s == SR_TIME_UNKNOWN ? 0 : 1U << SR_FEED_FIELD_PUBLISHED;
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        filled |= values[f].n_bytes ? 1U << f : 0;
    }
    return filled;
}

static sr_status describe(const inspector *self, inspect_worker *worker, sr_arena *arena,
                          const sr_record *record, inspect_slot *slot)
{
    sr_str body;
    SR_TRY(sr_body_choose(&slot->article, self->options->keep_furniture, &worker->cleaner, &body,
                          NULL));
    SR_TRY(sr_tokenise(&worker->words, cut(body, SAMPLE_BYTES), false));
    slot->is_empty = worker->words.n_words == 0 && sr_str_trim(body).n_bytes <= SAMPLE_BYTES;
    slot->filled = filled_fields(&slot->article);
    slot->id_hash = sr_hash_bytes(slot->article.id.data, slot->article.id.n_bytes, 0);
    slot->article.text = cut(body, SAMPLE_BYTES);
    SR_TRY(sr_article_keep(arena, &slot->article));
    if (!sr_record_parser_names(worker->parser, record, slot->names)) {
        memset(slot->names, 0, sizeof slot->names);
        return SR_OK;
    }
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        if (slot->names[f].n_bytes) {
            slot->names[f] = sr_arena_copy(arena, slot->names[f]);
            SR_TRY(slot->names[f].data ? SR_OK : SR_ERR_MEMORY);
        }
    }
    return SR_OK;
}

static sr_status look_at(void *context, int thread, sr_arena *arena, const sr_record *record,
                         void *opaque)
{
    const inspector *self = context;
    inspect_worker *worker = &self->workers[thread];
    inspect_slot *slot = opaque;
    *slot = (inspect_slot){.bad = record->bad, .bad_line = record->line};
    if (record->bad) {
        return SR_OK;
    }
    sr_error error = {0};
    sr_status status = sr_record_parse(worker->parser, record, arena, &slot->article, &error);
    if (status == SR_OK) {
        return describe(self, worker, arena, record, slot);
    }
    if (status == SR_ERR_MEMORY) {
        return status;
    }
    slot->bad = sr_arena_copy(arena, sr_str_of(error.text)).data;
    return slot->bad ? SR_OK : SR_ERR_MEMORY;
}

/* ---------------------------------------------------------------- merging, in input order */

static sr_status keep(sr_inspection *inspection, sr_str text, sr_str *out)
{
    *out = sr_arena_copy(&inspection->arena, text);
    return out->data ? SR_OK : SR_ERR_MEMORY;
}

static bool is_alike(const sr_inspect_group *group, const sr_feed_member *member)
{
    return group->argument == member->argument && group->format == member->format &&
           group->delimiter == member->delimiter &&
           group->has_header == (member->header.n_bytes > 0) &&
           strcmp(group->encoding, sr_encoding_shown(member->encoding)) == 0;
}

/* The group of a member; made where there is none. */
static sr_status find_group(inspector *self, const sr_feed_member *member, sr_inspect_group **out)
{
    sr_inspection *inspection = self->inspection;
    for (size_t i = 0; i < inspection->n_groups; i++) {
        sr_inspect_group *group =
            &inspection->groups[(self->group + i) % inspection->n_groups]; /* the last one first */
        if (is_alike(group, member)) {
            self->group = (size_t)(group - inspection->groups);
            *out = group;
            return SR_OK;
        }
    }
    SR_TRY(sr_array_reserve((void **)&inspection->groups, &inspection->group_capacity,
                            inspection->n_groups + 1, sizeof *inspection->groups));
    sr_inspect_group *group = &inspection->groups[inspection->n_groups];
    *group = (sr_inspect_group){.argument = member->argument,
                                .format = member->format,
                                .encoding = sr_encoding_shown(member->encoding),
                                .delimiter = member->delimiter,
                                .has_header = member->header.n_bytes > 0,
                                .compression = member->compression};
    SR_TRY(keep(inspection, sr_str_of(member->name), &group->file));
    self->group = inspection->n_groups++;
    *out = group;
    return SR_OK;
}

static sr_status add_problem(sr_inspection *inspection, sr_inspect_group *group,
                             const sr_record *record, const inspect_slot *slot)
{
    group->n_bad++;
    for (size_t i = 0; i < group->n_problems; i++) {
        if (sr_str_equal_text(group->problems[i].reason, slot->bad)) {
            group->problems[i].n_records++;
            return SR_OK;
        }
    }
    if (group->n_problems == SR_INSPECT_PROBLEMS) {
        return SR_OK;
    }
    sr_inspect_problem *problem = &group->problems[group->n_problems];
    *problem = (sr_inspect_problem){.line = slot->bad_line, .n_records = 1};
    SR_TRY(keep(inspection, sr_str_of(record->member->name), &problem->file));
    SR_TRY(keep(inspection, sr_str_of(slot->bad), &problem->reason));
    group->n_problems++;
    return SR_OK;
}

static sr_status add_name(sr_inspection *inspection, sr_inspect_field *field, sr_str name)
{
    for (size_t i = 0; i < field->n_names; i++) {
        if (sr_str_equal(field->names[i], name)) {
            return SR_OK;
        }
    }
    if (field->n_names == SR_INSPECT_NAMES) {
        return SR_OK;
    }
    SR_TRY(keep(inspection, name, &field->names[field->n_names]));
    field->n_names++;
    return SR_OK;
}

/* The first good record of a group: its article, and the names that play no part. */
static sr_status take_sample(inspector *self, sr_inspect_group *group, const sr_record *record,
                             const inspect_slot *slot)
{
    sr_inspection *inspection = self->inspection;
    group->has_sample = true;
    group->sample = slot->article;
    group->sample_number = record->number;
    SR_TRY(keep(inspection, sr_str_of(record->member->name), &group->sample_file));
    SR_TRY(sr_article_keep(&inspection->arena, &group->sample));
    sr_str listed[MAX_LISTED];
    size_t n_listed = sr_record_parser_list(self->parser, record, listed, MAX_LISTED);
    for (size_t i = 0; i < n_listed && group->n_unread < SR_INSPECT_UNREAD; i++) {
        bool is_read = listed[i].n_bytes == 0;
        for (int f = 0; f < SR_FEED_FIELD_COUNT && !is_read; f++) {
            is_read = sr_str_equal(listed[i], slot->names[f]);
        }
        if (!is_read) {
            SR_TRY(keep(inspection, listed[i], &group->unread[group->n_unread]));
            group->n_unread++;
        }
    }
    return SR_OK;
}

static sr_status merge_record(inspector *self, const sr_record *record, const inspect_slot *slot)
{
    sr_inspection *inspection = self->inspection;
    sr_inspect_group *group;
    SR_TRY(find_group(self, record->member, &group));
    group->n_records++;
    if (slot->bad) {
        return add_problem(inspection, group, record, slot);
    }
    group->n_empty += slot->is_empty;
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        group->fields[f].n_filled += slot->filled >> f & 1;
        if (slot->names[f].n_bytes) {
            SR_TRY(add_name(inspection, &group->fields[f], slot->names[f]));
        }
    }
    SR_TRY(sr_array_reserve((void **)&inspection->ids, &inspection->id_capacity,
                            inspection->n_ids + 1, sizeof *inspection->ids));
    inspection->ids[inspection->n_ids++] = slot->id_hash;
    return group->has_sample ? SR_OK : take_sample(self, group, record, slot);
}

static sr_status merge_batch(void *context, const sr_record_batch *batch, const void *slots,
                             sr_error *error)
{
    (void)error;
    const inspect_slot *slot = slots;
    for (size_t i = 0; i < batch->n_records; i++) {
        SR_TRY(merge_record(context, &batch->records[i], &slot[i]));
    }
    return SR_OK;
}

static int compare_hashes(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

static void count_repeated_ids(sr_inspection *inspection)
{
    if (inspection->n_ids) {
        qsort(inspection->ids, inspection->n_ids, sizeof *inspection->ids, compare_hashes);
    }
    for (size_t i = 1; i < inspection->n_ids; i++) {
        inspection->n_repeated_ids += inspection->ids[i] == inspection->ids[i - 1];
    }
}

/* ---------------------------------------------------------------- what the feed says */

/* Guesses are told by the fields themselves; warnings are kept. */
static void hear_message(void *context, sr_message_level level, const char *text)
{
    sr_inspection *inspection = ((inspector *)context)->inspection;
    if (level != SR_MESSAGE_WARNING || inspection->n_warnings == MAX_WARNINGS ||
        inspection->status != SR_OK) {
        return;
    }
    inspection->status =
        sr_array_reserve((void **)&inspection->warnings, &inspection->warning_capacity,
                         inspection->n_warnings + 1, sizeof *inspection->warnings);
    if (inspection->status == SR_OK) {
        inspection->status =
            keep(inspection, sr_str_of(text), &inspection->warnings[inspection->n_warnings]);
        inspection->n_warnings += inspection->status == SR_OK;
    }
}

static void pass_progress(void *context, const char *what, uint64_t done, uint64_t total)
{
    sr_observe_progress(((const inspector *)context)->observer, what, done, total);
}

static bool pass_cancelled(void *context)
{
    return sr_observe_cancelled(((const inspector *)context)->observer);
}

/* ---------------------------------------------------------------- all */

static sr_status create_workers(inspector *self)
{
    self->workers = calloc((size_t)omp_get_max_threads(), sizeof *self->workers);
    if (!self->workers) {
        return SR_ERR_MEMORY;
    }
    self->n_workers = omp_get_max_threads();
    for (int i = 0; i < self->n_workers; i++) {
        sr_cleaner_init(&self->workers[i].cleaner);
        sr_words_init(&self->workers[i].words);
        SR_TRY(sr_record_parser_create(self->feed, &self->workers[i].parser));
    }
    return sr_record_parser_create(self->feed, &self->parser);
}

static void release_workers(inspector *self)
{
    for (int i = 0; i < self->n_workers; i++) {
        sr_record_parser_free(self->workers[i].parser);
        sr_cleaner_release(&self->workers[i].cleaner);
        sr_words_release(&self->workers[i].words);
    }
    free(self->workers);
    sr_record_parser_free(self->parser);
}

static sr_status keep_feeds(sr_inspection *inspection, const char *const *feeds, size_t n_feeds)
{
    inspection->feeds = sr_arena_alloc(&inspection->arena, (n_feeds + 1) * sizeof(sr_str));
    if (!inspection->feeds) {
        return SR_ERR_MEMORY;
    }
    for (; inspection->n_feeds < n_feeds; inspection->n_feeds++) {
        SR_TRY(keep(inspection, sr_str_of(feeds[inspection->n_feeds]),
                    &inspection->feeds[inspection->n_feeds]));
    }
    return SR_OK;
}

static sr_status run_feeds(inspector *self, const char *const *feeds, size_t n_feeds,
                           sr_pipeline *pipeline, sr_error *error)
{
    SR_TRY(sr_feed_open(feeds, n_feeds, self->options, sr_pipeline_observer(pipeline), &self->feed,
                        error));
    SR_TRY(keep_feeds(self->inspection, feeds, n_feeds));
    SR_TRY(create_workers(self));
    sr_pipeline_job job = {
        .progress = "reading",
        .max_records = BATCH_RECORDS,
        .max_bytes = BATCH_BYTES,
        .slot_bytes = sizeof(inspect_slot),
        .n_threads = self->n_workers,
        .context = self,
        .work = look_at,
        .merge = merge_batch,
    };
    SR_TRY(sr_pipeline_run(pipeline, self->feed, &job, error));
    for (size_t i = 0; i < sr_feed_member_count(self->feed); i++) { /* also those without records */
        sr_inspect_group *group;
        SR_TRY(find_group(self, sr_feed_member_get(self->feed, i), &group));
        group->n_files++;
    }
    sr_inspection *inspection = self->inspection;
    for (size_t i = 0; i < SR_INSPECT_SKIPS; i++) {
        inspection->n_skips += sr_feed_skipped(self->feed, i, &inspection->skips[i].what,
                                               &inspection->skips[i].n_records);
    }
    count_repeated_ids(inspection);
    return SR_OK;
}

sr_status sr_inspect(const char *const *feeds, size_t n_feeds, const sr_feed_options *options,
                     const sr_observer *observer, sr_inspection **out, sr_error *error)
{
    sr_feed_options defaults;
    sr_feed_options_init(&defaults);
    inspector self = {.observer = observer, .options = options ? options : &defaults};
    self.ears = (sr_observer){.context = &self,
                              .message = hear_message,
                              .progress = pass_progress,
                              .cancelled = pass_cancelled};
    sr_pipeline *pipeline = NULL;
    self.inspection = calloc(1, sizeof *self.inspection);
    sr_status status = self.inspection ? SR_OK : SR_ERR_MEMORY;
    if (status == SR_OK) {
        sr_arena_init(&self.inspection->arena);
        status = sr_pipeline_create(&self.ears, &pipeline);
    }
    if (status == SR_OK) {
        status = run_feeds(&self, feeds, n_feeds, pipeline, error);
    }
    release_workers(&self);
    sr_feed_close(self.feed);
    sr_pipeline_free(pipeline);
    if (status == SR_OK) {
        status = self.inspection->status;
    }
    if (status != SR_OK) {
        sr_inspection_free(self.inspection);
        return status == SR_ERR_MEMORY ? sr_error_set(error, status, NULL, 0, "out of memory")
                                       : status;
    }
    *out = self.inspection;
    return SR_OK;
}

void sr_inspection_free(sr_inspection *inspection)
{
    if (inspection) {
        sr_arena_release(&inspection->arena);
        free(inspection->groups);
        free(inspection->ids);
        free(inspection->warnings);
        free(inspection);
    }
}
