/* term_weight.c — lengths of vectors (see term_weight.h). */
#include "index/term_weight.h"

#include "index/top_k.h"

double sr_scored_length(const double *weights, size_t n_weights)
{
    sr_ranked kept[SR_TERMS_SCORED];
    sr_top_k top = {.items = kept, .limit = SR_TERMS_SCORED};
    for (size_t i = 0; i < n_weights; i++) {
        sr_top_k_push(&top, (sr_ranked){.score = weights[i], .key = i});
    }
    double squares = 0.0;
    for (size_t i = 0; i < top.n_items; i++) {
        squares += kept[i].score * kept[i].score;
    }
    return __builtin_sqrt(squares);
}
