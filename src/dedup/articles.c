/* articles.c — appending to the columns of a run and reading back what was spooled. */
#include "dedup/articles.h"

#include "dedup/packed.h"
#include "simd/kernels.h"

#include <stdlib.h>

void sr_dedup_articles_init(sr_dedup_articles *articles, uint32_t n_values)
{
    *articles = (sr_dedup_articles){.n_values = n_values, .max_memory = UINT64_MAX};
    for (size_t i = 0; i < SR_COLUMN_COUNT; i++) {
        sr_column_init(&articles->columns[i]);
    }
    sr_spool_init(&articles->spool);
}

void sr_dedup_articles_release(sr_dedup_articles *articles)
{
    for (size_t i = 0; i < SR_COLUMN_COUNT; i++) {
        sr_column_release(&articles->columns[i]);
    }
    free(articles->members);
    sr_spool_close(&articles->spool);
    sr_dedup_articles_init(articles, articles->n_values);
}

void sr_dedup_articles_limit(sr_dedup_articles *articles, sr_pager *pager, const char *dir,
                             uint64_t max_memory)
{
    articles->pager = pager;
    articles->dir = dir;
    articles->max_memory = max_memory;
}

sr_status sr_dedup_articles_open(sr_dedup_articles *articles, sr_pager *pager,
                                 char *const paths[SR_COLUMN_COUNT],
                                 const uint64_t n_bytes[SR_COLUMN_COUNT], sr_error *error)
{
    articles->pager = pager;
    for (size_t i = 0; i < SR_COLUMN_COUNT; i++) {
        SR_TRY(sr_column_open(&articles->columns[i], pager, paths[i], n_bytes[i], error));
    }
    articles->n_rows = (uint32_t)(n_bytes[SR_COLUMN_ROWS] / sizeof *articles->rows);
    articles->n_sketched = (size_t)(n_bytes[SR_COLUMN_SKETCHES] / sizeof *articles->sketches);
    return SR_OK;
}

sr_status sr_dedup_articles_flush(sr_dedup_articles *articles, sr_error *error)
{
    for (size_t i = 0; i < SR_COLUMN_COUNT; i++) {
        SR_TRY(sr_column_flush(&articles->columns[i], error));
    }
    return SR_OK;
}

static bool in_memory(const sr_dedup_articles *articles)
{
    return articles->columns[SR_COLUMN_ROWS].fd < 0;
}

static void look_at_columns(sr_dedup_articles *articles)
{
    articles->rows = (const void *)articles->columns[SR_COLUMN_ROWS].bytes;
    articles->values = (const void *)articles->columns[SR_COLUMN_VALUES].bytes;
    articles->sketches = (const void *)articles->columns[SR_COLUMN_SKETCHES].bytes;
}

static sr_status move_to_files(sr_dedup_articles *articles, sr_error *error)
{
    for (size_t i = 0; i < SR_COLUMN_COUNT; i++) {
        SR_TRY(sr_column_move(&articles->columns[i], articles->pager, articles->dir, error));
    }
    look_at_columns(articles);
    return SR_OK;
}

sr_status sr_dedup_articles_seal(sr_dedup_articles *articles, sr_error *error)
{
    if (sr_pager_spills(articles->pager) && in_memory(articles)) {
        SR_TRY(move_to_files(articles, error));
    }
    for (size_t i = 0; i < SR_COLUMN_COUNT; i++) {
        SR_TRY(sr_column_seal(&articles->columns[i], error));
    }
    look_at_columns(articles);
    return SR_OK;
}

uint32_t sr_dedup_raw_check(const sr_record *record)
{
    uint64_t hash[2];
    sr_kernels_get()->hash_bytes(record->raw.data, record->raw.n_bytes, hash);
    return (uint32_t)hash[0];
}

static sr_status note_member(sr_dedup_articles *articles, const sr_feed_member *member)
{
    if (articles->n_members && articles->members[articles->n_members - 1] == member) {
        return SR_OK;
    }
    SR_TRY(sr_array_reserve((void **)&articles->members, &articles->member_capacity,
                            (size_t)articles->n_members + 1, sizeof *articles->members));
    articles->members[articles->n_members++] = member;
    return SR_OK;
}

sr_status sr_dedup_articles_meet(sr_dedup_articles *articles, const sr_record *record,
                                 sr_error *error)
{
    return note_member(articles, record->member) == SR_OK
               ? SR_OK
               : sr_error_set(error, SR_ERR_MEMORY, record->member->name, record->line,
                              "out of memory after %u records", articles->n_rows);
}

/* The columns one record longer, in memory as long as they may be there. */
static sr_status append_to_columns(sr_dedup_articles *articles, const sr_dedup_article *row,
                                   const uint16_t *values, const uint32_t *sketch, sr_error *error)
{
    sr_column *columns = articles->columns;
    size_t n_sketch = row->n_sketch * sizeof *sketch;
    SR_TRY(sr_column_append(&columns[SR_COLUMN_ROWS], row, sizeof *row, error));
    SR_TRY(sr_column_append(&columns[SR_COLUMN_VALUES], values, articles->n_values * sizeof *values,
                            error));
    SR_TRY(sr_column_append(&columns[SR_COLUMN_SKETCHES], sketch, n_sketch, error));
    if (!in_memory(articles)) {
        return SR_OK;
    }
    look_at_columns(articles);
    uint64_t n_bytes = columns[SR_COLUMN_ROWS].n_bytes + columns[SR_COLUMN_VALUES].n_bytes +
                       columns[SR_COLUMN_SKETCHES].n_bytes;
    return n_bytes > articles->max_memory ? move_to_files(articles, error) : SR_OK;
}

sr_status sr_dedup_article_fill(sr_dedup_article *row, const sr_signature *signature, sr_str id,
                                sr_str text, sr_buffer *packed, sr_spool_writer *spool,
                                sr_error *error)
{
    row->content[0] = signature->content[0];
    row->content[1] = signature->content[1];
    row->n_words = signature->n_words;
    row->n_shingles = signature->n_shingles;
    row->id_bytes = (uint32_t)id.n_bytes;
    row->text_bytes = (uint32_t)text.n_bytes;
    row->packed_bytes = packed ? (uint32_t)packed->n_bytes : 0;
    if (row->packed_bytes) {
        SR_TRY(sr_buffer_append_str(packed, id));
        id = sr_buffer_view(packed);
    }
    SR_TRY(sr_spool_append(spool, id, text, &row->offset, error));
    row->offset += row->packed_bytes;
    return SR_OK;
}

sr_status sr_dedup_articles_append(sr_dedup_articles *articles, const sr_record *record,
                                   const sr_dedup_article *row, const uint16_t *values,
                                   const uint32_t *sketch, sr_error *error)
{
    const char *file = record->member->name;
    if (articles->n_rows >= SR_DOC_NONE - 1) {
        return sr_error_set(error, SR_ERR_LIMIT, file, record->line,
                            "more than %u records in one run", SR_DOC_NONE - 1);
    }
    SR_TRY(sr_dedup_articles_meet(articles, record, error));
    sr_dedup_article own = *row;
    own.member = articles->n_members - 1;
    own.sketch = articles->n_sketched;
    SR_TRY(append_to_columns(articles, &own, values, sketch, error));
    articles->n_sketched += row->n_sketch;
    articles->n_rows++;
    return SR_OK;
}

sr_status sr_dedup_articles_read_text(const sr_dedup_articles *articles, uint32_t doc,
                                      sr_buffer *scratch, sr_str *text, sr_error *error)
{
    const sr_dedup_article *row = &articles->rows[doc];
    return sr_spool_read(&articles->spool, row->offset + row->id_bytes, row->text_bytes, scratch,
                         text, error);
}

sr_status sr_dedup_articles_read_id(const sr_dedup_articles *articles, uint32_t doc,
                                    sr_buffer *scratch, sr_str *id, sr_error *error)
{
    const sr_dedup_article *row = &articles->rows[doc];
    return sr_spool_read(&articles->spool, row->offset, row->id_bytes, scratch, id, error);
}

sr_status sr_dedup_articles_read_fields(const sr_dedup_articles *articles, uint32_t doc,
                                        sr_buffer *scratch, sr_article *article, sr_error *error)
{
    const sr_dedup_article *row = &articles->rows[doc];
    sr_str packed;
    *article = (sr_article){.published_s = row->published_s};
    if (row->packed_bytes == 0) {
        return SR_OK;
    }
    SR_TRY(sr_spool_read(&articles->spool, row->offset - row->packed_bytes, row->packed_bytes,
                         scratch, &packed, error));
    if (sr_article_unpack(packed, article) != SR_OK) {
        return sr_error_set(error, SR_ERR_CORRUPT, articles->spool.dir, 0,
                            "a temporary file is damaged");
    }
    return SR_OK;
}
