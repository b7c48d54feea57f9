/* format.h — the table of formats: for each its name, how it is cut into records, and how one of
 * its records is parsed. A format is added here, in sr_feed_format and in detect.c. */
#ifndef SR_FEED_FORMAT_H
#define SR_FEED_FORMAT_H

#include "feed/parse_inside.h"
#include "feed/reader.h"

typedef struct sr_feed_kind {
    const char *name;     /* as --input-format takes it */
    bool is_whole_file;   /* a file is one record, which survives whole or not at all */
    bool names_are_fixed; /* nothing is guessed from them */
    bool has_values;      /* fields that may hold HTML */
    bool by_line;         /* N of FILE:N is the physical line */
    /* Cuts; NULL: such a file can't be read. */
    sr_status (*open)(sr_input *input, const sr_reader_options *options, sr_reader **out);
    /* See sr_record_parse. */
    sr_status (*parse)(sr_record_parser *parser, const sr_record *record, sr_arena *arena,
                       sr_article *article, sr_error *error);
    /* See sr_record_parser_names; NULL: its records have no names. */
    bool (*names)(sr_record_parser *parser, const sr_record *record,
                  sr_str names[SR_FEED_FIELD_COUNT]);
    /* See sr_record_parser_list; NULL likewise. */
    size_t (*list)(sr_record_parser *parser, const sr_record *record, sr_str *names,
                   size_t max_names);
} sr_feed_kind;

const sr_feed_kind *sr_feed_kind_of(sr_feed_format format);
/* NULL is SR_FEED_UNKNOWN: by content. "csv-header" and "csv-rows" are CSV with and without a
 * header row. SR_ERR_ARGUMENT for a name that is none. */
SR_MUST_USE sr_status sr_feed_format_parse(const char *name, sr_feed_format *format,
                                           sr_csv_header *header, sr_error *error);

#endif
