/* snapshot_find.c — articles by id, by serial, by content, by band keys; and the reading of cold
 * fields. */
#include "store/snapshot.h"

#include <stdlib.h>

static sr_status append_doc(sr_doc **docs, size_t *n_docs, size_t *capacity, sr_doc doc)
{
    void *grown = *docs;
    SR_TRY(sr_array_reserve(&grown, capacity, *n_docs + 1, sizeof **docs));
    *docs = grown;
    (*docs)[(*n_docs)++] = doc;
    return SR_OK;
}

sr_status sr_snapshot_read_field(const sr_snapshot *snapshot, sr_doc doc, sr_field field,
                                 sr_buffer *out, sr_error *error)
{
    if (doc.segment >= snapshot->n_segments || (unsigned)field >= SR_FIELD_COUNT ||
        doc.ordinal >= snapshot->segments[doc.segment].segment->doc_count) {
        return sr_error_set(error, SR_ERR_ARGUMENT, snapshot->dir, 0, "no such article or field");
    }
    if (field == SR_FIELD_TEXT && snapshot->manifest.dedup_only) {
        return sr_error_set(error, SR_ERR_NOT_FOUND, snapshot->dir, 0,
                            "a dedup-only store keeps no texts");
    }
    const sr_segment *segment = snapshot->segments[doc.segment].segment;
    sr_status status =
        sr_frame_cache_read(snapshot->cache, segment, field, doc.ordinal, out, error);
    return status == SR_ERR_NOT_FOUND ? SR_ERR_CORRUPT : status;
}

/* ------------------------------------------------------------ by id */

static sr_status find_id_in(const sr_snapshot *snapshot, uint32_t segment_index, sr_str id,
                            uint64_t hash, sr_buffer *scratch, bool *found, sr_doc *doc)
{
    const sr_segment *segment = snapshot->segments[segment_index].segment;
    const sr_hash_index *ids = &segment->ids;
    for (size_t i = sr_segment_seek(segment, ids->hashes, ids->n_entries, 0, hash);
         sr_segment_holds(segment, ids->hashes, ids->n_entries, i, hash); i++) {
        sr_proof_touch(segment->proof, ids->ordinals + i, sizeof *ids->ordinals);
        sr_doc at = {.segment = segment_index, .ordinal = ids->ordinals[i]};
        if (at.ordinal >= segment->doc_count) {
            return SR_ERR_CORRUPT;
        }
        if (!sr_snapshot_is_live(snapshot, at)) {
            continue;
        }
        SR_TRY(sr_snapshot_read_field(snapshot, at, SR_FIELD_ID, scratch, NULL));
        if (sr_str_equal(sr_buffer_view(scratch), id)) {
            *found = true;
            *doc = at;
            return SR_OK;
        }
    }
    return SR_OK;
}

sr_status sr_snapshot_find_id(const sr_snapshot *snapshot, sr_str id, bool *found, sr_doc *doc)
{
    uint64_t hash = sr_hash_str(id);
    sr_buffer scratch;
    sr_buffer_init(&scratch, SR_BUFFER_NO_LIMIT);
    sr_status status = SR_OK;
    bool here = false;
    sr_doc at = {0};
    for (size_t i = snapshot->n_segments; i > 0 && !here && status == SR_OK; i--) {
        status = find_id_in(snapshot, (uint32_t)(i - 1), id, hash, &scratch, &here, &at);
    }
    sr_buffer_release(&scratch);
    if (status == SR_OK) {
        *found = here;
        if (here) {
            *doc = at;
        }
    }
    return status;
}

/* ------------------------------------------------------------ by serial */

uint64_t sr_snapshot_serial(const sr_snapshot *snapshot, sr_doc doc)
{
    assert(doc.segment < snapshot->n_segments);
    return sr_segment_serial(snapshot->segments[doc.segment].segment, doc.ordinal);
}

/* The ordinal of a serial that lies in the segment's range: not above the serial, and at most as
 * far below as the segment has holes. */
static bool find_ordinal(const sr_segment *segment, uint64_t serial, uint32_t *ordinal)
{
    uint64_t sought = serial - segment->first_serial;
    if (!segment->serials) {
        *ordinal = (uint32_t)sought;
        return true;
    }
    uint64_t n_serials = sr_segment_end_serial(segment) - segment->first_serial;
    uint64_t n_holes = n_serials - segment->doc_count;
    uint32_t high = sought < segment->doc_count ? (uint32_t)sought : segment->doc_count;
    uint32_t low = sought > n_holes ? (uint32_t)(sought - n_holes) : 0;
    low = low < high ? low : high;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (segment->serials[middle] < sought) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *ordinal = low;
    const uint32_t *serials = segment->serials;
    uint32_t first = low > 0 ? low - 1 : low;
    uint32_t end = low < segment->doc_count ? low + 1 : low;
    sr_proof_touch(segment->proof, serials + first, (end - first) * sizeof *serials);
    if ((low > 0 && serials[low - 1] >= sought) ||
        (low < segment->doc_count && serials[low] < sought)) { /* a damaged one led astray */
        sr_proof_touch(segment->proof, serials, segment->doc_count * sizeof *serials);
    }
    return low < segment->doc_count && serials[low] == sought;
}

bool sr_snapshot_find_serial(const sr_snapshot *snapshot, uint64_t serial, sr_doc *doc)
{
    size_t low = 0; /* the first segment that ends behind the serial */
    size_t high = snapshot->n_segments;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sr_segment_end_serial(snapshot->segments[middle].segment) <= serial) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    uint32_t ordinal = 0;
    if (low == snapshot->n_segments || serial < snapshot->segments[low].segment->first_serial ||
        !find_ordinal(snapshot->segments[low].segment, serial, &ordinal)) {
        return false;
    }
    *doc = (sr_doc){.segment = (uint32_t)low, .ordinal = ordinal};
    return true;
}

/* ------------------------------------------------------------ by content */

static sr_status find_content_in(const sr_snapshot *snapshot, uint32_t segment_index,
                                 const uint64_t content[2], sr_doc **docs, size_t *n_docs,
                                 size_t *capacity)
{
    const sr_segment *segment = snapshot->segments[segment_index].segment;
    const sr_hash_index *contents = &segment->contents;
    for (size_t i = sr_segment_seek(segment, contents->hashes, contents->n_entries, 0, content[0]);
         sr_segment_holds(segment, contents->hashes, contents->n_entries, i, content[0]); i++) {
        sr_proof_touch(segment->proof, contents->ordinals + i, sizeof *contents->ordinals);
        sr_doc doc = {.segment = segment_index, .ordinal = contents->ordinals[i]};
        if (doc.ordinal >= segment->doc_count) {
            return SR_ERR_CORRUPT;
        }
        sr_doc_facts facts;
        sr_segment_facts(segment, doc.ordinal, &facts);
        if (facts.content[1] == content[1] && sr_snapshot_is_live(snapshot, doc)) {
            SR_TRY(append_doc(docs, n_docs, capacity, doc));
        }
    }
    return SR_OK;
}

sr_status sr_snapshot_find_content(const sr_snapshot *snapshot, const uint64_t content[2],
                                   sr_doc **docs, size_t *n_docs, size_t *capacity)
{
    for (uint32_t i = 0; i < snapshot->n_segments; i++) {
        SR_TRY(find_content_in(snapshot, i, content, docs, n_docs, capacity));
    }
    return SR_OK;
}

/* ------------------------------------------------------------ by bands */

static sr_status find_band_in(const sr_snapshot *snapshot, uint32_t segment_index, uint32_t band,
                              uint32_t key, uint32_t max_docs, sr_doc **docs, size_t *n_docs,
                              size_t *capacity)
{
    const sr_segment *segment = snapshot->segments[segment_index].segment;
    sr_band entries;
    size_t first = 0;
    size_t end = 0;
    uint32_t n_found = 0;
    sr_segment_band(segment, band, &entries);
    if (!sr_band_find(&entries, key, &first, &end)) {
        return SR_ERR_CORRUPT;
    }
    for (size_t i = first; i < end && n_found < max_docs; i++) {
        sr_doc doc = {.segment = segment_index, .ordinal = sr_band_ordinal(&entries, i)};
        if (doc.ordinal >= segment->doc_count) {
            return SR_ERR_CORRUPT;
        }
        if (sr_snapshot_is_live(snapshot, doc)) {
            SR_TRY(append_doc(docs, n_docs, capacity, doc));
            n_found++;
        }
    }
    return SR_OK;
}

static int compare_ordinals(const void *a, const void *b)
{
    const sr_doc *x = a;
    const sr_doc *y = b;
    return (x->ordinal > y->ordinal) - (x->ordinal < y->ordinal);
}

/* Sorts the found articles of one segment and drops repetitions; returns how many are left. */
static size_t sort_unique(sr_doc *docs, size_t n_docs)
{
    if (n_docs < 2) {
        return n_docs;
    }
    qsort(docs, n_docs, sizeof *docs, compare_ordinals);
    size_t n_kept = 1;
    for (size_t i = 1; i < n_docs; i++) {
        if (docs[i].ordinal != docs[n_kept - 1].ordinal) {
            docs[n_kept++] = docs[i];
        }
    }
    return n_kept;
}

sr_status sr_snapshot_find_bands(const sr_snapshot *snapshot, const uint32_t *keys,
                                 uint32_t max_docs, sr_doc **docs, size_t *n_docs, size_t *capacity)
{
    for (uint32_t i = 0; i < snapshot->n_segments; i++) {
        size_t first = *n_docs;
        const sr_segment *segment = snapshot->segments[i].segment;
        if (segment->doc_count == 0) {
            continue;
        }
        for (uint32_t band = 0; band < snapshot->manifest.params.bands; band++) {
            sr_band entries;
            sr_segment_band(segment, band, &entries);
            sr_band_expect(&entries, keys[band]);
        }
        for (uint32_t band = 0; band < snapshot->manifest.params.bands; band++) {
            SR_TRY(find_band_in(snapshot, i, band, keys[band], max_docs, docs, n_docs, capacity));
        }
        if (*n_docs > first) {
            *n_docs = first + sort_unique(*docs + first, *n_docs - first);
        }
    }
    return SR_OK;
}
