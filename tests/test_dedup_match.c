/* test_dedup_match.c — the pairs that banding finds against brute force over all pairs, and the
 * work that it does. */
#include "dedup/match.h"

#include <setjmp.h>
#include <stdarg.h>

#include "made_articles.h"
#include <stdio.h>
#include <stdlib.h>

enum { N_DOCS = 400, MIN_WORDS = 40, MAX_WORDS = 120 };

typedef struct corpus {
    made_corpus made;
    sr_buffer texts[N_DOCS];
    uint32_t n_docs;
} corpus;

static int set_up(void **state)
{
    corpus *c = calloc(1, sizeof *c);
    if (!c) {
        return -1;
    }
    for (size_t i = 0; i < N_DOCS; i++) {
        sr_buffer_init(&c->texts[i], SR_BUFFER_NO_LIMIT);
    }
    *state = c;
    return made_corpus_init(&c->made) ? 0 : -1;
}

static int tear_down(void **state)
{
    corpus *c = *state;
    made_corpus_release(&c->made);
    for (size_t i = 0; i < N_DOCS; i++) {
        sr_buffer_release(&c->texts[i]);
    }
    free(c);
    return 0;
}

static void add_text(corpus *c)
{
    append_made_article(&c->made.articles, c->made.signer, sr_buffer_view(&c->texts[c->n_docs]));
    c->n_docs++;
}

static uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(*state >> 33);
}

/* Half of the texts are copies of earlier ones, with one word in 8 … 107 changed. */
static void add_made_texts(corpus *c)
{
    static uint32_t words[N_DOCS][MAX_WORDS];
    static uint32_t counts[N_DOCS];
    uint64_t random = 7;
    for (uint32_t i = 0; i < N_DOCS; i++) {
        bool is_copy = i % 2 == 1;
        uint32_t original = is_copy ? next_random(&random) % i : 0;
        uint32_t one_in = 8 + next_random(&random) % 100;
        counts[i] =
            is_copy ? counts[original] : MIN_WORDS + next_random(&random) % (MAX_WORDS - MIN_WORDS);
        for (uint32_t w = 0; w < counts[i]; w++) {
            bool keep = is_copy && next_random(&random) % one_in != 0;
            words[i][w] = keep ? words[original][w] : next_random(&random) % 2000;
            assert_int_equal(sr_buffer_append_format(&c->texts[i], "w%u ", words[i][w]), SR_OK);
        }
        add_text(c);
    }
}

/* The first third of each of many articles, and a passage that stands in the middle of two. Bands
 * meet hardly any of these; the sketches do. */
static void excerpts_find_their_articles(void **state)
{
    enum { N_ARTICLES = 20, N_LONG = 450 };
    corpus *c = *state;
    for (unsigned i = 0; i < 2 * N_ARTICLES + 2; i++) {
        bool is_quoting = i >= 2 * N_ARTICLES;
        unsigned n_words = i < N_ARTICLES || is_quoting ? N_LONG : N_LONG / 3;
        for (unsigned w = 0; w < n_words; w++) {
            bool is_quoted = is_quoting && w >= 200 && w < 260;
            unsigned word = is_quoted ? w : (is_quoting ? i : i % N_ARTICLES) * 1000 + w + 500;
            assert_int_equal(sr_buffer_append_format(&c->texts[i], "w%u ", word), SR_OK);
        }
        add_text(c);
    }
    made_corpus_match(&c->made);
    assert_int_equal(c->made.matches.n_contained, N_ARTICLES);
    for (size_t i = 0; i < N_ARTICLES; i++) {
        sr_pair pair = c->made.matches.contained[i];
        assert_true(pair.left >= N_ARTICLES);
        assert_int_equal(pair.right, pair.left - N_ARTICLES);
    }
}

static void brute_force_agrees(void **state)
{
    corpus *c = *state;
    add_made_texts(c);
    made_corpus_match(&c->made);
    size_t n_near[2] = {0};   /* J ≥ .85, J ≥ .7 by brute force */
    size_t n_missed[2] = {0}; /* of these */
    sr_pair *pairs = malloc(N_DOCS * sizeof *pairs);
    sr_pair_evidence *evidence = malloc(N_DOCS * sizeof *evidence);
    assert_true(pairs && evidence);
    for (uint32_t a = 0; a < N_DOCS; a++) {
        for (uint32_t b = a + 1; b < N_DOCS; b++) {
            pairs[b] = (sr_pair){a, b};
        }
        sr_error error = {0};
        assert_int_equal(sr_verifier_measure(c->made.verifier, pairs + a + 1, N_DOCS - a - 1, true,
                                             evidence + a + 1, &error),
                         SR_OK);
        for (uint32_t b = a + 1; b < N_DOCS; b++) {
            sr_measures measures;
            sr_evidence_measure(&evidence[b], &measures);
            bool together = sr_union_find_root(&c->made.matches.near, a) ==
                            sr_union_find_root(&c->made.matches.near, b);
            n_near[0] += measures.jaccard >= 0.85;
            n_near[1] += measures.jaccard >= 0.7;
            n_missed[0] += measures.jaccard >= 0.85 && !together;
            n_missed[1] += measures.jaccard >= 0.7 && !together;
            /* made words repeat, but no run of five: what shares nothing was never joined */
            assert_true(!together || evidence[b].n_common > 0);
        }
    }
    free(pairs);
    free(evidence);
    assert_true(n_near[0] > 50 && n_near[1] > n_near[0]);
    assert_true(n_missed[0] * 50 <= n_near[0]); /* 16 × 8 finds .991 at J = .85 */
    assert_true(n_missed[1] * 4 <= n_near[1]);
}

/* Copies of one text: every one is compared once, with the first. */
static void a_bucket_is_compared_with_its_representative(void **state)
{
    corpus *c = *state;
    for (uint32_t i = 0; i < 200; i++) {
        for (uint32_t w = 0; w < 100; w++) {
            assert_int_equal(sr_buffer_append_format(&c->texts[i], "word%u ", w * w), SR_OK);
        }
        assert_int_equal(sr_buffer_append_format(&c->texts[i], "end%u", i), SR_OK);
        add_text(c);
    }
    made_corpus_match(&c->made);
    for (uint32_t i = 0; i < 200; i++) {
        assert_int_equal(sr_union_find_root(&c->made.matches.near, i), 0);
        assert_int_equal(c->made.matches.first[i], i);
    }
    assert_int_equal(c->made.summary.n_verified_pairs, 199);
    assert_int_equal(c->made.summary.n_candidate_pairs, 199);
}

static void empty_texts_are_never_joined(void **state)
{
    corpus *c = *state;
    for (uint32_t i = 0; i < 6; i++) {
        static const char *const texts[] = {"", "", "!", "?", "one", "One."};
        assert_int_equal(sr_buffer_append_text(&c->texts[i], texts[i]), SR_OK);
        add_text(c);
    }
    made_corpus_match(&c->made);
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(sr_union_find_root(&c->made.matches.near, i), i);
    }
    assert_int_equal(sr_union_find_root(&c->made.matches.near, 5), 4);
    assert_int_equal(c->made.matches.first[5], 4);
    assert_int_equal(c->made.summary.n_candidate_pairs, 0);
}

int main(void)
{
#define ON_CORPUS(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ON_CORPUS(excerpts_find_their_articles),
        ON_CORPUS(brute_force_agrees),
        ON_CORPUS(a_bucket_is_compared_with_its_representative),
        ON_CORPUS(empty_texts_are_never_joined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
