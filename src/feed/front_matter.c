/* front_matter.c — the fences; YAML by libyaml's events, TOML by toml++, JSON by simdjson. */
#include "feed/front_matter.h"

#include "feed/json_shim.h"
#include "feed/toml_shim.h"

#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

enum { MAX_DEPTH = 4, MAX_FRONT_BYTES = 256 * 1024 };

/* ---------------------------------------------------------------- fences */

static sr_str rest_of(sr_str text, size_t from)
{
    return sr_str_make(text.data + from, text.n_bytes - from);
}

/* The length of the line that begins `text`, with its end. */
static size_t line_length(sr_str text)
{
    const char *end = text.n_bytes ? memchr(text.data, '\n', text.n_bytes) : NULL;
    return end ? (size_t)(end - text.data) + 1 : text.n_bytes;
}

static bool is_fence(sr_str line, const char *fence)
{
    while (line.n_bytes && strchr(" \t\r\n", line.data[line.n_bytes - 1])) {
        line.n_bytes--;
    }
    return sr_str_equal_text(line, fence);
}

/* From behind the first fence to the second; "..." ends YAML too. */
static bool cut_fenced(sr_str page, const char *fence, sr_str *front, sr_str *body)
{
    size_t start = line_length(page);
    if (!is_fence(sr_str_make(page.data, start), fence)) {
        return false;
    }
    for (size_t at = start; at < page.n_bytes && at < MAX_FRONT_BYTES;) {
        size_t n_line = line_length(rest_of(page, at));
        sr_str line = sr_str_make(page.data + at, n_line);
        if (is_fence(line, fence) || (fence[0] == '-' && is_fence(line, "..."))) {
            *front = sr_str_make(page.data + start, at - start);
            *body = rest_of(page, at + n_line);
            return true;
        }
        at += n_line;
    }
    return false;
}

/* A JSON object at the front: to the bracket that closes it. */
static bool cut_object(sr_str page, sr_str *front, sr_str *body)
{
    size_t depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < page.n_bytes && i < MAX_FRONT_BYTES; i++) {
        char c = page.data[i];
        if (in_string) {
            i += c == '\\';
            in_string = c != '"';
            continue;
        }
        in_string = c == '"';
        depth += c == '{';
        if (c == '}' && --depth == 0) {
            *front = sr_str_make(page.data, i + 1);
            *body = rest_of(page, i + 1);
            return true;
        }
    }
    return false;
}

sr_front_kind sr_front_matter_cut(sr_str page, sr_str *front, sr_str *body)
{
    static const char BOM[] = "\xef\xbb\xbf";
    if (page.n_bytes >= 3 && memcmp(page.data, BOM, 3) == 0) {
        page = rest_of(page, 3);
    }
    while (page.n_bytes && strchr("\r\n", page.data[0])) {
        page = rest_of(page, 1);
    }
    if (cut_fenced(page, "---", front, body)) {
        return SR_FRONT_YAML;
    }
    if (cut_fenced(page, "+++", front, body)) {
        return SR_FRONT_TOML;
    }
    if (page.n_bytes && page.data[0] == '{' && cut_object(page, front, body)) {
        return SR_FRONT_JSON;
    }
    *front = sr_str_make(NULL, 0);
    *body = page;
    return SR_FRONT_NONE;
}

/* ---------------------------------------------------------------- pairs */

void sr_front_matter_init(sr_front_matter *matter)
{
    *matter = (sr_front_matter){0};
    sr_buffer_init(&matter->bytes, SR_BUFFER_NO_LIMIT);
}

void sr_front_matter_release(sr_front_matter *matter)
{
    if (matter) {
        sr_buffer_release(&matter->bytes);
        free(matter->pairs);
        sr_front_matter_init(matter);
    }
}

sr_str sr_front_matter_name(const sr_front_matter *matter, size_t index)
{
    const sr_front_pair *pair = &matter->pairs[index];
    return sr_str_make(matter->bytes.data + pair->name_at, pair->n_name);
}

sr_str sr_front_matter_value(const sr_front_matter *matter, size_t index)
{
    const sr_front_pair *pair = &matter->pairs[index];
    return sr_str_make(matter->bytes.data + pair->value_at, pair->n_value);
}

static bool equal_lower(sr_str name, const char *lower)
{
    size_t n = strlen(lower);
    for (size_t i = 0; i < n && i < name.n_bytes; i++) {
        char c = name.data[i];
        if ((c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c) != lower[i]) {
            return false;
        }
    }
    return name.n_bytes == n;
}

sr_str sr_front_matter_find(const sr_front_matter *matter, const char *lower)
{
    for (size_t i = 0; i < matter->n_pairs; i++) {
        if (equal_lower(sr_front_matter_name(matter, i), lower)) {
            return sr_front_matter_value(matter, i);
        }
    }
    return sr_str_make(NULL, 0);
}

sr_status sr_front_matter_add(sr_front_matter *matter, sr_str prefix, sr_str name, sr_str value)
{
    sr_buffer *bytes = &matter->bytes;
    size_t name_at = bytes->n_bytes;
    SR_TRY(sr_buffer_append_str(bytes, prefix));
    SR_TRY(prefix.n_bytes && name.n_bytes ? sr_buffer_append_text(bytes, ".") : SR_OK);
    SR_TRY(sr_buffer_append_str(bytes, name));
    size_t n_name = bytes->n_bytes - name_at;
    sr_front_pair *last = matter->n_pairs ? &matter->pairs[matter->n_pairs - 1] : NULL;
    if (last && last->n_name == n_name &&
        memcmp(bytes->data + last->name_at, bytes->data + name_at, n_name) == 0) {
        bytes->n_bytes = name_at; /* another value of a list, behind the one before it */
        SR_TRY(sr_buffer_append_text(bytes, ", "));
        SR_TRY(sr_buffer_append_str(bytes, value));
        last->n_value = bytes->n_bytes - last->value_at;
        return SR_OK;
    }
    SR_TRY(sr_array_reserve((void **)&matter->pairs, &matter->capacity, matter->n_pairs + 1,
                            sizeof *matter->pairs));
    size_t value_at = bytes->n_bytes;
    SR_TRY(sr_buffer_append_str(bytes, value));
    matter->pairs[matter->n_pairs++] = (sr_front_pair){
        .name_at = name_at, .n_name = n_name, .value_at = value_at, .n_value = value.n_bytes};
    return SR_OK;
}

/* ---------------------------------------------------------------- YAML */

/* One open mapping or list. */
typedef struct yaml_level {
    bool is_list;
    bool has_key;    /* the next value is that of `name` */
    size_t n_prefix; /* of `path` before this level */
    sr_buffer name;
} yaml_level;

typedef struct yaml_walk {
    sr_front_matter *matter;
    sr_buffer path; /* dotted names of the open mappings */
    yaml_level levels[MAX_DEPTH];
    size_t depth; /* of all open levels; those beyond MAX_DEPTH are run through */
} yaml_walk;

static yaml_level *top_level(yaml_walk *walk)
{
    return walk->depth && walk->depth <= MAX_DEPTH ? &walk->levels[walk->depth - 1] : NULL;
}

static sr_status open_level(yaml_walk *walk, bool is_list)
{
    yaml_level *outer = top_level(walk);
    size_t n_prefix = walk->path.n_bytes;
    if (outer && outer->name.n_bytes && walk->depth < MAX_DEPTH) {
        SR_TRY(n_prefix ? sr_buffer_append_text(&walk->path, ".") : SR_OK);
        SR_TRY(sr_buffer_append_str(&walk->path, sr_buffer_view(&outer->name)));
    }
    if (outer) {
        outer->has_key = false;
    }
    if (walk->depth < MAX_DEPTH) {
        yaml_level *level = &walk->levels[walk->depth];
        level->is_list = is_list;
        level->has_key = false;
        level->n_prefix = n_prefix;
        sr_buffer_clear(&level->name);
    }
    walk->depth++;
    return SR_OK;
}

static void close_level(yaml_walk *walk)
{
    yaml_level *level = top_level(walk);
    if (level) {
        walk->path.n_bytes = level->n_prefix;
    }
    walk->depth -= walk->depth > 0;
}

/* A key, the value of one, or an element of a list. A mapping inside a list gives its "name". */
static sr_status take_scalar(yaml_walk *walk, sr_str text)
{
    yaml_level *level = top_level(walk);
    if (!level) {
        return SR_OK;
    }
    if (level->is_list) {
        return sr_front_matter_add(walk->matter, sr_buffer_view(&walk->path), sr_str_make("", 0),
                                   text);
    }
    if (!level->has_key) {
        level->has_key = true;
        sr_buffer_clear(&level->name);
        return sr_buffer_append_str(&level->name, text);
    }
    level->has_key = false;
    sr_str name = sr_buffer_view(&level->name);
    bool in_list = walk->depth > 1 && walk->levels[walk->depth - 2].is_list;
    if (in_list) {
        return sr_str_equal_text(name, "name")
                   ? sr_front_matter_add(walk->matter, sr_buffer_view(&walk->path),
                                         sr_str_make("", 0), text)
                   : SR_OK;
    }
    return sr_front_matter_add(walk->matter, sr_buffer_view(&walk->path), name, text);
}

static sr_status take_event(yaml_walk *walk, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT:
        return open_level(walk, event->type == YAML_SEQUENCE_START_EVENT);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        close_level(walk);
        return SR_OK;
    case YAML_ALIAS_EVENT:
        return take_scalar(walk, sr_str_make("", 0));
    case YAML_SCALAR_EVENT:
        return take_scalar(
            walk, sr_str_make((const char *)event->data.scalar.value, event->data.scalar.length));
    default:
        return SR_OK;
    }
}

static sr_status read_yaml(sr_front_matter *matter, sr_str front)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        return SR_ERR_MEMORY;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)front.data, front.n_bytes);
    yaml_walk walk = {.matter = matter};
    sr_buffer_init(&walk.path, SR_BUFFER_NO_LIMIT);
    for (size_t i = 0; i < MAX_DEPTH; i++) {
        sr_buffer_init(&walk.levels[i].name, SR_BUFFER_NO_LIMIT);
    }
    sr_status status = SR_OK;
    for (bool more = true; more && status == SR_OK;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            snprintf(matter->problem, sizeof matter->problem, "line %zu: %s",
                     parser.problem_mark.line + 2, parser.problem ? parser.problem : "ill-formed");
            break;
        }
        more = event.type != YAML_STREAM_END_EVENT && event.type != YAML_DOCUMENT_END_EVENT;
        status = take_event(&walk, &event);
        yaml_event_delete(&event);
    }
    for (size_t i = 0; i < MAX_DEPTH; i++) {
        sr_buffer_release(&walk.levels[i].name);
    }
    sr_buffer_release(&walk.path);
    yaml_parser_delete(&parser);
    return status;
}

/* ---------------------------------------------------------------- TOML and JSON */

typedef struct toml_taker {
    sr_front_matter *matter;
    sr_status status;
} toml_taker;

static bool take_toml(void *context, sr_str prefix, sr_str name, sr_str value)
{
    toml_taker *taker = context;
    taker->status = sr_front_matter_add(taker->matter, prefix, name, value);
    return taker->status == SR_OK;
}

/* Behind a TOML string that begins at `at`: in one or three quotes of either kind. */
static size_t skip_toml_string(sr_str front, size_t at)
{
    char quote = front.data[at];
    bool is_long =
        at + 2 < front.n_bytes && front.data[at + 1] == quote && front.data[at + 2] == quote;
    size_t n_quotes = is_long ? 3 : 1;
    for (size_t i = at + n_quotes; i < front.n_bytes; i++) {
        char c = front.data[i];
        if (c == '\\' && quote == '"') {
            i++;
        } else if (c == '\n' && !is_long) {
            return i;
        } else if (c == quote && i + n_quotes <= front.n_bytes &&
                   (!is_long || (front.data[i + 1] == quote && front.data[i + 2] == quote))) {
            return i + n_quotes;
        }
    }
    return front.n_bytes;
}

/* Control characters are not TOML, and outside of strings and comments all is ASCII. toml++ 3.3
 * relies on not meeting them there. */
static bool could_be_toml(sr_str front)
{
    for (size_t i = 0; i < front.n_bytes; i++) {
        unsigned char c = (unsigned char)front.data[i];
        if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0x7f) {
            return false;
        }
    }
    for (size_t i = 0; i < front.n_bytes;) {
        char c = front.data[i];
        if (c == '"' || c == '\'') {
            i = skip_toml_string(front, i);
        } else if (c == '#') {
            const char *end = memchr(front.data + i, '\n', front.n_bytes - i);
            i = end ? (size_t)(end - front.data) : front.n_bytes;
        } else if ((unsigned char)c >= 0x80) {
            return false;
        } else {
            i++;
        }
    }
    return sr_json_is_utf8(front);
}

static sr_status read_toml(sr_front_matter *matter, sr_str front)
{
    if (!could_be_toml(front)) {
        snprintf(matter->problem, sizeof matter->problem, "it has characters that TOML has not");
        return SR_OK;
    }
    toml_taker taker = {.matter = matter, .status = SR_OK};
    (void)sr_toml_read(front, take_toml, &taker, matter->problem, sizeof matter->problem);
    return taker.status;
}

static sr_status add_json(sr_front_matter *matter, sr_str prefix, sr_str name, sr_json_value value)
{
    char scalar[SR_JSON_SCALAR_BYTES];
    switch (sr_json_value_type(value)) {
    case SR_JSON_STRING:
        return sr_front_matter_add(matter, prefix, name, sr_json_value_string(value));
    case SR_JSON_SCALAR:
        return sr_front_matter_add(matter, prefix, name,
                                   sr_str_make(scalar, sr_json_value_scalar(value, scalar)));
    default:
        return SR_OK;
    }
}

/* The values of a list or of an inner object; one level of them. */
static sr_status add_json_inner(sr_front_matter *matter, sr_str name, sr_json_value value)
{
    bool is_list = sr_json_value_type(value) == SR_JSON_ARRAY;
    sr_json_walk walk = sr_json_value_walk(value);
    sr_str key;
    sr_json_value inner;
    while (sr_json_walk_next(&walk, &key, &inner)) {
        SR_TRY(add_json(matter, is_list ? sr_str_make("", 0) : name, is_list ? name : key, inner));
    }
    return SR_OK;
}

static sr_status read_json(sr_front_matter *matter, sr_str front)
{
    sr_json *json = sr_json_create();
    sr_json_value root;
    sr_json_value value;
    sr_str key;
    const char *reason = "";
    sr_status status = json ? SR_OK : SR_ERR_MEMORY;
    if (json && sr_json_parse(json, front, &root, &reason) == SR_JSON_OK) {
        sr_json_walk walk = sr_json_value_walk(root);
        while (status == SR_OK && sr_json_walk_next(&walk, &key, &value)) {
            sr_json_type type = sr_json_value_type(value);
            bool is_inner = type == SR_JSON_ARRAY || type == SR_JSON_OBJECT;
            status = is_inner ? add_json_inner(matter, key, value)
                              : add_json(matter, sr_str_make("", 0), key, value);
        }
    } else if (json) {
        snprintf(matter->problem, sizeof matter->problem, "%s", reason);
    }
    sr_json_free(json);
    return status;
}

sr_status sr_front_matter_read(sr_front_matter *matter, sr_front_kind kind, sr_str front)
{
    sr_buffer_clear(&matter->bytes);
    matter->n_pairs = 0;
    matter->problem[0] = '\0';
    SR_TRY(sr_buffer_reserve(&matter->bytes, 1));
    switch (kind) {
    case SR_FRONT_YAML:
        return read_yaml(matter, front);
    case SR_FRONT_TOML:
        return read_toml(matter, front);
    case SR_FRONT_JSON:
        return read_json(matter, front);
    default:
        return SR_OK;
    }
}
