/* render_html.c — one box as an HTML fragment to put on a page: a labelled <aside>, an ordered
 * list, an <article> an item, absolute dates in <time>. No style of its own: related.css beside
 * this file is a sample for the classes.
 *
 * Everything from a feed is escaped, and an address becomes a link only when it is http, https or
 * relative: a feed must not bring a script onto the page.
 */
#include "related/render.h"

#include "base/date.h"

enum { DATE_BYTES = 10 }; /* of "2026-05-26" */

static bool is_scheme_web(sr_str scheme)
{
    static const char *const WEB[] = {"http", "https"};
    for (size_t i = 0; i < SR_ARRAY_COUNT(WEB); i++) {
        size_t n_bytes = strlen(WEB[i]);
        size_t n_same = 0;
        while (n_same < n_bytes && n_same < scheme.n_bytes &&
               (scheme.data[n_same] | 0x20) == WEB[i][n_same]) {
            n_same++;
        }
        if (n_same == n_bytes && scheme.n_bytes == n_bytes) {
            return true;
        }
    }
    return false;
}

/* Anything in front of a colon that comes before the first "/", "?" or "#" is a scheme (RFC 3986,
 * section 4.2). */
static bool is_web_address(sr_str url)
{
    for (size_t i = 0; i < url.n_bytes; i++) {
        switch (url.data[i]) {
        case ':':
            return is_scheme_web(sr_str_make(url.data, i));
        case '/':
        case '?':
        case '#':
            return true;
        default:
            break;
        }
    }
    return url.n_bytes > 0;
}

/* `before` text `after`, or nothing where there is no text. */
static sr_status append_element(sr_buffer *out, const char *before, sr_str text, const char *after)
{
    if (text.n_bytes == 0) {
        return SR_OK;
    }
    SR_TRY(sr_buffer_append_text(out, before));
    SR_TRY(sr_buffer_append_html(out, text));
    return sr_buffer_append_text(out, after);
}

static sr_status append_title(sr_buffer *out, const sr_article *article)
{
    bool is_link = is_web_address(article->url);
    SR_TRY(sr_buffer_append_text(out, "<h3 class=\"simrank-title\">"));
    if (is_link) {
        SR_TRY(append_element(out, "<a href=\"", article->url, "\">"));
    }
    sr_buffer title;
    sr_buffer_init(&title, SR_BUFFER_NO_LIMIT);
    sr_status status = sr_render_title(&title, article);
    if (status == SR_OK) {
        status = sr_buffer_append_html(out, sr_buffer_view(&title));
    }
    sr_buffer_release(&title);
    SR_TRY(status);
    return sr_buffer_append_text(out, is_link ? "</a></h3>\n" : "</h3>\n");
}

static sr_status append_byline(sr_buffer *out, const sr_article *article)
{
    char time[SR_TIME_TEXT_BYTES];
    sr_time_format(article->published_s, time);
    if (article->source.n_bytes == 0 && !time[0]) {
        return SR_OK;
    }
    SR_TRY(sr_buffer_append_text(out, "<p class=\"simrank-byline\">"));
    SR_TRY(append_element(out, "<span class=\"simrank-source\">", article->source, "</span>"));
    if (time[0]) {
        SR_TRY(sr_buffer_append_format(
            out, "%s<time class=\"simrank-date\" datetime=\"%s\">%.*s</time>",
            article->source.n_bytes ? " " : "", time,
            (int)(strchr(time, 'T') ? strchr(time, 'T') - time : DATE_BYTES), time));
    }
    return sr_buffer_append_text(out, "</p>\n");
}

static sr_status append_lead(sr_buffer *out, sr_str lead)
{
    sr_buffer line;
    sr_buffer_init(&line, SR_BUFFER_NO_LIMIT);
    sr_status status = sr_render_line(&line, lead, SR_SHOWN_LEAD_CHARACTERS);
    if (status == SR_OK) {
        status = append_element(out, "<p class=\"simrank-lead\">", sr_buffer_view(&line), "</p>\n");
    }
    sr_buffer_release(&line);
    return status;
}

static sr_status append_item(sr_buffer *out, const sr_box_item *item)
{
    const sr_article *article = &item->shown.article;
    SR_TRY(sr_buffer_append_text(out, item->shown.fallback
                                          ? "<li class=\"simrank-item simrank-fallback\">\n<article"
                                          : "<li class=\"simrank-item\">\n<article"));
    SR_TRY(append_element(out, " lang=\"", article->language, "\""));
    SR_TRY(sr_buffer_append_text(out, ">\n"));
    SR_TRY(append_title(out, article));
    SR_TRY(append_byline(out, article));
    if (is_web_address(article->image)) {
        SR_TRY(append_element(out, "<img class=\"simrank-image\" src=\"", article->image,
                              "\" alt=\"\" loading=\"lazy\">\n"));
    }
    SR_TRY(append_lead(out, sr_render_lead(article)));
    if (item->shown.n_also) {
        SR_TRY(sr_buffer_append_text(out, "<p class=\"simrank-also\">"));
        SR_TRY(sr_render_also(out, item, sr_buffer_append_html));
        SR_TRY(sr_buffer_append_text(out, "</p>\n"));
    }
    return sr_buffer_append_text(out, "</article>\n</li>\n");
}

sr_status sr_box_render_html(const sr_boxes *boxes, size_t number, sr_buffer *out)
{
    const sr_box *box = &boxes->boxes[number];
    SR_TRY(sr_buffer_append_format(
        out, "<aside class=\"simrank-related\" aria-labelledby=\"simrank-related-%zu\"",
        number + 1));
    if (boxes->n_boxes > 1) {
        SR_TRY(append_element(out, " data-query=\"", box->query_id, "\""));
    }
    SR_TRY(sr_buffer_append_format(
        out, ">\n<h2 class=\"simrank-heading\" id=\"simrank-related-%zu\">Related Articles</h2>\n",
        number + 1));
    if (box->n_items) {
        SR_TRY(sr_buffer_append_text(out, "<ol class=\"simrank-items\">\n"));
        for (size_t i = 0; i < box->n_items; i++) {
            SR_TRY(append_item(out, &box->items[i]));
        }
        SR_TRY(sr_buffer_append_text(out, "</ol>\n"));
    }
    if (box->shortage) {
        SR_TRY(sr_buffer_append_format(out, "<p class=\"simrank-shortage\">%s: %s.</p>\n",
                                       box->n_items ? "No more" : "No related articles",
                                       box->shortage));
    }
    return sr_buffer_append_text(out, "</aside>\n");
}
