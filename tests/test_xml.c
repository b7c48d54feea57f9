/* test_xml.c — RSS, RDF and Atom: cut into items, items as articles, and survivors as a feed. */
#include "feed_fixture.h"

static const char RSS[] =
    "<?xml version=\"1.0\"?>\n"
    "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"\n"
    " xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:m=\"http://search.yahoo.com/mrss/\">\n"
    "<channel><title>The Gull</title><link>https://gull.example/</link><language>en</language>\n"
    "<!-- <item>no</item> -->\n"
    "  <item><title>Rain &amp;amp; wind</title><link>/rain</link>\n"
    "    <guid isPermaLink=\"false\">17</guid><dc:creator>Ann Orr</dc:creator>\n"
    "    <category>sea</category><category>weather</category><category>sea</category>\n"
    "    <pubDate>Tue, 26 May 2026 10:00:00 GMT</pubDate>\n"
    "    <m:group><m:content url=\"/v.mp4\" type=\"video/mp4\"/><m:thumbnail "
    "url=\"/r.jpg\"/></m:group>\n"
    "    <description>Short &lt;b&gt;lead&lt;/b&gt; &eacute;</description>\n"
    "    <content:encoded><![CDATA[<p>One.</p><p>Two &amp; </item> "
    "three.</p>]]></content:encoded>\n"
    "  </item>\n"
    "  <item><guid>https://gull.example/2</guid><title>Two</title><author>b@c.de (Bo)</author>\n"
    "    <source url=\"https://o.example/\">Other</source></item>\n"
    "</channel>\n"
    "</rss>\n";

#define RAIN                                                                                       \
    "1:6 id=https://gull.example/rain title=Rain & wind text=One.\\nTwo & three. "                 \
    "lead=Short lead é url=https://gull.example/rain source=The Gull author=Ann Orr "             \
    "language=en tags=sea,weather image=https://gull.example/r.jpg at=1779789600\n"

static void test_rss(void **state)
{
    (void)state;
    fixture_expect(fixture_write_text("rss", RSS), NULL, FIXTURE_ARTICLES,
                   RAIN "2:14 id=https://gull.example/2 title=Two url=https://gull.example/2 "
                        "source=Other author=Bo language=en\n");
    assert_string_equal(fixture_messages, "");
}

static void test_atom(void **state)
{
    (void)state;
    const char *path = fixture_write_text(
        "atom",
        "<a:feed xmlns:a=\"http://www.w3.org/2005/Atom\" xml:base=\"https://e.org/x/\" "
        "xml:lang=\"de\"><a:title>F</a:title><a:author><a:name>Cy</a:name><a:email>c@d</a:email>"
        "</a:author>\n<a:entry xml:base=\"y/\"><a:id>tag:1</a:id><a:title type=\"text\">a "
        "&lt;b&gt; "
        "c</a:title><a:link rel=\"self\" href=\"s\"/><a:link href=\"p\"/>"
        "<a:updated>2026-05-27T00:00:00Z</a:updated><a:published>2026-05-26T00:00:00Z</a:published>"
        "<a:content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\"><p>P &amp; q<br/>"
        "r</p><ul><li>s</li></ul></div></a:content><a:category term=\"t\"/>"
        "<a:category term=\"u\" label=\"U\"/></a:entry>"
        "<a:entry><a:id>tag:2</a:id><a:author><a:email>x@y</a:email><a:name>Di</a:name></a:author>"
        "<a:author><a:name>Ed</a:name></a:author><a:summary type=\"html\">&lt;i&gt;S&lt;/i&gt;"
        "</a:summary><a:content type=\"image/png\" mode=\"base64\">iVBO</a:content></a:entry>"
        "</a:feed>");
    fixture_expect(path, NULL, FIXTURE_ARTICLES,
                   "1:2 id=tag:1 title=a <b> c text=P & q\\nr\\ns url=https://e.org/x/y/p source=F "
                   "author=Cy language=de tags=t,U at=1779753600\n"
                   "2:2 id=tag:2 lead=S source=F author=Di, Ed language=de\n");
}

static void test_rdf(void **state)
{
    (void)state;
    const char *path = fixture_write_text(
        "rdf", "<?xml version='1.0' encoding='iso-8859-1'?>\n"
               "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'\n"
               " xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'>\n"
               "<channel rdf:about='https://r.org/'><title>R</title><link>https://r.org/</link>\n"
               "<items><rdf:Seq><rdf:li resource='https://r.org/1'/></rdf:Seq></items></channel>\n"
               "<item rdf:about='https://r.org/1'><title>Caf\xe9</title>"
               "<dc:date>2026-05-26</dc:date></item></rdf:RDF>");
    fixture_expect(
        path, NULL, FIXTURE_ARTICLES,
        "1:6 id=https://r.org/1 title=Café url=https://r.org/1 source=R at=1779753600\n");
}

static void test_what_is_ill_formed_is_read_and_told(void **state)
{
    (void)state;
    const char *path = fixture_write_text(
        "ill", "<rss><channel><title>T</title>\n"
               "<item><title>A & <b>b</title><link>http://x.org/?a=1&b=2</link>\n"
               "<description>c<br>d &lt; e\n"
               "<item><title>Next</title></item>\n"
               "<item><title>Cut");
    fixture_expect(path, NULL, FIXTURE_ARTICLES,
                   "1:2 id=http://x.org/?a=1&b=2 title=A & b lead=c\\nd < e "
                   "url=http://x.org/?a=1&b=2 source=T\n"
                   "2:4 id=ill:2 title=Next source=T\n"
                   "3:5 id=ill:3 title=Cut source=T\n");
    assert_string_equal(
        fixture_messages,
        "warning: ill:2: a & or < that is not escaped; 2 ill-formed items were read as far "
        "as possible\n");
}

static void test_nothing_comes_from_outside(void **state)
{
    (void)state;
    const char *secret = fixture_write_text("secret", "SECRET");
    char feed[1024];
    snprintf(feed, sizeof feed,
             "<!DOCTYPE rss SYSTEM \"file://%s\" [<!ENTITY out SYSTEM \"file://%s\">"
             "<!ENTITY %% p SYSTEM \"file://%s\"> %%p; <!ENTITY in \"in &amp; out\">"
             "<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>"
             "<rss><channel><item><title>x&out;y &in; &b;</title></item></channel></rss>",
             secret, secret, secret);
    fixture_expect(fixture_write_text("xxe", feed), NULL, FIXTURE_ARTICLES,
                   "1:1 id=xxe:1 title=xy in & out aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n");
}

static void test_a_bomb_does_not_go_off(void **state)
{
    (void)state;
    static char feed[8192];
    size_t n = (size_t)snprintf(feed, sizeof feed, "<!DOCTYPE rss [<!ENTITY e0 \"0123456789\">");
    for (int i = 1; i < 30; i++) {
        n += (size_t)snprintf(feed + n, sizeof feed - n,
                              "<!ENTITY e%d \"&e%d;&e%d;&e%d;&e%d;&e%d;&e%d;&e%d;&e%d;\">", i,
                              i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    }
    snprintf(feed + n, sizeof feed - n,
             "]><rss><channel><item><title>x &e29;</title></item></channel></rss>");
    fixture_expect(fixture_write_text("bomb", feed), NULL, FIXTURE_ARTICLES,
                   "1:1 id=bomb:1 title=x\n");
}

static void test_odd_contents(void **state)
{
    (void)state;
    fixture_expect(fixture_write_text("odd", "<feed><entry><title>don&#146;t</title><content "
                                             "mode=\"base64\" type=\"text/html\">PGI+SGk8L2I+IQ=="
                                             "</content></entry><entry><title>m</title><summary>a "
                                             "&amp;#150; b&lt;embed src=\"e\"> c</summary></entry>"
                                             "<entry><title>n</title><content "
                                             "type=\"image/png\">iVBORw0KGgo=</content>"
                                             "<published>mer, 16 nov 2022 00:38:15 +0100"
                                             "</published></entry></feed>"),
                   NULL, FIXTURE_ARTICLES,
                   "1:1 id=odd:1 title=don’t text=Hi!\n2:1 id=odd:2 title=m lead=a – b c\n"
                   "3:1 id=odd:3 title=n at=1668555495\n");
}

/* Names are cut out of addresses, tags out of the names of sources. */
static void test_whose_it_is(void **state)
{
    (void)state;
    fixture_expect(
        fixture_write_text("whose",
                           "<rss><channel><title>&lt;b>Tide&lt;/b> Times</title>"
                           "<managingEditor>ed@x.org (Ed Im)</managingEditor>"
                           "<item><title>A</title></item>"
                           "<item><title>B</title><author>Bo Ek (bo@x.org)</author></item>"
                           "<item><title>C</title><author>Cy Um &lt;cy@x.org></author></item>"
                           "<item><title>D</title><author>a@x.org (A), b@x.org (B)</author></item>"
                           "<item><title>E</title><source><title type=\"xhtml\"><div>The "
                           "<i>Isle</i></div></title></source></item></channel></rss>"),
        NULL, FIXTURE_ARTICLES,
        "1:1 id=whose:1 title=A source=Tide Times author=Ed Im\n"
        "2:1 id=whose:2 title=B source=Tide Times author=Bo Ek\n"
        "3:1 id=whose:3 title=C source=Tide Times author=Cy Um\n"
        "4:1 id=whose:4 title=D source=Tide Times author=a@x.org (A), b@x.org (B)\n"
        "5:1 id=whose:5 title=E source=The Isle author=Ed Im\n");
    /* an address where there is no name */
    fixture_expect(fixture_write_text(
                       "mail", "<feed><author><email>f@x.org</email><name>Fay</name></author>"
                               "<author><name>Gil</name></author><entry><title>A</title></entry>"
                               "<entry><title>B</title><author><uri>u</uri><email>h@x.org</email>"
                               "</author></entry></feed>"),
                   NULL, FIXTURE_ARTICLES,
                   "1:1 id=mail:1 title=A author=Fay\n2:1 id=mail:2 title=B author=h@x.org\n");
}

/* A feed that was cut inside a CDATA section, or inside what begins one. */
static void test_cut_sections(void **state)
{
    (void)state;
    fixture_expect(fixture_write_text("cut1", "<rss><channel><item><title>A</title><description>"
                                              "<![CDATA[<p>One & two.</p><p>Thr"),
                   NULL, FIXTURE_ARTICLES, "1:1 id=cut1:1 title=A lead=One & two.\\nThr\n");
    fixture_expect(fixture_write_text("cut2", "<rss><channel><item><title>A</title><description>"
                                              "<![CDA\n"),
                   NULL, FIXTURE_ARTICLES, "1:1 id=cut2:1 title=A\n");
}

/* A feed that declares no encoding should be UTF-8; one that is not is guessed as a table is. */
static void test_undeclared_encodings(void **state)
{
    (void)state;
    static const char KOI8[] = "<rss><channel><item><title>\xed\xcf\xd3\xd4 \xde\xc5\xd2\xc5\xda "
                               "\xd2\xc5\xcb\xd5 \xda\xc1\xcb\xd2\xd9\xd4 \xc4\xcf "
                               "\xd0\xcf\xce\xc5\xc4\xc5\xcc\xd8\xce\xc9\xcb\xc1</title></item>"
                               "</channel></rss>";
    static const char EUC[] = "<?xml version=\"1.0\"?><rss><channel><item><title>"
                              "\xb6\xb6\xa4\xcf\xb7\xee\xcd\xcb\xc6\xfc\xa4\xde\xa4\xc7\xca\xc4"
                              "\xba\xbf\xa4\xb5\xa4\xec\xa4\xc6\xa4\xa4\xa4\xde\xa4\xb9</title>"
                              "</item></channel></rss>";
    fixture_expect(fixture_write("koi8", KOI8, sizeof KOI8 - 1), NULL, FIXTURE_ARTICLES,
                   "1:1 id=koi8:1 title=Мост через реку закрыт до понедельника\n");
    assert_string_equal(fixture_messages, "koi8: in KOI8-R (guessed; to change it: --encoding)\n");
    fixture_expect(fixture_write("euc", EUC, sizeof EUC - 1), NULL, FIXTURE_ARTICLES,
                   "1:1 id=euc:1 title=橋は月曜日まで閉鎖されています\n");
    fixture_expect(fixture_write_text("west", "<rss><channel><item><title>caf\xe9</title></item>"
                                              "</channel></rss>"),
                   NULL, FIXTURE_ARTICLES, "1:1 id=west:1 title=café\n");
}

static void test_items_that_share_a_link_have_ids_of_their_own(void **state)
{
    (void)state;
    fixture_expect(fixture_write_text("ids",
                                      "<rss><channel><link>http://k.org/</link>"
                                      "<item><title>A</title><link>http://k.org</link></item>"
                                      "<item><title>B</title><link>http://k.org/</link>"
                                      "<guid>7</guid></item></channel></rss>"),
                   NULL, FIXTURE_ARTICLES,
                   "1:1 id=http://k.org#A title=A url=http://k.org\n"
                   "2:1 id=http://k.org/#7 title=B url=http://k.org/\n");
}

static void test_wide_feeds_are_decoded(void **state)
{
    (void)state;
    static const char TEXT[] = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><rss><channel>"
                               "<item><title>W</title></item></channel></rss>";
    char wide[2 * sizeof TEXT] = "";
    for (size_t i = 0; i + 1 < sizeof TEXT; i++) {
        wide[2 * i + 1] = TEXT[i];
    }
    fixture_expect(fixture_write("wide", wide, 2 * sizeof TEXT - 2), NULL, FIXTURE_ARTICLES,
                   "1:1 id=wide:1 title=W\n");
}

static void test_long_items_are_refused(void **state)
{
    (void)state;
    static char feed[300000];
    size_t n = (size_t)snprintf(feed, sizeof feed,
                                "<rss><channel>\n<item><title>a</title></item>\n<item><title>");
    memset(feed + n, 'x', 250000);
    n += 250000;
    snprintf(feed + n, sizeof feed - n,
             "</title>\n</item>\n<item><title>b</title></item></channel></rss>");
    sr_feed_options options;
    sr_feed_options_init(&options);
    options.max_record_bytes = 1000;
    fixture_expect(fixture_write_text("long", feed), &options, FIXTURE_ARTICLES,
                   "1:2 id=long:1 title=a\n2:3 BAD the item is longer than 1000 bytes\n"
                   "3:5 id=long:3 title=b\n");
}

static void test_map_names_elements(void **state)
{
    (void)state;
    sr_feed_options options;
    sr_feed_options_init(&options);
    options.map = "lead=dc:rights,title=description";
    fixture_expect(fixture_write_text("map",
                                      "<rss xmlns:dc='u:d'><channel><item><title>no</title>"
                                      "<description>yes</description><dc:rights>r</dc:rights>"
                                      "</item></channel></rss>"),
                   &options, FIXTURE_ARTICLES, "1:1 id=map:1 title=yes lead=r\n");
}

/* The feed with the second of three items left out. */
static void test_survivors_are_a_feed(void **state)
{
    (void)state;
    const char *path = fixture_write_text(
        "three.xml", "<rss><channel>\n  <title>T</title>\n  <item><title>1</title></item>\n"
                     "  <item><title>2</title></item>\n  <image/>\n"
                     "  <item><title>3</title></item>\n</channel></rss>\n");
    char target[300];
    snprintf(target, sizeof target, "%s/", fixture_path("out"));
    sr_feed *feed;
    sr_sink *sink;
    sr_record_batch batch;
    sr_error error;
    assert_int_equal(sr_feed_open(&path, 1, NULL, NULL, &feed, &error), SR_OK);
    assert_int_equal(sr_sink_open(target, NULL, NULL, &sink, &error), SR_OK);
    sr_record_batch_init(&batch);
    for (int i = 0; i < 4; i++) { /* the fourth reads the end */
        assert_int_equal(sr_feed_next_batch(feed, 1, 1, &batch, &error), SR_OK);
        assert_int_equal(batch.n_records, i < 3);
        if (i == 0) {
            assert_int_equal(sr_sink_begin_member(sink, batch.records[0].member, &error), SR_OK);
        }
        if (i == 0 || i == 2) {
            assert_int_equal(sr_sink_write_record(sink, &batch.records[0], &error), SR_OK);
        }
    }
    assert_int_equal(sr_sink_commit(sink, &error), SR_OK);
    assert_content(fixture_path("out/three.xml"),
                   "<rss><channel>\n  <title>T</title>\n  <item><title>1</title></item>\n"
                   "  <item><title>3</title></item>\n<image/>\n  </channel></rss>\n");
    sr_record_batch_release(&batch);
    sr_feed_close(feed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whose_it_is),
        cmocka_unit_test(test_cut_sections),
        cmocka_unit_test(test_undeclared_encodings),
        cmocka_unit_test(test_rss),
        cmocka_unit_test(test_atom),
        cmocka_unit_test(test_rdf),
        cmocka_unit_test(test_what_is_ill_formed_is_read_and_told),
        cmocka_unit_test(test_nothing_comes_from_outside),
        cmocka_unit_test(test_a_bomb_does_not_go_off),
        cmocka_unit_test(test_odd_contents),
        cmocka_unit_test(test_items_that_share_a_link_have_ids_of_their_own),
        cmocka_unit_test(test_wide_feeds_are_decoded),
        cmocka_unit_test(test_long_items_are_refused),
        cmocka_unit_test(test_map_names_elements),
        cmocka_unit_test(test_survivors_are_a_feed),
    };
    return cmocka_run_group_tests(tests, fixture_make, fixture_remove);
}
