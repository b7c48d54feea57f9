/* subject.h — the article that a box is made for: read from a file, found in the store, or given in
 * memory; cleaned like the stored ones, signed, its terms weighed. */
#ifndef SR_RELATED_SUBJECT_H
#define SR_RELATED_SUBJECT_H

#include "related/worker.h"

/* Views live in the worker's scratch, or where the query's own strings live. */
typedef struct sr_subject {
    sr_str id;
    sr_str title;
    bool is_given;  /* by the caller; else it is `doc`, as it is stored */
    bool is_stored; /* an article of its id is in the store: `doc` */
    sr_doc doc;
    sr_language language;
    int64_t published_s;
    int64_t reference_s; /* what time is counted from: its date, else the newest stored one */
    sr_vector vector;
    bool is_counted_also; /* it adds 1 to the df of its terms: the store does not count it */
    sr_dense_vector dense;
    sr_neighbour neighbours[SR_SMOOTHED]; /* once they are known, nearest first */
    size_t n_neighbours;
    bool has_neighbours;
    uint64_t content[2];
    uint32_t n_words; /* 0: an empty article, equal to nothing */
    uint32_t n_shingles;
    const uint16_t *values; /* MinHash */
    sr_str text;            /* clean; of a stored article only after sr_subject_load_text */
    bool has_text;
} sr_subject;

/* Of an article from outside. */
SR_MUST_USE sr_status sr_subject_prepare(sr_subject *subject, sr_worker *worker,
                                         const sr_article *article, bool keep_furniture);
/* Of a stored one. SR_ERR_NOT_FOUND names the id in the worker's error. */
SR_MUST_USE sr_status sr_subject_find(sr_subject *subject, sr_worker *worker, sr_str id);
SR_MUST_USE sr_status sr_subject_of_doc(sr_subject *subject, sr_worker *worker, sr_doc doc);
/* Makes `text` valid. */
SR_MUST_USE sr_status sr_subject_load_text(sr_subject *subject, sr_worker *worker);
/* Leaves the subject's terms in the worker's extractor, so that their surfaces can be asked for. */
SR_MUST_USE sr_status sr_subject_extract(sr_subject *subject, sr_worker *worker,
                                         const sr_term **terms, size_t *n_terms);

#endif
