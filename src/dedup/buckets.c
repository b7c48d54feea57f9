/* buckets.c — most keys of a band are the only one of their kind: two bit maps find those that are
 * not, and only they are sorted. */
#include "dedup/buckets.h"

enum { MIN_PLACES = 1 << 10, PLACES_PER_DOC = 16 };

void sr_buckets_release(sr_buckets *buckets)
{
    sr_paged_free(buckets->pager, buckets->items);
    sr_paged_free(buckets->pager, buckets->members);
    sr_paged_free(buckets->pager, buckets->entries);
    *buckets = (sr_buckets){.pager = buckets->pager};
}

/* Bits by the low bits of a key; what maps to one place may still be different keys. */
typedef struct key_map {
    uint64_t *once;
    uint64_t *twice;
    uint32_t n_places; /* a power of two */
} key_map;

static sr_status key_map_make(key_map *map, sr_pager *pager, const uint32_t *keys, size_t n_keys)
{
    map->n_places = MIN_PLACES;
    while (map->n_places < n_keys * PLACES_PER_DOC && map->n_places < (uint32_t)1 << 31) {
        map->n_places *= 2;
    }
    map->once = sr_paged_calloc(pager, map->n_places / 64, 2 * sizeof *map->once);
    if (!map->once) {
        return SR_ERR_MEMORY;
    }
    map->twice = map->once + map->n_places / 64;
    for (size_t i = 0; i < n_keys; i++) {
        sr_pager_jump(pager, i);
        uint32_t place = keys[i] & (map->n_places - 1);
        uint64_t bit = (uint64_t)1 << (place & 63);
        map->twice[place / 64] |= map->once[place / 64] & bit;
        map->once[place / 64] |= bit;
    }
    return SR_OK;
}

static size_t seen_twice(const key_map *map, uint32_t key)
{
    uint32_t place = key & (map->n_places - 1);
    return map->twice[place / 64] >> (place & 63) & 1;
}

/* The entries whose key may have company, in order of documents. */
static sr_status collect_entries(sr_buckets *buckets, const uint32_t *keys, const uint32_t *docs,
                                 size_t n_docs, size_t *n_entries)
{
    key_map map;
    SR_TRY(key_map_make(&map, buckets->pager, keys, n_docs));
    size_t n = 0;
    for (size_t i = 0; i < n_docs; i++) {
        sr_pager_jump(buckets->pager, i);
        n += seen_twice(&map, keys[i]);
    }
    *n_entries = n;
    sr_paged_free(buckets->pager, buckets->entries);
    buckets->entries = sr_paged_calloc(buckets->pager, n + 1, 2 * sizeof *buckets->entries);
    n = 0;
    for (size_t i = 0; buckets->entries && i < n_docs; i++) {
        sr_pager_jump(buckets->pager, i);
        buckets->entries[n] = (sr_key_doc){keys[i], docs[i]}; /* there is a place to spare */
        n += seen_twice(&map, keys[i]);
    }
    sr_paged_free(buckets->pager, map.once);
    return buckets->entries ? SR_OK : SR_ERR_MEMORY;
}

static size_t run_end(const sr_key_doc *entries, size_t n_entries, size_t start)
{
    size_t end = start + 1;
    while (end < n_entries && entries[end].key == entries[start].key) {
        end++;
    }
    return end;
}

static sr_status reserve(sr_buckets *buckets, size_t n_entries)
{
    size_t n_buckets = 0;
    buckets->n_members = 0;
    for (size_t start = 0, end; start < n_entries; start = end) {
        end = run_end(buckets->entries, n_entries, start);
        buckets->n_members += end - start > 1 ? end - start : 0;
        n_buckets += end - start > 1;
    }
    sr_paged_free(buckets->pager, buckets->members);
    sr_paged_free(buckets->pager, buckets->items);
    buckets->members =
        sr_paged_calloc(buckets->pager, buckets->n_members + 1, sizeof *buckets->members);
    buckets->items = sr_paged_calloc(buckets->pager, n_buckets + 1, sizeof *buckets->items);
    return buckets->members && buckets->items ? SR_OK : SR_ERR_MEMORY;
}

sr_status sr_buckets_fill(sr_buckets *buckets, const uint32_t *keys, const uint32_t *docs,
                          size_t n_docs)
{
    size_t n_entries = 0;
    SR_TRY(collect_entries(buckets, keys, docs, n_docs, &n_entries));
    sr_key_doc *entries = buckets->entries;
    sr_key_sort(buckets->pager, entries, entries + n_entries, n_entries);
    buckets->n_items = 0;
    SR_TRY(reserve(buckets, n_entries));
    uint32_t place = 0;
    for (size_t start = 0, end; start < n_entries; start = end) {
        end = run_end(entries, n_entries, start);
        if (end - start < 2) {
            continue;
        }
        uint32_t first = place;
        for (size_t i = start; i < end; i++) {
            buckets->members[place++] = entries[i].doc;
        }
        buckets->items[buckets->n_items++] = (sr_bucket){first, place};
    }
    return SR_OK;
}
