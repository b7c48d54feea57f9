/* audit.h — how much of what there is a run has found: articles drawn at random are compared by
 * brute force with all others, past the index and past the clusters. */
#ifndef SR_DEDUP_AUDIT_H
#define SR_DEDUP_AUDIT_H

#include "dedup/cluster.h"

/* Draws `n_drawn` articles (all where there are fewer), by the seed of `params`: the same ones in
 * every run over the same input. */
SR_MUST_USE sr_status sr_dedup_audit(const sr_dedup_articles *articles, const sr_params *params,
                                     const sr_thresholds *thresholds, const sr_dedup_fate *fates,
                                     sr_verifier *verifier, uint32_t n_drawn,
                                     const sr_observer *observer, sr_audit *audit, sr_error *error);

/* The 95 % score interval of a share (Wilson, JASA 1927); 0 … 1 where n is 0. */
void sr_share_interval(uint64_t n_good, uint64_t n, sr_share *share);

#endif
