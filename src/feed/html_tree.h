/* html_tree.h — a page as one array of nodes in document order, built from the events of libxml2's
 * HTML parser: smaller and faster to walk than libxml2's own tree, and without recursion.
 *
 *     <p>One <b>two</b></p>      0 p (end 4)  1 "One "  2 b (end 4)  3 "two"
 *
 * The descendants of node i are i + 1 … end − 1. */
#ifndef SR_FEED_HTML_TREE_H
#define SR_FEED_HTML_TREE_H

#include "base/buffer.h"

/* In the order of html_tags.inc. */
typedef enum sr_html_tag {
    SR_TAG_TEXT, /* a run of text */
    SR_TAG_OTHER,
#define SR_HTML_TAG(name, text, traits) SR_TAG_##name,
#include "feed/html_tags.inc"
#undef SR_HTML_TAG
    SR_TAG_COUNT
} sr_html_tag;

/* What the tags mean for the text. */
enum {
    SR_HTML_BLOCK = 1,   /* begins and ends a line */
    SR_HTML_SILENT = 2,  /* what it holds is never read as text */
    SR_HTML_BREAK = 4,   /* ends a line */
    SR_HTML_HEADING = 8, /* h1 … h6 */
};
unsigned sr_html_tag_traits(sr_html_tag tag);

typedef enum sr_html_attribute_name {
    SR_ATTRIBUTE_CLASS,
    SR_ATTRIBUTE_CONTENT,
    SR_ATTRIBUTE_DATETIME,
    SR_ATTRIBUTE_HIDDEN,
    SR_ATTRIBUTE_HREF,
    SR_ATTRIBUTE_ID,
    SR_ATTRIBUTE_ITEMPROP,
    SR_ATTRIBUTE_LANG,
    SR_ATTRIBUTE_NAME,
    SR_ATTRIBUTE_PROPERTY,
    SR_ATTRIBUTE_REL,
    SR_ATTRIBUTE_ROLE,
    SR_ATTRIBUTE_SRC,
    SR_ATTRIBUTE_STYLE,
    SR_ATTRIBUTE_TITLE,
    SR_ATTRIBUTE_TYPE,
    SR_ATTRIBUTE_COUNT
} sr_html_attribute_name;

typedef struct sr_html_attribute {
    size_t start; /* of the value in the tree's bytes */
    size_t n_bytes;
    sr_html_attribute_name name;
} sr_html_attribute;

typedef struct sr_html_node {
    uint32_t parent; /* itself for node 0 */
    uint32_t end;    /* index behind the last descendant */
    uint8_t tag;     /* sr_html_tag */
    uint8_t n_attributes;
    size_t start; /* text: of its bytes; an element: of its attributes */
    size_t n_bytes;
} sr_html_node;

enum { SR_HTML_MAX_DEPTH = 1000 };

/* Scratch of one thread; grows to the largest page seen. */
typedef struct sr_html_tree {
    sr_html_node *nodes; /* node 0 is the document */
    size_t n_nodes;
    size_t node_capacity;
    sr_html_attribute *attributes;
    size_t n_attributes;
    size_t attribute_capacity;
    sr_buffer bytes; /* of texts and attribute values */
    uint32_t open;   /* the innermost open element */
    uint32_t depth;
    bool too_deep; /* the rest of the page was not read */
    sr_status status;
    void *parser; /* libxml2's; NULL before the first page */
} sr_html_tree;

void sr_html_tree_init(sr_html_tree *tree);
void sr_html_tree_release(sr_html_tree *tree);
/* Reads a page or a piece of one; `html` is UTF-8 (what is ill-formed may be dropped).
 * SR_ERR_MEMORY. */
SR_MUST_USE sr_status sr_html_tree_parse(sr_html_tree *tree, sr_str html);
/* Empty where the element has none. */
sr_str sr_html_attribute_get(const sr_html_tree *tree, size_t node, sr_html_attribute_name name);
bool sr_html_attribute_has(const sr_html_tree *tree, size_t node, sr_html_attribute_name name);
static inline sr_str sr_html_text_of(const sr_html_tree *tree, size_t node)
{
    return sr_str_make(tree->bytes.data + tree->nodes[node].start, tree->nodes[node].n_bytes);
}

#endif
