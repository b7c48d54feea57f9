/* What does the machine need at least: to read, hash, parse, decompress the same feed?
 *
 * Floors in memory on one thread; floors of the command line (`wc -l`, zstd) as a shell runs them,
 * on all cores. `floors --parse-write IN OUT` is a program of its own kind: it parses a .jsonl file
 * and writes the same bytes, block by block, once; bench/whole.py runs it beside `simrank dedup`.
 * Checked first: all of them meet the same number of records. */
#include "corpus.h"
#include "json_floor.h"

#include "base/hash.h"

#include <csv.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

typedef struct file {
    char *path;
    char *bytes; /* JSON_FLOOR_PADDING behind them */
    size_t n_bytes;
} file;

typedef struct work {
    file jsonl, csv;
    char *zst_path;
    corpus texts;
    char *copy;
    size_t n_lines;
} work;

static file read_file(const bench *b, const char *name)
{
    file f = {.path = bench_path(b, name)};
    FILE *stream = fopen(f.path, "rb");
    if (!stream || fseek(stream, 0, SEEK_END) != 0) {
        bench_fail("%s: can't be read", f.path);
    }
    f.n_bytes = (size_t)ftell(stream);
    rewind(stream);
    f.bytes = bench_alloc(f.n_bytes + JSON_FLOOR_PADDING);
    if (fread(f.bytes, 1, f.n_bytes, stream) != f.n_bytes) {
        bench_fail("%s: can't be read", f.path);
    }
    memset(f.bytes + f.n_bytes, 0, JSON_FLOOR_PADDING);
    fclose(stream);
    return f;
}

static size_t count_lines(const char *bytes, size_t n_bytes)
{
    size_t n_lines = 0;
    const char *end = bytes + n_bytes;
    for (const char *at = bytes; (at = memchr(at, '\n', (size_t)(end - at))); at++) {
        n_lines++;
    }
    return n_lines;
}

static void run_read(void *context)
{
    const work *w = context;
    uint64_t sum = 0;
    for (size_t i = 0; i + 8 <= w->jsonl.n_bytes; i += 8) {
        sum += sr_load_u64(w->jsonl.bytes + i);
    }
    bench_keep(&sum);
}

static void run_memcpy(void *context)
{
    work *w = context;
    memcpy(w->copy, w->jsonl.bytes, w->jsonl.n_bytes);
    bench_keep(w->copy);
}

static void run_memchr(void *context)
{
    const work *w = context;
    size_t n_lines = count_lines(w->jsonl.bytes, w->jsonl.n_bytes);
    if (n_lines != w->n_lines) {
        bench_fail("%zu lines", n_lines);
    }
}

static void run_hash_whole(void *context)
{
    const work *w = context;
    uint64_t hash = sr_hash_bytes(w->texts.bytes, w->texts.n_bytes, 0);
    bench_keep(&hash);
}

static void run_hash_texts(void *context)
{
    const work *w = context;
    uint64_t sum = 0;
    for (size_t i = 0; i < w->texts.n_texts; i++) {
        sum += sr_hash_str(w->texts.texts[i]);
    }
    bench_keep(&sum);
}

static void parse_json(const work *w, int is_on_demand)
{
    size_t n_text_bytes;
    long n_documents =
        json_floor_parse(w->jsonl.bytes, w->jsonl.n_bytes, is_on_demand, &n_text_bytes);
    if (n_documents != (long)w->n_lines || n_text_bytes != w->texts.n_bytes) {
        bench_fail("simdjson: %ld documents, %zu bytes of text", n_documents, n_text_bytes);
    }
}

static void run_json_dom(void *context)
{
    parse_json(context, 0);
}

static void run_json_on_demand(void *context)
{
    parse_json(context, 1);
}

static void take_row(int end, void *n_rows)
{
    (void)end;
    ++*(size_t *)n_rows;
}

static void run_csv(void *context)
{
    const work *w = context;
    struct csv_parser parser;
    size_t n_rows = 0;
    if (csv_init(&parser, CSV_APPEND_NULL) != 0) {
        bench_fail("libcsv");
    }
    csv_parse(&parser, w->csv.bytes, w->csv.n_bytes, NULL, take_row, &n_rows);
    csv_fini(&parser, NULL, take_row, &n_rows);
    csv_free(&parser);
    if (n_rows != w->n_lines + 1) {
        bench_fail("libcsv: %zu rows", n_rows);
    }
}

/* FILE is $0 of the shell's command. */
static void run_shell(const char *command, const char *path)
{
    char sh[] = "sh";
    char c[] = "-c";
    char text[128];
    snprintf(text, sizeof text, "%s", command);
    char *arguments[] = {sh, c, text, bench_alloc(strlen(path) + 1), NULL};
    memcpy(arguments[3], path, strlen(path) + 1);
    pid_t child;
    int state = -1;
    if (posix_spawnp(&child, "sh", NULL, NULL, arguments, environ) != 0 ||
        waitpid(child, &state, 0) != child || state != 0) {
        bench_fail("%s: failed", command);
    }
    free(arguments[3]);
}

static void run_wc(void *context)
{
    run_shell("wc -l \"$0\" >/dev/null", ((const work *)context)->jsonl.path);
}

static void run_zstd_wc(void *context)
{
    run_shell("zstd -dcq \"$0\" | wc -l >/dev/null", ((const work *)context)->zst_path);
}

static void run_zstd_zstd(void *context)
{
    run_shell("zstd -dcq \"$0\" | zstd -q -1 -T2 >/dev/null", ((const work *)context)->zst_path);
}

/* Reads blocks of whole lines, parses, writes. */
static int parse_write(const char *in_path, const char *out_path)
{
    enum { BLOCK = 1 << 20, LINE = 1 << 20 };
    char *block = bench_alloc(BLOCK + LINE + JSON_FLOOR_PADDING);
    int in = open(in_path, O_RDONLY);
    int out = open(out_path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (in < 0 || out < 0) {
        bench_fail("%s or %s: can't be opened", in_path, out_path);
    }
    size_t n_kept = 0;
    for (;;) {
        ssize_t n_read = read(in, block + n_kept, BLOCK);
        if (n_read <= 0) {
            break;
        }
        size_t n_bytes = n_kept + (size_t)n_read;
        const char *end = memrchr(block, '\n', n_bytes);
        size_t n_whole = end ? (size_t)(end - block) + 1 : 0;
        size_t n_text_bytes;
        n_kept = n_bytes - n_whole;
        if (n_kept > LINE || json_floor_parse(block, n_whole, 0, &n_text_bytes) < 0 ||
            write(out, block, n_whole) != (ssize_t)n_whole) {
            bench_fail("%s: parsing or writing failed", in_path);
        }
        memmove(block, block + n_whole, n_kept);
    }
    close(in);
    return close(out) == 0 ? 0 : 2;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "--parse-write") == 0) {
        return parse_write(argv[2], argv[3]);
    }
    bench b;
    bench_begin(&b, "floors", argc, argv);
    work w = {.jsonl = read_file(&b, "latin.jsonl"),
              .csv = read_file(&b, "latin.csv"),
              .zst_path = bench_path(&b, "latin.jsonl.zst")};
    corpus_load(&b, "latin.jsonl", SIZE_MAX, &w.texts);
    w.copy = bench_alloc(w.jsonl.n_bytes);
    w.n_lines = count_lines(w.jsonl.bytes, w.jsonl.n_bytes);
    if (w.n_lines != w.texts.n_texts) {
        bench_fail("%zu lines, %zu texts", w.n_lines, w.texts.n_texts);
    }
    bench_say("%zu records, %zu bytes", w.n_lines, w.jsonl.n_bytes);
    double n_jsonl = (double)w.jsonl.n_bytes;
    double n_texts = (double)w.texts.n_bytes;
    double n = (double)w.n_lines;
    const bench_case cases[] = {
        {"read", run_read, &w, n_jsonl, n, "record", "latin.jsonl", NULL, 1, NULL},
        {"memcpy", run_memcpy, &w, n_jsonl, n, "record", "latin.jsonl", NULL, 1, NULL},
        {"memchr of line ends", run_memchr, &w, n_jsonl, n, "record", "latin.jsonl", NULL, 1, NULL},
        {"XXH3 whole", run_hash_whole, &w, n_texts, n, "record", "its texts", NULL, 1, NULL},
        {"XXH3 a document", run_hash_texts, &w, n_texts, n, "record", "its texts", NULL, 1, NULL},
        {"simdjson DOM", run_json_dom, &w, n_jsonl, n, "record", "latin.jsonl", NULL, 1, NULL},
        {"simdjson on demand", run_json_on_demand, &w, n_jsonl, n, "record", "latin.jsonl", NULL, 1,
         NULL},
        {"libcsv", run_csv, &w, (double)w.csv.n_bytes, n, "record", "latin.csv", NULL, 1, NULL},
        {"wc -l", run_wc, &w, n_jsonl, n, "record", "latin.jsonl", NULL, 1, NULL},
        {"zstd -dc | wc -l", run_zstd_wc, &w, n_jsonl, n, "record", "latin.jsonl.zst", NULL, 2,
         NULL},
        {"zstd -dc | zstd -1 -T2", run_zstd_zstd, &w, n_jsonl, n, "record", "latin.jsonl.zst", NULL,
         2, NULL},
    };
    bench_compare(&b, cases, SR_ARRAY_COUNT(cases));
    return 0;
}
