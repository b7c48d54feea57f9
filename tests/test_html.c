/* test_html.c — pages and pieces of HTML as articles. */
#include "feed_fixture.h"

#include "feed/html_read.h"

static const char PAGE[] =
    "<!DOCTYPE html><html lang=\"en-GB\"><head><title>Rain is coming | The Gull</title>"
    "<link rel=\"canonical\" href=\"https://gull.example/rain\">"
    "<meta property=\"og:site_name\" content=\"The Gull\">"
    "<meta name=\"author\" content=\"Ann Orr\"><meta name=\"description\" content=\"Bring a "
    "coat.\">"
    "<meta property=\"og:image\" content=\"https://gull.example/rain.jpg\">"
    "<meta property=\"article:published_time\" content=\"2026-05-26T10:00:00Z\"></head><body>"
    "<nav><ul><li><a href=\"/\">Home</a><li><a href=\"/news\">News</a></ul></nav>"
    "<div class=\"cookie-note\"><p>We use cookies, and by going on you agree that we do "
    "so.</p></div>"
    "<article><h1>Rain is coming</h1><div class=\"share-bar\"><a href=\"#\">Share</a></div>"
    "<p>Clouds gathered over the harbour on Monday, and the boats, all nine of them, came home.</p>"
    "<p>The harbour master said that <b>no one</b> should sail&nbsp;before Thursday, or later.</p>"
    "<figure><img src=\"a.jpg\"><figcaption>Boats in the harbour, in better "
    "days.</figcaption></figure>"
    "<script>var x = \"<p>not text</p>\";</script>"
    "<p>Farmers, who had waited for water since April, were glad of it, and said so.</p>"
    "<h2>Related articles</h2><ul class=\"related\"><li><a href=\"/wind\">Wind "
    "too</a></ul></article>"
    "<div id=\"comments\"><p>First! I have never, in all my life, seen so much rain, "
    "honestly.</p></div>"
    "<footer><p>Copyright The Gull, all rights are reserved, in every country there "
    "is.</p></footer>";

#define PAGE_TEXT                                                                                  \
    "text=Clouds gathered over the harbour on Monday, and the boats, all nine of them, came "      \
    "home.\\nThe harbour master said that no one should sail before Thursday, or later.\\n"        \
    "Farmers, who had waited for water since April, were glad of it, and said so.\\n"

static void test_a_page_is_an_article(void **state)
{
    (void)state;
    fixture_expect(fixture_write_text("page", PAGE), NULL, FIXTURE_ARTICLES,
                   "1:1 id=https://gull.example/rain title=Rain is coming " PAGE_TEXT
                   " lead=Bring a coat. url=https://gull.example/rain source=The Gull "
                   "author=Ann Orr language=en-GB image=https://gull.example/rain.jpg "
                   "at=1779789600\n");
}

static void test_json_ld_knows_best(void **state)
{
    (void)state;
    const char *path = fixture_write_text(
        "ld.html",
        "<html><head><title>x</title><script type=\"application/ld+json\">"
        "{\"@graph\": [{\"@type\": \"WebSite\", \"name\": \"no\"},"
        "{\"@type\": [\"NewsArticle\"], \"headline\": \"Head\", \"author\": [{\"name\": \"A\"}, "
        "{\"name\": \"B\"}], \"datePublished\": \"2026-05-26\", \"publisher\": {\"name\": \"P\"},"
        "\"image\": {\"url\": \"https://a.example/i.png\"}}]}</script></head>"
        "<body><p>Some text.</p></body></html>");
    fixture_expect(path, NULL, FIXTURE_ARTICLES,
                   "1:1 id=ld.html title=Head text=Some text.\\n source=P author=A, B "
                   "image=https://a.example/i.png at=1779753600\n");
}

static void expect_encoding(const char *name, const char *bytes, size_t n_bytes)
{
    fixture_expect(fixture_write(name, bytes, n_bytes), NULL, FIXTURE_ARTICLES,
                   "1:1 id=page.html title=Ça va text=Très bien.\\n\n");
}

static void test_encodings_are_decoded(void **state)
{
    (void)state;
    static const char LATIN[] = "<html><title>\xc7"
                                "a va</title><p>Tr\xe8s bien.</p>";
    static const char UTF8[] = "\xef\xbb\xbf<html><title>Ça va</title><p>Très bien.</p>";
    static const char SAID[] = "<html><meta charset=koi8-r><title>\xf0\xd2\xc9</title>";
    char wide[2 * sizeof LATIN] = "\xff\xfe";
    for (size_t i = 0; i + 1 < sizeof LATIN; i++) {
        wide[2 + 2 * i] = LATIN[i];
    }
    expect_encoding("page.html", LATIN, sizeof LATIN - 1);
    expect_encoding("page.html", UTF8, sizeof UTF8 - 1);
    expect_encoding("page.html", wide, 2 * sizeof LATIN);
    fixture_expect(fixture_write("koi.html", SAID, sizeof SAID - 1), NULL, FIXTURE_ARTICLES,
                   "1:1 id=koi.html title=При\n");
}

/* Titles are cut between characters. */
/* The last bytes of the letters before the separator are those of dashes and points. */
static void test_titles_lose_their_site(void **state)
{
    (void)state;
    static const char *const TITLES[][2] = {{"Парад ВПК – Чайка", "Парад ВПК"},
                                            {"Что он взял | Чайка", "Что он взял"},
                                            {"Один раз — Чайка", "Один раз"},
                                            {"На ТВД · Чайка", "На ТВД"},
                                            {"ПДГ: Чайка", "ПДГ"},
                                            {"A bird » Чайка", "A bird"},
                                            {"Прилетела Чайка", "Прилетела"},
                                            {"НеЧайка", "НеЧайка"}};
    for (size_t i = 0; i < SR_ARRAY_COUNT(TITLES); i++) {
        char page[300];
        char expected[200];
        snprintf(page, sizeof page,
                 "<html><title>%s</title><meta property=og:site_name content=Чайка><p>Text.</p>",
                 TITLES[i][0]);
        snprintf(expected, sizeof expected, " title=%s text=", TITLES[i][1]);
        const char *got = fixture_dump(&(const char *){fixture_write_text("site.html", page)}, 1,
                                       NULL, 1, FIXTURE_ARTICLES);
        assert_non_null(strstr(got, expected));
    }
}

static void test_long_titles_are_cut(void **state)
{
    (void)state;
    sr_buffer page = {.max_bytes = SR_BUFFER_NO_LIMIT};
    sr_buffer out = {.max_bytes = SR_BUFFER_NO_LIMIT};
    assert_int_equal(sr_buffer_append_text(&page, "<title>x"), SR_OK);
    for (int i = 0; i < 600; i++) {
        assert_int_equal(sr_buffer_append_text(&page, "\xc3\xa9"), SR_OK);
        assert_int_equal(i < 500 ? sr_buffer_append_text(&out, "\xc3\xa9") : SR_OK, SR_OK);
    }
    assert_int_equal(sr_buffer_append_text(&page, "</title><p>Text.</p>"), SR_OK);
    const char *path = fixture_write("long.html", page.data, page.n_bytes);
    const char *got = fixture_dump(&path, 1, NULL, 1, FIXTURE_ARTICLES);
    const char *title = strstr(got, "title=x");
    assert_non_null(title);
    assert_memory_equal(title + 7, out.data, out.n_bytes);
    assert_memory_equal(title + 7 + out.n_bytes, " text=", 6);
    sr_buffer_release(&page);
    sr_buffer_release(&out);
}

static void test_pages_without_an_article(void **state)
{
    (void)state;
    fixture_expect(fixture_write_text("empty.html", "<html><body></body></html>"), NULL,
                   FIXTURE_ARTICLES, "1:1 BAD the page has neither a title nor a text\n");
    fixture_expect(fixture_write_text("short.html", "<p>One.<p>Two."), NULL, FIXTURE_ARTICLES,
                   "1:1 id=short.html text=One.\\nTwo.\\n\n");
}

static void test_deep_pages_end(void **state)
{
    (void)state;
    enum { DEPTH = 200000 };
    char *page = malloc(DEPTH * 5 + 32);
    size_t n = 0;
    n += (size_t)snprintf(page, 32, "<html><p>Above.</p>");
    for (int i = 0; i < DEPTH; i++) {
        memcpy(page + n, "<div>", 5);
        n += 5;
    }
    fixture_expect(fixture_write("deep.html", page, n), NULL, FIXTURE_ARTICLES,
                   "1:1 id=deep.html text=Above.\\n\n");
    free(page);
}

static void test_pieces_are_told_from_text(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        bool is_html;
    } CASES[] = {{"<p>one</p>", true},     {"one<br/>two", true},
                 {"a &amp; b", true},      {"a &#8217; b", true},
                 {"a < b > c", false},     {"<ann@example.org>", false},
                 {"Smith & Sons;", false}, {"", false},
                 {"if (a<b) c>d", false},  {"<b", false},
                 {"<!-- x -->", true},     {"AT&T; and", false},
                 {"</DIV>", true},         {"a<link rel='x'> b", true},
                 {"a <link> b", false}};
    for (size_t i = 0; i < SR_ARRAY_COUNT(CASES); i++) {
        if (sr_html_is_likely(sr_str_of(CASES[i].value)) != CASES[i].is_html) {
            fail_msg("%s", CASES[i].value);
        }
    }
    sr_html_reader reader;
    sr_str text;
    sr_html_reader_init(&reader, NULL);
    assert_int_equal(sr_html_read_piece(&reader,
                                        sr_str_of("<p>One <i>t</i>wo</p><ul><li>a<li>"
                                                  "b</ul>x<br>y &eacute;"),
                                        &text),
                     SR_OK);
    assert_true(sr_str_equal_text(text, "One two\na\nb\nx\ny é"));
    sr_html_reader_release(&reader);
}

static void test_html_in_fields_is_read(void **state)
{
    (void)state;
    fixture_expect(fixture_write_text("a.jsonl", "{\"id\":\"1\",\"title\":\"R &amp; D\",\"text\":"
                                                 "\"<p>One.</p><p>Two &amp; 3.</p>\"}\n"
                                                 "{\"id\":\"2\",\"text\":\"no tag &gt; this\"}\n"),
                   NULL, FIXTURE_ARTICLES,
                   "1:1 id=1 title=R & D text=One.\\nTwo & 3.\n2:2 id=2 text=no tag > this\n");
    assert_string_equal(fixture_messages, "a.jsonl: text holds HTML, read without its tags\n");
    fixture_expect(fixture_write_text("b.csv", "id,text,summary\n1,x < y,<b>s</b>\n2,a <b>,t\n"
                                               "3,c,<i>u</i>\n"),
                   NULL, FIXTURE_ARTICLES,
                   "1:2 id=1 text=x < y lead=s\n2:3 id=2 text=a <b> lead=t\n"
                   "3:4 id=3 text=c lead=u\n");
    sr_feed_options options;
    sr_feed_options_init(&options);
    options.map = "text=content.rendered,title=title.rendered";
    fixture_expect(fixture_write_text("wp.json",
                                      "[{\"id\":7,\"title\":{\"rendered\":\"A&#8217;s\"},"
                                      "\"content\":{\"rendered\":\"plain\"}}]"),
                   &options, FIXTURE_ARTICLES, "1:1 id=7 title=A’s text=plain\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_page_is_an_article),
        cmocka_unit_test(test_json_ld_knows_best),
        cmocka_unit_test(test_encodings_are_decoded),
        cmocka_unit_test(test_deep_pages_end),
        cmocka_unit_test(test_html_in_fields_is_read),
        cmocka_unit_test(test_titles_lose_their_site),
        cmocka_unit_test(test_long_titles_are_cut),
        cmocka_unit_test(test_pages_without_an_article),
        cmocka_unit_test(test_pieces_are_told_from_text),
    };
    return cmocka_run_group_tests(tests, fixture_make, fixture_remove);
}
