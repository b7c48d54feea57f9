/* verdicts.h — which pairs of stored articles are repeats, as far as it was found out: the boxes of
 * a whole store ask for the same pairs again and again, and each answer costs two texts. */
#ifndef SR_RELATED_VERDICTS_H
#define SR_RELATED_VERDICTS_H

#include "store/store.h"

typedef struct sr_verdicts sr_verdicts;

SR_MUST_USE sr_status sr_verdicts_create(const sr_snapshot *snapshot, sr_verdicts **out);
void sr_verdicts_free(sr_verdicts *verdicts);
/* Both for any number of threads. False where the pair is not remembered. The order of a and b is
 * part of the question. */
bool sr_verdicts_recall(const sr_verdicts *verdicts, sr_doc a, sr_doc b, bool *is_repeat);
void sr_verdicts_remember(sr_verdicts *verdicts, sr_doc a, sr_doc b, bool is_repeat);

#endif
