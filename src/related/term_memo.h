/* term_memo.h — the numbers of terms in segments, remembered by their hashes.
 *
 * A query's own terms are read as numbers of its segment, are weighed by their hashes, and are
 * sought again as numbers in the segments of its candidates: mostly the same one. A look at the
 * lexicon is two or three misses of the cache. One table of one place a slot: a newer term takes
 * the place of an older one, and only time depends on it.
 *
 * Of one snapshot and one thread.
 */
#ifndef SR_RELATED_TERM_MEMO_H
#define SR_RELATED_TERM_MEMO_H

#include "store/store.h"

typedef struct sr_known_term {
    uint64_t hash;
    uint32_t segment; /* UINT32_MAX: empty */
    uint32_t number;  /* SR_NO_TERM: the segment does not know it */
} sr_known_term;

typedef struct sr_term_memo {
    const sr_snapshot *snapshot;
    sr_known_term *terms;
} sr_term_memo;

SR_MUST_USE sr_status sr_term_memo_init(sr_term_memo *memo, const sr_snapshot *snapshot);
void sr_term_memo_release(sr_term_memo *memo);
/* sr_segment_terms of an article. SR_ERR_CORRUPT. */
SR_MUST_USE sr_status sr_term_memo_terms(sr_term_memo *memo, sr_doc doc, sr_stored_term *terms,
                                         size_t *n_terms);
/* sr_snapshot_find_terms. */
void sr_term_memo_find(sr_term_memo *memo, uint32_t segment, const uint64_t *hashes, size_t n_terms,
                       uint32_t *numbers);

#endif
