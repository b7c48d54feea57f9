/* feed_inside.h — what the files of feed/ know of an open feed and outsiders don't. */
#ifndef SR_FEED_FEED_INSIDE_H
#define SR_FEED_FEED_INSIDE_H

#include "feed/feed.h"
#include "feed/fields.h"

#include <stdatomic.h>

/* What a FEED argument's records were seen to hold; set by parsers on any thread. */
typedef struct sr_feed_seen {
    _Atomic uint32_t mapped; /* a bit for each mapped field whose name was there */
    _Atomic bool any;        /* a record with named fields was parsed */
} sr_feed_seen;

const sr_field_map *sr_feed_map(const sr_feed *feed);
/* Of an argument; never NULL. */
sr_feed_seen *sr_feed_seen_of(const sr_feed *feed, size_t argument);

/* The name that gives each field in this record, empty where none does; false where it can't be
 * parsed or has no names. Views live until the parser's next record. */
bool sr_record_parser_names(sr_record_parser *parser, const sr_record *record,
                            sr_str names[SR_FIELD_COUNT]);

#endif
