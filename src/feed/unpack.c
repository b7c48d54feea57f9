/* unpack.c — compressions and archives through libarchive.
 *
 * libarchive is told the filter and the format that our own sniffing found: letting it bid would
 * read a text that happens to look like something as that. A decompression is its "raw" format with
 * one filter. What libarchive has decoded of a block when it meets damage (up to 64 KB) it does not
 * hand out; zstd and gzip therefore go another way. */
#include "feed/stream.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK_BYTES = 64 * 1024 };

/* A libarchive reader over a stream; both kinds of use begin with it. */
typedef struct puller {
    struct archive *handle;
    sr_stream *below;
    const char *data; /* of the entry, handed out by libarchive and not yet taken */
    size_t n_data;
    int64_t data_at;  /* its place in the entry: behind `position` in a sparse one */
    int64_t position; /* in the entry */
    char block[BLOCK_BYTES];
} puller;

static la_ssize_t pull(struct archive *handle, void *context, const void **block)
{
    puller *p = context;
    sr_error error = {0};
    size_t n;
    if (sr_stream_read(p->below, p->block, sizeof p->block, &n, &error) != SR_OK) {
        archive_set_error(handle, error.os_errno ? error.os_errno : EIO, "%s", error.text);
        return ARCHIVE_FATAL;
    }
    *block = p->block;
    return (la_ssize_t)n;
}

static la_int64_t seek(struct archive *handle, void *context, la_int64_t offset, int whence)
{
    puller *p = context;
    int64_t position;
    if (!sr_file_stream_seek(p->below, offset, whence, &position)) {
        archive_set_error(handle, EIO, "can't seek");
        return ARCHIVE_FATAL;
    }
    return position;
}

static const char *reason(struct archive *handle)
{
    const char *text = archive_error_string(handle);
    return text ? text : "damaged";
}

/* Opens the reader over `below`; a regular file may be sought (a zip's list of entries is at its
 * end). */
static sr_status start(puller *p, sr_stream *below, bool may_seek, sr_error *error)
{
    p->below = below;
    archive_read_set_read_callback(p->handle, pull);
    archive_read_set_callback_data(p->handle, p);
    int64_t position;
    if (may_seek && sr_file_stream_is_regular(below) &&
        sr_file_stream_seek(below, 0, SEEK_SET, &position)) {
        archive_read_set_seek_callback(p->handle, seek);
    }
    if (archive_read_open1(p->handle) != ARCHIVE_OK) {
        return sr_error_set(error, SR_ERR_FORMAT, NULL, 0, "%s", reason(p->handle));
    }
    return SR_OK;
}

static void begin_entry(puller *p)
{
    p->n_data = 0;
    p->position = p->data_at = 0;
}

/* More of the entry's data; none is its end. Block by block: archive_read_data forgets what it has
 * when it then fails. */
static sr_status refill(puller *p, sr_error *error)
{
    const void *data = NULL;
    la_int64_t at = p->position;
    int got;
    do {
        got = archive_read_data_block(p->handle, &data, &p->n_data, &at);
    } while (got == ARCHIVE_RETRY || (got == ARCHIVE_OK && p->n_data == 0 && at <= p->position));
    if (got != ARCHIVE_OK && got != ARCHIVE_EOF) {
        p->n_data = 0;
        return sr_error_set(error, SR_ERR_FORMAT, NULL, 0, "%s", reason(p->handle));
    }
    p->data = data;
    p->data_at = at;
    p->n_data = got == ARCHIVE_EOF ? 0 : p->n_data;
    return SR_OK;
}

static sr_status read_data(puller *p, char *bytes, size_t capacity, size_t *n_bytes,
                           sr_error *error)
{
    if (p->n_data == 0 && p->data_at <= p->position) {
        SR_TRY(refill(p, error));
    }
    uint64_t n_hole = p->data_at > p->position ? (uint64_t)(p->data_at - p->position) : 0;
    if (n_hole) {
        *n_bytes = n_hole < capacity ? (size_t)n_hole : capacity;
        memset(bytes, 0, *n_bytes);
    } else {
        *n_bytes = p->n_data < capacity ? p->n_data : capacity;
        if (*n_bytes) {
            memcpy(bytes, p->data, *n_bytes);
            p->data += *n_bytes;
        }
        p->n_data -= *n_bytes;
        p->data_at += (int64_t)*n_bytes;
    }
    p->position += (int64_t)*n_bytes;
    return SR_OK;
}

/* ---------------------------------------------------------------- one compressed stream */

typedef struct unpack_stream {
    sr_stream stream;
    bool started; /* past the header of the only entry */
    puller puller;
} unpack_stream;

static sr_status unpack_read(sr_stream *stream, char *bytes, size_t capacity, size_t *n_bytes,
                             sr_error *error)
{
    unpack_stream *unpack = (unpack_stream *)stream;
    if (!unpack->started) {
        struct archive_entry *entry;
        int got = archive_read_next_header(unpack->puller.handle, &entry);
        if (got == ARCHIVE_EOF) {
            *n_bytes = 0;
            return SR_OK;
        }
        if (got < ARCHIVE_WARN) {
            return sr_error_set(error, SR_ERR_FORMAT, NULL, 0, "%s", reason(unpack->puller.handle));
        }
        unpack->started = true;
        begin_entry(&unpack->puller);
    }
    return read_data(&unpack->puller, bytes, capacity, n_bytes, error);
}

static void unpack_close(sr_stream *stream)
{
    unpack_stream *unpack = (unpack_stream *)stream;
    archive_read_free(unpack->puller.handle);
    free(unpack);
}

static int filter_code(sr_compression compression)
{
    switch (compression) {
    case SR_COMPRESSION_XZ:
        return ARCHIVE_FILTER_XZ;
    case SR_COMPRESSION_BZ2:
        return ARCHIVE_FILTER_BZIP2;
    default:
        return ARCHIVE_FILTER_LZ4;
    }
}

sr_status sr_unpack_stream_open(sr_compression compression, sr_stream *below, sr_stream **out,
                                sr_error *error)
{
    if (compression == SR_COMPRESSION_ZST) {
        return sr_zstd_stream_open(below, out, error);
    }
    if (compression == SR_COMPRESSION_GZ) {
        return sr_gzip_stream_open(below, out, error);
    }
    unpack_stream *unpack = calloc(1, sizeof *unpack);
    struct archive *handle = archive_read_new();
    if (!unpack || !handle) {
        free(unpack);
        archive_read_free(handle);
        return sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "no memory to decompress");
    }
    unpack->stream = (sr_stream){.read = unpack_read, .close = unpack_close};
    unpack->puller.handle = handle;
    sr_status status = SR_OK;
    if (archive_read_support_format_raw(handle) != ARCHIVE_OK ||
        archive_read_support_format_empty(handle) != ARCHIVE_OK ||
        archive_read_append_filter(handle, filter_code(compression)) != ARCHIVE_OK) {
        status = sr_error_set(error, SR_ERR_UNSUPPORTED, NULL, 0, "%s", reason(handle));
    } else {
        status = start(&unpack->puller, below, false, error);
    }
    if (status != SR_OK) {
        unpack_close(&unpack->stream);
        return status;
    }
    if (archive_errno(handle)) {
        /* Damage in the first block: libarchive took it for an empty file, but says so. */
        sr_error_set(&unpack->stream.failure, SR_ERR_FORMAT, NULL, 0, "%s", reason(handle));
    }
    *out = &unpack->stream;
    return SR_OK;
}

/* ---------------------------------------------------------------- archives */

struct sr_archive {
    sr_stream content; /* of the current entry */
    puller puller;
    uint64_t n_entries;
    char unnamed[48];
};

static sr_status content_read(sr_stream *stream, char *bytes, size_t capacity, size_t *n_bytes,
                              sr_error *error)
{
    sr_archive *archive = (sr_archive *)stream;
    return read_data(&archive->puller, bytes, capacity, n_bytes, error);
}

static void content_close(sr_stream *stream)
{
    (void)stream; /* it is a part of its archive */
}

sr_status sr_archive_open(sr_archive_kind kind, sr_stream *below, sr_archive **out, sr_error *error)
{
    sr_archive *archive = calloc(1, sizeof *archive);
    struct archive *handle = archive_read_new();
    if (!archive || !handle) {
        free(archive);
        archive_read_free(handle);
        return sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "no memory to read an archive");
    }
    archive->puller.handle = handle;
    int supported = kind == SR_ARCHIVE_ZIP ? archive_read_support_format_zip(handle)
                                           : archive_read_support_format_tar(handle);
    sr_status status = SR_OK;
    if (supported < ARCHIVE_WARN ||
        archive_read_append_filter(handle, ARCHIVE_FILTER_NONE) < ARCHIVE_WARN) {
        status = sr_error_set(error, SR_ERR_UNSUPPORTED, NULL, 0, "%s", reason(handle));
    } else {
        status = start(&archive->puller, below, kind == SR_ARCHIVE_ZIP, error);
    }
    if (status != SR_OK) {
        sr_archive_close(archive);
        return status;
    }
    *out = archive;
    return SR_OK;
}

void sr_archive_close(sr_archive *archive)
{
    if (archive) {
        archive_read_free(archive->puller.handle);
        free(archive);
    }
}

/* The name as bytes; where they have no form in the C locale, as UTF-8. */
static const char *entry_name(sr_archive *archive, struct archive_entry *entry)
{
    const char *name = archive_entry_pathname_utf8(entry);
    if (!name) {
        name = archive_entry_pathname(entry);
    }
    if (!name || !name[0]) {
        snprintf(archive->unnamed, sizeof archive->unnamed, "entry-%llu",
                 (unsigned long long)archive->n_entries);
        name = archive->unnamed;
    }
    return name;
}

sr_status sr_archive_next(sr_archive *archive, sr_archive_entry *entry, bool *found,
                          sr_error *error)
{
    struct archive_entry *header;
    int got;
    do {
        got = archive_read_next_header(archive->puller.handle, &header);
    } while (got == ARCHIVE_RETRY);
    if (got == ARCHIVE_EOF) {
        *found = false;
        return SR_OK;
    }
    if (got < ARCHIVE_WARN) {
        return sr_error_set(error, SR_ERR_FORMAT, NULL, 0, "the archive is damaged: %s",
                            reason(archive->puller.handle));
    }
    archive->n_entries++;
    begin_entry(&archive->puller);
    archive->content = (sr_stream){.read = content_read, .close = content_close};
    bool is_link = archive_entry_hardlink(header) || archive_entry_filetype(header) == AE_IFLNK;
    *entry = (sr_archive_entry){.name = entry_name(archive, header),
                                .is_file = archive_entry_filetype(header) == AE_IFREG && !is_link,
                                .is_link = is_link,
                                .modified_s = (int64_t)archive_entry_mtime(header)};
    *found = true;
    return SR_OK;
}

sr_stream *sr_archive_content(sr_archive *archive)
{
    return &archive->content;
}
