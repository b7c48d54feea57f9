/* compare.c — estimates from signatures, and the keys under which signatures are looked up. */
#include "sketch/compare.h"

double sr_values_jaccard(const uint16_t *a, const uint16_t *b, uint32_t n_values)
{
    const double chance = 1.0 / 65536.0; /* two different 32-bit values whose low halves agree */
    double share = (double)sr_kernels_get()->count_equal_u16(a, b, n_values) / n_values;
    double estimate = (share - chance) / (1.0 - chance);
    return estimate < 0.0 ? 0.0 : estimate;
}

double sr_signature_jaccard(const sr_params *params, const sr_signature *a, const sr_signature *b)
{
    if (a->n_words == 0 || b->n_words == 0) {
        return 0.0;
    }
    return sr_values_jaccard(a->values, b->values, params->n_values);
}

/* Inlined with a constant number of rows, the loop over them unrolls, and the chains of several
 * bands run side by side. */
static inline void make_band_keys(uint32_t first, uint32_t end, uint32_t n_rows,
                                  const uint16_t *values, uint32_t *keys)
{
    for (uint32_t band = first; band < end; band++) {
        const uint16_t *row = values + (size_t)band * n_rows;
        uint64_t hash = sr_mix64(band + 1);
        for (uint32_t r = 0; r < n_rows; r++) {
            hash = (hash ^ row[r]) * 0x9fb21c651e98df25U;
            hash ^= hash >> 32;
        }
        keys[band - first] = (uint32_t)(sr_mix64(hash) >> 32);
    }
}

void sr_values_some_band_keys(const sr_params *params, uint32_t first, uint32_t end,
                              const uint16_t *values, uint32_t *keys)
{
    if (params->rows == 8) {
        make_band_keys(first, end, 8, values, keys);
    } else {
        make_band_keys(first, end, params->rows, values, keys);
    }
}

void sr_values_band_keys(const sr_params *params, const uint16_t *values, uint32_t *keys)
{
    sr_values_some_band_keys(params, 0, params->bands, values, keys);
}

bool sr_signature_band_keys(const sr_params *params, const sr_signature *signature, uint32_t *keys)
{
    if (signature->n_words == 0) {
        return false;
    }
    sr_values_band_keys(params, signature->values, keys);
    return true;
}
