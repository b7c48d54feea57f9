/* vectors.c — vectors of stored articles, read or made anew (see vectors.h). */
#include "store/vectors.h"

#include "index/term_weight.h"

void sr_vector_maker_init(sr_vector_maker *maker, const sr_model *model)
{
    maker->model = model;
    for (uint32_t tf2 = 0; tf2 <= SR_TF2_MAX; tf2++) {
        maker->tf_weights[tf2] = sr_tf_weight(tf2);
    }
}

size_t sr_vector_singles(const sr_vector_maker *maker, const sr_stored_term *terms, size_t n_terms,
                         sr_dense_term *singles)
{
    size_t n = 0;
    for (size_t i = 0; i < n_terms && n < SR_TERMS_STORED; i++) {
        if (!sr_term_is_pair(terms[i].hash)) {
            uint32_t tf2 = terms[i].tf2 < SR_TF2_MAX ? terms[i].tf2 : SR_TF2_MAX;
            singles[n++] =
                (sr_dense_term){.hash = terms[i].hash, .tf_weight = maker->tf_weights[tf2]};
        }
    }
    return n;
}

void sr_vector_make(const sr_vector_maker *maker, const sr_stored_term *terms, size_t n_terms,
                    sr_dense_vector *vector)
{
    sr_dense_term singles[SR_TERMS_STORED];
    *vector = (sr_dense_vector){0};
    if (maker->model) {
        size_t n = sr_vector_singles(maker, terms, n_terms, singles);
        sr_model_vector(maker->model, singles, n, vector);
    }
}

const sr_model *sr_snapshot_newest_model(const sr_snapshot *snapshot)
{
    const sr_model *newest = NULL;
    for (size_t i = 0; i < snapshot->n_segments; i++) {
        const sr_model *model = &snapshot->segments[i].segment->model;
        if (model->epoch && (!newest || model->epoch > newest->epoch)) {
            newest = model;
        }
    }
    return newest;
}

const sr_model *sr_snapshot_model(const sr_snapshot *snapshot)
{
    const sr_model *newest = sr_snapshot_newest_model(snapshot);
    return newest && newest->n_words ? newest : NULL;
}

/* Of the maker's model. */
static bool has_vectors(const sr_segment *segment, const sr_vector_maker *maker)
{
    return maker->model && segment->vectors && segment->vector_epoch == maker->model->epoch;
}

sr_status sr_segment_vector(const sr_segment *segment, const sr_vector_maker *maker,
                            uint32_t ordinal, sr_dense_vector *vector)
{
    if (has_vectors(segment, maker)) {
        *vector = segment->vectors[ordinal];
        sr_proof_touch(segment->proof, segment->vectors + ordinal, sizeof *vector);
        return SR_OK;
    }
    sr_stored_term terms[SR_TERMS_STORED];
    size_t n_terms = 0;
    if (maker->model) {
        SR_TRY(sr_segment_terms(segment, ordinal, terms, &n_terms));
    }
    sr_vector_make(maker, terms, n_terms, vector);
    return SR_OK;
}

sr_status sr_snapshot_vector(const sr_snapshot *snapshot, const sr_vector_maker *maker, sr_doc doc,
                             sr_dense_vector *vector)
{
    return sr_segment_vector(snapshot->segments[doc.segment].segment, maker, doc.ordinal, vector);
}

sr_status sr_snapshot_vector_at(const sr_snapshot *snapshot, const sr_vector_maker *maker,
                                sr_doc doc, sr_dense_vector *made, const sr_dense_vector **vector)
{
    const sr_segment *segment = snapshot->segments[doc.segment].segment;
    if (has_vectors(segment, maker)) {
        *vector = segment->vectors + doc.ordinal;
        sr_proof_touch(segment->proof, *vector, sizeof **vector);
        return SR_OK;
    }
    *vector = made;
    return sr_segment_vector(segment, maker, doc.ordinal, made);
}
