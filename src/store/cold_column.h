/* cold_column.h — one field of all articles as zstd frames, each readable by itself and proved by
 * its own checksum (FORMAT.md §5.6). A frame's raw bytes are the lengths of its articles' values
 * and then the values.
 */
#ifndef SR_STORE_COLD_COLUMN_H
#define SR_STORE_COLD_COLUMN_H

#include "store/batch.h"
#include "store/segment_file.h"

#include <zstd.h>

/* Whether a frame of `field` may grow to so much. Texts are read one now and then and compress
 * better in long frames; a box reads the short fields of each of its items, and waits for every
 * byte of their frames. */
static inline bool sr_frame_may_hold(sr_field field, uint64_t n_raw, uint32_t n_docs)
{
    return field == SR_FIELD_TEXT ? n_raw <= SR_FRAME_TEXT_BYTES
                                  : n_raw <= SR_FRAME_SHORT_BYTES && n_docs <= SR_FRAME_SHORT_DOCS;
}

/* Whether it is filled at least by half. */
static inline bool sr_frame_is_well_filled(sr_field field, uint64_t n_raw, uint32_t n_docs)
{
    return !sr_frame_may_hold(field, 2 * n_raw, 2 * n_docs);
}

/* Compresses in parallel; the bytes do not depend on the number of threads. */
SR_MUST_USE sr_status sr_cold_column_write(sr_segment_file *file, sr_field field,
                                           const sr_batch_doc *const *docs, uint32_t n_docs,
                                           sr_buffer *table, sr_error *error);

typedef struct sr_frame {
    uint64_t offset; /* in the data section */
    uint32_t n_bytes;
    uint32_t raw_bytes;
    uint32_t first_doc;
    uint32_t n_docs;
    uint64_t sum; /* of the compressed bytes and of the numbers above */
} sr_frame;

/* The checksum that the frame must have; takes everything but `sum`. */
uint64_t sr_frame_sum(const sr_frame *frame, const void *compressed);
void sr_frame_encode(const sr_frame *frame, uint8_t to[SR_FRAME_ENTRY_BYTES]);
void sr_frame_decode(const uint8_t *from, sr_frame *frame);
/* Whether the numbers of a frame make sense in a data section of `n_data` bytes and a segment of
 * `doc_count` articles; sizes are then safe to allocate. */
bool sr_frame_is_sound(const sr_frame *frame, uint64_t n_data, uint32_t doc_count);
/* Proves and unpacks: `raw` (cleared first) gets exactly frame->raw_bytes. */
SR_MUST_USE sr_status sr_frame_unpack(const sr_frame *frame, ZSTD_DCtx *context,
                                      const void *compressed, sr_buffer *raw);
/* Compresses a frame's raw bytes; `packed` is replaced. */
SR_MUST_USE sr_status sr_frame_pack(sr_str raw, ZSTD_CCtx *context, sr_buffer *packed);

/* The values of a frame one after the other. */
typedef struct sr_frame_values {
    const uint8_t *length;
    const uint8_t *value; /* also the end of the lengths */
    uint32_t n_left;
} sr_frame_values;
/* False where the lengths do not fill the raw bytes. */
bool sr_frame_values_init(sr_frame_values *values, const sr_frame *frame, sr_str raw);
/* The next value; false past the last. */
bool sr_frame_values_next(sr_frame_values *values, sr_str *value);
/* The value of the frame's `index`th article; false where the lengths lie. */
bool sr_frame_value(const sr_frame *frame, sr_str raw, uint32_t index, sr_str *value);
/* Where the value of each of its articles begins in `raw`, and where the last one ends; false where
 * the lengths lie. */
bool sr_frame_starts(const sr_frame *frame, sr_str raw, uint32_t *starts);

#endif
