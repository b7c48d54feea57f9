/* evaluation.h — what sr_evaluate found: the measures of every query under every run, and what is
 * estimated from them. */
#ifndef SR_EVAL_EVALUATION_H
#define SR_EVAL_EVALUATION_H

#include "base/arena.h"

struct sr_evaluation {
    sr_arena arena;
    size_t n_queries;
    size_t n_runs;
    sr_str *queries;
    sr_str *runs; /* their names, as given */
    /* Of run r and query q: values[(r × n_queries + q) × SR_MEASURE_COUNT + measure]. */
    double *values;
    sr_estimate *estimates; /* run × SR_MEASURE_COUNT + measure */
    sr_paired paired[SR_MEASURE_COUNT];
};

/* Fills `estimates`, and `paired` where there are two runs. */
SR_MUST_USE sr_status sr_evaluation_estimate(sr_evaluation *evaluation);

#endif
