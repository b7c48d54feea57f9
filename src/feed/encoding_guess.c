/* encoding_guess.c — counts of what high bytes could be. */
#include "feed/encoding_guess.h"

#include "feed/encoding.h"

/* Runs of bytes above 127. */
typedef struct high_counts {
    size_t n_utf8;    /* characters of UTF-8 */
    size_t n_western; /* bytes that windows-1252 has, alone */
    size_t n_broken;  /* others: the half of a character, a byte that no encoding has */
} high_counts;

static bool is_continuation(unsigned char c)
{
    return (c & 0xc0) == 0x80;
}

/* The length of a UTF-8 character by its first byte, 0: none begins so. */
static size_t announced_length(unsigned char lead)
{
    return lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
}

static bool is_western_byte(unsigned char c)
{
    return c != 0xff && c != 0x81 && c != 0x8d && c != 0x8f && c != 0x90 && c != 0x9d;
}

/* The bytes of `text` that belong together from `at` on, which is above 127. */
static size_t count_one(sr_str text, size_t at, high_counts *counts)
{
    const unsigned char *bytes = (const unsigned char *)text.data;
    size_t n_wanted = announced_length(bytes[at]);
    size_t n_held = 1;
    while (n_held < n_wanted && at + n_held < text.n_bytes && is_continuation(bytes[at + n_held])) {
        n_held++;
    }
    if (n_wanted && n_held == n_wanted) {
        counts->n_utf8++;
    } else if (n_held > 1 || (n_wanted && at + 1 == text.n_bytes)) {
        counts->n_broken++;
    } else {
        counts->n_western += is_western_byte(bytes[at]);
        counts->n_broken += !is_western_byte(bytes[at]);
    }
    return n_held;
}

static high_counts count_high(sr_str text)
{
    high_counts counts = {0};
    for (size_t i = 0; i < text.n_bytes;) {
        i += (unsigned char)text.data[i] < 0x80 ? 1 : count_one(text, i, &counts);
    }
    return counts;
}

bool sr_encoding_is_western(sr_str text)
{
    high_counts counts = count_high(text);
    return counts.n_western && counts.n_utf8 + counts.n_broken == 0;
}

/* UTF-16 without a mark: Latin text has a zero in every second place, and in no other. */
static const char *guess_wide(sr_str head)
{
    enum { LOOKED_AT = 4096 };
    size_t zeros[2] = {0, 0};
    size_t n = (head.n_bytes < LOOKED_AT ? head.n_bytes : LOOKED_AT) & ~(size_t)1;
    for (size_t i = 0; i < n; i++) {
        zeros[i % 2] += head.data[i] == '\0';
    }
    size_t n_many = n / 2 * 2 / 5;
    if (n < 8 || zeros[0] + zeros[1] == 0) {
        return NULL;
    }
    return zeros[0] == 0 && zeros[1] > n_many   ? "UTF-16LE"
           : zeros[1] == 0 && zeros[0] > n_many ? "UTF-16BE"
                                                : NULL;
}

const char *sr_encoding_guess(sr_str head, size_t *n_mark)
{
    const char *marked = sr_encoding_of_mark(head, n_mark);
    if (marked) {
        return marked;
    }
    const char *wide = guess_wide(head);
    if (wide) {
        return wide;
    }
    high_counts counts = count_high(head);
    bool is_binary = head.n_bytes && memchr(head.data, '\0', head.n_bytes);
    return !is_binary && counts.n_western > counts.n_utf8 + 4 * counts.n_broken ? "CP1252"
                                                                                : "UTF-8";
}

bool sr_encoding_is_single_byte(const char *name)
{
    static const char *const FAMILIES[] = {"UTF-8", "CP125",     "CP874", "ISO-8859-",
                                           "KOI8",  "MACINTOSH", "ASCII"};
    for (size_t i = 0; i < SR_ARRAY_COUNT(FAMILIES); i++) {
        if (strncmp(name, FAMILIES[i], strlen(FAMILIES[i])) == 0) {
            return true;
        }
    }
    return false;
}

const char *sr_encoding_shown(const char *name)
{
    return strcmp(name, "CP1252") == 0 ? "windows-1252" : name;
}
