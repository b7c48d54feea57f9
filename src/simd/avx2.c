/* avx2.c — the kernels for AVX2 (Haswell, Zen and later). 64-bit products have no instruction here:
 * word hashes stay scalar, shingles multiply by parts. */
#include "simd/mix.h"
#include "simd/tables.h"
#include "simd/unpack.h"

#if defined(__x86_64__)

#define XXH_INLINE_ALL /* compiled here, for the instructions of this file */
#include <immintrin.h>
#include <xxhash.h>

enum { LANES_32 = 8, LANES_64 = 4 };

static bool supported(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") &&
           __builtin_cpu_supports("popcnt");
}

static inline __m256i load(const void *from)
{
    return _mm256_loadu_si256((const __m256i *)from);
}

static inline void store(void *to, __m256i value)
{
    _mm256_storeu_si256((__m256i *)to, value);
}

/* 0xff where low ≤ byte ≤ high; for bytes of ASCII. */
static inline __m256i between(__m256i bytes, char low, char high)
{
    return _mm256_and_si256(_mm256_cmpgt_epi8(bytes, _mm256_set1_epi8((char)(low - 1))),
                            _mm256_cmpgt_epi8(_mm256_set1_epi8((char)(high + 1)), bytes));
}

/* Folds 32 bytes; bit i of the result tells that byte i is a letter or digit. */
static inline uint32_t fold_32(const char *text, char *folded)
{
    __m256i bytes = load(text);
    __m256i upper = between(bytes, 'A', 'Z');
    bytes = _mm256_or_si256(bytes, _mm256_and_si256(upper, _mm256_set1_epi8(0x20)));
    store(folded, bytes);
    __m256i words = _mm256_or_si256(between(bytes, 'a', 'z'), between(bytes, '0', '9'));
    return (uint32_t)_mm256_movemask_epi8(words);
}

static inline size_t append_places(uint32_t *places, size_t n_places, uint64_t bits,
                                   uint32_t offset)
{
    size_t n_bits = (size_t)__builtin_popcountll(bits);
    uint32_t *to = places + n_places;
    /* Four a round, past the last bit too: a wrong guess of the count costs more than idle stores.
     */
    for (size_t i = 0; i < n_bits; i += 4) {
        for (size_t j = 0; j < 4; j++) {
            to[i + j] = offset + (uint32_t)_tzcnt_u64(bits);
            bits = _blsr_u64(bits);
        }
    }
    return n_places + n_bits;
}

static size_t split_ascii(const char *text, size_t n_bytes, char *folded, uint32_t offset,
                          sr_split *split)
{
    uint64_t carry = split->n_starts > split->n_ends;
    size_t i = 0;
    for (; i + 64 <= n_bytes; i += 64) {
        if (_mm256_movemask_epi8(_mm256_or_si256(load(text + i), load(text + i + 32)))) {
            break;
        }
        uint64_t words =
            fold_32(text + i, folded + i) | (uint64_t)fold_32(text + i + 32, folded + i + 32) << 32;
        uint64_t shifted = words << 1 | carry;
        uint32_t place = offset + (uint32_t)i;
        split->n_starts = append_places(split->starts, split->n_starts, words & ~shifted, place);
        split->n_ends = append_places(split->ends, split->n_ends, ~words & shifted, place);
        carry = words >> 63;
    }
    return i + sr_kernels_scalar.split_ascii(text + i, n_bytes - i, folded + i,
                                             offset + (uint32_t)i, split);
}

/* The low 64 bits of x·factor: three 32-bit products. */
static inline __m256i multiply(__m256i x, uint64_t factor)
{
    __m256i low = _mm256_set1_epi64x((long long)(factor & UINT32_MAX));
    __m256i high = _mm256_set1_epi64x((long long)(factor >> 32));
    __m256i cross = _mm256_add_epi64(_mm256_mul_epu32(_mm256_srli_epi64(x, 32), low),
                                     _mm256_mul_epu32(x, high));
    return _mm256_add_epi64(_mm256_mul_epu32(x, low), _mm256_slli_epi64(cross, 32));
}

static inline __m256i rotate_left(__m256i x, uint32_t n_bits)
{
    __m128i left = _mm_cvtsi32_si128((int)(n_bits & 63));
    __m128i right = _mm_cvtsi32_si128((int)(64 - (n_bits & 63)));
    return _mm256_or_si256(_mm256_sll_epi64(x, left), _mm256_srl_epi64(x, right));
}

static inline __m128i four_shingles(const uint64_t *words, uint32_t width)
{
    __m256i sum = load(words);
    for (uint32_t j = 1; j < width; j++) {
        sum = _mm256_add_epi64(sum, rotate_left(load(words + j), 13 * j));
    }
    sum = multiply(_mm256_xor_si256(sum, _mm256_srli_epi64(sum, 32)), SR_SHINGLE_MULTIPLIER);
    __m256i upper = _mm256_permutevar8x32_epi32(sum, _mm256_setr_epi32(1, 3, 5, 7, 1, 3, 5, 7));
    return _mm256_castsi256_si128(upper);
}

static size_t hash_shingles(const uint64_t *word_hashes, size_t n_words, uint32_t width,
                            uint32_t *shingles)
{
    size_t n_shingles = n_words >= width ? n_words - width + 1 : 0;
    size_t i = 0;
    if (width == 5) {
        for (; i + LANES_64 <= n_shingles; i += LANES_64) {
            _mm_storeu_si128((__m128i *)(void *)(shingles + i), four_shingles(word_hashes + i, 5));
        }
    }
    for (; i + LANES_64 <= n_shingles; i += LANES_64) {
        _mm_storeu_si128((__m128i *)(void *)(shingles + i), four_shingles(word_hashes + i, width));
    }
    if (i == n_shingles && i > 0) {
        return i;
    }
    return i + sr_scalar_hash_shingles(word_hashes + i, n_words - i, width, shingles + i);
}

typedef struct lane_values {
    __m256i multiply, add, min, max, signed_min, signed_max;
} lane_values;

static inline lane_values load_lanes(const sr_minhash_family *family, const uint32_t *values,
                                     uint32_t first)
{
    uint32_t n = family->n_permutations;
    return (lane_values){
        .multiply = load(family->multiply + first),
        .add = load(family->add + first),
        .min = load(values + first),
        .max = load(values + n + first),
        .signed_min = load(values + 2 * n + first),
        .signed_max = load(values + 3 * n + first),
    };
}

static inline void update_lanes(lane_values *lanes, __m256i shingle)
{
    __m256i h = _mm256_add_epi32(_mm256_mullo_epi32(lanes->multiply, shingle), lanes->add);
    lanes->min = _mm256_min_epu32(lanes->min, h);
    lanes->max = _mm256_max_epu32(lanes->max, h);
    lanes->signed_min = _mm256_min_epi32(lanes->signed_min, h);
    lanes->signed_max = _mm256_max_epi32(lanes->signed_max, h);
}

static inline void store_lanes(const lane_values *lanes, uint32_t n, uint32_t *values,
                               uint32_t first)
{
    store(values + first, lanes->min);
    store(values + n + first, lanes->max);
    store(values + 2 * n + first, lanes->signed_min);
    store(values + 3 * n + first, lanes->signed_max);
}

/* Two vectors of permutations a pass: 12 of the 16 registers. */
static void minhash_update(const sr_minhash_family *family, const uint32_t *shingles,
                           size_t n_shingles, uint32_t *values)
{
    for (uint32_t first = 0; first < family->n_permutations; first += 2 * LANES_32) {
        lane_values low = load_lanes(family, values, first);
        lane_values high = load_lanes(family, values, first + LANES_32);
        for (size_t i = 0; i < n_shingles; i++) {
            __m256i shingle = _mm256_set1_epi32((int)shingles[i]);
            update_lanes(&low, shingle);
            update_lanes(&high, shingle);
        }
        store_lanes(&low, family->n_permutations, values, first);
        store_lanes(&high, family->n_permutations, values, first + LANES_32);
    }
}

/* 0xff in byte b where bit b of the 32 is set. */
static inline __m256i spread_bits(uint32_t bits)
{
    const __m256i byte_of = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2,
                                             2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
    const __m256i bit_of = _mm256_set1_epi64x((long long)0x8040201008040201U);
    __m256i bytes = _mm256_shuffle_epi8(_mm256_set1_epi32((int)bits), byte_of);
    return _mm256_cmpeq_epi8(_mm256_and_si256(bytes, bit_of), bit_of);
}

static void flush_votes(__m256i low, __m256i high, uint32_t votes[SR_SIMHASH_BITS])
{
    uint8_t bytes[SR_SIMHASH_BITS];
    store(bytes, low);
    store(bytes + 32, high);
    for (size_t b = 0; b < SR_SIMHASH_BITS; b++) {
        votes[b] += bytes[b];
    }
}

static void simhash_update(const uint32_t *shingles, size_t n_shingles,
                           uint32_t votes[SR_SIMHASH_BITS])
{
    enum { FLUSH_EVERY = 255 };
    for (size_t start = 0; start < n_shingles; start += FLUSH_EVERY) {
        size_t end = n_shingles - start < FLUSH_EVERY ? n_shingles : start + FLUSH_EVERY;
        __m256i low = _mm256_setzero_si256();
        __m256i high = _mm256_setzero_si256();
        for (size_t i = start; i < end; i++) {
            uint64_t hash = sr_mix64(shingles[i]);
            low = _mm256_sub_epi8(low, spread_bits((uint32_t)hash));
            high = _mm256_sub_epi8(high, spread_bits((uint32_t)(hash >> 32)));
        }
        flush_votes(low, high, votes);
    }
}

static void hash_bytes(const void *bytes, size_t n_bytes, uint64_t hash[2])
{
    XXH128_hash_t both = XXH3_128bits(bytes, n_bytes);
    hash[0] = both.low64;
    hash[1] = both.high64;
}

static uint32_t count_equal_u16(const uint16_t *a, const uint16_t *b, size_t n_values)
{
    size_t i = 0;
    uint32_t n_equal = 0;
    for (; i + 16 <= n_values; i += 16) {
        int equal = _mm256_movemask_epi8(_mm256_cmpeq_epi16(load(a + i), load(b + i)));
        n_equal += (uint32_t)__builtin_popcount((unsigned)equal) / 2;
    }
    return n_equal + sr_kernels_scalar.count_equal_u16(a + i, b + i, n_values - i);
}

static size_t unpack_ascending(const uint8_t *bytes, size_t n_bytes, size_t n, uint32_t width,
                               uint32_t *numbers)
{
    return sr_unpack_ascending(bytes, n_bytes, n, width, numbers);
}

static size_t find_above(const float *sums, const uint8_t *factors, float bound, size_t n,
                         uint32_t *places)
{
    enum { LANES = 8 };
    size_t n_found = 0;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        __m256i bytes =
            _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)(factors + i)));
        __m256 least = _mm256_mul_ps(_mm256_set1_ps(bound), _mm256_cvtepi32_ps(bytes));
        __m256 above = _mm256_cmp_ps(_mm256_loadu_ps(sums + i), least, _CMP_GT_OQ);
        unsigned found = (unsigned)_mm256_movemask_ps(above);
        for (; found; found &= found - 1) {
            places[n_found++] = (uint32_t)i + (uint32_t)__builtin_ctz(found);
        }
    }
    size_t n_rest = sr_scalar_find_above(sums + i, factors + i, bound, n - i, places + n_found);
    for (size_t k = 0; k < n_rest; k++) {
        places[n_found + k] += (uint32_t)i;
    }
    return n_found + n_rest;
}

static void mix_vectors(const int8_t *const *vectors, const float *weights, size_t n_vectors,
                        const float query[SR_MIX_PLACES], float *dot, float *squares)
{
    sr_mix_vectors(vectors, weights, n_vectors, query, dot, squares);
}

const sr_kernels sr_kernels_avx2 = {
    .name = "avx2",
    .supported = supported,
    .split_ascii = split_ascii,
    .split_two_byte = sr_scalar_split_two_byte,
    .hash_words = sr_scalar_hash_words,
    .hash_shingles = hash_shingles,
    .minhash_update = minhash_update,
    .simhash_update = simhash_update,
    .hash_bytes = hash_bytes,
    .count_equal_u16 = count_equal_u16,
    .band_keys = sr_scalar_band_keys,
    .unpack_ascending = unpack_ascending,
    .find_marked = sr_scalar_find_marked,
    .find_above = find_above,
    .mix_vectors = mix_vectors,
};

#else
typedef int sr_avx2_is_not_for_this_machine; /* ISO C wants a declaration in every file */
#endif
