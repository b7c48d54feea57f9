/* plan.h — what a run will take, before it begins: articles, memory, temporary and output space. */
#ifndef SR_DEDUP_PLAN_H
#define SR_DEDUP_PLAN_H

#include "base/observe.h"
#include "base/status.h"

/* What is known of a run before it begins. */
typedef struct sr_dedup_forecast {
    uint64_t n_input_bytes; /* of the files */
    bool is_pipe;           /* one of them has no size */
    bool spills;            /* the run will not fit into its memory */
} sr_dedup_forecast;

/* Can the run be resumed? That of an input that takes so long to read that nobody wants to begin
 * anew after a kill, too. */
bool sr_dedup_leaves_checkpoint(const sr_dedup_options *options, bool is_pipe,
                                uint64_t n_input_bytes);

/* Where the input is so large that someone wants to know beforehand: tells the observer the plan,
 * and refuses with SR_ERR_LIMIT where the space is short. */
SR_MUST_USE sr_status sr_dedup_plan_announce(const char *const *feeds, size_t n_feeds,
                                             const sr_dedup_options *options,
                                             const sr_observer *observer,
                                             sr_dedup_forecast *forecast, sr_error *error);
/* SR_ERR_LIMIT where the plan asks for more temporary or output space than is free. */
SR_MUST_USE sr_status sr_dedup_plan_check(const sr_dedup_plan *plan, sr_error *error);

#endif
