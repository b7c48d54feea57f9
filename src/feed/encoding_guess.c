/* encoding_guess.c — counts of what high bytes could be. */
#include "feed/encoding_guess.h"

#include "feed/encoding.h"

#include <uchardet.h>

/* Runs of bytes above 127. */
typedef struct high_counts {
    size_t n_utf8;    /* characters of UTF-8 */
    size_t n_western; /* bytes that windows-1252 has, alone */
    size_t n_broken;  /* others: the half of a character, a byte that no encoding has */
    size_t n_bytes;   /* in all */
    size_t n_runs;    /* that they stand in */
    size_t first;     /* where the first of them is */
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
    size_t run_end = SIZE_MAX;
    for (size_t i = 0; i < text.n_bytes;) {
        if ((unsigned char)text.data[i] < 0x80) {
            i++;
            continue;
        }
        counts.first = counts.n_bytes ? counts.first : i;
        counts.n_runs += run_end != i;
        size_t n = count_one(text, i, &counts);
        counts.n_bytes += n;
        i += n;
        run_end = i;
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

/* iconv's name of what uchardet says, where that is no encoding of Latin letters. */
static const char *script_of_answer(const char *answer)
{
    static const char *const NAMES[][2] = {{"WINDOWS-1251", "CP1251"},
                                           {"KOI8-R", "KOI8-R"},
                                           {"ISO-8859-5", "ISO-8859-5"},
                                           {"IBM866", "IBM866"},
                                           {"IBM855", "IBM855"},
                                           {"MAC-CYRILLIC", "MAC-CYRILLIC"},
                                           {"WINDOWS-1253", "CP1253"},
                                           {"ISO-8859-7", "ISO-8859-7"},
                                           {"WINDOWS-1255", "CP1255"},
                                           {"ISO-8859-8", "ISO-8859-8"},
                                           {"WINDOWS-1256", "CP1256"},
                                           {"ISO-8859-6", "ISO-8859-6"},
                                           {"TIS-620", "CP874"},
                                           {"ISO-8859-11", "CP874"},
                                           {"SHIFT_JIS", "CP932"},
                                           {"EUC-JP", "EUC-JP"},
                                           {"GB18030", "GB18030"},
                                           {"BIG5", "BIG5-HKSCS"},
                                           {"EUC-TW", "EUC-TW"},
                                           {"EUC-KR", "CP949"},
                                           {"UHC", "CP949"},
                                           {"JOHAB", "JOHAB"}};
    for (size_t i = 0; i < SR_ARRAY_COUNT(NAMES); i++) {
        if (strcmp(answer, NAMES[i][0]) == 0) {
            return NAMES[i][1];
        }
    }
    return NULL;
}

/* `counts` are those of `head`. */
static const char *guess_script(sr_str head, const high_counts *counts)
{
    enum { FEWEST = 8, LOOKED_AT = 8 * 1024 };
    size_t n_other = counts->n_western + counts->n_broken;
    if (counts->n_bytes < FEWEST || counts->n_bytes < 2 * counts->n_runs ||
        n_other < 2 * counts->n_utf8 || memchr(head.data, '\0', head.n_bytes)) {
        return NULL;
    }
    uchardet_t detector = uchardet_new();
    if (!detector) {
        return NULL;
    }
    size_t n = head.n_bytes - counts->first < LOOKED_AT ? head.n_bytes - counts->first : LOOKED_AT;
    const char *name = NULL;
    if (uchardet_handle_data(detector, head.data + counts->first, n) == 0) {
        uchardet_data_end(detector);
        name = script_of_answer(uchardet_get_charset(detector));
    }
    uchardet_delete(detector);
    return name;
}

const char *sr_encoding_guess_script(sr_str head)
{
    high_counts counts = count_high(head);
    return guess_script(head, &counts);
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
    const char *script = guess_script(head, &counts);
    if (script) {
        return script;
    }
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
    static const char *const WINDOWS[] = {"windows-1250", "windows-1251", "windows-1252",
                                          "windows-1253", "windows-1254", "windows-1255",
                                          "windows-1256", "windows-1257", "windows-1258"};
    bool is_windows = strncmp(name, "CP125", 5) == 0 && name[5] >= '0' && name[5] <= '8';
    return is_windows ? WINDOWS[name[5] - '0'] : name;
}
