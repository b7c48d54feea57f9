/* html_json_ld.c — schema.org's Article in JSON-LD: an object, a list of them, or a list below
 * "@graph". What is nested deeper is not looked at. */
#include "feed/html_read.h"
#include "feed/json_value.h"

typedef struct ld_name {
    const char *name;
    sr_feed_field field;
    unsigned rank;
} ld_name;

static const ld_name NAMES[] = {
    {"headline", SR_FEED_FIELD_TITLE, 1},        {"url", SR_FEED_FIELD_URL, 3},
    {"author", SR_FEED_FIELD_AUTHOR, 1},         {"datePublished", SR_FEED_FIELD_PUBLISHED, 0},
    {"dateCreated", SR_FEED_FIELD_PUBLISHED, 3}, {"description", SR_FEED_FIELD_LEAD, 3},
    {"image", SR_FEED_FIELD_IMAGE, 2},           {"thumbnailUrl", SR_FEED_FIELD_IMAGE, 4},
    {"keywords", SR_FEED_FIELD_TAGS, 2},         {"inLanguage", SR_FEED_FIELD_LANGUAGE, 1},
    {"publisher", SR_FEED_FIELD_SOURCE, 2},
};

static bool ends_with(sr_str text, const char *end)
{
    size_t n = strlen(end);
    return text.n_bytes >= n && memcmp(text.data + text.n_bytes - n, end, n) == 0;
}

/* "NewsArticle", "BlogPosting", … */
static bool is_article_type(sr_json_value type)
{
    sr_str key;
    sr_json_value first = type;
    if (sr_json_value_type(type) == SR_JSON_ARRAY) {
        sr_json_walk walk = sr_json_value_walk(type);
        if (!sr_json_walk_next(&walk, &key, &first)) {
            return false;
        }
    }
    if (sr_json_value_type(first) != SR_JSON_STRING) {
        return false;
    }
    sr_str name = sr_json_value_string(first);
    return ends_with(name, "Article") || ends_with(name, "Posting") || ends_with(name, "Report") ||
           ends_with(name, "Review");
}

static sr_status offer_member(sr_html_reader *reader, sr_str key, sr_json_value value)
{
    for (size_t i = 0; i < SR_ARRAY_COUNT(NAMES); i++) {
        if (!sr_str_equal_text(key, NAMES[i].name)) {
            continue;
        }
        sr_buffer_clear(&reader->text);
        SR_TRY(sr_json_value_append(value, NAMES[i].field, &reader->text));
        sr_str text = sr_buffer_view(&reader->text);
        bool is_link = text.n_bytes > 4 && memcmp(text.data, "http", 4) == 0;
        bool wants_link =
            NAMES[i].field == SR_FEED_FIELD_URL || NAMES[i].field == SR_FEED_FIELD_IMAGE;
        if (is_link == wants_link) {
            SR_TRY(sr_offers_take(&reader->offers, NAMES[i].field, NAMES[i].rank, text));
        }
        return SR_OK;
    }
    return SR_OK;
}

static sr_status read_object(sr_html_reader *reader, sr_json_value object, sr_json_value *graph,
                             bool *has_graph)
{
    sr_str key;
    sr_json_value value;
    bool is_article = false;
    sr_json_walk walk = sr_json_value_walk(object);
    while (sr_json_walk_next(&walk, &key, &value)) {
        is_article = is_article || (sr_str_equal_text(key, "@type") && is_article_type(value));
        if (has_graph && sr_str_equal_text(key, "@graph")) {
            *graph = value;
            *has_graph = true;
        }
    }
    walk = sr_json_value_walk(object);
    while (is_article && sr_json_walk_next(&walk, &key, &value)) {
        SR_TRY(offer_member(reader, key, value));
    }
    return SR_OK;
}

static sr_status read_list(sr_html_reader *reader, sr_json_value list)
{
    sr_str key;
    sr_json_value element;
    sr_json_walk walk = sr_json_value_walk(list);
    while (sr_json_walk_next(&walk, &key, &element)) {
        if (sr_json_value_type(element) == SR_JSON_OBJECT) {
            SR_TRY(read_object(reader, element, NULL, NULL));
        }
    }
    return SR_OK;
}

sr_status sr_html_read_json_ld(sr_html_reader *reader, sr_str script)
{
    sr_json_value root;
    const char *reason;
    script = sr_str_trim(script);
    sr_json_result result = sr_json_parse(reader->json, script, &root, &reason);
    if (result != SR_JSON_OK) {
        return result == SR_JSON_NO_MEMORY ? SR_ERR_MEMORY : SR_OK;
    }
    if (sr_json_value_type(root) == SR_JSON_ARRAY) {
        return read_list(reader, root);
    }
    sr_json_value graph;
    bool has_graph = false;
    if (sr_json_value_type(root) == SR_JSON_OBJECT) {
        SR_TRY(read_object(reader, root, &graph, &has_graph));
    }
    return has_graph && sr_json_value_type(graph) == SR_JSON_ARRAY ? read_list(reader, graph)
                                                                   : SR_OK;
}
