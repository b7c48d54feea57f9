/* segment_proof.h — the checksums of mapped blocks, proved at first touch (FORMAT.md §6).
 *
 * Whoever reads a mapped column touches the bytes that it used, before or after using them; each
 * block of 4 KB is hashed once per open. A block that fails is remembered, and the reading goes on:
 * every place and offset is checked at its use anyway, so nothing worse than a wrong value comes of
 * it. Whoever hands results out asks sr_segment_damage first, and then hands out none.
 *
 * A search need not touch all that it looks at: where the two entries around its result are proved
 * and stand on the right sides of what was sought, the place is right, since the entries ascend.
 */
#ifndef SR_STORE_SEGMENT_PROOF_H
#define SR_STORE_SEGMENT_PROOF_H

#include "base/status.h"

#include <stdatomic.h>

typedef struct sr_segment sr_segment;

/* Of one segment and open. Any number of threads. */
typedef struct sr_proof {
    const uint8_t *blocks; /* the first block behind the header */
    const uint8_t *sums;   /* CHECKS: a u64 a block */
    size_t n_bytes;        /* from `blocks` up to CHECKS */
    size_t n_sum_bytes;
    uint64_t sum_of_sums;
    _Atomic uint64_t *proved;     /* a bit a block */
    _Atomic uint64_t first_wrong; /* 1 + the lowest block that failed; 0: none did */
    _Atomic bool are_sums_proved;
} sr_proof;

/* `n_bytes` of a segment's file that is mapped at `file`; CHECKS at `checks_at`. */
SR_MUST_USE sr_status sr_proof_init(sr_proof *proof, const uint8_t *file, size_t checks_at,
                                    size_t n_check_bytes, uint64_t sum_of_checks);
void sr_proof_release(sr_proof *proof);

void sr_proof_blocks(sr_proof *proof, size_t first, size_t last);

/* `from` points into the mapping, behind the header. */
static inline void sr_proof_touch(sr_proof *proof, const void *from, size_t n_bytes)
{
    if (n_bytes == 0) {
        return;
    }
    size_t at = (size_t)((const uint8_t *)from - proof->blocks);
    size_t first = at >> 12;
    size_t last = (at + n_bytes - 1) >> 12;
    uint64_t word = atomic_load_explicit(&proof->proved[first >> 6], memory_order_relaxed);
    if (first != last || !(word >> (first & 63) & 1)) {
        sr_proof_blocks(proof, first, last);
    }
}

/* SR_OK, or SR_ERR_CORRUPT that names file, section and block of the first damage that was touched.
 */
SR_MUST_USE sr_status sr_segment_damage(const sr_segment *segment, sr_error *error);
/* Touches everything: for who copies whole columns. */
SR_MUST_USE sr_status sr_segment_prove(const sr_segment *segment, sr_error *error);

#endif
