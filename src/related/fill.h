/* fill.h — what boxes show of their articles is read last, for all boxes together: each article
 * once, in the order in which articles lie in the store. */
#ifndef SR_RELATED_FILL_H
#define SR_RELATED_FILL_H

#include "related/boxes.h"
#include "related/worker.h"

/* Every item has its `key`, also the repeats folded into it; they get the rest. Strings live in the
 * workers' results, and items of one article share theirs. The error is that of the first article
 * that can't be read. `ids_only`: nothing but ids. */
SR_MUST_USE sr_status sr_boxes_fill(sr_boxes *boxes, sr_worker *const *workers, size_t n_workers,
                                    bool ids_only, sr_error *error);

#endif
