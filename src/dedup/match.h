/* match.h — finds the pairs of a run that are repeats: exact ones by the content hash, near ones by
 * bands, each compared before it counts. */
#ifndef SR_DEDUP_MATCH_H
#define SR_DEDUP_MATCH_H

#include "dedup/verify.h"
#include "index/union_find.h"

struct sr_checkpoint;

typedef struct sr_dedup_matches {
    uint32_t *first; /* per document: the first one with the same words; itself where it is that */
    sr_union_find near; /* exact and near documents, joined */
    sr_pair *contained; /* verified: left is an excerpt of right */
    size_t n_contained;
    size_t contained_capacity;
} sr_dedup_matches;

/* Bands whose keys are held at a time. */
enum { SR_DEDUP_BANDS_AT_ONCE = 4 };

void sr_dedup_matches_init(sr_dedup_matches *matches);
void sr_dedup_matches_release(sr_dedup_matches *matches);
/* Adds a pair, one of which is verified to be an excerpt of the other. */
SR_MUST_USE sr_status sr_dedup_note_contained(sr_dedup_matches *matches, sr_pair pair,
                                              bool left_shorter);
/* The first step of sr_dedup_match: equal texts, and what the verifier must have learnt before it
 * compares; alone for a run whose fates a checkpoint knows. */
SR_MUST_USE sr_status sr_dedup_match_begin(const sr_dedup_articles *articles,
                                           const sr_thresholds *thresholds, sr_verifier *verifier,
                                           sr_dedup_matches *matches);
/* Counts candidate and verified pairs in the summary. `checkpoint` (NULL: none) is saved after each
 * pass; passes that it has are not done again. */
SR_MUST_USE sr_status sr_dedup_match(const sr_dedup_articles *articles, const sr_params *params,
                                     const sr_thresholds *thresholds, sr_verifier *verifier,
                                     const sr_observer *observer, struct sr_checkpoint *checkpoint,
                                     sr_dedup_matches *matches, sr_dedup_summary *summary,
                                     sr_error *error);

#endif
