/* remembered.h — the evidence of the pairs that a run has compared, so that a pair which is looked
 * at again (placed, hung, reported) is not compared again. */
#ifndef SR_DEDUP_REMEMBERED_H
#define SR_DEDUP_REMEMBERED_H

#include "dedup/evidence.h"

typedef struct sr_remembered sr_remembered;

/* For a run of so many articles: 52 bytes each at most, but 52 KB at least and 7 MB at most. */
SR_MUST_USE sr_status sr_remembered_create(uint32_t n_articles, sr_remembered **out);
/* What it takes. */
uint64_t sr_remembered_bytes(uint64_t n_articles);
void sr_remembered_free(sr_remembered *remembered);
/* Of two documents in either order. Thread-safe; a later pair may take an earlier one's place, and
 * since evidence depends on nothing but the pair, nobody sees which. */
void sr_remembered_put(sr_remembered *remembered, uint32_t a, uint32_t b,
                       const sr_pair_evidence *evidence);
/* Which of the two is later is left to the caller: with equal dates it depends on the order. */
bool sr_remembered_get(sr_remembered *remembered, uint32_t a, uint32_t b,
                       sr_pair_evidence *evidence);

#endif
