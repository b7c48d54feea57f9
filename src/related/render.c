/* render.c — the choice of a format, the tabular ones, and what the formats have in common (see
 * render.h). */
#include "related/render.h"

#include "base/utf8.h"

sr_status sr_render_score(sr_buffer *out, double score, unsigned n_decimals)
{
    uint64_t unit = 1;
    for (unsigned i = 0; i < n_decimals; i++) {
        unit *= 10;
    }
    uint64_t fixed = (uint64_t)(score * (double)unit + 0.5);
    fixed = fixed == 0 && score > 0.0 ? 1 : fixed;
    return sr_buffer_append_format(out, "%llu.%0*llu", (unsigned long long)(fixed / unit),
                                   (int)n_decimals, (unsigned long long)(fixed % unit));
}

static bool is_blank(uint32_t code_point)
{
    return code_point <= 0x20 || (code_point >= 0x7f && code_point <= 0xa0) ||
           code_point == 0x2028 || code_point == 0x2029;
}

sr_status sr_render_line(sr_buffer *out, sr_str text, size_t max_characters)
{
    size_t start = out->n_bytes;
    size_t word_end = start; /* behind the last whole word */
    size_t n_characters = 0;
    bool is_pending = false; /* white space that waits for a word */
    for (size_t i = 0; i < text.n_bytes;) {
        uint32_t code_point;
        size_t n_taken = sr_utf8_decode(text.data + i, text.n_bytes - i, &code_point);
        if (is_blank(code_point)) {
            is_pending = out->n_bytes > start;
            i += n_taken;
            continue;
        }
        word_end = is_pending ? out->n_bytes : word_end;
        if (max_characters && n_characters + is_pending >= max_characters) {
            out->n_bytes = word_end > start ? word_end : out->n_bytes;
            return sr_buffer_append_text(out, "…");
        }
        if (is_pending) {
            SR_TRY(sr_buffer_append(out, " ", 1));
        }
        n_characters += 1U + is_pending;
        is_pending = false;
        SR_TRY(code_point == SR_UTF8_ILL_FORMED ? sr_buffer_append_text(out, SR_UTF8_REPLACEMENT)
                                                : sr_buffer_append(out, text.data + i, n_taken));
        i += n_taken;
    }
    return SR_OK;
}

sr_status sr_render_title(sr_buffer *out, const sr_article *article)
{
    enum { MADE_TITLE_CHARACTERS = 70 };
    if (sr_str_trim(article->title).n_bytes) {
        return sr_render_line(out, article->title, 0);
    }
    bool has_lead = sr_str_trim(article->lead).n_bytes > 0;
    return has_lead ? sr_render_line(out, article->lead, MADE_TITLE_CHARACTERS)
                    : sr_render_line(out, article->id, 0);
}

sr_str sr_render_lead(const sr_article *article)
{
    sr_str lead = sr_str_trim(article->lead);
    sr_str title = sr_str_trim(article->title);
    bool is_repeated = title.n_bytes && lead.n_bytes >= title.n_bytes &&
                       memcmp(lead.data, title.data, title.n_bytes) == 0 &&
                       (lead.n_bytes == title.n_bytes || lead.data[title.n_bytes] == ' ');
    return is_repeated
               ? sr_str_trim(sr_str_make(lead.data + title.n_bytes, lead.n_bytes - title.n_bytes))
               : lead;
}

/* Whether an earlier repeat, or the item itself, has the same source. */
static bool is_source_new(const sr_box_item *item, size_t i)
{
    sr_str source = item->also[i].source;
    bool is_new = source.n_bytes && !sr_str_equal(source, item->shown.article.source);
    for (size_t j = 0; j < i && is_new; j++) {
        is_new = !sr_str_equal(source, item->also[j].source);
    }
    return is_new;
}

sr_status sr_render_also(sr_buffer *out, const sr_box_item *item, sr_append_fn append)
{
    enum { MAX_NAMES = 5 };
    uint32_t n_also = item->shown.n_also;
    SR_TRY(sr_buffer_append_format(out, "Also in %u other %s", n_also,
                                   n_also == 1 ? "place" : "places"));
    size_t n_names = 0;
    for (uint32_t i = 0; i < n_also && n_names < MAX_NAMES; i++) {
        if (is_source_new(item, i)) {
            SR_TRY(sr_buffer_append_text(out, n_names++ ? ", " : ": "));
            SR_TRY(append(out, item->also[i].source));
        }
    }
    return SR_OK;
}

static sr_status render_csv(const sr_boxes *boxes, size_t number, sr_buffer *out)
{
    const sr_box *box = &boxes->boxes[number];
    if (number == 0) {
        SR_TRY(sr_buffer_append_text(out, "id,rank,related_id,score\n"));
    }
    for (size_t i = 0; i < box->n_items; i++) {
        SR_TRY(sr_buffer_append_csv(out, box->query_id));
        SR_TRY(sr_buffer_append_format(out, ",%zu,", i + 1));
        SR_TRY(sr_buffer_append_csv(out, box->items[i].shown.article.id));
        SR_TRY(sr_buffer_append_text(out, ","));
        SR_TRY(sr_render_score(out, box->items[i].shown.score, 4));
        SR_TRY(sr_buffer_append_text(out, "\n"));
    }
    return SR_OK;
}

/* A column of a TREC run: white space would end it, so it becomes "_"; an empty id "-". */
static sr_status append_column(sr_buffer *out, sr_str text)
{
    size_t start = out->n_bytes;
    SR_TRY(text.n_bytes ? sr_buffer_append_str(out, text) : sr_buffer_append_text(out, "-"));
    for (size_t i = start; i < out->n_bytes; i++) {
        if ((unsigned char)out->data[i] <= ' ') {
            out->data[i] = '_';
        }
    }
    return SR_OK;
}

/* Six decimals, so that judges that sort by score see the order of the ranks. */
static sr_status render_ranking(const sr_box *box, sr_buffer *out)
{
    for (size_t i = 0; i < box->n_items; i++) {
        SR_TRY(append_column(out, box->query_id));
        SR_TRY(sr_buffer_append_text(out, " Q0 "));
        SR_TRY(append_column(out, box->items[i].shown.article.id));
        SR_TRY(sr_buffer_append_format(out, " %zu ", i + 1));
        SR_TRY(sr_render_score(out, box->items[i].shown.score, 6));
        SR_TRY(sr_buffer_append_text(out, " simrank\n"));
    }
    return SR_OK;
}

/* Several boxes are one object keyed by the ids of the queries. */
static sr_status render_json(const sr_boxes *boxes, size_t number, sr_buffer *out)
{
    bool is_one = boxes->n_boxes == 1 && !boxes->is_keyed;
    if (!is_one) {
        SR_TRY(sr_buffer_append_text(out, number == 0 ? "{" : ",\n"));
        SR_TRY(sr_buffer_append_json(out, boxes->boxes[number].query_id));
        SR_TRY(sr_buffer_append_text(out, ":"));
    }
    SR_TRY(sr_box_render_json(boxes, number, out));
    bool is_last = number + 1 == boxes->n_boxes;
    return sr_buffer_append_text(out, is_one ? "\n" : is_last ? "}\n" : "");
}

static sr_status render_box(const sr_boxes *boxes, size_t number, sr_format format, int64_t now_s,
                            sr_buffer *out)
{
    switch (format) {
    case SR_FORMAT_TEXT:
        return sr_box_render_text(boxes, number, now_s, out);
    case SR_FORMAT_JSON:
        return render_json(boxes, number, out);
    case SR_FORMAT_JSONL:
        SR_TRY(sr_box_render_json(boxes, number, out));
        return sr_buffer_append_text(out, "\n");
    case SR_FORMAT_CSV:
        return render_csv(boxes, number, out);
    case SR_FORMAT_HTML:
        return sr_box_render_html(boxes, number, out);
    case SR_FORMAT_RANKING:
        return render_ranking(&boxes->boxes[number], out);
    }
    return SR_ERR_ARGUMENT;
}

/* What stands behind the boxes of a difference: who is gone, and the commit. */
static sr_status render_rest(const sr_boxes *boxes, sr_buffer *out)
{
    for (size_t i = 0; i < boxes->n_removed; i++) {
        SR_TRY(sr_buffer_append_text(out, "{\"id\":"));
        SR_TRY(sr_buffer_append_json(out, boxes->removed[i]));
        SR_TRY(sr_buffer_append_text(out, ",\"removed\":true}\n"));
    }
    return sr_buffer_append_format(out, "{\"commit\":%llu}\n", (unsigned long long)boxes->commit);
}

sr_status sr_boxes_render(const sr_boxes *boxes, sr_format format, int64_t now_s, sr_write_fn write,
                          void *context)
{
    if (boxes->is_difference && format != SR_FORMAT_JSONL) {
        return SR_ERR_ARGUMENT;
    }
    sr_buffer out;
    sr_buffer_init(&out, SR_BUFFER_NO_LIMIT);
    sr_status status = SR_OK;
    if (boxes->n_boxes == 0 && format == SR_FORMAT_JSON) {
        status = write(context, "{}\n", 3) ? SR_OK : SR_ERR_IO;
    }
    for (size_t i = 0; i < boxes->n_boxes && status == SR_OK; i++) {
        sr_buffer_clear(&out);
        if (boxes->boxes[i].is_unchanged) {
            continue;
        }
        status = render_box(boxes, i, format, now_s, &out);
        if (status == SR_OK && out.n_bytes && !write(context, out.data, out.n_bytes)) {
            status = SR_ERR_IO;
        }
    }
    sr_buffer_clear(&out);
    if (status == SR_OK && boxes->is_difference) {
        status = render_rest(boxes, &out);
        if (status == SR_OK && !write(context, out.data, out.n_bytes)) {
            status = SR_ERR_IO;
        }
    }
    sr_buffer_release(&out);
    return status;
}
