/* band_table.c — one table of (band, key) → chain of documents. A slot holds the mixed (band, key)
 * and the first and last entry of its chain; entries lie in one array in order of adding, so chains
 * ascend. */
#include "index/band_table.h"

#include "base/buffer.h"

#include <stdlib.h>

#define NONE UINT32_MAX

enum { MIN_SLOTS = 1024 };

typedef struct slot {
    uint64_t key; /* mixed (band, key), never 0 for a used slot */
    uint32_t first;
    uint32_t last;
} slot;

typedef struct entry {
    uint32_t doc;
    uint32_t next;
} entry;

struct sr_band_table {
    uint32_t bands;
    slot *slots;
    size_t n_slots; /* a power of two, or 0 */
    size_t n_used;
    entry *entries;
    size_t n_entries;
    size_t entry_capacity;
    uint32_t *found;
    size_t found_capacity;
};

sr_status sr_band_table_create(uint32_t bands, sr_band_table **out)
{
    sr_band_table *table = calloc(1, sizeof *table);
    if (!table) {
        return SR_ERR_MEMORY;
    }
    table->bands = bands;
    *out = table;
    return SR_OK;
}

void sr_band_table_free(sr_band_table *table)
{
    if (table) {
        free(table->slots);
        free(table->entries);
        free(table->found);
        free(table);
    }
}

void sr_band_table_clear(sr_band_table *table)
{
    if (table->slots) {
        memset(table->slots, 0, table->n_slots * sizeof *table->slots);
    }
    table->n_used = 0;
    table->n_entries = 0;
}

static uint64_t slot_key(uint32_t band, uint32_t key)
{
    return sr_mix64((uint64_t)band << 32 | key) | 1;
}

/* The slot of a key: the one that holds it, or the free one where it belongs. */
static slot *locate(slot *slots, size_t n_slots, uint64_t key)
{
    size_t i = (key >> 1) & (n_slots - 1);
    while (slots[i].key != 0 && slots[i].key != key) {
        i = (i + 1) & (n_slots - 1);
    }
    return &slots[i];
}

static sr_status grow(sr_band_table *table)
{
    size_t n_slots = table->n_slots ? table->n_slots * 2 : MIN_SLOTS;
    slot *slots = calloc(n_slots, sizeof *slots);
    if (!slots) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < table->n_slots; i++) {
        if (table->slots[i].key) {
            *locate(slots, n_slots, table->slots[i].key) = table->slots[i];
        }
    }
    free(table->slots);
    table->slots = slots;
    table->n_slots = n_slots;
    return SR_OK;
}

sr_status sr_band_table_add(sr_band_table *table, const uint32_t *keys, uint32_t doc)
{
    if (table->n_entries + table->bands >= NONE) {
        return SR_ERR_LIMIT;
    }
    while ((table->n_used + table->bands) * 2 > table->n_slots) {
        SR_TRY(grow(table));
    }
    SR_TRY(sr_array_reserve((void **)&table->entries, &table->entry_capacity,
                            table->n_entries + table->bands, sizeof *table->entries));
    for (uint32_t band = 0; band < table->bands; band++) {
        uint64_t key = slot_key(band, keys[band]);
        slot *place = locate(table->slots, table->n_slots, key);
        uint32_t number = (uint32_t)table->n_entries++;
        table->entries[number] = (entry){.doc = doc, .next = NONE};
        if (place->key) {
            table->entries[place->last].next = number;
        } else {
            *place = (slot){.key = key, .first = number};
            table->n_used++;
        }
        place->last = number;
    }
    return SR_OK;
}

static int compare_docs(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

sr_status sr_band_table_find(sr_band_table *table, const uint32_t *keys, uint32_t max_docs,
                             const uint32_t **docs, size_t *n_docs)
{
    size_t n_found = 0;
    for (uint32_t band = 0; band < table->bands && table->n_slots; band++) {
        uint64_t key = slot_key(band, keys[band]);
        const slot *place = locate(table->slots, table->n_slots, key);
        uint32_t number = place->key ? place->first : NONE;
        for (uint32_t taken = 0; number != NONE && taken < max_docs; taken++) {
            SR_TRY(sr_array_reserve((void **)&table->found, &table->found_capacity, n_found + 1,
                                    sizeof *table->found));
            table->found[n_found++] = table->entries[number].doc;
            number = table->entries[number].next;
        }
    }
    size_t n_distinct = 0;
    if (n_found) {
        qsort(table->found, n_found, sizeof *table->found, compare_docs);
    }
    for (size_t i = 0; i < n_found; i++) {
        if (i == 0 || table->found[i] != table->found[n_distinct - 1]) {
            table->found[n_distinct++] = table->found[i];
        }
    }
    *docs = table->found;
    *n_docs = n_distinct;
    return SR_OK;
}
