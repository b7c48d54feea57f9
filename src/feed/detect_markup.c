/* detect_markup.c — what begins with `<`: its first element tells a feed, a page, or another kind
 * of XML; a piece of HTML may begin with any of its tags. */
#include "feed/detect_inside.h"

enum { MAX_NAME = 16 };

/* Behind "-->", "?>", ">"; at the end where it isn't in sight. */
static sr_str skip_to(sr_str rest, const char *end)
{
    const char *at = memmem(rest.data, rest.n_bytes, end, strlen(end));
    size_t n = at ? (size_t)(at - rest.data) + strlen(end) : rest.n_bytes;
    return sr_str_make(rest.data + n, rest.n_bytes - n);
}

static bool begins(sr_str text, const char *lower)
{
    size_t n = strlen(lower);
    if (text.n_bytes < n) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        char c = text.data[i];
        if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != lower[i]) {
            return false;
        }
    }
    return true;
}

/* Over the internal subset, whose declarations hold `>` themselves. */
static sr_str skip_doctype(sr_str rest)
{
    const char *end = memchr(rest.data, '>', rest.n_bytes);
    const char *subset = memchr(rest.data, '[', rest.n_bytes);
    return subset && end && subset < end ? skip_to(rest, "]>") : skip_to(rest, ">");
}

/* The lower-case name of the element that `rest` begins with, without its prefix. */
static void local_name(sr_str rest, char name[MAX_NAME])
{
    size_t n = 0;
    for (size_t i = 1; i < rest.n_bytes && n + 1 < MAX_NAME; i++) {
        char c = rest.data[i];
        bool ends = (unsigned char)c <= ' ' || c == '>' || c == '/';
        if (ends) {
            break;
        }
        n = c == ':' ? 0 : n;
        if (c != ':') {
            name[n++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
        }
    }
    name[n] = '\0';
}

static bool is_one_of(const char *name, const char *const *names)
{
    while (*names && strcmp(name, *names) != 0) {
        names++;
    }
    return *names != NULL;
}

sr_feed_format sr_feed_detect_markup(sr_str head, bool named_xml, const char **reason)
{
    static const char *const FEEDS[] = {"rss", "rdf", "feed", "channel", "entry", "item", NULL};
    static const char *const PAGES[] = {
        "html",    "head",    "body", "title",  "meta",   "link",   "div",        "p",
        "article", "section", "main", "header", "h1",     "h2",     "h3",         "span",
        "a",       "b",       "br",   "table",  "script", "style",  "ul",         "base",
        "img",     "i",       "em",   "strong", "font",   "center", "blockquote", NULL};
    sr_str rest = sr_str_trim(head);
    bool says_html = false;
    bool is_xml = begins(rest, "<?xml") || named_xml;
    char name[MAX_NAME] = "";
    while (rest.n_bytes && rest.data[0] == '<') {
        if (begins(rest, "<!--")) {
            rest = skip_to(rest, "-->");
        } else if (begins(rest, "<!doctype")) {
            says_html = says_html || begins(rest, "<!doctype html");
            rest = skip_doctype(rest);
        } else if (begins(rest, "<?")) {
            rest = skip_to(rest, ">");
        } else {
            local_name(rest, name);
            break;
        }
        rest = sr_str_trim(rest);
    }
    if (is_one_of(name, FEEDS)) {
        return SR_FEED_XML;
    }
    if (says_html || is_one_of(name, PAGES)) {
        return SR_FEED_HTML;
    }
    if (is_xml) {
        *reason =
            strcmp(name, "opml") == 0
                ? "is OPML, a list of feeds; fetch the feeds that it names (xmlUrl) and add those"
                : "is XML, but no RSS, Atom or RDF feed";
    }
    return is_xml ? SR_FEED_UNKNOWN : SR_FEED_TEXT;
}
