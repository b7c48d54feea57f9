/* candidates.c — the postings of every segment, a block of articles at a time (see candidates.h).
 *
 * The postings of all terms are unpacked first. Then every block of articles takes its part of each
 * list: the block's sums stay in the cache however large the segment is, and the articles whose sum
 * could come among the best are found by going over them in order. */
#include "related/candidates.h"

#include "simd/kernels.h"
#include "store/radix_sort.h"
#include "store/term_df.h"

#include <stdlib.h>

enum { BLOCK = 1 << 14 }; /* articles; their sums are 64 KB */
/* Postings that are added up: at most .5 ms, in stores of one and a half million articles and more.
 */
enum { N_POSTINGS_LEAST = 20000, N_POSTINGS_MOST = 1 << 17, ARTICLES_PER_POSTING = 14 };
/* So many articles ahead memory is asked for what is kept of them: their places are random. */
enum { N_AHEAD = 16 };
/* So many times as many are kept as are wanted, until the best of them are chosen. */
enum { SPARE = 2 };
/* Float products err by less. */
#define ALMOST (1.0 - 1e-6)

/* A term's part of the unpacked postings. */
typedef struct term_run {
    size_t at, end;
    double weight;
} term_run;

/* One segment that is searched. */
typedef struct search {
    sr_candidates *candidates;
    sr_weigher *weigher;
    sr_term_memo *memo;
    uint32_t segment;
    uint32_t n_docs;
    const sr_norms *norms; /* of all its articles, or NULL */
    const sr_kernels *kernels;
    term_run runs[SR_VECTOR_TERMS];
    size_t n_runs;
    size_t limit;
    bool is_full;    /* `limit` articles were kept already: */
    sr_ranked worst; /* the last of those */
    sr_accept_fn accept;
    const void *context;
} search;

void sr_candidates_release(sr_candidates *candidates)
{
    free(candidates->items);
    free(candidates->sums);
    free(candidates->touched);
    sr_posting_list_release(&candidates->list);
    *candidates = (sr_candidates){0};
}

static uint64_t bound_postings(const sr_weigher *weigher)
{
    uint64_t n = N_POSTINGS_LEAST + weigher->n_docs / ARTICLES_PER_POSTING;
    return n < N_POSTINGS_MOST ? n : N_POSTINGS_MOST;
}

/* Weights are positive: they order as their bits do. The key falls as the weight rises. */
static uint64_t key_of_weight(double weight)
{
    uint64_t bits;
    memcpy(&bits, &weight, sizeof bits);
    return ~bits;
}

/* The heaviest terms that the bound on postings lets through; the first one always. Equal weights:
 * lower hash first, as they stand in the query. */
static size_t choose_terms(const sr_weigher *weigher, const sr_vector *query, sr_ranked *chosen)
{
    sr_keyed keyed[2 * SR_VECTOR_TERMS];
    for (uint32_t i = 0; i < query->n_terms; i++) {
        keyed[i] = (sr_keyed){.key = key_of_weight(query->terms[i].weight), .a = i};
    }
    sr_keyed_sort(keyed, keyed + query->n_terms, query->n_terms);
    size_t n_terms = 0;
    uint64_t n_left = bound_postings(weigher);
    for (size_t i = 0; i < query->n_terms; i++) {
        const sr_weighed_term *term = &query->terms[keyed[i].a];
        uint64_t df = sr_weigher_df(weigher, term->hash);
        if (n_terms == 0 || df <= n_left) {
            n_left -= df < n_left ? df : n_left;
            chosen[n_terms++] = (sr_ranked){.score = term->weight, .key = term->hash};
        }
    }
    return n_terms;
}

static sr_status reserve(sr_candidates *candidates, size_t limit)
{
    SR_TRY(sr_array_reserve((void **)&candidates->items, &candidates->capacity, SPARE * limit,
                            sizeof *candidates->items));
    SR_TRY(sr_array_reserve((void **)&candidates->sums, &candidates->sums_capacity, BLOCK,
                            sizeof *candidates->sums));
    return sr_array_reserve((void **)&candidates->touched, &candidates->touched_capacity,
                            BLOCK + SR_FIND_SLACK, sizeof *candidates->touched);
}

/* The postings of all terms that the segment knows. */
static sr_status unpack(search *s, const sr_ranked *terms, size_t n_terms)
{
    const sr_snapshot *snapshot = s->weigher->snapshot;
    uint64_t hashes[SR_VECTOR_TERMS];
    uint32_t numbers[SR_VECTOR_TERMS];
    for (size_t i = 0; i < n_terms; i++) {
        hashes[i] = terms[i].key;
    }
    sr_term_memo_find(s->memo, s->segment, hashes, n_terms, numbers);
    sr_posting_list *list = &s->candidates->list;
    list->n = 0;
    s->n_runs = 0;
    for (size_t i = 0; i < n_terms; i++) {
        if (numbers[i] == SR_NO_TERM) {
            continue;
        }
        double idf;
        term_run *run = &s->runs[s->n_runs++];
        SR_TRY(sr_weigher_idf(s->weigher, terms[i].key, &idf));
        *run = (term_run){.at = list->n, .weight = terms[i].score * idf};
        SR_TRY(sr_snapshot_term_list_append(snapshot, s->segment, numbers[i], list));
        run->end = list->n;
    }
    return SR_OK;
}

/* Adds every term's share to the articles [first, last). */
static void add_up(search *s, uint32_t first, uint32_t last)
{
    const uint32_t *ordinals = s->candidates->list.ordinals;
    const uint8_t *counts = s->candidates->list.counts;
    float *sums = s->candidates->sums;
    for (size_t i = 0; i < s->n_runs; i++) {
        term_run *run = &s->runs[i];
        size_t at = run->at;
        for (; at < run->end && ordinals[at] < last; at++) {
            sums[ordinals[at] - first] +=
                (float)(run->weight * sr_weigher_tf(s->weigher, counts[at]));
        }
        run->at = at;
    }
}

/* The articles of a block, by their places in it, that share a term; where their lengths are at
 * hand, those of them that may come among the best. */
static size_t find_touched(const search *s, uint32_t first, uint32_t n_docs)
{
    static const uint8_t ZEROS[BLOCK];
    bool is_bounded = s->is_full && s->norms;
    float bound = is_bounded ? (float)(s->worst.score * s->norms->step * ALMOST) : 0.0F;
    return s->kernels->find_above(s->candidates->sums,
                                  is_bounded ? s->norms->floors + first : ZEROS, bound, n_docs,
                                  s->candidates->touched);
}

/* Puts the best `limit` of the items first, the last of them at their end: Hoare's selection. */
static void select_best(sr_ranked *items, size_t n_items, size_t limit)
{
    size_t first = 0;
    size_t last = n_items - 1;
    while (first < last) {
        sr_ranked pivot = items[first + (last - first) / 2];
        size_t i = first;
        size_t j = last;
        for (;;) {
            while (sr_ranked_before(items[i], pivot)) {
                i++;
            }
            while (sr_ranked_before(pivot, items[j])) {
                j--;
            }
            if (i >= j) {
                break;
            }
            sr_ranked swapped = items[i];
            items[i++] = items[j];
            items[j--] = swapped;
        }
        /* Now [first, j] are not behind the pivot, (j, last] not before it. */
        if (limit - 1 <= j) {
            last = j == last ? last - 1 : j;
        } else {
            first = j + 1;
        }
    }
}

/* Drops what is not among the best. */
static void drop_rest(search *s)
{
    sr_candidates *candidates = s->candidates;
    if (candidates->n_items > s->limit) {
        select_best(candidates->items, candidates->n_items, s->limit);
        candidates->n_items = s->limit;
        candidates->is_complete = false;
        s->worst = candidates->items[s->limit - 1];
        s->is_full = true;
    }
}

static void offer(search *s, uint32_t first, uint32_t place)
{
    sr_candidates *candidates = s->candidates;
    const sr_snapshot *snapshot = s->weigher->snapshot;
    sr_doc doc = {.segment = s->segment, .ordinal = first + place};
    double length = (double)(s->norms ? s->norms->values[doc.ordinal]
                                      : sr_segment_norm(sr_snapshot_segment(snapshot, s->segment),
                                                        doc.ordinal));
    double sum = (double)candidates->sums[place];
    sr_ranked item = {.score = length > 0.0 ? sum / length : 0.0, .key = sr_doc_key(doc)};
    if (s->is_full && !sr_ranked_before(item, s->worst)) {
        return;
    }
    if (sr_snapshot_is_live(snapshot, doc) && s->accept(s->context, doc)) {
        candidates->items[candidates->n_items++] = item;
        if (candidates->n_items == SPARE * s->limit) {
            drop_rest(s);
        }
    }
}

static void expect_norm(const search *s, uint32_t ordinal)
{
    if (s->norms) {
        __builtin_prefetch(&s->norms->values[ordinal]);
    } else {
        sr_snapshot_expect_norm(s->weigher->snapshot, (sr_doc){s->segment, ordinal});
    }
}

static void collect(search *s, uint32_t first, uint32_t n_docs)
{
    const uint32_t *touched = s->candidates->touched;
    size_t n = find_touched(s, first, n_docs);
    for (size_t i = 0; i < n; i++) {
        if (i + N_AHEAD < n) {
            expect_norm(s, first + touched[i + N_AHEAD]);
        }
        offer(s, first, touched[i]);
    }
}

static sr_status search_segment(search *s, const sr_ranked *terms, size_t n_terms)
{
    SR_TRY(unpack(s, terms, n_terms));
    s->norms = sr_snapshot_norms(s->weigher->snapshot, s->segment, s->candidates->list.n);
    for (uint32_t first = 0; first < s->n_docs && s->candidates->list.n; first += BLOCK) {
        uint32_t n_docs = s->n_docs - first < BLOCK ? s->n_docs - first : BLOCK;
        memset(s->candidates->sums, 0, n_docs * sizeof *s->candidates->sums);
        add_up(s, first, first + n_docs);
        collect(s, first, n_docs);
    }
    return SR_OK;
}

sr_status sr_candidates_find(sr_candidates *candidates, sr_weigher *weigher, sr_term_memo *memo,
                             const sr_vector *query, size_t limit, sr_accept_fn accept,
                             const void *context)
{
    SR_TRY(reserve(candidates, limit));
    sr_ranked terms[SR_VECTOR_TERMS];
    size_t n_terms = choose_terms(weigher, query, terms);
    search s = {.candidates = candidates,
                .weigher = weigher,
                .memo = memo,
                .kernels = sr_kernels_get(),
                .limit = limit,
                .accept = accept,
                .context = context};
    candidates->is_complete = true;
    candidates->n_items = 0;
    for (; s.segment < sr_snapshot_segment_count(weigher->snapshot); s.segment++) {
        s.n_docs = sr_segment_doc_count(sr_snapshot_segment(weigher->snapshot, s.segment));
        SR_TRY(search_segment(&s, terms, n_terms));
    }
    drop_rest(&s);
    return SR_OK;
}
