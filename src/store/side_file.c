/* side_file.c — buffered writing, and reading back in large pieces. */
#include "store/side_file.h"

#include "base/file.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BUFFER_BYTES = 256 * 1024 };

sr_status sr_side_file_init(sr_side_file *side, const char *dir, sr_error *error)
{
    *side = SR_SIDE_FILE_NONE;
    side->dir = dir;
    side->buffer = malloc(BUFFER_BYTES);
    return side->buffer ? sr_file_open_unnamed(dir, &side->fd, error) : SR_ERR_MEMORY;
}

void sr_side_file_close(sr_side_file *side)
{
    sr_file_unmap(side->view);
    if (side->fd >= 0) {
        close(side->fd);
    }
    free(side->buffer);
    *side = SR_SIDE_FILE_NONE;
}

static sr_status flush(sr_side_file *side, sr_error *error)
{
    size_t n = side->n_buffered;
    side->n_buffered = 0;
    return n ? sr_file_write(side->fd, side->dir, side->buffer, n, error) : SR_OK;
}

sr_status sr_side_file_write(sr_side_file *side, const void *bytes, size_t n_bytes, sr_error *error)
{
    const uint8_t *from = bytes;
    side->n_bytes += n_bytes;
    while (n_bytes) {
        size_t room = BUFFER_BYTES - side->n_buffered;
        size_t n = n_bytes < room ? n_bytes : room;
        memcpy(side->buffer + side->n_buffered, from, n);
        side->n_buffered += n;
        from += n;
        n_bytes -= n;
        if (side->n_buffered == BUFFER_BYTES) {
            SR_TRY(flush(side, error));
        }
    }
    return SR_OK;
}

sr_status sr_side_file_move(sr_side_file *side, sr_segment_file *file, sr_error *error)
{
    SR_TRY(flush(side, error));
    for (uint64_t at = 0; at < side->n_bytes;) {
        uint64_t left = side->n_bytes - at;
        size_t n = left < BUFFER_BYTES ? (size_t)left : BUFFER_BYTES;
        SR_TRY(sr_file_pread(side->fd, side->dir, side->buffer, n, at, error));
        SR_TRY(sr_segment_file_write(file, side->buffer, n, error));
        at += n;
    }
    side->n_bytes = 0;
    if (ftruncate(side->fd, 0) != 0 || lseek(side->fd, 0, SEEK_SET) != 0) {
        return sr_error_set_errno(error, side->dir, "can't empty a temporary file");
    }
    return SR_OK;
}

sr_status sr_side_file_map(sr_side_file *side, sr_error *error)
{
    SR_TRY(flush(side, error));
    if (side->n_bytes == 0) {
        return SR_OK;
    }
    void *bytes = mmap(NULL, (size_t)side->n_bytes, PROT_READ, MAP_SHARED, side->fd, 0);
    if (bytes == MAP_FAILED) {
        return sr_error_set_errno(error, side->dir, "can't map a temporary file");
    }
    side->view = sr_str_make(bytes, (size_t)side->n_bytes);
    return SR_OK;
}
