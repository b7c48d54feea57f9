/* bench.h — what every bench shares: a clock, interleaved repeats, medians, and rows of results.
 *
 * A bench prints rows on stdout, one JSON object a line (bench/README.md says which keys), and
 * speaks to people on stderr. Cases that are compared run in turn (floor, candidate, floor,
 * candidate …): what disturbs the machine then meets all of them, and the median of the ratios of
 * neighbours is steadier than the ratio of two medians.
 */
#ifndef BENCH_H
#define BENCH_H

#include "base/bytes.h"

#include <stdio.h>

typedef struct bench {
    const char *question; /* first part of the name of every row */
    bool quick;
    bool full;
    const char *data; /* directory of the generated feeds */
    int n_repeats;
    double min_seconds; /* one timing lasts this long at least */
} bench;

typedef struct bench_case {
    const char *name;
    void (*run)(void *context);
    void *context;
    double n_bytes; /* of one run; 0: no rate of bytes */
    double n_items; /* the same for items */
    const char *item;
    const char *data;   /* what it worked on */
    const char *figure; /* its speed ÷ that of the floor is this figure of the issue; or NULL */
    int threads;        /* 0: one */
    const char *kernel; /* NULL: the one in use */
} bench_case;

/* Reads `--quick --full --data DIR --repeats N`. */
void bench_begin(bench *b, const char *question, int argc, char **argv);
/* Times the cases interleaved and prints a row each, with its speed ÷ that of the first case: bytes
 * a second where both have bytes, else items, else runs. */
void bench_compare(const bench *b, const bench_case *cases, size_t n_cases);
/* A row of times that the bench took itself, `n_repeats` of them. */
void bench_row(const bench *b, const char *name, const double *seconds, double n_items,
               const char *item);
/* A result that is not a time. `figure` may be NULL. */
void bench_value(const bench *b, const char *name, double value, const char *unit,
                 const char *figure);
/* The same with how many it was made from and their spread. */
void bench_sample(const bench *b, const char *name, double value, double spread, size_t n_samples,
                  const char *unit, const char *figure);
/* A step of a longer run, for whom it makes wait. */
SR_PRINTF(1, 2) void bench_say(const char *format, ...);
/* The program can't go on, or a result is wrong: says so and exits. */
SR_PRINTF(1, 2) _Noreturn void bench_fail(const char *format, ...);
/* Stops with the library's own words unless `status` is SR_OK. */
void bench_need(sr_status status, const sr_error *error, const char *what);
void *bench_alloc(size_t n_bytes);
/* DATA/NAME, allocated. */
char *bench_path(const bench *b, const char *name);
double bench_seconds(void);
/* Sorts. */
double bench_median(double *values, size_t n_values);
double bench_quantile(double *values, size_t n_values, double share);

/* The compiler must believe that `bytes` are read. */
static inline void bench_keep(const void *bytes)
{
    __asm__ volatile("" : : "r"(bytes) : "memory");
}

#endif
