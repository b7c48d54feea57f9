/* bits.h — numbers of a few bits packed one behind the other, the lowest bit first (FORMAT.md
 * §2.5). Reading loads eight bytes wherever it begins: behind the last byte that holds bits
 * SR_BITS_MARGIN more can be loaded, whatever they are. */
#ifndef SR_STORE_BITS_H
#define SR_STORE_BITS_H

#include "base/bytes.h"

enum { SR_BITS_MAX_WIDTH = 57, SR_BITS_MARGIN = 7 };

/* At least SR_BITS_MAX_WIDTH bits from bit `at` on. */
static inline uint64_t sr_bits_peek(const uint8_t *bytes, uint64_t at)
{
    return sr_load_u64(bytes + (at >> 3)) >> (at & 7);
}

static inline uint64_t sr_bits_get(const uint8_t *bytes, uint64_t at, unsigned width)
{
    return sr_bits_peek(bytes, at) & (((uint64_t)1 << width) - 1);
}

/* Into bytes that are zero from bit `at` on; room for 8 bytes from there. */
static inline void sr_bits_put(uint8_t *bytes, uint64_t at, uint64_t value, unsigned width)
{
    assert(width <= SR_BITS_MAX_WIDTH && value >> width == 0);
    uint8_t *to = bytes + (at >> 3);
    sr_store_u64(to, sr_load_u64(to) | value << (at & 7));
    (void)width;
}

/* How many bits the numbers up to `largest` take. */
static inline unsigned sr_bits_width(uint64_t largest)
{
    return largest ? 64 - (unsigned)__builtin_clzll(largest) : 0;
}

#endif
