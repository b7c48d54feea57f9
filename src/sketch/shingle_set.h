/* shingle_set.h — the distinct shingles of a text: what exact Jaccard and containment are made of.
 */
#ifndef SR_SKETCH_SHINGLE_SET_H
#define SR_SKETCH_SHINGLE_SET_H

#include "base/buffer.h"

/* {0} is an empty set; reusable, grows to the largest one seen. */
typedef struct sr_shingle_set {
    uint32_t *values; /* distinct, in order of their first places in the text */
    size_t n_values;
    size_t capacity;
    uint32_t *slots; /* open addressing, 0 where empty */
    size_t slot_capacity;
    unsigned slot_shift; /* 32 − log2 of the slots in use */
    bool has_zero;       /* 0 itself stands in no slot */
} sr_shingle_set;

void sr_shingle_set_release(sr_shingle_set *set);
/* The set of `n_shingles` shingles (replaces what was there). SR_ERR_MEMORY. */
SR_MUST_USE sr_status sr_shingle_set_fill(sr_shingle_set *set, const uint32_t *shingles,
                                          size_t n_shingles);
/* Size of the intersection of two sets. */
size_t sr_shingle_set_common(const sr_shingle_set *a, const sr_shingle_set *b);

static inline bool sr_shingle_set_has(const sr_shingle_set *set, uint32_t value)
{
    if (value == 0 || set->n_values == 0) {
        return value == 0 && set->has_zero;
    }
    size_t mask = ((size_t)1 << (32 - set->slot_shift)) - 1;
    for (size_t i = value * 0x9e3779b1U >> set->slot_shift;; i = (i + 1) & mask) {
        if (set->slots[i] == value || set->slots[i] == 0) {
            return set->slots[i] == value;
        }
    }
}

#endif
