/* test_dedup_memory.c — a run stays within the memory it was given, whatever it needs; what it
 * writes is the same. */
#include "base/hash.h"
#include "dedup/plan.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { N_ARTICLES = 30000, N_WORDS = 150, N_LARGE = 150000, N_LARGE_WORDS = 40 };

static char dir[] = "/tmp/simrank-memory-XXXXXX";
static char feed[64];
static char large_feed[64]; /* needs three times the least that a run may have */

/* A third of the articles repeat the one before but for a word. */
static int write_feed(const char *path, unsigned n_articles, unsigned n_words)
{
    FILE *file = fopen(path, "w");
    for (unsigned i = 0; file && i < n_articles; i++) {
        fprintf(file, "{\"id\":\"%u\",\"text\":\"own%u", i, i);
        for (unsigned w = 0; w < n_words; w++) {
            fprintf(file, " s%xw%u", (i - (i % 3 == 1)) * 2654435761U, w);
        }
        fprintf(file, "\"}\n");
    }
    return file && fclose(file) == 0 ? 0 : -1;
}

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(dir)) {
        return -1;
    }
    snprintf(feed, sizeof feed, "%s/feed.jsonl", dir);
    snprintf(large_feed, sizeof large_feed, "%s/large.jsonl", dir);
    return write_feed(feed, N_ARTICLES, N_WORDS) | write_feed(large_feed, N_LARGE, N_LARGE_WORDS);
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(feed) | unlink(large_feed) | rmdir(dir);
}

static sr_status run(const char *path, uint64_t memory_bytes)
{
    const char *feeds[] = {path};
    sr_dedup_options options;
    sr_dedup_summary summary;
    sr_error error = {0};
    sr_dedup_options_init(&options);
    options.tmp_dir = dir;
    options.memory_bytes = memory_bytes;
    sr_status status = sr_dedup(feeds, 1, &options, NULL, &summary, &error);
    return status == SR_OK && summary.n_kept != N_ARTICLES / 3 * 2 ? SR_ERR_CORRUPT : status;
}

static uint64_t needed(uint64_t memory_bytes)
{
    const char *feeds[] = {feed};
    sr_dedup_options options;
    sr_dedup_plan plan;
    sr_error error = {0};
    sr_dedup_options_init(&options);
    options.tmp_dir = dir;
    options.memory_bytes = memory_bytes;
    assert_int_equal(sr_dedup_plan_make(feeds, 1, &options, NULL, &plan, &error), SR_OK);
    return plan.n_memory_bytes;
}

/* The peak of a process of its own; the limit is what the plan says is needed, not more. */
static void the_peak_stays_below_the_limit(void **state)
{
    (void)state;
    uint64_t limit = needed((uint64_t)200 << 20);
    assert_true(limit < (uint64_t)200 << 20);
    limit += limit / 20;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        _exit((int)run(feed, limit));
    }
    int code = 0;
    struct rusage usage;
    assert_int_equal(wait4(child, &code, 0, &usage), child);
    assert_true(WIFEXITED(code));
    assert_int_equal(WEXITSTATUS(code), SR_OK);
    assert_in_range((uint64_t)usage.ru_maxrss * 1024, 1 << 20, limit);
}

/* One run of the large feed, in a process of its own: hashes of what it wrote, and its peak. The
 * bytes themselves would count in the peak of the next one. */
typedef struct outcome {
    uint64_t output;
    uint64_t report;
    sr_dedup_summary summary;
    uint64_t peak_bytes;
} outcome;

static sr_status run_large(int n_threads, uint64_t memory_bytes, const char *output,
                           const char *report, const char *summary_file)
{
    const char *feeds[] = {large_feed};
    sr_dedup_options options;
    sr_dedup_summary summary;
    memset(&summary, 0, sizeof summary);
    omp_set_num_threads(n_threads);
    sr_dedup_options_init(&options);
    options.tmp_dir = dir;
    options.output = output;
    options.reports = &report;
    options.n_reports = 1;
    options.memory_bytes = memory_bytes;
    SR_TRY(sr_dedup(feeds, 1, &options, NULL, &summary, NULL));
    FILE *file = fopen(summary_file, "w");
    bool written = file && fwrite(&summary, sizeof summary, 1, file) == 1;
    return file && fclose(file) == 0 && written ? SR_OK : SR_ERR_IO;
}

/* Its hash, and its first bytes; removes it. */
static uint64_t take_file(const char *path, void *bytes, size_t n_bytes)
{
    static char block[1 << 16];
    uint64_t hash = 0;
    size_t n_copied = 0;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    for (size_t n; (n = fread(block, 1, sizeof block, file)) > 0;) {
        hash = sr_hash_bytes(block, n, hash);
        size_t n_more = n < n_bytes - n_copied ? n : n_bytes - n_copied;
        memcpy((char *)bytes + n_copied, block, n_more);
        n_copied += n_more;
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(n_copied, n_bytes);
    assert_int_equal(unlink(path), 0);
    return hash;
}

static void observe(int n_threads, const char *kernel, uint64_t memory_bytes, outcome *out)
{
    char paths[3][64];
    static const char *const NAMES[] = {"out.jsonl", "report.csv", "summary"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(paths[i], sizeof paths[i], "%s/%s", dir, NAMES[i]);
    }
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)setenv("SIMRANK_KERNEL", kernel, 1);
        _exit((int)run_large(n_threads, memory_bytes, paths[0], paths[1], paths[2]));
    }
    int code = 0;
    struct rusage usage;
    assert_int_equal(wait4(child, &code, 0, &usage), child);
    assert_true(WIFEXITED(code));
    assert_int_equal(WEXITSTATUS(code), SR_OK);
    out->peak_bytes = (uint64_t)usage.ru_maxrss * 1024;
    char nothing;
    out->output = take_file(paths[0], &nothing, 0);
    out->report = take_file(paths[1], &nothing, 0);
    (void)take_file(paths[2], &out->summary, sizeof out->summary);
}

/* With plenty of memory, and with about the least there is, on any number of threads and with any
 * kernel (the best one where the machine has not the one that was named). */
static void spilling_changes_nothing_but_the_peak(void **state)
{
    (void)state;
    static const struct {
        int n_threads;
        const char *kernel;
        uint64_t megabytes;
    } CASES[] = {
        {2, "avx2", 64}, {1, "avx512", 48}, {3, "", 76}, {8, "neon", 136}, {8, "", 2000},
    };
    outcome plain;
    outcome other;
    observe(2, "scalar", (uint64_t)2000 << 20, &plain);
    assert_int_equal(plain.summary.n_kept, N_LARGE / 3 * 2);
    assert_true(plain.peak_bytes > (uint64_t)150 << 20); /* so there is something to spill */
    for (size_t i = 0; i < SR_ARRAY_COUNT(CASES); i++) {
        uint64_t limit = CASES[i].megabytes << 20;
        observe(CASES[i].n_threads, CASES[i].kernel, limit, &other);
        print_message("%d threads: %llu of %llu MB\n", CASES[i].n_threads,
                      (unsigned long long)(other.peak_bytes >> 20),
                      (unsigned long long)(limit >> 20));
        assert_true(other.peak_bytes <= limit);
        assert_int_equal(other.output, plain.output);
        assert_int_equal(other.report, plain.report);
        assert_memory_equal(&other.summary, &plain.summary, sizeof plain.summary);
    }
}

static void too_little_is_refused(void **state)
{
    (void)state;
    assert_int_equal(run(feed, (uint64_t)16 << 20), SR_ERR_LIMIT);
    assert_int_equal(run(feed, (uint64_t)300 << 20), SR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spilling_changes_nothing_but_the_peak), /* chooses kernels: is first */
        cmocka_unit_test(the_peak_stays_below_the_limit),
        cmocka_unit_test(too_little_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
