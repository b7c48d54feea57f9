/* utf8.h — decoding and encoding UTF-8 as Unicode 15 defines it (table 3-7): no overlong forms, no
 * surrogates, nothing beyond U+10FFFF. What is ill-formed is taken in maximal subparts, so that
 * every reader of the same bytes counts the same number of U+FFFD. */
#ifndef SR_BASE_UTF8_H
#define SR_BASE_UTF8_H

#include "base/bytes.h"

#define SR_UTF8_ILL_FORMED UINT32_MAX
#define SR_UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
enum { SR_UTF8_MAX_BYTES = 4 };

/* Decodes one code point of the `n_bytes` ≥ 1 at `text` and returns the bytes taken (at least 1).
 * Ill-formed input gives SR_UTF8_ILL_FORMED and the length of the maximal subpart that one U+FFFD
 * stands for. */
static inline size_t sr_utf8_decode(const char *text, size_t n_bytes, uint32_t *code_point)
{
    const unsigned char *s = (const unsigned char *)text;
    uint32_t first = s[0];
    if (first < 0x80) {
        *code_point = first;
        return 1;
    }
    *code_point = SR_UTF8_ILL_FORMED;
    if (first < 0xc2 || first > 0xf4 || n_bytes < 2) {
        return 1;
    }
    unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (s[1] < low || s[1] > high) {
        return 1;
    }
    uint32_t value = (first & (first < 0xe0   ? 0x1fU
                               : first < 0xf0 ? 0x0fU
                                              : 0x07U))
                         << 6 |
                     (s[1] & 0x3fU);
    size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    for (size_t i = 2; i < length; i++) {
        if (i >= n_bytes || (s[i] & 0xc0) != 0x80) {
            return i;
        }
        value = value << 6 | (s[i] & 0x3fU);
    }
    *code_point = value;
    return length;
}

/* Writes a code point (≤ U+10FFFF, no surrogate) and returns its length. */
static inline size_t sr_utf8_encode(uint32_t code_point, char out[SR_UTF8_MAX_BYTES])
{
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    size_t length = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code_point & 0x3f));
        code_point >>= 6;
    }
    out[0] = (char)((length == 2 ? 0xc0U : length == 3 ? 0xe0U : 0xf0U) | code_point);
    return length;
}

#endif
