/* xml_cut.c — an RSS, Atom or RDF feed cut into its items without being parsed: tags, quotes,
 * comments and CDATA are told apart, and that is all. So an item keeps its own bytes, the parsers
 * run on all threads, and a fault in one item is no fault of the next.
 *
 *     <rss><channel><title>…   <item>…</item>⏎ <item>…</item>⏎   </channel></rss>
 *     head                      a record        a record           tail
 *
 * What stands between items goes to the tail. An item that is not closed ends where the next one
 * begins. */
#include "feed/reader.h"

#include <stdlib.h>

enum { MAX_BLANKS = 256, MAX_PREFIX = 16, CONSUMED_BYTES = 1 << 20 };

typedef enum token_kind {
    TOKEN_NONE, /* the input has no more */
    TOKEN_START,
    TOKEN_EMPTY, /* <item/> */
    TOKEN_END,
    TOKEN_OTHER,   /* a comment, CDATA, an instruction, or a `<` that is none of these */
    TOKEN_TOO_LONG /* longer than a record may be */
} token_kind;

/* What holds no tags, each with an end of its own. Where the input has none for it, it is no more
 * than a `<`. */
typedef enum opaque_kind { COMMENT, CDATA, DECLARATION, INSTRUCTION, N_OPAQUE } opaque_kind;

/* Offsets count from the window's start. */
typedef struct token {
    token_kind kind;
    size_t start;
    size_t end;
    size_t name_start;
    size_t n_name;
} token;

typedef struct xml_reader {
    sr_reader reader;
    sr_buffer head;
    sr_buffer tail;
    token item;                /* the start tag that the window begins with; TOKEN_NONE: none */
    bool is_endless[N_OPAQUE]; /* the rest of the input has no such end */
    bool located;              /* `item` is up to date */
    bool ended;
    size_t n_prefix;
    char prefix[MAX_PREFIX]; /* of the first element, with its colon */
} xml_reader;

/* ---------------------------------------------------------------- tokens */

/* The end of what begins at `at`, 0 where it isn't in sight. */
static size_t find_end(sr_str view, size_t at, const char *end)
{
    size_t n = strlen(end);
    const char *found = memmem(view.data + at, view.n_bytes - at, end, n);
    return found ? (size_t)(found - view.data) + n : 0;
}

/* Behind the `>` of a tag. A `<` before it means that the tag was never closed. */
static size_t tag_end(sr_str view, size_t at, bool last)
{
    char quote = '\0';
    for (size_t i = at + 1; i < view.n_bytes; i++) {
        char c = view.data[i];
        if (c == '<') {
            return i;
        }
        if (quote) {
            quote = c == quote ? '\0' : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '>') {
            return i + 1;
        }
    }
    return last ? view.n_bytes : 0;
}

/* <!DOCTYPE …> with its subset in brackets and quoted strings. */
static size_t declaration_end(sr_str view, size_t at)
{
    size_t depth = 0;
    char quote = '\0';
    for (size_t i = at; i < view.n_bytes; i++) {
        char c = view.data[i];
        if (quote) {
            quote = c == quote ? '\0' : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '[') {
            depth++;
        } else if (c == ']') {
            depth -= depth > 0;
        } else if (c == '>' && depth == 0) {
            return i + 1;
        } else if (c == '<' && i + 3 < view.n_bytes && memcmp(view.data + i, "<!--", 4) == 0) {
            size_t end = find_end(view, i, "-->");
            if (end == 0) {
                return 0;
            }
            i = end - 1;
        }
    }
    return 0;
}

static bool begins(sr_str view, size_t at, const char *text)
{
    size_t n = strlen(text);
    return view.n_bytes - at >= n && memcmp(view.data + at, text, n) == 0;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool ends_name(char c)
{
    return (unsigned char)c <= ' ' || c == '>' || c == '/' || c == '<';
}

static size_t opaque_end(sr_str view, size_t at, opaque_kind kind)
{
    return kind == COMMENT       ? find_end(view, at, "-->")
           : kind == CDATA       ? find_end(view, at, "]]>")
           : kind == DECLARATION ? declaration_end(view, at)
                                 : find_end(view, at, ">");
}

/* Reads the markup at `t->start`; `last`: the input ends with the view. False: more is needed. */
static bool read_token(sr_str view, bool last, bool is_endless[N_OPAQUE], token *t)
{
    size_t at = t->start;
    enum { LONGEST_BEGINNING = 9 };
    if (view.n_bytes - at < LONGEST_BEGINNING && !last) {
        return false;
    }
    opaque_kind opaque = begins(view, at, "<!--")        ? COMMENT
                         : begins(view, at, "<![CDATA[") ? CDATA
                         : begins(view, at, "<!")        ? DECLARATION
                         : begins(view, at, "<?")        ? INSTRUCTION
                                                         : N_OPAQUE;
    t->kind = TOKEN_OTHER;
    t->end = at + 1;
    if (opaque != N_OPAQUE && !is_endless[opaque]) {
        size_t end = opaque_end(view, at, opaque);
        is_endless[opaque] = end == 0 && last;
        t->end = end ? end : at + 1;
        return end || last;
    }
    bool closes = begins(view, at, "</");
    t->name_start = at + (closes ? 2 : 1);
    if (t->end == at + 1 && t->name_start < view.n_bytes && is_letter(view.data[t->name_start])) {
        t->end = tag_end(view, at, last);
        t->kind = closes ? TOKEN_END : TOKEN_START;
    }
    if (t->end == 0) {
        return false;
    }
    if (t->kind == TOKEN_OTHER) {
        return true;
    }
    t->n_name = 0;
    while (t->name_start + t->n_name < t->end && !ends_name(view.data[t->name_start + t->n_name])) {
        t->n_name++;
    }
    bool is_empty = t->end - at > 2 && view.data[t->end - 1] == '>' && view.data[t->end - 2] == '/';
    t->kind = t->kind == TOKEN_START && is_empty ? TOKEN_EMPTY : t->kind;
    return true;
}

/* The next token at or behind `from`. */
static sr_status next_token(xml_reader *xml, size_t from, token *t)
{
    sr_input *input = xml->reader.input;
    *t = (token){.start = from};
    for (;;) {
        sr_str view = sr_input_view(input);
        const char *open = t->start < view.n_bytes
                               ? memchr(view.data + t->start, '<', view.n_bytes - t->start)
                               : NULL;
        t->start = open ? (size_t)(open - view.data) : view.n_bytes;
        if (open && read_token(view, input->at_end, xml->is_endless, t)) {
            return SR_OK;
        }
        if (input->at_end) {
            *t = (token){.kind = TOKEN_NONE, .start = view.n_bytes, .end = view.n_bytes};
            return SR_OK;
        }
        if (view.n_bytes - from > xml->reader.max_record_bytes) {
            *t = (token){.kind = TOKEN_TOO_LONG, .start = from, .end = view.n_bytes};
            return SR_OK;
        }
        SR_TRY(sr_input_fill(input));
    }
}

static sr_str name_of(const xml_reader *xml, const token *t)
{
    return sr_str_make(sr_input_view(xml->reader.input).data + t->name_start, t->n_name);
}

/* ---------------------------------------------------------------- items */

static bool equal_ignoring_case(sr_str name, const char *lower)
{
    size_t n = strlen(lower);
    for (size_t i = 0; i < n && name.n_bytes == n; i++) {
        char c = name.data[i];
        if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != lower[i]) {
            return false;
        }
    }
    return name.n_bytes == n;
}

/* Splits "rss:item" behind the colon. */
static sr_str cut_prefix(sr_str name, sr_str *prefix)
{
    const char *colon = name.n_bytes ? memchr(name.data, ':', name.n_bytes) : NULL;
    size_t n = colon ? (size_t)(colon - name.data) + 1 : 0;
    *prefix = sr_str_make(name.data, n);
    return sr_str_make(name.data + n, name.n_bytes - n);
}

/* <item> or <entry>, with the prefix of the first element or a usual one: other vocabularies have
 * items too. */
static bool is_item(const xml_reader *xml, sr_str name)
{
    sr_str prefix;
    sr_str local = cut_prefix(name, &prefix);
    bool known = prefix.n_bytes == 0 ||
                 sr_str_equal(prefix, sr_str_make(xml->prefix, xml->n_prefix)) ||
                 sr_str_equal_text(prefix, "rss:") || sr_str_equal_text(prefix, "atom:");
    return known && (equal_ignoring_case(local, "item") || equal_ignoring_case(local, "entry"));
}

static void note_prefix(xml_reader *xml, sr_str name)
{
    sr_str prefix;
    (void)cut_prefix(name, &prefix);
    if (xml->head.n_bytes == 0 && xml->prefix[0] == '\0' && prefix.n_bytes < MAX_PREFIX) {
        memcpy(xml->prefix, prefix.data, prefix.n_bytes);
        xml->n_prefix = prefix.n_bytes;
    }
}

static uint64_t count_lines(sr_str bytes)
{
    uint64_t n = 0;
    for (size_t i = 0; i < bytes.n_bytes; i++) {
        n += bytes.data[i] == '\n';
    }
    return n;
}

static void consume(xml_reader *xml, size_t n_bytes)
{
    sr_input *input = xml->reader.input;
    sr_input_consume(input, n_bytes, count_lines(sr_str_make(sr_input_view(input).data, n_bytes)));
}

/* Takes the window's first bytes, which belong to no item. */
static sr_status keep_outside(xml_reader *xml, sr_buffer *kept, size_t n_bytes)
{
    sr_str bytes = sr_str_make(sr_input_view(xml->reader.input).data, n_bytes);
    bool matters = kept == &xml->head || sr_str_trim(bytes).n_bytes;
    sr_status status = matters ? sr_buffer_append_str(kept, bytes) : SR_OK;
    consume(xml, n_bytes);
    return status;
}

/* Moves the window to the next item; xml->item is TOKEN_NONE where there is none. SR_ERR_LIMIT
 * where more than a record may hold stands outside. */
static sr_status find_item(xml_reader *xml, sr_buffer *outside)
{
    size_t at = 0;
    for (;;) {
        token t;
        SR_TRY(next_token(xml, at, &t));
        if (t.kind == TOKEN_TOO_LONG) {
            return SR_ERR_LIMIT;
        }
        bool opens = t.kind == TOKEN_START || t.kind == TOKEN_EMPTY;
        if (opens) {
            note_prefix(xml, name_of(xml, &t));
        }
        if (t.kind == TOKEN_NONE || (opens && is_item(xml, name_of(xml, &t)))) {
            size_t n_before = t.start;
            t.name_start -= opens ? n_before : 0;
            t.end -= n_before;
            t.start = 0;
            xml->item = t;
            return keep_outside(xml, outside, n_before);
        }
        at = t.end;
        if (at > CONSUMED_BYTES) {
            SR_TRY(keep_outside(xml, outside, at));
            at = 0;
        }
    }
}

/* The end of a feed's own elements inside an item means that the item was never closed. */
static bool closes_feed(sr_str name)
{
    sr_str prefix;
    sr_str local = cut_prefix(name, &prefix);
    return equal_ignoring_case(local, "channel") || equal_ignoring_case(local, "rss") ||
           equal_ignoring_case(local, "feed") || equal_ignoring_case(local, "rdf");
}

/* Where the item at the window's start ends; `too_long` where it is longer than a record may be,
 * and then the window was moved on. `cut`: the input ends in it. */
static sr_status find_item_end(xml_reader *xml, size_t *n_bytes, bool *too_long, bool *cut)
{
    size_t max_bytes = xml->reader.max_record_bytes;
    char name[64];
    size_t n_name = xml->item.n_name < sizeof name ? xml->item.n_name : sizeof name;
    memcpy(name, name_of(xml, &xml->item).data, n_name);
    size_t at = xml->item.end;
    *too_long = *cut = false;
    while (xml->item.kind == TOKEN_START) {
        token t;
        SR_TRY(next_token(xml, at, &t));
        sr_str view = sr_input_view(xml->reader.input);
        sr_str found = t.kind == TOKEN_START || t.kind == TOKEN_EMPTY || t.kind == TOKEN_END
                           ? name_of(xml, &t)
                           : sr_str_make(NULL, 0);
        bool same = n_name == found.n_bytes && memcmp(found.data, name, n_name) == 0;
        bool ends = t.kind == TOKEN_END && same;
        bool goes_before = (same && !ends) || (t.kind == TOKEN_END && closes_feed(found));
        if (ends || goes_before || t.kind == TOKEN_NONE) {
            at = ends ? t.end : t.start;
            *cut = t.kind == TOKEN_NONE;
            break;
        }
        at = t.end;
        if (at > max_bytes || t.kind == TOKEN_TOO_LONG) {
            *too_long = true;
            consume(xml, at < view.n_bytes ? at : view.n_bytes);
            at = 0;
        }
    }
    *too_long = *too_long || at > max_bytes;
    *n_bytes = at;
    return SR_OK;
}

/* Adds the blanks behind an item, up to the next markup. */
static sr_status add_blanks(sr_input *input, size_t *n_bytes)
{
    sr_str view;
    SR_TRY(sr_input_peek(input, *n_bytes + MAX_BLANKS, &view));
    size_t end = *n_bytes;
    while (end < view.n_bytes && end < *n_bytes + MAX_BLANKS && strchr(" \t\r\n", view.data[end]) &&
           view.data[end]) {
        end++;
    }
    *n_bytes = end;
    return SR_OK;
}

static sr_status refuse_rest(xml_reader *xml, sr_record *record, bool *found)
{
    xml->ended = true;
    xml->reader.n_records++;
    sr_reader_refuse(&xml->reader, record, xml->reader.input->line,
                     "more than %zu bytes without an item", xml->reader.max_record_bytes);
    *found = true;
    return SR_OK;
}

/* Goes to the next item, once. */
static sr_status locate(xml_reader *xml, sr_buffer *outside)
{
    if (xml->located) {
        return SR_OK;
    }
    sr_status status = find_item(xml, outside);
    if (status == SR_ERR_LIMIT) {
        xml->item = (token){.kind = TOKEN_TOO_LONG};
        status = SR_OK;
    }
    xml->located = status == SR_OK;
    return status;
}

static sr_status xml_next(sr_reader *reader, sr_record *record, bool *found)
{
    xml_reader *xml = (xml_reader *)reader;
    sr_input *input = reader->input;
    size_t n_bytes;
    bool too_long;
    bool cut;
    *found = false;
    SR_TRY(xml->ended ? SR_OK : locate(xml, &xml->tail));
    if (xml->ended || xml->item.kind == TOKEN_NONE) {
        return SR_OK;
    }
    if (xml->item.kind == TOKEN_TOO_LONG) {
        return refuse_rest(xml, record, found);
    }
    uint64_t line = input->line;
    SR_TRY(find_item_end(xml, &n_bytes, &too_long, &cut));
    if (cut && input->damage.status != SR_OK) {
        xml->ended = true; /* the feed tells of the damage */
        return SR_OK;
    }
    SR_TRY(add_blanks(input, &n_bytes));
    reader->n_records++;
    *found = true;
    sr_str raw = sr_str_make(input->data + input->start, n_bytes);
    consume(xml, n_bytes);
    xml->located = false;
    if (too_long) {
        sr_reader_refuse(reader, record, line, "the item is longer than %zu bytes",
                         reader->max_record_bytes);
    } else {
        *record = (sr_record){.number = reader->n_records, .line = line, .raw = raw};
    }
    return SR_OK;
}

static void xml_free(sr_reader *reader)
{
    xml_reader *xml = (xml_reader *)reader;
    sr_buffer_release(&xml->head);
    sr_buffer_release(&xml->tail);
    free(xml);
}

static void xml_frame(const sr_reader *reader, sr_str *head, sr_str *tail)
{
    const xml_reader *xml = (const xml_reader *)reader;
    *head = sr_buffer_view(&xml->head);
    *tail = sr_buffer_view(&xml->tail);
}

sr_status sr_xml_reader_create(sr_input *input, const sr_reader_options *options, sr_reader **out)
{
    xml_reader *xml = calloc(1, sizeof *xml);
    if (!xml) {
        return SR_ERR_MEMORY;
    }
    xml->reader = (sr_reader){.next = xml_next,
                              .free = xml_free,
                              .frame = xml_frame,
                              .input = input,
                              .max_record_bytes = options->max_record_bytes};
    sr_buffer_init(&xml->head, options->max_record_bytes + CONSUMED_BYTES);
    sr_buffer_init(&xml->tail, options->max_record_bytes + CONSUMED_BYTES);
    sr_status status = locate(xml, &xml->head);
    if (status != SR_OK) {
        xml_free(&xml->reader);
        return status;
    }
    *out = &xml->reader;
    return SR_OK;
}
