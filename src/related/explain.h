/* explain.h — why an item stands in a box: the terms that it shares with the query and their share
 * of the cosine, the articles between the two, and what time made of the score. */
#ifndef SR_RELATED_EXPLAIN_H
#define SR_RELATED_EXPLAIN_H

#include "related/boxes.h"
#include "related/subject.h"

enum { SR_REASONS_MAX = 5, SR_VIAS_MAX = 3 };

/* Fills the reasons of an item, weightiest first, as words of the query; the neighbours that
 * brought it there; and the factor of time. `terms` are those that sr_subject_extract left in the
 * worker's extractor; the scorer is still set to the subject. */
SR_MUST_USE sr_status sr_explain(sr_worker *worker, const sr_related_options *options,
                                 const sr_subject *subject, const sr_term *terms, size_t n_terms,
                                 sr_doc doc, sr_box_item *item);

#endif
