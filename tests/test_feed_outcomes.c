/* test_feed_outcomes.c — what becomes of each file of the public suites: its format, its records,
 * how many are bad, and why the first of them is. The list (feed_outcomes.tsv) was checked by eye;
 * `test_feed_outcomes --print` makes it anew. Skipped where the suites are absent. */
#include "feed_fixture.h"

static const char *const SUITES[] = {"warc", "torture"};
static const char LIST[] = SR_TEST_DATASETS "/../tests/feed_outcomes.tsv";

typedef struct outcome {
    const sr_feed_member *member;
    uint64_t n_records;
    uint64_t n_bad;
    char first_reason[160];
} outcome;

static void append_outcome(sr_buffer *out, const outcome *o)
{
    FIXTURE_PUT("%s\t%s\t%s\t%llu\t%llu\t", o->member->relative,
                sr_feed_format_name(o->member->format), o->member->encoding,
                (unsigned long long)o->n_records, (unsigned long long)o->n_bad);
    fixture_show(out, sr_str_of(o->first_reason));
    FIXTURE_PUT("\n");
}

static void note_record(outcome *o, sr_record_parser *parser, sr_arena *arena,
                        const sr_record *record)
{
    sr_article article;
    sr_error error = {0};
    o->n_records++;
    sr_arena_reset(arena);
    if (sr_record_parse(parser, record, arena, &article, &error) == SR_OK) {
        return;
    }
    if (o->n_bad++ == 0) {
        size_t n = strlen(error.text);
        n = n < sizeof o->first_reason ? n : sizeof o->first_reason - 1;
        while (n && n < strlen(error.text) && ((unsigned char)error.text[n] & 0xc0) == 0x80) {
            n--;
        }
        memcpy(o->first_reason, error.text, n);
        o->first_reason[n] = '\0';
    }
}

static void read_suite(const char *name, sr_buffer *out)
{
    char path[300];
    const char *paths[] = {path};
    sr_feed *feed;
    sr_record_parser *parser;
    sr_record_batch batch;
    sr_arena arena;
    sr_error error = {0};
    snprintf(path, sizeof path, SR_TEST_SHARED "/data/feeds/%s.tar.zst", name);
    assert_int_equal(sr_feed_open(paths, 1, NULL, NULL, &feed, &error), SR_OK);
    assert_int_equal(sr_record_parser_create(feed, &parser), SR_OK);
    sr_record_batch_init(&batch);
    sr_arena_init(&arena);
    outcome *outcomes = calloc(10000, sizeof *outcomes);
    size_t n_outcomes = 0;
    do {
        assert_int_equal(sr_feed_next_batch(feed, 1000, 1 << 20, &batch, &error), SR_OK);
        while (n_outcomes < sr_feed_member_count(feed)) {
            assert_true(n_outcomes < 10000);
            outcomes[n_outcomes].member = sr_feed_member_get(feed, n_outcomes);
            n_outcomes++;
        }
        size_t at = 0;
        for (size_t i = 0; i < batch.n_records; i++) {
            while (outcomes[at].member != batch.records[i].member) {
                at++;
            }
            note_record(&outcomes[at], parser, &arena, &batch.records[i]);
        }
    } while (batch.n_records);
    for (size_t i = 0; i < n_outcomes; i++) {
        if (!strstr(outcomes[i].member->relative, "JSONTestSuite/test_")) { /* test_feed_torture */
            append_outcome(out, &outcomes[i]);
        }
    }
    free(outcomes);
    sr_arena_release(&arena);
    sr_record_batch_release(&batch);
    sr_record_parser_free(parser);
    sr_feed_close(feed);
}

static bool are_there(void)
{
    for (size_t i = 0; i < SR_ARRAY_COUNT(SUITES); i++) {
        char path[300];
        snprintf(path, sizeof path, SR_TEST_SHARED "/data/feeds/%s.tar.zst", SUITES[i]);
        if (access(path, R_OK) != 0) {
            return false;
        }
    }
    return true;
}

static void read_suites(sr_buffer *out)
{
    sr_buffer_init(out, SR_BUFFER_NO_LIMIT);
    FIXTURE_PUT("file\tformat\tencoding\trecords\tbad\twhy the first\n");
    for (size_t i = 0; i < SR_ARRAY_COUNT(SUITES); i++) {
        read_suite(SUITES[i], out);
    }
}

/* Names the first line that differs. */
static void test_outcomes(void **state)
{
    (void)state;
    if (!are_there()) {
        print_message("skipped: the suites are not there\n");
        skip();
    }
    sr_buffer got;
    read_suites(&got);
    sr_str expected = fixture_read(LIST);
    size_t line = 0;
    for (size_t i = 0; i < got.n_bytes && i < expected.n_bytes; i++) {
        if (got.data[i] != expected.data[i]) {
            fail_msg("another outcome, now:\n%.*s\nwas:\n%.*s", (int)strcspn(got.data + line, "\n"),
                     got.data + line, (int)strcspn(expected.data + line, "\n"),
                     expected.data + line);
        }
        line = got.data[i] == '\n' ? i + 1 : line;
    }
    assert_int_equal(got.n_bytes, expected.n_bytes);
    sr_buffer_release(&got);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--print") == 0) {
        sr_buffer got;
        read_suites(&got);
        fwrite(got.data, 1, got.n_bytes, stdout);
        sr_buffer_release(&got);
        return 0;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_outcomes)};
    return cmocka_run_group_tests(tests, fixture_make, fixture_remove);
}
