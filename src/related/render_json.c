/* render_json.c — one box as a JSON object on one line:
 *
 *     {"query":{"id"},"commit","items":[{"id","title","url","source","author","published","lead","image","score",
 *      "fallback","also":[{"id","source","url"}],"why":[{"term","share"}],"via":[{"id","title","share"}],"time"}],
 *      "shortage"}
 *
 * `published` is RFC 3339 or null; `why`, `via` and `time` (a factor, .8 to 1; 0 of a fallback
 * item, whose score is none) stand there only when they were asked for, `shortage` (a sentence)
 * only when there are fewer items than asked for. Fields may be added, never renamed.
 */
#include "related/render.h"

#include "base/date.h"

/* `,"name":"value"` */
static sr_status append_member(sr_buffer *out, const char *name, sr_str value)
{
    SR_TRY(sr_buffer_append_format(out, ",\"%s\":", name));
    return sr_buffer_append_json(out, value);
}

static sr_status append_published(sr_buffer *out, int64_t published_s)
{
    char text[SR_TIME_TEXT_BYTES];
    sr_time_format(published_s, text);
    return text[0] ? append_member(out, "published", sr_str_of(text))
                   : sr_buffer_append_text(out, ",\"published\":null");
}

static sr_status append_also(sr_buffer *out, const sr_box_item *item)
{
    SR_TRY(sr_buffer_append_text(out, ",\"also\":["));
    for (uint32_t i = 0; i < item->shown.n_also; i++) {
        SR_TRY(sr_buffer_append_text(out, i ? ",{\"id\":" : "{\"id\":"));
        SR_TRY(sr_buffer_append_json(out, item->also[i].id));
        SR_TRY(append_member(out, "source", item->also[i].source));
        SR_TRY(append_member(out, "url", item->also[i].url));
        SR_TRY(sr_buffer_append_text(out, "}"));
    }
    return sr_buffer_append_text(out, "]");
}

static sr_status append_reasons(sr_buffer *out, const sr_box_item *item)
{
    SR_TRY(sr_buffer_append_text(out, ",\"why\":["));
    for (size_t i = 0; i < item->n_reasons; i++) {
        SR_TRY(sr_buffer_append_text(out, i ? ",{\"term\":" : "{\"term\":"));
        SR_TRY(sr_buffer_append_json(out, item->reasons[i].term));
        SR_TRY(sr_buffer_append_text(out, ",\"share\":"));
        SR_TRY(sr_render_score(out, item->reasons[i].share, 4));
        SR_TRY(sr_buffer_append_text(out, "}"));
    }
    return sr_buffer_append_text(out, "]");
}

static sr_status append_vias(sr_buffer *out, const sr_box_item *item)
{
    SR_TRY(sr_buffer_append_text(out, ",\"via\":["));
    for (size_t i = 0; i < item->n_vias; i++) {
        SR_TRY(sr_buffer_append_text(out, i ? ",{\"id\":" : "{\"id\":"));
        SR_TRY(sr_buffer_append_json(out, item->vias[i].id));
        SR_TRY(append_member(out, "title", item->vias[i].title));
        SR_TRY(sr_buffer_append_text(out, ",\"share\":"));
        SR_TRY(sr_render_score(out, item->vias[i].share, 4));
        SR_TRY(sr_buffer_append_text(out, "}"));
    }
    SR_TRY(sr_buffer_append_text(out, "],\"time\":"));
    return sr_render_score(out, item->time_factor, 4);
}

static sr_status append_item(sr_buffer *out, const sr_box_item *item, bool has_reasons)
{
    const sr_article *article = &item->shown.article;
    SR_TRY(sr_buffer_append_text(out, "{\"id\":"));
    SR_TRY(sr_buffer_append_json(out, article->id));
    SR_TRY(append_member(out, "title", article->title));
    SR_TRY(append_member(out, "url", article->url));
    SR_TRY(append_member(out, "source", article->source));
    SR_TRY(append_member(out, "author", article->author));
    SR_TRY(append_published(out, article->published_s));
    SR_TRY(append_member(out, "lead", article->lead));
    SR_TRY(append_member(out, "image", article->image));
    SR_TRY(sr_buffer_append_text(out, ",\"score\":"));
    SR_TRY(sr_render_score(out, item->shown.score, 4));
    SR_TRY(
        sr_buffer_append_format(out, ",\"fallback\":%s", item->shown.fallback ? "true" : "false"));
    SR_TRY(append_also(out, item));
    if (has_reasons) {
        SR_TRY(append_reasons(out, item));
        SR_TRY(append_vias(out, item));
    }
    return sr_buffer_append_text(out, "}");
}

sr_status sr_box_render_json(const sr_boxes *boxes, size_t number, sr_buffer *out)
{
    const sr_box *box = &boxes->boxes[number];
    SR_TRY(sr_buffer_append_text(out, "{\"query\":{\"id\":"));
    SR_TRY(sr_buffer_append_json(out, box->query_id));
    SR_TRY(sr_buffer_append_format(out, "},\"commit\":%llu,\"items\":[",
                                   (unsigned long long)boxes->commit));
    for (size_t i = 0; i < box->n_items; i++) {
        SR_TRY(sr_buffer_append_text(out, i ? "," : ""));
        SR_TRY(append_item(out, &box->items[i], boxes->has_reasons));
    }
    SR_TRY(sr_buffer_append_text(out, "]"));
    if (box->shortage) {
        SR_TRY(append_member(out, "shortage", sr_str_of(box->shortage)));
    }
    return sr_buffer_append_text(out, "}");
}
