/* spool.c — appends in stretches, positioned reads. */
#include "dedup/spool.h"

#include <stdlib.h>
#include <unistd.h>

enum { STRETCH_BYTES = 1 << 18 };

void sr_spool_init(sr_spool *spool)
{
    spool->fd = -1;
    spool->dir = NULL;
    atomic_init(&spool->n_taken, 0);
}

sr_status sr_spool_open(sr_spool *spool, const char *dir, sr_error *error)
{
    char *copy = strdup(dir);
    if (!copy) {
        return sr_error_set(error, SR_ERR_MEMORY, dir, 0, "out of memory");
    }
    int fd = -1;
    sr_status status = sr_file_open_unnamed(dir, &fd, error);
    if (status != SR_OK) {
        free(copy);
        return status;
    }
    spool->fd = fd;
    spool->dir = copy;
    return SR_OK;
}

void sr_spool_close(sr_spool *spool)
{
    if (spool->fd >= 0) {
        close(spool->fd);
    }
    free(spool->dir);
    sr_spool_init(spool);
}

void sr_spool_writer_init(sr_spool_writer *writer, sr_spool *spool, bool alone)
{
    *writer = (sr_spool_writer){.spool = spool, .end = alone ? UINT64_MAX : 0};
    sr_buffer_init(&writer->pending, SR_BUFFER_NO_LIMIT);
}

void sr_spool_writer_release(sr_spool_writer *writer)
{
    sr_buffer_release(&writer->pending);
}

sr_status sr_spool_flush(sr_spool_writer *writer, sr_error *error)
{
    sr_spool *spool = writer->spool;
    SR_TRY(sr_file_pwrite(spool->fd, spool->dir, writer->pending.data, writer->pending.n_bytes,
                          writer->start, error));
    writer->start += writer->pending.n_bytes;
    if (writer->end == UINT64_MAX) { /* alone: no stretches are taken */
        atomic_store(&spool->n_taken, writer->start);
    }
    sr_buffer_clear(&writer->pending);
    return SR_OK;
}

sr_status sr_spool_append(sr_spool_writer *writer, sr_str first, sr_str second, uint64_t *offset,
                          sr_error *error)
{
    size_t n_bytes = first.n_bytes + second.n_bytes;
    if (writer->end - writer->start - writer->pending.n_bytes < n_bytes) {
        SR_TRY(sr_spool_flush(writer, error));
        uint64_t n_stretch = n_bytes < STRETCH_BYTES ? STRETCH_BYTES : n_bytes;
        writer->start = atomic_fetch_add(&writer->spool->n_taken, n_stretch);
        writer->end = writer->start + n_stretch;
    }
    if (writer->pending.n_bytes >= STRETCH_BYTES) {
        SR_TRY(sr_spool_flush(writer, error));
    }
    *offset = writer->start + writer->pending.n_bytes;
    if (sr_buffer_append_str(&writer->pending, first) != SR_OK ||
        sr_buffer_append_str(&writer->pending, second) != SR_OK) {
        return sr_error_set(error, SR_ERR_MEMORY, writer->spool->dir, 0, "out of memory");
    }
    return SR_OK;
}

sr_status sr_spool_read(const sr_spool *spool, uint64_t offset, size_t n_bytes, sr_buffer *out,
                        sr_error *error)
{
    sr_buffer_clear(out);
    if (sr_buffer_reserve(out, n_bytes) != SR_OK) {
        return sr_error_set(error, SR_ERR_MEMORY, spool->dir, 0, "out of memory");
    }
    SR_TRY(sr_file_pread(spool->fd, spool->dir, out->data, n_bytes, offset, error));
    out->n_bytes = n_bytes;
    return SR_OK;
}
