/* test_audit.c — the audit sees what a run has lost and what it has joined wrongly, whatever the
 * index says; and its intervals are those of the book. */
#include "dedup/audit.h"

#include <setjmp.h>
#include <stdarg.h>

#include "made_articles.h"
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

enum { N_PAIRS = 60, N_ALONE = 80, N_DOCS = 2 * N_PAIRS + N_ALONE };

typedef struct corpus {
    made_corpus made;
    sr_dedup_fate fates[N_DOCS];
} corpus;

/* Documents 2i and 2i + 1 differ in their first word; the last N_ALONE share nothing. */
static void add_texts(corpus *c)
{
    for (unsigned doc = 0; doc < N_DOCS; doc++) {
        sr_buffer text;
        sr_buffer_init(&text, SR_BUFFER_NO_LIMIT);
        assert_int_equal(sr_buffer_append_format(&text, "first%u ", doc), SR_OK);
        unsigned story = doc < 2 * N_PAIRS ? doc / 2 : doc;
        for (unsigned w = 0; w < 60; w++) {
            assert_int_equal(sr_buffer_append_format(&text, "w%ux%u ", story, w), SR_OK);
        }
        append_made_article(&c->made.articles, c->made.signer, sr_buffer_view(&text));
        sr_buffer_release(&text);
    }
}

static int set_up(void **state)
{
    corpus *c = calloc(1, sizeof *c);
    if (!c) {
        return -1;
    }
    *state = c;
    if (!made_corpus_init(&c->made)) {
        return -1;
    }
    add_texts(c);
    for (uint32_t doc = 0; doc < N_DOCS; doc++) {
        c->fates[doc] = (sr_dedup_fate){.keeper = doc, .cluster_size = 1};
    }
    made_corpus_verify(&c->made);
    return 0;
}

static int tear_down(void **state)
{
    corpus *c = *state;
    made_corpus_release(&c->made);
    free(c);
    return 0;
}

static sr_audit audit(corpus *c, uint32_t n_drawn)
{
    sr_audit result;
    sr_error error = {0};
    assert_int_equal(sr_dedup_audit(&c->made.articles, &c->made.params, &c->made.thresholds,
                                    c->fates, c->made.verifier, n_drawn, NULL, &result, &error),
                     SR_OK);
    return result;
}

static void join(corpus *c, uint32_t keeper, uint32_t doc)
{
    c->fates[doc].keeper = keeper;
    c->fates[doc].relation = SR_RELATION_NEAR;
    c->fates[doc].cluster_size = c->fates[keeper].cluster_size = 2;
}

static void a_good_run_is_confirmed(void **state)
{
    corpus *c = *state;
    for (uint32_t i = 0; i < N_PAIRS; i++) {
        join(c, 2 * i, 2 * i + 1);
    }
    sr_audit all = audit(c, 1000);
    assert_int_equal(all.n_drawn, N_DOCS);
    assert_int_equal(all.n_repeat_pairs, 2 * N_PAIRS);
    assert_int_equal(all.recall.n, 2 * N_PAIRS);
    assert_int_equal(all.recall.n_good, 2 * N_PAIRS);
    assert_int_equal(all.precision.n, 2 * N_PAIRS);
    assert_int_equal(all.precision.n_good, 2 * N_PAIRS);
    sr_audit some = audit(c, 50);
    assert_int_equal(some.n_drawn, 50);
    assert_true(some.recall.n > 10 && some.recall.n_good == some.recall.n);
    assert_true(some.recall.low > 0.7 && some.recall.high == 1.0);
}

/* An index that lost half of the pairs. */
static void lost_pairs_are_missed(void **state)
{
    corpus *c = *state;
    for (uint32_t i = 0; i < N_PAIRS; i += 2) {
        join(c, 2 * i, 2 * i + 1);
    }
    sr_audit result = audit(c, 1000);
    assert_int_equal(result.recall.n, 2 * N_PAIRS);
    assert_int_equal(result.recall.n_good, N_PAIRS);
    assert_true(result.recall.high < 0.6);
    assert_int_equal(result.precision.n_good, result.precision.n);
}

static void wrong_joins_are_seen(void **state)
{
    corpus *c = *state;
    for (uint32_t i = 0; i < N_PAIRS; i++) {
        join(c, 2 * i, 2 * i + 1);
    }
    for (uint32_t doc = 2 * N_PAIRS; doc < N_DOCS; doc += 2) {
        join(c, doc, doc + 1);
    }
    sr_audit result = audit(c, 1000);
    assert_int_equal(result.recall.n_good, result.recall.n);
    assert_int_equal(result.precision.n, N_DOCS);
    assert_int_equal(result.precision.n_good, 2 * N_PAIRS);
    assert_true(result.precision.high < 0.7);
}

static void threads_do_not_show(void **state)
{
    corpus *c = *state;
    for (uint32_t i = 0; i < N_PAIRS; i += 3) {
        join(c, 2 * i, 2 * i + 1);
    }
    int n_threads = omp_get_max_threads();
    sr_audit first = audit(c, 70);
    for (int n = 1; n <= 3; n++) {
        omp_set_num_threads(n); /* the verifier has as many workers as there were at first */
        sr_verifier_free(c->made.verifier);
        assert_int_equal(sr_verifier_create(&c->made.params, &c->made.thresholds, &c->made.articles,
                                            &c->made.verifier),
                         SR_OK);
        sr_audit again = audit(c, 70);
        assert_memory_equal(&first, &again, sizeof first);
    }
    omp_set_num_threads(n_threads);
}

static void intervals_are_those_of_wilson(void **state)
{
    (void)state;
    sr_share share;
    sr_share_interval(9, 10, &share); /* .596 – .982 */
    assert_float_equal(share.low, 0.5958, 0.0005);
    assert_float_equal(share.high, 0.9821, 0.0005);
    sr_share_interval(0, 10, &share);
    assert_float_equal(share.low, 0.0, 0.0);
    assert_float_equal(share.high, 0.2775, 0.0005);
    sr_share_interval(950, 1000, &share);
    assert_float_equal(share.low, 0.9347, 0.0005);
    assert_float_equal(share.high, 0.9619, 0.0005);
    sr_share_interval(0, 0, &share);
    assert_true(share.low == 0.0 && share.high == 1.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_good_run_is_confirmed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lost_pairs_are_missed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_joins_are_seen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(threads_do_not_show, set_up, tear_down),
        cmocka_unit_test(intervals_are_those_of_wilson),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
