/* merge_cold.c — frames of values: copied whole where all their articles live and they are well
 * filled, else unpacked and cut anew, so that many small commits do not leave many small frames. */
#include "store/merge.h"

#include <stdlib.h>

typedef struct cold_merge {
    sr_merge *merge;
    sr_field field;
    sr_buffer table;
    sr_buffer lengths; /* varints of the values that gather */
    sr_buffer values;
    uint32_t n_values;
    uint32_t next_doc; /* the ordinal of the first value that gathers */
    sr_buffer packed;  /* a source's frame, and what is in it */
    sr_buffer raw;
    sr_buffer made; /* a new frame */
    ZSTD_CCtx *packer;
    ZSTD_DCtx *unpacker;
} cold_merge;

static size_t gathered(const cold_merge *cold)
{
    return cold->lengths.n_bytes + cold->values.n_bytes;
}

static sr_status put_frame(cold_merge *cold, const void *packed, size_t n_packed, uint32_t n_raw,
                           uint32_t n_docs, sr_error *error)
{
    sr_frame frame = {
        .offset = sr_segment_file_section_bytes(cold->merge->file),
        .n_bytes = (uint32_t)n_packed,
        .raw_bytes = n_raw,
        .first_doc = cold->next_doc,
        .n_docs = n_docs,
    };
    frame.sum = sr_frame_sum(&frame, packed);
    uint8_t entry[SR_FRAME_ENTRY_BYTES];
    sr_frame_encode(&frame, entry);
    cold->next_doc += n_docs;
    SR_TRY(sr_buffer_append(&cold->table, entry, sizeof entry));
    return sr_segment_file_write(cold->merge->file, packed, n_packed, error);
}

/* What has gathered becomes a frame. */
static sr_status flush(cold_merge *cold, sr_error *error)
{
    if (cold->n_values == 0) {
        return SR_OK;
    }
    SR_TRY(sr_buffer_append_str(&cold->lengths, sr_buffer_view(&cold->values)));
    SR_TRY(sr_frame_pack(sr_buffer_view(&cold->lengths), cold->packer, &cold->made));
    SR_TRY(put_frame(cold, cold->made.data, cold->made.n_bytes, (uint32_t)cold->lengths.n_bytes,
                     cold->n_values, error));
    sr_buffer_clear(&cold->lengths);
    sr_buffer_clear(&cold->values);
    cold->n_values = 0;
    return SR_OK;
}

static sr_status gather_value(cold_merge *cold, sr_str value, sr_error *error)
{
    uint8_t length[SR_VARINT_MAX_BYTES];
    size_t n_length = sr_varint_put(length, value.n_bytes);
    if (cold->n_values > 0 &&
        !sr_frame_may_hold(cold->field, gathered(cold) + n_length + value.n_bytes,
                           cold->n_values + 1)) {
        SR_TRY(flush(cold, error));
    }
    SR_TRY(sr_buffer_append(&cold->lengths, length, n_length));
    SR_TRY(sr_buffer_append_str(&cold->values, value));
    cold->n_values++;
    return SR_OK;
}

/* The live values of the frame that was unpacked to `raw`. */
static sr_status gather_frame(cold_merge *cold, const sr_merge_source *source,
                              const sr_frame *frame, sr_error *error)
{
    sr_frame_values values;
    sr_str value;
    sr_status status =
        sr_frame_values_init(&values, frame, sr_buffer_view(&cold->raw)) ? SR_OK : SR_ERR_CORRUPT;
    for (uint32_t i = 0; i < frame->n_docs && status == SR_OK; i++) {
        if (!sr_frame_values_next(&values, &value)) {
            status = SR_ERR_CORRUPT;
        } else if (sr_merge_ordinal(source, frame->first_doc + i) != SR_MERGE_GONE) {
            SR_TRY(gather_value(cold, value, error));
        }
    }
    return status == SR_ERR_CORRUPT
               ? sr_error_set(error, status, source->segment->path, 0,
                              "%s: the lengths of a frame's values do not fit",
                              sr_section_name(SR_SECTION_COLD_DATA + (uint32_t)cold->field))
               : status;
}

static bool all_live(const sr_merge_source *source, const sr_frame *frame)
{
    bool live = true;
    for (uint32_t i = 0; i < frame->n_docs && source->ordinals; i++) {
        live = live && source->ordinals[frame->first_doc + i] != SR_MERGE_GONE;
    }
    return live;
}

static sr_status merge_frame(cold_merge *cold, const sr_merge_source *source, size_t number,
                             const sr_frame *frame, sr_error *error)
{
    bool small_gathers =
        cold->n_values > 0 && !sr_frame_is_well_filled(cold->field, gathered(cold), cold->n_values);
    SR_TRY(sr_segment_read_frame(source->segment, cold->field, number, frame, cold->unpacker,
                                 &cold->packed, &cold->raw, error));
    if (small_gathers || !all_live(source, frame) ||
        !sr_frame_is_well_filled(cold->field, frame->raw_bytes, frame->n_docs)) {
        return gather_frame(cold, source, frame, error);
    }
    SR_TRY(flush(cold, error));
    return put_frame(cold, cold->packed.data, frame->n_bytes, frame->raw_bytes, frame->n_docs,
                     error);
}

static sr_status merge_source(cold_merge *cold, const sr_merge_source *source, sr_error *error)
{
    const sr_section_view *table =
        &source->segment->sections[SR_SECTION_COLD_FRAMES + (uint32_t)cold->field];
    const sr_section_view *data =
        &source->segment->sections[SR_SECTION_COLD_DATA + (uint32_t)cold->field];
    uint32_t next_doc = 0;
    for (size_t i = 0; i < table->n_bytes / SR_FRAME_ENTRY_BYTES; i++) {
        sr_frame frame;
        sr_frame_decode(table->data + i * SR_FRAME_ENTRY_BYTES, &frame);
        if (frame.first_doc != next_doc ||
            !sr_frame_is_sound(&frame, data->n_bytes, source->segment->doc_count)) {
            break;
        }
        next_doc += frame.n_docs;
        SR_TRY(merge_frame(cold, source, i, &frame, error));
        if (i % 64 == 63) {
            SR_TRY(sr_merge_tick(cold->merge));
        }
    }
    return next_doc == source->segment->doc_count
               ? SR_OK
               : sr_error_set(error, SR_ERR_CORRUPT, source->segment->path, 0,
                              "%s: its entries are not consistent",
                              sr_section_name(SR_SECTION_COLD_FRAMES + (uint32_t)cold->field));
}

static sr_status merge_field(cold_merge *cold, sr_error *error)
{
    cold->next_doc = 0;
    SR_TRY(sr_merge_begin(cold->merge, SR_SECTION_COLD_DATA + (uint32_t)cold->field, error));
    for (size_t i = 0; i < cold->merge->n_sources; i++) {
        SR_TRY(merge_source(cold, &cold->merge->sources[i], error));
    }
    SR_TRY(flush(cold, error));
    SR_TRY(sr_merge_begin(cold->merge, SR_SECTION_COLD_FRAMES + (uint32_t)cold->field, error));
    SR_TRY(sr_segment_file_write(cold->merge->file, cold->table.data, cold->table.n_bytes, error));
    sr_buffer_clear(&cold->table);
    return SR_OK;
}

sr_status sr_merge_cold(sr_merge *merge, sr_error *error)
{
    cold_merge cold = {.merge = merge, .packer = ZSTD_createCCtx(), .unpacker = ZSTD_createDCtx()};
    sr_buffer *const buffers[] = {&cold.table,  &cold.lengths, &cold.values,
                                  &cold.packed, &cold.raw,     &cold.made};
    for (size_t i = 0; i < SR_ARRAY_COUNT(buffers); i++) {
        sr_buffer_init(buffers[i], SR_BUFFER_NO_LIMIT);
    }
    sr_status status = cold.packer && cold.unpacker ? SR_OK : SR_ERR_MEMORY;
    sr_field n_fields = merge->dedup_only ? SR_FIELD_TEXT : SR_FIELD_COUNT;
    for (sr_field field = 0; field < n_fields && status == SR_OK; field++) {
        cold.field = field;
        status = merge_field(&cold, error);
    }
    for (size_t i = 0; i < SR_ARRAY_COUNT(buffers); i++) {
        sr_buffer_release(buffers[i]);
    }
    ZSTD_freeDCtx(cold.unpacker);
    ZSTD_freeCCtx(cold.packer);
    return status;
}
