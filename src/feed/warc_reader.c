/* warc_reader.c — cutting WARC and ARC files: pages and texts become records, everything else is
 * run through without being held, and counted.
 *
 *     WARC/1.0 CRLF  name: value CRLF …  CRLF  block (Content-Length bytes)  CRLF CRLF
 *
 * Where a length leads to no record, reading goes on at the next line that begins one. */
#include "feed/reader.h"

#include "feed/header_block.h"
#include "feed/warc.h"

#include <stdlib.h>

enum { MAX_HEAD_BYTES = 64 * 1024, LOOKED_AT = 16 * 1024 };

typedef struct warc_reader {
    sr_reader reader;
    sr_buffer cut;  /* a record that the file's end cuts, with its length set right */
    sr_buffer info; /* the record that describes the file, where one begins it */
} warc_reader;

/* Over line ends between records; false at the end of the input. */
static sr_status skip_line_ends(sr_input *input, bool *more)
{
    for (;;) {
        sr_str held = sr_input_view(input);
        size_t n = 0;
        while (n < held.n_bytes && (held.data[n] == '\n' || held.data[n] == '\r')) {
            n++;
        }
        sr_input_consume(input, n, 0);
        *more = n < held.n_bytes;
        if (*more || input->at_end) {
            return SR_OK;
        }
        SR_TRY(sr_input_fill(input));
    }
}

/* Over bytes that nobody needs; `n_missing` counts those that the input does not have. */
static sr_status skip_bytes(sr_input *input, uint64_t n_bytes, uint64_t *n_missing)
{
    while (n_bytes) {
        size_t n_held = input->end - input->start;
        size_t n = n_held < n_bytes ? n_held : (size_t)n_bytes;
        sr_input_consume(input, n, 0);
        n_bytes -= n;
        if (n_bytes && input->at_end) {
            break;
        }
        if (n_bytes) {
            SR_TRY(sr_input_fill(input));
        }
    }
    *n_missing = n_bytes;
    return SR_OK;
}

/* To the next line that begins a record. */
static sr_status resynchronise(sr_input *input)
{
    for (;;) {
        SR_TRY(sr_input_skip_line(input));
        sr_str held;
        SR_TRY(sr_input_peek(input, 16, &held));
        if (held.n_bytes == 0 || (held.n_bytes >= 7 && memcmp(held.data, "WARC/", 5) == 0)) {
            return SR_OK;
        }
    }
}

/* The header block at the window's start, and a piece of what follows it; 0 where there is none. */
static sr_status find_head(sr_input *input, size_t *n_head)
{
    sr_str held;
    for (size_t n_wanted = 4096;; n_wanted *= 2) {
        SR_TRY(sr_input_peek(input, n_wanted, &held));
        *n_head = sr_warc_measure_head(held);
        if (*n_head || held.n_bytes < n_wanted || n_wanted >= MAX_HEAD_BYTES) {
            break;
        }
    }
    return *n_head ? sr_input_peek(input, *n_head + LOOKED_AT, &held) : SR_OK;
}

/* The bytes between a block and the next record. */
static size_t count_line_ends(sr_str held, size_t at)
{
    size_t n = at;
    while (n < held.n_bytes && n < at + 4 && (held.data[n] == '\r' || held.data[n] == '\n')) {
        n++;
    }
    return n - at;
}

/* The length in a header block: behind "Content-Length:", or the last word of ARC's only line. */
static sr_str find_length(sr_str head)
{
    sr_str length = sr_header_block_find(head, "Content-Length");
    if (length.n_bytes == 0) {
        sr_str line = sr_str_trim(head);
        const char *blank = memrchr(line.data, ' ', line.n_bytes);
        length =
            blank ? sr_str_make(blank + 1, (size_t)(line.data + line.n_bytes - blank - 1)) : line;
    }
    return length;
}

/* The last record of a file that was cut: what there is of it, under a length of as many digits. */
static sr_status take_cut(warc_reader *warc, sr_str held, size_t n_head, sr_record *record)
{
    sr_reader *reader = &warc->reader;
    sr_buffer_clear(&warc->cut);
    SR_TRY(sr_buffer_append_str(&warc->cut, held));
    sr_str length = find_length(sr_str_make(warc->cut.data, n_head));
    char *digits = warc->cut.data + (length.data - warc->cut.data);
    size_t n_block = held.n_bytes - n_head;
    for (size_t i = length.n_bytes; i > 0; i--, n_block /= 10) {
        digits[i - 1] = (char)('0' + n_block % 10);
    }
    SR_TRY(sr_buffer_append_text(&warc->cut, "\r\n\r\n"));
    *record = (sr_record){
        .number = reader->n_records, .line = reader->n_records, .raw = sr_buffer_view(&warc->cut)};
    reader->n_mended++;
    reader->mending = "its end missing";
    sr_input_consume(reader->input, held.n_bytes, 1);
    return SR_OK;
}

/* What stands at the window's start, which is a sound header block of `n_head` bytes. */
static sr_status take_record(warc_reader *warc, size_t n_head, const sr_warc_record *found_record,
                             sr_record *record, bool *found)
{
    sr_reader *reader = &warc->reader;
    sr_input *input = reader->input;
    uint64_t n_all = n_head + found_record->n_block;
    bool is_page = found_record->kind == SR_WARC_PAGE || found_record->kind == SR_WARC_TEXT;
    uint64_t n_missing;
    if (!is_page || n_all > reader->max_record_bytes) {
        if (!is_page && found_record->kind != SR_WARC_INFO) {
            sr_reader_skip(reader, found_record->refusal);
        }
        SR_TRY(skip_bytes(input, n_all, &n_missing));
        if (is_page) {
            reader->n_records++;
            sr_reader_refuse(reader, record, reader->n_records,
                             "the record is longer than %zu bytes", reader->max_record_bytes);
            *found = true;
        }
        return SR_OK;
    }
    sr_str held;
    SR_TRY(sr_input_peek(input, (size_t)n_all + 4, &held));
    if (held.n_bytes <= n_head && input->damage.status != SR_OK) {
        return SR_OK; /* the feed tells of the damage */
    }
    reader->n_records++;
    *found = true;
    if (held.n_bytes < n_all) {
        return take_cut(warc, held, n_head, record);
    }
    size_t n_raw = (size_t)n_all + count_line_ends(held, (size_t)n_all);
    *record = (sr_record){.number = reader->n_records,
                          .line = reader->n_records,
                          .raw = sr_str_make(held.data, n_raw)};
    sr_input_consume(input, n_raw, 1);
    return SR_OK;
}

static sr_status warc_next(sr_reader *reader, sr_record *record, bool *found)
{
    warc_reader *warc = (warc_reader *)reader;
    sr_input *input = reader->input;
    bool more;
    for (*found = false; !*found;) {
        SR_TRY(skip_line_ends(input, &more));
        if (!more) {
            return SR_OK;
        }
        size_t n_head;
        sr_warc_record read;
        SR_TRY(find_head(input, &n_head));
        if (n_head && sr_warc_read(sr_input_view(input), n_head, &read)) {
            SR_TRY(take_record(warc, n_head, &read, record, found));
            bool is_cut = !*found && input->at_end && input->start == input->end;
            if (is_cut) {
                return SR_OK;
            }
            if (!*found && input->at_end && input->damage.status != SR_OK &&
                (read.kind == SR_WARC_PAGE || read.kind == SR_WARC_TEXT)) {
                return SR_OK;
            }
            continue;
        }
        if (input->at_end && input->damage.status != SR_OK) {
            return SR_OK;
        }
        reader->n_records++;
        sr_reader_refuse(reader, record, reader->n_records, "no WARC record begins here");
        *found = true;
        SR_TRY(resynchronise(input));
    }
    return SR_OK;
}

static void warc_free(sr_reader *reader)
{
    warc_reader *warc = (warc_reader *)reader;
    sr_buffer_release(&warc->cut);
    sr_buffer_release(&warc->info);
    free(warc);
}

/* The first record, where it describes the file: it begins every file made of this one. */
static sr_status keep_info(warc_reader *warc)
{
    sr_input *input = warc->reader.input;
    bool more;
    size_t n_head = 0;
    sr_warc_record info;
    sr_str held;
    SR_TRY(skip_line_ends(input, &more));
    SR_TRY(more ? find_head(input, &n_head) : SR_OK);
    if (n_head == 0 || !sr_warc_read(sr_input_view(input), n_head, &info) ||
        info.kind != SR_WARC_INFO || info.n_block > warc->reader.max_record_bytes) {
        return SR_OK;
    }
    size_t n_all = n_head + (size_t)info.n_block;
    SR_TRY(sr_input_peek(input, n_all + 4, &held));
    if (held.n_bytes < n_all) {
        return SR_OK;
    }
    n_all += count_line_ends(held, n_all);
    SR_TRY(sr_buffer_append(&warc->info, held.data, n_all));
    sr_input_consume(input, n_all, 0);
    return SR_OK;
}

static void warc_frame(const sr_reader *reader, sr_str *head, sr_str *tail)
{
    *head = sr_buffer_view(&((const warc_reader *)reader)->info);
    *tail = sr_str_make(NULL, 0);
}

sr_status sr_warc_reader_create(sr_input *input, const sr_reader_options *options, sr_reader **out)
{
    warc_reader *warc = calloc(1, sizeof *warc);
    if (!warc) {
        return SR_ERR_MEMORY;
    }
    warc->reader = (sr_reader){.next = warc_next,
                               .free = warc_free,
                               .frame = warc_frame,
                               .input = input,
                               .max_record_bytes = options->max_record_bytes,
                               .skips = options->skips};
    sr_buffer_init(&warc->cut, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&warc->info, SR_BUFFER_NO_LIMIT);
    sr_status status = keep_info(warc);
    if (status != SR_OK) {
        warc_free(&warc->reader);
        return status;
    }
    *out = &warc->reader;
    return SR_OK;
}
