/* split.h — components of near pairs become clusters in which every member was compared with its
 * keeper.
 *
 * Near is not transitive: in a chain a ~ b ~ c the ends may have nothing in common, and one bad
 * edge joins two stories (the largest "cluster" of a public run that took components as they were
 * had 859,091 documents). So the members of a component are taken in the order of the keep rule;
 * each joins the most similar keeper that it is near to, or becomes a keeper itself. A keeper that
 * turns out to be an excerpt of a member gives its place to that: a teaser never stays instead of
 * the article. */
#ifndef SR_DEDUP_SPLIT_H
#define SR_DEDUP_SPLIT_H

#include "dedup/keep.h"
#include "dedup/match.h"

typedef struct sr_split_rule {
    const sr_keep_rule *keep;
    const sr_thresholds *thresholds;
    bool components;      /* leave components whole … */
    uint32_t max_members; /* … up to this many different texts */
} sr_split_rule;

/* `keepers[doc]`: the record that stands for its cluster; `n_resplit`: components that were too
 * large to stay whole. Members that are excerpts of a keeper of their component are added to
 * `matches->contained`. */
SR_MUST_USE sr_status sr_dedup_split(const sr_dedup_articles *articles, const sr_split_rule *rule,
                                     sr_dedup_matches *matches, sr_verifier *verifier,
                                     uint32_t *keepers, uint64_t *n_resplit, sr_error *error);

#endif
