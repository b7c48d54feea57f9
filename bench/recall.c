/* How many of the ten best articles of a full scan does the ranking find by its candidates?
 *
 * `bench_recall STORE N_QUERIES`: stored articles spread evenly over the store are asked about
 * twice, by way of candidates as every box is, and with every article scored. Found is what scores
 * at least as much as the full scan's tenth; nearly found, as much less .005, which no reader of a
 * box could tell: where an article is of a theme and of no story, hundreds score within as little
 * of each other. Without the factor of time. */
#include "bench.h"

#include "related/rank.h"
#include "related/smooth.h"
#include "store/handle.h"

#include <stdlib.h>

enum { N_BEST = 10, N_CANDIDATES = 240 };
#define NEARLY .005

typedef struct run {
    bench b;
    const sr_snapshot *snapshot;
    sr_worker *worker;
    sr_filter filter;
    sr_subject subject;
    double *scores; /* of the full scan, by number of the article */
    size_t *firsts; /* number of each segment's first article */
    size_t n_docs;
    sr_scored best[N_BEST]; /* by way of candidates */
    size_t n_best;
    size_t n_found, n_nearly, n_wanted, n_candidates, n_candidates_found;
    double sum_found, sum_wanted;
    bool *is_candidate;
    double seconds_fast, seconds_full;
} run;

static size_t number_of(const run *r, sr_doc doc)
{
    return r->firsts[doc.segment] + doc.ordinal;
}

static sr_doc doc_of(const run *r, size_t number)
{
    uint32_t segment = 0;
    while (r->firsts[segment + 1] <= number) {
        segment++;
    }
    return (sr_doc){.segment = segment, .ordinal = (uint32_t)(number - r->firsts[segment])};
}

static void rank_fast(run *r, const sr_filter_view *view)
{
    bool is_complete;
    double start = bench_seconds();
    bench_need(sr_rank(r->worker, view, &r->subject, N_CANDIDATES, &is_complete), NULL, "sr_rank");
    r->seconds_fast += bench_seconds() - start;
    r->n_best = r->worker->n_scored < N_BEST ? r->worker->n_scored : N_BEST;
    r->n_candidates += r->worker->n_scored;
    memset(r->is_candidate, 0, r->n_docs * sizeof *r->is_candidate);
    for (size_t i = 0; i < r->worker->n_scored; i++) {
        r->is_candidate[number_of(r, r->worker->scored[i].doc)] = true;
    }
    memcpy(r->best, r->worker->scored, r->n_best * sizeof *r->best);
}

/* Every live article but the subject, by place in the store. */
static void rank_full(run *r, const sr_filter_view *view)
{
    sr_worker *worker = r->worker;
    double start = bench_seconds();
    bench_need(sr_smooth_subject(worker, &r->subject), NULL, "smooth");
    bench_need(sr_array_reserve((void **)&worker->scored, &worker->scored_capacity, r->n_docs,
                                sizeof *worker->scored),
               NULL, "memory");
    worker->n_scored = 0;
    for (size_t i = 0; i < r->n_docs; i++) {
        sr_doc doc = doc_of(r, i);
        if (sr_snapshot_is_live(r->snapshot, doc) && sr_filter_accept(view, doc)) {
            worker->scored[worker->n_scored++] = (sr_scored){.doc = doc};
        }
    }
    bench_need(sr_rank_score(worker), NULL, "score");
    bench_need(sr_smooth_scores(worker, &r->subject), NULL, "smooth");
    for (size_t i = 0; i < worker->n_scored; i++) {
        r->scores[number_of(r, worker->scored[i].doc)] = worker->scored[i].score;
    }
    bench_need(sr_rank_sort(worker), NULL, "sort");
    r->seconds_full += bench_seconds() - start;
}

static void compare(run *r)
{
    size_t n = 0;
    while (n < N_BEST && n < r->worker->n_scored && r->worker->scored[n].score > 0) {
        r->n_candidates_found += r->is_candidate[number_of(r, r->worker->scored[n].doc)];
        r->sum_wanted += r->worker->scored[n].score;
        n++;
    }
    for (size_t i = 0; i < r->n_best && n; i++) {
        double score = r->scores[number_of(r, r->best[i].doc)];
        r->n_found += score >= r->worker->scored[n - 1].score - 1e-9;
        r->n_nearly += score >= r->worker->scored[n - 1].score - NEARLY;
        r->sum_found += score;
    }
    r->n_wanted += n;
}

static void ask(run *r, size_t number)
{
    sr_buffer id;
    sr_buffer_init(&id, SR_BUFFER_NO_LIMIT);
    sr_doc doc = doc_of(r, number);
    bench_need(sr_snapshot_read_field(r->snapshot, doc, SR_FIELD_ID, &id, NULL), NULL, "id");
    sr_arena_reset(&r->worker->scratch);
    bench_need(sr_subject_find(&r->subject, r->worker, sr_buffer_view(&id)), &r->worker->error,
               "find");
    sr_filter_view view = {.filter = &r->filter, .subject = &r->subject};
    rank_fast(r, &view);
    rank_full(r, &view);
    compare(r);
    sr_buffer_release(&id);
}

static void count_docs(run *r)
{
    uint32_t n_segments = sr_snapshot_segment_count(r->snapshot);
    r->firsts = bench_alloc((n_segments + 1) * sizeof *r->firsts);
    r->firsts[0] = 0;
    for (uint32_t s = 0; s < n_segments; s++) {
        r->firsts[s + 1] = r->firsts[s] + sr_segment_doc_count(sr_snapshot_segment(r->snapshot, s));
    }
    r->n_docs = r->firsts[n_segments];
    r->scores = bench_alloc(r->n_docs * sizeof *r->scores);
    r->is_candidate = bench_alloc(r->n_docs * sizeof *r->is_candidate);
}

static void print(const run *r, size_t n_asked)
{
    const struct {
        const char *name;
        double value;
        const char *unit;
    } ROWS[] = {
        {"of the best ten found", (double)r->n_found / (double)r->n_wanted, "share"},
        {"of the best ten found, or as good less .005", (double)r->n_nearly / (double)r->n_wanted,
         "share"},
        {"mean score of the ten found", r->sum_found / (double)r->n_wanted, "score"},
        {"mean score of the best ten", r->sum_wanted / (double)r->n_wanted, "score"},
        {"of the best ten among the candidates",
         (double)r->n_candidates_found / (double)r->n_wanted, "share"},
        {"candidates", (double)r->n_candidates / (double)n_asked, "articles"},
        {"by candidates", r->seconds_fast / (double)n_asked * 1e3, "ms"},
        {"full scan", r->seconds_full / (double)n_asked * 1e3, "ms"},
    };
    for (size_t i = 0; i < SR_ARRAY_COUNT(ROWS); i++) {
        char name[64];
        snprintf(name, sizeof name, "%s/%zu", ROWS[i].name, r->n_docs);
        bench_sample(&r->b, name, ROWS[i].value, 0, n_asked, ROWS[i].unit, NULL);
    }
}

int main(int argc, char **argv)
{
    size_t n_queries = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    if (n_queries == 0) {
        bench_fail("usage: %s STORE N_QUERIES", argv[0]);
    }
    run r = {.b = {.question = "recall"}};
    sr_error error = {0};
    sr_store *store = NULL;
    bench_need(sr_store_open(argv[1], SR_STORE_READ, NULL, &store, &error), &error, argv[1]);
    r.snapshot = sr_store_snapshot(store);
    sr_related_options options;
    sr_related_options_init(&options);
    options.half_life_s = 0;
    options.ranking = true;
    sr_arena results;
    sr_arena_init(&results);
    bench_need(sr_filter_init(&r.filter, r.snapshot, &options, &error), &error, "options");
    bench_need(sr_worker_create(r.snapshot, &r.worker), NULL, "worker");
    sr_worker_begin(r.worker, &(sr_shared){.with_dense = true}, &results);
    count_docs(&r);
    size_t n_asked = 0;
    for (size_t i = 0; i < n_queries && i < r.n_docs; i++) {
        size_t number = (size_t)((unsigned __int128)i * r.n_docs / n_queries);
        if (sr_snapshot_is_live(r.snapshot, doc_of(&r, number))) {
            ask(&r, number);
            n_asked++;
        }
    }
    bench_need(sr_snapshot_damage(r.snapshot, &error), &error, argv[1]);
    print(&r, n_asked);
    sr_worker_free(r.worker);
    sr_filter_release(&r.filter);
    sr_arena_release(&results);
    sr_store_close(store);
    free(r.firsts);
    free(r.scores);
    free(r.is_candidate);
    return 0;
}
