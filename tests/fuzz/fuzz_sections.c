/* fuzz_sections.c — any bytes as one section of a segment: byte 0 chooses which, the rest lies in a
 * buffer of its own on a multiple of 64, as a section does. What a view accepts can be walked to
 * its end. */
#include "fuzz/fuzz.h"

#include "dense/model.h"
#include "store/cold_column.h"
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
    FUZZ_CHECK(model.epoch != 0 && model.n_words > 0);
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    static void (*const READERS[])(const uint8_t *bytes, size_t n_bytes) = {read_edges, read_model,
                                                                            read_list, read_frame};
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
