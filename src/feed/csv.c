/* csv.c — CSV by libcsv, fed one physical line at a time, because libcsv tells no positions and an
 * unclosed quote makes it swallow the rest of a file.
 *
 * After each line either the row is complete, or a quoted field is open and the next line belongs
 * to the record. A record that the input ends in, that grows over the limit, or in which a later
 * line opens a field inside the open quote (`,"word`), is bad: only its first line is consumed, and
 * the lines behind it are read again as records. So that many such lines can't cost a scan of the
 * limit each, `open_until` remembers how far a quote was seen to stay open: an automaton in an open
 * quote does not care where the quote began. */
#include "feed/reader.h"

#include <csv.h>
#include <stdlib.h>

typedef struct csv_reader {
    sr_reader reader;
    struct csv_parser parser;
    char delimiter;
    bool has_header;
    bool escapes;
    bool row_done;      /* the last line fed completed a row */
    sr_status status;   /* of the callbacks */
    sr_buffer hidden;   /* a line whose escapes are hidden from libcsv */
    sr_buffer text;     /* content of the fields of this row, one behind the other */
    size_t *field_ends; /* in `text` */
    size_t n_fields;
    size_t field_capacity;
    sr_str *fields;
    size_t view_capacity;
    uint64_t open_until;    /* position up to which a quote was seen to stay open */
    bool open_until_is_end; /* and that is the end of the input */
    bool header_is_bad;
    sr_record bad_header;
    sr_buffer header;      /* bytes of the header row */
    sr_buffer header_text; /* its names, as `text` was */
    sr_str *columns;
    size_t n_columns;
} csv_reader;

/* Only the carriage return of a line end is trimmed, blanks are content. */
static int is_space(unsigned char c)
{
    return c == '\r';
}

static int is_line_end(unsigned char c)
{
    return c == '\n';
}

/* What stands for an escaped quote and an escaped backslash while libcsv, which knows no escapes,
 * reads a line: controls that no text has a use for. */
enum { HIDDEN_QUOTE = 1, HIDDEN_BACKSLASH = 2 };

/* `line` itself, or in csv->hidden. An escaped line end is one. */
static sr_status hide_escapes(csv_reader *csv, sr_str *line)
{
    if (!csv->escapes || !memchr(line->data, '\\', line->n_bytes)) {
        return SR_OK;
    }
    sr_buffer_clear(&csv->hidden);
    for (size_t i = 0; i < line->n_bytes; i++) {
        char c = line->data[i];
        char next = c == '\\' && i + 1 < line->n_bytes ? line->data[i + 1] : '\0';
        c = next == '"'                    ? HIDDEN_QUOTE
            : next == '\\'                 ? HIDDEN_BACKSLASH
            : next == '\r' || next == '\n' ? next
                                           : c;
        i += c != line->data[i];
        SR_TRY(sr_buffer_append(&csv->hidden, &c, 1));
    }
    *line = sr_buffer_view(&csv->hidden);
    return SR_OK;
}

/* The field that ends the text gets its quotes; \N is MySQL's word for nothing. */
static void show_escapes(csv_reader *csv, size_t start)
{
    char *field = csv->text.data + start;
    size_t n_bytes = csv->text.n_bytes - start;
    if (n_bytes == 2 && memcmp(field, "\\N", 2) == 0) {
        csv->text.n_bytes = start;
    }
    for (size_t i = 0; i < n_bytes; i++) {
        field[i] = field[i] == HIDDEN_QUOTE ? '"' : field[i] == HIDDEN_BACKSLASH ? '\\' : field[i];
    }
}

static void take_field(void *bytes, size_t n_bytes, void *context)
{
    csv_reader *csv = context;
    if (csv->status == SR_OK) {
        csv->status = sr_buffer_append(&csv->text, bytes, n_bytes);
    }
    if (csv->status == SR_OK && csv->escapes && csv->text.n_bytes) {
        show_escapes(csv, csv->n_fields ? csv->field_ends[csv->n_fields - 1] : 0);
    }
    if (csv->status == SR_OK) {
        csv->status = sr_array_reserve((void **)&csv->field_ends, &csv->field_capacity,
                                       csv->n_fields + 1, sizeof *csv->field_ends);
    }
    if (csv->status == SR_OK) {
        csv->field_ends[csv->n_fields++] = csv->text.n_bytes;
    }
}

static void take_row(int line_end, void *context)
{
    (void)line_end;
    ((csv_reader *)context)->row_done = true;
}

/* Forgets an unfinished row. */
static void reset_row(csv_reader *csv)
{
    csv_fini(&csv->parser, NULL, NULL, NULL);
    sr_buffer_clear(&csv->text);
    csv->n_fields = 0;
    csv->row_done = false;
    csv->status = SR_OK;
}

/* Feeds one physical line; a last one without line end gets it. */
static sr_status feed_line(csv_reader *csv, sr_str line)
{
    bool ended = line.data[line.n_bytes - 1] == '\n';
    SR_TRY(hide_escapes(csv, &line));
    if (csv_parse(&csv->parser, line.data, line.n_bytes, take_field, take_row, csv) !=
            line.n_bytes ||
        (!ended && csv_parse(&csv->parser, "\n", 1, take_field, take_row, csv) != 1)) {
        return SR_ERR_MEMORY;
    }
    return csv->status;
}

/* Whether a field seems to open inside an open quote: on a later line than the record's first, a
 * quote between a delimiter (or the line's beginning) and the first byte of a word. `in_quote` is
 * the state at `from`. */
static bool opens_inside_quote(const csv_reader *csv, sr_str record, size_t from)
{
    char delimiter = csv->delimiter;
    for (size_t i = from; i + 1 < record.n_bytes; i++) {
        const char *c = memchr(record.data + i, '"', record.n_bytes - 1 - i);
        if (!c) {
            return false;
        }
        i = (size_t)(c - record.data);
        bool at_front = i == from || c[-1] == delimiter;
        if (csv->escapes && i > from && c[-1] == '\\') {
            continue;
        }
        if (c[1] == '"') {
            i++;
        } else if (c[1] == delimiter || c[1] == '\r' || c[1] == '\n') {
            return false; /* the quote closes here */
        } else if (at_front && (unsigned char)c[1] > ' ') {
            return true;
        }
    }
    return false;
}

typedef enum row_result {
    ROW_NONE, /* the end of the input */
    ROW_DONE,
    ROW_UNCLOSED, /* a quote stays open to the end */
    ROW_NESTED,   /* a field opens inside an open quote */
    ROW_TOO_LONG,
    ROW_DAMAGED /* the input's damage cuts it */
} row_result;

/* Where the window starts in the input. */
static uint64_t position(const sr_input *input)
{
    return input->n_bytes - (input->end - input->start);
}

static void remember_open(csv_reader *csv, size_t n_bytes, bool is_end)
{
    csv->open_until = position(csv->reader.input) + n_bytes;
    csv->open_until_is_end = is_end;
}

/* Whether an earlier scan saw that the quote open after `n_bytes` stays open for too long; then
 * `result` is set. */
static bool is_known_open(const csv_reader *csv, size_t n_bytes, row_result *result)
{
    uint64_t start = position(csv->reader.input);
    if (start + n_bytes > csv->open_until) {
        return false;
    }
    *result = csv->open_until_is_end ? ROW_UNCLOSED : ROW_TOO_LONG;
    return csv->open_until_is_end || csv->open_until - start > csv->reader.max_record_bytes / 2;
}

/* Parses the record at the window's start, without consuming it. */
static sr_status scan_row(csv_reader *csv, size_t *n_bytes, uint64_t *n_lines, row_result *result)
{
    sr_input *input = csv->reader.input;
    *n_bytes = 0;
    *n_lines = 0;
    reset_row(csv);
    for (;;) {
        size_t n_line;
        sr_status status = sr_input_measure_line(input, *n_bytes,
                                                 csv->reader.max_record_bytes - *n_bytes, &n_line);
        if (status == SR_ERR_LIMIT) {
            remember_open(csv, *n_bytes, false);
            *result = ROW_TOO_LONG;
            return SR_OK;
        }
        SR_TRY(status);
        const char *record = input->data + input->start;
        bool ended = n_line && record[*n_bytes + n_line - 1] == '\n';
        if (!ended && input->damage.status != SR_OK) {
            *result = ROW_DAMAGED;
            return SR_OK;
        }
        if (n_line == 0) {
            remember_open(csv, *n_bytes, true);
            *result = *n_bytes ? ROW_UNCLOSED : ROW_NONE;
            return SR_OK;
        }
        if (*n_bytes && opens_inside_quote(csv, sr_str_make(record, *n_bytes + n_line), *n_bytes)) {
            *result = ROW_NESTED;
            return SR_OK;
        }
        SR_TRY(feed_line(csv, sr_str_make(record + *n_bytes, n_line)));
        *n_bytes += n_line;
        *n_lines += ended;
        *result = ROW_DONE;
        if (csv->row_done || is_known_open(csv, *n_bytes, result)) {
            return SR_OK;
        }
    }
}

static sr_status skip_blank_lines(csv_reader *csv)
{
    for (;;) {
        size_t n_bytes;
        sr_status status =
            sr_input_measure_line(csv->reader.input, 0, csv->reader.max_record_bytes, &n_bytes);
        if (status == SR_ERR_LIMIT) {
            return SR_OK;
        }
        SR_TRY(status);
        sr_str line = sr_str_make(csv->reader.input->data + csv->reader.input->start, n_bytes);
        if (n_bytes == 0 || sr_str_trim(line).n_bytes) {
            return SR_OK;
        }
        sr_input_consume(csv->reader.input, n_bytes, line.data[n_bytes - 1] == '\n');
    }
}

/* Views of the fields of the row in `text`. */
static sr_status view_fields(csv_reader *csv, sr_str **fields, size_t *capacity)
{
    SR_TRY(sr_array_reserve((void **)fields, capacity, csv->n_fields, sizeof **fields));
    const char *text = csv->text.data ? csv->text.data : ""; /* all fields may be empty */
    size_t start = 0;
    for (size_t i = 0; i < csv->n_fields; i++) {
        (*fields)[i] = sr_str_make(text + start, csv->field_ends[i] - start);
        start = csv->field_ends[i];
    }
    return SR_OK;
}

static bool ends_field(const csv_reader *csv, char c)
{
    return c == csv->delimiter || c == '\r' || c == '\n';
}

/* Reads one line whose quotes libcsv can't pair, in one of two ways: a quote that no delimiter
 * follows is content (`"say "hi" now",b`), or ends the quoting (`"a" b,c`). `closed` is false where
 * a quote is still open at the end. */
static sr_status split_line(csv_reader *csv, sr_str line, bool any_quote_ends, bool *closed)
{
    char nothing[1] = "";
    bool quoted = false;
    bool begun = false;
    reset_row(csv);
    for (size_t i = 0; i < line.n_bytes; i++) {
        char c = line.data[i];
        char next = i + 1 < line.n_bytes ? line.data[i + 1] : '\n';
        bool ends = c == '\n' || (!quoted && ends_field(csv, c));
        if (c == '"' && !begun) {
            quoted = true;
        } else if (c == '"' && quoted && next == '"') {
            SR_TRY(sr_buffer_append(&csv->text, &c, 1));
            i++;
        } else if (c == '"' && quoted && (any_quote_ends || ends_field(csv, next))) {
            quoted = false;
        } else if (!ends) {
            SR_TRY(sr_buffer_append(&csv->text, &c, 1));
        }
        begun = true;
        if (ends && c == csv->delimiter) {
            take_field(nothing, 0, csv);
            begun = false;
        }
    }
    take_field(nothing, 0, csv);
    *closed = !quoted;
    return csv->status;
}

/* The first physical line of a record that has no end, where it is a whole row by itself. */
static sr_status mend_row(csv_reader *csv, bool *mended, size_t *n_bytes)
{
    sr_input *input = csv->reader.input;
    *mended = false;
    sr_status status = sr_input_measure_line(input, 0, csv->reader.max_record_bytes, n_bytes);
    if (status == SR_ERR_LIMIT) {
        return SR_OK;
    }
    SR_TRY(status);
    sr_str line = sr_str_make(input->data + input->start, *n_bytes);
    SR_TRY(hide_escapes(csv, &line));
    for (int way = 0; way < 2 && !*mended; way++) {
        bool closed;
        SR_TRY(split_line(csv, line, way == 1, &closed));
        *mended = closed && csv->n_fields == csv->n_columns;
    }
    csv->reader.n_mended += *mended;
    csv->reader.mending = "quotes in the wrong place";
    return SR_OK;
}

/* Refuses the record and goes behind its first physical line. */
static sr_status refuse_row(csv_reader *csv, row_result result, uint64_t line, uint64_t n_lines,
                            sr_record *record)
{
    sr_reader *reader = &csv->reader;
    if (result == ROW_TOO_LONG) {
        sr_reader_refuse(reader, record, line, "the record is longer than %zu bytes%s",
                         reader->max_record_bytes, n_lines ? " (a quote left open?)" : "");
    } else {
        sr_reader_refuse(reader, record, line, "a quote is opened and never closed");
    }
    return sr_input_skip_line(reader->input);
}

static sr_status csv_next(sr_reader *reader, sr_record *record, bool *found)
{
    csv_reader *csv = (csv_reader *)reader;
    sr_input *input = reader->input;
    if (csv->header_is_bad) {
        *found = reader->n_records == 0;
        *record = csv->bad_header;
        reader->n_records = 1;
        return SR_OK;
    }
    *found = false;
    SR_TRY(skip_blank_lines(csv));
    size_t n_bytes;
    uint64_t n_lines;
    uint64_t line = input->line;
    row_result result;
    SR_TRY(scan_row(csv, &n_bytes, &n_lines, &result));
    if (result == ROW_NONE || result == ROW_DAMAGED) {
        return SR_OK;
    }
    *found = true;
    reader->n_records++;
    bool too_many = result == ROW_DONE && csv->n_fields > csv->n_columns;
    if (result != ROW_DONE || too_many) {
        bool mended;
        size_t n_first;
        size_t n_found = csv->n_fields;
        SR_TRY(mend_row(csv, &mended, &n_first));
        if (!mended && !too_many) {
            return refuse_row(csv, result, line, n_lines, record);
        }
        n_bytes = mended ? n_first : n_bytes;
        n_lines = mended ? input->data[input->start + n_bytes - 1] == '\n' : n_lines;
        csv->n_fields = mended ? csv->n_fields : n_found;
    }
    sr_str raw = sr_str_make(input->data + input->start, n_bytes);
    sr_input_consume(input, n_bytes, n_lines);
    if (csv->n_fields > csv->n_columns) {
        sr_reader_refuse(reader, record, line, "%zu fields, the %s %zu", csv->n_fields,
                         csv->has_header ? "header has" : "first rows have", csv->n_columns);
        return SR_OK;
    }
    SR_TRY(view_fields(csv, &csv->fields, &csv->view_capacity));
    *record = (sr_record){.number = reader->n_records,
                          .line = line,
                          .raw = raw,
                          .fields = csv->fields,
                          .n_fields = csv->n_fields};
    return SR_OK;
}

static void csv_reader_free(sr_reader *reader)
{
    csv_reader *csv = (csv_reader *)reader;
    csv_free(&csv->parser);
    sr_buffer_release(&csv->hidden);
    sr_buffer_release(&csv->text);
    sr_buffer_release(&csv->header);
    sr_buffer_release(&csv->header_text);
    free(csv->field_ends);
    free(csv->fields);
    free(csv->columns);
    free(csv);
}

/* The columns of a file without a header are called "1", "2" … The row stays where it is. */
static sr_status number_columns(csv_reader *csv, size_t n_columns)
{
    sr_buffer *names = &csv->header_text;
    size_t capacity = 0;
    SR_TRY(sr_array_reserve((void **)&csv->columns, &capacity, n_columns, sizeof *csv->columns));
    SR_TRY(sr_buffer_reserve(names, n_columns * 21)); /* so that it does not move */
    for (size_t i = 0; i < n_columns; i++) {
        size_t start = names->n_bytes;
        SR_TRY(sr_buffer_append_format(names, "%zu", i + 1));
        csv->columns[i] = sr_str_make(names->data + start, names->n_bytes - start);
    }
    csv->n_columns = n_columns;
    return SR_OK;
}

/* What stands before the header row goes where that goes. */
static sr_status take_before(csv_reader *csv, size_t n_before)
{
    sr_str before;
    SR_TRY(sr_input_peek(csv->reader.input, n_before, &before));
    before.n_bytes = before.n_bytes < n_before ? before.n_bytes : n_before;
    uint64_t n_lines = 0;
    for (size_t i = 0; i < before.n_bytes; i++) {
        n_lines += before.data[i] == '\n';
    }
    SR_TRY(sr_buffer_append_str(&csv->header, before));
    sr_input_consume(csv->reader.input, before.n_bytes, n_lines);
    return SR_OK;
}

static sr_status read_header(csv_reader *csv)
{
    sr_input *input = csv->reader.input;
    SR_TRY(skip_blank_lines(csv));
    size_t n_bytes;
    uint64_t n_lines;
    row_result result;
    uint64_t line = input->line;
    SR_TRY(scan_row(csv, &n_bytes, &n_lines, &result));
    if (result == ROW_NONE || result == ROW_DAMAGED) {
        csv->n_columns = 0; /* there is no row whose columns could be counted */
        return SR_OK;
    }
    if (!csv->has_header) {
        bool is_wider = result == ROW_DONE && csv->n_fields > csv->n_columns;
        return number_columns(csv, is_wider ? csv->n_fields : csv->n_columns);
    }
    if (result != ROW_DONE) {
        csv->header_is_bad = true;
        sr_reader_refuse(&csv->reader, &csv->bad_header, line,
                         "the header row has no end: a quote is left open, or it is too long");
        return SR_OK;
    }
    SR_TRY(sr_buffer_append(&csv->header, input->data + input->start, n_bytes));
    sr_input_consume(input, n_bytes, n_lines);
    size_t capacity = 0;
    SR_TRY(view_fields(csv, &csv->columns, &capacity));
    csv->n_columns = csv->n_fields;
    csv->header_text = csv->text; /* keeps what the names point into */
    sr_buffer_init(&csv->text, SR_BUFFER_NO_LIMIT);
    return SR_OK;
}

sr_status sr_csv_reader_create(sr_input *input, const sr_reader_options *options, sr_reader **out)
{
    csv_reader *csv = calloc(1, sizeof *csv);
    if (!csv) {
        return SR_ERR_MEMORY;
    }
    csv->reader = (sr_reader){.next = csv_next,
                              .free = csv_reader_free,
                              .input = input,
                              .max_record_bytes = options->max_record_bytes};
    csv->delimiter = options->dialect.delimiter ? options->dialect.delimiter : ',';
    csv->has_header = options->dialect.has_header;
    csv->escapes = options->dialect.escapes;
    csv->n_columns = options->dialect.n_columns;
    sr_buffer_init(&csv->hidden, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&csv->text, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&csv->header, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&csv->header_text, SR_BUFFER_NO_LIMIT);
    csv_init(&csv->parser, 0);
    csv_set_delim(&csv->parser, (unsigned char)csv->delimiter);
    csv_set_space_func(&csv->parser, is_space);
    csv_set_term_func(&csv->parser, is_line_end);
    csv_set_blk_size(&csv->parser, 16 * 1024);
    size_t n_before = options->dialect.n_before;
    sr_status status = n_before ? take_before(csv, n_before) : SR_OK;
    status = status == SR_OK ? read_header(csv) : status;
    if (status != SR_OK) {
        csv_reader_free(&csv->reader);
        return status;
    }
    *out = &csv->reader;
    return SR_OK;
}

sr_str sr_csv_reader_header(const sr_reader *reader, const sr_str **columns, size_t *n_columns)
{
    const csv_reader *csv = (const csv_reader *)reader;
    *columns = csv->columns;
    *n_columns = csv->n_columns;
    return sr_buffer_view(&csv->header);
}
