/* radix_sort.h — the one sort of the store: 64-bit keys with two numbers attached. Least
 * significant digit first, stable, so that equal keys keep their order and no comparison depends on
 * a library. */
#ifndef SR_STORE_RADIX_SORT_H
#define SR_STORE_RADIX_SORT_H

#include "base/status.h"

typedef struct sr_keyed {
    uint64_t key;
    uint32_t a;
    uint32_t b;
} sr_keyed;

/* Ascending by key; `scratch` has as many places. The result is in `items`. */
void sr_keyed_sort(sr_keyed *items, sr_keyed *scratch, size_t n_items);

#endif
