/* link_vectors.c — a batch's terms numbered, weighed, cut and turned round (see link.h). */
#include "store/link.h"

#include "index/term_weight.h"

#include <stdlib.h>

typedef struct vocabulary_capacities {
    size_t hashes, idfs, dfs;
} vocabulary_capacities;

void sr_link_vectors_release(sr_link_vectors *vectors)
{
    free(vectors->hashes);
    free(vectors->idfs);
    free(vectors->dfs);
    free(vectors->offsets);
    free(vectors->counts);
    free(vectors->numbers);
    free(vectors->weights);
    free(vectors->starts);
    free(vectors->posting_docs);
    free(vectors->posting_weights);
    *vectors = (sr_link_vectors){0};
}

static sr_status allocate(sr_link_vectors *vectors, const sr_term_list *lists)
{
    vectors->offsets = calloc((size_t)vectors->n_docs + 1, sizeof *vectors->offsets);
    vectors->counts = calloc((size_t)vectors->n_docs + 1, sizeof *vectors->counts);
    if (!vectors->offsets || !vectors->counts) {
        return SR_ERR_MEMORY;
    }
    for (uint32_t i = 0; i < vectors->n_docs; i++) {
        vectors->offsets[i + 1] = vectors->offsets[i] + lists[i].n_terms;
    }
    size_t n = vectors->offsets[vectors->n_docs] + 1;
    vectors->numbers = malloc(n * sizeof *vectors->numbers);
    vectors->weights = malloc(n * sizeof *vectors->weights);
    return vectors->numbers && vectors->weights ? SR_OK : SR_ERR_MEMORY;
}

static sr_status grow(sr_link_vectors *vectors, vocabulary_capacities *capacities)
{
    size_t n = vectors->n_terms + 1;
    SR_TRY(sr_array_reserve((void **)&vectors->hashes, &capacities->hashes, n,
                            sizeof *vectors->hashes));
    SR_TRY(sr_array_reserve((void **)&vectors->idfs, &capacities->idfs, n, sizeof *vectors->idfs));
    return sr_array_reserve((void **)&vectors->dfs, &capacities->dfs, n, sizeof *vectors->dfs);
}

/* Gives a term its number and notes it in its articles, for now with its count for a weight. */
static sr_status take_run(sr_link_vectors *vectors, vocabulary_capacities *capacities,
                          const sr_term_run *run, uint64_t df)
{
    SR_TRY(grow(vectors, capacities));
    uint32_t number = (uint32_t)vectors->n_terms++;
    vectors->hashes[number] = run->hash;
    vectors->dfs[number] = df < UINT32_MAX ? (uint32_t)df : UINT32_MAX;
    vectors->idfs[number] = sr_idf_weight(vectors->n_live, df, sr_term_is_pair(run->hash));
    for (size_t i = 0; i < run->n_places; i++) {
        uint32_t doc = run->places[i].a;
        size_t at = vectors->offsets[doc] + vectors->counts[doc]++;
        vectors->numbers[at] = number;
        vectors->weights[at] = (float)sr_term_place_tf2(&run->places[i]);
    }
    return SR_OK;
}

static sr_status number_terms(sr_link_vectors *vectors, sr_df_walk *walk, sr_term_runs *runs)
{
    vocabulary_capacities capacities = {0};
    for (;;) {
        sr_term_run run;
        SR_TRY(sr_term_runs_next(runs, &run));
        if (run.n_places == 0) {
            return SR_OK;
        }
        uint64_t df = sr_df_walk_next(walk, run.hash) + (vectors->stored ? 0 : run.n_places);
        if (df >= 2) {
            SR_TRY(take_run(vectors, &capacities, &run, df));
        }
    }
}

/* Weights instead of counts; the heaviest of them at unit length. */
static void weigh(sr_link_vectors *vectors, const double *tf_weights, uint32_t doc)
{
    uint32_t *numbers = vectors->numbers + vectors->offsets[doc];
    float *weights = vectors->weights + vectors->offsets[doc];
    uint32_t n = vectors->counts[doc];
    sr_ranked kept[SR_TERMS_SCORED] = {{0}};
    sr_top_k top = {.items = kept, .limit = SR_TERMS_SCORED};
    for (uint32_t i = 0; i < n; i++) {
        weights[i] = (float)(tf_weights[(size_t)weights[i]] * vectors->idfs[numbers[i]]);
        if (weights[i] > 0.0F) {
            sr_top_k_push(&top, (sr_ranked){.score = (double)weights[i], .key = i});
        }
    }
    double squares = 0.0;
    uint32_t n_kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        sr_ranked item = {.score = (double)weights[i], .key = i};
        if (weights[i] > 0.0F && !sr_ranked_before(kept[0], item)) {
            squares += item.score * item.score;
            numbers[n_kept] = numbers[i];
            weights[n_kept++] = weights[i];
        }
    }
    vectors->counts[doc] = n_kept;
    double length = __builtin_sqrt(squares);
    for (uint32_t i = 0; i < n_kept; i++) {
        weights[i] = (float)((double)weights[i] / length);
    }
}

/* The batch's own postings. */
static sr_status turn_round(sr_link_vectors *vectors)
{
    vectors->starts = calloc(vectors->n_terms + 2, sizeof *vectors->starts);
    if (!vectors->starts) {
        return SR_ERR_MEMORY;
    }
    size_t *ends = vectors->starts + 1; /* of term t, while it fills: then the start of t + 1 */
    size_t n_postings = 0;
    for (uint32_t doc = 0; doc < vectors->n_docs; doc++) {
        const uint32_t *numbers = vectors->numbers + vectors->offsets[doc];
        for (uint32_t i = 0; i < vectors->counts[doc]; i++) {
            ends[numbers[i] + 1]++;
        }
        n_postings += vectors->counts[doc];
    }
    for (size_t t = 1; t <= vectors->n_terms; t++) {
        ends[t] += ends[t - 1];
    }
    vectors->posting_docs = malloc((n_postings + 1) * sizeof *vectors->posting_docs);
    vectors->posting_weights = malloc((n_postings + 1) * sizeof *vectors->posting_weights);
    if (!vectors->posting_docs || !vectors->posting_weights) {
        return SR_ERR_MEMORY;
    }
    for (uint32_t doc = 0; doc < vectors->n_docs; doc++) {
        size_t from = vectors->offsets[doc];
        for (size_t i = from; i < from + vectors->counts[doc]; i++) {
            size_t at = ends[vectors->numbers[i]]++;
            vectors->posting_docs[at] = doc;
            vectors->posting_weights[at] = vectors->weights[i];
        }
    }
    return SR_OK;
}

sr_status sr_link_vectors_make(sr_link_vectors *vectors, const sr_snapshot *snapshot,
                               const sr_term_list *lists, const sr_doc *stored, uint32_t n_docs)
{
    *vectors =
        (sr_link_vectors){.stored = stored,
                          .n_docs = n_docs,
                          .n_live = sr_snapshot_live_count(snapshot) + (stored ? 0 : n_docs)};
    sr_df_walk walk = {0};
    sr_term_runs runs = {0};
    sr_status status = allocate(vectors, lists);
    if (status == SR_OK) {
        status = sr_df_walk_init(&walk, snapshot);
    }
    if (status == SR_OK) {
        status = sr_term_runs_init(&runs, lists, n_docs);
    }
    if (status == SR_OK) {
        status = number_terms(vectors, &walk, &runs);
    }
    sr_term_runs_release(&runs);
    sr_df_walk_release(&walk);
    SR_TRY(status);
    double tf_weights[SR_TF2_MAX + 1];
    for (uint32_t tf2 = 0; tf2 <= SR_TF2_MAX; tf2++) {
        tf_weights[tf2] = sr_tf_weight(tf2);
    }
#pragma omp parallel for schedule(static) if (n_docs > 64)
    for (uint32_t i = 0; i < n_docs; i++) {
        weigh(vectors, tf_weights, i);
    }
    return stored ? SR_OK : turn_round(vectors);
}
