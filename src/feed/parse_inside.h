/* parse_inside.h — what the parsers of the formats share: the state of one thread, and the rules of
 * fields that hold for all of them. */
#ifndef SR_FEED_PARSE_INSIDE_H
#define SR_FEED_PARSE_INSIDE_H

#include "feed/encoding.h"
#include "feed/feed_inside.h"
#include "feed/html_read.h"
#include "feed/http_message.h"
#include "feed/json_shim.h"
#include "feed/xml_item.h"

/* A name that was asked for before: the same ones come with every record. */
enum { SR_PARSER_MAX_RANK = 16, SR_PARSER_MEMO_PLACES = 64, SR_PARSER_MEMO_BYTES = 24 };
typedef struct sr_guess_memo {
    char name[SR_PARSER_MEMO_BYTES];
    size_t n_bytes; /* 0: free */
    sr_feed_field field;
    unsigned rank;
} sr_guess_memo;

struct sr_record_parser {
    const sr_feed *feed;
    const sr_field_map *map;
    sr_guess_memo memo[SR_PARSER_MEMO_PLACES];
    sr_json *json;
    sr_buffer repaired;
    sr_buffer value;
    uint32_t html_fields;  /* of this record, that hold HTML by their name */
    uint32_t plain_fields; /* and that do not */
    sr_html_reader html;
    sr_recoder recoder;
    sr_xml_item item;
    sr_http_scratch http;
    const sr_feed_member *columns_of; /* whose header `columns` was made from */
    size_t columns[SR_FEED_FIELD_COUNT][SR_PARSER_MAX_RANK]; /* by rank; a mapped field's is at 0 */
};

/* One parser a format: SR_ERR_FORMAT with the reason for a bad record. */
SR_MUST_USE sr_status sr_parse_json(sr_record_parser *parser, const sr_record *record,
                                    sr_arena *arena, sr_article *article, sr_error *error);
SR_MUST_USE sr_status sr_parse_row(sr_record_parser *parser, const sr_record *record,
                                   sr_arena *arena, sr_article *article, sr_error *error);
SR_MUST_USE sr_status sr_parse_text(sr_record_parser *parser, const sr_record *record,
                                    sr_arena *arena, sr_article *article, sr_error *error);
SR_MUST_USE sr_status sr_parse_html(sr_record_parser *parser, const sr_record *record,
                                    sr_arena *arena, sr_article *article, sr_error *error);
SR_MUST_USE sr_status sr_parse_xml(sr_record_parser *parser, const sr_record *record,
                                   sr_arena *arena, sr_article *article, sr_error *error);
SR_MUST_USE sr_status sr_parse_markdown(sr_record_parser *parser, const sr_record *record,
                                        sr_arena *arena, sr_article *article, sr_error *error);
SR_MUST_USE sr_status sr_parse_warc(sr_record_parser *parser, const sr_record *record,
                                    sr_arena *arena, sr_article *article, sr_error *error);
/* What the object around an array of records says of them all: into the member. */
SR_MUST_USE sr_status sr_parse_json_head(sr_record_parser *parser, sr_arena *arena,
                                         sr_feed_member *member);
/* See sr_record_parser_names. */
bool sr_parse_markdown_names(sr_record_parser *parser, const sr_record *record,
                             sr_str names[SR_FEED_FIELD_COUNT]);
bool sr_parse_warc_names(sr_record_parser *parser, const sr_record *record,
                         sr_str names[SR_FEED_FIELD_COUNT]);
bool sr_parse_json_names(sr_record_parser *parser, const sr_record *record,
                         sr_str names[SR_FEED_FIELD_COUNT]);
bool sr_parse_row_names(sr_record_parser *parser, const sr_record *record,
                        sr_str names[SR_FEED_FIELD_COUNT]);

/* See sr_record_parser_list. */
size_t sr_parse_markdown_list(sr_record_parser *parser, const sr_record *record, sr_str *names,
                              size_t max_names);
size_t sr_parse_warc_list(sr_record_parser *parser, const sr_record *record, sr_str *names,
                          size_t max_names);
size_t sr_parse_json_list(sr_record_parser *parser, const sr_record *record, sr_str *names,
                          size_t max_names);
size_t sr_parse_row_list(sr_record_parser *parser, const sr_record *record, sr_str *names,
                         size_t max_names);

/* What the record's bytes are to be converted from: NULL, they are UTF-8 as they stand; "UTF-8",
 * they have to be repaired; else iconv's name. A record that is not UTF-8 among others that are is
 * windows-1252 where it reads well as that. */
const char *sr_parser_encoding(const sr_record *record);
/* The value as UTF-8; a view of the parser's `repaired`. */
SR_MUST_USE sr_status sr_parser_convert(sr_record_parser *parser, const char *encoding,
                                        sr_str value, sr_str *converted);

/* `arena` NULL: the value lives long enough as it is. */
SR_MUST_USE sr_status sr_parser_set_field(sr_article *article, sr_feed_field field, sr_str value,
                                          sr_arena *arena);
/* The record is bad, and why: SR_ERR_FORMAT. */
SR_MUST_USE sr_status sr_parser_refuse(const sr_record *record, const char *reason,
                                       sr_error *error);
/* The bad record of a feed in which no field can be found: lists the names, and shows how to say
 * which is which. `longest` is the name with the longest value. */
SR_MUST_USE sr_status sr_parser_refuse_names(sr_record_parser *parser, const sr_record *record,
                                             const sr_str *names, size_t n_names, sr_str longest,
                                             sr_error *error);
/* Remembers that the names of --map in `mapped` were met. */
void sr_parser_note_seen(const sr_record_parser *parser, const sr_record *record, uint32_t mapped);
/* A bit for each field whose name --map gives and the record has. */
uint32_t sr_parser_mapped_bits(const sr_record_parser *parser,
                               const sr_str names[SR_FEED_FIELD_COUNT]);
/* Whether one of the names is that of a text, a title or a lead. */
bool sr_parser_has_content(const sr_str names[SR_FEED_FIELD_COUNT]);
/* The first line with a visible character, trimmed, and what stands behind it; `text` is empty
 * where nothing visible does. */
void sr_parser_split_title(sr_str all, sr_str *title, sr_str *text);
/* How much a value looks like a text: its length, but links are none. */
size_t sr_parser_text_weight(sr_str value);

#endif
