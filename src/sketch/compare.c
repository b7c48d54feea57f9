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

void sr_values_some_band_keys(const sr_params *params, uint32_t first, uint32_t end,
                              const uint16_t *values, uint32_t *keys)
{
    sr_kernels_get()->band_keys(values, params->rows, first, end, keys);
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
