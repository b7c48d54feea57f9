/* json_shim.h — the little of simdjson that the feeds need, as C: parse one document, walk its
 * values. Nothing is thrown across it. Values and strings live until the next parse. */
#ifndef SR_FEED_JSON_SHIM_H
#define SR_FEED_JSON_SHIM_H

#include "simrank.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sr_json sr_json;

typedef enum sr_json_result {
    SR_JSON_OK,
    SR_JSON_BAD_UTF8,
    SR_JSON_BAD_STRING, /* an escape that is none, or half of a surrogate pair */
    SR_JSON_BAD_NUMBER, /* no number, or one of more bits than simdjson takes */
    SR_JSON_BAD_SYNTAX,
    SR_JSON_NO_MEMORY
} sr_json_result;

typedef enum sr_json_type {
    SR_JSON_NULL,
    SR_JSON_SCALAR, /* a number or a boolean */
    SR_JSON_STRING,
    SR_JSON_ARRAY,
    SR_JSON_OBJECT
} sr_json_type;

/* A place in the parsed document. */
typedef struct sr_json_value {
    uint64_t opaque[2];
} sr_json_value;

/* The rest of an array or an object. */
typedef struct sr_json_walk {
    uint64_t at[2];
    uint64_t end[2];
    bool is_object;
} sr_json_walk;

/* NULL where memory is out. */
sr_json *sr_json_create(void);
void sr_json_free(sr_json *json);
/* What must be readable behind the bytes given to sr_json_parse_padded; its content does not
 * matter. */
enum { SR_JSON_PADDING = 64 };
/* The same without a copy: SR_JSON_PADDING bytes behind the document can be read. */
sr_json_result sr_json_parse_padded(sr_json *json, sr_str bytes, sr_json_value *root,
                                    const char **reason);
/* The whole of `bytes` as one document. `reason` is simdjson's own sentence. */
sr_json_result sr_json_parse(sr_json *json, sr_str bytes, sr_json_value *root, const char **reason);
sr_json_type sr_json_value_type(sr_json_value value);
/* Of a string. */
sr_str sr_json_value_string(sr_json_value value);
/* Of a number or boolean, as JSON; its length. */
enum { SR_JSON_SCALAR_BYTES = 64 };
size_t sr_json_value_scalar(sr_json_value value, char text[SR_JSON_SCALAR_BYTES]);
/* Of an array or an object. */
sr_json_walk sr_json_value_walk(sr_json_value value);
/* False at the end. `key` is empty in an array. */
bool sr_json_walk_next(sr_json_walk *walk, sr_str *key, sr_json_value *value);
bool sr_json_is_utf8(sr_str text);

#ifdef __cplusplus
}
#endif

#endif
