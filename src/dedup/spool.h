/* spool.h — an unnamed temporary file that grows by appending and is read back at offsets: what a
 * run must look at a second time and what does not fit in memory. Gone when closed, also after kill
 * -9. */
#ifndef SR_DEDUP_SPOOL_H
#define SR_DEDUP_SPOOL_H

#include "base/file.h"

typedef struct sr_spool {
    int fd;             /* −1: closed */
    sr_buffer pending;  /* appended, not yet written */
    uint64_t n_written; /* bytes in the file */
    char *dir;          /* for messages */
} sr_spool;

/* A closed spool; sr_spool_close accepts it. */
void sr_spool_init(sr_spool *spool);
SR_MUST_USE sr_status sr_spool_open(sr_spool *spool, const char *dir, sr_error *error);
void sr_spool_close(sr_spool *spool);
/* The offset at which the next byte will stand. */
static inline uint64_t sr_spool_end(const sr_spool *spool)
{
    return spool->n_written + spool->pending.n_bytes;
}
SR_MUST_USE sr_status sr_spool_append(sr_spool *spool, sr_str bytes, sr_error *error);
/* Must come between the last append and the first read. */
SR_MUST_USE sr_status sr_spool_flush(sr_spool *spool, sr_error *error);
/* Replaces what `out` held. Thread-safe. */
SR_MUST_USE sr_status sr_spool_read(const sr_spool *spool, uint64_t offset, size_t n_bytes,
                                    sr_buffer *out, sr_error *error);

#endif
