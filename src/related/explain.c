/* explain.c — shared terms by their products of weights (see explain.h). */
#include "related/explain.h"

#include "related/rank.h"
#include "related/smooth.h"

/* Of a neighbour that is worth naming. */
static const double LEAST_SHARE = 0.01;

static const sr_term *find_term(const sr_term *terms, size_t n_terms, uint64_t hash)
{
    size_t low = 0;
    while (n_terms > 0) {
        size_t half = n_terms / 2;
        bool is_right = terms[low + half].hash < hash;
        low += is_right ? half + 1 : 0;
        n_terms = is_right ? n_terms - half - 1 : half;
    }
    return &terms[low]; /* may be past the end or another term: the caller looks */
}

/* The weightiest products of two vectors' terms; gives their sum over all shared terms. */
static double collect(const sr_vector *a, const sr_vector *b, sr_top_k *top)
{
    double sum = 0.0;
    for (size_t i = 0, j = 0; i < a->n_terms && j < b->n_terms;) {
        uint64_t hash_a = a->terms[i].hash;
        uint64_t hash_b = b->terms[j].hash;
        if (hash_a == hash_b) {
            double product = a->terms[i].weight * b->terms[j].weight;
            sum += product;
            sr_top_k_push(top, (sr_ranked){.score = product, .key = hash_a});
        }
        i += hash_a <= hash_b;
        j += hash_b <= hash_a;
    }
    return sum;
}

/* The neighbours between the two, as far as they mattered. */
static sr_status explain_vias(sr_worker *worker, const sr_subject *subject, sr_doc doc,
                              sr_box_item *item)
{
    sr_bridge bridges[SR_BRIDGES];
    size_t n_bridges;
    SR_TRY(sr_smooth_explain(worker, subject, doc, bridges, &n_bridges));
    item->vias = sr_arena_alloc(worker->results, SR_VIAS_MAX * sizeof *item->vias);
    if (!item->vias) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < n_bridges && i < SR_VIAS_MAX && bridges[i].share >= LEAST_SHARE; i++) {
        sr_via *via = &item->vias[item->n_vias];
        *via = (sr_via){.share = bridges[i].share};
        SR_TRY(sr_worker_read(worker, worker->results, bridges[i].doc, SR_FIELD_ID, &via->id));
        SR_TRY(
            sr_worker_read(worker, worker->results, bridges[i].doc, SR_FIELD_TITLE, &via->title));
        item->n_vias++;
    }
    return SR_OK;
}

static sr_status explain_terms(sr_worker *worker, const sr_subject *subject, const sr_term *terms,
                               size_t n_terms, sr_doc doc, sr_box_item *item)
{
    sr_ranked best[SR_REASONS_MAX];
    sr_top_k top = {.items = best, .limit = SR_REASONS_MAX};
    SR_TRY(sr_weigh_doc(worker, doc, &worker->other));
    double sum = collect(&subject->vector, &worker->other, &top);
    sr_top_k_sort(&top);
    item->reasons = sr_arena_alloc(worker->results, SR_REASONS_MAX * sizeof *item->reasons);
    if (!item->reasons) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < top.n_items; i++) {
        const sr_term *term = find_term(terms, n_terms, best[i].key);
        if (term == terms + n_terms || term->hash != best[i].key) {
            continue; /* stored under another language or an older text: nothing to show it by */
        }
        sr_reason *reason = &item->reasons[item->n_reasons];
        SR_TRY(sr_arena_keep(worker->results, sr_terms_surface(worker->extractor, term),
                             &reason->term));
        reason->share = best[i].score / sum;
        item->n_reasons++;
    }
    return SR_OK;
}

sr_status sr_explain(sr_worker *worker, const sr_related_options *options,
                     const sr_subject *subject, const sr_term *terms, size_t n_terms, sr_doc doc,
                     sr_box_item *item)
{
    sr_doc_facts facts;
    sr_segment_facts(sr_snapshot_segment(worker->snapshot, doc.segment), doc.ordinal, &facts);
    item->time_factor = sr_rank_time_factor(options, subject->reference_s, facts.published_s);
    SR_TRY(explain_terms(worker, subject, terms, n_terms, doc, item));
    return explain_vias(worker, subject, doc, item);
}
