/* key_sort.c — three counting passes; the last result is copied home, as three is odd. */
#include "index/key_sort.h"

enum { DIGIT_BITS = 11, N_DIGITS = 1 << DIGIT_BITS };

static void sort_digit(sr_pager *pager, const sr_key_doc *from, sr_key_doc *to, size_t n_entries,
                       unsigned shift)
{
    size_t places[N_DIGITS] = {0};
    for (size_t i = 0; i < n_entries; i++) {
        sr_pager_pass(pager, i);
        places[from[i].key >> shift & (N_DIGITS - 1)]++;
    }
    size_t next = 0;
    for (size_t d = 0; d < N_DIGITS; d++) {
        size_t count = places[d];
        places[d] = next;
        next += count;
    }
    for (size_t i = 0; i < n_entries; i++) {
        sr_pager_jump(pager, i); /* to as many pages as there are digits */
        to[places[from[i].key >> shift & (N_DIGITS - 1)]++] = from[i];
    }
}

void sr_key_sort(sr_pager *pager, sr_key_doc *entries, sr_key_doc *scratch, size_t n_entries)
{
    if (n_entries < 2) {
        return;
    }
    sort_digit(pager, entries, scratch, n_entries, 0);
    sort_digit(pager, scratch, entries, n_entries, DIGIT_BITS);
    sort_digit(pager, entries, scratch, n_entries, 2 * DIGIT_BITS);
    for (size_t i = 0; i < n_entries; i++) {
        sr_pager_pass(pager, i);
        entries[i] = scratch[i];
    }
}
