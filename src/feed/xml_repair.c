/* xml_repair.c — what people and programs get wrong in XML, put right without knowing what it was
 * meant to say: characters escaped, tags balanced. */
#include "feed/xml_parse.h"

/* A longer tag is none; a bound, or many `<` would cost their square. */
enum { MAX_OPEN = 200, MAX_TAG = 16 * 1024 };

/* The character that "#8217" or "#x2019" stands for; false where it is none. */
bool sr_xml_character(sr_str number, uint32_t *code_point)
{
    bool hex = number.n_bytes > 1 && (number.data[1] | 0x20) == 'x';
    uint32_t value = 0;
    size_t start = hex ? 2 : 1;
    for (size_t i = start; i < number.n_bytes; i++) {
        char c = number.data[i];
        bool digit = c >= '0' && c <= '9';
        char lower = (char)(c | 0x20);
        if ((!digit && !(hex && lower >= 'a' && lower <= 'f')) || value > 0x10ffff) {
            return false;
        }
        value = value * (hex ? 16 : 10) + (uint32_t)(digit ? c - '0' : lower - 'a' + 10);
    }
    *code_point = value;
    return number.n_bytes > start && value && value <= 0x10ffff &&
           !(value >= 0xd800 && value < 0xe000);
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
           (unsigned char)c >= 0x80;
}

/* "&name;" or "&#1;" */
static bool is_reference(sr_str rest)
{
    enum { MAX_REFERENCE = 40 };
    size_t n = 1;
    while (n < rest.n_bytes && n < MAX_REFERENCE &&
           (is_name_start(rest.data[n]) || (rest.data[n] >= '0' && rest.data[n] <= '9') ||
            rest.data[n] == '#' || rest.data[n] == '.' || rest.data[n] == '-')) {
        n++;
    }
    uint32_t code_point;
    return n > 1 && n < rest.n_bytes && rest.data[n] == ';' &&
           (is_name_start(rest.data[1]) ||
            (rest.data[1] == '#' &&
             sr_xml_character(sr_str_make(rest.data + 1, n - 1), &code_point)));
}

/* An element of HTML that never has an end tag. */
static bool is_void_name(sr_str name)
{
    static const char *const VOID[] = {"br", "hr", "img", "input", "wbr", "embed", "param"};
    for (size_t i = 0; i < SR_ARRAY_COUNT(VOID); i++) {
        size_t n = strlen(VOID[i]);
        bool same = name.n_bytes == n;
        for (size_t k = 0; k < n && same; k++) {
            same = (name.data[k] | 0x20) == VOID[i][k];
        }
        if (same) {
            return true;
        }
    }
    return false;
}

/* A start tag with every lone & escaped. */
static sr_status repair_inside(sr_str tag, sr_buffer *out)
{
    for (size_t i = 0; i < tag.n_bytes; i++) {
        bool lone = tag.data[i] == '&' && !is_reference(sr_str_make(tag.data + i, tag.n_bytes - i));
        SR_TRY(lone ? sr_buffer_append_text(out, "&amp;") : sr_buffer_append(out, tag.data + i, 1));
    }
    return SR_OK;
}

/* The elements that are open in what was written so far. */
typedef struct open_tags {
    sr_str names[MAX_OPEN];
    size_t n;
    bool is_endless[2]; /* the rest has no "]]>", no "-->" */
} open_tags;

static sr_status write_end(sr_str name, sr_buffer *out)
{
    SR_TRY(sr_buffer_append_text(out, "</"));
    SR_TRY(sr_buffer_append_str(out, name));
    return sr_buffer_append_text(out, ">");
}

/* Closes what is open inside the element of that name, and it; an end without a beginning is left
 * out. */
static sr_status repair_end(open_tags *open, sr_str name, sr_buffer *out)
{
    size_t at = open->n;
    while (at && !sr_str_equal(open->names[at - 1], name)) {
        at--;
    }
    while (at && open->n >= at) {
        SR_TRY(write_end(open->names[--open->n], out));
    }
    return SR_OK;
}

/* Copies one tag that begins at `rest`; `n_taken` is its length. */
static sr_status repair_tag(open_tags *open, sr_str rest, sr_buffer *out, size_t *n_taken)
{
    bool ends = rest.n_bytes > 1 && rest.data[1] == '/';
    size_t n_lead = ends ? 2 : 1;
    bool is_element = rest.n_bytes > n_lead && is_name_start(rest.data[n_lead]);
    const char *close = memchr(rest.data, '>', rest.n_bytes < MAX_TAG ? rest.n_bytes : MAX_TAG);
    *n_taken = 1;
    if (!close || (!is_element && (ends || rest.n_bytes < 2 || !strchr("!?", rest.data[1])))) {
        return sr_buffer_append_text(out, "&lt;");
    }
    size_t n_tag = (size_t)(close - rest.data) + 1;
    if (!is_element) {
        *n_taken = n_tag;
        return SR_OK; /* an instruction or a declaration */
    }
    sr_str name = sr_str_make(rest.data + n_lead, 0);
    while (name.n_bytes < n_tag - n_lead && !strchr(" \t\r\n>/", name.data[name.n_bytes])) {
        name.n_bytes++;
    }
    *n_taken = n_tag;
    bool is_void = is_void_name(name);
    if (ends) {
        return is_void ? SR_OK : repair_end(open, name, out);
    }
    bool is_empty = close[-1] == '/';
    if (!is_void && !is_empty) {
        if (open->n == MAX_OPEN) {
            return SR_OK;
        }
        open->names[open->n++] = name;
    }
    SR_TRY(repair_inside(sr_str_make(rest.data, n_tag - 1 - is_empty), out));
    return sr_buffer_append_text(out, is_void || is_empty ? "/>" : ">");
}

/* Over a CDATA section or a comment, which may hold anything. */
static size_t opaque_bytes(open_tags *open, sr_str rest)
{
    static const char *const BEGINNINGS[] = {"<![CDATA[", "<!--"};
    static const char *const ENDS[] = {"]]>", "-->"};
    for (size_t i = 0; i < SR_ARRAY_COUNT(ENDS); i++) {
        size_t n = strlen(BEGINNINGS[i]);
        if (!open->is_endless[i] && rest.n_bytes > n && memcmp(rest.data, BEGINNINGS[i], n) == 0) {
            const char *end = memmem(rest.data, rest.n_bytes, ENDS[i], 3);
            open->is_endless[i] = !end;
            return end ? (size_t)(end - rest.data) + 3 : 0;
        }
    }
    return 0;
}

/* The length of what begins a CDATA section that has no end, or is itself cut: what stands behind
 * it is read as if it were not there. */
static size_t cut_section_bytes(sr_str rest)
{
    static const char BEGINNING[] = "<![CDATA[";
    size_t n = sizeof BEGINNING - 1;
    sr_str held = sr_str_trim(rest);
    n = held.n_bytes < n ? held.n_bytes : n;
    return n > 2 && memcmp(held.data, BEGINNING, n) == 0 ? n : 0;
}

sr_status sr_xml_repair(sr_str document, sr_buffer *repaired)
{
    open_tags open = {.n = 0};
    sr_buffer_clear(repaired);
    for (size_t at = 0; at < document.n_bytes;) {
        sr_str rest = sr_str_make(document.data + at, document.n_bytes - at);
        unsigned char c = (unsigned char)rest.data[0];
        size_t n_opaque = c == '<' ? opaque_bytes(&open, rest) : 0;
        size_t n_taken = n_opaque ? n_opaque : 1;
        size_t n_cut = c == '<' && n_opaque == 0 ? cut_section_bytes(rest) : 0;
        if (n_cut) {
            n_taken = n_cut;
        } else if (c == '<' && n_opaque == 0) {
            SR_TRY(repair_tag(&open, rest, repaired, &n_taken));
        } else if (c == '&' && !is_reference(rest)) {
            SR_TRY(sr_buffer_append_text(repaired, "&amp;"));
        } else if (c == '&' && rest.n_bytes > 2 && rest.data[2] == 'X') {
            n_taken = 3; /* XML has "&#x41;" only */
            SR_TRY(sr_buffer_append_text(repaired, "&#x"));
        } else if (c >= ' ' || c == '\t' || c == '\n' || c == '\r') {
            SR_TRY(sr_buffer_append(repaired, rest.data, n_taken));
        }
        at += n_taken;
    }
    while (open.n) {
        SR_TRY(write_end(open.names[--open.n], repaired));
    }
    return SR_OK;
}
