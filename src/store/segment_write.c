/* segment_write.c — the sections of a new segment, in file order (FORMAT.md §5). */
#include "store/segment.h"

#include "base/file.h"
#include "sketch/compare.h"
#include "store/term_columns.h"

#include <stdlib.h>
#include <unistd.h>

static sr_status begin(sr_segment_file *file, uint32_t type, sr_error *error)
{
    return sr_segment_file_begin(file, type, SR_SECTION_MUST_UNDERSTAND, error);
}

sr_status sr_kills_write(sr_segment_file *file, const sr_keyed *kills, size_t n_kills,
                         sr_error *error)
{
    SR_TRY(begin(file, SR_SECTION_KILLS, error));
    for (size_t i = 0; i < n_kills; i++) {
        uint8_t entry[SR_KILL_BYTES] = {0};
        sr_store_u64(entry, kills[i].key);
        sr_store_u32(entry + 8, kills[i].a);
        SR_TRY(sr_segment_file_write(file, entry, sizeof entry, error));
    }
    return SR_OK;
}

static sr_status write_facts(sr_segment_file *file, const sr_segment_content *content,
                             sr_error *error)
{
    SR_TRY(begin(file, SR_SECTION_FACTS, error));
    for (uint32_t i = 0; i < content->n_docs; i++) {
        const sr_doc_facts *facts = &content->docs[i]->facts;
        uint8_t row[SR_FACTS_BYTES] = {0};
        sr_store_u64(row, facts->content[0]);
        sr_store_u64(row + 8, facts->content[1]);
        sr_store_u64(row + 16, facts->simhash);
        sr_store_u64(row + 24, (uint64_t)facts->published_s);
        sr_store_u64(row + 32, facts->article_hash);
        sr_store_u64(row + 40, facts->source_hash);
        sr_store_u32(row + 48, facts->n_words);
        sr_store_u32(row + 52, facts->n_shingles);
        sr_store_u16(row + 60, facts->language);
        SR_TRY(sr_segment_file_write(file, row, sizeof row, error));
    }
    return SR_OK;
}

static sr_status write_norms(sr_segment_file *file, const sr_segment_content *content,
                             sr_error *error)
{
    SR_TRY(begin(file, SR_SECTION_NORMS, error));
    return sr_segment_file_write(file, content->norms, content->n_docs * sizeof *content->norms,
                                 error);
}

static sr_status write_values(sr_segment_file *file, const sr_params *params,
                              const sr_segment_content *content, sr_error *error)
{
    SR_TRY(begin(file, SR_SECTION_VALUES, error));
    for (uint32_t i = 0; i < content->n_docs; i++) {
        SR_TRY(sr_segment_file_write(file, content->docs[i]->values,
                                     params->n_values * sizeof(uint16_t), error));
    }
    return SR_OK;
}

/* ------------------------------------------------------------ indexes */

typedef struct index_scratch {
    sr_keyed *items;
    sr_keyed *other;
    uint32_t *keys;
    uint64_t *hashes;
} index_scratch;

/* Sorts the items and writes their keys and then their ordinals. */
static sr_status write_index(sr_segment_file *file, index_scratch *scratch, size_t n_items,
                             sr_error *error)
{
    sr_keyed_sort(scratch->items, scratch->other, n_items);
    uint8_t *keys = (uint8_t *)scratch->hashes;
    for (size_t i = 0; i < n_items; i++) {
        sr_store_u64(keys + i * 8, scratch->items[i].key);
    }
    SR_TRY(sr_segment_file_write(file, keys, n_items * 8, error));
    for (size_t i = 0; i < n_items; i++) {
        sr_store_u32(keys + i * 4, scratch->items[i].a);
    }
    return sr_segment_file_write(file, keys, n_items * 4, error);
}

static sr_status write_hash_indexes(sr_segment_file *file, const sr_segment_content *content,
                                    index_scratch *scratch, sr_error *error)
{
    for (uint32_t i = 0; i < content->n_docs; i++) {
        scratch->items[i] = (sr_keyed){.key = content->docs[i]->id_hash, .a = i};
    }
    SR_TRY(begin(file, SR_SECTION_ID_INDEX, error));
    SR_TRY(write_index(file, scratch, content->n_docs, error));
    size_t n_items = 0;
    for (uint32_t i = 0; i < content->n_docs; i++) {
        if (content->docs[i]->facts.n_words > 0) { /* an empty article is equal to nothing */
            scratch->items[n_items++] =
                (sr_keyed){.key = content->docs[i]->facts.content[0], .a = i};
        }
    }
    SR_TRY(begin(file, SR_SECTION_CONTENT_INDEX, error));
    return write_index(file, scratch, n_items, error);
}

static size_t count_worded(const sr_segment_content *content)
{
    size_t n = 0;
    for (uint32_t i = 0; i < content->n_docs; i++) {
        n += content->docs[i]->facts.n_words > 0;
    }
    return n;
}

static sr_status write_band(sr_band_writer *writer, const sr_segment_content *content,
                            index_scratch *scratch, uint32_t band, uint32_t bands, sr_error *error)
{
    size_t n_items = 0;
    for (uint32_t i = 0; i < content->n_docs; i++) {
        if (content->docs[i]->facts.n_words > 0) {
            scratch->items[n_items++] =
                (sr_keyed){.key = scratch->keys[(size_t)i * bands + band], .a = i};
        }
    }
    sr_keyed_sort(scratch->items, scratch->other, n_items);
    for (size_t i = 0; i < n_items; i++) {
        SR_TRY(sr_band_writer_add(writer, (uint32_t)scratch->items[i].key, scratch->items[i].a,
                                  error));
    }
    return sr_band_writer_end(writer, error);
}

static sr_status write_bands(sr_segment_file *file, const char *dir, const sr_params *params,
                             const sr_segment_content *content, index_scratch *scratch,
                             sr_error *error)
{
    uint32_t bands = params->bands;
    for (uint32_t i = 0; i < content->n_docs; i++) {
        sr_values_band_keys(params, content->docs[i]->values, scratch->keys + (size_t)i * bands);
    }
    SR_TRY(begin(file, SR_SECTION_BANDS, error));
    sr_band_writer writer;
    sr_status status =
        sr_band_writer_init(&writer, file, dir, count_worded(content), content->n_docs, error);
    for (uint32_t band = 0; band < bands && status == SR_OK; band++) {
        status = write_band(&writer, content, scratch, band, bands, error);
    }
    sr_band_writer_release(&writer);
    return status;
}

static sr_status write_indexes(sr_segment_file *file, const char *dir, const sr_params *params,
                               const sr_segment_content *content, sr_error *error)
{
    size_t n = (size_t)content->n_docs + 1;
    index_scratch scratch = {
        .items = calloc(n, sizeof *scratch.items),
        .other = calloc(n, sizeof *scratch.other),
        .keys = calloc(n, sizeof *scratch.keys * params->bands),
        .hashes = calloc(n, sizeof *scratch.hashes),
    };
    sr_status status = SR_ERR_MEMORY;
    if (scratch.items && scratch.other && scratch.keys && scratch.hashes) {
        status = write_hash_indexes(file, content, &scratch, error);
    }
    if (status == SR_OK) {
        status = write_bands(file, dir, params, content, &scratch, error);
    }
    free(scratch.items);
    free(scratch.other);
    free(scratch.keys);
    free(scratch.hashes);
    return status;
}

/* ------------------------------------------------------------ graph */

/* Edges as arrays: targets, where each one's run begins, sources, similarities, closenesses. */
sr_status sr_edges_write(sr_segment_file *file, const sr_edge *edges, size_t n, sr_error *error)
{
    uint64_t *targets = calloc(n + 2, sizeof *targets);
    uint32_t *firsts = calloc(n + 1, sizeof *firsts);
    uint32_t *sources = calloc(n + 1, sizeof *sources);
    uint8_t *scores = calloc(2 * n + 1, 1);
    sr_status status = targets && firsts && sources && scores ? SR_OK : SR_ERR_MEMORY;
    size_t n_targets = 0;
    for (size_t i = 0; i < n && status == SR_OK; i++) {
        const sr_edge *edge = &edges[i];
        if (i == 0 || edge->target != edges[i - 1].target) {
            firsts[n_targets] = (uint32_t)i;
            targets[2 + n_targets++] = edge->target;
        }
        sources[i] = edge->source;
        scores[i] = edge->similarity;
        scores[n + i] = edge->closeness;
    }
    if (status == SR_OK) {
        firsts[n_targets] = (uint32_t)n;
        targets[0] = n_targets;
        targets[1] = n;
        status = begin(file, SR_SECTION_EDGES, error);
    }
    const void *const parts[] = {targets, firsts, sources, scores};
    const size_t sizes[] = {(n_targets + 2) * 8, (n_targets + 1) * 4, n * 4, 2 * n};
    for (size_t i = 0; i < SR_ARRAY_COUNT(parts) && status == SR_OK; i++) {
        status = sr_segment_file_write(file, parts[i], sizes[i], error);
    }
    free(targets);
    free(firsts);
    free(sources);
    free(scores);
    return status;
}

static sr_status write_graph(sr_segment_file *file, const sr_segment_content *content,
                             sr_error *error)
{
    SR_TRY(begin(file, SR_SECTION_LISTS, error));
    SR_TRY(sr_segment_file_write(file, content->links->rows,
                                 (size_t)content->n_docs * SR_LIST_BYTES, error));
    return sr_edges_write(file, content->links->edges, content->links->n_edges, error);
}

static sr_status write_dense(sr_segment_file *file, const sr_segment_content *content,
                             sr_error *error)
{
    if (content->model.n_bytes) {
        SR_TRY(begin(file, SR_SECTION_MODEL, error));
        SR_TRY(sr_segment_file_write(file, content->model.data, content->model.n_bytes, error));
    }
    if (content->vectors) {
        uint8_t head[SR_VECTORS_HEAD_BYTES] = {0};
        sr_store_u64(head, content->vector_epoch);
        SR_TRY(begin(file, SR_SECTION_VECTORS, error));
        SR_TRY(sr_segment_file_write(file, head, sizeof head, error));
        SR_TRY(sr_segment_file_write(file, content->vectors,
                                     content->n_docs * sizeof *content->vectors, error));
    }
    return SR_OK;
}

/* ------------------------------------------------------------ cold columns */

static sr_status write_cold(sr_segment_file *file, bool dedup_only,
                            const sr_segment_content *content, sr_error *error)
{
    sr_buffer tables[SR_FIELD_COUNT];
    sr_field n_fields = dedup_only ? SR_FIELD_TEXT : SR_FIELD_COUNT;
    for (sr_field field = 0; field < n_fields; field++) {
        sr_buffer_init(&tables[field], SR_BUFFER_NO_LIMIT);
    }
    sr_status status = SR_OK;
    for (sr_field field = 0; field < n_fields && status == SR_OK; field++) {
        status = sr_cold_column_write(file, field, content->docs, content->n_docs, &tables[field],
                                      error);
    }
    for (sr_field field = 0; field < n_fields; field++) {
        if (status == SR_OK) {
            status = begin(file, SR_SECTION_COLD_FRAMES + (uint32_t)field, error);
        }
        if (status == SR_OK) {
            status = sr_segment_file_write(file, tables[field].data, tables[field].n_bytes, error);
        }
        sr_buffer_release(&tables[field]);
    }
    return status;
}

/* ------------------------------------------------------------ the whole */

typedef struct content_writer {
    const char *dir;
    const sr_params *params;
    bool dedup_only;
    const sr_segment_content *content;
} content_writer;

static sr_status write_content(sr_segment_file *file, void *context, sr_error *error)
{
    const content_writer *writer = context;
    const sr_segment_content *content = writer->content;
    SR_TRY(sr_kills_write(file, content->kills, content->n_kills, error));
    if (content->n_docs == 0) {
        return SR_OK;
    }
    SR_TRY(write_facts(file, content, error));
    SR_TRY(write_values(file, writer->params, content, error));
    SR_TRY(write_indexes(file, writer->dir, writer->params, content, error));
    if (content->terms) {
        SR_TRY(sr_term_columns_write(file, writer->dir, content->terms, content->n_docs, error));
        SR_TRY(write_norms(file, content, error));
    }
    if (content->links) {
        SR_TRY(write_graph(file, content, error));
        SR_TRY(write_dense(file, content, error));
    }
    return write_cold(file, writer->dedup_only, content, error);
}

sr_status sr_segment_write(const char *dir, const sr_manifest *manifest,
                           const sr_segment_content *content, sr_manifest_segment *written,
                           sr_error *error)
{
    sr_segment_head head = {
        .number = content->number,
        .params_digest = sr_manifest_digest(manifest),
        .first_serial = content->first_serial,
        .doc_count = content->n_docs,
    };
    content_writer writer = {.dir = dir,
                             .params = &manifest->params,
                             .dedup_only = manifest->dedup_only,
                             .content = content};
    return sr_segment_publish(dir, &head, write_content, &writer, written, error);
}

static sr_status fill_file(const char *path, const sr_segment_head *head, sr_segment_fill fill,
                           void *context, sr_manifest_segment *line, sr_error *error)
{
    sr_segment_file *file = NULL;
    SR_TRY(sr_segment_file_create(path, &file, error));
    *line = (sr_manifest_segment){.number = head->number, .doc_count = head->doc_count};
    sr_status status = fill(file, context, error);
    if (status == SR_OK) {
        status = sr_segment_file_finish(file, head, &line->n_bytes, &line->header_sum, error);
    }
    sr_segment_file_close(file);
    return status;
}

sr_status sr_segment_publish(const char *dir, const sr_segment_head *head, sr_segment_fill fill,
                             void *context, sr_manifest_segment *written, sr_error *error)
{
    char name[SR_SEGMENT_NAME_BYTES];
    sr_segment_name(head->number, true, name);
    char *temporary = sr_path_join(dir, name);
    sr_segment_name(head->number, false, name);
    char *path = sr_path_join(dir, name);
    sr_status status = SR_ERR_MEMORY;
    if (temporary && path) {
        sr_manifest_segment line;
        status = fill_file(temporary, head, fill, context, &line, error);
        if (status == SR_OK) {
            status = sr_file_rename(temporary, path, error);
        }
        if (status == SR_OK) {
            *written = line;
        } else {
            unlink(temporary);
        }
    }
    free(temporary);
    free(path);
    return status;
}
