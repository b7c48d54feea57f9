/* record_parse.c — a record as an article, on any thread: what all formats share, and texts. */
#include "base/date.h"
#include "feed/encoding_guess.h"
#include "feed/format.h"
#include "feed/json_repair.h"
#include "feed/parse_inside.h"

#include <stdlib.h>

enum { MAX_NAMES = 12 };
#define BOM "\xef\xbb\xbf"

sr_status sr_record_parser_create(const sr_feed *feed, sr_record_parser **out)
{
    sr_record_parser *parser = calloc(1, sizeof *parser);
    if (!parser) {
        return SR_ERR_MEMORY;
    }
    parser->feed = feed;
    parser->map = sr_feed_map(feed);
    sr_buffer_init(&parser->repaired, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&parser->value, SR_BUFFER_NO_LIMIT);
    sr_http_scratch_init(&parser->http);
    parser->json = sr_json_create();
    if (!parser->json) {
        free(parser);
        return SR_ERR_MEMORY;
    }
    sr_html_reader_init(&parser->html, parser->json);
    sr_xml_item_init(&parser->item);
    *out = parser;
    return SR_OK;
}

void sr_record_parser_free(sr_record_parser *parser)
{
    if (parser) {
        sr_html_reader_release(&parser->html);
        sr_xml_item_release(&parser->item);
        sr_json_free(parser->json);
        sr_recoder_release(&parser->recoder);
        sr_http_scratch_release(&parser->http);
        sr_buffer_release(&parser->repaired);
        sr_buffer_release(&parser->value);
        free(parser);
    }
}

static bool is_ascii(sr_str text)
{
    unsigned char high = 0;
    for (size_t i = 0; i < text.n_bytes; i++) {
        high |= (unsigned char)text.data[i];
    }
    return high < 0x80;
}

const char *sr_parser_encoding(const sr_record *record)
{
    const sr_feed_member *member = record->member;
    if (!member->is_decoded && !sr_encoding_is_utf8(member->encoding)) {
        return is_ascii(record->raw) ? NULL : member->encoding;
    }
    if (sr_json_is_utf8(record->raw)) {
        return NULL;
    }
    return sr_encoding_is_western(record->raw) ? "CP1252" : "UTF-8";
}

sr_status sr_parser_convert(sr_record_parser *parser, const char *encoding, sr_str value,
                            sr_str *converted)
{
    sr_buffer_clear(&parser->repaired);
    if (sr_encoding_is_utf8(encoding)) {
        SR_TRY(sr_utf8_repair(value, &parser->repaired));
    } else {
        uint64_t n_bad = 0;
        SR_TRY(sr_recoder_append(&parser->recoder, encoding, value, &parser->repaired, &n_bad));
    }
    *converted = sr_buffer_view(&parser->repaired);
    return SR_OK;
}

sr_status sr_parser_refuse(const sr_record *record, const char *reason, sr_error *error)
{
    return sr_error_set(error, SR_ERR_FORMAT, record->member->name, record->line, "%s", reason);
}

static sr_str *article_string(sr_article *article, sr_feed_field field)
{
    switch (field) {
    case SR_FEED_FIELD_ID:
        return &article->id;
    case SR_FEED_FIELD_TITLE:
        return &article->title;
    case SR_FEED_FIELD_TEXT:
        return &article->text;
    case SR_FEED_FIELD_LEAD:
        return &article->lead;
    case SR_FEED_FIELD_URL:
        return &article->url;
    case SR_FEED_FIELD_SOURCE:
        return &article->source;
    case SR_FEED_FIELD_AUTHOR:
        return &article->author;
    case SR_FEED_FIELD_LANGUAGE:
        return &article->language;
    case SR_FEED_FIELD_TAGS:
        return &article->tags;
    default:
        return &article->image;
    }
}

/* `arena` NULL: the value lives long enough as it is. */
sr_status sr_parser_set_field(sr_article *article, sr_feed_field field, sr_str value,
                              sr_arena *arena)
{
    if (field == SR_FEED_FIELD_PUBLISHED) {
        int64_t seconds;
        article->published_s = sr_time_parse(value, &seconds) ? seconds : SR_TIME_UNKNOWN;
        return SR_OK;
    }
    sr_str kept = field == SR_FEED_FIELD_TEXT ? value : sr_str_trim(value);
    if (kept.n_bytes == 0) {
        return SR_OK;
    }
    sr_str lasting = arena ? sr_arena_copy(arena, kept) : kept;
    *article_string(article, field) = lasting;
    return lasting.data ? SR_OK : SR_ERR_MEMORY;
}

/* The rules of identity: id, else url, else the path (a text), else path and number. */
static sr_status set_id(sr_record_parser *parser, const sr_record *record, sr_arena *arena,
                        sr_article *article)
{
    if (article->id.n_bytes == 0) {
        article->id = article->url;
    }
    if (article->id.n_bytes) {
        return SR_OK;
    }
    sr_buffer_clear(&parser->value);
    SR_TRY(sr_buffer_append_text(&parser->value, record->member->relative));
    if (!sr_feed_kind_of(record->member->format)->is_whole_file) {
        SR_TRY(
            sr_buffer_append_format(&parser->value, ":%llu", (unsigned long long)record->number));
    }
    sr_str id = sr_buffer_view(&parser->value);
    if (!sr_json_is_utf8(id)) {
        SR_TRY(sr_utf8_repair(id, &parser->repaired));
        id = sr_buffer_view(&parser->repaired);
    }
    article->id = sr_arena_copy(arena, id);
    return article->id.data ? SR_OK : SR_ERR_MEMORY;
}

void sr_parser_note_seen(const sr_record_parser *parser, const sr_record *record, uint32_t mapped)
{
    sr_feed_seen *seen = sr_feed_seen_of(parser->feed, record->member->argument);
    if (mapped & ~atomic_load_explicit(&seen->mapped, memory_order_relaxed)) {
        atomic_fetch_or_explicit(&seen->mapped, mapped, memory_order_relaxed);
    }
    if (!atomic_load_explicit(&seen->any, memory_order_relaxed)) {
        atomic_store_explicit(&seen->any, true, memory_order_relaxed);
    }
}

/* A name no longer than a message can show. */
static int shown_bytes(sr_str name)
{
    enum { MAX_SHOWN = 40 };
    size_t n = name.n_bytes < MAX_SHOWN ? name.n_bytes : MAX_SHOWN;
    while (n < name.n_bytes && n && ((unsigned char)name.data[n] & 0xc0) == 0x80) {
        n--;
    }
    return (int)n;
}

/* How much a value looks like a text: its length, but links are none. */
size_t sr_parser_text_weight(sr_str value)
{
    bool is_link = value.n_bytes > 4 && memcmp(value.data, "http", 4) == 0;
    return is_link ? 0 : value.n_bytes;
}

/* The bad record of a feed in which no field can be found: lists the names, and shows how to say
 * which is which. `longest` is the name with the longest value. */
sr_status sr_parser_refuse_names(sr_record_parser *parser, const sr_record *record,
                                 const sr_str *names, size_t n_names, sr_str longest,
                                 sr_error *error)
{
    sr_buffer *text = &parser->value;
    sr_buffer_clear(text);
    SR_TRY(sr_buffer_append_text(text, "no text, title or lead among the fields"));
    for (size_t i = 0; i < n_names && i < MAX_NAMES; i++) {
        SR_TRY(sr_buffer_append_format(text, "%s %.*s", i ? "," : "", shown_bytes(names[i]),
                                       names[i].data));
    }
    SR_TRY(sr_buffer_append_format(text, "%s; say which is which, for example --map text=%.*s",
                                   n_names == 0          ? " (there are none)"
                                   : n_names > MAX_NAMES ? ", …"
                                                         : "",
                                   longest.n_bytes ? shown_bytes(longest) : 4,
                                   longest.n_bytes ? longest.data : "body"));
    SR_TRY(sr_buffer_append(text, "", 1));
    return sr_parser_refuse(record, text->data, error);
}

uint32_t sr_parser_mapped_bits(const sr_record_parser *parser,
                               const sr_str names[SR_FEED_FIELD_COUNT])
{
    uint32_t bits = 0;
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        bits |= parser->map->paths[f].is_mapped && names[f].n_bytes ? 1U << f : 0;
    }
    return bits;
}

bool sr_parser_has_content(const sr_str names[SR_FEED_FIELD_COUNT])
{
    return names[SR_FEED_FIELD_TEXT].n_bytes || names[SR_FEED_FIELD_TITLE].n_bytes ||
           names[SR_FEED_FIELD_LEAD].n_bytes;
}

void sr_parser_split_title(sr_str all, sr_str *title, sr_str *text)
{
    *title = sr_str_make(NULL, 0);
    while (all.n_bytes && title->n_bytes == 0) {
        const char *line_end = memchr(all.data, '\n', all.n_bytes);
        size_t n_line = line_end ? (size_t)(line_end - all.data) + 1 : all.n_bytes;
        *title = sr_str_trim(sr_str_make(all.data, n_line));
        all = sr_str_make(all.data + n_line, all.n_bytes - n_line);
    }
    *text = sr_str_trim(all).n_bytes ? all : sr_str_make(NULL, 0);
}

sr_status sr_parse_text(sr_record_parser *parser, const sr_record *record, sr_arena *arena,
                        sr_article *article, sr_error *error)
{
    (void)error;
    sr_str rest = record->raw;
    if (rest.n_bytes >= 3 && memcmp(rest.data, BOM, 3) == 0) {
        rest = sr_str_make(rest.data + 3, rest.n_bytes - 3);
    }
    const char *encoding = sr_parser_encoding(record);
    sr_arena *copies = encoding ? arena : NULL;
    if (encoding) {
        SR_TRY(sr_parser_convert(parser, encoding, rest, &rest));
    }
    sr_str title;
    sr_str text;
    sr_parser_split_title(rest, &title, &text);
    SR_TRY(sr_parser_set_field(article, SR_FEED_FIELD_TITLE, title, copies));
    return sr_parser_set_field(article, SR_FEED_FIELD_TEXT, text, copies);
}

/* Takes the tags out of what holds HTML; a title beside it may have entities. */
static sr_status read_html(sr_record_parser *parser, const sr_record *record, sr_arena *arena,
                           sr_article *article)
{
    uint32_t fields = (record->member->html_fields & ~parser->plain_fields) | parser->html_fields;
    uint32_t is_text = fields >> SR_FEED_FIELD_TEXT & 1U;
    if (fields == 0) {
        return SR_OK;
    }
    sr_str *const values[] = {&article->title, &article->text, &article->lead};
    const bool wanted[] = {is_text && sr_html_is_likely(article->title), is_text,
                           (fields >> SR_FEED_FIELD_LEAD & 1U) != 0};
    for (size_t i = 0; i < SR_ARRAY_COUNT(values); i++) {
        sr_str text;
        if (!wanted[i] || values[i]->n_bytes == 0) {
            continue;
        }
        SR_TRY(sr_html_read_piece(&parser->html, *values[i], &text));
        *values[i] = text.n_bytes ? sr_arena_copy(arena, text) : text;
        if (text.n_bytes && !values[i]->data) {
            return SR_ERR_MEMORY;
        }
    }
    return SR_OK;
}

/* What the feed says of all its articles. */
static void add_feed(const sr_feed_member *member, const sr_field_map *map, sr_article *article)
{
    const struct {
        sr_feed_field field;
        sr_str value;
        sr_str *to;
    } ADDED[] = {{SR_FEED_FIELD_SOURCE, member->source, &article->source},
                 {SR_FEED_FIELD_AUTHOR, member->author, &article->author},
                 {SR_FEED_FIELD_LANGUAGE, member->language, &article->language}};
    for (size_t i = 0; i < SR_ARRAY_COUNT(ADDED); i++) {
        if (ADDED[i].to->n_bytes == 0 && !map->paths[ADDED[i].field].is_mapped) {
            *ADDED[i].to = ADDED[i].value;
        }
    }
}

sr_status sr_record_parse(sr_record_parser *parser, const sr_record *record, sr_arena *arena,
                          sr_article *article, sr_error *error)
{
    if (record->bad) {
        return sr_parser_refuse(record, record->bad, error);
    }
    sr_article parsed = {.published_s = SR_TIME_UNKNOWN};
    parser->html_fields = parser->plain_fields = 0;
    SR_TRY(sr_feed_kind_of(record->member->format)->parse(parser, record, arena, &parsed, error));
    SR_TRY(read_html(parser, record, arena, &parsed));
    add_feed(record->member, parser->map, &parsed);
    SR_TRY(set_id(parser, record, arena, &parsed));
    *article = parsed;
    return SR_OK;
}

bool sr_record_parser_names(sr_record_parser *parser, const sr_record *record,
                            sr_str names[SR_FEED_FIELD_COUNT])
{
    const sr_feed_kind *kind = sr_feed_kind_of(record->member->format);
    return !record->bad && kind->names && kind->names(parser, record, names);
}

size_t sr_record_parser_list(sr_record_parser *parser, const sr_record *record, sr_str *names,
                             size_t max_names)
{
    const sr_feed_kind *kind = sr_feed_kind_of(record->member->format);
    return record->bad || !kind->list ? 0 : kind->list(parser, record, names, max_names);
}

sr_status sr_article_keep(sr_arena *arena, sr_article *article)
{
    sr_str *const strings[] = {
        &article->id,     &article->title,  &article->text,     &article->lead, &article->url,
        &article->source, &article->author, &article->language, &article->tags, &article->image};
    for (size_t i = 0; i < SR_ARRAY_COUNT(strings); i++) {
        if (strings[i]->n_bytes) {
            *strings[i] = sr_arena_copy(arena, *strings[i]);
            if (!strings[i]->data) {
                return SR_ERR_MEMORY;
            }
        }
    }
    return SR_OK;
}
