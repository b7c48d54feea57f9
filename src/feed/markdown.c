/* markdown.c — shortcodes taken off, the rest read by cmark and walked. */
#include "feed/markdown.h"

#include "feed/front_matter.h"

#include <cmark.h>

/* ---------------------------------------------------------------- shortcodes */

static bool begins(sr_str text, const char *with)
{
    size_t n = strlen(with);
    return text.n_bytes >= n && memcmp(text.data, with, n) == 0;
}

/* What stands between the marks of a shortcode, as "highlight go" of `{{< highlight go >}}`; its
 * whole length, 0 where none begins. Hugo's, Liquid's and Nunjucks' forms. */
static size_t measure_shortcode(sr_str text, sr_str *inside)
{
    static const char *const ENDS[][2] = {
        {"{{<", ">}}"}, {"{{%", "%}}"}, {"{%", "%}"}, {"{#", "#}"}, {"{{", "}}"}};
    for (size_t i = 0; i < SR_ARRAY_COUNT(ENDS); i++) {
        if (!begins(text, ENDS[i][0])) {
            continue;
        }
        enum { MAX_BYTES = 4096 };
        size_t n_open = strlen(ENDS[i][0]);
        size_t n_close = strlen(ENDS[i][1]);
        size_t n_seen = text.n_bytes < MAX_BYTES ? text.n_bytes : MAX_BYTES;
        const char *end = memmem(text.data + n_open, n_seen - n_open, ENDS[i][1], n_close);
        if (end) {
            size_t n = (size_t)(end - text.data);
            *inside = sr_str_trim(sr_str_make(text.data + n_open, n - n_open));
            return n + n_close;
        }
    }
    return 0;
}

/* Shortcodes whose content is code or markup: it goes with them. */
static bool holds_code(sr_str inside)
{
    return begins(inside, "highlight") || begins(inside, "raw") || begins(inside, "comment");
}

static bool closes_code(sr_str inside)
{
    return begins(inside, "/highlight") || begins(inside, "endhighlight") ||
           begins(inside, "endraw") || begins(inside, "endcomment") || begins(inside, "/comment");
}

sr_status sr_markdown_drop_shortcodes(sr_str body, sr_buffer *out)
{
    bool in_code = false;
    size_t start = 0;
    sr_buffer_clear(out);
    for (size_t i = 0; i < body.n_bytes;) {
        const char *brace = memchr(body.data + i, '{', body.n_bytes - i);
        sr_str inside;
        i = brace ? (size_t)(brace - body.data) : body.n_bytes;
        size_t n = brace ? measure_shortcode(sr_str_make(brace, body.n_bytes - i), &inside) : 0;
        if (n == 0) {
            i += brace != NULL;
            continue;
        }
        if (!in_code) {
            SR_TRY(sr_buffer_append(out, body.data + start, i - start));
        }
        in_code = in_code ? !closes_code(inside) : holds_code(inside);
        i += n;
        start = i;
    }
    return sr_buffer_append(out, body.data + start, body.n_bytes - start);
}

/* ---------------------------------------------------------------- cmark */

static bool is_block_of_text(cmark_node_type type)
{
    return type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING;
}

static sr_status append_node(cmark_node *node, sr_buffer *text)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_TEXT:
    case CMARK_NODE_CODE: { /* a word in a sentence; blocks of code are left out */
        const char *literal = cmark_node_get_literal(node);
        return literal ? sr_buffer_append_text(text, literal) : SR_OK;
    }
    case CMARK_NODE_SOFTBREAK:
    case CMARK_NODE_LINEBREAK:
        return sr_buffer_append_text(text, " ");
    default:
        return SR_OK;
    }
}

static sr_status walk(cmark_iter *iter, sr_buffer *text, size_t title[2])
{
    bool has_title = false;
    size_t heading_at = 0;
    size_t n_images = 0;
    for (cmark_event_type event; (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
        cmark_node *node = cmark_iter_get_node(iter);
        cmark_node_type type = cmark_node_get_type(node);
        if (type == CMARK_NODE_IMAGE) {
            n_images += event == CMARK_EVENT_ENTER;
            n_images -= event == CMARK_EVENT_EXIT;
        }
        if (event == CMARK_EVENT_ENTER) {
            heading_at = type == CMARK_NODE_HEADING ? text->n_bytes : heading_at;
            SR_TRY(n_images ? SR_OK : append_node(node, text));
        } else if (is_block_of_text(type)) {
            if (type == CMARK_NODE_HEADING && !has_title &&
                cmark_node_get_heading_level(node) == 1) {
                has_title = true;
                title[0] = heading_at;
                title[1] = text->n_bytes - heading_at;
            }
            SR_TRY(sr_buffer_append_text(text, "\n"));
        }
    }
    return SR_OK;
}

sr_status sr_markdown_read(sr_str body, sr_buffer *scratch, sr_buffer *text, sr_str *title)
{
    size_t place[2] = {0, 0};
    SR_TRY(sr_markdown_drop_shortcodes(body, scratch));
    cmark_node *document = cmark_parse_document(scratch->data ? scratch->data : "",
                                                scratch->n_bytes, CMARK_OPT_DEFAULT);
    cmark_iter *iter = document ? cmark_iter_new(document) : NULL;
    sr_status status = iter ? walk(iter, text, place) : SR_ERR_MEMORY;
    cmark_iter_free(iter);
    cmark_node_free(document);
    *title = sr_str_make(text->data ? text->data + place[0] : NULL, place[1]);
    return status;
}

bool sr_markdown_is_likely(sr_str head)
{
    sr_str front;
    sr_str body;
    sr_front_kind kind = sr_front_matter_cut(head, &front, &body);
    if (kind == SR_FRONT_TOML) {
        return front.n_bytes && memchr(front.data, '=', front.n_bytes);
    }
    /* a first line "key: value" or "key:" */
    size_t n = 0;
    while (n < front.n_bytes &&
           (front.data[n] == '_' || front.data[n] == '-' ||
            (front.data[n] >= '0' && front.data[n] <= '9') ||
            ((front.data[n] | 0x20) >= 'a' && (front.data[n] | 0x20) <= 'z'))) {
        n++;
    }
    return kind == SR_FRONT_YAML && n && n < front.n_bytes && front.data[n] == ':';
}
