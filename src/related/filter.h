/* filter.h — which articles a box may show, from the options of the call: dates, source, language,
 * tag, ids to leave out. Resolved once for a call; read by all threads. */
#ifndef SR_RELATED_FILTER_H
#define SR_RELATED_FILTER_H

#include "related/subject.h"

typedef struct sr_filter {
    const sr_snapshot *snapshot;
    const sr_related_options *options;
    uint64_t source_hash; /* where options->source is set */
    sr_language language; /* 0: any */
    bool needs_facts;     /* some bound is on dates, source or language */
    sr_doc *excluded;
    size_t n_excluded;
    size_t capacity;
} sr_filter;

/* SR_ERR_ARGUMENT for options out of range. */
SR_MUST_USE sr_status sr_filter_init(sr_filter *filter, const sr_snapshot *snapshot,
                                     const sr_related_options *options, sr_error *error);
void sr_filter_release(sr_filter *filter);

/* A filter as it stands for one subject. */
typedef struct sr_filter_view {
    const sr_filter *filter;
    const sr_subject *subject;
} sr_filter_view;

/* By hot columns alone; an sr_accept_fn on an sr_filter_view. In a plain ranking only the subject
 * itself is refused. An article without a date passes no bound on dates. */
bool sr_filter_accept(const void *view, sr_doc doc);
/* What needs a cold column: the tag. */
SR_MUST_USE sr_status sr_filter_accept_tag(const sr_filter *filter, sr_worker *worker, sr_doc doc,
                                           bool *accepted);
/* Any filter besides the number of items. */
bool sr_filter_is_active(const sr_filter *filter);

#endif
