/* archive_output.c — libarchive's tar (GNU: names of any bytes and length) and zip writers. Entries
 * keep their name and time; their owner and mode are plain ones, so that the same input gives the
 * same archive. */
#include "feed/archive_output.h"

#include "base/file.h"
#include "feed/encoder.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { COPY_BYTES = 64 * 1024, ENTRY_MODE = 0644 };

struct sr_archive_output {
    struct archive *handle;
    sr_output *output;
    sr_status status; /* of writing to the output, called back by libarchive */
    sr_error error;
    const char *directory; /* borrowed */
    int fd;                /* the entry's content */
    uint64_t n_content;
    sr_encoder *encoder; /* of the entry */
    struct archive_entry *entry;
};

static la_ssize_t write_block(struct archive *handle, void *context, const void *bytes, size_t n)
{
    sr_archive_output *archive = context;
    if (archive->status == SR_OK) {
        archive->status = sr_output_write(archive->output, sr_str_make(bytes, n), &archive->error);
    }
    if (archive->status != SR_OK) {
        archive_set_error(handle, EIO, "%s", archive->error.text);
        return -1;
    }
    return (la_ssize_t)n;
}

static sr_status fail(const sr_archive_output *archive, sr_error *error)
{
    if (archive->status != SR_OK) {
        if (error) {
            *error = archive->error;
        }
        return archive->status;
    }
    const char *text = archive_error_string(archive->handle);
    return sr_error_set(error, SR_ERR_IO, NULL, 0, "can't write the archive: %s",
                        text ? text : "failed");
}

static sr_status emit_content(void *context, const char *bytes, size_t n_bytes, sr_error *error)
{
    sr_archive_output *archive = context;
    archive->n_content += n_bytes;
    return sr_file_write(archive->fd, archive->directory, bytes, n_bytes, error);
}

sr_status sr_archive_output_open(sr_archive_kind kind, const char *directory, sr_output *output,
                                 sr_archive_output **out, sr_error *error)
{
    sr_archive_output *archive = calloc(1, sizeof *archive);
    struct archive *handle = archive_write_new();
    if (!archive || !handle) {
        free(archive);
        archive_write_free(handle);
        return sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "no memory to write an archive");
    }
    *archive =
        (sr_archive_output){.handle = handle, .output = output, .directory = directory, .fd = -1};
    sr_status status = sr_file_open_unnamed(directory, &archive->fd, error);
    int format = kind == SR_ARCHIVE_ZIP ? archive_write_set_format_zip(handle)
                                        : archive_write_set_format_gnutar(handle);
    if (status == SR_OK &&
        (format != ARCHIVE_OK ||
         archive_write_open2(handle, archive, NULL, write_block, NULL, NULL) != ARCHIVE_OK)) {
        status = fail(archive, error);
    }
    if (status != SR_OK) {
        sr_archive_output_free(archive);
        return status;
    }
    *out = archive;
    return SR_OK;
}

sr_status sr_archive_output_begin(sr_archive_output *archive, const sr_feed_member *member,
                                  sr_error *error)
{
    if (ftruncate(archive->fd, 0) != 0 || lseek(archive->fd, 0, SEEK_SET) != 0) {
        return sr_error_set_errno(error, archive->directory, "can't empty a temporary file");
    }
    archive->n_content = 0;
    archive->entry = archive_entry_new();
    if (!archive->entry) {
        return sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "no memory to write an archive");
    }
    archive_entry_set_pathname(archive->entry, member->entry);
    archive_entry_set_filetype(archive->entry, AE_IFREG);
    archive_entry_set_perm(archive->entry, ENTRY_MODE);
    archive_entry_set_mtime(archive->entry, (time_t)member->entry_modified_s, 0);
    return sr_encoder_create(member->entry_compression, emit_content, archive, &archive->encoder,
                             error);
}

sr_status sr_archive_output_write(sr_archive_output *archive, sr_str bytes, sr_error *error)
{
    return sr_encoder_write(archive->encoder, bytes, error);
}

static sr_status copy_content(sr_archive_output *archive, sr_error *error)
{
    char *block = malloc(COPY_BYTES);
    if (!block) {
        return sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "no memory to write an archive");
    }
    sr_status status = SR_OK;
    for (uint64_t at = 0; at < archive->n_content && status == SR_OK;) {
        uint64_t n_left = archive->n_content - at;
        size_t n = n_left < COPY_BYTES ? (size_t)n_left : COPY_BYTES;
        status = sr_file_pread(archive->fd, archive->directory, block, n, at, error);
        if (status == SR_OK && archive_write_data(archive->handle, block, n) != (la_ssize_t)n) {
            status = fail(archive, error);
        }
        at += n;
    }
    free(block);
    return status;
}

sr_status sr_archive_output_end(sr_archive_output *archive, sr_error *error)
{
    SR_TRY(sr_encoder_finish(archive->encoder, error));
    sr_encoder_free(archive->encoder);
    archive->encoder = NULL;
    archive_entry_set_size(archive->entry, (la_int64_t)archive->n_content);
    if (archive_write_header(archive->handle, archive->entry) < ARCHIVE_WARN) {
        return fail(archive, error);
    }
    SR_TRY(copy_content(archive, error));
    archive_entry_free(archive->entry);
    archive->entry = NULL;
    return archive_write_finish_entry(archive->handle) < ARCHIVE_WARN ? fail(archive, error)
                                                                      : SR_OK;
}

sr_status sr_archive_output_finish(sr_archive_output *archive, sr_error *error)
{
    return archive_write_close(archive->handle) == ARCHIVE_OK ? SR_OK : fail(archive, error);
}

void sr_archive_output_free(sr_archive_output *archive)
{
    if (archive) {
        if (archive->status == SR_OK) {
            archive->status = SR_ERR_INTERRUPTED; /* what closing would still write is dropped */
        }
        sr_encoder_free(archive->encoder);
        archive_entry_free(archive->entry);
        archive_write_free(archive->handle);
        if (archive->fd >= 0) {
            close(archive->fd);
        }
        free(archive);
    }
}
