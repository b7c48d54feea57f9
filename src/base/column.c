/* column.c — doubling in memory, runs of bytes to a file. */
#include "base/column.h"

#include "base/file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PENDING_BYTES = 1 << 18 };

void sr_column_init(sr_column *column)
{
    *column = (sr_column){.fd = -1};
    sr_buffer_init(&column->pending, SR_BUFFER_NO_LIMIT);
}

void sr_column_release(sr_column *column)
{
    if (column->fd >= 0) {
        sr_paged_free(column->pager, column->bytes);
        (void)close(column->fd);
    } else {
        free(column->bytes);
    }
    free(column->path);
    sr_buffer_release(&column->pending);
    sr_column_init(column);
}

static sr_status no_memory(const sr_column *column, sr_error *error)
{
    return sr_error_set(error, SR_ERR_MEMORY, column->path, 0, "out of memory");
}

sr_status sr_column_move(sr_column *column, sr_pager *pager, const char *dir, sr_error *error)
{
    int fd = -1;
    char *path = strdup(dir);
    if (!path) {
        return no_memory(column, error);
    }
    sr_status status = sr_file_open_unnamed(dir, &fd, error);
    if (status == SR_OK) {
        status = sr_file_pwrite(fd, dir, column->bytes, (size_t)column->n_bytes, 0, error);
    }
    if (status != SR_OK) {
        free(path);
        if (fd >= 0) {
            (void)close(fd);
        }
        return status;
    }
    free(column->bytes);
    column->bytes = NULL;
    column->pager = pager;
    column->fd = fd;
    column->path = path;
    return SR_OK;
}

sr_status sr_column_open(sr_column *column, sr_pager *pager, const char *path, uint64_t n_bytes,
                         sr_error *error)
{
    struct stat about;
    column->path = strdup(path);
    if (!column->path) {
        return no_memory(column, error);
    }
    column->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (column->fd < 0 || fstat(column->fd, &about) != 0) {
        return sr_error_set_errno(error, path, "can't open");
    }
    if ((uint64_t)about.st_size < n_bytes) {
        return sr_error_set(error, SR_ERR_CORRUPT, path, 0, "is too short");
    }
    if (ftruncate(column->fd, (off_t)n_bytes) != 0) {
        return sr_error_set_errno(error, path, "can't cut");
    }
    column->pager = pager;
    column->n_bytes = n_bytes;
    return SR_OK;
}

static sr_status append_in_memory(sr_column *column, const void *bytes, size_t n_bytes,
                                  sr_error *error)
{
    size_t n_all = 0;
    if (!sr_size_add((size_t)column->n_bytes, n_bytes, &n_all) ||
        sr_array_reserve((void **)&column->bytes, &column->capacity, n_all, 1) != SR_OK) {
        return no_memory(column, error);
    }
    if (bytes && n_bytes) {
        memcpy(column->bytes + column->n_bytes, bytes, n_bytes);
    } else if (n_bytes) {
        memset(column->bytes + column->n_bytes, 0, n_bytes);
    }
    column->n_bytes = n_all;
    return SR_OK;
}

sr_status sr_column_append(sr_column *column, const void *bytes, size_t n_bytes, sr_error *error)
{
    if (column->fd < 0) {
        return append_in_memory(column, bytes, n_bytes, error);
    }
    if (sr_buffer_reserve(&column->pending, n_bytes) != SR_OK) {
        return no_memory(column, error);
    }
    char *to = column->pending.data + column->pending.n_bytes;
    if (bytes && n_bytes) {
        memcpy(to, bytes, n_bytes);
    } else if (n_bytes) {
        memset(to, 0, n_bytes);
    }
    column->pending.n_bytes += n_bytes;
    column->n_bytes += n_bytes;
    return column->pending.n_bytes < PENDING_BYTES ? SR_OK : sr_column_flush(column, error);
}

sr_status sr_column_flush(sr_column *column, sr_error *error)
{
    if (column->fd < 0 || column->pending.n_bytes == 0) {
        return SR_OK;
    }
    SR_TRY(sr_file_pwrite(column->fd, column->path, column->pending.data, column->pending.n_bytes,
                          column->n_bytes - column->pending.n_bytes, error));
    sr_buffer_clear(&column->pending);
    return SR_OK;
}

sr_status sr_column_seal(sr_column *column, sr_error *error)
{
    if (column->fd < 0 || column->bytes) {
        return SR_OK;
    }
    SR_TRY(sr_column_flush(column, error));
    void *bytes = NULL;
    SR_TRY(sr_pager_map(column->pager, column->fd, column->path, column->n_bytes, &bytes, error));
    column->bytes = bytes;
    return SR_OK;
}
