/* banding.h — bands × rows: which pairs of signatures meet as candidates.
 *
 * A pair of Jaccard similarity J agrees in one value with probability J, in all rows of a band with
 * J^r, and meets in at least one of B bands with 1 − (1 − J^r)^B: the S-curve (Leskovec, Rajaraman,
 * Ullman: Mining of Massive Datasets, ch. 3.4). One function turns what people know, a threshold
 * and the share of pairs at it that must be found, into B and r. */
#ifndef SR_SKETCH_BANDING_H
#define SR_SKETCH_BANDING_H

#include "base/status.h"

/* The probability that a pair of this similarity meets. */
double sr_banding_meets(uint32_t bands, uint32_t rows, double jaccard);
/* The steepest curve that reaches `recall` at `threshold`: the most rows, and of these the fewest
 * bands, for which bands × rows values are there. False where `n_values` are too few. */
bool sr_banding_choose(uint32_t n_values, double threshold, double recall, uint32_t *bands,
                       uint32_t *rows);

#endif
