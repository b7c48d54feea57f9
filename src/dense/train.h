/* train.h — word vectors from the articles themselves: positive pointwise mutual information of
 * words near each other, and the leading eigenvectors of its matrix.
 *
 *     M(a, b)     how often a and b stand within 5 words of each other, a distance of k counting
 *                 6 − k
 *     PPMI(a, b)  max(0, ln(M(a, b) / √(r(a)·c(a)·r(b)·c(b)))),  r(a) = Σ M(a, ·),
 *                 c = r^¾ / Σ r^¾   (Levy, Goldberg and Dagan, TACL 2015, made symmetric)
 *     word        row of U·√σ, at unit length, of the 50 largest |eigenvalues| σ
 *
 * The eigenvectors come from a randomised range finder with one power iteration (Halko, Martinsson
 * and Tropp, SIAM Review 2011). Counts are whole numbers; floating sums run in one order, whatever
 * the number of threads: the same articles give the same bytes.
 *
 * Memory: 4 bytes a word of the articles (up to SR_TRAINER_DOCS × SR_TRAINER_DOC_WORDS of them) for
 * the text and as much for an index of places, and 6 bytes a cell of PPMI, a hundred megabytes.
 */
#ifndef SR_DENSE_TRAIN_H
#define SR_DENSE_TRAIN_H

#include "dense/model.h"

enum { SR_TRAINER_DOCS = 20000, SR_TRAINER_DOC_WORDS = 512, SR_TRAINER_MIN_WORDS = 100 };

typedef struct sr_trainer sr_trainer;

SR_MUST_USE sr_status sr_trainer_create(sr_trainer **out);
void sr_trainer_free(sr_trainer *trainer);
/* The stems of one article in their order, without stop words; what goes beyond
 * SR_TRAINER_DOC_WORDS is not read. */
SR_MUST_USE sr_status sr_trainer_add(sr_trainer *trainer, const uint64_t *stems, size_t n_stems);
/* Appends the model's bytes, its mean still 0. Uses the trainer up. SR_ERR_NOT_FOUND where fewer
 * than SR_TRAINER_MIN_WORDS words stand three times. */
SR_MUST_USE sr_status sr_trainer_train(sr_trainer *trainer, uint64_t epoch, uint64_t n_trained,
                                       sr_buffer *model);
/* Takes the mean of the unit sums (sr_model_sum) of `n_docs` articles for the model's. */
void sr_model_set_mean(sr_buffer *model, const double sums[SR_DENSE_DIMENSIONS], size_t n_docs);

#endif
