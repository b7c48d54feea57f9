/* candidates.c — term at a time over the postings of every segment (see candidates.h). */
#include "related/candidates.h"

#include "store/term_df.h"

#include <stdlib.h>

enum { N_POSTINGS_CHEAP = 20000 }; /* some 0.1 ms */
/* So many articles ahead memory is asked for what is kept of them: their places are random. */
enum { N_AHEAD = 16 };

void sr_candidates_release(sr_candidates *candidates)
{
    free(candidates->items);
    free(candidates->sums);
    free(candidates->touched);
    sr_posting_list_release(&candidates->list);
    *candidates = (sr_candidates){0};
}

/* The heaviest terms of the query, heaviest first: SR_TERMS_CANDIDATE of them, and more while their
 * postings are few. */
static size_t choose_terms(const sr_weigher *weigher, const sr_vector *query, sr_ranked *chosen)
{
    sr_top_k top = {.items = chosen, .limit = SR_VECTOR_TERMS};
    for (size_t i = 0; i < query->n_terms; i++) {
        sr_top_k_push(&top,
                      (sr_ranked){.score = query->terms[i].weight, .key = query->terms[i].hash});
    }
    sr_top_k_sort(&top);
    size_t n_terms = 0;
    uint64_t n_postings = 0;
    while (n_terms < top.n_items &&
           (n_terms < SR_TERMS_CANDIDATE || n_postings < N_POSTINGS_CHEAP)) {
        n_postings += sr_weigher_df(weigher, chosen[n_terms++].key);
    }
    return n_terms;
}

/* Places for every article of a segment, new ones 0. */
static sr_status reserve_sums(sr_candidates *candidates, size_t n_docs)
{
    size_t n_before = candidates->sums_capacity;
    SR_TRY(sr_array_reserve((void **)&candidates->sums, &candidates->sums_capacity, n_docs,
                            sizeof *candidates->sums));
    for (size_t i = n_before; i < candidates->sums_capacity; i++) {
        candidates->sums[i] = 0.0F;
    }
    return sr_array_reserve((void **)&candidates->touched, &candidates->touched_capacity,
                            n_docs + 1, sizeof *candidates->touched);
}

/* Adds one term's share to its articles; `n_touched` grows by those seen first. */
static sr_status add_term(sr_candidates *candidates, sr_weigher *weigher, sr_ranked term,
                          size_t *n_touched)
{
    double idf;
    SR_TRY(sr_weigher_idf(weigher, term.key, &idf));
    double weight = term.score * idf;
    const sr_posting_list *list = &candidates->list;
    float *sums = candidates->sums;
    uint32_t *touched = candidates->touched;
    size_t n = *n_touched;
    for (size_t i = 0; i < list->n; i++) { /* below the segment's number of articles */
        uint32_t ordinal = list->ordinals[i];
        if (i + N_AHEAD < list->n) {
            __builtin_prefetch(&sums[list->ordinals[i + N_AHEAD]], 1);
        }
        float sum = sums[ordinal];
        touched[n] = ordinal; /* stays where it is the first time */
        n += sum == 0.0F;
        sums[ordinal] = sum + (float)(weight * sr_weigher_tf(weigher, list->counts[i]));
    }
    *n_touched = n;
    return SR_OK;
}

/* The shares of all terms in a segment. */
static sr_status add_terms(sr_candidates *candidates, sr_weigher *weigher, uint32_t segment,
                           const sr_ranked *terms, size_t n_terms, size_t *n_touched)
{
    const sr_snapshot *snapshot = weigher->snapshot;
    uint64_t hashes[SR_VECTOR_TERMS];
    uint32_t numbers[SR_VECTOR_TERMS];
    for (size_t i = 0; i < n_terms; i++) {
        hashes[i] = terms[i].key;
    }
    sr_snapshot_find_terms(snapshot, segment, hashes, n_terms, numbers);
    for (size_t i = 0; i < n_terms; i++) {
        if (numbers[i] != SR_NO_TERM) {
            SR_TRY(sr_snapshot_term_list(snapshot, segment, numbers[i], &candidates->list));
            SR_TRY(add_term(candidates, weigher, terms[i], n_touched));
        }
    }
    return SR_OK;
}

/* Hands the sums of one segment to the heap and clears them. */
static void collect(sr_candidates *candidates, const sr_snapshot *snapshot, uint32_t number,
                    size_t n_touched, sr_top_k *top, sr_accept_fn accept, const void *context)
{
    const sr_segment *segment = sr_snapshot_segment(snapshot, number);
    const float *norms = sr_snapshot_norms(snapshot, number, n_touched);
    for (size_t i = 0; i < n_touched; i++) {
        sr_doc doc = {.segment = number, .ordinal = candidates->touched[i]};
        if (i + N_AHEAD < n_touched) {
            uint32_t ahead = candidates->touched[i + N_AHEAD];
            __builtin_prefetch(&candidates->sums[ahead], 1);
            if (norms) {
                __builtin_prefetch(&norms[ahead]);
            } else {
                sr_snapshot_expect_norm(snapshot, (sr_doc){number, ahead});
            }
        }
        double sum = (double)candidates->sums[doc.ordinal];
        candidates->sums[doc.ordinal] = 0.0F;
        double length =
            (double)(norms ? norms[doc.ordinal] : sr_segment_norm(segment, doc.ordinal));
        sr_ranked item = {.score = length > 0.0 ? sum / length : 0.0, .key = sr_doc_key(doc)};
        bool is_wanted = sr_top_k_wants(top, item);
        if (is_wanted && sr_snapshot_is_live(snapshot, doc) && accept(context, doc)) {
            candidates->is_complete &= top->n_items < top->limit;
            sr_top_k_push(top, item);
        } else if (!is_wanted) {
            candidates->is_complete = false;
        }
    }
}

sr_status sr_candidates_find(sr_candidates *candidates, sr_weigher *weigher, const sr_vector *query,
                             size_t limit, sr_accept_fn accept, const void *context)
{
    const sr_snapshot *snapshot = weigher->snapshot;
    SR_TRY(sr_array_reserve((void **)&candidates->items, &candidates->capacity, limit,
                            sizeof *candidates->items));
    sr_ranked terms[SR_VECTOR_TERMS];
    size_t n_terms = choose_terms(weigher, query, terms);
    sr_top_k top = {.items = candidates->items, .limit = limit};
    candidates->is_complete = true;
    for (uint32_t number = 0; number < sr_snapshot_segment_count(snapshot); number++) {
        const sr_segment *segment = sr_snapshot_segment(snapshot, number);
        SR_TRY(reserve_sums(candidates, sr_segment_doc_count(segment)));
        size_t n_touched = 0;
        sr_status status = add_terms(candidates, weigher, number, terms, n_terms, &n_touched);
        collect(candidates, snapshot, number, n_touched, &top, accept, context);
        SR_TRY(status);
    }
    candidates->n_items = top.n_items;
    return SR_OK;
}
