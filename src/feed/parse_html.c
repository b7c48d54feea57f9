/* parse_html.c — a page as an article. */
#include "feed/parse_inside.h"

sr_status sr_parse_html(sr_record_parser *parser, const sr_record *record, sr_arena *arena,
                        sr_article *article, sr_error *error)
{
    sr_str values[SR_FEED_FIELD_COUNT];
    SR_TRY(sr_html_read_page(&parser->html, record->raw, sr_str_make(NULL, 0), values));
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        if (values[f].n_bytes) {
            SR_TRY(sr_parser_set_field(article, (sr_feed_field)f, values[f], arena));
        }
    }
    bool empty = article->text.n_bytes == 0 && article->title.n_bytes == 0;
    return empty ? sr_parser_refuse(record, "the page has neither a title nor a text", error)
                 : SR_OK;
}
