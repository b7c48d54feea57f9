/* kernels.h — the hot loops as one table of typed function pointers; one file per instruction set
 * fills a table, the scalar file is the definition and the others are bit-equal to it. Kernels are
 * pure: no allocation, no failure, no over-read past the stated padding.
 */
#ifndef SR_SIMD_KERNELS_H
#define SR_SIMD_KERNELS_H

#include "base/bytes.h"

enum {
    SR_MINHASH_MAX_VALUES = 256,
    SR_MINHASH_MAX_PERMUTATIONS = SR_MINHASH_MAX_VALUES / 4,
    SR_SIMHASH_BITS = 64,
    SR_SHINGLE_MAX_WORDS = 16,
    SR_UNPACK_MARGIN = 7,
    SR_MARKS = 1 << 14,
    SR_MARK_WORDS = SR_MARKS / 32,
    SR_FIND_SLACK = 16,
    SR_MIX_DIMENSIONS = 50,
    SR_MIX_PLACES = 64
};

#define SR_WORD_MULTIPLIER 0x9fb21c651e98df25U
#define SR_SHINGLE_MULTIPLIER 0xd6e8feb86659fd93U

/* h_j(x) = multiply[j]·x + add[j] mod 2^32, multiply odd. Four values a permutation: unsigned min
 * at [j], unsigned max at [n + j], signed min at [2n + j], signed max at [3n + j] (n permutations).
 */
typedef struct sr_minhash_family {
    uint32_t n_permutations; /* 32 or 64 */
    uint32_t multiply[SR_MINHASH_MAX_PERMUTATIONS];
    uint32_t add[SR_MINHASH_MAX_PERMUTATIONS];
} sr_minhash_family;

/* Words found by split_ascii, as places in the folded text; one is under way when n_starts >
 * n_ends. The arrays have room for n_bytes / 2 + 1 more entries and SR_SPLIT_SLACK beyond. */
typedef struct sr_split {
    uint32_t *starts;
    uint32_t *ends;
    size_t n_starts;
    size_t n_ends;
} sr_split;

enum { SR_SPLIT_SLACK = 64, SR_TWO_BYTE_WORD = 1 << 16, SR_TWO_BYTE_STOP = 1 << 17 };

typedef struct sr_kernels {
    const char *name;
    bool (*supported)(void); /* by this CPU and operating system */
    /* Copies text up to its first byte beyond ASCII, with A-Z folded to a-z, and appends where runs
     * of letters and digits start and end (`offset` is the place of folded[0]). A word that reaches
     * the end stays under way. `folded` has SR_SPLIT_SLACK writable bytes behind `n_bytes`. Returns
     * the number of bytes taken. */
    size_t (*split_ascii)(const char *text, size_t n_bytes, char *folded, uint32_t offset,
                          sr_split *split);
    /* The same for text of ASCII and of the characters U+0080 - U+07FF, each through `table`, which
     * tells for a code point its folded bytes (bits 0-7, 8-15: as many as it has in the text) and
     * SR_TWO_BYTE_WORD for a letter or digit. Stops before any other byte and before a character of
     * SR_TWO_BYTE_STOP. */
    size_t (*split_two_byte)(const char *text, size_t n_bytes, const uint32_t table[0x800],
                             char *folded, uint32_t offset, sr_split *split);
    /* Hash of each word folded[starts[i] .. ends[i]); 32 readable bytes follow the last word. With
     * w0 … w3 the word's bytes as little-endian 64-bit numbers, zero-padded to 32 bytes (no word
     * holds a NUL), and m the multipliers: h = w0·m0 + rotl(w1·m1, 32) + w2·m2 + rotl(w3·m3, 32); h
     * = (h ^ h >> 32)·SR_WORD_MULTIPLIER; h ^ h >> 29. A longer word: XXH3-64 with m0 as its seed.
     */
    void (*hash_words)(const char *folded, const uint32_t *starts, const uint32_t *ends,
                       size_t n_words, const uint64_t multipliers[4], uint64_t *hashes);
    /* One 32-bit value a window of `width` words: with s = Σ rotl(word[i + j], 13·j), the upper
     * half of (s ^ s >> 32)·SR_SHINGLE_MULTIPLIER. Fewer words than `width` but at least one: a
     * single window of all of them. `shingles` has max(1, n_words) places. Returns the number
     * written. */
    size_t (*hash_shingles)(const uint64_t *word_hashes, size_t n_words, uint32_t width,
                            uint32_t *shingles);
    /* Lowers and raises the 4·n values of `family` over the shingles. `values` as of
     * sr_minhash_begin. */
    void (*minhash_update)(const sr_minhash_family *family, const uint32_t *shingles,
                           size_t n_shingles, uint32_t *values);
    /* votes[b] += 1 where bit b of sr_mix64(shingle) is set, for each shingle. */
    void (*simhash_update)(const uint32_t *shingles, size_t n_shingles,
                           uint32_t votes[SR_SIMHASH_BITS]);
    /* XXH3-128 of the bytes: low half, high half. */
    void (*hash_bytes)(const void *bytes, size_t n_bytes, uint64_t hash[2]);
    /* Number of equal places. */
    uint32_t (*count_equal_u16)(const uint16_t *a, const uint16_t *b, size_t n_values);
    /* Keys of the bands `first` … `end` - 1, of `n_rows` values each, in `keys`: with h =
     * sr_mix64(band + 1), for each value h = (h ^ value)·SR_WORD_MULTIPLIER; h ^= h >> 32; then the
     * upper half of sr_mix64(h). */
    void (*band_keys)(const uint16_t *values, uint32_t n_rows, uint32_t first, uint32_t end,
                      uint32_t *keys);
    /* An ascending list after Elias and Fano: of each of `n` numbers the `width` low bits, then the
     * rest in unary, a one for each number behind as many zeros as it has steps from the one
     * before. Bits are counted from the lowest of bytes[0] on; SR_UNPACK_MARGIN more bytes than
     * `n_bytes` can be loaded. Returns the bit behind the last one; 0 where there are not enough of
     * them, where a number is not above the one before or takes more than 32 bits, or n is 0.
     * `width` is at most 32. */
    size_t (*unpack_ascending)(const uint8_t *bytes, size_t n_bytes, size_t n, uint32_t width,
                               uint32_t *numbers);
    /* The places of those numbers whose bit is set in `marks`: bit number mod 32 of the word
     * (number mod SR_MARKS) / 32. `places` has room for `n` and SR_FIND_SLACK more. Returns how
     * many. */
    size_t (*find_marked)(const uint32_t *numbers, size_t n, const uint32_t *marks,
                          uint32_t *places);
    /* The places i where sums[i] > bound · factors[i]. `places` as above. */
    size_t (*find_above)(const float *sums, const uint8_t *factors, float bound, size_t n,
                         uint32_t *places);
    /* With s = Σ weights[i] · vectors[i] / |vectors[i]|, of SR_MIX_DIMENSIONS bytes each: s · query
     * and s · s. `query` is filled up with zeros; a vector of zeros adds nothing. */
    void (*mix_vectors)(const int8_t *const *vectors, const float *weights, size_t n_vectors,
                        const float query[SR_MIX_PLACES], float *dot, float *squares);
} sr_kernels;

/* The table in use: the best that CPU and OS support, or the one that SIMRANK_KERNEL names; the
 * scalar one where it names none that there is (sr_kernel_check tells the user). Chosen once. */
const sr_kernels *sr_kernels_get(void);

/* Initial values: an empty set. */
static inline void sr_minhash_begin(const sr_minhash_family *family, uint32_t *values)
{
    uint32_t n = family->n_permutations;
    for (uint32_t j = 0; j < n; j++) {
        values[j] = UINT32_MAX;
        values[n + j] = 0;
        values[2 * n + j] = INT32_MAX;
        values[3 * n + j] = (uint32_t)INT32_MIN;
    }
}

#endif
