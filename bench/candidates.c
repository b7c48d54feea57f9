/* Which pairs of known likeness are looked at at all, and how many others with them?
 *
 * `bench_candidates FEED PAIRS` reads a feed and the pairs of it that are alike (id, id, exact
 * Jaccard of words; tab-separated, a header line), and prints a line a way of finding candidates:
 * its name, the pairs that it has compared an article, and the share of the pairs from .5 and from
 * .7 on that are among the candidates. Equal texts count as found. */
#include "bench.h"

#include "dedup/buckets.h"
#include "dedup/collect.h"
#include "dedup/match.h"
#include "dedup/overlaps.h"
#include "dedup/temp_dir.h"
#include "feed/pipeline.h"
#include "sketch/compare.h"

#include <stdlib.h>

typedef struct known_pair {
    uint32_t a;
    uint32_t b;
    double jaccard;
    bool by_sketch;
} known_pair;

typedef struct named_doc {
    char *id;
    uint32_t doc;
} named_doc;

typedef struct run {
    sr_params params;
    sr_thresholds thresholds;
    sr_dedup_articles articles;
    sr_dedup_matches matches;
    sr_verifier *verifier;
    named_doc *names;
    known_pair *pairs;
    size_t n_pairs;
    uint32_t *docs; /* that take part */
    size_t n_docs;
} run;

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const named_doc *)a)->id, ((const named_doc *)b)->id);
}

static int compare_pairs(const void *a, const void *b)
{
    const known_pair *x = a;
    const known_pair *y = b;
    return x->b != y->b ? (x->b < y->b ? -1 : 1) : x->a < y->a ? -1 : x->a > y->a;
}

static void read_feed(run *r, const char *path)
{
    sr_feed_options options;
    sr_feed_options_init(&options);
    sr_keep_rule keep;
    sr_error error = {0};
    sr_pipeline *pipeline;
    sr_feed *feed;
    sr_spool unused;
    sr_dedup_summary summary = {0};
    sr_spool_init(&unused);
    bench_need(sr_keep_parse(NULL, &keep, &error), &error, "keep rule");
    bench_need(sr_pipeline_create(NULL, &pipeline), NULL, "pipeline");
    bench_need(sr_feed_open(&path, 1, &options, NULL, &feed, &error), &error, "feed");
    sr_dedup_articles_init(&r->articles, r->params.n_values);
    char *temp_dir = sr_temp_dir_choose(NULL, NULL);
    bench_need(temp_dir ? SR_OK : SR_ERR_MEMORY, NULL, "temporary files");
    bench_need(sr_spool_open(&r->articles.spool, temp_dir, (size_t)1 << 30, &error), &error,
               "spool");
    free(temp_dir);
    bench_need(sr_dedup_collect(pipeline, feed, &r->params, false, &options, &keep, NULL, &unused,
                                NULL, NULL, &r->articles, &summary, &error),
               &error, "reading");
    bench_need(sr_dedup_articles_seal(&r->articles, &error), &error, "columns");
    bench_need(sr_verifier_create(&r->params, &r->thresholds, &r->articles, &r->verifier), NULL,
               "verifier");
    sr_dedup_matches_init(&r->matches);
    bench_need(sr_dedup_match_begin(&r->articles, &r->thresholds, r->verifier, &r->matches), NULL,
               "equal texts");
    sr_pipeline_free(pipeline);
}

static void name_docs(run *r)
{
    sr_buffer scratch;
    sr_error error = {0};
    sr_buffer_init(&scratch, SR_BUFFER_NO_LIMIT);
    r->names = bench_alloc((r->articles.n_rows + 1) * sizeof *r->names);
    for (uint32_t doc = 0; doc < r->articles.n_rows; doc++) {
        sr_str id;
        bench_need(sr_dedup_articles_read_id(&r->articles, doc, &scratch, &id, &error), &error,
                   "id");
        r->names[doc] = (named_doc){strndup(id.data, id.n_bytes), doc};
    }
    qsort(r->names, r->articles.n_rows, sizeof *r->names, compare_names);
    sr_buffer_release(&scratch);
}

/* The first document with the text of the article of that id. */
static uint32_t doc_of(const run *r, char *id)
{
    named_doc wanted = {id, 0};
    const named_doc *found =
        bsearch(&wanted, r->names, r->articles.n_rows, sizeof *r->names, compare_names);
    if (!found) {
        bench_fail("no article %s", id);
    }
    return r->matches.first[found->doc];
}

static void read_pairs(run *r, const char *path)
{
    FILE *file = fopen(path, "r");
    char line[1024];
    size_t capacity = 0;
    if (!file || !fgets(line, sizeof line, file)) {
        bench_fail("can't read %s", path);
    }
    while (fgets(line, sizeof line, file)) {
        char a[400];
        char b[400];
        known_pair pair = {0};
        if (sscanf(line, "%399[^\t]\t%399[^\t]\t%lf", a, b, &pair.jaccard) != 3) {
            bench_fail("not a pair: %s", line);
        }
        uint32_t x = doc_of(r, a);
        uint32_t y = doc_of(r, b);
        pair.a = x < y ? x : y;
        pair.b = x < y ? y : x;
        bench_need(sr_array_reserve((void **)&r->pairs, &capacity, r->n_pairs + 1, sizeof pair),
                   NULL, "pairs");
        r->pairs[r->n_pairs++] = pair;
    }
    fclose(file);
    qsort(r->pairs, r->n_pairs, sizeof *r->pairs, compare_pairs);
}

/* ---------------------------------------------------------------- ways of finding */

static bool meet(const sr_params *params, const uint16_t *a, const uint16_t *b)
{
    for (uint32_t band = 0; band < params->bands; band++) {
        size_t at = (size_t)band * params->rows;
        if (memcmp(a + at, b + at, params->rows * sizeof *a) == 0) {
            return true;
        }
    }
    return false;
}

static void choose_docs(run *r)
{
    r->docs = bench_alloc((r->articles.n_rows + 1) * sizeof *r->docs);
    for (uint32_t doc = 0; doc < r->articles.n_rows; doc++) {
        if (r->matches.first[doc] == doc && sr_dedup_takes_part(&r->articles, doc)) {
            r->docs[r->n_docs++] = doc;
        }
    }
}

/* Every member of a bucket with the first one: what a first round compares. */
static double count_compared(const run *r, const sr_params *params)
{
    size_t n_compared = 0;
    sr_buckets buckets = {0};
    uint32_t *keys = bench_alloc((r->n_docs + 1) * sizeof *keys);
    for (uint32_t band = 0; band < params->bands; band++) {
        for (size_t i = 0; i < r->n_docs; i++) {
            const uint16_t *values = sr_dedup_values(&r->articles, r->docs[i]);
            sr_values_some_band_keys(params, band, band + 1, values, &keys[i]);
        }
        bench_need(sr_buckets_fill(&buckets, keys, r->docs, r->n_docs), NULL, "buckets");
        n_compared += buckets.n_members - buckets.n_items;
    }
    sr_buckets_release(&buckets);
    free(keys);
    return (double)n_compared;
}

/* `params` NULL: no bands. */
static void print_way(const run *r, const char *name, const sr_params *params, bool sketches,
                      double n_compared)
{
    size_t n_known[2] = {0};
    size_t n_found[2] = {0};
    for (size_t i = 0; i < r->n_pairs; i++) {
        const known_pair *pair = &r->pairs[i];
        bool found = pair->a == pair->b || (sketches && pair->by_sketch) ||
                     (params && meet(params, sr_dedup_values(&r->articles, pair->a),
                                     sr_dedup_values(&r->articles, pair->b)));
        for (int floor = 0; floor < 2; floor++) {
            bool counts = pair->jaccard >= (floor ? 0.7 : 0.5);
            n_known[floor] += counts;
            n_found[floor] += counts && found;
        }
    }
    printf("%s\t%.3f\t%.5f\t%.5f\n", name, n_compared / r->articles.n_rows,
           (double)n_found[0] / (double)n_known[0], (double)n_found[1] / (double)n_known[1]);
}

static double find_by_sketch(run *r)
{
    sr_overlaps overlaps;
    bench_need(sr_overlaps_find(&r->articles, &r->thresholds, r->matches.first,
                                sr_verifier_furniture(r->verifier), &overlaps),
               NULL, "sketches");
    size_t n = overlaps.starts[SR_OVERLAPS_PER_DOC];
    for (size_t i = 0; i < n; i++) {
        known_pair wanted = {.a = overlaps.pairs[i].right, .b = overlaps.pairs[i].left};
        known_pair *found = bsearch(&wanted, r->pairs, r->n_pairs, sizeof *r->pairs, compare_pairs);
        for (known_pair *p = found; p && p >= r->pairs && compare_pairs(p, &wanted) == 0; p--) {
            p->by_sketch = true;
        }
        for (known_pair *p = found;
             p && p < r->pairs + r->n_pairs && compare_pairs(p, &wanted) == 0; p++) {
            p->by_sketch = true;
        }
    }
    sr_overlaps_release(&overlaps);
    return (double)n;
}

int main(int argc, char **argv)
{
    static const uint32_t BANDS[][2] = {{9, 13}, {16, 8}, {20, 6}, {25, 5}, {32, 4}, {42, 3}};
    run r = {.n_pairs = 0};
    if (argc != 3) {
        bench_fail("usage: bench_candidates FEED PAIRS");
    }
    sr_params_init(&r.params);
    sr_thresholds_init(&r.thresholds);
    read_feed(&r, argv[1]);
    name_docs(&r);
    read_pairs(&r, argv[2]);
    choose_docs(&r);
    double n_sketched = find_by_sketch(&r);
    for (size_t i = 0; i < SR_ARRAY_COUNT(BANDS); i++) {
        sr_params params = r.params;
        char name[32];
        params.bands = BANDS[i][0];
        params.rows = BANDS[i][1];
        double n_banded = count_compared(&r, &params);
        snprintf(name, sizeof name, "%ux%u", params.bands, params.rows);
        print_way(&r, name, &params, false, n_banded);
        snprintf(name, sizeof name, "%ux%u and sketches", params.bands, params.rows);
        print_way(&r, name, &params, true, n_banded + n_sketched);
    }
    print_way(&r, "sketches", NULL, true, n_sketched);
    return 0;
}
