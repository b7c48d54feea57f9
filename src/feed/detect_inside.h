/* detect_inside.h — the parts of format detection. */
#ifndef SR_FEED_DETECT_INSIDE_H
#define SR_FEED_DETECT_INSIDE_H

#include "feed/reader.h"

/* Of what begins with `<`; SR_FEED_TEXT where it is no markup that we know, SR_FEED_UNKNOWN with
 * `reason` where it is XML of another kind, which a declaration or the file's name says. */
sr_feed_format sr_feed_detect_markup(sr_str head, bool named_xml, const char **reason);

#endif
