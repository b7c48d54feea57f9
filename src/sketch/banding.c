/* banding.c — the S-curve by repeated multiplication: the same bits on every machine. */
#include "sketch/banding.h"

enum { MAX_BANDS = 128 };

static double power(double base, uint32_t exponent)
{
    double product = 1.0;
    for (uint32_t i = 0; i < exponent; i++) {
        product *= base;
    }
    return product;
}

double sr_banding_meets(uint32_t bands, uint32_t rows, double jaccard)
{
    return 1.0 - power(1.0 - power(jaccard, rows), bands);
}

bool sr_banding_choose(uint32_t n_values, double threshold, double recall, uint32_t *bands,
                       uint32_t *rows)
{
    for (uint32_t r = n_values; r > 0; r--) {
        uint32_t most = n_values / r < MAX_BANDS ? n_values / r : MAX_BANDS;
        double missed = 1.0;
        double missed_by_one = 1.0 - power(threshold, r);
        for (uint32_t b = 1; b <= most; b++) {
            missed *= missed_by_one;
            if (1.0 - missed >= recall) {
                *bands = b;
                *rows = r;
                return true;
            }
        }
    }
    return false;
}

double sr_params_recall(const sr_params *params, double jaccard)
{
    return sr_banding_meets(params->bands, params->rows, jaccard);
}

sr_status sr_params_choose_bands(sr_params *params, double threshold, double recall,
                                 sr_error *error)
{
    bool is_share = threshold > 0.0 && threshold <= 1.0 && recall > 0.0 && recall < 1.0;
    if (!is_share) {
        return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0,
                            "a threshold lies above 0 and not above 1, a recall between 0 and 1");
    }
    if (!sr_banding_choose(params->n_values, threshold, recall, &params->bands, &params->rows)) {
        return sr_error_set(error, SR_ERR_LIMIT, NULL, 0,
                            "%u values can't find %.4f of the pairs at %.4f", params->n_values,
                            recall, threshold);
    }
    return SR_OK;
}
