/* batch.h — articles that were added and are not in a segment yet: raw, in memory, so that the
 * flush can weigh their terms against each other and compress their texts side by side. */
#ifndef SR_STORE_BATCH_H
#define SR_STORE_BATCH_H

#include "base/arena.h"
#include "store/store.h"

typedef struct sr_batch_doc {
    sr_doc_facts facts;
    uint64_t id_hash;
    const uint16_t *values;
    sr_str fields[SR_FIELD_COUNT];
    const sr_stored_term *terms; /* all of them, ascending by hash */
    uint32_t n_terms;
    bool removed; /* before it was ever written: it never will be */
} sr_batch_doc;

typedef struct sr_batch {
    sr_arena arena;
    sr_batch_doc *docs;
    size_t n_docs;
    size_t capacity;
    size_t n_removed;
    uint64_t n_bytes; /* estimate of the memory in use */
} sr_batch;

void sr_batch_init(sr_batch *pending);
void sr_batch_release(sr_batch *pending);
void sr_batch_clear(sr_batch *pending);
/* Copies the article. SR_ERR_ARGUMENT for terms out of order, SR_ERR_LIMIT for a field of 1 GiB. */
SR_MUST_USE sr_status sr_batch_add(sr_batch *pending, const sr_store_entry *entry,
                                   const sr_params *params, bool dedup_only, sr_error *error);

#endif
