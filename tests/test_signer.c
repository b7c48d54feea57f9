/* test_signer.c — signatures: known values, what they estimate, and what they must not confuse. */
#include "base/buffer.h"
#include "sketch/compare.h"
#include "sketch/params.h"
#include "sketch/signer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static sr_signature sign(const sr_params *params, const char *text)
{
    sr_str view = sr_str_of(text);
    sr_signature signature;
    assert_int_equal(sr_sign_texts(params, &view, 1, &signature), SR_OK);
    return signature;
}

/* Golden: a change here is a change of SR_HASH_VERSION or SR_NORMALISER_VERSION, and makes every
 * store unreadable. */
static void signatures_do_not_change(void **state)
{
    (void)state;
    sr_params params;
    sr_params_init(&params);
    sr_signature s =
        sign(&params, "The quick brown fox jumps over the lazy dog near the river bank.");
    assert_int_equal(s.n_words, 13);
    assert_int_equal(s.n_shingles, 9);
    uint64_t digest = 0;
    for (uint32_t i = 0; i < params.n_values; i++) {
        digest = sr_mix64(digest ^ s.values[i]);
    }
    assert_int_equal(digest, 0xeca5b84ec8598391U);
    assert_int_equal(s.simhash, 0xe6708cd22ee00401U);
    assert_int_equal(s.content[0], 0x7f384177b9adff1dU);
}

static void case_and_punctuation_do_not_count(void **state)
{
    (void)state;
    sr_params params;
    sr_params_init(&params);
    sr_signature a = sign(&params, "Rain, again: the harbour closes at six o'clock.");
    sr_signature b = sign(&params, "RAIN AGAIN the harbour - closes at six O clock");
    assert_memory_equal(&a, &b, sizeof a);
}

static void empty_articles_equal_nothing(void **state)
{
    (void)state;
    sr_params params;
    sr_params_init(&params);
    sr_signature a = sign(&params, "");
    sr_signature b = sign(&params, " … !? ");
    uint32_t keys[16];
    assert_int_equal(a.n_words, 0);
    assert_int_equal(b.n_words, 0);
    assert_false(sr_signature_band_keys(&params, &a, keys));
    assert_true(sr_signature_jaccard(&params, &a, &b) == 0.0);
    sr_signature one = sign(&params, "word");
    assert_int_equal(one.n_shingles, 1);
    assert_true(sr_signature_band_keys(&params, &one, keys));
}

static void words_differ_at_every_length(void **state)
{
    (void)state;
    sr_params params;
    sr_params_init(&params);
    char text[80];
    sr_signature previous = sign(&params, "a");
    for (size_t n = 2; n < sizeof text; n++) {
        memset(text, 'a', n);
        text[n - 1] = 'b';
        text[n] = '\0';
        sr_signature longer = sign(&params, text);
        assert_int_equal(longer.n_words, 1);
        assert_int_not_equal(longer.content[0], previous.content[0]);
        previous = longer;
    }
}

/* Sets made of codes of words are as large, and have as much in common, as those made of texts. */
static void codes_stand_for_words(void **state)
{
    (void)state;
    sr_params params;
    sr_params_init(&params);
    sr_signer *signer = NULL;
    assert_int_equal(sr_signer_create(&params, &signer), SR_OK);
    sr_shingle_set of_texts[2] = {{0}};
    sr_shingle_set of_codes[2] = {{0}};
    for (size_t n_words = 0; n_words < 300; n_words += 1 + n_words / 3) {
        for (unsigned side = 0; side < 2; side++) {
            sr_buffer text;
            char codes[300 * SR_WORD_CODE_BYTES];
            sr_buffer_init(&text, SR_BUFFER_NO_LIMIT);
            for (size_t w = 0; w < n_words; w++) { /* every 20th word is another one */
                unsigned word = (unsigned)(w % 90 + (w % 20 == 7 ? 1000 * side : 0));
                assert_int_equal(sr_buffer_append_format(&text, "w%u ", word), SR_OK);
            }
            assert_int_equal(sr_signer_shingle_set(signer, sr_buffer_view(&text), &of_texts[side]),
                             SR_OK);
            assert_int_equal(sr_signer_words(signer)->n_words, n_words);
            sr_signer_word_codes(signer, codes);
            assert_int_equal(
                sr_signer_shingle_codes(signer, sr_str_make(codes, n_words * SR_WORD_CODE_BYTES),
                                        &of_codes[side]),
                SR_OK);
            assert_int_equal(of_codes[side].n_values, of_texts[side].n_values);
            sr_buffer_release(&text);
        }
        assert_int_equal(sr_shingle_set_common(&of_codes[0], &of_codes[1]),
                         sr_shingle_set_common(&of_texts[0], &of_texts[1]));
    }
    for (unsigned side = 0; side < 2; side++) {
        sr_shingle_set_release(&of_texts[side]);
        sr_shingle_set_release(&of_codes[side]);
    }
    sr_signer_free(signer);
}

static void bad_parameters_are_refused(void **state)
{
    (void)state;
    sr_params params;
    sr_error error;
    sr_params_init(&params);
    assert_int_equal(sr_params_check(&params, &error), SR_OK);
    params.rows = 9;
    assert_int_equal(sr_params_check(&params, &error), SR_ERR_ARGUMENT);
    sr_params_init(&params);
    params.n_values = 100;
    assert_int_equal(sr_params_check(&params, &error), SR_ERR_ARGUMENT);
    sr_params_init(&params);
    params.shingle_words = 17;
    assert_int_equal(sr_params_check(&params, &error), SR_ERR_ARGUMENT);
}

static void params_survive_json(void **state)
{
    (void)state;
    sr_params params;
    sr_params read;
    sr_error error;
    char json[512];
    sr_params_init(&params);
    params = (sr_params){
        .seed = UINT64_MAX - 5, .n_values = 256, .shingle_words = 3, .bands = 42, .rows = 3};
    assert_int_equal(sr_params_to_json(&params, json, sizeof json), SR_OK);
    assert_int_equal(sr_params_to_json(&params, json, 20), SR_ERR_LIMIT);
    assert_int_equal(sr_params_to_json(&params, json, sizeof json), SR_OK);
    assert_int_equal(sr_params_from_json(sr_str_of(json), &read, &error), SR_OK);
    assert_memory_equal(&params, &read, sizeof params);
    static const char *const BAD[] = {
        "",
        "[]",
        "{}",
        "{\"minhash\":\"mul4\",\"hash\":1,\"normaliser\":1,\"seed\":\"1\",\"values\":128,"
        "\"shingle\":5,"
        "\"bands\":16,\"rows\":8}",
        "{\"minhash\":\"mul4\",\"hash\":99,\"normaliser\":1,\"seed\":\"0000000000000001\","
        "\"values\":128,"
        "\"shingle\":5,\"bands\":16,\"rows\":8}",
        "{\"minhash\":\"mul4\",\"hash\":1,\"normaliser\":1,\"seed\":\"0000000000000001\","
        "\"values\":128,"
        "\"shingle\":5,\"bands\":17,\"rows\":8}",
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        assert_int_equal(sr_params_from_json(sr_str_of(BAD[i]), &read, &error), SR_ERR_FORMAT);
    }
}

enum { TRIALS = 3000, SET = 60 };

/* Values of a random set whose first `n_common` members belong to both sides. */
static void sign_random_set(const sr_minhash_family *family, uint64_t trial, uint64_t side,
                            size_t n_common, uint16_t *low)
{
    uint32_t values[SR_MINHASH_MAX_VALUES];
    uint32_t shingles[SET];
    for (uint64_t i = 0; i < SET; i++) {
        uint64_t tag = i < n_common ? 0 : side + 1;
        shingles[i] = (uint32_t)(sr_mix64(trial << 32 | tag << 16 | i) >> 32);
    }
    sr_minhash_begin(family, values);
    sr_kernels_get()->minhash_update(family, shingles, SET, values);
    for (size_t i = 0; i < 4 * (size_t)family->n_permutations; i++) {
        low[i] = (uint16_t)values[i];
    }
}

/* Error of the estimate over random sets of a known Jaccard: RMSE ≤ 1.08 × √(J(1−J)/k), no bias.
 * Deterministic. */
static void estimates_are_as_good_as_theory(void **state)
{
    (void)state;
    const double wanted[] = {.2, .5, .8};
    for (size_t w = 0; w < 3; w++) {
        size_t n_common = (size_t)(2 * SET * wanted[w] / (1 + wanted[w]) + .5);
        double jaccard = (double)n_common / (double)(2 * SET - n_common);
        double sum = 0;
        double squares = 0;
        for (uint64_t trial = 0; trial < TRIALS; trial++) {
            sr_params params;
            sr_params_init(&params);
            params.seed = trial;
            sr_minhash_family family;
            sr_params_minhash_family(&params, &family);
            uint16_t low[2][SR_MINHASH_MAX_VALUES];
            sign_random_set(&family, trial, 0, n_common, low[0]);
            sign_random_set(&family, trial, 1, n_common, low[1]);
            double error = sr_values_jaccard(low[0], low[1], params.n_values) - jaccard;
            sum += error;
            squares += error * error;
        }
        double theory = sqrt(jaccard * (1 - jaccard) / 128);
        assert_true(sqrt(squares / TRIALS) < 1.08 * theory);
        assert_true(fabs(sum / TRIALS) < 0.003);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_do_not_change),
        cmocka_unit_test(case_and_punctuation_do_not_count),
        cmocka_unit_test(empty_articles_equal_nothing),
        cmocka_unit_test(words_differ_at_every_length),
        cmocka_unit_test(codes_stand_for_words),
        cmocka_unit_test(bad_parameters_are_refused),
        cmocka_unit_test(params_survive_json),
        cmocka_unit_test(estimates_are_as_good_as_theory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
