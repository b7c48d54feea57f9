/* html_meta.c — what a page says about itself outside its text: <meta> of several vocabularies,
 * <link>, <time>, headings. The best place that has a value gives it. */
#include "feed/html_read.h"

typedef struct meta_name {
    const char *name; /* lower case */
    sr_feed_field field;
    unsigned rank;
} meta_name;

/* JSON-LD has rank 0, or 1 for what it often has wrong. */
static const meta_name METAS[] = {
    {"og:title", SR_FEED_FIELD_TITLE, 2},
    {"twitter:title", SR_FEED_FIELD_TITLE, 3},
    {"dc.title", SR_FEED_FIELD_TITLE, 3},
    {"og:url", SR_FEED_FIELD_URL, 2},
    {"og:site_name", SR_FEED_FIELD_SOURCE, 1},
    {"application-name", SR_FEED_FIELD_SOURCE, 3},
    {"publisher", SR_FEED_FIELD_SOURCE, 3},
    {"dc.publisher", SR_FEED_FIELD_SOURCE, 3},
    {"author", SR_FEED_FIELD_AUTHOR, 2},
    {"byl", SR_FEED_FIELD_AUTHOR, 2},
    {"parsely-author", SR_FEED_FIELD_AUTHOR, 3},
    {"sailthru.author", SR_FEED_FIELD_AUTHOR, 3},
    {"dc.creator", SR_FEED_FIELD_AUTHOR, 3},
    {"dcterms.creator", SR_FEED_FIELD_AUTHOR, 3},
    {"article:author", SR_FEED_FIELD_AUTHOR, 4},
    {"article:published_time", SR_FEED_FIELD_PUBLISHED, 1},
    {"og:article:published_time", SR_FEED_FIELD_PUBLISHED, 1},
    {"og:published_time", SR_FEED_FIELD_PUBLISHED, 1},
    {"article.published", SR_FEED_FIELD_PUBLISHED, 2},
    {"parsely-pub-date", SR_FEED_FIELD_PUBLISHED, 2},
    {"sailthru.date", SR_FEED_FIELD_PUBLISHED, 2},
    {"publish-date", SR_FEED_FIELD_PUBLISHED, 2},
    {"publish_date", SR_FEED_FIELD_PUBLISHED, 2},
    {"published-date", SR_FEED_FIELD_PUBLISHED, 2},
    {"publication_date", SR_FEED_FIELD_PUBLISHED, 2},
    {"pubdate", SR_FEED_FIELD_PUBLISHED, 2},
    {"ptime", SR_FEED_FIELD_PUBLISHED, 2},
    {"dc.date.issued", SR_FEED_FIELD_PUBLISHED, 2},
    {"dcterms.issued", SR_FEED_FIELD_PUBLISHED, 2},
    {"dcterms.created", SR_FEED_FIELD_PUBLISHED, 3},
    {"dc.date", SR_FEED_FIELD_PUBLISHED, 3},
    {"dc.date.created", SR_FEED_FIELD_PUBLISHED, 3},
    {"date", SR_FEED_FIELD_PUBLISHED, 3},
    {"datepublished", SR_FEED_FIELD_PUBLISHED, 2},
    {"og:description", SR_FEED_FIELD_LEAD, 1},
    {"description", SR_FEED_FIELD_LEAD, 2},
    {"twitter:description", SR_FEED_FIELD_LEAD, 3},
    {"og:image", SR_FEED_FIELD_IMAGE, 1},
    {"og:image:url", SR_FEED_FIELD_IMAGE, 2},
    {"twitter:image", SR_FEED_FIELD_IMAGE, 3},
    {"twitter:image:src", SR_FEED_FIELD_IMAGE, 3},
    {"article:tag", SR_FEED_FIELD_TAGS, 1},
    {"news_keywords", SR_FEED_FIELD_TAGS, 2},
    {"keywords", SR_FEED_FIELD_TAGS, 3},
    {"og:locale", SR_FEED_FIELD_LANGUAGE, 2},
    {"content-language", SR_FEED_FIELD_LANGUAGE, 3},
    {"dc.language", SR_FEED_FIELD_LANGUAGE, 3},
};
enum {
    RANK_CANONICAL = 0,
    RANK_LANG = 0,
    RANK_TIME = 4,
    RANK_HEADING = 4,
    RANK_TITLE = 5,
    RANK_REL_AUTHOR = 5,
    RANK_HOST = 5,
    MAX_NODES = 500, /* looked at for a heading or a name */
    MAX_AUTHOR = 120
};

static bool equal_ignoring_case(sr_str text, const char *lower)
{
    size_t n = strlen(lower);
    if (text.n_bytes != n) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        char c = text.data[i];
        if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != lower[i]) {
            return false;
        }
    }
    return true;
}

static bool is_link(sr_str value)
{
    return value.n_bytes > 8 &&
           (memcmp(value.data, "http://", 7) == 0 || memcmp(value.data, "https://", 8) == 0);
}

static sr_status read_meta(sr_html_reader *reader, size_t node, sr_html_attribute_name by)
{
    const sr_html_tree *tree = &reader->tree;
    sr_str name = sr_str_trim(sr_html_attribute_get(tree, node, by));
    sr_str content = sr_str_trim(sr_html_attribute_get(tree, node, SR_ATTRIBUTE_CONTENT));
    for (size_t i = 0; name.n_bytes && content.n_bytes && i < SR_ARRAY_COUNT(METAS); i++) {
        const meta_name *meta = &METAS[i];
        if (!equal_ignoring_case(name, meta->name)) {
            continue;
        }
        bool wants_link = meta->field == SR_FEED_FIELD_URL || meta->field == SR_FEED_FIELD_IMAGE;
        bool wants_name = meta->field == SR_FEED_FIELD_AUTHOR;
        if ((wants_link && !is_link(content)) ||
            (wants_name && (is_link(content) || content.n_bytes > MAX_AUTHOR))) {
            return SR_OK;
        }
        return sr_offers_take(&reader->offers, meta->field, meta->rank, content);
    }
    return SR_OK;
}

/* The text below a node, white space as one blank; cut behind the character that reaches
 * `max_bytes`. */
static sr_status text_below(const sr_html_tree *tree, size_t node, size_t max_bytes, sr_buffer *out)
{
    sr_buffer_clear(out);
    bool blank = true;
    size_t n_nodes = tree->nodes[node].end - node;
    size_t end = node + (n_nodes < MAX_NODES ? n_nodes : MAX_NODES);
    for (size_t i = node + 1; i < end && out->n_bytes < max_bytes; i++) {
        if (tree->nodes[i].tag != SR_TAG_TEXT) {
            if (sr_html_tag_traits((sr_html_tag)tree->nodes[i].tag) & SR_HTML_SILENT) {
                i = tree->nodes[i].end - 1;
            }
            continue;
        }
        sr_str piece = sr_html_text_of(tree, i);
        for (size_t b = 0; b < piece.n_bytes; b++) {
            bool begins = ((unsigned char)piece.data[b] & 0xc0) != 0x80;
            if (begins && out->n_bytes >= max_bytes) {
                return SR_OK;
            }
            bool is_blank = (unsigned char)piece.data[b] <= ' ';
            if (!is_blank || !blank) {
                SR_TRY(sr_buffer_append(out, is_blank ? " " : &piece.data[b], 1));
            }
            blank = is_blank;
        }
    }
    return SR_OK;
}

static sr_status read_link(sr_html_reader *reader, size_t node)
{
    sr_str rel = sr_html_attribute_get(&reader->tree, node, SR_ATTRIBUTE_REL);
    sr_str href = sr_str_trim(sr_html_attribute_get(&reader->tree, node, SR_ATTRIBUTE_HREF));
    if (!is_link(href)) {
        return SR_OK;
    }
    if (equal_ignoring_case(rel, "canonical")) {
        return sr_offers_take(&reader->offers, SR_FEED_FIELD_URL, RANK_CANONICAL, href);
    }
    return equal_ignoring_case(rel, "image_src")
               ? sr_offers_take(&reader->offers, SR_FEED_FIELD_IMAGE, 4, href)
               : SR_OK;
}

static sr_status read_script(sr_html_reader *reader, size_t node)
{
    sr_str type = sr_str_trim(sr_html_attribute_get(&reader->tree, node, SR_ATTRIBUTE_TYPE));
    bool has_text =
        node + 1 < reader->tree.nodes[node].end && reader->tree.nodes[node + 1].tag == SR_TAG_TEXT;
    return has_text && equal_ignoring_case(type, "application/ld+json")
               ? sr_html_read_json_ld(reader, sr_html_text_of(&reader->tree, node + 1))
               : SR_OK;
}

static sr_status read_time(sr_html_reader *reader, size_t node)
{
    const sr_html_tree *tree = &reader->tree;
    sr_str value = sr_html_attribute_get(tree, node, SR_ATTRIBUTE_DATETIME);
    sr_str property = sr_html_attribute_get(tree, node, SR_ATTRIBUTE_ITEMPROP);
    bool published = equal_ignoring_case(property, "datepublished");
    if (value.n_bytes == 0 && published) {
        value = sr_html_attribute_get(tree, node, SR_ATTRIBUTE_CONTENT);
    }
    bool modified = equal_ignoring_case(property, "datemodified");
    return modified ? SR_OK
                    : sr_offers_take(&reader->offers, SR_FEED_FIELD_PUBLISHED,
                                     published ? 2 : RANK_TIME, value);
}

static sr_status read_named(sr_html_reader *reader, size_t node)
{
    const sr_html_tree *tree = &reader->tree;
    sr_str property = sr_html_attribute_get(tree, node, SR_ATTRIBUTE_ITEMPROP);
    sr_str rel = sr_html_attribute_get(tree, node, SR_ATTRIBUTE_REL);
    if (equal_ignoring_case(property, "datepublished")) {
        return read_time(reader, node);
    }
    if (equal_ignoring_case(rel, "author") || equal_ignoring_case(property, "author")) {
        SR_TRY(text_below(tree, node, MAX_AUTHOR + 1, &reader->text));
        sr_str name = sr_buffer_view(&reader->text);
        return name.n_bytes <= MAX_AUTHOR
                   ? sr_offers_take(&reader->offers, SR_FEED_FIELD_AUTHOR, RANK_REL_AUTHOR, name)
                   : SR_OK;
    }
    return SR_OK;
}

static sr_status read_node(sr_html_reader *reader, size_t node)
{
    enum { MAX_TITLE = 1000 };
    const sr_html_tree *tree = &reader->tree;
    switch (tree->nodes[node].tag) {
    case SR_TAG_META:
        SR_TRY(read_meta(reader, node, SR_ATTRIBUTE_PROPERTY));
        SR_TRY(read_meta(reader, node, SR_ATTRIBUTE_ITEMPROP));
        return read_meta(reader, node, SR_ATTRIBUTE_NAME);
    case SR_TAG_LINK:
        return read_link(reader, node);
    case SR_TAG_SCRIPT:
        return read_script(reader, node);
    case SR_TAG_HTML:
        return sr_offers_take(&reader->offers, SR_FEED_FIELD_LANGUAGE, RANK_LANG,
                              sr_html_attribute_get(tree, node, SR_ATTRIBUTE_LANG));
    case SR_TAG_TITLE:
    case SR_TAG_H1: {
        SR_TRY(text_below(tree, node, MAX_TITLE, &reader->text));
        unsigned rank = tree->nodes[node].tag == SR_TAG_H1 ? RANK_HEADING : RANK_TITLE;
        return sr_offers_take(&reader->offers, SR_FEED_FIELD_TITLE, rank,
                              sr_buffer_view(&reader->text));
    }
    case SR_TAG_TIME:
        return read_time(reader, node);
    default:
        return tree->nodes[node].n_attributes ? read_named(reader, node) : SR_OK;
    }
}

/* "www.example.org" of a link, without the "www.". */
static sr_str host_of(sr_str link)
{
    const char *start = link.n_bytes ? memmem(link.data, link.n_bytes, "://", 3) : NULL;
    if (!start) {
        return sr_str_make(NULL, 0);
    }
    start += 3;
    size_t n_left = link.n_bytes - (size_t)(start - link.data);
    size_t n = 0;
    while (n < n_left && start[n] != '/' && start[n] != ':' && start[n] != '?') {
        n++;
    }
    size_t n_www = n > 4 && memcmp(start, "www.", 4) == 0 ? 4 : 0;
    return sr_str_make(start + n_www, n - n_www);
}

/* What parts a title from its site; a byte alone may be the end of a letter. */
static size_t separator_before(sr_str title, size_t n)
{
    static const char *const SEPARATORS[] = {" ", "|", "-", ":", "–", "—", "·", "•", "»"};
    for (size_t i = 0; i < SR_ARRAY_COUNT(SEPARATORS); i++) {
        size_t n_bytes = strlen(SEPARATORS[i]);
        if (n >= n_bytes && memcmp(title.data + n - n_bytes, SEPARATORS[i], n_bytes) == 0) {
            return n_bytes;
        }
    }
    return 0;
}

/* Cuts " | The Site" and " - The Site" off the title. */
static void cut_site(sr_offers *offers)
{
    sr_str title = sr_offers_get(offers, SR_FEED_FIELD_TITLE);
    sr_str site = sr_offers_get(offers, SR_FEED_FIELD_SOURCE);
    size_t n = title.n_bytes;
    if (site.n_bytes == 0 || n < site.n_bytes + 4 ||
        memcmp(title.data + n - site.n_bytes, site.data, site.n_bytes) != 0) {
        return;
    }
    n -= site.n_bytes;
    size_t n_words = n;
    for (size_t n_bytes; (n_bytes = separator_before(title, n)) > 0;) {
        n -= n_bytes;
    }
    offers->best[SR_FEED_FIELD_TITLE].n_bytes = n && n < n_words ? n : title.n_bytes;
}

sr_status sr_html_find_meta(sr_html_reader *reader)
{
    for (size_t i = 1; i < reader->tree.n_nodes; i++) {
        if (reader->tree.nodes[i].tag != SR_TAG_TEXT) {
            SR_TRY(read_node(reader, i));
        }
    }
    sr_str host = host_of(sr_offers_get(&reader->offers, SR_FEED_FIELD_URL));
    sr_buffer_clear(&reader->text);
    SR_TRY(sr_buffer_append_str(&reader->text, host));
    SR_TRY(sr_offers_take(&reader->offers, SR_FEED_FIELD_SOURCE, RANK_HOST,
                          sr_buffer_view(&reader->text)));
    cut_site(&reader->offers);
    return SR_OK;
}
