/* merge_order.h — several ascending lists of keys as one: a heap of the lists' next keys, the
 * smallest on top, equal keys in the order of the lists. */
#ifndef SR_STORE_MERGE_ORDER_H
#define SR_STORE_MERGE_ORDER_H

#include "base/status.h"

typedef struct sr_merge_next {
    uint64_t key;
    uint32_t list;
} sr_merge_next;

typedef struct sr_merge_order {
    sr_merge_next *heap; /* owned by the caller; room for all lists */
    size_t n_lists;      /* that are not at their end */
} sr_merge_order;

static inline bool sr_merge_before(sr_merge_next a, sr_merge_next b)
{
    return a.key != b.key ? a.key < b.key : a.list < b.list;
}

/* A list that has a first key; each is put once. */
static inline void sr_merge_order_put(sr_merge_order *order, uint64_t key, uint32_t list)
{
    sr_merge_next item = {.key = key, .list = list};
    size_t at = order->n_lists++;
    while (at > 0 && sr_merge_before(item, order->heap[(at - 1) / 2])) {
        order->heap[at] = order->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    order->heap[at] = item;
}

static inline void sr_merge_order_sink(sr_merge_order *order, sr_merge_next item)
{
    size_t at = 0;
    for (size_t child = 1; child < order->n_lists; child = 2 * at + 1) {
        child += child + 1 < order->n_lists &&
                 sr_merge_before(order->heap[child + 1], order->heap[child]);
        if (!sr_merge_before(order->heap[child], item)) {
            break;
        }
        order->heap[at] = order->heap[child];
        at = child;
    }
    order->heap[at] = item;
}

/* The list on top goes on with its next key, or is at its end. */
static inline void sr_merge_order_advance(sr_merge_order *order, uint64_t key)
{
    sr_merge_order_sink(order, (sr_merge_next){.key = key, .list = order->heap[0].list});
}

static inline void sr_merge_order_end(sr_merge_order *order)
{
    order->n_lists--;
    if (order->n_lists > 0) {
        sr_merge_order_sink(order, order->heap[order->n_lists]);
    }
}

#endif
