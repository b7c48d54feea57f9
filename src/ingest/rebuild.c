/* rebuild.c — a store of an older program made anew from the texts that it keeps. Its words and
 * signatures are not those that this program makes, so that new articles can't be put beside them:
 * every live article is signed and cut into terms again and goes, in the order of adding, into new
 * segments, which take the place of all others in one commit. Readers see the one or the other.
 */
#include "ingest/session.h"

#include <omp.h>
#include <stdlib.h>

enum { BATCH_ARTICLES = 1024, BATCH_BYTES = 4 << 20 };

typedef struct rebuild_run {
    sr_session *session;
    const sr_snapshot *snapshot; /* what is read */
    const sr_observer *observer;
    sr_writer *anew;
    sr_arena texts;   /* of the batch, as they were stored */
    sr_arena *arenas; /* one a preparer: what is made of them */
    sr_article *articles;
    sr_doc_facts *facts;
    sr_prepared *prepared;
    size_t n_articles; /* of the batch */
    size_t n_bytes;
    sr_buffer value;
    uint64_t n_done;
} rebuild_run;

static sr_status run_init(rebuild_run *run)
{
    size_t n_preparers = run->session->n_preparers;
    sr_arena_init(&run->texts);
    sr_buffer_init(&run->value, SR_BUFFER_NO_LIMIT);
    run->arenas = calloc(n_preparers, sizeof *run->arenas);
    run->articles = calloc(BATCH_ARTICLES, sizeof *run->articles);
    run->facts = calloc(BATCH_ARTICLES, sizeof *run->facts);
    run->prepared = calloc(BATCH_ARTICLES, sizeof *run->prepared);
    for (size_t i = 0; run->arenas && i < n_preparers; i++) {
        sr_arena_init(&run->arenas[i]);
    }
    return run->arenas && run->articles && run->facts && run->prepared ? SR_OK : SR_ERR_MEMORY;
}

static void run_release(rebuild_run *run)
{
    for (size_t i = 0; run->arenas && i < run->session->n_preparers; i++) {
        sr_arena_release(&run->arenas[i]);
    }
    sr_arena_release(&run->texts);
    sr_buffer_release(&run->value);
    free(run->arenas);
    free(run->articles);
    free(run->facts);
    free(run->prepared);
}

/* ------------------------------------------------------------ a batch */

static sr_status read_article(rebuild_run *run, sr_doc doc, sr_error *error)
{
    sr_str fields[SR_FIELD_COUNT];
    for (sr_field field = 0; field < SR_FIELD_COUNT; field++) {
        SR_TRY(sr_snapshot_read_field(run->snapshot, doc, field, &run->value, error));
        fields[field] = sr_arena_copy(&run->texts, sr_buffer_view(&run->value));
        if (!fields[field].data) {
            return SR_ERR_MEMORY;
        }
        run->n_bytes += fields[field].n_bytes;
    }
    sr_doc_facts *facts = &run->facts[run->n_articles];
    sr_segment_facts(sr_snapshot_segment(run->snapshot, doc.segment), doc.ordinal, facts);
    run->articles[run->n_articles++] = (sr_article){
        .id = fields[SR_FIELD_ID],
        .title = fields[SR_FIELD_TITLE],
        .text = fields[SR_FIELD_TEXT],
        .lead = fields[SR_FIELD_LEAD],
        .url = fields[SR_FIELD_URL],
        .source = fields[SR_FIELD_SOURCE],
        .author = fields[SR_FIELD_AUTHOR],
        .tags = fields[SR_FIELD_TAGS],
        .image = fields[SR_FIELD_IMAGE],
        .published_s = facts->published_s,
    };
    return SR_OK;
}

static sr_status prepare_batch(rebuild_run *run)
{
    sr_status failure = SR_OK;
#pragma omp parallel for schedule(dynamic, 8) num_threads((int)run->session->n_preparers)
    for (size_t i = 0; i < run->n_articles; i++) {
        size_t thread = (size_t)omp_get_thread_num();
        sr_status status = sr_prepare_stored(&run->session->preparers[thread], &run->arenas[thread],
                                             &run->articles[i], run->facts[i].language,
                                             run->facts[i].article_hash, &run->prepared[i]);
        if (status != SR_OK) {
#pragma omp critical(sr_rebuild_failure)
            failure = status;
        }
    }
    return failure;
}

static sr_status put_batch(rebuild_run *run, sr_error *error)
{
    SR_TRY(prepare_batch(run));
    for (size_t i = 0; i < run->n_articles; i++) {
        bool flushed = false;
        sr_store_entry entry = sr_prepared_entry(&run->prepared[i]);
        SR_TRY(sr_writer_add(run->anew, &entry, &flushed, error));
    }
    run->n_done += run->n_articles;
    run->n_articles = 0;
    run->n_bytes = 0;
    sr_arena_reset(&run->texts);
    for (size_t i = 0; i < run->session->n_preparers; i++) {
        sr_arena_reset(&run->arenas[i]);
    }
    sr_observe_progress(run->observer, "making anew", run->n_done,
                        sr_snapshot_live_count(run->snapshot));
    return sr_observe_cancelled(run->observer) ? sr_error_set(error, SR_ERR_INTERRUPTED, NULL, 0,
                                                              "interrupted; the store is as before")
                                               : SR_OK;
}

/* ------------------------------------------------------------ the whole */

static sr_status put_all(rebuild_run *run, sr_error *error)
{
    sr_doc at = {0};
    sr_doc doc;
    while (sr_snapshot_next_live(run->snapshot, &at, &doc)) {
        SR_TRY(read_article(run, doc, error));
        if (run->n_articles == BATCH_ARTICLES || run->n_bytes >= BATCH_BYTES) {
            SR_TRY(put_batch(run, error));
        }
    }
    return put_batch(run, error);
}

sr_status sr_session_rebuild(sr_session *session, sr_store *store, sr_error *error)
{
    uint64_t commit = 0;
    if (session->dedup_only) {
        return sr_snapshot_must_be_current(sr_writer_snapshot(session->writer), error);
    }
    SR_TRY(sr_writer_commit(session->writer, &commit, error)); /* removals that are not yet */
    rebuild_run run = {
        .session = session,
        .snapshot = sr_writer_snapshot(session->writer),
        .observer = sr_store_observer(store),
    };
    sr_observe_message(run.observer, SR_MESSAGE_INFO,
                       "the store was made by an older version: all of it is made anew");
    sr_status status = run_init(&run);
    if (status == SR_OK) {
        status = sr_writer_begin_anew(session->writer, &run.anew, error);
    }
    if (status == SR_OK) {
        status = put_all(&run, error);
    }
    if (status == SR_OK) {
        status = sr_writer_replace(&session->writer, &run.anew, error);
        store->writer = session->writer;
    }
    sr_writer_close(run.anew);
    run_release(&run);
    return status == SR_ERR_MEMORY ? sr_error_set(error, status, NULL, 0, "out of memory") : status;
}
