/* random.h — numbers that depend on a seed and on what they are for, and on nothing else:
 * splitmix64 for hashes, xoshiro256** for streams (Blackman and Vigna, public domain). */
#ifndef GEN_FEED_RANDOM_H
#define GEN_FEED_RANDOM_H

#include <stdint.h>

typedef struct rng {
    uint64_t s[4];
} rng;

static inline uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

/* Independent streams: what a number is drawn for, and for which article, story, source … */
typedef enum purpose {
    FOR_KIND,
    FOR_TARGET,
    FOR_BODY,
    FOR_COPY,
    FOR_STORY,
    FOR_TOPIC,
    FOR_SOURCE,
    FOR_FORM,
    FOR_RECORD,
    FOR_WORD
} purpose;

static inline uint64_t hash_of(uint64_t seed, purpose what, uint64_t which)
{
    return mix(mix(seed + ((uint64_t)what << 56)) ^ which);
}

static inline rng rng_make(uint64_t seed, purpose what, uint64_t which)
{
    rng r;
    uint64_t x = hash_of(seed, what, which);
    for (int i = 0; i < 4; i++) {
        r.s[i] = mix(x + (uint64_t)i);
    }
    return r;
}

static inline uint64_t rotate(uint64_t x, unsigned n)
{
    return (x << n) | (x >> (64 - n));
}

static inline uint64_t rng_next(rng *r)
{
    uint64_t *s = r->s, result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

static inline uint32_t scale(uint64_t bits, uint32_t n)
{
    return (uint32_t)(((bits >> 32) * n) >> 32);
}

static inline uint32_t below(rng *r, uint32_t n)
{
    return scale(rng_next(r), n);
}

/* Low numbers are likelier: the smaller of two draws. */
static inline uint32_t below_skewed(rng *r, uint32_t n)
{
    uint64_t bits = rng_next(r);
    uint32_t a = scale(bits, n), b = scale(bits << 32, n);
    return a < b ? a : b;
}

#endif
