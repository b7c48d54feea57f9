/* test_eval.c — measures against values worked out by hand, and the estimates' properties. */
#include "simrank.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/simrank-eval-XXXXXX";

static const char *write_file(const char *name, const char *text)
{
    static char paths[4][64];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", dir, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    return path;
}

static void assert_near(double value, double wanted, double tolerance)
{
    if (!(value >= wanted - tolerance && value <= wanted + tolerance)) {
        fail_msg("%.9f is not %.9f", value, wanted);
    }
}

static double mean_of(const sr_evaluation *evaluation, size_t run, sr_measure measure)
{
    sr_estimate estimate;
    sr_evaluation_get_estimate(evaluation, run, measure, &estimate);
    assert_true(estimate.low <= estimate.mean && estimate.mean <= estimate.high);
    return estimate.mean;
}

static sr_evaluation *evaluate(const char *qrels, const char *const *runs, size_t n_runs)
{
    sr_evaluation *evaluation = NULL;
    sr_error error = {0};
    assert_int_equal(sr_evaluate(qrels, runs, n_runs, 1, NULL, &evaluation, &error), SR_OK);
    return evaluation;
}

/* Grades 2, 0, 1 in this order: DCG = 3 + 1/2, ideal 3 + 1/log2(3). */
static void test_values_by_hand(void **state)
{
    (void)state;
    const char *qrels = write_file("q", "q 0 a 2\nq 0 b 0\nq 0 c 1\nq 0 d 1\n");
    const char *runs[] = {write_file("r", "q Q0 a 1 3 t\nq Q0 b 2 2 t\nq Q0 c 3 1 t\n")};
    sr_evaluation *evaluation = evaluate(qrels, runs, 1);
    assert_int_equal(sr_evaluation_query_count(evaluation), 1);
    double ideal = 3.0 + 1.0 / 1.5849625007211562 + 0.5;
    assert_near(mean_of(evaluation, 0, SR_MEASURE_NDCG10), 3.5 / ideal, 1e-6);
    assert_near(mean_of(evaluation, 0, SR_MEASURE_P5), 0.4, 1e-9);
    assert_near(mean_of(evaluation, 0, SR_MEASURE_MAP), (1.0 + 2.0 / 3.0) / 3.0, 1e-9);
    assert_near(mean_of(evaluation, 0, SR_MEASURE_RECALL100), 2.0 / 3.0, 1e-9);
    assert_near(mean_of(evaluation, 0, SR_MEASURE_RPREC), 2.0 / 3.0, 1e-9);
    assert_near(mean_of(evaluation, 0, SR_MEASURE_MRR), 1.0, 1e-9);
    sr_paired paired;
    assert_false(sr_evaluation_get_paired(evaluation, SR_MEASURE_MAP, &paired));
    sr_evaluation_free(evaluation);
}

/* 64 queries, the second run better in every one: an interval around the difference, the least p
 * there is. Against itself: nothing. */
static void test_pairs(void **state)
{
    (void)state;
    char qrels[4096] = "";
    char worse[4096] = "";
    char better[4096] = "";
    for (int q = 0; q < 64; q++) {
        snprintf(qrels + strlen(qrels), 32, "%d 0 a 1\n", q);
        snprintf(worse + strlen(worse), 32, "%d x 1 2\n%d a 2 1\n", q, q);
        snprintf(better + strlen(better), 32, "%d a 1 2\n", q);
    }
    const char *truth = write_file("q", qrels);
    const char *runs[] = {write_file("worse", worse), write_file("better", better)};
    sr_evaluation *evaluation = evaluate(truth, runs, 2);
    sr_paired paired;
    assert_true(sr_evaluation_get_paired(evaluation, SR_MEASURE_MAP, &paired));
    assert_near(paired.difference.mean, 0.5, 1e-9);
    assert_near(paired.difference.low, 0.5, 1e-9);
    assert_near(paired.difference.high, 0.5, 1e-9);
    assert_true(paired.p < 0.001);
    assert_int_equal(paired.n_better, 64);
    sr_evaluation_free(evaluation);

    const char *same[] = {runs[0], runs[0]};
    evaluation = evaluate(truth, same, 2);
    assert_true(sr_evaluation_get_paired(evaluation, SR_MEASURE_NDCG10, &paired));
    assert_near(paired.p, 1.0, 1e-9);
    assert_int_equal(paired.n_equal, 64);
    sr_evaluation_free(evaluation);
}

/* Half of the queries answered: the interval must hold the true mean and be about as wide as
 * theory says, 2 × 1.96 × sqrt(.25 / 100). */
static void test_interval_is_as_wide_as_theory(void **state)
{
    (void)state;
    char qrels[4096] = "";
    char run[4096] = "";
    for (int q = 0; q < 100; q++) {
        snprintf(qrels + strlen(qrels), 32, "%d 0 a 1\n", q);
        snprintf(run + strlen(run), 32, "%d %s 1 1\n", q, q % 2 ? "a" : "b");
    }
    const char *truth = write_file("q", qrels);
    const char *runs[] = {write_file("half", run)};
    sr_evaluation *evaluation = evaluate(truth, runs, 1);
    sr_estimate estimate;
    sr_evaluation_get_estimate(evaluation, 0, SR_MEASURE_MRR, &estimate);
    assert_near(estimate.mean, 0.5, 1e-9);
    assert_near(estimate.high - estimate.low, 0.196, 0.02);
    sr_evaluation_free(evaluation);
}

static int make_dir(void **state)
{
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    (void)state;
    static const char *const names[] = {"q", "r", "worse", "better", "half"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        (void)unlink(path);
    }
    return rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_by_hand),
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_interval_is_as_wide_as_theory),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
