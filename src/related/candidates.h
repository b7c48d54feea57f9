/* candidates.h — the articles worth scoring: those that share the query's heaviest terms.
 *
 * The postings of the query's heaviest terms are added up article by article, each divided by the
 * length that its vector had when its segment was written; the best of these sums are the
 * candidates. The exact score comes after.
 *
 * What costs time is long postings, not many terms: the heaviest terms are taken as long as all
 * their postings together stay within a bound (20,000 and one for each 14 articles), and a term
 * that would exceed it is passed over for lighter ones that are rarer. By weight alone, by weight
 * and rarity, or by weight per posting makes no difference: of a million generated articles .914
 * to .920 of the full scan's ten best with 100,000 postings in either order; .80 with 20,000, .95
 * with a million, which takes four times as long.
 *
 * The query is best a smoothed vector, as the scores are.
 */
#ifndef SR_RELATED_CANDIDATES_H
#define SR_RELATED_CANDIDATES_H

#include "related/term_memo.h"
#include "related/vector.h"

/* Per-thread scratch and, after a search, its result. */
typedef struct sr_candidates {
    sr_ranked *items; /* in no order; key is sr_doc_key */
    size_t n_items;
    size_t capacity;
    bool is_complete; /* no article that shares one of the terms was left out for lack of places */
    float *sums;      /* of a block of articles */
    size_t sums_capacity;
    uint32_t *touched; /* their places in it */
    size_t touched_capacity;
    sr_posting_list list; /* of all terms, one behind the other */
} sr_candidates;

static inline uint64_t sr_doc_key(sr_doc doc)
{
    return (uint64_t)doc.segment << 32 | doc.ordinal;
}

static inline sr_doc sr_doc_of_key(uint64_t key)
{
    return (sr_doc){.segment = (uint32_t)(key >> 32), .ordinal = (uint32_t)key};
}

/* Whether a live article may be a candidate at all. */
typedef bool (*sr_accept_fn)(const void *context, sr_doc doc);

void sr_candidates_release(sr_candidates *candidates);
/* Up to `limit` live articles that `accept` lets pass. The weigher and the memo remember. */
SR_MUST_USE sr_status sr_candidates_find(sr_candidates *candidates, sr_weigher *weigher,
                                         sr_term_memo *memo, const sr_vector *query, size_t limit,
                                         sr_accept_fn accept, const void *context);

#endif
