/* test_feed_records.c — records as articles: guesses, --map, the shapes that JSON values have in
 * feeds, repairs, and the reasons of what is refused. */
#include "feed_fixture.h"

typedef struct record_case {
    const char *input;
    const char *expected;
} record_case;

static void run_cases(const record_case *cases, size_t n_cases, const char *file, const char *map)
{
    sr_feed_options options;
    sr_feed_options_init(&options);
    options.map = map;
    for (size_t i = 0; i < n_cases; i++) {
        const char *path = fixture_write_text(file, cases[i].input);
        fixture_expect(path, &options, FIXTURE_ARTICLES, cases[i].expected);
    }
}

static void test_json_shapes(void **state)
{
    (void)state;
    static const record_case CASES[] = {
        {"{\"id\":\"a\",\"title\":\" T \",\"text\":\"x\\ny \"}\n",
         "1:1 id=a title=T text=x\\ny \n"},
        {"{\"id\":93,\"text\":\"x\"}", "1:1 id=93 text=x\n"},
        {"{\"id\":-9007199254740993,\"text\":\"x\"}", "1:1 id=-9007199254740993 text=x\n"},
        {"{\"id\":18446744073709551615,\"text\":\"x\"}", "1:1 id=18446744073709551615 text=x\n"},
        {"{\"id\":123456789012345678901234567890,\"text\":\"x\"}",
         "1:1 id=123456789012345678901234567890 text=x\n"},
        {"{\"id\":\"a\",\"text\":[\"one\",\"\",null,\"two\"]}", "1:1 id=a text=one\\ntwo\n"},
        {"{\"id\":\"a\",\"text\":\"x\",\"tags\":[\"b\",{\"name\":\"c\"},{\"q\":1},4]}",
         "1:1 id=a text=x tags=b,c,4\n"},
        {"{\"id\":\"a\",\"text\":\"x\",\"authors\":[\"Ann\",\"Bo\"]}",
         "1:1 id=a text=x author=Ann, Bo\n"},
        {"{\"id\":\"a\",\"text\":\"x\",\"source\":{\"id\":1,\"name\":\"Reuters\"}}",
         "1:1 id=a text=x source=Reuters\n"},
        {"{\"id\":\"a\",\"content\":{\"rendered\":\"x\"},\"image\":[{\"title\":\"t\",\"url\":\"u\"}"
         "]}",
         "1:1 id=a text=x image=u\n"},
        {"{\"id\":null,\"url\":\"http://x/\",\"text\":\"x\"}",
         "1:1 id=http://x/ text=x url=http://x/\n"},
        {"{\"text\":\"x\"}", "1:1 id=a.jsonl:1 text=x\n"},
        {"\n{\"Headline\":\"h\",\"BODY\":\"x\",\"pubDate\":\"2026-05-26\"}",
         "2:2 id=a.jsonl:2 title=h text=x at=1779753600\n"},
        {"{\"id\":\"a\",\"text\":\"\",\"body\":\"b\",\"content\":\"c\"}", "1:1 id=a text=b\n"},
        {"{\"id\":\"a\",\"text\":\"x\",\"date\":\"last week\"}", "1:1 id=a text=x\n"},
        {"{\"id\":\"a\",\"text\":\"x\",\"time_ms\":1394470370698}",
         "1:1 id=a text=x at=1394470370\n"},
        {"{\"id\":\"a\",\"text\":\"x\",\"time\":1394470370.698}",
         "1:1 id=a text=x at=1394470370\n"},
        {"{\"id\":\"a\",\"text\":null}", "1:1 id=a\n"},
        {"{\"id\":\"a\",\"lang\":\"de\",\"text\":true}", "1:1 id=a text=true language=de\n"},
        {"{\"id\":\"a\",\"id\":\"b\",\"text\":\"x\"}", "1:1 id=a text=x\n"},
        {"{\"id\":\"a\",\"text\":\"x\"}\r\n", "1:1 id=a text=x\n"},
    };
    run_cases(CASES, SR_ARRAY_COUNT(CASES), "a.jsonl", NULL);
}

static void test_json_repairs(void **state)
{
    (void)state;
    static const record_case CASES[] = {
        {"{\"id\":\"a\",\"text\":\"bad \xff\xfe byte\"}", "1:1 id=a text=bad ��  byte\n"},
        {"{\"id\":\"a\",\"text\":\"cut \xe2\x82\"}", "1:1 id=a text=cut �\n"},
        {"{\"id\":\"a\",\"text\":\"high \\ud83d.\"}", "1:1 id=a text=high �.\n"},
        {"{\"id\":\"a\",\"text\":\"low \\udc00.\"}", "1:1 id=a text=low �.\n"},
        {"{\"id\":\"a\",\"text\":\"two \\ud83d\\ud83d\\uDE00\"}", "1:1 id=a text=two �😀\n"},
        {"{\"id\":\"a\",\"text\":\"\\\\ud800\"}", "1:1 id=a text=\\ud800\n"},
        {"{\"id\":\"a\",\"text\":\"\\ud83d\\ude00\"}", "1:1 id=a text=😀\n"},
    };
    record_case cases[SR_ARRAY_COUNT(CASES)];
    memcpy(cases, CASES, sizeof CASES);
    cases[0].expected = "1:1 id=a text=bad �� byte\n";
    run_cases(cases, SR_ARRAY_COUNT(cases), "a.jsonl", NULL);
    /* the raw bytes stay */
    const char *path = fixture_write_text("a.jsonl", CASES[0].input);
    char expected[64];
    snprintf(expected, sizeof expected, "1:1 %s\n", CASES[0].input);
    fixture_expect(path, NULL, FIXTURE_RAW, expected);
}

static void test_json_refused(void **state)
{
    (void)state;
    static const record_case CASES[] = {
        {"{\"a\":1}\n[1]\n\"x\"\n{\"text\":\"x\"}\n",
         "1:1 BAD no text, title or lead among the fields a; say which is which, for example --map "
         "text=body\n2:2 BAD not a JSON object\n3:3 BAD not a JSON object\n4:4 id=a.jsonl:4 "
         "text=x\n"},
        {"{}\n", "1:1 BAD no text, title or lead among the fields (there are none); say which is "
                 "which, for "
                 "example --map text=body\n"},
        {"{\"nimike\":\"long one\",\"x\":\"y\",\"kuva\":\"http://a/very/long/link\"}\n",
         "1:1 BAD no text, title or lead among the fields nimike, x, kuva; say which is which, "
         "for "
         "example --map text=nimike\n"},
    };
    run_cases(CASES, SR_ARRAY_COUNT(CASES), "a.jsonl", NULL);
    static const char *const BROKEN[] = {
        "{\"id\":\"a\",\"text\":\"x\"} garbage",
        "{\"id\":\"a\",\"text\":\"x\",\"more\":[1,2,}",
        "{\"id\":\"a\",\"text\":\"x\",\"more\":nul}",
        "{\"id\":\"a\",\"text\":\"x\",\"more\":01}",
        "{\"id\":\"a\",\"text\":\"x\\q\"}",
        "{\"id\":\"a\",\"text\":\"x",
        "{\"id\":\"a\",\"text\":\"x\ty\"}",
        "{\"id\":\"a\"\xff,\"text\":\"x\"}",
    };
    for (size_t i = 0; i < SR_ARRAY_COUNT(BROKEN); i++) {
        const char *path = fixture_write_text("b.jsonl", BROKEN[i]);
        const char *got = fixture_dump(&path, 1, NULL, 10, FIXTURE_ARTICLES);
        if (strncmp(got, "1:1 BAD not valid JSON: ", 24) != 0) {
            fail_msg("%s gave %s", BROKEN[i], got);
        }
    }
}

static void test_json_depth(void **state)
{
    (void)state;
    enum { DEPTH = 100000 };
    char *input = malloc(2 * DEPTH + 64);
    assert_non_null(input);
    size_t n = (size_t)snprintf(input, 32, "{\"text\":");
    memset(input + n, '[', DEPTH);
    memset(input + n + DEPTH, ']', DEPTH);
    n += 2 * DEPTH;
    n += (size_t)snprintf(input + n, 32, "}\n{\"text\":\"x\"}\n");
    const char *path = fixture_write("deep.jsonl", input, n);
    free(input);
    const char *got = fixture_dump(&path, 1, NULL, 10, FIXTURE_ARTICLES);
    assert_non_null(strstr(got, "1:1 BAD not valid JSON"));
    assert_non_null(strstr(got, "2:2 id=deep.jsonl:2 text=x\n"));
}

static void test_map(void **state)
{
    (void)state;
    static const record_case CASES[] = {
        {"{\"id\":\"a\",\"content\":{\"rendered\":\"x\"},\"title\":{\"rendered\":\"T\"},"
         "\"meta\":{\"urls\":[\"u0\",\"u1\"]},\"a.b\":\"S\",\"who\":[{\"name\":\"Ann\"}]}",
         "1:1 id=a title=T text=x url=u1 source=S author=Ann\n"},
        {"{\"id\":\"a\",\"text\":\"no\",\"content\":{\"rendered\":null},\"meta\":3}", "1:1 id=a\n"},
    };
    run_cases(CASES, SR_ARRAY_COUNT(CASES), "a.jsonl",
              "text=content.rendered, title=title.rendered,url=meta.urls.1,source=a.b,"
              "author=who.name,lead=");
    /* a mapped name is guessed for nothing else, but a url may be the id; other guesses stay */
    static const record_case TAKEN[] = {
        {"{\"id\":\"a\",\"summary\":\"x\",\"title\":\"T\"}", "1:1 id=a title=T text=x\n"},
    };
    run_cases(TAKEN, 1, "a.jsonl", "text=summary");
    static const record_case URL_AS_ID[] = {
        {"{\"id\":7,\"url\":\"https://a.example/1\",\"text\":\"x\"}",
         "1:1 id=https://a.example/1 text=x url=https://a.example/1\n"},
    };
    run_cases(URL_AS_ID, SR_ARRAY_COUNT(URL_AS_ID), "a.jsonl", "id=url");
}

static void test_map_refused(void **state)
{
    (void)state;
    static const char *const MAPS[] = {"text", "body=text", "text=a,text=b",
                                       "text=a.b.c.d.e.f.g.h.i"};
    const char *path = fixture_write_text("a.jsonl", "{}\n");
    for (size_t i = 0; i < SR_ARRAY_COUNT(MAPS); i++) {
        sr_feed_options options;
        sr_feed_options_init(&options);
        options.map = MAPS[i];
        sr_feed *feed;
        sr_error error = {0};
        assert_int_equal(sr_feed_open(&path, 1, &options, NULL, &feed, &error), SR_ERR_ARGUMENT);
        assert_non_null(strstr(error.text, "--map: "));
    }
    sr_feed_options options;
    sr_feed_options_init(&options);
    options.input_format = "docx";
    sr_feed *feed;
    assert_int_equal(sr_feed_open(&path, 1, &options, NULL, &feed, NULL), SR_ERR_ARGUMENT);
}

static void test_csv_records(void **state)
{
    (void)state;
    static const record_case CASES[] = {
        {"id,Title,text,date\n7,T,x,2026-05-26\n8,,y\n",
         "1:2 id=7 title=T text=x at=1779753600\n2:3 id=8 text=y\n"},
        {"headline,url,name\nH,u,N\n,v,N\n", "1:2 id=u title=H url=u\n2:3 id=v title=N url=v\n"},
        {"id,title\n1,bad \xff.\n", "1:2 id=1 title=bad �.\n"},
        {"x,y\nlonger,2\n",
         "1:2 BAD no text, title or lead among the fields x, y; say which is which, for example "
         "--map text=x\n"},
    };
    run_cases(CASES, SR_ARRAY_COUNT(CASES), "a.csv", NULL);
    static const record_case MAPPED[] = {
        {"paivamaara,nimike,tiivistelma,kuva,id\n2022-02-17T13:36:31.000Z,O,\"T, t\",k,F1\n",
         "1:2 id=F1 title=O lead=T, t image=k at=1645104991\n"},
    };
    run_cases(MAPPED, 1, "a.csv", "published=paivamaara,title=nimike,lead=tiivistelma,image=kuva");
}

static void test_text_records(void **state)
{
    (void)state;
    static const record_case CASES[] = {
        {"\n  Title \r\n\r\nBody\nmore\n", "1:1 id=a.txt title=Title text=\\r\\nBody\\nmore\\n\n"},
        {"Only a title", "1:1 id=a.txt title=Only a title\n"},
        {"\xef\xbb\xbfTitle\nBody", "1:1 id=a.txt title=Title text=Body\n"},
        {"T\xff\nB\xc3", "1:1 id=a.txt title=T� text=B�\n"},
        {"\n \n", "1:1 id=a.txt\n"},
    };
    run_cases(CASES, SR_ARRAY_COUNT(CASES), "a.txt", NULL);
    const char *path = fixture_write_text("a.txt", CASES[2].input);
    fixture_expect(path, NULL, FIXTURE_RAW, "1:1 \xef\xbb\xbfTitle\\nBody\n");
}

static void test_messages(void **state)
{
    (void)state;
    const char *path = fixture_write_text(
        "m.jsonl", "{junk\n{\"headline\":\"h\",\"body\":\"b\",\"date\":\"2026-05-26\",\"id\":1}\n"
                   "{\"title\":\"h\",\"text\":\"b\"}\n");
    fixture_dump(&path, 1, NULL, 1, FIXTURE_ARTICLES);
    assert_string_equal(fixture_messages, "m.jsonl: reads title=headline, text=body, "
                                          "published=date (guessed; --map changes it)\n");
    sr_feed_options options;
    sr_feed_options_init(&options);
    options.map = "title=headline,text=body,published=date,lead=nowhere.at.all";
    fixture_dump(&path, 1, &options, 1, FIXTURE_ARTICLES);
    assert_string_equal(fixture_messages, "warning: m.jsonl: no record has a field "
                                          "\"nowhere.at.all\" (--map lead=nowhere.at.all)\n");
    path = fixture_write_text("m.csv", "headline,id\nh,1\nh,2\n");
    fixture_dump(&path, 1, NULL, 1, FIXTURE_ARTICLES);
    assert_string_equal(fixture_messages,
                        "m.csv: reads title=headline (guessed; --map changes it)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_shapes),  cmocka_unit_test(test_json_repairs),
        cmocka_unit_test(test_json_refused), cmocka_unit_test(test_json_depth),
        cmocka_unit_test(test_map),          cmocka_unit_test(test_map_refused),
        cmocka_unit_test(test_csv_records),  cmocka_unit_test(test_text_records),
        cmocka_unit_test(test_messages),
    };
    return cmocka_run_group_tests(tests, fixture_make, fixture_remove);
}
