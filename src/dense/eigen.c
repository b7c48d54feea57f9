/* eigen.c — randomised range finder with one power iteration: the matrix times random signs, three
 * times, made orthonormal in between; then the eigenvectors of the matrix as seen from there
 * (64 × 64, by Jacobi's rotations).
 */
#include "dense/eigen.h"

#include "base/buffer.h"

#include <stdlib.h>

enum { N = SR_EIGEN_COLUMNS, N_PRODUCTS = 3, N_SWEEPS = 30 };

sr_status sr_sparse_init(sr_sparse *matrix, uint32_t n_rows)
{
    size_t n_parts = ((size_t)n_rows + SR_SPARSE_ROWS - 1) / SR_SPARSE_ROWS;
    *matrix = (sr_sparse){.n_parts = n_parts, .n_rows = n_rows};
    matrix->parts = calloc(n_parts + 1, sizeof *matrix->parts);
    return matrix->parts ? SR_OK : SR_ERR_MEMORY;
}

void sr_sparse_release(sr_sparse *matrix)
{
    for (size_t i = 0; matrix->parts && i < matrix->n_parts; i++) {
        free(matrix->parts[i].columns);
        free(matrix->parts[i].values);
    }
    free(matrix->parts);
    *matrix = (sr_sparse){0};
}

/* ------------------------------------------------------------ products */

static void multiply_row(const sr_sparse_part *part, uint32_t from, uint32_t to, const float *in,
                         float *out)
{
    float sum[N] = {0};
    for (uint32_t i = from; i < to; i++) {
        const float *row = in + (size_t)part->columns[i] * N;
        float value = part->values[i];
        for (size_t k = 0; k < N; k++) {
            sum[k] += value * row[k];
        }
    }
    memcpy(out, sum, sizeof sum);
}

/* out = matrix · in; both have N numbers a row. */
static void multiply(const sr_sparse *matrix, const float *in, float *out)
{
#pragma omp parallel for schedule(dynamic, 1)
    for (size_t p = 0; p < matrix->n_parts; p++) {
        const sr_sparse_part *part = &matrix->parts[p];
        size_t first = p * SR_SPARSE_ROWS;
        for (size_t r = 0; r < SR_SPARSE_ROWS && first + r < matrix->n_rows; r++) {
            multiply_row(part, r ? part->ends[r - 1] : 0, part->ends[r], in, out + (first + r) * N);
        }
    }
}

static double dot(const double *a, const double *b, size_t n)
{
    double sums[4] = {0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        for (size_t k = 0; k < 4; k++) {
            sums[k] += a[i + k] * b[i + k];
        }
    }
    for (; i < n; i++) {
        sums[0] += a[i] * b[i];
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

/* Columns of numbers from rows of them, and back. */
static void to_columns(const float *rows, size_t n_rows, double *columns)
{
    for (size_t i = 0; i < n_rows; i++) {
        for (size_t k = 0; k < N; k++) {
            columns[k * n_rows + i] = (double)rows[i * N + k];
        }
    }
}

static void to_rows(const double *columns, size_t n_rows, float *rows)
{
    for (size_t i = 0; i < n_rows; i++) {
        for (size_t k = 0; k < N; k++) {
            rows[i * N + k] = (float)columns[k * n_rows + i];
        }
    }
}

/* Gram and Schmidt, every projection taken off twice; a column that depends on those before it
 * becomes 0. */
static void make_orthonormal(double *columns, size_t n_rows)
{
    for (size_t k = 0; k < N; k++) {
        double *column = columns + k * n_rows;
        double length = __builtin_sqrt(dot(column, column, n_rows));
        double least = length * 1e-6;
        for (size_t j = 0; j < 2 * k; j++) {
            const double *before = columns + (j % k) * n_rows;
            double share = dot(before, column, n_rows);
            for (size_t i = 0; i < n_rows; i++) {
                column[i] -= share * before[i];
            }
        }
        length = __builtin_sqrt(dot(column, column, n_rows));
        double scale = length > least ? 1.0 / length : 0.0;
        for (size_t i = 0; i < n_rows; i++) {
            column[i] *= scale;
        }
    }
}

/* ------------------------------------------------------------ the small matrix */

/* One rotation that makes a[p][q] 0, of the symmetric `a` and of the vectors beside it. */
static void rotate(double a[N][N], double v[N][N], size_t p, size_t q)
{
    double theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    double size = theta < 0.0 ? -theta : theta;
    double t = 1.0 / (size + __builtin_sqrt(theta * theta + 1.0));
    t = theta < 0.0 ? -t : t;
    double c = 1.0 / __builtin_sqrt(t * t + 1.0);
    double s = t * c;
    for (size_t k = 0; k < N; k++) {
        double x = a[k][p];
        double y = a[k][q];
        a[k][p] = c * x - s * y;
        a[k][q] = s * x + c * y;
    }
    for (size_t k = 0; k < N; k++) {
        double x = a[p][k];
        double y = a[q][k];
        a[p][k] = c * x - s * y;
        a[q][k] = s * x + c * y;
    }
    for (size_t k = 0; k < N; k++) {
        double x = v[k][p];
        double y = v[k][q];
        v[k][p] = c * x - s * y;
        v[k][q] = s * x + c * y;
    }
}

/* Every element outside of the diagonal once to nought. */
static void sweep(double a[N][N], double v[N][N])
{
    for (size_t p = 0; p < N; p++) {
        for (size_t q = p + 1; q < N; q++) {
            if (a[p][q] != 0.0) {
                rotate(a, v, p, q);
            }
        }
    }
}

/* Eigenvalues onto the diagonal of `a`, eigenvectors into the columns of `v`. */
static void diagonalise(double a[N][N], double v[N][N])
{
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < N; j++) {
            v[i][j] = i == j ? 1.0 : 0.0;
        }
    }
    for (int i = 0; i < N_SWEEPS; i++) {
        double outside = 0.0;
        double inside = 0.0;
        for (size_t p = 0; p < N; p++) {
            inside += a[p][p] * a[p][p];
            for (size_t q = p + 1; q < N; q++) {
                outside += a[p][q] * a[p][q];
            }
        }
        if (!(outside > inside * 1e-24)) {
            return;
        }
        sweep(a, v);
    }
}

/* The order of the diagonal, largest first. */
static void order_by_size(double a[N][N], size_t order[N])
{
    for (size_t k = 0; k < N; k++) {
        size_t at = k;
        while (at > 0 && a[order[at - 1]][order[at - 1]] < a[k][k]) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = k;
    }
}

/* vectors = basis · small, its columns in order of their size. */
static void combine(const double *basis, double small[N][N], const size_t order[N], size_t n_rows,
                    double *vectors)
{
    for (size_t k = 0; k < N; k++) {
        double *out = vectors + k * n_rows;
        for (size_t i = 0; i < n_rows; i++) {
            out[i] = 0.0;
        }
        for (size_t j = 0; j < N; j++) {
            double share = small[j][order[k]];
            for (size_t i = 0; i < n_rows; i++) {
                out[i] += share * basis[j * n_rows + i];
            }
        }
    }
}

typedef struct eigen_scratch {
    float *in;
    float *out;
    double *basis;
    double *image;
    double (*squares)[N];
    double (*turns)[N];
} eigen_scratch;

static void find(const sr_sparse *matrix, const eigen_scratch *s, double *vectors, double *sizes)
{
    size_t n_rows = matrix->n_rows;
    for (size_t i = 0; i < n_rows * N; i++) {
        s->in[i] = sr_mix64(i + 1) & 1 ? 1.0F : -1.0F;
    }
    for (int product = 0; product < N_PRODUCTS; product++) {
        multiply(matrix, s->in, s->out);
        to_columns(s->out, n_rows, s->basis);
        make_orthonormal(s->basis, n_rows);
        to_rows(s->basis, n_rows, s->in);
    }
    multiply(matrix, s->in, s->out);
    to_columns(s->out, n_rows, s->image);
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j <= i; j++) {
            s->squares[i][j] = s->squares[j][i] =
                dot(s->image + i * n_rows, s->image + j * n_rows, n_rows);
        }
    }
    size_t order[N];
    diagonalise(s->squares, s->turns);
    order_by_size(s->squares, order);
    combine(s->basis, s->turns, order, n_rows, vectors);
    for (size_t k = 0; k < N; k++) {
        double square = s->squares[order[k]][order[k]];
        sizes[k] = square > 0.0 ? __builtin_sqrt(square) : 0.0;
    }
}

sr_status sr_eigen_find(const sr_sparse *matrix, double *vectors, double sizes[SR_EIGEN_COLUMNS])
{
    size_t n = (size_t)matrix->n_rows * N + 1;
    eigen_scratch scratch = {
        .in = malloc(n * sizeof *scratch.in),
        .out = malloc(n * sizeof *scratch.out),
        .basis = malloc(n * sizeof *scratch.basis),
        .image = malloc(n * sizeof *scratch.image),
        .squares = malloc(N * sizeof *scratch.squares),
        .turns = malloc(N * sizeof *scratch.turns),
    };
    sr_status status = SR_ERR_MEMORY;
    if (scratch.in && scratch.out && scratch.basis && scratch.image && scratch.squares &&
        scratch.turns) {
        find(matrix, &scratch, vectors, sizes);
        status = SR_OK;
    }
    free(scratch.in);
    free(scratch.out);
    free(scratch.basis);
    free(scratch.image);
    free(scratch.squares);
    free(scratch.turns);
    return status;
}
