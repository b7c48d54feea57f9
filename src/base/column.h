/* column.h — an array that grows by appending and is read when it is complete: in memory, or in a
 * file that is then mapped by a pager. A column in memory can move to its file at any time. */
#ifndef SR_BASE_COLUMN_H
#define SR_BASE_COLUMN_H

#include "base/buffer.h"
#include "base/paged.h"

typedef struct sr_column {
    char *bytes; /* in memory: at any time; in a file: once sealed */
    uint64_t n_bytes;
    size_t capacity;
    sr_pager *pager;   /* NULL: stays in memory */
    int fd;            /* −1: in memory */
    char *path;        /* of the file, or of its directory where it has no name; for messages */
    sr_buffer pending; /* not yet in the file */
} sr_column;

/* In memory; sr_column_release accepts it. */
void sr_column_init(sr_column *column);
void sr_column_release(sr_column *column);
/* From now on in an unnamed file in `dir`. */
SR_MUST_USE sr_status sr_column_move(sr_column *column, sr_pager *pager, const char *dir,
                                     sr_error *error);
/* In the file `path`, made where it is not there, behind its first `n_bytes`, which it must have:
 * SR_ERR_CORRUPT. What stands behind them is cut off. */
SR_MUST_USE sr_status sr_column_open(sr_column *column, sr_pager *pager, const char *path,
                                     uint64_t n_bytes, sr_error *error);
/* Zeros where `bytes` is NULL. */
SR_MUST_USE sr_status sr_column_append(sr_column *column, const void *bytes, size_t n_bytes,
                                       sr_error *error);
/* Everything in the file; nothing to do in memory. */
SR_MUST_USE sr_status sr_column_flush(sr_column *column, sr_error *error);
/* Complete: from now on `bytes` holds all. */
SR_MUST_USE sr_status sr_column_seal(sr_column *column, sr_error *error);

#endif
