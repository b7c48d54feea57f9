/* session.h — what ingest keeps of an open writer between calls: a preparer a thread, and the
 * pending articles. Decides in input order what each article is to those that the store has. */
#ifndef SR_INGEST_SESSION_H
#define SR_INGEST_SESSION_H

#include "dedup/relation.h"
#include "ingest/pending.h"
#include "store/handle.h"

typedef struct sr_session {
    sr_writer *writer;
    sr_params params;
    bool dedup_only;
    sr_thresholds thresholds;
    sr_preparer *preparers; /* one a thread */
    size_t n_preparers;
    sr_pending pending;
    sr_buffer stored_text; /* scratch of decisions */
    sr_profile own;
    sr_profile other;
    sr_evidence_scratch scratch;
    sr_doc *docs;
    size_t doc_capacity;
} sr_session;

/* What was decided of one article. */
typedef struct sr_decision {
    sr_outcome outcome;
    double similarity; /* Jaccard to the article named `of`; an estimate in a dedup-only store */
    sr_buffer
        *of; /* caller's: id of the article that it repeats or replaces, "" where there is none */
} sr_decision;

/* The session of a store opened for writing; made at the first call, freed with the store.
 * SR_ERR_ARGUMENT for a reader. */
SR_MUST_USE sr_status sr_session_of(sr_store *store, sr_session **out, sr_error *error);
/* The same to put articles in: SR_ERR_VERSION where the store is outdated. */
SR_MUST_USE sr_status sr_session_to_add(sr_store *store, sr_session **out, sr_error *error);
/* Makes an outdated store anew from its texts, in one commit (rebuild.c); the session's and the
 * store's writer is then another. SR_ERR_VERSION where it keeps none. */
SR_MUST_USE sr_status sr_session_rebuild(sr_session *session, sr_store *store, sr_error *error);
/* Upsert of one prepared article: decides and hands it to the writer. */
SR_MUST_USE sr_status sr_session_put(sr_session *session, const sr_prepared *prepared,
                                     sr_decision *decision, sr_error *error);

#endif
