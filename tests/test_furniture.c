/* test_furniture.c — what many different articles carry is learnt and does not count; what the
 * copies of one story carry is not. */
#include "dedup/furniture.h"

#include <setjmp.h>
#include <stdarg.h>

#include "made_articles.h"
#include <stdio.h>

enum { N_PAGES = 40, BODY_WORDS = 60, NOTICE_WORDS = 20 };

static int set_up(void **state)
{
    *state = calloc(1, sizeof(made_corpus));
    return *state && made_corpus_init(*state) ? 0 : -1;
}

static int tear_down(void **state)
{
    made_corpus_release(*state);
    free(*state);
    return 0;
}

/* Sentences of ten words out of a thousand, which the seed chooses. */
static void add_sentences(sr_buffer *text, uint64_t seed, size_t n_words)
{
    for (size_t i = 0; i < n_words; i++) {
        char word[32];
        int n = snprintf(word, sizeof word, "w%llu%s",
                         (unsigned long long)(sr_mix64(seed * 1000 + i) % 1000),
                         i % 10 == 9 ? ". " : " ");
        assert_int_equal(sr_buffer_append(text, word, (size_t)n), SR_OK);
    }
}

/* A page: header, body and footer, each of so many words of its seed. */
static void add_page(made_corpus *f, uint64_t header, size_t n_header, uint64_t body,
                     uint64_t footer, size_t n_footer)
{
    sr_buffer text;
    sr_buffer_init(&text, SR_BUFFER_NO_LIMIT);
    add_sentences(&text, header, n_header);
    add_sentences(&text, body, BODY_WORDS);
    add_sentences(&text, footer, n_footer);
    append_made_article(&f->articles, f->signer, sr_buffer_view(&text));
    sr_buffer_release(&text);
}

static bool together(made_corpus *f, uint32_t a, uint32_t b)
{
    return sr_union_find_root(&f->matches.near, a) == sr_union_find_root(&f->matches.near, b);
}

enum { HEADER = 1, FOOTER = 2, OTHER_HEADER = 3, OTHER_FOOTER = 4, BODIES = 100 };

/* Two sites; page i of the one has the story of page i of the other where i is below five. */
static void add_two_sites(made_corpus *f)
{
    for (uint64_t i = 0; i < N_PAGES; i++) {
        add_page(f, HEADER, 10, BODIES + i, FOOTER, NOTICE_WORDS);
    }
    for (uint64_t i = 0; i < N_PAGES; i++) {
        uint64_t body = BODIES + (i < 5 ? i : 1000 + i);
        add_page(f, OTHER_HEADER, 10, body, OTHER_FOOTER, NOTICE_WORDS);
    }
}

static void notices_of_a_site_do_not_count(void **state)
{
    made_corpus *f = *state;
    add_two_sites(f);
    made_corpus_match(f);
    assert_true(sr_verifier_furniture(f->verifier)->shingles.n_values > 0);
    for (uint32_t a = 0; a < 2 * N_PAGES; a++) {
        for (uint32_t b = 0; b < a; b++) {
            bool same_story = a == b + N_PAGES && b < 5;
            assert_int_equal(together(f, a, b), same_story);
        }
    }
}

static void furniture_is_learnt_only_where_it_goes(void **state)
{
    made_corpus *f = *state;
    f->articles.keep_furniture = true;
    add_two_sites(f);
    made_corpus_match(f);
    assert_int_equal(sr_verifier_furniture(f->verifier)->shingles.n_values, 0);
    assert_false(together(f, 0, N_PAGES));
}

/* Forty papers print one story, each with a line of its own. */
static void the_sentences_of_a_story_are_no_furniture(void **state)
{
    made_corpus *f = *state;
    for (uint64_t i = 0; i < N_PAGES; i++) {
        add_page(f, 5000 + i, 10, BODIES, 6000 + i, 10);
    }
    made_corpus_match(f);
    assert_int_equal(sr_verifier_furniture(f->verifier)->shingles.n_values, 0);
    for (uint32_t a = 1; a < N_PAGES; a++) {
        assert_true(together(f, a, 0));
    }
}

static void own_shingles_are_what_is_left(void **state)
{
    made_corpus *f = *state;
    add_two_sites(f);
    made_corpus_match(f);
    const sr_furniture *furniture = sr_verifier_furniture(f->verifier);
    uint32_t n_own = sr_furniture_own_shingles(furniture, &f->articles, 7);
    assert_in_range(n_own, BODY_WORDS * 3 / 4, BODY_WORDS * 5 / 4);
    const sr_furniture none = {0};
    assert_int_equal(sr_furniture_own_shingles(&none, &f->articles, 7),
                     f->articles.rows[7].n_shingles);
    /* unlike articles of one site are not ruled in by what they share, nor copies ruled out */
    sr_pair copies = {0, N_PAGES};
    assert_true(sr_verifier_lowest_jaccard(f->verifier, copies) < 0.3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(notices_of_a_site_do_not_count, set_up, tear_down),
        cmocka_unit_test_setup_teardown(furniture_is_learnt_only_where_it_goes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_sentences_of_a_story_are_no_furniture, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(own_shingles_are_what_is_left, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
