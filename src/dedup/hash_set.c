/* hash_set.c — linear probing; hashes are mixed already, so that their low bits choose the place.
 */
#include "dedup/hash_set.h"

sr_status sr_hash_set_reset(sr_hash_set *set, size_t n_values)
{
    size_t n_places = 16;
    while (n_places < 2 * n_values) {
        n_places *= 2;
    }
    SR_TRY(sr_array_reserve((void **)&set->places, &set->capacity, n_places, sizeof *set->places));
    memset(set->places, 0, n_places * sizeof *set->places);
    set->n_places = n_places;
    set->n_values = 0;
    return SR_OK;
}

/* Where the hash stands, or the empty place where it would. Hashes are mixed: their low bits do. */
static size_t find_place(const sr_hash_set *set, uint32_t value)
{
    size_t place = value & (set->n_places - 1);
    while (set->places[place] != 0 && set->places[place] != value) {
        place = (place + 1) & (set->n_places - 1);
    }
    return place;
}

bool sr_hash_set_add(sr_hash_set *set, uint32_t value)
{
    uint32_t stored = value ? value : 1;
    size_t place = find_place(set, stored);
    bool is_new = set->places[place] == 0;
    set->places[place] = stored;
    set->n_values += is_new;
    return is_new;
}

bool sr_hash_set_has(const sr_hash_set *set, uint32_t value)
{
    uint32_t stored = value ? value : 1;
    return set->n_places && set->places[find_place(set, stored)] == stored;
}

size_t sr_hash_set_place(const sr_hash_set *set, uint32_t value)
{
    return find_place(set, value ? value : 1);
}
