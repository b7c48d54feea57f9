/* avx512.c — the kernels for AVX-512 with BW, DQ, VL, VBMI and VBMI2 (Ice Lake, Zen 4 and later).
 *
 * MinHash: with 32 permutations the 8 accumulators, 2 multipliers and 2 addends stay in registers;
 * a shingle costs two multiplications and 8 minima or maxima. SimHash: 64 one-byte counters in one
 * register, one masked subtraction a shingle, flushed before a byte can overflow. Words: 8 at a
 * time, two gathers. See the shared reasoning in src/README.md, "Kernels". */
#include "simd/mix.h"
#include "simd/tables.h"
#include "simd/unpack.h"

#if defined(__x86_64__)

#define XXH_INLINE_ALL /* compiled here, for the instructions of this file */
#include <immintrin.h>
#include <xxhash.h>

#include "simd/avx512_find.h"

enum { LANES_32 = 16, LANES_64 = 8 };

#define EIGHT(n) (n), (n) + 1, (n) + 2, (n) + 3, (n) + 4, (n) + 5, (n) + 6, (n) + 7
static const _Alignas(64) uint8_t IOTA[64] = {EIGHT(0),  EIGHT(8),  EIGHT(16), EIGHT(24),
                                              EIGHT(32), EIGHT(40), EIGHT(48), EIGHT(56)};

static bool supported(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2");
}

/* Appends `offset` + the numbers of the set bits; may write SR_SPLIT_SLACK entries past the last.
 */
static inline size_t append_places(uint32_t *places, size_t n_places, __mmask64 bits, __m512i iota,
                                   __m512i offset)
{
    __m512i numbers = _mm512_maskz_compress_epi8(bits, iota);
    uint32_t *to = places + n_places;
    size_t n_bits = (size_t)__builtin_popcountll(bits);
    _mm512_storeu_si512(
        to, _mm512_add_epi32(offset, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(numbers))));
    if (n_bits > LANES_32) { /* at most 32: a word and a separator take two bytes */
        __m128i upper = _mm512_extracti32x4_epi32(numbers, 1);
        _mm512_storeu_si512(to + LANES_32, _mm512_add_epi32(offset, _mm512_cvtepu8_epi32(upper)));
    }
    return n_places + n_bits;
}

static size_t split_ascii(const char *text, size_t n_bytes, char *folded, uint32_t offset,
                          sr_split *split)
{
    const __m512i low_half = _mm512_loadu_si512(sr_ascii_fold);
    const __m512i high_half = _mm512_loadu_si512(sr_ascii_fold + 64);
    const __m512i iota = _mm512_load_si512(IOTA);
    uint64_t carry = split->n_starts > split->n_ends;
    size_t i = 0;
    while (i < n_bytes) {
        size_t n_left = n_bytes - i;
        uint64_t valid = n_left >= 64 ? UINT64_MAX : ((uint64_t)1 << n_left) - 1;
        __m512i bytes = _mm512_maskz_loadu_epi8(valid, text + i);
        uint64_t beyond = _mm512_movepi8_mask(bytes);
        valid &= beyond ? ((uint64_t)1 << __builtin_ctzll(beyond)) - 1 : UINT64_MAX;
        __m512i letters = _mm512_permutex2var_epi8(low_half, bytes, high_half);
        uint64_t words = _mm512_mask_test_epi8_mask(valid, letters, letters);
        _mm512_storeu_si512(folded + i, _mm512_mask_mov_epi8(bytes, words, letters));
        uint64_t shifted = words << 1 | carry;
        __m512i place = _mm512_set1_epi32((int)(offset + (uint32_t)i));
        split->n_starts =
            append_places(split->starts, split->n_starts, words & ~shifted, iota, place);
        split->n_ends =
            append_places(split->ends, split->n_ends, ~words & shifted & valid, iota, place);
        size_t n_valid = (size_t)__builtin_popcountll(valid);
        i += n_valid;
        if (n_valid < 64) {
            break;
        }
        carry = words >> 63;
    }
    return i;
}

/* The characters of one block: bit i of `words` and `stops` speaks of the i-th, byte i of `first`
 * and `second` are its folded bytes. */
typedef struct two_byte_block {
    __m512i first, second;
    uint64_t words, stops;
} two_byte_block;

/* Sixteen characters, given as their first and second bytes, through the table. */
static inline __m512i look_up(__m128i first, __m128i second, const uint32_t *table)
{
    __m512i low = _mm512_cvtepu8_epi32(first);
    __m512i high = _mm512_slli_epi32(_mm512_and_si512(low, _mm512_set1_epi32(0x1f)), 6);
    __m512i tail = _mm512_and_si512(_mm512_cvtepu8_epi32(second), _mm512_set1_epi32(0x3f));
    __mmask16 wide = _mm512_cmpgt_epu32_mask(low, _mm512_set1_epi32(0x7f));
    return _mm512_i32gather_epi32(_mm512_mask_or_epi32(low, wide, high, tail), table, 4);
}

#define TAKE_SIXTEEN(part)                                                                         \
    if (n_chars > 16 * (part)) {                                                                   \
        __m512i records = look_up(_mm512_extracti32x4_epi32(first, part),                          \
                                  _mm512_extracti32x4_epi32(second, part), table);                 \
        block.words |=                                                                             \
            (uint64_t)_mm512_test_epi32_mask(records, _mm512_set1_epi32(SR_TWO_BYTE_WORD))         \
            << 16 * (part);                                                                        \
        block.stops |=                                                                             \
            (uint64_t)_mm512_test_epi32_mask(records, _mm512_set1_epi32(SR_TWO_BYTE_STOP))         \
            << 16 * (part);                                                                        \
        block.first = _mm512_inserti32x4(block.first, _mm512_cvtepi32_epi8(records), part);        \
        block.second = _mm512_inserti32x4(                                                         \
            block.second, _mm512_cvtepi32_epi8(_mm512_srli_epi32(records, 8)), part);              \
    }

static inline two_byte_block look_up_block(__m512i first, __m512i second, size_t n_chars,
                                           const uint32_t *table)
{
    two_byte_block block = {_mm512_setzero_si512(), _mm512_setzero_si512(), 0, 0};
    TAKE_SIXTEEN(0)
    TAKE_SIXTEEN(1)
    TAKE_SIXTEEN(2)
    TAKE_SIXTEEN(3)
    return block;
}

static inline uint64_t below(unsigned bit)
{
    return ((uint64_t)1 << bit) - 1;
}

static size_t split_two_byte(const char *text, size_t n_bytes, const uint32_t table[0x800],
                             char *folded, uint32_t offset, sr_split *split)
{
    const __m512i iota = _mm512_load_si512(IOTA);
    uint64_t carry = split->n_starts > split->n_ends;
    size_t i = 0;
    for (size_t n_taken = 1; i < n_bytes && n_taken > 0; i += n_taken) {
        uint64_t valid = n_bytes - i >= 64 ? UINT64_MAX : below((unsigned)(n_bytes - i));
        __m512i bytes = _mm512_maskz_loadu_epi8(valid, text + i);
        __m512i next = _mm512_maskz_loadu_epi8(valid >> 1, text + i + 1);
        uint64_t continued = _mm512_cmplt_epi8_mask(bytes, _mm512_set1_epi8(-64));
        uint64_t leads = _mm512_cmpge_epu8_mask(bytes, _mm512_set1_epi8((char)0xc2)) &
                         _mm512_cmple_epu8_mask(bytes, _mm512_set1_epi8((char)0xdf)) &
                         continued >> 1;
        uint64_t chars = (valid & ~_mm512_movepi8_mask(bytes)) | leads;
        uint64_t others = valid & ~(chars | leads << 1); /* the first one ends what can be taken */
        uint64_t taken = others ? below((unsigned)__builtin_ctzll(others)) : valid;
        chars &= taken;
        two_byte_block block = look_up_block(_mm512_maskz_compress_epi8(chars, bytes),
                                             _mm512_maskz_compress_epi8(chars, next),
                                             (size_t)__builtin_popcountll(chars), table);
        uint64_t stops = _pdep_u64(block.stops, chars);
        taken &= stops ? below((unsigned)__builtin_ctzll(stops)) : UINT64_MAX;
        leads &= taken;
        __m512i out = _mm512_maskz_expand_epi8(chars, block.first);
        out = _mm512_mask_mov_epi8(out, leads << 1,
                                   _mm512_maskz_expand_epi8(chars << 1, block.second));
        _mm512_storeu_si512(folded + i, out);
        uint64_t words = _pdep_u64(block.words, chars) & taken;
        words |= (words & leads) << 1;
        uint64_t shifted = words << 1 | carry;
        __m512i place = _mm512_set1_epi32((int)(offset + (uint32_t)i));
        split->n_starts =
            append_places(split->starts, split->n_starts, words & ~shifted, iota, place);
        split->n_ends =
            append_places(split->ends, split->n_ends, ~words & shifted & taken, iota, place);
        n_taken = (size_t)__builtin_popcountll(taken);
        carry = n_taken ? words >> (n_taken - 1) & 1 : carry;
    }
    return i;
}

/* The first `lengths` bytes (clamped to 0 … 8) of the 8 bytes at `offsets`, zero-padded. */
static inline __m512i gather_padded(const char *folded, __m256i offsets, __m512i lengths)
{
    __m512i bytes = _mm512_i32gather_epi64(offsets, folded, 1);
    __m512i bits = _mm512_slli_epi64(_mm512_max_epi64(lengths, _mm512_setzero_si512()), 3);
    __m512i keep =
        _mm512_sllv_epi64(_mm512_set1_epi64(-1), bits); /* a shift of 64 or more gives 0 */
    return _mm512_andnot_si512(keep, bytes);
}

static inline __m512i multiply(__m512i x, uint64_t factor)
{
    return _mm512_mullo_epi64(x, _mm512_set1_epi64((long long)factor));
}

/* What 16 bytes from each start add to the hashes; a length of 0 or less adds nothing. */
static inline __m512i hash_half(const char *folded, __m256i start, __m512i length,
                                const uint64_t multipliers[2])
{
    __m512i low = gather_padded(folded, start, length);
    __m512i high = gather_padded(folded, _mm256_add_epi32(start, _mm256_set1_epi32(8)),
                                 _mm512_sub_epi64(length, _mm512_set1_epi64(8)));
    return _mm512_add_epi64(multiply(low, multipliers[0]),
                            _mm512_rol_epi64(multiply(high, multipliers[1]), 32));
}

static void hash_words(const char *folded, const uint32_t *starts, const uint32_t *ends,
                       size_t n_words, const uint64_t multipliers[4], uint64_t *hashes)
{
    size_t i = 0;
    for (; i + LANES_64 <= n_words; i += LANES_64) {
        __m256i start = _mm256_loadu_si256((const __m256i *)(const void *)(starts + i));
        __m256i end = _mm256_loadu_si256((const __m256i *)(const void *)(ends + i));
        __m512i length = _mm512_cvtepu32_epi64(_mm256_sub_epi32(end, start));
        if (_mm512_cmpgt_epu64_mask(length, _mm512_set1_epi64(32))) {
            sr_scalar_hash_words(folded, starts + i, ends + i, LANES_64, multipliers, hashes + i);
            continue;
        }
        __m512i hash = hash_half(folded, start, length, multipliers);
        if (_mm512_cmpgt_epu64_mask(length, _mm512_set1_epi64(16))) {
            start = _mm256_add_epi32(start, _mm256_set1_epi32(16));
            length = _mm512_sub_epi64(length, _mm512_set1_epi64(16));
            hash = _mm512_add_epi64(hash, hash_half(folded, start, length, multipliers + 2));
        }
        hash = multiply(_mm512_xor_si512(hash, _mm512_srli_epi64(hash, 32)), SR_WORD_MULTIPLIER);
        hash = _mm512_xor_si512(hash, _mm512_srli_epi64(hash, 29));
        _mm512_storeu_si512(hashes + i, hash);
    }
    sr_scalar_hash_words(folded, starts + i, ends + i, n_words - i, multipliers, hashes + i);
}

/* Eight windows from `words` on. Inlined with a constant width, the loop unrolls. */
static inline __m256i eight_shingles(const uint64_t *words, uint32_t width)
{
    __m512i sum = _mm512_loadu_si512(words);
    for (uint32_t j = 1; j < width; j++) {
        __m512i word = _mm512_loadu_si512(words + j);
        sum = _mm512_add_epi64(sum, _mm512_rolv_epi64(word, _mm512_set1_epi64((13 * j) & 63)));
    }
    sum = multiply(_mm512_xor_si512(sum, _mm512_srli_epi64(sum, 32)), SR_SHINGLE_MULTIPLIER);
    return _mm512_cvtepi64_epi32(_mm512_srli_epi64(sum, 32));
}

static size_t hash_shingles(const uint64_t *word_hashes, size_t n_words, uint32_t width,
                            uint32_t *shingles)
{
    size_t n_shingles = n_words >= width ? n_words - width + 1 : 0;
    size_t i = 0;
    if (width == 5) {
        for (; i + LANES_64 <= n_shingles; i += LANES_64) {
            _mm256_storeu_si256((__m256i *)(void *)(shingles + i),
                                eight_shingles(word_hashes + i, 5));
        }
    }
    for (; i + LANES_64 <= n_shingles; i += LANES_64) {
        _mm256_storeu_si256((__m256i *)(void *)(shingles + i),
                            eight_shingles(word_hashes + i, width));
    }
    if (i == n_shingles && i > 0) {
        return i;
    }
    return i + sr_scalar_hash_shingles(word_hashes + i, n_words - i, width, shingles + i);
}

/* Sixteen permutations from `first` on, all four values of each. */
typedef struct lane_values {
    __m512i multiply, add, min, max, signed_min, signed_max;
} lane_values;

static inline lane_values load_lanes(const sr_minhash_family *family, const uint32_t *values,
                                     uint32_t first)
{
    uint32_t n = family->n_permutations;
    return (lane_values){
        .multiply = _mm512_loadu_si512(family->multiply + first),
        .add = _mm512_loadu_si512(family->add + first),
        .min = _mm512_loadu_si512(values + first),
        .max = _mm512_loadu_si512(values + n + first),
        .signed_min = _mm512_loadu_si512(values + 2 * n + first),
        .signed_max = _mm512_loadu_si512(values + 3 * n + first),
    };
}

static inline void update_lanes(lane_values *lanes, __m512i shingle)
{
    __m512i h = _mm512_add_epi32(_mm512_mullo_epi32(lanes->multiply, shingle), lanes->add);
    lanes->min = _mm512_min_epu32(lanes->min, h);
    lanes->max = _mm512_max_epu32(lanes->max, h);
    lanes->signed_min = _mm512_min_epi32(lanes->signed_min, h);
    lanes->signed_max = _mm512_max_epi32(lanes->signed_max, h);
}

static inline void store_lanes(const lane_values *lanes, uint32_t n, uint32_t *values,
                               uint32_t first)
{
    _mm512_storeu_si512(values + first, lanes->min);
    _mm512_storeu_si512(values + n + first, lanes->max);
    _mm512_storeu_si512(values + 2 * n + first, lanes->signed_min);
    _mm512_storeu_si512(values + 3 * n + first, lanes->signed_max);
}

static void minhash_update(const sr_minhash_family *family, const uint32_t *shingles,
                           size_t n_shingles, uint32_t *values)
{
    for (uint32_t first = 0; first < family->n_permutations; first += 2 * LANES_32) {
        lane_values low = load_lanes(family, values, first);
        lane_values high = load_lanes(family, values, first + LANES_32);
        for (size_t i = 0; i < n_shingles; i++) {
            __m512i shingle = _mm512_set1_epi32((int)shingles[i]);
            update_lanes(&low, shingle);
            update_lanes(&high, shingle);
        }
        store_lanes(&low, family->n_permutations, values, first);
        store_lanes(&high, family->n_permutations, values, first + LANES_32);
    }
}

static inline __m512i mix64(__m512i x)
{
    x = multiply(_mm512_xor_si512(x, _mm512_srli_epi64(x, 30)), 0xbf58476d1ce4e5b9U);
    x = multiply(_mm512_xor_si512(x, _mm512_srli_epi64(x, 27)), 0x94d049bb133111ebU);
    return _mm512_xor_si512(x, _mm512_srli_epi64(x, 31));
}

/* Adds the 64 byte counters to the votes. */
static void flush_votes(__m512i counters, uint32_t votes[SR_SIMHASH_BITS])
{
    uint8_t bytes[SR_SIMHASH_BITS];
    _mm512_storeu_si512(bytes, counters);
    for (size_t b = 0; b < SR_SIMHASH_BITS; b++) {
        votes[b] += bytes[b];
    }
}

static void simhash_update(const uint32_t *shingles, size_t n_shingles,
                           uint32_t votes[SR_SIMHASH_BITS])
{
    enum { FLUSH_EVERY = 248 }; /* a multiple of 8 below 256 */
    const __m512i minus_one = _mm512_set1_epi8(-1);
    size_t n_whole = n_shingles - n_shingles % LANES_64;
    for (size_t start = 0; start < n_whole; start += FLUSH_EVERY) {
        size_t end = n_whole - start < FLUSH_EVERY ? n_whole : start + FLUSH_EVERY;
        __m512i counters = _mm512_setzero_si512();
        for (size_t i = start; i < end; i += LANES_64) {
            uint64_t hashes[LANES_64];
            __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)(shingles + i));
            _mm512_storeu_si512(hashes, mix64(_mm512_cvtepu32_epi64(x)));
            for (size_t j = 0; j < LANES_64; j++) {
                counters = _mm512_mask_sub_epi8(counters, hashes[j], counters, minus_one);
            }
        }
        flush_votes(counters, votes);
    }
    sr_kernels_scalar.simhash_update(shingles + n_whole, n_shingles - n_whole, votes);
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
    for (; i + 32 <= n_values; i += 32) {
        __mmask32 equal =
            _mm512_cmpeq_epi16_mask(_mm512_loadu_si512(a + i), _mm512_loadu_si512(b + i));
        n_equal += (uint32_t)__builtin_popcount(equal);
    }
    return n_equal + sr_kernels_scalar.count_equal_u16(a + i, b + i, n_values - i);
}

/* Four bands of 8 values: one line, of which each half of a band is a 64-bit number. */
static void four_band_keys(const uint16_t *values, uint32_t first, uint32_t *keys)
{
    const __m512i evens = _mm512_setr_epi64(0, 2, 4, 6, 0, 2, 4, 6);
    const __m512i odds = _mm512_setr_epi64(1, 3, 5, 7, 1, 3, 5, 7);
    const __m512i multiplier = _mm512_set1_epi64((long long)SR_WORD_MULTIPLIER);
    __m512i all = _mm512_loadu_si512(values + (size_t)first * 8);
    __m512i halves[] = {_mm512_permutexvar_epi64(evens, all), _mm512_permutexvar_epi64(odds, all)};
    __m512i bands =
        _mm512_add_epi64(_mm512_set1_epi64(first), _mm512_setr_epi64(1, 2, 3, 4, 0, 0, 0, 0));
    __m512i hash = mix64(bands);
    for (unsigned r = 0; r < 8; r++) {
        __m512i value = _mm512_srli_epi64(_mm512_slli_epi64(halves[r / 4], 48 - 16 * (r % 4)), 48);
        hash = _mm512_mullo_epi64(_mm512_xor_si512(hash, value), multiplier);
        hash = _mm512_xor_si512(hash, _mm512_srli_epi64(hash, 32));
    }
    hash = _mm512_srli_epi64(mix64(hash), 32);
    _mm_storeu_si128((__m128i *)(void *)keys, _mm256_castsi256_si128(_mm512_cvtepi64_epi32(hash)));
}

static void band_keys(const uint16_t *values, uint32_t n_rows, uint32_t first, uint32_t end,
                      uint32_t *keys)
{
    uint32_t band = first;
    for (; n_rows == 8 && band + 4 <= end; band += 4) {
        four_band_keys(values, band, keys + (band - first));
    }
    sr_scalar_band_keys(values, n_rows, band, end, keys + (band - first));
}

/* The low bits of sixteen numbers, the first of which begin `shift` (0 … 7) bits behind `from`. */
static inline __m512i low_bits(const uint8_t *from, size_t n_bytes, unsigned shift, __m512i offsets,
                               __m512i mask)
{
    __m512i bytes =
        _mm512_maskz_loadu_epi8(n_bytes >= 64 ? UINT64_MAX : below((unsigned)n_bytes), from);
    __m512i bits = _mm512_add_epi32(offsets, _mm512_set1_epi32((int)shift));
    __m512i four = _mm512_mullo_epi32(_mm512_srli_epi32(bits, 3), _mm512_set1_epi32(0x01010101));
    four = _mm512_add_epi32(four, _mm512_set1_epi32(0x03020100));
    __m512i parts = _mm512_permutexvar_epi8(four, bytes);
    parts = _mm512_srlv_epi32(parts, _mm512_and_si512(bits, _mm512_set1_epi32(7)));
    return _mm512_and_si512(parts, mask);
}

/* What of a list is under way. */
typedef struct unpacking {
    __m512i lanes, offsets, mask; /* where sixteen low parts begin, and which bits they are */
    __m512i last;                 /* the number before, in every lane */
    const uint8_t *bytes;
    size_t n_bytes;
    uint32_t *numbers;
    uint32_t width;
    bool ascend;
} unpacking;

/* Up to sixteen numbers from i on, whose ones stand at `places`. */
static inline void unpack_sixteen(unpacking *u, size_t i, __m512i places, size_t n_here)
{
    n_here = n_here < LANES_32 ? n_here : LANES_32;
    __mmask16 valid = (__mmask16)below((unsigned)n_here);
    size_t low = i * u->width;
    __m512i upper = _mm512_sub_epi32(places, _mm512_add_epi32(u->lanes, _mm512_set1_epi32((int)i)));
    __m512i number = _mm512_or_si512(
        _mm512_sll_epi32(upper, _mm_cvtsi32_si128((int)u->width)),
        low_bits(u->bytes + (low >> 3), u->n_bytes - (low >> 3), low & 7, u->offsets, u->mask));
    __mmask16 above =
        _mm512_cmpgt_epu32_mask(number, _mm512_alignr_epi32(number, u->last, LANES_32 - 1));
    above |= i == 0; /* nothing is before the first */
    u->ascend &= (above & valid) == valid;
    u->last = _mm512_permutexvar_epi32(_mm512_set1_epi32((int)n_here - 1), number);
    _mm512_mask_storeu_epi32(u->numbers + i, valid, number);
}

static size_t unpack_ascending(const uint8_t *bytes, size_t n_bytes, size_t n, uint32_t width,
                               uint32_t *numbers)
{
    enum { WIDEST = 25 }; /* a low part lies in four bytes */
    size_t first = n * width;
    if (width > WIDEST || n_bytes > UINT32_MAX / 16) {
        return sr_unpack_ascending(bytes, n_bytes, n, width, numbers);
    }
    const __m512i iota = _mm512_load_si512(IOTA);
    const __m512i lanes = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(iota));
    unpacking u = {.bytes = bytes,
                   .n_bytes = n_bytes,
                   .width = width,
                   .numbers = numbers,
                   .lanes = lanes,
                   .offsets = _mm512_mullo_epi32(lanes, _mm512_set1_epi32((int)width)),
                   .mask = _mm512_set1_epi32((int)below(width)),
                   .last = _mm512_setzero_si512(),
                   .ascend = true};
    uint64_t skipped = below(first & 7);
    size_t i = 0;
    for (size_t byte = first >> 3; byte < n_bytes && i < n; byte += 8) {
        uint64_t ones = sr_unpack_ones(bytes, n_bytes, byte) & ~skipped;
        skipped = 0;
        __m512i places = _mm512_maskz_compress_epi8(ones, iota);
        __m512i base = _mm512_set1_epi32((int)(byte * 8 - first));
        size_t n_ones = (size_t)__builtin_popcountll(ones);
        size_t n_here = n_ones < n - i ? n_ones : n - i;
        for (size_t k = 0; k < n_here; k += LANES_32) {
            __m512i sixteen = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(places));
            unpack_sixteen(&u, i + k, _mm512_add_epi32(sixteen, base), n_here - k);
            places = _mm512_shuffle_i64x2(places, places, 0x39);
        }
        i += n_here;
        if (i == n) {
            uint64_t last = _pdep_u64((uint64_t)1 << (n_here - 1), ones);
            size_t end = byte * 8 + (size_t)__builtin_ctzll(last) + 1;
            return u.ascend && (end - first - n) >> (32 - width) == 0 ? end : 0;
        }
    }
    return 0;
}

/* Squared lengths of up to sixteen vectors. */
static inline __m512 mix_lengths(const int8_t *const *vectors, size_t n_vectors)
{
    int32_t lengths[LANES_32] = {0};
    for (size_t i = 0; i < n_vectors; i++) {
        __m512i values = _mm512_maskz_loadu_epi8(below(SR_MIX_DIMENSIONS), vectors[i]);
        __m512i low = _mm512_cvtepi8_epi16(_mm512_castsi512_si256(values));
        __m512i high = _mm512_cvtepi8_epi16(_mm512_extracti64x4_epi64(values, 1));
        lengths[i] = _mm512_reduce_add_epi32(
            _mm512_add_epi32(_mm512_madd_epi16(low, low), _mm512_madd_epi16(high, high)));
    }
    return _mm512_cvtepi32_ps(_mm512_loadu_si512(lengths));
}

/* The lanes of sr_mix_dot, added up in its order. */
static inline float mix_add_lanes(__m512 lanes)
{
    __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(lanes), _mm512_extractf32x8_ps(lanes, 1));
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

static inline float mix_dot(const __m512 a[4], const __m512 b[4])
{
    return mix_add_lanes(
        _mm512_add_ps(_mm512_add_ps(_mm512_mul_ps(a[0], b[0]), _mm512_mul_ps(a[1], b[1])),
                      _mm512_add_ps(_mm512_mul_ps(a[2], b[2]), _mm512_mul_ps(a[3], b[3]))));
}

static inline __m512 mix_add(__m512 sum, __m512 scale, __m128i values)
{
    return _mm512_add_ps(sum,
                         _mm512_mul_ps(scale, _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(values))));
}

static void mix_vectors(const int8_t *const *vectors, const float *weights, size_t n_vectors,
                        const float query[SR_MIX_PLACES], float *dot, float *squares)
{
    if (n_vectors > LANES_32) {
        sr_mix_vectors(vectors, weights, n_vectors, query, dot, squares);
        return;
    }
    __m512 lengths = mix_lengths(vectors, n_vectors);
    __mmask16 valid = _mm512_cmp_ps_mask(lengths, _mm512_setzero_ps(), _CMP_GT_OQ);
    __m512 factors = _mm512_maskz_loadu_ps((__mmask16)below((unsigned)n_vectors), weights);
    float scales[LANES_32];
    _mm512_storeu_ps(scales, _mm512_maskz_div_ps(valid, factors, _mm512_sqrt_ps(lengths)));
    __m512 sum[4] = {_mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps(),
                     _mm512_setzero_ps()};
    for (size_t i = 0; i < n_vectors; i++) {
        __m512i values = _mm512_maskz_loadu_epi8(below(SR_MIX_DIMENSIONS), vectors[i]);
        __m512 scale = _mm512_set1_ps(scales[i]);
        sum[0] = mix_add(sum[0], scale, _mm512_castsi512_si128(values));
        sum[1] = mix_add(sum[1], scale, _mm512_extracti32x4_epi32(values, 1));
        sum[2] = mix_add(sum[2], scale, _mm512_extracti32x4_epi32(values, 2));
        sum[3] = mix_add(sum[3], scale, _mm512_extracti32x4_epi32(values, 3));
    }
    __m512 asked[4];
    for (size_t part = 0; part < 4; part++) {
        asked[part] = _mm512_loadu_ps(query + part * LANES_32);
    }
    *dot = mix_dot(sum, asked);
    *squares = mix_dot(sum, sum);
}

const sr_kernels sr_kernels_avx512 = {
    .name = "avx512",
    .supported = supported,
    .split_ascii = split_ascii,
    .split_two_byte = split_two_byte,
    .hash_words = hash_words,
    .hash_shingles = hash_shingles,
    .minhash_update = minhash_update,
    .simhash_update = simhash_update,
    .hash_bytes = hash_bytes,
    .count_equal_u16 = count_equal_u16,
    .band_keys = band_keys,
    .unpack_ascending = unpack_ascending,
    .find_marked = sr_avx512_find_marked,
    .find_above = sr_avx512_find_above,
    .mix_vectors = mix_vectors,
};

#else
typedef int sr_avx512_is_not_for_this_machine; /* ISO C wants a declaration in every file */
#endif
