/* merge_renew.c — a merge of the whole store that makes its graph anew.
 *
 * A list tells how near articles were when it was made. While a store is small its statistics
 * change quickly: words that were rare become common, and a list from then says little. So lists
 * are made again when the store has grown (writer_merge.c tells when), a chunk at a time. Those of
 * a large store (sr_snapshot_is_settled) are kept: only how near the entries are by the new model
 * is reckoned anew, so that a store of a million is not linked twice.
 */
#include "store/link.h"
#include "store/merge.h"
#include "store/term_df.h"

#include <stdlib.h>

enum { CHUNK_DOCS = 8192 };

typedef struct renewal {
    sr_merge *merge;
    sr_model model;
    sr_vector_maker maker;
    sr_dense_vector **vectors; /* by segment of the snapshot; NULL without a model */
    sr_doc *docs;              /* of the chunk */
    uint32_t n_docs;
    uint8_t *rows;
} renewal;

static sr_status make_vectors_of(const renewal *r, uint32_t number)
{
    const sr_segment *segment = r->merge->sources[number].segment;
    sr_status failure = SR_OK;
#pragma omp parallel for schedule(dynamic, 256)
    for (uint32_t i = 0; i < segment->doc_count; i++) {
        sr_status status = sr_segment_vector(segment, &r->maker, i, &r->vectors[number][i]);
        if (status != SR_OK) {
#pragma omp critical(sr_renew_failure)
            failure = status;
        }
    }
    return failure;
}

static sr_status make_vectors(renewal *r)
{
    r->vectors = calloc(r->merge->n_sources + 1, sizeof(sr_dense_vector *));
    if (!r->vectors) {
        return SR_ERR_MEMORY;
    }
    for (uint32_t i = 0; i < r->merge->n_sources; i++) {
        size_t n = r->merge->sources[i].segment->doc_count;
        r->vectors[i] = calloc(n + 1, sizeof **r->vectors);
        if (!r->vectors[i]) {
            return SR_ERR_MEMORY;
        }
        SR_TRY(make_vectors_of(r, i));
    }
    return SR_OK;
}

static const sr_dense_vector *vector_of(const renewal *r, uint64_t serial)
{
    sr_doc doc;
    bool is_there = sr_snapshot_find_serial(r->merge->snapshot, serial, &doc);
    return is_there ? &r->vectors[doc.segment][doc.ordinal] : NULL;
}

/* An entry's place in its list by the new model. */
static void renew_link(const renewal *r, sr_doc doc, sr_link *link)
{
    const sr_dense_vector *own = &r->vectors[doc.segment][doc.ordinal];
    const sr_dense_vector *other = vector_of(r, link->serial);
    if (other) {
        double similarity = (double)link->similarity / 255.0;
        link->closeness = sr_closeness_pack(sr_closeness(similarity, sr_dense_cosine(own, other)));
    }
}

static sr_status keep_list(const renewal *r, sr_doc doc, uint8_t row[SR_LIST_BYTES])
{
    uint64_t serial = sr_snapshot_serial(r->merge->snapshot, doc);
    sr_link links[SR_NEIGHBOURS];
    sr_link sorted[SR_NEIGHBOURS];
    size_t n_links;
    size_t n_sorted = 0;
    SR_TRY(sr_merge_links(r->merge, doc.segment, doc.ordinal, links, &n_links, NULL));
    for (size_t i = 0; i < n_links; i++) {
        if (r->vectors) {
            renew_link(r, doc, &links[i]);
        }
        if (links[i].closeness > 0) {
            sr_list_insert(sorted, &n_sorted, links[i]);
        }
    }
    sr_list_encode(row, serial, sorted, n_sorted);
    return SR_OK;
}

static sr_status keep_lists(const renewal *r)
{
    sr_status failure = SR_OK;
#pragma omp parallel for schedule(dynamic, 64)
    for (uint32_t i = 0; i < r->n_docs; i++) {
        sr_status status = keep_list(r, r->docs[i], r->rows + (size_t)i * SR_LIST_BYTES);
        if (status != SR_OK) {
#pragma omp critical(sr_renew_failure)
            failure = status;
        }
    }
    return failure;
}

/* Lists of articles of one segment. */
static sr_status write_chunk(renewal *r, sr_error *error)
{
    if (r->n_docs == 0) {
        return SR_OK;
    }
    const sr_merge *merge = r->merge;
    sr_status status =
        sr_snapshot_is_settled(merge->snapshot, r->docs[0].segment)
            ? keep_lists(r)
            : sr_links_renew(merge->snapshot, &r->maker, (const sr_dense_vector *const *)r->vectors,
                             r->docs, r->n_docs, r->rows);
    if (status != SR_OK) {
        return sr_error_set(error, status, merge->dir, 0,
                            "the neighbours of its articles could not be found anew");
    }
    status = sr_segment_file_write(merge->file, r->rows, (size_t)r->n_docs * SR_LIST_BYTES, error);
    r->n_docs = 0;
    return status == SR_OK ? sr_merge_tick(merge) : status;
}

static sr_status write_lists(renewal *r, sr_error *error)
{
    sr_merge *merge = r->merge;
    SR_TRY(sr_merge_begin(merge, SR_SECTION_LISTS, error));
    for (uint32_t i = 0; i < merge->n_sources; i++) {
        const sr_merge_source *source = &merge->sources[i];
        for (uint32_t doc = 0; doc < source->segment->doc_count; doc++) {
            if (sr_merge_ordinal(source, doc) == SR_MERGE_GONE) {
                continue;
            }
            r->docs[r->n_docs++] = (sr_doc){.segment = i, .ordinal = doc};
            if (r->n_docs == CHUNK_DOCS) {
                SR_TRY(write_chunk(r, error));
            }
        }
        SR_TRY(write_chunk(r, error));
    }
    return SR_OK;
}

sr_status sr_merge_renewed_lists(sr_merge *merge, sr_error *error)
{
    renewal r = {.merge = merge};
    bool has_model = sr_merge_model(merge, &r.model);
    sr_vector_maker_init(&r.maker, has_model ? &r.model : NULL);
    r.docs = calloc(CHUNK_DOCS, sizeof *r.docs);
    r.rows = calloc(CHUNK_DOCS, SR_LIST_BYTES);
    sr_status status = r.docs && r.rows ? SR_OK : SR_ERR_MEMORY;
    if (status == SR_OK && has_model) {
        status = make_vectors(&r);
    }
    if (status == SR_OK) {
        status = write_lists(&r, error);
    }
    for (size_t i = 0; r.vectors && i < merge->n_sources; i++) {
        free(r.vectors[i]);
    }
    free(r.vectors);
    free(r.docs);
    free(r.rows);
    return status;
}
