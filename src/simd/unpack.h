/* unpack.h — Elias and Fano's lists in plain C (kernels.h, unpack_ascending), for the tables that
 * have no faster way: each compiles it for its own instructions. */
#ifndef SR_SIMD_UNPACK_H
#define SR_SIMD_UNPACK_H

#include "base/bytes.h"

/* The ones of eight bytes, those beyond the end left out. */
static inline uint64_t sr_unpack_ones(const uint8_t *bytes, size_t n_bytes, size_t byte)
{
    uint64_t ones = sr_load_u64(bytes + byte);
    return n_bytes - byte >= 8 ? ones : ones & (((uint64_t)1 << 8 * (n_bytes - byte)) - 1);
}

static inline size_t sr_unpack_ascending(const uint8_t *bytes, size_t n_bytes, size_t n,
                                         uint32_t width, uint32_t *numbers)
{
    const uint64_t mask = ((uint64_t)1 << width) - 1;
    size_t first = n * width;
    size_t byte = first >> 3;
    uint64_t skipped = ((uint64_t)1 << (first & 7)) - 1;
    uint64_t next = 0; /* the smallest that may come */
    bool ascend = true;
    for (size_t i = 0; byte < n_bytes; byte += 8) {
        uint64_t ones = sr_unpack_ones(bytes, n_bytes, byte) & ~skipped;
        skipped = 0;
        for (; ones && i < n; ones &= ones - 1, i++) {
            size_t at = byte * 8 + (size_t)__builtin_ctzll(ones);
            size_t low = i * width;
            uint64_t number = (uint64_t)(at - first - i) << width |
                              (sr_load_u64(bytes + (low >> 3)) >> (low & 7) & mask);
            ascend &= number >= next;
            next = number + 1;
            numbers[i] = (uint32_t)number;
            if (i + 1 == n) {
                return ascend && number <= UINT32_MAX ? at + 1 : 0;
            }
        }
    }
    return 0;
}

#endif
