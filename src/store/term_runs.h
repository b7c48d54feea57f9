/* term_runs.h — all terms of a batch of articles in ascending order of hash, a run a term. The hash
 * space is cut into ranges and a range is sorted at a time, so that the memory stays small: within
 * an article the terms ascend already, and a cursor an article finds the next range without search.
 */
#ifndef SR_STORE_TERM_RUNS_H
#define SR_STORE_TERM_RUNS_H

#include "store/radix_sort.h"
#include "store/store.h"

/* The terms of one article, ascending by hash. */
typedef struct sr_term_list {
    const sr_stored_term *terms;
    uint32_t n_terms;
} sr_term_list;

/* A list is at most so long; 24 bits of a place are its index. */
enum { SR_TERM_LIST_MAX = (1 << 24) - 1 };

/* All places of one term: key is its hash, a the article, b its index among the article's terms and
 * above that its count. Articles ascend. */
typedef struct sr_term_run {
    uint64_t hash;
    const sr_keyed *places;
    size_t n_places;
} sr_term_run;

typedef struct sr_term_runs {
    const sr_term_list *lists;
    uint32_t n_lists;
    uint32_t *cursors;
    unsigned range_bits; /* the hash space is cut into 2^range_bits ranges */
    uint64_t next_range;
    uint64_t end_range;
    sr_keyed *places; /* of the current range, sorted */
    sr_keyed *scratch;
    size_t n_places;
    size_t capacity;
    size_t scratch_capacity;
    size_t at;
} sr_term_runs;

static inline uint32_t sr_term_place_index(const sr_keyed *place)
{
    return place->b & SR_TERM_LIST_MAX;
}

static inline uint32_t sr_term_place_tf2(const sr_keyed *place)
{
    return place->b >> 24;
}

/* `lists` is borrowed; none is longer than SR_TERM_LIST_MAX, no count is above 255. */
SR_MUST_USE sr_status sr_term_runs_init(sr_term_runs *runs, const sr_term_list *lists,
                                        uint32_t n_lists);
/* The same of one of SR_TERM_PARTS equal parts of the hash space, which threads may go through side
 * by side. */
enum { SR_TERM_PART_BITS = 5, SR_TERM_PARTS = 1 << SR_TERM_PART_BITS };
SR_MUST_USE sr_status sr_term_runs_init_part(sr_term_runs *runs, const sr_term_list *lists,
                                             uint32_t n_lists, unsigned part);
void sr_term_runs_release(sr_term_runs *runs);
static inline unsigned sr_term_part(uint64_t hash)
{
    return (unsigned)(hash >> (64 - SR_TERM_PART_BITS));
}

/* The next term; n_places 0 at the end. The run lives until the next call. */
SR_MUST_USE sr_status sr_term_runs_next(sr_term_runs *runs, sr_term_run *run);

#endif
