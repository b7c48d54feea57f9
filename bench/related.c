/* How long does one Related Articles box take with the store open, on one processor?
 *
 * `bench_related STORE NEW.jsonl N_ARTICLES N_QUERIES`, run by bench/related.py: stored ids spread
 * over the store, and the articles of NEW.jsonl, which are not stored. One query a call through
 * simrank.h, as a server would ask; the first tenth warms up. Checked: every box of a stored
 * article has items in falling order of score, none of them the article itself. */
#include "bench.h"

#include "feed/feed.h"

#include <stdlib.h>

enum { N_ITEMS = 5 };

typedef struct run {
    bench b;
    sr_store *store;
    sr_related_options options;
    size_t n_articles, n_queries;
    double *seconds;
    size_t n_boxes_full;
} run;

static void check_box(run *r, const sr_boxes *boxes, sr_str id)
{
    sr_item item;
    size_t n_items = sr_boxes_item_count(boxes, 0);
    double last = 2;
    for (size_t i = 0; sr_boxes_item(boxes, 0, i, &item); i++) {
        if (sr_str_equal(item.article.id, id) || (item.score > last && !item.fallback)) {
            bench_fail("the box of %.*s is wrong", (int)id.n_bytes, id.data);
        }
        last = item.fallback ? 2 : item.score;
    }
    r->n_boxes_full += n_items == N_ITEMS;
}

static double ask(run *r, const sr_query *query, sr_str id)
{
    sr_error error = {0};
    sr_boxes *boxes = NULL;
    double start = bench_seconds();
    bench_need(sr_related(r->store, query, 1, &r->options, &boxes, &error), &error, "sr_related");
    double seconds = bench_seconds() - start;
    check_box(r, boxes, id);
    sr_boxes_free(boxes);
    return seconds;
}

static void print_latencies(run *r, const char *kind, size_t n_queries, bool is_figure)
{
    size_t n_warm = n_queries / 10;
    double *seconds = r->seconds + n_warm;
    n_queries -= n_warm;
    double total = 0;
    for (size_t i = 0; i < n_queries; i++) {
        total += seconds[i];
    }
    static const struct {
        const char *name;
        double share;
        const char *figure;
    } POINTS[] = {
        {"p50", .5, "12 p50"}, {"p90", .9, NULL}, {"p99", .99, "12 p99"}, {"max", 1, NULL}};
    char name[96];
    for (size_t i = 0; i < SR_ARRAY_COUNT(POINTS); i++) {
        double value = bench_quantile(seconds, n_queries, POINTS[i].share) * 1e3;
        snprintf(name, sizeof name, "%s %s/%zu", kind, POINTS[i].name, r->n_articles);
        bench_sample(&r->b, name, value, 0, n_queries, "ms", is_figure ? POINTS[i].figure : NULL);
    }
    snprintf(name, sizeof name, "%s mean/%zu", kind, r->n_articles);
    bench_sample(&r->b, name, total / (double)n_queries * 1e3, 0, n_queries, "ms", NULL);
    snprintf(name, sizeof name, "%s full boxes/%zu", kind, r->n_articles);
    bench_value(&r->b, name, (double)r->n_boxes_full / (double)(n_queries + n_warm), "share", NULL);
    r->n_boxes_full = 0;
}

static void ask_stored(run *r)
{
    for (size_t i = 0; i < r->n_queries; i++) {
        char id[32];
        snprintf(id, sizeof id, "n%08zu", (i * 7919 + 11) % r->n_articles);
        r->seconds[i] = ask(r, &(sr_query){.id = id}, sr_str_of(id));
    }
    print_latencies(r, "stored id", r->n_queries, true);
}

static void ask_new(run *r, const char *path)
{
    sr_error error = {0};
    sr_feed_options options;
    sr_feed_options_init(&options);
    sr_feed *feed;
    bench_need(sr_feed_open(&path, 1, &options, NULL, &feed, &error), &error, path);
    sr_record_parser *parser;
    bench_need(sr_record_parser_create(feed, &parser), NULL, path);
    sr_record_batch batch;
    sr_record_batch_init(&batch);
    sr_arena arena;
    sr_arena_init(&arena);
    bench_need(sr_feed_next_batch(feed, r->n_queries, SIZE_MAX / 2, &batch, &error), &error, path);
    for (size_t i = 0; i < batch.n_records; i++) {
        sr_article article;
        bench_need(sr_record_parse(parser, &batch.records[i], &arena, &article, &error), &error,
                   path);
        r->seconds[i] = ask(r, &(sr_query){.article = &article}, article.id);
    }
    print_latencies(r, "new article", batch.n_records, false);
    sr_arena_release(&arena);
    sr_record_batch_release(&batch);
    sr_record_parser_free(parser);
    sr_feed_close(feed);
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        bench_fail("usage: %s STORE NEW.jsonl N_ARTICLES N_QUERIES", argv[0]);
    }
    run r = {.b = {.question = "related"},
             .n_articles = strtoul(argv[3], NULL, 10),
             .n_queries = strtoul(argv[4], NULL, 10)};
    if (r.n_articles == 0 || r.n_queries < 100) {
        bench_fail("articles, and at least 100 queries");
    }
    r.seconds = bench_alloc(r.n_queries * sizeof *r.seconds);
    sr_related_options_init(&r.options);
    r.options.n_items = N_ITEMS;
    sr_error error = {0};
    double start = bench_seconds();
    bench_need(sr_store_open(argv[1], SR_STORE_READ, NULL, &r.store, &error), &error, argv[1]);
    char name[32];
    snprintf(name, sizeof name, "open/%zu", r.n_articles);
    bench_value(&r.b, name, (bench_seconds() - start) * 1e3, "ms", NULL);
    ask_stored(&r);
    ask_new(&r, argv[2]);
    sr_store_close(r.store);
    free(r.seconds);
    return 0;
}
