/* json_value.h — JSON values as the text of a field: strings, numbers, lists of them, and objects
 * that stand for their name, like {"name": "Reuters"}. */
#ifndef SR_FEED_JSON_VALUE_H
#define SR_FEED_JSON_VALUE_H

#include "feed/fields.h"
#include "feed/json_shim.h"

/* What `path` leads to from the object `root`; false where it leads nowhere. A part that is a
 * number counts in an array; any other part goes into the array's first element. */
bool sr_json_value_find(sr_json_value root, const sr_field_path *path, sr_json_value *value);
/* Whether there is something to read: not null, "", [] or {}. */
bool sr_json_value_is_filled(sr_json_value value);
/* Appends the value as `field` wants it: an array of paragraphs by lines, of tags by commas, of
 * anything else its first element. */
SR_MUST_USE sr_status sr_json_value_append(sr_json_value value, sr_feed_field field,
                                           sr_buffer *out);

#endif
