/* passages.h — what two texts share, as runs of words a person can read. */
#ifndef SR_DEDUP_PASSAGES_H
#define SR_DEDUP_PASSAGES_H

#include "sketch/signer.h"

/* A maximal run of consecutive words of the first text, each window of which stands in the second
 * too. */
typedef struct sr_passage {
    size_t start; /* bytes of the first text */
    size_t end;
    size_t n_words;
} sr_passage;

/* The passages of `a` that `b` has, longest first, of equal ones the earlier; `*passages` is
 * allocated. */
SR_MUST_USE sr_status sr_passages_find(sr_signer *signer, sr_str a, sr_str b, sr_passage **passages,
                                       size_t *n_passages);

#endif
