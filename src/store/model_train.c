/* model_train.c — a model of the store: up to SR_TRAINER_DOCS of its articles, evenly spread in the
 * order of their adding, are read again; their words train it, their vectors make its mean. */
#include "store/vectors.h"

#include "dense/train.h"
#include "index/term_weight.h"

#include <omp.h>
#include <stdlib.h>

enum { CHUNK_DOCS = 512 };

/* One that is read: a stored article, or a new one by its number. */
typedef struct picked_doc {
    bool is_new;
    sr_doc doc;
} picked_doc;

typedef struct training {
    const sr_snapshot *snapshot;
    const sr_new_docs *fresh;
    picked_doc *picked;
    size_t n_picked;
    sr_term_extractor **extractors; /* one a thread */
    size_t n_extractors;
    sr_buffer *fields; /* two a thread */
    uint64_t *stems;   /* SR_TRAINER_DOC_WORDS an article of a chunk */
    size_t *n_stems;
} training;

bool sr_model_is_due(const sr_snapshot *snapshot, uint32_t n_new)
{
    return sr_snapshot_live_count(snapshot) == 0 && n_new >= SR_MODEL_MIN_DOCS;
}

bool sr_model_is_outgrown(const sr_snapshot *snapshot, uint64_t n_new)
{
    enum { SMALL = 15000, MIDDLING = 30000 };
    const sr_model *model = sr_snapshot_newest_model(snapshot);
    uint64_t n = sr_snapshot_live_count(snapshot);
    uint64_t then = model ? model->n_trained : 0;
    if (n < SR_MODEL_MIN_DOCS || sr_snapshot_dedup_only(snapshot)) {
        return false;
    }
    if (n <= MIDDLING) {
        return n >= then + then / (n <= SMALL ? 10 : 4) && n > then;
    }
    return n >= then + then / 2 && n_new >= n / 3;
}

/* Takes every article, or so many of them that SR_TRAINER_DOCS come together. */
static void pick(training *t, uint64_t n_all, uint64_t *i, picked_doc doc)
{
    uint64_t limit = n_all < SR_TRAINER_DOCS ? n_all : SR_TRAINER_DOCS;
    if ((*i + 1) * limit / n_all != *i * limit / n_all) {
        t->picked[t->n_picked++] = doc;
    }
    ++*i;
}

static sr_status pick_all(training *t)
{
    uint64_t n_all = sr_snapshot_live_count(t->snapshot) + t->fresh->n_docs;
    uint64_t limit = n_all < SR_TRAINER_DOCS ? n_all : SR_TRAINER_DOCS;
    uint64_t at = 0;
    t->picked = calloc((size_t)limit + 1, sizeof *t->picked);
    if (!t->picked) {
        return SR_ERR_MEMORY;
    }
    sr_doc next = {0};
    sr_doc doc;
    while (sr_snapshot_next_live(t->snapshot, &next, &doc)) {
        pick(t, n_all, &at, (picked_doc){.doc = doc});
    }
    for (uint32_t i = 0; i < t->fresh->n_docs; i++) {
        pick(t, n_all, &at, (picked_doc){.is_new = true, .doc = {.ordinal = i}});
    }
    return SR_OK;
}

/* ------------------------------------------------------------ words */

static sr_status read_stems(const training *t, size_t thread, size_t number, size_t slot)
{
    const picked_doc *picked = &t->picked[number];
    sr_buffer *title = &t->fields[2 * thread];
    sr_buffer *text = &t->fields[2 * thread + 1];
    sr_str title_view;
    sr_str text_view;
    sr_language language;
    if (picked->is_new) {
        const sr_batch_doc *doc = t->fresh->docs[picked->doc.ordinal];
        title_view = doc->fields[SR_FIELD_TITLE];
        text_view = doc->fields[SR_FIELD_TEXT];
        language = doc->facts.language;
    } else {
        sr_doc_facts facts;
        SR_TRY(sr_snapshot_read_field(t->snapshot, picked->doc, SR_FIELD_TITLE, title, NULL));
        SR_TRY(sr_snapshot_read_field(t->snapshot, picked->doc, SR_FIELD_TEXT, text, NULL));
        sr_segment_facts(sr_snapshot_segment(t->snapshot, picked->doc.segment), picked->doc.ordinal,
                         &facts);
        title_view = sr_buffer_view(title);
        text_view = sr_buffer_view(text);
        language = facts.language;
    }
    const uint64_t *stems = NULL;
    size_t n = 0;
    SR_TRY(sr_terms_sequence(t->extractors[thread], title_view, text_view, language, &stems, &n));
    n = n < SR_TRAINER_DOC_WORDS ? n : SR_TRAINER_DOC_WORDS;
    if (n) {
        memcpy(t->stems + slot * SR_TRAINER_DOC_WORDS, stems, n * sizeof *stems);
    }
    t->n_stems[slot] = n;
    return SR_OK;
}

/* Articles [first, last) into the trainer, in their order. */
static sr_status read_chunk(const training *t, size_t first, size_t last, sr_trainer *trainer)
{
    sr_status failure = SR_OK;
#pragma omp parallel for schedule(dynamic, 4) num_threads((int)t->n_extractors)
    for (size_t i = first; i < last; i++) {
        sr_status status = read_stems(t, (size_t)omp_get_thread_num(), i, i - first);
        if (status != SR_OK) {
#pragma omp critical(sr_model_failure)
            failure = status;
        }
    }
    for (size_t i = first; i < last && failure == SR_OK; i++) {
        failure = sr_trainer_add(trainer, t->stems + (i - first) * SR_TRAINER_DOC_WORDS,
                                 t->n_stems[i - first]);
    }
    return failure;
}

static sr_status train_words(training *t, uint64_t epoch, sr_buffer *model)
{
    sr_trainer *trainer = NULL;
    sr_status status = sr_trainer_create(&trainer);
    for (size_t i = 0; i < t->n_picked && status == SR_OK; i += CHUNK_DOCS) {
        size_t last = i + CHUNK_DOCS < t->n_picked ? i + CHUNK_DOCS : t->n_picked;
        status = read_chunk(t, i, last, trainer);
    }
    if (status == SR_OK) {
        uint64_t n_all = sr_snapshot_live_count(t->snapshot) + t->fresh->n_docs;
        status = sr_trainer_train(trainer, epoch, n_all, model);
    }
    sr_trainer_free(trainer);
    return status;
}

/* ------------------------------------------------------------ mean */

/* An article's unit sum; zeros where no word is known. */
static sr_status sum_article(const training *t, const sr_vector_maker *maker, size_t number,
                             double *sum)
{
    const picked_doc *picked = &t->picked[number];
    sr_stored_term stored[SR_TERMS_STORED];
    sr_dense_term singles[SR_TERMS_STORED];
    const sr_stored_term *terms = stored;
    size_t n_terms = 0;
    if (picked->is_new) {
        terms = t->fresh->terms[picked->doc.ordinal].terms;
        n_terms = t->fresh->terms[picked->doc.ordinal].n_terms;
    } else {
        SR_TRY(sr_segment_terms(sr_snapshot_segment(t->snapshot, picked->doc.segment),
                                picked->doc.ordinal, stored, &n_terms));
    }
    size_t n = sr_vector_singles(maker, terms, n_terms, singles);
    if (!sr_model_sum(maker->model, singles, n, sum)) {
        memset(sum, 0, SR_DENSE_DIMENSIONS * sizeof *sum);
    }
    return SR_OK;
}

static sr_status take_mean(const training *t, sr_buffer *bytes)
{
    sr_vector_maker maker;
    sr_model model;
    double total[SR_DENSE_DIMENSIONS] = {0};
    if (!sr_model_view((const uint8_t *)bytes->data, bytes->n_bytes, &model)) {
        return SR_ERR_CORRUPT;
    }
    sr_vector_maker_init(&maker, &model);
    for (size_t i = 0; i < t->n_picked; i++) {
        double sum[SR_DENSE_DIMENSIONS];
        SR_TRY(sum_article(t, &maker, i, sum));
        for (size_t d = 0; d < SR_DENSE_DIMENSIONS; d++) {
            total[d] += sum[d];
        }
    }
    sr_model_set_mean(bytes, total, t->n_picked);
    return SR_OK;
}

/* ------------------------------------------------------------ all of it */

static sr_status allocate(training *t)
{
    size_t n_threads = (size_t)omp_get_max_threads();
    t->extractors = calloc(n_threads, sizeof(sr_term_extractor *));
    t->fields = calloc(2 * n_threads, sizeof *t->fields);
    t->stems = malloc((size_t)CHUNK_DOCS * SR_TRAINER_DOC_WORDS * sizeof *t->stems);
    t->n_stems = calloc(CHUNK_DOCS, sizeof *t->n_stems);
    if (!t->extractors || !t->fields || !t->stems || !t->n_stems) {
        return SR_ERR_MEMORY;
    }
    for (; t->n_extractors < n_threads; t->n_extractors++) {
        sr_buffer_init(&t->fields[2 * t->n_extractors], SR_BUFFER_NO_LIMIT);
        sr_buffer_init(&t->fields[2 * t->n_extractors + 1], SR_BUFFER_NO_LIMIT);
        SR_TRY(sr_term_extractor_create(&t->extractors[t->n_extractors]));
    }
    return pick_all(t);
}

static void release(training *t)
{
    for (size_t i = 0; i < t->n_extractors; i++) {
        sr_term_extractor_free(t->extractors[i]);
        sr_buffer_release(&t->fields[2 * i]);
        sr_buffer_release(&t->fields[2 * i + 1]);
    }
    free(t->extractors);
    free(t->fields);
    free(t->stems);
    free(t->n_stems);
    free(t->picked);
}

sr_status sr_model_train(const sr_snapshot *snapshot, const sr_new_docs *fresh, uint64_t epoch,
                         sr_buffer *model, sr_error *error)
{
    training t = {.snapshot = snapshot, .fresh = fresh};
    uint64_t n_all = sr_snapshot_live_count(snapshot) + fresh->n_docs;
    sr_status status = allocate(&t);
    sr_buffer_clear(model);
    if (status == SR_OK) {
        status = train_words(&t, epoch, model);
    }
    if (status == SR_OK) {
        status = take_mean(&t, model);
    }
    release(&t);
    if (status == SR_ERR_NOT_FOUND) { /* too few words; that it was tried is remembered */
        sr_buffer_clear(model);
        status = sr_model_append_head(model, epoch, n_all, 0);
    }
    return status == SR_OK ? SR_OK
                           : sr_error_set(error, status, snapshot->dir, 0,
                                          "the dense vectors could not be trained");
}
