/* merge_indexes.c — sorted (key, ordinal) lists of several segments as one: ids, contents, and
 * every band. Keys go to the file as they come, ordinals to a side file until the keys are through.
 */
#include "store/merge.h"
#include "store/merge_order.h"
#include "store/side_file.h"

#include <stdlib.h>

enum { ENTRIES_A_TICK = 1 << 20 };

/* One source's list: hashes, or a band. */
typedef struct key_list {
    const sr_hash_index *hashes; /* NULL: the band */
    sr_band band;
    sr_band_walk walk; /* at the next live entry */
    size_t n_entries;
} key_list;

typedef struct index_merge {
    sr_merge *merge;
    key_list *lists;
    sr_merge_order order;
    sr_side_file ordinals;
    sr_band_writer *bands; /* NULL while hashes are merged */
    uint64_t n_entries;
} index_merge;

static uint64_t key_at(key_list *list)
{
    return list->hashes ? list->hashes->hashes[list->walk.entry]
                        : sr_band_walk_key(&list->band, &list->walk);
}

static uint32_t ordinal_at(const key_list *list)
{
    return list->hashes ? list->hashes->ordinals[list->walk.entry]
                        : sr_band_ordinal(&list->band, list->walk.entry);
}

/* Moves on to an entry whose article lives; false at the end. An ordinal out of range is damage
 * that checksums did not show. */
static sr_status seek_live(const index_merge *index, uint32_t number, bool *found, sr_error *error)
{
    key_list *list = &index->lists[number];
    const sr_merge_source *source = &index->merge->sources[number];
    for (; list->walk.entry < list->n_entries; list->walk.entry++) {
        uint32_t ordinal = ordinal_at(list);
        if (ordinal >= source->segment->doc_count) {
            return sr_error_set(error, SR_ERR_CORRUPT, source->segment->path, 0,
                                "indexes: an entry is out of range");
        }
        if (sr_merge_ordinal(source, ordinal) != SR_MERGE_GONE) {
            break;
        }
    }
    *found = list->walk.entry < list->n_entries;
    return SR_OK;
}

static sr_status write_entry(index_merge *index, uint64_t key, uint32_t ordinal, sr_error *error)
{
    uint8_t bytes[8];
    if (index->bands) {
        return sr_band_writer_add(index->bands, (uint32_t)key, ordinal, error);
    }
    sr_store_u64(bytes, key);
    SR_TRY(sr_segment_file_write(index->merge->file, bytes, sizeof bytes, error));
    sr_store_u32(bytes, ordinal);
    return sr_side_file_write(&index->ordinals, bytes, sizeof(uint32_t), error);
}

static sr_status put_entry(index_merge *index, sr_error *error)
{
    sr_merge_next next = index->order.heap[0];
    key_list *list = &index->lists[next.list];
    const sr_merge_source *source = &index->merge->sources[next.list];
    uint32_t ordinal = sr_merge_ordinal(source, ordinal_at(list));
    SR_TRY(write_entry(index, next.key, ordinal, error));
    list->walk.entry++;
    bool found = false;
    SR_TRY(seek_live(index, next.list, &found, error));
    if (found) {
        sr_merge_order_advance(&index->order, key_at(list));
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
        SR_TRY(seek_live(index, i, &found, error));
        if (found) {
            sr_merge_order_put(&index->order, key_at(&index->lists[i]), i);
        }
    }
    while (index->order.n_lists > 0) {
        SR_TRY(put_entry(index, error));
    }
    return index->bands ? sr_band_writer_end(index->bands, error)
                        : sr_side_file_move(&index->ordinals, index->merge->file, error);
}

static sr_status merge_hashes(index_merge *index, uint32_t type, bool contents, sr_error *error)
{
    for (size_t i = 0; i < index->merge->n_sources; i++) {
        const sr_segment *segment = index->merge->sources[i].segment;
        const sr_hash_index *from = contents ? &segment->contents : &segment->ids;
        index->lists[i] = (key_list){.hashes = from, .n_entries = from->n_entries};
    }
    index->n_entries = 0;
    SR_TRY(sr_merge_begin(index->merge, type, error));
    return merge_lists(index, error);
}

static sr_status merge_band(index_merge *index, uint32_t band, sr_error *error)
{
    for (size_t i = 0; i < index->merge->n_sources; i++) {
        const sr_segment *segment = index->merge->sources[i].segment;
        key_list *list = &index->lists[i];
        *list = (key_list){.n_entries = segment->band_shape.n_entries};
        if (segment->doc_count == 0) {
            continue;
        }
        sr_segment_band(segment, band, &list->band);
        if (!sr_band_is_sound(&list->band)) {
            return sr_error_set(error, SR_ERR_CORRUPT, segment->path, 0,
                                "bands: band %u: out of order", band);
        }
    }
    return merge_lists(index, error);
}

/* Behind the contents: those are the articles that have keys. */
static sr_status merge_bands(index_merge *index, sr_error *error)
{
    const sr_merge *merge = index->merge;
    sr_band_writer writer;
    SR_TRY(sr_merge_begin(index->merge, SR_SECTION_BANDS, error));
    sr_status status = sr_band_writer_init(&writer, merge->file, merge->dir,
                                           (size_t)index->n_entries, merge->n_docs, error);
    index->bands = &writer;
    for (uint32_t band = 0; band < merge->params->bands && status == SR_OK; band++) {
        status = merge_band(index, band, error);
    }
    index->bands = NULL;
    sr_band_writer_release(&writer);
    return status;
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
