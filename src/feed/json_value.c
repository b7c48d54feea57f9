/* json_value.c — finding and rendering values. Depth is bounded: an array's elements and an
 * object's name are looked at, not what is below. */
#include "feed/json_value.h"

static bool object_get(sr_json_value object, sr_str name, sr_json_value *value)
{
    sr_json_walk walk = sr_json_value_walk(object);
    sr_str key;
    sr_json_value candidate;
    while (sr_json_walk_next(&walk, &key, &candidate)) {
        if (sr_str_equal(key, name)) {
            *value = candidate;
            return true;
        }
    }
    return false;
}

/* The element that `part` counts to; any other part stands for the first one. */
static bool array_get(sr_json_value array, sr_str part, bool *counted, sr_json_value *value)
{
    size_t wanted = 0;
    *counted = part.n_bytes > 0 && part.n_bytes < 9;
    for (size_t i = 0; i < part.n_bytes && *counted; i++) {
        *counted = part.data[i] >= '0' && part.data[i] <= '9';
        wanted = wanted * 10 + (size_t)(part.data[i] - '0');
    }
    sr_json_walk walk = sr_json_value_walk(array);
    sr_str key;
    for (size_t i = 0; sr_json_walk_next(&walk, &key, value); i++) {
        if (!*counted || i == wanted) {
            return true;
        }
    }
    return false;
}

bool sr_json_value_find(sr_json_value root, const sr_field_path *path, sr_json_value *value)
{
    if (object_get(root, path->name, value)) {
        return true;
    }
    sr_json_value at = root;
    for (size_t i = 0; i < path->n_parts;) {
        sr_json_type type = sr_json_value_type(at);
        bool found = false;
        bool taken = true;
        if (type == SR_JSON_ARRAY) {
            found = array_get(at, path->parts[i], &taken, &at);
        } else if (type == SR_JSON_OBJECT) {
            found = object_get(at, path->parts[i], &at);
        }
        if (!found) {
            return false;
        }
        i += taken;
        if (!taken && sr_json_value_type(at) == SR_JSON_ARRAY) {
            return false; /* arrays of arrays have no names */
        }
    }
    *value = at;
    return path->n_parts > 0;
}

bool sr_json_value_is_filled(sr_json_value value)
{
    sr_str key;
    sr_json_value element;
    switch (sr_json_value_type(value)) {
    case SR_JSON_NULL:
        return false;
    case SR_JSON_STRING:
        return sr_json_value_string(value).n_bytes > 0;
    case SR_JSON_ARRAY:
    case SR_JSON_OBJECT: {
        sr_json_walk walk = sr_json_value_walk(value);
        return sr_json_walk_next(&walk, &key, &element);
    }
    default:
        return true;
    }
}

/* The member of an object that stands for it. */
static bool object_face(sr_json_value object, sr_feed_field field, sr_json_value *face)
{
    static const char *const LINKS[] = {"url", "href", "src", "link", NULL};
    static const char *const TEXTS[] = {"name",  "title", "rendered", "text",
                                        "value", "label", NULL};
    bool is_link = field == SR_FEED_FIELD_URL || field == SR_FEED_FIELD_IMAGE;
    for (const char *const *name = is_link ? LINKS : TEXTS; *name; name++) {
        if (object_get(object, sr_str_of(*name), face)) {
            return true;
        }
    }
    return false;
}

/* A string, a number, or an object's face; nothing for the rest. */
static sr_status append_plain(sr_json_value value, sr_feed_field field, sr_buffer *out)
{
    sr_json_type type = sr_json_value_type(value);
    if (type == SR_JSON_OBJECT) {
        if (!object_face(value, field, &value)) {
            return SR_OK;
        }
        type = sr_json_value_type(value);
    }
    if (type == SR_JSON_STRING) {
        return sr_buffer_append_str(out, sr_json_value_string(value));
    }
    if (type == SR_JSON_SCALAR) {
        char text[SR_JSON_SCALAR_BYTES];
        return sr_buffer_append(out, text, sr_json_value_scalar(value, text));
    }
    return SR_OK;
}

static const char *separator_of(sr_feed_field field)
{
    switch (field) {
    case SR_FEED_FIELD_TEXT:
    case SR_FEED_FIELD_LEAD:
        return "\n";
    case SR_FEED_FIELD_TAGS:
        return ",";
    case SR_FEED_FIELD_AUTHOR:
        return ", ";
    default:
        return NULL; /* the first element alone */
    }
}

sr_status sr_json_value_append(sr_json_value value, sr_feed_field field, sr_buffer *out)
{
    if (sr_json_value_type(value) != SR_JSON_ARRAY) {
        return append_plain(value, field, out);
    }
    const char *separator = separator_of(field);
    sr_json_walk walk = sr_json_value_walk(value);
    sr_str key;
    sr_json_value element;
    size_t start = out->n_bytes;
    while (sr_json_walk_next(&walk, &key, &element)) {
        size_t before = out->n_bytes;
        if (separator && before > start) {
            SR_TRY(sr_buffer_append_text(out, separator));
        }
        size_t behind_separator = out->n_bytes;
        SR_TRY(append_plain(element, field, out));
        if (out->n_bytes == behind_separator) {
            out->n_bytes = before; /* an empty element has no separator */
        } else if (!separator) {
            return SR_OK;
        }
    }
    return SR_OK;
}
