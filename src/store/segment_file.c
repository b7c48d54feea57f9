/* segment_file.c — buffered writing with a running list of block checksums. */
#include "store/segment_file.h"

#include "base/file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { TABLE_OFFSET = 128, ENTRY_BYTES = 24 };

_Static_assert(TABLE_OFFSET + SR_SEGMENT_MAX_SECTIONS * ENTRY_BYTES <= SR_BLOCK_BYTES - 8,
               "the section table must fit the header block");

sr_status sr_segment_file_create(const char *path, sr_segment_file **out, sr_error *error)
{
    sr_segment_file *file = calloc(1, sizeof *file);
    if (!file) {
        return SR_ERR_MEMORY;
    }
    file->path = path;
    file->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    sr_status status = SR_OK;
    if (file->fd < 0) {
        status = sr_error_set_errno(error, path, "can't create");
    } else {
        status = sr_file_write(file->fd, path, file->buffer, SR_BLOCK_BYTES, error);
        file->n_bytes = SR_BLOCK_BYTES;
    }
    if (status != SR_OK) {
        sr_segment_file_close(file);
        return status;
    }
    *out = file;
    return SR_OK;
}

void sr_segment_file_close(sr_segment_file *file)
{
    if (file) {
        if (file->fd >= 0) {
            close(file->fd);
        }
        free(file->sums);
        free(file);
    }
}

/* Hashes what is buffered, block by block, and writes it. Only the last call sees a part of one. */
static sr_status flush_blocks(sr_segment_file *file, sr_error *error)
{
    size_t n_blocks = (file->n_buffered + SR_BLOCK_BYTES - 1) / SR_BLOCK_BYTES;
    void *sums = file->sums;
    SR_TRY(
        sr_array_reserve(&sums, &file->sums_capacity, file->n_sums + n_blocks, sizeof *file->sums));
    file->sums = sums;
    for (size_t i = 0; i < file->n_buffered; i += SR_BLOCK_BYTES) {
        size_t n = file->n_buffered - i < SR_BLOCK_BYTES ? file->n_buffered - i : SR_BLOCK_BYTES;
        file->sums[file->n_sums++] = sr_hash_bytes(file->buffer + i, n, 0);
    }
    SR_TRY(sr_file_write(file->fd, file->path, file->buffer, file->n_buffered, error));
    file->n_buffered = 0;
    return SR_OK;
}

static sr_status append(sr_segment_file *file, const void *bytes, size_t n_bytes, sr_error *error)
{
    const uint8_t *from = bytes;
    file->n_bytes += n_bytes;
    while (n_bytes) {
        size_t room = sizeof file->buffer - file->n_buffered;
        size_t n = n_bytes < room ? n_bytes : room;
        memcpy(file->buffer + file->n_buffered, from, n);
        file->n_buffered += n;
        from += n;
        n_bytes -= n;
        if (file->n_buffered == sizeof file->buffer) {
            SR_TRY(flush_blocks(file, error));
        }
    }
    return SR_OK;
}

sr_status sr_segment_file_write(sr_segment_file *file, const void *bytes, size_t n_bytes,
                                sr_error *error)
{
    assert(file->n_sections > 0);
    file->sections[file->n_sections - 1].n_bytes += n_bytes;
    return n_bytes ? append(file, bytes, n_bytes, error) : SR_OK;
}

uint64_t sr_segment_file_section_bytes(const sr_segment_file *file)
{
    return file->sections[file->n_sections - 1].n_bytes;
}

static sr_status pad(sr_segment_file *file, sr_error *error)
{
    static const uint8_t ZEROS[SR_SECTION_ALIGNMENT] = {0};
    size_t n = (size_t)(-file->n_bytes & (SR_SECTION_ALIGNMENT - 1));
    return n ? append(file, ZEROS, n, error) : SR_OK;
}

sr_status sr_segment_file_begin(sr_segment_file *file, uint32_t type, uint32_t flags,
                                sr_error *error)
{
    assert(file->n_sections < SR_SEGMENT_MAX_SECTIONS);
    SR_TRY(pad(file, error));
    file->sections[file->n_sections++] =
        (sr_section_place){.type = type, .flags = flags, .offset = file->n_bytes};
    return SR_OK;
}

static void encode_header(const sr_segment_file *file, const sr_segment_head *head,
                          uint64_t checks_sum, uint8_t *to)
{
    memset(to, 0, SR_BLOCK_BYTES);
    memcpy(to, SR_SEGMENT_MAGIC, SR_STORE_MAGIC_BYTES);
    sr_store_u32(to + 8, SR_STORE_VERSION);
    sr_store_u32(to + 12, SR_STORE_MIN_READER);
    sr_store_u64(to + 32, head->number);
    sr_store_u64(to + 40, file->n_bytes);
    sr_store_u64(to + 48, head->params_digest);
    sr_store_u64(to + 56, checks_sum);
    sr_store_u32(to + 64, head->doc_count);
    sr_store_u32(to + 68, file->n_sections);
    sr_store_u64(to + 72, head->first_serial);
    for (uint32_t i = 0; i < file->n_sections; i++) {
        const sr_section_place *section = &file->sections[i];
        uint8_t *entry = to + TABLE_OFFSET + (size_t)i * ENTRY_BYTES;
        sr_store_u32(entry, section->type);
        sr_store_u32(entry + 4, section->flags);
        sr_store_u64(entry + 8, section->offset);
        sr_store_u64(entry + 16, section->n_bytes);
    }
    sr_store_u64(to + SR_BLOCK_BYTES - 8, sr_hash_bytes(to, SR_BLOCK_BYTES - 8, 0));
}

sr_status sr_segment_file_finish(sr_segment_file *file, const sr_segment_head *head,
                                 uint64_t *n_bytes, uint64_t *header_sum, sr_error *error)
{
    SR_TRY(pad(file, error));
    SR_TRY(flush_blocks(file, error));
    size_t n_checks = file->n_sums * sizeof *file->sums;
    file->sections[file->n_sections++] = (sr_section_place){.type = SR_SECTION_CHECKS,
                                                            .flags = SR_SECTION_MUST_UNDERSTAND,
                                                            .offset = file->n_bytes,
                                                            .n_bytes = n_checks};
    file->n_bytes += n_checks;
    SR_TRY(sr_file_write(file->fd, file->path, file->sums, n_checks, error));
    uint8_t *header = file->buffer;
    encode_header(file, head, sr_hash_bytes(file->sums, n_checks, 0), header);
    if (lseek(file->fd, 0, SEEK_SET) != 0) {
        return sr_error_set_errno(error, file->path, "can't go back to its start");
    }
    SR_TRY(sr_file_write(file->fd, file->path, header, SR_BLOCK_BYTES, error));
    SR_TRY(sr_file_sync(file->fd, file->path, error));
    *n_bytes = file->n_bytes;
    *header_sum = sr_load_u64(header + SR_BLOCK_BYTES - 8);
    return SR_OK;
}
