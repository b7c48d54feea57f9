/* Furniture goes, prose stays. The texts are our own; the crawled example page is read where it is
 * at hand. */
#include "base/file.h"
#include "text/boilerplate.h"
#include "text/boilerplate_rules.h"
#include "text/tokenise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define PROSE_1                                                                                    \
    "The council voted on Monday to close the old bridge until May, after engineers found cracks " \
    "in two piers.\n"
#define PROSE_2                                                                                    \
    "Drivers will have to use the ring road. \"It is a nuisance,\" said the owner of a bakery "    \
    "near the river.\n"
#define PROSE_3                                                                                    \
    "Work starts in March and will cost four million, most of which the region has promised to "   \
    "pay.\n"
#define ARTICLE PROSE_1 PROSE_2 PROSE_3

/* The words that the cleaner gives away are those that the cleaned text has. */
static void assert_words_of(sr_str cleaned, const sr_words *words)
{
    sr_words own;
    sr_words_init(&own);
    assert_int_equal(sr_tokenise(&own, cleaned, false), SR_OK);
    assert_int_equal(words->n_words, own.n_words);
    for (size_t i = 0; i < own.n_words; i++) {
        assert_true(sr_str_equal(sr_word(words, i), sr_word(&own, i)));
    }
    sr_words_release(&own);
}

static void assert_cleaned(const char *text, const char *expected)
{
    static sr_cleaner cleaner; /* one for all, so that what a call leaves behind would show */
    static bool is_ready;
    if (!is_ready) {
        sr_cleaner_init(&cleaner);
        is_ready = true;
    }
    sr_str cleaned;
    sr_words *words;
    assert_int_equal(sr_boilerplate_remove(&cleaner, sr_str_of(text), &cleaned, &words), SR_OK);
    if (words) {
        assert_words_of(cleaned, words);
    }
    if (!sr_str_equal_text(cleaned, expected)) {
        print_message("got: %.*s\n", (int)cleaned.n_bytes, cleaned.data);
        assert_true(sr_str_equal_text(cleaned, expected));
    }
}

static void assert_kept(const char *text)
{
    assert_cleaned(text, text);
}

static void test_prose_is_kept(void **state)
{
    (void)state;
    assert_kept("");
    assert_kept("\n\n");
    assert_kept("Comments");
    assert_kept("Comments\n");
    assert_kept(ARTICLE);
    assert_kept("one line\r\nand another\r\n\r\n");
    assert_kept("\xff\xfe bad\n\x80\n");
    /* Phrases of the tables inside ordinary sentences, and at the ends of wrapped lines. */
    assert_kept(
        ARTICLE
        "Ministers would consider supporting the plan, and the paper invited comments.\n" ARTICLE);
    assert_kept(PROSE_1
                "Net profit rose to 31 cents a\nshare.\nHe made no further\ncomment.\n" PROSE_2);
    assert_kept(PROSE_1 "Shareholders may\nsubscribe to ordinary shares, the firm said.\n" PROSE_2);
    assert_kept(PROSE_1 "Comments?\n" PROSE_2);
    assert_kept(PROSE_1 "Related work on the pier was done in 1990.\n" PROSE_2);
    assert_kept(PROSE_1 "Read also the second letter, she told the court.\n" PROSE_2);
    assert_kept(PROSE_1 "Copyright law has changed since the song was written.\n" PROSE_2);
    assert_kept(PROSE_1
                "The privacy policy of the network was changed, and with it the terms.\n" PROSE_2);
}

static void test_lines_go(void **state)
{
    (void)state;
    static const char *const LINES[] = {
        "Read also: Ten bridges that are older than the town\n",
        "READ MORE: Ten bridges\n",
        "  Lesen Sie auch: Zehn alte Brücken\n",
        "Читайте также: десять мостов\n",
        "À lire aussi : dix ponts\n",
        "Lue myös: Kymmenen siltaa\n",
        "関連記事：十の橋\n",
        "Advertisement\n",
        "- ADVERTISEMENT -\n",
        "Share this article\n",
        "5 min read\n",
        "Sign up for our newsletter\n",
        "Get the news of the valley delivered to your inbox each morning.\n",
        "Subscribe to the Valley Herald today and save.\n",
        "Follow us on Telegram!\n",
        "We use cookies to improve your visit.\n",
        "We work hard to bring you this page. Consider supporting the Valley Herald.\n",
        "Copyright 2025 Valley Herald. All rights reserved.\n",
        "© Valley Herald\n",
        "Все права защищены.\n",
        "Recommended Stories\n",
        "Read more\n",
    };
    for (size_t i = 0; i < SR_ARRAY_COUNT(LINES); i++) {
        char text[1024];
        snprintf(text, sizeof text, "%s%s%s", PROSE_1, LINES[i], PROSE_2 PROSE_3);
        assert_cleaned(text, ARTICLE);
    }
}

static void test_heads_end_the_article(void **state)
{
    (void)state;
    static const char *const HEADS[] = {"Related Articles\n",
                                        "COMMENTS\n",
                                        "12 Comments\n",
                                        "Comments (3)\n",
                                        "No comments yet...\n",
                                        "Verwandte Artikel\n",
                                        "Похожие статьи\n",
                                        "関連記事\n",
                                        "Artículos relacionados:\n",
                                        "\xf0\x9f\x92\xac Leave a comment\n"};
    for (size_t i = 0; i < SR_ARRAY_COUNT(HEADS); i++) {
        char text[1024];
        snprintf(text, sizeof text, "%s\n%s%s", ARTICLE, HEADS[i],
                 "A reader wrote that the old bridge was his favourite.\n");
        assert_cleaned(text, ARTICLE "\n");
    }
}

static void test_early_heads(void **state)
{
    (void)state;
    /* Less than 40 % stands before: only the head's own line goes. */
    assert_cleaned(PROSE_1 "Comments\n" ARTICLE, PROSE_1 ARTICLE);
    assert_cleaned("Share\nComments\n" ARTICLE, ARTICLE);
    /* Two heads in a row are the foot of a page, however long it is. */
    assert_cleaned(
        ARTICLE "Comments\nNo comments yet\n\nRelated Articles\n" ARTICLE ARTICLE ARTICLE, ARTICLE);
    assert_cleaned(PROSE_1 "Comments\nNo comments yet\n" ARTICLE ARTICLE, PROSE_1 ARTICLE ARTICLE);
    /* Nothing but links follows. */
    assert_cleaned(PROSE_1 PROSE_2
                   "Also read\nTen old bridges\nWhy is the ring road so slow?\nMayor opens fair\n",
                   PROSE_1 PROSE_2);
    assert_cleaned(PROSE_1 PROSE_2 "Also read\nTen old bridges\n" PROSE_3,
                   PROSE_1 PROSE_2 "Ten old bridges\n" PROSE_3);
}

/* The search goes by halves and compares folded words. */
static void test_tables(void **state)
{
    (void)state;
    sr_words words;
    sr_words_init(&words);
    for (size_t i = 0; i < sr_anchored_rule_count; i++) {
        const sr_anchored_rule *rule = &sr_anchored_rules[i];
        assert_int_equal(rule->phrase[sizeof rule->phrase - 1], 0);
        assert_true(rule->uses != 0);
        assert_true(i == 0 || strcmp(sr_anchored_rules[i - 1].phrase, rule->phrase) < 0);
        assert_int_equal(sr_tokenise(&words, sr_str_of(rule->phrase), false), SR_OK);
        assert_true(sr_str_equal_text(sr_buffer_view(&words.folded), rule->phrase));
        char text[512];
        snprintf(text, sizeof text, "%s%s\n%s", PROSE_1 PROSE_2, rule->phrase, PROSE_3);
        if (rule->uses & (SR_RULE_LIST | SR_RULE_LINE) && !(rule->uses & SR_RULE_HEAD)) {
            assert_cleaned(text, ARTICLE);
        } else if (rule->uses & SR_RULE_HEAD) {
            assert_cleaned(text, PROSE_1 PROSE_2);
        }
    }
    for (size_t i = 0; i < sr_inner_rule_count; i++) {
        const sr_inner_rule *rule = &sr_inner_rules[i];
        assert_int_equal(rule->phrase[sizeof rule->phrase - 1], 0);
        assert_int_equal(rule->also[sizeof rule->also - 1], 0);
        assert_true(i == 0 || strcmp(sr_inner_rules[i - 1].phrase, rule->phrase) <= 0);
        char text[512];
        snprintf(text, sizeof text, "%sAnd: %s - %s\n%s", PROSE_1, rule->phrase, rule->also,
                 PROSE_2 PROSE_3);
        assert_cleaned(text, ARTICLE);
    }
    sr_words_release(&words);
}

static void test_example_page(void **state)
{
    (void)state;
    sr_buffer page, out;
    sr_buffer_init(&page, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&out, SR_BUFFER_NO_LIMIT);
    if (sr_file_read_all(SR_TEST_SHARED "/data/example_page.txt", &page, NULL) != SR_OK) {
        print_message("the shared example page is not here\n");
        skip();
    }
    sr_cleaner cleaner;
    sr_str cleaned;
    sr_words *words;
    sr_cleaner_init(&cleaner);
    assert_int_equal(sr_boilerplate_remove(&cleaner, sr_buffer_view(&page), &cleaned, &words),
                     SR_OK);
    assert_words_of(cleaned, words);
    assert_int_equal(sr_buffer_append_str(&out, cleaned), SR_OK);
    sr_cleaner_release(&cleaner);
    assert_int_equal(sr_buffer_append(&out, "", 1), SR_OK);
    static const char *const GONE[] = {"Read also",   "working hard", "Hashtags",
                                       "AI Features", "Explore what", "Comments",
                                       "Related",     "Epoch",        "Pryluky"};
    for (size_t i = 0; i < SR_ARRAY_COUNT(GONE); i++) {
        assert_null(strstr(out.data, GONE[i]));
    }
    const char *last = "Moscow has so far rejected the proposal.\n";
    assert_true(out.n_bytes > 2000);
    assert_string_equal(out.data + out.n_bytes - 1 - strlen(last), last);
    sr_buffer_release(&page);
    sr_buffer_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prose_is_kept),
        cmocka_unit_test(test_lines_go),
        cmocka_unit_test(test_heads_end_the_article),
        cmocka_unit_test(test_early_heads),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_example_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
