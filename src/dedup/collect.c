/* collect.c — batches of records through parser, cleaner and signer.
 *
 * A batch is parsed and signed by all threads, each record into its own slot; then the slots are
 * merged in input order by one thread, so that nothing depends on who did what. Strings of a batch
 * live in the arenas of its threads and are gone with the next batch.
 */
#include "dedup/collect.h"

#include "sketch/signer.h"
#include "text/body.h"

#include <omp.h>
#include <stdlib.h>

enum { BAD_WARNINGS_PER_FILE = 20 };

typedef struct collect_worker {
    sr_record_parser *parser;
    sr_signer *signer;
    sr_arena arena;
    sr_buffer clean;
} collect_worker;

typedef struct collect_slot {
    sr_signature signature;
    sr_str id;
    sr_str text;
    const char *bad; /* why the record is bad, or NULL */
    uint64_t bad_line;
    sr_status status; /* what stops the run */
} collect_slot;

typedef struct collector {
    sr_feed *feed;
    const sr_feed_options *options;
    const bool *pipes;
    sr_spool *raw_spool;
    const sr_observer *observer;
    sr_dedup_articles *articles;
    sr_dedup_summary *summary;
    collect_worker *workers;
    int n_workers;
    collect_slot *slots;
    sr_record_batch batch;
    const sr_feed_member *bad_member; /* of the last warning */
    uint64_t n_bad_here;              /* in that file */
} collector;

static void release_workers(collector *self)
{
    for (int i = 0; i < self->n_workers; i++) {
        sr_record_parser_free(self->workers[i].parser);
        sr_signer_free(self->workers[i].signer);
        sr_arena_release(&self->workers[i].arena);
        sr_buffer_release(&self->workers[i].clean);
    }
    free(self->workers);
    free(self->slots);
    sr_record_batch_release(&self->batch);
}

static sr_status create_workers(collector *self, const sr_params *params)
{
    self->slots = malloc(SR_DEDUP_BATCH_RECORDS * sizeof *self->slots);
    self->workers = calloc((size_t)omp_get_max_threads(), sizeof *self->workers);
    if (!self->slots || !self->workers) {
        return SR_ERR_MEMORY;
    }
    self->n_workers = omp_get_max_threads();
    for (int i = 0; i < self->n_workers; i++) {
        collect_worker *worker = &self->workers[i];
        sr_arena_init(&worker->arena);
        sr_buffer_init(&worker->clean, SR_BUFFER_NO_LIMIT);
        SR_TRY(sr_record_parser_create(self->feed, &worker->parser));
        SR_TRY(sr_signer_create(params, &worker->signer));
    }
    return SR_OK;
}

static sr_status mark_bad(collect_worker *worker, const char *reason, uint64_t line,
                          collect_slot *slot)
{
    slot->bad = sr_arena_copy(&worker->arena, sr_str_of(reason)).data;
    slot->bad_line = line;
    return slot->bad ? SR_OK : SR_ERR_MEMORY;
}

static sr_status sign_record(collect_worker *worker, const sr_record *record, bool keep_furniture,
                             collect_slot *slot)
{
    *slot = (collect_slot){0};
    if (record->bad) {
        return mark_bad(worker, record->bad, record->line, slot);
    }
    sr_article article;
    sr_error error = {0};
    sr_status status = sr_record_parse(worker->parser, record, &worker->arena, &article, &error);
    if (status == SR_ERR_FORMAT || status == SR_ERR_LIMIT) {
        return mark_bad(worker, error.text, error.line ? error.line : record->line, slot);
    }
    SR_TRY(status);
    sr_str text;
    SR_TRY(sr_body_choose(&article, keep_furniture, &worker->clean, &text));
    SR_TRY(sr_signer_sign(worker->signer, text, &slot->signature));
    slot->id = article.id;
    slot->text = sr_arena_copy(&worker->arena, text);
    return slot->text.data ? SR_OK : SR_ERR_MEMORY;
}

static void sign_batch(collector *self)
{
    size_t n_records = self->batch.n_records;
    bool keep_furniture = self->options->keep_furniture;
    for (int i = 0; i < self->n_workers; i++) {
        sr_arena_reset(&self->workers[i].arena);
    }
#pragma omp parallel for schedule(dynamic, 16) num_threads(self->n_workers)
    for (size_t i = 0; i < n_records; i++) {
        collect_worker *worker = &self->workers[omp_get_thread_num()];
        self->slots[i].status =
            sign_record(worker, &self->batch.records[i], keep_furniture, &self->slots[i]);
    }
}

static void finish_warnings(collector *self)
{
    if (self->n_bad_here > BAD_WARNINGS_PER_FILE) {
        sr_observe_message(self->observer, SR_MESSAGE_WARNING, "%s: and %llu more bad records",
                           self->bad_member->name,
                           (unsigned long long)(self->n_bad_here - BAD_WARNINGS_PER_FILE));
    }
}

static void warn_of_bad(collector *self, const sr_record *record, const collect_slot *slot)
{
    if (self->bad_member != record->member) {
        finish_warnings(self);
        self->bad_member = record->member;
        self->n_bad_here = 0;
    }
    if (++self->n_bad_here > BAD_WARNINGS_PER_FILE) {
        return;
    }
    if (slot->bad_line == 0) { /* a file or directory as a whole */
        sr_observe_message(self->observer, SR_MESSAGE_WARNING, "%s: %s", record->member->name,
                           slot->bad);
    } else {
        sr_observe_message(self->observer, SR_MESSAGE_WARNING, "%s:%llu: %s", record->member->name,
                           (unsigned long long)slot->bad_line, slot->bad);
    }
}

static sr_status spool_raw(collector *self, const sr_record *record, sr_error *error)
{
    uint32_t n_bytes = (uint32_t)record->raw.n_bytes;
    SR_TRY(sr_spool_append(self->raw_spool, sr_str_make((const char *)&n_bytes, sizeof n_bytes),
                           error));
    return sr_spool_append(self->raw_spool, record->raw, error);
}

static sr_status merge_record(collector *self, const sr_record *record, const collect_slot *slot,
                              sr_error *error)
{
    sr_dedup_summary *summary = self->summary;
    if (slot->status != SR_OK) {
        return sr_error_set(error, slot->status, record->member->name, record->line, "%s",
                            sr_status_text(slot->status));
    }
    summary->n_records++;
    if (self->pipes && self->pipes[record->member->argument]) {
        SR_TRY(spool_raw(self, record, error));
    }
    if (!slot->bad) {
        summary->n_empty += slot->signature.n_words == 0;
        return sr_dedup_articles_append(self->articles, record, &slot->signature, slot->id,
                                        slot->text, error);
    }
    summary->n_bad++;
    warn_of_bad(self, record, slot);
    if (summary->n_bad > self->options->max_bad) {
        return sr_error_set(error, SR_ERR_LIMIT, record->member->name, slot->bad_line,
                            "more than %llu bad records, the last: %s",
                            (unsigned long long)self->options->max_bad, slot->bad);
    }
    return sr_dedup_articles_append(self->articles, record, NULL, (sr_str){0}, (sr_str){0}, error);
}

static sr_status read_all(collector *self, sr_error *error)
{
    for (;;) {
        if (sr_observe_cancelled(self->observer)) {
            return sr_error_set(error, SR_ERR_INTERRUPTED, NULL, 0, "interrupted");
        }
        SR_TRY(sr_feed_next_batch(self->feed, SR_DEDUP_BATCH_RECORDS, SR_DEDUP_BATCH_BYTES,
                                  &self->batch, error));
        if (self->batch.n_records == 0) {
            return SR_OK;
        }
        sign_batch(self);
        for (size_t i = 0; i < self->batch.n_records; i++) {
            SR_TRY(merge_record(self, &self->batch.records[i], &self->slots[i], error));
        }
        uint64_t done = 0;
        uint64_t total = 0;
        sr_feed_progress(self->feed, &done, &total);
        sr_observe_progress(self->observer, "reading", done, total);
    }
}

static sr_status judge_bad(const collector *self, sr_error *error)
{
    const sr_dedup_summary *summary = self->summary;
    if (summary->n_bad > 0 && summary->n_bad == summary->n_records) {
        return sr_error_set(error, SR_ERR_FORMAT, self->bad_member->name, 0,
                            "no record could be read (%llu bad)",
                            (unsigned long long)summary->n_bad);
    }
    if ((double)summary->n_bad > self->options->max_bad_share * (double)summary->n_records) {
        return sr_error_set(
            error, SR_ERR_LIMIT, NULL, 0, "%llu of %llu records are bad, more than allowed",
            (unsigned long long)summary->n_bad, (unsigned long long)summary->n_records);
    }
    return SR_OK;
}

sr_status sr_dedup_collect(sr_feed *feed, const sr_params *params, const sr_feed_options *options,
                           const bool *pipes, sr_spool *raw_spool, const sr_observer *observer,
                           sr_dedup_articles *articles, sr_dedup_summary *summary, sr_error *error)
{
    collector self = {
        .feed = feed,
        .options = options,
        .pipes = pipes,
        .raw_spool = raw_spool,
        .observer = observer,
        .articles = articles,
        .summary = summary,
    };
    sr_record_batch_init(&self.batch);
    sr_status status = create_workers(&self, params);
    if (status != SR_OK) {
        (void)sr_error_set(error, status, NULL, 0, "%s", sr_status_text(status));
    } else {
        status = read_all(&self, error);
        finish_warnings(&self);
    }
    if (status == SR_OK) {
        summary->n_bytes_read = sr_feed_bytes_read(feed);
        status = judge_bad(&self, error);
    }
    if (status == SR_OK) {
        status = sr_spool_flush(&articles->spool, error);
    }
    if (status == SR_OK && pipes) {
        status = sr_spool_flush(raw_spool, error);
    }
    release_workers(&self);
    return status;
}
