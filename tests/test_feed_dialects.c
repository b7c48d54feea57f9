/* test_feed_dialects.c — CSV as it comes: delimiters, missing headers, encodings, line ends; what
 * is said of them, and that records go back as they came. */
#include "feed_fixture.h"

#include "feed/encoding_guess.h"

#include <iconv.h>

static sr_feed_options make_options(const char *format, const char *encoding, const char *map)
{
    sr_feed_options options;
    sr_feed_options_init(&options);
    options.input_format = format;
    options.encoding = encoding;
    options.map = map;
    return options;
}

/* A file whose content is `text` in an encoding, behind `mark`. */
static const char *write_encoded(const char *name, const char *encoding, const char *mark,
                                 size_t n_mark, const char *text)
{
    char bytes[4096];
    memcpy(bytes, mark, n_mark);
    char *in = (char *)text;
    char *out = bytes + n_mark;
    size_t n_in = strlen(text);
    size_t n_out = sizeof bytes - n_mark;
    iconv_t handle = iconv_open(encoding, "UTF-8");
    assert_true(handle != (iconv_t)-1);
    assert_int_equal(iconv(handle, &in, &n_in, &out, &n_out), 0);
    iconv_close(handle);
    return fixture_write(name, bytes, (size_t)(out - bytes));
}

/* Every record of the file survives: the copy has its bytes. */
static void expect_same_copy(const char *path, const sr_feed_options *options)
{
    sr_feed *feed;
    sr_sink *sink;
    sr_record_batch batch;
    char before[4096];
    sr_str bytes = fixture_read(path);
    size_t n_before = bytes.n_bytes;
    memcpy(before, bytes.data, n_before);
    char copy[300];
    snprintf(copy, sizeof copy, "%s.copy", path);
    assert_int_equal(sr_feed_open(&path, 1, options, NULL, &feed, NULL), SR_OK);
    assert_int_equal(sr_sink_open(copy, NULL, NULL, &sink, NULL), SR_OK);
    sr_record_batch_init(&batch);
    assert_int_equal(sr_feed_next_batch(feed, 1000, 1 << 20, &batch, NULL), SR_OK);
    assert_int_equal(sr_sink_begin_member(sink, sr_feed_member_get(feed, 0), NULL), SR_OK);
    for (size_t i = 0; i < batch.n_records; i++) {
        assert_int_equal(sr_sink_write_record(sink, &batch.records[i], NULL), SR_OK);
    }
    assert_int_equal(sr_sink_commit(sink, NULL), SR_OK);
    sr_record_batch_release(&batch);
    sr_feed_close(feed);
    sr_str after = fixture_read(copy);
    assert_int_equal(after.n_bytes, n_before);
    assert_memory_equal(after.data, before, n_before);
}

/* ---------------------------------------------------------------- delimiters and headers */

static void test_dialects(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *content;
        const char *articles;
        const char *said;
    } CASES[] = {
        {"semicolons.csv", "id;title\n1;One, two\n2;Three, four\n",
         "1:2 id=1 title=One, two\n2:3 id=2 title=Three, four\n",
         "semicolons.csv: cut by ';' (guessed; to change it: --delimiter)\n"},
        {"tabs.tsv", "id\ttitle\n1\tOne, two\n", "1:2 id=1 title=One, two\n",
         "tabs.tsv: cut by tabs (guessed; to change it: --delimiter)\n"},
        {"more_commas.csv", "title;text\na,b,c;d,e\nf,g,h;i,j\n",
         "1:2 id=more_commas.csv:1 title=a,b,c text=d,e\n"
         "2:3 id=more_commas.csv:2 title=f,g,h text=i,j\n",
         "more_commas.csv: cut by ';' (guessed; to change it: --delimiter)\n"},
        {"no_header.csv",
         "\"3\",\"Fears for pensions\",\"Unions say that they are disappointed by the talks.\"\n"
         "\"4\",\"The race is on\",\"A second team of rocketeers is competing for the prize.\"\n",
         "1:1 id=no_header.csv:1 title=Fears for pensions text=Unions say that they are "
         "disappointed by the talks.\n"
         "2:2 id=no_header.csv:2 title=The race is on text=A second team of rocketeers is "
         "competing for the prize.\n",
         "no_header.csv: no header row, columns are called 1 to 3 (guessed; to change it: "
         "--input-format csv-header)\n"
         "no_header.csv: reads title=2, text=3 (guessed; --map changes it)\n"},
        {"links.csv",
         "https://a.example/1,2026-03-01,The ferry was delayed by dense fog on Monday\n"
         "https://a.example/2,2026-03-02,The ferry came in time on the day after that\n",
         "1:1 id=https://a.example/1 text=The ferry was delayed by dense fog on Monday "
         "url=https://a.example/1 at=1772323200\n"
         "2:2 id=https://a.example/2 text=The ferry came in time on the day after that "
         "url=https://a.example/2 at=1772409600\n",
         "links.csv: no header row, columns are called 1 to 3 (guessed; to change it: "
         "--input-format csv-header)\n"
         "links.csv: reads text=3, url=1, published=2 (guessed; --map changes it)\n"},
        /* a usual name settles it; so does a row of short names */
        {"named.csv", "1,text\nx,y\n", "1:2 id=named.csv:1 text=y\n", ""},
        {"foreign.csv", "nimeke,runko\nx,y\n",
         "1:2 BAD no text, title or lead among the fields nimeke, runko; say which is which, for "
         "example --map text=nimeke\n",
         ""},
        /* backslashes before quotes, as MySQL writes them; a path is none */
        {"mysql.csv",
         "\"id\",\"title\",\"text\"\n\"1\",\"\\\"Hacksaw\\\", a name\",\"a \\\\ b\\\nc \\n\"\n"
         "\"2\",\"say \\\"hi\\\"\",\\N\n",
         "1:2 id=1 title=\"Hacksaw\", a name text=a \\ b\\nc \\n\n2:4 id=2 title=say \"hi\"\n",
         "mysql.csv: quotes written \\\" (guessed; to change it: --quotes)\n"},
        {"paths.csv", "title,text\n\"in C:\\x\\\",\"a \"\"b\\\"\"\"\n",
         "1:2 id=paths.csv:1 title=in C:\\x\\ text=a \"b\\\"\n", ""},
        /* quotes in the wrong place */
        {"quotes.csv",
         "title,text\nsay \"x\",one\n\"a\" b,two\n\"c,three\n"
         "\"say \"hi\" now\",\"f\nd,four\n",
         "1:2 id=quotes.csv:1 title=say \"x\" text=one\n"
         "2:3 id=quotes.csv:2 title=a b text=two\n"
         "3:4 BAD a quote is opened and never closed\n"
         "4:5 BAD a quote is opened and never closed\n"
         "5:6 id=quotes.csv:5 title=d text=four\n",
         "warning: quotes.csv: 1 record with quotes in the wrong place, mended\n"},
        {"inner.csv", "title,text\n\"say \"hi\" now\",b\nx,\"y\nd,four\n",
         "1:2 id=inner.csv:1 title=say \"hi\" now text=b\n"
         "2:3 BAD a quote is opened and never closed\n3:4 id=inner.csv:3 title=d text=four\n",
         ""},
    };
    for (size_t i = 0; i < SR_ARRAY_COUNT(CASES); i++) {
        const char *path = fixture_write_text(CASES[i].name, CASES[i].content);
        fixture_expect(path, NULL, FIXTURE_ARTICLES, CASES[i].articles);
        assert_string_equal(fixture_messages, CASES[i].said);
    }
}

static void test_overrides(void **state)
{
    (void)state;
    const char *path = fixture_write_text("over.csv", "a,b\nc,d\n");
    sr_feed_options rows = make_options("csv-rows", NULL, "title=1,text=2");
    fixture_expect(path, &rows, FIXTURE_ARTICLES,
                   "1:1 id=over.csv:1 title=a text=b\n2:2 id=over.csv:2 title=c text=d\n");
    assert_string_equal(fixture_messages, "");
    sr_feed_options header = make_options("csv-header", NULL, "title=1,text=b");
    fixture_expect(path, &header, FIXTURE_ARTICLES, "1:2 id=over.csv:1 title=c text=d\n");
    sr_feed_options absent = make_options(NULL, NULL, "title=3,text=b");
    fixture_expect(path, &absent, FIXTURE_ARTICLES, "1:2 id=over.csv:1 text=d\n");
    assert_string_equal(fixture_messages,
                        "warning: over.csv: no record has a field \"3\" (--map title=3)\n");
    const char *quoted = fixture_write_text("quoted.csv", "title,text\n\"a \\\"b\\\" c\",d\n");
    sr_feed_options doubled = make_options(NULL, NULL, NULL);
    doubled.quotes = "doubled";
    fixture_expect(quoted, &doubled, FIXTURE_ARTICLES,
                   "1:2 id=quoted.csv:1 title=a \\\"b\\\" c text=d\n");
    assert_string_equal(fixture_messages, "");
    doubled.quotes = "escaped";
    fixture_expect(quoted, &doubled, FIXTURE_ARTICLES,
                   "1:2 id=quoted.csv:1 title=a \"b\" c text=d\n");
    assert_string_equal(fixture_messages, "");
    doubled.quotes = "odd";
    assert_string_equal(fixture_dump(&quoted, 1, &doubled, 1, FIXTURE_RAW),
                        "ERROR quotes are doubled or escaped, not \"odd\"");
    sr_feed_options none = make_options(NULL, "klingon", NULL);
    assert_string_equal(fixture_dump(&path, 1, &none, 1, FIXTURE_RAW),
                        "ERROR \"klingon\" is no encoding that is known here");
    sr_feed_options unsafe = make_options(NULL, "utf-7", NULL);
    assert_string_equal(fixture_dump(&path, 1, &unsafe, 1, FIXTURE_RAW),
                        "ERROR \"utf-7\" is no encoding that is known here");
}

/* What spreadsheets put above a table; the copy has it too. */
static void test_rows_above_the_header(void **state)
{
    (void)state;
    static const char *const ABOVE[] = {"\"Articles, May\",,\r\n", "Articles of May\n\n,,\n",
                                        "sep=,\r\n"};
    for (size_t i = 0; i < SR_ARRAY_COUNT(ABOVE); i++) {
        char content[200];
        snprintf(content, sizeof content, "%sid,title,date\n1,Fog,2026-05-26\n2,Ice,\n", ABOVE[i]);
        const char *path = fixture_write_text("above.csv", content);
        const char *got = fixture_dump(&path, 1, NULL, 1, FIXTURE_ARTICLES);
        assert_non_null(strstr(got, " id=1 title=Fog at=1779753600\n"));
        assert_non_null(strstr(got, " id=2 title=Ice\n"));
        assert_non_null(strstr(fixture_messages,
                               "above.csv: a title above the header row (guessed; "
                               "to change it: --input-format csv-header)\n"));
        expect_same_copy(path, NULL);
    }
    const char *path = fixture_write_text("sep.csv", "sep=;\nid;title\n1;a,b\n");
    fixture_expect(path, NULL, FIXTURE_ARTICLES, "1:3 id=1 title=a,b\n");
    /* A first row that names one column is no title where rows of data follow. */
    path = fixture_write_text("none.csv", "title,,\nFog,1,2\nIce,3,4\n");
    fixture_expect(path, NULL, FIXTURE_ARTICLES,
                   "1:2 id=none.csv:1 title=Fog\n2:3 id=none.csv:2 title=Ice\n");
    /* Names of other languages. */
    path = fixture_write_text("de.csv", "Titel;Text;Datum;Autor\nNebel;Sp\xc3\xa4t;26.05.2026;A\n");
    fixture_expect(path, NULL, FIXTURE_ARTICLES,
                   "1:2 id=de.csv:1 title=Nebel text=Sp\xc3\xa4t author=A at=1779753600\n");
}

/* ---------------------------------------------------------------- encodings */

static const char CONTENT[] =
    "id,title\r\n1,\"Caf\xc3\xa9 \xe2\x80\x9cnoir\xe2\x80\x9d\"\r\n2,b\r\n";
static const char ARTICLES[] =
    "1:2 id=1 title=Caf\xc3\xa9 \xe2\x80\x9cnoir\xe2\x80\x9d\n2:3 id=2 title=b\n";

static void test_encodings_seen(void **state)
{
    (void)state;
    static const struct {
        const char *encoding;
        const char *mark;
        size_t n_mark;
        const char *said;
    } CASES[] = {
        {"UTF-16LE", "\xff\xfe", 2, "UTF-16LE"}, {"UTF-16BE", "\xfe\xff", 2, "UTF-16BE"},
        {"UTF-16LE", "", 0, "UTF-16LE"},         {"UTF-32LE", "\xff\xfe\0\0", 4, "UTF-32LE"},
        {"CP1252", "", 0, "windows-1252"},
    };
    for (size_t i = 0; i < SR_ARRAY_COUNT(CASES); i++) {
        char said[200];
        const char *path =
            write_encoded("seen.csv", CASES[i].encoding, CASES[i].mark, CASES[i].n_mark, CONTENT);
        fixture_expect(path, NULL, FIXTURE_ARTICLES, ARTICLES);
        snprintf(said, sizeof said, "seen.csv: in %s (guessed; to change it: --encoding)\n",
                 CASES[i].said);
        assert_string_equal(fixture_messages, said);
        expect_same_copy(path, NULL);
    }
}

static void test_encodings_said(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"latin2",    "koi8-r", "windows-1251",
                                        "shift_jis", "euc-jp", "gbk"};
    static const char *const TITLES[] = {"\xc5\x81\xc3\xb3\x64\xc5\xba", /* Łódź */
                                         "\xd0\x9c\xd0\xbe\xd1\x81\xd1\x82",
                                         "\xd0\x9c\xd0\xbe\xd1\x81\xd1\x82",
                                         "\xe8\xa1\xa8\xe7\xa4\xba", /* with 0x5c as second byte */
                                         "\xe6\xa9\x8b",
                                         "\xe6\xa1\xa5"};
    static const char *const ICONV[] = {"ISO-8859-2", "KOI8-R", "CP1251",
                                        "CP932",      "EUC-JP", "GB18030"};
    for (size_t i = 0; i < SR_ARRAY_COUNT(NAMES); i++) {
        char content[200];
        char articles[200];
        snprintf(content, sizeof content, "{\"id\":\"1\",\"title\":\"%s\"}\n", TITLES[i]);
        snprintf(articles, sizeof articles, "1:1 id=1 title=%s\n", TITLES[i]);
        const char *path = write_encoded("said.jsonl", ICONV[i], "", 0, content);
        sr_feed_options options = make_options(NULL, NAMES[i], NULL);
        fixture_expect(path, &options, FIXTURE_ARTICLES, articles);
        assert_string_equal(fixture_messages, "");
        expect_same_copy(path, &options);
    }
}

/* Other scripts are told by their statistics, in fields as short as a headline; Latin letters
 * beyond windows-1252 are not. */
static void test_scripts_guessed(void **state)
{
    (void)state;
    static const char RUSSIAN[] = "Мост через реку закрыт до понедельника";
    static const char GREEK[] = "Η γέφυρα έκλεισε μέχρι τη Δευτέρα";
    static const char HEBREW[] = "הגשר סגור עד יום שני";
    static const char ARABIC[] = "الجسر مغلق حتى يوم الاثنين";
    static const char JAPANESE[] = "橋は月曜日まで閉鎖されています";
    static const char CHINESE[] = "大桥关闭至星期一，市政府周日表示";
    static const char KOREAN[] = "다리는 월요일까지 폐쇄됩니다";
    static const struct {
        const char *encoding;
        const char *text;
    } CASES[] = {{"CP1251", RUSSIAN},     {"KOI8-R", RUSSIAN},   {"IBM866", RUSSIAN},
                 {"ISO-8859-5", RUSSIAN}, {"ISO-8859-7", GREEK}, {"CP1255", HEBREW},
                 {"CP1256", ARABIC},      {"CP932", JAPANESE},   {"EUC-JP", JAPANESE},
                 {"GB18030", CHINESE},    {"CP949", KOREAN}};
    for (size_t i = 0; i < SR_ARRAY_COUNT(CASES); i++) {
        char content[400];
        char articles[400];
        snprintf(content, sizeof content, "id,title,date\r\n1,%s,2026-05-26\r\n", CASES[i].text);
        snprintf(articles, sizeof articles, "1:2 id=1 title=%s at=1779753600\n", CASES[i].text);
        const char *path = write_encoded("script.csv", CASES[i].encoding, "", 0, content);
        fixture_expect(path, NULL, FIXTURE_ARTICLES, articles);
        assert_non_null(strstr(fixture_messages, sr_encoding_shown(CASES[i].encoding)));
        expect_same_copy(path, NULL);
    }
}

/* One line that is not UTF-8 among others that are; cut characters are not taken for letters. */
static void test_mixed_encodings(void **state)
{
    (void)state;
    const char *path =
        fixture_write_text("mixed.jsonl", "{\"id\":\"1\",\"title\":\"caf\xc3\xa9 caf\xc3\xa9\"}\n"
                                          "{\"id\":\"2\",\"title\":\"caf\xe9\"}\n"
                                          "{\"id\":\"3\",\"title\":\"cut \xe2\x82\"}\n"
                                          "{\"id\":\"4\",\"title\":\"\xc3\xa9 and \xe9 t\"}\n");
    fixture_expect(path, NULL, FIXTURE_ARTICLES,
                   "1:1 id=1 title=caf\xc3\xa9 caf\xc3\xa9\n2:2 id=2 title=caf\xc3\xa9\n"
                   "3:3 id=3 title=cut \xef\xbf\xbd\n4:4 id=4 title=\xc3\xa9 and \xef\xbf\xbd t\n");
    expect_same_copy(path, NULL);
}

static void test_guesses(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n_bytes;
        const char *encoding;
    } CASES[] = {
        {"", 0, "UTF-8"},
        {"plain", 5, "UTF-8"},
        {"caf\xc3\xa9", 5, "UTF-8"},
        {"caf\xe9 noir", 9, "CP1252"},
        {"caf\xe9 caf\xc3\xa9 caf\xc3\xa9", 16, "UTF-8"},
        {"\x93quoted\x94", 8, "CP1252"},
        {"\xff\xd8\xff\xe0\0\x10JFIF", 10, "UTF-8"}, /* no text: left to others */
        {"a\0b\0c\0d\0", 8, "UTF-16LE"},
        {"\0a\0b\0c\0d", 8, "UTF-16BE"},
        {"\0\0\0\0\0\0\0\0", 8, "UTF-8"},
    };
    for (size_t i = 0; i < SR_ARRAY_COUNT(CASES); i++) {
        size_t n_mark;
        sr_str head = sr_str_make(CASES[i].bytes, CASES[i].n_bytes);
        assert_string_equal(sr_encoding_guess(head, &n_mark), CASES[i].encoding);
    }
}

/* ---------------------------------------------------------------- line ends */

static void test_lone_cr(void **state)
{
    (void)state;
    const char *path = fixture_write_text("mac.csv", "id,title\r1,\"a\rb\"\r2,c\r");
    fixture_expect(path, NULL, FIXTURE_ARTICLES, "1:2 id=1 title=a\\nb\n2:4 id=2 title=c\n");
    assert_string_equal(fixture_messages, "mac.csv: lines end in CR\n");
    expect_same_copy(path, NULL);
    const char *text = fixture_write_text("mac.txt", "Title\rBody\rmore");
    fixture_expect(text, NULL, FIXTURE_ARTICLES, "1:1 id=mac.txt title=Title text=Body\\nmore\n");
}

/* Damage below a decoder is told as it is elsewhere. */
static void test_damage_below(void **state)
{
    (void)state;
    char content[4096] = "\xff\xfe";
    size_t n = 2;
    for (int i = 0; i < 100; i++) {
        n += (size_t)snprintf(content + n, 24, "%d", i % 10) + 1;
    }
    const char *path = fixture_write("odd.txt", content, n | 1); /* ends inside a character */
    const char *got = fixture_dump(&path, 1, NULL, 1, FIXTURE_ARTICLES);
    assert_non_null(strstr(got, "title=0123456789"));
    assert_non_null(strstr(got, "\xef\xbf\xbd\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dialects),
        cmocka_unit_test(test_overrides),
        cmocka_unit_test(test_rows_above_the_header),
        cmocka_unit_test(test_encodings_seen),
        cmocka_unit_test(test_encodings_said),
        cmocka_unit_test(test_scripts_guessed),
        cmocka_unit_test(test_mixed_encodings),
        cmocka_unit_test(test_guesses),
        cmocka_unit_test(test_lone_cr),
        cmocka_unit_test(test_damage_below),
    };
    return cmocka_run_group_tests(tests, fixture_make, fixture_remove);
}
