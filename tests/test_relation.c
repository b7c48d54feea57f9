/* test_relation.c — the one decider: each relation, the thresholds' edges, empty articles, and
 * whole texts. */
#include "dedup/relation.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static sr_relation decide(bool same, size_t n_a, size_t n_b, size_t n_common)
{
    sr_thresholds thresholds;
    thresholds = (sr_thresholds){.jaccard = 0.7, .containment = 0.9};
    sr_pair_evidence evidence = {
        .same_content = same, .n_a = n_a, .n_b = n_b, .n_common = n_common};
    return sr_relation_decide(&thresholds, &evidence, NULL);
}

static void empty_articles_are_nothing_to_anything(void **state)
{
    (void)state;
    assert_int_equal(decide(true, 0, 0, 0), SR_RELATION_NONE);
    assert_int_equal(decide(false, 0, 40, 0), SR_RELATION_NONE);
    assert_int_equal(decide(false, 40, 0, 0), SR_RELATION_NONE);
}

static void thresholds_belong_to_the_relation(void **state)
{
    (void)state;
    assert_int_equal(decide(true, 3, 3, 3), SR_RELATION_EXACT);
    assert_int_equal(decide(false, 85, 85, 70), SR_RELATION_NEAR);      /* 70 / 100 */
    assert_int_equal(decide(false, 86, 85, 70), SR_RELATION_NONE);      /* 70 / 101 */
    assert_int_equal(decide(false, 20, 90, 18), SR_RELATION_CONTAINED); /* .9 of the shorter */
    assert_int_equal(decide(false, 90, 20, 18), SR_RELATION_CONTAINED);
    assert_int_equal(decide(false, 20, 90, 17), SR_RELATION_NONE);
    assert_int_equal(decide(false, 12, 90, 12), SR_RELATION_NONE); /* too short to say */
    assert_int_equal(decide(false, 90, 90, 0), SR_RELATION_NONE);
}

/* Likeness: Jaccard .4 (80 of 200), and of the rest so many words in common. */
static sr_pair_evidence with_rest(size_t n_shared, size_t n_same, size_t n_changed)
{
    return (sr_pair_evidence){.n_a = 140,
                              .n_b = 140,
                              .n_common = 80,
                              .depth = SR_EVIDENCE_ALL,
                              .n_rest = 100,
                              .n_rest_shared = n_shared,
                              .n_facts_same = n_same,
                              .n_facts_changed = n_changed};
}

static void what_is_left_and_the_facts_decide(void **state)
{
    (void)state;
    const sr_thresholds thresholds = {.jaccard = 0.55, .containment = 0.9};
    bool same_template = true;
    sr_pair_evidence evidence = with_rest(26, 0, 0); /* .4 + .6 · .26 = .556 */
    assert_int_equal(sr_relation_decide(&thresholds, &evidence, &same_template), SR_RELATION_NEAR);
    assert_false(same_template);
    evidence = with_rest(24, 0, 0);
    assert_int_equal(sr_relation_decide(&thresholds, &evidence, &same_template), SR_RELATION_NONE);
    assert_false(same_template);

    evidence = with_rest(60, 2, 4); /* facts .43 */
    assert_int_equal(sr_relation_decide(&thresholds, &evidence, &same_template), SR_RELATION_NONE);
    assert_true(same_template);
    evidence = with_rest(60, 40, 2); /* one changed number among many */
    assert_int_equal(sr_relation_decide(&thresholds, &evidence, &same_template), SR_RELATION_NEAR);

    evidence = with_rest(60, 19, 4); /* likeness .76, facts .83: a form … */
    assert_int_equal(sr_relation_decide(&thresholds, &evidence, &same_template), SR_RELATION_NONE);
    evidence.n_a = evidence.n_b = 210; /* … unless the texts are long */
    evidence.n_common = 120;
    assert_int_equal(sr_relation_decide(&thresholds, &evidence, &same_template), SR_RELATION_NEAR);
    evidence.n_rest_shared = 50; /* likeness .7: hardly the same release */
    assert_int_equal(sr_relation_decide(&thresholds, &evidence, &same_template), SR_RELATION_NONE);
}

/* A copy begins where its original does; a passage that two articles quote stands anywhere. */
static void a_quoted_passage_is_no_repeat(void **state)
{
    (void)state;
    const sr_thresholds thresholds = {.jaccard = 0.54, .containment = 0.9};
    sr_pair_evidence half = with_rest(24, 4, 0); /* .4 + .6 · .24 = .544 */
    assert_int_equal(sr_relation_decide(&thresholds, &half, NULL), SR_RELATION_NEAR);
    half.n_before_a = 36; /* a page's header */
    assert_int_equal(sr_relation_decide(&thresholds, &half, NULL), SR_RELATION_NEAR);
    half.n_before_a = 37;
    assert_int_equal(sr_relation_decide(&thresholds, &half, NULL), SR_RELATION_NONE);
    assert_false(sr_relation_is_kin(&thresholds, &half));
    half.n_rest_shared = 25; /* the rest tells of the same things */
    assert_int_equal(sr_relation_decide(&thresholds, &half, NULL), SR_RELATION_NEAR);

    sr_pair_evidence excerpt = {
        .n_a = 300, .n_b = 150, .n_common = 140, .depth = SR_EVIDENCE_ALL, .n_rest = 100};
    assert_int_equal(sr_relation_decide(&thresholds, &excerpt, NULL), SR_RELATION_CONTAINED);
    excerpt.n_before_a = 120;
    assert_int_equal(sr_relation_decide(&thresholds, &excerpt, NULL), SR_RELATION_NONE);
    assert_true(sr_relation_is_kin(&thresholds, &excerpt)); /* where a chain leads to it */
}

/* One report in two states: less is asked for, and the later one is told by the dates. */
static void updates_are_eased_by_url_or_title(void **state)
{
    (void)state;
    const sr_thresholds thresholds = {.jaccard = 0.55, .containment = 0.9};
    sr_pair_evidence evidence = with_rest(60, 2, 2); /* facts .6 */
    assert_int_equal(sr_relation_decide(&thresholds, &evidence, NULL), SR_RELATION_NONE);
    evidence.link = SR_UPDATE_SAME_TITLE;
    assert_int_equal(sr_relation_decide(&thresholds, &evidence, NULL), SR_RELATION_NONE);
    evidence.link = SR_UPDATE_SAME_URL;
    assert_int_equal(sr_relation_decide(&thresholds, &evidence, NULL), SR_RELATION_UPDATED);
    evidence = with_rest(10, 3, 1); /* likeness .46, facts .8 */
    evidence.link = SR_UPDATE_LIKE_TITLE;
    assert_int_equal(sr_relation_decide(&thresholds, &evidence, NULL), SR_RELATION_NONE);
    evidence.link = SR_UPDATE_SAME_TITLE;
    assert_int_equal(sr_relation_decide(&thresholds, &evidence, NULL), SR_RELATION_UPDATED);
    evidence.n_facts_changed = 0; /* another paper's copy is later, too */
    assert_int_equal(sr_relation_decide(&thresholds, &evidence, NULL), SR_RELATION_NEAR);
}

static sr_update_marks marks_over(const char *title, const char *url, const char *body)
{
    sr_words words;
    sr_words scratch;
    sr_update_marks marks;
    const sr_article article = {
        .title = sr_str_of(title), .url = sr_str_of(url), .published_s = 1000};
    sr_words_init(&words);
    sr_words_init(&scratch);
    assert_int_equal(sr_tokenise(&words, sr_str_of(body), false), SR_OK);
    assert_int_equal(sr_update_mark(&article, &words, &scratch, &marks), SR_OK);
    sr_words_release(&words);
    sr_words_release(&scratch);
    return marks;
}

static sr_update_marks marks_of(const char *title, const char *url)
{
    return marks_over(title, url, "");
}

static void a_pitch_for_a_text_tells_two_articles_apart(void **state)
{
    (void)state;
    static const char PITCH[] = "Readers like you keep us open. Please support our work today.";
    sr_update_marks ferry = marks_over("Old ferry terminal to close", "http://a.example/1", PITCH);
    sr_update_marks choir = marks_over("Choir wins prize in Halden", "http://a.example/2", PITCH);
    assert_true(sr_update_are_two(ferry, choir));
    sr_update_marks again = marks_over("Old ferry terminal to be shut", "http://b.example", PITCH);
    assert_false(sr_update_are_two(ferry, again)); /* one headline, changed */
    again = marks_over("Choir wins prize in Halden", "http://a.example/1", PITCH);
    assert_false(sr_update_are_two(ferry, again)); /* one page */

    static const char NEWS[] =
        "The old ferry terminal will close in May, the choir of Halden says.";
    ferry = marks_over("Old ferry terminal to be shut", "http://a.example/1", NEWS);
    choir = marks_over("Choir of Halden mourns old pier", "http://a.example/2", NEWS);
    assert_false(sr_update_are_two(ferry, choir)); /* the article under two headlines */

    static const char LISTS[] =
        "Old ferry terminal to close\nTen pillows that we tried\nLip balms for the winter";
    static const char LISTS_TOO[] =
        "Choir wins prize in Halden\nTen pillows that we tried\nLip balms for the winter";
    ferry = marks_over("Old ferry terminal to close", "http://a.example/1", LISTS);
    choir = marks_over("Choir wins prize in Halden", "http://a.example/2", LISTS_TOO);
    assert_true(sr_update_are_two(ferry, choir)); /* a line that is the title does not count … */
    static const char SENTENCE[] = "Old ferry terminal to close in May, the mayor says.";
    ferry = marks_over("Old ferry terminal to close", "http://a.example/1", SENTENCE);
    assert_false(sr_update_are_two(ferry, choir)); /* … the same words in a sentence do */
    ferry = marks_over("Old ferry terminal to close", "", "Old ferry terminal to close");
    assert_false(sr_update_are_two(ferry, choir)); /* the title is all there is */

    sr_thresholds thresholds;
    sr_thresholds_init(&thresholds);
    bool same_template;
    sr_pair_evidence evidence = {.n_a = 9, .n_b = 9, .n_common = 9, .same_content = true};
    assert_int_equal(sr_relation_decide(&thresholds, &evidence, NULL), SR_RELATION_EXACT);
    evidence.are_two = true;
    assert_int_equal(sr_relation_decide(&thresholds, &evidence, &same_template), SR_RELATION_NONE);
    assert_true(same_template);
}

static void titles_urls_and_dates_link(void **state)
{
    (void)state;
    sr_update_marks a = marks_of("Old ferry terminal of Port Almen to close", "http://a.example/1");
    sr_update_marks b = marks_of("UPDATE 2-Old Ferry Terminal of Port Almen to close", "");
    assert_int_equal(sr_update_link_of(a, 1000, b, 4600), SR_UPDATE_SAME_TITLE);
    assert_int_equal(sr_update_link_of(a, 1000, b, 1000), SR_UPDATE_NONE);
    assert_int_equal(sr_update_link_of(a, 1000, b, SR_TIME_UNKNOWN), SR_UPDATE_NONE);
    assert_int_equal(sr_update_link_of(b, 90000, a, 1000), SR_UPDATE_NONE); /* a day later */
    b = marks_of("Old ferry terminal of Port Almen closes", "http://b.example/1");
    assert_int_equal(sr_update_link_of(a, 1000, b, 4600), SR_UPDATE_NONE); /* 6 of 9 */
    b = marks_of("Old ferry terminal of Port Almen to be closed", "http://b.example/1");
    assert_int_equal(sr_update_link_of(a, 1000, b, 4600), SR_UPDATE_NONE); /* 7 of 10 */
    b = marks_of("The old ferry terminal of Port Almen to close", "http://b.example/1");
    assert_int_equal(sr_update_link_of(a, 1000, b, 4600), SR_UPDATE_LIKE_TITLE);
    b = marks_of("Something else", "http://a.example/1/#comments");
    assert_int_equal(sr_update_link_of(b, 900000, a, 1000), SR_UPDATE_SAME_URL);
    a = marks_of("Weather today", "");
    assert_true(a.title_words == 0 && a.url == 0); /* too few words to say something */
}

static void measures_are_shares(void **state)
{
    (void)state;
    sr_pair_evidence evidence = {.n_a = 10, .n_b = 40, .n_common = 5};
    sr_measures measures;
    sr_evidence_measure(&evidence, &measures);
    assert_true(measures.jaccard > 0.1111 && measures.jaccard < 0.1112);
    assert_true(measures.containment_a_in_b == 0.5 && measures.containment_b_in_a == 0.125);
    evidence = (sr_pair_evidence){0};
    sr_evidence_measure(&evidence, &measures);
    assert_true(measures.jaccard == 0.0 && measures.containment_a_in_b == 0.0);
}

static const char story[] =
    "The harbour council of Port Almen voted on Tuesday to close the old northern ferry terminal "
    "by the end of the year, after engineers had found cracks in two of its four main pillars. "
    "Travellers will be sent to the new terminal on the south bank, which opened last spring and "
    "has room for twice as many ships. The mayor said that the town would keep the old clock "
    "tower.";

/* Two fillings of one form; and one of them with another word that is no fact. */
static const char notice_a[] =
    "The ferry office said that on the line to Ostrey 412 tickets were sold in week 17, and 38 "
    "cars "
    "were taken. The next sailing is on 12 May at 6.40 from pier Nord, with captain Harl on board.";
static const char notice_b[] =
    "The ferry office said that on the line to Vellin 97 tickets were sold in week 22, and 5 cars "
    "were taken. The next sailing is on 30 June at 8.15 from pier Sund, with captain Mobeck on "
    "board.";
static const char notice_edited[] =
    "The ferry office said that on the line to Ostrey 412 tickets were bought in week 17, and 38 "
    "cars were taken. The next sailing is on 12 May at 6.40 from pier Nord, with captain Harl on "
    "board.";

static sr_verdict verify(const char *a, const char *b)
{
    sr_params params;
    sr_thresholds thresholds;
    sr_verdict verdict;
    sr_params_init(&params);
    sr_thresholds_init(&thresholds);
    assert_int_equal(sr_verify_pair(&params, &thresholds, sr_str_of(a), sr_str_of(b), &verdict),
                     SR_OK);
    return verdict;
}

/* 50 of 70 shingles, one fact of many another. */
static void a_brief_that_comes_days_later_is_another_notice(void **state)
{
    (void)state;
    const sr_thresholds thresholds = {.jaccard = 0.55, .containment = 0.9};
    const int64_t day_s = (int64_t)24 * 3600;
    const sr_pair_evidence brief = {.n_a = 60,
                                    .n_b = 60,
                                    .n_common = 50,
                                    .depth = SR_EVIDENCE_FACTS,
                                    .n_facts_same = 12,
                                    .n_facts_changed = 1};
    sr_pair_evidence evidence = brief;
    bool same_template = false;
    assert_int_equal(sr_relation_decide(&thresholds, &evidence, NULL), SR_RELATION_NEAR);
    evidence.a_later_s = day_s; /* a copy, or a correction */
    assert_int_equal(sr_relation_decide(&thresholds, &evidence, NULL), SR_RELATION_NEAR);
    evidence.a_later_s = -2 * day_s;
    assert_int_equal(sr_relation_decide(&thresholds, &evidence, &same_template), SR_RELATION_NONE);
    assert_true(same_template);
    evidence.a_later_s = 2 * day_s;
    assert_int_equal(sr_relation_decide(&thresholds, &evidence, NULL), SR_RELATION_NONE);
    evidence.n_facts_changed = 0;
    assert_int_equal(sr_relation_decide(&thresholds, &evidence, NULL), SR_RELATION_NEAR);
    evidence.n_facts_changed = 1;
    evidence.n_a = evidence.n_b = 160; /* an article */
    evidence.n_common = 140;
    assert_int_equal(sr_relation_decide(&thresholds, &evidence, NULL), SR_RELATION_NEAR);
    evidence = brief;
    evidence.a_later_s = 2 * day_s;
    evidence.link = SR_UPDATE_SAME_URL;
    assert_int_equal(sr_relation_decide(&thresholds, &evidence, NULL), SR_RELATION_UPDATED);
    assert_int_equal(sr_update_later_by(SR_TIME_UNKNOWN, 5), 0);
    assert_int_equal(sr_update_later_by(5, INT64_MIN + 1), 0); /* too far to say */
    assert_int_equal(sr_update_later_by(5, 7), -2);
}

static void a_form_filled_in_twice_is_no_repeat(void **state)
{
    (void)state;
    sr_params params;
    sr_params_init(&params);
    const sr_thresholds low = {.jaccard = 0.2, .containment = 0.9};
    sr_verdict verdict;
    assert_int_equal(
        sr_verify_pair(&params, &low, sr_str_of(notice_a), sr_str_of(notice_b), &verdict), SR_OK);
    assert_int_equal(verdict.relation, SR_RELATION_NONE);
    assert_true(verdict.same_template && verdict.facts < 0.3);
    verdict = verify(notice_a, notice_edited);
    assert_int_equal(verdict.relation, SR_RELATION_NEAR);
    assert_true(verdict.facts == 1.0 && !verdict.same_template);
}

static void whole_texts_are_judged(void **state)
{
    (void)state;
    sr_verdict verdict = verify(story, story);
    assert_int_equal(verdict.relation, SR_RELATION_EXACT);
    assert_true(verdict.jaccard == 1.0 && verdict.jaccard_estimate == 1.0);
    assert_int_equal(verdict.simhash_distance, 0);

    char upper[sizeof story];
    for (size_t i = 0; i < sizeof story; i++) {
        upper[i] = story[i] >= 'a' && story[i] <= 'z' ? (char)(story[i] - 32) : story[i];
    }
    assert_int_equal(verify(story, upper).relation, SR_RELATION_EXACT);

    char edited[sizeof story];
    memcpy(edited, story, sizeof story);
    memcpy(strstr(edited, "clock tower"), "stone tower", 11);
    verdict = verify(story, edited);
    assert_int_equal(verdict.relation, SR_RELATION_NEAR);
    assert_true(verdict.jaccard > 0.9 && verdict.jaccard < 1.0);

    char excerpt[sizeof story];
    memcpy(excerpt, story, sizeof story);
    *strstr(excerpt, " Travellers") = '\0';
    verdict = verify(excerpt, story);
    assert_int_equal(verdict.relation, SR_RELATION_CONTAINED);
    assert_true(verdict.containment_a_in_b == 1.0 && verdict.containment_b_in_a < 0.6);

    assert_int_equal(verify(story, "A quite different text about the price of barley in the "
                                   "inland markets, where nobody has seen a ferry.")
                         .relation,
                     SR_RELATION_NONE);
}

/* Nineteen words and their copy of twenty-one: most longer shingles are gone. */
static void short_texts_are_judged_by_pairs_of_words(void **state)
{
    (void)state;
    static const char brief[] = "the harbour council voted to close the old ferry terminal by the "
                                "end of this year after cracks were found";
    static const char copy[] = "the harbour council has voted to close the old northern ferry "
                               "terminal by the end of this year since cracks were found";
    static const char other[] = "the harbour council voted to build a new market hall by the end "
                                "of next year after traders were heard";
    sr_verdict verdict = verify(brief, copy);
    assert_int_equal(verdict.relation, SR_RELATION_NEAR);
    assert_true(verdict.jaccard < 0.243); /* below where likeness begins to count */
    assert_int_equal(verify(brief, other).relation, SR_RELATION_NONE);
}

static void texts_without_words_are_not_equal(void **state)
{
    (void)state;
    assert_int_equal(verify("", "").relation, SR_RELATION_NONE);
    assert_int_equal(verify(" -- ", " -- ").relation, SR_RELATION_NONE);
    assert_int_equal(verify("one", "one").relation, SR_RELATION_EXACT);
    assert_int_equal(verify("one", "two").relation, SR_RELATION_NONE);
}

static void bad_parameters_are_refused(void **state)
{
    (void)state;
    sr_params params;
    sr_thresholds thresholds;
    sr_params_init(&params);
    sr_thresholds_init(&thresholds);
    params.n_values = 100;
    sr_verdict verdict;
    assert_int_equal(sr_verify_pair(&params, &thresholds, sr_str_of("a"), sr_str_of("b"), &verdict),
                     SR_ERR_ARGUMENT);
}

/* In a brief the numbers stand side by side: none has a context that both texts have. */
static void other_numbers_make_another_notice(void **state)
{
    (void)state;
    sr_verdict changed =
        verify("the board of the mill declared a quarterly dividend of 12 cts payable on 3/14",
               "the board of the mill declared a quarterly dividend of 15 cts payable on 6/12");
    assert_int_equal(changed.relation, SR_RELATION_NONE);
    assert_true(changed.same_template);
    sr_verdict cut =
        verify("the board of the mill declared a quarterly dividend of 12 cts payable on 3/14",
               "the board of the mill declared a quarterly dividend of 12 cts payable soon");
    assert_int_equal(cut.relation, SR_RELATION_NEAR);
    changed = verify("the board of the mill declared its quarterly dividend, due on march 12",
                     "the board of the mill declared its quarterly dividend, due on june 15");
    assert_int_equal(changed.relation, SR_RELATION_NONE);
    assert_true(changed.same_template);
    cut = verify("the board of the mill declared its quarterly dividend, due on march 12",
                 "the board of the mill declared its quarterly dividend, due on short notice");
    assert_int_equal(cut.relation, SR_RELATION_NEAR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pitch_for_a_text_tells_two_articles_apart),
        cmocka_unit_test(empty_articles_are_nothing_to_anything),
        cmocka_unit_test(thresholds_belong_to_the_relation),
        cmocka_unit_test(what_is_left_and_the_facts_decide),
        cmocka_unit_test(a_quoted_passage_is_no_repeat),
        cmocka_unit_test(a_brief_that_comes_days_later_is_another_notice),
        cmocka_unit_test(a_form_filled_in_twice_is_no_repeat),
        cmocka_unit_test(updates_are_eased_by_url_or_title),
        cmocka_unit_test(titles_urls_and_dates_link),
        cmocka_unit_test(measures_are_shares),
        cmocka_unit_test(whole_texts_are_judged),
        cmocka_unit_test(short_texts_are_judged_by_pairs_of_words),
        cmocka_unit_test(texts_without_words_are_not_equal),
        cmocka_unit_test(other_numbers_make_another_notice),
        cmocka_unit_test(bad_parameters_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
