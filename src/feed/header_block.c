/* header_block.c — lines, names and values. */
#include "feed/header_block.h"

static char lower_of(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool sr_header_begins(sr_str text, const char *lower)
{
    size_t n = strlen(lower);
    for (size_t i = 0; i < n; i++) {
        if (i >= text.n_bytes || lower_of(text.data[i]) != lower[i]) {
            return false;
        }
    }
    return true;
}

bool sr_header_equal(sr_str text, const char *lower)
{
    return text.n_bytes == strlen(lower) && sr_header_begins(text, lower);
}

size_t sr_header_block_measure(sr_str bytes)
{
    for (size_t at = 0; at < bytes.n_bytes;) {
        const char *end = memchr(bytes.data + at, '\n', bytes.n_bytes - at);
        if (!end) {
            return 0;
        }
        size_t n_line = (size_t)(end - bytes.data) - at;
        at += n_line + 1;
        if (n_line == 0 || (n_line == 1 && end[-1] == '\r')) {
            return at;
        }
    }
    return 0;
}

/* A line without its end, taken off the front. */
static sr_str take_line(sr_str *block)
{
    const char *end = memchr(block->data, '\n', block->n_bytes);
    size_t n = end ? (size_t)(end - block->data) : block->n_bytes;
    sr_str line = sr_str_make(block->data, n);
    size_t n_gone = n + (end != NULL);
    *block = sr_str_make(block->data + n_gone, block->n_bytes - n_gone);
    line.n_bytes -= line.n_bytes && line.data[line.n_bytes - 1] == '\r';
    return line;
}

static bool continues(sr_str block)
{
    return block.n_bytes && (block.data[0] == ' ' || block.data[0] == '\t');
}

bool sr_header_block_next(sr_str *block, sr_str *name, sr_str *value)
{
    if (block->n_bytes == 0) {
        return false;
    }
    sr_str line = take_line(block);
    if (line.n_bytes == 0) {
        return false;
    }
    while (continues(*block)) {
        sr_str more = take_line(block);
        line.n_bytes = (size_t)(more.data + more.n_bytes - line.data);
    }
    const char *colon = memchr(line.data, ':', line.n_bytes);
    size_t n_name = colon ? (size_t)(colon - line.data) : 0;
    *name = sr_str_trim(sr_str_make(line.data, n_name));
    n_name += colon != NULL;
    *value = sr_str_trim(sr_str_make(line.data + n_name, line.n_bytes - n_name));
    return true;
}

sr_str sr_header_block_find(sr_str block, const char *name)
{
    sr_str found;
    sr_str value;
    size_t n_name = strlen(name);
    while (sr_header_block_next(&block, &found, &value)) {
        if (found.n_bytes != n_name) {
            continue;
        }
        size_t i = 0;
        while (i < n_name && lower_of(found.data[i]) == lower_of(name[i])) {
            i++;
        }
        if (i == n_name) {
            return value;
        }
    }
    return sr_str_make(NULL, 0);
}

sr_str sr_header_value_type(sr_str value)
{
    const char *end = value.n_bytes ? memchr(value.data, ';', value.n_bytes) : NULL;
    return end ? sr_str_trim(sr_str_make(value.data, (size_t)(end - value.data))) : value;
}

sr_str sr_header_value_parameter(sr_str value, const char *name)
{
    while (value.n_bytes) {
        const char *start = memchr(value.data, ';', value.n_bytes);
        if (!start) {
            break;
        }
        size_t n_gone = (size_t)(start - value.data) + 1;
        value = sr_str_make(start + 1, value.n_bytes - n_gone);
        sr_str parameter = sr_str_trim(sr_header_value_type(value));
        const char *equals =
            parameter.n_bytes ? memchr(parameter.data, '=', parameter.n_bytes) : NULL;
        if (!equals) {
            continue;
        }
        size_t n_name = (size_t)(equals - parameter.data);
        sr_str found = sr_str_trim(sr_str_make(parameter.data, n_name));
        sr_str text = sr_str_trim(sr_str_make(equals + 1, parameter.n_bytes - n_name - 1));
        if (sr_header_equal(found, name)) {
            bool quoted =
                text.n_bytes >= 2 && text.data[0] == '"' && text.data[text.n_bytes - 1] == '"';
            return quoted ? sr_str_make(text.data + 1, text.n_bytes - 2) : text;
        }
    }
    return sr_str_make(NULL, 0);
}
