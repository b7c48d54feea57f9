/* parse_markdown.c — a page of a static site as an article: fields from its front matter, text from
 * its body. The id is the path, as the site's own tools have it; the address is the permalink,
 * where the page gives one, with the placeholders that can be filled. */
#include "base/date.h"
#include "feed/front_matter.h"
#include "feed/markdown.h"
#include "feed/parse_inside.h"

/* The record's names stand before its values. */
static size_t count_pairs(const sr_record *record)
{
    return record->n_fields / 2;
}

static bool is_flag(sr_str value)
{
    return sr_str_equal_text(value, "true") || sr_str_equal_text(value, "false");
}

/* The pair that gives each field; SIZE_MAX where none does. */
static void choose_pairs(const sr_record_parser *parser, const sr_record *record,
                         size_t chosen[SR_FEED_FIELD_COUNT])
{
    unsigned ranks[SR_FEED_FIELD_COUNT];
    size_t n_pairs = count_pairs(record);
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        chosen[f] = SIZE_MAX;
        ranks[f] = SR_FIELD_NO_RANK;
    }
    for (size_t i = 0; i < n_pairs; i++) {
        sr_str name = record->fields[i];
        sr_str value = record->fields[n_pairs + i];
        sr_feed_field field;
        unsigned rank = sr_field_map_guess(parser->map, name, &field);
        bool is_date_flag =
            rank != SR_FIELD_NO_RANK && field == SR_FEED_FIELD_PUBLISHED && is_flag(value);
        bool is_id = rank != SR_FIELD_NO_RANK && field == SR_FEED_FIELD_ID;
        if (rank != SR_FIELD_NO_RANK && rank < ranks[field] && !is_date_flag && !is_id) {
            ranks[field] = rank;
            chosen[field] = i;
        }
        for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
            const sr_field_path *path = &parser->map->paths[f];
            if (path->is_mapped && path->name.n_bytes && sr_str_equal(path->name, name)) {
                chosen[f] = i;
            }
        }
    }
}

/* "2026-03-01-ferry-delayed.md": Jekyll's way to date a page. The rest is its slug. */
static bool split_dated_name(sr_str name, sr_str *date, sr_str *slug)
{
    enum { DATE_BYTES = 10 };
    static const char FORM[] = "0000-00-00-";
    bool is_dated = name.n_bytes > DATE_BYTES + 1;
    for (size_t i = 0; is_dated && i <= DATE_BYTES; i++) {
        bool is_digit = name.data[i] >= '0' && name.data[i] <= '9';
        is_dated = FORM[i] == '0' ? is_digit : name.data[i] == '-';
    }
    size_t n_date = is_dated ? DATE_BYTES : 0;
    *date = sr_str_make(name.data, n_date);
    *slug = sr_str_make(name.data + n_date + is_dated, name.n_bytes - n_date - is_dated);
    const char *dot = slug->n_bytes ? memchr(slug->data, '.', slug->n_bytes) : NULL;
    slug->n_bytes = dot ? (size_t)(dot - slug->data) : slug->n_bytes;
    return is_dated;
}

/* The permalink with :year, :month, :day, :title and :slug filled in. */
static sr_status expand_permalink(sr_str link, sr_str slug, int64_t published_s, sr_buffer *out)
{
    char date[32] = "";
    if (published_s != SR_TIME_UNKNOWN) {
        sr_time_format(published_s, date);
    }
    const struct {
        const char *name;
        sr_str value;
    } PLACES[] = {{":year", sr_str_make(date, date[0] ? 4 : 0)},
                  {":month", sr_str_make(date + 5, date[0] ? 2 : 0)},
                  {":day", sr_str_make(date + 8, date[0] ? 2 : 0)},
                  {":title", slug},
                  {":slug", slug}};
    sr_buffer_clear(out);
    for (size_t i = 0; i < link.n_bytes;) {
        size_t n_taken = 0;
        for (size_t p = 0; p < SR_ARRAY_COUNT(PLACES) && !n_taken; p++) {
            size_t n = strlen(PLACES[p].name);
            if (link.n_bytes - i >= n && memcmp(link.data + i, PLACES[p].name, n) == 0) {
                SR_TRY(sr_buffer_append_str(out, PLACES[p].value));
                n_taken = n;
            }
        }
        SR_TRY(n_taken ? SR_OK : sr_buffer_append(out, link.data + i, 1));
        i += n_taken ? n_taken : 1;
    }
    return SR_OK;
}

/* Pages that a site's templates are written in, with front matter: Jekyll's index.html, Eleventy's
 * page.njk. */
static bool is_template(const char *relative)
{
    static const char *const ENDS[] = {".html", ".htm", ".njk", ".liquid"};
    size_t n = strlen(relative);
    for (size_t i = 0; i < SR_ARRAY_COUNT(ENDS); i++) {
        size_t n_end = strlen(ENDS[i]);
        if (n > n_end && strcmp(relative + n - n_end, ENDS[i]) == 0) {
            return true;
        }
    }
    return false;
}

static sr_status set_html_body(sr_record_parser *parser, sr_str body, sr_arena *arena,
                               sr_article *article)
{
    sr_str text;
    sr_buffer *html = &parser->http.joined;
    SR_TRY(sr_markdown_drop_shortcodes(body, html));
    SR_TRY(sr_html_read_piece(&parser->html, sr_buffer_view(html), &text));
    return sr_parser_set_field(article, SR_FEED_FIELD_TEXT, text, arena);
}

static sr_status set_body(sr_record_parser *parser, const sr_record *record, sr_arena *arena,
                          sr_article *article)
{
    sr_str front;
    sr_str body;
    sr_str title;
    sr_buffer *text = &parser->http.unpacked;
    (void)sr_front_matter_cut(record->raw, &front, &body);
    const char *encoding = sr_parser_encoding(record);
    if (encoding) {
        SR_TRY(sr_parser_convert(parser, encoding, body, &body));
    }
    if (is_template(record->member->relative) && article->text.n_bytes == 0) {
        return set_html_body(parser, body, arena, article);
    }
    sr_buffer_clear(text);
    SR_TRY(sr_markdown_read(body, &parser->http.joined, text, &title));
    if (article->title.n_bytes == 0) {
        SR_TRY(sr_parser_set_field(article, SR_FEED_FIELD_TITLE, title, arena));
    }
    return article->text.n_bytes
               ? SR_OK
               : sr_parser_set_field(article, SR_FEED_FIELD_TEXT, sr_buffer_view(text), arena);
}

/* "post.fr.md": Hugo's way to say the language. */
static sr_str language_of(sr_str file)
{
    const char *end = file.n_bytes ? memrchr(file.data, '.', file.n_bytes) : NULL;
    bool has = end && end - file.data >= 4 && end[-3] == '.' && end[-2] >= 'a' && end[-2] <= 'z' &&
               end[-1] >= 'a' && end[-1] <= 'z';
    return has ? sr_str_make(end - 2, 2) : sr_str_make(NULL, 0);
}

static sr_status set_by_path(sr_record_parser *parser, const sr_record *record, sr_arena *arena,
                             sr_article *article)
{
    const char *relative = record->member->relative;
    const char *slash = strrchr(relative, '/');
    sr_str file = sr_str_of(slash ? slash + 1 : relative);
    sr_str date;
    sr_str slug;
    if (split_dated_name(file, &date, &slug) && article->published_s == SR_TIME_UNKNOWN) {
        SR_TRY(sr_parser_set_field(article, SR_FEED_FIELD_PUBLISHED, date, NULL));
    }
    if (article->url.n_bytes && memchr(article->url.data, ':', article->url.n_bytes)) {
        SR_TRY(expand_permalink(article->url, slug, article->published_s, &parser->value));
        SR_TRY(
            sr_parser_set_field(article, SR_FEED_FIELD_URL, sr_buffer_view(&parser->value), arena));
    }
    if (article->language.n_bytes == 0) {
        SR_TRY(sr_parser_set_field(article, SR_FEED_FIELD_LANGUAGE, language_of(file), arena));
    }
    if (article->id.n_bytes == 0) {
        sr_str id = sr_str_of(relative);
        if (!sr_json_is_utf8(id)) {
            SR_TRY(sr_parser_convert(parser, "UTF-8", id, &id));
        }
        article->id = sr_arena_copy(arena, id);
    }
    return article->id.data ? SR_OK : SR_ERR_MEMORY;
}

sr_status sr_parse_markdown(sr_record_parser *parser, const sr_record *record, sr_arena *arena,
                            sr_article *article, sr_error *error)
{
    (void)error;
    size_t chosen[SR_FEED_FIELD_COUNT];
    size_t n_pairs = count_pairs(record);
    uint32_t seen = 0;
    choose_pairs(parser, record, chosen);
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        if (chosen[f] == SIZE_MAX) {
            continue;
        }
        sr_str value = record->fields[n_pairs + chosen[f]];
        seen |= parser->map->paths[f].is_mapped ? 1U << f : 0;
        bool is_sound = sr_json_is_utf8(value);
        if (!is_sound) {
            SR_TRY(sr_parser_convert(parser, "UTF-8", value, &value));
        }
        SR_TRY(sr_parser_set_field(article, (sr_feed_field)f, value, is_sound ? NULL : arena));
    }
    sr_parser_note_seen(parser, record, seen);
    SR_TRY(set_body(parser, record, arena, article));
    return set_by_path(parser, record, arena, article);
}

bool sr_parse_markdown_names(sr_record_parser *parser, const sr_record *record,
                             sr_str names[SR_FEED_FIELD_COUNT])
{
    size_t chosen[SR_FEED_FIELD_COUNT];
    choose_pairs(parser, record, chosen);
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        names[f] = chosen[f] == SIZE_MAX ? sr_str_make(NULL, 0) : record->fields[chosen[f]];
    }
    return true;
}

size_t sr_parse_markdown_list(sr_record_parser *parser, const sr_record *record, sr_str *names,
                              size_t max_names)
{
    (void)parser;
    size_t n_names = count_pairs(record);
    n_names = n_names < max_names ? n_names : max_names;
    for (size_t i = 0; i < n_names; i++) {
        names[i] = record->fields[i];
    }
    return n_names;
}
