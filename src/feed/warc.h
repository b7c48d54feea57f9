/* warc.h — one record of a WARC file (ISO 28500) or of an ARC file, the format before it. */
#ifndef SR_FEED_WARC_H
#define SR_FEED_WARC_H

#include "feed/http_message.h"

typedef enum sr_warc_kind {
    SR_WARC_OTHER, /* no page: left out */
    SR_WARC_INFO,  /* what the file says of itself */
    SR_WARC_PAGE,  /* an HTTP response, or a resource, that is HTML */
    SR_WARC_TEXT   /* the same in plain text, or a conversion (WET) */
} sr_warc_kind;

typedef struct sr_warc_record {
    sr_warc_kind kind;
    bool is_http;        /* the block begins with the headers of a response */
    sr_str head;         /* its header block */
    uint64_t n_block;    /* bytes behind the header block */
    sr_str type;         /* "response", "conversion" … */
    const char *refusal; /* of kind OTHER: why it is no page, as "redirects" */
    sr_str uri;
    sr_str date;
    sr_str id;
    sr_str language;
} sr_warc_record;

/* Whether a file begins so. */
bool sr_warc_is_head(sr_str head);
/* The length of the header block that begins `bytes`; 0: its end is not in sight. */
size_t sr_warc_measure_head(sr_str bytes);
/* Reads the header block (`n_head` bytes) and what is in sight of the block behind it; false where
 * it is none. */
bool sr_warc_read(sr_str bytes, size_t n_head, sr_warc_record *record);

#endif
