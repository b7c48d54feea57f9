/* html_tree.c — libxml2's events as nodes. */
#include "feed/html_tree.h"

#include "feed/encoding.h"

#include <libxml/HTMLparser.h>
#include <stdlib.h>

typedef struct tag_entry {
    const char *name;
    uint8_t traits;
} tag_entry;

static const tag_entry TAGS[SR_TAG_COUNT] = {
    {"", 0},
    {"", 0},
#define SR_HTML_TAG(name, text, traits) {text, traits},
#include "feed/html_tags.inc"
#undef SR_HTML_TAG
};

static const char *const ATTRIBUTES[SR_ATTRIBUTE_COUNT] = {
    "class", "content",  "datetime", "hidden", "href", "id",    "itemprop", "lang",
    "name",  "property", "rel",      "role",   "src",  "style", "title",    "type"};

unsigned sr_html_tag_traits(sr_html_tag tag)
{
    return TAGS[tag].traits;
}

static sr_html_tag tag_of_name(const char *name)
{
    size_t low = SR_TAG_OTHER + 1;
    size_t high = SR_TAG_COUNT;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(name, TAGS[middle].name);
        if (order == 0) {
            return (sr_html_tag)middle;
        }
        low = order > 0 ? middle + 1 : low;
        high = order > 0 ? high : middle;
    }
    return SR_TAG_OTHER;
}

static sr_html_attribute_name attribute_of_name(const char *name)
{
    for (int i = 0; i < SR_ATTRIBUTE_COUNT; i++) {
        if (name[0] == ATTRIBUTES[i][0] && strcmp(name, ATTRIBUTES[i]) == 0) {
            return (sr_html_attribute_name)i;
        }
    }
    return SR_ATTRIBUTE_COUNT;
}

static sr_status append_node(sr_html_tree *tree, sr_html_tag tag, size_t start)
{
    if (tree->n_nodes >= UINT32_MAX) {
        return SR_ERR_LIMIT;
    }
    SR_TRY(sr_array_reserve((void **)&tree->nodes, &tree->node_capacity, tree->n_nodes + 1,
                            sizeof *tree->nodes));
    tree->nodes[tree->n_nodes] = (sr_html_node){.parent = tree->open,
                                                .end = (uint32_t)tree->n_nodes + 1,
                                                .tag = (uint8_t)tag,
                                                .start = start};
    tree->n_nodes++;
    return SR_OK;
}

static sr_status append_attribute(sr_html_tree *tree, sr_html_attribute_name name, sr_str value)
{
    SR_TRY(sr_array_reserve((void **)&tree->attributes, &tree->attribute_capacity,
                            tree->n_attributes + 1, sizeof *tree->attributes));
    tree->attributes[tree->n_attributes++] =
        (sr_html_attribute){.start = tree->bytes.n_bytes, .name = name};
    SR_TRY(sr_encoding_append_meant(&tree->bytes, value));
    sr_html_attribute *made = &tree->attributes[tree->n_attributes - 1];
    made->n_bytes = tree->bytes.n_bytes - made->start;
    return SR_OK;
}

static sr_status open_element(sr_html_tree *tree, const char *name, const xmlChar **attributes)
{
    size_t node = tree->n_nodes;
    SR_TRY(append_node(tree, tag_of_name(name), tree->n_attributes));
    for (size_t i = 0; attributes && attributes[i]; i += 2) {
        sr_html_attribute_name known = attribute_of_name((const char *)attributes[i]);
        if (known != SR_ATTRIBUTE_COUNT && tree->nodes[node].n_attributes < UINT8_MAX) {
            SR_TRY(append_attribute(tree, known, sr_str_of((const char *)attributes[i + 1])));
            tree->nodes[node].n_attributes++;
        }
    }
    tree->open = (uint32_t)node;
    tree->depth++;
    return SR_OK;
}

/* ---------------------------------------------------------------- events */

static void fail(sr_html_tree *tree, sr_status status)
{
    if (tree->status == SR_OK) {
        tree->status = status;
        xmlStopParser(tree->parser);
    }
}

static void on_start(void *context, const xmlChar *name, const xmlChar **attributes)
{
    sr_html_tree *tree = context;
    if (tree->status != SR_OK || tree->too_deep) {
        return;
    }
    if (tree->depth >= SR_HTML_MAX_DEPTH) {
        tree->too_deep = true;
        xmlStopParser(tree->parser);
        return;
    }
    sr_status status = open_element(tree, (const char *)name, attributes);
    if (status != SR_OK) {
        fail(tree, status);
    }
}

static void close_element(sr_html_tree *tree)
{
    tree->nodes[tree->open].end = (uint32_t)tree->n_nodes;
    tree->open = tree->nodes[tree->open].parent;
    tree->depth--;
}

static void on_end(void *context, const xmlChar *name)
{
    sr_html_tree *tree = context;
    (void)name; /* the parser ends what it began, the innermost first */
    if (tree->status == SR_OK && !tree->too_deep && tree->depth) {
        close_element(tree);
    }
}

static void on_text(void *context, const xmlChar *text, int n_bytes)
{
    sr_html_tree *tree = context;
    if (tree->status != SR_OK || tree->too_deep || n_bytes <= 0) {
        return;
    }
    sr_html_node *last = &tree->nodes[tree->n_nodes - 1];
    bool goes_on = last->tag == SR_TAG_TEXT && last->parent == tree->open && tree->n_nodes > 1 &&
                   last->start + last->n_bytes == tree->bytes.n_bytes;
    sr_status status = SR_OK;
    if (!goes_on) {
        status = append_node(tree, SR_TAG_TEXT, tree->bytes.n_bytes);
    }
    if (status == SR_OK) {
        status = sr_encoding_append_meant(&tree->bytes,
                                          sr_str_make((const char *)text, (size_t)n_bytes));
    }
    if (status == SR_OK) {
        last = &tree->nodes[tree->n_nodes - 1];
        last->n_bytes = tree->bytes.n_bytes - last->start;
    } else {
        fail(tree, status);
    }
}

static void ignore_error(void *context, const char *format, ...)
{
    (void)context;
    (void)format;
}

/* ---------------------------------------------------------------- face */

void sr_html_tree_init(sr_html_tree *tree)
{
    *tree = (sr_html_tree){0};
    sr_buffer_init(&tree->bytes, SR_BUFFER_NO_LIMIT);
}

void sr_html_tree_release(sr_html_tree *tree)
{
    if (tree) {
        htmlFreeParserCtxt(tree->parser);
        free(tree->nodes);
        free(tree->attributes);
        sr_buffer_release(&tree->bytes);
        sr_html_tree_init(tree);
    }
}

static sr_status make_parser(sr_html_tree *tree)
{
    htmlParserCtxtPtr parser = htmlNewParserCtxt();
    if (!parser) {
        return SR_ERR_MEMORY;
    }
    xmlSAXHandler *sax = parser->sax;
    memset(sax, 0, sizeof *sax);
    sax->startElement = on_start;
    sax->endElement = on_end;
    sax->characters = on_text;
    sax->ignorableWhitespace = on_text;
    sax->cdataBlock = on_text;
    sax->error = ignore_error;
    sax->warning = ignore_error;
    parser->userData = tree;
    tree->parser = parser;
    return SR_OK;
}

sr_status sr_html_tree_parse(sr_html_tree *tree, sr_str html)
{
    tree->n_nodes = 0;
    tree->n_attributes = 0;
    sr_buffer_clear(&tree->bytes);
    tree->open = 0;
    tree->depth = 0;
    tree->too_deep = false;
    tree->status = SR_OK;
    SR_TRY(append_node(tree, SR_TAG_OTHER, 0));
    if (html.n_bytes == 0 || html.n_bytes > INT32_MAX) {
        return html.n_bytes ? SR_ERR_LIMIT : SR_OK;
    }
    if (!tree->parser) {
        SR_TRY(make_parser(tree));
    }
    htmlParserCtxtPtr parser = tree->parser;
    xmlDoc *document =
        htmlCtxtReadMemory(parser, html.data, (int)html.n_bytes, NULL, "UTF-8",
                           HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                               HTML_PARSE_NONET | HTML_PARSE_COMPACT | HTML_PARSE_IGNORE_ENC);
    xmlFreeDoc(document);
    if (parser->lastError.code == XML_ERR_NO_MEMORY) {
        tree->status = SR_ERR_MEMORY;
    }
    while (tree->depth) {
        close_element(tree);
    }
    tree->nodes[0].end = (uint32_t)tree->n_nodes;
    return tree->status;
}

sr_str sr_html_attribute_get(const sr_html_tree *tree, size_t node, sr_html_attribute_name name)
{
    const sr_html_node *n = &tree->nodes[node];
    for (size_t i = 0; n->tag != SR_TAG_TEXT && i < n->n_attributes; i++) {
        const sr_html_attribute *attribute = &tree->attributes[n->start + i];
        if (attribute->name == name) {
            return attribute->n_bytes
                       ? sr_str_make(tree->bytes.data + attribute->start, attribute->n_bytes)
                       : sr_str_make("", 0);
        }
    }
    return sr_str_make(NULL, 0);
}

bool sr_html_attribute_has(const sr_html_tree *tree, size_t node, sr_html_attribute_name name)
{
    const sr_html_node *n = &tree->nodes[node];
    for (size_t i = 0; n->tag != SR_TAG_TEXT && i < n->n_attributes; i++) {
        if (tree->attributes[n->start + i].name == name) {
            return true;
        }
    }
    return false;
}
