/* plan.h — what a run will take, before it begins: articles, memory, temporary and output space. */
#ifndef SR_DEDUP_PLAN_H
#define SR_DEDUP_PLAN_H

#include "base/observe.h"
#include "base/status.h"

/* Where the input is so large that someone wants to know beforehand: tells the observer the plan,
 * and refuses with SR_ERR_LIMIT where the space is short. */
SR_MUST_USE sr_status sr_dedup_plan_announce(const char *const *feeds, size_t n_feeds,
                                             const sr_dedup_options *options,
                                             const sr_observer *observer, sr_error *error);
/* SR_ERR_LIMIT where the plan asks for more temporary or output space than is free. */
SR_MUST_USE sr_status sr_dedup_plan_check(const sr_dedup_plan *plan, sr_error *error);

#endif
