/* json_repair.h — a JSON record that simdjson refuses for a reason that a reader may overlook, made
 * acceptable. */
#ifndef SR_FEED_JSON_REPAIR_H
#define SR_FEED_JSON_REPAIR_H

#include "base/buffer.h"

/* A copy of `raw` in which ill-formed UTF-8 is U+FFFD, half of a surrogate pair is \ufffd, and a
 * number too long for 64 bits is a string of its digits. What is wrong otherwise stays wrong.
 * SR_ERR_MEMORY. */
SR_MUST_USE sr_status sr_json_repair(sr_str raw, sr_buffer *repaired);
/* Whether an escape of a surrogate is there at all: simdjson lets a lone second half pass as bad
 * UTF-8. */
bool sr_json_has_surrogates(sr_str raw);
/* A copy of `text` in which ill-formed UTF-8 is U+FFFD. */
SR_MUST_USE sr_status sr_utf8_repair(sr_str text, sr_buffer *repaired);

#endif
