/* refusals.c — direct-mapped, 2 MB. A pair (left ≠ right) is never the zero word of an empty place:
 * left < right, so right > 0. */
#include "dedup/refusals.h"

#include <stdlib.h>

enum { PLACE_BITS = 18 };

struct sr_refusals {
    uint64_t places[1 << PLACE_BITS];
};

sr_status sr_refusals_create(sr_refusals **out)
{
    sr_refusals *refusals = calloc(1, sizeof *refusals);
    if (!refusals) {
        return SR_ERR_MEMORY;
    }
    *out = refusals;
    return SR_OK;
}

void sr_refusals_free(sr_refusals *refusals)
{
    free(refusals);
}

void *sr_refusals_bytes(sr_refusals *refusals, size_t *n_bytes)
{
    *n_bytes = sizeof refusals->places;
    return refusals->places;
}

static uint64_t pair_word(sr_pair pair)
{
    return (uint64_t)pair.right << 32 | pair.left;
}

void sr_refusals_add(sr_refusals *refusals, sr_pair pair)
{
    uint64_t word = pair_word(pair);
    refusals->places[sr_mix64(word) >> (64 - PLACE_BITS)] = word;
}

bool sr_refusals_has(const sr_refusals *refusals, sr_pair pair)
{
    uint64_t word = pair_word(pair);
    return refusals->places[sr_mix64(word) >> (64 - PLACE_BITS)] == word;
}
