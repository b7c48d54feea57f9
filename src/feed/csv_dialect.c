/* csv_dialect.c — the first rows of a file, looked at in several ways.
 *
 * The delimiter is the one by which the rows have the same number of fields, more than one. The
 * first row is a header unless it looks like data: it has a field that is a number, a link, a date,
 * a sentence, or empty; or it repeats a name. A usual name in it settles the matter. */
#include "feed/csv_dialect.h"

enum { MAX_ROWS = 30, CHECKED_ROWS = 5, MAX_NAME = 40, LEAST_TEXT = 20 };

/* One row: the fields as they stand, with their quotes. */
typedef struct row {
    sr_str fields[SR_CSV_MAX_COLUMNS];
    size_t n_fields; /* SR_CSV_MAX_COLUMNS + 1: more than that */
} row;

static void add_field(row *r, const char *start, const char *end)
{
    if (r->n_fields < SR_CSV_MAX_COLUMNS) {
        r->fields[r->n_fields] = sr_str_make(start, (size_t)(end - start));
    }
    r->n_fields += r->n_fields <= SR_CSV_MAX_COLUMNS;
}

/* Whether the backslash at `c`, inside quotes, escapes the quote behind it: behind that no field
 * can end, or an escaped quote before it is still open. "C:\\dir\\" has none. */
static bool escapes_quote(const char *c, const char *end, char delimiter, size_t n_before)
{
    bool could_end = end - c < 3 || c[2] == delimiter || strchr("\r\n\"", c[2]);
    return end - c > 1 && c[1] == '"' && (!could_end || n_before % 2);
}

/* Whether quotes inside quotes are written \" and none is doubled. */
static bool escapes_quotes(sr_str head, char delimiter)
{
    bool quoted = false;
    size_t n_in_field = 0;
    size_t n_in_all = 0;
    const char *end = head.data + head.n_bytes;
    for (const char *c = head.data, *start = c; c < end; c++) {
        if (!quoted) {
            quoted = *c == '"' && c == start;
            start = *c == delimiter || *c == '\n' ? c + 1 : start;
            n_in_field = 0;
        } else if (*c == '\\' && escapes_quote(c, end, delimiter, n_in_field)) {
            n_in_field++;
            n_in_all++;
            c++;
        } else if (*c == '"' && c + 1 < end && c[1] == '"') {
            return false;
        } else if (*c == '"') {
            quoted = false;
        }
    }
    return n_in_all > 0;
}

/* Takes one row off the front of `rest`; false where its end isn't in sight. `whole`: the end of
 * the bytes ends a row. */
static bool take_row(sr_str *rest, bool whole, char delimiter, row *r)
{
    bool quoted = false;
    size_t n_escaped = 0; /* quotes of this field */
    const char *start = rest->data;
    const char *end = rest->data + rest->n_bytes;
    r->n_fields = 0;
    for (const char *c = rest->data; c < end; c++) {
        if (quoted && *c == '\\' && escapes_quote(c, end, delimiter, n_escaped)) {
            n_escaped++;
            c++;
        } else if (*c == '"' && (quoted || c == start)) {
            quoted = !quoted;
        } else if (*c == '"' && c[-1] == '"' && *start == '"') {
            quoted = true; /* the second of a doubled quote */
        } else if (!quoted && (*c == delimiter || *c == '\n')) {
            add_field(r, start, *c == '\n' && c > start && c[-1] == '\r' ? c - 1 : c);
            start = c + 1;
            n_escaped = 0;
        }
        if (!quoted && *c == '\n') {
            *rest = sr_str_make(c + 1, (size_t)(end - c - 1));
            return true;
        }
    }
    if (!whole || rest->n_bytes == 0 || quoted) {
        return false;
    }
    add_field(r, start, end);
    *rest = sr_str_make(end, 0);
    return true;
}

/* Takes the next row that is not blank. */
static bool take_filled_row(sr_str *rest, bool whole, char delimiter, row *r)
{
    while (take_row(rest, whole, delimiter, r)) {
        if (r->n_fields > 1 || sr_str_trim(r->fields[0]).n_bytes) {
            return true;
        }
    }
    return false;
}

/* A field without its quotes and the blanks around them. */
static sr_str bare(sr_str field)
{
    field = sr_str_trim(field);
    if (field.n_bytes >= 2 && field.data[0] == '"' && field.data[field.n_bytes - 1] == '"') {
        field = sr_str_trim(sr_str_make(field.data + 1, field.n_bytes - 2));
    }
    return field;
}

/* ---------------------------------------------------------------- what a field looks like */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_number(sr_str field)
{
    size_t n_digits = 0;
    for (size_t i = 0; i < field.n_bytes; i++) {
        n_digits += is_digit(field.data[i]);
        bool is_sign = i == 0 && (field.data[i] == '-' || field.data[i] == '+');
        if (!is_digit(field.data[i]) && !is_sign && !strchr(".,%", field.data[i])) {
            return false;
        }
    }
    return n_digits > 0;
}

static bool is_link(sr_str field)
{
    return field.n_bytes > 8 &&
           (memcmp(field.data, "http://", 7) == 0 || memcmp(field.data, "https://", 8) == 0);
}

static bool is_date(sr_str field)
{
    int64_t seconds;
    return field.n_bytes >= 8 && !is_number(field) && sr_time_parse(field, &seconds);
}

/* No name of a column. */
static bool is_data(sr_str field)
{
    return field.n_bytes == 0 || field.n_bytes > MAX_NAME || field.data[field.n_bytes - 1] == '.' ||
           is_number(field) || is_link(field) || is_date(field);
}

/* ---------------------------------------------------------------- the header */

static bool is_known_name(const sr_field_map *map, sr_str name)
{
    sr_feed_field field;
    if (sr_field_map_guess(map, name, &field) != SR_FIELD_NO_RANK) {
        return true;
    }
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        if (map->paths[f].is_mapped && name.n_bytes && sr_str_equal(map->paths[f].name, name)) {
            return !is_number(name);
        }
    }
    return false;
}

static bool has_known_name(const row *r, const sr_field_map *map)
{
    for (size_t i = 0; i < r->n_fields && i < SR_CSV_MAX_COLUMNS; i++) {
        sr_str name = bare(r->fields[i]);
        if (name.n_bytes <= MAX_NAME && is_known_name(map, name)) {
            return true;
        }
    }
    return false;
}

/* Whether the row could name columns; empty names may stand at its end, as a trailing delimiter
 * makes them. */
static bool could_be_header(const row *r)
{
    size_t n_fields = r->n_fields < SR_CSV_MAX_COLUMNS ? r->n_fields : SR_CSV_MAX_COLUMNS;
    while (n_fields > 1 && bare(r->fields[n_fields - 1]).n_bytes == 0 && n_fields > 2) {
        n_fields--;
    }
    for (size_t i = 0; i < n_fields; i++) {
        sr_str name = bare(r->fields[i]);
        if (is_data(name)) {
            return false;
        }
        for (size_t j = 0; j < i; j++) {
            if (sr_str_equal(name, bare(r->fields[j]))) {
                return false;
            }
        }
    }
    return true;
}

/* ---------------------------------------------------------------- the delimiter */

/* How many of the first rows have as many fields as the first one, if it has two or more. */
static size_t count_equal_rows(sr_str head, bool whole, char delimiter, size_t *n_fields,
                               size_t *n_rows)
{
    row r;
    size_t n_equal = 0;
    *n_fields = *n_rows = 0;
    while (*n_rows < MAX_ROWS && take_filled_row(&head, whole, delimiter, &r)) {
        *n_fields = *n_rows ? *n_fields : r.n_fields;
        n_equal += r.n_fields == *n_fields;
        ++*n_rows;
    }
    return *n_fields > 1 ? n_equal : 0;
}

/* The delimiter that the first line has most of. */
static char most_frequent(sr_str head)
{
    static const char DELIMITERS[] = ",;\t|";
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

static char choose_delimiter(sr_str head, bool whole)
{
    static const char TRIED[] = ",;\t|";
    char best = '\0';
    size_t most = 0;
    size_t n_fields;
    size_t n_rows;
    for (const char *d = TRIED; *d; d++) {
        size_t n_equal = count_equal_rows(head, whole, *d, &n_fields, &n_rows);
        size_t n_cells = n_equal * n_fields;
        if (n_equal * 10 >= n_rows * 8 && n_cells > most) { /* a row in five may be odd */
            best = *d;
            most = n_cells;
        }
    }
    if (best) {
        return best;
    }
    bool by_colon = count_equal_rows(head, whole, ':', &n_fields, &n_rows) == n_rows &&
                    n_rows > 1 && n_fields > 2;
    return by_colon ? ':' : most_frequent(head);
}

/* ---------------------------------------------------------------- columns without names */

/* What the first rows have in one column. */
typedef struct column {
    size_t n_filled;
    size_t n_bytes;
    size_t n_links;
    size_t n_dates;
    size_t n_numbers;
    size_t n_with_blanks;
} column;

static size_t measure_columns(sr_str head, bool whole, char delimiter, column *columns)
{
    row r;
    size_t n_columns = 0;
    for (size_t n = 0; n < MAX_ROWS && take_filled_row(&head, whole, delimiter, &r); n++) {
        for (size_t i = 0; i < r.n_fields && i < SR_CSV_MAX_COLUMNS; i++) {
            sr_str field = bare(r.fields[i]);
            column *c = &columns[i];
            c->n_filled += field.n_bytes > 0;
            c->n_bytes += field.n_bytes;
            c->n_links += is_link(field);
            c->n_dates += is_date(field);
            c->n_numbers += is_number(field);
            c->n_with_blanks += field.n_bytes && memchr(field.data, ' ', field.n_bytes);
            n_columns = i + 1 > n_columns ? i + 1 : n_columns;
        }
    }
    return n_columns;
}

/* Whether most of what a column holds is of a kind. */
static bool is_mostly(const column *c, size_t n)
{
    return c->n_filled && n * 10 >= c->n_filled * 8;
}

static bool is_prose(const column *c)
{
    return c->n_filled && is_mostly(c, c->n_with_blanks) && !is_mostly(c, c->n_links) &&
           !is_mostly(c, c->n_dates) && !is_mostly(c, c->n_numbers);
}

/* The text is the column with most prose, the title the first other one that has some. */
static void guess_fields(sr_str head, bool whole, sr_csv_dialect *dialect)
{
    column columns[SR_CSV_MAX_COLUMNS] = {0};
    size_t n_columns = measure_columns(head, whole, dialect->delimiter, columns);
    dialect->n_columns = n_columns;
    size_t text = n_columns;
    size_t title = n_columns;
    uint8_t *fields = dialect->fields;
    for (size_t i = n_columns; i-- > 0;) {
        if (is_prose(&columns[i]) &&
            (text == n_columns || columns[i].n_bytes >= columns[text].n_bytes)) {
            text = i;
        }
        if (is_mostly(&columns[i], columns[i].n_links)) {
            fields[i] = SR_FEED_FIELD_URL;
        } else if (is_mostly(&columns[i], columns[i].n_dates)) {
            fields[i] = SR_FEED_FIELD_PUBLISHED;
        }
    }
    for (size_t i = n_columns; i-- > 0;) {
        title = is_prose(&columns[i]) && i != text ? i : title;
    }
    if (text < n_columns && columns[text].n_bytes >= LEAST_TEXT * columns[text].n_filled) {
        fields[text] = SR_FEED_FIELD_TEXT;
    }
    if (title < n_columns && fields[text] == SR_FEED_FIELD_TEXT) {
        fields[title] = SR_FEED_FIELD_TITLE;
    }
}

/* ---------------------------------------------------------------- face */

/* Rows of as many fields as the first; `by_blank` counts fields that begin with one. */
static bool rows_agree(sr_str head, char delimiter, const row *first, bool *all_quoted)
{
    row r;
    size_t n_rows = 0;
    while (n_rows < CHECKED_ROWS && take_row(&head, false, delimiter, &r)) {
        if (r.n_fields != first->n_fields) {
            return false;
        }
        for (size_t i = 1; i < r.n_fields; i++) {
            if (r.fields[i].n_bytes && r.fields[i].data[0] == ' ') {
                return false;
            }
        }
        *all_quoted = *all_quoted && r.fields[0].n_bytes && r.fields[0].data[0] == '"';
        n_rows++;
    }
    return n_rows > 0;
}

bool sr_csv_is_table(sr_str head, char delimiter, const sr_field_map *map)
{
    row first;
    char tried = delimiter ? delimiter : most_frequent(head);
    if (!take_row(&head, false, tried, &first) || first.n_fields < 2 ||
        first.n_fields > SR_CSV_MAX_COLUMNS) {
        return false;
    }
    bool all_quoted = first.fields[0].n_bytes && first.fields[0].data[0] == '"';
    if (!rows_agree(head, tried, &first, &all_quoted)) {
        return false;
    }
    bool is_sure = all_quoted || tried == '\t';
    bool named = has_known_name(&first, map) || could_be_header(&first);
    for (size_t i = 0; i < first.n_fields && !is_sure; i++) {
        named = named && first.fields[i].n_bytes && first.fields[i].data[0] != ' ' &&
                first.fields[i].n_bytes <= MAX_NAME;
    }
    return is_sure || named;
}

/* "sep=;", Excel's way to say the delimiter; the line's length, 0 where it is none. */
static size_t measure_sep_line(sr_str head, char *delimiter)
{
    static const char SEP[] = "sep=";
    size_t n = sizeof SEP - 1;
    const char *end = head.n_bytes > n ? memchr(head.data, '\n', head.n_bytes) : NULL;
    sr_str line = end ? sr_str_trim(sr_str_make(head.data, (size_t)(end - head.data))) : head;
    for (size_t i = 0; end && i < n; i++) {
        if (line.n_bytes != n + 1 || (line.data[i] | 0x20) != (SEP[i] | 0x20)) {
            return 0;
        }
    }
    if (!end) {
        return 0;
    }
    *delimiter = line.data[n];
    return (size_t)(end + 1 - head.data);
}

static bool is_title(const row *r)
{
    size_t n_filled = 0;
    for (size_t i = 0; i < r->n_fields && i < SR_CSV_MAX_COLUMNS; i++) {
        n_filled += bare(r->fields[i]).n_bytes > 0;
    }
    return n_filled <= 1 && r->n_fields <= SR_CSV_MAX_COLUMNS;
}

/* The length of rows of one field or none above a row of usual names, as spreadsheets have a title
 * above a table; 0 where there is none. */
static size_t measure_title(sr_str head, bool whole, char delimiter, const sr_field_map *map)
{
    enum { MOST_ROWS = 4 };
    row r;
    sr_str rest = head;
    for (size_t n = 0; n <= MOST_ROWS; n++) {
        size_t at = head.n_bytes - rest.n_bytes;
        if (!take_row(&rest, whole, delimiter, &r)) {
            return 0;
        }
        if (!is_title(&r)) {
            return r.n_fields > 1 && has_known_name(&r, map) && could_be_header(&r) ? at : 0;
        }
    }
    return 0;
}

/* What stands before the header row; `delimiter` 0 becomes the one that this tells. */
static size_t measure_before(sr_str head, bool whole, const sr_field_map *map, char *delimiter)
{
    static const char TRIED[] = ",;\t|";
    char said = '\0';
    size_t n_sep = measure_sep_line(head, &said);
    if (n_sep) {
        *delimiter = *delimiter ? *delimiter : said;
        return n_sep;
    }
    for (const char *d = TRIED; *d; d++) {
        size_t n = *delimiter && *d != *delimiter ? 0 : measure_title(head, whole, *d, map);
        if (n) {
            *delimiter = *d;
            return n;
        }
    }
    return 0;
}

void sr_csv_sniff(sr_str head, bool whole, char delimiter, sr_csv_header header,
                  const sr_field_map *map, sr_csv_dialect *dialect)
{
    row first;
    dialect->n_before =
        header == SR_CSV_HEADER_BY_CONTENT ? measure_before(head, whole, map, &delimiter) : 0;
    head = sr_str_make(head.data + dialect->n_before, head.n_bytes - dialect->n_before);
    dialect->delimiter = delimiter ? delimiter : choose_delimiter(head, whole);
    dialect->escapes = escapes_quotes(head, dialect->delimiter);
    dialect->has_header = header != SR_CSV_HEADER_NO;
    dialect->n_columns = 0;
    memset(dialect->fields, SR_FEED_FIELD_COUNT, sizeof dialect->fields);
    sr_str rest = head;
    if (header == SR_CSV_HEADER_BY_CONTENT &&
        take_filled_row(&rest, whole, dialect->delimiter, &first)) {
        dialect->has_header = has_known_name(&first, map) || could_be_header(&first);
    }
    if (!dialect->has_header) {
        guess_fields(head, whole, dialect);
    }
}
