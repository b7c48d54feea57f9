/* encoding.c — names of encodings, and iconv over a run of bytes or a stream. */
#include "feed/encoding.h"

#include "base/utf8.h"
#include "feed/json_repair.h"
#include "feed/json_shim.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- names */

/* What browsers take a label for, where that is not what iconv takes it for. Lower case. */
static const char *const ALIASES[][2] = {
    {"utf8", "UTF-8"},
    {"unicode-1-1-utf-8", "UTF-8"},
    {"ascii", "CP1252"},
    {"us-ascii", "CP1252"},
    {"latin1", "CP1252"},
    {"iso-8859-1", "CP1252"},
    {"iso8859-1", "CP1252"},
    {"iso_8859-1", "CP1252"},
    {"x-cp1252", "CP1252"},
    {"windows-1252", "CP1252"},
    {"iso-8859-9", "CP1254"},
    {"latin5", "CP1254"},
    {"iso-8859-11", "CP874"},
    {"tis-620", "CP874"},
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"x-gbk", "GB18030"},
    {"gb_2312-80", "GB18030"},
    {"shift_jis", "CP932"},
    {"shift-jis", "CP932"},
    {"sjis", "CP932"},
    {"x-sjis", "CP932"},
    {"windows-31j", "CP932"},
    {"euc-kr", "CP949"},
    {"ks_c_5601-1987", "CP949"},
    {"windows-949", "CP949"},
    {"x-euc-jp", "EUC-JP"},
    {"big5", "BIG5-HKSCS"},
    {"x-x-big5", "BIG5-HKSCS"},
    {"visual", "ISO-8859-8"},
    {"logical", "ISO-8859-8"},
    {"x-mac-roman", "MACINTOSH"},
    {"koi", "KOI8-R"},
    {"utf-16", "UTF-16LE"},
    {"unicode", "UTF-16LE"},
    {"ucs-2", "UTF-16LE"},
    {"iso-10646-ucs-2", "UTF-16LE"},
    {"csunicode", "UTF-16LE"},
    {"utf-32", "UTF-32LE"},
    {"ucs-4", "UTF-32LE"},
};

/* UTF-7 is left out, as browsers leave it out: it hides markup from who looks for it, and after a
 * fault iconv goes on from a place that depends on where its blocks end. */
static bool opens(const char *name)
{
    if (strncmp(name, "UTF-7", 5) == 0 || strncmp(name, "UTF7", 4) == 0) {
        return false;
    }
    iconv_t handle = iconv_open("UTF-8", name);
    if (handle == (iconv_t)-1) {
        return false;
    }
    iconv_close(handle);
    return true;
}

bool sr_encoding_find(sr_str label, char name[SR_ENCODING_BYTES])
{
    char lower[SR_ENCODING_BYTES];
    label = sr_str_trim(label);
    if (label.n_bytes == 0 || label.n_bytes >= SR_ENCODING_BYTES) {
        return false;
    }
    for (size_t i = 0; i < label.n_bytes; i++) {
        char c = label.data[i];
        bool sound = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     c == '-' || c == '_' || c == '.' || c == ':';
        if (!sound) {
            return false; /* a slash would give iconv orders */
        }
        lower[i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    lower[label.n_bytes] = '\0';
    for (size_t i = 0; i < SR_ARRAY_COUNT(ALIASES); i++) {
        if (strcmp(lower, ALIASES[i][0]) == 0) {
            memcpy(name, ALIASES[i][1], strlen(ALIASES[i][1]) + 1);
            return true;
        }
    }
    for (size_t i = 0; lower[i]; i++) {
        lower[i] = lower[i] >= 'a' && lower[i] <= 'z' ? (char)(lower[i] & ~0x20) : lower[i];
    }
    const char *known = strncmp(lower, "WINDOWS-", 8) == 0 ? lower + 6 : lower;
    char code_page[SR_ENCODING_BYTES];
    if (known != lower) { /* "windows-1251" is CP1251 */
        code_page[0] = 'C';
        code_page[1] = 'P';
        memcpy(code_page + 2, lower + 8, strlen(lower + 8) + 1);
        known = code_page;
    }
    if (!opens(known)) {
        return false;
    }
    memcpy(name, known, strlen(known) + 1);
    return true;
}

static bool begins(sr_str text, const char *bytes, size_t n)
{
    return text.n_bytes >= n && memcmp(text.data, bytes, n) == 0;
}

const char *sr_encoding_of_mark(sr_str head, size_t *n_mark)
{
    static const struct {
        char bytes[5];
        size_t n;
        const char *name;
    } MARKS[] = {{"\xff\xfe\0\0", 4, "UTF-32LE"},
                 {"\0\0\xfe\xff", 4, "UTF-32BE"},
                 {"\xef\xbb\xbf", 3, "UTF-8"},
                 {"\xff\xfe", 2, "UTF-16LE"},
                 {"\xfe\xff", 2, "UTF-16BE"}};
    for (size_t i = 0; i < SR_ARRAY_COUNT(MARKS); i++) {
        if (begins(head, MARKS[i].bytes, MARKS[i].n)) {
            *n_mark = MARKS[i].n;
            return MARKS[i].name;
        }
    }
    *n_mark = 0;
    return NULL;
}

/* EBCDIC has many code pages; the declaration is readable in all of them and names the one. */
static const char *ebcdic_page(sr_str head)
{
    static const char *const PAGES[] = {"IBM037", "IBM273", "IBM277",  "IBM278", "IBM280",
                                        "IBM284", "IBM285", "IBM297",  "IBM420", "IBM424",
                                        "IBM500", "IBM871", "IBM1026", "IBM1047"};
    sr_recoder recoder = {0};
    sr_buffer text;
    sr_buffer_init(&text, SR_BUFFER_NO_LIMIT);
    const char *page = "IBM037";
    uint64_t n_bad = 0;
    sr_str start = sr_str_make(head.data, head.n_bytes < 100 ? head.n_bytes : 100);
    if (sr_recoder_append(&recoder, "IBM037", start, &text, &n_bad) == SR_OK && text.n_bytes) {
        for (size_t i = 0; i < SR_ARRAY_COUNT(PAGES); i++) {
            const char *digits = PAGES[i] + 3;
            bool named = memmem(text.data, text.n_bytes, digits, strlen(digits)) != NULL;
            page = named ? PAGES[i] : page;
        }
    }
    sr_recoder_release(&recoder);
    sr_buffer_release(&text);
    return page;
}

const char *sr_encoding_of_markup(sr_str head)
{
    if (begins(head, "<\0\0\0", 4)) {
        return "UTF-32LE";
    }
    if (begins(head, "\0\0\0<", 4)) {
        return "UTF-32BE";
    }
    if (begins(head, "<\0", 2)) {
        return "UTF-16LE";
    }
    if (begins(head, "\0<", 2)) {
        return "UTF-16BE";
    }
    return begins(head, "\x4c\x6f\xa7\x94", 4) ? ebcdic_page(head) : NULL;
}

bool sr_encoding_is_utf8(const char *name)
{
    return strcmp(name, "UTF-8") == 0;
}

bool sr_encoding_keeps_ascii(const char *name)
{
    static const char *const OTHERS[] = {"UTF-16",  "UTF-32",  "UCS",    "ISO-2022", "HZ",
                                         "IBM0",    "IBM2",    "IBM4",   "IBM500",   "IBM871",
                                         "IBM1026", "IBM1047", "EBCDIC", "CP037",    "CP500"};
    for (size_t i = 0; i < SR_ARRAY_COUNT(OTHERS); i++) {
        if (strncmp(name, OTHERS[i], strlen(OTHERS[i])) == 0) {
            return false;
        }
    }
    return true;
}

bool sr_encoding_find_declared(sr_str head, const char *key, char name[SR_ENCODING_BYTES])
{
    size_t n_key = strlen(key);
    for (size_t i = 0; i + n_key < head.n_bytes; i++) {
        size_t k = 0;
        while (k < n_key && (head.data[i + k] | 0x20) == key[k]) {
            k++;
        }
        if (k != n_key) {
            continue;
        }
        size_t at = i + n_key;
        while (at < head.n_bytes && head.data[at] && strchr(" \t=\"'", head.data[at])) {
            at++;
        }
        size_t n = 0;
        while (at + n < head.n_bytes && n < SR_ENCODING_BYTES &&
               (unsigned char)head.data[at + n] > ' ' && !strchr("\"';>/?", head.data[at + n])) {
            n++;
        }
        if (sr_encoding_find(sr_str_make(head.data + at, n), name)) {
            return true;
        }
    }
    return false;
}

/* ---------------------------------------------------------------- a run of bytes */

void sr_recoder_release(sr_recoder *recoder)
{
    if (recoder && recoder->handle) {
        iconv_close(recoder->handle);
        recoder->handle = NULL;
    }
}

static sr_status open_recoder(sr_recoder *recoder, const char *name)
{
    if (recoder->handle && strcmp(recoder->name, name) == 0) {
        iconv(recoder->handle, NULL, NULL, NULL, NULL);
        return SR_OK;
    }
    sr_recoder_release(recoder);
    iconv_t handle = iconv_open("UTF-8", name);
    if (handle == (iconv_t)-1 || strlen(name) >= SR_ENCODING_BYTES) {
        return errno == ENOMEM ? SR_ERR_MEMORY : SR_ERR_ARGUMENT;
    }
    recoder->handle = handle;
    memcpy(recoder->name, name, strlen(name) + 1);
    return SR_OK;
}

/* What iconv takes for UTF-8 has surrogates and characters beyond U+10FFFF in it. */
static sr_status repair_from(sr_buffer *out, size_t from, uint64_t *n_bad)
{
    if (out->n_bytes == from) {
        return SR_OK;
    }
    sr_str decoded = sr_str_make(out->data + from, out->n_bytes - from);
    if (sr_json_is_utf8(decoded)) {
        return SR_OK;
    }
    sr_buffer repaired;
    sr_buffer_init(&repaired, SR_BUFFER_NO_LIMIT);
    sr_status status = sr_utf8_repair(decoded, &repaired);
    if (status == SR_OK) {
        out->n_bytes = from;
        ++*n_bad;
        status = sr_buffer_append_str(out, sr_buffer_view(&repaired));
    }
    sr_buffer_release(&repaired);
    return status;
}

/* Decodes what is whole of `rest`; an unfinished character at its end stays there. */
static sr_status decode(iconv_t handle, sr_str *rest, sr_buffer *out, uint64_t *n_bad)
{
    char *in = (char *)rest->data; /* iconv only reads it */
    size_t n_in = rest->n_bytes;
    size_t from = out->n_bytes;
    sr_status status = SR_OK;
    while (n_in && status == SR_OK) {
        SR_TRY(sr_buffer_reserve(out, n_in * 2 + 16));
        char *to = out->data + out->n_bytes;
        size_t n_to = out->capacity - out->n_bytes;
        size_t done = iconv(handle, &in, &n_in, &to, &n_to);
        out->n_bytes = (size_t)(to - out->data);
        if (done != (size_t)-1 || errno == E2BIG) {
            continue;
        }
        if (errno == EINVAL) {
            break;
        }
        ++*n_bad;
        in++;
        n_in--;
        status = sr_buffer_append_text(out, SR_UTF8_REPLACEMENT);
    }
    *rest = sr_str_make(in, n_in);
    return status == SR_OK ? repair_from(out, from, n_bad) : status;
}

/* What iconv holds back of the last character: in some encodings a mark may follow it. */
static sr_status flush(iconv_t handle, sr_buffer *out)
{
    enum { MAX_HELD = 32 };
    SR_TRY(sr_buffer_reserve(out, MAX_HELD));
    char *to = out->data + out->n_bytes;
    size_t n_to = MAX_HELD;
    (void)iconv(handle, NULL, NULL, &to, &n_to);
    out->n_bytes = (size_t)(to - out->data);
    return SR_OK;
}

sr_status sr_recoder_append(sr_recoder *recoder, const char *name, sr_str bytes, sr_buffer *out,
                            uint64_t *n_bad)
{
    SR_TRY(open_recoder(recoder, name));
    SR_TRY(decode(recoder->handle, &bytes, out, n_bad));
    SR_TRY(flush(recoder->handle, out));
    if (bytes.n_bytes) {
        ++*n_bad;
        return sr_buffer_append_text(out, SR_UTF8_REPLACEMENT);
    }
    return SR_OK;
}

/* ---------------------------------------------------------------- a stream */

enum { BLOCK_BYTES = 64 * 1024, MAX_UNFINISHED = 16 };

typedef struct recode_stream {
    sr_stream stream;
    sr_stream *below;
    sr_recoder recoder;
    sr_buffer decoded;
    size_t at; /* of `decoded`, read so far */
    size_t n_unfinished;
    bool ended;
    char block[MAX_UNFINISHED + BLOCK_BYTES];
} recode_stream;

static sr_status refill(recode_stream *self, sr_error *error)
{
    size_t n = 0;
    sr_buffer_clear(&self->decoded);
    self->at = 0;
    SR_TRY(sr_stream_read(self->below, self->block + self->n_unfinished, BLOCK_BYTES, &n, error));
    self->ended = n == 0;
    uint64_t n_bad = 0;
    sr_str rest = sr_str_make(self->block, self->n_unfinished + n);
    SR_TRY(decode(self->recoder.handle, &rest, &self->decoded, &n_bad));
    SR_TRY(self->ended ? flush(self->recoder.handle, &self->decoded) : SR_OK);
    if (rest.n_bytes && (self->ended || rest.n_bytes > MAX_UNFINISHED)) {
        rest.n_bytes = 0;
        SR_TRY(sr_buffer_append_text(&self->decoded, SR_UTF8_REPLACEMENT));
    }
    memmove(self->block, rest.data, rest.n_bytes);
    self->n_unfinished = rest.n_bytes;
    return SR_OK;
}

static sr_status recode_read(sr_stream *stream, char *bytes, size_t capacity, size_t *n_bytes,
                             sr_error *error)
{
    recode_stream *self = (recode_stream *)stream;
    while (self->at == self->decoded.n_bytes && !self->ended) {
        SR_TRY(refill(self, error));
    }
    size_t n_left = self->decoded.n_bytes - self->at;
    *n_bytes = n_left < capacity ? n_left : capacity;
    if (*n_bytes) {
        memcpy(bytes, self->decoded.data + self->at, *n_bytes);
    }
    self->at += *n_bytes;
    return SR_OK;
}

static void recode_close(sr_stream *stream)
{
    recode_stream *self = (recode_stream *)stream;
    sr_recoder_release(&self->recoder);
    sr_buffer_release(&self->decoded);
    free(self);
}

sr_status sr_recode_stream_open(const char *name, sr_stream *below, sr_stream **out,
                                sr_error *error)
{
    recode_stream *self = calloc(1, sizeof *self);
    if (!self) {
        return sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "no memory to decode %s", name);
    }
    self->stream = (sr_stream){.read = recode_read, .close = recode_close};
    self->below = below;
    sr_buffer_init(&self->decoded, SR_BUFFER_NO_LIMIT);
    sr_status status = open_recoder(&self->recoder, name);
    if (status != SR_OK) {
        recode_close(&self->stream);
        return sr_error_set(error, status, NULL, 0, "can't decode %s", name);
    }
    *out = &self->stream;
    return SR_OK;
}

sr_status sr_encoding_append_meant(sr_buffer *out, sr_str text)
{
    /* windows-1252 from 0x80 to 0x9f; what it leaves out stays. */
    static const uint16_t MEANT[32] = {
        0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
        0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178};
    while (text.n_bytes) {
        const char *at = memchr(text.data, '\xc2', text.n_bytes);
        size_t n = at ? (size_t)(at - text.data) : text.n_bytes;
        unsigned char next = n + 1 < text.n_bytes ? (unsigned char)text.data[n + 1] : 0;
        bool is_control = next >= 0x80 && next < 0xa0;
        n += at && !is_control;
        SR_TRY(sr_buffer_append(out, text.data, n));
        if (is_control) {
            char meant[SR_UTF8_MAX_BYTES];
            size_t n_meant = sr_utf8_encode(MEANT[next & 0x1f], meant);
            SR_TRY(sr_buffer_append(out, meant, n_meant));
            n += 2;
        }
        text = sr_str_make(text.data + n, text.n_bytes - n);
    }
    return SR_OK;
}
