/* rank.c — score = cosine · (.8 + .2 · 2^(−Δt / half-life)), Δt the distance between the two
 * articles' dates.
 *
 * The factor lies between .8 and 1, so that time breaks near-ties and never buries a good match (a
 * pure decay costs a third of the quality). An article without a date counts as one half-life away,
 * .9: in the middle, so that lacking a date neither wins nor loses. Where there is nothing to count
 * from (no date in the query, none in the store), the factor is 1.
 */
#include "related/rank.h"

#include "related/reach.h"
#include "related/smooth.h"

/* So many articles ahead of the one that is scored memory is asked for the terms. */
enum { N_AHEAD = 4 };

double sr_rank_time_factor(const sr_related_options *options, int64_t reference_s, int64_t date_s)
{
    if (!(options->half_life_s > 0.0) || reference_s == SR_TIME_UNKNOWN) {
        return 1.0;
    }
    double half_lives = 1.0;
    if (date_s != SR_TIME_UNKNOWN) {
        double distance_s = (double)date_s - (double)reference_s;
        half_lives = (distance_s < 0.0 ? -distance_s : distance_s) / options->half_life_s;
    }
    return 0.8 + 0.2 * sr_exp2_negative(half_lives);
}

sr_status sr_weigh_doc(sr_worker *worker, sr_doc doc, sr_vector *vector)
{
    sr_stored_term terms[SR_TERMS_STORED];
    size_t n_terms;
    SR_TRY(sr_term_memo_terms(&worker->scorer.memo, doc, terms, &n_terms));
    return sr_weigher_weigh(&worker->weigher, terms, n_terms, vector);
}

/* Room to sort `n` articles, and as much for scratch. */
static sr_status reserve_keyed(sr_worker *worker, size_t n)
{
    return sr_array_reserve((void **)&worker->keyed, &worker->keyed_capacity, 2 * n + 1,
                            sizeof *worker->keyed);
}

/* By place in the store, so that articles of one segment follow each other. */
sr_status sr_rank_sort_by_place(sr_worker *worker, sr_scored *scored, size_t *n_scored)
{
    SR_TRY(reserve_keyed(worker, *n_scored));
    sr_keyed *keyed = worker->keyed;
    for (size_t i = 0; i < *n_scored; i++) {
        keyed[i] = (sr_keyed){.key = sr_doc_key(scored[i].doc)};
    }
    sr_keyed_sort(keyed, keyed + *n_scored, *n_scored);
    size_t n = 0;
    for (size_t i = 0; i < *n_scored; i++) {
        if (i == 0 || keyed[i].key != keyed[i - 1].key) {
            scored[n++] = (sr_scored){.doc = sr_doc_of_key(keyed[i].key)};
        }
    }
    *n_scored = n;
    return SR_OK;
}

#define SIGN_BIT ((uint64_t)1 << 63)

/* Doubles order as their bits do, negative ones the other way round: a key that falls as they rise.
 */
static uint64_t key_of_score(double score)
{
    uint64_t bits;
    memcpy(&bits, &score, sizeof bits);
    return bits & SIGN_BIT ? bits : ~bits & ~SIGN_BIT;
}

static double score_of_key(uint64_t key)
{
    double score;
    uint64_t bits = key & SIGN_BIT ? key : ~key & ~SIGN_BIT;
    memcpy(&score, &bits, sizeof score);
    return score;
}

sr_status sr_rank_take_candidates(sr_worker *worker)
{
    const sr_candidates *found = &worker->candidates;
    SR_TRY(sr_array_reserve((void **)&worker->scored, &worker->scored_capacity, found->n_items + 1,
                            sizeof *worker->scored));
    for (size_t i = 0; i < found->n_items; i++) {
        worker->scored[i] = (sr_scored){.doc = sr_doc_of_key(found->items[i].key)};
    }
    worker->n_scored = found->n_items;
    return sr_rank_sort_by_place(worker, worker->scored, &worker->n_scored);
}

sr_status sr_rank_score_all(sr_worker *worker, sr_scored *scored, size_t n_scored)
{
    for (size_t i = 0; i < n_scored; i++) {
        if (i + 2 * N_AHEAD < n_scored) {
            sr_snapshot_expect_place(worker->snapshot, scored[i + 2 * N_AHEAD].doc);
            sr_snapshot_expect_norm(worker->snapshot, scored[i + 2 * N_AHEAD].doc);
            sr_snapshot_expect_facts(worker->snapshot, scored[i + 2 * N_AHEAD].doc);
        }
        if (i + N_AHEAD < n_scored) {
            sr_snapshot_expect_terms(worker->snapshot, scored[i + N_AHEAD].doc);
        }
        SR_TRY(sr_scorer_cosine(&worker->scorer, scored[i].doc, &scored[i].score));
    }
    return SR_OK;
}

sr_status sr_rank_score(sr_worker *worker)
{
    return sr_rank_score_all(worker, worker->scored, worker->n_scored);
}

/* The articles ascend by place, and the sort keeps the order of equal scores. */
sr_status sr_rank_sort(sr_worker *worker)
{
    size_t n = worker->n_scored;
    SR_TRY(reserve_keyed(worker, n));
    sr_keyed *keyed = worker->keyed;
    for (size_t i = 0; i < n; i++) {
        sr_doc doc = worker->scored[i].doc;
        keyed[i] = (sr_keyed){
            .key = key_of_score(worker->scored[i].score), .a = doc.segment, .b = doc.ordinal};
    }
    sr_keyed_sort(keyed, keyed + n, n);
    for (size_t i = 0; i < n; i++) {
        worker->scored[i] = (sr_scored){.doc = {.segment = keyed[i].a, .ordinal = keyed[i].b},
                                        .score = score_of_key(keyed[i].key)};
    }
    return SR_OK;
}

/* The factor of time; scores that are 0 fall out. */
static void apply_time(sr_worker *worker, const sr_filter_view *view)
{
    size_t n = 0;
    for (size_t i = 0; i < worker->n_scored; i++) {
        sr_scored item = worker->scored[i];
        sr_doc_facts facts;
        sr_segment_facts(sr_snapshot_segment(worker->snapshot, item.doc.segment), item.doc.ordinal,
                         &facts);
        item.score *= sr_rank_time_factor(view->filter->options, view->subject->reference_s,
                                          facts.published_s);
        if (item.score > 0.0) {
            worker->scored[n++] = item;
        }
    }
    worker->n_scored = n;
}

sr_status sr_rank(sr_worker *worker, const sr_filter_view *view, sr_subject *subject, size_t limit,
                  bool *is_complete)
{
    SR_TRY(sr_smooth_subject(worker, subject));
    SR_TRY(sr_reach(worker, view, limit, is_complete));
    SR_TRY(sr_rank_score(worker));
    SR_TRY(sr_reach_further(worker, view));
    SR_TRY(sr_smooth_scores(worker, subject));
    apply_time(worker, view);
    SR_TRY(sr_rank_sort(worker));
    return SR_OK;
}
