/* fields.c — the table of usual names, and --map. */
#include "feed/fields.h"

#include <stdlib.h>

static const char *const NAMES[SR_FEED_FIELD_COUNT] = {"id",       "title",  "text",   "lead",
                                                       "url",      "source", "author", "published",
                                                       "language", "tags",   "image"};

/* By field, best first: what crawlers and systems write, then the words of spreadsheets elsewhere.
 */
enum { MAX_GUESSES = 18, MAX_NAME = 24 };
static const char GUESSES[SR_FEED_FIELD_COUNT][MAX_GUESSES][MAX_NAME] = {
    [SR_FEED_FIELD_ID] = {"id", "guid", "_id", "article_id"},
    [SR_FEED_FIELD_TITLE] = {"title", "headline", "name", "subject", "titel", "titre", "título",
                             "titulo", "titolo", "otsikko", "заголовок"},
    [SR_FEED_FIELD_TEXT] = {"text", "body", "content", "article", "content_html", "content_text",
                            "article_body", "maintext", "texte", "texto", "testo", "inhalt",
                            "teksti", "текст"},
    [SR_FEED_FIELD_LEAD] = {"lead", "summary", "description", "excerpt", "abstract", "teaser",
                            "tiivistelmä"},
    [SR_FEED_FIELD_URL] = {"url", "link", "href", "permalink", "canonical_url", "external_url"},
    [SR_FEED_FIELD_SOURCE] = {"source", "publisher", "site", "domain", "outlet", "source_name"},
    [SR_FEED_FIELD_AUTHOR] = {"authors", "author", "byline", "creator", "autor", "auteur", "autore",
                              "автор"},
    [SR_FEED_FIELD_PUBLISHED] = {"published", "date", "pubdate", "published_at", "date_published",
                                 "date_gmt", "publish_date", "time", "timestamp", "time_ms",
                                 "created_at", "date_modified", "datum", "fecha", "дата", "updated",
                                 "updated_at"},
    [SR_FEED_FIELD_LANGUAGE] = {"language", "lang"},
    [SR_FEED_FIELD_TAGS] = {"tags", "keywords", "categories", "topics", "label"},
    [SR_FEED_FIELD_IMAGE] = {"image", "image_url", "thumbnail", "top_image", "banner_image"},
};

const char *sr_feed_field_name(sr_feed_field field)
{
    return NAMES[field];
}

/* Lower-case ASCII copy; false where the name is longer than any that we know. */
static bool lower_name(sr_str name, char lower[MAX_NAME])
{
    if (name.n_bytes == 0 || name.n_bytes >= MAX_NAME) {
        return false;
    }
    for (size_t i = 0; i < name.n_bytes; i++) {
        char c = name.data[i];
        lower[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    lower[name.n_bytes] = '\0';
    return true;
}

unsigned sr_field_map_guess(const sr_field_map *map, sr_str name, sr_feed_field *field)
{
    char lower[MAX_NAME];
    if (!lower_name(name, lower)) {
        return SR_FIELD_NO_RANK;
    }
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        /* What was said to be one field is not guessed to be another; but an id may well be a url.
         */
        if (f != SR_FEED_FIELD_ID && map->paths[f].is_mapped &&
            sr_str_equal(map->paths[f].name, name)) {
            return SR_FIELD_NO_RANK;
        }
    }
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        for (unsigned rank = 0; rank < MAX_GUESSES && GUESSES[f][rank][0]; rank++) {
            if (strcmp(lower, GUESSES[f][rank]) == 0) {
                *field = (sr_feed_field)f;
                return map->paths[f].is_mapped ? SR_FIELD_NO_RANK : rank;
            }
        }
    }
    return SR_FIELD_NO_RANK;
}

/* Takes the part of `rest` before `separator` off its front. */
static sr_str take_part(sr_str *rest, char separator)
{
    const char *end = rest->n_bytes ? memchr(rest->data, separator, rest->n_bytes) : NULL;
    sr_str part = sr_str_make(rest->data, end ? (size_t)(end - rest->data) : rest->n_bytes);
    size_t n_gone = part.n_bytes + (end != NULL);
    *rest = sr_str_make(rest->data + n_gone, rest->n_bytes - n_gone);
    return part;
}

static sr_status set_path(sr_field_path *path, sr_str name, sr_error *error)
{
    path->is_mapped = true;
    path->name = name;
    path->n_parts = 0;
    for (sr_str rest = name; rest.n_bytes;) {
        if (path->n_parts == SR_FIELD_MAX_PARTS) {
            return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0,
                                "--map: \"%.*s\" has more than %d parts", (int)name.n_bytes,
                                name.data, SR_FIELD_MAX_PARTS);
        }
        path->parts[path->n_parts++] = take_part(&rest, '.');
    }
    return SR_OK;
}

static sr_status add_mapping(sr_field_map *map, sr_str mapping, sr_error *error)
{
    sr_str name = mapping;
    sr_str field = sr_str_trim(take_part(&name, '='));
    if (!memchr(mapping.data, '=', mapping.n_bytes)) {
        return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0,
                            "--map: \"%.*s\" is not FIELD=NAME, for example text=content.rendered",
                            (int)mapping.n_bytes, mapping.data);
    }
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        if (!sr_str_equal_text(field, NAMES[f])) {
            continue;
        }
        if (map->paths[f].is_mapped) {
            return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0, "--map: %s is mapped twice",
                                NAMES[f]);
        }
        return set_path(&map->paths[f], sr_str_trim(name), error);
    }
    return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0,
                        "--map: \"%.*s\" is no field; the fields are id, title, text, lead, url, "
                        "source, author, published, language, tags, image",
                        (int)field.n_bytes, field.data);
}

sr_status sr_field_map_init(sr_field_map *map, const char *text, sr_error *error)
{
    *map = (sr_field_map){0};
    if (!text) {
        return SR_OK;
    }
    map->text = strdup(text);
    if (!map->text) {
        return SR_ERR_MEMORY;
    }
    sr_str rest = sr_str_of(map->text);
    while (rest.n_bytes) {
        sr_str mapping = sr_str_trim(take_part(&rest, ','));
        sr_status status = mapping.n_bytes ? add_mapping(map, mapping, error) : SR_OK;
        if (status != SR_OK) {
            sr_field_map_release(map);
            return status;
        }
    }
    return SR_OK;
}

void sr_field_map_release(sr_field_map *map)
{
    if (map) {
        free(map->text);
        *map = (sr_field_map){0};
    }
}
