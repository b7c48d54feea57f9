/* key_sort.h — sorts (key, document) by key, stable, so that equal keys become runs in document
 * order: the buckets of a band. Least significant digit first, 11 bits a pass. */
#ifndef SR_INDEX_KEY_SORT_H
#define SR_INDEX_KEY_SORT_H

#include "base/bytes.h"
#include "base/paged.h"

typedef struct sr_key_doc {
    uint32_t key;
    uint32_t doc;
} sr_key_doc;

/* `scratch` has `n_entries` places too; the sorted entries end up in `entries`. `pager` is that of
 * both, or NULL. */
void sr_key_sort(sr_pager *pager, sr_key_doc *entries, sr_key_doc *scratch, size_t n_entries);

#endif
