/* evaluation.c — the measures of each query under each run. */
#include "eval/evaluation.h"

#include "base/logarithm.h"
#include "eval/judged.h"

#include <stdlib.h>

/* The judgements of one query. */
typedef struct judged_query {
    const sr_judgement *items; /* ascending by article */
    size_t n_items;
    size_t n_relevant;
    uint32_t min_grade;
} judged_query;

const char *sr_measure_name(sr_measure measure)
{
    static const char *const names[] = {
#define MEASURE_NAME(name, text) text,
        SR_MEASURE_LIST(MEASURE_NAME)
#undef MEASURE_NAME
    };
    return (size_t)measure < SR_MEASURE_COUNT ? names[measure] : "unknown";
}

static judged_query find_judged(const sr_qrels *qrels, size_t from, uint32_t min_grade)
{
    judged_query query = {.items = qrels->items + from, .min_grade = min_grade};
    size_t i = from;
    while (i < qrels->n_items && sr_str_equal(qrels->items[i].query, qrels->items[from].query)) {
        query.n_relevant += qrels->items[i].grade >= min_grade;
        i++;
    }
    query.n_items = i - from;
    return query;
}

static uint32_t find_grade(const judged_query *query, sr_str article)
{
    size_t low = 0;
    size_t high = query->n_items;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = sr_str_compare(query->items[middle].article, article);
        if (order == 0) {
            return query->items[middle].grade;
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return 0;
}

/* (2^grade − 1) / log2(place + 1), places from 1. */
static double discounted_gain(uint32_t grade, size_t place)
{
    static const double LN2 = 0.693147180559945309417232121458;
    return (double)((UINT64_C(1) << grade) - 1) * LN2 / sr_ln_ratio(place + 1, 1);
}

/* The best sum that `depth` places can have: judged grades from the highest down. */
static double ideal_gain(const judged_query *query, size_t depth)
{
    uint64_t n_of_grade[SR_GRADE_MAX + 1] = {0};
    for (size_t i = 0; i < query->n_items; i++) {
        n_of_grade[query->items[i].grade]++;
    }
    double sum = 0.0;
    size_t place = 1;
    for (uint32_t grade = SR_GRADE_MAX; grade > 0; grade--) {
        for (; n_of_grade[grade] && place <= depth; n_of_grade[grade]--, place++) {
            sum += discounted_gain(grade, place);
        }
    }
    return sum;
}

static void measure_query(const judged_query *query, const sr_ranked_row *rows, size_t n_rows,
                          double values[SR_MEASURE_COUNT])
{
    size_t n_found = 0;
    double gain = 0.0;
    double precisions = 0.0;
    for (size_t m = 0; m < SR_MEASURE_COUNT; m++) {
        values[m] = 0.0;
    }
    for (size_t i = 0; i < n_rows; i++) {
        uint32_t grade = find_grade(query, rows[i].article);
        size_t place = i + 1;
        if (place <= 10 && grade) {
            gain += discounted_gain(grade, place);
            values[SR_MEASURE_NDCG10] = gain;
            values[SR_MEASURE_NDCG5] = place <= 5 ? gain : values[SR_MEASURE_NDCG5];
        }
        if (grade < query->min_grade) {
            continue;
        }
        n_found++;
        precisions += (double)n_found / (double)place;
        values[SR_MEASURE_P5] += place <= 5 ? 1.0 / 5.0 : 0.0;
        values[SR_MEASURE_RECALL100] += place <= 100 ? 1.0 : 0.0;
        values[SR_MEASURE_RPREC] += place <= query->n_relevant ? 1.0 : 0.0;
        values[SR_MEASURE_MRR] = n_found == 1 ? 1.0 / (double)place : values[SR_MEASURE_MRR];
    }
    double n_relevant = (double)query->n_relevant;
    values[SR_MEASURE_NDCG5] /= ideal_gain(query, 5);
    values[SR_MEASURE_NDCG10] /= ideal_gain(query, 10);
    values[SR_MEASURE_MAP] = precisions / n_relevant;
    values[SR_MEASURE_RECALL100] /= n_relevant;
    values[SR_MEASURE_RPREC] /= n_relevant;
}

/* Counts the queries with a relevant article, or, where there is room for them, keeps their names.
 */
static size_t list_queries(const sr_qrels *qrels, uint32_t min_grade, sr_evaluation *evaluation)
{
    size_t n_queries = 0;
    for (size_t from = 0; from < qrels->n_items;) {
        judged_query query = find_judged(qrels, from, min_grade);
        if (query.n_relevant && evaluation->queries) {
            evaluation->queries[n_queries] = qrels->items[from].query;
        }
        n_queries += query.n_relevant > 0;
        from += query.n_items;
    }
    return n_queries;
}

static void measure_run(sr_evaluation *evaluation, size_t number, const sr_qrels *qrels,
                        const sr_run *run, uint32_t min_grade)
{
    double *values = evaluation->values + number * evaluation->n_queries * SR_MEASURE_COUNT;
    for (size_t from = 0; from < qrels->n_items;) {
        judged_query query = find_judged(qrels, from, min_grade);
        if (query.n_relevant) {
            size_t n_rows = 0;
            const sr_ranked_row *rows = sr_run_find(run, qrels->items[from].query, &n_rows);
            measure_query(&query, rows, n_rows, values);
            values += SR_MEASURE_COUNT;
        }
        from += query.n_items;
    }
}

static sr_status make_room(sr_evaluation *evaluation)
{
    size_t n_values = 0;
    if (!sr_size_multiply(evaluation->n_runs * SR_MEASURE_COUNT, evaluation->n_queries,
                          &n_values)) {
        return SR_ERR_LIMIT;
    }
    evaluation->queries = calloc(evaluation->n_queries, sizeof *evaluation->queries);
    evaluation->runs = calloc(evaluation->n_runs, sizeof *evaluation->runs);
    evaluation->values = calloc(n_values, sizeof *evaluation->values);
    evaluation->estimates =
        calloc(evaluation->n_runs * SR_MEASURE_COUNT, sizeof *evaluation->estimates);
    return evaluation->queries && evaluation->runs && evaluation->values && evaluation->estimates
               ? SR_OK
               : SR_ERR_MEMORY;
}

static sr_status evaluate(sr_evaluation *evaluation, const sr_qrels *qrels, const char *const *runs,
                          uint32_t min_grade, const sr_observer *observer, sr_error *error)
{
    SR_TRY(make_room(evaluation));
    list_queries(qrels, min_grade, evaluation);
    for (size_t i = 0; i < evaluation->n_runs; i++) {
        evaluation->runs[i] = sr_arena_copy(&evaluation->arena, sr_str_of(runs[i]));
        sr_arena ids;
        sr_arena_init(&ids);
        sr_run run = {0};
        sr_status status = evaluation->runs[i].data
                               ? sr_run_read(runs[i], observer, &ids, &run, error)
                               : SR_ERR_MEMORY;
        if (status == SR_OK) {
            measure_run(evaluation, i, qrels, &run, min_grade);
        }
        sr_run_release(&run);
        sr_arena_release(&ids);
        SR_TRY(status);
    }
    return sr_evaluation_estimate(evaluation);
}

sr_status sr_evaluate(const char *qrels_path, const char *const *runs, size_t n_runs,
                      uint32_t min_grade, const sr_observer *observer, sr_evaluation **out,
                      sr_error *error)
{
    if (n_runs == 0 || n_runs > 1000 || min_grade == 0) {
        return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0,
                            "an evaluation needs 1 to 1,000 runs and a grade from 1 up");
    }
    sr_evaluation *evaluation = calloc(1, sizeof *evaluation);
    if (!evaluation) {
        return SR_ERR_MEMORY;
    }
    sr_arena_init(&evaluation->arena);
    evaluation->n_runs = n_runs;
    sr_qrels qrels = {0};
    sr_status status = sr_qrels_read(qrels_path, observer, &evaluation->arena, &qrels, error);
    if (status == SR_OK) {
        evaluation->n_queries = list_queries(&qrels, min_grade, evaluation);
        status = evaluation->n_queries
                     ? evaluate(evaluation, &qrels, runs, min_grade, observer, error)
                     : sr_error_set(error, SR_ERR_NOT_FOUND, qrels_path, 0,
                                    "no query has an article of grade %u or more", min_grade);
    }
    sr_qrels_release(&qrels);
    if (status != SR_OK) {
        sr_evaluation_free(evaluation);
        return status;
    }
    *out = evaluation;
    return SR_OK;
}

void sr_evaluation_free(sr_evaluation *evaluation)
{
    if (!evaluation) {
        return;
    }
    free(evaluation->queries);
    free(evaluation->runs);
    free(evaluation->values);
    free(evaluation->estimates);
    sr_arena_release(&evaluation->arena);
    free(evaluation);
}

size_t sr_evaluation_query_count(const sr_evaluation *evaluation)
{
    return evaluation->n_queries;
}

void sr_evaluation_get_estimate(const sr_evaluation *evaluation, size_t run, sr_measure measure,
                                sr_estimate *estimate)
{
    *estimate = evaluation->estimates[run * SR_MEASURE_COUNT + measure];
}

bool sr_evaluation_get_paired(const sr_evaluation *evaluation, sr_measure measure,
                              sr_paired *paired)
{
    if (evaluation->n_runs != 2) {
        return false;
    }
    *paired = evaluation->paired[measure];
    return true;
}
