/* term_select.h — which terms of an article are stored: the 160 that weigh most today. Terms that
 * another article has come first, then single words of its own, then pairs of its own, so that a
 * pair takes room in the lexicon only where nothing better would. */
#ifndef SR_STORE_TERM_SELECT_H
#define SR_STORE_TERM_SELECT_H

#include "store/snapshot.h"
#include "store/term_runs.h"

/* The stored terms of a batch. */
typedef struct sr_term_choice {
    sr_term_list *lists; /* one an article, into `terms` */
    sr_stored_term *terms;
    float *norms; /* of the lexical vectors, over the best SR_TERMS_SCORED with df ≥ 2 */
    uint32_t n_lists;
} sr_term_choice;

/* `lists` are all terms of the batch; df counts the snapshot and the batch. */
SR_MUST_USE sr_status sr_term_choice_make(sr_term_choice *choice, const sr_snapshot *snapshot,
                                          const sr_term_list *lists, uint32_t n_lists);
void sr_term_choice_release(sr_term_choice *choice);

#endif
