/* fallback.c — a scan of the dates of the whole store; rare, so that no index by date is kept for
 * it. */
#include "related/fallback.h"

#include "store/term_df.h"

/* Below every date that a double holds exactly. */
static const double UNDATED = -1e300;

/* An article without a word, in its title or its text, fills no box. */
static bool has_words(const sr_snapshot *snapshot, sr_doc doc, const sr_doc_facts *facts)
{
    uint32_t numbers[SR_TERMS_STORED];
    uint8_t counts[SR_COUNT_PLACES];
    size_t n_terms;
    return facts->n_words > 0 ||
           (sr_snapshot_term_numbers(snapshot, doc, numbers, counts, &n_terms) == SR_OK &&
            n_terms > 0);
}

static void scan(const sr_filter_view *view, sr_language language, uint32_t number, sr_top_k *top,
                 bool *is_complete)
{
    const sr_snapshot *snapshot = view->filter->snapshot;
    const sr_segment *segment = sr_snapshot_segment(snapshot, number);
    for (uint32_t i = 0; i < sr_segment_doc_count(segment); i++) {
        sr_doc doc = {.segment = number, .ordinal = i};
        sr_doc_facts facts;
        sr_segment_facts(segment, i, &facts);
        sr_ranked item = {.score = facts.published_s == SR_TIME_UNKNOWN ? UNDATED
                                                                        : (double)facts.published_s,
                          .key = sr_doc_key(doc)};
        if ((language != SR_LANGUAGE_ANY && facts.language != language) ||
            !sr_snapshot_is_live(snapshot, doc) || !sr_filter_accept(view, doc) ||
            !has_words(snapshot, doc, &facts)) {
            continue;
        }
        *is_complete &= top->n_items < top->limit;
        sr_top_k_push(top, item);
    }
}

sr_status sr_fallback_find(sr_worker *worker, const sr_filter_view *view, sr_language language,
                           size_t limit, bool *is_complete)
{
    sr_candidates *found = &worker->candidates; /* its array serves as the heap */
    SR_TRY(sr_array_reserve((void **)&found->items, &found->capacity, limit, sizeof *found->items));
    SR_TRY(sr_array_reserve((void **)&worker->scored, &worker->scored_capacity, limit,
                            sizeof *worker->scored));
    sr_top_k top = {.items = found->items, .limit = limit};
    *is_complete = true;
    for (uint32_t number = 0; number < sr_snapshot_segment_count(worker->snapshot); number++) {
        scan(view, language, number, &top, is_complete);
    }
    sr_top_k_sort(&top);
    worker->n_scored = top.n_items;
    for (size_t i = 0; i < top.n_items; i++) {
        worker->scored[i] = (sr_scored){.doc = sr_doc_of_key(top.items[i].key)};
    }
    return SR_OK;
}
