/* model.h — dense vectors: words as points in a space of 50 dimensions in which words of the same
 * company lie near each other, and articles as the weighted mean of their words. Two articles that
 * share no word can be near.
 *
 *     article = unit(unit(Σ (1 + ln tf) · √idf · word) − mean),  in 50 signed bytes
 *
 * A model is trained on the store itself (train.h) and lies in a segment as it is used
 * (FORMAT.md §5.9); it tells the vector of any list of stored terms, so that a vector can be made
 * again whenever there is a newer model. Only single words have vectors. Vectors of two models do
 * not compare: a model has a name, its epoch.
 */
#ifndef SR_DENSE_MODEL_H
#define SR_DENSE_MODEL_H

#include "base/buffer.h"

enum { SR_DENSE_DIMENSIONS = 50, SR_MODEL_MAX_WORDS = 20000, SR_MODEL_HEAD_BYTES = 224 };

/* A view of a model's bytes. One of no words has no vectors: it only says when the articles were
 * looked at, and that they had too few words. */
typedef struct sr_model {
    uint64_t epoch;     /* serial of the next article when it was trained; never 0 */
    uint64_t n_trained; /* articles that the store had then */
    uint32_t n_words;
    const float *mean;      /* of the articles' unit vectors; SR_DENSE_DIMENSIONS */
    const uint64_t *hashes; /* of the words' stems, ascending */
    const float *weights;   /* √idf / length of the row */
    const int8_t *rows;     /* SR_DENSE_DIMENSIONS a word */
} sr_model;

typedef struct sr_dense_vector {
    int8_t values[SR_DENSE_DIMENSIONS]; /* all 0: no word of the article is known */
} sr_dense_vector;

/* One term of an article: the hash of its stem and the weight of its count, 1 + ln tf. */
typedef struct sr_dense_term {
    uint64_t hash;
    double tf_weight;
} sr_dense_term;

/* Appends the head of a model of that many words. */
SR_MUST_USE sr_status sr_model_append_head(sr_buffer *bytes, uint64_t epoch, uint64_t n_trained,
                                           uint32_t n_words);
/* False where the bytes can't be a model; `bytes` lie on a multiple of 8. */
bool sr_model_view(const uint8_t *bytes, size_t n_bytes, sr_model *model);
/* unit(Σ …) before the mean is taken off; false where no word is known. Terms ascend by hash. */
bool sr_model_sum(const sr_model *model, const sr_dense_term *terms, size_t n_terms,
                  double sum[SR_DENSE_DIMENSIONS]);
void sr_model_vector(const sr_model *model, const sr_dense_term *terms, size_t n_terms,
                     sr_dense_vector *vector);
/* −1 … 1; 0 where one of them is all 0. */
double sr_dense_cosine(const sr_dense_vector *a, const sr_dense_vector *b);
/* Lexical and dense cosine in one number, 0 … 1 where they are: what neighbours are chosen by, and
 * what scores are. */
#define SR_DENSE_WEIGHT 0.15
static inline double sr_closeness(double lexical, double dense)
{
    return (lexical + SR_DENSE_WEIGHT * dense) / (1.0 + SR_DENSE_WEIGHT);
}
/* sum += factor · the vector at unit length. */
void sr_dense_add(double sum[SR_DENSE_DIMENSIONS], double factor, const sr_dense_vector *vector);

#endif
