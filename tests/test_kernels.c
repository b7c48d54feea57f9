/* test_kernels.c — every kernel of this machine against the scalar definition, at every length and
 * alignment, with the input ending at a guard page. */
#include "simd/tables.h"
#include "sketch/params.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef SR_TEST_PLAIN
#include "plain_test.h"
#else
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#endif

enum { MAX_LENGTH = 300, WORD_PADDING = 64 };

/* Memory whose end is followed by a page that may not be touched. */
static char *guarded(size_t n_bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t n_pages = (n_bytes + page - 1) / page;
    char *start = mmap(NULL, (n_pages + 1) * page, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(start != MAP_FAILED);
    assert_int_equal(mprotect(start + n_pages * page, page, PROT_NONE), 0);
    return start + n_pages * page - n_bytes;
}

static void release_guarded(char *bytes, size_t n_bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t n_pages = (n_bytes + page - 1) / page;
    munmap(bytes + n_bytes - n_pages * page, (n_pages + 1) * page);
}

static void fill_random(void *bytes, size_t n_bytes, uint64_t seed)
{
    unsigned char *to = bytes;
    for (size_t i = 0; i < n_bytes; i++) {
        seed = sr_mix64(seed + i);
        to[i] = (unsigned char)(seed >> 24);
    }
}

static void check_minhash(const sr_kernels *kernels, size_t n_shingles, uint32_t n_values)
{
    sr_params params;
    sr_params_init(&params);
    params.n_values = n_values;
    sr_minhash_family family;
    sr_params_minhash_family(&params, &family);
    size_t n_bytes = n_shingles * sizeof(uint32_t);
    char *bytes = guarded(n_bytes + 4);
    uint32_t *shingles = (uint32_t *)(void *)(bytes + 4);
    fill_random(shingles, n_bytes, n_shingles);
    uint32_t expected[SR_MINHASH_MAX_VALUES];
    uint32_t found[SR_MINHASH_MAX_VALUES];
    sr_minhash_begin(&family, expected);
    sr_minhash_begin(&family, found);
    sr_kernels_scalar.minhash_update(&family, shingles, n_shingles, expected);
    kernels->minhash_update(&family, shingles, n_shingles, found);
    assert_memory_equal(found, expected, n_values * sizeof(uint32_t));
    uint32_t votes[2][SR_SIMHASH_BITS] = {{0}};
    sr_kernels_scalar.simhash_update(shingles, n_shingles, votes[0]);
    kernels->simhash_update(shingles, n_shingles, votes[1]);
    assert_memory_equal(votes[0], votes[1], sizeof votes[0]);
    release_guarded(bytes, n_bytes + 4);
}

static void check_shingles(const sr_kernels *kernels, size_t n_words, uint32_t width)
{
    size_t n_bytes = n_words * sizeof(uint64_t);
    char *bytes = guarded(n_bytes + 8);
    uint64_t *words = (uint64_t *)(void *)(bytes + 8);
    fill_random(words, n_bytes, n_words * width);
    size_t n_out = (n_words + 1) * sizeof(uint32_t);
    char *out = guarded(n_out);
    uint32_t expected[MAX_LENGTH + 1];
    size_t n_expected = sr_kernels_scalar.hash_shingles(words, n_words, width, expected);
    size_t n_found = kernels->hash_shingles(words, n_words, width, (uint32_t *)(void *)out);
    assert_int_equal(n_found, n_expected);
    assert_memory_equal(out, expected, n_expected * sizeof(uint32_t));
    release_guarded(bytes, n_bytes + 8);
    release_guarded(out, n_out);
}

static void check_words(const sr_kernels *kernels, size_t n_words, uint64_t seed)
{
    static const uint64_t MULTIPLIERS[4] = {0x9e3779b97f4a7c15U, 0xc2b2ae3d27d4eb4fU,
                                            0x165667b19e3779f9U, 0xd6e8feb86659fd93U};
    uint32_t starts[MAX_LENGTH];
    uint32_t ends[MAX_LENGTH];
    uint32_t n_bytes = (uint32_t)(seed % 7);
    for (size_t i = 0; i < n_words; i++) {
        seed = sr_mix64(seed + i);
        starts[i] = n_bytes;
        n_bytes += 1 + (uint32_t)(seed % 64 ? seed / 64 % 14 : seed / 64 % 60);
        ends[i] = n_bytes;
        n_bytes += 1 + (uint32_t)(seed >> 40 & 1);
    }
    size_t n_total = (n_words ? ends[n_words - 1] : 0) + WORD_PADDING;
    char *folded = guarded(n_total);
    fill_random(folded, n_total, seed);
    uint64_t expected[MAX_LENGTH + 1];
    uint64_t found[MAX_LENGTH + 1];
    sr_kernels_scalar.hash_words(folded, starts, ends, n_words, MULTIPLIERS, expected);
    kernels->hash_words(folded, starts, ends, n_words, MULTIPLIERS, found);
    assert_memory_equal(found, expected, n_words * sizeof(uint64_t));
    release_guarded(folded, n_total);
}

static void check_equal(const sr_kernels *kernels, size_t n_values)
{
    size_t n_bytes = n_values * sizeof(uint16_t);
    char *a = guarded(n_bytes + 2);
    char *b = guarded(n_bytes + 2);
    fill_random(a, n_bytes + 2, n_values);
    memcpy(b, a, n_bytes + 2);
    for (size_t i = 0; i < n_values; i += 3) {
        b[2 + 2 * i + i % 2] ^= 1;
    }
    uint32_t found = kernels->count_equal_u16((uint16_t *)(void *)(a + 2),
                                              (uint16_t *)(void *)(b + 2), n_values);
    assert_int_equal(found, n_values - (n_values + 2) / 3);
    release_guarded(a, n_bytes + 2);
    release_guarded(b, n_bytes + 2);
}

/* Any bands of a signature that ends at the end of its page. */
static void check_band_keys(const sr_kernels *kernels, size_t n_values, uint32_t n_rows)
{
    size_t n_bytes = n_values * sizeof(uint16_t);
    char *bytes = guarded(n_bytes);
    const uint16_t *values = (const uint16_t *)(const void *)bytes;
    uint32_t n_bands = (uint32_t)n_values / n_rows;
    uint32_t expected[MAX_LENGTH];
    fill_random(bytes, n_bytes, n_values);
    for (uint32_t first = 0; first < n_bands; first += 3) {
        char *out = guarded((n_bands - first) * sizeof(uint32_t));
        sr_kernels_scalar.band_keys(values, n_rows, first, n_bands, expected);
        kernels->band_keys(values, n_rows, first, n_bands, (uint32_t *)(void *)out);
        assert_memory_equal(out, expected, (n_bands - first) * sizeof(uint32_t));
        release_guarded(out, (n_bands - first) * sizeof(uint32_t));
    }
    release_guarded(bytes, n_bytes);
}

static void check_hash(const sr_kernels *kernels, size_t n_bytes)
{
    char *bytes = guarded(n_bytes);
    fill_random(bytes, n_bytes, n_bytes);
    uint64_t expected[2];
    uint64_t found[2];
    sr_kernels_scalar.hash_bytes(bytes, n_bytes, expected);
    kernels->hash_bytes(bytes, n_bytes, found);
    assert_memory_equal(found, expected, sizeof found);
    release_guarded(bytes, n_bytes);
}

/* Text of words, separators and now and then a byte beyond ASCII, at the end of its page. */
static void check_split(const sr_kernels *kernels, size_t n_bytes, uint64_t seed)
{
    static const char BYTES[] = "aZ09 kQ.\n'x7-e@[`{/:";
    char *text = guarded(n_bytes);
    for (size_t i = 0; i < n_bytes; i++) {
        seed = sr_mix64(seed + i);
        text[i] =
            seed % 97 == 0 ? (char)(0x80 + seed / 97 % 128) : BYTES[seed / 97 % (sizeof BYTES - 1)];
    }
    char folded[2][MAX_LENGTH + SR_SPLIT_SLACK];
    uint32_t places[4][MAX_LENGTH + SR_SPLIT_SLACK] = {{0}};
    sr_split expected = {places[0], places[1], seed % 2, 0};
    sr_split found = {places[2], places[3], seed % 2, 0};
    size_t n_expected = sr_kernels_scalar.split_ascii(text, n_bytes, folded[0], 1000, &expected);
    assert_int_equal(kernels->split_ascii(text, n_bytes, folded[1], 1000, &found), n_expected);
    assert_memory_equal(folded[0], folded[1], n_expected);
    assert_int_equal(found.n_starts, expected.n_starts);
    assert_int_equal(found.n_ends, expected.n_ends);
    assert_memory_equal(found.starts, expected.starts, found.n_starts * sizeof(uint32_t));
    assert_memory_equal(found.ends, expected.ends, found.n_ends * sizeof(uint32_t));
    release_guarded(text, n_bytes);
}

/* Text of one- and two-byte characters, now and then something else, through a made-up table. */
static void check_two_byte(const sr_kernels *kernels, size_t n_bytes, uint64_t seed)
{
    static uint32_t table[0x800];
    for (uint32_t c = 0; c < 0x800; c++) {
        uint32_t stop = c % 61 == 60 ? SR_TWO_BYTE_STOP : 0;
        uint32_t bytes = c < 0x80 ? (c ^ 1) : ((0xc0 | c >> 6) | (0x80 | (c & 0x3f)) << 8) ^ 0x100;
        table[c] = bytes | stop | (c % 5 ? SR_TWO_BYTE_WORD : 0);
    }
    char *text = guarded(n_bytes);
    for (size_t i = 0; i < n_bytes; i++) {
        seed = sr_mix64(seed + i);
        uint32_t c = (uint32_t)(seed >> 20 & 0x7ff);
        c -= c % 61 == 60 && seed % 8;
        bool wide = seed % 3 && c >= 0x80 && i + 1 < n_bytes;
        text[i] = (char)(wide ? 0xc0 | c >> 6 : seed % 211 ? c & 0x7f : c & 0xff);
        if (wide) {
            text[++i] = (char)(0x80 | (c & 0x3f));
        }
    }
    char folded[2][MAX_LENGTH + SR_SPLIT_SLACK];
    uint32_t places[4][MAX_LENGTH + SR_SPLIT_SLACK] = {{0}};
    sr_split expected = {places[0], places[1], seed % 2, 0};
    sr_split found = {places[2], places[3], seed % 2, 0};
    size_t n_expected =
        sr_kernels_scalar.split_two_byte(text, n_bytes, table, folded[0], 77, &expected);
    assert_int_equal(kernels->split_two_byte(text, n_bytes, table, folded[1], 77, &found),
                     n_expected);
    assert_memory_equal(folded[0], folded[1], n_expected);
    assert_int_equal(found.n_starts, expected.n_starts);
    assert_int_equal(found.n_ends, expected.n_ends);
    assert_memory_equal(found.starts, expected.starts, found.n_starts * sizeof(uint32_t));
    assert_memory_equal(found.ends, expected.ends, found.n_ends * sizeof(uint32_t));
    release_guarded(text, n_bytes);
}

/* A list whose bytes are mostly sound, at the end of its page but for the margin; and any marks. */
static void check_lists(const sr_kernels *kernels, size_t n, uint32_t width, uint64_t seed)
{
    size_t n_bytes = (n * (width + 2) + seed % 9 + 7) / 8;
    uint8_t *bytes = (uint8_t *)guarded(n_bytes + SR_UNPACK_MARGIN);
    fill_random(bytes, n_bytes + SR_UNPACK_MARGIN, seed + n);
    size_t n_low = n * width / 8; /* low parts that ascend, mostly: so that many lists are sound */
    for (size_t i = 0; i < n_low && seed % 2; i++) {
        bytes[i] = (uint8_t)(seed % 4 == 1 ? 0 : 0xff);
    }
    char *out = guarded(n * sizeof(uint32_t) + 4);
    uint32_t *found = (uint32_t *)(void *)(out + 4);
    uint32_t expected[MAX_LENGTH + 1];
    size_t end = sr_kernels_scalar.unpack_ascending(bytes, n_bytes, n, width, expected);
    assert_int_equal(kernels->unpack_ascending(bytes, n_bytes, n, width, found), end);
    if (end) {
        assert_memory_equal(found, expected, n * sizeof(uint32_t));
    }
    uint32_t marks[SR_MARK_WORDS];
    uint32_t places[2][MAX_LENGTH + SR_FIND_SLACK];
    fill_random(marks, sizeof marks, seed);
    fill_random(found, n * sizeof(uint32_t), seed + 1);
    size_t n_places = sr_kernels_scalar.find_marked(found, n, marks, places[0]);
    assert_int_equal(kernels->find_marked(found, n, marks, places[1]), n_places);
    assert_memory_equal(places[0], places[1], n_places * sizeof(uint32_t));
    release_guarded((char *)bytes, n_bytes + SR_UNPACK_MARGIN);
    release_guarded(out, n * sizeof(uint32_t) + 4);
}

/* Lists that are known to be sound: every number a fixed distance above the one before. */
static void check_even_lists(const sr_kernels *kernels, size_t n, uint32_t width, uint32_t distance)
{
    uint8_t bytes[MAX_LENGTH * 8 + 64] = {0};
    size_t at = n * width;
    for (size_t i = 0, upper = 0; i < n; i++, at++) {
        uint64_t number = (uint64_t)distance * i;
        for (uint32_t b = 0; b < width; b++) {
            size_t bit = i * width + b;
            bytes[bit / 8] |= (uint8_t)((number >> b & 1) << bit % 8);
        }
        at += (size_t)(number >> width) - upper;
        upper = (size_t)(number >> width);
        bytes[at / 8] |= (uint8_t)(1 << at % 8);
    }
    uint32_t found[MAX_LENGTH];
    size_t n_bytes = (at + 7) / 8;
    assert_int_equal(kernels->unpack_ascending(bytes, n_bytes, n, width, found), n ? at : 0);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(found[i], distance * i);
    }
    if (n > 1) { /* cut off, and not ascending */
        assert_int_equal(kernels->unpack_ascending(bytes, (at - 1) / 8, n, width, found), 0);
        for (size_t bit = 0; bit < n * width; bit++) {
            bytes[bit / 8] &= (uint8_t) ~(1u << bit % 8);
        }
        if (distance < 1u << width) {
            assert_int_equal(kernels->unpack_ascending(bytes, n_bytes, n, width, found), 0);
        }
    }
}

/* The same bits, and about what the definition says. */
/* Sums around their bounds, some of them equal. */
static void check_find_above(const sr_kernels *kernels, size_t n, uint64_t seed)
{
    float sums[MAX_LENGTH];
    uint8_t factors[MAX_LENGTH];
    uint32_t places[2][MAX_LENGTH + SR_FIND_SLACK];
    fill_random(factors, n, seed);
    for (size_t i = 0; i < n; i++) {
        sums[i] = 0.7F * (float)(factors[i] % 7 == 0 ? factors[i] : factors[n - 1 - i]);
    }
    for (int bound = 0; bound < 3; bound++) {
        size_t n_found =
            sr_kernels_scalar.find_above(sums, factors, 0.7F * (float)bound, n, places[0]);
        assert_int_equal(kernels->find_above(sums, factors, 0.7F * (float)bound, n, places[1]),
                         n_found);
        assert_memory_equal(places[0], places[1], n_found * sizeof(uint32_t));
        for (size_t k = 0; k < n_found; k++) {
            assert_true(sums[places[0][k]] > 0.7F * (float)bound * (float)factors[places[0][k]]);
        }
    }
}

static void check_mix(const sr_kernels *kernels, size_t n_vectors, uint64_t seed)
{
    enum { MAX = 8 };
    char *bytes[MAX];
    const int8_t *vectors[MAX];
    float weights[MAX];
    float query[SR_MIX_PLACES] = {0};
    double sum[SR_MIX_DIMENSIONS] = {0};
    double expected[2] = {0};
    for (size_t d = 0; d < SR_MIX_DIMENSIONS; d++) {
        query[d] = (float)(sr_mix64(seed + d) % 1000) / 5000.0F;
    }
    for (size_t i = 0; i < n_vectors; i++) {
        bytes[i] = guarded(SR_MIX_DIMENSIONS);
        fill_random(bytes[i], (seed + i) % 5 ? SR_MIX_DIMENSIONS : 0, seed + i);
        vectors[i] = (const int8_t *)bytes[i];
        weights[i] = (float)(sr_mix64(seed + i) % 100) / 100.0F;
        double squares = 1e-30;
        for (size_t d = 0; d < SR_MIX_DIMENSIONS; d++) {
            squares += (double)vectors[i][d] * (double)vectors[i][d];
        }
        for (size_t d = 0; d < SR_MIX_DIMENSIONS; d++) {
            sum[d] += (double)weights[i] * (double)vectors[i][d] / __builtin_sqrt(squares);
        }
    }
    for (size_t d = 0; d < SR_MIX_DIMENSIONS; d++) {
        expected[0] += sum[d] * (double)query[d];
        expected[1] += sum[d] * sum[d];
    }
    float scalar[2];
    float found[2];
    sr_kernels_scalar.mix_vectors(vectors, weights, n_vectors, query, &scalar[0], &scalar[1]);
    kernels->mix_vectors(vectors, weights, n_vectors, query, &found[0], &found[1]);
    assert_memory_equal(found, scalar, sizeof found);
    for (size_t i = 0; i < 2; i++) {
        double error = (double)found[i] - expected[i];
        assert_true(error < 1e-4 && error > -1e-4);
    }
    for (size_t i = 0; i < n_vectors; i++) {
        release_guarded(bytes[i], SR_MIX_DIMENSIONS);
    }
}

static void check_widths(const sr_kernels *kernels, size_t n)
{
    for (uint32_t width = 1; width <= SR_SHINGLE_MAX_WORDS; width += width < 6 ? 1 : 5) {
        check_shingles(kernels, n, width);
    }
    for (uint32_t width = 0; width <= 32; width += width < 26 ? 5 : 3) {
        check_lists(kernels, n, width, 1000 * width + n);
        uint32_t distance = (UINT32_C(3) << width) / 4 + 1;
        if (n < MAX_LENGTH && (uint64_t)distance * n <= UINT32_MAX) {
            check_even_lists(kernels, n, width, distance);
        }
    }
}

static void check_length(const sr_kernels *kernels, size_t n)
{
    check_minhash(kernels, n, n % 2 ? 128 : 256);
    check_equal(kernels, n);
    check_band_keys(kernels, n, 8);
    check_band_keys(kernels, n, (uint32_t)n % 7 + 1);
    check_find_above(kernels, n, n);
    check_mix(kernels, n % 8, n);
    check_hash(kernels, n);
    check_hash(kernels, 8 * n);
    check_widths(kernels, n);
    for (uint64_t seed = 0; seed < 8; seed++) {
        check_split(kernels, n, seed * 1000 + n);
        check_two_byte(kernels, n, seed * 1000 + n);
    }
    for (uint64_t seed = 0; seed < 8 && n < MAX_LENGTH; seed++) {
        check_words(kernels, n, seed * 1000 + n);
    }
}

static void every_table_equals_scalar(void **state)
{
    (void)state;
    for (size_t t = 0; sr_kernels_at(t); t++) {
        const sr_kernels *kernels = sr_kernels_at(t);
        if (!kernels->supported()) {
            print_message("this machine has no %s: not compared\n", kernels->name);
            continue;
        }
        for (size_t n = 0; n <= MAX_LENGTH; n++) {
            check_length(kernels, n);
        }
    }
}

/* A shingle count past the byte counters of SimHash. */
static void long_texts_do_not_overflow(void **state)
{
    (void)state;
    enum { LONG = 5000 };
    static uint32_t shingles[LONG];
    for (size_t t = 0; sr_kernels_at(t); t++) {
        if (sr_kernels_at(t)->supported()) {
            uint32_t votes[2][SR_SIMHASH_BITS] = {{0}};
            sr_kernels_scalar.simhash_update(shingles, LONG, votes[0]);
            sr_kernels_at(t)->simhash_update(shingles, LONG, votes[1]);
            assert_memory_equal(votes[0], votes[1], sizeof votes[0]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_equals_scalar),
        cmocka_unit_test(long_texts_do_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
