/* record_parse.c — a record as an article, on any thread: JSON objects, CSV rows, texts. */
#include "base/date.h"
#include "feed/feed_inside.h"
#include "feed/json_repair.h"
#include "feed/json_value.h"

#include <stdlib.h>

enum { MAX_RANK = 16, MAX_NAMES = 12 };
#define NO_COLUMN SIZE_MAX
#define BOM "\xef\xbb\xbf"

/* A name that was asked for before: the same ones come with every record. */
enum { MEMO_PLACES = 64, MEMO_NAME_BYTES = 24 };
typedef struct guess_memo {
    char name[MEMO_NAME_BYTES];
    size_t n_bytes; /* 0: free */
    sr_field field;
    unsigned rank;
} guess_memo;

struct sr_record_parser {
    const sr_feed *feed;
    const sr_field_map *map;
    guess_memo memo[MEMO_PLACES];
    sr_json *json;
    sr_buffer repaired;
    sr_buffer value;
    const sr_feed_member *columns_of;         /* whose header `columns` was made from */
    size_t columns[SR_FIELD_COUNT][MAX_RANK]; /* by rank; a mapped field's is at 0 */
};

/* The value chosen for each field of a JSON object. */
typedef struct json_fields {
    sr_json_value values[SR_FIELD_COUNT];
    sr_str names[SR_FIELD_COUNT];   /* as the record writes them; empty: no such field */
    unsigned ranks[SR_FIELD_COUNT]; /* SR_FIELD_NO_RANK: nothing to read */
} json_fields;

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
    parser->json = sr_json_create();
    if (!parser->json) {
        free(parser);
        return SR_ERR_MEMORY;
    }
    *out = parser;
    return SR_OK;
}

void sr_record_parser_free(sr_record_parser *parser)
{
    if (parser) {
        sr_json_free(parser->json);
        sr_buffer_release(&parser->repaired);
        sr_buffer_release(&parser->value);
        free(parser);
    }
}

static sr_status refuse(const sr_record *record, const char *reason, sr_error *error)
{
    return sr_error_set(error, SR_ERR_FORMAT, record->member->name, record->line, "%s", reason);
}

static sr_str *article_string(sr_article *article, sr_field field)
{
    switch (field) {
    case SR_FIELD_ID:
        return &article->id;
    case SR_FIELD_TITLE:
        return &article->title;
    case SR_FIELD_TEXT:
        return &article->text;
    case SR_FIELD_LEAD:
        return &article->lead;
    case SR_FIELD_URL:
        return &article->url;
    case SR_FIELD_SOURCE:
        return &article->source;
    case SR_FIELD_AUTHOR:
        return &article->author;
    case SR_FIELD_LANGUAGE:
        return &article->language;
    case SR_FIELD_TAGS:
        return &article->tags;
    default:
        return &article->image;
    }
}

/* `arena` NULL: the value lives long enough as it is. */
static sr_status set_field(sr_article *article, sr_field field, sr_str value, sr_arena *arena)
{
    if (field == SR_FIELD_PUBLISHED) {
        int64_t seconds;
        article->published_s = sr_time_parse(value, &seconds) ? seconds : SR_TIME_UNKNOWN;
        return SR_OK;
    }
    sr_str kept = field == SR_FIELD_TEXT ? value : sr_str_trim(value);
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
    if (record->member->format != SR_FEED_TEXT) {
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

static void note_seen(const sr_record_parser *parser, const sr_record *record, uint32_t mapped)
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
static size_t text_weight(sr_str value)
{
    bool is_link = value.n_bytes > 4 && memcmp(value.data, "http", 4) == 0;
    return is_link ? 0 : value.n_bytes;
}

/* The bad record of a feed in which no field can be found: lists the names, and shows how to say
 * which is which. `longest` is the name with the longest value. */
static sr_status refuse_names(sr_record_parser *parser, const sr_record *record,
                              const sr_str *names, size_t n_names, sr_str longest, sr_error *error)
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
    return refuse(record, text->data, error);
}

/* ---------------------------------------------------------------- JSON */

/* simdjson's sentence without its code's name. */
static sr_status refuse_json(const sr_record *record, sr_str raw, const char *reason,
                             sr_error *error)
{
    if (raw.n_bytes == 0 || raw.data[0] != '{') {
        return refuse(record, "not a JSON object", error);
    }
    const char *colon = strstr(reason, ": ");
    return sr_error_set(error, SR_ERR_FORMAT, record->member->name, record->line,
                        "not valid JSON: %s", colon ? colon + 2 : reason);
}

static sr_status parse_object(sr_record_parser *parser, const sr_record *record,
                              sr_json_value *root, sr_error *error)
{
    sr_str raw = sr_str_trim(record->raw);
    const char *reason;
    bool repaired = sr_json_has_surrogates(raw);
    sr_json_result result;
    if (repaired) {
        SR_TRY(sr_json_repair(raw, &parser->repaired));
        result = sr_json_parse(parser->json, sr_buffer_view(&parser->repaired), root, &reason);
    } else {
        result = sr_json_parse_padded(parser->json, raw, root, &reason);
    }
    bool may_help =
        result == SR_JSON_BAD_UTF8 || result == SR_JSON_BAD_STRING || result == SR_JSON_BAD_NUMBER;
    if (may_help && !repaired) {
        SR_TRY(sr_json_repair(raw, &parser->repaired));
        result = sr_json_parse(parser->json, sr_buffer_view(&parser->repaired), root, &reason);
    }
    if (result == SR_JSON_NO_MEMORY) {
        return sr_error_set(error, SR_ERR_MEMORY, record->member->name, record->line,
                            "no memory to parse it");
    }
    if (result != SR_JSON_OK) {
        return refuse_json(record, raw, reason, error);
    }
    return sr_json_value_type(*root) == SR_JSON_OBJECT ? SR_OK
                                                       : refuse(record, "not a JSON object", error);
}

static unsigned guess(sr_record_parser *parser, sr_str name, sr_field *field)
{
    if (name.n_bytes == 0 || name.n_bytes > MEMO_NAME_BYTES) {
        return sr_field_map_guess(parser->map, name, field);
    }
    unsigned first = (unsigned char)name.data[0];
    unsigned last = (unsigned char)name.data[name.n_bytes - 1];
    guess_memo *memo = &parser->memo[(name.n_bytes * 31 + first * 7 + last) % MEMO_PLACES];
    if (memo->n_bytes != name.n_bytes || memcmp(memo->name, name.data, name.n_bytes) != 0) {
        memcpy(memo->name, name.data, name.n_bytes);
        memo->n_bytes = name.n_bytes;
        memo->rank = sr_field_map_guess(parser->map, name, &memo->field);
    }
    *field = memo->field;
    return memo->rank;
}

/* Chooses a value for every field in one walk over the object. */
static void choose_values(sr_record_parser *parser, sr_json_value root, json_fields *fields)
{
    for (int f = 0; f < SR_FIELD_COUNT; f++) {
        const sr_field_path *path = &parser->map->paths[f];
        fields->names[f] = sr_str_make(NULL, 0);
        fields->ranks[f] = SR_FIELD_NO_RANK;
        if (path->is_mapped && path->name.n_bytes &&
            sr_json_value_find(root, path, &fields->values[f])) {
            fields->names[f] = path->name;
            fields->ranks[f] = 0;
        }
    }
    sr_json_walk walk = sr_json_value_walk(root);
    sr_str key;
    sr_json_value value;
    while (sr_json_walk_next(&walk, &key, &value)) {
        sr_field field;
        unsigned rank = guess(parser, key, &field);
        if (rank == SR_FIELD_NO_RANK) {
            continue;
        }
        bool filled = sr_json_value_is_filled(value);
        if (filled && rank < fields->ranks[field]) {
            fields->ranks[field] = rank;
            fields->values[field] = value;
            fields->names[field] = key;
        } else if (fields->names[field].n_bytes == 0) {
            fields->names[field] = key;
        }
    }
}

static uint32_t mapped_bits(const sr_record_parser *parser, const sr_str names[SR_FIELD_COUNT])
{
    uint32_t bits = 0;
    for (int f = 0; f < SR_FIELD_COUNT; f++) {
        bits |= parser->map->paths[f].is_mapped && names[f].n_bytes ? 1U << f : 0;
    }
    return bits;
}

static bool has_content_field(const sr_str names[SR_FIELD_COUNT])
{
    return names[SR_FIELD_TEXT].n_bytes || names[SR_FIELD_TITLE].n_bytes ||
           names[SR_FIELD_LEAD].n_bytes;
}

static sr_status refuse_object(sr_record_parser *parser, const sr_record *record,
                               sr_json_value root, sr_error *error)
{
    sr_str names[MAX_NAMES];
    size_t n_names = 0;
    sr_str longest = sr_str_make(NULL, 0);
    size_t n_longest = 0;
    sr_json_walk walk = sr_json_value_walk(root);
    sr_str key;
    sr_json_value value;
    while (sr_json_walk_next(&walk, &key, &value)) {
        if (n_names < MAX_NAMES) {
            names[n_names] = key;
        }
        n_names++;
        size_t n = sr_json_value_type(value) == SR_JSON_STRING
                       ? text_weight(sr_json_value_string(value))
                       : 0;
        if (n > n_longest) {
            n_longest = n;
            longest = key;
        }
    }
    return refuse_names(parser, record, names, n_names, longest, error);
}

static sr_status parse_json(sr_record_parser *parser, const sr_record *record, sr_arena *arena,
                            sr_article *article, sr_error *error)
{
    sr_json_value root;
    json_fields fields;
    SR_TRY(parse_object(parser, record, &root, error));
    choose_values(parser, root, &fields);
    note_seen(parser, record, mapped_bits(parser, fields.names));
    if (!has_content_field(fields.names)) {
        return refuse_object(parser, record, root, error);
    }
    for (int f = 0; f < SR_FIELD_COUNT; f++) {
        if (fields.ranks[f] == SR_FIELD_NO_RANK) {
            continue;
        }
        sr_json_value value = fields.values[f];
        if (sr_json_value_type(value) == SR_JSON_STRING) {
            SR_TRY(set_field(article, (sr_field)f, sr_json_value_string(value), NULL));
        } else {
            sr_buffer_clear(&parser->value);
            SR_TRY(sr_json_value_append(value, (sr_field)f, &parser->value));
            SR_TRY(set_field(article, (sr_field)f, sr_buffer_view(&parser->value), arena));
        }
    }
    return SR_OK;
}

/* ---------------------------------------------------------------- CSV */

/* Finds the columns of every field, once a member. */
static void choose_columns(sr_record_parser *parser, const sr_feed_member *member)
{
    for (int f = 0; f < SR_FIELD_COUNT; f++) {
        for (int rank = 0; rank < MAX_RANK; rank++) {
            parser->columns[f][rank] = NO_COLUMN;
        }
    }
    for (size_t i = member->n_columns;
         i-- > 0;) { /* backwards: the first of two equal names stays */
        sr_str name = sr_str_trim(member->columns[i]);
        sr_field field;
        unsigned rank = sr_field_map_guess(parser->map, name, &field);
        if (rank < MAX_RANK) {
            parser->columns[field][rank] = i;
        }
        for (int f = 0; f < SR_FIELD_COUNT; f++) {
            const sr_field_path *path = &parser->map->paths[f];
            if (path->is_mapped && name.n_bytes && sr_str_equal(path->name, name)) {
                parser->columns[f][0] = i;
            }
        }
    }
    parser->columns_of = member;
}

/* The first column of a field that holds something, else the first that exists, else NO_COLUMN. */
static size_t filled_column(const sr_record_parser *parser, const sr_record *record, int field)
{
    size_t first = NO_COLUMN;
    for (int rank = 0; rank < MAX_RANK; rank++) {
        size_t column = parser->columns[field][rank];
        if (column == NO_COLUMN) {
            continue;
        }
        first = first == NO_COLUMN ? column : first;
        if (column < record->n_fields && sr_str_trim(record->fields[column]).n_bytes) {
            return column;
        }
    }
    return first;
}

static void choose_row_names(sr_record_parser *parser, const sr_record *record,
                             sr_str names[SR_FIELD_COUNT], size_t columns[SR_FIELD_COUNT])
{
    if (parser->columns_of != record->member) {
        choose_columns(parser, record->member);
    }
    for (int f = 0; f < SR_FIELD_COUNT; f++) {
        columns[f] = filled_column(parser, record, f);
        names[f] = columns[f] == NO_COLUMN ? sr_str_make(NULL, 0)
                                           : sr_str_trim(record->member->columns[columns[f]]);
    }
}

static sr_status refuse_row(sr_record_parser *parser, const sr_record *record, sr_error *error)
{
    const sr_feed_member *member = record->member;
    size_t longest = 0;
    for (size_t i = 1; i < record->n_fields && i < member->n_columns; i++) {
        bool longer = text_weight(record->fields[i]) > text_weight(record->fields[longest]);
        longest = longer ? i : longest;
    }
    sr_str name = member->n_columns ? member->columns[longest] : sr_str_make(NULL, 0);
    return refuse_names(parser, record, member->columns, member->n_columns, name, error);
}

static sr_status parse_csv(sr_record_parser *parser, const sr_record *record, sr_arena *arena,
                           sr_article *article, sr_error *error)
{
    sr_str names[SR_FIELD_COUNT];
    size_t columns[SR_FIELD_COUNT];
    choose_row_names(parser, record, names, columns);
    note_seen(parser, record, mapped_bits(parser, names));
    if (!has_content_field(names)) {
        return refuse_row(parser, record, error);
    }
    bool sound = sr_json_is_utf8(record->raw);
    for (int f = 0; f < SR_FIELD_COUNT; f++) {
        if (columns[f] >= record->n_fields) {
            continue;
        }
        sr_str value = record->fields[columns[f]];
        if (!sound) {
            SR_TRY(sr_utf8_repair(value, &parser->repaired));
            value = sr_buffer_view(&parser->repaired);
        }
        SR_TRY(set_field(article, (sr_field)f, value, sound ? NULL : arena));
    }
    return SR_OK;
}

/* ---------------------------------------------------------------- text */

static sr_status parse_text(sr_record_parser *parser, const sr_record *record, sr_arena *arena,
                            sr_article *article)
{
    sr_str rest = record->raw;
    if (rest.n_bytes >= 3 && memcmp(rest.data, BOM, 3) == 0) {
        rest = sr_str_make(rest.data + 3, rest.n_bytes - 3);
    }
    sr_arena *copies = sr_json_is_utf8(rest) ? NULL : arena;
    if (copies) {
        SR_TRY(sr_utf8_repair(rest, &parser->repaired));
        rest = sr_buffer_view(&parser->repaired);
    }
    sr_str title = sr_str_make(NULL, 0);
    while (rest.n_bytes && title.n_bytes == 0) {
        const char *line_end = memchr(rest.data, '\n', rest.n_bytes);
        size_t n_line = line_end ? (size_t)(line_end - rest.data) + 1 : rest.n_bytes;
        title = sr_str_trim(sr_str_make(rest.data, n_line));
        rest = sr_str_make(rest.data + n_line, rest.n_bytes - n_line);
    }
    SR_TRY(set_field(article, SR_FIELD_TITLE, title, copies));
    return sr_str_trim(rest).n_bytes ? set_field(article, SR_FIELD_TEXT, rest, copies) : SR_OK;
}

/* ---------------------------------------------------------------- all */

sr_status sr_record_parse(sr_record_parser *parser, const sr_record *record, sr_arena *arena,
                          sr_article *article, sr_error *error)
{
    if (record->bad) {
        return refuse(record, record->bad, error);
    }
    sr_article parsed = {.published_s = SR_TIME_UNKNOWN};
    switch (record->member->format) {
    case SR_FEED_JSONL:
    case SR_FEED_JSON:
        SR_TRY(parse_json(parser, record, arena, &parsed, error));
        break;
    case SR_FEED_CSV:
        SR_TRY(parse_csv(parser, record, arena, &parsed, error));
        break;
    case SR_FEED_TEXT:
        SR_TRY(parse_text(parser, record, arena, &parsed));
        break;
    default:
        return refuse(record, "of an unknown format", error);
    }
    SR_TRY(set_id(parser, record, arena, &parsed));
    *article = parsed;
    return SR_OK;
}

bool sr_record_parser_names(sr_record_parser *parser, const sr_record *record,
                            sr_str names[SR_FIELD_COUNT])
{
    if (record->bad || record->member->format == SR_FEED_TEXT) {
        return false;
    }
    if (record->member->format == SR_FEED_CSV) {
        size_t columns[SR_FIELD_COUNT];
        choose_row_names(parser, record, names, columns);
        return true;
    }
    sr_json_value root;
    json_fields fields;
    if (parse_object(parser, record, &root, NULL) != SR_OK) {
        return false;
    }
    choose_values(parser, root, &fields);
    memcpy(names, fields.names, sizeof fields.names);
    return true;
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
