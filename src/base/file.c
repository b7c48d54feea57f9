/* file.c — file operations with whole transfers and named failures. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

sr_status sr_file_read_all(const char *path, sr_buffer *out, sr_error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return sr_error_set_errno(error, path, "can't open");
    }
    sr_status status = SR_OK;
    ssize_t n = 1;
    while (status == SR_OK && n != 0) {
        char piece[16384];
        n = read(fd, piece, sizeof piece);
        if (n < 0 && errno != EINTR) {
            status = sr_error_set_errno(error, path, "can't read");
        } else if (n > 0) {
            status = sr_buffer_append(out, piece, (size_t)n);
        }
    }
    if (status == SR_ERR_LIMIT) {
        sr_error_set(error, status, path, 0, "the file is larger than %zu bytes", out->max_bytes);
    }
    close(fd);
    return status;
}

sr_status sr_file_write(int fd, const char *path, const void *bytes, size_t n_bytes,
                        sr_error *error)
{
    const char *from = bytes;
    while (n_bytes) {
        ssize_t n = write(fd, from, n_bytes);
        if (n < 0 && errno != EINTR) {
            return sr_error_set_errno(error, path, "can't write");
        }
        from += n > 0 ? n : 0;
        n_bytes -= n > 0 ? (size_t)n : 0;
    }
    return SR_OK;
}

sr_status sr_file_pwrite(int fd, const char *path, const void *bytes, size_t n_bytes,
                         uint64_t offset, sr_error *error)
{
    const char *from = bytes;
    while (n_bytes) {
        ssize_t n = pwrite(fd, from, n_bytes, (off_t)offset);
        if (n < 0 && errno != EINTR) {
            return sr_error_set_errno(error, path, "can't write");
        }
        from += n > 0 ? n : 0;
        offset += n > 0 ? (uint64_t)n : 0;
        n_bytes -= n > 0 ? (size_t)n : 0;
    }
    return SR_OK;
}

sr_status sr_file_pread(int fd, const char *path, void *bytes, size_t n_bytes, uint64_t offset,
                        sr_error *error)
{
    char *to = bytes;
    while (n_bytes) {
        ssize_t n = pread(fd, to, n_bytes, (off_t)offset);
        if (n == 0) {
            return sr_error_set(error, SR_ERR_CORRUPT, path, 0,
                                "the file ends at byte %llu, too early",
                                (unsigned long long)offset);
        }
        if (n < 0 && errno != EINTR) {
            return sr_error_set_errno(error, path, "can't read");
        }
        to += n > 0 ? n : 0;
        offset += n > 0 ? (uint64_t)n : 0;
        n_bytes -= n > 0 ? (size_t)n : 0;
    }
    return SR_OK;
}

sr_status sr_file_sync(int fd, const char *path, sr_error *error)
{
    return fsync(fd) == 0 ? SR_OK : sr_error_set_errno(error, path, "can't make it durable");
}

sr_status sr_file_sync_directory(const char *dir, sr_error *error)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return sr_error_set_errno(error, dir, "can't open the directory");
    }
    sr_status status = sr_file_sync(fd, dir, error);
    close(fd);
    return status;
}

sr_status sr_file_rename(const char *from, const char *to, sr_error *error)
{
    return rename(from, to) == 0 ? SR_OK
                                 : sr_error_set_errno(error, to, "can't rename %s to it", from);
}

sr_status sr_file_map(const char *path, sr_str *view, sr_error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return sr_error_set_errno(error, path, "can't open");
    }
    struct stat info;
    void *bytes = NULL;
    size_t n_bytes = 0;
    sr_status status = SR_OK;
    if (fstat(fd, &info) != 0) {
        status = sr_error_set_errno(error, path, "can't ask for its size");
    } else if (info.st_size > 0) {
        n_bytes = (size_t)info.st_size;
        bytes = mmap(NULL, n_bytes, PROT_READ, MAP_SHARED, fd, 0);
        if (bytes == MAP_FAILED) {
            status = sr_error_set_errno(error, path, "can't map");
        }
    }
    close(fd);
    if (status == SR_OK) {
        *view = sr_str_make(bytes, n_bytes);
    }
    return status;
}

void sr_file_unmap(sr_str view)
{
    if (view.n_bytes) {
        munmap((void *)(uintptr_t)view.data, view.n_bytes);
    }
}

sr_status sr_file_open_unnamed(const char *dir, int *fd, sr_error *error)
{
    int unnamed = open(dir, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
    if (unnamed >= 0) {
        *fd = unnamed;
        return SR_OK;
    }
    /* Not every file system can: a name that lives for a moment. */
    char *path = sr_path_join(dir, "simrank-XXXXXX");
    if (!path) {
        return SR_ERR_MEMORY;
    }
    int opened = mkostemp(path, O_CLOEXEC);
    sr_status status = SR_OK;
    if (opened < 0) {
        status = sr_error_set_errno(error, dir, "can't make a temporary file");
    } else {
        unlink(path);
        *fd = opened;
    }
    free(path);
    return status;
}

char *sr_path_join(const char *dir, const char *name)
{
    size_t n_dir = strlen(dir);
    bool slash = n_dir > 0 && dir[n_dir - 1] != '/';
    size_t n_total = n_dir + strlen(name) + 2;
    char *path = malloc(n_total);
    if (path) {
        snprintf(path, n_total, "%s%s%s", dir, slash ? "/" : "", name);
    }
    return path;
}
