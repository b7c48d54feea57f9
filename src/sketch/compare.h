/* compare.h — what two signatures tell about two texts. */
#ifndef SR_SKETCH_COMPARE_H
#define SR_SKETCH_COMPARE_H

#include "simd/kernels.h"

/* Estimated Jaccard of `n_values` 16-bit values: (m − 2^-16) / (1 − 2^-16), not below 0 (b-bit
 * minwise hashing, Li and König, WWW 2010), m the share of equal places. */
double sr_values_jaccard(const uint16_t *a, const uint16_t *b, uint32_t n_values);
/* Band keys of raw values: rows 16-bit values of a band, hashed together with the band's number to
 * 32 bits. */
void sr_values_band_keys(const sr_params *params, const uint16_t *values, uint32_t *keys);
/* Of the bands from `first` to before `end`. */
void sr_values_some_band_keys(const sr_params *params, uint32_t first, uint32_t end,
                              const uint16_t *values, uint32_t *keys);

#endif
