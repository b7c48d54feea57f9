/* html_main.h — which texts of a page are its article.
 *
 * A page is cut into lines: runs of text with no block's edge between them. The article is found in
 * three steps: what is furniture by its element or its name is set aside; the element whose lines
 * score best, and the neighbours that read like it, hold the article (the idea of Readability,
 * which is that of arc90); inside it, lines that look like links, heads of lists or calls go. */
#ifndef SR_FEED_HTML_MAIN_H
#define SR_FEED_HTML_MAIN_H

#include "feed/html_tree.h"

/* What is known of a node of the tree. */
typedef struct sr_html_mark {
    uint32_t block;    /* the innermost block element that it is in */
    uint32_t n_chars;  /* of text below it, white space as one */
    uint32_t n_linked; /* of these, inside links */
    uint32_t n_prose;  /* of these, in lines that read like prose */
    uint32_t n_lines;  /* prose lines below it */
    int32_t score;     /* how much it looks like what holds the article */
    uint8_t judgement; /* SR_HTML_NAME_… of its names */
    bool dropped;      /* it or what it is in is not read */
    bool linked;       /* inside a link */
} sr_html_mark;

typedef struct sr_html_line {
    uint32_t first; /* text nodes */
    uint32_t last;
    uint32_t block; /* the element that makes it a line */
    uint32_t n_chars;
    uint32_t n_linked;
    uint32_t n_commas;
    bool kept;
} sr_html_line;

typedef struct sr_html_main {
    sr_html_mark *marks; /* one a node */
    size_t mark_capacity;
    sr_html_line *lines;
    size_t n_lines;
    size_t line_capacity;
} sr_html_main;

void sr_html_main_init(sr_html_main *self);
void sr_html_main_release(sr_html_main *self);
/* Appends the article's text, a paragraph a line. */
SR_MUST_USE sr_status sr_html_main_read(sr_html_main *self, const sr_html_tree *tree,
                                        sr_buffer *text);
/* Appends all text: what a field holds is the article already. */
SR_MUST_USE sr_status sr_html_main_read_all(sr_html_main *self, const sr_html_tree *tree,
                                            sr_buffer *text);

#endif
