/* top_k.c — a bounded binary heap, worst on top (see top_k.h). */
#include "index/top_k.h"

static void sift_down(sr_ranked *items, size_t n_items, size_t place)
{
    sr_ranked item = items[place];
    for (size_t child; (child = 2 * place + 1) < n_items; place = child) {
        if (child + 1 < n_items && sr_ranked_before(items[child], items[child + 1])) {
            child++;
        }
        if (!sr_ranked_before(item, items[child])) {
            break;
        }
        items[place] = items[child];
    }
    items[place] = item;
}

static void sift_up(sr_ranked *items, size_t place)
{
    sr_ranked item = items[place];
    while (place > 0 && sr_ranked_before(items[(place - 1) / 2], item)) {
        items[place] = items[(place - 1) / 2];
        place = (place - 1) / 2;
    }
    items[place] = item;
}

void sr_top_k_push(sr_top_k *top, sr_ranked item)
{
    if (top->n_items < top->limit) {
        top->items[top->n_items] = item;
        sift_up(top->items, top->n_items++);
    } else if (sr_ranked_before(item, top->items[0])) {
        top->items[0] = item;
        sift_down(top->items, top->n_items, 0);
    }
}

void sr_top_k_sort(sr_top_k *top)
{
    for (size_t n = top->n_items; n > 1; n--) {
        sr_ranked worst = top->items[0];
        top->items[0] = top->items[n - 1];
        top->items[n - 1] = worst;
        sift_down(top->items, n - 1, 0);
    }
}
