/* overlaps.h — candidate pairs from the containment sketches of a run: what bands can't find,
 * excerpts and heavily edited copies. */
#ifndef SR_DEDUP_OVERLAPS_H
#define SR_DEDUP_OVERLAPS_H

#include "dedup/verify.h"

enum { SR_OVERLAPS_PER_DOC = 8 };

/* Round r holds the r-th best candidate of every document that has so many, by document: pairs[
 * starts[r] .. starts[r + 1]). left is the document, right an earlier one. */
typedef struct sr_overlaps {
    sr_pair *pairs;
    size_t starts[SR_OVERLAPS_PER_DOC + 1];
    sr_pager *pager; /* of the pairs */
} sr_overlaps;

/* `first[doc]` is doc for the documents that take part; furniture counts for nothing.
 * SR_ERR_MEMORY. */
SR_MUST_USE sr_status sr_overlaps_find(const sr_dedup_articles *articles,
                                       const sr_thresholds *thresholds, const uint32_t *first,
                                       const sr_furniture *furniture, sr_overlaps *overlaps);
void sr_overlaps_release(sr_overlaps *overlaps);

#endif
