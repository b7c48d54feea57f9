/* score.h — the cosine of the query with stored articles, in term numbers instead of hashes.
 *
 * A stored article weighs as the store's statistics say. What the dfs of its 100 terms come to in
 * the length of its vector is the same for every query, so the snapshot remembers it, and a query
 * looks only at the terms that the two share; in a large store the length is taken as it was
 * written (sr_snapshot_is_settled). A query that is not stored counts itself: the df of each term
 * of its vector is one higher, there and in every article that it is compared with; the other
 * articles' choice of terms, their cut, is not made anew for it.
 */
#ifndef SR_RELATED_SCORE_H
#define SR_RELATED_SCORE_H

#include "related/term_memo.h"
#include "related/vector.h"
#include "simd/kernels.h"
#include "store/term_df.h"

enum { SR_DF_TABLE = 1 << 14, SR_TERM_SLOTS = 1 << 12 };

/* A term of the query in one segment. */
typedef struct sr_query_term {
    uint32_t number;
    double weight;     /* in the query's vector */
    double idf;        /* in the vectors that are compared with it */
    double stored_idf; /* as the store counts */
} sr_query_term;

/* One query against one snapshot; one per thread, used query after query. */
typedef struct sr_scorer {
    const sr_snapshot *snapshot;
    const sr_kernels *kernels;
    sr_term_memo memo;
    const sr_vector *query;
    const sr_vector *counted; /* terms whose df is one higher than the store's; NULL: none */
    uint64_t n_docs;          /* N of the formula */
    double *idf_tables[2];    /* by df below SR_DF_TABLE, of singles and of pairs; negative: not yet
                                 asked */
    double tf_weights[SR_TF_TABLE];
    uint32_t segment; /* of `terms`; UINT32_MAX: of none yet */
    bool is_settled;  /* lengths are taken from it */
    size_t n_terms;
    sr_query_term terms[SR_VECTOR_TERMS];
    uint32_t marks[SR_MARK_WORDS]; /* of their numbers: sr_kernels.find_marked */
    uint16_t slots[SR_TERM_SLOTS]; /* by the low bits of a term's number: 1 + its place in `terms`;
                                     where that is taken, the next one; 0: free */
} sr_scorer;

SR_MUST_USE sr_status sr_scorer_init(sr_scorer *scorer, const sr_snapshot *snapshot);
void sr_scorer_release(sr_scorer *scorer);
/* The next query; the vectors must outlive its scores. `counted`: where the query is not stored,
 * its own vector (the query may be smoothed, and then has other articles' terms too); else NULL. */
void sr_scorer_begin(sr_scorer *scorer, const sr_vector *query, const sr_vector *counted);
/* 0..1. Cheapest when articles of one segment follow each other. SR_ERR_CORRUPT. */
SR_MUST_USE sr_status sr_scorer_cosine(sr_scorer *scorer, sr_doc doc, double *cosine);

#endif
