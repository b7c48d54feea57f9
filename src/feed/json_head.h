/* json_head.h — what a file that begins with `{` is: lines of objects, objects over many lines, or
 * one object around an array of records (JSON Feed, answers of news APIs). */
#ifndef SR_FEED_JSON_HEAD_H
#define SR_FEED_JSON_HEAD_H

#include "base/bytes.h"

typedef struct sr_json_head {
    size_t records;   /* bytes up to and with the `[` of the array of records; 0: there is none */
    bool is_feed;     /* it says that it is a JSON Feed */
    bool has_text;    /* before that array stands a name of an article's text */
    bool spans_lines; /* the first object goes on behind the first line end */
} sr_json_head;

/* Of the first bytes of a file; blanks before the object are passed over. */
sr_json_head sr_json_head_scan(sr_str head);

#endif
