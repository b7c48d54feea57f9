/* mix.h — vectors of signed bytes added up and compared (kernels.h, mix_vectors), in plain C: each
 * table compiles it for its own instructions. Sums go by lane and then in one fixed order, so that
 * the bits do not depend on the width of a register. */
#ifndef SR_SIMD_MIX_H
#define SR_SIMD_MIX_H

#include "simd/kernels.h"

static inline float sr_mix_add_lanes(float lanes[16])
{
    for (size_t half = 8; half > 0; half /= 2) {
        for (size_t l = 0; l < half; l++) {
            lanes[l] += lanes[l + half];
        }
    }
    return lanes[0];
}

/* a · b, both SR_MIX_PLACES long. */
static inline float sr_mix_dot(const float *a, const float *b)
{
    float lanes[16];
    for (size_t l = 0; l < 16; l++) {
        lanes[l] =
            (a[l] * b[l] + a[l + 16] * b[l + 16]) + (a[l + 32] * b[l + 32] + a[l + 48] * b[l + 48]);
    }
    return sr_mix_add_lanes(lanes);
}

static inline void sr_mix_vectors(const int8_t *const *vectors, const float *weights,
                                  size_t n_vectors, const float query[SR_MIX_PLACES], float *dot,
                                  float *squares)
{
    float sum[SR_MIX_PLACES] = {0};
    for (size_t i = 0; i < n_vectors; i++) {
        int8_t values[SR_MIX_PLACES] = {0};
        int32_t length = 0;
        memcpy(values, vectors[i], SR_MIX_DIMENSIONS);
        for (size_t d = 0; d < SR_MIX_PLACES; d++) {
            length += (int32_t)values[d] * (int32_t)values[d];
        }
        float scale = length > 0 ? weights[i] / __builtin_sqrtf((float)length) : 0.0F;
        for (size_t d = 0; d < SR_MIX_PLACES; d++) {
            sum[d] += scale * (float)values[d];
        }
    }
    *dot = sr_mix_dot(sum, query);
    *squares = sr_mix_dot(sum, sum);
}

#endif
