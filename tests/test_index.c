/* test_index.c — union-find and band table against plain definitions. */
#include "base/bytes.h"
#include "index/band_table.h"
#include "index/union_find.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void smallest_member_is_the_root(void **state)
{
    (void)state;
    sr_union_find sets;
    assert_int_equal(sr_union_find_init(&sets, NULL, 100), SR_OK);
    assert_true(sr_union_find_join(&sets, 70, 30));
    assert_true(sr_union_find_join(&sets, 99, 70));
    assert_false(sr_union_find_join(&sets, 30, 99));
    assert_int_equal(sr_union_find_root(&sets, 99), 30);
    assert_true(sr_union_find_join(&sets, 99, 5));
    assert_int_equal(sr_union_find_root(&sets, 70), 5);
    assert_int_equal(sr_union_find_root(&sets, 6), 6);
    sr_union_find_release(&sets);
}

enum { BANDS = 4, DOCS = 3000, KEYS = 500 };

static void band_table_finds_what_a_scan_finds(void **state)
{
    (void)state;
    static uint32_t keys[DOCS][BANDS];
    uint64_t random = 42;
    sr_band_table *table;
    assert_int_equal(sr_band_table_create(BANDS, &table), SR_OK);
    for (uint32_t doc = 0; doc < DOCS; doc++) {
        for (uint32_t band = 0; band < BANDS; band++) {
            random = sr_mix64(random + 1);
            keys[doc][band] = (uint32_t)(random % KEYS);
        }
        const uint32_t *found;
        size_t n_found;
        assert_int_equal(sr_band_table_find(table, keys[doc], UINT32_MAX, &found, &n_found), SR_OK);
        size_t n_expected = 0;
        for (uint32_t other = 0; other < doc; other++) {
            bool shares = false;
            for (uint32_t band = 0; band < BANDS; band++) {
                shares |= keys[other][band] == keys[doc][band];
            }
            if (shares) {
                assert_true(n_expected < n_found);
                assert_int_equal(found[n_expected], other);
                n_expected++;
            }
        }
        assert_int_equal(n_found, n_expected);
        assert_int_equal(sr_band_table_add(table, keys[doc], doc), SR_OK);
    }
    const uint32_t *found;
    size_t n_found;
    assert_int_equal(sr_band_table_find(table, keys[7], 1, &found, &n_found), SR_OK);
    assert_true(n_found <= BANDS);
    sr_band_table_clear(table);
    assert_int_equal(sr_band_table_find(table, keys[7], 9, &found, &n_found), SR_OK);
    assert_int_equal(n_found, 0);
    sr_band_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(smallest_member_is_the_root),
        cmocka_unit_test(band_table_finds_what_a_scan_finds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
