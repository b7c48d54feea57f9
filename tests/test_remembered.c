/* test_remembered.c — evidence of pairs that were compared before. */
#include "dedup/remembered.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static sr_pair_evidence some_evidence(size_t n)
{
    return (sr_pair_evidence){.n_a = n,
                              .n_b = n + 1,
                              .n_common = n / 2,
                              .depth = SR_EVIDENCE_ALL,
                              .n_before_a = 3,
                              .n_before_b = 4,
                              .n_rest = 5,
                              .n_rest_shared = 6,
                              .n_facts_same = 7,
                              .n_facts_changed = 8};
}

static void a_pair_is_known_in_either_order(void **state)
{
    (void)state;
    sr_remembered *remembered = NULL;
    assert_int_equal(sr_remembered_create(0, &remembered), SR_OK);
    sr_pair_evidence put = some_evidence(100);
    sr_pair_evidence got;
    assert_false(sr_remembered_get(remembered, 0, 7, &got));
    sr_remembered_put(remembered, 7, 0, &put);
    assert_true(sr_remembered_get(remembered, 7, 0, &got));
    assert_int_equal(got.n_a, 100);
    assert_int_equal(got.n_b, 101);
    assert_int_equal(got.n_before_a, 3);
    assert_true(sr_remembered_get(remembered, 0, 7, &got));
    assert_int_equal(got.n_a, 101);
    assert_int_equal(got.n_b, 100);
    assert_int_equal(got.n_common, 50);
    assert_int_equal(got.n_before_a, 4);
    assert_int_equal(got.n_before_b, 3);
    assert_int_equal(got.n_rest, 5);
    assert_int_equal(got.n_rest_shared, 6);
    assert_int_equal(got.n_facts_same, 7);
    assert_int_equal(got.n_facts_changed, 8);
    assert_int_equal(got.depth, SR_EVIDENCE_ALL);
    assert_false(got.same_content);
    assert_false(sr_remembered_get(remembered, 0, 8, &got));
    sr_remembered_free(remembered);
}

static void a_full_table_forgets_and_never_mixes_up(void **state)
{
    (void)state;
    enum { N_PAIRS = 1 << 15 };
    sr_remembered *remembered = NULL;
    assert_int_equal(sr_remembered_create(1 << 12, &remembered), SR_OK);
    for (uint32_t i = 1; i <= N_PAIRS; i++) {
        sr_pair_evidence put = some_evidence(i);
        sr_remembered_put(remembered, i / 2, i + 1, &put);
    }
    size_t n_known = 0;
    for (uint32_t i = 1; i <= N_PAIRS; i++) {
        sr_pair_evidence got;
        if (sr_remembered_get(remembered, i / 2, i + 1, &got)) {
            n_known++;
            assert_int_equal(got.n_a, i);
        }
    }
    assert_in_range(n_known, 1 << 11, 1 << 12);
    sr_remembered_free(remembered);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pair_is_known_in_either_order),
        cmocka_unit_test(a_full_table_forgets_and_never_mixes_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
