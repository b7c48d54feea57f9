/* How fast is each format of feeds read into articles, beside its bare parser?
 *
 * `formats --data DIR`: the articles of DIR/latin.jsonl as JSON Lines (floor: simdjson's DOM), CSV
 * (libcsv, rows counted), WET (memchr over its lines) and Markdown pages in a tar (cmark over the
 * bodies). The floors have the bytes in memory; simrank opens the file. Checked first: every
 * article is read. */
#include "corpus.h"
#include "json_floor.h"

#include "base/buffer.h"
#include "feed/feed.h"

#include <archive.h>
#include <archive_entry.h>
#include <cmark.h>
#include <csv.h>
#include <stdlib.h>

enum { MAX_TEXT_BYTES = 64 << 20 };

typedef struct format {
    const char *name;
    char *path;
    sr_buffer bytes; /* of the file, JSON_FLOOR_PADDING readable bytes behind them */
    const corpus *texts;
} format;

/* ---------------------------------------------------------------- the files */

#define PUT(...) bench_need(sr_buffer_append_format(out, __VA_ARGS__), NULL, "a feed")

static void put_jsonl(sr_buffer *out, size_t number, sr_str text)
{
    PUT("{\"id\":\"%zu\",\"title\":\"Article %zu\",\"text\":", number, number);
    bench_need(sr_buffer_append_json(out, text), NULL, "a feed");
    PUT("}\n");
}

static void put_csv(sr_buffer *out, size_t number, sr_str text)
{
    PUT("%zu,Article %zu,", number, number);
    bench_need(sr_buffer_append_csv(out, text), NULL, "a feed");
    PUT("\n");
}

static void put_wet(sr_buffer *out, size_t number, sr_str text)
{
    PUT("WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: http://a.example/%zu\r\n"
        "WARC-Date: 2026-05-26T10:00:00Z\r\nWARC-Record-ID: <urn:uuid:%zu>\r\n"
        "Content-Type: text/plain\r\nContent-Length: %zu\r\n\r\n",
        number, number, text.n_bytes);
    bench_need(sr_buffer_append_str(out, text), NULL, "a feed");
    PUT("\r\n\r\n");
}

static void put_page(sr_buffer *out, size_t number, sr_str text)
{
    sr_buffer_clear(out);
    PUT("---\ntitle: Article %zu\n---\n", number);
    bench_need(sr_buffer_append_str(out, text), NULL, "a page");
}

static void write_file(const format *f)
{
    FILE *file = fopen(f->path, "wb");
    if (!file || fwrite(f->bytes.data, 1, f->bytes.n_bytes, file) != f->bytes.n_bytes ||
        fclose(file) != 0) {
        bench_fail("%s: can't be written", f->path);
    }
}

static void make(format *f, const bench *b, const char *name, const corpus *texts,
                 void (*put)(sr_buffer *out, size_t number, sr_str text), const char *head)
{
    *f = (format){.name = name, .path = bench_path(b, name), .texts = texts};
    sr_buffer_init(&f->bytes, SR_BUFFER_NO_LIMIT);
    bench_need(sr_buffer_append_text(&f->bytes, head), NULL, "a feed");
    for (size_t i = 0; i < texts->n_texts; i++) {
        put(&f->bytes, i, texts->texts[i]);
    }
    bench_need(sr_buffer_reserve(&f->bytes, JSON_FLOOR_PADDING), NULL, "a feed");
    memset(f->bytes.data + f->bytes.n_bytes, 0, JSON_FLOOR_PADDING);
    write_file(f);
}

/* A tar of pages. */
static void make_pages(format *f, const bench *b, const corpus *texts)
{
    *f =
        (format){.name = "formats.md.tar", .path = bench_path(b, "formats.md.tar"), .texts = texts};
    sr_buffer_init(&f->bytes, SR_BUFFER_NO_LIMIT);
    struct archive *tar = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    if (archive_write_set_format_ustar(tar) != ARCHIVE_OK ||
        archive_write_open_filename(tar, f->path) != ARCHIVE_OK) {
        bench_fail("%s: can't be written", f->path);
    }
    sr_buffer page;
    sr_buffer_init(&page, SR_BUFFER_NO_LIMIT);
    for (size_t i = 0; i < texts->n_texts; i++) {
        char name[40];
        put_page(&page, i, texts->texts[i]);
        snprintf(name, sizeof name, "content/%zu.md", i);
        archive_entry_clear(entry);
        archive_entry_set_pathname(entry, name);
        archive_entry_set_size(entry, (int64_t)page.n_bytes);
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        if (archive_write_header(tar, entry) != ARCHIVE_OK ||
            archive_write_data(tar, page.data, page.n_bytes) != (la_ssize_t)page.n_bytes) {
            bench_fail("%s: can't be written", f->path);
        }
        bench_need(sr_buffer_append_str(&f->bytes, sr_buffer_view(&page)), NULL, "a feed");
    }
    sr_buffer_release(&page);
    archive_entry_free(entry);
    archive_write_close(tar);
    archive_write_free(tar);
}

/* ---------------------------------------------------------------- the floors */

static void floor_jsonl(void *context)
{
    const format *f = context;
    size_t n_text_bytes;
    if (json_floor_parse(f->bytes.data, f->bytes.n_bytes, 0, &n_text_bytes) !=
        (long)f->texts->n_texts) {
        bench_fail("simdjson");
    }
}

static void take_row(int end, void *n_rows)
{
    (void)end;
    ++*(size_t *)n_rows;
}

static void floor_csv(void *context)
{
    const format *f = context;
    struct csv_parser parser;
    size_t n_rows = 0;
    if (csv_init(&parser, 0) != 0) {
        bench_fail("libcsv");
    }
    csv_parse(&parser, f->bytes.data, f->bytes.n_bytes, NULL, take_row, &n_rows);
    csv_fini(&parser, NULL, take_row, &n_rows);
    csv_free(&parser);
    if (n_rows != f->texts->n_texts + 1) {
        bench_fail("libcsv: %zu rows", n_rows);
    }
}

static void floor_wet(void *context)
{
    const format *f = context;
    const char *end = f->bytes.data + f->bytes.n_bytes;
    size_t n_lines = 0;
    for (const char *at = f->bytes.data; (at = memchr(at, '\n', (size_t)(end - at))); at++) {
        n_lines++;
    }
    bench_keep(&n_lines);
}

static void floor_pages(void *context)
{
    const format *f = context;
    for (size_t i = 0; i < f->texts->n_texts; i++) {
        sr_str text = f->texts->texts[i];
        cmark_node *document = cmark_parse_document(text.data, text.n_bytes, CMARK_OPT_DEFAULT);
        bench_keep(document);
        cmark_node_free(document);
    }
}

/* ---------------------------------------------------------------- simrank */

static void read_articles(void *context)
{
    size_t n_articles = corpus_count(((const format *)context)->path);
    bench_keep(&n_articles);
}

static void compare(const bench *b, format *f, const char *floor_name, void (*floor)(void *))
{
    size_t n = corpus_count(f->path);
    if (n != f->texts->n_texts) {
        bench_fail("%s: %zu articles of %zu were read", f->name, n, f->texts->n_texts);
    }
    char name[80];
    snprintf(name, sizeof name, "simrank, %s to articles", f->name);
    const bench_case cases[] = {{floor_name, floor, f, (double)f->bytes.n_bytes, (double)n,
                                 "record", f->name, NULL, 0, NULL},
                                {name, read_articles, f, (double)f->bytes.n_bytes, (double)n,
                                 "record", f->name, NULL, 0, NULL}};
    bench_compare(b, cases, SR_ARRAY_COUNT(cases));
    sr_buffer_release(&f->bytes);
    remove(f->path);
    free(f->path);
}

int main(int argc, char **argv)
{
    bench b;
    corpus texts;
    format f;
    bench_begin(&b, "formats", argc, argv);
    corpus_load(&b, "latin.jsonl", b.quick ? MAX_TEXT_BYTES / 8 : MAX_TEXT_BYTES, &texts);
    make(&f, &b, "formats.jsonl", &texts, put_jsonl, "");
    compare(&b, &f, "simdjson, DOM of each line", floor_jsonl);
    make(&f, &b, "formats.csv", &texts, put_csv, "id,title,text\n");
    compare(&b, &f, "libcsv, rows", floor_csv);
    make(&f, &b, "formats.wet", &texts, put_wet, "");
    compare(&b, &f, "memchr, lines", floor_wet);
    make_pages(&f, &b, &texts);
    compare(&b, &f, "cmark, bodies alone", floor_pages);
    corpus_release(&texts);
    return 0;
}
