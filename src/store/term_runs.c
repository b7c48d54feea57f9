/* term_runs.c — gather a range of hashes, sort it, hand out its runs. */
#include "store/term_runs.h"

#include "base/buffer.h"

#include <stdlib.h>

/* A range and the scratch of its sort stay in a core's cache. */
enum { RANGE_PLACES = 128 * 1024, MAX_RANGE_BITS = 16 };

static sr_status init(sr_term_runs *runs, const sr_term_list *lists, uint32_t n_lists,
                      unsigned min_bits)
{
    uint64_t n_terms = 0;
    for (uint32_t i = 0; i < n_lists; i++) {
        n_terms += lists[i].n_terms;
    }
    *runs = (sr_term_runs){.lists = lists, .n_lists = n_lists, .range_bits = min_bits};
    while (runs->range_bits < MAX_RANGE_BITS && n_terms >> runs->range_bits > RANGE_PLACES) {
        runs->range_bits++;
    }
    runs->end_range = (uint64_t)1 << runs->range_bits;
    runs->cursors = calloc((size_t)n_lists + 1, sizeof *runs->cursors);
    return runs->cursors ? SR_OK : SR_ERR_MEMORY;
}

sr_status sr_term_runs_init(sr_term_runs *runs, const sr_term_list *lists, uint32_t n_lists)
{
    return init(runs, lists, n_lists, 0);
}

/* The first of a list's terms that is not below `hash`. */
static uint32_t seek(const sr_term_list *list, uint64_t hash)
{
    uint32_t low = 0;
    uint32_t high = list->n_terms;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (list->terms[middle].hash < hash) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

sr_status sr_term_runs_init_part(sr_term_runs *runs, const sr_term_list *lists, uint32_t n_lists,
                                 unsigned part)
{
    SR_TRY(init(runs, lists, n_lists, SR_TERM_PART_BITS));
    unsigned more_bits = runs->range_bits - SR_TERM_PART_BITS;
    runs->next_range = (uint64_t)part << more_bits;
    runs->end_range = (uint64_t)(part + 1) << more_bits;
    for (uint32_t i = 0; i < n_lists; i++) {
        runs->cursors[i] = seek(&lists[i], (uint64_t)part << (64 - SR_TERM_PART_BITS));
    }
    return SR_OK;
}

void sr_term_runs_release(sr_term_runs *runs)
{
    free(runs->cursors);
    free(runs->places);
    free(runs->scratch);
    *runs = (sr_term_runs){0};
}

/* The last hash of the next range. */
static uint64_t range_end(const sr_term_runs *runs)
{
    if (runs->range_bits == 0) {
        return UINT64_MAX;
    }
    unsigned shift = 64 - runs->range_bits;
    return runs->next_range << shift | (((uint64_t)1 << shift) - 1);
}

static sr_status gather_range(sr_term_runs *runs)
{
    uint64_t last = range_end(runs);
    runs->next_range++;
    runs->n_places = 0;
    runs->at = 0;
    for (uint32_t i = 0; i < runs->n_lists; i++) {
        const sr_term_list *list = &runs->lists[i];
        uint32_t from = runs->cursors[i];
        uint32_t to = from;
        while (to < list->n_terms && list->terms[to].hash <= last) {
            to++;
        }
        void *places = runs->places;
        SR_TRY(sr_array_reserve(&places, &runs->capacity, runs->n_places + (to - from),
                                sizeof *runs->places));
        runs->places = places;
        for (uint32_t term = from; term < to; term++) {
            runs->places[runs->n_places++] = (sr_keyed){
                .key = list->terms[term].hash, .a = i, .b = list->terms[term].tf2 << 24 | term};
        }
        runs->cursors[i] = to;
    }
    void *scratch = runs->scratch;
    SR_TRY(
        sr_array_reserve(&scratch, &runs->scratch_capacity, runs->n_places, sizeof *runs->scratch));
    runs->scratch = scratch;
    sr_keyed_sort(runs->places, runs->scratch, runs->n_places);
    return SR_OK;
}

sr_status sr_term_runs_next(sr_term_runs *runs, sr_term_run *run)
{
    while (runs->at == runs->n_places && runs->next_range < runs->end_range) {
        SR_TRY(gather_range(runs));
    }
    if (runs->at == runs->n_places) {
        *run = (sr_term_run){.hash = 0};
        return SR_OK;
    }
    const sr_keyed *first = runs->places + runs->at;
    size_t n = 0;
    while (runs->at + n < runs->n_places && first[n].key == first[0].key) {
        n++;
    }
    *run = (sr_term_run){.hash = first[0].key, .places = first, .n_places = n};
    runs->at += n;
    return SR_OK;
}
