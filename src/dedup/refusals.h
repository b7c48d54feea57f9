/* refusals.h — a small table of pairs whose texts were compared and found different (or an
 * excerpt), so that the next band need not compare them again. A place holds one pair and the
 * newest wins: forgetting costs time, not correctness. */
#ifndef SR_DEDUP_REFUSALS_H
#define SR_DEDUP_REFUSALS_H

#include "dedup/verify.h"

typedef struct sr_refusals sr_refusals;

SR_MUST_USE sr_status sr_refusals_create(sr_refusals **out);
void sr_refusals_free(sr_refusals *refusals);
void sr_refusals_add(sr_refusals *refusals, sr_pair pair);
/* All that it holds, for a checkpoint. */
void *sr_refusals_bytes(sr_refusals *refusals, size_t *n_bytes);
bool sr_refusals_has(const sr_refusals *refusals, sr_pair pair);

#endif
