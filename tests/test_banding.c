/* test_banding.c — bands × rows from threshold and recall, and that real signatures follow the
 * curve they promise. */
#include "base/bytes.h"
#include "sketch/banding.h"
#include "sketch/compare.h"
#include "sketch/params.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void the_known_curves(void **state)
{
    (void)state;
    assert_float_equal(sr_banding_meets(16, 8, 0.8), 0.9475, 0.0005);
    assert_float_equal(sr_banding_meets(9, 13, 0.8), 0.3986, 0.0005);
    assert_float_equal(sr_banding_meets(32, 4, 0.5), 0.8732, 0.0005);
    assert_float_equal(sr_banding_meets(1, 1, 0.25), 0.25, 1e-12);
    assert_float_equal(sr_banding_meets(16, 8, 1.0), 1.0, 0.0);
    assert_float_equal(sr_banding_meets(16, 8, 0.0), 0.0, 0.0);
}

/* What is chosen reaches the recall; one row more would not, whatever the number of bands; nor
 * would one band less. */
static void the_choice_is_the_steepest(void **state)
{
    (void)state;
    for (uint32_t n_values = 128; n_values <= 256; n_values += 128) {
        for (int t = 30; t <= 95; t += 5) {
            for (int r = 50; r <= 99; r += 7) {
                uint32_t bands = 0;
                uint32_t rows = 0;
                double threshold = t / 100.0;
                double recall = r / 100.0;
                assert_true(sr_banding_choose(n_values, threshold, recall, &bands, &rows));
                assert_true(bands * rows <= n_values && bands <= 128);
                assert_true(sr_banding_meets(bands, rows, threshold) >= recall);
                assert_true(bands == 1 || sr_banding_meets(bands - 1, rows, threshold) < recall);
                assert_true(sr_banding_meets(n_values / (rows + 1), rows + 1, threshold) < recall);
            }
        }
    }
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    sr_params params;
    sr_error error = {0};
    sr_params_init(&params);
    sr_params before = params;
    assert_int_equal(sr_params_choose_bands(&params, 0.001, 0.999, &error), SR_ERR_LIMIT);
    assert_int_equal(sr_params_choose_bands(&params, 0.0, 0.9, &error), SR_ERR_ARGUMENT);
    assert_int_equal(sr_params_choose_bands(&params, 1.1, 0.9, &error), SR_ERR_ARGUMENT);
    assert_int_equal(sr_params_choose_bands(&params, 0.7, 1.0, &error), SR_ERR_ARGUMENT);
    assert_memory_equal(&params, &before, sizeof params);
    assert_int_equal(sr_params_choose_bands(&params, 0.5, 0.9, &error), SR_OK);
    assert_true(sr_params_recall(&params, 0.5) >= 0.9);
}

/* Signatures of two random sets of shingles with this overlap. */
enum { SHINGLES = 400 };

static bool pair_meets(const sr_params *params, const sr_minhash_family *family, double jaccard,
                       uint64_t *random)
{
    uint32_t values[2][SR_MINHASH_MAX_VALUES];
    uint16_t low[2][SR_MINHASH_MAX_VALUES];
    uint32_t shingles[2][SHINGLES];
    size_t n_common = (size_t)(2.0 * SHINGLES * jaccard / (1.0 + jaccard) + 0.5);
    for (size_t i = 0; i < SHINGLES; i++) {
        shingles[0][i] = (uint32_t)(*random = sr_mix64(*random + 1));
        shingles[1][i] =
            i < n_common ? shingles[0][i] : (uint32_t)(*random = sr_mix64(*random + 1));
    }
    uint32_t keys[2][SR_MINHASH_MAX_VALUES];
    for (int side = 0; side < 2; side++) {
        sr_minhash_begin(family, values[side]);
        sr_kernels_get()->minhash_update(family, shingles[side], SHINGLES, values[side]);
        for (uint32_t v = 0; v < params->n_values; v++) {
            low[side][v] = (uint16_t)values[side][v];
        }
        sr_values_band_keys(params, low[side], keys[side]);
    }
    bool meets = false;
    for (uint32_t b = 0; b < params->bands; b++) {
        meets |= keys[0][b] == keys[1][b];
    }
    return meets;
}

/* 2,000 pairs at each point: the standard error is at most .011. */
static void signatures_follow_the_curve(void **state)
{
    (void)state;
    enum { PAIRS = 2000 };
    static const struct {
        double threshold, recall;
    } WISHES[] = {{0.7, 0.95}, {0.5, 0.9}, {0.8, 0.6}};
    uint64_t random = 7;
    for (size_t w = 0; w < SR_ARRAY_COUNT(WISHES); w++) {
        sr_params params;
        sr_minhash_family family;
        sr_params_init(&params);
        assert_int_equal(
            sr_params_choose_bands(&params, WISHES[w].threshold, WISHES[w].recall, NULL), SR_OK);
        sr_params_minhash_family(&params, &family);
        for (int shift = -2; shift <= 2; shift++) {
            double jaccard = WISHES[w].threshold + 0.08 * shift;
            size_t n_common = (size_t)(2.0 * SHINGLES * jaccard / (1.0 + jaccard) + 0.5);
            double exact = (double)n_common / (double)(2 * SHINGLES - n_common);
            int n_met = 0;
            for (int i = 0; i < PAIRS; i++) {
                n_met += pair_meets(&params, &family, jaccard, &random);
            }
            assert_float_equal((double)n_met / PAIRS, sr_params_recall(&params, exact), 0.04);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_known_curves),
        cmocka_unit_test(the_choice_is_the_steepest),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(signatures_follow_the_curve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
