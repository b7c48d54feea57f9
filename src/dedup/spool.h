/* spool.h — what a run must look at a second time: grows by appending, is read back at offsets. Its
 * beginning stands in memory, up to a limit, the rest in an unnamed temporary file. Gone when
 * closed, also after kill -9.
 *
 * Any number of threads append at once, each through a writer of its own, which takes a stretch of
 * the file at a time: an offset depends on who was first, what stands there does not. */
#ifndef SR_DEDUP_SPOOL_H
#define SR_DEDUP_SPOOL_H

#include "base/file.h"

#include <stdatomic.h>

typedef struct sr_spool {
    int fd;                /* −1: closed */
    atomic_ullong n_taken; /* bytes given out to writers */
    char *dir;             /* for messages */
    char *memory;          /* the first `memory_bytes` bytes; NULL: none, all is in the file */
    size_t memory_bytes;
} sr_spool;

/* A closed spool; sr_spool_close accepts it. */
void sr_spool_init(sr_spool *spool);
/* Opens the file in `dir` at once, so that a bad directory is told of early; `max_memory` 0: keeps
 * nothing in memory. */
SR_MUST_USE sr_status sr_spool_open(sr_spool *spool, const char *dir, size_t max_memory,
                                    sr_error *error);
/* In the file `path` from the first byte; what `n_taken` bytes of it hold stays, the rest is cut
 * off. */
SR_MUST_USE sr_status sr_spool_open_file(sr_spool *spool, const char *path, uint64_t n_taken,
                                         sr_error *error);
void sr_spool_close(sr_spool *spool);
/* Of flushed bytes; the view is into the spool's memory or into `scratch`, whose content it
 * replaces. Thread-safe once nobody appends. */
SR_MUST_USE sr_status sr_spool_read(const sr_spool *spool, uint64_t offset, size_t n_bytes,
                                    sr_buffer *scratch, sr_str *view, sr_error *error);

/* One thread's way of appending. */
typedef struct sr_spool_writer {
    sr_spool *spool;
    sr_buffer pending; /* appended, not yet written */
    uint64_t start;    /* where the pending bytes will stand */
    uint64_t end;      /* of the stretch */
} sr_spool_writer;

/* `alone`: the spool has no other writer, so that what is appended stands without gaps from its
 * start. */
void sr_spool_writer_init(sr_spool_writer *writer, sr_spool *spool, bool alone);
void sr_spool_writer_release(sr_spool_writer *writer);
/* Appends two runs of bytes, one behind the other; `*offset` is where they will stand. */
SR_MUST_USE sr_status sr_spool_append(sr_spool_writer *writer, sr_str first, sr_str second,
                                      uint64_t *offset, sr_error *error);
/* Must come between the last append and the first read. */
SR_MUST_USE sr_status sr_spool_flush(sr_spool_writer *writer, sr_error *error);

#endif
