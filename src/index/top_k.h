/* top_k.h — the best k of a stream, in one total order: higher score first, equal scores by lower
 * key. Because no two items are equal in that order, the result does not depend on the order in
 * which they came. A binary heap with the worst kept item on top, in memory of the caller. */
#ifndef SR_INDEX_TOP_K_H
#define SR_INDEX_TOP_K_H

#include "base/platform.h"

typedef struct sr_ranked {
    double score;
    uint64_t key;
} sr_ranked;

typedef struct sr_top_k {
    sr_ranked *items; /* room for `limit`, owned by the caller */
    size_t n_items;
    size_t limit; /* ≥ 1 */
} sr_top_k;

static inline bool sr_ranked_before(sr_ranked a, sr_ranked b)
{
    return a.score > b.score || (a.score == b.score && a.key < b.key);
}

/* Whether a push would change anything: asked first where finding out more about an item costs
 * something. */
static inline bool sr_top_k_wants(const sr_top_k *top, sr_ranked item)
{
    return top->n_items < top->limit || sr_ranked_before(item, top->items[0]);
}

void sr_top_k_push(sr_top_k *top, sr_ranked item);
/* Best first; the heap is used up (n_items stays). */
void sr_top_k_sort(sr_top_k *top);

#endif
