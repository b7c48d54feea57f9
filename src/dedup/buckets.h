/* buckets.h — the documents of one band that share a key with another one. */
#ifndef SR_DEDUP_BUCKETS_H
#define SR_DEDUP_BUCKETS_H

#include "base/paged.h"
#include "index/key_sort.h"

/* One bucket: members[start .. end), at least two, ascending. */
typedef struct sr_bucket {
    uint32_t start;
    uint32_t end;
} sr_bucket;

typedef struct sr_buckets {
    sr_bucket *items;
    size_t n_items;
    uint32_t *members; /* of all buckets */
    size_t n_members;
    sr_key_doc *entries; /* scratch */
    sr_pager *pager;     /* of all these; NULL: plain memory */
} sr_buckets;

void sr_buckets_release(sr_buckets *buckets);
/* The buckets of keys[i], the key of docs[i] (ascending), in order of keys; replaces what was
 * there. SR_ERR_MEMORY. */
SR_MUST_USE sr_status sr_buckets_fill(sr_buckets *buckets, const uint32_t *keys,
                                      const uint32_t *docs, size_t n_docs);

#endif
