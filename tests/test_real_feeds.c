/* test_real_feeds.c — the files of other parsers' test suites: feeds, web archives, tables. What
 * becomes of each is the committed list real_feeds.tsv, which was checked by eye. A change of the
 * list needs a reason; `SR_WRITE_LIST=FILE test_real_feeds` writes what is read now.
 *
 *   file  format  encoding  records  bad  ill-formed items  fields  hash of all values  why bad
 *
 * `fields` has a letter for each field that some record fills: i t x l u s a p g k m for id, title,
 * text, lead, url, source, author, published, language, tags, image. */
#include "feed_fixture.h"

#include "base/hash.h"
#include "feed/fields.h"
#include "feed/json_shim.h"
#include "feed/xml_context.h"

static const char *const ARCHIVES[] = {SR_TEST_SHARED "/data/feeds/feeds_test.tar.zst",
                                       SR_TEST_SHARED "/data/feeds/warc.tar.zst",
                                       SR_TEST_SHARED "/data/feeds/torture.tar.zst"};

typedef struct outcome {
    const sr_feed_member *member;
    unsigned n_records;
    unsigned n_bad;
    bool filled[SR_FEED_FIELD_COUNT];
    uint64_t hash;
    char reason[160];
} outcome;

static void count_article(outcome *o, const sr_article *a)
{
    const sr_str values[SR_FEED_FIELD_COUNT] = {
        [SR_FEED_FIELD_ID] = a->id,         [SR_FEED_FIELD_TITLE] = a->title,
        [SR_FEED_FIELD_TEXT] = a->text,     [SR_FEED_FIELD_LEAD] = a->lead,
        [SR_FEED_FIELD_URL] = a->url,       [SR_FEED_FIELD_SOURCE] = a->source,
        [SR_FEED_FIELD_AUTHOR] = a->author, [SR_FEED_FIELD_LANGUAGE] = a->language,
        [SR_FEED_FIELD_TAGS] = a->tags,     [SR_FEED_FIELD_IMAGE] = a->image};
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        o->filled[f] = o->filled[f] || values[f].n_bytes;
        o->hash = sr_hash_bytes(values[f].data, values[f].n_bytes, o->hash);
    }
    o->filled[SR_FEED_FIELD_PUBLISHED] =
        o->filled[SR_FEED_FIELD_PUBLISHED] || a->published_s != SR_TIME_UNKNOWN;
    o->hash = sr_hash_bytes(&a->published_s, sizeof a->published_s, o->hash);
}

static void count_record(outcome *o, sr_record_parser *parser, const sr_record *record)
{
    sr_arena arena;
    sr_article article;
    sr_error error = {0};
    sr_arena_init(&arena);
    o->n_records++;
    if (sr_record_parse(parser, record, &arena, &article, &error) == SR_OK) {
        assert_true(sr_json_is_utf8(article.title) && sr_json_is_utf8(article.text) &&
                    sr_json_is_utf8(article.lead) && sr_json_is_utf8(article.id));
        count_article(o, &article);
    } else if (o->n_bad++ == 0) {
        snprintf(o->reason, sizeof o->reason, "%.150s", record->bad ? record->bad : error.text);
    }
    sr_arena_release(&arena);
}

static void write_outcome(sr_buffer *out, const outcome *o)
{
    static const char LETTERS[SR_FEED_FIELD_COUNT] = {'i', 't', 'x', 'l', 'u', 's',
                                                      'a', 'p', 'g', 'k', 'm'};
    uint64_t line;
    uint64_t n_faulty = 0;
    const char *text;
    char fields[SR_FEED_FIELD_COUNT + 1];
    size_t n = 0;
    if (o->member->xml) {
        (void)sr_xml_context_fault(o->member->xml, &line, &text, &n_faulty);
    }
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        fields[n] = LETTERS[f];
        n += o->filled[f];
    }
    fields[n] = '\0';
    FIXTURE_PUT("%s\t%s\t%s\t%u\t%u\t%llu\t%s\t%06llx\t", o->member->relative,
                sr_feed_format_name(o->member->format), o->member->encoding, o->n_records, o->n_bad,
                (unsigned long long)n_faulty, fields, (unsigned long long)(o->hash & 0xffffff));
    fixture_show(out, sr_str_of(o->reason));
    FIXTURE_PUT("\n");
}

static void read_outcomes(sr_feed *feed, sr_buffer *out)
{
    sr_record_parser *parser;
    sr_record_batch batch;
    sr_error error;
    outcome *outcomes = calloc(8192, sizeof *outcomes);
    size_t n = 0;
    assert_non_null(outcomes);
    sr_record_batch_init(&batch);
    assert_int_equal(sr_record_parser_create(feed, &parser), SR_OK);
    do {
        assert_int_equal(sr_feed_next_batch(feed, 1000, 1 << 20, &batch, &error), SR_OK);
        for (; n < sr_feed_member_count(feed) && n < 8192; n++) {
            outcomes[n].member = sr_feed_member_get(feed, n);
        }
        for (size_t i = 0, m = 0; i < batch.n_records; i++) {
            while (outcomes[m].member != batch.records[i].member) {
                m++;
            }
            count_record(&outcomes[m], parser, &batch.records[i]);
        }
    } while (batch.n_records);
    for (size_t i = 0; i < n; i++) {
        if (!strstr(outcomes[i].member->relative, "JSONTestSuite/test_")) { /* test_feed_torture */
            write_outcome(out, &outcomes[i]);
        }
    }
    sr_record_batch_release(&batch);
    sr_record_parser_free(parser);
    free(outcomes);
}

/* The first lines that differ, so that a failure says what changed. */
static void expect_same(const char *got, const char *expected)
{
    unsigned n_different = 0;
    while (*got || *expected) {
        size_t n_got = strcspn(got, "\n");
        size_t n_expected = strcspn(expected, "\n");
        if (n_got != n_expected || memcmp(got, expected, n_got) != 0) {
            if (n_different++ < 10) {
                print_message("got  %.*s\nlist %.*s\n", (int)n_got, got, (int)n_expected, expected);
            }
        }
        got += n_got + (got[n_got] != '\0');
        expected += n_expected + (expected[n_expected] != '\0');
    }
    assert_int_equal(n_different, 0);
}

static void test_every_file_is_read_as_listed(void **state)
{
    (void)state;
    sr_feed *feed;
    sr_error error;
    sr_buffer got;
    sr_buffer_init(&got, SR_BUFFER_NO_LIMIT);
    for (size_t i = 0; i < SR_ARRAY_COUNT(ARCHIVES); i++) {
        if (access(ARCHIVES[i], R_OK) != 0) {
            print_message("skipped: there is no %s\n", ARCHIVES[i]);
            skip();
        }
        assert_int_equal(sr_feed_open(&ARCHIVES[i], 1, NULL, NULL, &feed, &error), SR_OK);
        read_outcomes(feed, &got);
        sr_feed_close(feed);
    }
    assert_int_equal(sr_buffer_append(&got, "", 1), SR_OK);
    const char *target = getenv("SR_WRITE_LIST");
    if (target) {
        FILE *file = fopen(target, "wb");
        assert_non_null(file);
        fwrite(got.data, 1, got.n_bytes - 1, file);
        fclose(file);
    } else {
        sr_str list = fixture_read(SR_TEST_LISTS "/real_feeds.tsv");
        char *expected = strndup(list.data, list.n_bytes);
        assert_non_null(expected);
        expect_same(got.data, expected);
        free(expected);
    }
    sr_buffer_release(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_file_is_read_as_listed)};
    return cmocka_run_group_tests(tests, fixture_make, fixture_remove);
}
