/* Terms: which stems and pairs an article gives, with which counts, and the words shown for them.
 */
#include "text/terms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static sr_term_extractor *extractor;

static int set_up(void **state)
{
    (void)state;
    return sr_term_extractor_create(&extractor) == SR_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    sr_term_extractor_free(extractor);
    return 0;
}

static void extract(const char *title, const char *text, const char *code, const sr_term **terms,
                    size_t *n_terms)
{
    sr_language language = sr_language_parse(sr_str_of(code));
    assert_int_equal(
        sr_terms_extract(extractor, sr_str_of(title), sr_str_of(text), &language, terms, n_terms),
        SR_OK);
    for (size_t i = 1; i < *n_terms; i++) {
        assert_true((*terms)[i - 1].hash < (*terms)[i].hash);
    }
}

static void show(char *shown, size_t n_shown, const sr_term *term)
{
    sr_str surface = sr_terms_surface(extractor, term);
    size_t used = strlen(shown);
    snprintf(shown + used, n_shown - used, "%s%.*s*%u", used ? ", " : "", (int)surface.n_bytes,
             surface.data, term->tf2);
}

/* Shown terms in the order of their first word, a single before its pair: "words*count" separated
 * by blanks. */
static void assert_terms(const char *title, const char *text, const char *code,
                         const char *expected)
{
    char shown[2048] = "";
    const sr_term *terms;
    size_t n_terms;
    extract(title, text, code, &terms, &n_terms);
    for (uint32_t place = 0; place < 2 * 2000; place++) {
        for (size_t i = 0; i < n_terms; i++) {
            if (2 * terms[i].first_word + sr_term_is_pair(terms[i].hash) == place) {
                show(shown, sizeof shown, &terms[i]);
            }
        }
    }
    assert_string_equal(shown, expected);
}

static bool has_term(const sr_term *terms, size_t n_terms, uint64_t hash)
{
    for (size_t i = 0; i < n_terms; i++) {
        if (terms[i].hash == hash) {
            return true;
        }
    }
    return false;
}

static void test_singles_and_pairs(void **state)
{
    (void)state;
    assert_terms("", "", "en", "");
    assert_terms("Prisoner Exchanges", "", "en", "Prisoner*4, Prisoner Exchanges*4, Exchanges*4");
    assert_terms("Prisoner Exchanges", "The prisoner exchange, prisoners.", "en",
                 "Prisoner*10, Prisoner Exchanges*7, Exchanges*7");
    assert_terms("", "alpha\tbeta\u00a0gamma", "en",
                 "alpha*3, alpha\tbeta*3, beta*3, beta\u00a0gamma*3, gamma*3");
    assert_terms("alpha", "beta", "en",
                 "alpha*4, beta*3"); /* no pair from the title into the text */
    assert_terms("", "alpha, beta\ngamma of delta-4", "en",
                 "alpha*3, beta*3, gamma*3, delta*3, 4*3");
    assert_terms("", "x X 7", "en", "x*6, x X*3, X 7*3, 7*3");
}

static void test_apostrophes(void **state)
{
    (void)state;
    assert_terms("", "Ukraine's army", "en", "Ukraine*3, Ukraine's army*3, army*3");
    assert_terms("", "Ukraine’s army", "en", "Ukraine*3, Ukraine’s army*3, army*3");
    assert_terms("", "army don't march", "en", "army*3, march*3");
    assert_terms("", "rock' s star", "en",
                 "rock*3, star*3"); /* an s that is no possessive is a stop word */
}

/* Words 1-60 of the body weigh 3, later ones 2; stop words count as words, a possessive s does not.
 */
static void test_lead(void **state)
{
    (void)state;
    char text[2048];
    for (int n_before = 58; n_before <= 60; n_before++) {
        int used = snprintf(text, sizeof text, "it's ");
        for (int i = 1; i < n_before; i++) {
            used += snprintf(text + used, sizeof text - (size_t)used, "the ");
        }
        snprintf(text + used, sizeof text - (size_t)used, "bridge");
        assert_terms("title", text, "en",
                     n_before < 60 ? "title*4, bridge*3" : "title*4, bridge*2");
    }
}

static void test_languages(void **state)
{
    (void)state;
    assert_terms("", "Die Brücken und die Brücke", "de", "Brücken*6");
    assert_terms("", "мосты и мост", "ru", "мосты*6");
    assert_terms("", "mosty i most", "pl", "mosty*3, most*3"); /* no Snowball for Polish */
    const sr_term *terms;
    size_t n_terms;
    sr_language language = 0;
    sr_str text =
        sr_str_of("The council said on Monday that it will close the bridge for repairs.");
    assert_int_equal(sr_terms_extract(extractor, sr_str_of(""), text, &language, &terms, &n_terms),
                     SR_OK);
    assert_int_equal(language, SR_LANGUAGE('e', 'n'));
}

static void test_characters(void **state)
{
    (void)state;
    assert_terms("市議会", "", "ja", "市議*4, 議会*4");
    assert_terms("", "橋。議会", "ja", "橋*3, 議会*3");
    assert_terms("", "新iPhone 15発売", "ja", "新*3, iPhone*3, iPhone 15*3, 15*3, 発売*3");
    assert_terms("", "다리 폐쇄", "ko", "다리*3, 폐쇄*3");
    const sr_term *terms;
    size_t n_terms;
    extract("", "議会", "ja", &terms, &n_terms);
    uint64_t hash = terms[0].hash;
    extract("", "ＡＢ 議会。", "zh", &terms, &n_terms);
    assert_true(
        has_term(terms, n_terms, hash)); /* the same characters are the same term in any language */
}

static void test_hashes(void **state)
{
    (void)state;
    const sr_term *terms;
    size_t n_terms;
    extract("", "alpha beta", "en", &terms, &n_terms);
    assert_int_equal(n_terms, 3);
    uint64_t pair = 0;
    for (size_t i = 0; i < 3; i++) {
        pair = sr_term_is_pair(terms[i].hash) ? terms[i].hash : pair;
    }
    assert_true(pair != 0);
    extract("", "beta alpha", "en", &terms, &n_terms);
    assert_false(has_term(terms, n_terms, pair)); /* the order counts */
}

/* Many terms: the table grows, the order holds, every count is right; the cache of the run before
 * changes nothing. */
static void test_many_terms(void **state)
{
    (void)state;
    sr_buffer text;
    sr_buffer_init(&text, SR_BUFFER_NO_LIMIT);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 30000; i++) {
            assert_int_equal(sr_buffer_append_format(&text, "q%d. ", i), SR_OK);
        }
    }
    assert_int_equal(sr_buffer_append(&text, "", 1), SR_OK);
    const sr_term *terms;
    size_t n_terms;
    for (int run = 0; run < 2; run++) {
        extract("", text.data, "en", &terms, &n_terms);
        assert_int_equal(n_terms, 30000);
        size_t n_lead = 0;
        for (size_t i = 0; i < n_terms; i++) {
            assert_true(terms[i].tf2 == 4 || terms[i].tf2 == 5);
            n_lead += terms[i].tf2 == 5;
        }
        assert_int_equal(n_lead, 60);
        assert_terms("small", "", "en", "small*4");
    }
    sr_buffer_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_singles_and_pairs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_apostrophes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_lead, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_languages, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_characters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_hashes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_many_terms, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
