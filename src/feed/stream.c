/* stream.c — the part that all layers share (peeking, failures that stay), files, and zstd. */
#include "feed/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

enum { POLL_MS = 100 };

/* One read of the layer itself. Its end and its failure are kept, because a decoder can't be asked
 * twice. */
static sr_status read_layer(sr_stream *stream, char *bytes, size_t capacity, size_t *n_bytes)
{
    if (stream->failure.status != SR_OK || stream->ended) {
        *n_bytes = 0;
        return stream->failure.status;
    }
    stream->failure.status = stream->read(stream, bytes, capacity, n_bytes, &stream->failure);
    stream->ended = stream->failure.status == SR_OK && *n_bytes == 0;
    return stream->failure.status;
}

sr_status sr_stream_read(sr_stream *stream, char *bytes, size_t capacity, size_t *n_bytes,
                         sr_error *error)
{
    size_t n_peeked = stream->head_end - stream->head_at;
    if (n_peeked) {
        *n_bytes = n_peeked < capacity ? n_peeked : capacity;
        memcpy(bytes, stream->head + stream->head_at, *n_bytes);
        stream->head_at += *n_bytes;
        return SR_OK;
    }
    sr_status status = read_layer(stream, bytes, capacity, n_bytes);
    if (status != SR_OK && error) {
        *error = stream->failure;
    }
    return status;
}

sr_str sr_stream_peek(sr_stream *stream)
{
    while (stream->head_end < sizeof stream->head) {
        size_t n;
        if (stream->live && stream->head_end && sr_file_stream_would_wait(stream, 0)) {
            break;
        }
        if (read_layer(stream, stream->head + stream->head_end,
                       sizeof stream->head - stream->head_end, &n) != SR_OK ||
            n == 0) {
            break;
        }
        stream->head_end += n;
    }
    return sr_str_make(stream->head + stream->head_at, stream->head_end - stream->head_at);
}

void sr_stream_close(sr_stream *stream)
{
    if (stream) {
        stream->close(stream);
    }
}

/* ---------------------------------------------------------------- files */

typedef struct file_stream {
    sr_stream stream;
    const sr_observer *observer;
    int fd;
    bool is_regular;
    uint64_t n_read;
    uint64_t n_all; /* 0: unknown */
    char *path;
} file_stream;

static sr_status file_read(sr_stream *stream, char *bytes, size_t capacity, size_t *n_bytes,
                           sr_error *error)
{
    file_stream *file = (file_stream *)stream;
    struct pollfd wait = {.fd = file->fd, .events = POLLIN};
    while (!file->is_regular && poll(&wait, 1, POLL_MS) <= 0) {
        if (sr_observe_cancelled(file->observer)) {
            return SR_ERR_INTERRUPTED; /* a pipe may stay silent for ever */
        }
    }
    ssize_t n;
    do {
        n = read(file->fd, bytes, capacity);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        return sr_error_set_errno(error, file->path, "can't read");
    }
    file->n_read += (uint64_t)n;
    *n_bytes = (size_t)n;
    return SR_OK;
}

static void file_close(sr_stream *stream)
{
    file_stream *file = (file_stream *)stream;
    if (file->fd > STDIN_FILENO) {
        close(file->fd);
    }
    free(file->path);
    free(file);
}

sr_status sr_file_stream_open(const char *path, const sr_observer *observer, sr_stream **out,
                              sr_error *error)
{
    file_stream *file = calloc(1, sizeof *file);
    char *copy = strdup(path);
    if (!file || !copy) {
        free(file);
        free(copy);
        return SR_ERR_MEMORY;
    }
    *file = (file_stream){.stream = {.read = file_read, .close = file_close},
                          .observer = observer,
                          .fd = STDIN_FILENO,
                          .path = copy};
    if (strcmp(path, "-") != 0) {
        file->fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    struct stat info;
    if (file->fd < 0 || fstat(file->fd, &info) != 0) {
        sr_status status = sr_error_set_errno(error, path, "can't open");
        file_close(&file->stream);
        return status;
    }
    file->is_regular = S_ISREG(info.st_mode) && file->fd != STDIN_FILENO;
    if (file->is_regular) {
        file->n_all = (uint64_t)info.st_size;
        (void)posix_fadvise(file->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    }
    *out = &file->stream;
    return SR_OK;
}

uint64_t sr_file_stream_size(const sr_stream *stream)
{
    return ((const file_stream *)stream)->n_all;
}

uint64_t sr_file_stream_position(const sr_stream *stream)
{
    return ((const file_stream *)stream)->n_read;
}

bool sr_file_stream_is_regular(const sr_stream *stream)
{
    return stream->read == file_read && ((const file_stream *)stream)->is_regular;
}

void sr_file_stream_set_live(sr_stream *stream)
{
    stream->live = !((file_stream *)stream)->is_regular;
}

bool sr_file_stream_would_wait(sr_stream *stream, int timeout_ms)
{
    if (!stream->live || stream->head_at < stream->head_end || stream->ended) {
        return false;
    }
    struct pollfd wait = {.fd = ((file_stream *)stream)->fd, .events = POLLIN};
    return poll(&wait, 1, timeout_ms) == 0;
}

bool sr_file_stream_seek(sr_stream *stream, int64_t offset, int whence, int64_t *position)
{
    file_stream *file = (file_stream *)stream;
    off_t reached = lseek(file->fd, (off_t)offset, whence);
    if (reached < 0) {
        return false;
    }
    stream->head_at = stream->head_end = 0;
    stream->ended = false;
    *position = (int64_t)reached;
    return true;
}

/* ---------------------------------------------------------------- zstd */

typedef struct zstd_stream {
    sr_stream stream;
    sr_stream *below;
    ZSTD_DStream *decoder;
    bool in_frame; /* begun and not finished */
    size_t at;     /* of `input` */
    size_t end;
    size_t capacity;
    char input[];
} zstd_stream;

/* More input; false at its end or where it fails. */
static sr_status zstd_refill(zstd_stream *zstd, sr_error *error)
{
    zstd->at = zstd->end = 0;
    SR_TRY(sr_stream_read(zstd->below, zstd->input, zstd->capacity, &zstd->end, error));
    if (zstd->end == 0 && zstd->in_frame) {
        return sr_error_set(error, SR_ERR_FORMAT, NULL, 0, "the zstd data is cut short");
    }
    return SR_OK;
}

static sr_status zstd_read(sr_stream *stream, char *bytes, size_t capacity, size_t *n_bytes,
                           sr_error *error)
{
    zstd_stream *zstd = (zstd_stream *)stream;
    ZSTD_outBuffer out = {.size = capacity};
    out.dst = bytes;
    for (;;) {
        if (zstd->in_frame || zstd->at < zstd->end) {
            ZSTD_inBuffer in = {zstd->input, zstd->end, zstd->at};
            size_t hint = ZSTD_decompressStream(zstd->decoder, &out, &in);
            zstd->at = in.pos;
            if (ZSTD_isError(hint)) {
                return sr_error_set(error, SR_ERR_FORMAT, NULL, 0, "the zstd data is damaged: %s",
                                    ZSTD_getErrorName(hint));
            }
            zstd->in_frame = hint != 0;
        }
        if (out.pos) {
            *n_bytes = out.pos;
            return SR_OK;
        }
        if (zstd->at == zstd->end) {
            SR_TRY(zstd_refill(zstd, error));
            if (zstd->end == 0) {
                *n_bytes = 0;
                return SR_OK;
            }
        }
    }
}

static void zstd_close(sr_stream *stream)
{
    zstd_stream *zstd = (zstd_stream *)stream;
    ZSTD_freeDStream(zstd->decoder);
    free(zstd);
}

sr_status sr_zstd_stream_open(sr_stream *below, sr_stream **out, sr_error *error)
{
    size_t capacity = ZSTD_DStreamInSize();
    zstd_stream *zstd = calloc(1, sizeof *zstd + capacity);
    ZSTD_DStream *decoder = ZSTD_createDStream();
    if (!zstd || !decoder) {
        free(zstd);
        ZSTD_freeDStream(decoder);
        return sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "no memory to decompress zstd");
    }
    *zstd = (zstd_stream){.stream = {.read = zstd_read, .close = zstd_close},
                          .below = below,
                          .decoder = decoder,
                          .capacity = capacity};
    *out = &zstd->stream;
    return SR_OK;
}
