/* against.c — look-ups on all threads, each with a signer and buffers of its own. */
#include "dedup/against.h"

#include "sketch/compare.h"

#include <omp.h>
#include <stdlib.h>

enum { MAX_DOCS_PER_BAND = 8, LONGER_BY_TENTHS = 2, BLOCK_DOCS = 4096 };

/* Without texts the facts can't be compared: only what is nearly the same text is near. */
static const double ESTIMATE_NEAR = 0.7;

typedef struct seeker {
    const sr_dedup_articles *articles;
    const sr_params *params; /* of the store: its bands are asked */
    const sr_thresholds *thresholds;
    uint32_t drop;
    bool has_texts;
    sr_against *against;
    sr_signer *signer;
    sr_buffer own;
    sr_buffer stored;
    sr_doc *docs;
    size_t doc_capacity;
    sr_error error;
} seeker;

void sr_against_release(sr_against *against)
{
    sr_paged_free(against->pager, against->matches);
    sr_paged_free(against->pager, against->aside);
    against->matches = NULL;
    against->aside = NULL;
}

/* Is the new text so much longer that the stored one is an excerpt of it? */
static bool is_news(const seeker *self, uint64_t n_own, uint64_t n_stored, double stored_in_own)
{
    return n_own * 10 > n_stored * (10 + LONGER_BY_TENTHS) &&
           stored_in_own >= self->thresholds->containment;
}

/* One candidate, by the texts or by the estimate. */
static sr_status judge(seeker *self, uint32_t doc, sr_str own, sr_doc other,
                       sr_against_match *match)
{
    const sr_segment *segment = sr_snapshot_segment(self->against->snapshot, other.segment);
    uint32_t n_values = self->params->n_values;
    sr_doc_facts facts;
    sr_segment_facts(segment, other.ordinal, &facts);
    *match = (sr_against_match){.doc = other, .relation = SR_RELATION_NONE};
    if (!self->has_texts) {
        double estimate = sr_values_jaccard(sr_dedup_values(self->articles, doc),
                                            sr_segment_values(segment, other.ordinal), n_values);
        match->similarity = match->containment = (float)estimate;
        match->relation = estimate >= ESTIMATE_NEAR ? SR_RELATION_NEAR : SR_RELATION_NONE;
        return SR_OK;
    }
    sr_verdict verdict;
    SR_TRY(sr_snapshot_read_field(self->against->snapshot, other, SR_FIELD_TEXT, &self->stored,
                                  &self->error));
    SR_TRY(sr_relation_verify(self->signer, self->thresholds, own, sr_buffer_view(&self->stored),
                              &verdict));
    bool is_shorter = verdict.containment_a_in_b >= verdict.containment_b_in_a;
    match->similarity = (float)verdict.jaccard;
    match->containment =
        (float)(is_shorter ? verdict.containment_a_in_b : verdict.containment_b_in_a);
    bool loses = is_news(self, self->articles->rows[doc].n_words, facts.n_words,
                         verdict.containment_b_in_a) ||
                 (verdict.relation == SR_RELATION_CONTAINED && !is_shorter);
    match->relation = (uint8_t)(loses ? SR_RELATION_NONE : verdict.relation);
    return SR_OK;
}

static sr_status find_exact(seeker *self, uint32_t doc, bool *found)
{
    const sr_dedup_article *row = &self->articles->rows[doc];
    size_t n_docs = 0;
    *found = false;
    SR_TRY(sr_snapshot_find_content(self->against->snapshot, row->content, &self->docs, &n_docs,
                                    &self->doc_capacity));
    if (n_docs && (self->drop >> SR_RELATION_EXACT & 1)) {
        self->against->matches[doc] = (sr_against_match){.doc = self->docs[0],
                                                         .similarity = 1.0F,
                                                         .containment = 1.0F,
                                                         .relation = SR_RELATION_EXACT};
        *found = true;
    }
    return SR_OK;
}

/* The most similar of the candidates that may be dropped for; of equal ones the first stored. */
static sr_status find_near(seeker *self, uint32_t doc)
{
    uint32_t keys[SR_MINHASH_MAX_VALUES];
    size_t n_docs = 0;
    sr_str own = {0};
    sr_values_band_keys(self->params, sr_dedup_values(self->articles, doc), keys);
    SR_TRY(sr_snapshot_find_bands(self->against->snapshot, keys, MAX_DOCS_PER_BAND, &self->docs,
                                  &n_docs, &self->doc_capacity));
    if (n_docs && self->has_texts) {
        SR_TRY(sr_dedup_articles_read_text(self->articles, doc, &self->own, &own, &self->error));
    }
    sr_against_match *best = &self->against->matches[doc];
    for (size_t i = 0; i < n_docs; i++) {
        sr_against_match match;
        SR_TRY(judge(self, doc, own, self->docs[i], &match));
        bool counts = match.relation != SR_RELATION_NONE && (self->drop >> match.relation & 1);
        if (counts && (best->relation == SR_RELATION_NONE || match.similarity > best->similarity)) {
            *best = match;
        }
    }
    return SR_OK;
}

static sr_status find(seeker *self, uint32_t doc)
{
    bool found = false;
    /* Never without. NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    if (self->articles->rows[doc].n_words == 0) {
        return SR_OK;
    }
    SR_TRY(find_exact(self, doc, &found));
    return found ? SR_OK : find_near(self, doc);
}

static void release_seekers(seeker *seekers, int n_seekers)
{
    for (int i = 0; seekers && i < n_seekers; i++) {
        sr_signer_free(seekers[i].signer);
        sr_buffer_release(&seekers[i].own);
        sr_buffer_release(&seekers[i].stored);
        free(seekers[i].docs);
    }
    free(seekers);
}

/* A block on all threads; the first failure of any. */
static sr_status find_block(seeker *seekers, int n_seekers, uint32_t first, uint32_t end,
                            sr_error *error)
{
    sr_status status = SR_OK;
#pragma omp parallel for schedule(dynamic, 32) num_threads(n_seekers)
    for (uint32_t doc = first; doc < end; doc++) {
        seeker *self = &seekers[omp_get_thread_num()];
        sr_status own = find(self, doc);
        if (own != SR_OK) {
#pragma omp critical
            {
                status = own;
                if (error) {
                    *error = self->error;
                }
            }
        }
    }
    return status == SR_OK || (error && error->status == status)
               ? status
               : sr_error_set(error, status, NULL, 0, "%s", sr_status_text(status));
}

static bool signs_alike(const sr_params *a, const sr_params *b)
{
    return a->seed == b->seed && a->n_values == b->n_values && a->shingle_words == b->shingle_words;
}

static sr_status find_all(const seeker *model, const sr_observer *observer, sr_error *error)
{
    int n_seekers = omp_get_max_threads();
    seeker *seekers = calloc((size_t)n_seekers, sizeof *seekers);
    sr_status status = seekers ? SR_OK : SR_ERR_MEMORY;
    for (int i = 0; status == SR_OK && i < n_seekers; i++) {
        seekers[i] = *model;
        sr_buffer_init(&seekers[i].own, SR_BUFFER_NO_LIMIT);
        sr_buffer_init(&seekers[i].stored, SR_BUFFER_NO_LIMIT);
        status = sr_signer_create(model->params, &seekers[i].signer);
    }
    if (status != SR_OK) {
        (void)sr_error_set(error, status, NULL, 0, "%s", sr_status_text(status));
    }
    uint32_t n_rows = model->articles->n_rows;
    for (uint32_t first = 0; status == SR_OK && first < n_rows; first += BLOCK_DOCS) {
        uint32_t end = n_rows - first < BLOCK_DOCS ? n_rows : first + BLOCK_DOCS;
        status = sr_observe_cancelled(observer)
                     ? sr_error_set(error, SR_ERR_INTERRUPTED, NULL, 0, "interrupted")
                     : find_block(seekers, n_seekers, first, end, error);
        sr_observe_progress(observer, "looking up", end, n_rows);
    }
    release_seekers(seekers, n_seekers);
    return status;
}

sr_status sr_against_find(const sr_dedup_articles *articles, const sr_params *params,
                          const sr_thresholds *thresholds, uint32_t drop,
                          const sr_observer *observer, sr_against *against, sr_error *error)
{
    const seeker model = {
        .articles = articles,
        .params = sr_snapshot_params(against->snapshot),
        .thresholds = thresholds,
        .drop = drop,
        .has_texts = !sr_snapshot_dedup_only(against->snapshot),
        .against = against,
    };
    if (!signs_alike(params, model.params)) {
        return sr_error_set(error, SR_ERR_MISMATCH, against->dir, 0,
                            "the store has %u values of %u-word shingles, this run %u of %u-word "
                            "ones: they can't be compared",
                            model.params->n_values, model.params->shingle_words, params->n_values,
                            params->shingle_words);
    }
    size_t n_places = (size_t)articles->n_rows + 1;
    against->pager = articles->pager;
    against->matches = sr_paged_calloc(against->pager, n_places, sizeof *against->matches);
    against->aside = sr_paged_calloc(against->pager, n_places / 64 + 1, sizeof *against->aside);
    if (!against->matches || !against->aside) {
        return sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "out of memory");
    }
    return find_all(&model, observer, error);
}

void sr_against_set_aside(sr_against *against, sr_dedup_articles *articles)
{
    for (uint32_t doc = 0; doc < articles->n_rows; doc++) {
        uint64_t is_stored = against->matches[doc].relation != SR_RELATION_NONE;
        against->aside[doc / 64] |= is_stored << doc % 64;
    }
    articles->aside = against->aside;
}

void sr_against_take_back(sr_against *against, sr_dedup_articles *articles, sr_dedup_fate *fates,
                          sr_dedup_summary *summary)
{
    articles->aside = NULL;
    for (uint32_t doc = 0; doc < articles->n_rows; doc++) {
        uint8_t relation = against->matches[doc].relation;
        if (relation == SR_RELATION_NONE) {
            continue;
        }
        fates[doc] = (sr_dedup_fate){.keeper = doc,
                                     .cluster_size = 1,
                                     .relation = relation,
                                     .dropped = true,
                                     .stored = true};
        summary->n_relation[SR_RELATION_NONE]--;
        summary->n_relation[relation]++;
        summary->n_kept--;
        summary->n_stored++;
    }
}
