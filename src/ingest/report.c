/* report.c — what `add` did with each record: file, line, id, outcome, of, similarity. */
#include "feed/sink.h"
#include "ingest/ingest.h"

#include <stdlib.h>

struct sr_add_report {
    sr_output *output;
    sr_buffer row;
    bool json;
};

sr_status sr_add_report_open(const char *path, sr_add_report **out, sr_error *error)
{
    sr_format format;
    SR_TRY(sr_report_format(path, false, &format, error));
    sr_add_report *report = calloc(1, sizeof *report);
    if (!report) {
        return SR_ERR_MEMORY;
    }
    sr_buffer_init(&report->row, SR_BUFFER_NO_LIMIT);
    report->json = format == SR_FORMAT_JSONL;
    sr_status status = sr_output_open(path, NULL, NULL, &report->output, error);
    if (status == SR_OK && !report->json) {
        status = sr_add_report_head(&report->row);
        if (status == SR_OK) {
            status = sr_output_write(report->output, sr_buffer_view(&report->row), error);
        }
    }
    if (status != SR_OK) {
        sr_add_report_abort(report);
        return status;
    }
    *out = report;
    return SR_OK;
}

sr_status sr_add_report_head(sr_buffer *out)
{
    return sr_buffer_append_text(out, "file,line,id,outcome,of,similarity\n");
}

static sr_status append_csv_row(sr_buffer *row, sr_str file, uint64_t line, sr_str id,
                                const sr_decision *decision)
{
    SR_TRY(sr_buffer_append_csv(row, file));
    SR_TRY(sr_buffer_append_format(row, ",%llu,", (unsigned long long)line));
    SR_TRY(sr_buffer_append_csv(row, id));
    SR_TRY(sr_buffer_append_format(row, ",%s,", sr_outcome_name(decision->outcome)));
    SR_TRY(sr_buffer_append_csv(row, sr_buffer_view(decision->of)));
    if (decision->of->n_bytes) {
        return sr_buffer_append_format(row, ",%.4f\n", decision->similarity);
    }
    return sr_buffer_append_text(row, ",\n");
}

static sr_status append_json_row(sr_buffer *row, sr_str file, uint64_t line, sr_str id,
                                 const sr_decision *decision)
{
    SR_TRY(sr_buffer_append_text(row, "{\"file\":"));
    SR_TRY(sr_buffer_append_json(row, file));
    SR_TRY(sr_buffer_append_format(row, ",\"line\":%llu,\"id\":", (unsigned long long)line));
    SR_TRY(sr_buffer_append_json(row, id));
    SR_TRY(sr_buffer_append_format(row, ",\"outcome\":\"%s\"", sr_outcome_name(decision->outcome)));
    if (decision->of->n_bytes) {
        SR_TRY(sr_buffer_append_text(row, ",\"of\":"));
        SR_TRY(sr_buffer_append_json(row, sr_buffer_view(decision->of)));
        SR_TRY(sr_buffer_append_format(row, ",\"similarity\":%.4f", decision->similarity));
    }
    return sr_buffer_append_text(row, "}\n");
}

sr_status sr_add_report_append(sr_buffer *out, bool json, const sr_intake *intake,
                               const sr_decision *decision)
{
    sr_str file = sr_str_of(intake->record->member->name);
    sr_str id = intake->bad ? sr_str_make(NULL, 0) : intake->prepared.article.id;
    uint64_t line = intake->record->number;
    return json ? append_json_row(out, file, line, id, decision)
                : append_csv_row(out, file, line, id, decision);
}

sr_status sr_add_report_write(sr_add_report *report, const sr_intake *intake,
                              const sr_decision *decision, sr_error *error)
{
    if (!report) {
        return SR_OK;
    }
    sr_buffer_clear(&report->row);
    SR_TRY(sr_add_report_append(&report->row, report->json, intake, decision));
    return sr_output_write(report->output, sr_buffer_view(&report->row), error);
}

sr_status sr_add_report_commit(sr_add_report *report, sr_error *error)
{
    if (!report) {
        return SR_OK;
    }
    sr_status status = sr_output_commit(report->output, error);
    report->output = NULL;
    sr_add_report_abort(report);
    return status;
}

void sr_add_report_abort(sr_add_report *report)
{
    if (report) {
        sr_output_abort(report->output);
        sr_buffer_release(&report->row);
        free(report);
    }
}
