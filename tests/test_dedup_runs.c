/* test_dedup_runs.c — dedup runs from files to files: what is refused, what an interrupted one
 * leaves, and that neither threads nor pipes show in the result. */
#include "dedup_fixture.h"

#include <omp.h>

/* ---------------------------------------------------------------- bad input */

static const char feed_with_bad[] = "{\"id\":\"a\",\"text\":\"" HARBOUR "\"}\n"
                                    "[1,2]\n"
                                    "{\"id\":\"b\",\"text\":\"" OTHER "\"}\n"
                                    "{\"id\":\"c\",\"text\":\n";

static void bad_records_are_warned_of_and_left_out(void **state)
{
    fixture *f = *state;
    write_file(f->feed, feed_with_bad, sizeof feed_with_bad - 1);
    sr_dedup_options options;
    sr_dedup_options_init(&options);
    sr_dedup_summary summary = run_ok(f, &options);
    assert_int_equal(summary.n_records, 4);
    assert_int_equal(summary.n_bad, 2);
    assert_int_equal(summary.n_kept, 2);
    char expected[160];
    snprintf(expected, sizeof expected, "%s:2: ", f->feed);
    assert_non_null(strstr(f->messages, expected));
    snprintf(expected, sizeof expected, "%s:4: ", f->feed);
    assert_non_null(strstr(f->messages, expected));
    char *out = read_file(f->out);
    assert_string_equal(out, "{\"id\":\"a\",\"text\":\"" HARBOUR "\"}\n"
                             "{\"id\":\"b\",\"text\":\"" OTHER "\"}\n");
    free(out);
}

static void too_many_bad_records_leave_the_output_alone(void **state)
{
    fixture *f = *state;
    write_file(f->feed, feed_with_bad, sizeof feed_with_bad - 1);
    write_file(f->out, "before", 6);
    sr_dedup_options options;
    sr_dedup_options_init(&options);
    options.output = f->out;
    sr_dedup_summary summary;
    sr_error error = {0};
    options.feed.max_bad = 1;
    assert_int_equal(run(f, &options, &summary, &error), SR_ERR_LIMIT);
    assert_int_equal(error.line, 4);
    options.feed.max_bad = UINT64_MAX;
    options.feed.max_bad_share = 0.49;
    assert_int_equal(run(f, &options, &summary, &error), SR_ERR_LIMIT);
    write_file(f->feed, "[1]\n", 4);
    options.feed.max_bad_share = 1.0;
    options.feed.input_format = "jsonl";
    assert_int_equal(run(f, &options, &summary, &error), SR_ERR_FORMAT);
    char *out = read_file(f->out);
    assert_string_equal(out, "before");
    free(out);
    assert_int_equal(count_files(f->dir), 2);
}

static void impossible_runs_are_refused(void **state)
{
    fixture *f = *state;
    write_file(f->feed, feed_of_all, sizeof feed_of_all - 1);
    sr_dedup_options options;
    sr_dedup_options_init(&options);
    sr_dedup_summary summary;
    sr_error error = {0};
    const char *bad_name[] = {"report.txt"};
    options.reports = bad_name;
    options.n_reports = 1;
    assert_int_equal(run(f, &options, &summary, &error), SR_ERR_ARGUMENT);
    const char *input[] = {f->feed};
    options.reports = input;
    assert_int_equal(run(f, &options, &summary, &error), SR_ERR_ARGUMENT);
    const char *directory[] = {f->dir};
    options.tmp_dir = "/tmp";
    assert_int_equal(sr_dedup(directory, 1, &options, NULL, &summary, &error), SR_ERR_ARGUMENT);
    options.n_reports = 0;
    options.thresholds.jaccard = 0.0;
    assert_int_equal(run(f, &options, &summary, &error), SR_ERR_ARGUMENT);
    options.thresholds.jaccard = 0.7;
    options.output = f->feed;
    assert_int_not_equal(run(f, &options, &summary, &error), SR_OK);
    char *feed = read_file(f->feed);
    assert_string_equal(feed, feed_of_all);
    free(feed);
}

static void dry_run_writes_nothing(void **state)
{
    fixture *f = *state;
    write_file(f->feed, feed_of_all, sizeof feed_of_all - 1);
    sr_dedup_options options;
    sr_dedup_options_init(&options);
    options.dry_run = true;
    assert_int_equal(run_ok(f, &options).n_kept, 5);
    assert_int_equal(count_files(f->dir), 1);
}

static bool always(void *context)
{
    (void)context;
    return true;
}

static void cancelled_run_leaves_nothing(void **state)
{
    fixture *f = *state;
    write_file(f->feed, feed_of_all, sizeof feed_of_all - 1);
    sr_dedup_options options;
    sr_dedup_options_init(&options);
    options.output = f->out;
    options.tmp_dir = f->dir;
    const char *feeds[] = {f->feed};
    const sr_observer observer = {.cancelled = always};
    sr_dedup_summary summary;
    sr_error error = {0};
    assert_int_equal(sr_dedup(feeds, 1, &options, &observer, &summary, &error), SR_ERR_INTERRUPTED);
    assert_int_equal(count_files(f->dir), 1);
}

/* ---------------------------------------------------------------- larger, made feeds */

static uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(*state >> 33);
}

/* Articles of 60-200 made words; every third is a copy of an earlier one with some words changed.
 */
static char *make_feed(size_t n_articles)
{
    enum { MAX_WORDS = 200 };
    uint32_t(*words)[MAX_WORDS] = calloc(n_articles, sizeof *words);
    uint32_t *counts = calloc(n_articles, sizeof *counts);
    sr_buffer out;
    sr_buffer_init(&out, SR_BUFFER_NO_LIMIT);
    uint64_t random = 42;
    for (size_t i = 0; i < n_articles; i++) {
        if (i % 3 == 2) {
            size_t original = next_random(&random) % i;
            uint32_t one_in = 10 + next_random(&random) % 200;
            counts[i] = counts[original];
            for (uint32_t w = 0; w < counts[i]; w++) {
                bool edit = next_random(&random) % one_in == 0;
                words[i][w] = edit ? next_random(&random) % 5000 : words[original][w];
            }
        } else {
            counts[i] = 60 + next_random(&random) % (MAX_WORDS - 60);
            for (uint32_t w = 0; w < counts[i]; w++) {
                words[i][w] = next_random(&random) % 5000;
            }
        }
        assert_int_equal(sr_buffer_append_format(&out, "{\"id\":\"%zu\",\"text\":\"", i), SR_OK);
        for (uint32_t w = 0; w < counts[i]; w++) {
            assert_int_equal(sr_buffer_append_format(&out, "w%u ", words[i][w]), SR_OK);
        }
        assert_int_equal(sr_buffer_append_text(&out, "\"}\n"), SR_OK);
    }
    assert_int_equal(sr_buffer_append(&out, "", 1), SR_OK);
    free(words);
    free(counts);
    return out.data;
}

static void threads_do_not_show(void **state)
{
    fixture *f = *state;
    char *feed = make_feed(3000);
    write_file(f->feed, feed, strlen(feed));
    free(feed);
    sr_dedup_options options;
    sr_dedup_options_init(&options);
    static const int threads[] = {1, 2, 3, 8};
    char *first_out = NULL;
    char *first_report = NULL;
    int saved = omp_get_max_threads();
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        omp_set_num_threads(threads[i]);
        sr_dedup_summary summary = run_ok(f, &options);
        assert_true(summary.n_kept < 2700 && summary.n_kept > 2000);
        char *out = read_file(f->out);
        char *report = read_file(f->report);
        if (!first_out) {
            first_out = out;
            first_report = report;
            continue;
        }
        assert_string_equal(out, first_out);
        assert_string_equal(report, first_report);
        free(out);
        free(report);
    }
    omp_set_num_threads(saved);
    free(first_out);
    free(first_report);
}

/* What goes in through a pipe comes out as what goes in through a file. */
static void pipe_is_read_twice(void **state)
{
    fixture *f = *state;
    char *feed = make_feed(500);
    write_file(f->feed, feed, strlen(feed));
    free(feed);
    sr_dedup_options options;
    sr_dedup_options_init(&options);
    (void)run_ok(f, &options);
    char *expected = read_file(f->out);

    char command[256];
    snprintf(command, sizeof command, "cat '%s'", f->feed);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    int saved = dup(0);
    assert_int_equal(dup2(fileno(pipe), 0), 0);
    const char *feeds[] = {"-"};
    const sr_observer observer = {.context = f, .message = keep_message};
    options.n_reports = 0;
    sr_error error = {0};
    sr_dedup_summary summary;
    sr_status status = sr_dedup(feeds, 1, &options, &observer, &summary, &error);
    assert_int_equal(dup2(saved, 0), 0);
    close(saved);
    pclose(pipe);
    if (status != SR_OK) {
        fail_msg("%s: %s", error.file, error.text);
    }
    assert_non_null(strstr(f->messages, "spooled"));
    char *out = read_file(f->out);
    assert_string_equal(out, expected);
    free(out);
    free(expected);
}

/* Counts the rows of `word` in a report. */
static size_t count_in(const char *text, const char *word)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, word)); at++) {
        n++;
    }
    return n;
}

static void planted_pairs_of_2500_articles_are_found(void **state)
{
    fixture *f = *state;
    const char *feeds[] = {SR_TEST_SHARED "/data/duplicates/articles_2500.jsonl.zst"};
    if (access(feeds[0], R_OK) != 0) {
        print_message("skipped: the shared data set articles_2500 is absent\n");
        skip();
    }
    const char *reports[] = {f->report};
    sr_dedup_options options;
    sr_dedup_options_init(&options);
    options.tmp_dir = f->dir;
    options.reports = reports;
    options.n_reports = 1;
    sr_dedup_summary summary;
    sr_error error = {0};
    assert_int_equal(sr_dedup(feeds, 1, &options, NULL, &summary, &error), SR_OK);
    assert_int_equal(summary.n_clusters, 20);
    assert_int_equal(summary.n_records - summary.n_kept, 20);
    char *report = read_file(f->report);
    char *truth = read_file(SR_TEST_SHARED "/data/duplicates/articles_2500.truth");
    char *rest = truth;
    for (char *line; (line = strtok_r(rest, "\n", &rest));) {
        char a[32];
        char b[32];
        assert_int_equal(sscanf(line, "%31s %31s", a, b), 2);
        char first[48];
        char second[48];
        snprintf(first, sizeof first, ",%s,", a);
        snprintf(second, sizeof second, ",%s,", b);
        /* one of the two names the other as kept: it stands in two rows, the other in one */
        assert_int_equal(count_in(report, first) + count_in(report, second), 4);
    }
    free(truth);
    free(report);
}

static void bands_are_chosen_by_what_is_wanted(void **state)
{
    fixture *f = *state;
    sr_dedup_options options;
    sr_dedup_summary summary;
    sr_error error = {0};
    sr_dedup_options_init(&options);
    assert_int_equal(sr_dedup_choose_bands(&options, &error), SR_OK);
    assert_int_equal(options.params.bands * 100 + options.params.rows, 3204);
    sr_dedup_options_init(&options);
    options.thresholds.plain = true;
    assert_int_equal(sr_dedup_choose_bands(&options, &error), SR_OK);
    assert_int_equal(options.params.bands * 100 + options.params.rows, 1608);
    sr_dedup_options_init(&options);
    options.thresholds.jaccard = 0.3; /* below the default: more of them are needed */
    assert_int_equal(sr_dedup_choose_bands(&options, &error), SR_OK);
    assert_true(sr_params_recall(&options.params, 0.3) >= 0.95);
    sr_dedup_options_init(&options);
    options.recall = 0.5;
    assert_int_equal(sr_dedup_choose_bands(&options, &error), SR_OK);
    double found = sr_params_recall(&options.params, options.thresholds.jaccard);
    assert_true(found >= 0.5 && found < 0.95);
    options.recall = 0.9; /* beside bands */
    assert_int_equal(run(f, &options, &summary, &error), SR_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_DISK(bad_records_are_warned_of_and_left_out),
        ON_DISK(too_many_bad_records_leave_the_output_alone),
        ON_DISK(impossible_runs_are_refused),
        ON_DISK(dry_run_writes_nothing),
        ON_DISK(cancelled_run_leaves_nothing),
        ON_DISK(threads_do_not_show),
        ON_DISK(pipe_is_read_twice),
        ON_DISK(bands_are_chosen_by_what_is_wanted),
        ON_DISK(planted_pairs_of_2500_articles_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
