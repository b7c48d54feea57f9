/* verify.c — proving a store: MANIFEST, then each segment from its bytes up to its meaning. */
#include "store/verify.h"

#include "base/file.h"
#include "store/snapshot.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void sr_verification_report(sr_verification *verification, const sr_segment *segment,
                            const char *section, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    verification->n_damages++;
    sr_observe_message(verification->observer, SR_MESSAGE_WARNING, "%s: %s: %s", segment->name,
                       section, text);
}

/* ------------------------------------------------------------ blocks */

/* The sections that bytes [first, last) touch: the first one and, where they are more, the last. */
static void name_sections(const sr_segment *segment, uint64_t first, uint64_t last, char *text,
                          size_t n_text)
{
    uint32_t from = 0;
    uint32_t to = 0;
    for (uint32_t type = 1; type < SR_SECTION_LIMIT; type++) {
        const sr_section_view *section = &segment->sections[type];
        if (!section->data || section->offset >= last ||
            section->offset + section->n_bytes <= first) {
            continue;
        }
        from = !from || section->offset < segment->sections[from].offset ? type : from;
        to = !to || section->offset > segment->sections[to].offset ? type : to;
    }
    if (from == to) {
        snprintf(text, n_text, "%s", from ? sr_section_name(from) : "padding");
    } else {
        snprintf(text, n_text, "%s to %s", sr_section_name(from), sr_section_name(to));
    }
}

/* Frames have checksums of their own, which name the damage better. */
static bool inside_cold_data(const sr_segment *segment, uint64_t first, uint64_t last)
{
    for (uint32_t field = 0; field < SR_FIELD_COUNT; field++) {
        const sr_section_view *data = &segment->sections[SR_SECTION_COLD_DATA + field];
        if (data->data && data->offset <= first && last <= data->offset + data->n_bytes) {
            return true;
        }
    }
    return false;
}

static sr_status check_blocks(sr_verification *verification, const sr_segment *segment,
                              const uint8_t *sums, sr_error *error)
{
    uint64_t end = segment->sections[SR_SECTION_CHECKS].offset;
    uint8_t block[SR_BLOCK_BYTES];
    for (uint64_t at = SR_BLOCK_BYTES; at < end; at += SR_BLOCK_BYTES) {
        size_t n = end - at < SR_BLOCK_BYTES ? (size_t)(end - at) : SR_BLOCK_BYTES;
        size_t number = (size_t)(at / SR_BLOCK_BYTES);
        SR_TRY(sr_file_pread(segment->fd, segment->path, block, n, at, error));
        if (sr_load_u64(sums + (number - 1) * 8) != sr_hash_bytes(block, n, 0) &&
            !inside_cold_data(segment, at, at + n)) {
            char names[64];
            name_sections(segment, at, at + n, names, sizeof names);
            sr_verification_report(verification, segment, names,
                                   "block %zu: its checksum does not match", number);
        }
        verification->n_done += n;
        if (number % 256 == 0) {
            if (sr_observe_cancelled(verification->observer)) {
                return SR_ERR_INTERRUPTED;
            }
            sr_observe_progress(verification->observer, "check", verification->n_done,
                                verification->n_total);
        }
    }
    return SR_OK;
}

sr_status sr_verify_blocks(sr_verification *verification, const sr_segment *segment,
                           sr_error *error)
{
    const sr_section_view *checks = &segment->sections[SR_SECTION_CHECKS];
    uint64_t n_blocks = (checks->offset - SR_BLOCK_BYTES + SR_BLOCK_BYTES - 1) / SR_BLOCK_BYTES;
    if (checks->n_bytes != n_blocks * 8) {
        sr_verification_report(verification, segment, "checks", "their number does not match");
        return SR_OK;
    }
    uint8_t header[SR_BLOCK_BYTES];
    uint8_t *sums = malloc(checks->n_bytes + 1);
    sr_status status = sums ? SR_OK : SR_ERR_MEMORY;
    if (status == SR_OK) {
        status = sr_file_pread(segment->fd, segment->path, header, sizeof header, 0, error);
    }
    if (status == SR_OK) {
        status =
            sr_file_pread(segment->fd, segment->path, sums, checks->n_bytes, checks->offset, error);
    }
    if (status == SR_OK && sr_hash_bytes(sums, checks->n_bytes, 0) != sr_load_u64(header + 56)) {
        sr_verification_report(verification, segment, "checks", "their checksum does not match");
    } else if (status == SR_OK) {
        status = check_blocks(verification, segment, sums, error);
    }
    free(sums);
    return status;
}

/* ------------------------------------------------------------ frames */

typedef struct frame_scratch {
    ZSTD_DCtx *context;
    sr_buffer packed;
    sr_buffer raw;
} frame_scratch;

/* Whether the values' lengths fill the frame, and sources hash to what facts say. */
static bool values_are_sound(sr_verification *verification, const sr_segment *segment,
                             sr_field field, const sr_frame *frame, sr_str raw)
{
    sr_frame_values values;
    sr_str value;
    if (!sr_frame_values_init(&values, frame, raw)) {
        return false;
    }
    for (uint32_t i = 0; sr_frame_values_next(&values, &value); i++) {
        uint32_t ordinal = frame->first_doc + i;
        sr_doc_facts facts;
        sr_segment_facts(segment, ordinal, &facts);
        if (field == SR_FIELD_ID) {
            verification->id_sum += sr_verification_entry_sum(sr_hash_str(value), ordinal, 0);
        }
        if (field == SR_FIELD_SOURCE &&
            facts.source_hash != (value.n_bytes ? sr_hash_str(value) : 0)) {
            return false;
        }
    }
    return true;
}

static sr_status check_frame(sr_verification *verification, const sr_segment *segment,
                             sr_field field, size_t number, const sr_frame *frame,
                             frame_scratch *scratch, sr_error *error)
{
    const char *name = sr_section_name(SR_SECTION_COLD_DATA + (uint32_t)field);
    sr_status status = sr_segment_read_frame(segment, field, number, frame, scratch->context,
                                             &scratch->packed, &scratch->raw, error);
    if (status == SR_ERR_CORRUPT) {
        sr_verification_report(verification, segment, name,
                               "frame %zu: its checksum does not match", number);
        return SR_OK;
    }
    SR_TRY(status);
    if (!values_are_sound(verification, segment, field, frame, sr_buffer_view(&scratch->raw))) {
        sr_verification_report(verification, segment, name,
                               "frame %zu: its values do not match their lengths or hashes",
                               number);
    }
    return SR_OK;
}

/* Frames follow each other without gaps, in the file and over the articles. */
static sr_status check_column(sr_verification *verification, const sr_segment *segment,
                              sr_field field, frame_scratch *scratch, sr_error *error)
{
    const sr_section_view *table = &segment->sections[SR_SECTION_COLD_FRAMES + (uint32_t)field];
    const sr_section_view *data = &segment->sections[SR_SECTION_COLD_DATA + (uint32_t)field];
    const char *name = sr_section_name(SR_SECTION_COLD_FRAMES + (uint32_t)field);
    uint64_t next_offset = 0;
    uint32_t next_doc = 0;
    for (size_t i = 0; i < table->n_bytes / SR_FRAME_ENTRY_BYTES; i++) {
        sr_frame frame;
        sr_frame_decode(table->data + i * SR_FRAME_ENTRY_BYTES, &frame);
        if (frame.offset != next_offset || frame.first_doc != next_doc ||
            !sr_frame_is_sound(&frame, data->n_bytes, segment->doc_count)) {
            sr_verification_report(verification, segment, name,
                                   "frame %zu: its entry is not consistent", i);
            return SR_OK;
        }
        next_offset += frame.n_bytes;
        next_doc += frame.n_docs;
        SR_TRY(check_frame(verification, segment, field, i, &frame, scratch, error));
    }
    if (next_offset != data->n_bytes || next_doc != segment->doc_count) {
        sr_verification_report(verification, segment, name, "they hold %u of %u articles", next_doc,
                               segment->doc_count);
    }
    return SR_OK;
}

sr_status sr_verify_frames(sr_verification *verification, const sr_segment *segment,
                           bool dedup_only, sr_error *error)
{
    frame_scratch scratch = {.context = ZSTD_createDCtx()};
    sr_buffer_init(&scratch.packed, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&scratch.raw, SR_BUFFER_NO_LIMIT);
    sr_status status = scratch.context ? SR_OK : SR_ERR_MEMORY;
    sr_field n_fields = dedup_only ? SR_FIELD_TEXT : SR_FIELD_COUNT;
    for (sr_field field = 0; field < n_fields && status == SR_OK; field++) {
        status = sr_observe_cancelled(verification->observer)
                     ? SR_ERR_INTERRUPTED
                     : check_column(verification, segment, field, &scratch, error);
    }
    ZSTD_freeDCtx(scratch.context);
    sr_buffer_release(&scratch.packed);
    sr_buffer_release(&scratch.raw);
    return status;
}

/* ------------------------------------------------------------ the store */

sr_status sr_verify_segment(sr_verification *verification, const sr_segment *segment,
                            const sr_params *params, bool dedup_only, sr_error *error)
{
    uint64_t before = verification->n_damages;
    verification->id_sum = 0;
    SR_TRY(sr_verify_blocks(verification, segment, error));
    SR_TRY(sr_verify_frames(verification, segment, dedup_only, error));
    return verification->n_damages == before /* else it would only repeat it */
               ? sr_verify_columns(verification, segment, params, dedup_only)
               : SR_OK;
}

static sr_status verify_listed(sr_verification *verification, const char *dir,
                               const sr_manifest *manifest, const sr_manifest_segment *listed,
                               sr_error *error)
{
    sr_segment *segment = NULL;
    sr_error opening = {0};
    sr_status status = sr_segment_open(dir, manifest, listed, &segment, &opening);
    if (status == SR_ERR_CORRUPT || status == SR_ERR_NOT_FOUND) {
        char name[SR_SEGMENT_NAME_BYTES];
        sr_segment_name(listed->number, false, name);
        verification->n_damages++;
        sr_observe_message(verification->observer, SR_MESSAGE_WARNING, "%s: %s", name,
                           opening.text);
        return SR_OK;
    }
    if (status != SR_OK) {
        if (error) {
            *error = opening;
        }
        return status;
    }
    status =
        sr_verify_segment(verification, segment, &manifest->params, manifest->dedup_only, error);
    sr_segment_close(segment);
    return status;
}

static sr_status verify_all(sr_verification *verification, const char *dir,
                            const sr_manifest *manifest, sr_error *error)
{
    for (size_t i = 0; i < manifest->n_segments; i++) {
        verification->n_total += manifest->segments[i].n_bytes;
    }
    for (size_t i = 0; i < manifest->n_segments; i++) {
        SR_TRY(verify_listed(verification, dir, manifest, &manifest->segments[i], error));
    }
    if (verification->n_damages > 0) {
        return SR_OK;
    }
    sr_snapshot *snapshot = NULL; /* what only the whole can tell: kills, removed counts */
    sr_error opening = {0};
    sr_status status = sr_snapshot_open(dir, &snapshot, &opening);
    sr_snapshot_close(snapshot);
    if (status == SR_ERR_CORRUPT) {
        verification->n_damages++;
        sr_observe_message(verification->observer, SR_MESSAGE_WARNING, "%s: %s", opening.file,
                           opening.text);
        return SR_OK;
    }
    if (status != SR_OK && error) {
        *error = opening;
    }
    return status;
}

sr_status sr_store_verify(const char *dir, const sr_observer *observer, sr_error *error)
{
    sr_manifest manifest = {0};
    sr_error reading = {0};
    sr_status status = sr_manifest_read(dir, &manifest, &reading);
    if (status != SR_OK) {
        if (status == SR_ERR_CORRUPT) {
            sr_observe_message(observer, SR_MESSAGE_WARNING, "%s: %s", SR_MANIFEST_NAME,
                               reading.text);
        }
        if (error) {
            *error = reading;
        }
        return status;
    }
    sr_verification verification = {.observer = observer};
    status = verify_all(&verification, dir, &manifest, error);
    sr_manifest_release(&manifest);
    if (status == SR_OK && verification.n_damages > 0) {
        status = sr_error_set(error, SR_ERR_CORRUPT, dir, 0, "the store has %llu damaged places",
                              (unsigned long long)verification.n_damages);
    }
    return status;
}
