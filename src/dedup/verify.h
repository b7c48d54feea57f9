/* verify.h — pairs of articles of a run compared on their texts, on all threads. */
#ifndef SR_DEDUP_VERIFY_H
#define SR_DEDUP_VERIFY_H

#include "dedup/articles.h"
#include "dedup/relation.h"

/* Two documents to be compared; pairs with the same `left` should stand together, its shingles are
 * then made once. */
typedef struct sr_pair {
    uint32_t left;
    uint32_t right;
} sr_pair;

/* What became of a pair. */
typedef struct sr_pair_judgement {
    uint8_t relation; /* sr_relation, decided on the texts */
    bool verified;    /* false: the signatures alone ruled it out */
    bool left_shorter;
} sr_pair_judgement;

/* The lowest Jaccard at which two sets of these sizes can be near or contained. */
double sr_thresholds_lowest_jaccard(const sr_thresholds *thresholds, uint32_t n_a, uint32_t n_b);

typedef struct sr_verifier sr_verifier;

/* Keeps the pointers. */
SR_MUST_USE sr_status sr_verifier_create(const sr_params *params, const sr_thresholds *thresholds,
                                         const sr_dedup_articles *articles, sr_verifier **out);
void sr_verifier_free(sr_verifier *verifier);
/* Learns furniture from all articles (furniture.h), before the first pair. */
SR_MUST_USE sr_status sr_verifier_learn(sr_verifier *verifier, const uint32_t *first);
const sr_furniture *sr_verifier_furniture(const sr_verifier *verifier);
/* The lowest Jaccard of the signatures at which a pair can be near or contained beside its
 * furniture. */
double sr_verifier_lowest_jaccard(const sr_verifier *verifier, sr_pair pair);
/* Rules out by the estimate from the signatures, decides the rest by exact sets. */
SR_MUST_USE sr_status sr_verifier_judge(sr_verifier *verifier, const sr_pair *pairs, size_t n_pairs,
                                        sr_pair_judgement *judgements, sr_error *error);
/* The exact evidence of every pair; a is left. `all`: also what does not decide. */
SR_MUST_USE sr_status sr_verifier_measure(sr_verifier *verifier, const sr_pair *pairs,
                                          size_t n_pairs, bool all, sr_pair_evidence *evidence,
                                          sr_error *error);
/* The sizes of the sets and of what is common are all that is promised. */
SR_MUST_USE sr_status sr_verifier_measure_sets(sr_verifier *verifier, const sr_pair *pairs,
                                               size_t n_pairs, sr_pair_evidence *evidence,
                                               sr_error *error);

/* For loops of a caller over other things than pairs, in a parallel region of as many threads: one
 * pair, as far as decides, on the calling thread's own scratch. A failure is told by
 * sr_verifier_failure, which returns it: `status`, where no pair failed. */
int sr_verifier_thread_count(const sr_verifier *verifier);
SR_MUST_USE sr_status sr_verifier_judge_here(sr_verifier *verifier, sr_pair pair,
                                             sr_pair_judgement *judgement);
SR_MUST_USE sr_status sr_verifier_measure_here(sr_verifier *verifier, sr_pair pair,
                                               sr_pair_evidence *evidence);
SR_MUST_USE sr_status sr_verifier_failure(const sr_verifier *verifier, sr_status status,
                                          sr_error *error);

#endif
