/* parse_warc.c — a record of a web archive as an article: the page that it holds, read as HTML or
 * as text, under the address and, where the page has no date of its own, the date of the crawl. */
#include "feed/header_block.h"
#include "feed/parse_inside.h"
#include "feed/warc.h"

/* What a record's headers give; any of them can be mapped. */
static const struct {
    const char *name;
    sr_feed_field field;
} HEADERS[] = {{"WARC-Target-URI", SR_FEED_FIELD_URL},
               {"WARC-Date", SR_FEED_FIELD_PUBLISHED},
               {"WARC-Identified-Content-Language", SR_FEED_FIELD_LANGUAGE}};

static sr_status set_copy(sr_record_parser *parser, sr_article *article, sr_feed_field field,
                          sr_str value, sr_arena *arena)
{
    if (!sr_json_is_utf8(value)) {
        SR_TRY(sr_parser_convert(parser, "UTF-8", value, &value));
    }
    return sr_parser_set_field(article, field, value, arena);
}

/* Headers that --map names. */
static sr_status set_mapped(sr_record_parser *parser, const sr_record *record, sr_str head,
                            sr_arena *arena, sr_article *article)
{
    uint32_t seen = 0;
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        const sr_field_path *path = &parser->map->paths[f];
        char name[64];
        if (!path->is_mapped || path->name.n_bytes == 0 || path->name.n_bytes >= sizeof name) {
            continue;
        }
        memcpy(name, path->name.data, path->name.n_bytes);
        name[path->name.n_bytes] = '\0';
        sr_str value = sr_header_block_find(head, name);
        if (value.n_bytes) {
            seen |= 1U << f;
            SR_TRY(set_copy(parser, article, (sr_feed_field)f, value, arena));
        }
    }
    sr_parser_note_seen(parser, record, seen);
    return SR_OK;
}

static bool is_mapped(const sr_record_parser *parser, sr_feed_field field)
{
    return parser->map->paths[field].is_mapped;
}

static sr_status set_page(sr_record_parser *parser, sr_str body, sr_str charset, sr_arena *arena,
                          sr_article *article)
{
    sr_str values[SR_FEED_FIELD_COUNT];
    SR_TRY(sr_html_read_page(&parser->html, body, charset, values));
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        bool is_ours =
            f == SR_FEED_FIELD_URL || f == SR_FEED_FIELD_ID || is_mapped(parser, (sr_feed_field)f);
        if (values[f].n_bytes && !is_ours) {
            SR_TRY(sr_parser_set_field(article, (sr_feed_field)f, values[f], arena));
        }
    }
    return SR_OK;
}

/* A plain text: its first line is the title. */
static sr_status set_text(sr_record_parser *parser, sr_str body, sr_str charset, sr_arena *arena,
                          sr_article *article)
{
    char name[SR_ENCODING_BYTES] = "UTF-8";
    bool is_said = charset.n_bytes && sr_encoding_find(charset, name) && !sr_encoding_is_utf8(name);
    bool is_sound = !is_said && sr_json_is_utf8(body);
    if (!is_sound) {
        sr_html_find_encoding(body, charset, name);
        SR_TRY(sr_parser_convert(parser, name, body, &body));
    }
    sr_arena *copies = is_sound && body.data != parser->http.unpacked.data ? NULL : arena;
    sr_str title;
    sr_str text;
    sr_parser_split_title(body, &title, &text);
    if (!is_mapped(parser, SR_FEED_FIELD_TITLE)) {
        SR_TRY(sr_parser_set_field(article, SR_FEED_FIELD_TITLE, title, copies));
    }
    return sr_parser_set_field(article, SR_FEED_FIELD_TEXT, text, copies);
}

sr_status sr_parse_warc(sr_record_parser *parser, const sr_record *record, sr_arena *arena,
                        sr_article *article, sr_error *error)
{
    size_t n_head = sr_warc_measure_head(record->raw);
    sr_warc_record warc;
    if (n_head == 0 || !sr_warc_read(record->raw, n_head, &warc)) {
        return sr_parser_refuse(record, "not a WARC record", error);
    }
    size_t n_block = record->raw.n_bytes - n_head;
    n_block = warc.n_block < n_block ? (size_t)warc.n_block : n_block;
    sr_http_message message = {.body = sr_str_make(record->raw.data + n_head, n_block)};
    if (warc.is_http && !sr_http_message_read(message.body, &message)) {
        return sr_parser_refuse(record, "the response has no headers", error);
    }
    if (!warc.is_http) {
        message.charset =
            sr_header_value_parameter(sr_header_block_find(warc.head, "Content-Type"), "charset");
    }
    sr_str body;
    sr_status status =
        sr_http_message_body(&message, sr_feed_max_record(parser->feed), &parser->http, &body);
    if (status == SR_ERR_LIMIT) {
        return sr_parser_refuse(record, "the page is longer than a record may be, unpacked", error);
    }
    SR_TRY(status);
    SR_TRY(warc.kind == SR_WARC_PAGE ? set_page(parser, body, message.charset, arena, article)
                                     : set_text(parser, body, message.charset, arena, article));
    if (article->text.n_bytes == 0 && article->title.n_bytes == 0) {
        return sr_parser_refuse(record, "the page has neither a title nor a text", error);
    }
    if (!is_mapped(parser, SR_FEED_FIELD_URL)) {
        SR_TRY(set_copy(parser, article, SR_FEED_FIELD_URL, warc.uri, arena));
    }
    if (article->language.n_bytes == 0 && !is_mapped(parser, SR_FEED_FIELD_LANGUAGE)) {
        SR_TRY(set_copy(parser, article, SR_FEED_FIELD_LANGUAGE, warc.language, arena));
    }
    if (article->published_s == SR_TIME_UNKNOWN && !is_mapped(parser, SR_FEED_FIELD_PUBLISHED)) {
        SR_TRY(set_copy(parser, article, SR_FEED_FIELD_PUBLISHED, warc.date, arena));
    }
    return set_mapped(parser, record, warc.head, arena, article);
}

bool sr_parse_warc_names(sr_record_parser *parser, const sr_record *record,
                         sr_str names[SR_FEED_FIELD_COUNT])
{
    memset(names, 0, SR_FEED_FIELD_COUNT * sizeof *names);
    sr_str head = sr_str_make(record->raw.data, sr_warc_measure_head(record->raw));
    for (size_t i = 0; i < SR_ARRAY_COUNT(HEADERS); i++) {
        if (sr_header_block_find(head, HEADERS[i].name).n_bytes) {
            names[HEADERS[i].field] = sr_str_of(HEADERS[i].name);
        }
    }
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        const sr_field_path *path = &parser->map->paths[f];
        names[f] = path->is_mapped ? path->name : names[f];
    }
    return true;
}

size_t sr_parse_warc_list(sr_record_parser *parser, const sr_record *record, sr_str *names,
                          size_t max_names)
{
    (void)parser;
    sr_str head = sr_str_make(record->raw.data, sr_warc_measure_head(record->raw));
    size_t n_names = 0;
    sr_str value;
    while (n_names < max_names && sr_header_block_next(&head, &names[n_names], &value)) {
        n_names += names[n_names].n_bytes > 0;
    }
    return n_names;
}
