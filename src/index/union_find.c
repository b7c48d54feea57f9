/* union_find.c — union by smaller number with path halving. */
#include "index/union_find.h"

sr_status sr_union_find_init(sr_union_find *sets, sr_pager *pager, uint32_t n_items)
{
    uint32_t *parents = sr_paged_calloc(pager, (size_t)n_items + 1, sizeof *parents);
    if (!parents) {
        return SR_ERR_MEMORY;
    }
    for (uint32_t i = 0; i < n_items; i++) {
        parents[i] = i;
    }
    *sets = (sr_union_find){.parents = parents, .n_items = n_items, .pager = pager};
    return SR_OK;
}

void sr_union_find_release(sr_union_find *sets)
{
    if (sets) {
        sr_paged_free(sets->pager, sets->parents);
        *sets = (sr_union_find){0};
    }
}

uint32_t sr_union_find_root(sr_union_find *sets, uint32_t item)
{
    uint32_t *parents = sets->parents;
    while (parents[item] != item) {
        parents[item] = parents[parents[item]];
        item = parents[item];
    }
    return item;
}

bool sr_union_find_join(sr_union_find *sets, uint32_t a, uint32_t b)
{
    uint32_t root_a = sr_union_find_root(sets, a);
    uint32_t root_b = sr_union_find_root(sets, b);
    uint32_t smaller = root_a < root_b ? root_a : root_b;
    sets->parents[root_a] = smaller;
    sets->parents[root_b] = smaller;
    return root_a != root_b;
}
