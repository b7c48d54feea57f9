/* verify.h — the parts of sr_store_verify: each finding is one warning, and the search goes on. */
#ifndef SR_STORE_VERIFY_H
#define SR_STORE_VERIFY_H

#include "store/segment.h"

typedef struct sr_verification {
    const sr_observer *observer;
    uint64_t n_damages;
    uint64_t n_done; /* bytes */
    uint64_t n_total;
    uint64_t id_sum; /* of (hash, ordinal) of the segment's ids, for the check of its id index */
} sr_verification;

/* Two sets of entries are compared by the sums of these, so that neither needs to be held. */
static inline uint64_t sr_verification_entry_sum(uint64_t a, uint64_t b, uint64_t c)
{
    return sr_mix64(sr_mix64(a + 0x9e3779b97f4a7c15U) ^ b << 9 ^ c);
}

/* "seg-….seg: SECTION: what". */
SR_PRINTF(4, 5)
void sr_verification_report(sr_verification *verification, const sr_segment *segment,
                            const char *section, const char *format, ...);

/* The checksum of every block, read from the file and not from the mapping. */
SR_MUST_USE sr_status sr_verify_blocks(sr_verification *verification, const sr_segment *segment,
                                       sr_error *error);
/* Every frame of every cold column: table, checksum, lengths, and the hashes of ids and sources. */
SR_MUST_USE sr_status sr_verify_frames(sr_verification *verification, const sr_segment *segment,
                                       bool dedup_only, sr_error *error);
/* The columns against each other: indexes against facts and values, postings against terms. */
SR_MUST_USE sr_status sr_verify_columns(sr_verification *verification, const sr_segment *segment,
                                        const sr_params *params, bool dedup_only);

/* All three, of one segment. */
SR_MUST_USE sr_status sr_verify_segment(sr_verification *verification, const sr_segment *segment,
                                        const sr_params *params, bool dedup_only, sr_error *error);

#endif
