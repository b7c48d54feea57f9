/* collect.c — records through parser, cleaner and signer, as work of a pipeline; a worker spools
 * what it has signed, and only the columns are merged. */
#include "dedup/collect.h"

#include "dedup/packed.h"
#include "feed/pipeline.h"
#include "sketch/fraction.h"
#include "sketch/signer.h"
#include "text/body.h"

#include <omp.h>
#include <stdlib.h>

enum { BAD_WARNINGS_PER_FILE = 20 };

typedef struct collect_worker {
    sr_record_parser *parser;
    sr_signer *signer;
    sr_cleaner cleaner;
    sr_words title;
    sr_buffer packed;
    sr_buffer codes;
    sr_spool_writer spool;
} collect_worker;

typedef struct collect_slot {
    sr_dedup_article row;
    uint16_t values[SR_MINHASH_MAX_VALUES];
    uint32_t *sketch;
    const char *bad; /* why the record is bad, or NULL */
    uint64_t bad_line;
} collect_slot;

typedef struct collector {
    sr_feed *feed;
    const sr_feed_options *options;
    const sr_keep_rule *keep;
    bool is_plain;
    const bool *spooled; /* NULL: nothing is read again */
    sr_spool_writer raw_spool;
    const sr_observer *observer;
    sr_dedup_articles *articles;
    sr_dedup_summary *summary;
    collect_worker *workers;
    int n_workers;
    const sr_feed_member *bad_member; /* of the last warning */
    uint64_t n_bad_here;              /* in that file */
} collector;

static void release_workers(collector *self)
{
    for (int i = 0; i < self->n_workers; i++) {
        sr_record_parser_free(self->workers[i].parser);
        sr_signer_free(self->workers[i].signer);
        sr_cleaner_release(&self->workers[i].cleaner);
        sr_words_release(&self->workers[i].title);
        sr_buffer_release(&self->workers[i].packed);
        sr_buffer_release(&self->workers[i].codes);
        sr_spool_writer_release(&self->workers[i].spool);
    }
    free(self->workers);
    sr_spool_writer_release(&self->raw_spool);
}

static sr_status create_workers(collector *self, const sr_params *params)
{
    self->workers = calloc((size_t)omp_get_max_threads(), sizeof *self->workers);
    if (!self->workers) {
        return SR_ERR_MEMORY;
    }
    self->n_workers = omp_get_max_threads();
    for (int i = 0; i < self->n_workers; i++) {
        collect_worker *worker = &self->workers[i];
        sr_cleaner_init(&worker->cleaner);
        sr_words_init(&worker->title);
        sr_buffer_init(&worker->packed, SR_BUFFER_NO_LIMIT);
        sr_buffer_init(&worker->codes, SR_BUFFER_NO_LIMIT);
        sr_spool_writer_init(&worker->spool, &self->articles->spool, false);
        SR_TRY(sr_record_parser_create(self->feed, &worker->parser));
        SR_TRY(sr_signer_create(params, &worker->signer));
    }
    return SR_OK;
}

static sr_status mark_bad(sr_arena *arena, const char *reason, uint64_t line, collect_slot *slot)
{
    slot->bad = sr_arena_copy(arena, sr_str_of(reason)).data;
    slot->bad_line = line;
    return slot->bad ? SR_OK : SR_ERR_MEMORY;
}

/* The containment sketch of what was signed last; and a short one's pairs of words; an article
 * without a word has none. */
static sr_status sketch_article(collect_worker *worker, sr_arena *arena, collect_slot *slot)
{
    size_t n_shingles;
    const uint32_t *shingles = sr_signer_shingles(worker->signer, &n_shingles);
    slot->sketch = sr_arena_alloc(arena, (n_shingles + SR_SHORT_WORDS + 1) * sizeof *slot->sketch);
    if (!slot->sketch) {
        return SR_ERR_MEMORY;
    }
    size_t n_sampled = sr_fraction_sample(shingles, n_shingles, slot->sketch);
    n_sampled += sr_signer_word_pairs(worker->signer, slot->sketch + n_sampled);
    slot->row.n_sketch = (uint32_t)n_sampled;
    return SR_OK;
}

/* The words of what was signed last instead of its text: a third of the bytes. */
static sr_status code_words(collect_worker *worker, sr_str *text)
{
    size_t n_bytes = sr_signer_words(worker->signer)->n_words * SR_WORD_CODE_BYTES;
    sr_buffer_clear(&worker->codes);
    SR_TRY(sr_buffer_reserve(&worker->codes, n_bytes + 1));
    sr_signer_word_codes(worker->signer, worker->codes.data);
    *text = sr_str_make(worker->codes.data, n_bytes);
    return SR_OK;
}

static sr_status sign_article(const collector *self, collect_worker *worker, sr_arena *arena,
                              const sr_article *article, collect_slot *slot)
{
    sr_str text;
    sr_signature signature;
    SR_TRY(sr_body_choose(article, self->options->keep_furniture, &worker->cleaner, &text));
    SR_TRY(sr_signer_sign_values(worker->signer, text, &signature));
    slot->row.published_s = article->published_s;
    if (!self->is_plain) {
        SR_TRY(sketch_article(worker, arena, slot));
        SR_TRY(sr_update_mark(article, &worker->title, &slot->row.marks));
    }
    slot->row.sources = sr_keep_sources(self->keep, article);
    memcpy(slot->values, signature.values, self->articles->n_values * sizeof *slot->values);
    sr_dedup_packing packing = self->articles->packing;
    sr_buffer_clear(&worker->packed);
    if (packing != SR_PACK_NOTHING) {
        SR_TRY(sr_article_pack(article, packing == SR_PACK_ALL, &worker->packed));
    }
    if (self->articles->words_do) {
        SR_TRY(code_words(worker, &text));
    }
    return sr_dedup_article_fill(&slot->row, &signature, article->id, text, &worker->packed,
                                 &worker->spool, NULL);
}

static sr_status sign_record(void *context, int thread, sr_arena *arena, const sr_record *record,
                             void *opaque)
{
    const collector *self = context;
    collect_worker *worker = &self->workers[thread];
    collect_slot *slot = opaque;
    bool read_again = self->spooled && !self->spooled[record->member->argument];
    slot->row = (sr_dedup_article){
        .number = record->number,
        .raw_check = read_again ? sr_dedup_raw_check(record) : 0,
    };
    slot->bad = NULL;
    if (record->bad) {
        return mark_bad(arena, record->bad, record->line, slot);
    }
    sr_article article;
    sr_error error = {0};
    sr_status status = sr_record_parse(worker->parser, record, arena, &article, &error);
    if (status == SR_ERR_FORMAT || status == SR_ERR_LIMIT) {
        return mark_bad(arena, error.text, error.line ? error.line : record->line, slot);
    }
    SR_TRY(status);
    return sign_article(self, worker, arena, &article, slot);
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
    uint64_t offset;
    return sr_spool_append(&self->raw_spool, sr_str_make((const char *)&n_bytes, sizeof n_bytes),
                           record->raw, &offset, error);
}

static sr_status merge_record(collector *self, const sr_record *record, const collect_slot *slot,
                              sr_error *error)
{
    sr_dedup_summary *summary = self->summary;
    summary->n_records++;
    if (self->spooled && self->spooled[record->member->argument]) {
        SR_TRY(spool_raw(self, record, error));
    }
    if (slot->bad) {
        summary->n_bad++;
        warn_of_bad(self, record, slot);
        if (summary->n_bad > self->options->max_bad) {
            return sr_error_set(error, SR_ERR_LIMIT, record->member->name, slot->bad_line,
                                "more than %llu bad records, the last: %s",
                                (unsigned long long)self->options->max_bad, slot->bad);
        }
    } else {
        summary->n_empty += slot->row.n_words == 0;
    }
    const uint16_t *values = slot->row.n_words ? slot->values : NULL;
    return sr_dedup_articles_append(self->articles, record, &slot->row, values, slot->sketch,
                                    error);
}

static sr_status merge_batch(void *context, const sr_record_batch *batch, const void *slots,
                             sr_error *error)
{
    const collect_slot *slot = slots;
    for (size_t i = 0; i < batch->n_records; i++) {
        SR_TRY(merge_record(context, &batch->records[i], &slot[i], error));
    }
    return SR_OK;
}

static sr_status flush_spools(collector *self, sr_error *error)
{
    for (int i = 0; i < self->n_workers; i++) {
        SR_TRY(sr_spool_flush(&self->workers[i].spool, error));
    }
    return self->raw_spool.spool->fd >= 0 ? sr_spool_flush(&self->raw_spool, error) : SR_OK;
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

sr_status sr_dedup_collect(sr_pipeline *pipeline, sr_feed *feed, const sr_params *params,
                           bool is_plain, const sr_feed_options *options, const sr_keep_rule *keep,
                           const bool *spooled, sr_spool *raw_spool, const sr_observer *observer,
                           sr_dedup_articles *articles, sr_dedup_summary *summary, sr_error *error)
{
    collector self = {
        .feed = feed,
        .options = options,
        .keep = keep,
        .is_plain = is_plain,
        .spooled = spooled,
        .observer = observer,
        .articles = articles,
        .summary = summary,
    };
    sr_spool_writer_init(&self.raw_spool, raw_spool, true);
    sr_status status = create_workers(&self, params);
    if (status != SR_OK) {
        (void)sr_error_set(error, status, NULL, 0, "%s", sr_status_text(status));
    } else {
        sr_pipeline_job job = {
            .progress = "reading",
            .max_records = SR_DEDUP_BATCH_RECORDS,
            .max_bytes = SR_DEDUP_BATCH_BYTES,
            .slot_bytes = sizeof(collect_slot),
            .n_threads = self.n_workers,
            .context = &self,
            .work = sign_record,
            .merge = merge_batch,
        };
        status = sr_pipeline_run(pipeline, feed, &job, error);
        finish_warnings(&self);
    }
    if (status == SR_OK) {
        summary->n_bytes_read = sr_feed_bytes_read(feed);
        status = judge_bad(&self, error);
    }
    if (status == SR_OK) {
        status = flush_spools(&self, error);
    }
    release_workers(&self);
    return status;
}
