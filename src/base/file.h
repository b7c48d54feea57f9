/* file.h — the few file operations that the store and the outputs are built of, each retried over
 * EINTR and short transfers, each failing with path and errno. Fault-injection tests wrap the calls
 * of this file. */
#ifndef SR_BASE_FILE_H
#define SR_BASE_FILE_H

#include "base/buffer.h"

/* Reads the whole file, at most `max_bytes`. */
SR_MUST_USE sr_status sr_file_read_all(const char *path, sr_buffer *out, sr_error *error);
SR_MUST_USE sr_status sr_file_write(int fd, const char *path, const void *bytes, size_t n_bytes,
                                    sr_error *error);
SR_MUST_USE sr_status sr_file_pwrite(int fd, const char *path, const void *bytes, size_t n_bytes,
                                     uint64_t offset, sr_error *error);
/* Exactly `n_bytes` at `offset`; SR_ERR_CORRUPT where the file is shorter. */
SR_MUST_USE sr_status sr_file_pread(int fd, const char *path, void *bytes, size_t n_bytes,
                                    uint64_t offset, sr_error *error);
SR_MUST_USE sr_status sr_file_sync(int fd, const char *path, sr_error *error);
/* fsync of a directory, so that a rename inside it is durable. */
SR_MUST_USE sr_status sr_file_sync_directory(const char *dir, sr_error *error);
SR_MUST_USE sr_status sr_file_rename(const char *from, const char *to, sr_error *error);
/* Whole file as a read-only mapping; an empty file gives an empty view. */
SR_MUST_USE sr_status sr_file_map(const char *path, sr_str *view, sr_error *error);
void sr_file_unmap(sr_str view);
/* An unnamed file in `dir`, gone when closed. */
SR_MUST_USE sr_status sr_file_open_unnamed(const char *dir, int *fd, sr_error *error);

/* "dir/name", allocated; NULL where memory is out. */
char *sr_path_join(const char *dir, const char *name);

#endif
