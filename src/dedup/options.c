/* options.c — what a run does where nobody says otherwise, and the bands that it needs. */
#include "base/status.h"
#include "sketch/params.h"

/* Of pairs with a Jaccard of .35 of 5-word shingles, half of the 3-word ones, 38 % meet in 32 × 4
 * bands and 0.4 % in 16 × 8; sketches find most of the rest. It costs 2 % of a run's time. */
enum { FULL_BANDS = 32, FULL_ROWS = 4 };

static const double DEFAULT_RECALL = 0.95;

void sr_dedup_options_init(sr_dedup_options *options)
{
    *options = (sr_dedup_options){
        .drop = 1U << SR_RELATION_EXACT | 1U << SR_RELATION_NEAR | 1U << SR_RELATION_CONTAINED |
                1U << SR_RELATION_UPDATED,
    };
    sr_params_init(&options->params);
    options->params.bands = options->params.rows = 0;
    sr_thresholds_init(&options->thresholds);
    sr_feed_options_init(&options->feed);
}

sr_status sr_dedup_choose_bands(sr_dedup_options *options, sr_error *error)
{
    sr_params *params = &options->params;
    sr_params plain;
    sr_thresholds defaults;
    sr_params_init(&plain);
    sr_thresholds_init(&defaults);
    double threshold = options->thresholds.jaccard;
    bool is_low = threshold > 0.0 && threshold < defaults.jaccard;
    bool is_said = params->bands || params->rows;
    if (options->recall > 0.0 && is_said) {
        return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0,
                            "bands are said, or chosen for a wanted recall: not both");
    }
    if (is_said) {
        return SR_OK;
    }
    if (options->recall > 0.0 || is_low) {
        double recall = options->recall > 0.0 ? options->recall : DEFAULT_RECALL;
        options->recall = 0.0; /* is met */
        return sr_params_choose_bands(params, threshold, recall, error);
    }
    params->bands = options->thresholds.plain ? plain.bands : FULL_BANDS;
    params->rows = options->thresholds.plain ? plain.rows : FULL_ROWS;
    return SR_OK;
}
