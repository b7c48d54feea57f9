/* model.c — from terms to vectors, and their cosines (see model.h). */
#include "dense/model.h"

sr_status sr_model_append_head(sr_buffer *bytes, uint64_t epoch, uint64_t n_trained,
                               uint32_t n_words)
{
    uint8_t head[SR_MODEL_HEAD_BYTES] = {0};
    sr_store_u64(head, epoch);
    sr_store_u64(head + 8, n_trained);
    sr_store_u32(head + 16, n_words);
    sr_store_u32(head + 20, SR_DENSE_DIMENSIONS);
    return sr_buffer_append(bytes, head, sizeof head);
}

bool sr_model_view(const uint8_t *bytes, size_t n_bytes, sr_model *model)
{
    enum { WORD_BYTES = 8 + 4 + SR_DENSE_DIMENSIONS };
    if (n_bytes < SR_MODEL_HEAD_BYTES) {
        return false;
    }
    uint32_t n_words = sr_load_u32(bytes + 16);
    if (n_words > SR_MODEL_MAX_WORDS || sr_load_u32(bytes + 20) != SR_DENSE_DIMENSIONS ||
        sr_load_u64(bytes) == 0 || SR_MODEL_HEAD_BYTES + (size_t)n_words * WORD_BYTES != n_bytes) {
        return false;
    }
    const uint8_t *hashes = bytes + SR_MODEL_HEAD_BYTES;
    const uint8_t *weights = hashes + (size_t)n_words * 8;
    *model = (sr_model){
        .epoch = sr_load_u64(bytes),
        .n_trained = sr_load_u64(bytes + 8),
        .n_words = n_words,
        .mean = (const float *)(const void *)(bytes + 24),
        .hashes = (const uint64_t *)(const void *)hashes,
        .weights = (const float *)(const void *)weights,
        .rows = (const int8_t *)(weights + (size_t)n_words * 4),
    };
    return true;
}

/* The place of a word from `from` on; hashes are evenly spread, and so are those of an article. */
static size_t seek(const sr_model *model, size_t from, uint64_t hash)
{
    size_t low = from;
    size_t step = 1;
    while (low + step < model->n_words && model->hashes[low + step] < hash) {
        low += step;
        step *= 2;
    }
    size_t n = low + step < model->n_words ? step + 1 : model->n_words - low;
    while (n > 0) {
        size_t half = n / 2;
        bool right = model->hashes[low + half] < hash;
        low = right ? low + half + 1 : low;
        n = right ? n - half - 1 : half;
    }
    return low;
}

/* To unit length; false where it is 0. */
static bool make_unit(double vector[SR_DENSE_DIMENSIONS])
{
    double squares = 0.0;
    for (size_t d = 0; d < SR_DENSE_DIMENSIONS; d++) {
        squares += vector[d] * vector[d];
    }
    if (!(squares > 0.0)) {
        return false;
    }
    double length = __builtin_sqrt(squares);
    for (size_t d = 0; d < SR_DENSE_DIMENSIONS; d++) {
        vector[d] /= length;
    }
    return true;
}

bool sr_model_sum(const sr_model *model, const sr_dense_term *terms, size_t n_terms,
                  double sum[SR_DENSE_DIMENSIONS])
{
    size_t at = 0;
    for (size_t d = 0; d < SR_DENSE_DIMENSIONS; d++) {
        sum[d] = 0.0;
    }
    for (size_t i = 0; i < n_terms && at < model->n_words; i++) {
        at = seek(model, at, terms[i].hash);
        if (at == model->n_words || model->hashes[at] != terms[i].hash) {
            continue;
        }
        double weight = terms[i].tf_weight * (double)model->weights[at];
        const int8_t *row = model->rows + at * SR_DENSE_DIMENSIONS;
        for (size_t d = 0; d < SR_DENSE_DIMENSIONS; d++) {
            sum[d] += weight * (double)row[d];
        }
    }
    return make_unit(sum);
}

/* The largest component becomes ±127; one that is no number (a stranger's model may hold any) 0. */
static void pack(const double vector[SR_DENSE_DIMENSIONS], int8_t *out)
{
    double largest = 0.0;
    for (size_t d = 0; d < SR_DENSE_DIMENSIONS; d++) {
        double size = vector[d] < 0.0 ? -vector[d] : vector[d];
        largest = size > largest ? size : largest;
    }
    for (size_t d = 0; d < SR_DENSE_DIMENSIONS; d++) {
        double scaled = largest > 0.0 ? vector[d] / largest * 127.0 : 0.0;
        scaled = scaled >= -127.0 && scaled <= 127.0 ? scaled : 0.0;
        out[d] = (int8_t)(scaled < 0.0 ? scaled - 0.5 : scaled + 0.5);
    }
}

void sr_model_vector(const sr_model *model, const sr_dense_term *terms, size_t n_terms,
                     sr_dense_vector *vector)
{
    double sum[SR_DENSE_DIMENSIONS];
    *vector = (sr_dense_vector){0};
    if (sr_model_sum(model, terms, n_terms, sum)) {
        for (size_t d = 0; d < SR_DENSE_DIMENSIONS; d++) {
            sum[d] -= (double)model->mean[d];
        }
        pack(sum, vector->values);
    }
}

static int32_t dot(const sr_dense_vector *a, const sr_dense_vector *b)
{
    int32_t sum = 0;
    for (size_t d = 0; d < SR_DENSE_DIMENSIONS; d++) {
        sum += (int32_t)a->values[d] * (int32_t)b->values[d];
    }
    return sum;
}

double sr_dense_cosine(const sr_dense_vector *a, const sr_dense_vector *b)
{
    double squares = (double)dot(a, a) * (double)dot(b, b);
    return squares > 0.0 ? (double)dot(a, b) / __builtin_sqrt(squares) : 0.0;
}

void sr_dense_add(double sum[SR_DENSE_DIMENSIONS], double factor, const sr_dense_vector *vector)
{
    double squares = (double)dot(vector, vector);
    if (squares > 0.0) {
        double scale = factor / __builtin_sqrt(squares);
        for (size_t d = 0; d < SR_DENSE_DIMENSIONS; d++) {
            sum[d] += scale * (double)vector->values[d];
        }
    }
}
