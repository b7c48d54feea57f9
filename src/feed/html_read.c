/* html_read.c — decoding a page, and putting its parts together. */
#include "feed/html_read.h"

#include "feed/encoding_guess.h"

#include <stdio.h>
#include <stdlib.h>

enum { META_BYTES = 4096 };

void sr_html_reader_init(sr_html_reader *reader, sr_json *json)
{
    *reader = (sr_html_reader){.json = json};
    sr_html_tree_init(&reader->tree);
    sr_html_main_init(&reader->main);
    sr_buffer_init(&reader->decoded, SR_BUFFER_NO_LIMIT);
    sr_offers_init(&reader->offers);
    sr_buffer_init(&reader->text, SR_BUFFER_NO_LIMIT);
}

void sr_html_reader_release(sr_html_reader *reader)
{
    sr_html_tree_release(&reader->tree);
    sr_html_main_release(&reader->main);
    sr_recoder_release(&reader->recoder);
    sr_buffer_release(&reader->decoded);
    sr_offers_release(&reader->offers);
    sr_buffer_release(&reader->text);
}

/* ---------------------------------------------------------------- encoding */

void sr_html_find_encoding(sr_str bytes, sr_str charset, char name[SR_ENCODING_BYTES])
{
    size_t n_mark;
    const char *told = sr_encoding_of_mark(bytes, &n_mark);
    told = told ? told : sr_encoding_of_markup(bytes);
    if (told) {
        memcpy(name, told, strlen(told) + 1);
        return;
    }
    if (charset.n_bytes && sr_encoding_find(charset, name)) {
        return;
    }
    sr_str head = sr_str_make(bytes.data, bytes.n_bytes < META_BYTES ? bytes.n_bytes : META_BYTES);
    bool declared = sr_encoding_find_declared(head, "charset", name) ||
                    (head.n_bytes > 5 && memcmp(head.data, "<?xml", 5) == 0 &&
                     sr_encoding_find_declared(head, "encoding", name));
    if (declared && sr_encoding_keeps_ascii(name)) {
        return; /* a page that names UTF-16 in ASCII is not in it */
    }
    const char *guessed = sr_json_is_utf8(bytes) ? "UTF-8" : sr_encoding_guess_script(bytes);
    guessed = guessed ? guessed : "CP1252";
    memcpy(name, guessed, strlen(guessed) + 1);
}

/* The page as UTF-8: `bytes` themselves, or in reader->decoded. */
static sr_status decode(sr_html_reader *reader, sr_str bytes, sr_str charset, sr_str *page)
{
    char name[SR_ENCODING_BYTES];
    size_t n_mark;
    uint64_t n_bad = 0;
    sr_html_find_encoding(bytes, charset, name);
    sr_encoding_of_mark(bytes, &n_mark);
    *page = n_mark ? sr_str_make(bytes.data + n_mark, bytes.n_bytes - n_mark) : bytes;
    if (sr_encoding_is_utf8(name)) {
        if (sr_json_is_utf8(*page)) {
            return SR_OK;
        }
    }
    sr_buffer_clear(&reader->decoded);
    sr_status status = sr_recoder_append(&reader->recoder, name, *page, &reader->decoded, &n_bad);
    *page = sr_buffer_view(&reader->decoded);
    return status;
}

/* ---------------------------------------------------------------- face */

sr_status sr_html_read_page(sr_html_reader *reader, sr_str bytes, sr_str charset,
                            sr_str values[SR_FEED_FIELD_COUNT])
{
    sr_str page;
    SR_TRY(decode(reader, bytes, charset, &page));
    SR_TRY(sr_html_tree_parse(&reader->tree, page));
    sr_offers_clear(&reader->offers);
    SR_TRY(sr_html_find_meta(reader));
    sr_buffer_clear(&reader->text);
    SR_TRY(sr_html_main_read(&reader->main, &reader->tree, &reader->text));
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        values[f] = sr_offers_get(&reader->offers, (sr_feed_field)f);
    }
    values[SR_FEED_FIELD_TEXT] = sr_buffer_view(&reader->text);
    return SR_OK;
}

sr_status sr_html_read_piece(sr_html_reader *reader, sr_str html, sr_str *text)
{
    sr_buffer_clear(&reader->text);
    SR_TRY(sr_html_tree_parse(&reader->tree, html));
    SR_TRY(sr_html_main_read_all(&reader->main, &reader->tree, &reader->text));
    *text = sr_str_trim(sr_buffer_view(&reader->text));
    return SR_OK;
}

/* ---------------------------------------------------------------- is it HTML? */

static bool is_name_end(char c)
{
    return c == '>' || c == '/' || (unsigned char)c <= ' ';
}

/* Whether the tag that ends there has an attribute: `<meta name="x">`. */
static bool has_attribute(sr_str rest, const char *end)
{
    size_t n = (size_t)(end - rest.data);
    return memmem(rest.data, n, "=\"", 2) || memmem(rest.data, n, "='", 2);
}

/* Whether "</name>" follows: a tag of a name that we do not know. */
static bool closes_later(sr_str rest, const char *name)
{
    char end[16];
    int n = snprintf(end, sizeof end, "</%s>", name);
    return n > 0 && (size_t)n < sizeof end && memmem(rest.data, rest.n_bytes, end, (size_t)n);
}

/* "<p>", "</p>", "<br/>", "<!--"; a tag of HTML, not "a < b" or "<someone@example.org>". */
static bool is_tag(sr_str rest)
{
    enum { LOOKED_AT = 2000 }; /* a bound, or many `<` would cost their square */
    rest.n_bytes = rest.n_bytes < LOOKED_AT ? rest.n_bytes : LOOKED_AT;
    static const char *const NAMES[] = {
        "a",    "abbr",   "article", "b",   "blockquote", "br",     "center", "code",    "dd",
        "div",  "dl",     "dt",      "em",  "embed",      "figure", "font",   "h1",      "h2",
        "h3",   "h4",     "h5",      "h6",  "hr",         "html",   "i",      "iframe",  "img",
        "li",   "object", "ol",      "p",   "pre",        "s",      "script", "section", "small",
        "span", "strong", "style",   "sub", "sup",        "svg",    "math",   "table",   "td",
        "tr",   "tt",     "u",       "ul",  "video"};
    if (rest.n_bytes >= 4 && memcmp(rest.data, "<!--", 4) == 0) {
        return true;
    }
    size_t at = rest.n_bytes > 1 && rest.data[1] == '/' ? 2 : 1;
    char name[12];
    size_t n = 0;
    while (at + n < rest.n_bytes && n + 1 < sizeof name && !is_name_end(rest.data[at + n])) {
        name[n] = (char)(rest.data[at + n] | 0x20);
        n++;
    }
    name[n] = '\0';
    if (n == 0 || at + n >= rest.n_bytes || !is_name_end(rest.data[at + n])) {
        return false;
    }
    const char *end = memchr(rest.data, '>', rest.n_bytes);
    for (size_t i = 0; i < SR_ARRAY_COUNT(NAMES) && end; i++) {
        if (strcmp(name, NAMES[i]) == 0) {
            return true;
        }
    }
    return end && (end[-1] == '/' || has_attribute(rest, end) || closes_later(rest, name));
}

/* "&amp;", "&#8217;", "&nbsp;" */
static bool is_entity(sr_str rest)
{
    size_t n = 1;
    while (n < rest.n_bytes && n < 10 &&
           ((rest.data[n] >= '0' && rest.data[n] <= '9') ||
            ((rest.data[n] | 0x20) >= 'a' && (rest.data[n] | 0x20) <= 'z') ||
            (n == 1 && rest.data[n] == '#'))) {
        n++;
    }
    return n > 2 && n < rest.n_bytes && rest.data[n] == ';';
}

bool sr_html_has_tags(sr_str value)
{
    const char *at = value.n_bytes ? memchr(value.data, '<', value.n_bytes) : NULL;
    while (at) {
        sr_str rest = sr_str_make(at, value.n_bytes - (size_t)(at - value.data));
        if (is_tag(rest)) {
            return true;
        }
        at = memchr(at + 1, '<', rest.n_bytes - 1);
    }
    return false;
}

bool sr_html_is_likely(sr_str value)
{
    const char *at = value.n_bytes ? memchr(value.data, '&', value.n_bytes) : NULL;
    while (at) {
        sr_str rest = sr_str_make(at, value.n_bytes - (size_t)(at - value.data));
        if (is_entity(rest)) {
            return true;
        }
        at = memchr(at + 1, '&', rest.n_bytes - 1);
    }
    return sr_html_has_tags(value);
}
