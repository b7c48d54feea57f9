/* relation.h — the one decider of relations between two articles, used by dedup, add and the
 * related box. */
#ifndef SR_DEDUP_RELATION_H
#define SR_DEDUP_RELATION_H

#include "sketch/compare.h"
#include "sketch/signer.h"

/* What the decider may look at. Sets and sizes are of word shingles. */
typedef struct sr_pair_evidence {
    bool same_content; /* equal normalised words */
    size_t n_a;        /* distinct shingles */
    size_t n_b;
    size_t n_common;
} sr_pair_evidence;

/* Exact, near, contained or none. */
sr_relation sr_relation_decide(const sr_thresholds *thresholds, const sr_pair_evidence *evidence);

/* What people read beside the relation; 0 where a set is empty. */
typedef struct sr_measures {
    double jaccard;
    double containment_a_in_b;
    double containment_b_in_a;
} sr_measures;
void sr_evidence_measure(const sr_pair_evidence *evidence, sr_measures *measures);

/* Compares two texts by their shingle sets with the scratch of a signer. */
SR_MUST_USE sr_status sr_relation_verify(sr_signer *signer, const sr_thresholds *thresholds,
                                         sr_str a, sr_str b, sr_verdict *verdict);

#endif
