/* fuzz_feed.c — any bytes as a feed of the formats FUZZ_FORMATS; this file is compiled once for
 * each format that has a parser. Where there are several, the first byte picks one and the rest is
 * the file. Every record of it is parsed; what is read does not depend on the size of batches. */
#include "fuzz/fuzz.h"

#include "base/file.h"
#include "base/hash.h"
#include "feed/feed.h"
#include "feed/json_shim.h"

#include <stdio.h>
#include <unistd.h>

enum { MAX_RECORD = 1 << 12 };

/* A file whose bytes are `data`; its path goes to `path`. */
static int open_file(const uint8_t *data, size_t n_bytes, char path[64])
{
    sr_error error;
    int fd = -1;
    FUZZ_CHECK(sr_file_open_unnamed("/tmp", &fd, &error) == SR_OK);
    FUZZ_CHECK(sr_file_write(fd, "input", data, n_bytes, &error) == SR_OK);
    snprintf(path, 64, "/proc/self/fd/%d", fd);
    return fd;
}

static uint64_t hash_record(uint64_t hash, const sr_record *record, sr_record_parser *parser,
                            sr_arena *arena)
{
    hash = sr_hash_bytes(record->raw.data, record->raw.n_bytes, hash + record->number);
    sr_article article;
    sr_error error;
    if (record->bad || sr_record_parse(parser, record, arena, &article, &error) != SR_OK) {
        return hash + 1;
    }
    FUZZ_CHECK(article.id.n_bytes > 0);
    hash = sr_hash_bytes(article.id.data, article.id.n_bytes, hash);
    FUZZ_CHECK(sr_json_is_utf8(article.title) && sr_json_is_utf8(article.text) &&
               sr_json_is_utf8(article.lead) && sr_json_is_utf8(article.id));
    hash = sr_hash_bytes(article.title.data, article.title.n_bytes, hash);
    return sr_hash_bytes(article.text.data, article.text.n_bytes, hash);
}

/* A hash of all that the feed gives. */
static uint64_t read_feed(const char *path, const char *format, size_t max_records)
{
    sr_feed_options options;
    sr_feed_options_init(&options);
    options.input_format = format;
    options.max_record_bytes = MAX_RECORD;
    sr_feed *feed = NULL;
    sr_error error;
    if (sr_feed_open(&path, 1, &options, NULL, &feed, &error) != SR_OK) {
        return 0;
    }
    sr_record_parser *parser = NULL;
    FUZZ_CHECK(sr_record_parser_create(feed, &parser) == SR_OK);
    sr_record_batch batch;
    sr_record_batch_init(&batch);
    sr_arena arena;
    sr_arena_init(&arena);
    uint64_t hash = 0;
    while (sr_feed_next_batch(feed, max_records, 1 << 20, &batch, &error) == SR_OK &&
           batch.n_records) {
        sr_arena_reset(&arena);
        for (size_t i = 0; i < batch.n_records; i++) {
            hash = hash_record(hash, &batch.records[i], parser, &arena);
        }
    }
    sr_arena_release(&arena);
    sr_record_batch_release(&batch);
    sr_record_parser_free(parser);
    sr_feed_close(feed);
    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    static const char *const FORMATS[] = {FUZZ_FORMATS};
    size_t n_formats = SR_ARRAY_COUNT(FORMATS);
    size_t n_picking = n_formats > 1 && n_bytes ? 1 : 0;
    const char *format = FORMATS[n_picking ? data[0] % n_formats : 0];
    char path[64];
    int fd = open_file(data + n_picking, n_bytes - n_picking, path);
    uint64_t all = read_feed(path, format, 1000);
    FUZZ_CHECK(all == read_feed(path, format, 1));
    close(fd);
    return 0;
}
