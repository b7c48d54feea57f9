/* paged.h — big blocks of memory that can be set down on disk, so that a run over any input keeps
 * to what it may have resident.
 *
 * While a pager does not spill, a block is plain memory. Once it does, a block is the shared
 * mapping of an unnamed file in its directory: the pages that a pass works on are resident, and
 * when the process has more of them than it may, all mappings are dropped (madvise) and come back
 * at the next touch, from the system's page cache or from the disk. What is computed is the same.
 *
 * Who touches mapped pages in an order that no one can foresee calls sr_pager_relieve every few
 * dozen touches, a long pass sr_pager_pass or _jump; a thread of the pager's own looks after what
 * is left, every millisecond, but on a busy machine that may come late.
 *
 * A pager may be NULL: then everything is plain memory. */
#ifndef SR_BASE_PAGED_H
#define SR_BASE_PAGED_H

#include "base/status.h"

typedef struct sr_pager sr_pager;

/* `dir` is where the files lie, `limit_bytes` what the whole process may have resident. */
SR_MUST_USE sr_status sr_pager_create(const char *dir, uint64_t limit_bytes, sr_pager **out);
/* All blocks must have been freed. */
void sr_pager_free(sr_pager *pager);
/* From now on new blocks lie in files. */
void sr_pager_spill(sr_pager *pager);
bool sr_pager_spills(const sr_pager *pager);

/* A zeroed block; NULL where there is no memory or no room on the disk. Thread-safe. */
void *sr_paged_calloc(sr_pager *pager, size_t n_items, size_t item_bytes);
/* Accepts NULL. */
void sr_paged_free(sr_pager *pager, void *block);
/* The first `n_bytes` of a file, to be read, and dropped like a block. sr_paged_free ends it. */
SR_MUST_USE sr_status sr_pager_map(sr_pager *pager, int fd, const char *path, uint64_t n_bytes,
                                   void **block, sr_error *error);
/* Drops the pages of all mappings where the process has more than it may. Thread-safe. */
void sr_pager_relieve(sr_pager *pager);
/* For passes over big blocks, asked with the number of each item: looks now and then, more often
 * where items lead to places anywhere in a block (a touch may bring in 64 KB). */
static inline void sr_pager_pass(sr_pager *pager, size_t i)
{
    if (pager && i % 8192 == 0) {
        sr_pager_relieve(pager);
    }
}
static inline void sr_pager_jump(sr_pager *pager, size_t i)
{
    if (pager && i % 256 == 0) {
        sr_pager_relieve(pager);
    }
}
/* Why a block could not be had, where that was the disk: its status, with the error filled; else
 * `status` as it is. */
SR_MUST_USE sr_status sr_pager_explain(sr_pager *pager, sr_status status, sr_error *error);

#endif
