/* xml_parse.h — libxml2 as a source of events: elements, attributes, text. Nothing is ever loaded
 * from outside (no external entity, no DTD, no network), entities that a document declares are
 * replaced once, in bounds, and names of HTML ("&nbsp;") are known without a declaration. What is
 * ill-formed is read as far as it goes. */
#ifndef SR_FEED_XML_PARSE_H
#define SR_FEED_XML_PARSE_H

#include "base/arena.h"
#include "base/buffer.h"

typedef struct sr_xml_attribute {
    const char *prefix; /* NULL: none */
    const char *name;
    sr_str value;
} sr_xml_attribute;

enum { SR_XML_MAX_ATTRIBUTES = 32 };

typedef struct sr_xml_element {
    const char *space;  /* URI of its namespace; NULL: none */
    const char *prefix; /* as written; NULL: none */
    const char *name;   /* without prefix */
    sr_xml_attribute attributes[SR_XML_MAX_ATTRIBUTES];
    size_t n_attributes;
    const char *const *namespaces; /* that it declares: prefix (NULL: default), URI, … */
    size_t n_namespaces;
} sr_xml_element;

/* The first attribute of that name without a prefix, or "xml:base" with one; data NULL: none. */
sr_str sr_xml_attribute_get(const sr_xml_element *element, const char *name);

/* Declared in a document's own DTD, with what it stands for in the end. */
typedef struct sr_xml_entity {
    sr_str name;
    sr_str value;
} sr_xml_entity;

typedef struct sr_xml_entities {
    sr_xml_entity *list;
    size_t n;
    size_t capacity;
    size_t n_bytes; /* of all values */
} sr_xml_entities;

typedef struct sr_xml_handler {
    sr_status (*start)(void *context, const sr_xml_element *element);
    sr_status (*text)(void *context, sr_str text);
    sr_status (*end)(void *context, const char *name);
} sr_xml_handler;

typedef struct sr_xml_parser sr_xml_parser;

SR_MUST_USE sr_status sr_xml_parser_create(sr_xml_parser **out);
void sr_xml_parser_free(sr_xml_parser *parser);
/* Reads a document, UTF-8 whatever it declares. `entities` are known already; NULL: those that it
 * declares are put into `declared` (strings in `arena`). `fault` gets the line of the first fault
 * and libxml2's number for it, 0 where it is well-formed. A failing handler ends the parse and its
 * status is returned. */
typedef struct sr_xml_fault {
    uint32_t line;
    uint32_t code;
} sr_xml_fault;
SR_MUST_USE sr_status sr_xml_parse(sr_xml_parser *parser, sr_str document,
                                   const sr_xml_handler *handler, void *context,
                                   const sr_xml_entities *entities, sr_xml_fault *fault);
/* What the last document declared; owned by the parser, until its next parse. */
const sr_xml_entities *sr_xml_parser_declared(const sr_xml_parser *parser);
/* The character that "#8217" or "#x2019" stands for; false where it is none. */
bool sr_xml_character(sr_str number, uint32_t *code_point);
/* A copy in which a lone `&`, a `<` that begins no markup, tags that do not match
 * (`<br>` among them) and characters that XML forbids do no harm. */
SR_MUST_USE sr_status sr_xml_repair(sr_str document, sr_buffer *repaired);

#endif
