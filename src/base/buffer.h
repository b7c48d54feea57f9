/* buffer.h — a growable run of bytes with a stated maximum; the only way that the library builds
 * text. */
#ifndef SR_BASE_BUFFER_H
#define SR_BASE_BUFFER_H

#include "base/bytes.h"
#include "base/status.h"

typedef struct sr_buffer {
    char *data;
    size_t n_bytes;
    size_t capacity;
    size_t max_bytes; /* growing past it is SR_ERR_LIMIT */
} sr_buffer;

#define SR_BUFFER_NO_LIMIT (SIZE_MAX / 2)

void sr_buffer_init(sr_buffer *buffer, size_t max_bytes);
void sr_buffer_release(sr_buffer *buffer);
static inline void sr_buffer_clear(sr_buffer *buffer)
{
    buffer->n_bytes = 0;
}
static inline sr_str sr_buffer_view(const sr_buffer *buffer)
{
    return sr_str_make(buffer->data, buffer->n_bytes);
}
/* Room for `n_more` bytes behind what is there. SR_ERR_LIMIT, SR_ERR_MEMORY. */
SR_MUST_USE sr_status sr_buffer_reserve(sr_buffer *buffer, size_t n_more);
SR_MUST_USE sr_status sr_buffer_append(sr_buffer *buffer, const void *bytes, size_t n_bytes);
static inline SR_MUST_USE sr_status sr_buffer_append_str(sr_buffer *buffer, sr_str text)
{
    return sr_buffer_append(buffer, text.data, text.n_bytes);
}
static inline SR_MUST_USE sr_status sr_buffer_append_text(sr_buffer *buffer, const char *text)
{
    return sr_buffer_append(buffer, text, strlen(text));
}
SR_PRINTF(2, 3)
SR_MUST_USE sr_status sr_buffer_append_format(sr_buffer *buffer, const char *format, ...);
/* A JSON string with its quotes (RFC 8259); bytes that are not UTF-8 become U+FFFD. */
SR_MUST_USE sr_status sr_buffer_append_json(sr_buffer *buffer, sr_str text);
/* A CSV field (RFC 4180), quoted where it must be. */
SR_MUST_USE sr_status sr_buffer_append_csv(sr_buffer *buffer, sr_str text);
/* Text for HTML content and attribute values. */
SR_MUST_USE sr_status sr_buffer_append_html(sr_buffer *buffer, sr_str text);

/* Grows an array of `item_bytes` items to hold `n_items`, doubling; `capacity` counts items. */
SR_MUST_USE sr_status sr_array_reserve(void **items, size_t *capacity, size_t n_items,
                                       size_t item_bytes);

#endif
