/* logarithm.c — log2 by repeated squaring of a mantissa in [1, 2) held as an unsigned 2.62
 * fixed-point number. */
#include "base/logarithm.h"

enum { N_FRACTION_BITS = 32 };

/* log2 of x ≥ 1 with N_FRACTION_BITS bits behind the point. */
static uint64_t log2_fixed(uint64_t x)
{
    unsigned exponent = 63 - (unsigned)__builtin_clzll(x);
    uint64_t mantissa = (exponent > 62 ? x >> 1 : x << (62 - exponent)); /* 1.0 is 2^62 */
    uint64_t result = exponent;
    for (int i = 0; i < N_FRACTION_BITS; i++) {
        unsigned __int128 square = (unsigned __int128)mantissa * mantissa;
        mantissa = (uint64_t)(square >> 62);
        uint64_t bit = mantissa >> 63;
        mantissa >>= bit;
        result = result << 1 | bit;
    }
    return result;
}

double sr_ln_ratio(uint64_t numerator, uint64_t denominator)
{
    static const double LN2 = 0.693147180559945309417232121458;
    static const double UNIT = 1.0 / 4294967296.0;
    int64_t difference = (int64_t)log2_fixed(numerator) - (int64_t)log2_fixed(denominator);
    return (double)difference * UNIT * LN2;
}

double sr_exp2_negative(double x)
{
    /* 2^-(2^-i) for i = 1..32, as 0.64 fixed point: each the square root of the one before. */
    if (!(x <= 60.0)) {
        return 0.0;
    }
    if (x < 0.0) {
        x = 0.0;
    }
    uint64_t fixed = (uint64_t)(x * 4294967296.0);
    double result = 1.0 / (double)(1ULL << (fixed >> 32));
    double factor = 0.5;
    for (int i = 31; i >= 0; i--) {
        factor = __builtin_sqrt(factor); /* IEEE 754: correctly rounded, the same everywhere */
        if (fixed >> i & 1) {
            result *= factor;
        }
    }
    return result;
}
