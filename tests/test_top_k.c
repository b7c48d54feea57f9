/* test_top_k.c — the heap against a sort, and its independence of the order of the stream. */
#include "base/bytes.h"
#include "index/top_k.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { N_ITEMS = 500 };

static int compare_ranked(const void *a, const void *b)
{
    const sr_ranked *x = a;
    const sr_ranked *y = b;
    return sr_ranked_before(*x, *y) ? -1 : sr_ranked_before(*y, *x);
}

static void keeps_what_a_sort_puts_first(void **state)
{
    (void)state;
    sr_ranked stream[N_ITEMS];
    sr_ranked sorted[N_ITEMS];
    for (uint64_t i = 0; i < N_ITEMS; i++) {
        uint64_t place = (i * 7919 + 13) % N_ITEMS; /* 7919 is prime: a permutation */
        stream[place] = (sr_ranked){.score = (double)(sr_mix64(i + 1) % 40), .key = i};
    }
    memcpy(sorted, stream, sizeof sorted);
    qsort(sorted, N_ITEMS, sizeof *sorted, compare_ranked);
    for (size_t limit = 1; limit <= N_ITEMS + 20; limit += 13) {
        sr_ranked items[N_ITEMS + 20];
        for (int backwards = 0; backwards < 2; backwards++) {
            sr_top_k top = {.items = items, .limit = limit};
            for (size_t i = 0; i < N_ITEMS; i++) {
                sr_top_k_push(&top, stream[backwards ? N_ITEMS - 1 - i : i]);
            }
            sr_top_k_sort(&top);
            assert_int_equal(top.n_items, limit < N_ITEMS ? limit : N_ITEMS);
            for (size_t i = 0; i < top.n_items; i++) {
                assert_int_equal(items[i].key, sorted[i].key);
            }
        }
    }
}

static void wants_only_what_it_would_keep(void **state)
{
    (void)state;
    sr_ranked items[2];
    sr_top_k top = {.items = items, .limit = 2};
    sr_top_k_push(&top, (sr_ranked){.score = 3, .key = 1});
    assert_true(sr_top_k_wants(&top, (sr_ranked){.score = 0, .key = 9}));
    sr_top_k_push(&top, (sr_ranked){.score = 2, .key = 5});
    assert_false(sr_top_k_wants(&top, (sr_ranked){.score = 2, .key = 6}));
    assert_true(sr_top_k_wants(&top, (sr_ranked){.score = 2, .key = 4}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_what_a_sort_puts_first),
        cmocka_unit_test(wants_only_what_it_would_keep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
