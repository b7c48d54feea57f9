/* collect.c — records through parser, cleaner and signer, as work of a pipeline; a worker spools
 * what it has signed, and only the columns are merged. */
#include "dedup/collect.h"

#include "dedup/packed.h"
#include "feed/pipeline.h"
#include "sketch/fraction.h"
#include "sketch/signer.h"
#include "text/body.h"

#include <omp.h>
#include <pthread.h>
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
    pthread_mutex_t mutex; /* of the writer: a checkpoint flushes it from another thread */
} collect_worker;

typedef struct collect_slot {
    sr_dedup_article row;
    uint16_t values[SR_MINHASH_MAX_VALUES];
    uint32_t *sketch;
    bool is_known;   /* from the checkpoint: only row.raw_check is filled */
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
    sr_checkpoint *checkpoint;        /* NULL: none */
    const sr_dedup_article *known;    /* rows of records that the checkpoint has */
    uint32_t n_known;
    uint32_t n_met; /* of the known ones */
    uint64_t n_bytes_merged;
    uint64_t n_bytes_saved; /* of these, when the checkpoint was saved last */
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
        (void)pthread_mutex_destroy(&self->workers[i].mutex);
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
        (void)pthread_mutex_init(&self->workers[i].mutex, NULL);
    }
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
    sr_words *words;
    SR_TRY(sr_body_choose(article, self->options->keep_furniture, &worker->cleaner, &text, &words));
    SR_TRY(words ? sr_signer_sign_words(worker->signer, words, &signature)
                 : sr_signer_sign_values(worker->signer, text, &signature));
    slot->row.published_s = article->published_s;
    if (!self->is_plain) {
        SR_TRY(sketch_article(worker, arena, slot));
        SR_TRY(sr_update_mark(article, sr_signer_words(worker->signer), &worker->title,
                              &slot->row.marks));
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
    (void)pthread_mutex_lock(&worker->mutex);
    sr_status status = sr_dedup_article_fill(&slot->row, &signature, article->id, text,
                                             &worker->packed, &worker->spool, NULL);
    (void)pthread_mutex_unlock(&worker->mutex);
    return status;
}

static sr_status sign_record(void *context, int thread, sr_arena *arena, const sr_record *record,
                             void *opaque)
{
    const collector *self = context;
    collect_worker *worker = &self->workers[thread];
    collect_slot *slot = opaque;
    bool read_again =
        self->checkpoint || (self->spooled && !self->spooled[record->member->argument]);
    slot->row = (sr_dedup_article){
        .number = record->number,
        .raw_check = read_again ? sr_dedup_raw_check(record) : 0,
    };
    slot->bad = NULL;
    slot->is_known = record->index < self->n_known;
    if (slot->is_known) {
        return SR_OK;
    }
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

static sr_status merge_known(collector *self, const sr_record *record, const collect_slot *slot,
                             sr_error *error)
{
    const sr_dedup_article *row = &self->known[record->index];
    if (row->raw_check != slot->row.raw_check || row->number != record->number) {
        return sr_error_set(error, SR_ERR_IO, record->member->name, record->line,
                            "the input has changed since the run was interrupted");
    }
    self->n_met++;
    return sr_dedup_articles_meet(self->articles, record, error);
}

/* All that was merged is in files, and the checkpoint says so. */
static sr_status save_checkpoint(collector *self, sr_error *error)
{
    sr_checkpoint_state *state = &self->checkpoint->state;
    for (int i = 0; i < self->n_workers; i++) {
        collect_worker *worker = &self->workers[i];
        (void)pthread_mutex_lock(&worker->mutex);
        sr_status status = sr_spool_flush(&worker->spool, error);
        (void)pthread_mutex_unlock(&worker->mutex);
        SR_TRY(status);
    }
    SR_TRY(sr_dedup_articles_flush(self->articles, error));
    state->n_rows = self->articles->n_rows;
    for (size_t i = 0; i < SR_COLUMN_COUNT; i++) {
        state->column_bytes[i] = self->articles->columns[i].n_bytes;
    }
    state->n_spooled = self->articles->spool.n_taken;
    state->summary = *self->summary;
    self->n_bytes_saved = self->n_bytes_merged;
    return sr_checkpoint_save(self->checkpoint, error);
}

/* After each eighth of what was read so far, at most a gigabyte. */
static bool is_time_to_save(const collector *self)
{
    static const uint64_t LEAST_STEP = (uint64_t)1 << 20;
    static const uint64_t LARGEST_STEP = (uint64_t)1 << 30;
    uint64_t step = self->n_bytes_merged / 8;
    step = step < LEAST_STEP ? LEAST_STEP : step;
    step = step > LARGEST_STEP ? LARGEST_STEP : step;
    return self->checkpoint && self->n_bytes_merged - self->n_bytes_saved >= step;
}

static sr_status merge_record(collector *self, const sr_record *record, const collect_slot *slot,
                              sr_error *error)
{
    sr_dedup_summary *summary = self->summary;
    self->n_bytes_merged += record->raw.n_bytes;
    if (slot->is_known) {
        self->n_bytes_saved = self->n_bytes_merged;
        return merge_known(self, record, slot, error);
    }
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
    return is_time_to_save(context) ? save_checkpoint(context, error) : SR_OK;
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
        return sr_error_set(error, SR_ERR_FORMAT, self->bad_member ? self->bad_member->name : NULL,
                            0, "no record could be read (%llu bad)",
                            (unsigned long long)summary->n_bad);
    }
    if ((double)summary->n_bad > self->options->max_bad_share * (double)summary->n_records) {
        return sr_error_set(
            error, SR_ERR_LIMIT, NULL, 0, "%llu of %llu records are bad, more than allowed",
            (unsigned long long)summary->n_bad, (unsigned long long)summary->n_records);
    }
    return SR_OK;
}

/* The rows that the checkpoint has. */
static sr_status map_known(collector *self, sr_error *error)
{
    const sr_dedup_articles *articles = self->articles;
    if (!self->checkpoint || articles->n_rows == 0) {
        return SR_OK;
    }
    const sr_column *rows = &articles->columns[SR_COLUMN_ROWS];
    void *known = NULL;
    self->n_known = articles->n_rows;
    SR_TRY(sr_pager_map(articles->pager, rows->fd, rows->path, rows->n_bytes, &known, error));
    self->known = known;
    return SR_OK;
}

sr_status sr_dedup_collect(sr_pipeline *pipeline, sr_feed *feed, const sr_params *params,
                           bool is_plain, const sr_feed_options *options, const sr_keep_rule *keep,
                           const bool *spooled, sr_spool *raw_spool, const sr_observer *observer,
                           sr_checkpoint *checkpoint, sr_dedup_articles *articles,
                           sr_dedup_summary *summary, sr_error *error)
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
        .checkpoint = checkpoint,
    };
    sr_spool_writer_init(&self.raw_spool, raw_spool, true);
    sr_status status = create_workers(&self, params);
    if (status == SR_OK) {
        status = map_known(&self, error);
    }
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
    if (status == SR_OK && self.n_met < self.n_known) {
        status = sr_error_set(error, SR_ERR_IO, NULL, 0,
                              "the input has changed since the run was interrupted: %u records, "
                              "then %u",
                              self.n_known, self.n_met);
    }
    if (status == SR_OK) {
        summary->n_bytes_read = sr_feed_bytes_read(feed);
        status = judge_bad(&self, error);
    }
    if (status == SR_OK) {
        status = flush_spools(&self, error);
    }
    bool is_saved = checkpoint && (status == SR_OK || status == SR_ERR_INTERRUPTED) &&
                    articles->n_rows > self.n_known;
    if (is_saved) {
        sr_status own = save_checkpoint(&self, status == SR_OK ? error : NULL);
        status = status == SR_OK ? own : status;
    }
    sr_paged_free(articles->pager, (void *)(uintptr_t)self.known);
    release_workers(&self);
    return status;
}
