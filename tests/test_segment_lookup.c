/* test_segment_lookup.c — finding a hash among sorted ones, evenly spread or not, equals a walk; so
 * does finding a key of a band. */
#include "store/segment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MAX_HASHES = 300, ROUNDS = 4000, SEEKS = 40, SPREADS = 4 };

static int compare_hashes(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Even; only low; with many equal ones; only high. */
static uint64_t spread(uint64_t random, size_t kind)
{
    const uint64_t values[SPREADS] = {random, random >> 40, random % 50, ~(random % 1000)};
    return values[kind];
}

static void seek_equals_a_walk(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (size_t round = 0; round < ROUNDS; round++) {
        uint64_t hashes[MAX_HASHES];
        size_t n = 1 + round % MAX_HASHES;
        size_t kind = round % SPREADS;
        for (size_t i = 0; i < n; i++) {
            random = sr_mix64(random + 1);
            hashes[i] = spread(random, kind);
        }
        qsort(hashes, n, sizeof *hashes, compare_hashes);
        for (size_t q = 0; q < SEEKS; q++) {
            random = sr_mix64(random + 3);
            uint64_t wanted =
                q % 2 ? hashes[random % n] + (random >> 20) % 3 - 1 : spread(random, kind);
            size_t from = q % 5 ? 0 : random % n;
            size_t expected = from;
            while (expected < n && hashes[expected] < wanted) {
                expected++;
            }
            assert_int_equal(sr_hash_seek(hashes, n, from, wanted), expected);
        }
    }
    assert_int_equal(sr_hash_seek(NULL, 0, 0, 5), 0);
}

/* The second band of a segment that has nothing but keys. */
static void band_equals_a_walk(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (size_t round = 0; round < ROUNDS; round++) {
        uint64_t sorted[MAX_HASHES];
        uint32_t entries[4 * MAX_HASHES] = {0};
        size_t n = 1 + round % MAX_HASHES;
        size_t kind = round % SPREADS;
        for (size_t i = 0; i < n; i++) {
            random = sr_mix64(random + 1);
            sorted[i] = spread(random, kind) >> (kind == 0 ? 32 : 0) & UINT32_MAX;
        }
        qsort(sorted, n, sizeof *sorted, compare_hashes);
        for (size_t i = 0; i < n; i++) {
            entries[2 * n + i] = (uint32_t)sorted[i];
        }
        _Atomic uint64_t proved = UINT64_MAX;
        sr_proof proof = {.blocks = (const uint8_t *)entries, .proved = &proved};
        sr_segment segment = {.band_entries = entries, .n_band_entries = n, .proof = &proof};
        for (size_t q = 0; q < SEEKS; q++) {
            random = sr_mix64(random + 3);
            uint32_t wanted = (uint32_t)(q % 2 ? sorted[random % n] + (random >> 20) % 3 - 1
                                               : spread(random, kind));
            size_t expected = 0;
            while (expected < n && sorted[expected] < wanted) {
                expected++;
            }
            sr_segment_expect_band(&segment, 1, wanted);
            assert_int_equal(sr_segment_band(&segment, 1, wanted).first, expected);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seek_equals_a_walk),
        cmocka_unit_test(band_equals_a_walk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
