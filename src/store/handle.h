/* handle.h — the public sr_store: a snapshot to read, and for a writer its lock and what ingest
 * keeps between calls. */
#ifndef SR_STORE_HANDLE_H
#define SR_STORE_HANDLE_H

#include "base/pool.h"
#include "store/store.h"

struct sr_store {
    char *dir;
    sr_observer observer;
    sr_snapshot *snapshot; /* of a reader; a writer's is asked of `writer` */
    sr_writer *writer;     /* NULL in a reader */
    void *session;         /* of ingest, freed by session_free at close */
    void (*session_free)(void *session);
    sr_pool *workers; /* of related, for this snapshot; NULL in a writer, whose snapshot changes */
};

/* What is readable now: a reader's snapshot, or the writer's own view. */
const sr_snapshot *sr_store_snapshot(const sr_store *store);
const sr_observer *sr_store_observer(const sr_store *store);

#endif
