/* buffer.c — growable bytes: growth is checked, doubled and limited. */
#include "base/buffer.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void sr_buffer_init(sr_buffer *buffer, size_t max_bytes)
{
    *buffer = (sr_buffer){.max_bytes = max_bytes};
}

void sr_buffer_release(sr_buffer *buffer)
{
    if (buffer) {
        free(buffer->data);
        sr_buffer_init(buffer, buffer->max_bytes);
    }
}

sr_status sr_buffer_reserve(sr_buffer *buffer, size_t n_more)
{
    size_t n_needed;
    if (!sr_size_add(buffer->n_bytes, n_more, &n_needed) || n_needed > buffer->max_bytes) {
        return SR_ERR_LIMIT;
    }
    if (n_needed <= buffer->capacity) {
        return SR_OK;
    }
    size_t capacity = buffer->capacity < 64 ? 64 : buffer->capacity;
    while (capacity < n_needed) {
        capacity = capacity > buffer->max_bytes / 2 ? buffer->max_bytes : capacity * 2;
    }
    char *data = realloc(buffer->data, capacity);
    if (!data) {
        return SR_ERR_MEMORY;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return SR_OK;
}

sr_status sr_buffer_append(sr_buffer *buffer, const void *bytes, size_t n_bytes)
{
    SR_TRY(sr_buffer_reserve(buffer, n_bytes));
    if (n_bytes) {
        memcpy(buffer->data + buffer->n_bytes, bytes, n_bytes);
        buffer->n_bytes += n_bytes;
    }
    return SR_OK;
}

sr_status sr_buffer_append_format(sr_buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (n < 0) {
        return SR_ERR_FORMAT;
    }
    SR_TRY(sr_buffer_reserve(buffer, (size_t)n + 1));
    va_start(arguments, format);
    vsnprintf(buffer->data + buffer->n_bytes, (size_t)n + 1, format, arguments);
    va_end(arguments);
    buffer->n_bytes += (size_t)n;
    return SR_OK;
}

sr_status sr_buffer_append_json(sr_buffer *buffer, sr_str text)
{
    static const char SHORT[] = "btnvfr";
    SR_TRY(sr_buffer_append(buffer, "\"", 1));
    for (size_t i = 0; i < text.n_bytes;) {
        unsigned char c = (unsigned char)text.data[i];
        uint32_t code_point;
        size_t length = sr_utf8_decode(text.data + i, text.n_bytes - i, &code_point);
        if (c == '"' || c == '\\') {
            char escape[2] = {'\\', (char)c};
            SR_TRY(sr_buffer_append(buffer, escape, 2));
        } else if (c >= '\b' && c <= '\r' && c != '\v') {
            char escape[2] = {'\\', SHORT[c - '\b']};
            SR_TRY(sr_buffer_append(buffer, escape, 2));
        } else if (c < ' ') {
            SR_TRY(sr_buffer_append_format(buffer, "\\u%04x", (unsigned)c));
        } else if (code_point != SR_UTF8_ILL_FORMED) {
            SR_TRY(sr_buffer_append(buffer, text.data + i, length));
        } else {
            SR_TRY(sr_buffer_append_text(buffer, SR_UTF8_REPLACEMENT));
        }
        i += length;
    }
    return sr_buffer_append(buffer, "\"", 1);
}

sr_status sr_buffer_append_csv(sr_buffer *buffer, sr_str text)
{
    bool plain = true;
    for (size_t i = 0; i < text.n_bytes && plain; i++) {
        plain = text.data[i] == '\0' || !strchr(",\"\r\n", text.data[i]);
    }
    if (plain) {
        return sr_buffer_append_str(buffer, text);
    }
    SR_TRY(sr_buffer_append(buffer, "\"", 1));
    for (size_t i = 0; i < text.n_bytes; i++) {
        SR_TRY(sr_buffer_append(buffer, "\"\"", text.data[i] == '"' ? 1 : 0));
        SR_TRY(sr_buffer_append(buffer, text.data + i, 1));
    }
    return sr_buffer_append(buffer, "\"", 1);
}

sr_status sr_buffer_append_html(sr_buffer *buffer, sr_str text)
{
    for (size_t i = 0; i < text.n_bytes; i++) {
        char c = text.data[i];
        const char *entity = c == '&'    ? "&amp;"
                             : c == '<'  ? "&lt;"
                             : c == '>'  ? "&gt;"
                             : c == '"'  ? "&quot;"
                             : c == '\'' ? "&#39;"
                                         : NULL;
        SR_TRY(entity ? sr_buffer_append_text(buffer, entity) : sr_buffer_append(buffer, &c, 1));
    }
    return SR_OK;
}

sr_status sr_array_reserve(void **items, size_t *capacity, size_t n_items, size_t item_bytes)
{
    if (n_items <= *capacity) {
        return SR_OK;
    }
    size_t wanted = *capacity < 8 ? 8 : *capacity;
    while (wanted < n_items) {
        if (!sr_size_multiply(wanted, 2, &wanted)) {
            return SR_ERR_LIMIT;
        }
    }
    size_t n_bytes;
    if (!sr_size_multiply(wanted, item_bytes, &n_bytes)) {
        return SR_ERR_LIMIT;
    }
    void *grown = realloc(*items, n_bytes);
    if (!grown) {
        return SR_ERR_MEMORY;
    }
    *items = grown;
    *capacity = wanted;
    return SR_OK;
}
