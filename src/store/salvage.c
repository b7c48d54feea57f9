/* salvage.c — reading a damaged segment: cold values are proved by their frame's checksum, rows of
 * hot columns by the checksums of the blocks that they lie in. */
#include "store/repair.h"

sr_status sr_salvage_init(sr_salvage *salvage, const sr_repair_part *part)
{
    *salvage = (sr_salvage){.part = part, .context = ZSTD_createDCtx()};
    sr_buffer_init(&salvage->packed, SR_BUFFER_NO_LIMIT);
    for (size_t i = 0; i < SR_FIELD_COUNT; i++) {
        sr_buffer_init(&salvage->raw[i], SR_BUFFER_NO_LIMIT);
    }
    return salvage->context ? SR_OK : SR_ERR_MEMORY;
}

void sr_salvage_release(sr_salvage *salvage)
{
    ZSTD_freeDCtx(salvage->context);
    sr_buffer_release(&salvage->packed);
    for (size_t i = 0; i < SR_FIELD_COUNT; i++) {
        sr_buffer_release(&salvage->raw[i]);
    }
}

/* The frame that says that it holds the article. The table is read from end to end, since a damaged
 * entry must not lead a search astray; only an entry that its frame proves is believed. */
static bool load_frame(sr_salvage *salvage, sr_field field, uint32_t ordinal)
{
    const sr_segment *segment = salvage->part->segment;
    const sr_section_view *table = &segment->sections[SR_SECTION_COLD_FRAMES + (uint32_t)field];
    const sr_section_view *data = &segment->sections[SR_SECTION_COLD_DATA + (uint32_t)field];
    for (size_t i = 0; i < table->n_bytes / SR_FRAME_ENTRY_BYTES; i++) {
        sr_frame frame;
        sr_frame_decode(table->data + i * SR_FRAME_ENTRY_BYTES, &frame);
        if (!sr_frame_is_sound(&frame, data->n_bytes, segment->doc_count) ||
            ordinal < frame.first_doc || ordinal - frame.first_doc >= frame.n_docs) {
            continue;
        }
        salvage->frames[field].n_docs = 0;
        if (sr_segment_read_frame(segment, field, i, &frame, salvage->context, &salvage->packed,
                                  &salvage->raw[field], NULL) == SR_OK) {
            salvage->frames[field] = frame;
            return true;
        }
    }
    return false;
}

bool sr_salvage_field(sr_salvage *salvage, sr_field field, uint32_t ordinal, sr_str *value)
{
    const sr_frame *frame = &salvage->frames[field];
    bool is_loaded = ordinal >= frame->first_doc && ordinal - frame->first_doc < frame->n_docs;
    return (is_loaded || load_frame(salvage, field, ordinal)) &&
           sr_frame_value(frame, sr_buffer_view(&salvage->raw[field]), ordinal - frame->first_doc,
                          value);
}

bool sr_salvage_row_is_proven(const sr_repair_part *part, uint32_t type, uint32_t ordinal,
                              size_t row_bytes)
{
    const sr_section_view *section = &part->segment->sections[type];
    uint64_t first = section->offset + (uint64_t)ordinal * row_bytes;
    for (uint64_t block = first / SR_BLOCK_BYTES; block * SR_BLOCK_BYTES < first + row_bytes;
         block++) {
        if (block == 0 || block > part->n_blocks || !part->proven[block - 1]) {
            return false;
        }
    }
    return true;
}
