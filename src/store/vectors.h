/* vectors.h — the dense vectors of stored articles, and when a new model is trained.
 *
 * The newest model of the snapshot is the one in use. A segment keeps the vectors that were made
 * with the model of its time; where that is not the newest, they are made anew from the stored
 * terms, whenever they are asked for, until a merge writes them down.
 */
#ifndef SR_STORE_VECTORS_H
#define SR_STORE_VECTORS_H

#include "store/batch.h"
#include "store/snapshot.h"
#include "store/term_runs.h"

/* A store below so many articles has no model. */
enum { SR_MODEL_MIN_DOCS = 1000 };

/* What turns terms into vectors: a model, and its counts' weights. */
typedef struct sr_vector_maker {
    const sr_model *model; /* NULL: all vectors are 0 */
    double tf_weights[SR_TF2_MAX + 1];
} sr_vector_maker;

void sr_vector_maker_init(sr_vector_maker *maker, const sr_model *model);
/* The single terms among stored ones, weighed; returns their number. `singles` has SR_TERMS_STORED
 * places. */
size_t sr_vector_singles(const sr_vector_maker *maker, const sr_stored_term *terms, size_t n_terms,
                         sr_dense_term *singles);
void sr_vector_make(const sr_vector_maker *maker, const sr_stored_term *terms, size_t n_terms,
                    sr_dense_vector *vector);
/* The newest model, which tells when the graph was made; NULL where there is none. */
const sr_model *sr_snapshot_newest_model(const sr_snapshot *snapshot);
/* The same where it has words, or NULL. */
const sr_model *sr_snapshot_model(const sr_snapshot *snapshot);
/* A stored article's vector by the maker's model. SR_ERR_CORRUPT. */
SR_MUST_USE sr_status sr_segment_vector(const sr_segment *segment, const sr_vector_maker *maker,
                                        uint32_t ordinal, sr_dense_vector *vector);
SR_MUST_USE sr_status sr_snapshot_vector(const sr_snapshot *snapshot, const sr_vector_maker *maker,
                                         sr_doc doc, sr_dense_vector *vector);

/* The same where it lies, or `*made`. */
SR_MUST_USE sr_status sr_snapshot_vector_at(const sr_snapshot *snapshot,
                                            const sr_vector_maker *maker, sr_doc doc,
                                            sr_dense_vector *made, const sr_dense_vector **vector);

/* Articles that are about to be written: what a model is trained on besides the stored ones. */
typedef struct sr_new_docs {
    const sr_batch_doc *const *docs;
    const sr_term_list *terms; /* the stored ones of each */
    uint32_t n_docs;
} sr_new_docs;

/* A first load, all of it new, trains on what it brings. */
bool sr_model_is_due(const sr_snapshot *snapshot, uint32_t n_new);
/* Whether model and graph of the store are to be made anew, after `n_new` of its articles were
 * added: always when it has grown by half with them; a small store, whose statistics change quickly
 * and for which it takes seconds, when it has grown by a tenth (15,000 articles) or a quarter
 * (30,000) since. */
bool sr_model_is_outgrown(const sr_snapshot *snapshot, uint64_t n_new);
/* A model of the stored and the new articles, its bytes into `model`; one of no words where they
 * have too few. */
SR_MUST_USE sr_status sr_model_train(const sr_snapshot *snapshot, const sr_new_docs *fresh,
                                     uint64_t epoch, sr_buffer *model, sr_error *error);

#endif
