/* feed_inside.h — what the files of feed/ know of an open feed and outsiders don't. */
#ifndef SR_FEED_FEED_INSIDE_H
#define SR_FEED_FEED_INSIDE_H

#include "feed/names.h"

#include <stdatomic.h>

/* What a FEED argument's records were seen to hold; set by parsers on any thread. */
typedef struct sr_feed_seen {
    _Atomic uint32_t mapped; /* a bit for each mapped field whose name was there */
    _Atomic bool any;        /* a record with named fields was parsed */
} sr_feed_seen;

const sr_field_map *sr_feed_map(const sr_feed *feed);
size_t sr_feed_max_record(const sr_feed *feed);
/* Of an argument; never NULL. */
sr_feed_seen *sr_feed_seen_of(const sr_feed *feed, size_t argument);

#endif
