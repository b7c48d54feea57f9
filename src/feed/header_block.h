/* header_block.h — "Name: value" lines up to a blank one, as HTTP and WARC records begin with. Line
 * ends are CRLF or LF; a line that begins with a blank goes on with the one before it. */
#ifndef SR_FEED_HEADER_BLOCK_H
#define SR_FEED_HEADER_BLOCK_H

#include "base/bytes.h"

/* Bytes up to and with the blank line; 0: there is none in sight. */
size_t sr_header_block_measure(sr_str bytes);
/* Takes the next line off the front of a block; false at its end or at the blank line. `name` is
 * empty for a line without a colon, as the first one is. Blanks around the value are left out; the
 * line end of a folded value is not. */
bool sr_header_block_next(sr_str *block, sr_str *name, sr_str *value);
/* The value of the first header called so (letter case plays no part), empty where there is none.
 */
sr_str sr_header_block_find(sr_str block, const char *name);
/* "text/html" of `text/html; charset="utf-8"`, and the value of a parameter, without quotes. */
sr_str sr_header_value_type(sr_str value);
sr_str sr_header_value_parameter(sr_str value, const char *name);
/* Letter case plays no part; `lower` is lower case. */
bool sr_header_equal(sr_str text, const char *lower);
bool sr_header_begins(sr_str text, const char *lower);

#endif
