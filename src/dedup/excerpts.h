/* excerpts.h — which clusters hang under the longer text that contains them. */
#ifndef SR_DEDUP_EXCERPTS_H
#define SR_DEDUP_EXCERPTS_H

#include "dedup/match.h"

/* `keepers[doc]` is the record that stands for its cluster. For each keeper that is an excerpt of
 * another one, `hosts[keeper]` becomes that one, which hangs under none itself; elsewhere
 * `hosts[doc]` stays doc. Two keepers of different components that turn out near are joined in
 * `matches->near` and `*joined` is set: the keepers must then be chosen anew and this be called
 * again. */
SR_MUST_USE sr_status sr_dedup_attach_excerpts(const sr_dedup_articles *articles,
                                               const sr_thresholds *thresholds,
                                               sr_dedup_matches *matches, sr_verifier *verifier,
                                               const uint32_t *keepers, uint32_t *hosts,
                                               bool *joined, sr_error *error);

#endif
