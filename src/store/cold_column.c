/* cold_column.c — cutting values into frames, packing and unpacking them. */
#include "store/cold_column.h"

#include <stdlib.h>

enum { LEVEL = 3, GROUP_FRAMES = 64, GROUP_RAW_BYTES = 16 * 1024 * 1024 };

/* ------------------------------------------------------------ the frame table */

void sr_frame_encode(const sr_frame *frame, uint8_t to[SR_FRAME_ENTRY_BYTES])
{
    sr_store_u64(to, frame->offset);
    sr_store_u32(to + 8, frame->n_bytes);
    sr_store_u32(to + 12, frame->raw_bytes);
    sr_store_u32(to + 16, frame->first_doc);
    sr_store_u32(to + 20, frame->n_docs);
    sr_store_u64(to + 24, frame->sum);
}

void sr_frame_decode(const uint8_t *from, sr_frame *frame)
{
    *frame = (sr_frame){
        .offset = sr_load_u64(from),
        .n_bytes = sr_load_u32(from + 8),
        .raw_bytes = sr_load_u32(from + 12),
        .first_doc = sr_load_u32(from + 16),
        .n_docs = sr_load_u32(from + 20),
        .sum = sr_load_u64(from + 24),
    };
}

/* The entry seeds the hash: an entry that lies about whose values the frame holds is found when the
 * frame is read, and no other article's value is returned for it. */
uint64_t sr_frame_sum(const sr_frame *frame, const void *compressed)
{
    uint8_t entry[SR_FRAME_ENTRY_BYTES];
    sr_frame_encode(frame, entry);
    return sr_hash_bytes(compressed, frame->n_bytes, sr_hash_bytes(entry, sizeof entry - 8, 0));
}

bool sr_frame_is_sound(const sr_frame *frame, uint64_t n_data, uint32_t doc_count)
{
    /* A zstd block holds at most 128 KB and takes four bytes at least: a small file can't ask for
     * much memory. */
    uint64_t most = ((uint64_t)frame->n_bytes / 4 + 1) * (128 * 1024);
    return frame->offset <= n_data && frame->n_bytes <= n_data - frame->offset &&
           frame->raw_bytes <= SR_FRAME_MAX_RAW && frame->raw_bytes <= most && frame->n_docs > 0 &&
           frame->n_docs <= frame->raw_bytes && frame->first_doc < doc_count &&
           frame->n_docs <= doc_count - frame->first_doc;
}

sr_status sr_frame_unpack(const sr_frame *frame, ZSTD_DCtx *context, const void *compressed,
                          sr_buffer *raw)
{
    sr_buffer_clear(raw);
    if (sr_frame_sum(frame, compressed) != frame->sum ||
        ZSTD_getFrameContentSize(compressed, frame->n_bytes) != frame->raw_bytes) {
        return SR_ERR_CORRUPT;
    }
    SR_TRY(sr_buffer_reserve(raw, frame->raw_bytes));
    size_t n =
        ZSTD_decompressDCtx(context, raw->data, frame->raw_bytes, compressed, frame->n_bytes);
    if (ZSTD_isError(n) || n != frame->raw_bytes) {
        return SR_ERR_CORRUPT;
    }
    raw->n_bytes = n;
    return SR_OK;
}

sr_status sr_frame_pack(sr_str raw, ZSTD_CCtx *context, sr_buffer *packed)
{
    sr_buffer_clear(packed);
    SR_TRY(sr_buffer_reserve(packed, ZSTD_compressBound(raw.n_bytes)));
    size_t n =
        ZSTD_compressCCtx(context, packed->data, packed->capacity, raw.data, raw.n_bytes, LEVEL);
    if (ZSTD_isError(n)) {
        return SR_ERR_MEMORY;
    }
    packed->n_bytes = n;
    return SR_OK;
}

bool sr_frame_values_init(sr_frame_values *values, const sr_frame *frame, sr_str raw)
{
    const uint8_t *at = (const uint8_t *)raw.data;
    const uint8_t *end = at + raw.n_bytes;
    uint64_t n_values = 0;
    for (uint32_t i = 0; i < frame->n_docs; i++) {
        uint64_t n_value = 0;
        if (!sr_varint_get(&at, end, &n_value) || n_value > raw.n_bytes) {
            return false;
        }
        n_values += n_value;
    }
    *values = (sr_frame_values){
        .length = (const uint8_t *)raw.data, .value = at, .n_left = frame->n_docs};
    return n_values == (uint64_t)(end - at);
}

bool sr_frame_values_next(sr_frame_values *values, sr_str *value)
{
    uint64_t n_value = 0;
    if (values->n_left == 0 || !sr_varint_get(&values->length, values->value, &n_value)) {
        return false;
    }
    *value = sr_str_make((const char *)values->value, (size_t)n_value);
    values->value += n_value;
    values->n_left--;
    return true;
}

bool sr_frame_value(const sr_frame *frame, sr_str raw, uint32_t index, sr_str *value)
{
    const uint8_t *at = (const uint8_t *)raw.data;
    const uint8_t *end = at + raw.n_bytes;
    uint64_t before = 0;
    uint64_t length = 0;
    for (uint32_t i = 0; i < frame->n_docs; i++) {
        uint64_t n_value = 0;
        if (!sr_varint_get(&at, end, &n_value) || n_value > raw.n_bytes) {
            return false;
        }
        before += i < index ? n_value : 0;
        length = i == index ? n_value : length;
    }
    uint64_t n_values = (uint64_t)(end - at);
    if (index >= frame->n_docs || before > n_values || length > n_values - before) {
        return false;
    }
    *value = sr_str_make((const char *)at + before, (size_t)length);
    return true;
}

bool sr_frame_starts(const sr_frame *frame, sr_str raw, uint32_t *starts)
{
    sr_frame_values values;
    sr_str value;
    if (raw.n_bytes > UINT32_MAX || !sr_frame_values_init(&values, frame, raw)) {
        return false;
    }
    for (uint32_t i = 0; i < frame->n_docs; i++) {
        starts[i] = (uint32_t)((const char *)values.value - raw.data);
        if (!sr_frame_values_next(&values, &value)) {
            return false;
        }
    }
    starts[frame->n_docs] = (uint32_t)raw.n_bytes;
    return true;
}

/* ------------------------------------------------------------ writing */

typedef struct frame_job {
    uint32_t first_doc;
    uint32_t n_docs;
    uint32_t raw_bytes;
    sr_buffer packed;
    sr_status status;
} frame_job;

/* Takes articles while they fit the target; one that exceeds it alone gets a frame of its own. */
static void cut_frame(sr_field field, const sr_batch_doc *const *docs, uint32_t n_docs,
                      uint32_t first_doc, frame_job *job)
{
    uint64_t n_raw = 0;
    uint32_t n = 0;
    for (; first_doc + n < n_docs; n++) {
        uint8_t length[SR_VARINT_MAX_BYTES];
        size_t n_value = docs[first_doc + n]->fields[field].n_bytes;
        uint64_t n_more = n_value + sr_varint_put(length, n_value);
        if (n > 0 && !sr_frame_may_hold(field, n_raw + n_more, n + 1)) {
            break;
        }
        n_raw += n_more;
    }
    job->first_doc = first_doc;
    job->n_docs = n;
    job->raw_bytes = (uint32_t)n_raw;
}

static sr_status pack_frame(sr_field field, const sr_batch_doc *const *docs, ZSTD_CCtx *context,
                            sr_buffer *raw, frame_job *job)
{
    sr_buffer_clear(raw);
    SR_TRY(sr_buffer_reserve(raw, job->raw_bytes));
    for (uint32_t i = 0; i < job->n_docs; i++) {
        uint8_t length[SR_VARINT_MAX_BYTES];
        size_t n = sr_varint_put(length, docs[job->first_doc + i]->fields[field].n_bytes);
        SR_TRY(sr_buffer_append(raw, length, n));
    }
    for (uint32_t i = 0; i < job->n_docs; i++) {
        SR_TRY(sr_buffer_append_str(raw, docs[job->first_doc + i]->fields[field]));
    }
    return sr_frame_pack(sr_buffer_view(raw), context, &job->packed);
}

static void pack_group(sr_field field, const sr_batch_doc *const *docs, frame_job *jobs,
                       size_t n_jobs)
{
#pragma omp parallel if (n_jobs > 1)
    {
        ZSTD_CCtx *context = ZSTD_createCCtx();
        sr_buffer raw;
        sr_buffer_init(&raw, SR_BUFFER_NO_LIMIT);
#pragma omp for schedule(dynamic)
        for (size_t i = 0; i < n_jobs; i++) {
            jobs[i].status =
                context ? pack_frame(field, docs, context, &raw, &jobs[i]) : SR_ERR_MEMORY;
        }
        sr_buffer_release(&raw);
        ZSTD_freeCCtx(context);
    }
}

static sr_status write_group(sr_segment_file *file, const frame_job *jobs, size_t n_jobs,
                             sr_buffer *table, sr_error *error)
{
    for (size_t i = 0; i < n_jobs; i++) {
        SR_TRY(jobs[i].status);
        const sr_buffer *packed = &jobs[i].packed;
        sr_frame frame = {
            .offset = sr_segment_file_section_bytes(file),
            .n_bytes = (uint32_t)packed->n_bytes,
            .raw_bytes = jobs[i].raw_bytes,
            .first_doc = jobs[i].first_doc,
            .n_docs = jobs[i].n_docs,
        };
        frame.sum = sr_frame_sum(&frame, packed->data);
        uint8_t entry[SR_FRAME_ENTRY_BYTES];
        sr_frame_encode(&frame, entry);
        SR_TRY(sr_buffer_append(table, entry, sizeof entry));
        SR_TRY(sr_segment_file_write(file, packed->data, packed->n_bytes, error));
    }
    return SR_OK;
}

sr_status sr_cold_column_write(sr_segment_file *file, sr_field field,
                               const sr_batch_doc *const *docs, uint32_t n_docs, sr_buffer *table,
                               sr_error *error)
{
    frame_job *jobs = calloc(GROUP_FRAMES, sizeof *jobs);
    if (!jobs) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < GROUP_FRAMES; i++) {
        sr_buffer_init(&jobs[i].packed, SR_BUFFER_NO_LIMIT);
    }
    sr_status status = sr_segment_file_begin(file, SR_SECTION_COLD_DATA + (uint32_t)field,
                                             SR_SECTION_MUST_UNDERSTAND, error);
    for (uint32_t first_doc = 0; first_doc < n_docs && status == SR_OK;) {
        size_t n_jobs = 0;
        uint64_t n_raw = 0;
        while (first_doc < n_docs && n_jobs < GROUP_FRAMES && n_raw < GROUP_RAW_BYTES) {
            cut_frame(field, docs, n_docs, first_doc, &jobs[n_jobs]);
            first_doc += jobs[n_jobs].n_docs;
            n_raw += jobs[n_jobs++].raw_bytes;
        }
        pack_group(field, docs, jobs, n_jobs);
        status = write_group(file, jobs, n_jobs, table, error);
    }
    for (size_t i = 0; i < GROUP_FRAMES; i++) {
        sr_buffer_release(&jobs[i].packed);
    }
    free(jobs);
    return status;
}
