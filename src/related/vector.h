/* vector.h — terms to lexical vectors.
 *
 *     weight of a term = (1 + ln tf) · ln((N + 1) / (df + ½)) · ½ for a pair,   only terms with df
 * ≥ 2
 *
 * An article's vector is its 128 heaviest terms (equal weights: lower hash first). Weights are
 * never stored: idf, the rule df ≥ 2, the cut and the length are all of the snapshot that is read,
 * so ten increments weigh like one bulk load.
 *
 * N is the stored articles and one more, for an article that is asked about and not stored; such an
 * article also counts itself in the df of its terms. So a term that it shares with anything has
 * df ≥ 2 however small the store is.
 *
 * Sums run over terms in ascending order of hash, in doubles with + − × ÷ and the correctly rounded
 * square root: the same bits everywhere.
 */
#ifndef SR_RELATED_VECTOR_H
#define SR_RELATED_VECTOR_H

#include "index/term_weight.h"
#include "index/top_k.h"
#include "store/store.h"

/* SR_SMOOTHED: neighbours that an article is smoothed with. */
enum { SR_TF_TABLE = 256, SR_SMOOTHED = 5, SR_VECTOR_TERMS = (SR_SMOOTHED + 1) * SR_TERMS_SCORED };

typedef struct sr_weighed_term {
    uint64_t hash;
    double weight;
} sr_weighed_term;

/* Ascending by hash; weights are not divided by the length. There is room for a smoothed one, the
 * sum of an article's and its neighbours'. */
typedef struct sr_vector {
    sr_weighed_term terms[SR_VECTOR_TERMS];
    size_t n_terms;
    double length; /* Euclidean; 0 where there is no term */
} sr_vector;

typedef struct sr_idf_slot {
    uint64_t hash;
    double idf;  /* negative: free */
    uint64_t df; /* as the store counts */
} sr_idf_slot;

/* Weighs terms against one snapshot; remembers every idf it was asked for (finding a df searches
 * all segments, and its logarithm costs more). One per thread. */
typedef struct sr_weigher {
    const sr_snapshot *snapshot;
    uint64_t n_docs; /* N of the formula */
    bool is_shifted; /* some remembered df count an article that is not stored */
    sr_idf_slot *slots;
    size_t n_slots; /* a power of two */
    size_t n_used;
    sr_weighed_term *weighed; /* scratch */
    size_t weighed_capacity;
    double tf_weights[SR_TF_TABLE];
} sr_weigher;

/* N of the formula. */
static inline uint64_t sr_vector_n_docs(const sr_snapshot *snapshot)
{
    return sr_snapshot_live_count(snapshot) + 1;
}

SR_MUST_USE sr_status sr_weigher_init(sr_weigher *weigher, const sr_snapshot *snapshot);
void sr_weigher_release(sr_weigher *weigher);
/* From now on the statistics are those of the snapshot alone. */
void sr_weigher_count_stored(sr_weigher *weigher);
/* From now on they count an article with these terms on top. */
SR_MUST_USE sr_status sr_weigher_count_also(sr_weigher *weigher, const sr_stored_term *terms,
                                            size_t n_terms);
/* 0 for a term with df < 2. */
SR_MUST_USE sr_status sr_weigher_idf(sr_weigher *weigher, uint64_t hash, double *idf);
/* How many stored articles hold the term. */
uint64_t sr_weigher_df(const sr_weigher *weigher, uint64_t hash);
/* The vector of terms in ascending order of hash. */
SR_MUST_USE sr_status sr_weigher_weigh(sr_weigher *weigher, const sr_stored_term *terms,
                                       size_t n_terms, sr_vector *vector);

/* sr_tf_weight, from a table of SR_TF_TABLE places that fills as it is asked (0: not yet). */
static inline double sr_tf_lookup(double *table, uint32_t tf2)
{
    if (tf2 >= SR_TF_TABLE) {
        return sr_tf_weight(tf2);
    }
    if (table[tf2] == 0.0) {
        table[tf2] = sr_tf_weight(tf2);
    }
    return table[tf2];
}

static inline double sr_weigher_tf(sr_weigher *weigher, uint32_t tf2)
{
    return sr_tf_lookup(weigher->tf_weights, tf2);
}

#endif
