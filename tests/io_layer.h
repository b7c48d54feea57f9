/* io_layer.h — the system calls of the store, wrapped by the linker (--wrap): each can be made to
 * fail, and what was done can be kept in a journal.
 *
 * A plan names a call by its number since the plan began and says what happens to it. The calls are
 * counted over all kinds, so that 1, 2, 3 … walks through everything that a scenario asks of the
 * system. One thread at a time.
 */
#ifndef IO_LAYER_H
#define IO_LAYER_H

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

typedef enum io_fault {
    IO_NONE,
    IO_FAIL,        /* the call fails: no space where it writes, EIO elsewhere */
    IO_FULL,        /* from this call on nothing can be written */
    IO_TORN,        /* a transfer does a half of what was asked, and the next one fails */
    IO_SHORT,       /* from this call on each transfer does at most half */
    IO_INTERRUPTED, /* every other transfer ends with EINTR */
    IO_FAULT_COUNT
} io_fault;

static struct io_plan {
    bool is_on;
    io_fault fault;
    long at;      /* the call that it happens to */
    long n_calls; /* so far */
    long n_hit;   /* calls that were not let through as they are */
} io_plan;

/* Told of every change to a file; offsets are where the bytes went. */
typedef struct io_journal {
    void (*created)(const char *path, int fd);
    void (*written)(int fd, const void *bytes, size_t n_bytes, uint64_t offset);
    void (*truncated)(int fd, uint64_t n_bytes);
    void (*synced)(int fd);
    void (*renamed)(const char *from, const char *to);
    void (*unlinked)(const char *path);
    void (*closed)(int fd);
} io_journal;

static const io_journal *io_listener;

static inline void io_begin(io_fault fault, long at)
{
    io_plan = (struct io_plan){.is_on = true, .fault = fault, .at = at};
}

static inline void io_end(void)
{
    io_plan.is_on = false;
}

/* What is to happen to this call. */
static io_fault io_next(bool is_transfer, bool is_writing)
{
    if (!io_plan.is_on) {
        return IO_NONE;
    }
    long number = ++io_plan.n_calls;
    io_fault fault = IO_NONE;
    switch (io_plan.fault) {
    case IO_FAIL:
        fault = number == io_plan.at ? IO_FAIL : IO_NONE;
        break;
    case IO_FULL:
        fault = number >= io_plan.at && is_writing ? IO_FAIL : IO_NONE;
        break;
    case IO_TORN:
        fault = number == io_plan.at && is_transfer ? IO_SHORT
                : number == io_plan.at + 1          ? IO_FAIL
                                                    : IO_NONE;
        break;
    case IO_SHORT:
        fault = number >= io_plan.at && is_transfer ? IO_SHORT : IO_NONE;
        break;
    case IO_INTERRUPTED:
        fault = number >= io_plan.at && is_transfer && number % 2 ? IO_INTERRUPTED : IO_NONE;
        break;
    default:
        break;
    }
    io_plan.n_hit += fault != IO_NONE;
    return fault;
}

/* True where the call must fail, with errno set. */
static bool io_fails(io_fault fault, bool is_writing)
{
    if (fault == IO_FAIL || fault == IO_INTERRUPTED) {
        errno = fault == IO_INTERRUPTED ? EINTR : is_writing ? ENOSPC : EIO;
        return true;
    }
    return false;
}

static size_t io_length(io_fault fault, size_t n_bytes)
{
    return fault == IO_SHORT && n_bytes > 1 ? n_bytes / 2 : n_bytes;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __real_close(int fd);
int __wrap_close(int fd);
ssize_t __real_read(int fd, void *bytes, size_t n_bytes);
ssize_t __wrap_read(int fd, void *bytes, size_t n_bytes);
ssize_t __real_write(int fd, const void *bytes, size_t n_bytes);
ssize_t __wrap_write(int fd, const void *bytes, size_t n_bytes);
ssize_t __real_pread(int fd, void *bytes, size_t n_bytes, off_t offset);
ssize_t __wrap_pread(int fd, void *bytes, size_t n_bytes, off_t offset);
ssize_t __real_pwrite(int fd, const void *bytes, size_t n_bytes, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t n_bytes, off_t offset);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_ftruncate(int fd, off_t n_bytes);
int __wrap_ftruncate(int fd, off_t n_bytes);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __real_unlink(const char *path);
int __wrap_unlink(const char *path);
void *__real_mmap(void *at, size_t n_bytes, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *at, size_t n_bytes, int protection, int flags, int fd, off_t offset);

int __wrap_open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    if (flags & O_CREAT) {
        va_list arguments;
        va_start(arguments, flags);
        mode = (mode_t)va_arg(arguments, int);
        va_end(arguments);
    }
    bool is_writing = (flags & O_CREAT) != 0;
    if (io_fails(io_next(false, is_writing), is_writing)) {
        return -1;
    }
    int fd = __real_open(path, flags, mode);
    if (fd >= 0 && io_listener) {
        io_listener->created(path, fd);
        if (flags & O_TRUNC) {
            io_listener->truncated(fd, 0);
        }
    }
    return fd;
}

int __wrap_close(int fd)
{
    if (io_listener) {
        io_listener->closed(fd);
    }
    return __real_close(fd);
}

ssize_t __wrap_read(int fd, void *bytes, size_t n_bytes)
{
    io_fault fault = io_next(true, false);
    return io_fails(fault, false) ? -1 : __real_read(fd, bytes, io_length(fault, n_bytes));
}

ssize_t __wrap_pread(int fd, void *bytes, size_t n_bytes, off_t offset)
{
    io_fault fault = io_next(true, false);
    return io_fails(fault, false) ? -1 : __real_pread(fd, bytes, io_length(fault, n_bytes), offset);
}

ssize_t __wrap_write(int fd, const void *bytes, size_t n_bytes)
{
    io_fault fault = io_next(true, true);
    if (io_fails(fault, true)) {
        return -1;
    }
    off_t at = lseek(fd, 0, SEEK_CUR);
    ssize_t n = __real_write(fd, bytes, io_length(fault, n_bytes));
    if (n > 0 && io_listener) {
        io_listener->written(fd, bytes, (size_t)n, (uint64_t)at);
    }
    return n;
}

ssize_t __wrap_pwrite(int fd, const void *bytes, size_t n_bytes, off_t offset)
{
    io_fault fault = io_next(true, true);
    if (io_fails(fault, true)) {
        return -1;
    }
    ssize_t n = __real_pwrite(fd, bytes, io_length(fault, n_bytes), offset);
    if (n > 0 && io_listener) {
        io_listener->written(fd, bytes, (size_t)n, (uint64_t)offset);
    }
    return n;
}

int __wrap_fsync(int fd)
{
    if (io_fails(io_next(false, false), false)) {
        return -1;
    }
    /* Nothing here outlives the machine; what fsync promises is modelled by the journal. */
    if (io_listener) {
        io_listener->synced(fd);
    }
    return 0;
}

int __wrap_ftruncate(int fd, off_t n_bytes)
{
    if (io_fails(io_next(false, true), true)) {
        return -1;
    }
    if (io_listener) {
        io_listener->truncated(fd, (uint64_t)n_bytes);
    }
    return __real_ftruncate(fd, n_bytes);
}

int __wrap_rename(const char *from, const char *to)
{
    if (io_fails(io_next(false, true), true)) {
        return -1;
    }
    int result = __real_rename(from, to);
    if (result == 0 && io_listener) {
        io_listener->renamed(from, to);
    }
    return result;
}

int __wrap_unlink(const char *path)
{
    if (io_fails(io_next(false, false), false)) {
        return -1;
    }
    int result = __real_unlink(path);
    if (result == 0 && io_listener) {
        io_listener->unlinked(path);
    }
    return result;
}

void *__wrap_mmap(void *at, size_t n_bytes, int protection, int flags, int fd, off_t offset)
{
    if (fd >= 0 && io_fails(io_next(false, false), false)) {
        return MAP_FAILED;
    }
    return __real_mmap(at, n_bytes, protection, flags, fd, offset);
}

#endif
