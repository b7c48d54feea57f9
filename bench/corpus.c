/* corpus.c — loads texts through the library's own reader. */
#include "corpus.h"

#include "feed/feed.h"

#include <stdlib.h>

typedef struct loader {
    sr_buffer bytes;
    sr_buffer sizes; /* of size_t */
    size_t max_bytes;
} loader;

static sr_status add_batch(loader *l, sr_record_parser *parser, const sr_record_batch *batch,
                           sr_arena *arena, sr_error *error)
{
    for (size_t i = 0; i < batch->n_records && l->bytes.n_bytes < l->max_bytes; i++) {
        sr_article article;
        SR_TRY(sr_record_parse(parser, &batch->records[i], arena, &article, error));
        SR_TRY(sr_buffer_append_str(&l->bytes, article.text));
        SR_TRY(sr_buffer_append(&l->sizes, &article.text.n_bytes, sizeof(size_t)));
    }
    return SR_OK;
}

static sr_status load(const char *path, loader *l, sr_error *error)
{
    sr_feed_options options;
    sr_feed_options_init(&options);
    sr_feed *feed = NULL;
    SR_TRY(sr_feed_open(&path, 1, &options, NULL, &feed, error));
    sr_record_batch batch;
    sr_record_batch_init(&batch);
    sr_arena arena;
    sr_arena_init(&arena);
    sr_record_parser *parser = NULL;
    sr_status status = sr_record_parser_create(feed, &parser);
    while (status == SR_OK && l->bytes.n_bytes < l->max_bytes) {
        status = sr_feed_next_batch(feed, 1024, 1 << 22, &batch, error);
        if (status == SR_OK && batch.n_records == 0) {
            break;
        }
        if (status == SR_OK) {
            status = add_batch(l, parser, &batch, &arena, error);
        }
        sr_arena_reset(&arena);
    }
    sr_record_parser_free(parser);
    sr_arena_release(&arena);
    sr_record_batch_release(&batch);
    sr_feed_close(feed);
    return status;
}

void corpus_load(const bench *b, const char *name, size_t max_bytes, corpus *out)
{
    char *path = bench_path(b, name);
    loader l = {.max_bytes = max_bytes};
    sr_buffer_init(&l.bytes, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&l.sizes, SR_BUFFER_NO_LIMIT);
    sr_error error = {0};
    bench_need(load(path, &l, &error), &error, path);
    bench_need(sr_buffer_reserve(&l.bytes, 64), NULL, path);
    memset(l.bytes.data + l.bytes.n_bytes, 0, 64);
    *out = (corpus){.n_texts = l.sizes.n_bytes / sizeof(size_t),
                    .n_bytes = l.bytes.n_bytes,
                    .bytes = l.bytes.data};
    if (out->n_texts == 0) {
        bench_fail("%s holds no text", path);
    }
    out->texts = bench_alloc(out->n_texts * sizeof *out->texts);
    const char *at = out->bytes;
    for (size_t i = 0; i < out->n_texts; i++) {
        size_t n_bytes;
        memcpy(&n_bytes, l.sizes.data + i * sizeof n_bytes, sizeof n_bytes);
        out->texts[i] = sr_str_make(at, n_bytes);
        at += n_bytes;
    }
    sr_buffer_release(&l.sizes);
    free(path);
}

void corpus_release(corpus *c)
{
    free(c->bytes);
    free(c->texts);
    *c = (corpus){0};
}

size_t corpus_count(const char *path)
{
    sr_feed *feed;
    sr_record_parser *parser;
    sr_record_batch batch;
    sr_arena arena;
    sr_error error;
    size_t n_articles = 0;
    bench_need(sr_feed_open(&path, 1, NULL, NULL, &feed, &error), &error, "the feed");
    bench_need(sr_record_parser_create(feed, &parser), NULL, "a parser");
    sr_record_batch_init(&batch);
    sr_arena_init(&arena);
    do {
        bench_need(sr_feed_next_batch(feed, 256, 1 << 20, &batch, &error), &error, "the feed");
        sr_arena_reset(&arena);
        for (size_t i = 0; i < batch.n_records; i++) {
            sr_article article;
            bench_need(sr_record_parse(parser, &batch.records[i], &arena, &article, &error), &error,
                       "an article");
            n_articles += article.text.n_bytes > 0 || article.title.n_bytes > 0;
        }
    } while (batch.n_records);
    sr_arena_release(&arena);
    sr_record_batch_release(&batch);
    sr_record_parser_free(parser);
    sr_feed_close(feed);
    return n_articles;
}
