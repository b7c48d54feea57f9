/* radix_sort.c — eight digits of a byte; a digit that is the same in all keys costs no pass. */
#include "store/radix_sort.h"

enum { DIGITS = 8, SMALL = 48 };

static void sort_small(sr_keyed *items, size_t n_items)
{
    for (size_t i = 1; i < n_items; i++) {
        sr_keyed item = items[i];
        size_t j = i;
        for (; j > 0 && items[j - 1].key > item.key; j--) {
            items[j] = items[j - 1];
        }
        items[j] = item;
    }
}

void sr_keyed_sort(sr_keyed *items, sr_keyed *scratch, size_t n_items)
{
    if (n_items < SMALL) {
        sort_small(items, n_items);
        return;
    }
    size_t counts[DIGITS][256] = {{0}};
    for (size_t i = 0; i < n_items; i++) {
        for (unsigned digit = 0; digit < DIGITS; digit++) {
            counts[digit][items[i].key >> (8 * digit) & 0xff]++;
        }
    }
    sr_keyed *from = items;
    sr_keyed *to = scratch;
    for (unsigned digit = 0; digit < DIGITS; digit++) {
        if (counts[digit][from[0].key >> (8 * digit) & 0xff] == n_items) {
            continue;
        }
        size_t place = 0;
        for (unsigned value = 0; value < 256; value++) {
            size_t count = counts[digit][value];
            counts[digit][value] = place;
            place += count;
        }
        for (size_t i = 0; i < n_items; i++) {
            to[counts[digit][from[i].key >> (8 * digit) & 0xff]++] = from[i];
        }
        sr_keyed *swap = from;
        from = to;
        to = swap;
    }
    if (from != items) {
        memcpy(items, from, n_items * sizeof *items);
    }
}
