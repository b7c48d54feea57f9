/* fields.h — which name of a feed gives which field of an article: what --map says, else the usual
 * names. */
#ifndef SR_FEED_FIELDS_H
#define SR_FEED_FIELDS_H

#include "base/buffer.h"

typedef enum sr_feed_field {
    SR_FEED_FIELD_ID,
    SR_FEED_FIELD_TITLE,
    SR_FEED_FIELD_TEXT,
    SR_FEED_FIELD_LEAD,
    SR_FEED_FIELD_URL,
    SR_FEED_FIELD_SOURCE,
    SR_FEED_FIELD_AUTHOR,
    SR_FEED_FIELD_PUBLISHED,
    SR_FEED_FIELD_LANGUAGE,
    SR_FEED_FIELD_TAGS,
    SR_FEED_FIELD_IMAGE,
    SR_FEED_FIELD_COUNT
} sr_feed_field;

const char *sr_feed_field_name(sr_feed_field field);

enum { SR_FIELD_MAX_PARTS = 8, SR_FIELD_NO_RANK = 255 };

typedef struct sr_field_path {
    bool is_mapped; /* guesses play no part; with an empty name the field is not read at all */
    sr_str name;    /* as written; may have dots */
    sr_str parts[SR_FIELD_MAX_PARTS]; /* the name cut at its dots */
    size_t n_parts;
} sr_field_path;

typedef struct sr_field_map {
    char *text; /* owned copy that the paths point into */
    sr_field_path paths[SR_FEED_FIELD_COUNT];
} sr_field_map;

/* `text`: "text=content.rendered,title=headline", or NULL. SR_ERR_ARGUMENT names what is wrong. */
SR_MUST_USE sr_status sr_field_map_init(sr_field_map *map, const char *text, sr_error *error);
void sr_field_map_release(sr_field_map *map);
/* How good a name is for a field that is not mapped: 0 the best, SR_FIELD_NO_RANK none. Letter case
 * plays no part, and a name that --map uses is guessed for nothing else. */
unsigned sr_field_map_guess(const sr_field_map *map, sr_str name, sr_feed_field *field);

#endif
