/* fuzz_sections.c — any bytes as one section of a segment: byte 0 chooses which, the rest lies in a
 * buffer of its own on a multiple of 64, as a section does. What a view accepts can be walked to
 * its end. */
#include "fuzz/fuzz.h"

#include "dense/model.h"
#include "index/term_weight.h"
#include "store/band_index.h"
#include "store/bits.h"
#include "store/cold_column.h"
#include "store/counted_list.h"
#include "store/lexicon.h"
#include "store/neighbours.h"

#include <stdlib.h>

static void read_edges(const uint8_t *bytes, size_t n_bytes)
{
    sr_edges edges;
    if (!sr_edges_view(bytes, n_bytes, &edges)) {
        return;
    }
    uint64_t sum = 0;
    for (size_t t = 0; t < edges.n_targets; t++) {
        size_t first = 0;
        size_t last = 0;
        sr_status status = sr_edges_find(&edges, NULL, edges.targets[t], &first, &last);
        FUZZ_CHECK(status == SR_OK || status == SR_ERR_CORRUPT);
        for (size_t e = first; status == SR_OK && e < last; e++) {
            sum += edges.sources[e] + edges.similarities[e] + edges.closenesses[e];
        }
    }
    FUZZ_CHECK(sum < UINT64_MAX);
}

static void read_model(const uint8_t *bytes, size_t n_bytes)
{
    sr_model model;
    if (!sr_model_view(bytes, n_bytes, &model)) {
        return;
    }
    FUZZ_CHECK(model.epoch != 0);
    sr_dense_term terms[8];
    size_t n_terms = 0;
    for (; n_terms < SR_ARRAY_COUNT(terms) && n_terms < model.n_words; n_terms++) {
        terms[n_terms] = (sr_dense_term){.hash = model.hashes[n_terms], .tf_weight = 1.0};
    }
    sr_dense_vector vector;
    sr_model_vector(&model, terms, n_terms, &vector);
    double cosine = sr_dense_cosine(&vector, &vector);
    FUZZ_CHECK(cosine > -1.01 && cosine < 1.01);
}

static void read_list(const uint8_t *bytes, size_t n_bytes)
{
    for (size_t at = 0; at + SR_LIST_BYTES <= n_bytes; at += SR_LIST_BYTES) {
        sr_link links[SR_NEIGHBOURS];
        FUZZ_CHECK(sr_list_decode(bytes + at, at + 1, links) <= SR_NEIGHBOURS);
    }
}

/* A table's entry, and behind it the frame; once as it is, once with its checksum made right. */
static void read_frame(const uint8_t *bytes, size_t n_bytes)
{
    if (n_bytes < SR_FRAME_ENTRY_BYTES) {
        return;
    }
    size_t n_data = n_bytes - SR_FRAME_ENTRY_BYTES;
    sr_frame frame;
    sr_frame_decode(bytes, &frame);
    frame.offset = 0;
    if (!sr_frame_is_sound(&frame, n_data, 1 << 20) || frame.raw_bytes > 1 << 20) {
        return;
    }
    frame.sum = sr_frame_sum(&frame, bytes + SR_FRAME_ENTRY_BYTES);
    sr_buffer raw;
    sr_buffer_init(&raw, SR_BUFFER_NO_LIMIT);
    ZSTD_DCtx *context = ZSTD_createDCtx();
    FUZZ_CHECK(context);
    if (sr_frame_unpack(&frame, context, bytes + SR_FRAME_ENTRY_BYTES, &raw) == SR_OK) {
        FUZZ_CHECK(raw.n_bytes == frame.raw_bytes);
        sr_frame_values values;
        sr_str value;
        uint64_t n = 0;
        if (sr_frame_values_init(&values, &frame, sr_buffer_view(&raw))) {
            while (sr_frame_values_next(&values, &value)) {
                n += value.n_bytes;
            }
            FUZZ_CHECK(n <= raw.n_bytes);
        }
        (void)sr_frame_value(&frame, sr_buffer_view(&raw), frame.n_docs - 1, &value);
    }
    ZSTD_freeDCtx(context);
    sr_buffer_release(&raw);
}

/* As many bytes, on a multiple of 64, with what bit strings may read behind them. */
static void *section_of(const uint8_t *bytes, size_t n_bytes)
{
    void *section = NULL;
    FUZZ_CHECK(posix_memalign(&section, 64, n_bytes + SR_BITS_MARGIN) == 0);
    memset(section, 0xa5, n_bytes + SR_BITS_MARGIN);
    if (n_bytes) {
        memcpy(section, bytes, n_bytes);
    }
    return section;
}

/* Four bytes of numbers, then the list. */
static void read_counted(const uint8_t *bytes, size_t n_bytes)
{
    if (n_bytes < 4) {
        return;
    }
    size_t n = 1 + bytes[0] % SR_TERMS_STORED;
    uint64_t bound = 1 + sr_load_u16(bytes + 1) + ((uint64_t)bytes[3] << 24);
    uint32_t numbers[SR_TERMS_STORED];
    uint8_t counts[SR_COUNT_PLACES];
    uint8_t *list = section_of(bytes + 4, n_bytes - 4);
    if (sr_counted_list_get(list, n_bytes - 4, n, bound, numbers, counts)) {
        uint32_t wide[SR_TERMS_STORED];
        sr_buffer again;
        for (size_t i = 0; i < n; i++) {
            FUZZ_CHECK(numbers[i] < bound && (i == 0 || numbers[i - 1] < numbers[i]));
            FUZZ_CHECK(counts[i] >= 2);
            wide[i] = counts[i];
        }
        sr_buffer_init(&again, SR_BUFFER_NO_LIMIT); /* what is read has one form only */
        FUZZ_CHECK(sr_counted_list_put(&again, numbers, wide, 1, n, bound) == SR_OK);
        FUZZ_CHECK(again.n_bytes == n_bytes - 4 && memcmp(again.data, list, n_bytes - 4) == 0);
        sr_buffer_release(&again);
    }
    free(list);
}

/* The size of the index in 8 bytes, a number of articles, index, blocks. */
static void read_lexicon(const uint8_t *bytes, size_t n_bytes)
{
    if (n_bytes < 2 || (size_t)bytes[0] * 8 > n_bytes - 2) {
        return;
    }
    size_t n_index = (size_t)bytes[0] * 8;
    size_t n_blocks = n_bytes - 2 - n_index;
    char *index = section_of(bytes + 2, n_index);
    char *blocks = section_of(bytes + 2 + n_index, n_blocks);
    sr_lexicon lexicon;
    if (sr_lexicon_view(sr_str_make(index, n_index), sr_str_make(blocks, n_blocks), bytes[1],
                        &lexicon)) {
        for (size_t i = 0; i < lexicon.n_terms; i++) {
            sr_term_place place;
            bool found;
            uint64_t hash = sr_lexicon_hash(&lexicon, i);
            if (sr_lexicon_place(&lexicon, i, &place)) { /* any offset: who reads there proves it */
                FUZZ_CHECK(place.is_single ? place.offset == 0 : place.ordinal == 0);
            }
            FUZZ_CHECK(sr_lexicon_seek(&lexicon, i, hash, &found) <= lexicon.n_terms);
        }
    }
    free(index);
    free(blocks);
}

/* A number of entries, a number of articles, the band. */
static void read_band(const uint8_t *bytes, size_t n_bytes)
{
    sr_band_shape shape;
    sr_band band;
    if (n_bytes < 2) {
        return;
    }
    sr_band_shape_init(&shape, bytes[0], bytes[1]);
    if (n_bytes - 2 < shape.n_bytes) {
        return;
    }
    uint8_t *section = section_of(bytes + 2, shape.n_bytes);
    sr_band_view(section, &shape, NULL, &band);
    bool is_sound = sr_band_is_sound(&band);
    sr_band_walk walk = {0};
    for (; walk.entry < shape.n_entries; walk.entry++) {
        size_t first = 0;
        size_t end = 0;
        uint32_t key = sr_band_walk_key(&band, &walk);
        bool is_found = sr_band_find(&band, key, &first, &end);
        FUZZ_CHECK(!is_found || (first <= end && end <= shape.n_entries));
        FUZZ_CHECK(is_found || !is_sound);
        for (size_t i = first; i < end; i++) {
            FUZZ_CHECK(sr_band_ordinal(&band, i) <= UINT8_MAX);
        }
    }
    free(section);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    static void (*const READERS[])(const uint8_t *bytes, size_t n_bytes) = {
        read_edges, read_model, read_list, read_frame, read_counted, read_lexicon, read_band};
    if (n_bytes == 0) {
        return 0;
    }
    size_t n = n_bytes - 1;
    void *section = NULL; /* of this size exactly, so that an over-read is seen */
    FUZZ_CHECK(posix_memalign(&section, 64, n + !n) == 0);
    memcpy(section, data + 1, n);
    READERS[data[0] % SR_ARRAY_COUNT(READERS)](section, n);
    free(section);
    return 0;
}
