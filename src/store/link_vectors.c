/* link_vectors.c — a batch's terms numbered, weighed, cut and turned round (see link.h). */
#include "store/link.h"

#include "index/term_weight.h"

#include <stdlib.h>

/* The terms of one part of the hash space; numbered from 0 until all parts are known. */
typedef struct vocabulary_part {
    uint64_t *hashes;
    uint32_t *dfs;
    size_t hashes_capacity;
    size_t dfs_capacity;
    size_t n_terms;
    size_t first_number;
} vocabulary_part;

enum { NO_NUMBER = UINT32_MAX };

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

/* Gives a term its number in the part and notes it at its places. */
static sr_status take_run(const sr_link_vectors *vectors, vocabulary_part *part,
                          const sr_term_run *run, uint64_t df)
{
    bool counts = df >= 2;
    if (counts) {
        size_t n = part->n_terms + 1;
        SR_TRY(sr_array_reserve((void **)&part->hashes, &part->hashes_capacity, n,
                                sizeof *part->hashes));
        SR_TRY(sr_array_reserve((void **)&part->dfs, &part->dfs_capacity, n, sizeof *part->dfs));
        part->hashes[part->n_terms] = run->hash;
        part->dfs[part->n_terms] = df < UINT32_MAX ? (uint32_t)df : UINT32_MAX;
    }
    for (size_t i = 0; i < run->n_places; i++) {
        size_t place = vectors->offsets[run->places[i].a] + sr_term_place_index(&run->places[i]);
        vectors->numbers[place] = counts ? (uint32_t)part->n_terms : NO_NUMBER;
    }
    part->n_terms += counts;
    return SR_OK;
}

static sr_status number_part(const sr_link_vectors *vectors, const sr_snapshot *snapshot,
                             const sr_term_list *lists, unsigned number, vocabulary_part *part)
{
    sr_df_walk walk = {0};
    sr_term_runs runs = {0};
    sr_status status = sr_df_walk_init(&walk, snapshot);
    if (status == SR_OK) {
        status = sr_term_runs_init_part(&runs, lists, vectors->n_docs, number);
    }
    while (status == SR_OK) {
        sr_term_run run;
        status = sr_term_runs_next(&runs, &run);
        if (status != SR_OK || run.n_places == 0) {
            break;
        }
        uint64_t df = sr_df_walk_next(&walk, run.hash) + (vectors->stored ? 0 : run.n_places);
        status = take_run(vectors, part, &run, df);
    }
    sr_term_runs_release(&runs);
    sr_df_walk_release(&walk);
    return status;
}

/* The parts behind each other. */
static sr_status join_parts(sr_link_vectors *vectors, vocabulary_part *parts)
{
    for (unsigned i = 0; i < SR_TERM_PARTS; i++) {
        parts[i].first_number = vectors->n_terms;
        vectors->n_terms += parts[i].n_terms;
    }
    size_t n = vectors->n_terms + 1;
    vectors->hashes = malloc(n * sizeof *vectors->hashes);
    vectors->idfs = malloc(n * sizeof *vectors->idfs);
    vectors->dfs = malloc(n * sizeof *vectors->dfs);
    if (!vectors->hashes || !vectors->idfs || !vectors->dfs) {
        return SR_ERR_MEMORY;
    }
#pragma omp parallel for schedule(dynamic) if (vectors->n_docs > 64)
    for (unsigned i = 0; i < SR_TERM_PARTS; i++) {
        for (size_t t = 0; t < parts[i].n_terms; t++) {
            size_t number = parts[i].first_number + t;
            uint64_t hash = parts[i].hashes[t];
            vectors->hashes[number] = hash;
            vectors->dfs[number] = parts[i].dfs[t];
            vectors->idfs[number] =
                sr_idf_weight(vectors->n_live, parts[i].dfs[t], sr_term_is_pair(hash));
        }
    }
    return SR_OK;
}

static sr_status number_terms(sr_link_vectors *vectors, const sr_snapshot *snapshot,
                              const sr_term_list *lists, vocabulary_part *parts)
{
    sr_status failure = SR_OK;
#pragma omp parallel for schedule(dynamic) if (vectors->n_docs > 64)
    for (unsigned i = 0; i < SR_TERM_PARTS; i++) {
        sr_status status = number_part(vectors, snapshot, lists, i, &parts[i]);
        if (status != SR_OK) {
#pragma omp critical(sr_link_vectors_failure)
            failure = status;
        }
    }
    SR_TRY(failure);
    return join_parts(vectors, parts);
}

/* An article's numbered terms side by side, for now with their counts for weights. */
static void gather_numbers(sr_link_vectors *vectors, const sr_term_list *lists,
                           const vocabulary_part *parts, uint32_t doc)
{
    uint32_t *numbers = vectors->numbers + vectors->offsets[doc];
    float *weights = vectors->weights + vectors->offsets[doc];
    uint32_t n = 0;
    for (uint32_t i = 0; i < lists[doc].n_terms; i++) {
        if (numbers[i] != NO_NUMBER) {
            const sr_stored_term *term = &lists[doc].terms[i];
            numbers[n] = (uint32_t)parts[sr_term_part(term->hash)].first_number + numbers[i];
            weights[n++] = (float)term->tf2;
        }
    }
    vectors->counts[doc] = n;
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

static void weigh_all(sr_link_vectors *vectors, const sr_term_list *lists,
                      const vocabulary_part *parts)
{
    double tf_weights[SR_TF2_MAX + 1];
    for (uint32_t tf2 = 0; tf2 <= SR_TF2_MAX; tf2++) {
        tf_weights[tf2] = sr_tf_weight(tf2);
    }
#pragma omp parallel for schedule(static) if (vectors->n_docs > 64)
    for (uint32_t i = 0; i < vectors->n_docs; i++) {
        gather_numbers(vectors, lists, parts, i);
        weigh(vectors, tf_weights, i);
    }
}

sr_status sr_link_vectors_make(sr_link_vectors *vectors, const sr_snapshot *snapshot,
                               const sr_term_list *lists, const sr_doc *stored, uint32_t n_docs)
{
    *vectors =
        (sr_link_vectors){.stored = stored,
                          .n_docs = n_docs,
                          .n_live = sr_snapshot_live_count(snapshot) + (stored ? 0 : n_docs)};
    vocabulary_part parts[SR_TERM_PARTS] = {{0}};
    sr_status status = allocate(vectors, lists);
    if (status == SR_OK) {
        status = number_terms(vectors, snapshot, lists, parts);
    }
    if (status == SR_OK) {
        weigh_all(vectors, lists, parts);
    }
    for (unsigned i = 0; i < SR_TERM_PARTS; i++) {
        free(parts[i].hashes);
        free(parts[i].dfs);
    }
    SR_TRY(status);
    return stored ? SR_OK : turn_round(vectors);
}
