/* train.c — text to numbered words, words to PPMI, PPMI to vectors (see train.h). */
#include "dense/train.h"

#include "base/logarithm.h"
#include "dense/eigen.h"

#include <stdlib.h>

enum { WINDOW = 5, MIN_COUNT = 3, NO_WORD = UINT16_MAX, FIRST_SLOTS = 1 << 16 };

/* A stem, while the articles are read; count 0 is an empty slot. */
typedef struct seen_word {
    uint64_t hash;
    uint32_t count;
    uint32_t df;
    uint32_t last_doc; /* + 1 */
    uint32_t number;   /* as a token; then its row in the model, or NO_WORD */
} seen_word;

struct sr_trainer {
    seen_word *slots;
    size_t n_slots; /* a power of two */
    size_t n_seen;
    uint32_t *tokens; /* the articles' words by number, WINDOW + 1 blanks behind each */
    size_t n_tokens;
    size_t token_capacity;
    uint32_t n_docs;

    /* While it trains; words are rows, ascending by hash. */
    seen_word *words;
    uint32_t n_words;
    uint16_t *text; /* the tokens by row */
    size_t *starts; /* places of row r: places[starts[r] … starts[r + 1]) */
    uint32_t *places;
    double *scales; /* √(r·c) */
    sr_sparse matrix;
};

static const uint32_t BLANK = UINT32_MAX;

/* ------------------------------------------------------------ reading */

sr_status sr_trainer_create(sr_trainer **out)
{
    sr_trainer *trainer = calloc(1, sizeof *trainer);
    if (!trainer) {
        return SR_ERR_MEMORY;
    }
    trainer->n_slots = FIRST_SLOTS;
    trainer->slots = calloc(trainer->n_slots, sizeof *trainer->slots);
    if (!trainer->slots) {
        free(trainer);
        return SR_ERR_MEMORY;
    }
    *out = trainer;
    return SR_OK;
}

void sr_trainer_free(sr_trainer *trainer)
{
    if (trainer) {
        free(trainer->slots);
        free(trainer->tokens);
        free(trainer->words);
        free(trainer->text);
        free(trainer->starts);
        free(trainer->places);
        free(trainer->scales);
        sr_sparse_release(&trainer->matrix);
        free(trainer);
    }
}

static seen_word *find_slot(seen_word *slots, size_t n_slots, uint64_t hash)
{
    size_t place = (size_t)(hash >> 20) & (n_slots - 1);
    while (slots[place].count && slots[place].hash != hash) {
        place = (place + 1) & (n_slots - 1);
    }
    return &slots[place];
}

static sr_status grow(sr_trainer *trainer)
{
    size_t n_slots = trainer->n_slots * 2;
    seen_word *slots = calloc(n_slots, sizeof *slots);
    if (!slots) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < trainer->n_slots; i++) {
        if (trainer->slots[i].count) {
            *find_slot(slots, n_slots, trainer->slots[i].hash) = trainer->slots[i];
        }
    }
    free(trainer->slots);
    trainer->slots = slots;
    trainer->n_slots = n_slots;
    return SR_OK;
}

static sr_status take_stem(sr_trainer *trainer, uint64_t hash)
{
    seen_word *word = find_slot(trainer->slots, trainer->n_slots, hash);
    if (word->count == 0) {
        if (trainer->n_seen * 2 >= trainer->n_slots) {
            SR_TRY(grow(trainer));
            word = find_slot(trainer->slots, trainer->n_slots, hash);
        }
        *word = (seen_word){.hash = hash, .number = (uint32_t)trainer->n_seen++};
    }
    word->count++;
    if (word->last_doc != trainer->n_docs + 1) {
        word->last_doc = trainer->n_docs + 1;
        word->df++;
    }
    trainer->tokens[trainer->n_tokens++] = word->number;
    return SR_OK;
}

sr_status sr_trainer_add(sr_trainer *trainer, const uint64_t *stems, size_t n_stems)
{
    size_t n = n_stems < SR_TRAINER_DOC_WORDS ? n_stems : SR_TRAINER_DOC_WORDS;
    SR_TRY(sr_array_reserve((void **)&trainer->tokens, &trainer->token_capacity,
                            trainer->n_tokens + n + WINDOW, sizeof *trainer->tokens));
    for (size_t i = 0; i < n; i++) {
        SR_TRY(take_stem(trainer, stems[i]));
    }
    for (size_t i = 0; i < WINDOW; i++) {
        trainer->tokens[trainer->n_tokens++] = BLANK;
    }
    trainer->n_docs++;
    return SR_OK;
}

/* ------------------------------------------------------------ words to rows */

static int compare_counts(const void *a, const void *b)
{
    const seen_word *x = a;
    const seen_word *y = b;
    if (x->count != y->count) {
        return x->count > y->count ? -1 : 1;
    }
    return (x->hash > y->hash) - (x->hash < y->hash);
}

static int compare_hashes(const void *a, const void *b)
{
    const seen_word *x = a;
    const seen_word *y = b;
    return (x->hash > y->hash) - (x->hash < y->hash);
}

/* The most frequent words become rows. */
static sr_status choose_words(sr_trainer *trainer)
{
    trainer->words = calloc(trainer->n_seen + 1, sizeof *trainer->words);
    if (!trainer->words) {
        return SR_ERR_MEMORY;
    }
    size_t n = 0;
    for (size_t i = 0; i < trainer->n_slots; i++) {
        if (trainer->slots[i].count >= MIN_COUNT) {
            trainer->words[n++] = trainer->slots[i];
        }
    }
    if (n < SR_TRAINER_MIN_WORDS) {
        return SR_ERR_NOT_FOUND;
    }
    qsort(trainer->words, n, sizeof *trainer->words, compare_counts);
    trainer->n_words = n < SR_MODEL_MAX_WORDS ? (uint32_t)n : SR_MODEL_MAX_WORDS;
    qsort(trainer->words, trainer->n_words, sizeof *trainer->words, compare_hashes);
    return SR_OK;
}

/* The text by rows, and where each row stands in it. */
static sr_status number_text(sr_trainer *trainer)
{
    uint16_t *rows = malloc((trainer->n_seen + 1) * sizeof *rows);
    trainer->text = malloc((trainer->n_tokens + 2 * WINDOW) * sizeof *trainer->text);
    trainer->starts = calloc((size_t)trainer->n_words + 2, sizeof *trainer->starts);
    trainer->places = malloc((trainer->n_tokens + 1) * sizeof *trainer->places);
    if (!rows || !trainer->text || !trainer->starts || !trainer->places) {
        free(rows);
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < trainer->n_seen; i++) {
        rows[i] = NO_WORD;
    }
    for (uint32_t row = 0; row < trainer->n_words; row++) {
        rows[trainer->words[row].number] = (uint16_t)row;
        trainer->starts[row + 1] = trainer->starts[row] + trainer->words[row].count;
    }
    for (size_t i = 0; i < WINDOW; i++) { /* blanks before the first word, too */
        trainer->text[i] = NO_WORD;
    }
    for (size_t i = 0; i < trainer->n_tokens; i++) {
        uint32_t token = trainer->tokens[i];
        uint16_t row = token == BLANK ? NO_WORD : rows[token];
        trainer->text[WINDOW + i] = row;
        if (row != NO_WORD) {
            trainer->places[trainer->starts[row]++] = (uint32_t)(WINDOW + i);
        }
    }
    free(rows);
    for (uint32_t row = trainer->n_words; row > 0; row--) { /* each start had moved to its end */
        trainer->starts[row] = trainer->starts[row - 1];
    }
    trainer->starts[0] = 0;
    return SR_OK;
}

/* ------------------------------------------------------------ PPMI */

/* ln of a positive normal number by the series of artanh: errors below 1e-12, the same bits
 * everywhere. */
static double natural_log(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int exponent = (int)(bits >> 52 & 0x7ff) - 1023;
    bits = (bits & 0xfffffffffffffU) | (uint64_t)1023 << 52;
    memcpy(&x, &bits, sizeof x);
    if (x > 1.4142135623730951) {
        x *= 0.5;
        exponent++;
    }
    double s = (x - 1.0) / (x + 1.0);
    double square = s * s;
    double sum = 0.0;
    for (int k = 15; k > 0; k -= 2) {
        sum = sum * square + 1.0 / k;
    }
    return (double)exponent * 0.693147180559945309417232121458 + 2.0 * s * sum;
}

/* One row of M: adds up `sums`, notes in `columns` which are not 0. */
static size_t count_row(const sr_trainer *trainer, uint32_t row, uint32_t *sums, uint16_t *columns)
{
    size_t n = 0;
    for (size_t i = trainer->starts[row]; i < trainer->starts[row + 1]; i++) {
        const uint16_t *at = trainer->text + trainer->places[i];
        for (int k = -WINDOW; k <= WINDOW; k++) {
            uint16_t other = at[k];
            if (k != 0 && other != NO_WORD) {
                columns[n] = other;
                n += sums[other] == 0;
                sums[other] += (uint32_t)(WINDOW + 1 - (k < 0 ? -k : k));
            }
        }
    }
    return n;
}

static double row_total(const sr_trainer *trainer, uint32_t row)
{
    uint64_t total = 0;
    for (size_t i = trainer->starts[row]; i < trainer->starts[row + 1]; i++) {
        const uint16_t *at = trainer->text + trainer->places[i];
        for (int k = -WINDOW; k <= WINDOW; k++) {
            if (k != 0 && at[k] != NO_WORD) {
                total += (uint64_t)(WINDOW + 1 - (k < 0 ? -k : k));
            }
        }
    }
    return (double)total;
}

static sr_status make_scales(sr_trainer *trainer)
{
    trainer->scales = malloc(((size_t)trainer->n_words + 1) * sizeof *trainer->scales);
    if (!trainer->scales) {
        return SR_ERR_MEMORY;
    }
#pragma omp parallel for schedule(dynamic, 64)
    for (uint32_t row = 0; row < trainer->n_words; row++) {
        trainer->scales[row] = row_total(trainer, row);
    }
    double contexts = 0.0;
    for (uint32_t row = 0; row < trainer->n_words; row++) {
        double root = __builtin_sqrt(trainer->scales[row]);
        contexts += root * __builtin_sqrt(root);
    }
    for (uint32_t row = 0; row < trainer->n_words; row++) {
        double root = __builtin_sqrt(trainer->scales[row]);
        double context = root * __builtin_sqrt(root) / contexts;
        trainer->scales[row] = __builtin_sqrt(trainer->scales[row] * context);
    }
    return SR_OK;
}

/* Columns ascend, so that the sums of a product do not depend on how the row was counted. */
static int compare_columns(const void *a, const void *b)
{
    return (int)*(const uint16_t *)a - (int)*(const uint16_t *)b;
}

static sr_status fill_part(const sr_trainer *trainer, size_t number, sr_sparse_part *part,
                           uint32_t *sums, uint16_t *columns)
{
    size_t n_cells = 0;
    size_t column_capacity = 0;
    size_t value_capacity = 0;
    for (uint32_t r = 0; r < SR_SPARSE_ROWS; r++) {
        uint32_t row = (uint32_t)number * SR_SPARSE_ROWS + r;
        size_t n = row < trainer->n_words ? count_row(trainer, row, sums, columns) : 0;
        SR_TRY(sr_array_reserve((void **)&part->columns, &column_capacity, n_cells + n + 1,
                                sizeof *part->columns));
        SR_TRY(sr_array_reserve((void **)&part->values, &value_capacity, n_cells + n + 1,
                                sizeof *part->values));
        if (n > 1) {
            qsort(columns, n, sizeof *columns, compare_columns);
        }
        for (size_t i = 0; i < n; i++) {
            uint16_t column = columns[i];
            double ratio = (double)sums[column] / (trainer->scales[row] * trainer->scales[column]);
            sums[column] = 0;
            if (ratio > 1.0) {
                part->columns[n_cells] = column;
                part->values[n_cells++] = (float)natural_log(ratio);
            }
        }
        part->ends[r] = (uint32_t)n_cells;
    }
    return SR_OK;
}

static sr_status fill_matrix(sr_trainer *trainer)
{
    sr_status failure = SR_OK;
    SR_TRY(make_scales(trainer));
    SR_TRY(sr_sparse_init(&trainer->matrix, trainer->n_words));
#pragma omp parallel
    {
        size_t n = (size_t)trainer->n_words + 1;
        uint32_t *sums = calloc(n, sizeof *sums);
        uint16_t *columns = malloc(n * sizeof *columns);
#pragma omp for schedule(dynamic, 1)
        for (size_t p = 0; p < trainer->matrix.n_parts; p++) {
            sr_status status = SR_ERR_MEMORY;
            if (sums && columns) {
                status = fill_part(trainer, p, &trainer->matrix.parts[p], sums, columns);
            }
            if (status != SR_OK) {
#pragma omp critical(sr_train_failure)
                failure = status;
            }
        }
        free(sums);
        free(columns);
    }
    return failure;
}

/* ------------------------------------------------------------ the model */

/* A row of U·√σ in signed bytes, its largest component ±127; returns their length. */
static double pack_row(const double *vectors, const double *roots, size_t n_rows, size_t row,
                       int8_t *out)
{
    double largest = 0.0;
    double squares = 0.0;
    for (size_t d = 0; d < SR_DENSE_DIMENSIONS; d++) {
        double value = vectors[d * n_rows + row] * roots[d];
        double size = value < 0.0 ? -value : value;
        largest = size > largest ? size : largest;
    }
    for (size_t d = 0; d < SR_DENSE_DIMENSIONS && largest > 0.0; d++) {
        double scaled = vectors[d * n_rows + row] * roots[d] / largest * 127.0;
        out[d] = (int8_t)(scaled < 0.0 ? scaled - 0.5 : scaled + 0.5);
        squares += (double)(out[d] * out[d]);
    }
    return __builtin_sqrt(squares);
}

static sr_status write_model(const sr_trainer *trainer, const double *vectors, const double *sizes,
                             uint64_t epoch, uint64_t n_trained, sr_buffer *model)
{
    size_t n = trainer->n_words;
    size_t n_bytes = n * (8 + 4 + SR_DENSE_DIMENSIONS);
    SR_TRY(sr_model_append_head(model, epoch, n_trained, (uint32_t)n));
    SR_TRY(sr_buffer_reserve(model, n_bytes));
    uint8_t *hashes = (uint8_t *)model->data + model->n_bytes;
    memset(hashes, 0, n_bytes);
    model->n_bytes += n_bytes;
    uint8_t *weights = hashes + n * 8;
    int8_t *rows = (int8_t *)(weights + n * 4);
    double roots[SR_DENSE_DIMENSIONS];
    for (size_t d = 0; d < SR_DENSE_DIMENSIONS; d++) {
        roots[d] = __builtin_sqrt(sizes[d]);
    }
    for (size_t row = 0; row < n; row++) {
        const seen_word *word = &trainer->words[row];
        double length = pack_row(vectors, roots, n, row, rows + row * SR_DENSE_DIMENSIONS);
        uint64_t numerator = 2 * ((uint64_t)trainer->n_docs + 1);
        uint64_t denominator = 2 * (uint64_t)word->df + 1;
        double idf = numerator > denominator ? sr_ln_ratio(numerator, denominator) : 0.0;
        float weight = length > 0.0 ? (float)(__builtin_sqrt(idf) / length) : 0.0F;
        sr_store_u64(hashes + row * 8, word->hash);
        memcpy(weights + row * 4, &weight, sizeof weight);
    }
    return SR_OK;
}

sr_status sr_trainer_train(sr_trainer *trainer, uint64_t epoch, uint64_t n_trained,
                           sr_buffer *model)
{
    SR_TRY(choose_words(trainer));
    SR_TRY(number_text(trainer));
    SR_TRY(fill_matrix(trainer));
    double sizes[SR_EIGEN_COLUMNS];
    double *vectors = malloc((size_t)trainer->n_words * SR_EIGEN_COLUMNS * sizeof *vectors);
    sr_status status = vectors ? sr_eigen_find(&trainer->matrix, vectors, sizes) : SR_ERR_MEMORY;
    if (status == SR_OK) {
        status = write_model(trainer, vectors, sizes, epoch, n_trained, model);
    }
    free(vectors);
    return status;
}

void sr_model_set_mean(sr_buffer *model, const double sums[SR_DENSE_DIMENSIONS], size_t n_docs)
{
    for (size_t d = 0; d < SR_DENSE_DIMENSIONS; d++) {
        float mean = n_docs ? (float)(sums[d] / (double)n_docs) : 0.0F;
        memcpy(model->data + 24 + d * sizeof mean, &mean, sizeof mean);
    }
}
