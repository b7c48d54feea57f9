/* derive.h — what a flush works out of new articles before they are written: which terms are
 * stored, a model where one is due, dense vectors, neighbours. */
#ifndef SR_STORE_DERIVE_H
#define SR_STORE_DERIVE_H

#include "store/link.h"
#include "store/term_select.h"

typedef struct sr_derived {
    sr_term_choice choice;
    sr_buffer model;          /* empty: none is due */
    sr_dense_vector *vectors; /* NULL: there is no model */
    uint64_t vector_epoch;
    sr_links links;
} sr_derived;

/* `lists` are all terms of the articles, the first of which will have `first_serial`. */
SR_MUST_USE sr_status sr_derived_make(sr_derived *derived, const sr_snapshot *snapshot,
                                      const sr_batch_doc *const *docs, const sr_term_list *lists,
                                      uint32_t n_docs, uint64_t first_serial, sr_error *error);
void sr_derived_release(sr_derived *derived);

#endif
