/* band_index.c — bands searched, walked and written. */
#include "store/band_index.h"

#include "store/bits.h"

#include <stdlib.h>

enum { KEY_BITS = 32, BUCKET_ENTRIES_LOG2 = 3 };

static size_t bytes_of_bits(size_t n, unsigned width)
{
    return (size_t)(((uint64_t)n * width + 63) / 64 * 8);
}

void sr_band_shape_init(sr_band_shape *shape, size_t n_entries, uint32_t doc_count)
{
    unsigned n_bits = sr_bits_width(n_entries);
    unsigned bucket_bits = n_bits > BUCKET_ENTRIES_LOG2 + 1 ? n_bits - BUCKET_ENTRIES_LOG2 - 1 : 0;
    size_t n_firsts = (size_t)1 << bucket_bits;
    *shape = (sr_band_shape){
        .n_entries = n_entries,
        .bucket_bits = bucket_bits,
        .low_width = KEY_BITS - bucket_bits,
        .ordinal_width = sr_bits_width(doc_count ? doc_count - 1 : 0),
    };
    shape->ordinals_at = bytes_of_bits(n_entries, shape->low_width);
    shape->firsts_at = shape->ordinals_at + bytes_of_bits(n_entries, shape->ordinal_width);
    shape->n_bytes = shape->firsts_at + bytes_of_bits(n_firsts, 32);
}

void sr_band_view(const uint8_t *bytes, const sr_band_shape *shape, sr_proof *proof, sr_band *band)
{
    *band = (sr_band){
        .shape = shape,
        .lows = bytes,
        .ordinals = bytes + shape->ordinals_at,
        .firsts = (const uint32_t *)(const void *)(bytes + shape->firsts_at),
        .proof = proof,
    };
}

static uint32_t bits_at(const sr_band *band, const uint8_t *bytes, size_t entry, unsigned width)
{
    uint64_t at = (uint64_t)entry * width;
    if (band->proof && width) {
        sr_proof_touch(band->proof, bytes + (at >> 3), (size_t)(((at & 7) + width + 7) >> 3));
    }
    return (uint32_t)sr_bits_get(bytes, at, width);
}

static uint32_t low_at(const sr_band *band, size_t entry)
{
    return bits_at(band, band->lows, entry, band->shape->low_width);
}

uint32_t sr_band_ordinal(const sr_band *band, size_t entry)
{
    return bits_at(band, band->ordinals, entry, band->shape->ordinal_width);
}

static size_t bucket_of(const sr_band_shape *shape, uint32_t key)
{
    return (size_t)((uint64_t)key >> shape->low_width);
}

/* Where a bucket ends. */
static size_t end_of(const sr_band *band, size_t bucket)
{
    size_t next = bucket + 1;
    return next >> band->shape->bucket_bits ? band->shape->n_entries : band->firsts[next];
}

/* The first entry in [low, high) whose lower bits are not below `wanted`. */
static size_t bound(const sr_band *band, size_t low, size_t high, uint64_t wanted)
{
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (low_at(band, middle) < wanted) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool sr_band_find(const sr_band *band, uint32_t key, size_t *first, size_t *end)
{
    const sr_band_shape *shape = band->shape;
    *first = *end = 0;
    if (shape->n_entries == 0) {
        return true;
    }
    size_t bucket = bucket_of(shape, key);
    size_t n_firsts = bucket + 1 < (size_t)1 << shape->bucket_bits ? 2 : 1;
    if (band->proof) {
        sr_proof_touch(band->proof, band->firsts + bucket, n_firsts * sizeof *band->firsts);
    }
    size_t begin = band->firsts[bucket];
    size_t behind = end_of(band, bucket);
    if (begin > behind || behind > shape->n_entries) {
        return false;
    }
    uint64_t low = key & (((uint64_t)1 << shape->low_width) - 1);
    *first = bound(band, begin, behind, low);
    *end = *first < behind && low_at(band, *first) == low ? bound(band, *first, behind, low + 1)
                                                          : *first;
    return true;
}

void sr_band_expect(const sr_band *band, uint32_t key)
{
    const sr_band_shape *shape = band->shape;
    if (shape->n_entries) {
        __builtin_prefetch(band->firsts + bucket_of(shape, key));
        uint64_t guess = (uint64_t)key * shape->n_entries >> KEY_BITS; /* keys are hashes */
        __builtin_prefetch(band->lows + (guess * shape->low_width >> 3));
    }
}

uint32_t sr_band_walk_key(const sr_band *band, sr_band_walk *walk)
{
    const sr_band_shape *shape = band->shape;
    while (walk->bucket + 1 < (size_t)1 << shape->bucket_bits &&
           band->firsts[walk->bucket + 1] <= walk->entry) {
        walk->bucket++;
    }
    uint64_t at = (uint64_t)walk->entry * shape->low_width;
    return (uint32_t)((uint64_t)walk->bucket << shape->low_width |
                      sr_bits_get(band->lows, at, shape->low_width));
}

bool sr_band_is_sound(const sr_band *band)
{
    size_t n_firsts = (size_t)1 << band->shape->bucket_bits;
    size_t last = 0;
    for (size_t i = 0; i < n_firsts; i++) {
        if (band->firsts[i] < last || band->firsts[i] > band->shape->n_entries) {
            return false;
        }
        last = band->firsts[i];
    }
    return band->firsts[0] == 0;
}

/* ------------------------------------------------------------ writing */

sr_status sr_band_writer_init(sr_band_writer *writer, sr_segment_file *file, const char *dir,
                              size_t n_entries, uint32_t doc_count, sr_error *error)
{
    *writer = (sr_band_writer){.file = file, .ordinals = SR_SIDE_FILE_NONE};
    sr_band_shape_init(&writer->shape, n_entries, doc_count);
    /* One more: what fills it up to 8 bytes. */
    writer->firsts = calloc(((size_t)1 << writer->shape.bucket_bits) + 1, sizeof *writer->firsts);
    return writer->firsts ? sr_side_file_init(&writer->ordinals, dir, error) : SR_ERR_MEMORY;
}

void sr_band_writer_release(sr_band_writer *writer)
{
    free(writer->firsts);
    writer->firsts = NULL;
    sr_side_file_close(&writer->ordinals);
}

/* True where 8 bytes are full: they are in `bytes`. */
static bool push_bits(sr_bit_stream *stream, uint32_t value, unsigned width, uint8_t bytes[8])
{
    uint64_t bits = stream->bits | (uint64_t)value << stream->n_bits;
    unsigned n_bits = stream->n_bits + width;
    if (n_bits < 64) {
        *stream = (sr_bit_stream){.bits = bits, .n_bits = n_bits};
        return false;
    }
    sr_store_u64(bytes, bits);
    unsigned n_written = 64 - stream->n_bits; /* at most 32 are left */
    *stream = (sr_bit_stream){.bits = n_written < 32 ? (uint64_t)value >> n_written : 0,
                              .n_bits = n_bits - 64};
    return true;
}

/* What is left, filled up to 8 bytes; true where there is anything. */
static bool end_bits(sr_bit_stream *stream, uint8_t bytes[8])
{
    bool is_any = stream->n_bits > 0;
    sr_store_u64(bytes, stream->bits);
    *stream = (sr_bit_stream){0};
    return is_any;
}

/* Of a merge whose sources lie with right checksums. */
static sr_status odd_entries(sr_error *error)
{
    return sr_error_set(error, SR_ERR_CORRUPT, NULL, 0,
                        "bands: their entries are not those of the content index");
}

sr_status sr_band_writer_add(sr_band_writer *writer, uint32_t key, uint32_t ordinal,
                             sr_error *error)
{
    const sr_band_shape *shape = &writer->shape;
    uint8_t bytes[8];
    size_t bucket = bucket_of(shape, key);
    if (writer->n_added == shape->n_entries || bucket + 1 < writer->n_firsts) {
        return odd_entries(error);
    }
    while (writer->n_firsts <= bucket) {
        writer->firsts[writer->n_firsts++] = (uint32_t)writer->n_added;
    }
    writer->n_added++;
    uint32_t low = (uint32_t)(key & (((uint64_t)1 << shape->low_width) - 1));
    if (push_bits(&writer->low_bits, low, shape->low_width, bytes)) {
        SR_TRY(sr_segment_file_write(writer->file, bytes, sizeof bytes, error));
    }
    return push_bits(&writer->ordinal_bits, ordinal, shape->ordinal_width, bytes)
               ? sr_side_file_write(&writer->ordinals, bytes, sizeof bytes, error)
               : SR_OK;
}

sr_status sr_band_writer_end(sr_band_writer *writer, sr_error *error)
{
    const sr_band_shape *shape = &writer->shape;
    uint8_t bytes[8];
    size_t n_firsts = (size_t)1 << shape->bucket_bits;
    if (writer->n_added != shape->n_entries) {
        return odd_entries(error);
    }
    if (end_bits(&writer->low_bits, bytes)) {
        SR_TRY(sr_segment_file_write(writer->file, bytes, sizeof bytes, error));
    }
    if (end_bits(&writer->ordinal_bits, bytes)) {
        SR_TRY(sr_side_file_write(&writer->ordinals, bytes, sizeof bytes, error));
    }
    SR_TRY(sr_side_file_move(&writer->ordinals, writer->file, error));
    while (writer->n_firsts < n_firsts) {
        writer->firsts[writer->n_firsts++] = (uint32_t)shape->n_entries;
    }
    writer->n_firsts = writer->n_added = 0;
    return sr_segment_file_write(writer->file, writer->firsts, shape->n_bytes - shape->firsts_at,
                                 error);
}
