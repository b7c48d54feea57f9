/* fraction.h — a containment sketch: of a text's shingles the fixed fraction with the lowest
 * hashes (FracMinHash: Irber et al. 2022; Broder's mod-p sketch, 1997).
 *
 * Two texts draw their samples by the same rule, so that the share of the sample of the shorter
 * that stands in that of the longer estimates its containment, whatever the lengths are: what
 * MinHash values, of which there are as many for a long text as for a short one, can't tell. */
#ifndef SR_SKETCH_FRACTION_H
#define SR_SKETCH_FRACTION_H

#include "base/bytes.h"

/* One shingle in SR_FRACTION is kept; every second one of a text of fewer than
 * SR_FRACTION_SHORT, which would have too few. */
enum { SR_FRACTION = 8, SR_FRACTION_SHORT = 64 };

/* Writes the sample of `n_shingles` shingles, in their order and with repetitions, to `sample`,
 * which has as many places; returns their number. */
size_t sr_fraction_sample(const uint32_t *shingles, size_t n_shingles, uint32_t *sample);
/* Is a shingle in the sample of every text that has it? */
static inline bool sr_fraction_is_sampled(uint32_t shingle)
{
    return shingle < UINT32_MAX / SR_FRACTION;
}

/* Share of hashes that a text of so many shingles keeps. */
double sr_fraction_rate(size_t n_shingles);

#endif
