/* parse_xml.c — an item of RSS, RDF or an entry of Atom as an article. */
#include "feed/parse_inside.h"

/* With a text beside it a description is the lead; without one it is the lead where it is short,
 * and the text where it is as long as one. */
enum { LONGEST_LEAD_BYTES = 1000 };

/* A field's text without its tags, in the arena. */
static sr_status plain_text(sr_record_parser *parser, sr_feed_field field, sr_arena *arena,
                            sr_str *text)
{
    const sr_offers *offers = &parser->item.offers;
    sr_str value = sr_offers_get(offers, field);
    if (offers->best[field].is_html && sr_html_is_likely(value)) {
        SR_TRY(sr_html_read_piece(&parser->html, value, &value));
    }
    *text = value.n_bytes ? sr_arena_copy(arena, value) : sr_str_make(NULL, 0);
    return value.n_bytes && !text->data ? SR_ERR_MEMORY : SR_OK;
}

static sr_status set_texts(sr_record_parser *parser, sr_arena *arena, sr_article *article)
{
    sr_str title;
    sr_str text;
    sr_str lead;
    SR_TRY(plain_text(parser, SR_FEED_FIELD_TITLE, arena, &title));
    SR_TRY(plain_text(parser, SR_FEED_FIELD_TEXT, arena, &text));
    SR_TRY(plain_text(parser, SR_FEED_FIELD_LEAD, arena, &lead));
    bool is_text = sr_str_trim(text).n_bytes == 0 && lead.n_bytes > LONGEST_LEAD_BYTES;
    SR_TRY(sr_parser_set_field(article, SR_FEED_FIELD_TITLE, title, NULL));
    SR_TRY(sr_parser_set_field(article, SR_FEED_FIELD_TEXT, is_text ? lead : text, NULL));
    return is_text ? SR_OK : sr_parser_set_field(article, SR_FEED_FIELD_LEAD, lead, NULL);
}

static sr_str without_slash(sr_str link)
{
    return sr_str_make(link.data,
                       link.n_bytes - (link.n_bytes && link.data[link.n_bytes - 1] == '/'));
}

/* An id that is only a number or a word is good inside its feed alone: the link is better, unless
 * every item has that of the feed itself; then it is the link and the id, else the title. */
static sr_status choose_id(sr_record_parser *parser, const sr_xml_context *feed, sr_arena *arena,
                           sr_article *article)
{
    bool is_global = article->id.n_bytes && memchr(article->id.data, ':', article->id.n_bytes);
    if (is_global || article->url.n_bytes == 0) {
        return SR_OK;
    }
    sr_str word = article->id.n_bytes ? article->id : article->title;
    bool is_shared = sr_str_equal(without_slash(article->url), without_slash(feed->base));
    if (!is_shared || word.n_bytes == 0) {
        article->id = article->url;
        return SR_OK;
    }
    sr_buffer *id = &parser->value;
    sr_buffer_clear(id);
    SR_TRY(sr_buffer_append_str(id, article->url));
    SR_TRY(sr_buffer_append_text(id, "#"));
    SR_TRY(sr_buffer_append_str(id, word));
    article->id = sr_arena_copy(arena, sr_buffer_view(id));
    return article->id.data ? SR_OK : SR_ERR_MEMORY;
}

static sr_status set_rest(sr_record_parser *parser, const sr_xml_context *feed, sr_arena *arena,
                          sr_article *article)
{
    static const sr_feed_field FIELDS[] = {
        SR_FEED_FIELD_ID,        SR_FEED_FIELD_URL,      SR_FEED_FIELD_SOURCE, SR_FEED_FIELD_AUTHOR,
        SR_FEED_FIELD_PUBLISHED, SR_FEED_FIELD_LANGUAGE, SR_FEED_FIELD_TAGS,   SR_FEED_FIELD_IMAGE};
    const sr_offers *offers = &parser->item.offers;
    for (size_t i = 0; i < SR_ARRAY_COUNT(FIELDS); i++) {
        sr_feed_field f = FIELDS[i];
        sr_str value = sr_offers_get(offers, f);
        const sr_field_path *path = &parser->map->paths[f];
        if (value.n_bytes == 0 && !path->is_mapped) {
            value = f == SR_FEED_FIELD_SOURCE     ? feed->source
                    : f == SR_FEED_FIELD_AUTHOR   ? feed->author
                    : f == SR_FEED_FIELD_LANGUAGE ? feed->language
                                                  : value;
        }
        if (f == SR_FEED_FIELD_SOURCE && sr_html_is_likely(value)) {
            SR_TRY(sr_html_read_piece(&parser->html, value, &value));
        }
        if (value.n_bytes) {
            SR_TRY(sr_parser_set_field(article, f, value, arena));
        }
    }
    bool is_mapped = parser->map->paths[SR_FEED_FIELD_ID].is_mapped;
    return is_mapped ? SR_OK : choose_id(parser, feed, arena, article);
}

sr_status sr_parse_xml(sr_record_parser *parser, const sr_record *record, sr_arena *arena,
                       sr_article *article, sr_error *error)
{
    sr_xml_context *feed = record->member->xml;
    sr_xml_fault fault;
    SR_TRY(sr_xml_item_read(&parser->item, record->raw, feed, parser->map, &fault));
    sr_parser_note_seen(parser, record, parser->item.seen);
    if (fault.code) {
        sr_xml_context_note_fault(feed, record->line + fault.line - 1, fault.code);
    }
    SR_TRY(set_texts(parser, arena, article));
    SR_TRY(set_rest(parser, feed, arena, article));
    bool is_empty =
        article->title.n_bytes == 0 && article->text.n_bytes == 0 && article->lead.n_bytes == 0;
    return is_empty ? sr_parser_refuse(record, "the item has no title, text or description", error)
                    : SR_OK;
}
