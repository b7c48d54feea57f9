/* gather.h — the items of a box in the making: articles are offered best first; repeats are folded,
 * sources capped.
 *
 * A repeat of the subject is dropped; a repeat of an article that was offered before joins its
 * group, and the group shows the one that came first, its best; the rest open groups of their own.
 * The same headline counts as a repeat, where a group would be opened. A group whose source has had
 * its share waits: it is let in only when the box would stay short.
 */
#ifndef SR_RELATED_GATHER_H
#define SR_RELATED_GATHER_H

#include "related/filter.h"
#include "related/repeat.h"

/* A repeat that was folded into a group. */
typedef struct sr_folded {
    sr_doc doc;
    struct sr_folded *next;
} sr_folded;

/* An item in the making. */
typedef struct sr_group {
    sr_repeat_side side;
    uint64_t source_hash;
    double score;
    bool is_fallback;
    bool is_waiting; /* its source has had its share */
    uint32_t n_also;
    sr_folded *also; /* in the order in which they came */
    sr_folded **last;
} sr_group;

/* Groups live in the worker's scratch; free `groups` at the end. */
typedef struct sr_gathering {
    sr_worker *worker;
    const sr_filter *filter;
    sr_subject *subject;
    sr_repeat_side subject_side;
    sr_group **groups; /* in the order of their scores */
    size_t n_groups;
    size_t capacity;
    size_t n_chosen; /* groups that do not wait */
    size_t n_wanted;
} sr_gathering;

/* One article on its way into the box. */
SR_MUST_USE sr_status sr_gathering_offer(sr_gathering *gathering, sr_scored scored,
                                         bool is_fallback);
/* Lets waiting groups in, best first, as far as there is room. */
void sr_gathering_admit_waiting(sr_gathering *gathering);
/* Forgets all groups but the first `n_keep`. */
void sr_gathering_drop(sr_gathering *gathering, size_t n_keep);

#endif
