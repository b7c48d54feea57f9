/* excerpts.h — which clusters hang under the longer text that contains them. */
#ifndef SR_DEDUP_EXCERPTS_H
#define SR_DEDUP_EXCERPTS_H

#include "dedup/match.h"

/* `keepers[root]` is the keeper of the near component `root`. For each component whose keeper is an
 * excerpt of another component's keeper, `hosts[root]` becomes the root of that one, which hangs
 * under none itself; elsewhere `hosts[root]` stays root. Two keepers that turn out near are joined
 * in `matches->near` and `*joined` is set: the keepers must then be chosen anew and this be called
 * again. */
SR_MUST_USE sr_status sr_dedup_attach_excerpts(const sr_dedup_articles *articles,
                                               const sr_thresholds *thresholds,
                                               sr_dedup_matches *matches, sr_verifier *verifier,
                                               const uint32_t *keepers, uint32_t *hosts,
                                               bool *joined, sr_error *error);

#endif
