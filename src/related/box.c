/* box.c — one box (see box.h): what is ranked first, from more candidates where repeats and caps
 * leave it short; what is still missing from the fallback, the newest articles in the query's
 * language, marked, with score 0. What is ranked but scores next to nothing is marked as well.
 */
#include "related/box.h"

#include "related/explain.h"
#include "related/fallback.h"
#include "related/gather.h"
#include "related/rank.h"
#include "store/term_df.h"

#include <stdlib.h>

enum { N_CANDIDATES = 240, N_CANDIDATES_PER_ITEM = 2, WIDEN_FACTOR = 4 };
/* What scores less has hardly anything to do with the subject: it only fills the box. Of 823 such
 * pairs of multinews none tells of one event; among the 200 best of a query a quarter (ng20) to a
 * half (bbc, ag, of five and four topics) share a topic. In a handful of articles words that are
 * shared weigh next to nothing: there it says nothing. */
#define SCORE_FLOOR 0.1
enum { N_ARTICLES_JUDGED = 100 };
/* So many articles ahead memory is asked for what is compared of them. */
enum { N_AHEAD = 4 };

/* Offers what is ranked, from more and more candidates until the box is full or nothing is left. */
static sr_status offer_ranked(sr_gathering *gathering, const sr_filter_view *view)
{
    sr_worker *worker = gathering->worker;
    double min_score = gathering->filter->options->min_score;
    bool is_judged = sr_snapshot_live_count(worker->snapshot) >= N_ARTICLES_JUDGED;
    size_t limit = gathering->n_wanted * N_CANDIDATES_PER_ITEM;
    limit = limit < N_CANDIDATES ? N_CANDIDATES : limit;
    for (bool is_complete = false; !is_complete; limit *= WIDEN_FACTOR) {
        sr_gathering_drop(gathering, 0);
        SR_TRY(sr_rank(worker, view, gathering->subject, limit, &is_complete));
        for (size_t i = 0; i < worker->n_scored && worker->scored[i].score >= min_score; i++) {
            if (i + N_AHEAD < worker->n_scored) {
                sr_snapshot_expect_facts(worker->snapshot, worker->scored[i + N_AHEAD].doc);
                sr_snapshot_expect_values(worker->snapshot, worker->scored[i + N_AHEAD].doc);
            }
            SR_TRY(sr_gathering_offer(gathering, worker->scored[i],
                                      is_judged && worker->scored[i].score < SCORE_FLOOR));
        }
        is_complete |= gathering->n_groups >= gathering->n_wanted || worker->n_scored == 0 ||
                       worker->scored[worker->n_scored - 1].score < min_score;
    }
    sr_gathering_admit_waiting(gathering);
    return SR_OK;
}

/* Offers the newest articles of a language. */
static sr_status offer_fallback(sr_gathering *gathering, const sr_filter_view *view,
                                sr_language language)
{
    sr_worker *worker = gathering->worker;
    size_t n_before = gathering->n_groups;
    size_t limit = gathering->n_wanted * N_CANDIDATES_PER_ITEM;
    for (bool is_complete = false; !is_complete && gathering->n_groups < gathering->n_wanted;
         limit *= WIDEN_FACTOR) {
        sr_gathering_drop(gathering, n_before);
        SR_TRY(sr_fallback_find(worker, view, language, limit, &is_complete));
        for (size_t i = 0; i < worker->n_scored && gathering->n_chosen < gathering->n_wanted; i++) {
            SR_TRY(sr_gathering_offer(gathering, worker->scored[i], true));
        }
    }
    sr_gathering_admit_waiting(gathering);
    return SR_OK;
}

/* The repeats of an item; what they show is filled in later. */
static sr_status list_also(sr_worker *worker, const sr_group *from, sr_box_item *item)
{
    item->also = sr_arena_alloc(worker->results, (from->n_also + 1) * sizeof *item->also);
    if (!item->also) {
        return SR_ERR_MEMORY;
    }
    sr_also *also = item->also;
    for (const sr_folded *m = from->also; m; m = m->next) {
        *also++ = (sr_also){.key = sr_doc_key(m->doc)};
    }
    return SR_OK;
}

static sr_status list_items(sr_gathering *gathering, sr_box *box)
{
    sr_worker *worker = gathering->worker;
    const sr_term *terms = NULL;
    size_t n_terms = 0;
    if (gathering->filter->options->why && gathering->n_chosen) {
        SR_TRY(sr_subject_extract(gathering->subject, worker, &terms, &n_terms));
    }
    box->items = sr_arena_alloc(worker->results, (gathering->n_chosen + 1) * sizeof *box->items);
    if (!box->items) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < gathering->n_groups; i++) {
        const sr_group *from = gathering->groups[i];
        if (from->is_waiting) {
            continue;
        }
        sr_box_item *item = &box->items[box->n_items];
        *item = (sr_box_item){
            .shown = {.score = from->score, .fallback = from->is_fallback, .n_also = from->n_also},
            .key = sr_doc_key(from->side.doc)};
        SR_TRY(list_also(worker, from, item));
        if (terms && !from->is_fallback) {
            SR_TRY(sr_explain(worker, gathering->filter->options, gathering->subject, terms,
                              n_terms, from->side.doc, item));
        }
        box->n_items++;
    }
    return SR_OK;
}

static const char *explain_shortage(const sr_gathering *gathering)
{
    uint64_t n_others = sr_snapshot_live_count(gathering->worker->snapshot);
    if (n_others == 0) {
        return "the store is empty";
    }
    n_others -= gathering->subject->is_stored;
    if (n_others < gathering->n_wanted) {
        return n_others == 0 ? "the store holds no other article"
                             : "the store holds too few other articles";
    }
    if (gathering->filter->options->min_score > 0.0) {
        return "too few articles reach the wanted score";
    }
    return sr_filter_is_active(gathering->filter)
               ? "too few articles pass the filters"
               : "the other articles are repeats, or in another language";
}

/* The newest in the language that was asked for, else in the subject's; then those of no known
 * language. Who asks for a score does not want articles without one. */
static sr_status fill_up(sr_gathering *gathering, const sr_filter_view *view)
{
    if (gathering->filter->options->min_score > 0.0) {
        return SR_OK;
    }
    sr_language wanted = gathering->filter->language;
    wanted = wanted ? wanted : gathering->subject->language;
    if (!wanted) {
        return offer_fallback(gathering, view, SR_LANGUAGE_ANY);
    }
    SR_TRY(offer_fallback(gathering, view, wanted));
    return offer_fallback(gathering, view, 0);
}

static sr_status build(sr_gathering *gathering, sr_box *box)
{
    sr_subject *subject = gathering->subject;
    sr_filter_view view = {.filter = gathering->filter, .subject = subject};
    sr_repeat_side_of_subject(&gathering->subject_side, subject);
    SR_TRY(offer_ranked(gathering, &view));
    SR_TRY(fill_up(gathering, &view));
    if (gathering->n_chosen < gathering->n_wanted) {
        box->shortage = explain_shortage(gathering);
    }
    return list_items(gathering, box);
}

/* A plain ranking: ids and scores. */
static sr_status make_ranking(sr_worker *worker, const sr_filter *filter, sr_subject *subject,
                              sr_box *box)
{
    sr_filter_view view = {.filter = filter, .subject = subject};
    size_t n_wanted = filter->options->n_items;
    size_t limit = n_wanted * N_CANDIDATES_PER_ITEM;
    bool is_complete;
    SR_TRY(
        sr_rank(worker, &view, subject, limit < N_CANDIDATES ? N_CANDIDATES : limit, &is_complete));
    size_t n_items = worker->n_scored < n_wanted ? worker->n_scored : n_wanted;
    box->items = sr_arena_alloc(worker->results, (n_items + 1) * sizeof *box->items);
    if (!box->items) {
        return SR_ERR_MEMORY;
    }
    for (; box->n_items < n_items; box->n_items++) {
        sr_scored scored = worker->scored[box->n_items];
        sr_box_item *item = &box->items[box->n_items];
        *item = (sr_box_item){.shown = {.score = scored.score}, .key = sr_doc_key(scored.doc)};
        item->shown.article.published_s = SR_TIME_UNKNOWN;
    }
    if (n_items < n_wanted) {
        box->shortage = "no further article shares a weighty term";
    }
    return SR_OK;
}

sr_status sr_box_make(sr_worker *worker, const sr_filter *filter, sr_subject *subject, sr_box *box)
{
    *box = (sr_box){0};
    SR_TRY(sr_arena_keep(worker->results, subject->id, &box->query_id));
    subject->reference_s = subject->published_s != SR_TIME_UNKNOWN
                               ? subject->published_s
                               : sr_snapshot_newest(worker->snapshot);
    if (filter->options->ranking) {
        return make_ranking(worker, filter, subject, box);
    }
    sr_gathering gathering = {.worker = worker,
                              .filter = filter,
                              .subject = subject,
                              .n_wanted = filter->options->n_items};
    sr_status status = build(&gathering, box);
    free(gathering.groups);
    return status;
}
