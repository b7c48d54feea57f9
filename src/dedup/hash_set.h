/* hash_set.h — a set of 32-bit hashes for looking up. */
#ifndef SR_DEDUP_HASH_SET_H
#define SR_DEDUP_HASH_SET_H

#include "base/buffer.h"

/* By open addressing; a place of 0 is empty, so that 0 counts as 1. {0} is empty; its `places` are
 * freed by whoever has it. */
typedef struct sr_hash_set {
    uint32_t *places;
    size_t n_places; /* in use, a power of two, at least twice the hashes */
    size_t n_values;
    size_t capacity;
} sr_hash_set;

/* Empties a set and makes room for `n_values` hashes. */
SR_MUST_USE sr_status sr_hash_set_reset(sr_hash_set *set, size_t n_values);
/* True where the hash is new. */
bool sr_hash_set_add(sr_hash_set *set, uint32_t value);
bool sr_hash_set_has(const sr_hash_set *set, uint32_t value);
/* Where a hash that the set has stands in `places`. */
size_t sr_hash_set_place(const sr_hash_set *set, uint32_t value);

#endif
