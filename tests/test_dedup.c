/* test_dedup.c — dedup runs from files to files: what is found, what is kept, what is refused, and
 * that threads do not show in the result. */
#include "base/file.h"
#include "simrank.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <dirent.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---------------------------------------------------------------- a directory of one's own */

typedef struct fixture {
    char dir[64];
    char feed[128];
    char out[128];
    char report[128];
    char messages[4096];
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    snprintf(f->dir, sizeof f->dir, "/tmp/simrank-dedup-XXXXXX");
    if (!f || !mkdtemp(f->dir)) {
        return -1;
    }
    snprintf(f->feed, sizeof f->feed, "%s/feed.jsonl", f->dir);
    snprintf(f->out, sizeof f->out, "%s/out.jsonl", f->dir);
    snprintf(f->report, sizeof f->report, "%s/dups.csv", f->dir);
    *state = f;
    return 0;
}

/* Files only: nothing of these tests makes directories. */
static int tear_down(void **state)
{
    fixture *f = *state;
    DIR *stream = opendir(f->dir);
    if (!stream) {
        return -1;
    }
    for (struct dirent *entry; (entry = readdir(stream));) {
        (void)unlinkat(dirfd(stream), entry->d_name, 0);
    }
    closedir(stream);
    int failed = rmdir(f->dir);
    free(f);
    return failed;
}

static void write_file(const char *path, const char *bytes, size_t n_bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n_bytes, file), n_bytes);
    assert_int_equal(fclose(file), 0);
}

static char *read_file(const char *path)
{
    sr_buffer out;
    sr_buffer_init(&out, 1 << 28);
    sr_error error = {0};
    assert_int_equal(sr_file_read_all(path, &out, &error), SR_OK);
    assert_int_equal(sr_buffer_append(&out, "", 1), SR_OK);
    return out.data;
}

static int count_files(const char *dir)
{
    int n_files = 0;
    DIR *stream = opendir(dir);
    assert_non_null(stream);
    for (struct dirent *entry; (entry = readdir(stream));) {
        n_files += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    closedir(stream);
    return n_files;
}

static void keep_message(void *context, sr_message_level level, const char *text)
{
    fixture *f = context;
    (void)level;
    size_t used = strlen(f->messages);
    snprintf(f->messages + used, sizeof f->messages - used, "%s\n", text);
}

static sr_status run(fixture *f, sr_dedup_options *options, sr_dedup_summary *summary,
                     sr_error *error)
{
    const char *feeds[] = {f->feed};
    const sr_observer observer = {.context = f, .message = keep_message};
    options->tmp_dir = f->dir;
    return sr_dedup(feeds, 1, options, &observer, summary, error);
}

/* Output and a CSV report of a feed; both read back by the test. */
static sr_dedup_summary run_ok(fixture *f, sr_dedup_options *options)
{
    const char *reports[] = {f->report};
    options->output = f->out;
    options->reports = reports;
    options->n_reports = 1;
    sr_dedup_summary summary;
    sr_error error = {0};
    if (run(f, options, &summary, &error) != SR_OK) {
        fail_msg("%s: %s", error.file, error.text);
    }
    return summary;
}

/* ---------------------------------------------------------------- articles */

#define HARBOUR                                                                                    \
    "The harbour council of Port Almen voted on Tuesday to close the old northern ferry terminal " \
    "by the end of the year, after engineers had found cracks in two of its four main pillars. "   \
    "Travellers will be sent to the new terminal on the south bank, which opened last spring and " \
    "has room for twice as many ships. The mayor said that the town would keep the clock tower. "
#define HARBOUR_EDITED                                                                             \
    "The harbour council of Port Almen voted on Tuesday to close the old northern ferry terminal " \
    "by the end of the year, after engineers had found cracks in two of its four main pillars. "   \
    "Travellers will be sent to the new terminal on the south bank, which opened last spring and " \
    "has room for twice as many ships. The mayor said that the town would keep the stone tower. "
#define EXCERPT                                                                                    \
    "Growers in the valley of Senn expect the smallest plum harvest since records began, because " \
    "a late frost in April killed most of the blossom within two cold nights. "
#define PLUMS_ONE                                                                                  \
    "The ministry has promised loans at no interest for three years to every farm that lost more " \
    "than half of its trees. Beekeepers say that their hives had come through the winter well, "   \
    "and they hope for the late limes along the river road near the old mill. "
#define PLUMS_TWO                                                                                  \
    "Shops have begun to import fruit from the southern provinces, where prices doubled in one "   \
    "week. A jam factory in Oberau sent forty workers home and will reopen only in August, its "   \
    "director told reporters who had come to see the empty halls and the silent kettles. "
#define OTHER                                                                                      \
    "A lost violin of the maker Tomas Brandl was found behind a wall of a school in Kessel, "      \
    "where workers were laying new water pipes. It will be shown in the town museum from May. "

static const char feed_of_all[] = "{\"id\":\"a\",\"text\":\"" HARBOUR "\"}\n"        /* 1: keeper */
                                  "{\"id\":\"b\",\"text\":\"" OTHER "\"}\n"          /* 2: alone */
                                  "{\"id\":\"c\",\"text\":\"\"}\n"                   /* 3: empty */
                                  "{\"id\":\"d\",\"text\":\"" HARBOUR_EDITED "\"}\n" /* 4: near 1 */
                                  "{\"id\":\"e\",\"text\":\"\"}\n"                   /* 5: empty */
                                  "{\"id\":\"f\",  \"text\":\"" HARBOUR "\"}\n" /* 6: exact 1 */
                                  "{\"id\":\"g\",\"text\":\" -- \"}\n";         /* 7: no word */

static void finds_exact_and_near_and_keeps_bytes(void **state)
{
    fixture *f = *state;
    write_file(f->feed, feed_of_all, sizeof feed_of_all - 1);
    sr_dedup_options options;
    sr_dedup_options_init(&options);
    sr_dedup_summary summary = run_ok(f, &options);
    assert_int_equal(summary.n_records, 7);
    assert_int_equal(summary.n_empty, 3);
    assert_int_equal(summary.n_bad, 0);
    assert_int_equal(summary.n_kept, 5);
    assert_int_equal(summary.n_relation[SR_RELATION_EXACT], 1);
    assert_int_equal(summary.n_relation[SR_RELATION_NEAR], 1);
    assert_int_equal(summary.n_clusters, 1);
    assert_int_equal(summary.largest_clusters[0], 3);
    assert_int_equal(summary.largest_clusters[1], 0);
    char *out = read_file(f->out);
    assert_string_equal(out, "{\"id\":\"a\",\"text\":\"" HARBOUR "\"}\n"
                             "{\"id\":\"b\",\"text\":\"" OTHER "\"}\n"
                             "{\"id\":\"c\",\"text\":\"\"}\n"
                             "{\"id\":\"e\",\"text\":\"\"}\n"
                             "{\"id\":\"g\",\"text\":\" -- \"}\n");
    free(out);
    char expected[2048];
    snprintf(expected, sizeof expected,
             "file,line,id,relation,action,kept_file,kept_line,kept_id,similarity,containment,"
             "cluster_size\n"
             "%s,1,a,,kept,%s,1,a,1.0000,1.0000,3\n"
             "%s,4,d,near,dropped,%s,1,a,0.9403,0.9692,3\n"
             "%s,6,f,exact,dropped,%s,1,a,1.0000,1.0000,3\n",
             f->feed, f->feed, f->feed, f->feed, f->feed, f->feed);
    char *report = read_file(f->report);
    assert_string_equal(report, expected);
    free(report);
    assert_int_equal(count_files(f->dir), 3);
}

/* Of four articles whose text is a page's pitch, two are one article under one URL. */
static void a_pitch_for_a_text_makes_no_repeat(void **state)
{
#define PITCH "Readers like you keep us open. Please support our work today."
    static const char FEED[] =
        "{\"id\":\"a\",\"url\":\"http://a.example/1\",\"title\":\"Old ferry terminal to close\","
        "\"text\":\"" PITCH "\"}\n"
        "{\"id\":\"b\",\"url\":\"http://a.example/2\",\"title\":\"Choir wins prize in Halden\","
        "\"text\":\"" PITCH "\"}\n"
        "{\"id\":\"c\",\"url\":\"http://a.example/1\",\"title\":\"Old ferry terminal to close\","
        "\"text\":\"" PITCH "\"}\n"
        "{\"id\":\"d\",\"url\":\"http://a.example/3\",\"title\":\"Violin found behind a wall\","
        "\"text\":\"" PITCH "\"}\n";
    fixture *f = *state;
    write_file(f->feed, FEED, sizeof FEED - 1);
    sr_dedup_options options;
    sr_dedup_options_init(&options);
    options.feed.keep_furniture = true; /* else the titles stand for the text */
    sr_dedup_summary summary = run_ok(f, &options);
    assert_int_equal(summary.n_kept, 3);
    assert_int_equal(summary.n_relation[SR_RELATION_EXACT], 1);
    char *report = read_file(f->report);
    assert_non_null(strstr(report, ",3,c,exact,dropped,"));
    free(report);
#undef PITCH
}

static void relations_not_to_be_dropped_are_only_reported(void **state)
{
    fixture *f = *state;
    write_file(f->feed, feed_of_all, sizeof feed_of_all - 1);
    sr_dedup_options options;
    sr_dedup_options_init(&options);
    options.drop = 1U << SR_RELATION_EXACT;
    sr_dedup_summary summary = run_ok(f, &options);
    assert_int_equal(summary.n_kept, 6);
    char *report = read_file(f->report);
    assert_non_null(strstr(report, ",4,d,near,kept,"));
    assert_non_null(strstr(report, ",6,f,exact,dropped,"));
    free(report);
    options.drop = 1U << SR_RELATION_NONE;
    sr_error error = {0};
    assert_int_equal(run(f, &options, &summary, &error), SR_ERR_ARGUMENT);
}

/* With exact alone in the mask, a repeat of a near copy goes for the near copy, which stays. */
static void repeat_of_a_kept_near_copy_is_dropped_for_it(void **state)
{
    fixture *f = *state;
    static const char feed[] = "{\"id\":\"a\",\"text\":\"" HARBOUR "\"}\n"
                               "{\"id\":\"b\",\"text\":\"" HARBOUR_EDITED "\"}\n"
                               "{\"id\":\"c\",\"text\":\"" HARBOUR_EDITED "\"}\n";
    write_file(f->feed, feed, sizeof feed - 1);
    sr_dedup_options options;
    sr_dedup_options_init(&options);
    options.drop = 1U << SR_RELATION_EXACT;
    assert_int_equal(run_ok(f, &options).n_kept, 2);
    char expected[256];
    snprintf(expected, sizeof expected, ",3,c,exact,dropped,%s,2,b,1.0000,", f->feed);
    char *report = read_file(f->report);
    assert_non_null(strstr(report, expected));
    free(report);
}

static void longer_text_survives_its_excerpt(void **state)
{
    fixture *f = *state;
    static const char feed[] = "{\"id\":\"teaser\",\"text\":\"" EXCERPT HARBOUR "\"}\n"
                               "{\"id\":\"full\",\"text\":\"" EXCERPT HARBOUR PLUMS_ONE "\"}\n";
    write_file(f->feed, feed, sizeof feed - 1);
    sr_dedup_options options;
    sr_dedup_options_init(&options);
    options.thresholds.jaccard = 0.8;
    options.params.bands = 32; /* finds pairs of a lower Jaccard */
    options.params.rows = 4;
    sr_dedup_summary summary = run_ok(f, &options);
    assert_int_equal(summary.n_relation[SR_RELATION_CONTAINED], 1);
    assert_int_equal(summary.n_kept, 1);
    char *out = read_file(f->out);
    assert_int_equal(strncmp(out, "{\"id\":\"full\"", 12), 0);
    free(out);
    char *report = read_file(f->report);
    assert_non_null(strstr(report, ",1,teaser,contained,dropped,"));
    free(report);
}

/* Both quote the excerpt at length: neither goes for the other. */
static void two_texts_that_quote_a_third_stay_apart(void **state)
{
    fixture *f = *state;
    static const char feed[] = "{\"id\":\"one\",\"text\":\"" EXCERPT HARBOUR PLUMS_ONE "\"}\n"
                               "{\"id\":\"brief\",\"text\":\"" EXCERPT HARBOUR "\"}\n"
                               "{\"id\":\"two\",\"text\":\"" EXCERPT HARBOUR PLUMS_TWO "\"}\n";
    write_file(f->feed, feed, sizeof feed - 1);
    sr_dedup_options options;
    sr_dedup_options_init(&options);
    options.thresholds.jaccard = 0.8;
    options.params.bands = 32;
    options.params.rows = 4;
    sr_dedup_summary summary = run_ok(f, &options);
    assert_int_equal(summary.n_kept, 2);
    char *report = read_file(f->report);
    assert_non_null(strstr(report, "brief,contained,dropped,"));
    assert_null(strstr(report, "two,contained"));
    assert_null(strstr(report, "two,near"));
    free(report);
}

static void keep_longest_keeps_the_longest(void **state)
{
    fixture *f = *state;
    static const char feed[] = "{\"id\":\"a\",\"text\":\"" HARBOUR "\"}\n"
                               "{\"id\":\"b\",\"text\":\"" HARBOUR "He spoke at noon.\"}\n";
    write_file(f->feed, feed, sizeof feed - 1);
    sr_dedup_options options;
    sr_dedup_options_init(&options);
    (void)run_ok(f, &options);
    char *out = read_file(f->out);
    assert_int_equal(strncmp(out, "{\"id\":\"a\"", 9), 0);
    free(out);
    options.keep = "longest";
    (void)run_ok(f, &options);
    out = read_file(f->out);
    assert_int_equal(strncmp(out, "{\"id\":\"b\"", 9), 0);
    free(out);
    options.keep = "shortest";
    sr_dedup_summary summary;
    sr_error error = {0};
    assert_int_equal(run(f, &options, &summary, &error), SR_ERR_ARGUMENT);
    assert_non_null(strstr(error.text, "shortest"));
}

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

int main(void)
{
#define ON_DISK(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ON_DISK(finds_exact_and_near_and_keeps_bytes),
        ON_DISK(a_pitch_for_a_text_makes_no_repeat),
        ON_DISK(relations_not_to_be_dropped_are_only_reported),
        ON_DISK(repeat_of_a_kept_near_copy_is_dropped_for_it),
        ON_DISK(longer_text_survives_its_excerpt),
        ON_DISK(two_texts_that_quote_a_third_stay_apart),
        ON_DISK(keep_longest_keeps_the_longest),
        ON_DISK(bad_records_are_warned_of_and_left_out),
        ON_DISK(too_many_bad_records_leave_the_output_alone),
        ON_DISK(impossible_runs_are_refused),
        ON_DISK(dry_run_writes_nothing),
        ON_DISK(cancelled_run_leaves_nothing),
        ON_DISK(threads_do_not_show),
        ON_DISK(pipe_is_read_twice),
        ON_DISK(planted_pairs_of_2500_articles_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
