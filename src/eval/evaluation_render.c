/* evaluation_render.c — an evaluation as text, JSON, or a CSV row a run and query. */
#include "eval/evaluation.h"

#include "base/buffer.h"

static double value_of(const sr_evaluation *evaluation, size_t run, size_t query, size_t measure)
{
    return evaluation->values[(run * evaluation->n_queries + query) * SR_MEASURE_COUNT + measure];
}

static sr_status append_text(const sr_evaluation *evaluation, sr_buffer *out)
{
    SR_TRY(sr_buffer_append_format(out, "%zu queries; means with their 95 %% intervals\n",
                                   evaluation->n_queries));
    for (size_t run = 0; run < evaluation->n_runs; run++) {
        SR_TRY(sr_buffer_append_format(out, "\n%s\n", evaluation->runs[run].data));
        for (size_t m = 0; m < SR_MEASURE_COUNT; m++) {
            const sr_estimate *estimate = &evaluation->estimates[run * SR_MEASURE_COUNT + m];
            SR_TRY(sr_buffer_append_format(out, "  %-10s %.4f   %.4f to %.4f\n",
                                           sr_measure_name((sr_measure)m), estimate->mean,
                                           estimate->low, estimate->high));
        }
    }
    if (evaluation->n_runs != 2) {
        return SR_OK;
    }
    SR_TRY(sr_buffer_append_format(out, "\n%s less %s, query by query\n", evaluation->runs[1].data,
                                   evaluation->runs[0].data));
    for (size_t m = 0; m < SR_MEASURE_COUNT; m++) {
        const sr_paired *paired = &evaluation->paired[m];
        SR_TRY(sr_buffer_append_format(
            out, "  %-10s %+.4f   %+.4f to %+.4f   p %.4f   better %llu, equal %llu, worse %llu\n",
            sr_measure_name((sr_measure)m), paired->difference.mean, paired->difference.low,
            paired->difference.high, paired->p, (unsigned long long)paired->n_better,
            (unsigned long long)paired->n_equal, (unsigned long long)paired->n_worse));
    }
    return SR_OK;
}

static sr_status append_estimate(const sr_estimate *estimate, sr_buffer *out)
{
    return sr_buffer_append_format(out, "\"mean\":%.4f,\"low\":%.4f,\"high\":%.4f", estimate->mean,
                                   estimate->low, estimate->high);
}

static sr_status append_json_run(const sr_evaluation *evaluation, size_t run, sr_buffer *out)
{
    SR_TRY(sr_buffer_append_text(out, run ? ",{\"run\":" : "{\"run\":"));
    SR_TRY(sr_buffer_append_json(out, evaluation->runs[run]));
    for (size_t m = 0; m < SR_MEASURE_COUNT; m++) {
        SR_TRY(sr_buffer_append_format(out, ",\"%s\":{", sr_measure_name((sr_measure)m)));
        SR_TRY(append_estimate(&evaluation->estimates[run * SR_MEASURE_COUNT + m], out));
        SR_TRY(sr_buffer_append_text(out, "}"));
    }
    return sr_buffer_append_text(out, "}");
}

static sr_status append_json(const sr_evaluation *evaluation, sr_buffer *out)
{
    SR_TRY(sr_buffer_append_format(out, "{\"queries\":%zu,\"runs\":[", evaluation->n_queries));
    for (size_t run = 0; run < evaluation->n_runs; run++) {
        SR_TRY(append_json_run(evaluation, run, out));
    }
    SR_TRY(sr_buffer_append_text(out, "]"));
    for (size_t m = 0; evaluation->n_runs == 2 && m < SR_MEASURE_COUNT; m++) {
        const sr_paired *paired = &evaluation->paired[m];
        SR_TRY(sr_buffer_append_format(out, "%s\"%s\":{", m ? "," : ",\"difference\":{",
                                       sr_measure_name((sr_measure)m)));
        SR_TRY(append_estimate(&paired->difference, out));
        SR_TRY(sr_buffer_append_format(
            out, ",\"p\":%.4f,\"better\":%llu,\"equal\":%llu,\"worse\":%llu}", paired->p,
            (unsigned long long)paired->n_better, (unsigned long long)paired->n_equal,
            (unsigned long long)paired->n_worse));
    }
    return sr_buffer_append_text(out, evaluation->n_runs == 2 ? "}}\n" : "}\n");
}

static sr_status append_csv(const sr_evaluation *evaluation, sr_buffer *out)
{
    SR_TRY(sr_buffer_append_text(out, "run,query"));
    for (size_t m = 0; m < SR_MEASURE_COUNT; m++) {
        SR_TRY(sr_buffer_append_format(out, ",%s", sr_measure_name((sr_measure)m)));
    }
    SR_TRY(sr_buffer_append_text(out, "\n"));
    for (size_t row = 0; row < evaluation->n_runs * evaluation->n_queries; row++) {
        size_t run = row / evaluation->n_queries;
        size_t query = row % evaluation->n_queries;
        SR_TRY(sr_buffer_append_csv(out, evaluation->runs[run]));
        SR_TRY(sr_buffer_append_text(out, ","));
        SR_TRY(sr_buffer_append_csv(out, evaluation->queries[query]));
        for (size_t m = 0; m < SR_MEASURE_COUNT; m++) {
            SR_TRY(sr_buffer_append_format(out, ",%.4f", value_of(evaluation, run, query, m)));
        }
        SR_TRY(sr_buffer_append_text(out, "\n"));
    }
    return SR_OK;
}

sr_status sr_evaluation_render(const sr_evaluation *evaluation, sr_format format, sr_write_fn write,
                               void *context)
{
    sr_buffer out;
    sr_buffer_init(&out, SR_BUFFER_NO_LIMIT);
    sr_status status = format == SR_FORMAT_TEXT   ? append_text(evaluation, &out)
                       : format == SR_FORMAT_JSON ? append_json(evaluation, &out)
                       : format == SR_FORMAT_CSV  ? append_csv(evaluation, &out)
                                                  : SR_ERR_ARGUMENT;
    if (status == SR_OK && !write(context, out.data, out.n_bytes)) {
        status = SR_ERR_IO;
    }
    sr_buffer_release(&out);
    return status;
}
