/* reach.c — the pool narrowed, lists of neighbours followed (see reach.h). */
#include "related/reach.h"

#include "related/rank.h"
#include "store/term_df.h"

/* The pool of a large store is so many times what is wanted; in a store of so many articles, and
 * below, the sums of postings find it alone. */
enum { POOL_FACTOR = 3, POOL_ARTICLES = 1 << 18 };
/* Lists of neighbours that add candidates at each step, and what they may come to. */
enum { N_LISTS = 10, N_LISTED = (N_LISTS + 1) * SR_NEIGHBOURS };
/* So many articles ahead memory is asked for vectors: their places are random. */
enum { N_AHEAD = 8 };
/* Weight of the dense cosine where the lexical one is not smoothed on the article's side, and so
 * lower than it will be. */
#define DENSE_SHARE 0.08

/* ------------------------------------------------------------ the pool */

/* The cosine of the subject's smoothed dense vector and an article's own. */
static sr_status compare_dense(const sr_worker *worker, sr_doc doc, double *cosine)
{
    sr_dense_vector made;
    const sr_dense_vector *vector;
    float one = 1.0F;
    float dot;
    float squares;
    SR_TRY(sr_snapshot_vector_at(worker->snapshot, &worker->maker, doc, &made, &vector));
    const int8_t *values = vector->values;
    worker->scorer.kernels->mix_vectors(&values, &one, 1, worker->dense, &dot, &squares);
    *cosine = squares > 0.0F ? (double)dot : 0.0;
    return SR_OK;
}

/* The best `limit` of the pool, in place. */
static sr_status narrow(sr_worker *worker, size_t limit)
{
    sr_candidates *pool = &worker->candidates;
    double length = worker->smoothed.length;
    sr_ranked *items = pool->items;
    for (size_t i = 0; i < pool->n_items; i++) {
        if (i + N_AHEAD < pool->n_items) {
            sr_snapshot_expect_vector(worker->snapshot, sr_doc_of_key(items[i + N_AHEAD].key));
        }
        double cosine;
        SR_TRY(compare_dense(worker, sr_doc_of_key(items[i].key), &cosine));
        items[i].score = items[i].score / length + DENSE_SHARE * cosine;
    }
    sr_top_k top = {.items = items, .n_items = 0, .limit = limit};
    for (size_t i = 0; i < pool->n_items; i++) { /* what is kept lies before what is looked at */
        sr_ranked item = items[i];
        if (sr_top_k_wants(&top, item)) {
            sr_top_k_push(&top, item);
        }
    }
    pool->n_items = top.n_items;
    return SR_OK;
}

static size_t choose_pool(const sr_worker *worker, size_t limit)
{
    bool is_large = sr_snapshot_live_count(worker->snapshot) > POOL_ARTICLES;
    return is_large && worker->maker.model ? limit * POOL_FACTOR : limit;
}

/* ------------------------------------------------------------ lists */

/* The neighbours of an article, behind what is there. */
static sr_status add_neighbours(const sr_worker *worker, const sr_filter_view *view, sr_doc doc,
                                sr_scored *scored, size_t *n_scored)
{
    sr_neighbour neighbours[SR_NEIGHBOURS];
    size_t n;
    SR_TRY(sr_snapshot_neighbours(worker->snapshot, doc, SR_NEIGHBOURS, neighbours, &n));
    for (size_t i = 0; i < n; i++) {
        if (sr_filter_accept(view, neighbours[i].doc)) {
            scored[(*n_scored)++] = (sr_scored){.doc = neighbours[i].doc};
        }
    }
    return SR_OK;
}

/* The neighbours of the subject and of the best candidates are candidates as well: of the same
 * story in other words. */
static sr_status add_listed(sr_worker *worker, const sr_filter_view *view)
{
    const sr_candidates *found = &worker->candidates;
    const sr_subject *subject = view->subject;
    if (subject->is_stored) {
        SR_TRY(add_neighbours(worker, view, subject->doc, worker->scored, &worker->n_scored));
    }
    sr_ranked best[N_LISTS];
    sr_top_k top = {.items = best, .limit = N_LISTS};
    for (size_t i = 0; i < found->n_items; i++) {
        sr_top_k_push(&top, found->items[i]);
    }
    for (size_t i = 0; i < top.n_items; i++) {
        SR_TRY(add_neighbours(worker, view, sr_doc_of_key(best[i].key), worker->scored,
                              &worker->n_scored));
    }
    return sr_rank_sort_by_place(worker, worker->scored, &worker->n_scored);
}

sr_status sr_reach(sr_worker *worker, const sr_filter_view *view, size_t limit, bool *is_complete)
{
    sr_candidates *found = &worker->candidates;
    SR_TRY(sr_candidates_find(found, &worker->weigher, &worker->scorer.memo, &worker->smoothed,
                              choose_pool(worker, limit), sr_filter_accept, view));
    *is_complete = found->is_complete && found->n_items <= limit;
    if (found->n_items > limit) {
        SR_TRY(narrow(worker, limit));
    }
    SR_TRY(sr_array_reserve((void **)&worker->scored, &worker->scored_capacity,
                            found->n_items + 2 * N_LISTED, sizeof *worker->scored));
    SR_TRY(sr_rank_take_candidates(worker));
    return add_listed(worker, view);
}

/* ------------------------------------------------------------ further */

static bool is_before(sr_doc a, sr_doc b)
{
    return sr_doc_key(a) < sr_doc_key(b);
}

/* Leaves those of `passed` that are not scored yet; both ascend by place. */
static void drop_scored(sr_worker *worker)
{
    size_t n = 0;
    for (size_t i = 0, j = 0; i < worker->n_passed; i++) {
        sr_doc doc = worker->passed[i].doc;
        while (j < worker->n_scored && is_before(worker->scored[j].doc, doc)) {
            j++;
        }
        if (j == worker->n_scored || !sr_doc_equal(worker->scored[j].doc, doc)) {
            worker->passed[n++] = worker->passed[i];
        }
    }
    worker->n_passed = n;
}

/* Puts `passed` among the scored ones; from behind, so that nothing is overwritten. */
static void merge_passed(sr_worker *worker)
{
    size_t i = worker->n_scored;
    size_t j = worker->n_passed;
    worker->n_scored += worker->n_passed;
    for (size_t at = worker->n_scored; j > 0; at--) {
        bool take_old = i > 0 && is_before(worker->passed[j - 1].doc, worker->scored[i - 1].doc);
        worker->scored[at - 1] = take_old ? worker->scored[i - 1] : worker->passed[j - 1];
        i -= take_old;
        j -= !take_old;
    }
}

sr_status sr_reach_further(sr_worker *worker, const sr_filter_view *view)
{
    sr_ranked best[N_LISTS];
    sr_top_k top = {.items = best, .limit = N_LISTS};
    for (size_t i = 0; i < worker->n_scored; i++) {
        sr_top_k_push(&top, (sr_ranked){.score = worker->scored[i].score,
                                        .key = sr_doc_key(worker->scored[i].doc)});
    }
    SR_TRY(sr_array_reserve((void **)&worker->passed, &worker->passed_capacity, N_LISTED,
                            sizeof *worker->passed));
    worker->n_passed = 0;
    for (size_t i = 0; i < top.n_items; i++) {
        SR_TRY(add_neighbours(worker, view, sr_doc_of_key(best[i].key), worker->passed,
                              &worker->n_passed));
    }
    SR_TRY(sr_rank_sort_by_place(worker, worker->passed, &worker->n_passed));
    drop_scored(worker);
    SR_TRY(sr_rank_score_all(worker, worker->passed, worker->n_passed));
    merge_passed(worker);
    return SR_OK;
}
