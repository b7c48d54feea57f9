/* test_report_html.c — texts marked and cut at characters; a page whose size does not grow with the
 * number of clusters. */
#include "base/file.h"
#include "dedup/html_text.h"
#include "dedup/report_html.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char *marked(const char *text, const char *other)
{
    sr_params params;
    sr_signer *signer;
    sr_buffer page;
    sr_params_init(&params);
    sr_buffer_init(&page, SR_BUFFER_NO_LIMIT);
    assert_int_equal(sr_signer_create(&params, &signer), SR_OK);
    assert_int_equal(sr_html_append_marked(signer, sr_str_of(text), sr_str_of(other), &page),
                     SR_OK);
    assert_int_equal(sr_buffer_append(&page, "", 1), SR_OK);
    sr_signer_free(signer);
    return page.data;
}

static void shared_passages_are_marked(void **state)
{
    (void)state;
    char *page = marked("x < a b c d e f > y", "z a b c d e f q");
    assert_string_equal(page, "x &lt; <mark>a b c d e f</mark> &gt; y");
    free(page);
    page = marked("nothing here is shared & all of it stays", "a b c d e f g");
    assert_string_equal(page, "nothing here is shared &amp; all of it stays");
    free(page);
}

/* Two-byte characters throughout, so that a cut inside one would leave half of it. */
static void long_runs_are_cut_at_characters(void **state)
{
    (void)state;
    sr_buffer text;
    sr_buffer_init(&text, SR_BUFFER_NO_LIMIT);
    for (int shift = 0; shift < 4; shift++) {
        sr_buffer_clear(&text);
        assert_int_equal(sr_buffer_append(&text, "abc", (size_t)shift), SR_OK);
        for (int w = 0; w < 2000; w++) {
            assert_int_equal(sr_buffer_append_format(&text, "\xc3\xa4\xc3\xb6%d ", w), SR_OK);
        }
        assert_int_equal(sr_buffer_append(&text, "", 1), SR_OK);
        char *page = marked(text.data, text.data);
        assert_non_null(strstr(page, " characters …]"));
        assert_true(strlen(page) < 600);
        for (const char *c = page; *c; c++) {
            if ((unsigned char)*c == 0xc3) {
                assert_true(((unsigned char)c[1] & 0xc0) == 0x80);
            }
        }
        free(page);
        page = marked(text.data, "");
        assert_true(strlen(page) < 1200);
        free(page);
    }
    sr_buffer_release(&text);
}

static size_t count(const char *text, const char *word)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, word)); at += strlen(word)) {
        n++;
    }
    return n;
}

/* A feed of many pairs of long texts, as one page. */
static void ten_thousand_clusters_are_one_page(void **state)
{
    (void)state;
    enum { N_CLUSTERS = 10000, N_WORDS = 60 };
    char dir[] = "/tmp/simrank-html-XXXXXX";
    assert_non_null(mkdtemp(dir));
    char feed[64];
    char report[64];
    snprintf(feed, sizeof feed, "%s/feed.jsonl", dir);
    snprintf(report, sizeof report, "%s/page.html", dir);
    FILE *file = fopen(feed, "w");
    assert_non_null(file);
    for (int i = 0; i < 2 * N_CLUSTERS; i++) {
        fprintf(file, "{\"id\":\"%d\",\"source\":\"s%d\",\"text\":\"v%d", i, i % 300, i % 2);
        for (int w = 0; w < N_WORDS; w++) {
            fprintf(file, " s%dw%d", i / 2, w);
        }
        fprintf(file, "\"}\n");
    }
    assert_int_equal(fclose(file), 0);
    const char *feeds[] = {feed};
    const char *reports[] = {report};
    sr_dedup_options options;
    sr_dedup_summary summary;
    sr_error error = {0};
    sr_dedup_options_init(&options);
    options.reports = reports;
    options.n_reports = 1;
    options.tmp_dir = dir;
    assert_int_equal(sr_dedup(feeds, 1, &options, NULL, &summary, &error), SR_OK);
    assert_int_equal(summary.n_clusters, N_CLUSTERS);
    sr_buffer page;
    sr_buffer_init(&page, 4 << 20);
    assert_int_equal(sr_file_read_all(report, &page, &error), SR_OK);
    assert_int_equal(sr_buffer_append(&page, "", 1), SR_OK);
    assert_int_equal(count(page.data, "<article"), SR_HTML_CLOSE_CALLS + SR_HTML_LARGEST);
    assert_int_equal(count(page.data, "<article"), count(page.data, "</article>"));
    assert_int_equal(count(page.data, "<mark>"), count(page.data, "</mark>"));
    assert_int_equal(count(page.data, "<tr>"), SR_HTML_SOURCES + 2);
    assert_non_null(strstr(page.data, "<td>200 others</td><td>13300</td>"));
    assert_non_null(strstr(page.data, "9800 more clusters"));
    sr_buffer_release(&page);
    assert_int_equal(unlink(feed) | unlink(report) | rmdir(dir), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shared_passages_are_marked),
        cmocka_unit_test(long_runs_are_cut_at_characters),
        cmocka_unit_test(ten_thousand_clusters_are_one_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
