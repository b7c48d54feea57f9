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

/* 2^-(2^-i) for i = 1 … 32: each the square root of the one before, correctly rounded. */
static const double HALVED[32] = {
    0x1.6a09e667f3bcdp-1, 0x1.ae89f995ad3aep-1, 0x1.d5818dcfba487p-1, 0x1.ea4afa2a490d9p-1,
    0x1.f50765b6e4540p-1, 0x1.fa7c1819e90d8p-1, 0x1.fd3c22b8f71f1p-1, 0x1.fe9d96b2a23d9p-1,
    0x1.ff4eaca4391b6p-1, 0x1.ffa74ea381efcp-1, 0x1.ffd3a565efb65p-1, 0x1.ffe9d237fe372p-1,
    0x1.fff4e8fd40081p-1, 0x1.fffa7476f029ep-1, 0x1.fffd3a398c1bcp-1, 0x1.fffe9d1c4b0f4p-1,
    0x1.ffff4e8e06c7fp-1, 0x1.ffffa746fbb41p-1, 0x1.ffffd3a37bee1p-1, 0x1.ffffe9d1bd7c1p-1,
    0x1.fffff4e8de9f5p-1, 0x1.fffffa746f480p-1, 0x1.fffffd3a37a21p-1, 0x1.fffffe9d1bd09p-1,
    0x1.ffffff4e8de83p-1, 0x1.ffffffa746f41p-1, 0x1.ffffffd3a37a0p-1, 0x1.ffffffe9d1bd0p-1,
    0x1.fffffff4e8de8p-1, 0x1.fffffffa746f4p-1, 0x1.fffffffd3a37ap-1, 0x1.fffffffe9d1bdp-1};

double sr_exp2_negative(double x)
{
    if (!(x <= 60.0)) {
        return 0.0;
    }
    if (x < 0.0) {
        x = 0.0;
    }
    uint64_t fixed = (uint64_t)(x * 4294967296.0);
    double result = 1.0 / (double)(1ULL << (fixed >> 32));
    for (int i = 31; i >= 0; i--) {
        const double factors[2] = {1.0, HALVED[31 - i]}; /* no branch: the bits are random */
        result *= factors[fixed >> i & 1];
    }
    return result;
}
