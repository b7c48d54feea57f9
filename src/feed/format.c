/* format.c — the table, and the names in it. */
#include "feed/format.h"

#include <stdio.h>

static sr_status parse_unknown(sr_record_parser *parser, const sr_record *record, sr_arena *arena,
                               sr_article *article, sr_error *error)
{
    (void)parser;
    (void)arena;
    (void)article;
    return sr_parser_refuse(record, "of an unknown format", error);
}

static const sr_feed_kind FORMATS[SR_FEED_FORMAT_COUNT] = {
    [SR_FEED_UNKNOWN] = {.name = "unknown", .parse = parse_unknown},
    [SR_FEED_JSONL] = {.name = "jsonl",
                       .has_values = true,
                       .by_line = true,
                       .open = sr_jsonl_reader_create,
                       .parse = sr_parse_json,
                       .names = sr_parse_json_names,
                       .list = sr_parse_json_list},
    [SR_FEED_JSON] = {.name = "json",
                      .has_values = true,
                      .open = sr_json_array_reader_create,
                      .parse = sr_parse_json,
                      .names = sr_parse_json_names,
                      .list = sr_parse_json_list},
    [SR_FEED_JSON_FEED] = {.name = "json-feed",
                           .has_values = true,
                           .open = sr_json_object_reader_create,
                           .parse = sr_parse_json,
                           .names = sr_parse_json_names,
                           .list = sr_parse_json_list},
    [SR_FEED_JSON_OBJECTS] = {.name = "json-objects",
                              .has_values = true,
                              .open = sr_json_object_reader_create,
                              .parse = sr_parse_json,
                              .names = sr_parse_json_names,
                              .list = sr_parse_json_list},
    [SR_FEED_CSV] = {.name = "csv",
                     .has_values = true,
                     .open = sr_csv_reader_create,
                     .parse = sr_parse_row,
                     .names = sr_parse_row_names,
                     .list = sr_parse_row_list},
    [SR_FEED_TEXT] = {.name = "text",
                      .is_whole_file = true,
                      .open = sr_text_reader_create,
                      .parse = sr_parse_text},
    [SR_FEED_XML] = {.name = "xml", .open = sr_xml_reader_create, .parse = sr_parse_xml},
    [SR_FEED_MARKDOWN] = {.name = "markdown",
                          .is_whole_file = true,
                          .names_are_fixed = true,
                          .open = sr_markdown_reader_create,
                          .parse = sr_parse_markdown,
                          .names = sr_parse_markdown_names,
                          .list = sr_parse_markdown_list},
    [SR_FEED_WARC] = {.name = "warc",
                      .names_are_fixed = true,
                      .open = sr_warc_reader_create,
                      .parse = sr_parse_warc,
                      .names = sr_parse_warc_names,
                      .list = sr_parse_warc_list},
    [SR_FEED_HTML] = {.name = "html",
                      .is_whole_file = true,
                      .open = sr_text_reader_create,
                      .parse = sr_parse_html},
};

const sr_feed_kind *sr_feed_kind_of(sr_feed_format format)
{
    return &FORMATS[format];
}

const char *sr_feed_format_name(sr_feed_format format)
{
    return FORMATS[format].name;
}

bool sr_feed_format_is_whole_file(sr_feed_format format)
{
    return FORMATS[format].is_whole_file;
}

sr_status sr_feed_format_parse(const char *name, sr_feed_format *format, sr_csv_header *header,
                               sr_error *error)
{
    *format = SR_FEED_UNKNOWN;
    *header = SR_CSV_HEADER_BY_CONTENT;
    if (!name) {
        return SR_OK;
    }
    if (strcmp(name, "csv-header") == 0 || strcmp(name, "csv-rows") == 0) {
        *format = SR_FEED_CSV;
        *header = name[4] == 'h' ? SR_CSV_HEADER_YES : SR_CSV_HEADER_NO;
        return SR_OK;
    }
    char known[200] = "";
    size_t n_known = 0;
    for (int i = SR_FEED_UNKNOWN + 1; i < SR_FEED_FORMAT_COUNT; i++) {
        if (strcmp(name, FORMATS[i].name) == 0) {
            *format = (sr_feed_format)i;
            return SR_OK;
        }
        int n = snprintf(known + n_known, sizeof known - n_known, "%s%s", n_known ? ", " : "",
                         FORMATS[i].name);
        n_known += n > 0 && (size_t)n < sizeof known - n_known ? (size_t)n : 0;
    }
    return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0, "\"%s\" is no input format; there are %s",
                        name, known);
}
