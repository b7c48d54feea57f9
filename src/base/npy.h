/* npy.h — an array of numbers as a NumPy file, format version 1.0 (NEP 1): rows of one length,
 * little-endian, C order. */
#ifndef SR_BASE_NPY_H
#define SR_BASE_NPY_H

#include "base/buffer.h"

/* Appends rows to `rows`, some or all that are left; none where there are no more. */
typedef sr_status (*sr_npy_next)(void *context, sr_buffer *rows, sr_error *error);

/* Writes the file under a temporary name beside it, and puts it in place when it is whole. `type`
 * is NumPy's name of the numbers ("<u2"). */
SR_MUST_USE sr_status sr_npy_write(const char *path, const char *type, uint64_t n_rows,
                                   uint32_t n_columns, sr_npy_next next, void *context,
                                   sr_error *error);

#endif
