/* json_repair.c — one pass that knows strings, escapes and numbers. */
#include "feed/json_repair.h"

#include "base/utf8.h"

enum { ESCAPE_BYTES = 6, LONG_NUMBER = 18 };

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* The code unit of a \uXXXX at the front of `text`, -1 where there is none. */
static int unit_escape(sr_str text)
{
    if (text.n_bytes < ESCAPE_BYTES || text.data[0] != '\\' || text.data[1] != 'u') {
        return -1;
    }
    int unit = 0;
    for (int i = 2; i < ESCAPE_BYTES; i++) {
        int digit = hex_digit(text.data[i]);
        if (digit < 0) {
            return -1;
        }
        unit = unit * 16 + digit;
    }
    return unit;
}

static sr_str behind(sr_str text, size_t n_bytes)
{
    return sr_str_make(text.data + n_bytes, text.n_bytes - n_bytes);
}

/* Copies the escape at the front of `text` and returns its length in `n_taken`. */
static sr_status copy_escape(sr_str text, sr_buffer *out, size_t *n_taken)
{
    int unit = unit_escape(text);
    *n_taken = unit >= 0 ? ESCAPE_BYTES : text.n_bytes < 2 ? text.n_bytes : 2;
    if (unit >= 0xd800 && unit < 0xdc00) {
        int second = unit_escape(behind(text, ESCAPE_BYTES));
        if (second >= 0xdc00 && second < 0xe000) {
            *n_taken = 2 * ESCAPE_BYTES;
        } else {
            return sr_buffer_append_text(out, "\\ufffd");
        }
    } else if (unit >= 0xdc00 && unit < 0xe000) {
        return sr_buffer_append_text(out, "\\ufffd");
    }
    return sr_buffer_append(out, text.data, *n_taken);
}

/* One code point, or U+FFFD for what is none. */
static sr_status copy_code_point(sr_str text, sr_buffer *out, size_t *n_taken)
{
    uint32_t code_point;
    *n_taken = sr_utf8_decode(text.data, text.n_bytes, &code_point);
    return code_point == SR_UTF8_ILL_FORMED ? sr_buffer_append_text(out, SR_UTF8_REPLACEMENT)
                                            : sr_buffer_append(out, text.data, *n_taken);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t count_digits(sr_str text, size_t from)
{
    size_t n = from;
    while (n < text.n_bytes && is_digit(text.data[n])) {
        n++;
    }
    return n - from;
}

/* The length of the JSON number at the front of `text`, 0 where there is none. */
static size_t number_length(sr_str text)
{
    size_t n = text.n_bytes && text.data[0] == '-';
    size_t n_digits = count_digits(text, n);
    if (n_digits == 0 || (n_digits > 1 && text.data[n] == '0')) {
        return 0;
    }
    n += n_digits;
    if (n < text.n_bytes && text.data[n] == '.') {
        n_digits = count_digits(text, n + 1);
        if (n_digits == 0) {
            return 0;
        }
        n += 1 + n_digits;
    }
    if (n < text.n_bytes && (text.data[n] == 'e' || text.data[n] == 'E')) {
        n++;
        n += n < text.n_bytes && (text.data[n] == '+' || text.data[n] == '-');
        n_digits = count_digits(text, n);
        if (n_digits == 0) {
            return 0;
        }
        n += n_digits;
    }
    return n;
}

/* A number, as a string where it is long. */
static sr_status copy_number(sr_str text, sr_buffer *out, size_t *n_taken)
{
    size_t n = number_length(text);
    *n_taken = n ? n : 1;
    const char *quote = n > LONG_NUMBER ? "\"" : "";
    SR_TRY(sr_buffer_append_text(out, quote));
    SR_TRY(sr_buffer_append(out, text.data, *n_taken));
    return sr_buffer_append_text(out, quote);
}

sr_status sr_json_repair(sr_str raw, sr_buffer *repaired)
{
    bool in_string = false;
    sr_buffer_clear(repaired);
    while (raw.n_bytes) {
        size_t n_taken;
        char c = raw.data[0];
        if (in_string && c == '\\') {
            SR_TRY(copy_escape(raw, repaired, &n_taken));
        } else if (!in_string && (c == '-' || is_digit(c))) {
            SR_TRY(copy_number(raw, repaired, &n_taken));
        } else {
            in_string = in_string != (c == '"');
            SR_TRY(copy_code_point(raw, repaired, &n_taken));
        }
        raw = behind(raw, n_taken);
    }
    return SR_OK;
}

/* By the backslashes, which are rare in most texts: memmem takes a tenth of a whole dedup here. */
bool sr_json_has_surrogates(sr_str raw)
{
    const char *end = raw.data + raw.n_bytes;
    for (const char *at = raw.data; at < end; at += 2) {
        at = memchr(at, '\\', (size_t)(end - at));
        if (!at) {
            return false;
        }
        if (end - at > 2 && at[1] == 'u' && (at[2] | 0x20) == 'd') {
            return true;
        }
    }
    return false;
}

sr_status sr_utf8_repair(sr_str text, sr_buffer *repaired)
{
    sr_buffer_clear(repaired);
    while (text.n_bytes) {
        size_t n_taken;
        SR_TRY(copy_code_point(text, repaired, &n_taken));
        text = behind(text, n_taken);
    }
    return SR_OK;
}
