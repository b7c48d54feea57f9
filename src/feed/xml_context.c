/* xml_context.c — the head is parsed with a mark where the first item stood; what holds at the mark
 * holds for the items. */
#include "feed/xml_context.h"

#include "feed/json_shim.h"

#include <libxml/parser.h>
#include <libxml/uri.h>

#define MARK "simrank-items"
enum { MAX_DEPTH = 32, MAX_SPACES = 64, MAX_VALUE = 1000, DECLARATION_BYTES = 200 };

typedef struct name_space {
    size_t depth;
    sr_str prefix; /* empty: the default */
    sr_str uri;
} name_space;

/* Fields of the feed itself. */
typedef enum feed_field {
    FEED_TITLE,
    FEED_LINK,
    FEED_LANGUAGE,
    FEED_AUTHOR,
    FEED_FIELDS
} feed_field;

typedef struct head_state {
    sr_arena *arena;
    sr_xml_context *made;
    size_t depth;
    bool marked;
    bool is_feed[MAX_DEPTH]; /* the element at this depth is the feed or channel */
    sr_str bases[MAX_DEPTH];
    sr_str languages[MAX_DEPTH];
    name_space spaces[MAX_SPACES];
    size_t n_spaces;
    feed_field field; /* being read; FEED_FIELDS: none */
    size_t field_depth;
    bool had_author; /* before the one being read */
    sr_buffer value;
    sr_str values[FEED_FIELDS];
} head_state;

static sr_str keep(sr_arena *arena, sr_str text)
{
    return text.n_bytes ? sr_arena_copy(arena, text) : sr_str_make("", 0);
}

static feed_field field_of(const sr_xml_element *element)
{
    static const struct {
        const char *name;
        feed_field field;
    } NAMES[] = {{"title", FEED_TITLE},       {"link", FEED_LINK},
                 {"language", FEED_LANGUAGE}, {"creator", FEED_AUTHOR},
                 {"author", FEED_AUTHOR},     {"managingEditor", FEED_AUTHOR}};
    for (size_t i = 0; i < SR_ARRAY_COUNT(NAMES); i++) {
        if (strcmp(element->name, NAMES[i].name) == 0) {
            return NAMES[i].field;
        }
    }
    return FEED_FIELDS;
}

/* At the mark: what is in scope becomes the start tag of every item. */
static sr_status write_open(head_state *state)
{
    sr_buffer *out = &state->value;
    sr_buffer_clear(out);
    SR_TRY(sr_buffer_append_text(out, "<x"));
    for (size_t i = 0; i < state->n_spaces; i++) {
        const name_space *space = &state->spaces[i];
        bool hidden = false;
        for (size_t j = i + 1; j < state->n_spaces; j++) {
            hidden = hidden || sr_str_equal(space->prefix, state->spaces[j].prefix);
        }
        if (hidden) {
            continue;
        }
        SR_TRY(sr_buffer_append_text(out, space->prefix.n_bytes ? " xmlns:" : " xmlns"));
        SR_TRY(sr_buffer_append_str(out, space->prefix));
        SR_TRY(sr_buffer_append_text(out, "=\""));
        SR_TRY(sr_buffer_append_html(out, space->uri));
        SR_TRY(sr_buffer_append_text(out, "\""));
    }
    SR_TRY(sr_buffer_append_text(out, ">"));
    state->made->open = keep(state->arena, sr_buffer_view(out));
    for (size_t d = state->depth < MAX_DEPTH ? state->depth : MAX_DEPTH; d-- > 0;) {
        sr_xml_context *made = state->made;
        made->base = made->base.n_bytes ? made->base : state->bases[d];
        made->language = made->language.n_bytes ? made->language : state->languages[d];
    }
    state->marked = true;
    return SR_OK;
}

static sr_status open_scope(head_state *state, const sr_xml_element *element)
{
    size_t depth = state->depth;
    for (size_t i = 0; i < element->n_namespaces && state->n_spaces < MAX_SPACES; i++) {
        const char *uri = element->namespaces[2 * i + 1];
        state->spaces[state->n_spaces++] =
            (name_space){.depth = depth,
                         .prefix = keep(state->arena, sr_str_of(element->namespaces[2 * i])),
                         .uri = keep(state->arena, sr_str_of(uri))};
    }
    if (depth < MAX_DEPTH) {
        state->is_feed[depth] =
            strcmp(element->name, "channel") == 0 || strcmp(element->name, "feed") == 0;
        sr_str base = sr_xml_attribute_get(element, "xml:base");
        state->bases[depth] = keep(state->arena, base);
        for (size_t d = depth; base.n_bytes && d-- > 0;) {
            if (state->bases[d].n_bytes) { /* a base may be relative to an outer one */
                SR_TRY(sr_xml_resolve(base, state->bases[d], &state->value, &base));
                state->bases[depth] = keep(state->arena, base);
                break;
            }
        }
        state->languages[depth] = keep(state->arena, sr_xml_attribute_get(element, "xml:lang"));
    }
    return SR_OK;
}

static sr_status on_start(void *context, const sr_xml_element *element)
{
    head_state *state = context;
    if (strcmp(element->name, MARK) == 0) {
        SR_TRY(state->marked ? SR_OK : write_open(state));
        state->depth++;
        return SR_OK;
    }
    SR_TRY(open_scope(state, element));
    bool of_feed = state->depth > 0 && state->depth <= MAX_DEPTH &&
                   state->is_feed[state->depth - 1] && !state->marked;
    state->depth++;
    if (!of_feed) {
        if (state->field == FEED_AUTHOR) {
            sr_buffer_clear(&state->value);
        }
        return SR_OK;
    }
    state->had_author = state->values[FEED_AUTHOR].n_bytes > 0;
    state->field = field_of(element);
    state->field_depth = state->depth;
    sr_buffer_clear(&state->value);
    sr_str href = sr_xml_attribute_get(element, "href");
    sr_str rel = sr_xml_attribute_get(element, "rel");
    bool is_page = rel.n_bytes == 0 || sr_str_equal_text(rel, "alternate");
    if (state->field == FEED_LINK && href.n_bytes) {
        if (is_page && state->values[FEED_LINK].n_bytes == 0) {
            state->values[FEED_LINK] = keep(state->arena, href);
        }
        state->field = FEED_FIELDS;
    }
    return SR_OK;
}

/* Text of the field, or of one child of an author. */
static sr_status on_text(void *context, sr_str text)
{
    head_state *state = context;
    bool wanted = state->field != FEED_FIELDS && state->value.n_bytes < MAX_VALUE;
    return wanted ? sr_buffer_append_str(&state->value, text) : SR_OK;
}

static sr_status on_end(void *context, const char *name)
{
    head_state *state = context;
    if (state->field != FEED_FIELDS) {
        /* Of the first author the <name>, else what comes first. */
        bool is_name =
            state->field == FEED_AUTHOR && !state->had_author && strcmp(name, "name") == 0;
        sr_str value = sr_str_trim(sr_buffer_view(&state->value));
        bool whole = state->depth == state->field_depth || state->field == FEED_AUTHOR;
        if (whole && value.n_bytes && (is_name || state->values[state->field].n_bytes == 0)) {
            state->values[state->field] = keep(state->arena, value);
        }
        state->field = state->depth == state->field_depth ? FEED_FIELDS : state->field;
    }
    state->depth -= state->depth > 0;
    while (state->n_spaces && state->spaces[state->n_spaces - 1].depth >= state->depth) {
        state->n_spaces--;
    }
    return SR_OK;
}

/* ---------------------------------------------------------------- face */

static void find_encoding(sr_str head, const char *known, char name[SR_ENCODING_BYTES])
{
    sr_str start = sr_str_trim(head);
    const char *end = start.n_bytes > 5 && memcmp(start.data, "<?xml", 5) == 0
                          ? memchr(start.data, '>', start.n_bytes)
                          : NULL;
    sr_str declaration = sr_str_make(start.data, end ? (size_t)(end - start.data) : 0);
    if (known) {
        memcpy(name, known, strlen(known) + 1);
    } else if (!sr_encoding_find_declared(declaration, "encoding", name) ||
               !sr_encoding_keeps_ascii(name)) {
        memcpy(name, "UTF-8", 6);
    }
}

/* The head as UTF-8 with the mark behind it. */
static sr_status decode_head(const sr_xml_context *made, sr_str head, sr_buffer *out)
{
    sr_recoder recoder = {0};
    uint64_t n_bad = 0;
    bool sound = sr_encoding_is_utf8(made->encoding) && sr_json_is_utf8(head);
    sr_status status =
        sound ? sr_buffer_append_str(out, head)
              : sr_recoder_append(&recoder,
                                  sr_encoding_is_utf8(made->encoding) ? "CP1252" : made->encoding,
                                  head, out, &n_bad);
    sr_recoder_release(&recoder);
    return status == SR_OK ? sr_buffer_append_text(out, "<" MARK "/>") : status;
}

static sr_status copy_entities(sr_arena *arena, const sr_xml_entities *from, sr_xml_entities *to)
{
    sr_xml_entity *list = sr_arena_alloc(arena, (from->n + 1) * sizeof *list);
    if (!list) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < from->n; i++) {
        list[i] =
            (sr_xml_entity){keep(arena, from->list[i].name), keep(arena, from->list[i].value)};
    }
    *to = (sr_xml_entities){.list = list, .n = from->n};
    return SR_OK;
}

static sr_status read_head(head_state *state, sr_str head)
{
    static const sr_xml_handler HANDLER = {on_start, on_text, on_end};
    sr_xml_parser *parser;
    sr_buffer text;
    sr_xml_fault fault;
    SR_TRY(sr_xml_parser_create(&parser));
    sr_buffer_init(&text, SR_BUFFER_NO_LIMIT);
    sr_status status = decode_head(state->made, head, &text);
    sr_str document = sr_str_trim(sr_buffer_view(&text));
    if (status == SR_OK) {
        status = sr_xml_parse(parser, document, &HANDLER, state, NULL, &fault);
    }
    if (status == SR_OK) {
        status =
            copy_entities(state->arena, sr_xml_parser_declared(parser), &state->made->entities);
    }
    sr_buffer_release(&text);
    sr_xml_parser_free(parser);
    return status;
}

sr_status sr_xml_context_create(sr_arena *arena, sr_str head, const char *encoding,
                                sr_xml_context **out)
{
    sr_xml_context *made = sr_arena_alloc(arena, sizeof *made);
    if (!made) {
        return SR_ERR_MEMORY;
    }
    memset(made, 0, sizeof *made);
    made->open = sr_str_of("<x>");
    find_encoding(head, encoding, made->encoding);
    head_state state = {.arena = arena, .made = made, .field = FEED_FIELDS};
    sr_buffer_init(&state.value, SR_BUFFER_NO_LIMIT);
    sr_status status = read_head(&state, head);
    sr_buffer_release(&state.value);
    SR_TRY(status);
    made->source = state.values[FEED_TITLE];
    made->author = sr_xml_author_name(state.values[FEED_AUTHOR]);
    made->language = made->language.n_bytes ? made->language : state.values[FEED_LANGUAGE];
    made->base = made->base.n_bytes ? made->base : state.values[FEED_LINK];
    *out = made;
    return SR_OK;
}

void sr_xml_context_note_fault(sr_xml_context *context, uint64_t line, uint32_t code)
{
    uint64_t fault = line << 16 | (code & 0xffff);
    uint64_t first = atomic_load(&context->first_fault);
    while ((first == 0 || fault < first) &&
           !atomic_compare_exchange_weak(&context->first_fault, &first, fault)) {
    }
    atomic_fetch_add(&context->n_faulty, 1);
}

static const char *fault_text(uint32_t code)
{
    switch (code) {
    case XML_ERR_UNDECLARED_ENTITY:
        return "an entity that is not declared";
    case XML_ERR_NAME_REQUIRED:
    case XML_ERR_ENTITYREF_SEMICOL_MISSING:
        return "a & or < that is not escaped";
    case XML_ERR_TAG_NAME_MISMATCH:
        return "tags that do not match";
    case XML_ERR_TAG_NOT_FINISHED:
    case XML_ERR_GT_REQUIRED:
    case XML_ERR_LTSLASH_REQUIRED:
        return "an element that is not closed";
    case XML_ERR_INVALID_CHAR:
        return "a character that XML forbids";
    case XML_ERR_ATTRIBUTE_NOT_STARTED:
    case XML_ERR_ATTRIBUTE_WITHOUT_VALUE:
    case XML_ERR_ATTRIBUTE_REDEFINED:
    case XML_ERR_SPACE_REQUIRED:
        return "a faulty attribute";
    case XML_ERR_INVALID_ENCODING:
        return "bytes that are not in its encoding";
    default:
        return "ill-formed XML";
    }
}

bool sr_xml_context_fault(sr_xml_context *context, uint64_t *line, const char **text,
                          uint64_t *n_items)
{
    uint64_t fault = atomic_load(&context->first_fault);
    *line = fault >> 16;
    *text = fault_text((uint32_t)(fault & 0xffff));
    *n_items = atomic_load(&context->n_faulty);
    return fault != 0;
}

sr_str sr_xml_author_name(sr_str value)
{
    char last = value.n_bytes ? value.data[value.n_bytes - 1] : '\0';
    char opening = last == ')' ? '(' : last == '>' ? '<' : '\0';
    const char *open = opening ? memchr(value.data, opening, value.n_bytes) : NULL;
    const char *at = value.n_bytes ? memchr(value.data, '@', value.n_bytes) : NULL;
    if (!open || !at || memrchr(value.data, '@', value.n_bytes) != at) {
        return value; /* no address, or several people's */
    }
    size_t n_before = (size_t)(open - value.data);
    sr_str before = sr_str_trim(sr_str_make(value.data, n_before));
    sr_str inside = sr_str_trim(sr_str_make(open + 1, value.n_bytes - n_before - 2));
    sr_str name = at < open ? inside : before;
    return name.n_bytes ? name : value;
}

static bool has_scheme(sr_str link)
{
    size_t n = 0;
    while (n < link.n_bytes && ((link.data[n] | 0x20) >= 'a' && (link.data[n] | 0x20) <= 'z')) {
        n++;
    }
    return n > 1 && n < link.n_bytes && link.data[n] == ':';
}

sr_status sr_xml_resolve(sr_str link, sr_str base, sr_buffer *out, sr_str *resolved)
{
    enum { MAX_LINK = 8192 };
    *resolved = link;
    if (link.n_bytes == 0 || has_scheme(link) || !has_scheme(base) ||
        link.n_bytes + base.n_bytes > MAX_LINK) {
        return SR_OK;
    }
    sr_buffer_clear(out);
    SR_TRY(sr_buffer_append_str(out, link));
    SR_TRY(sr_buffer_append(out, "", 1));
    size_t at_base = out->n_bytes;
    SR_TRY(sr_buffer_append_str(out, base));
    SR_TRY(sr_buffer_append(out, "", 1));
    xmlChar *built = xmlBuildURI((const xmlChar *)out->data, (const xmlChar *)out->data + at_base);
    if (!built) {
        return SR_OK;
    }
    sr_buffer_clear(out);
    sr_status status = sr_buffer_append_text(out, (const char *)built);
    xmlFree(built);
    *resolved = sr_buffer_view(out);
    return status;
}
