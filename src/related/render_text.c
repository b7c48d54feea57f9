/* render_text.c — the box as a reader sees it under an article:
 *
 *     Related Articles
 *
 *
 *     New York Post
 *     36 minutes ago
 *     - New York Post
 *     Ukrainian rescue worker finds wife, daughter and baby grandson dead
 *     A Ukrainian rescue worker who rushed to the scene of …
 *
 * A line whose field is unknown is left out. Below the lead stand, where they apply, the other
 * places of the same story, with --why the shared terms, the articles between and the factor of
 * time, and the mark of a fallback item.
 */
#include "related/render.h"

#include "base/date.h"

static sr_status append_line(sr_buffer *out, const char *before, sr_str text, size_t max_characters)
{
    size_t start = out->n_bytes;
    SR_TRY(sr_buffer_append_text(out, before));
    size_t n_before = out->n_bytes;
    SR_TRY(sr_render_line(out, text, max_characters));
    if (out->n_bytes == n_before) {
        out->n_bytes = start;
        return SR_OK;
    }
    return sr_buffer_append_text(out, "\n");
}

static sr_status append_name(sr_buffer *out, sr_str text)
{
    return sr_render_line(out, text, 0);
}

static sr_status append_percent(sr_buffer *out, double share)
{
    return sr_buffer_append_format(out, " %u %%", (unsigned)(share * 100.0 + 0.5));
}

static sr_status append_reasons(sr_buffer *out, const sr_box_item *item)
{
    for (size_t i = 0; i < item->n_reasons; i++) {
        SR_TRY(sr_buffer_append_text(out, i ? ", " : "Shared: "));
        SR_TRY(sr_render_line(out, item->reasons[i].term, 0));
        SR_TRY(append_percent(out, item->reasons[i].share));
    }
    return item->n_reasons ? sr_buffer_append_text(out, "\n") : SR_OK;
}

/* The articles between, by title where they have one; the factor of time where it is none of 1. */
static sr_status append_vias(sr_buffer *out, const sr_box_item *item)
{
    for (size_t i = 0; i < item->n_vias; i++) {
        const sr_via *via = &item->vias[i];
        SR_TRY(sr_buffer_append_text(out, i ? "; " : "By way of: "));
        SR_TRY(sr_render_line(out, via->title.n_bytes ? via->title : via->id, 0));
        SR_TRY(append_percent(out, via->share));
    }
    SR_TRY(sr_buffer_append_text(out, item->n_vias ? "\n" : ""));
    if (item->time_factor > 0.0 && item->time_factor < 0.995) {
        SR_TRY(sr_buffer_append_text(out, "Time: score times"));
        SR_TRY(append_percent(out, item->time_factor));
        SR_TRY(sr_buffer_append_text(out, "\n"));
    }
    return SR_OK;
}

static sr_status append_item(sr_buffer *out, const sr_box_item *item, int64_t now_s)
{
    const sr_article *article = &item->shown.article;
    char age[SR_AGE_TEXT_BYTES];
    sr_age_format(article->published_s, now_s, age);
    SR_TRY(append_line(out, "", article->source, 0));
    SR_TRY(append_line(out, "", sr_str_of(age), 0));
    SR_TRY(append_line(out, "- ", article->source, 0));
    SR_TRY(sr_render_title(out, article));
    SR_TRY(sr_buffer_append_text(out, "\n"));
    SR_TRY(append_line(out, "", sr_render_lead(article), SR_SHOWN_LEAD_CHARACTERS));
    if (item->shown.n_also) {
        SR_TRY(sr_render_also(out, item, append_name));
        SR_TRY(sr_buffer_append_text(out, "\n"));
    }
    SR_TRY(append_reasons(out, item));
    SR_TRY(append_vias(out, item));
    return item->shown.fallback
               ? sr_buffer_append_text(out, item->shown.score > 0.0
                                                ? "(hardly related)\n"
                                                : "(not related: one of the newest articles)\n")
               : SR_OK;
}

sr_status sr_box_render_text(const sr_boxes *boxes, size_t number, int64_t now_s, sr_buffer *out)
{
    const sr_box *box = &boxes->boxes[number];
    SR_TRY(sr_buffer_append_text(out, number ? "\nRelated Articles" : "Related Articles"));
    if (boxes->n_boxes > 1) {
        SR_TRY(sr_buffer_append_text(out, ": "));
        SR_TRY(sr_render_line(out, box->query_id, 0));
    }
    SR_TRY(sr_buffer_append_text(out, "\n\n"));
    for (size_t i = 0; i < box->n_items; i++) {
        SR_TRY(sr_buffer_append_text(out, "\n"));
        SR_TRY(append_item(out, &box->items[i], now_s));
    }
    if (box->shortage) {
        SR_TRY(sr_buffer_append_format(
            out, "%s: %s\n", box->n_items ? "\nNo more" : "No related articles", box->shortage));
    }
    return SR_OK;
}
