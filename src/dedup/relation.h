/* relation.h — the one decider of relations between two articles, used by dedup, add and the
 * related box. */
#ifndef SR_DEDUP_RELATION_H
#define SR_DEDUP_RELATION_H

#include "dedup/evidence.h"
#include "sketch/compare.h"

/* Exact, near, contained or none. `same_template` (may be NULL): none only because the facts
 * differ. */
sr_relation sr_relation_decide(const sr_thresholds *thresholds, const sr_pair_evidence *evidence,
                               bool *same_template);
/* Are two articles like each other, between which a chain of near pairs leads already? That speaks
 * for it, so that less is asked for. */
bool sr_relation_is_kin(const sr_thresholds *thresholds, const sr_pair_evidence *evidence);
/* How closely must two texts be looked at whose sets are known? `all`: to tell what they have in
 * common, not only what they are to each other. */
sr_evidence_depth sr_relation_depth(const sr_thresholds *thresholds,
                                    const sr_pair_evidence *evidence, bool all);
/* Gathers the evidence of two loaded profiles: sets, and details where the sets leave it open. */
SR_MUST_USE sr_status sr_relation_gather(const sr_thresholds *thresholds, sr_profile *a,
                                         sr_profile *b, bool all, sr_evidence_scratch *scratch,
                                         sr_pair_evidence *evidence);

/* The lowest Jaccard at which two articles are looked at word by word. */
double sr_thresholds_floor(const sr_thresholds *thresholds);
/* What is asked of the texts where URL or title say already that they are of one report. */
sr_thresholds sr_thresholds_ease(const sr_thresholds *thresholds, sr_update_link link);
/* Is it one story in one length: exact, near, updated? */
bool sr_relation_joins(sr_relation relation);

/* What people read beside the relation; 0 where a set is empty. */
typedef struct sr_measures {
    double jaccard;
    double containment_a_in_b;
    double containment_b_in_a;
    double likeness; /* Jaccard, and of the rest the share of words that both have */
    double facts;    /* share of the facts in a common context that agree; 1 where there are none */
} sr_measures;
void sr_evidence_measure(const sr_pair_evidence *evidence, sr_measures *measures);

/* Compares two texts by their shingle sets with the scratch of a signer. */
SR_MUST_USE sr_status sr_relation_verify(sr_signer *signer, const sr_thresholds *thresholds,
                                         sr_str a, sr_str b, sr_verdict *verdict);

/* The same of two articles that are linked by URL, title and date; `are_two`: they are two
 * whatever their texts are (update.h). */
SR_MUST_USE sr_status sr_relation_verify_linked(sr_signer *signer, const sr_thresholds *thresholds,
                                                sr_str a, sr_str b, sr_update_link link,
                                                bool are_two, int64_t a_later_s,
                                                sr_verdict *verdict);

#endif
