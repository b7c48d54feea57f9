/* estimate.c — how far the queries that happened to be asked speak for others: bootstrap intervals
 * (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, §13.3) and, for two runs, the
 * paired randomisation test (Smucker, Allan, Carterette, CIKM 2007). Samples come from a fixed
 * seed: the same files give the same figures. */
#include "eval/evaluation.h"

#include <stdlib.h>

enum { N_SAMPLES = 10000 };

/* The `i`th number of a stream: splitmix64 (Steele, Lea, Flood, OOPSLA 2014). */
static uint64_t random_bits(uint64_t stream, uint64_t i)
{
    return sr_mix64(sr_mix64(stream) + (i + 1) * 0x9e3779b97f4a7c15U);
}

static int order_doubles(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Means of N_SAMPLES samples of the rows with replacement; a row has SR_MEASURE_COUNT columns.
 * `means` is column after column. */
static void resample(const double *rows, size_t n_rows, double *means)
{
    for (uint64_t sample = 0; sample < N_SAMPLES; sample++) {
        double sums[SR_MEASURE_COUNT] = {0.0};
        for (size_t i = 0; i < n_rows; i++) {
            uint64_t bits = random_bits(sample, i);
            size_t row = (size_t)((unsigned __int128)bits * n_rows >> 64);
            for (size_t m = 0; m < SR_MEASURE_COUNT; m++) {
                sums[m] += rows[row * SR_MEASURE_COUNT + m];
            }
        }
        for (size_t m = 0; m < SR_MEASURE_COUNT; m++) {
            means[m * N_SAMPLES + sample] = sums[m] / (double)n_rows;
        }
    }
}

static sr_estimate estimate_column(const double *rows, size_t n_rows, size_t column, double *means)
{
    double sum = 0.0;
    for (size_t i = 0; i < n_rows; i++) {
        sum += rows[i * SR_MEASURE_COUNT + column];
    }
    qsort(means, N_SAMPLES, sizeof *means, order_doubles);
    return (sr_estimate){.mean = sum / (double)n_rows,
                         .low = means[N_SAMPLES / 40],
                         .high = means[N_SAMPLES - 1 - N_SAMPLES / 40]};
}

/* How often a sum of the differences with signs thrown at random is as far from 0 as theirs. */
static double randomise(const double *differences, size_t n_rows, size_t column)
{
    double observed = 0.0;
    for (size_t i = 0; i < n_rows; i++) {
        observed += differences[i * SR_MEASURE_COUNT + column];
    }
    observed = observed < 0.0 ? -observed : observed;
    observed -= 1e-12 * observed; /* the same differences in another order of signs count as far */
    uint64_t n_as_far = 0;
    for (uint64_t sample = 0; sample < N_SAMPLES; sample++) {
        double sum = 0.0;
        uint64_t bits = 0;
        for (size_t i = 0; i < n_rows; i++) {
            bits = i % 64 == 0 ? random_bits(N_SAMPLES + sample, i) : bits >> 1;
            double difference = differences[i * SR_MEASURE_COUNT + column];
            sum += bits & 1 ? difference : -difference;
        }
        n_as_far += sum >= observed || -sum >= observed;
    }
    return (double)(n_as_far + 1) / (N_SAMPLES + 1);
}

static void compare_runs(sr_evaluation *evaluation, const double *differences, double *means)
{
    size_t n_rows = evaluation->n_queries;
    resample(differences, n_rows, means);
    for (size_t m = 0; m < SR_MEASURE_COUNT; m++) {
        sr_paired *paired = &evaluation->paired[m];
        paired->difference = estimate_column(differences, n_rows, m, means + m * N_SAMPLES);
        paired->p = randomise(differences, n_rows, m);
        for (size_t i = 0; i < n_rows; i++) {
            double difference = differences[i * SR_MEASURE_COUNT + m];
            paired->n_better += difference > 0.0;
            paired->n_equal += difference == 0.0;
            paired->n_worse += difference < 0.0;
        }
    }
}

sr_status sr_evaluation_estimate(sr_evaluation *evaluation)
{
    size_t n_rows = evaluation->n_queries;
    size_t n_values = n_rows * SR_MEASURE_COUNT;
    double *means = malloc(sizeof(double[N_SAMPLES]) * SR_MEASURE_COUNT);
    double *differences = malloc(n_values * sizeof *differences);
    if (!means || !differences) {
        free(means);
        free(differences);
        return SR_ERR_MEMORY;
    }
    for (size_t run = 0; run < evaluation->n_runs; run++) {
        const double *rows = evaluation->values + run * n_values;
        resample(rows, n_rows, means);
        for (size_t m = 0; m < SR_MEASURE_COUNT; m++) {
            evaluation->estimates[run * SR_MEASURE_COUNT + m] =
                estimate_column(rows, n_rows, m, means + m * N_SAMPLES);
        }
    }
    if (evaluation->n_runs == 2) {
        for (size_t i = 0; i < n_values; i++) {
            differences[i] = evaluation->values[n_values + i] - evaluation->values[i];
        }
        compare_runs(evaluation, differences, means);
    }
    free(means);
    free(differences);
    return SR_OK;
}
