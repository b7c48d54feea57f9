/* spool.c — buffered appends, positioned reads. */
#include "dedup/spool.h"

#include <stdlib.h>
#include <unistd.h>

enum { SPOOL_BUFFER_BYTES = 1 << 18 };

void sr_spool_init(sr_spool *spool)
{
    *spool = (sr_spool){.fd = -1};
    sr_buffer_init(&spool->pending, SR_BUFFER_NO_LIMIT);
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
    sr_buffer_release(&spool->pending);
    sr_spool_init(spool);
}

sr_status sr_spool_flush(sr_spool *spool, sr_error *error)
{
    SR_TRY(
        sr_file_write(spool->fd, spool->dir, spool->pending.data, spool->pending.n_bytes, error));
    spool->n_written += spool->pending.n_bytes;
    sr_buffer_clear(&spool->pending);
    return SR_OK;
}

sr_status sr_spool_append(sr_spool *spool, sr_str bytes, sr_error *error)
{
    if (sr_buffer_append_str(&spool->pending, bytes) != SR_OK) {
        return sr_error_set(error, SR_ERR_MEMORY, spool->dir, 0, "out of memory");
    }
    return spool->pending.n_bytes >= SPOOL_BUFFER_BYTES ? sr_spool_flush(spool, error) : SR_OK;
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
