/* score.h — the cosine of the query with stored articles, in term numbers instead of hashes: a
 * segment's lexicon is sorted by hash, so its numbers stand in the same order, and neither the
 * terms of an article nor those of the query need be sought once the query's numbers in that
 * segment are known. The same bits as the cosine of two vectors of sr_weigher_weigh. */
#ifndef SR_RELATED_SCORE_H
#define SR_RELATED_SCORE_H

#include "related/vector.h"

enum { SR_DF_TABLE = 1 << 14 };

/* A term of the query in one segment. */
typedef struct sr_query_term {
    uint32_t number;
    double weight; /* in the query's vector; 0: only counted */
} sr_query_term;

/* One query against one snapshot; one per thread, used query after query. */
typedef struct sr_scorer {
    const sr_snapshot *snapshot;
    const sr_vector *query;
    const sr_stored_term
        *counted; /* terms whose df the query adds 1 to, ascending; NULL: it is stored */
    size_t n_counted;
    uint64_t n_docs;       /* N of the formula */
    uint64_t table_n_docs; /* the N that the tables were made for */
    double *idf_tables[2]; /* by df below SR_DF_TABLE, of singles and of pairs; negative: not yet
                              asked */
    double tf_weights[SR_TF_TABLE];
    uint32_t segment;     /* of `terms`; UINT32_MAX: of none yet */
    sr_query_term *terms; /* ascending */
    size_t n_terms;
    size_t term_capacity;
} sr_scorer;

SR_MUST_USE sr_status sr_scorer_init(sr_scorer *scorer, const sr_snapshot *snapshot);
void sr_scorer_release(sr_scorer *scorer);
/* The next query; its vector and counted terms must outlive its scores. */
void sr_scorer_begin(sr_scorer *scorer, const sr_vector *query, const sr_stored_term *counted,
                     size_t n_counted);
/* 0..1. Cheapest when articles of one segment follow each other. SR_ERR_CORRUPT, SR_ERR_MEMORY. */
SR_MUST_USE sr_status sr_scorer_cosine(sr_scorer *scorer, sr_doc doc, double *cosine);

#endif
