/* related.c — sr_related: queries to boxes, many at once.
 *
 * Files are read first, in order, by the calling thread (they may be stdin, and only this thread
 * may speak to the observer); then every query is a task of its own. A worker's memory of weights
 * never changes a result, so boxes do not depend on which thread made them.
 */
#include "related/box.h"
#include "related/fill.h"

#include "feed/feed.h"
#include "store/handle.h"

#include <omp.h>
#include <stdlib.h>

/* From so many queries on it pays to remember which pairs are repeats. */
enum { N_QUERIES_MANY = 256 };

typedef struct related_run {
    const sr_snapshot *snapshot;
    const sr_observer *observer;
    const sr_related_options *options;
    const sr_query *queries;
    const sr_article **articles; /* of each query; NULL for those by id */
    size_t n_queries;
    sr_filter filter;
    sr_pool *pool; /* where workers come from and go; NULL: none is kept */
    sr_worker **workers;
    size_t n_workers;
    sr_shared shared;
    sr_boxes *boxes;
    size_t failed; /* the first query that failed, or n_queries */
    sr_status status;
    sr_error error;
    size_t n_done;
    bool is_cancelled;
} related_run;

static size_t count_members(const sr_query *query)
{
    return (size_t)(query->path != NULL) + (query->id != NULL) + (query->article != NULL);
}

/* Into the arena of the first worker, which lives as long as the boxes. */
static sr_status read_articles(related_run *run, sr_error *error)
{
    sr_arena *arena = &run->boxes->arenas[0];
    for (size_t i = 0; i < run->n_queries; i++) {
        const sr_query *query = &run->queries[i];
        if (count_members(query) != 1) {
            return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0,
                                "a query is a path, an id or an article: exactly one of them");
        }
        run->articles[i] = query->article;
        if (query->path) {
            sr_article *article = sr_arena_alloc(arena, sizeof *article);
            if (!article) {
                return SR_ERR_MEMORY;
            }
            SR_TRY(sr_feed_read_one(query->path, &run->options->feed, run->observer, arena, article,
                                    error));
            run->articles[i] = article;
        }
    }
    return SR_OK;
}

static sr_status make_box(related_run *run, sr_worker *worker, size_t i)
{
    sr_subject subject;
    sr_arena_reset(&worker->scratch);
    worker->error = (sr_error){0};
    if (run->articles[i]) {
        SR_TRY(sr_subject_prepare(&subject, worker, run->articles[i],
                                  run->options->feed.keep_furniture));
    } else {
        SR_TRY(sr_subject_find(&subject, worker, sr_str_of(run->queries[i].id)));
    }
    return sr_box_make(worker, &run->filter, &subject, &run->boxes->boxes[i]);
}

/* Keeps the failure of the first query in order, whichever thread came first. */
static void note_failure(related_run *run, size_t i, sr_status status, const sr_error *error)
{
#pragma omp critical(sr_related_failure)
    if (i < run->failed) {
        run->failed = i;
        run->status = status;
        run->error = *error;
    }
}

static size_t first_failure(related_run *run)
{
    size_t failed;
#pragma omp critical(sr_related_failure)
    failed = run->failed;
    return failed;
}

/* Between two queries of the calling thread: progress, and the wish to stop. */
static void report(related_run *run)
{
    size_t n_done;
#pragma omp atomic read
    n_done = run->n_done;
    if (run->n_queries > 1) {
        sr_observe_progress(run->observer, "related", n_done, run->n_queries);
    }
    if (sr_observe_cancelled(run->observer)) {
#pragma omp atomic write
        run->is_cancelled = true;
    }
}

static void make_boxes(related_run *run)
{
#pragma omp parallel for schedule(dynamic, 1) num_threads((int)run->n_workers)
    for (size_t i = 0; i < run->n_queries; i++) {
        int thread = omp_get_thread_num();
        bool is_cancelled;
        if (thread == 0) {
            report(run);
        }
#pragma omp atomic read
        is_cancelled = run->is_cancelled;
        if (is_cancelled || i > first_failure(run)) {
            continue;
        }
        sr_worker *worker = run->workers[thread];
        sr_status status = make_box(run, worker, i);
        if (status != SR_OK) {
            note_failure(run, i, status, &worker->error);
        }
#pragma omp atomic
        run->n_done++;
    }
}

static sr_status take_worker(related_run *run, size_t i)
{
    run->workers[i] = sr_pool_take(run->pool);
    if (!run->workers[i]) {
        SR_TRY(sr_worker_create(run->snapshot, &run->workers[i]));
    }
    sr_worker_begin(run->workers[i], &run->shared, &run->boxes->arenas[i]);
    run->n_workers++;
    return SR_OK;
}

/* Their words are made by this program, those of the store by an older one. */
static void warn_outdated(const related_run *run)
{
    bool has_texts = false;
    for (size_t i = 0; i < run->n_queries; i++) {
        has_texts = has_texts || run->articles[i];
    }
    if (has_texts && sr_snapshot_is_outdated(run->snapshot)) {
        sr_observe_message(run->observer, SR_MESSAGE_WARNING,
                           "the store was made by an older version, which may have told words "
                           "apart otherwise than they are in the query; `simrank compact` makes it "
                           "anew");
    }
}

static sr_status run_queries(related_run *run, sr_error *error)
{
    SR_TRY(sr_filter_init(&run->filter, run->snapshot, run->options, error));
    SR_TRY(read_articles(run, error));
    warn_outdated(run);
    run->shared.with_dense = !run->options->lexical_only;
    if (run->n_queries >= N_QUERIES_MANY) {
        SR_TRY(sr_verdicts_create(run->snapshot, &run->shared.verdicts));
    }
    for (size_t i = 0; i < run->boxes->n_arenas; i++) {
        SR_TRY(take_worker(run, i));
    }
    make_boxes(run);
    if (run->status == SR_OK && !run->is_cancelled) {
        SR_TRY(
            sr_boxes_fill(run->boxes, run->workers, run->n_workers, run->options->ranking, error));
    }
    SR_TRY(sr_snapshot_damage(run->snapshot, error));
    if (run->is_cancelled) {
        return sr_error_set(error, SR_ERR_INTERRUPTED, NULL, 0, "interrupted");
    }
    if (run->status != SR_OK && error) {
        *error = run->error;
    }
    return run->status;
}

static sr_status refuse_dedup_only(const sr_snapshot *snapshot, sr_error *error)
{
    if (sr_snapshot_dedup_only(snapshot)) {
        return sr_error_set(
            error, SR_ERR_UNSUPPORTED, NULL, 0,
            "this store keeps signatures only (it was made with --dedup-only): related "
            "articles need the words of the articles");
    }
    return SR_OK;
}

sr_status sr_related(const sr_store *store, const sr_query *queries, size_t n_queries,
                     const sr_related_options *options, sr_boxes **out, sr_error *error)
{
    related_run run = {.snapshot = sr_store_snapshot(store),
                       .pool = store->workers,
                       .observer = sr_store_observer(store),
                       .options = options,
                       .queries = queries,
                       .n_queries = n_queries,
                       .failed = n_queries};
    if (error) {
        *error = (sr_error){0};
    }
    SR_TRY(refuse_dedup_only(run.snapshot, error));
    size_t n_threads = (size_t)omp_get_max_threads();
    n_threads = n_threads > n_queries ? n_queries : n_threads;
    n_threads = n_threads ? n_threads : 1;
    SR_TRY(sr_boxes_create(n_queries, n_threads, &run.boxes));
    sr_store_info info;
    sr_snapshot_info(run.snapshot, &info);
    run.boxes->commit = info.commit;
    run.boxes->has_reasons = options->why && !options->ranking;
    run.articles = calloc(n_queries + 1, sizeof *run.articles);
    run.workers = calloc(n_threads, sizeof *run.workers);
    sr_status status = run.articles && run.workers ? run_queries(&run, error) : SR_ERR_MEMORY;
    for (size_t i = 0; i < run.n_workers; i++) {
        /* Never without. NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
        sr_pool_give(run.pool, run.workers[i], sr_worker_free);
    }
    sr_verdicts_free(run.shared.verdicts);
    sr_filter_release(&run.filter);
    free(run.workers);
    free(run.articles);
    if (status != SR_OK) {
        sr_boxes_free(run.boxes);
        if (error && error->status == SR_OK) {
            (void)sr_error_set(error, status, NULL, 0, "%s", sr_status_text(status));
        }
        return status;
    }
    *out = run.boxes;
    return SR_OK;
}
