/* term_df.h — document frequencies by term number, remembered by a snapshot: a term of one segment
 * must be sought in all the others, once. */
#ifndef SR_STORE_TERM_DF_H
#define SR_STORE_TERM_DF_H

#include "store/store.h"

/* Makes room to remember; only for a snapshot that will not change. SR_ERR_MEMORY. */
SR_MUST_USE sr_status sr_snapshot_remember_dfs(sr_snapshot *snapshot);
/* The live df of term `number` of a segment over all segments, and whether it is a pair.
 * Thread-safe; `number` must be one that the segment gave. */
uint64_t sr_snapshot_term_df(const sr_snapshot *snapshot, uint32_t segment, uint32_t number,
                             bool *is_pair);
/* The term numbers of an article, ascending, and their counts in halves; both have SR_TERMS_STORED
 * places. */
SR_MUST_USE sr_status sr_snapshot_term_numbers(const sr_snapshot *snapshot, sr_doc doc,
                                               uint32_t numbers[], uint32_t counts[],
                                               size_t *n_terms);
/* The number of a term in a segment, sought from number `from` on; false where it has none,
 * `*number` then being where it would stand. */
bool sr_snapshot_find_term(const sr_snapshot *snapshot, uint32_t segment, uint32_t from,
                           uint64_t hash, uint32_t *number);

#endif
