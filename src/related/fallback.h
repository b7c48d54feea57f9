/* fallback.h — what fills a box that would stay short: the newest articles of a language. */
#ifndef SR_RELATED_FALLBACK_H
#define SR_RELATED_FALLBACK_H

#include "related/filter.h"

#define SR_LANGUAGE_ANY ((sr_language)UINT16_MAX) /* no two letters */

/* Fills worker->scored with up to `limit` live articles of a language that pass the filter, newest
 * first, those without a date last, equal dates by place in the store; scores are 0. */
SR_MUST_USE sr_status sr_fallback_find(sr_worker *worker, const sr_filter_view *view,
                                       sr_language language, size_t limit, bool *is_complete);

#endif
