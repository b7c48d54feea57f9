/* text.c — a plain text is one record: all of its bytes. */
#include "feed/reader.h"

#include <stdlib.h>

/* Reads and forgets the rest, so that a sound end can be told from a damaged one. */
static sr_status skip_rest(sr_input *input)
{
    while (!input->at_end) {
        sr_input_consume(input, input->end - input->start, 0);
        SR_TRY(sr_input_fill(input));
    }
    sr_input_consume(input, input->end - input->start, 0);
    return SR_OK;
}

static sr_status text_next(sr_reader *reader, sr_record *record, bool *found)
{
    sr_input *input = reader->input;
    *found = false;
    if (reader->n_records) {
        return SR_OK;
    }
    sr_str all;
    SR_TRY(sr_input_peek(input, reader->max_record_bytes + 1, &all));
    if (all.n_bytes > reader->max_record_bytes) {
        SR_TRY(skip_rest(input));
        reader->n_records = 1;
        sr_reader_refuse(reader, record, 1, "the text is longer than %zu bytes",
                         reader->max_record_bytes);
        *found = true;
    } else if (all.n_bytes && input->damage.status == SR_OK) {
        sr_input_consume(input, all.n_bytes, 0);
        reader->n_records = 1;
        *record = (sr_record){.number = 1, .line = 1, .raw = all};
        *found = true;
    }
    return SR_OK;
}

static void text_free(sr_reader *reader)
{
    free(reader);
}

sr_status sr_text_reader_create(sr_input *input, const sr_reader_options *options, sr_reader **out)
{
    sr_reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        return SR_ERR_MEMORY;
    }
    *reader = (sr_reader){.next = text_next,
                          .free = text_free,
                          .input = input,
                          .max_record_bytes = options->max_record_bytes};
    *out = reader;
    return SR_OK;
}
