/* xml_parse.c — the SAX2 interface of libxml2 with handlers of our own, which is what keeps the
 * outside out: libxml2 only fetches what its own handlers ask for. */
#include "feed/xml_parse.h"

#include "base/utf8.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <stdlib.h>

enum { MAX_NAME = 64, MAX_ENTITIES = 512, MAX_ENTITY_BYTES = 64 * 1024, MAX_ALL_BYTES = 1 << 20 };

struct sr_xml_parser {
    xmlParserCtxt *libxml;
    const sr_xml_handler *handler;
    void *context;
    sr_status status;
    const sr_xml_entities *entities;
    sr_xml_entities declared;
    sr_arena arena; /* of the declared ones */
    sr_buffer scratch;
    xmlEntity entity; /* the one that was asked for last */
    sr_buffer entity_value;
    size_t n_expanded; /* bytes that entities gave to this document */
    sr_xml_fault fault;
};

sr_str sr_xml_attribute_get(const sr_xml_element *element, const char *name)
{
    const char *local = strchr(name, ':');
    size_t n_prefix = local ? (size_t)(local - name) : 0;
    local = local ? local + 1 : name;
    for (size_t i = 0; i < element->n_attributes; i++) {
        const sr_xml_attribute *a = &element->attributes[i];
        bool same = a->prefix
                        ? n_prefix == strlen(a->prefix) && memcmp(a->prefix, name, n_prefix) == 0
                        : n_prefix == 0;
        if (same && strcmp(a->name, local) == 0) {
            return a->value;
        }
    }
    return sr_str_make(NULL, 0);
}

/* ---------------------------------------------------------------- entities */

static const sr_xml_entity *find_entity(const sr_xml_entities *entities, sr_str name)
{
    for (size_t i = 0; entities && i < entities->n; i++) {
        if (sr_str_equal(entities->list[i].name, name)) {
            return &entities->list[i];
        }
    }
    return NULL;
}

/* Appends what `name` (without & and ;) stands for; false where nothing is known. */
static bool append_reference(sr_str name, const sr_xml_entities *known, sr_buffer *out,
                             sr_status *status)
{
    char bytes[SR_UTF8_MAX_BYTES];
    char text[32];
    uint32_t code_point;
    if (name.n_bytes && name.data[0] == '#') {
        if (!sr_xml_character(name, &code_point)) {
            return false;
        }
        *status = sr_buffer_append(out, bytes, sr_utf8_encode(code_point, bytes));
        return true;
    }
    const sr_xml_entity *entity = find_entity(known, name);
    if (entity) {
        *status = sr_buffer_append_str(out, entity->value);
        return true;
    }
    if (name.n_bytes == 0 || name.n_bytes >= sizeof text) {
        return false;
    }
    memcpy(text, name.data, name.n_bytes);
    text[name.n_bytes] = '\0';
    const htmlEntityDesc *html = htmlEntityLookup((const xmlChar *)text);
    if (html) {
        *status = sr_buffer_append(out, bytes, sr_utf8_encode(html->value, bytes));
    }
    return html != NULL;
}

/* The value of a declaration with the references in it replaced, each by a value that is whole
 * already: nothing is replaced twice, and nothing grows beyond the buffer's bound. What a reference
 * means that nobody knows is nothing. */
static sr_status expand(sr_str value, const sr_xml_entities *known, sr_buffer *out)
{
    for (size_t at = 0; at < value.n_bytes;) {
        sr_str rest = sr_str_make(value.data + at, value.n_bytes - at);
        size_t n_near = rest.n_bytes < MAX_NAME ? rest.n_bytes : MAX_NAME;
        const char *end = rest.data[0] == '&' ? memchr(rest.data, ';', n_near) : NULL;
        size_t n = end ? (size_t)(end - rest.data) : 0;
        sr_status status = SR_OK;
        if (n > 1) {
            (void)append_reference(sr_str_make(rest.data + 1, n - 1), known, out, &status);
        } else {
            status = sr_buffer_append(out, rest.data, 1);
        }
        SR_TRY(status);
        at += n + 1; /* n is 0 where one byte was copied */
    }
    return SR_OK;
}

static sr_status declare(sr_xml_parser *parser, const char *name, const char *value)
{
    sr_xml_entities *declared = &parser->declared;
    if (declared->n >= MAX_ENTITIES || find_entity(declared, sr_str_of(name))) {
        return SR_OK; /* the first declaration counts */
    }
    sr_buffer_clear(&parser->scratch);
    sr_status status = expand(sr_str_of(value), declared, &parser->scratch);
    if (status == SR_ERR_LIMIT || declared->n_bytes + parser->scratch.n_bytes > MAX_ALL_BYTES) {
        return SR_OK; /* a bomb stays undeclared */
    }
    SR_TRY(status);
    SR_TRY(sr_array_reserve((void **)&declared->list, &declared->capacity, declared->n + 1,
                            sizeof *declared->list));
    sr_xml_entity entity = {sr_arena_copy(&parser->arena, sr_str_of(name)),
                            sr_arena_copy(&parser->arena, sr_buffer_view(&parser->scratch))};
    if (!entity.name.data || !entity.value.data) {
        return SR_ERR_MEMORY;
    }
    declared->n_bytes += entity.value.n_bytes;
    declared->list[declared->n++] = entity;
    return SR_OK;
}

/* ---------------------------------------------------------------- events */

/* libxml2 drops entities after a fault unless it is told that all is well. */
static bool goes_on(sr_xml_parser *parser)
{
    parser->libxml->wellFormed = 1;
    return parser->status == SR_OK;
}

static void check(sr_xml_parser *parser, sr_status status)
{
    if (status != SR_OK && parser->status == SR_OK) {
        parser->status = status;
        xmlStopParser(parser->libxml);
    }
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int n_namespaces, const xmlChar **namespaces, int n_attributes,
                     int n_defaulted, const xmlChar **attributes)
{
    sr_xml_parser *parser = context;
    (void)n_defaulted;
    if (!goes_on(parser)) {
        return;
    }
    sr_xml_element element = {.space = (const char *)uri,
                              .prefix = (const char *)prefix,
                              .name = (const char *)name,
                              .namespaces = (const char *const *)namespaces,
                              .n_namespaces = (size_t)n_namespaces};
    for (int i = 0; i < n_attributes && element.n_attributes < SR_XML_MAX_ATTRIBUTES; i++) {
        const char *const *a = (const char *const *)attributes + 5 * i;
        element.attributes[element.n_attributes++] = (sr_xml_attribute){
            .prefix = a[1], .name = a[0], .value = sr_str_make(a[3], (size_t)(a[4] - a[3]))};
    }
    check(parser, parser->handler->start(parser->context, &element));
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    sr_xml_parser *parser = context;
    (void)prefix;
    (void)uri;
    if (goes_on(parser)) {
        check(parser, parser->handler->end(parser->context, (const char *)name));
    }
}

static void on_text(void *context, const xmlChar *text, int n_bytes)
{
    sr_xml_parser *parser = context;
    if (goes_on(parser) && n_bytes > 0) {
        check(parser, parser->handler->text(parser->context,
                                            sr_str_make((const char *)text, (size_t)n_bytes)));
    }
}

static void on_entity_declaration(void *context, const xmlChar *name, int type,
                                  const xmlChar *public_id, const xmlChar *system_id,
                                  xmlChar *value)
{
    sr_xml_parser *parser = context;
    (void)public_id;
    (void)system_id;
    if (goes_on(parser) && type == XML_INTERNAL_GENERAL_ENTITY && value && !parser->entities) {
        check(parser, declare(parser, (const char *)name, (const char *)value));
    }
}

static xmlEntity *on_entity(void *context, const xmlChar *name)
{
    sr_xml_parser *parser = context;
    sr_status status = SR_OK;
    bool in_attribute = parser->libxml->instate == XML_PARSER_ATTRIBUTE_VALUE;
    sr_buffer *value = &parser->entity_value;
    sr_buffer_clear(value);
    if (!goes_on(parser) ||
        !append_reference(sr_str_of((const char *)name),
                          parser->entities ? parser->entities : &parser->declared, value,
                          &status)) {
        return NULL;
    }
    status = status == SR_OK ? sr_buffer_append(value, "", 1) : status;
    check(parser, status);
    parser->n_expanded += value->n_bytes;
    /* In an attribute libxml2 would read references in the value again. */
    if (status != SR_OK || parser->n_expanded > MAX_ALL_BYTES ||
        (in_attribute && strchr(value->data, '&'))) {
        return NULL;
    }
    parser->entity = (xmlEntity){.type = XML_ENTITY_DECL,
                                 .name = name,
                                 .content = (xmlChar *)value->data,
                                 .orig = (xmlChar *)value->data,
                                 .length = (int)value->n_bytes - 1,
                                 .etype = in_attribute ? XML_INTERNAL_GENERAL_ENTITY
                                                       : XML_INTERNAL_PREDEFINED_ENTITY};
    return &parser->entity;
}

static void on_error(void *context, xmlError *error)
{
    sr_xml_parser *parser = context;
    /* A prefix that nobody declared, or a DTD that is elsewhere, harms nobody. */
    bool counts = error->level >= XML_ERR_ERROR && error->domain != XML_FROM_NAMESPACE &&
                  error->code != XML_WAR_UNDECLARED_ENTITY && error->code != XML_ERR_USER_STOP;
    if (counts && parser->fault.code == 0) {
        parser->fault = (sr_xml_fault){.line = error->line > 0 ? (uint32_t)error->line : 1,
                                       .code = (uint32_t)error->code};
    }
    if (error->code == XML_ERR_NO_MEMORY) {
        check(parser, SR_ERR_MEMORY);
    }
}

/* ---------------------------------------------------------------- face */

sr_status sr_xml_parser_create(sr_xml_parser **out)
{
    sr_xml_parser *parser = calloc(1, sizeof *parser);
    xmlParserCtxt *libxml = parser ? xmlNewParserCtxt() : NULL;
    if (!libxml) {
        free(parser);
        return SR_ERR_MEMORY;
    }
    parser->libxml = libxml;
    sr_arena_init(&parser->arena);
    sr_buffer_init(&parser->scratch, MAX_ENTITY_BYTES);
    sr_buffer_init(&parser->entity_value, SR_BUFFER_NO_LIMIT);
    xmlSAXHandler *sax = libxml->sax;
    memset(sax, 0, sizeof *sax);
    sax->initialized = XML_SAX2_MAGIC;
    sax->startElementNs = on_start;
    sax->endElementNs = on_end;
    sax->characters = on_text;
    sax->ignorableWhitespace = on_text;
    sax->cdataBlock = on_text;
    sax->getEntity = on_entity;
    sax->entityDecl = on_entity_declaration;
    sax->serror = on_error;
    libxml->userData = parser;
    *out = parser;
    return SR_OK;
}

void sr_xml_parser_free(sr_xml_parser *parser)
{
    if (parser) {
        xmlFreeParserCtxt(parser->libxml);
        sr_arena_release(&parser->arena);
        sr_buffer_release(&parser->scratch);
        sr_buffer_release(&parser->entity_value);
        free(parser->declared.list);
        free(parser);
    }
}

const sr_xml_entities *sr_xml_parser_declared(const sr_xml_parser *parser)
{
    return &parser->declared;
}

sr_status sr_xml_parse(sr_xml_parser *parser, sr_str document, const sr_xml_handler *handler,
                       void *context, const sr_xml_entities *entities, sr_xml_fault *fault)
{
    parser->handler = handler;
    parser->context = context;
    parser->entities = entities;
    parser->status = SR_OK;
    parser->fault = (sr_xml_fault){0};
    parser->n_expanded = 0;
    parser->declared.n = 0;
    parser->declared.n_bytes = 0;
    sr_arena_reset(&parser->arena);
    if (document.n_bytes > INT32_MAX) {
        return SR_ERR_LIMIT;
    }
    xmlDoc *tree = xmlCtxtReadMemory(
        parser->libxml, document.data, (int)document.n_bytes, NULL, "UTF-8",
        XML_PARSE_RECOVER | XML_PARSE_NOENT | XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
    xmlFreeDoc(tree);
    *fault = parser->fault;
    return parser->status;
}
