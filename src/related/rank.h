/* rank.h — the articles nearest to a subject, best first: candidates, exact cosine, factor of time.
 */
#ifndef SR_RELATED_RANK_H
#define SR_RELATED_RANK_H

#include "related/filter.h"

/* Fills worker->scored with what is left of `limit` candidates, by score, equal scores by place in
 * the store. Only scores above 0. `*is_complete`: a higher limit would bring no more. */
SR_MUST_USE sr_status sr_rank(sr_worker *worker, const sr_filter_view *view, sr_subject *subject,
                              size_t limit, bool *is_complete);
/* The steps of it: worker->scored becomes the candidates that were found, by place in the store;
 * gets the cosines to the scorer's query for scores; is sorted, best first. */
SR_MUST_USE sr_status sr_rank_take_candidates(sr_worker *worker);
SR_MUST_USE sr_status sr_rank_score(sr_worker *worker);
/* The same for other articles; and those sorted by place, each once. */
SR_MUST_USE sr_status sr_rank_score_all(sr_worker *worker, sr_scored *scored, size_t n_scored);
SR_MUST_USE sr_status sr_rank_sort_by_place(sr_worker *worker, sr_scored *scored, size_t *n_scored);
SR_MUST_USE sr_status sr_rank_sort(sr_worker *worker);
/* What the time between the subject and an article multiplies a score by. */
double sr_rank_time_factor(const sr_related_options *options, int64_t reference_s, int64_t date_s);
/* The lexical vector of a stored article. */
SR_MUST_USE sr_status sr_weigh_doc(sr_worker *worker, sr_doc doc, sr_vector *vector);

#endif
