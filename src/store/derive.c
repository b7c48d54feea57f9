/* derive.c — terms, model, vectors, neighbours: each of the ones before (see derive.h). */
#include "store/derive.h"

#include <stdlib.h>

void sr_derived_release(sr_derived *derived)
{
    sr_term_choice_release(&derived->choice);
    sr_buffer_release(&derived->model);
    free(derived->vectors);
    sr_links_release(&derived->links);
}

/* The model in use from now on: a new one where it is due. `n_words` 0 where there is none. */
static sr_status find_model(sr_derived *derived, const sr_snapshot *snapshot,
                            const sr_new_docs *fresh, uint64_t first_serial, sr_model *model,
                            sr_error *error)
{
    const sr_model *newest = sr_snapshot_model(snapshot);
    *model = newest ? *newest : (sr_model){0};
    if (fresh->n_docs == 0 || !sr_model_is_due(snapshot, fresh->n_docs)) {
        return SR_OK;
    }
    SR_TRY(sr_model_train(snapshot, fresh, first_serial + fresh->n_docs, &derived->model, error));
    if (derived->model.n_bytes &&
        !sr_model_view((const uint8_t *)derived->model.data, derived->model.n_bytes, model)) {
        return SR_ERR_CORRUPT;
    }
    return SR_OK;
}

static sr_status make_vectors(sr_derived *derived, const sr_vector_maker *maker)
{
    const sr_term_choice *choice = &derived->choice;
    derived->vectors = calloc((size_t)choice->n_lists + 1, sizeof *derived->vectors);
    if (!derived->vectors) {
        return SR_ERR_MEMORY;
    }
    derived->vector_epoch = maker->model->epoch;
#pragma omp parallel for schedule(static) if (choice->n_lists > 64)
    for (uint32_t i = 0; i < choice->n_lists; i++) {
        sr_vector_make(maker, choice->lists[i].terms, choice->lists[i].n_terms,
                       &derived->vectors[i]);
    }
    return SR_OK;
}

static sr_status derive(sr_derived *derived, const sr_snapshot *snapshot,
                        const sr_batch_doc *const *docs, uint32_t n_docs, uint64_t first_serial,
                        sr_error *error)
{
    sr_model model;
    sr_vector_maker maker;
    sr_new_docs fresh = {.docs = docs, .terms = derived->choice.lists, .n_docs = n_docs};
    SR_TRY(find_model(derived, snapshot, &fresh, first_serial, &model, error));
    sr_vector_maker_init(&maker, model.n_words ? &model : NULL);
    if (maker.model) {
        SR_TRY(make_vectors(derived, &maker));
    }
    return sr_links_make(&derived->links, snapshot, &fresh, &maker, derived->vectors, first_serial);
}

sr_status sr_derived_make(sr_derived *derived, const sr_snapshot *snapshot,
                          const sr_batch_doc *const *docs, const sr_term_list *lists,
                          uint32_t n_docs, uint64_t first_serial, sr_error *error)
{
    *derived = (sr_derived){0};
    sr_buffer_init(&derived->model, SR_BUFFER_NO_LIMIT);
    SR_TRY(sr_term_choice_make(&derived->choice, snapshot, lists, n_docs));
    sr_status status = derive(derived, snapshot, docs, n_docs, first_serial, error);
    if (status != SR_OK) {
        sr_derived_release(derived);
        *derived = (sr_derived){0};
    }
    return status;
}
