/* test_allocations.c — in the steady state nothing is allocated per article: twice the records cost
 * no more calls of malloc than the doubling of the growing columns. Counts by wrapping the
 * allocator of this program. */
#include "simrank.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static atomic_ulong n_allocations;

void *__real_malloc(size_t n_bytes);
void *__real_calloc(size_t n_items, size_t n_bytes);
void *__real_realloc(void *old, size_t n_bytes);
void *__wrap_malloc(size_t n_bytes);
void *__wrap_calloc(size_t n_items, size_t n_bytes);
void *__wrap_realloc(void *old, size_t n_bytes);

void *__wrap_malloc(size_t n_bytes)
{
    n_allocations++;
    return __real_malloc(n_bytes);
}

void *__wrap_calloc(size_t n_items, size_t n_bytes)
{
    n_allocations++;
    return __real_calloc(n_items, n_bytes);
}

void *__wrap_realloc(void *old, size_t n_bytes)
{
    n_allocations++;
    return __real_realloc(old, n_bytes);
}

/* A feed of different articles of about 60 words. */
static void write_feed(const char *path, int n_records)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < n_records; i++) {
        fprintf(file, "{\"id\":\"%d\",\"title\":\"Number %d\",\"text\":\"", i, i);
        for (int w = 0; w < 60; w++) {
            fprintf(file, "word%u%s", ((unsigned)(i * 60 + w) * 2654435761U >> 8) % 1000003,
                    w % 20 == 19 ? ".\\n" : " ");
        }
        fprintf(file, "\"}\n");
    }
    assert_int_equal(fclose(file), 0);
}

static unsigned long count(int n_records)
{
    char path[] = "/tmp/simrank-allocations-XXXXXX.jsonl";
    int fd = mkstemps(path, 6);
    assert_true(fd >= 0);
    close(fd);
    write_feed(path, n_records);
    sr_dedup_options options;
    sr_dedup_summary summary;
    sr_dedup_options_init(&options);
    const char *feeds[] = {path};
    unsigned long before = n_allocations;
    assert_int_equal(sr_dedup(feeds, 1, &options, NULL, &summary, NULL), SR_OK);
    unsigned long made = n_allocations - before;
    assert_int_equal(summary.n_records, n_records);
    unlink(path);
    return made;
}

static void articles_cost_no_allocation(void **state)
{
    (void)state;
    count(1000);
    unsigned long few = count(10000);
    unsigned long many = count(40000);
    print_message("allocations: %lu for 10,000 articles, %lu for 40,000\n", few, many);
    assert_true(few > 50);         /* it does count */
    assert_true(many < few + 500); /* 30,000 articles more */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(articles_cost_no_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
