/* term_select.c — document frequencies of a batch, then the best terms of each article by a bounded
 * heap: no article costs more than n·log 160, whatever its terms are. */
#include "store/term_select.h"

#include "index/term_weight.h"
#include "store/format.h"

#include <stdlib.h>

/* ------------------------------------------------------------ document frequencies */

/* df of each place of each list; list i begins at offsets[i]. */
typedef struct batch_df {
    uint64_t *offsets;
    uint32_t *df;
} batch_df;

static void batch_df_release(batch_df *batch)
{
    free(batch->offsets);
    free(batch->df);
}

static sr_status count_part(const batch_df *batch, const sr_snapshot *snapshot,
                            const sr_term_list *lists, uint32_t n_lists, unsigned part)
{
    sr_df_walk walk = {0};
    sr_term_runs runs = {0};
    sr_status status = sr_df_walk_init(&walk, snapshot);
    if (status == SR_OK) {
        status = sr_term_runs_init_part(&runs, lists, n_lists, part);
    }
    while (status == SR_OK) {
        sr_term_run run;
        status = sr_term_runs_next(&runs, &run);
        if (status != SR_OK || run.n_places == 0) {
            break;
        }
        uint64_t df = sr_df_walk_next(&walk, run.hash) + run.n_places;
        for (size_t i = 0; i < run.n_places; i++) {
            batch->df[batch->offsets[run.places[i].a] + sr_term_place_index(&run.places[i])] =
                df < UINT32_MAX ? (uint32_t)df : UINT32_MAX;
        }
    }
    sr_term_runs_release(&runs);
    sr_df_walk_release(&walk);
    return status;
}

static sr_status batch_df_count(batch_df *batch, const sr_snapshot *snapshot,
                                const sr_term_list *lists, uint32_t n_lists)
{
    batch->offsets = calloc((size_t)n_lists + 1, sizeof *batch->offsets);
    if (!batch->offsets) {
        return SR_ERR_MEMORY;
    }
    for (uint32_t i = 0; i < n_lists; i++) {
        batch->offsets[i + 1] = batch->offsets[i] + lists[i].n_terms;
    }
    batch->df = calloc((size_t)batch->offsets[n_lists] + 1, sizeof *batch->df);
    if (!batch->df) {
        return SR_ERR_MEMORY;
    }
    sr_status failure = SR_OK;
#pragma omp parallel for schedule(dynamic) if (n_lists > 64)
    for (unsigned part = 0; part < SR_TERM_PARTS; part++) {
        sr_status status = count_part(batch, snapshot, lists, n_lists, part);
        if (status != SR_OK) {
#pragma omp critical(sr_term_choice_failure)
            failure = status;
        }
    }
    return failure;
}

/* ------------------------------------------------------------ weights */

enum { IDF_SLOTS = 4096 };

/* The rarest words of an article match few others: chosen by their full weight, they would take the
 * places of those that do. So no df counts as less than this, and in a small store than its 32nd
 * part. */
enum { CHOICE_MIN_DF = 48, CHOICE_MIN_DF_PARTS = 32 };

/* Logarithms cost 100 ns each, and the same few thousand df make nearly all of them. */
typedef struct weight_memo {
    uint64_t n_docs;
    uint32_t choice_min_df;
    double tf[SR_TF2_MAX + 1];
    uint32_t idf_df[IDF_SLOTS]; /* 0: empty */
    double idf[IDF_SLOTS];
} weight_memo;

static weight_memo *weight_memo_create(uint64_t n_docs)
{
    weight_memo *memo = calloc(1, sizeof *memo);
    if (memo) {
        uint64_t part = n_docs / CHOICE_MIN_DF_PARTS;
        memo->n_docs = n_docs;
        memo->choice_min_df = part < CHOICE_MIN_DF ? (uint32_t)part : CHOICE_MIN_DF;
        for (uint32_t tf2 = 0; tf2 <= SR_TF2_MAX; tf2++) {
            memo->tf[tf2] = sr_tf_weight(tf2);
        }
    }
    return memo;
}

static double weigh(weight_memo *memo, const sr_stored_term *term, uint32_t df)
{
    uint32_t slot = df % IDF_SLOTS;
    if (memo->idf_df[slot] != df) {
        memo->idf_df[slot] = df;
        memo->idf[slot] = sr_idf_weight(memo->n_docs, df, false);
    }
    double idf = memo->idf[slot];
    return memo->tf[term->tf2] * (sr_term_is_pair(term->hash) ? idf * 0.5 : idf);
}

/* ------------------------------------------------------------ choice */

typedef struct ranked {
    uint64_t rank;  /* larger is better: class in the upper two bits, then the weight's bits */
    uint32_t index; /* in the article's terms, thus by hash; the smaller is better */
} ranked;

/* `a` is to be dropped before `b`. */
static bool worse(const ranked *a, const ranked *b)
{
    return a->rank != b->rank ? a->rank < b->rank : a->index > b->index;
}

/* Lets heap[0 … n−1], the worst on top, sink its top. */
static void sink(ranked *heap, size_t n)
{
    ranked item = heap[0];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= n) {
            break;
        }
        if (child + 1 < n && worse(&heap[child + 1], &heap[child])) {
            child++;
        }
        if (!worse(&heap[child], &item)) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = item;
}

static void rise(ranked *heap, size_t at)
{
    ranked item = heap[at];
    while (at > 0 && worse(&item, &heap[(at - 1) / 2])) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = item;
}

static ranked rank_term(weight_memo *memo, const sr_stored_term *term, uint32_t index, uint32_t df)
{
    uint64_t bits;
    double weight = weigh(memo, term, df < memo->choice_min_df ? memo->choice_min_df : df);
    memcpy(&bits, &weight, sizeof bits); /* of a number that is not negative: ordered as it is */
    uint64_t class = df >= 2 ? 2 : sr_term_is_pair(term->hash) ? 0 : 1;
    return (ranked){.rank = class << 62 | bits >> 1, .index = index};
}

/* The best terms into `chosen`, ascending by hash; returns their number. */
static uint32_t choose(weight_memo *memo, const sr_term_list *list, const uint32_t *df,
                       sr_stored_term *chosen, float *norm)
{
    ranked heap[SR_TERMS_CHOSEN];
    size_t n = 0;
    for (uint32_t i = 0; i < list->n_terms; i++) {
        ranked item = rank_term(memo, &list->terms[i], i, df[i]);
        if (n < SR_TERMS_CHOSEN) {
            heap[n++] = item;
            rise(heap, n - 1);
        } else if (worse(&heap[0], &item)) {
            heap[0] = item;
            sink(heap, n);
        }
    }
    double weights[SR_TERMS_CHOSEN];
    uint32_t n_chosen = 0;
    for (uint32_t i = 0; i < list->n_terms; i++) {
        ranked item = rank_term(memo, &list->terms[i], i, df[i]);
        if (!worse(&item, &heap[0])) {
            weights[n_chosen] = df[i] >= 2 ? weigh(memo, &list->terms[i], df[i]) : 0.0;
            chosen[n_chosen++] = list->terms[i];
        }
    }
    *norm = (float)sr_scored_length(weights, n_chosen);
    return n_chosen;
}

static sr_status choose_all(sr_term_choice *choice, const sr_term_list *lists,
                            const batch_df *batch, uint64_t n_docs)
{
    bool out_of_memory = false;
#pragma omp parallel reduction(|| : out_of_memory) if (choice->n_lists > 64)
    {
        weight_memo *memo = weight_memo_create(n_docs);
        out_of_memory = !memo;
#pragma omp for schedule(dynamic, 16)
        for (uint32_t i = 0; i < choice->n_lists; i++) {
            if (memo) {
                sr_stored_term *chosen = choice->terms + (choice->lists[i].terms - choice->terms);
                choice->lists[i].n_terms = choose(memo, &lists[i], batch->df + batch->offsets[i],
                                                  chosen, &choice->norms[i]);
            }
        }
        free(memo);
    }
    return out_of_memory ? SR_ERR_MEMORY : SR_OK;
}

sr_status sr_term_choice_make(sr_term_choice *choice, const sr_snapshot *snapshot,
                              const sr_term_list *lists, uint32_t n_lists)
{
    size_t n_places = 1;
    for (uint32_t i = 0; i < n_lists; i++) {
        n_places += lists[i].n_terms < SR_TERMS_CHOSEN ? lists[i].n_terms : SR_TERMS_CHOSEN;
    }
    *choice = (sr_term_choice){.n_lists = n_lists};
    choice->lists = calloc((size_t)n_lists + 1, sizeof *choice->lists);
    choice->norms = calloc((size_t)n_lists + 1, sizeof *choice->norms);
    choice->terms = calloc(n_places, sizeof *choice->terms);
    batch_df batch = {0};
    sr_status status = SR_ERR_MEMORY;
    if (choice->lists && choice->norms && choice->terms) {
        size_t place = 0;
        for (uint32_t i = 0; i < n_lists; i++) {
            choice->lists[i].terms = choice->terms + place;
            place += lists[i].n_terms < SR_TERMS_CHOSEN ? lists[i].n_terms : SR_TERMS_CHOSEN;
        }
        status = batch_df_count(&batch, snapshot, lists, n_lists);
    }
    if (status == SR_OK) {
        status = choose_all(choice, lists, &batch, sr_snapshot_live_count(snapshot) + n_lists);
    }
    batch_df_release(&batch);
    if (status != SR_OK) {
        sr_term_choice_release(choice);
    }
    return status;
}

void sr_term_choice_release(sr_term_choice *choice)
{
    free(choice->lists);
    free(choice->terms);
    free(choice->norms);
    *choice = (sr_term_choice){0};
}
