/* dead_terms.h — how many dead articles of a snapshot hold each term, so that df counts live ones
 * only: postings are never rewritten. */
#ifndef SR_STORE_DEAD_TERMS_H
#define SR_STORE_DEAD_TERMS_H

#include "store/segment.h"

/* Open addressing; a place without hash and count is empty. */
typedef struct sr_dead_terms {
    uint64_t *hashes;
    uint32_t *counts;
    size_t n_terms;  /* places in use, also those whose count is 0 again */
    size_t n_places; /* a power of two, or 0 */
} sr_dead_terms;

void sr_dead_terms_release(sr_dead_terms *terms);
uint32_t sr_dead_terms_count(const sr_dead_terms *terms, uint64_t hash);
/* The terms of an article that died / that was dead and is purged. SR_ERR_CORRUPT where they can't
 * be read. */
SR_MUST_USE sr_status sr_dead_terms_add(sr_dead_terms *terms, const sr_segment *segment,
                                        uint32_t ordinal);
SR_MUST_USE sr_status sr_dead_terms_remove(sr_dead_terms *terms, const sr_segment *segment,
                                           uint32_t ordinal);

#endif
