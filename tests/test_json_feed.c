/* test_json_feed.c — one JSON object around its records, and objects that go over lines. */
#include "feed_fixture.h"

static const char FEED[] =
    "{\"version\": \"https://jsonfeed.org/version/1.1\", \"title\": \"The Gull\",\n"
    " \"authors\": [{\"name\": \"Ann\"}], \"language\": \"en\", \"icon\": \"[\\\"items\\\": [\",\n"
    " \"items\": [\n"
    "  {\"id\": \"1\", \"url\": \"https://g.example/1\", \"title\": \"One\",\n"
    "   \"content_html\": \"<p>a</p><p>b</p>\", \"summary\": \"s\", \"tags\": [\"x\", \"y\"],\n"
    "   \"date_published\": \"2026-05-26T10:00:00Z\", \"image\": \"https://g.example/i.png\"},\n"
    "  {\"id\": 2, \"content_text\": \"c <p>\", \"author\": {\"name\": \"Bo\"}, "
    "\"updated\": \"2026-05-26T10:00:00Z\",\n"
    "   \"authors\": [{\"name\": \"Bo\"}, {\"name\": \"Cy\"}]}\n"
    " ],\n \"expired\": false}\n";

static void test_json_feed(void **state)
{
    (void)state;
    fixture_expect(fixture_write_text("feed.json", FEED), NULL, FIXTURE_ARTICLES,
                   "1:4 id=1 title=One text=a\\nb lead=s url=https://g.example/1 source=The Gull "
                   "author=Ann language=en tags=x,y image=https://g.example/i.png at=1779789600\n"
                   "2:7 id=2 text=c <p> source=The Gull author=Bo, Cy language=en "
                   "at=1779789600\n");
}

static void test_objects_over_lines(void **state)
{
    (void)state;
    fixture_expect(fixture_write_text("one.json", "{\n \"title\": \"T\",\n \"text\": \"x\"\n}\n"),
                   NULL, FIXTURE_ARTICLES, "1:1 id=one.json:1 title=T text=x\n");
    fixture_expect(fixture_write_text("two", "{\"id\":\"a\",\n\"text\":\"x\"}\n{\"id\":\"b\",\n"
                                             "\"text\":\"y\"}"),
                   NULL, FIXTURE_ARTICLES, "1:1 id=a text=x\n2:3 id=b text=y\n");
    /* an object on a line of its own stays one of many */
    fixture_expect(fixture_write_text("lines", "{\"id\":\"a\",\"text\":\"x\",\"items\":[{}]}\n"),
                   NULL, FIXTURE_ARTICLES, "1:1 id=a text=x\n");
    fixture_expect(
        fixture_write_text("api", "{\"status\":\"ok\",\n\"articles\":[{\"title\":\"n\"}]}\n"), NULL,
        FIXTURE_ARTICLES, "1:2 id=api:1 title=n\n");
    /* unless it is the only one and has no text itself */
    fixture_expect(
        fixture_write_text("api1", "{\"status\":\"ok\",\"articles\":[{\"title\":\"n\"}]}\n"), NULL,
        FIXTURE_ARTICLES, "1:1 id=api1:1 title=n\n");
    fixture_expect(fixture_write_text("api2", "{\"id\":1,\"title\":\"a\",\"data\":[{\"x\":2}]}\n"
                                              "{\"id\":2,\"title\":\"b\"}\n"),
                   NULL, FIXTURE_ARTICLES, "1:1 id=1 title=a\n2:2 id=2 title=b\n");
    fixture_expect(fixture_write_text("cut.json", "{\n\"title\": \"T\""), NULL, FIXTURE_ARTICLES,
                   "1:1 BAD the brackets of the element do not match\n");
}

static void copy(const char *target, const char *path, size_t dropped)
{
    sr_feed *feed;
    sr_sink *sink;
    sr_record_batch batch;
    sr_error error;
    sr_record_batch_init(&batch);
    assert_int_equal(sr_feed_open(&path, 1, NULL, NULL, &feed, &error), SR_OK);
    assert_int_equal(sr_sink_open(target, NULL, NULL, &sink, &error), SR_OK);
    for (size_t n = 0;; n++) {
        assert_int_equal(sr_feed_next_batch(feed, 1, 1, &batch, &error), SR_OK);
        if (batch.n_records == 0) {
            break;
        }
        if (n == 0) {
            assert_int_equal(sr_sink_begin_member(sink, batch.records[0].member, &error), SR_OK);
        }
        if (n != dropped) {
            assert_int_equal(sr_sink_write_record(sink, &batch.records[0], &error), SR_OK);
        }
    }
    assert_int_equal(sr_sink_commit(sink, &error), SR_OK);
    sr_record_batch_release(&batch);
    sr_feed_close(feed);
}

static void test_survivors_stand_in_their_object(void **state)
{
    (void)state;
    const char *path = fixture_write_text(
        "in.json",
        "{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[ {\"id\":\"1\"},{\"id\":"
        "\"2\"} , {\"id\":\"3\"}],\"x\":1}\n");
    char target[300];
    snprintf(target, sizeof target, "%s/", fixture_path("out"));
    copy(target, path, 1);
    assert_content(fixture_path("out/in.json"),
                   "{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[\n{\"id\":\"1\"},\n"
                   "{\"id\":\"3\"}\n],\"x\":1}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_feed),
        cmocka_unit_test(test_objects_over_lines),
        cmocka_unit_test(test_survivors_stand_in_their_object),
    };
    return cmocka_run_group_tests(tests, fixture_make, fixture_remove);
}
