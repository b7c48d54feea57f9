/* previous.c — boxes beside those of an earlier run: which are the same, and whose article is gone.
 *
 * The earlier boxes are JSON Lines as sr_boxes_render writes them, and may have later changes
 * appended: of several lines of one article the last counts. Of a box only the ids of its items in
 * their order matter, as a hash.
 */
#include "related/boxes.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/hash.h"
#include "feed/json_shim.h"

#include <stdlib.h>

typedef struct known_box {
    sr_str id;
    uint64_t items;  /* hash of the items' ids */
    uint64_t line;   /* later lines count */
    bool is_removed; /* said to be gone, or found to be */
    bool is_here;    /* among the new boxes too */
} known_box;

typedef struct known_list {
    const char *path;
    sr_json *json;
    sr_arena ids;
    known_box *boxes;
    size_t n_boxes;
    size_t capacity;
} known_list;

static uint64_t add_item(uint64_t hash, sr_str id)
{
    return sr_mix64(hash ^ sr_hash_str(id)) + 1;
}

static uint64_t hash_items(const sr_box *box)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < box->n_items; i++) {
        hash = add_item(hash, box->items[i].shown.article.id);
    }
    return hash;
}

/* The member of that name; a null where there is none. */
static bool find_member(sr_json_value object, const char *name, sr_json_value *found)
{
    sr_json_walk walk = sr_json_value_walk(object);
    sr_str key;
    while (sr_json_walk_next(&walk, &key, found)) {
        if (sr_str_equal_text(key, name)) {
            return true;
        }
    }
    return false;
}

static bool find_text(sr_json_value object, const char *name, sr_str *text)
{
    sr_json_value value;
    bool is_there = sr_json_value_type(object) == SR_JSON_OBJECT &&
                    find_member(object, name, &value) &&
                    sr_json_value_type(value) == SR_JSON_STRING;
    if (is_there) {
        *text = sr_json_value_string(value);
    }
    return is_there;
}

static bool read_items(sr_json_value items, uint64_t *hash)
{
    sr_json_walk walk = sr_json_value_walk(items);
    sr_str key;
    sr_json_value item;
    sr_str id;
    while (sr_json_walk_next(&walk, &key, &item)) {
        if (!find_text(item, "id", &id)) {
            return false;
        }
        *hash = add_item(*hash, id);
    }
    return true;
}

/* A box, {"id":…,"removed":true}, or {"commit":…}, which says nothing here. */
static bool read_line(sr_json_value root, known_box *known, bool *is_box)
{
    sr_json_value value;
    *is_box = true;
    if (sr_json_value_type(root) != SR_JSON_OBJECT) {
        return false;
    }
    if (find_member(root, "query", &value)) {
        sr_json_value items;
        return find_text(value, "id", &known->id) && find_member(root, "items", &items) &&
               sr_json_value_type(items) == SR_JSON_ARRAY && read_items(items, &known->items);
    }
    known->is_removed = find_member(root, "removed", &value);
    if (known->is_removed) {
        return find_text(root, "id", &known->id);
    }
    *is_box = false;
    return find_member(root, "commit", &value);
}

static sr_status take_line(known_list *list, sr_str text, uint64_t line, sr_error *error)
{
    sr_json_value root;
    const char *reason = NULL;
    known_box known = {.line = line};
    bool is_box = false;
    if (sr_json_parse(list->json, text, &root, &reason) != SR_JSON_OK ||
        !read_line(root, &known, &is_box)) {
        return sr_error_set(error, SR_ERR_FORMAT, list->path, line,
                            "this is no box: expected lines that related --all --format jsonl "
                            "wrote");
    }
    if (!is_box) {
        return SR_OK;
    }
    known.id = sr_arena_copy(&list->ids, known.id);
    if (!known.id.data) {
        return SR_ERR_MEMORY;
    }
    SR_TRY(sr_array_reserve((void **)&list->boxes, &list->capacity, list->n_boxes + 1,
                            sizeof *list->boxes));
    list->boxes[list->n_boxes++] = known;
    return SR_OK;
}

static sr_status take_lines(known_list *list, sr_str text, sr_error *error)
{
    uint64_t line = 0;
    while (text.n_bytes) {
        const char *end = memchr(text.data, '\n', text.n_bytes);
        size_t n_bytes = end ? (size_t)(end - text.data) : text.n_bytes;
        sr_str found = sr_str_trim(sr_str_make(text.data, n_bytes));
        line++;
        if (found.n_bytes) {
            SR_TRY(take_line(list, found, line, error));
        }
        n_bytes += end != NULL;
        text = sr_str_make(text.data + n_bytes, text.n_bytes - n_bytes);
    }
    return SR_OK;
}

static int order_known(const void *left, const void *right)
{
    const known_box *a = left;
    const known_box *b = right;
    int order = sr_str_compare(a->id, b->id);
    return order ? order : (a->line > b->line) - (a->line < b->line);
}

/* Ascending by id, of each id the last line. */
static void keep_last(known_list *list)
{
    size_t n_kept = 0;
    if (list->n_boxes) {
        qsort(list->boxes, list->n_boxes, sizeof *list->boxes, order_known);
    }
    for (size_t i = 0; i < list->n_boxes; i++) {
        bool is_last =
            i + 1 == list->n_boxes || !sr_str_equal(list->boxes[i].id, list->boxes[i + 1].id);
        if (is_last) {
            list->boxes[n_kept++] = list->boxes[i];
        }
    }
    list->n_boxes = n_kept;
}

static known_box *find_known(const known_list *list, sr_str id)
{
    size_t low = 0;
    size_t high = list->n_boxes;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = sr_str_compare(list->boxes[middle].id, id);
        if (order == 0) {
            return &list->boxes[middle];
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return NULL;
}

static sr_status compare(sr_boxes *boxes, known_list *list)
{
    boxes->removed = calloc(list->n_boxes + 1, sizeof *boxes->removed);
    if (!boxes->removed) {
        return SR_ERR_MEMORY;
    }
    boxes->is_difference = true;
    for (size_t i = 0; i < boxes->n_boxes; i++) {
        sr_box *box = &boxes->boxes[i];
        known_box *known = find_known(list, box->query_id);
        if (known) {
            known->is_here = true;
            box->is_unchanged = !known->is_removed && known->items == hash_items(box);
        }
    }
    for (size_t i = 0; i < list->n_boxes; i++) {
        if (!list->boxes[i].is_here && !list->boxes[i].is_removed) {
            sr_str id = sr_arena_copy(&boxes->arenas[0], list->boxes[i].id);
            if (!id.data) {
                return SR_ERR_MEMORY;
            }
            boxes->removed[boxes->n_removed++] = id;
        }
    }
    return SR_OK;
}

sr_status sr_boxes_subtract(sr_boxes *boxes, const char *previous, sr_error *error)
{
    if (boxes->is_difference) {
        return sr_error_set(error, SR_ERR_ARGUMENT, previous, 0,
                            "these boxes are a difference already");
    }
    known_list list = {.path = previous, .json = sr_json_create()};
    sr_buffer text;
    sr_buffer_init(&text, SR_BUFFER_NO_LIMIT);
    sr_arena_init(&list.ids);
    sr_status status = list.json ? sr_file_read_all(previous, &text, error) : SR_ERR_MEMORY;
    if (status == SR_OK) {
        status = take_lines(&list, sr_buffer_view(&text), error);
    }
    if (status == SR_OK) {
        keep_last(&list);
        status = compare(boxes, &list);
    }
    free(list.boxes);
    sr_arena_release(&list.ids);
    sr_buffer_release(&text);
    sr_json_free(list.json);
    return status;
}
