/* test_feed_readers.c — what the four readers cut out of small nasty inputs: bytes, numbers, lines,
 * and what is bad. */
#include "feed_fixture.h"

typedef struct reader_case {
    const char *name;
    const char *input;
    const char *expected;
    uint64_t max_record_bytes; /* 0: the default */
} reader_case;

static void run_cases(const reader_case *cases, size_t n_cases, const char *file,
                      const char *format)
{
    for (size_t i = 0; i < n_cases; i++) {
        sr_feed_options options;
        sr_feed_options_init(&options);
        options.input_format = format;
        if (cases[i].max_record_bytes) {
            options.max_record_bytes = cases[i].max_record_bytes;
        }
        print_message("  %s\n", cases[i].name);
        const char *path = fixture_write_text(file, cases[i].input);
        fixture_expect(path, &options, FIXTURE_RAW, cases[i].expected);
    }
}

static void test_jsonl(void **state)
{
    (void)state;
    static const reader_case CASES[] = {
        {"plain", "{\"a\":1}\n{\"a\":2}\n", "1:1 {\"a\":1}\\n\n2:2 {\"a\":2}\\n\n", 0},
        {"no last line end", "{\"a\":1}\n{\"a\":2}", "1:1 {\"a\":1}\\n\n2:2 {\"a\":2}\n", 0},
        {"CRLF", "{}\r\n{}\r\n", "1:1 {}\\r\\n\n2:2 {}\\r\\n\n", 0},
        {"blank lines count", "\n{}\n \t\r\n\n{}\n\n", "2:2 {}\\n\n5:5 {}\\n\n", 0},
        {"BOM", "\xef\xbb\xbf{}\n{}\n", "1:1 {}\\n\n2:2 {}\\n\n", 0},
        {"too long", "{\"a\":\"xxxxxxxxxxxx\"}\n{}\n",
         "1:1 BAD the line is longer than 10 bytes\n2:2 {}\\n\n", 10},
        {"too long, last", "{}\n{\"a\":\"xxxxxxxxxxxx\"}",
         "1:1 {}\\n\n2:2 BAD the line is longer than 10 bytes\n", 10},
        {"empty", "", "", 0},
        {"blank", " \n\n", "", 0},
    };
    run_cases(CASES, SR_ARRAY_COUNT(CASES), "a.jsonl", "jsonl");
}

/* Lines of every length, megabytes of blank lines, lines that are too long: whatever a batch holds,
 * its records are those of the file, wherever its window lies, and the window stays small. */
static void test_jsonl_windows(void **state)
{
    (void)state;
    enum { N_LINES = 3000, MAX_LINE = 100000 };
    sr_buffer input;
    sr_buffer expected;
    sr_buffer_init(&input, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&expected, SR_BUFFER_NO_LIMIT);
    uint64_t random = 5;
    for (unsigned i = 0; i < N_LINES; i++) {
        random = sr_mix64(random + i);
        size_t n_fill = i % 100 == 50 ? 3 << 20 : random % 997 == 0 ? 70000 : random % 3000;
        bool is_blank = i % 200 == 50;
        size_t n_before = input.n_bytes;
        assert_int_equal(sr_buffer_append_format(&input, is_blank ? " " : "{\"line\":\"%u ", i),
                         SR_OK);
        assert_int_equal(sr_buffer_reserve(&input, input.n_bytes + n_fill + 16), SR_OK);
        memset(input.data + input.n_bytes, is_blank ? '\n' : 'a' + (int)(i % 26), n_fill);
        input.n_bytes += n_fill;
        assert_int_equal(sr_buffer_append_text(&input, is_blank ? "\n" : "\"}\n"), SR_OK);
        sr_str line = sr_str_make(input.data + n_before, input.n_bytes - n_before);
        if (!is_blank && line.n_bytes <= MAX_LINE) {
            assert_int_equal(sr_buffer_append_str(&expected, line), SR_OK);
        }
    }
    const char *path = fixture_write("windows.jsonl", input.data, input.n_bytes);
    for (size_t max_bytes = 1; max_bytes < (64U << 20); max_bytes *= 64) {
        sr_feed_options options;
        sr_feed_options_init(&options);
        options.max_record_bytes = MAX_LINE;
        sr_feed *feed = NULL;
        sr_error error = {0};
        sr_record_batch batches[2]; /* one is read while the other is looked at */
        assert_int_equal(sr_feed_open(&path, 1, &options, NULL, &feed, &error), SR_OK);
        sr_record_batch_init(&batches[0]);
        sr_record_batch_init(&batches[1]);
        size_t n_seen = 0;
        size_t n_bad = 0;
        size_t n_most = 0;
        for (size_t n_batches = 0;; n_batches++) {
            sr_record_batch *next = &batches[n_batches % 2];
            sr_record_batch *last = &batches[1 - n_batches % 2];
            assert_int_equal(sr_feed_next_batch(feed, 500, max_bytes, next, &error), SR_OK);
            for (size_t i = 0; i < last->n_records; i++) {
                sr_str raw = last->records[i].raw;
                n_bad += last->records[i].bad != NULL;
                assert_true(raw.n_bytes <= expected.n_bytes - n_seen);
                assert_memory_equal(raw.data, expected.data + n_seen, raw.n_bytes);
                n_seen += raw.n_bytes;
            }
            n_most = last->window_capacity > n_most ? last->window_capacity : n_most;
            if (next->n_records == 0) {
                break;
            }
        }
        assert_int_equal(n_seen, expected.n_bytes);
        assert_int_equal(n_bad, N_LINES / 200);
        assert_true(n_most < 8U << 20);
        sr_record_batch_release(&batches[0]);
        sr_record_batch_release(&batches[1]);
        sr_feed_close(feed);
    }
    sr_buffer_release(&input);
    sr_buffer_release(&expected);
}

static void test_json_array(void **state)
{
    (void)state;
    static const reader_case CASES[] = {
        {"plain", "[{\"a\":1},{\"a\":2}]", "1:1 {\"a\":1}\n2:1 {\"a\":2}\n", 0},
        {"a line each", "[\n{\"a\":1},\n{\"a\":2}\n]\n", "1:2 {\"a\":1}\n2:3 {\"a\":2}\n", 0},
        {"nested and strings", "[ {\"a\":[{}],\"b\":\"]}\\\"{\"} , {} ]",
         "1:1 {\"a\":[{}],\"b\":\"]}\\\"{\"}\n2:1 {}\n", 0},
        {"many lines each", "[\n {\n  \"a\": 1\n },\n {\n }\n]",
         "1:2 {\\n  \"a\": 1\\n }\n2:5 {\\n }\n", 0},
        {"scalars", "[1, \"x,]\" ,null,{}]", "1:1 1\n2:1 \"x,]\"\n3:1 null\n4:1 {}\n", 0},
        {"empty array", "[]", "", 0},
        {"BOM and blanks", "\xef\xbb\xbf \n [ ] \n", "", 0},
        {"two arrays", "[{}]\n[{}]", "1:1 {}\n2:2 {}\n", 0},
        {"not closed", "[{},\n{}", "1:1 {}\n2:2 {}\n3:2 BAD the array is not closed\n", 0},
        {"text behind", "[{}]\nbye\n",
         "1:1 {}\n2:2 BAD there is text behind the end of the array\n", 0},
        {"too long", "[{\"a\":\"xxxxxxxxxxxx\",\n\"b\":1},\n{}]",
         "1:1 BAD the element is longer than 10 bytes\n2:3 {}\n", 10},
        {"wrong bracket", "[\n{\"a\":[1},\n{\"b\":2}\n]",
         "1:2 BAD the brackets of the element do not match\n2:3 {\"b\":2}\n", 0},
        {"missing brace", "[\n{\"a\":{\"c\":1},\n{\"b\":2}\n]",
         "1:2 BAD the brackets of the element do not match\n2:3 {\"b\":2}\n", 0},
        {"missing brace in the last", "[\n{\"b\":2},\n{\"a\":1\n]\n",
         "1:2 {\"b\":2}\n2:3 BAD the brackets of the element do not match\n", 0},
        {"missing brace, indented", "[\n  {\n    \"a\": {\n      \"c\": 1\n  },\n  {\"b\": 2}\n]\n",
         "1:2 BAD the brackets of the element do not match\n2:6 {\"b\": 2}\n", 0},
        {"unclosed string", "[\n{\"a\":\"x},\n{\"b\":2}\n]",
         "1:2 BAD the brackets of the element do not match\n2:3 {\"b\":2}\n", 0},
        {"empty", "", "", 0},
    };
    run_cases(CASES, SR_ARRAY_COUNT(CASES), "a.json", "json");
}

static void test_json_array_too_deep(void **state)
{
    (void)state;
    enum { DEPTH = 5000 };
    static char input[2 * DEPTH + 16];
    char *at = input;
    *at++ = '[';
    memset(at, '[', DEPTH);
    memset(at + DEPTH, ']', DEPTH);
    memcpy(at + 2 * DEPTH, ",\n{}]", 6);
    sr_feed_options options;
    sr_feed_options_init(&options);
    options.input_format = "json";
    fixture_expect(fixture_write_text("deep.json", input), &options, FIXTURE_RAW,
                   "1:1 BAD the element is nested more than 1024 deep\n2:2 {}\n");
}

static void test_csv(void **state)
{
    (void)state;
    static const reader_case CASES[] = {
        {"plain", "a,b\n1,2\n3,4\n", "1:2 1,2\\n = 1|2\n2:3 3,4\\n = 3|4\n", 0},
        {"no last line end", "a,b\n1,2", "1:2 1,2 = 1|2\n", 0},
        {"CRLF", "a,b\r\n1,2\r\n", "1:2 1,2\\r\\n = 1|2\n", 0},
        {"CRLF in quotes", "a,b\r\n\"x\r\ny\",2\r\n", "1:2 \"x\\r\\ny\",2\\r\\n = x\\r\\ny|2\n", 0},
        {"blanks stay", "a,b\n x , y \n", "1:2  x , y \\n =  x | y \n", 0},
        {"quotes", "a,b\n\"x,\"\"y\"\"\",\"\"\n", "1:2 \"x,\"\"y\"\"\",\"\"\\n = x,\"y\"|\n", 0},
        {"quoted line ends", "a,b\n\"x\n\ny\",2\n3,4\n",
         "1:2 \"x\\n\\ny\",2\\n = x\\n\\ny|2\n2:5 3,4\\n = 3|4\n", 0},
        {"quote inside a bare field", "a,b\n5\" disk,2\n", "1:2 5\" disk,2\\n = 5\" disk|2\n", 0},
        {"blank lines", "\na,b\n\n1,2\n \r\n3,4\n", "1:4 1,2\\n = 1|2\n2:6 3,4\\n = 3|4\n", 0},
        {"fewer fields", "a,b\n1\n", "1:2 1\\n = 1\n", 0},
        {"more fields", "a,b\n1,2,3\n4,5\n",
         "1:2 BAD 3 fields, the header has 2\n2:3 4,5\\n = 4|5\n", 0},
        {"header only", "a,b\n", "", 0},
        {"header only, no line end", "a,b", "", 0},
        {"empty", "", "", 0},
        {"BOM",
         "\xef\xbb\xbf"
         "a,b\n1,2\n",
         "1:2 1,2\\n = 1|2\n", 0},
        {"unclosed to the end", "a,b\n1,2\n3,\"x\n5,6\n7,8\n",
         "1:2 1,2\\n = 1|2\n2:3 BAD a quote is opened and never closed\n3:4 5,6\\n = 5|6\n"
         "4:5 7,8\\n = 7|8\n",
         0},
        {"unclosed, then a quoted field", "a,b\n1,\"x\n2,\"y\"\n3,z\n",
         "1:2 BAD a quote is opened and never closed\n2:3 2,\"y\"\\n = 2|y\n3:4 3,z\\n = 3|z\n", 0},
        {"unclosed, then a quoted first field", "a,b\n1,\"x\n\"2\",y\n",
         "1:2 BAD a quote is opened and never closed\n2:3 \"2\",y\\n = 2|y\n", 0},
        {"said in quotes, over lines", "a,b\n\"he \"\"said\"\"\nso \"\"it\"\" is\",2\n",
         "1:2 \"he \"\"said\"\"\\nso \"\"it\"\" is\",2\\n = he \"said\"\\nso \"it\" is|2\n", 0},
        {"unclosed over the limit", "a,b\n1,\"xxxxxxxxx\nyyyyyyyyy\nzzzz\n2,3\n",
         "1:2 BAD the record is longer than 20 bytes (a quote left open?)\n"
         "2:3 yyyyyyyyy\\n = yyyyyyyyy\n3:4 zzzz\\n = zzzz\n4:5 2,3\\n = 2|3\n",
         20},
        {"a long line", "a,b\n1,xxxxxxxxxxxxxxxxxxxxxxxx\n2,3\n",
         "1:2 BAD the record is longer than 20 bytes\n2:3 2,3\\n = 2|3\n", 20},
        {"unclosed header", "a,\"b\n1,2\n",
         "0:1 BAD the header row has no end: a quote is left open, or it is too long\n", 0},
        {"unclosed in the last line", "a,b\n1,2\n3,\"x",
         "1:2 1,2\\n = 1|2\n2:3 BAD a quote is opened and never closed\n", 0},
    };
    run_cases(CASES, SR_ARRAY_COUNT(CASES), "a.csv", "csv");
}

/* Many lines with open quotes must not each cost a scan of the whole limit. */
static void test_csv_open_quotes_are_cheap(void **state)
{
    (void)state;
    enum { LINES = 100000, LINE = 24 };
    char *input = malloc(LINES * LINE + 64);
    assert_non_null(input);
    size_t n = (size_t)snprintf(input, LINE, "a,b\n");
    for (int i = 0; i < LINES; i++) {
        n += (size_t)snprintf(input + n, LINE, "%d,\" x\n", i);
    }
    const char *path = fixture_write("open.csv", input, n);
    free(input);
    static const uint64_t LIMITS[] = {16 << 20, 64 << 10};
    for (size_t i = 0; i < SR_ARRAY_COUNT(LIMITS); i++) {
        sr_feed_options options;
        sr_feed_options_init(&options);
        options.max_record_bytes = LIMITS[i];
        const char *dump = fixture_dump(&path, 1, &options, 1000, FIXTURE_RAW);
        size_t n_lines = 0;
        for (const char *c = dump; *c; c++) {
            n_lines += *c == '\n';
        }
        assert_int_equal(n_lines, LINES);
    }
}

static void test_text(void **state)
{
    (void)state;
    static const reader_case CASES[] = {
        {"plain", "Title\n\nBody.\n", "1:1 Title\\n\\nBody.\\n\n", 0},
        {"empty", "", "", 0},
        {"blank", "\n", "1:1 \\n\n", 0},
        {"too long", "0123456789012", "1:1 BAD the text is longer than 10 bytes\n", 10},
        {"just fits", "0123456789", "1:1 0123456789\n", 10},
    };
    run_cases(CASES, SR_ARRAY_COUNT(CASES), "a.txt", "text");
}

static void test_delimiter(void **state)
{
    (void)state;
    sr_feed_options options;
    sr_feed_options_init(&options);
    const char *semicolons = fixture_write_text("s.csv", "a;b\n1,5;2\n");
    fixture_expect(semicolons, &options, FIXTURE_RAW, "1:2 1,5;2\\n = 1,5|2\n");
    const char *tabs = fixture_write_text("t.tsv", "a\tb\n1,5\t2\n");
    fixture_expect(tabs, &options, FIXTURE_RAW, "1:2 1,5\\t2\\n = 1,5|2\n");
    options.delimiter = '#';
    fixture_expect(fixture_write_text("h.csv", "a#b\n1,5#2\n"), &options, FIXTURE_RAW,
                   "1:2 1,5#2\\n = 1,5|2\n");
}

static void test_detection(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *input;
        const char *format;
    } CASES[] = {
        {"a", " \n[ {}]", "json"},
        {"a", "[]", "json"},
        {"a", "[Reuters] Shares rose.\nMore.\n", "text"},
        {"a.json", "[1,2]", "json"},
        {"a", "\xef\xbb\xbf{\"a\":1}", "jsonl"},
        {"a", "id,title,text\n1,x,y\n2,\"a, b\",c\n", "csv"},
        {"a", "id;title\n1;x\n2;y\n", "csv"},
        {"a", "id\ttitle\n1\tx\n", "csv"},
        {"a", "id,title\n", "text"},
        {"a", "Hello, world\nfoo, bar\n", "text"},
        {"a", "Well, this is prose.\nIt has, now and then, commas.\n", "text"},
        {"a", "id,title\n1,2,3\n", "text"},
        {"a.csv", "anything\n", "csv"},
        {"a.CSV", "anything\n", "csv"},
        {"a.tsv", "a\tb\n", "csv"},
        {"a.csv", "{\"a\":1}\n", "jsonl"},
        {"a.txt", "Title\nBody\n", "text"},
        {"a.txt", "http://a/story\n\nhttps://b/story\r\n", "unknown"},
        {"a.txt", "https://a/story\nis worth reading\n", "text"},
        {"a.txt", "https://a/story\n", "text"},
        {"a", "bin\1\0ary", "unknown"},
        {"a", "%PDF-1.4 x", "unknown"},
    };
    for (size_t i = 0; i < SR_ARRAY_COUNT(CASES); i++) {
        bool binary = strncmp(CASES[i].input, "bin", 3) == 0;
        const char *path =
            fixture_write(CASES[i].name, CASES[i].input, binary ? 8 : strlen(CASES[i].input));
        sr_feed *feed;
        sr_record_batch batch;
        sr_record_batch_init(&batch);
        assert_int_equal(sr_feed_open(&path, 1, NULL, NULL, &feed, NULL), SR_OK);
        assert_int_equal(sr_feed_next_batch(feed, 1, 1, &batch, NULL), SR_OK);
        assert_int_equal(sr_feed_member_count(feed), 1);
        const char *format = sr_feed_format_name(sr_feed_member_get(feed, 0)->format);
        if (strcmp(format, CASES[i].format) != 0) {
            fail_msg("%s \"%s\" is %s, not %s", CASES[i].name, CASES[i].input, format,
                     CASES[i].format);
        }
        sr_record_batch_release(&batch);
        sr_feed_close(feed);
        unlink(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jsonl),
        cmocka_unit_test(test_json_array),
        cmocka_unit_test(test_json_array_too_deep),
        cmocka_unit_test(test_jsonl_windows),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_csv_open_quotes_are_cheap),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_delimiter),
        cmocka_unit_test(test_detection),
    };
    return cmocka_run_group_tests(tests, fixture_make, fixture_remove);
}
