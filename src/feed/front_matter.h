/* front_matter.h — what static sites write above a page: YAML between `---` lines, TOML between
 * `+++` lines, or a JSON object.
 *
 * It is flattened to names and values: "title", "params.author"; the values of a list are joined by
 * commas, and of an object that stands for a name ({name: …}) in a list the name is taken. */
#ifndef SR_FEED_FRONT_MATTER_H
#define SR_FEED_FRONT_MATTER_H

#include "base/buffer.h"

typedef enum sr_front_kind {
    SR_FRONT_NONE,
    SR_FRONT_YAML,
    SR_FRONT_TOML,
    SR_FRONT_JSON
} sr_front_kind;

/* Places in sr_front_matter.bytes. */
typedef struct sr_front_pair {
    size_t name_at, n_name;
    size_t value_at, n_value;
} sr_front_pair;

typedef struct sr_front_matter {
    sr_buffer bytes;
    sr_front_pair *pairs;
    size_t n_pairs;
    size_t capacity;
    char problem[120]; /* why it could not be read to its end; "" */
} sr_front_matter;

/* Cuts a page into front matter, without its fences, and body. */
sr_front_kind sr_front_matter_cut(sr_str page, sr_str *front, sr_str *body);

void sr_front_matter_init(sr_front_matter *matter);
void sr_front_matter_release(sr_front_matter *matter);
/* Reads it; what stands before something ill-formed is kept. SR_ERR_MEMORY. */
SR_MUST_USE sr_status sr_front_matter_read(sr_front_matter *matter, sr_front_kind kind,
                                           sr_str front);
sr_str sr_front_matter_name(const sr_front_matter *matter, size_t index);
sr_str sr_front_matter_value(const sr_front_matter *matter, size_t index);
/* The value of a name (letter case plays no part; `lower` is lower case), empty where there is
 * none. */
sr_str sr_front_matter_find(const sr_front_matter *matter, const char *lower);
/* For the readers of the three notations: a value below `prefix` ("" or "params") called `name`
 * ("" in a list). */
SR_MUST_USE sr_status sr_front_matter_add(sr_front_matter *matter, sr_str prefix, sr_str name,
                                          sr_str value);

#endif
