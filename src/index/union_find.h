/* union_find.h — disjoint sets over 0 … n−1; the smallest member is the root, so that a set's name
 * does not depend on the order of unions. */
#ifndef SR_INDEX_UNION_FIND_H
#define SR_INDEX_UNION_FIND_H

#include "base/paged.h"

typedef struct sr_union_find {
    uint32_t *parents;
    uint32_t n_items;
    sr_pager *pager; /* of the parents */
} sr_union_find;

SR_MUST_USE sr_status sr_union_find_init(sr_union_find *sets, sr_pager *pager, uint32_t n_items);
void sr_union_find_release(sr_union_find *sets);
uint32_t sr_union_find_root(sr_union_find *sets, uint32_t item);
/* True where two sets became one. */
bool sr_union_find_join(sr_union_find *sets, uint32_t a, uint32_t b);

#endif
