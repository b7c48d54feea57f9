/* scalar.c — the kernels in plain C: the definition that every other instruction set is compared
 * with. */
#include "base/hash.h"
#include "simd/mix.h"
#include "simd/tables.h"
#include "simd/unpack.h"

static bool always_supported(void)
{
    return true;
}

#define ONES_16 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1
const unsigned char sr_ascii_fold[256] = {
    ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6',
    ['7'] = '7', ['8'] = '8', ['9'] = '9', ['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd',
    ['E'] = 'e', ['F'] = 'f', ['G'] = 'g', ['H'] = 'h', ['I'] = 'i', ['J'] = 'j', ['K'] = 'k',
    ['L'] = 'l', ['M'] = 'm', ['N'] = 'n', ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r',
    ['S'] = 's', ['T'] = 't', ['U'] = 'u', ['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y',
    ['Z'] = 'z', ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd', ['e'] = 'e', ['f'] = 'f',
    ['g'] = 'g', ['h'] = 'h', ['i'] = 'i', ['j'] = 'j', ['k'] = 'k', ['l'] = 'l', ['m'] = 'm',
    ['n'] = 'n', ['o'] = 'o', ['p'] = 'p', ['q'] = 'q', ['r'] = 'r', ['s'] = 's', ['t'] = 't',
    ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y', ['z'] = 'z', [128] = ONES_16,
    ONES_16,     ONES_16,     ONES_16,     ONES_16,     ONES_16,     ONES_16,     ONES_16,
};

static size_t split_ascii(const char *text, size_t n_bytes, char *folded, uint32_t offset,
                          sr_split *split)
{
    bool in_word = split->n_starts > split->n_ends;
    size_t i = 0;
    for (; i < n_bytes; i++) {
        unsigned char c = sr_ascii_fold[(unsigned char)text[i]];
        if (c == SR_NOT_ASCII) {
            break;
        }
        bool is_word = c != SR_ASCII_SEPARATOR;
        folded[i] = is_word ? (char)c : text[i];
        split->starts[split->n_starts] = offset + (uint32_t)i;
        split->n_starts += is_word && !in_word;
        split->ends[split->n_ends] = offset + (uint32_t)i;
        split->n_ends += !is_word && in_word;
        in_word = is_word;
    }
    return i;
}

size_t sr_scalar_split_two_byte(const char *text, size_t n_bytes, const uint32_t table[0x800],
                                char *folded, uint32_t offset, sr_split *split)
{
    const unsigned char *s = (const unsigned char *)text;
    bool in_word = split->n_starts > split->n_ends;
    size_t n_starts = split->n_starts;
    size_t n_ends = split->n_ends;
    size_t i = 0;
    while (i < n_bytes) {
        size_t length = s[i] < 0x80 ? 1 : 2;
        uint32_t code_point = s[i];
        if (length == 2) {
            if (s[i] < 0xc2 || s[i] > 0xdf || i + 1 == n_bytes || (s[i + 1] & 0xc0) != 0x80) {
                break;
            }
            code_point = (uint32_t)(s[i] & 0x1f) << 6 | (s[i + 1] & 0x3f);
        }
        uint32_t record = table[code_point];
        if (record & SR_TWO_BYTE_STOP) {
            break;
        }
        bool is_word = record & SR_TWO_BYTE_WORD;
        split->starts[n_starts] = offset + (uint32_t)i;
        n_starts += is_word && !in_word;
        split->ends[n_ends] = offset + (uint32_t)i;
        n_ends += !is_word && in_word;
        in_word = is_word;
        sr_store_u16(folded + i,
                     (uint16_t)record); /* the second byte of a short one is written over */
        i += length;
    }
    split->n_starts = n_starts;
    split->n_ends = n_ends;
    return i;
}

/* The first `n_bytes` of 8 at `from`, zero-padded: reads all 8. */
static uint64_t load_padded(const char *from, int64_t n_bytes)
{
    if (n_bytes <= 0) {
        return 0;
    }
    uint64_t bytes = sr_load_u64(from);
    return n_bytes >= 8 ? bytes : bytes & (((uint64_t)1 << (8 * n_bytes)) - 1);
}

static uint64_t hash_word(const char *word, size_t n_bytes, const uint64_t multipliers[4])
{
    if (n_bytes > 32) {
        return sr_hash_bytes(word, n_bytes, multipliers[0]);
    }
    int64_t n = (int64_t)n_bytes;
    uint64_t hash = load_padded(word, n) * multipliers[0] +
                    sr_rotate_left(load_padded(word + 8, n - 8) * multipliers[1], 32);
    if (n_bytes > 16) {
        hash += load_padded(word + 16, n - 16) * multipliers[2] +
                sr_rotate_left(load_padded(word + 24, n - 24) * multipliers[3], 32);
    }
    hash = (hash ^ hash >> 32) * SR_WORD_MULTIPLIER;
    return hash ^ hash >> 29;
}

void sr_scalar_hash_words(const char *folded, const uint32_t *starts, const uint32_t *ends,
                          size_t n_words, const uint64_t multipliers[4], uint64_t *hashes)
{
    for (size_t i = 0; i < n_words; i++) {
        hashes[i] = hash_word(folded + starts[i], ends[i] - starts[i], multipliers);
    }
}

size_t sr_scalar_hash_shingles(const uint64_t *word_hashes, size_t n_words, uint32_t width,
                               uint32_t *shingles)
{
    if (n_words == 0) {
        return 0;
    }
    size_t n_in_window = n_words < width ? n_words : width;
    size_t n_shingles = n_words - n_in_window + 1;
    for (size_t i = 0; i < n_shingles; i++) {
        uint64_t sum = 0;
        for (size_t j = 0; j < n_in_window; j++) {
            sum += sr_rotate_left(word_hashes[i + j], (unsigned)(13 * j));
        }
        shingles[i] = (uint32_t)((sum ^ sum >> 32) * SR_SHINGLE_MULTIPLIER >> 32);
    }
    return n_shingles;
}

static void minhash_update(const sr_minhash_family *family, const uint32_t *shingles,
                           size_t n_shingles, uint32_t *values)
{
    uint32_t n = family->n_permutations;
    for (uint32_t j = 0; j < n; j++) {
        uint32_t min = values[j];
        uint32_t max = values[n + j];
        int32_t signed_min = (int32_t)values[2 * n + j];
        int32_t signed_max = (int32_t)values[3 * n + j];
        for (size_t i = 0; i < n_shingles; i++) {
            uint32_t h = family->multiply[j] * shingles[i] + family->add[j];
            int32_t s = (int32_t)h;
            min = h < min ? h : min;
            max = h > max ? h : max;
            signed_min = s < signed_min ? s : signed_min;
            signed_max = s > signed_max ? s : signed_max;
        }
        values[j] = min;
        values[n + j] = max;
        values[2 * n + j] = (uint32_t)signed_min;
        values[3 * n + j] = (uint32_t)signed_max;
    }
}

static void simhash_update(const uint32_t *shingles, size_t n_shingles,
                           uint32_t votes[SR_SIMHASH_BITS])
{
    for (size_t i = 0; i < n_shingles; i++) {
        uint64_t hash = sr_mix64(shingles[i]);
        for (unsigned b = 0; b < SR_SIMHASH_BITS; b++) {
            votes[b] += (uint32_t)(hash >> b & 1);
        }
    }
}

void sr_scalar_hash_bytes(const void *bytes, size_t n_bytes, uint64_t hash[2])
{
    XXH128_hash_t both = XXH3_128bits(bytes, n_bytes);
    hash[0] = both.low64;
    hash[1] = both.high64;
}

static uint32_t count_equal_u16(const uint16_t *a, const uint16_t *b, size_t n_values)
{
    uint32_t n_equal = 0;
    for (size_t i = 0; i < n_values; i++) {
        n_equal += a[i] == b[i];
    }
    return n_equal;
}

/* Inlined with a constant number of rows, the loop over them unrolls, and the chains of several
 * bands run side by side. */
static inline void make_band_keys(const uint16_t *values, uint32_t n_rows, uint32_t first,
                                  uint32_t end, uint32_t *keys)
{
    for (uint32_t band = first; band < end; band++) {
        const uint16_t *row = values + (size_t)band * n_rows;
        uint64_t hash = sr_mix64(band + 1);
        for (uint32_t r = 0; r < n_rows; r++) {
            hash = (hash ^ row[r]) * SR_WORD_MULTIPLIER;
            hash ^= hash >> 32;
        }
        keys[band - first] = (uint32_t)(sr_mix64(hash) >> 32);
    }
}

void sr_scalar_band_keys(const uint16_t *values, uint32_t n_rows, uint32_t first, uint32_t end,
                         uint32_t *keys)
{
    if (n_rows == 8) {
        make_band_keys(values, 8, first, end, keys);
    } else {
        make_band_keys(values, n_rows, first, end, keys);
    }
}

static size_t unpack_ascending(const uint8_t *bytes, size_t n_bytes, size_t n, uint32_t width,
                               uint32_t *numbers)
{
    return sr_unpack_ascending(bytes, n_bytes, n, width, numbers);
}

size_t sr_scalar_find_marked(const uint32_t *numbers, size_t n, const uint32_t *marks,
                             uint32_t *places)
{
    size_t n_found = 0;
    for (size_t i = 0; i < n; i++) {
        places[n_found] = (uint32_t)i;
        n_found += marks[numbers[i] % SR_MARKS / 32] >> (numbers[i] & 31) & 1;
    }
    return n_found;
}

size_t sr_scalar_find_above(const float *sums, const uint8_t *factors, float bound, size_t n,
                            uint32_t *places)
{
    size_t n_found = 0;
    for (size_t i = 0; i < n; i++) {
        places[n_found] = (uint32_t)i;
        n_found += sums[i] > bound * (float)factors[i];
    }
    return n_found;
}

static void mix_vectors(const int8_t *const *vectors, const float *weights, size_t n_vectors,
                        const float query[SR_MIX_PLACES], float *dot, float *squares)
{
    sr_mix_vectors(vectors, weights, n_vectors, query, dot, squares);
}

const sr_kernels sr_kernels_scalar = {
    .name = "scalar",
    .supported = always_supported,
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
