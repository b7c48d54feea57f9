/* neon.c — the kernels for aarch64, where Advanced SIMD is always there. 64-bit products are fast
 * in scalar code, so word and shingle hashes stay there. */
#include "simd/mix.h"
#include "simd/tables.h"
#include "simd/unpack.h"

#if defined(__aarch64__)

#include <arm_neon.h>

enum { LANES_32 = 4, VECTORS = 4 };

static bool supported(void)
{
    return true;
}

/* 0xff where low ≤ byte ≤ high. */
static inline uint8x16_t between(uint8x16_t bytes, uint8_t low, uint8_t high)
{
    return vandq_u8(vcgeq_u8(bytes, vdupq_n_u8(low)), vcleq_u8(bytes, vdupq_n_u8(high)));
}

/* Folds 16 bytes; 0xff where a letter or digit stands. */
static inline uint8x16_t fold_16(const char *text, char *folded)
{
    uint8x16_t bytes = vld1q_u8((const uint8_t *)text);
    bytes = vorrq_u8(bytes, vandq_u8(between(bytes, 'A', 'Z'), vdupq_n_u8(0x20)));
    vst1q_u8((uint8_t *)folded, bytes);
    return vorrq_u8(between(bytes, 'a', 'z'), between(bytes, '0', '9'));
}

/* One bit a byte of 64: weigh the bytes by their place, add neighbours three times (as simdjson
 * does). */
static inline uint64_t bits_of(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d)
{
    static const uint8_t WEIGHTS[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t weights = vld1q_u8(WEIGHTS);
    uint8x16_t low = vpaddq_u8(vandq_u8(a, weights), vandq_u8(b, weights));
    uint8x16_t high = vpaddq_u8(vandq_u8(c, weights), vandq_u8(d, weights));
    low = vpaddq_u8(low, high);
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(low, low)), 0);
}

static inline size_t append_places(uint32_t *places, size_t n_places, uint64_t bits,
                                   uint32_t offset)
{
    while (bits) {
        places[n_places++] = offset + (uint32_t)__builtin_ctzll(bits);
        bits &= bits - 1;
    }
    return n_places;
}

static bool all_ascii(const char *text)
{
    const uint8_t *bytes = (const uint8_t *)text;
    uint8x16_t any = vorrq_u8(vorrq_u8(vld1q_u8(bytes), vld1q_u8(bytes + 16)),
                              vorrq_u8(vld1q_u8(bytes + 32), vld1q_u8(bytes + 48)));
    return vmaxvq_u8(any) < 0x80;
}

static size_t split_ascii(const char *text, size_t n_bytes, char *folded, uint32_t offset,
                          sr_split *split)
{
    uint64_t carry = split->n_starts > split->n_ends;
    size_t i = 0;
    for (; i + 64 <= n_bytes && all_ascii(text + i); i += 64) {
        uint64_t words = bits_of(
            fold_16(text + i, folded + i), fold_16(text + i + 16, folded + i + 16),
            fold_16(text + i + 32, folded + i + 32), fold_16(text + i + 48, folded + i + 48));
        uint64_t shifted = words << 1 | carry;
        uint32_t place = offset + (uint32_t)i;
        split->n_starts = append_places(split->starts, split->n_starts, words & ~shifted, place);
        split->n_ends = append_places(split->ends, split->n_ends, ~words & shifted, place);
        carry = words >> 63;
    }
    return i + sr_kernels_scalar.split_ascii(text + i, n_bytes - i, folded + i,
                                             offset + (uint32_t)i, split);
}

typedef struct lane_values {
    uint32x4_t multiply, add, min, max;
    int32x4_t signed_min, signed_max;
} lane_values;

static inline lane_values load_lanes(const sr_minhash_family *family, const uint32_t *values,
                                     uint32_t first)
{
    uint32_t n = family->n_permutations;
    return (lane_values){
        .multiply = vld1q_u32(family->multiply + first),
        .add = vld1q_u32(family->add + first),
        .min = vld1q_u32(values + first),
        .max = vld1q_u32(values + n + first),
        .signed_min = vreinterpretq_s32_u32(vld1q_u32(values + 2 * n + first)),
        .signed_max = vreinterpretq_s32_u32(vld1q_u32(values + 3 * n + first)),
    };
}

static inline void update_lanes(lane_values *lanes, uint32x4_t shingle)
{
    uint32x4_t h = vmlaq_u32(lanes->add, lanes->multiply, shingle);
    lanes->min = vminq_u32(lanes->min, h);
    lanes->max = vmaxq_u32(lanes->max, h);
    lanes->signed_min = vminq_s32(lanes->signed_min, vreinterpretq_s32_u32(h));
    lanes->signed_max = vmaxq_s32(lanes->signed_max, vreinterpretq_s32_u32(h));
}

static inline void store_lanes(const lane_values *lanes, uint32_t n, uint32_t *values,
                               uint32_t first)
{
    vst1q_u32(values + first, lanes->min);
    vst1q_u32(values + n + first, lanes->max);
    vst1q_u32(values + 2 * n + first, vreinterpretq_u32_s32(lanes->signed_min));
    vst1q_u32(values + 3 * n + first, vreinterpretq_u32_s32(lanes->signed_max));
}

/* Sixteen permutations a pass: 24 of the 32 registers. */
static void minhash_update(const sr_minhash_family *family, const uint32_t *shingles,
                           size_t n_shingles, uint32_t *values)
{
    for (uint32_t first = 0; first < family->n_permutations; first += VECTORS * LANES_32) {
        lane_values lanes[VECTORS];
        for (uint32_t v = 0; v < VECTORS; v++) {
            lanes[v] = load_lanes(family, values, first + v * LANES_32);
        }
        for (size_t i = 0; i < n_shingles; i++) {
            uint32x4_t shingle = vdupq_n_u32(shingles[i]);
            for (uint32_t v = 0; v < VECTORS; v++) {
                update_lanes(&lanes[v], shingle);
            }
        }
        for (uint32_t v = 0; v < VECTORS; v++) {
            store_lanes(&lanes[v], family->n_permutations, values, first + v * LANES_32);
        }
    }
}

/* 0xff in byte b where bit b of the 16 is set. */
static inline uint8x16_t spread_bits(uint16_t bits)
{
    static const uint8_t WEIGHTS[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t bytes = vcombine_u8(vdup_n_u8((uint8_t)bits), vdup_n_u8((uint8_t)(bits >> 8)));
    return vtstq_u8(bytes, vld1q_u8(WEIGHTS));
}

static void simhash_update(const uint32_t *shingles, size_t n_shingles,
                           uint32_t votes[SR_SIMHASH_BITS])
{
    enum { FLUSH_EVERY = 255, PARTS = SR_SIMHASH_BITS / 16 };
    for (size_t start = 0; start < n_shingles; start += FLUSH_EVERY) {
        size_t end = n_shingles - start < FLUSH_EVERY ? n_shingles : start + FLUSH_EVERY;
        uint8x16_t counters[PARTS] = {vdupq_n_u8(0), vdupq_n_u8(0), vdupq_n_u8(0), vdupq_n_u8(0)};
        for (size_t i = start; i < end; i++) {
            uint64_t hash = sr_mix64(shingles[i]);
            for (size_t p = 0; p < PARTS; p++) {
                counters[p] = vsubq_u8(counters[p], spread_bits((uint16_t)(hash >> (16 * p))));
            }
        }
        uint8_t bytes[SR_SIMHASH_BITS];
        for (size_t p = 0; p < PARTS; p++) {
            vst1q_u8(bytes + 16 * p, counters[p]);
        }
        for (size_t b = 0; b < SR_SIMHASH_BITS; b++) {
            votes[b] += bytes[b];
        }
    }
}

static uint32_t count_equal_u16(const uint16_t *a, const uint16_t *b, size_t n_values)
{
    size_t i = 0;
    uint32_t n_equal = 0;
    for (; i + 8 <= n_values; i += 8) {
        uint16x8_t equal = vceqq_u16(vld1q_u16(a + i), vld1q_u16(b + i));
        n_equal += vaddvq_u16(vshrq_n_u16(equal, 15));
    }
    return n_equal + sr_kernels_scalar.count_equal_u16(a + i, b + i, n_values - i);
}

static size_t unpack_ascending(const uint8_t *bytes, size_t n_bytes, size_t n, uint32_t width,
                               uint32_t *numbers)
{
    return sr_unpack_ascending(bytes, n_bytes, n, width, numbers);
}

static void mix_vectors(const int8_t *const *vectors, const float *weights, size_t n_vectors,
                        const float query[SR_MIX_PLACES], float *dot, float *squares)
{
    sr_mix_vectors(vectors, weights, n_vectors, query, dot, squares);
}

const sr_kernels sr_kernels_neon = {
    .name = "neon",
    .supported = supported,
    .split_ascii = split_ascii,
    .split_two_byte = sr_scalar_split_two_byte,
    .hash_words = sr_scalar_hash_words,
    .hash_shingles = sr_scalar_hash_shingles,
    .minhash_update = minhash_update,
    .simhash_update = simhash_update,
    .hash_bytes = sr_scalar_hash_bytes,
    .count_equal_u16 = count_equal_u16,
    .band_keys = sr_scalar_band_keys,
    .unpack_ascending = unpack_ascending,
    .find_marked = sr_scalar_find_marked,
    .find_above = sr_scalar_find_above,
    .mix_vectors = mix_vectors,
};

#else
typedef int sr_neon_is_not_for_this_machine; /* ISO C wants a declaration in every file */
#endif
