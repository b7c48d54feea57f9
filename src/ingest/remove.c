/* remove.c — taking articles out by id, source or age; and giving their place back. */
#include "ingest/session.h"

#include "base/hash.h"

#include <stdlib.h>

/* The ids are sought among what is stored: what is pending is flushed before. */
static sr_status settle(sr_session *session, sr_error *error)
{
    if (sr_writer_pending_count(session->writer) == 0) {
        return SR_OK;
    }
    SR_TRY(sr_writer_flush(session->writer, error));
    sr_pending_clear(&session->pending);
    return SR_OK;
}

/* One run of sr_store_remove. */
typedef struct removal_run {
    const sr_snapshot *snapshot;
    sr_writer *writer; /* NULL in a dry run */
    const sr_removal *removal;
    sr_removal_summary summary;
    sr_buffer id;
    sr_buffer source;
} removal_run;

static sr_status take(removal_run *run, sr_doc doc, sr_error *error)
{
    run->summary.n_removed++;
    if (run->removal->seen) {
        SR_TRY(sr_snapshot_read_field(run->snapshot, doc, SR_FIELD_ID, &run->id, error));
        run->removal->seen(run->removal->context, sr_buffer_view(&run->id));
    }
    return run->writer ? sr_writer_remove(run->writer, doc, error) : SR_OK;
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In order, so that an id that is named twice counts once. */
static sr_status remove_sorted(removal_run *run, const char *const *ids, sr_error *error)
{
    for (size_t i = 0; i < run->removal->n_ids; i++) {
        sr_doc doc = {0};
        bool found = false;
        if (i > 0 && strcmp(ids[i - 1], ids[i]) == 0) {
            continue;
        }
        SR_TRY(sr_snapshot_find_id(run->snapshot, sr_str_of(ids[i]), &found, &doc));
        if (found) {
            SR_TRY(take(run, doc, error));
        } else {
            run->summary.n_unknown++;
        }
    }
    return SR_OK;
}

static sr_status remove_ids(removal_run *run, sr_error *error)
{
    size_t n_ids = run->removal->n_ids;
    const char **ids = calloc(n_ids, sizeof *ids);
    if (!ids) {
        return SR_ERR_MEMORY;
    }
    memcpy(ids, run->removal->ids, n_ids * sizeof *ids);
    qsort(ids, n_ids, sizeof *ids, compare_ids);
    sr_status status = remove_sorted(run, ids, error);
    free(ids);
    return status;
}

/* The hot columns decide; the source itself is compared where its hash is equal. */
static sr_status matches(removal_run *run, sr_doc doc, bool *match, sr_error *error)
{
    const sr_removal *removal = run->removal;
    sr_doc_facts facts;
    sr_segment_facts(sr_snapshot_segment(run->snapshot, doc.segment), doc.ordinal, &facts);
    sr_str source = sr_str_of(removal->source);
    *match = (removal->before_s == SR_TIME_UNKNOWN ||
              (facts.published_s != SR_TIME_UNKNOWN && facts.published_s < removal->before_s)) &&
             (!removal->source || facts.source_hash == (source.n_bytes ? sr_hash_str(source) : 0));
    if (*match && removal->source) {
        SR_TRY(sr_snapshot_read_field(run->snapshot, doc, SR_FIELD_SOURCE, &run->source, error));
        *match = sr_str_equal(sr_buffer_view(&run->source), source);
    }
    return SR_OK;
}

static sr_status remove_matching(removal_run *run, sr_error *error)
{
    sr_doc at = {0};
    sr_doc doc;
    while (sr_snapshot_next_live(run->snapshot, &at, &doc)) {
        bool match;
        SR_TRY(matches(run, doc, &match, error));
        if (match) {
            SR_TRY(take(run, doc, error));
        }
    }
    return SR_OK;
}

sr_status sr_store_remove(sr_store *store, const sr_removal *removal, sr_removal_summary *summary,
                          sr_error *error)
{
    bool by_condition = removal->source || removal->before_s != SR_TIME_UNKNOWN;
    if ((removal->n_ids == 0) == !by_condition) {
        return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0,
                            "articles are removed by id, or by source and date");
    }
    sr_session *session = NULL;
    if (!removal->dry_run || store->writer) {
        SR_TRY(sr_session_of(store, &session, error));
        SR_TRY(settle(session, error));
    }
    removal_run run = {
        .snapshot = sr_store_snapshot(store),
        .writer = removal->dry_run ? NULL : session->writer,
        .removal = removal,
    };
    sr_buffer_init(&run.id, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&run.source, SR_BUFFER_NO_LIMIT);
    sr_status status = by_condition ? remove_matching(&run, error) : remove_ids(&run, error);
    sr_buffer_release(&run.id);
    sr_buffer_release(&run.source);
    if (status == SR_OK) {
        *summary = run.summary;
    }
    return status;
}

sr_status sr_store_compact(sr_store *store, sr_error *error)
{
    sr_session *session;
    SR_TRY(sr_session_of(store, &session, error));
    if (sr_snapshot_is_outdated(sr_store_snapshot(store))) {
        SR_TRY(sr_session_rebuild(session, store, error));
    }
    sr_status status = sr_writer_compact(session->writer, error);
    if (sr_writer_pending_count(session->writer) == 0) {
        sr_pending_clear(&session->pending);
    }
    return status;
}
