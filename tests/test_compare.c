/* test_compare.c — two articles named on the command line: verdict, shared passages, both
 * renderings. */
#include "base/file.h"
#include "dedup/passages.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool keep_bytes(void *context, const char *bytes, size_t n_bytes)
{
    return sr_buffer_append(context, bytes, n_bytes) == SR_OK;
}

static void passages_are_maximal_and_longest_first(void **state)
{
    (void)state;
    sr_params params;
    sr_params_init(&params);
    sr_signer *signer = NULL;
    assert_int_equal(sr_signer_create(&params, &signer), SR_OK);
    sr_str a = sr_str_of("One two three, four five six! CHANGED seven eight nine ten eleven twelve "
                         "thirteen; other words here.");
    sr_str b = sr_str_of("seven eight nine ten eleven twelve thirteen and one two three four five "
                         "six");
    sr_passage *passages = NULL;
    size_t n_passages = 0;
    assert_int_equal(sr_passages_find(signer, a, b, &passages, &n_passages), SR_OK);
    assert_int_equal(n_passages, 2);
    assert_int_equal(passages[0].n_words, 7);
    assert_true(sr_str_equal_text(
        sr_str_make(a.data + passages[0].start, passages[0].end - passages[0].start),
        "seven eight nine ten eleven twelve thirteen"));
    assert_int_equal(passages[1].n_words, 6);
    assert_true(sr_str_equal_text(
        sr_str_make(a.data + passages[1].start, passages[1].end - passages[1].start),
        "One two three, four five six"));
    free(passages);

    assert_int_equal(sr_passages_find(signer, sr_str_of("Two words"), sr_str_of("two WORDS"),
                                      &passages, &n_passages),
                     SR_OK);
    assert_int_equal(n_passages, 1);
    assert_int_equal(passages[0].n_words, 2);
    free(passages);

    passages = NULL;
    assert_int_equal(sr_passages_find(signer, sr_str_of(""), a, &passages, &n_passages), SR_OK);
    assert_int_equal(n_passages, 0);
    free(passages);
    sr_signer_free(signer);
}

static sr_comparison *compare_files(const char *a, const char *b)
{
    sr_params params;
    sr_thresholds thresholds;
    sr_feed_options feed;
    sr_params_init(&params);
    sr_thresholds_init(&thresholds);
    sr_feed_options_init(&feed);
    sr_comparison *comparison = NULL;
    sr_error error = {0};
    if (sr_compare(a, b, &params, &thresholds, &feed, &comparison, &error) != SR_OK) {
        fail_msg("%s: %s", error.file, error.text);
    }
    return comparison;
}

static void records_of_a_feed_are_compared(void **state)
{
    (void)state;
    char path[] = "/tmp/simrank-compare-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    static const char feed[] =
        "{\"id\":\"a\",\"title\":\"One\",\"text\":\"The bridge over the Lenne stays shut for nine "
        "weeks, the road office said on Monday, while its bearings are replaced.\"}\n"
        "{\"id\":\"b\",\"title\":\"Two\",\"text\":\"The bridge over the Lenne stays shut for nine "
        "weeks, the road office said on Monday, while its bearings are replaced!\"}\n"
        "{\"id\":\"c\",\"title\":\"Three\",\"text\":\"Two storks came back to Altena on Sunday "
        "and stand on the roof of the mill again.\"}\n";
    sr_error error = {0};
    assert_int_equal(sr_file_write(fd, path, feed, sizeof feed - 1, &error), SR_OK);
    close(fd);
    char specs[3][64];
    for (int i = 0; i < 3; i++) {
        snprintf(specs[i], sizeof specs[i], "%s:%d", path, i + 1);
    }

    sr_comparison *comparison = compare_files(specs[0], specs[1]);
    sr_verdict verdict;
    sr_comparison_get_verdict(comparison, &verdict);
    assert_int_equal(verdict.relation, SR_RELATION_EXACT);
    sr_buffer out;
    sr_buffer_init(&out, 1 << 20);
    assert_int_equal(sr_comparison_render(comparison, SR_FORMAT_JSON, keep_bytes, &out), SR_OK);
    assert_int_equal(sr_buffer_append(&out, "", 1), SR_OK);
    assert_non_null(
        strstr(out.data, "\"relation\":\"exact\",\"same_template\":false,\"likeness\":1.0000"));
    assert_non_null(strstr(out.data, "\"n_passages\":1,\"passages\":[{\"words\":21,\"text\":\"The "
                                     "bridge"));
    assert_non_null(strstr(out.data, "\"id\":\"b\",\"title\":\"Two\""));
    sr_comparison_free(comparison);

    comparison = compare_files(specs[0], specs[2]);
    sr_comparison_get_verdict(comparison, &verdict);
    assert_int_equal(verdict.relation, SR_RELATION_NONE);
    assert_true(verdict.jaccard < 0.01);
    sr_buffer_clear(&out);
    assert_int_equal(sr_comparison_render(comparison, SR_FORMAT_TEXT, keep_bytes, &out), SR_OK);
    assert_int_equal(sr_buffer_append(&out, "", 1), SR_OK);
    assert_non_null(strstr(out.data, "relation            none\n"));
    assert_non_null(strstr(out.data, "Jaccard             0.0000  of the shingles\n"));
    assert_non_null(strstr(out.data,
                           "near from likeness 0.5500, contained from 0.9000; shingles of "
                           "5 words, without furniture\n"));
    assert_int_equal(sr_comparison_render(comparison, SR_FORMAT_CSV, keep_bytes, &out),
                     SR_ERR_ARGUMENT);
    sr_comparison_free(comparison);
    sr_buffer_release(&out);
    unlink(path);
}

static void what_can_not_be_read_is_refused(void **state)
{
    (void)state;
    sr_params params;
    sr_thresholds thresholds;
    sr_feed_options feed;
    sr_params_init(&params);
    sr_thresholds_init(&thresholds);
    sr_feed_options_init(&feed);
    sr_comparison *comparison = NULL;
    sr_error error = {0};
    assert_int_equal(sr_compare("-", "-", &params, &thresholds, &feed, &comparison, &error),
                     SR_ERR_ARGUMENT);
    assert_int_not_equal(sr_compare("/nonexistent/a", "/nonexistent/b", &params, &thresholds, &feed,
                                    &comparison, &error),
                         SR_OK);
    assert_null(comparison);
    sr_comparison_free(NULL);
}

/* Two briefings that share their first sentence and a pitch are not duplicates. */
static void templates_of_the_example_page_are_not_copies(void **state)
{
    (void)state;
    const char *path = SR_TEST_SHARED "/data/example_page.txt";
    if (access(path, R_OK) != 0) {
        print_message("skipped: the shared example page is absent\n");
        skip();
    }
    sr_buffer page;
    sr_buffer_init(&page, 1 << 20);
    sr_error error = {0};
    assert_int_equal(sr_file_read_all(path, &page, &error), SR_OK);
    assert_int_equal(sr_buffer_append(&page, "", 1), SR_OK);
    const char *first = strstr(page.data, "Here are the stories shaping the day:");
    assert_non_null(first);
    const char *second = strstr(first + 1, "Here are the stories shaping the day:");
    assert_non_null(second);
    sr_params params;
    sr_thresholds thresholds;
    sr_params_init(&params);
    sr_thresholds_init(&thresholds);
    sr_verdict verdict;
    sr_str a = sr_str_make(first, strcspn(first, "\n"));
    sr_str b = sr_str_make(second, strcspn(second, "\n"));
    assert_int_equal(sr_verify_pair(&params, &thresholds, a, b, &verdict), SR_OK);
    assert_int_equal(verdict.relation, SR_RELATION_NONE);
    assert_true(verdict.jaccard > 0.0);
    sr_buffer_release(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passages_are_maximal_and_longest_first),
        cmocka_unit_test(records_of_a_feed_are_compared),
        cmocka_unit_test(what_can_not_be_read_is_refused),
        cmocka_unit_test(templates_of_the_example_page_are_not_copies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
