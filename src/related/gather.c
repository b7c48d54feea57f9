/* gather.c — folding and capping (see gather.h). */
#include "related/gather.h"

static bool is_over_share(const sr_gathering *gathering, uint64_t source_hash)
{
    uint32_t limit = gathering->filter->options->max_per_source;
    if (limit == 0 || source_hash == 0) {
        return false;
    }
    uint32_t n_same = 0;
    for (size_t i = 0; i < gathering->n_groups; i++) {
        n_same +=
            !gathering->groups[i]->is_waiting && gathering->groups[i]->source_hash == source_hash;
    }
    return n_same >= limit;
}

static sr_status add_folded(sr_gathering *gathering, sr_group *to, sr_doc doc)
{
    sr_folded *also = sr_arena_alloc(&gathering->worker->scratch, sizeof *also);
    if (!also) {
        return SR_ERR_MEMORY;
    }
    *also = (sr_folded){.doc = doc};
    *to->last = also;
    to->last = &also->next;
    to->n_also++;
    return SR_OK;
}

static sr_status add_group(sr_gathering *gathering, sr_scored scored, const sr_repeat_side *side,
                           bool is_fallback)
{
    SR_TRY(sr_array_reserve((void **)&gathering->groups, &gathering->capacity,
                            gathering->n_groups + 1, sizeof *gathering->groups));
    sr_group *made = sr_arena_alloc(&gathering->worker->scratch, sizeof *made);
    if (!made) {
        return SR_ERR_MEMORY;
    }
    sr_doc_facts facts;
    sr_segment_facts(sr_snapshot_segment(gathering->worker->snapshot, scored.doc.segment),
                     scored.doc.ordinal, &facts);
    *made = (sr_group){.side = *side,
                       .source_hash = facts.source_hash,
                       .score = scored.score,
                       .is_fallback = is_fallback,
                       .is_waiting = is_over_share(gathering, facts.source_hash)};
    made->last = &made->also;
    gathering->n_chosen += !made->is_waiting;
    gathering->groups[gathering->n_groups++] = made;
    return SR_OK;
}

/* The fallback meets again what was ranked. */
static bool is_gathered(const sr_gathering *gathering, sr_doc doc)
{
    for (size_t i = 0; i < gathering->n_groups; i++) {
        const sr_group *group = gathering->groups[i];
        if (sr_doc_equal(group->side.doc, doc)) {
            return true;
        }
        for (const sr_folded *folded = group->also; folded; folded = folded->next) {
            if (sr_doc_equal(folded->doc, doc)) {
                return true;
            }
        }
    }
    return false;
}

sr_status sr_gathering_offer(sr_gathering *gathering, sr_scored scored, bool is_fallback)
{
    sr_worker *worker = gathering->worker;
    if (is_gathered(gathering, scored.doc)) {
        return SR_OK;
    }
    bool is_accepted;
    SR_TRY(sr_filter_accept_tag(gathering->filter, worker, scored.doc, &is_accepted));
    if (!is_accepted) {
        return SR_OK;
    }
    sr_repeat_side side;
    bool is_repeat;
    sr_repeat_side_of_doc(&side, worker->snapshot, scored.doc);
    SR_TRY(sr_repeat_check(worker, &gathering->subject_side, &side, &is_repeat));
    if (is_repeat) {
        return SR_OK;
    }
    for (size_t i = 0; i < gathering->n_groups; i++) {
        SR_TRY(sr_repeat_check(worker, &gathering->groups[i]->side, &side, &is_repeat));
        if (is_repeat) {
            return add_folded(gathering, gathering->groups[i], scored.doc);
        }
    }
    if (gathering->n_chosen >= gathering->n_wanted) {
        return SR_OK; /* only looked at for the repeats of what is shown */
    }
    SR_TRY(sr_repeat_check_titles(worker, &gathering->subject_side, &side, &is_repeat));
    if (is_repeat) {
        return SR_OK;
    }
    for (size_t i = 0; i < gathering->n_groups; i++) {
        SR_TRY(sr_repeat_check_titles(worker, &gathering->groups[i]->side, &side, &is_repeat));
        if (is_repeat) {
            return add_folded(gathering, gathering->groups[i], scored.doc);
        }
    }
    return add_group(gathering, scored, &side, is_fallback);
}

void sr_gathering_admit_waiting(sr_gathering *gathering)
{
    for (size_t i = 0; i < gathering->n_groups && gathering->n_chosen < gathering->n_wanted; i++) {
        gathering->n_chosen += gathering->groups[i]->is_waiting;
        gathering->groups[i]->is_waiting = false;
    }
}

void sr_gathering_drop(sr_gathering *gathering, size_t n_keep)
{
    while (gathering->n_groups > n_keep) {
        gathering->n_chosen -= !gathering->groups[--gathering->n_groups]->is_waiting;
    }
}
