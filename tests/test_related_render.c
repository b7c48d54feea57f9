/* test_related_render.c — the shapes of a box in every format, from boxes made by hand. */
#include "base/buffer.h"
#include "related/boxes.h"
#include "related/render.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NOW_S = 1779789600 }; /* 2026-05-26T10:00:00Z */

static bool append(void *context, const char *bytes, size_t n_bytes)
{
    return sr_buffer_append(context, bytes, n_bytes) == SR_OK;
}

static const char *render(const sr_boxes *boxes, sr_format format)
{
    static sr_buffer out;
    if (!out.max_bytes) {
        sr_buffer_init(&out, SR_BUFFER_NO_LIMIT);
    }
    sr_buffer_clear(&out);
    assert_int_equal(sr_boxes_render(boxes, format, NOW_S, append, &out), SR_OK);
    assert_int_equal(sr_buffer_append(&out, "", 1), SR_OK);
    return out.data;
}

#define S(text)                                                                                    \
    {                                                                                              \
        .data = (text), .n_bytes = sizeof(text) - 1                                                \
    }

static sr_also ALSO[] = {
    {.id = S("w2"), .source = S("The Post"), .url = S("https://post.example/2")},
    {.id = S("w3"), .source = S("The Mail"), .url = S("")},
    {.id = S("w4"), .source = S("The Post"), .url = S("")},
};
static sr_reason REASONS[] = {{.term = S("prisoner exchange"), .share = 0.25},
                              {.term = S("Azov"), .share = 0.125}};
static sr_via VIAS[] = {{.id = S("n1"), .title = S("Talks"), .share = 0.5},
                        {.id = S("n2"), .share = 0.0625}};
static sr_box_item ITEMS[] = {
    {.shown = {.article = {.id = S("w 1"),
                           .title = S("Swap <b>\"done\"</b>"),
                           .lead = S("First\nline,\x1b[31m second."),
                           .url = S("https://a.example/?x=1&y=2"),
                           .source = S("New York Post"),
                           .author = S("A. Writer"),
                           .language = S("en"),
                           .published_s = NOW_S - 36 * 60},
               .score = 0.87654321,
               .n_also = 3},
     .also = ALSO,
     .reasons = REASONS,
     .n_reasons = 2,
     .vias = VIAS,
     .n_vias = 2,
     .time_factor = 0.9},
    {.shown = {.article = {.id = S("f,1"),
                           .url = S("JavaScript:alert(1)"),
                           .published_s = SR_TIME_UNKNOWN},
               .fallback = true}},
};
static sr_box BOX = {.query_id = S("q\"1"),
                     .items = ITEMS,
                     .n_items = 2,
                     .shortage = "the store holds too few other articles"};

static sr_boxes *make_boxes(size_t n)
{
    sr_boxes *boxes;
    assert_int_equal(sr_boxes_create(n, 1, &boxes), SR_OK);
    for (size_t i = 0; i < n; i++) {
        boxes->boxes[i] = BOX;
    }
    boxes->commit = 7;
    boxes->has_reasons = true;
    return boxes;
}

static void text_has_the_shape_of_a_page(void **state)
{
    (void)state;
    sr_boxes *boxes = make_boxes(1);
    assert_string_equal(render(boxes, SR_FORMAT_TEXT),
                        "Related Articles\n"
                        "\n"
                        "\n"
                        "New York Post\n"
                        "36 minutes ago\n"
                        "- New York Post\n"
                        "Swap <b>\"done\"</b>\n"
                        "First line, [31m second.\n"
                        "Also in 3 other places: The Post, The Mail\n"
                        "Shared: prisoner exchange 25 %, Azov 13 %\n"
                        "By way of: Talks 50 %; n2 6 %\n"
                        "Time: score times 90 %\n"
                        "\n"
                        "f,1\n"
                        "(not related: one of the newest articles)\n"
                        "\n"
                        "No more: the store holds too few other articles\n");
    sr_boxes_free(boxes);
}

static void json_is_one_object_or_one_keyed_by_id(void **state)
{
    (void)state;
    static const char ONE[] =
        "{\"query\":{\"id\":\"q\\\"1\"},\"commit\":7,\"items\":["
        "{\"id\":\"w 1\",\"title\":\"Swap "
        "<b>\\\"done\\\"</b>\",\"url\":\"https://a.example/?x=1&y=2\","
        "\"source\":\"New York Post\",\"author\":\"A. "
        "Writer\",\"published\":\"2026-05-26T09:24:00Z\","
        "\"lead\":\"First\\nline,\\u001b[31m "
        "second.\",\"image\":\"\",\"score\":0.8765,\"fallback\":false,"
        "\"also\":[{\"id\":\"w2\",\"source\":\"The Post\",\"url\":\"https://post.example/2\"},"
        "{\"id\":\"w3\",\"source\":\"The Mail\",\"url\":\"\"},"
        "{\"id\":\"w4\",\"source\":\"The Post\",\"url\":\"\"}],"
        "\"why\":[{\"term\":\"prisoner "
        "exchange\",\"share\":0.2500},{\"term\":\"Azov\",\"share\":0.1250}],"
        "\"via\":[{\"id\":\"n1\",\"title\":\"Talks\",\"share\":0.5000},"
        "{\"id\":\"n2\",\"title\":\"\",\"share\":0.0625}],\"time\":0.9000},"
        "{\"id\":\"f,1\",\"title\":\"\",\"url\":\"JavaScript:alert(1)\",\"source\":\"\",\"author\":"
        "\"\","
        "\"published\":null,\"lead\":\"\",\"image\":\"\",\"score\":0.0000,\"fallback\":true,"
        "\"also\":[],"
        "\"why\":[],\"via\":[],\"time\":0.0000}],\"shortage\":\"the store holds too few other "
        "articles\"}";
    char expected[4 * sizeof ONE];
    sr_boxes *one = make_boxes(1);
    snprintf(expected, sizeof expected, "%s\n", ONE);
    assert_string_equal(render(one, SR_FORMAT_JSON), expected);
    assert_string_equal(render(one, SR_FORMAT_JSONL), expected);
    sr_boxes_free(one);
    sr_boxes *two = make_boxes(2);
    snprintf(expected, sizeof expected, "{\"q\\\"1\":%s,\n\"q\\\"1\":%s}\n", ONE, ONE);
    assert_string_equal(render(two, SR_FORMAT_JSON), expected);
    snprintf(expected, sizeof expected, "%s\n%s\n", ONE, ONE);
    assert_string_equal(render(two, SR_FORMAT_JSONL), expected);
    sr_boxes_free(two);
    sr_boxes *none = make_boxes(0);
    assert_string_equal(render(none, SR_FORMAT_JSON), "{}\n");
    sr_boxes_free(none);
}

static void tables_quote_and_keep_their_columns(void **state)
{
    (void)state;
    sr_boxes *boxes = make_boxes(1);
    assert_string_equal(render(boxes, SR_FORMAT_CSV), "id,rank,related_id,score\n"
                                                      "\"q\"\"1\",1,w 1,0.8765\n"
                                                      "\"q\"\"1\",2,\"f,1\",0.0000\n");
    assert_string_equal(render(boxes, SR_FORMAT_RANKING), "q\"1 Q0 w_1 1 0.876543 simrank\n"
                                                          "q\"1 Q0 f,1 2 0.000000 simrank\n");
    sr_boxes_free(boxes);
}

static void html_is_escaped_and_links_only_to_the_web(void **state)
{
    (void)state;
    sr_boxes *boxes = make_boxes(1);
    const char *html = render(boxes, SR_FORMAT_HTML);
    assert_non_null(
        strstr(html, "<aside class=\"simrank-related\" aria-labelledby=\"simrank-related-1\">"));
    assert_non_null(strstr(html, "<h2 class=\"simrank-heading\" id=\"simrank-related-1\">"));
    assert_non_null(
        strstr(html, "<a href=\"https://a.example/?x=1&amp;y=2\">Swap &lt;b&gt;&quot;done"));
    assert_non_null(strstr(html, "datetime=\"2026-05-26T09:24:00Z\">2026-05-26</time>"));
    assert_non_null(strstr(html, "<article lang=\"en\">"));
    assert_non_null(strstr(html, "Also in 3 other places: The Post, The Mail"));
    assert_non_null(strstr(html, "<li class=\"simrank-item simrank-fallback\">"));
    assert_null(strstr(html, "avaScript"));
    assert_null(strstr(html, "<b>"));
    sr_boxes_free(boxes);
}

static void html_classes_are_those_of_the_sample_style(void **state)
{
    (void)state;
    sr_buffer css;
    sr_buffer_init(&css, 1 << 20);
    FILE *file = fopen(SR_TEST_DATASETS "/../src/related/related.css", "rb");
    assert_non_null(file);
    char piece[4096];
    for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0;) {
        assert_int_equal(sr_buffer_append(&css, piece, n), SR_OK);
    }
    fclose(file);
    assert_int_equal(sr_buffer_append(&css, "", 1), SR_OK);
    ITEMS[0].shown.article.image = (sr_str)S("/a.jpg");
    sr_boxes *boxes = make_boxes(1);
    const char *at = render(boxes, SR_FORMAT_HTML);
    size_t n_classes = 0;
    while ((at = strstr(at, "class=\"")) != NULL) {
        at += strlen("class=\"");
        for (size_t n; *at != '"'; at += n + (at[n] == ' ')) {
            n = strcspn(at, " \"");
            char wanted[64];
            snprintf(wanted, sizeof wanted, "\n.%.*s", (int)n, at);
            if (!strstr(css.data, wanted)) {
                fail_msg("no style for %s", wanted + 1);
            }
            n_classes++;
        }
    }
    assert_true(n_classes >= 12);
    sr_boxes_free(boxes);
    sr_buffer_release(&css);
}

static void lines_are_cut_behind_a_word(void **state)
{
    (void)state;
    static const struct {
        sr_str text;
        size_t max;
        const char *expected;
    } CASES[] = {
        {S("  one \t\r\n two\x01three  "), 0, "one two three"},
        {S("one two three"), 7, "one two…"},
        {S("one two three"), 8, "one two…"},
        {S("one two three"), 12, "one two…"},
        {S("one two three"), 13, "one two three"},
        {S("unbreakable"), 5, "unbre…"},
        {S("日本語の記事"), 3, "日本語…"},
        {S("a\xff"), 0, "a\xef\xbf\xbd"},
        {S("a\xc2\x9b"
           "31m"),
         0, "a 31m"}, /* CSI as one character of C1 */
        {S(" \n "), 5, ""},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        sr_buffer out;
        sr_buffer_init(&out, SR_BUFFER_NO_LIMIT);
        assert_int_equal(sr_render_line(&out, CASES[i].text, CASES[i].max), SR_OK);
        assert_int_equal(sr_buffer_append(&out, "", 1), SR_OK);
        assert_string_equal(out.data, CASES[i].expected);
        sr_buffer_release(&out);
    }
}

static void scores_have_a_point_in_any_locale(void **state)
{
    (void)state;
    static const struct {
        double score;
        unsigned n_decimals;
        const char *expected;
    } CASES[] = {{1.0, 4, "1.0000"},     {0.0, 4, "0.0000"},      {0.99996, 4, "1.0000"},
                 {0.12344, 4, "0.1234"}, {0.000001, 4, "0.0001"}, {0.5, 6, "0.500000"}};
    (void)setlocale(LC_ALL, "de_DE.UTF-8"); /* where it is installed */
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        sr_buffer out;
        sr_buffer_init(&out, SR_BUFFER_NO_LIMIT);
        assert_int_equal(sr_render_score(&out, CASES[i].score, CASES[i].n_decimals), SR_OK);
        assert_int_equal(sr_buffer_append(&out, "", 1), SR_OK);
        assert_string_equal(out.data, CASES[i].expected);
        sr_buffer_release(&out);
    }
    (void)setlocale(LC_ALL, "C");
}

static void leads_do_not_repeat_the_title(void **state)
{
    (void)state;
    static const struct {
        sr_str title;
        sr_str lead;
        const char *expected;
    } CASES[] = {{S("Tide"), S("Tide comes in."), "comes in."},
                 {S("Tide"), S("Tides come in."), "Tides come in."},
                 {S("Tide"), S("Tide"), ""},
                 {S(""), S("Tide"), "Tide"},
                 {S("Tide comes"), S("Tide"), "Tide"}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        sr_article article = {.title = CASES[i].title, .lead = CASES[i].lead};
        sr_str shown = sr_render_lead(&article);
        assert_int_equal(shown.n_bytes, strlen(CASES[i].expected));
        assert_memory_equal(shown.data, CASES[i].expected, shown.n_bytes);
    }
}

static bool refuse(void *context, const char *bytes, size_t n_bytes)
{
    (void)context;
    (void)bytes;
    (void)n_bytes;
    return false;
}

static void a_writer_that_refuses_stops_the_call(void **state)
{
    (void)state;
    sr_boxes *boxes = make_boxes(1);
    assert_int_equal(sr_boxes_render(boxes, SR_FORMAT_TEXT, NOW_S, refuse, NULL), SR_ERR_IO);
    sr_boxes_free(boxes);
}

static void an_untitled_article_is_named_by_its_first_words(void **state)
{
    (void)state;
    sr_buffer out;
    sr_buffer_init(&out, SR_BUFFER_NO_LIMIT);
    sr_article article = {.id = sr_str_of("a-1"), .title = sr_str_of(" A \n title ")};
    assert_int_equal(sr_render_title(&out, &article), SR_OK);
    assert_true(sr_str_equal_text(sr_buffer_view(&out), "A title"));
    article.title = sr_str_of(" ");
    article.lead = sr_str_of(
        "The harbour of Ostrey will close for three weeks in May while divers replace the chain.");
    sr_buffer_clear(&out);
    assert_int_equal(sr_render_title(&out, &article), SR_OK);
    assert_true(
        sr_str_equal_text(sr_buffer_view(&out),
                          "The harbour of Ostrey will close for three weeks in May while divers…"));
    article.lead = sr_str_of("");
    sr_buffer_clear(&out);
    assert_int_equal(sr_render_title(&out, &article), SR_OK);
    assert_true(sr_str_equal_text(sr_buffer_view(&out), "a-1"));
    sr_buffer_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_untitled_article_is_named_by_its_first_words),
        cmocka_unit_test(text_has_the_shape_of_a_page),
        cmocka_unit_test(json_is_one_object_or_one_keyed_by_id),
        cmocka_unit_test(tables_quote_and_keep_their_columns),
        cmocka_unit_test(html_is_escaped_and_links_only_to_the_web),
        cmocka_unit_test(html_classes_are_those_of_the_sample_style),
        cmocka_unit_test(lines_are_cut_behind_a_word),
        cmocka_unit_test(scores_have_a_point_in_any_locale),
        cmocka_unit_test(leads_do_not_repeat_the_title),
        cmocka_unit_test(a_writer_that_refuses_stops_the_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
