/* options.c — the defaults of a Related Articles box. */
#include "base/platform.h"

void sr_related_options_init(sr_related_options *options)
{
    *options = (sr_related_options){
        .n_items = 5,
        .since_s = SR_TIME_UNKNOWN,
        .until_s = SR_TIME_UNKNOWN,
        .half_life_s = 62.0 * 24.0 * 3600.0,
        .max_per_source = 2,
    };
    sr_feed_options_init(&options->feed);
}
