/* adopt.c — articles unpacked from the spool, in input order, a batch at a time. */
#include "dedup/adopt.h"

#include "base/arena.h"
#include "base/hash.h"
#include "dedup/hash_set.h"

#include <stdlib.h>

enum { BATCH_ARTICLES = 512 };

typedef struct adopt_batch {
    sr_arena arena;
    sr_article articles[BATCH_ARTICLES];
    size_t n_articles;
    sr_buffer scratch;
} adopt_batch;

static sr_status unpack(const sr_dedup_articles *articles, uint32_t doc, adopt_batch *batch,
                        sr_error *error)
{
    sr_article *article = &batch->articles[batch->n_articles];
    sr_str id;
    SR_TRY(sr_dedup_articles_read_fields(articles, doc, &batch->scratch, article, error));
    sr_status status = sr_article_keep(&batch->arena, article);
    if (status == SR_OK) {
        SR_TRY(sr_dedup_articles_read_id(articles, doc, &batch->scratch, &id, error));
        article->id = sr_arena_copy(&batch->arena, id);
        status = article->id.data ? SR_OK : SR_ERR_MEMORY;
    }
    batch->n_articles++;
    return status == SR_OK ? SR_OK
                           : sr_error_set(error, status, NULL, 0, "%s", sr_status_text(status));
}

static sr_status flush(adopt_batch *batch, sr_store *store, sr_dedup_summary *summary,
                       sr_error *error)
{
    SR_TRY(sr_store_add_articles(store, batch->articles, batch->n_articles, NULL, error));
    summary->n_added += batch->n_articles;
    batch->n_articles = 0;
    sr_arena_reset(&batch->arena);
    return SR_OK;
}

static sr_status adopt_all(const sr_dedup_articles *articles, const sr_dedup_fate *fates,
                           const sr_observer *observer, sr_store *store, adopt_batch *batch,
                           sr_dedup_summary *summary, sr_error *error)
{
    for (uint32_t doc = 0; doc < articles->n_rows; doc++) {
        if (sr_dedup_is_bad(articles, doc) || fates[doc].dropped) {
            continue;
        }
        SR_TRY(unpack(articles, doc, batch, error));
        if (batch->n_articles == BATCH_ARTICLES) {
            if (sr_observe_cancelled(observer)) {
                return sr_error_set(error, SR_ERR_INTERRUPTED, NULL, 0, "interrupted");
            }
            SR_TRY(flush(batch, store, summary, error));
            sr_observe_progress(observer, "adding", doc, articles->n_rows);
        }
    }
    return flush(batch, store, summary, error);
}

sr_status sr_dedup_adopt(const sr_dedup_articles *articles, const sr_dedup_fate *fates,
                         const sr_observer *observer, sr_store *store, sr_dedup_summary *summary,
                         sr_error *error)
{
    adopt_batch batch = {.n_articles = 0};
    sr_arena_init(&batch.arena);
    sr_buffer_init(&batch.scratch, SR_BUFFER_NO_LIMIT);
    sr_status status = adopt_all(articles, fates, observer, store, &batch, summary, error);
    sr_arena_release(&batch.arena);
    sr_buffer_release(&batch.scratch);
    return status;
}

/* Has the store an article of this id that has these words? */
static sr_status is_there(const sr_dedup_article *row, sr_str id, const sr_snapshot *snapshot,
                          bool *there, sr_error *error)
{
    sr_doc doc;
    sr_doc_facts facts;
    sr_status status = sr_snapshot_find_id(snapshot, id, there, &doc);
    if (status != SR_OK) {
        return sr_error_set(error, status, NULL, 0, "%s", sr_status_text(status));
    }
    if (*there) {
        sr_segment_facts(sr_snapshot_segment(snapshot, doc.segment), doc.ordinal, &facts);
        *there = facts.n_words == row->n_words &&
                 (row->n_words == 0 ||
                  (facts.content[0] == row->content[0] && facts.content[1] == row->content[1]));
    }
    return SR_OK;
}

static sr_status look_for_all(const sr_dedup_articles *articles, const sr_dedup_fate *fates,
                              const sr_snapshot *snapshot, sr_hash_set *ids, sr_buffer *scratch,
                              bool *adopted, sr_error *error)
{
    *adopted = true;
    for (uint32_t doc = articles->n_rows; *adopted && doc-- > 0;) {
        sr_str id;
        if (sr_dedup_is_bad(articles, doc) || fates[doc].dropped) {
            continue;
        }
        SR_TRY(sr_dedup_articles_read_id(articles, doc, scratch, &id, error));
        if (sr_hash_set_add(ids, (uint32_t)sr_hash_str(id))) {
            SR_TRY(is_there(&articles->rows[doc], id, snapshot, adopted, error));
        }
    }
    return SR_OK;
}

sr_status sr_dedup_is_adopted(const sr_dedup_articles *articles, const sr_dedup_fate *fates,
                              const sr_snapshot *snapshot, bool *adopted, sr_error *error)
{
    sr_hash_set ids = {0};
    sr_buffer scratch;
    sr_buffer_init(&scratch, SR_BUFFER_NO_LIMIT);
    sr_status status = sr_hash_set_reset(&ids, articles->n_rows);
    status = status == SR_OK
                 ? look_for_all(articles, fates, snapshot, &ids, &scratch, adopted, error)
                 : sr_error_set(error, status, NULL, 0, "%s", sr_status_text(status));
    free(ids.places);
    sr_buffer_release(&scratch);
    return status;
}
