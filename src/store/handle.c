/* handle.c — opening and closing the public store. */
#include "store/handle.h"

#include "sketch/params.h"
#include "store/term_df.h"

#include <stdlib.h>

sr_status sr_store_init(const char *dir, const sr_params *params, bool dedup_only, sr_error *error)
{
    SR_TRY(sr_params_check(params, error));
    return sr_store_create(dir, params, dedup_only, error);
}

sr_status sr_store_open(const char *dir, sr_store_mode mode, const sr_observer *observer,
                        sr_store **out, sr_error *error)
{
    sr_store *store = calloc(1, sizeof *store);
    if (!store) {
        return SR_ERR_MEMORY;
    }
    store->observer = observer ? *observer : (sr_observer){0};
    store->dir = strdup(dir);
    sr_status status = SR_ERR_MEMORY;
    if (store->dir && mode == SR_STORE_READ) {
        status = sr_snapshot_open(dir, &store->snapshot, error);
        if (status == SR_OK) {
            status = sr_snapshot_remember(store->snapshot);
        }
        if (status == SR_OK) {
            status = sr_pool_create(&store->workers);
        }
    } else if (store->dir) {
        status =
            sr_writer_open(dir, mode == SR_STORE_WRITE, &store->observer, &store->writer, error);
    }
    if (status != SR_OK) {
        sr_store_close(store);
        return status;
    }
    *out = store;
    return SR_OK;
}

void sr_store_close(sr_store *store)
{
    if (!store) {
        return;
    }
    if (store->session) {
        store->session_free(store->session);
    }
    sr_pool_free(store->workers);
    sr_writer_close(store->writer);
    sr_snapshot_close(store->snapshot);
    free(store->dir);
    free(store);
}

const sr_snapshot *sr_store_snapshot(const sr_store *store)
{
    return store->writer ? sr_writer_snapshot(store->writer) : store->snapshot;
}

const sr_observer *sr_store_observer(const sr_store *store)
{
    return &store->observer;
}

void sr_store_get_info(const sr_store *store, sr_store_info *info)
{
    sr_snapshot_info(sr_store_snapshot(store), info);
}

sr_status sr_store_params_to_json(const sr_store *store, char *json, size_t n_bytes)
{
    sr_store_info info;
    sr_store_get_info(store, &info);
    return sr_params_show_json(&info.params, info.normaliser_version, info.hash_version, json,
                               n_bytes);
}

size_t sr_store_get_columns(const sr_store *store, sr_column_info *columns, size_t max_columns)
{
    return sr_snapshot_columns(sr_store_snapshot(store), columns, max_columns);
}

sr_status sr_store_check(const char *dir, const sr_observer *observer, sr_error *error)
{
    return sr_store_verify(dir, observer, error);
}
