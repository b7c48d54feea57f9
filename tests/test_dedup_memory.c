/* test_dedup_memory.c — a run stays within the memory it was given, or is refused beforehand. */
#include "dedup/plan.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { N_ARTICLES = 30000, N_WORDS = 150 };

static char dir[] = "/tmp/simrank-memory-XXXXXX";
static char feed[64];

/* A third of the articles repeat the one before but for a word. */
static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(dir)) {
        return -1;
    }
    snprintf(feed, sizeof feed, "%s/feed.jsonl", dir);
    FILE *file = fopen(feed, "w");
    for (unsigned i = 0; file && i < N_ARTICLES; i++) {
        fprintf(file, "{\"id\":\"%u\",\"text\":\"own%u", i, i);
        for (unsigned w = 0; w < N_WORDS; w++) {
            fprintf(file, " s%xw%u", (i - (i % 3 == 1)) * 2654435761U, w);
        }
        fprintf(file, "\"}\n");
    }
    return file && fclose(file) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(feed) | rmdir(dir);
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

static void too_little_is_refused(void **state)
{
    (void)state;
    assert_int_equal(run(feed, (uint64_t)16 << 20), SR_ERR_LIMIT);
    assert_int_equal(run(feed, (uint64_t)300 << 20), SR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_peak_stays_below_the_limit),
        cmocka_unit_test(too_little_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
