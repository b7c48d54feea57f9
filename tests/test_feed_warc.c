/* test_feed_warc.c — WARC, WET and ARC files: what is a page, what is left out, bodies in chunks
 * and compressed, charsets, damage, and survivors written back. */
#include "feed_fixture.h"

#include <zlib.h>

/* "WARC/1.0" with these headers around a block. */
static void put_warc(sr_buffer *out, const char *headers, const void *block, size_t n_block)
{
    FIXTURE_PUT("WARC/1.0\r\n%sContent-Length: %zu\r\n\r\n", headers, n_block);
    assert_int_equal(sr_buffer_append(out, block, n_block), SR_OK);
    FIXTURE_PUT("\r\n\r\n");
}

static void put_response(sr_buffer *out, const char *uri, const char *http, const void *body,
                         size_t n_body)
{
    char headers[400];
    sr_buffer block = {.max_bytes = SR_BUFFER_NO_LIMIT};
    snprintf(headers, sizeof headers,
             "WARC-Type: response\r\nWARC-Target-URI: %s\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
             "WARC-Date: 2026-03-01T00:00:00Z\r\n",
             uri);
    assert_int_equal(sr_buffer_append_format(&block, "%s\r\n", http), SR_OK);
    assert_int_equal(sr_buffer_append(&block, body, n_body), SR_OK);
    put_warc(out, headers, block.data, block.n_bytes);
    sr_buffer_release(&block);
}

static void put_page(sr_buffer *out, const char *uri, const char *http, const char *body)
{
    put_response(out, uri, http, body, strlen(body));
}

#define HTML "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
#define TEXT "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"

static const char *write_warc(const char *name, sr_buffer *bytes)
{
    const char *path = fixture_write(name, bytes->data, bytes->n_bytes);
    sr_buffer_release(bytes);
    return path;
}

static void test_kinds(void **state)
{
    (void)state;
    sr_buffer out = {.max_bytes = SR_BUFFER_NO_LIMIT};
    put_warc(&out, "WARC-Type: warcinfo\r\n", "software: x\r\n", 13);
    put_page(&out, "http://a.example/1", HTML, "<title>One</title><p>Fog on the river today.</p>");
    put_page(&out, "http://a.example/2", "HTTP/1.1 301 Moved\r\n", "");
    put_page(&out, "http://a.example/3", "HTTP/1.1 404 No\r\nContent-Type: text/html\r\n", "no");
    put_page(&out, "http://a.example/4", "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n", "\x89P");
    put_page(&out, "http://a.example/robots.txt", TEXT, "Disallow: /");
    put_warc(&out, "WARC-Type: request\r\n", "GET / HTTP/1.1\r\n\r\n", 18);
    put_warc(&out, "WARC-Type: metadata\r\n", "x", 1);
    put_page(&out, "<http://a.example/5>", TEXT, "Two\nThe ferry was late.\n");
    put_warc(&out,
             "WARC-Type: conversion\r\nWARC-Target-URI: http://a.example/6\r\n"
             "WARC-Identified-Content-Language: deu,eng\r\nContent-Type: text/plain\r\n"
             "WARC-Date: 2026-03-02T00:00:00Z\r\n",
             "Drei\nDie F\xc3\xa4hre kam.\n", 21);
    put_warc(&out,
             "WARC-Type: resource\r\nWARC-Target-URI: metadata://gnu.org/software/wget/warc/"
             "wget_arguments.txt\r\nContent-Type: text/plain\r\n",
             "\"--warc-file=x\"\n", 16);
    const char *path = write_warc("kinds.warc", &out);
    fixture_expect(path, NULL, FIXTURE_ARTICLES,
                   "1:1 id=http://a.example/1 title=One text=Fog on the river today.\\n "
                   "url=http://a.example/1 at=1772323200\n"
                   "2:2 id=http://a.example/5 title=Two text=The ferry was late.\\n "
                   "url=http://a.example/5 at=1772323200\n"
                   "3:3 id=http://a.example/6 title=Drei text=Die F\xc3\xa4hre kam.\\n "
                   "url=http://a.example/6 language=deu at=1772409600\n");
    char said[300];
    snprintf(said, sizeof said,
             "kinds.warc: left out: 1 redirects, 1 errors, 1 images, 1 robots.txt, 1 requests, "
             "2 metadata\n");
    assert_string_equal(fixture_messages, said);
    sr_feed_options options;
    sr_feed_options_init(&options);
    options.map = "id=WARC-Record-ID";
    const char *got = fixture_dump(&path, 1, &options, 100, FIXTURE_ARTICLES);
    assert_non_null(strstr(got, "1:1 id=<urn:uuid:1> title=One"));
}

/* ---------------------------------------------------------------- bodies */

static size_t deflate_text(const char *text, int window_bits, unsigned char *out, size_t capacity)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)text;
    z.avail_in = (uInt)strlen(text);
    z.next_out = out;
    z.avail_out = (uInt)capacity;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return capacity - z.avail_out;
}

static void expect_body(const char *http, const void *body, size_t n_body, const char *text)
{
    char expected[400];
    sr_buffer out = {.max_bytes = SR_BUFFER_NO_LIMIT};
    put_response(&out, "http://a.example/1", http, body, n_body);
    const char *path = write_warc("body.warc", &out);
    snprintf(expected, sizeof expected,
             "1:1 id=http://a.example/1 title=T text=%s url=http://a.example/1 at=1772323200\n",
             text);
    fixture_expect(path, NULL, FIXTURE_ARTICLES, expected);
}

static void test_bodies(void **state)
{
    (void)state;
    static const char PLAIN[] = "T\nThe ferry was late.";
    static const int WINDOWS[] = {15 + 16, 15, -15};
    static const char *const NAMES[] = {"gzip", "deflate", "deflate"};
    unsigned char packed[200];
    char http[200];
    for (size_t i = 0; i < SR_ARRAY_COUNT(WINDOWS); i++) {
        size_t n = deflate_text(PLAIN, WINDOWS[i], packed, sizeof packed);
        snprintf(http, sizeof http, TEXT "Content-Encoding: %s\r\n", NAMES[i]);
        expect_body(http, packed, n, "The ferry was late.");
    }
    /* The crawler had unpacked it, and the header stayed. */
    expect_body(TEXT "Content-Encoding: gzip\r\n", PLAIN, strlen(PLAIN), "The ferry was late.");
    static const char BROTLI[] = "\x03\x0a\x80\x54\x0a\x54\x68\x65\x20\x66\x65\x72\x72\x79\x20\x77"
                                 "\x61\x73\x20\x6c\x61\x74\x65\x2e\x03";
    expect_body(TEXT "Content-Encoding: br\r\n", BROTLI, sizeof BROTLI - 1, "The ferry was late.");
    static const char CHUNKS[] = "5\r\nT\nThe\r\n10;x=y\r\n ferry was late.\r\n0\r\n\r\n";
    expect_body(TEXT "Transfer-Encoding: chunked\r\n", CHUNKS, strlen(CHUNKS),
                "The ferry was late.");
    expect_body(TEXT "Transfer-Encoding: chunked\r\n", PLAIN, strlen(PLAIN), "The ferry was late.");
    static const char BROKEN[] = "5\r\nT\nThe\r\n ferry was late.";
    expect_body(TEXT "Transfer-Encoding: chunked\r\n", BROKEN, strlen(BROKEN),
                "The ferry was late.");
    /* Charsets: what HTTP says, else what the bytes show. */
    expect_body("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=\"koi8-r\"\r\n",
                "T\n\xed\xcf\xd3\xd4", 6, "\xd0\x9c\xd0\xbe\xd1\x81\xd1\x82");
    expect_body(TEXT, "T\ncaf\xe9", 6, "caf\xc3\xa9");
}

/* A page of zeros, packed a thousand times: refused, not held. */
static void test_bomb(void **state)
{
    (void)state;
    size_t n_zeros = 64 << 20;
    char *zeros = malloc(n_zeros + 1);
    assert_non_null(zeros);
    memset(zeros, 'a', n_zeros);
    zeros[n_zeros] = '\0';
    unsigned char *packed = malloc(1 << 20);
    size_t n = deflate_text(zeros, 15 + 16, packed, 1 << 20);
    sr_buffer out = {.max_bytes = SR_BUFFER_NO_LIMIT};
    put_response(&out, "http://a.example/1", TEXT "Content-Encoding: gzip\r\n", packed, n);
    put_page(&out, "http://a.example/2", TEXT, "T\nThe ferry was late.");
    const char *path = write_warc("bomb.warc", &out);
    fixture_expect(path, NULL, FIXTURE_ARTICLES,
                   "1:1 BAD the page is longer than a record may be, unpacked\n"
                   "2:2 id=http://a.example/2 title=T text=The ferry was late. "
                   "url=http://a.example/2 at=1772323200\n");
    free(packed);
    free(zeros);
}

/* ---------------------------------------------------------------- damage */

/* A cut record is copied under its true length, so that another can stand behind it. */
static void expect_cut_is_framed(size_t n_one)
{
    const char *path = fixture_path("cut.warc");
    const char *copy = fixture_path("cut.copy.warc");
    sr_feed *feed;
    sr_record_batch batch;
    sr_sink *sink;
    sr_record_batch_init(&batch);
    assert_int_equal(sr_feed_open(&path, 1, NULL, NULL, &feed, NULL), SR_OK);
    assert_int_equal(sr_sink_open(copy, NULL, NULL, &sink, NULL), SR_OK);
    assert_int_equal(sr_feed_next_batch(feed, 10, 1 << 20, &batch, NULL), SR_OK);
    assert_int_equal(batch.n_records, 2);
    assert_int_equal(sr_sink_begin_member(sink, sr_feed_member_get(feed, 0), NULL), SR_OK);
    assert_int_equal(sr_sink_write_record(sink, &batch.records[1], NULL), SR_OK);
    assert_int_equal(sr_sink_write_record(sink, &batch.records[0], NULL), SR_OK);
    assert_int_equal(batch.records[0].raw.n_bytes, n_one);
    assert_int_equal(sr_sink_commit(sink, NULL), SR_OK);
    sr_record_batch_release(&batch);
    sr_feed_close(feed);
    fixture_expect(copy, NULL, FIXTURE_ARTICLES,
                   "1:1 id=http://a.example/2 title=T text=The ferry was late  "
                   "url=http://a.example/2 at=1772323200\n"
                   "2:2 id=http://a.example/1 title=T text=The ferry was late. "
                   "url=http://a.example/1 at=1772323200\n");
}

static void test_damage(void **state)
{
    (void)state;
    sr_buffer out = {.max_bytes = SR_BUFFER_NO_LIMIT};
    put_page(&out, "http://a.example/1", TEXT, "T\nThe ferry was late.");
    size_t n_one = out.n_bytes;
    put_page(&out, "http://a.example/2", TEXT, "T\nThe ferry was late again.");
    char bytes[2000];
    size_t n_all = out.n_bytes;
    memcpy(bytes, out.data, n_all);
    sr_buffer_release(&out);
    static const char FIRST[] = "1:1 id=http://a.example/1 title=T text=The ferry was late. "
                                "url=http://a.example/1 at=1772323200\n";
    char expected[600];
    snprintf(expected, sizeof expected,
             "%s2:2 id=http://a.example/2 title=T text=The ferry was late  "
             "url=http://a.example/2 at=1772323200\n",
             FIRST);
    fixture_expect(fixture_write("cut.warc", bytes, n_all - 4 - strlen("again.")), NULL,
                   FIXTURE_ARTICLES, expected);
    assert_non_null(strstr(fixture_messages, "cut.warc: 1 record with its end missing, mended"));
    expect_cut_is_framed(n_one);
    /* A length that leads nowhere: the next record is found by its first line. */
    char *length = strstr(bytes, "Content-Length: ");
    length[16] = '2';
    const char *path = fixture_write("length.warc", bytes, n_all);
    const char *got = fixture_dump(&path, 1, NULL, 1, FIXTURE_ARTICLES);
    assert_non_null(strstr(got, "BAD no WARC record begins here"));
    static const char GARBAGE[] = "WARC/1.0\r\nWARC-Type: response\r\n\r\nnothing\r\n";
    sr_buffer mixed = {.max_bytes = SR_BUFFER_NO_LIMIT};
    assert_int_equal(sr_buffer_append_text(&mixed, GARBAGE), SR_OK);
    put_page(&mixed, "http://a.example/1", TEXT, "T\nThe ferry was late.");
    snprintf(expected, sizeof expected, "1:1 BAD no WARC record begins here\n2:2%s", FIRST + 3);
    fixture_expect(write_warc("mixed.warc", &mixed), NULL, FIXTURE_ARTICLES, expected);
}

static void test_long_records(void **state)
{
    (void)state;
    sr_feed_options options;
    sr_feed_options_init(&options);
    options.max_record_bytes = 1000;
    char body[3000];
    memset(body, 'x', sizeof body - 1);
    body[sizeof body - 1] = '\0';
    sr_buffer out = {.max_bytes = SR_BUFFER_NO_LIMIT};
    put_page(&out, "http://a.example/1", TEXT, body);
    put_page(&out, "http://a.example/i", "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n", body);
    put_page(&out, "http://a.example/2", TEXT, "T\nThe ferry was late.");
    fixture_expect(write_warc("long.warc", &out), &options, FIXTURE_ARTICLES,
                   "1:1 BAD the record is longer than 1000 bytes\n"
                   "2:2 id=http://a.example/2 title=T text=The ferry was late. "
                   "url=http://a.example/2 at=1772323200\n");
}

/* ---------------------------------------------------------------- ARC, members of gzip, copies */

static void test_arc(void **state)
{
    (void)state;
    static const char ARC[] =
        "filedesc://x.arc 127.0.0.1 20140216050221 text/plain 75\n1 0 LiveWeb Capture\n"
        "URL IP-address Archive-date Content-type Archive-length\n"
        "\nhttp://a.example/a b 1.2.3.4 20140216050221 text/plain 66\n" TEXT
        "\r\nT\nThe ferry was late.\n";
    fixture_expect(fixture_write_text("x.arc", ARC), NULL, FIXTURE_ARTICLES,
                   "1:1 id=http://a.example/a b title=T text=The ferry was late. "
                   "url=http://a.example/a b at=1392526941\n");
}

/* Each record a gzip member, as crawlers write them; the copy has the records of the survivors
 * behind the record that describes the file. */
static void test_copy(void **state)
{
    (void)state;
    sr_buffer out = {.max_bytes = SR_BUFFER_NO_LIMIT};
    sr_buffer kept = {.max_bytes = SR_BUFFER_NO_LIMIT};
    sr_buffer packed = {.max_bytes = SR_BUFFER_NO_LIMIT};
    unsigned char member[1000];
    for (int i = 0; i < 4; i++) {
        sr_buffer_clear(&out);
        if (i == 0) {
            put_warc(&out, "WARC-Type: warcinfo\r\n", "software: x\r\n", 13);
        } else if (i == 2) {
            put_warc(&out, "WARC-Type: request\r\n", "GET /\r\n\r\n", 9);
        } else {
            put_page(&out, i == 1 ? "http://a.example/1" : "http://a.example/2", TEXT, "T\nFog.");
        }
        assert_int_equal(sr_buffer_append(&out, "", 1), SR_OK);
        size_t n = deflate_text(out.data, 15 + 16, member, sizeof member);
        assert_int_equal(sr_buffer_append(&packed, member, n), SR_OK);
        if (i != 2) {
            assert_int_equal(sr_buffer_append_text(&kept, out.data), SR_OK);
        }
    }
    sr_buffer_release(&out);
    const char *path = write_warc("members.warc.gz", &packed);
    const char *copy = fixture_path("copy.warc");
    sr_feed *feed;
    sr_sink *sink;
    sr_record_batch batch;
    assert_int_equal(sr_feed_open(&path, 1, NULL, NULL, &feed, NULL), SR_OK);
    assert_int_equal(sr_sink_open(copy, NULL, NULL, &sink, NULL), SR_OK);
    sr_record_batch_init(&batch);
    assert_int_equal(sr_feed_next_batch(feed, 100, 1 << 20, &batch, NULL), SR_OK);
    assert_int_equal(batch.n_records, 2);
    assert_int_equal(sr_sink_begin_member(sink, sr_feed_member_get(feed, 0), NULL), SR_OK);
    for (size_t i = 0; i < batch.n_records; i++) {
        assert_int_equal(sr_sink_write_record(sink, &batch.records[i], NULL), SR_OK);
    }
    assert_int_equal(sr_sink_commit(sink, NULL), SR_OK);
    sr_record_batch_release(&batch);
    sr_feed_close(feed);
    assert_int_equal(sr_buffer_append(&kept, "", 1), SR_OK);
    assert_content(copy, kept.data);
    sr_buffer_release(&kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_bomb),         cmocka_unit_test(test_damage),
        cmocka_unit_test(test_long_records), cmocka_unit_test(test_arc),
        cmocka_unit_test(test_copy),
    };
    return cmocka_run_group_tests(tests, fixture_make, fixture_remove);
}
