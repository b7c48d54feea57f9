/* rank.c — score = cosine · (.8 + .2 · 2^(−Δt / half-life)), Δt the distance between the two
 * articles' dates.
 *
 * The factor lies between .8 and 1, so that time breaks near-ties and never buries a good match (a
 * pure decay costs a third of the quality). An article without a date counts as one half-life away,
 * .9: in the middle, so that lacking a date neither wins nor loses. Where there is nothing to count
 * from (no date in the query, none in the store), the factor is 1.
 */
#include "related/rank.h"

#include <stdlib.h>

static double time_factor(const sr_related_options *options, int64_t reference_s, int64_t date_s)
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
    SR_TRY(sr_segment_terms(sr_snapshot_segment(worker->snapshot, doc.segment), doc.ordinal, terms,
                            &n_terms));
    return sr_weigher_weigh(&worker->weigher, terms, n_terms, vector);
}

/* By place in the store, so that articles of one segment follow each other. */
static int compare_docs(const void *a, const void *b)
{
    uint64_t key_x = sr_doc_key(((const sr_scored *)a)->doc);
    uint64_t key_y = sr_doc_key(((const sr_scored *)b)->doc);
    return (key_x > key_y) - (key_x < key_y);
}

static int compare_scored(const void *a, const void *b)
{
    const sr_scored *x = a;
    const sr_scored *y = b;
    if (x->score != y->score) {
        return x->score > y->score ? -1 : 1;
    }
    uint64_t key_x = sr_doc_key(x->doc);
    uint64_t key_y = sr_doc_key(y->doc);
    return (key_x > key_y) - (key_x < key_y);
}

sr_status sr_rank(sr_worker *worker, const sr_filter_view *view, size_t limit, bool *is_complete)
{
    const sr_subject *subject = view->subject;
    const sr_candidates *found = &worker->candidates;
    SR_TRY(sr_candidates_find(&worker->candidates, &worker->weigher, &subject->vector, limit,
                              sr_filter_accept, view));
    SR_TRY(sr_array_reserve((void **)&worker->scored, &worker->scored_capacity, found->n_items,
                            sizeof *worker->scored));
    for (size_t i = 0; i < found->n_items; i++) {
        worker->scored[i].doc = sr_doc_of_key(found->items[i].key);
    }
    if (found->n_items) {
        qsort(worker->scored, found->n_items, sizeof *worker->scored, compare_docs);
    }
    sr_scorer_begin(&worker->scorer, &subject->vector, subject->counted, subject->n_counted);
    worker->n_scored = 0;
    for (size_t i = 0; i < found->n_items; i++) {
        sr_doc doc = worker->scored[i].doc;
        double cosine;
        SR_TRY(sr_scorer_cosine(&worker->scorer, doc, &cosine));
        sr_doc_facts facts;
        sr_segment_facts(sr_snapshot_segment(worker->snapshot, doc.segment), doc.ordinal, &facts);
        double score =
            cosine * time_factor(view->filter->options, subject->reference_s, facts.published_s);
        if (score > 0.0) {
            worker->scored[worker->n_scored++] = (sr_scored){.doc = doc, .score = score};
        }
    }
    if (worker->n_scored) {
        qsort(worker->scored, worker->n_scored, sizeof *worker->scored, compare_scored);
    }
    *is_complete = found->is_complete;
    return SR_OK;
}
