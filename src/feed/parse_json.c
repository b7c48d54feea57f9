/* parse_json.c — a JSON object as an article: one walk over its keys chooses a value for every
 * field. */
#include "feed/encoding_guess.h"
#include "feed/json_repair.h"
#include "feed/json_value.h"
#include "feed/parse_inside.h"

enum { MAX_SHOWN_NAMES = 13 }; /* one more than a message shows */

/* The value chosen for each field of a JSON object. */
typedef struct json_fields {
    sr_json_value values[SR_FEED_FIELD_COUNT];
    sr_str names[SR_FEED_FIELD_COUNT];   /* as the record writes them; empty: no such field */
    unsigned ranks[SR_FEED_FIELD_COUNT]; /* SR_FIELD_NO_RANK: nothing to read */
} json_fields;

/* simdjson's sentence without its code's name. */
static sr_status refuse_json(const sr_record *record, sr_str raw, const char *reason,
                             sr_error *error)
{
    if (raw.n_bytes == 0 || raw.data[0] != '{') {
        return sr_parser_refuse(record, "not a JSON object", error);
    }
    const char *colon = strstr(reason, ": ");
    return sr_error_set(error, SR_ERR_FORMAT, record->member->name, record->line,
                        "not valid JSON: %s", colon ? colon + 2 : reason);
}

/* Parses bytes that are not the record's own. */
static sr_json_result parse_converted(sr_record_parser *parser, const char *encoding, sr_str raw,
                                      sr_json_value *root, const char **reason)
{
    sr_str converted;
    if (sr_parser_convert(parser, encoding, raw, &converted) != SR_OK) {
        return SR_JSON_NO_MEMORY;
    }
    return sr_json_parse(parser->json, converted, root, reason);
}

static sr_json_result parse_repaired(sr_record_parser *parser, sr_str raw, sr_json_value *root,
                                     const char **reason)
{
    if (sr_json_repair(raw, &parser->repaired) != SR_OK) {
        return SR_JSON_NO_MEMORY;
    }
    return sr_json_parse(parser->json, sr_buffer_view(&parser->repaired), root, reason);
}

static sr_json_result parse_any(sr_record_parser *parser, const sr_record *record, sr_str raw,
                                sr_json_value *root, const char **reason)
{
    const sr_feed_member *member = record->member;
    *reason = "out of memory";
    if (!member->is_decoded && !sr_encoding_is_utf8(member->encoding)) {
        return parse_converted(parser, member->encoding, raw, root, reason);
    }
    if (sr_json_has_surrogates(raw)) {
        return parse_repaired(parser, raw, root, reason);
    }
    sr_json_result result = sr_json_parse_padded(parser->json, raw, root, reason);
    if (result == SR_JSON_BAD_UTF8 && sr_encoding_is_western(raw)) {
        return parse_converted(parser, "CP1252", raw, root, reason);
    }
    bool may_help =
        result == SR_JSON_BAD_UTF8 || result == SR_JSON_BAD_STRING || result == SR_JSON_BAD_NUMBER;
    return may_help ? parse_repaired(parser, raw, root, reason) : result;
}

static sr_status parse_object(sr_record_parser *parser, const sr_record *record,
                              sr_json_value *root, sr_error *error)
{
    sr_str raw = sr_str_trim(record->raw);
    const char *reason;
    sr_json_result result = parse_any(parser, record, raw, root, &reason);
    if (result == SR_JSON_NO_MEMORY) {
        return sr_error_set(error, SR_ERR_MEMORY, record->member->name, record->line,
                            "no memory to parse it");
    }
    if (result != SR_JSON_OK) {
        return refuse_json(record, raw, reason, error);
    }
    return sr_json_value_type(*root) == SR_JSON_OBJECT
               ? SR_OK
               : sr_parser_refuse(record, "not a JSON object", error);
}

static unsigned guess(sr_record_parser *parser, sr_str name, sr_feed_field *field)
{
    if (name.n_bytes == 0 || name.n_bytes > SR_PARSER_MEMO_BYTES) {
        return sr_field_map_guess(parser->map, name, field);
    }
    unsigned first = (unsigned char)name.data[0];
    unsigned last = (unsigned char)name.data[name.n_bytes - 1];
    sr_guess_memo *memo =
        &parser->memo[(name.n_bytes * 31 + first * 7 + last) % SR_PARSER_MEMO_PLACES];
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
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
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
        sr_feed_field field;
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

static sr_status refuse_object(sr_record_parser *parser, const sr_record *record,
                               sr_json_value root, sr_error *error)
{
    sr_str names[MAX_SHOWN_NAMES];
    size_t n_names = 0;
    sr_str longest = sr_str_make(NULL, 0);
    size_t n_longest = 0;
    sr_json_walk walk = sr_json_value_walk(root);
    sr_str key;
    sr_json_value value;
    while (sr_json_walk_next(&walk, &key, &value)) {
        if (n_names < MAX_SHOWN_NAMES) {
            names[n_names] = key;
        }
        n_names++;
        size_t n = sr_json_value_type(value) == SR_JSON_STRING
                       ? sr_parser_text_weight(sr_json_value_string(value))
                       : 0;
        if (n > n_longest) {
            n_longest = n;
            longest = key;
        }
    }
    return sr_parser_refuse_names(parser, record, names, n_names, longest, error);
}

/* Names that promise HTML: JSON Feed's, and what WordPress rendered. */
static bool is_html_name(sr_str name)
{
    static const char RENDERED[] = ".rendered";
    size_t n = sizeof RENDERED - 1;
    return sr_str_equal_text(name, "content_html") ||
           (name.n_bytes > n && memcmp(name.data + name.n_bytes - n, RENDERED, n) == 0);
}

/* A member of the feed's own object, where it is there, in the arena. */
static sr_status keep_feed_value(sr_record_parser *parser, sr_json_value root, const char *name,
                                 sr_feed_field field, sr_arena *arena, sr_str *out)
{
    sr_field_path path = {.name = sr_str_of(name)};
    sr_json_value value;
    if (!sr_json_value_find(root, &path, &value)) {
        return SR_OK;
    }
    sr_buffer_clear(&parser->value);
    SR_TRY(sr_json_value_append(value, field, &parser->value));
    sr_str text = sr_str_trim(sr_buffer_view(&parser->value));
    *out = text.n_bytes ? sr_arena_copy(arena, text) : *out;
    return text.n_bytes && !out->data ? SR_ERR_MEMORY : SR_OK;
}

sr_status sr_parse_json_head(sr_record_parser *parser, sr_arena *arena, sr_feed_member *member)
{
    sr_json_value root;
    const char *reason;
    sr_buffer_clear(&parser->repaired);
    SR_TRY(sr_buffer_append_str(&parser->repaired, member->header));
    SR_TRY(sr_buffer_append_text(&parser->repaired, "]}"));
    sr_json_result result =
        sr_json_parse(parser->json, sr_buffer_view(&parser->repaired), &root, &reason);
    if (result != SR_JSON_OK || sr_json_value_type(root) != SR_JSON_OBJECT) {
        return result == SR_JSON_NO_MEMORY ? SR_ERR_MEMORY : SR_OK;
    }
    SR_TRY(keep_feed_value(parser, root, "title", SR_FEED_FIELD_SOURCE, arena, &member->source));
    SR_TRY(keep_feed_value(parser, root, "language", SR_FEED_FIELD_LANGUAGE, arena,
                           &member->language));
    SR_TRY(keep_feed_value(parser, root, "author", SR_FEED_FIELD_AUTHOR, arena, &member->author));
    return keep_feed_value(parser, root, "authors", SR_FEED_FIELD_AUTHOR, arena, &member->author);
}

sr_status sr_parse_json(sr_record_parser *parser, const sr_record *record, sr_arena *arena,
                        sr_article *article, sr_error *error)
{
    sr_json_value root;
    json_fields fields;
    SR_TRY(parse_object(parser, record, &root, error));
    choose_values(parser, root, &fields);
    sr_parser_note_seen(parser, record, sr_parser_mapped_bits(parser, fields.names));
    if (!sr_parser_has_content(fields.names)) {
        return refuse_object(parser, record, root, error);
    }
    bool is_plain = sr_str_equal_text(fields.names[SR_FEED_FIELD_TEXT], "content_text");
    parser->plain_fields = is_plain ? 1U << SR_FEED_FIELD_TEXT : 0;
    parser->html_fields =
        is_html_name(fields.names[SR_FEED_FIELD_TEXT]) ? 1U << SR_FEED_FIELD_TEXT : 0;
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        if (fields.ranks[f] == SR_FIELD_NO_RANK) {
            continue;
        }
        sr_json_value value = fields.values[f];
        if (sr_json_value_type(value) == SR_JSON_STRING) {
            SR_TRY(
                sr_parser_set_field(article, (sr_feed_field)f, sr_json_value_string(value), NULL));
        } else {
            sr_buffer_clear(&parser->value);
            SR_TRY(sr_json_value_append(value, (sr_feed_field)f, &parser->value));
            SR_TRY(sr_parser_set_field(article, (sr_feed_field)f, sr_buffer_view(&parser->value),
                                       arena));
        }
    }
    return SR_OK;
}

bool sr_parse_json_names(sr_record_parser *parser, const sr_record *record,
                         sr_str names[SR_FEED_FIELD_COUNT])
{
    sr_json_value root;
    json_fields fields;
    if (parse_object(parser, record, &root, NULL) != SR_OK) {
        return false;
    }
    choose_values(parser, root, &fields);
    memcpy(names, fields.names, sizeof fields.names);
    return true;
}

size_t sr_parse_json_list(sr_record_parser *parser, const sr_record *record, sr_str *names,
                          size_t max_names)
{
    sr_json_value root;
    if (parse_object(parser, record, &root, NULL) != SR_OK) {
        return 0;
    }
    sr_json_walk walk = sr_json_value_walk(root);
    sr_json_value value;
    size_t n_names = 0;
    while (n_names < max_names && sr_json_walk_next(&walk, &names[n_names], &value)) {
        n_names++;
    }
    return n_names;
}
