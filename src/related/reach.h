/* reach.h — which articles are scored at all, in three steps, each by what the one before found:
 *
 * 1. the pool: the best sums over postings (candidates.h); in a large store three times as many as
 *    are wanted, and of them those that are wanted, by the sum and the dense vector's cosine;
 * 2. what stands in the lists of neighbours of the subject and of the ten best;
 * 3. once these are scored: what stands in the lists of the ten best by their exact cosines.
 *
 * Of the full scan's ten best are found: .994 of 28,005 articles of one newspaper (.999 with 60 %
 * more postings and the pool of a large store); of a million generated ones .931, and .979 as good
 * as the tenth less .005. A third of those are of a theme and of no story: what is missed of them
 * scores .2 to .35, as hundreds do. With the sums alone .916, without the third step .924.
 */
#ifndef SR_RELATED_REACH_H
#define SR_RELATED_REACH_H

#include "related/filter.h"
#include "related/subject.h"
#include "related/worker.h"

/* Steps 1 and 2, about `limit` articles into the worker's scored ones, without their scores.
 * `*is_complete`: no article that shares one of the weighty terms was left out. The subject was
 * smoothed before. */
SR_MUST_USE sr_status sr_reach(sr_worker *worker, const sr_filter_view *view, size_t limit,
                               bool *is_complete);
/* Step 3; the worker's scored articles have their cosines, before and after. */
SR_MUST_USE sr_status sr_reach_further(sr_worker *worker, const sr_filter_view *view);

#endif
