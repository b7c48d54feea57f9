/* spool.c — appends in stretches, positioned reads. A byte has the same offset in memory and in the
 * file, which is sparse where memory has the bytes. The memory is asked for in huge pages: with
 * small ones, their faults cost as much as writing to the file would. */
#include "dedup/spool.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { STRETCH_BYTES = 1 << 18 };

void sr_spool_init(sr_spool *spool)
{
    spool->fd = -1;
    spool->dir = NULL;
    spool->memory = NULL;
    spool->memory_bytes = 0;
    atomic_init(&spool->n_taken, 0);
}

/* Address space, which costs nothing until it is written to; NULL is fine: the file is used. */
static void reserve_memory(sr_spool *spool, size_t n_bytes)
{
    void *memory = n_bytes ? mmap(NULL, n_bytes, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
                           : MAP_FAILED;
    if (memory != MAP_FAILED) {
        (void)madvise(memory, n_bytes, MADV_HUGEPAGE);
        spool->memory = memory;
        spool->memory_bytes = n_bytes;
    }
}

sr_status sr_spool_open(sr_spool *spool, const char *dir, size_t max_memory, sr_error *error)
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
    reserve_memory(spool, max_memory);
    return SR_OK;
}

sr_status sr_spool_open_file(sr_spool *spool, const char *path, uint64_t n_taken, sr_error *error)
{
    char *copy = strdup(path);
    if (!copy) {
        return sr_error_set(error, SR_ERR_MEMORY, path, 0, "out of memory");
    }
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, (off_t)n_taken) != 0) {
        sr_status status = sr_error_set_errno(error, path, "can't open");
        if (fd >= 0) {
            (void)close(fd);
        }
        free(copy);
        return status;
    }
    spool->fd = fd;
    spool->dir = copy;
    atomic_store(&spool->n_taken, n_taken);
    return SR_OK;
}

void sr_spool_close(sr_spool *spool)
{
    if (spool->fd >= 0) {
        close(spool->fd);
    }
    if (spool->memory) {
        munmap(spool->memory, spool->memory_bytes);
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

/* How many of `n_bytes` bytes from `offset` on stand in memory. */
static size_t count_in_memory(const sr_spool *spool, uint64_t offset, size_t n_bytes)
{
    uint64_t room = offset < spool->memory_bytes ? spool->memory_bytes - offset : 0;
    return n_bytes < room ? n_bytes : (size_t)room;
}

sr_status sr_spool_flush(sr_spool_writer *writer, sr_error *error)
{
    sr_spool *spool = writer->spool;
    const char *bytes = writer->pending.data;
    size_t n_bytes = writer->pending.n_bytes;
    size_t n_kept = count_in_memory(spool, writer->start, n_bytes);
    if (n_kept) {
        memcpy(spool->memory + writer->start, bytes, n_kept);
    }
    if (n_bytes > n_kept) {
        SR_TRY(sr_file_pwrite(spool->fd, spool->dir, bytes + n_kept, n_bytes - n_kept,
                              writer->start + n_kept, error));
    }
    writer->start += n_bytes;
    if (writer->end == UINT64_MAX) { /* alone: no stretches are taken */
        atomic_store(&spool->n_taken, writer->start);
    }
    sr_buffer_clear(&writer->pending);
    return SR_OK;
}

/* Puts bytes where they will stand, if that is in memory; nobody else's are there. */
static bool append_at_once(sr_spool_writer *writer, sr_str first, sr_str second)
{
    sr_spool *spool = writer->spool;
    size_t n_bytes = first.n_bytes + second.n_bytes;
    if (n_bytes == 0 || writer->pending.n_bytes > 0 ||
        count_in_memory(spool, writer->start, n_bytes) < n_bytes) {
        return false;
    }
    char *place = spool->memory + writer->start;
    if (first.n_bytes) { /* no bytes may have no address */
        memcpy(place, first.data, first.n_bytes);
    }
    if (second.n_bytes) {
        memcpy(place + first.n_bytes, second.data, second.n_bytes);
    }
    writer->start += n_bytes;
    return true;
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
    if (append_at_once(writer, first, second)) {
        return SR_OK;
    }
    if (sr_buffer_append_str(&writer->pending, first) != SR_OK ||
        sr_buffer_append_str(&writer->pending, second) != SR_OK) {
        return sr_error_set(error, SR_ERR_MEMORY, writer->spool->dir, 0, "out of memory");
    }
    return SR_OK;
}

sr_status sr_spool_read(const sr_spool *spool, uint64_t offset, size_t n_bytes, sr_buffer *scratch,
                        sr_str *view, sr_error *error)
{
    size_t n_kept = count_in_memory(spool, offset, n_bytes);
    if (n_kept == n_bytes) {
        *view = sr_str_make(n_bytes ? spool->memory + offset : "", n_bytes);
        return SR_OK;
    }
    sr_buffer_clear(scratch);
    if (sr_buffer_reserve(scratch, n_bytes) != SR_OK) {
        return sr_error_set(error, SR_ERR_MEMORY, spool->dir, 0, "out of memory");
    }
    if (n_kept) {
        memcpy(scratch->data, spool->memory + offset, n_kept);
    }
    SR_TRY(sr_file_pread(spool->fd, spool->dir, scratch->data + n_kept, n_bytes - n_kept,
                         offset + n_kept, error));
    scratch->n_bytes = n_bytes;
    *view = sr_buffer_view(scratch);
    return SR_OK;
}
