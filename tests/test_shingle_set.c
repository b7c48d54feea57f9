/* test_shingle_set.c — sets against a comparison of all values with all. */
#include "sketch/shingle_set.h"

#include "base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MAX_SHINGLES = 700 };

/* Few different values, so that many repeat; 0 and neighbours in the table among them. */
static void draw(uint32_t *shingles, size_t n, uint64_t seed)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t drawn = sr_mix64(seed + i) % (2 * n);
        shingles[i] = drawn % 5 ? (uint32_t)sr_mix64(drawn) : (uint32_t)(drawn / 5);
    }
}

static bool stands_in(const uint32_t *values, size_t n_values, uint32_t value)
{
    for (size_t i = 0; i < n_values; i++) {
        if (values[i] == value) {
            return true;
        }
    }
    return false;
}

static size_t distinct(uint32_t *shingles, size_t n)
{
    size_t n_distinct = 0;
    for (size_t i = 0; i < n; i++) {
        if (!stands_in(shingles, n_distinct, shingles[i])) {
            shingles[n_distinct++] = shingles[i];
        }
    }
    return n_distinct;
}

static void counts_as_comparing_all_with_all(void **state)
{
    (void)state;
    sr_shingle_set a = {0};
    sr_shingle_set b = {0};
    for (size_t n = 0; n <= MAX_SHINGLES; n = n * 3 / 2 + 1) {
        uint32_t left[MAX_SHINGLES];
        uint32_t right[MAX_SHINGLES];
        size_t n_right = n / 2;
        draw(left, n, n);
        draw(right, n_right, n + n / 3);
        assert_int_equal(sr_shingle_set_fill(&a, left, n), SR_OK);
        assert_int_equal(sr_shingle_set_fill(&b, right, n_right), SR_OK);
        size_t n_left = distinct(left, n);
        n_right = distinct(right, n_right);
        size_t n_common = 0;
        for (size_t i = 0; i < n_right; i++) {
            n_common += stands_in(left, n_left, right[i]);
            assert_int_equal(sr_shingle_set_has(&a, right[i]), stands_in(left, n_left, right[i]));
        }
        assert_int_equal(a.n_values, n_left);
        assert_int_equal(b.n_values, n_right);
        assert_memory_equal(b.values, right, n_right * sizeof *right);
        assert_int_equal(sr_shingle_set_common(&a, &b), n_common);
        assert_int_equal(sr_shingle_set_common(&b, &a), n_common);
        assert_false(sr_shingle_set_has(&a, 0xfffffff1U));
    }
    sr_shingle_set_release(&a);
    sr_shingle_set_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(counts_as_comparing_all_with_all)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
