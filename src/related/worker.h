/* worker.h — what one thread needs to make boxes, made once and used query after query: an
 * open store keeps the workers of all its readers in a pool. */
#ifndef SR_RELATED_WORKER_H
#define SR_RELATED_WORKER_H

#include "base/arena.h"
#include "related/candidates.h"
#include "related/score.h"
#include "related/verdicts.h"
#include "sketch/signer.h"
#include "store/radix_sort.h"
#include "store/vectors.h"
#include "text/boilerplate.h"

/* An article that was scored exactly. */
typedef struct sr_scored {
    sr_doc doc;
    double score; /* with the factor of time */
} sr_scored;

/* A place of a table of scores; its key is SR_KNOWN_NONE where it is free. */
typedef struct sr_known_score {
    uint64_t key; /* sr_doc_key */
    double score;
} sr_known_score;
#define SR_KNOWN_NONE UINT64_MAX

/* The neighbours that an article's vector is smoothed with, and their weights. */
typedef struct sr_smoothing {
    sr_neighbour neighbours[SR_SMOOTHED];
    double weights[SR_SMOOTHED];
    size_t n_neighbours;
} sr_smoothing;

typedef struct sr_worker {
    const sr_snapshot *snapshot;
    sr_weigher weigher;
    sr_scorer scorer;
    sr_candidates candidates;
    sr_vector other;    /* of one stored article at a time */
    sr_vector smoothed; /* of the subject, with its neighbours */
    sr_vector scratch_vector;
    sr_vector_maker maker;          /* its model is NULL where dense vectors play no part */
    sr_smoothing subject_smoothing; /* what it is smoothed with */
    float dense[SR_MIX_PLACES];     /* of the subject, smoothed, at unit length or 0 */
    sr_scored *scored;
    size_t n_scored;
    size_t scored_capacity;
    double *smoothed_scores; /* of `scored`, while they are reckoned */
    size_t smoothed_capacity;
    sr_smoothing *smoothings; /* of `scored` */
    size_t smoothings_capacity;
    sr_scored *passed; /* neighbours of the best of `scored` that are not among them */
    size_t n_passed;
    size_t passed_capacity;
    sr_known_score *known; /* scores against the smoothed subject, by article (smooth.c) */
    size_t n_known;        /* places, a power of two */
    size_t known_capacity;
    sr_keyed *keyed; /* scratch for sorting */
    size_t keyed_capacity;
    sr_verdicts *verdicts; /* of pairs of stored articles, shared by all threads; NULL: none kept */
    sr_term_extractor *extractor;
    sr_signer *signer;
    sr_cleaner cleaner;
    sr_buffer field;   /* one cold column at a time */
    sr_arena scratch;  /* reset for every query */
    sr_arena *results; /* lives as long as the boxes; owned by them */
    sr_error error;    /* of the last failure */
} sr_worker;

SR_MUST_USE sr_status sr_worker_create(const sr_snapshot *snapshot, sr_worker **out);
void sr_worker_free(void *item); /* an sr_pool_free_fn */
/* What all workers of a call share. */
typedef struct sr_shared {
    bool with_dense;
    sr_verdicts *verdicts; /* of a call of many queries; else NULL */
} sr_shared;

/* The next call: the strings of its boxes live in `results`. */
void sr_worker_begin(sr_worker *worker, const sr_shared *shared, sr_arena *results);
/* A cold column as a copy in `arena`. */
SR_MUST_USE sr_status sr_worker_read(sr_worker *worker, sr_arena *arena, sr_doc doc, sr_field field,
                                     sr_str *out);
/* A copy in `arena`; SR_ERR_MEMORY. */
SR_MUST_USE sr_status sr_arena_keep(sr_arena *arena, sr_str text, sr_str *out);

#endif
