/* xml_item.c — one table says which element of which vocabulary gives which field; what is special
 * about links, authors and content types is code. RSS 0.9x to 2.0 and Atom share one part of the
 * table: their names do not contradict each other, and many feeds mix them. */
#include "feed/xml_item.h"

#include "base/utf8.h"
#include "feed/json_shim.h"

typedef enum vocabulary {
    PLAIN, /* RSS, Atom, CDF, and no name space at all */
    DC,
    DCTERMS,
    CONTENT,
    MEDIA,
    ITUNES,
    XHTML,
    FEEDBURNER,
    PRISM,
    YANDEX,
    EXCERPT,
    N_VOCABULARIES
} vocabulary;

/* By the usual prefix, and by what their URI holds. */
static const struct {
    const char *prefix;
    const char *uri;
} VOCABULARIES[N_VOCABULARIES] = {
    [PLAIN] = {"atom", "/Atom"},
    [DC] = {"dc", "purl.org/dc/elements"},
    [DCTERMS] = {"dcterms", "purl.org/dc/terms"},
    [CONTENT] = {"content", "rss/1.0/modules/content"},
    [MEDIA] = {"media", "search.yahoo.com/mrss"},
    [ITUNES] = {"itunes", "itunes.com/"},
    [XHTML] = {"xhtml", "w3.org/1999/xhtml"},
    [FEEDBURNER] = {"feedburner", "feedburner"},
    [PRISM] = {"prism", "prismstandard.org"},
    [YANDEX] = {"yandex", "news.yandex.ru"},
    [EXCERPT] = {"excerpt", "wordpress.org/export"},
};

typedef struct element_name {
    vocabulary space;
    const char *name; /* lower case */
    sr_feed_field field;
    unsigned rank;
} element_name;

static const element_name NAMES[] = {
    {PLAIN, "title", SR_FEED_FIELD_TITLE, 1},
    {DC, "title", SR_FEED_FIELD_TITLE, 2},
    {MEDIA, "title", SR_FEED_FIELD_TITLE, 4},
    {ITUNES, "title", SR_FEED_FIELD_TITLE, 3},
    {CONTENT, "encoded", SR_FEED_FIELD_TEXT, 1},
    {PLAIN, "fullitem", SR_FEED_FIELD_TEXT, 1},
    {PLAIN, "content", SR_FEED_FIELD_TEXT, 2},
    {XHTML, "body", SR_FEED_FIELD_TEXT, 2},
    {XHTML, "div", SR_FEED_FIELD_TEXT, 3},
    {YANDEX, "full-text", SR_FEED_FIELD_TEXT, 1},
    {PLAIN, "full-text", SR_FEED_FIELD_TEXT, 2},
    {PLAIN, "fulltext", SR_FEED_FIELD_TEXT, 2},
    {PLAIN, "body", SR_FEED_FIELD_TEXT, 3},
    {EXCERPT, "encoded", SR_FEED_FIELD_LEAD, 1},
    {PLAIN, "summary", SR_FEED_FIELD_LEAD, 1},
    {PLAIN, "description", SR_FEED_FIELD_LEAD, 2},
    {PLAIN, "abstract", SR_FEED_FIELD_LEAD, 3},
    {PLAIN, "tagline", SR_FEED_FIELD_LEAD, 4},
    {DC, "description", SR_FEED_FIELD_LEAD, 3},
    {DCTERMS, "abstract", SR_FEED_FIELD_LEAD, 3},
    {ITUNES, "summary", SR_FEED_FIELD_LEAD, 4},
    {MEDIA, "description", SR_FEED_FIELD_LEAD, 5},
    {ITUNES, "subtitle", SR_FEED_FIELD_LEAD, 6},
    {PLAIN, "guid", SR_FEED_FIELD_ID, 1},
    {PLAIN, "id", SR_FEED_FIELD_ID, 1},
    {DC, "identifier", SR_FEED_FIELD_ID, 3},
    {FEEDBURNER, "origlink", SR_FEED_FIELD_URL, 1},
    {PLAIN, "link", SR_FEED_FIELD_URL, 2},
    {PRISM, "url", SR_FEED_FIELD_URL, 5},
    {PLAIN, "author", SR_FEED_FIELD_AUTHOR, 2},
    {DC, "creator", SR_FEED_FIELD_AUTHOR, 1},
    {DC, "author", SR_FEED_FIELD_AUTHOR, 1},
    {PLAIN, "creator", SR_FEED_FIELD_AUTHOR, 3},
    {ITUNES, "author", SR_FEED_FIELD_AUTHOR, 4},
    {PLAIN, "contributor", SR_FEED_FIELD_AUTHOR, 6},
    {DC, "contributor", SR_FEED_FIELD_AUTHOR, 6},
    {PLAIN, "published", SR_FEED_FIELD_PUBLISHED, 1},
    {PLAIN, "pubdate", SR_FEED_FIELD_PUBLISHED, 1},
    {PLAIN, "issued", SR_FEED_FIELD_PUBLISHED, 2},
    {DCTERMS, "issued", SR_FEED_FIELD_PUBLISHED, 2},
    {PRISM, "publicationdate", SR_FEED_FIELD_PUBLISHED, 3},
    {DC, "date", SR_FEED_FIELD_PUBLISHED, 3},
    {DCTERMS, "date", SR_FEED_FIELD_PUBLISHED, 3},
    {PLAIN, "date", SR_FEED_FIELD_PUBLISHED, 3},
    {PLAIN, "created", SR_FEED_FIELD_PUBLISHED, 4},
    {DCTERMS, "created", SR_FEED_FIELD_PUBLISHED, 4},
    {PLAIN, "updated", SR_FEED_FIELD_PUBLISHED, 5},
    {PLAIN, "modified", SR_FEED_FIELD_PUBLISHED, 5},
    {DCTERMS, "modified", SR_FEED_FIELD_PUBLISHED, 5},
    {PLAIN, "lastmod", SR_FEED_FIELD_PUBLISHED, 6},
    {PLAIN, "lastbuilddate", SR_FEED_FIELD_PUBLISHED, 6},
    {PLAIN, "source", SR_FEED_FIELD_SOURCE, 1},
    {DC, "publisher", SR_FEED_FIELD_SOURCE, 2},
    {PRISM, "publicationname", SR_FEED_FIELD_SOURCE, 2},
    {PLAIN, "language", SR_FEED_FIELD_LANGUAGE, 1},
    {DC, "language", SR_FEED_FIELD_LANGUAGE, 1},
    {PLAIN, "category", SR_FEED_FIELD_TAGS, 1},
    {DC, "subject", SR_FEED_FIELD_TAGS, 1},
    {PLAIN, "keywords", SR_FEED_FIELD_TAGS, 2},
    {ITUNES, "keywords", SR_FEED_FIELD_TAGS, 2},
    {MEDIA, "keywords", SR_FEED_FIELD_TAGS, 2},
    {MEDIA, "category", SR_FEED_FIELD_TAGS, 3},
    {MEDIA, "thumbnail", SR_FEED_FIELD_IMAGE, 1},
    {MEDIA, "content", SR_FEED_FIELD_IMAGE, 2},
    {ITUNES, "image", SR_FEED_FIELD_IMAGE, 3},
    {PLAIN, "enclosure", SR_FEED_FIELD_IMAGE, 4},
    {PLAIN, "image", SR_FEED_FIELD_IMAGE, 4},
    {PLAIN, "thumbnail", SR_FEED_FIELD_IMAGE, 4},
};
enum { RANK_MAPPED = 0, RANK_ABOUT = 6, RANK_GUID_LINK = 7, RANK_OTHER_TYPE = 8, MAX_NAME = 20 };

void sr_xml_item_init(sr_xml_item *item)
{
    *item = (sr_xml_item){0};
    sr_buffer *const buffers[] = {&item->document, &item->decoded, &item->repaired, &item->value,
                                  &item->link,     &item->base,    &item->item_base};
    for (size_t i = 0; i < SR_ARRAY_COUNT(buffers); i++) {
        sr_buffer_init(buffers[i], SR_BUFFER_NO_LIMIT);
    }
    sr_offers_init(&item->offers);
}

void sr_xml_item_release(sr_xml_item *item)
{
    sr_buffer *const buffers[] = {&item->document, &item->decoded, &item->repaired, &item->value,
                                  &item->link,     &item->base,    &item->item_base};
    for (size_t i = 0; i < SR_ARRAY_COUNT(buffers); i++) {
        sr_buffer_release(buffers[i]);
    }
    sr_offers_release(&item->offers);
    sr_recoder_release(&item->recoder);
    sr_xml_parser_free(item->parser);
}

/* ---------------------------------------------------------------- names */

/* N_VOCABULARIES for one that we do not know. */
static vocabulary vocabulary_of(const sr_xml_element *element)
{
    static const char *const PLAIN_URIS[] = {
        "purl.org/rss/1.0/",    "purl.org/rss/",  "my.netscape.com", "backend.userland.com",
        "channel.netscape.com", "purl.org/atom/", "/Atom",           "purl.org/net/rss"};
    const char *uri = element->space;
    if (!uri && !element->prefix) {
        return PLAIN;
    }
    for (int v = PLAIN + 1; v < N_VOCABULARIES; v++) {
        bool same = uri ? strstr(uri, VOCABULARIES[v].uri) != NULL
                        : strcmp(element->prefix, VOCABULARIES[v].prefix) == 0;
        if (same) {
            return (vocabulary)v;
        }
    }
    for (size_t i = 0; uri && i < SR_ARRAY_COUNT(PLAIN_URIS); i++) {
        if (strstr(uri, PLAIN_URIS[i])) {
            return PLAIN;
        }
    }
    /* The default name space of a feed can be anything. */
    bool unprefixed =
        !element->prefix ||
        (!uri && (strcmp(element->prefix, "atom") == 0 || strcmp(element->prefix, "rss") == 0));
    return unprefixed ? PLAIN : N_VOCABULARIES;
}

static const element_name *find_name(vocabulary space, const char *name)
{
    char lower[MAX_NAME];
    size_t n = 0;
    for (; name[n] && n + 1 < MAX_NAME; n++) {
        lower[n] = name[n] >= 'A' && name[n] <= 'Z' ? (char)(name[n] | 0x20) : name[n];
    }
    lower[n] = '\0';
    for (size_t i = 0; i < SR_ARRAY_COUNT(NAMES); i++) {
        if (NAMES[i].space == space && NAMES[i].name[0] == lower[0] &&
            strcmp(NAMES[i].name, lower) == 0) {
            return &NAMES[i];
        }
    }
    return NULL;
}

/* Whether --map gives a field this element; it is then no other field. */
static bool is_mapped(sr_xml_item *item, const sr_xml_element *element, sr_feed_field *field)
{
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        const sr_field_path *path = &item->map->paths[f];
        size_t n_prefix = element->prefix ? strlen(element->prefix) : 0;
        sr_str rest = path->name;
        bool has_prefix = n_prefix && rest.n_bytes > n_prefix && rest.data[n_prefix] == ':' &&
                          memcmp(rest.data, element->prefix, n_prefix) == 0;
        if (has_prefix) {
            rest = sr_str_make(rest.data + n_prefix + 1, rest.n_bytes - n_prefix - 1);
        }
        if (path->is_mapped && rest.n_bytes && (has_prefix || n_prefix == 0) &&
            sr_str_equal_text(rest, element->name)) {
            *field = (sr_feed_field)f;
            item->seen |= 1U << f;
            return true;
        }
    }
    return false;
}

static bool is_text_field(sr_feed_field field)
{
    return field == SR_FEED_FIELD_TITLE || field == SR_FEED_FIELD_TEXT ||
           field == SR_FEED_FIELD_LEAD;
}

/* ---------------------------------------------------------------- values */

static sr_status offer(sr_xml_item *item, sr_feed_field field, unsigned rank, sr_str value)
{
    bool is_link = field == SR_FEED_FIELD_URL || field == SR_FEED_FIELD_IMAGE;
    value = sr_str_trim(value);
    if (item->map->paths[field].is_mapped && rank != RANK_MAPPED) {
        return SR_OK;
    }
    if (is_link) {
        SR_TRY(sr_xml_resolve(value, sr_buffer_view(&item->base), &item->link, &value));
    }
    unsigned before = item->offers.best[field].rank;
    SR_TRY(sr_offers_take(&item->offers, field, rank, value));
    if (item->offers.best[field].rank != before) {
        item->offers.best[field].is_html = !item->is_plain;
    }
    return SR_OK;
}

static bool begins(sr_str text, const char *with)
{
    size_t n = strlen(with);
    return text.n_bytes >= n && memcmp(text.data, with, n) == 0;
}

static bool is_image(const sr_xml_element *element)
{
    sr_str type = sr_xml_attribute_get(element, "type");
    sr_str medium = sr_xml_attribute_get(element, "medium");
    return begins(type, "image") || sr_str_equal_text(medium, "image") ||
           (type.n_bytes == 0 && medium.n_bytes == 0);
}

/* <link rel="alternate" href="…"/> of Atom. */
static sr_status offer_link(sr_xml_item *item, const sr_xml_element *element, sr_str href)
{
    sr_str rel = sr_xml_attribute_get(element, "rel");
    sr_str type = sr_xml_attribute_get(element, "type");
    if (sr_str_equal_text(rel, "enclosure")) {
        return begins(type, "image") ? offer(item, SR_FEED_FIELD_IMAGE, 4, href) : SR_OK;
    }
    bool is_page = rel.n_bytes == 0 || sr_str_equal_text(rel, "alternate") ||
                   begins(rel, "http://www.iana.org/assignments/relation/alternate");
    bool is_html = type.n_bytes == 0 || sr_str_equal_text(type, "text/html") ||
                   sr_str_equal_text(type, "application/xhtml+xml");
    return is_page ? offer(item, SR_FEED_FIELD_URL, is_html ? 2 : RANK_OTHER_TYPE, href) : SR_OK;
}

/* What an element says by its attributes alone. */
static sr_status offer_attributes(sr_xml_item *item, const sr_xml_element *element)
{
    sr_str href = sr_xml_attribute_get(element, "href");
    sr_str url = sr_xml_attribute_get(element, "url");
    if (item->field == SR_FEED_FIELD_URL && href.n_bytes) {
        item->is_ignored = true;
        return offer_link(item, element, href);
    }
    if (item->field == SR_FEED_FIELD_IMAGE) {
        sr_str link = url.n_bytes ? url : href;
        return link.n_bytes && is_image(element)
                   ? offer(item, SR_FEED_FIELD_IMAGE, item->rank, link)
                   : SR_OK;
    }
    if (item->field == SR_FEED_FIELD_TAGS) {
        sr_str label = sr_xml_attribute_get(element, "label");
        return offer(item, SR_FEED_FIELD_TAGS, item->rank,
                     label.n_bytes ? label : sr_xml_attribute_get(element, "term"));
    }
    return SR_OK;
}

/* Decodes in place; false where it is no base64, or not that of a text. */
static bool decode_base64(sr_buffer *value)
{
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    unsigned n_bits = 0;
    size_t n = 0;
    for (size_t i = 0; i < value->n_bytes && value->data[i] != '='; i++) {
        char c = value->data[i];
        const char *digit = c ? strchr(DIGITS, c) : NULL;
        if (!digit && (unsigned char)c > ' ') {
            return false;
        }
        if (digit) {
            bits = bits << 6 | (uint32_t)(digit - DIGITS);
            n_bits += 6;
        }
        if (n_bits >= 8) {
            n_bits -= 8;
            value->data[n++] = (char)(bits >> n_bits & 0xff);
        }
    }
    value->n_bytes = n;
    return n == 0 || (!memchr(value->data, '\0', n) && sr_json_is_utf8(sr_buffer_view(value)));
}

/* What reads U+0080 to U+009F, controls that nobody means, as windows-1252. */
static sr_status replace_controls(sr_xml_item *item)
{
    if (item->value.n_bytes == 0 || !memchr(item->value.data, '\xc2', item->value.n_bytes)) {
        return SR_OK;
    }
    sr_buffer_clear(&item->link);
    SR_TRY(sr_encoding_append_meant(&item->link, sr_buffer_view(&item->value)));
    sr_buffer_clear(&item->value);
    return sr_buffer_append_str(&item->value, sr_buffer_view(&item->link));
}

static sr_status end_field(sr_xml_item *item)
{
    item->field_depth = 0;
    if (item->is_base64 && !item->is_markup && !decode_base64(&item->value)) {
        return SR_OK;
    }
    SR_TRY(replace_controls(item));
    sr_str value = sr_str_trim(sr_buffer_view(&item->value));
    sr_feed_field field = item->field;
    if (item->is_ignored || value.n_bytes == 0) {
        return SR_OK;
    }
    if (field == SR_FEED_FIELD_AUTHOR) {
        value = sr_xml_author_name(value);
    }
    bool is_guid_link = field == SR_FEED_FIELD_ID && begins(value, "http");
    if (is_guid_link && !item->is_plain) {
        SR_TRY(offer(item, SR_FEED_FIELD_URL, RANK_GUID_LINK, value));
    }
    return offer(item, field, item->rank, value);
}

/* ---------------------------------------------------------------- events */

/* Appends a start tag of markup inside a value. */
static sr_status write_start(sr_xml_item *item, const sr_xml_element *element)
{
    sr_buffer *out = &item->value;
    if (!item->is_markup) { /* what was text so far is markup now */
        item->is_markup = true;
        sr_buffer_clear(&item->link);
        SR_TRY(sr_buffer_append_str(&item->link, sr_buffer_view(out)));
        sr_buffer_clear(out);
        SR_TRY(sr_buffer_append_html(out, sr_buffer_view(&item->link)));
    }
    SR_TRY(sr_buffer_append_text(out, "<"));
    SR_TRY(sr_buffer_append_text(out, element->name));
    return sr_buffer_append_text(out, ">");
}

/* What the type of an Atom text means: `mode` is that of Atom 0.3. */
static void judge_type(sr_xml_item *item, const sr_xml_element *element)
{
    sr_str type = sr_xml_attribute_get(element, "type");
    sr_str mode = sr_xml_attribute_get(element, "mode");
    bool known = type.n_bytes == 0 || begins(type, "text") || begins(type, "html") ||
                 begins(type, "xhtml") || begins(type, "application/xhtml") ||
                 !memchr(type.data, '/', type.n_bytes) || memmem(type.data, type.n_bytes, "xml", 3);
    item->is_plain = sr_str_equal_text(type, "text") || sr_str_equal_text(type, "text/plain");
    item->is_base64 = !known || sr_str_equal_text(mode, "base64");
}

static sr_status begin_field(sr_xml_item *item, const sr_xml_element *element, sr_feed_field field,
                             unsigned rank)
{
    item->field_depth = item->depth;
    item->part_depth = 0;
    item->part_met = false;
    item->field = field;
    item->rank = rank;
    item->is_plain = false;
    item->is_markup = false;
    item->is_ignored = false;
    item->is_base64 = false;
    sr_buffer_clear(&item->value);
    if (is_text_field(field)) {
        judge_type(item, element);
    }
    if (field == SR_FEED_FIELD_ID) { /* not to be taken for a link */
        item->is_plain = sr_str_equal_text(sr_xml_attribute_get(element, "isPermaLink"), "false");
    }
    return offer_attributes(item, element);
}

static sr_status begin_item(sr_xml_item *item, const sr_xml_element *element)
{
    sr_str about = sr_xml_attribute_get(element, "rdf:about");
    sr_str href = sr_xml_attribute_get(element, "href");
    SR_TRY(offer(item, SR_FEED_FIELD_LANGUAGE, 2, sr_xml_attribute_get(element, "xml:lang")));
    if (begins(about, "http")) {
        SR_TRY(offer(item, SR_FEED_FIELD_URL, RANK_ABOUT, about));
    }
    SR_TRY(offer(item, SR_FEED_FIELD_URL, RANK_ABOUT, href));
    return offer(item, SR_FEED_FIELD_ID, 4, about);
}

/* Inside the value of a field. */
static sr_status begin_inside(sr_xml_item *item, const sr_xml_element *element)
{
    if (is_text_field(item->field)) {
        return write_start(item, element);
    }
    const char *part = item->field == SR_FEED_FIELD_AUTHOR   ? "name"
                       : item->field == SR_FEED_FIELD_SOURCE ? "title"
                       : item->field == SR_FEED_FIELD_IMAGE  ? "url"
                                                             : "";
    if (strcmp(element->name, part) == 0 && !item->part_met) {
        item->part_depth = item->depth;
        item->part_met = true;
        sr_buffer_clear(&item->value);
    } else if (item->field == SR_FEED_FIELD_AUTHOR && strcmp(element->name, "email") == 0 &&
               item->part_depth == 0 && !item->part_met) {
        item->part_depth = item->depth; /* until a name is met */
    } else if (item->part_depth == 0 && !item->part_met) {
        item->part_depth = SIZE_MAX; /* text of other children counts for nothing */
    }
    return SR_OK;
}

static sr_status set_base(sr_xml_item *item, const sr_xml_element *element)
{
    sr_str base = sr_xml_attribute_get(element, "xml:base");
    sr_buffer *to = item->depth == 2 ? &item->item_base : &item->base;
    sr_str outer = item->depth == 2 ? item->feed->base : sr_buffer_view(&item->item_base);
    SR_TRY(sr_xml_resolve(base.n_bytes ? base : outer, outer, &item->link, &base));
    sr_buffer_clear(to);
    SR_TRY(sr_buffer_append_str(to, base));
    if (to == &item->item_base) {
        sr_buffer_clear(&item->base);
        return sr_buffer_append_str(&item->base, base);
    }
    return SR_OK;
}

static sr_status on_start(void *context, const sr_xml_element *element)
{
    sr_xml_item *item = context;
    size_t depth = ++item->depth; /* 1: our own <x>, 2: the item, 3: its children */
    if (depth == 2) {
        SR_TRY(set_base(item, element));
        return begin_item(item, element);
    }
    if (depth == 1 || item->field_depth) {
        return depth == 1 ? SR_OK : begin_inside(item, element);
    }
    bool is_child = depth == 3 || (item->group_depth && depth == item->group_depth + 1);
    if (!is_child) {
        return SR_OK;
    }
    SR_TRY(set_base(item, element));
    sr_feed_field field;
    if (is_mapped(item, element, &field)) {
        return begin_field(item, element, field, RANK_MAPPED);
    }
    vocabulary space = vocabulary_of(element);
    bool is_group = space == MEDIA &&
                    (strcmp(element->name, "group") == 0 || strcmp(element->name, "content") == 0);
    const element_name *name = find_name(space, element->name);
    if (is_group && item->group_depth == 0) {
        item->group_depth = depth;
        item->is_plain = false;
        item->field = SR_FEED_FIELD_IMAGE;
        item->rank = name ? name->rank : 0;
        return name ? offer_attributes(item, element) : SR_OK;
    }
    return name ? begin_field(item, element, name->field, name->rank) : SR_OK;
}

static sr_status on_text(void *context, sr_str text)
{
    sr_xml_item *item = context;
    if (item->field_depth == 0 || item->is_ignored) {
        return SR_OK;
    }
    if (item->is_markup) {
        return sr_buffer_append_html(&item->value, text);
    }
    bool counts = item->part_depth == 0 ? !item->part_met : item->depth >= item->part_depth;
    return counts ? sr_buffer_append_str(&item->value, text) : SR_OK;
}

static sr_status on_end(void *context, const char *name)
{
    sr_xml_item *item = context;
    size_t depth = item->depth;
    item->depth -= depth > 0;
    if (item->field_depth == depth) {
        return end_field(item);
    }
    if (item->field_depth && item->is_markup) {
        bool has_end =
            strcmp(name, "br") != 0 && strcmp(name, "hr") != 0 && strcmp(name, "img") != 0;
        SR_TRY(sr_buffer_append_text(&item->value, has_end ? "</" : ""));
        SR_TRY(sr_buffer_append_text(&item->value, has_end ? name : ""));
        return sr_buffer_append_text(&item->value, has_end ? ">" : "");
    }
    item->part_depth =
        item->part_depth == depth || item->part_depth == SIZE_MAX ? 0 : item->part_depth;
    item->group_depth = item->group_depth == depth ? 0 : item->group_depth;
    return SR_OK;
}

/* ---------------------------------------------------------------- face */

/* The item as UTF-8 in `decoded`, or as it is. */
static sr_status decode(sr_xml_item *item, sr_str raw, sr_str *text, uint64_t *n_bad)
{
    const char *name = item->feed->encoding;
    *n_bad = 0;
    *text = raw;
    if (sr_encoding_is_utf8(name)) {
        if (sr_json_is_utf8(raw)) {
            return SR_OK;
        }
        name = "CP1252"; /* what it is, where it says UTF-8 and isn't */
        *n_bad = 1;
    }
    sr_buffer_clear(&item->decoded);
    SR_TRY(sr_recoder_append(&item->recoder, name, raw, &item->decoded, n_bad));
    *text = sr_buffer_view(&item->decoded);
    return SR_OK;
}

static sr_status parse(sr_xml_item *item, sr_str text, sr_xml_fault *fault)
{
    static const sr_xml_handler HANDLER = {on_start, on_text, on_end};
    sr_buffer_clear(&item->document);
    SR_TRY(sr_buffer_append_str(&item->document, item->feed->open));
    SR_TRY(sr_buffer_append_str(&item->document, text));
    SR_TRY(sr_buffer_append_text(&item->document, "</x>"));
    sr_offers_clear(&item->offers);
    item->depth = item->field_depth = item->group_depth = item->part_depth = 0;
    item->seen = 0;
    item->is_plain = false;
    SR_TRY(sr_xml_parse(item->parser, sr_buffer_view(&item->document), &HANDLER, item,
                        &item->feed->entities, fault));
    return item->field_depth ? end_field(item) : SR_OK; /* an item that ends in a field */
}

sr_status sr_xml_item_read(sr_xml_item *item, sr_str raw, const sr_xml_context *feed,
                           const sr_field_map *map, sr_xml_fault *fault)
{
    sr_str text;
    uint64_t n_bad;
    item->feed = feed;
    item->map = map;
    if (!item->parser) {
        SR_TRY(sr_xml_parser_create(&item->parser));
    }
    SR_TRY(decode(item, raw, &text, &n_bad));
    SR_TRY(parse(item, text, fault));
    if (fault->code) {
        sr_xml_fault second;
        SR_TRY(sr_xml_repair(text, &item->repaired));
        SR_TRY(parse(item, sr_buffer_view(&item->repaired), &second));
    } else if (n_bad) {
        *fault = (sr_xml_fault){.line = 1, .code = 81}; /* XML_ERR_INVALID_ENCODING */
    }
    return SR_OK;
}
