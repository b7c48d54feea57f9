/* npy.c — header, rows, rename (see npy.h). */
#include "base/npy.h"

#include "base/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Magic, version, and a dictionary padded so that the data begin at a multiple of 64. */
static sr_status write_header(int fd, const char *path, const char *type, uint64_t n_rows,
                              uint32_t n_columns, sr_error *error)
{
    enum { HEADER_BYTES = 128 };
    char header[HEADER_BYTES + 1];
    memset(header, ' ', sizeof header);
    memcpy(header, "\x93NUMPY\x01\x00", 8);
    header[8] = HEADER_BYTES - 10;
    header[9] = 0;
    int n = snprintf(header + 10, HEADER_BYTES - 10,
                     "{'descr': '%s', 'fortran_order': False, 'shape': (%llu, %u), }", type,
                     (unsigned long long)n_rows, n_columns);
    header[10 + n] = ' ';
    header[HEADER_BYTES - 1] = '\n';
    return sr_file_write(fd, path, header, HEADER_BYTES, error);
}

static sr_status write_rows(int fd, const char *path, sr_npy_next next, void *context,
                            sr_error *error)
{
    sr_buffer rows;
    sr_buffer_init(&rows, SR_BUFFER_NO_LIMIT);
    sr_status status = next(context, &rows, error);
    while (status == SR_OK && rows.n_bytes) {
        status = sr_file_write(fd, path, rows.data, rows.n_bytes, error);
        sr_buffer_clear(&rows);
        status = status == SR_OK ? next(context, &rows, error) : status;
    }
    sr_buffer_release(&rows);
    return status;
}

sr_status sr_npy_write(const char *path, const char *type, uint64_t n_rows, uint32_t n_columns,
                       sr_npy_next next, void *context, sr_error *error)
{
    size_t n_bytes = strlen(path) + sizeof ".tmp";
    char *temporary = malloc(n_bytes);
    if (!temporary) {
        return SR_ERR_MEMORY;
    }
    snprintf(temporary, n_bytes, "%s.tmp", path);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    sr_status status = fd >= 0 ? write_header(fd, path, type, n_rows, n_columns, error)
                               : sr_error_set_errno(error, path, "can't create");
    if (status == SR_OK) {
        status = write_rows(fd, path, next, context, error);
    }
    if (fd >= 0 && close(fd) != 0 && status == SR_OK) {
        status = sr_error_set_errno(error, path, "can't write");
    }
    if (status == SR_OK) {
        status = sr_file_rename(temporary, path, error);
    }
    if (status != SR_OK && fd >= 0) {
        unlink(temporary);
    }
    free(temporary);
    return status;
}
