/* The tokeniser against its definition: utf8proc's NFKC_Casefold, code point by code point and word
 * by word. */
#include "text/fold.h"
#include "text/tokenise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <utf8proc.h>

static const utf8proc_option_t NFKC_CASEFOLD =
    UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;

static int set_up(void **state)
{
    static sr_words words;
    sr_words_init(&words);
    *state = &words;
    return 0;
}

static int tear_down(void **state)
{
    sr_words_release(*state);
    return 0;
}

/* "word|word|…" of a text. */
static void assert_words(sr_words *words, const char *text, const char *expected)
{
    char joined[1024] = "";
    assert_int_equal(sr_tokenise(words, sr_str_of(text), true), SR_OK);
    for (size_t i = 0; i < words->n_words; i++) {
        sr_str word = sr_word(words, i);
        size_t used = strlen(joined);
        snprintf(joined + used, sizeof joined - used, "%s%.*s", i ? "|" : "", (int)word.n_bytes,
                 word.data);
    }
    assert_string_equal(joined, expected);
}

static void test_words(void **state)
{
    sr_words *words = *state;
    assert_words(words, "", "");
    assert_words(words, " \t\n--", "");
    assert_words(words, "Hello, World!", "hello|world");
    assert_words(words, "Don't mix it’s 3.14 a_b", "don|t|mix|it|s|3|14|a|b");
    assert_words(words, "STRASSE Straße ΣΊΣΥΦΟΣ", "strasse|strasse|σίσυφοσ");
    assert_words(words, "Ｆｕｌｌ－Ｗｉｄｔｈ１２", "full|width12");
    assert_words(words, "Москва́ ЁЛКА", "москва́|ёлка");
    assert_words(words, "cafe\u0301 CAFÉ", "café|café");
    assert_words(words, "x² ½ Ⅳ ①", "x2|12|iv|1");
    assert_words(words, "soft\u00adhyphen zero\u200djoin \u200d", "softhyphen|zerojoin");
    assert_words(words, "™ ☃ £5 a™b", "5|a|b");
    assert_words(words, "a\u0301\u0323 \u0301 b", "ạ́|b");
    assert_words(words, "ﷺ", "صلىاللهعليهوسلم");
}

static void test_words_that_stand_alone(void **state)
{
    sr_words *words = *state;
    assert_words(words, "漢字とカナ。ABC漢x", "漢|字|と|カ|ナ|abc|漢|x");
    assert_words(words, "データ", "デ|ー|タ");
    assert_words(words, "ｶﾞｷﾞ か\u3099", "ガ|ギ|が");
    assert_words(words, "한국어 2024년", "한|국|어|2024|년");
    assert_words(words, "\u1112\u1161\u11ab\u1100\u116e\u11a8", "한|국"); /* conjoining Jamo */
    assert_words(words, "\ud55c\u11a8", "\ud55c\u11a8");
    assert_words(words, "กำ ที่", "ก|\u0e4d\u0e32|ที่");
    assert_words(words, "ខ្មែរ", "ខ្|មែ|រ");
    assert_words(words, "⼀ 〇", "一|〇");
    assert_true(sr_word_is_alone(sr_str_of("漢")) && sr_word_is_alone(sr_str_of("ที่")));
    assert_false(sr_word_is_alone(sr_str_of("é")) || sr_word_is_alone(sr_str_of("हिन्दी")));
}

static void test_separators_and_raw_positions(void **state)
{
    sr_words *words = *state;
    const char *text = "Ａb, \xc3\x89t\xc3\xa9! \xff\xe2\x82 \xf0\x9f\x98\x80 e\u0301X\u00ad.";
    assert_int_equal(sr_tokenise(words, sr_str_of(text), true), SR_OK);
    assert_string_equal(words->folded.data, "ab, été! \ufffd\ufffd \xf0\x9f\x98\x80 éx.");
    assert_int_equal(words->n_bad_sequences, 2);
    static const char *const RAW[] = {"Ａb", "\xc3\x89t\xc3\xa9", "e\u0301X"};
    assert_int_equal(words->n_words, 3);
    for (size_t i = 0; i < 3; i++) {
        sr_str raw =
            sr_str_make(text + words->raw_starts[i], words->raw_ends[i] - words->raw_starts[i]);
        assert_true(sr_str_equal_text(raw, RAW[i]));
    }
    assert_int_equal(sr_tokenise(words, sr_str_of("a b"), false), SR_OK);
    assert_null(words->raw_starts);
    for (size_t i = 0; i < SR_WORDS_PADDING; i++) {
        assert_int_equal(words->folded.data[words->folded.n_bytes + i], 0);
    }
}

/* Unicode 15, section 3.9: one U+FFFD for each maximal subpart. */
static void test_ill_formed(void **state)
{
    static const struct {
        const char *bytes;
        uint64_t n_bad;
    } CASES[] = {{"\x80", 1},
                 {"\xc0\xaf", 2},
                 {"\xe0\x80\x80", 3},
                 {"\xed\xa0\x80", 3},
                 {"\xf0\x90\x80", 1},
                 {"\xf4\x91\x92\x93", 4},
                 {"\xf1\x80\x80 \xe1\x80\xe2\xf0\x91", 4},
                 {"\xc3", 1}};
    sr_words *words = *state;
    for (size_t i = 0; i < SR_ARRAY_COUNT(CASES); i++) {
        assert_int_equal(sr_tokenise(words, sr_str_of(CASES[i].bytes), false), SR_OK);
        assert_int_equal(words->n_bad_sequences, CASES[i].n_bad);
        assert_int_equal(words->n_words, 0);
    }
    assert_words(words,
                 "ab\xe9"
                 "cd",
                 "ab|cd");
}

/* NFKC_Casefold of `text` without its separators. */
static size_t oracle(const char *text, size_t n_bytes, char *out)
{
    utf8proc_uint8_t *mapped;
    utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)n_bytes,
                                      &mapped, NFKC_CASEFOLD);
    assert_true(n >= 0);
    size_t n_out = 0;
    for (size_t at = 0; at < (size_t)n;) {
        uint32_t code_point;
        size_t length = sr_utf8_decode((const char *)mapped + at, (size_t)n - at, &code_point);
        if (sr_fold_class_of(sr_fold_lookup(code_point)) != SR_FOLD_SEPARATOR) {
            memcpy(out + n_out, mapped + at, length);
            n_out += length;
        }
        at += length;
    }
    free(mapped);
    return n_out;
}

static bool same_unicode(void)
{
    if (strcmp(utf8proc_unicode_version(), sr_fold_unicode_version) == 0) {
        return true;
    }
    print_message("utf8proc here is of Unicode %s, the table of %s\n", utf8proc_unicode_version(),
                  sr_fold_unicode_version);
    return false;
}

static void test_every_code_point(void **state)
{
    sr_words *words = *state;
    if (!same_unicode()) {
        skip();
    }
    size_t n_words = 0;
    for (uint32_t c = 0; c < 0x110000; c++) {
        if (c >= 0xd800 && c <= 0xdfff) {
            continue;
        }
        char text[SR_UTF8_MAX_BYTES], expected[256];
        size_t n_bytes = sr_utf8_encode(c, text);
        utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
        assert_int_equal(sr_tokenise(words, sr_str_make(text, n_bytes), false), SR_OK);
        bool letter = (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
                      (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
        if (words->n_words ==
            0) { /* all letters and digits but vanishing, Jamo and voicing marks are words */
            bool mark = sr_fold_class_of(sr_fold_lookup(c)) == SR_FOLD_MARK;
            assert_true(!letter || mark || oracle(text, n_bytes, expected) == 0);
            continue;
        }
        assert_true(letter || (c >= 0x2f00 && c <= 0x2fd5));
        assert_int_equal(words->n_words, 1);
        size_t n_expected = oracle(text, n_bytes, expected);
        assert_int_equal(sr_word(words, 0).n_bytes, n_expected);
        assert_memory_equal(sr_word(words, 0).data, expected, n_expected);
        n_words++;
    }
    assert_true(n_words > 130000);
}

static uint64_t next_random(uint64_t *seed)
{
    *seed += 0x9e3779b97f4a7c15U;
    return sr_mix64(*seed);
}

/* A code point of one class from the blocks where normalisation is busiest. */
static uint32_t random_code_point(uint64_t *seed, bool only_words)
{
    static const uint32_t BLOCKS[][2] = {
        {0x41, 0x24f},      {0x300, 0x36f},   {0x370, 0x52f},   {0x5b0, 0x6ff},
        {0x900, 0xdff},     {0x1e00, 0x1fff}, {0x1100, 0x11ff}, {0xfb00, 0xfdff},
        {0x1d400, 0x1d7ff}, {0x1b00, 0x1bff}, {0x0f00, 0x0fbc}, {0x11080, 0x11350},
        {0x1ab0, 0x1aff},   {0xac00, 0xac80}, {0x3040, 0x30ff}, {0xff01, 0xffdc}};
    for (;;) {
        const uint32_t *block = BLOCKS[next_random(seed) % SR_ARRAY_COUNT(BLOCKS)];
        uint32_t c = block[0] + (uint32_t)(next_random(seed) % (block[1] - block[0] + 1));
        sr_fold_class class = sr_fold_class_of(sr_fold_lookup(c));
        if (only_words ? class == SR_FOLD_WORD : class != SR_FOLD_SEPARATOR) {
            return c;
        }
    }
}

/* Words of letters, marks, Jamo and ignorables, also decomposed: each word of the split equals the
 * normal form of its own raw bytes; a word without characters that stand alone stays one. */
static void test_random_words(void **state)
{
    sr_words *words = *state;
    uint64_t seed = 1;
    if (!same_unicode()) {
        skip();
    }
    for (int round = 0; round < 300000; round++) {
        char text[256], expected[4096];
        size_t n_bytes = 0;
        for (size_t n = 1 + next_random(&seed) % 9; n > 0; n--) {
            n_bytes += sr_utf8_encode(random_code_point(&seed, n_bytes == 0), text + n_bytes);
        }
        assert_int_equal(sr_tokenise(words, sr_str_make(text, n_bytes), true), SR_OK);
        assert_true(words->n_words >= 1);
        size_t at = 0;
        for (size_t i = 0; i < words->n_words; i++) {
            uint32_t end = i + 1 < words->n_words ? words->raw_starts[i + 1] : (uint32_t)n_bytes;
            assert_int_equal(words->raw_starts[i], at);
            size_t n_expected = oracle(text + at, end - at, expected);
            assert_int_equal(sr_word(words, i).n_bytes, n_expected);
            assert_memory_equal(sr_word(words, i).data, expected, n_expected);
            at = end;
        }
    }
}

/* Growth in the middle of words, the largest expansion, a run of marks too long to be sorted at
 * once. */
static void test_long_texts(void **state)
{
    sr_words *words = *state;
    sr_buffer text;
    sr_buffer_init(&text, SR_BUFFER_NO_LIMIT);
    for (int i = 0; i < 20000; i++) {
        assert_int_equal(sr_buffer_append_text(&text, i % 7 ? "ﷺ" : "\xff x"), SR_OK);
    }
    assert_int_equal(sr_tokenise(words, sr_buffer_view(&text), true), SR_OK);
    assert_int_equal(words->n_bad_sequences, 2858);
    sr_buffer_clear(&text);
    assert_int_equal(sr_buffer_append_text(&text, "a"), SR_OK);
    for (int i = 0; i < 500000; i++) {
        assert_int_equal(sr_buffer_append_text(&text, i % 2 ? "\u0323" : "\u0301"), SR_OK);
    }
    assert_int_equal(sr_tokenise(words, sr_buffer_view(&text), false), SR_OK);
    assert_int_equal(words->n_words, 1);
    sr_buffer_release(&text);
    assert_int_equal(sr_tokenise(words, sr_str_make("x", (size_t)1 << 30), false), SR_ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_words_that_stand_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_separators_and_raw_positions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_ill_formed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_every_code_point, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_random_words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_long_texts, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
