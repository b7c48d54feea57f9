/* bench.c — clock, interleaved repeats, medians, and rows as JSON lines. */
#include "bench.h"

#include "base/buffer.h"

#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

enum { MAX_CASES = 32, MAX_REPEATS = 101 };

void bench_say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("  … ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

_Noreturn void bench_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(2);
}

void bench_need(sr_status status, const sr_error *error, const char *what)
{
    if (status != SR_OK) {
        bench_fail("%s: %s%s%s", what, sr_status_text(status), error && *error->text ? ": " : "",
                   error ? error->text : "");
    }
}

void *bench_alloc(size_t n_bytes)
{
    void *bytes = aligned_alloc(64, (n_bytes + 127) / 64 * 64);
    if (!bytes) {
        bench_fail("out of memory (%zu bytes)", n_bytes);
    }
    return bytes;
}

char *bench_path(const bench *b, const char *name)
{
    size_t n_bytes = strlen(b->data) + strlen(name) + 2;
    char *path = bench_alloc(n_bytes);
    snprintf(path, n_bytes, "%s/%s", b->data, name);
    return path;
}

static double read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double bench_seconds(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

double bench_quantile(double *values, size_t n_values, double share)
{
    qsort(values, n_values, sizeof *values, compare_doubles);
    return n_values ? values[(size_t)(share * (double)(n_values - 1) + .5)] : 0;
}

double bench_median(double *values, size_t n_values)
{
    double upper = bench_quantile(values, n_values, .5);
    return n_values && n_values % 2 == 0 ? (values[n_values / 2 - 1] + values[n_values / 2]) / 2
                                         : upper;
}

void bench_begin(bench *b, const char *question, int argc, char **argv)
{
    *b = (bench){.question = question, .data = ".", .n_repeats = 0, .min_seconds = .1};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--quick") == 0) {
            b->quick = true;
        } else if (strcmp(argv[i], "--full") == 0) {
            b->full = true;
        } else if (strcmp(argv[i], "--data") == 0 && i + 1 < argc) {
            b->data = argv[++i];
        } else if (strcmp(argv[i], "--repeats") == 0 && i + 1 < argc) {
            b->n_repeats = (int)strtol(argv[++i], NULL, 10);
        } else {
            bench_fail("usage: %s [--quick|--full] [--data DIR] [--repeats N]", argv[0]);
        }
    }
    if (b->quick) {
        b->min_seconds = .02;
    }
    if (b->n_repeats < 1 || b->n_repeats > MAX_REPEATS) {
        b->n_repeats = b->quick ? 5 : 11;
    }
    sr_error error = {0};
    bench_need(sr_kernel_check(&error), &error, "kernel");
}

/* Seconds a run: by the clock on the wall, and of processors spent by this process. */
typedef struct timing {
    double wall, cpu;
} timing;

static timing time_runs(const bench_case *c, int n_runs)
{
    double wall = bench_seconds();
    double cpu = read_clock(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; i < n_runs; i++) {
        c->run(c->context);
    }
    return (timing){(bench_seconds() - wall) / n_runs,
                    (read_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu) / n_runs};
}

/* Runs that last `min_seconds` together; the first one warms up. */
static int calibrate(const bench *b, const bench_case *c)
{
    c->run(c->context);
    double seconds = time_runs(c, 1).wall;
    return seconds >= b->min_seconds ? 1 : (int)(b->min_seconds / (seconds + 1e-9)) + 1;
}

/* What a run of a case is worth, in the unit that it shares with the floor. */
static double work(const bench_case *c, const bench_case *floor)
{
    if (c->n_bytes > 0 && floor->n_bytes > 0) {
        return c->n_bytes;
    }
    return c->n_items > 0 && floor->n_items > 0 ? c->n_items : 1;
}

static void print_case(const bench *b, const bench_case *c, const bench_case *floor,
                       const timing *timings, double speed_of_floor)
{
    printf("{\"name\":\"%s/%s\",\"kernel\":\"%s\",\"threads\":%d,\"seconds\":[", b->question,
           c->name, c->kernel ? c->kernel : sr_kernel_name(), c->threads ? c->threads : 1);
    for (int r = 0; r < b->n_repeats; r++) {
        printf("%s%.9g", r ? "," : "", timings[r].wall);
    }
    printf("],\"cpu_seconds\":[");
    for (int r = 0; r < b->n_repeats; r++) {
        printf("%s%.9g", r ? "," : "", timings[r].cpu);
    }
    printf("]");
    if (c->n_bytes > 0) {
        printf(",\"bytes\":%.0f", c->n_bytes);
    }
    if (c->n_items > 0) {
        printf(",\"items\":%.0f,\"item\":\"%s\"", c->n_items, c->item ? c->item : "item");
    }
    if (c->data) {
        printf(",\"data\":\"%s\"", c->data);
    }
    if (c != floor) {
        printf(",\"floor\":\"%s/%s\",\"speed_of_floor\":%.5g", b->question, floor->name,
               speed_of_floor);
    }
    if (c->figure) {
        printf(",\"figure\":\"%s\",\"value\":%.5g", c->figure, speed_of_floor);
    }
    printf("}\n");
    fflush(stdout);
}

void bench_compare(const bench *b, const bench_case *cases, size_t n_cases)
{
    static timing timings[MAX_CASES][MAX_REPEATS];
    int n_runs[MAX_CASES];
    if (n_cases > MAX_CASES) {
        bench_fail("%zu cases are too many", n_cases);
    }
    for (size_t i = 0; i < n_cases; i++) {
        n_runs[i] = calibrate(b, &cases[i]);
    }
    for (int r = 0; r < b->n_repeats; r++) {
        for (size_t i = 0; i < n_cases; i++) {
            timings[i][r] = time_runs(&cases[i], n_runs[i]);
        }
    }
    for (size_t i = 0; i < n_cases; i++) {
        double ratios[MAX_REPEATS];
        double more_work = work(&cases[i], &cases[0]) / work(&cases[0], &cases[i]);
        for (int r = 0; r < b->n_repeats; r++) {
            ratios[r] = timings[0][r].wall / timings[i][r].wall * more_work;
        }
        print_case(b, &cases[i], &cases[0], timings[i], bench_median(ratios, (size_t)b->n_repeats));
    }
}

void bench_row(const bench *b, const char *name, const double *seconds, double n_items,
               const char *item)
{
    printf("{\"name\":\"%s/%s\",\"kernel\":\"%s\",\"items\":%.0f,\"item\":\"%s\",\"seconds\":[",
           b->question, name, sr_kernel_name(), n_items, item);
    for (int r = 0; r < b->n_repeats; r++) {
        printf("%s%.9g", r ? "," : "", seconds[r]);
    }
    printf("]}\n");
    fflush(stdout);
}

void bench_sample(const bench *b, const char *name, double value, double spread, size_t n_samples,
                  const char *unit, const char *figure)
{
    printf("{\"name\":\"%s/%s\",\"kernel\":\"%s\",\"value\":%.6g,\"unit\":\"%s\"", b->question,
           name, sr_kernel_name(), value, unit);
    if (n_samples > 0) {
        printf(",\"spread\":%.4g,\"samples\":%zu", spread, n_samples);
    }
    if (figure) {
        printf(",\"figure\":\"%s\"", figure);
    }
    printf("}\n");
    fflush(stdout);
}

void bench_value(const bench *b, const char *name, double value, const char *unit,
                 const char *figure)
{
    bench_sample(b, name, value, 0, 0, unit, figure);
}
