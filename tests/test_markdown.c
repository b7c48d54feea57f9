/* test_markdown.c — pages of static sites: front matter in three notations, what is prose, what is
 * left out, and what a path says. */
#include "feed_fixture.h"

#include "feed/front_matter.h"
#include "feed/markdown.h"

static void expect_pairs(const char *page, const char *expected)
{
    sr_front_matter matter;
    sr_str front;
    sr_str body;
    sr_buffer out = {.max_bytes = SR_BUFFER_NO_LIMIT};
    sr_front_matter_init(&matter);
    sr_front_kind kind = sr_front_matter_cut(sr_str_of(page), &front, &body);
    assert_int_equal(sr_front_matter_read(&matter, kind, front), SR_OK);
    for (size_t i = 0; i < matter.n_pairs; i++) {
        sr_str name = sr_front_matter_name(&matter, i);
        sr_str value = sr_front_matter_value(&matter, i);
        assert_int_equal(sr_buffer_append_format(&out, "%.*s=%.*s;", (int)name.n_bytes, name.data,
                                                 (int)value.n_bytes, value.data),
                         SR_OK);
    }
    assert_int_equal(sr_buffer_append_format(&out, "%s|%.*s", matter.problem[0] ? "BAD" : "",
                                             (int)body.n_bytes, body.data),
                     SR_OK);
    assert_string_equal(out.data, expected);
    sr_buffer_release(&out);
    sr_front_matter_release(&matter);
}

static void test_front_matter(void **state)
{
    (void)state;
    expect_pairs("---\ntitle: Fog: a story\n---\n", "title=Fog;BAD|");
    expect_pairs("---\ntitle: \"Fog: a story\"\ndate: 2026-03-01T10:00:00Z\ntags: [a, b]\n"
                 "categories:\n  - x\n  - y z\nparams:\n  author: Jo\nauthors:\n  - name: A B\n"
                 "    url: u\n  - name: C\ndraft: false\n---\nBody\n",
                 "title=Fog: a story;date=2026-03-01T10:00:00Z;tags=a, b;categories=x, y z;"
                 "params.author=Jo;authors=A B, C;draft=false;|Body\n");
    expect_pairs(
        "+++\ntitle = 'Fog'\ndate = 2026-03-01T10:00:00Z\ntags = ['a', 'b']\nweight = 3\n"
        "[params]\nauthor = \"Jo\"\n[[authors]]\nname = 'A'\n[[authors]]\nname = 'B'\n+++\n"
        "Body",
        "authors=A, B;date=2026-03-01T10:00:00Z;params.author=Jo;tags=a, b;title=Fog;"
        "weight=3;|Body");
    expect_pairs(
        "{\"title\": \"a } b\", \"tags\": [\"x\", \"y\"], \"params\": {\"author\": \"Jo\"}}\n"
        "Body",
        "title=a } b;tags=x, y;params.author=Jo;|\nBody");
    expect_pairs("No front matter\n---\n", "|No front matter\n---\n");
    expect_pairs("---\nnever: closed\n", "|---\nnever: closed\n");
    expect_pairs("+++\nnot toml\n+++\n", "BAD|");
    expect_pairs(
        "+++\na = \"caf\xc3\xa9 \\\" x\" # \xc3\xa9\nb = '\\'\nc = \"\"\"d\n\xc3\xa9\"\"\"\n+++\n",
        "a=caf\xc3\xa9 \" x;b=\\;c=d\n\xc3\xa9;|");
    expect_pairs("+++\n\xc3\xa9 = 1\n+++\n", "BAD|");
    expect_pairs("+++\na = \"\"\"d \\\n  \xc3\xa9\"\"\"\n+++\n", "a=d \xc3\xa9;|");
    expect_pairs("---\na: &x [1]\nb: *x\n---\n", "a=1;b=;|");
}

static void expect_prose(const char *body, const char *expected)
{
    sr_buffer scratch = {.max_bytes = SR_BUFFER_NO_LIMIT};
    sr_buffer text = {.max_bytes = SR_BUFFER_NO_LIMIT};
    sr_str title;
    assert_int_equal(sr_markdown_read(sr_str_of(body), &scratch, &text, &title), SR_OK);
    assert_int_equal(sr_buffer_append_format(&text, "|"), SR_OK);
    assert_int_equal(sr_buffer_append(&text, "", 1), SR_OK);
    assert_string_equal(text.data, expected);
    sr_buffer_release(&scratch);
    sr_buffer_release(&text);
}

static void test_prose(void **state)
{
    (void)state;
    expect_prose("# Head\n\nOne *two*\nthree [four](http://x) `five`.\n\n- six\n- seven\n",
                 "Head\nOne two three four five.\nsix\nseven\n|");
    expect_prose("A\n\n```c\nint code;\n```\n\n    indented();\n\n<div>html</div>\n\nB <b>c</b>\n",
                 "A\nB c\n|");
    expect_prose("A ![alt text](x.png) B\n\n![](y.png)\n", "A  B\n\n|");
    expect_prose(
        "A {{< figure src=\"x\" >}} B {{% note %}}C{{% /note %}} {{ page.title }}{# n #}\n",
        "A  B C\n|");
    expect_prose("A\n{% highlight c %}\nint x;\n{% endhighlight %}\n\nB\n", "A\nB\n|");
    expect_prose("{{< highlight go >}}code{{< /highlight >}} A { b } {{ open\n",
                 "A { b } {{ open\n|");
}

static const char *site_path(const char *name)
{
    static char path[300];
    snprintf(path, sizeof path, "%s/%s", fixture_dir, name);
    return path;
}

static void put(const char *name, const char *content)
{
    char command[400];
    snprintf(command, sizeof command, "mkdir -p \"$(dirname '%s')\"", site_path(name));
    assert_int_equal(system(command), 0);
    fixture_write_text(name, content);
}

static void test_site(void **state)
{
    (void)state;
    put("site/_index.md", "---\ntitle: List\n---\n");
    put("site/about.fr.md", "# A propos\n\nBonjour.\n");
    put("site/post/draft.md", "---\ntitle: D\ndraft: true\n---\nx\n");
    put("site/post/fog.md",
        "+++\ntitle = 'Fog'\ndate = 2026-03-01\nurl = '/fog/'\n+++\nThe ferry.\n");
    put("site/post/late.md", "---\ntitle: L\ndate: 2026-09-01\n---\nLater.\n");
    put("site/_posts/2026-03-02-ice.md",
        "---\npublished: true\npermalink: /:year/:month/:title/\ncategories: [news]\n---\n# Ice\n\n"
        "On the river.\n");
    put("site/_posts/hidden.md", "---\npublished: false\n---\nx\n");
    put("site/sale.html", "---\ntitle: Sale\n---\n<h2>Boats</h2>\n{% include x %}<p>Two &amp; "
                          "more.</p>\n<script>x()</script>\n");
    put("site/feed.xml", "---\nlayout: null\n---\n<rss>{{ site.posts }}</rss>\n");
    put("site/_layouts/post.html", "---\nlayout: default\n---\n<p>{{ content }}</p>\n");
    put("site/_site/fog.html", "<title>Fog</title><p>The ferry.</p>");
    put("site/css/Main.CSS", "p { color: red }\n");
    put("site/post/post.11tydata.json", "{\"tags\": \"post\"}\n");
    put("site/Gemfile", "source 'https://rubygems.org'\n");
    put("site/bad.md", "---\ntitle: [\n---\nx\n");
    const char *paths[] = {fixture_path("site")};
    sr_feed_options options;
    sr_feed_options_init(&options);
    options.now_s = 1777593600; /* 2026-05-01 */
    const char *got = fixture_dump(paths, 1, &options, 100, FIXTURE_ARTICLES);
    assert_string_equal(
        got, "1:1 id=_posts/2026-03-02-ice.md title=Ice text=Ice\\nOn the river.\\n "
             "url=/2026/03/ice/ tags=news at=1772409600\n"
             "1:1 id=about.fr.md title=A propos text=A propos\\nBonjour.\\n language=fr\n"
             "1:1 BAD the front matter is not YAML: line 3: did not find expected node content\n"
             "1:1 id=post/fog.md title=Fog text=The ferry.\\n url=/fog/ at=1772323200\n"
             "1:1 id=sale.html title=Sale text=Boats\\nTwo & more.\n");
    assert_non_null(
        strstr(fixture_messages,
               "site: left out: 5 other files of a site, 1 index pages, 2 drafts, 1 templates, "
               "1 pages dated later than now (--now)\n"));
    /* The same in an archive. */
    char command[400];
    snprintf(command, sizeof command, "tar -C '%s' -cf '%s' site", fixture_dir, site_path("s.tar"));
    assert_int_equal(system(command), 0);
    const char *archive[] = {fixture_path("s.tar")};
    (void)fixture_dump(archive, 1, &options, 100, FIXTURE_ARTICLES);
    assert_non_null(strstr(fixture_messages, "5 other files of a site"));
    /* Without a now, what is read depends on the files alone. */
    options.now_s = SR_TIME_UNKNOWN;
    got = fixture_dump(paths, 1, &options, 100, FIXTURE_ARTICLES);
    assert_non_null(strstr(got, "id=post/late.md title=L"));
    options.map = "id=url,author=params.author";
    got = fixture_dump(paths, 1, &options, 100, FIXTURE_ARTICLES);
    assert_non_null(strstr(got, "id=/fog/ title=Fog"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_front_matter),
        cmocka_unit_test(test_prose),
        cmocka_unit_test(test_site),
    };
    return cmocka_run_group_tests(tests, fixture_make, fixture_remove);
}
