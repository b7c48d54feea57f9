/* all.c — sr_related_all: every stored article as a query. */
#include "related/boxes.h"
#include "store/handle.h"

#include <stdlib.h>

typedef struct id_list {
    const sr_snapshot *snapshot;
    sr_query *queries; /* one for each live article */
    size_t n_queries;
    sr_arena ids;
    sr_buffer id;
} id_list;

static sr_status add_id(id_list *list, sr_doc doc, sr_error *error)
{
    SR_TRY(sr_snapshot_read_field(list->snapshot, doc, SR_FIELD_ID, &list->id, error));
    char *id = sr_arena_alloc(&list->ids, list->id.n_bytes + 1);
    if (!id) {
        return SR_ERR_MEMORY;
    }
    if (list->id.n_bytes) {
        memcpy(id, list->id.data, list->id.n_bytes);
    }
    id[list->id.n_bytes] = '\0';
    list->queries[list->n_queries++] = (sr_query){.id = id};
    return SR_OK;
}

static sr_status collect(id_list *list, sr_error *error)
{
    sr_doc at = {0};
    sr_doc doc;
    while (sr_snapshot_next_live(list->snapshot, &at, &doc)) {
        SR_TRY(add_id(list, doc, error));
    }
    return SR_OK;
}

sr_status sr_related_all(const sr_store *store, const sr_related_options *options, sr_boxes **out,
                         sr_error *error)
{
    id_list list = {.snapshot = sr_store_snapshot(store)};
    size_t n_live = (size_t)sr_snapshot_live_count(list.snapshot);
    if (error) {
        *error = (sr_error){0};
    }
    sr_arena_init(&list.ids);
    sr_buffer_init(&list.id, SR_BUFFER_NO_LIMIT);
    list.queries = calloc(n_live + 1, sizeof *list.queries);
    sr_status status = list.queries ? collect(&list, error) : SR_ERR_MEMORY;
    if (status == SR_OK) {
        status = sr_related(store, list.queries, list.n_queries, options, out, error);
    }
    if (status == SR_OK) {
        (*out)->is_keyed = true;
    }
    free(list.queries);
    sr_buffer_release(&list.id);
    sr_arena_release(&list.ids);
    return status;
}
