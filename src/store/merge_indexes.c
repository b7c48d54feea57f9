/* merge_indexes.c — sorted (key, ordinal) lists of several segments as one: ids, contents, and
 * every band. Keys go to the file as they come, ordinals to a side file until the keys are through.
 */
#include "store/merge.h"
#include "store/merge_order.h"
#include "store/side_file.h"

#include <stdlib.h>

enum { ENTRIES_A_TICK = 1 << 20 };

/* One source's list: its keys are 8 or 4 bytes wide. */
typedef struct key_list {
    const uint8_t *keys;
    const uint32_t *ordinals;
    size_t n_entries;
    size_t at; /* the next live entry */
} key_list;

typedef struct index_merge {
    sr_merge *merge;
    size_t key_bytes;
    key_list *lists;
    sr_merge_order order;
    sr_side_file ordinals;
    uint64_t n_entries;
} index_merge;

static uint64_t key_at(const index_merge *index, const key_list *list)
{
    const uint8_t *at = list->keys + list->at * index->key_bytes;
    return index->key_bytes == 8 ? sr_load_u64(at) : sr_load_u32(at);
}

/* Moves on to an entry whose article lives; false at the end. An ordinal out of range is damage
 * that checksums did not show. */
static sr_status seek_live(const index_merge *index, uint32_t number, bool *found, sr_error *error)
{
    key_list *list = &index->lists[number];
    const sr_merge_source *source = &index->merge->sources[number];
    for (; list->at < list->n_entries; list->at++) {
        if (list->ordinals[list->at] >= source->segment->doc_count) {
            return sr_error_set(error, SR_ERR_CORRUPT, source->segment->path, 0,
                                "indexes: an entry is out of range");
        }
        if (sr_merge_ordinal(source, list->ordinals[list->at]) != SR_MERGE_GONE) {
            break;
        }
    }
    *found = list->at < list->n_entries;
    return SR_OK;
}

static sr_status put_entry(index_merge *index, sr_error *error)
{
    sr_merge_next next = index->order.heap[0];
    key_list *list = &index->lists[next.list];
    const sr_merge_source *source = &index->merge->sources[next.list];
    uint8_t bytes[8];
    sr_store_u64(bytes, next.key);
    SR_TRY(sr_segment_file_write(index->merge->file, bytes, index->key_bytes, error));
    sr_store_u32(bytes, sr_merge_ordinal(source, list->ordinals[list->at]));
    SR_TRY(sr_side_file_write(&index->ordinals, bytes, sizeof(uint32_t), error));
    list->at++;
    bool found = false;
    SR_TRY(seek_live(index, next.list, &found, error));
    if (found) {
        sr_merge_order_advance(&index->order, key_at(index, list));
    } else {
        sr_merge_order_end(&index->order);
    }
    return ++index->n_entries % ENTRIES_A_TICK == 0 ? sr_merge_tick(index->merge) : SR_OK;
}

/* The lists have been set; what was begun before stays the current section. */
static sr_status merge_lists(index_merge *index, sr_error *error)
{
    index->order.n_lists = 0;
    for (uint32_t i = 0; i < index->merge->n_sources; i++) {
        bool found = false;
        index->lists[i].at = 0;
        SR_TRY(seek_live(index, i, &found, error));
        if (found) {
            sr_merge_order_put(&index->order, key_at(index, &index->lists[i]), i);
        }
    }
    while (index->order.n_lists > 0) {
        SR_TRY(put_entry(index, error));
    }
    return sr_side_file_move(&index->ordinals, index->merge->file, error);
}

static sr_status merge_hashes(index_merge *index, uint32_t type, bool contents, sr_error *error)
{
    index->key_bytes = sizeof(uint64_t);
    for (size_t i = 0; i < index->merge->n_sources; i++) {
        const sr_segment *segment = index->merge->sources[i].segment;
        const sr_hash_index *from = contents ? &segment->contents : &segment->ids;
        index->lists[i] = (key_list){.keys = (const uint8_t *)from->hashes,
                                     .ordinals = from->ordinals,
                                     .n_entries = from->n_entries};
    }
    SR_TRY(sr_merge_begin(index->merge, type, error));
    return merge_lists(index, error);
}

static sr_status merge_bands(index_merge *index, sr_error *error)
{
    index->key_bytes = sizeof(uint32_t);
    SR_TRY(sr_merge_begin(index->merge, SR_SECTION_BANDS, error));
    for (uint32_t band = 0; band < index->merge->params->bands; band++) {
        for (size_t i = 0; i < index->merge->n_sources; i++) {
            sr_band_entries entries = sr_segment_band(index->merge->sources[i].segment, band, 0);
            index->lists[i] = (key_list){.keys = (const uint8_t *)entries.keys,
                                         .ordinals = entries.ordinals,
                                         .n_entries = entries.n_entries};
        }
        SR_TRY(merge_lists(index, error));
    }
    return SR_OK;
}

sr_status sr_merge_indexes(sr_merge *merge, sr_error *error)
{
    index_merge index = {
        .merge = merge,
        .lists = calloc(merge->n_sources, sizeof *index.lists),
        .order = {.heap = calloc(merge->n_sources, sizeof *index.order.heap)},
        .ordinals = SR_SIDE_FILE_NONE,
    };
    sr_status status = SR_ERR_MEMORY;
    if (index.lists && index.order.heap) {
        status = sr_side_file_init(&index.ordinals, merge->dir, error);
    }
    if (status == SR_OK) {
        status = merge_hashes(&index, SR_SECTION_ID_INDEX, false, error);
    }
    if (status == SR_OK) {
        status = merge_hashes(&index, SR_SECTION_CONTENT_INDEX, true, error);
    }
    if (status == SR_OK) {
        status = merge_bands(&index, error);
    }
    sr_side_file_close(&index.ordinals);
    free(index.order.heap);
    free(index.lists);
    return status;
}
