/* jsonl.c — JSON Lines: a record is a line that is not blank, its number that of the line. */
#include "feed/reader.h"

#include <stdlib.h>

static sr_status jsonl_next(sr_reader *reader, sr_record *record, bool *found)
{
    sr_input *input = reader->input;
    *found = false;
    for (;;) {
        uint64_t line = input->line;
        size_t n_bytes;
        sr_status status = sr_input_measure_line(input, 0, reader->max_record_bytes, &n_bytes);
        if (status == SR_ERR_LIMIT) {
            SR_TRY(sr_input_skip_line(input));
            reader->n_records = line;
            sr_reader_refuse(reader, record, line, "the line is longer than %zu bytes",
                             reader->max_record_bytes);
            *found = true;
            return SR_OK;
        }
        SR_TRY(status);
        if (n_bytes == 0) {
            return SR_OK;
        }
        sr_str raw = sr_str_make(input->data + input->start, n_bytes);
        bool ended = raw.data[n_bytes - 1] == '\n';
        if (!ended && input->damage.status != SR_OK) {
            return SR_OK;
        }
        sr_input_consume(input, n_bytes, ended);
        if (sr_str_trim(raw).n_bytes) {
            *record = (sr_record){.number = line, .line = line, .raw = raw};
            *found = true;
            return SR_OK;
        }
    }
}

static void jsonl_free(sr_reader *reader)
{
    free(reader);
}

sr_status sr_jsonl_reader_create(sr_input *input, const sr_reader_options *options, sr_reader **out)
{
    sr_reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        return SR_ERR_MEMORY;
    }
    *reader = (sr_reader){.next = jsonl_next,
                          .free = jsonl_free,
                          .input = input,
                          .in_window = true,
                          .max_record_bytes = options->max_record_bytes};
    *out = reader;
    return SR_OK;
}
