/* logarithm.h — natural logarithms by integers alone, so that ranks and stored weights have the
 * same bits on every machine and C library. */
#ifndef SR_BASE_LOGARITHM_H
#define SR_BASE_LOGARITHM_H

#include "base/bytes.h"

/* ln(numerator / denominator), error below 2^-27; both at least 1. Bit by bit (squaring), about 30
 * steps. */
double sr_ln_ratio(uint64_t numerator, uint64_t denominator);
/* 2^-x for x ≥ 0, error below 2^-30, by fixed-point products; 0 for x > 60. */
double sr_exp2_negative(double x);

#endif
