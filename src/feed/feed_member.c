/* feed_member.c — the open member: its encoding, its format and dialect, and what is said of them.
 */
#include "feed/detect_inside.h"
#include "feed/encoding_guess.h"
#include "feed/feed_open.h"
#include "feed/format.h"
#include "feed/warc.h"
#include "feed/xml_context.h"

#include <stdarg.h>
#include <stdio.h>

/* Whether a CR stands alone as line end: there is one, and no LF. */
static bool has_lone_cr(sr_str head)
{
    return head.n_bytes && memchr(head.data, '\r', head.n_bytes) &&
           !memchr(head.data, '\n', head.n_bytes);
}

/* Whether markup tells its encoding to those who read it: a page has rules of its own, a feed a
 * declaration, or else it should be UTF-8. */
static bool tells_encoding(sr_str head)
{
    const char *reason;
    char name[SR_ENCODING_BYTES];
    head = sr_str_trim(head);
    const char *end = memchr(head.data, '>', head.n_bytes);
    bool has_declaration = end && head.n_bytes > 5 && memcmp(head.data, "<?xml", 5) == 0;
    return sr_feed_detect_markup(head, false, &reason) != SR_FEED_XML ||
           (has_declaration &&
            sr_encoding_find_declared(sr_str_make(head.data, (size_t)(end - head.data)), "encoding",
                                      name));
}

/* The encoding that shows by the first bytes. Markup tells its own to the readers of markup, unless
 * its characters are wider than bytes. */
static const char *find_encoding(const sr_feed *feed, sr_str head, size_t *n_mark)
{
    if (sr_warc_is_head(head)) {
        *n_mark = 0;
        return "UTF-8"; /* each page has its own */
    }
    const char *guessed = sr_encoding_guess(head, n_mark);
    sr_str seen = sr_str_make(head.data + *n_mark, head.n_bytes - *n_mark);
    sr_str visible = sr_str_trim(seen);
    const char *markup = *n_mark ? NULL : sr_encoding_of_markup(head);
    if (markup) {
        return markup;
    }
    if (visible.n_bytes && visible.data[0] == '<' && sr_encoding_keeps_ascii(guessed) &&
        (strcmp(guessed, "CP1252") == 0 || tells_encoding(seen))) {
        return "UTF-8";
    }
    return feed->encoding[0] ? feed->encoding : guessed;
}

/* Finds the encoding of what begins with `head`; a decoder is put below the input where one is
 * needed, and `head` is then what it gives. */
static sr_status settle_encoding(sr_feed *feed, sr_feed_member *member, sr_str *head)
{
    size_t n_mark;
    if (head->n_bytes == 0) {
        return SR_OK;
    }
    member->encoding = find_encoding(feed, *head, &n_mark);
    sr_str seen = sr_str_make(head->data + n_mark, head->n_bytes - n_mark);
    bool is_wide = !sr_encoding_is_single_byte(member->encoding);
    member->lone_cr = !is_wide && has_lone_cr(seen);
    if (!is_wide && !member->lone_cr) {
        return SR_OK;
    }
    member->is_decoded = true;
    member->has_mark = n_mark > 0;
    sr_input_consume(&feed->input, n_mark, 0);
    sr_status status =
        sr_decode_open(&feed->decode, &feed->input, member->encoding, member->lone_cr, NULL);
    if (status == SR_ERR_ARGUMENT) { /* not on this machine: refused as binary data */
        member->is_decoded = member->has_mark = false;
        member->encoding = "UTF-8";
        return SR_OK;
    }
    SR_TRY(status);
    return sr_input_peek(&feed->input, SR_DETECT_BYTES, head);
}

/* Formats of tables that are not read here, and how to make JSON Lines of them. */
static bool refuse_table(sr_feed *feed, const sr_feed_member *member, sr_str head)
{
    bool is_parquet = head.n_bytes >= 8 && memcmp(head.data, "PAR1", 4) == 0;
    bool is_arrow = head.n_bytes >= 8 && memcmp(head.data, "ARROW1\0\0", 8) == 0;
    char reason[SR_FEED_PROBLEM_BYTES];
    if (is_parquet) {
        snprintf(reason, sizeof reason,
                 "is a Parquet file; to make JSON Lines of it: duckdb -c \"COPY (FROM '%.200s') TO "
                 "'articles.jsonl' (FORMAT json)\"",
                 member->name);
    } else {
        snprintf(reason, sizeof reason,
                 "is an Arrow file; to make JSON Lines of it: python3 -c \"import duckdb, "
                 "pyarrow.feather; t = pyarrow.feather.read_table('%.200s'); duckdb.sql(\\\"COPY t "
                 "TO 'articles.jsonl' (FORMAT json)\\\")\"",
                 member->name);
    }
    if (is_parquet || is_arrow) {
        sr_feed_set_problem(feed, 1, 0, reason);
    }
    return is_parquet || is_arrow;
}

/* Decides encoding, format and dialect, and drops a byte order mark where it is not the text's own.
 */
static sr_status detect_format(sr_feed *feed, sr_feed_member *member, sr_csv_dialect *dialect)
{
    sr_str head;
    const char *reason = NULL;
    SR_TRY(feed->live
               ? sr_input_peek_live(&feed->input, feed->container.file, SR_DETECT_BYTES, &head)
               : sr_input_peek(&feed->input, SR_DETECT_BYTES, &head));
    if (head.n_bytes == 0 && feed->input.damage.status != SR_OK) {
        sr_feed_set_problem(feed, 1, 0, feed->input.damage.text);
        return SR_OK;
    }
    if (refuse_table(feed, member, head)) {
        return SR_OK;
    }
    SR_TRY(settle_encoding(feed, member, &head));
    bool has_bom = head.n_bytes >= 3 && memcmp(head.data, "\xef\xbb\xbf", 3) == 0;
    sr_str seen = has_bom ? sr_str_make(head.data + 3, head.n_bytes - 3) : head;
    sr_str name = sr_compression_strip_name(member->name);
    bool whole = feed->input.at_end;
    member->format = feed->forced
                         ? feed->forced
                         : sr_feed_detect(seen, whole, name, feed->delimiter, &feed->map, &reason);
    if (reason) {
        sr_feed_set_problem(feed, 1, 0, reason);
    } else if (has_bom && !sr_feed_kind_of(member->format)->is_whole_file) {
        sr_input_consume(&feed->input, 3, 0);
    }
    if (member->format == SR_FEED_CSV) {
        sr_csv_sniff(seen, whole, feed->delimiter, feed->csv_header, &feed->map, dialect);
        dialect->escapes = feed->quotes ? feed->quotes == SR_CSV_QUOTES_ESCAPED : dialect->escapes;
    }
    return SR_OK;
}

/* The names of the columns, as UTF-8. */
static sr_status keep_columns(sr_feed *feed, sr_feed_member *member, const sr_str *columns)
{
    sr_str *kept = sr_arena_alloc(&feed->arena, (member->n_columns + 1) * sizeof *kept);
    if (!kept) {
        return SR_ERR_MEMORY;
    }
    sr_record header = {.member = member, .raw = member->header};
    const char *encoding = sr_parser_encoding(&header);
    for (size_t i = 0; i < member->n_columns; i++) {
        sr_str name = columns[i];
        SR_TRY(encoding ? sr_parser_convert(feed->parser, encoding, columns[i], &name) : SR_OK);
        kept[i] = sr_arena_copy(&feed->arena, name);
        if (!kept[i].data) {
            return SR_ERR_MEMORY;
        }
    }
    member->columns = kept;
    return SR_OK;
}

static sr_status keep_header(sr_feed *feed, sr_feed_member *member, const sr_csv_dialect *dialect)
{
    const sr_str *columns;
    sr_str header = sr_csv_reader_header(feed->reader, &columns, &member->n_columns);
    member->delimiter = dialect->delimiter;
    member->header = sr_arena_copy(&feed->arena, header);
    if (!member->header.data) {
        return SR_ERR_MEMORY;
    }
    if (!dialect->has_header) {
        sr_str fields = sr_str_make((const char *)dialect->fields, sizeof dialect->fields);
        fields = sr_arena_copy(&feed->arena, fields);
        member->column_fields = (const uint8_t *)fields.data;
        member->n_column_fields = fields.n_bytes;
        if (!fields.data) {
            return SR_ERR_MEMORY;
        }
    }
    return keep_columns(feed, member, columns);
}

static sr_status keep_head(sr_feed *feed, sr_feed_member *member)
{
    sr_str head;
    sr_str tail;
    feed->reader->frame(feed->reader, &head, &tail);
    member->header = head.n_bytes ? sr_arena_copy(&feed->arena, head) : head;
    if (head.n_bytes && !member->header.data) {
        return SR_ERR_MEMORY;
    }
    if (member->format != SR_FEED_XML) {
        return head.n_bytes ? sr_parse_json_head(feed->parser, &feed->arena, member) : SR_OK;
    }
    /* Decoded from wide characters it is UTF-8, whatever the declaration says. */
    bool is_utf8 = member->is_decoded && !sr_encoding_is_single_byte(member->encoding);
    bool is_guessed = !sr_encoding_is_utf8(member->encoding);
    const char *known = is_utf8             ? "UTF-8"
                        : feed->encoding[0] ? feed->encoding
                        : is_guessed        ? member->encoding
                                            : NULL;
    SR_TRY(sr_xml_context_create(&feed->arena, member->header, known, &member->xml));
    member->encoding = is_utf8 ? member->encoding : member->xml->encoding;
    return SR_OK;
}

/* Adds to a list of remarks. */
SR_PRINTF(2, 3)
static void remark(char *text, const char *format, ...)
{
    va_list arguments;
    size_t n = strlen(text);
    if (n && n + 3 < SR_FEED_DIALECT_BYTES) {
        memcpy(text + n, ", ", 3);
        n += 2;
    }
    va_start(arguments, format);
    vsnprintf(text + n, SR_FEED_DIALECT_BYTES - n, format, arguments);
    va_end(arguments);
}

/* Says what was guessed of encoding and dialect, unless it is what everybody expects, or the same
 * was said last. */
static void tell_dialect(sr_feed *feed, const sr_feed_member *member, const sr_csv_dialect *dialect)
{
    char text[SR_FEED_DIALECT_BYTES] = "";
    char flags[SR_FEED_DIALECT_BYTES] = "";
    bool is_csv = member->format == SR_FEED_CSV;
    if (!feed->encoding[0] && strcmp(member->encoding, "UTF-8") != 0) {
        remark(text, "in %s", sr_encoding_shown(member->encoding));
        remark(flags, "--encoding");
    }
    if (member->lone_cr) {
        remark(text, "lines end in CR");
    }
    if (is_csv && !feed->delimiter && member->delimiter != ',') {
        remark(text, member->delimiter == '\t' ? "cut by tabs" : "cut by '%c'", member->delimiter);
        remark(flags, "--delimiter");
    }
    if (is_csv && !feed->quotes && dialect->escapes) {
        remark(text, "quotes written \\\"");
        remark(flags, "--quotes");
    }
    if (is_csv && dialect->n_before) {
        remark(text, "a title above the header row");
        remark(flags, "--input-format csv-header");
    }
    if (is_csv && member->column_fields && feed->csv_header == SR_CSV_HEADER_BY_CONTENT) {
        remark(text, "no header row, columns are called 1 to %zu", member->n_columns);
        remark(flags, "--input-format csv-header");
    }
    if (text[0] && strcmp(text, feed->told_dialect) != 0) {
        memcpy(feed->told_dialect, text, sizeof text);
        sr_observe_message(feed->observer, SR_MESSAGE_INFO, "%s: %s%s%s%s", member->name, text,
                           flags[0] ? " (guessed; to change it: " : "", flags, flags[0] ? ")" : "");
    }
}

sr_status sr_feed_begin_member(sr_feed *feed, sr_feed_member *member, sr_stream *stream)
{
    sr_reader_options options = {.max_record_bytes = feed->max_record_bytes,
                                 .name = member->name,
                                 .now_s = feed->now_s,
                                 .skips = &feed->skips};
    feed->member = member;
    feed->guesses_told = false;
    sr_input_init(&feed->input, stream);
    SR_TRY(detect_format(feed, member, &options.dialect));
    const sr_feed_kind *kind = sr_feed_kind_of(member->format);
    if (!kind->open) {
        return SR_OK; /* the problem is set */
    }
    SR_TRY(kind->open(&feed->input, &options, &feed->reader));
    if (member->format == SR_FEED_CSV) {
        SR_TRY(keep_header(feed, member, &options.dialect));
    }
    tell_dialect(feed, member, &options.dialect);
    /* What a declaration says is no guess. */
    SR_TRY(feed->reader->frame ? keep_head(feed, member) : SR_OK);
    return sr_feed_preview_html(feed, &options);
}

void sr_feed_close_member(sr_feed *feed)
{
    if (feed->reader) {
        feed->reader->free(feed->reader);
        feed->reader = NULL;
    }
    feed->n_bytes_done += feed->input.n_bytes;
    sr_input_release(&feed->input);
    sr_decode_close(&feed->decode);
    feed->member = NULL;
}
