/* counted_list.h — an ascending list of numbers below a bound, each with a weighted count: what
 * postings and the terms of an article are (FORMAT.md §2.3).
 *
 * Elias and Fano's coding (Elias 1974, Fano 1971): the low bits of each number as they are, the
 * high ones as steps in unary, together about half a bit more than the gaps' entropy. Counts are in
 * Elias' gamma code: six of ten are the smallest and take one bit.
 *
 *     | low bits × n | steps | counts | padding to a byte |
 */
#ifndef SR_STORE_COUNTED_LIST_H
#define SR_STORE_COUNTED_LIST_H

#include "store/format.h"

/* Appends the list. Number i is numbers[i × stride], below `bound`, counts likewise. */
SR_MUST_USE sr_status sr_counted_list_put(sr_buffer *to, const uint32_t *numbers,
                                          const uint32_t *counts, size_t stride, size_t n,
                                          uint64_t bound);
/* Reads `n` entries from exactly `n_bytes`; false where they are no such list. `counts` has room
 * for SR_COUNTS_SLACK more. Behind the bytes SR_BITS_MARGIN more can be loaded: in a segment that
 * is CHECKS at least. */
enum { SR_COUNTS_SLACK = 8 };
SR_MUST_USE bool sr_counted_list_get(const uint8_t *bytes, size_t n_bytes, size_t n, uint64_t bound,
                                     uint32_t *numbers, uint8_t *counts);

#endif
