/* rank.h — the articles nearest to a subject, best first: candidates, exact cosine, factor of time.
 */
#ifndef SR_RELATED_RANK_H
#define SR_RELATED_RANK_H

#include "related/filter.h"

/* Fills worker->scored with what is left of `limit` candidates, by score, equal scores by place in
 * the store. Only scores above 0. `*is_complete`: a higher limit would bring no more. */
SR_MUST_USE sr_status sr_rank(sr_worker *worker, const sr_filter_view *view, size_t limit,
                              bool *is_complete);
/* The lexical vector of a stored article. */
SR_MUST_USE sr_status sr_weigh_doc(sr_worker *worker, sr_doc doc, sr_vector *vector);

#endif
