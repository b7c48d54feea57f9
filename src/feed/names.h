/* names.h — which names of a record give which fields, for those who tell people about it. */
#ifndef SR_FEED_NAMES_H
#define SR_FEED_NAMES_H

#include "feed/feed.h"
#include "feed/fields.h"

/* The name that gives each field in this record, empty where none does; false where it can't be
 * parsed or its format has no names. Views live until the parser's next record. */
bool sr_record_parser_names(sr_record_parser *parser, const sr_record *record,
                            sr_str names[SR_FEED_FIELD_COUNT]);
/* The first `max_names` of all names that the record has, in its order; their number. */
size_t sr_record_parser_list(sr_record_parser *parser, const sr_record *record, sr_str *names,
                             size_t max_names);

#endif
