/* eigen.h — the leading eigenvectors of a sparse symmetric matrix. */
#ifndef SR_DENSE_EIGEN_H
#define SR_DENSE_EIGEN_H

#include "base/status.h"

enum { SR_EIGEN_COLUMNS = 64, SR_SPARSE_ROWS = 64 };

/* SR_SPARSE_ROWS rows one behind the other. */
typedef struct sr_sparse_part {
    uint16_t *columns;
    float *values;
    uint32_t ends[SR_SPARSE_ROWS]; /* of each row's cells */
} sr_sparse_part;

typedef struct sr_sparse {
    sr_sparse_part *parts;
    size_t n_parts;
    uint32_t n_rows; /* below 65,536 */
} sr_sparse;

SR_MUST_USE sr_status sr_sparse_init(sr_sparse *matrix, uint32_t n_rows);
void sr_sparse_release(sr_sparse *matrix);

/* Eigenvectors of the largest |eigenvalues|, largest first: `vectors` has SR_EIGEN_COLUMNS columns
 * of n_rows numbers, `sizes` the |eigenvalues|. The last few are inexact: take fewer. */
SR_MUST_USE sr_status sr_eigen_find(const sr_sparse *matrix, double *vectors,
                                    double sizes[SR_EIGEN_COLUMNS]);

#endif
