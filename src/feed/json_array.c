/* json_array.c — the elements of a JSON array, cut one after the other without reading the array
 * into memory: an array that is the file, one inside an object (what stands around it is the head
 * and the tail), or objects one behind the other without any array.
 *
 * A small automaton knows strings, escapes and which brackets are open; what stands inside is the
 * parser's business. An element over the limit is run through without being held. Brackets that do
 * not match, or an element that the input ends in, make one bad record; reading goes on at the next
 * line that begins with `{` no further right than the line of the bad element did. */
#include "feed/json_head.h"
#include "feed/reader.h"

#include <stdlib.h>

enum { MAX_DEPTH = 1024 };

typedef enum scan_result {
    SCAN_MORE,      /* the window ends inside the element */
    SCAN_DONE,      /* the element ends before `at` */
    SCAN_MISMATCHED /* a bracket closes what another opened, or too many are open */
} scan_result;

/* Where the automaton stands inside an element. */
typedef struct scan {
    size_t at; /* bytes of the element seen */
    uint64_t n_lines;
    size_t depth;
    bool in_string;
    bool escaped;
    bool begun;
    uint64_t is_object[MAX_DEPTH / 64]; /* a bit for each open bracket: { or [ */
} scan;

typedef struct json_array_reader {
    sr_reader reader;
    bool open;      /* inside the array */
    bool ended;     /* nothing more is read */
    bool is_bare;   /* there is no array */
    bool in_object; /* the array is */
    sr_buffer head;
    sr_buffer tail;
    scan scan;
} json_array_reader;

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static void skip_string(scan *s, const char *data, size_t n_bytes)
{
    while (s->at < n_bytes && s->in_string) {
        char c = data[s->at++];
        s->n_lines += c == '\n';
        if (s->escaped) {
            s->escaped = false;
        } else if (c == '\\') {
            s->escaped = true;
        } else if (c == '"') {
            s->in_string = false;
        }
    }
}

static scan_result open_bracket(scan *s, char c)
{
    if (s->depth == MAX_DEPTH) {
        return SCAN_MISMATCHED;
    }
    uint64_t bit = 1ULL << (s->depth % 64);
    uint64_t *word = &s->is_object[s->depth / 64];
    *word = c == '{' ? *word | bit : *word & ~bit;
    s->depth++;
    return SCAN_MORE;
}

static scan_result close_bracket(scan *s, char c)
{
    s->depth--;
    bool is_object = s->is_object[s->depth / 64] >> (s->depth % 64) & 1;
    if (is_object != (c == '}')) {
        return SCAN_MISMATCHED;
    }
    return s->depth == 0 ? SCAN_DONE : SCAN_MORE;
}

/* Runs over `data` from where the scan stands. A scalar ends before a comma, a blank or a closing
 * bracket. */
static scan_result scan_element(scan *s, const char *data, size_t n_bytes)
{
    while (s->at < n_bytes) {
        if (s->in_string) {
            skip_string(s, data, n_bytes);
            if (!s->in_string && s->depth == 0) {
                return SCAN_DONE;
            }
            continue;
        }
        char c = data[s->at];
        bool closes = c == '}' || c == ']';
        if (s->depth == 0 && s->begun && (c == ',' || closes || is_blank(c))) {
            return SCAN_DONE;
        }
        s->at++;
        s->begun = true;
        s->n_lines += c == '\n';
        s->in_string = c == '"';
        scan_result result = SCAN_MORE;
        if (c == '{' || c == '[') {
            result = open_bracket(s, c);
        } else if (closes) {
            result = s->depth ? close_bracket(s, c) : SCAN_MISMATCHED;
        }
        if (result != SCAN_MORE) {
            return result;
        }
    }
    return SCAN_MORE;
}

/* Over blanks and commas; `c` is then the next byte, 0 at the end. `n_indent` counts those before
 * it on its line, 1 where something else stands there too. */
static sr_status skip_between(sr_input *input, char *c, size_t *n_indent)
{
    bool line_begun = false;
    *n_indent = 1;
    for (;;) {
        sr_str held = sr_input_view(input);
        for (size_t i = 0; i < held.n_bytes; i++) {
            if (!is_blank(held.data[i]) && held.data[i] != ',') {
                *c = held.data[i];
                return SR_OK;
            }
            bool line_ends = held.data[i] == '\n';
            line_begun = line_begun || line_ends;
            *n_indent = line_ends ? 0 : *n_indent + line_begun;
            sr_input_consume(input, 1, line_ends);
        }
        if (input->at_end) {
            *c = '\0';
            return SR_OK;
        }
        SR_TRY(sr_input_fill(input));
    }
}

/* How far right the first visible byte of a line stands; `c` is that byte. */
static size_t indentation(sr_str line, char *c)
{
    size_t n = 0;
    while (n < line.n_bytes && (is_blank(line.data[n]) || line.data[n] == ',')) {
        n++;
    }
    *c = n < line.n_bytes ? line.data[n] : '\0';
    return n;
}

/* From inside a bad element to the next line that looks like the beginning of one, or like the
 * array's end. */
static sr_status resynchronise(sr_input *input, size_t max_indentation)
{
    SR_TRY(sr_input_skip_line(input));
    for (;;) {
        sr_str held;
        char c;
        SR_TRY(sr_input_peek(input, max_indentation + 2, &held));
        size_t n = indentation(held, &c);
        if (held.n_bytes == 0 || ((c == '{' || c == ']') && n <= max_indentation)) {
            return SR_OK;
        }
        SR_TRY(sr_input_skip_line(input));
    }
}

/* What `find_element` met. */
typedef enum found_element {
    ELEMENT_NONE,
    ELEMENT_WHOLE,
    ELEMENT_TOO_LONG,
    ELEMENT_BROKEN
} found_element;

/* Scans the element at the window's start, which stays there unless it is too long. */
static sr_status find_element(json_array_reader *array, found_element *found)
{
    sr_input *input = array->reader.input;
    scan *s = &array->scan;
    size_t max_bytes = array->reader.max_record_bytes;
    bool too_long = false;
    *s = (scan){0};
    for (;;) {
        sr_str held = sr_input_view(input);
        scan_result result = scan_element(s, held.data, held.n_bytes);
        too_long = too_long || s->at > max_bytes;
        if (result == SCAN_DONE) {
            *found = too_long ? ELEMENT_TOO_LONG : ELEMENT_WHOLE;
            return SR_OK;
        }
        if (result == SCAN_MISMATCHED || input->at_end) {
            *found = ELEMENT_BROKEN;
            return SR_OK;
        }
        if (too_long) {
            sr_input_consume(input, s->at, s->n_lines);
            s->at = 0;
            s->n_lines = 0;
        }
        SR_TRY(sr_input_fill(input));
    }
}

/* The element that begins at the window's start, on `line` with `n_indent` bytes before it. */
static sr_status read_element(json_array_reader *array, size_t n_indent, sr_record *record,
                              bool *found)
{
    sr_reader *reader = &array->reader;
    sr_input *input = reader->input;
    uint64_t line = input->line;
    found_element element = ELEMENT_NONE;
    SR_TRY(find_element(array, &element));
    if (element == ELEMENT_BROKEN && input->at_end && input->damage.status != SR_OK) {
        array->ended = true;
        return SR_OK;
    }
    reader->n_records++;
    *found = true;
    if (element == ELEMENT_BROKEN) {
        sr_reader_refuse(reader, record, line, "%s",
                         array->scan.depth == MAX_DEPTH
                             ? "the element is nested more than 1024 deep"
                             : "the brackets of the element do not match");
        SR_TRY(resynchronise(input, n_indent));
        array->ended = input->at_end && input->start == input->end;
        return SR_OK;
    }
    sr_str raw = sr_str_make(input->data + input->start, array->scan.at);
    sr_input_consume(input, array->scan.at, array->scan.n_lines);
    if (element == ELEMENT_TOO_LONG) {
        sr_reader_refuse(reader, record, line, "the element is longer than %zu bytes",
                         reader->max_record_bytes);
    } else {
        *record = (sr_record){.number = reader->n_records, .line = line, .raw = raw};
    }
    return SR_OK;
}

static sr_status refuse_rest(json_array_reader *array, sr_record *record, bool *found,
                             const char *why)
{
    array->ended = true;
    *found = array->reader.input->damage.status == SR_OK;
    if (*found) {
        array->reader.n_records++;
        sr_reader_refuse(&array->reader, record, array->reader.input->line, "%s", why);
    }
    return SR_OK;
}

/* What stands behind the array, with its bracket. */
static sr_status keep_tail(json_array_reader *array, sr_record *record, bool *found)
{
    sr_input *input = array->reader.input;
    do {
        sr_str held = sr_input_view(input);
        sr_status status = sr_buffer_append_str(&array->tail, held);
        sr_input_consume(input, held.n_bytes, 0);
        if (status == SR_ERR_LIMIT) {
            return refuse_rest(array, record, found, "more stands behind the array than a record");
        }
        SR_TRY(status);
        SR_TRY(sr_input_fill(input));
    } while (!input->at_end || input->end > input->start);
    return SR_OK;
}

static sr_status json_array_next(sr_reader *reader, sr_record *record, bool *found)
{
    json_array_reader *array = (json_array_reader *)reader;
    sr_input *input = reader->input;
    *found = false;
    while (!array->ended) {
        char c;
        size_t n_indent;
        SR_TRY(skip_between(input, &c, &n_indent));
        if (c == '\0') {
            array->ended = true;
            return array->open && !array->is_bare
                       ? refuse_rest(array, record, found, "the array is not closed")
                       : SR_OK;
        }
        if (!array->open && c != '[') {
            return refuse_rest(array, record, found, "there is text behind the end of the array");
        }
        if (c == ']' && array->open && array->in_object) {
            array->ended = true;
            return keep_tail(array, record, found);
        }
        if ((!array->open || c == ']') && !array->is_bare) {
            array->open = !array->open;
            sr_input_consume(input, 1, 0);
            continue;
        }
        return read_element(array, n_indent, record, found);
    }
    return SR_OK;
}

static void json_array_free(sr_reader *reader)
{
    json_array_reader *array = (json_array_reader *)reader;
    sr_buffer_release(&array->head);
    sr_buffer_release(&array->tail);
    free(array);
}

static json_array_reader *create(sr_input *input, const sr_reader_options *options)
{
    json_array_reader *array = calloc(1, sizeof *array);
    if (array) {
        array->reader = (sr_reader){.next = json_array_next,
                                    .free = json_array_free,
                                    .input = input,
                                    .max_record_bytes = options->max_record_bytes};
        sr_buffer_init(&array->head, SR_BUFFER_NO_LIMIT);
        sr_buffer_init(&array->tail, options->max_record_bytes);
    }
    return array;
}

sr_status sr_json_array_reader_create(sr_input *input, const sr_reader_options *options,
                                      sr_reader **out)
{
    json_array_reader *array = create(input, options);
    if (!array) {
        return SR_ERR_MEMORY;
    }
    *out = &array->reader;
    return SR_OK;
}

static void json_array_frame(const sr_reader *reader, sr_str *head, sr_str *tail)
{
    const json_array_reader *array = (const json_array_reader *)reader;
    *head = sr_buffer_view(&array->head);
    *tail = sr_buffer_view(&array->tail);
}

/* Consumes what stands before the array; where there is none, `array` is bare. */
static sr_status take_head(json_array_reader *array)
{
    sr_input *input = array->reader.input;
    sr_str held;
    SR_TRY(sr_input_peek(input, SR_DETECT_BYTES, &held));
    sr_json_head head = sr_json_head_scan(held);
    array->open = true;
    array->in_object = head.records > 0;
    array->is_bare = !array->in_object;
    uint64_t n_lines = 0;
    for (size_t i = 0; i < head.records; i++) {
        n_lines += held.data[i] == '\n';
    }
    SR_TRY(sr_buffer_append(&array->head, held.data, head.records));
    sr_input_consume(input, head.records, n_lines);
    return SR_OK;
}

sr_status sr_json_object_reader_create(sr_input *input, const sr_reader_options *options,
                                       sr_reader **out)
{
    json_array_reader *array = create(input, options);
    if (!array) {
        return SR_ERR_MEMORY;
    }
    array->reader.frame = json_array_frame;
    sr_status status = take_head(array);
    if (status != SR_OK) {
        json_array_free(&array->reader);
        return status;
    }
    *out = &array->reader;
    return SR_OK;
}
