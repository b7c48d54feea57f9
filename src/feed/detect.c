/* detect.c — the format of a member by its content; a name ending in .csv or .tsv counts too.
 *
 * JSON shows by its first byte, markup by its first element, CSV without such a name by its rows
 * (csv_dialect). All else is a text. */
#include "feed/csv_dialect.h"
#include "feed/detect_inside.h"
#include "feed/json_head.h"
#include "feed/markdown.h"
#include "feed/warc.h"

enum { BINARY_HEAD = 4096 };

static bool ends_with(sr_str name, const char *end)
{
    size_t n = strlen(end);
    if (name.n_bytes <= n) {
        return false;
    }
    const char *tail = name.data + name.n_bytes - n;
    for (size_t i = 0; i < n; i++) {
        char lower = tail[i] >= 'A' && tail[i] <= 'Z' ? (char)(tail[i] + 32) : tail[i];
        if (lower != end[i]) {
            return false;
        }
    }
    return true;
}

static const char *binary_reason(sr_str head)
{
    if (head.n_bytes >= 5 && memcmp(head.data, "%PDF-", 5) == 0) {
        return "is a PDF file, not a feed";
    }
    bool is_document = head.n_bytes >= 4 && (memcmp(head.data, "PK\x03\x04", 4) == 0 ||
                                             memcmp(head.data, "\xd0\xcf\x11\xe0", 4) == 0);
    if (is_document) {
        return "is a document of an office program; a spreadsheet can be saved as CSV";
    }
    size_t n = head.n_bytes < BINARY_HEAD ? head.n_bytes : BINARY_HEAD;
    return n && memchr(head.data, '\0', n) ? "is binary data, not a feed" : NULL;
}

/* An object on a line of its own is one of many; an array around records must be said, or be the
 * reason why the object goes over lines, or stand in the file's only line with no text before it.
 */
static sr_feed_format detect_object(sr_str head, bool whole)
{
    sr_json_head found = sr_json_head_scan(head);
    sr_str seen = sr_str_trim(head);
    bool is_only_line =
        (whole || head.n_bytes > SR_DETECT_BYTES / 2) && !memchr(seen.data, '\n', seen.n_bytes);
    if (found.records &&
        (found.is_feed || found.spans_lines || (is_only_line && !found.has_text))) {
        return SR_FEED_JSON_FEED;
    }
    return found.spans_lines ? SR_FEED_JSON_OBJECTS : SR_FEED_JSONL;
}

static bool is_named_xml(sr_str name)
{
    return ends_with(name, ".xml") || ends_with(name, ".rss") || ends_with(name, ".atom") ||
           ends_with(name, ".rdf") || ends_with(name, ".opml");
}

/* A JSON array of objects, an empty one, or a list of anything in a file that is named so. */
static bool is_json_array(sr_str head, sr_str name)
{
    sr_str inside = sr_str_trim(sr_str_make(head.data + 1, head.n_bytes - 1));
    return ends_with(name, ".json") || inside.n_bytes == 0 || inside.data[0] == '{' ||
           inside.data[0] == ']';
}

/* "https://…", "ftp://…"; crawlers also note the names that they look up as "dns:…". */
static bool is_link(sr_str line)
{
    size_t n = 0;
    while (n < line.n_bytes && line.data[n] >= 'a' && line.data[n] <= 'z') {
        n++;
    }
    sr_str rest = sr_str_make(line.data + n, line.n_bytes - n);
    bool is_lookup = n == 3 && memcmp(line.data, "dns", 3) == 0 && rest.n_bytes > 1;
    return !memchr(line.data, ' ', line.n_bytes) &&
           ((n > 2 && rest.n_bytes > 3 && memcmp(rest.data, "://", 3) == 0) ||
            (is_lookup && rest.data[0] == ':'));
}

/* Lines of one link each, two or more: what a crawler is given, not what it brings. */
static bool is_list_of_links(sr_str text)
{
    size_t n_links = 0;
    while (text.n_bytes) {
        const char *end = memchr(text.data, '\n', text.n_bytes);
        size_t n = end ? (size_t)(end - text.data) + 1 : text.n_bytes;
        sr_str line = sr_str_trim(sr_str_make(text.data, n));
        if (line.n_bytes && !is_link(line)) {
            return false;
        }
        n_links += line.n_bytes > 0;
        text = sr_str_make(text.data + n, text.n_bytes - n);
    }
    return n_links > 1;
}

sr_feed_format sr_feed_detect(sr_str head, bool whole, sr_str name, char delimiter,
                              const sr_field_map *map, const char **reason)
{
    *reason = NULL;
    if (sr_warc_is_head(head)) { /* it may well hold images */
        return SR_FEED_WARC;
    }
    *reason = binary_reason(head);
    if (*reason) {
        return SR_FEED_UNKNOWN;
    }
    if (ends_with(name, ".md") || ends_with(name, ".markdown") || sr_markdown_is_likely(head)) {
        return SR_FEED_MARKDOWN;
    }
    bool is_csv = ends_with(name, ".csv") || ends_with(name, ".tsv");
    sr_str visible = sr_str_trim(head);
    if (visible.n_bytes == 0 && whole) {
        return is_csv                     ? SR_FEED_CSV
               : ends_with(name, ".txt")  ? SR_FEED_TEXT
               : ends_with(name, ".json") ? SR_FEED_JSON
               : head.n_bytes             ? SR_FEED_TEXT
                                          : SR_FEED_JSONL;
    }
    if (visible.n_bytes && visible.data[0] == '[' && is_json_array(visible, name)) {
        return SR_FEED_JSON;
    }
    if (visible.n_bytes && visible.data[0] == '{') {
        return detect_object(visible, whole);
    }
    sr_feed_format markup = visible.n_bytes && visible.data[0] == '<'
                                ? sr_feed_detect_markup(visible, is_named_xml(name), reason)
                                : SR_FEED_TEXT;
    if (markup != SR_FEED_TEXT) {
        return markup;
    }
    if (is_csv || sr_csv_is_table(head, delimiter, map)) {
        return SR_FEED_CSV;
    }
    if (whole && is_list_of_links(head)) {
        *reason = "is a list of links; fetch what they lead to and add that";
        return SR_FEED_UNKNOWN;
    }
    return SR_FEED_TEXT;
}
