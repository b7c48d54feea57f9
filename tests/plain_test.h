/* plain_test.h — the few words of cmocka that the kernel test uses, for machines where cmocka is
 * not: the cross-compiled run under an emulator. A failed assertion ends the program. */
#ifndef SR_TESTS_PLAIN_TEST_H
#define SR_TESTS_PLAIN_TEST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define assert_true(condition)                                                                     \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition);                \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)
#define assert_int_equal(a, b) assert_true((a) == (b))
#define assert_memory_equal(a, b, n_bytes) assert_true(memcmp((a), (b), (n_bytes)) == 0)
#define print_message(...) printf(__VA_ARGS__)

struct CMUnitTest {
    const char *name;
    void (*run)(void **state);
};
#define cmocka_unit_test(function)                                                                 \
    {                                                                                              \
#function, function                                                                        \
    }
#define cmocka_run_group_tests(tests, set_up, tear_down)                                           \
    run_plain_tests((tests), sizeof(tests) / sizeof((tests)[0]))

static int run_plain_tests(const struct CMUnitTest *tests, size_t n_tests)
{
    for (size_t i = 0; i < n_tests; i++) {
        tests[i].run(NULL);
        printf("ok %s\n", tests[i].name);
    }
    return 0;
}

#endif
