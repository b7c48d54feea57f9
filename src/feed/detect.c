/* detect.c — the format of a member by its content; a name ending in .csv or .tsv counts too.
 *
 * JSON shows by its first byte, markup by its first element. CSV without such a name must look like
 * a table: a header of short, different names and rows of as many fields, none of them after a
 * blank, as the commas of prose are. All else is a text. */
#include "feed/detect_inside.h"

#include <stdlib.h>

enum { BINARY_HEAD = 4096, MAX_COLUMNS = 64, MAX_NAME = 40, CHECKED_ROWS = 5 };

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
    size_t n = head.n_bytes < BINARY_HEAD ? head.n_bytes : BINARY_HEAD;
    return n && memchr(head.data, '\0', n) ? "is binary data, not a feed" : NULL;
}

/* One row of a table: the fields' places. */
typedef struct row {
    sr_str fields[MAX_COLUMNS];
    size_t n_fields; /* MAX_COLUMNS + 1: more than that */
} row;

static void add_field(row *r, const char *start, const char *end)
{
    if (r->n_fields < MAX_COLUMNS) {
        r->fields[r->n_fields] = sr_str_make(start, (size_t)(end - start));
    }
    r->n_fields += r->n_fields <= MAX_COLUMNS;
}

/* Takes one row off the front of `rest`; false where its end isn't in sight. */
static bool take_row(sr_str *rest, char delimiter, row *r)
{
    bool quoted = false;
    const char *start = rest->data;
    r->n_fields = 0;
    for (const char *c = rest->data; c < rest->data + rest->n_bytes; c++) {
        if (*c == '"' && (quoted || c == start)) {
            quoted = !quoted;
        } else if (*c == '"' && c[-1] == '"' && *start == '"') {
            quoted = true; /* the second of a doubled quote */
        } else if (!quoted && (*c == delimiter || *c == '\n')) {
            const char *end = *c == '\n' && c > start && c[-1] == '\r' ? c - 1 : c;
            add_field(r, start, end);
            start = c + 1;
        }
        if (!quoted && *c == '\n') {
            *rest = sr_str_make(c + 1, rest->n_bytes - (size_t)(c + 1 - rest->data));
            return true;
        }
    }
    return false;
}

static bool is_header(const row *r)
{
    if (r->n_fields < 2 || r->n_fields > MAX_COLUMNS) {
        return false;
    }
    for (size_t i = 0; i < r->n_fields; i++) {
        sr_str name = r->fields[i];
        if (name.n_bytes == 0 || name.n_bytes > MAX_NAME || name.data[0] == ' ' ||
            name.data[name.n_bytes - 1] == '.') {
            return false;
        }
        for (size_t j = 0; j < i; j++) {
            if (sr_str_equal(name, r->fields[j])) {
                return false;
            }
        }
    }
    return true;
}

/* Whether the rows in sight, one at least behind the header, all have its number of fields. */
static bool is_table(sr_str head, char delimiter)
{
    row r;
    if (!take_row(&head, delimiter, &r) || !is_header(&r)) {
        return false;
    }
    size_t n_columns = r.n_fields;
    size_t n_rows = 0;
    while (n_rows < CHECKED_ROWS && take_row(&head, delimiter, &r)) {
        if (r.n_fields != n_columns) {
            return false;
        }
        for (size_t i = 1; i < r.n_fields; i++) {
            if (r.fields[i].n_bytes && r.fields[i].data[0] == ' ') {
                return false;
            }
        }
        n_rows++;
    }
    return n_rows > 0;
}

static const char DELIMITERS[] = ",;\t|";

/* The delimiter that the first line has most of. */
static char most_frequent_delimiter(sr_str head)
{
    size_t counts[sizeof DELIMITERS] = {0};
    bool quoted = false;
    for (size_t i = 0; i < head.n_bytes && (quoted || head.data[i] != '\n'); i++) {
        const char *d = head.data[i] ? strchr(DELIMITERS, head.data[i]) : NULL;
        quoted = quoted != (head.data[i] == '"');
        if (d && !quoted) {
            counts[d - DELIMITERS]++;
        }
    }
    size_t best = 0;
    for (size_t i = 1; i + 1 < sizeof DELIMITERS; i++) {
        best = counts[i] > counts[best] ? i : best;
    }
    return DELIMITERS[best];
}

/* A JSON array of objects, an empty one, or a list of anything in a file that is named so. */
static bool is_json_array(sr_str head, sr_str name)
{
    sr_str inside = sr_str_trim(sr_str_make(head.data + 1, head.n_bytes - 1));
    return ends_with(name, ".json") || inside.n_bytes == 0 || inside.data[0] == '{' ||
           inside.data[0] == ']';
}

sr_feed_format sr_feed_detect(sr_str head, bool whole, sr_str name, char *delimiter,
                              const char **reason)
{
    *reason = binary_reason(head);
    if (*reason) {
        return SR_FEED_UNKNOWN;
    }
    bool is_tsv = ends_with(name, ".tsv");
    bool is_csv = is_tsv || ends_with(name, ".csv");
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
        return SR_FEED_JSONL;
    }
    sr_feed_format markup = visible.n_bytes && visible.data[0] == '<'
                                ? sr_feed_detect_markup(visible, reason)
                                : SR_FEED_TEXT;
    if (markup != SR_FEED_TEXT) {
        return markup;
    }
    if (is_csv) {
        *delimiter = *delimiter ? *delimiter : is_tsv ? '\t' : most_frequent_delimiter(head);
        return SR_FEED_CSV;
    }
    char tried = *delimiter ? *delimiter : most_frequent_delimiter(head);
    if (is_table(head, tried)) {
        *delimiter = tried;
        return SR_FEED_CSV;
    }
    return SR_FEED_TEXT;
}
