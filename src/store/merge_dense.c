/* merge_dense.c — the model in use moves on where a source holds it, older ones go; vectors that
 * were made by an older one are made anew. */
#include "store/merge.h"
#include "store/vectors.h"

/* The newest, also where it has no words. */
static bool find_newest(const sr_merge *merge, sr_model *model)
{
    if (merge->model_bytes.n_bytes) {
        return sr_model_view((const uint8_t *)merge->model_bytes.data, merge->model_bytes.n_bytes,
                             model);
    }
    const sr_model *newest = sr_snapshot_newest_model(merge->snapshot);
    *model = newest ? *newest : (sr_model){0};
    return newest != NULL;
}

bool sr_merge_model(const sr_merge *merge, sr_model *model)
{
    return find_newest(merge, model) && model->n_words > 0;
}

static sr_status write_model(sr_merge *merge, const sr_model *newest, sr_error *error)
{
    if (merge->model_bytes.n_bytes) {
        SR_TRY(sr_merge_begin(merge, SR_SECTION_MODEL, error));
        return sr_segment_file_write(merge->file, merge->model_bytes.data,
                                     merge->model_bytes.n_bytes, error);
    }
    for (size_t i = 0; i < merge->n_sources; i++) {
        const sr_segment *segment = merge->sources[i].segment;
        if (segment->model.epoch == newest->epoch) {
            const sr_section_view *model = &segment->sections[SR_SECTION_MODEL];
            SR_TRY(sr_merge_begin(merge, SR_SECTION_MODEL, error));
            return sr_segment_file_write(merge->file, model->data, model->n_bytes, error);
        }
    }
    return SR_OK;
}

static sr_status write_vectors(sr_merge *merge, const sr_vector_maker *maker, sr_error *error)
{
    uint8_t head[SR_VECTORS_HEAD_BYTES] = {0};
    sr_store_u64(head, maker->model->epoch);
    SR_TRY(sr_merge_begin(merge, SR_SECTION_VECTORS, error));
    SR_TRY(sr_segment_file_write(merge->file, head, sizeof head, error));
    for (size_t i = 0; i < merge->n_sources; i++) {
        const sr_merge_source *source = &merge->sources[i];
        for (uint32_t doc = 0; doc < source->segment->doc_count; doc++) {
            sr_dense_vector vector;
            if (sr_merge_ordinal(source, doc) == SR_MERGE_GONE) {
                continue;
            }
            if (sr_segment_vector(source->segment, maker, doc, &vector) != SR_OK) {
                return sr_error_set(error, SR_ERR_CORRUPT, source->segment->path, 0,
                                    "terms: article %u: they can't be read", doc);
            }
            SR_TRY(sr_segment_file_write(merge->file, &vector, sizeof vector, error));
        }
        SR_TRY(sr_merge_tick(merge));
    }
    return SR_OK;
}

sr_status sr_merge_dense(sr_merge *merge, sr_error *error)
{
    sr_model model;
    if (!find_newest(merge, &model)) {
        return SR_OK;
    }
    sr_vector_maker maker;
    sr_vector_maker_init(&maker, &model);
    SR_TRY(write_model(merge, &model, error));
    if (model.n_words == 0) {
        return SR_OK;
    }
    return write_vectors(merge, &maker, error);
}
