/* box.h — from a ranking to a box: repeats folded, sources capped, short boxes filled. */
#ifndef SR_RELATED_BOX_H
#define SR_RELATED_BOX_H

#include "related/boxes.h"
#include "related/filter.h"

/* Which articles the box shows, with their scores and reasons: what is read of them is filled in by
 * sr_boxes_fill. All that it points at lives in worker->results. */
SR_MUST_USE sr_status sr_box_make(sr_worker *worker, const sr_filter *filter, sr_subject *subject,
                                  sr_box *box);

#endif
