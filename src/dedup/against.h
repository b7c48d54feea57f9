/* against.h — what a store has already: every article of a run is looked up in it, and the verdict
 * is made on the texts that it keeps (from the signatures where it keeps none).
 *
 * The store comes first in any keep order. What it has is dropped and plays no further part, so
 * that the rest is clustered as if it had not been there. An article that is much longer than the
 * stored one, and contains it, is news to the store. */
#ifndef SR_DEDUP_AGAINST_H
#define SR_DEDUP_AGAINST_H

#include "dedup/cluster.h"
#include "store/store.h"

/* What the store has for one document. */
typedef struct sr_against_match {
    sr_doc doc;
    float similarity;
    float containment;
    uint8_t relation; /* none: it has nothing */
} sr_against_match;

typedef struct sr_against {
    const sr_snapshot *snapshot;
    const char *dir;           /* of the store, as it was named */
    sr_against_match *matches; /* of each document */
    uint64_t *aside;           /* a bit a document: the store has it */
    sr_pager *pager;           /* of these two */
} sr_against;

void sr_against_release(sr_against *against);
/* Looks all articles up; of the relations, those in `drop` count. SR_ERR_MISMATCH where the store
 * signs otherwise. */
SR_MUST_USE sr_status sr_against_find(const sr_dedup_articles *articles, const sr_params *params,
                                      const sr_thresholds *thresholds, uint32_t drop,
                                      const sr_observer *observer, sr_against *against,
                                      sr_error *error);
/* Between the two, documents that the store has are like empty ones: equal to nothing. */
void sr_against_set_aside(sr_against *against, sr_dedup_articles *articles);
void sr_against_take_back(sr_against *against, sr_dedup_articles *articles, sr_dedup_fate *fates,
                          sr_dedup_summary *summary);

#endif
