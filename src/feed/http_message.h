/* http_message.h — an HTTP response as an archive of the web keeps it: status, type, and its body
 * with transfer and content encodings taken off.
 *
 * Archives are full of headers that do not fit the body any more (a crawler has already unpacked
 * it), so each encoding is only taken off where the body really begins so. */
#ifndef SR_FEED_HTTP_MESSAGE_H
#define SR_FEED_HTTP_MESSAGE_H

#include "base/buffer.h"

typedef struct sr_http_message {
    unsigned status; /* 200 */
    sr_str type;     /* "text/html" */
    sr_str charset;
    sr_str transfer_encoding;
    sr_str content_encoding;
    sr_str body; /* as it came */
} sr_http_message;

/* False where the bytes do not begin with a response. */
bool sr_http_message_read(sr_str bytes, sr_http_message *message);
/* Scratch of one thread. */
typedef struct sr_http_scratch {
    sr_buffer joined;
    sr_buffer unpacked;
} sr_http_scratch;
void sr_http_scratch_init(sr_http_scratch *scratch);
void sr_http_scratch_release(sr_http_scratch *scratch);
/* The body as the page was; a view of the bytes or of the scratch. What is damaged ends it early.
 * SR_ERR_LIMIT where it is longer than `max_bytes` unpacked. */
SR_MUST_USE sr_status sr_http_message_body(const sr_http_message *message, size_t max_bytes,
                                           sr_http_scratch *scratch, sr_str *body);

#endif
