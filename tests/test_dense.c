/* test_dense.c — dense vectors: a model learns which words keep company, is the same for any number
 * of threads, refuses bytes that are none; eigenvectors are eigenvectors. */
#include "base/hash.h"
#include "dense/eigen.h"
#include "dense/train.h"

#include <omp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { N_TOPICS = 4, N_WORDS = 60, N_DOCS = 400, DOC_WORDS = 80 };

/* Stem `word` of a topic; topic N_TOPICS is of all. */
static uint64_t stem_of(uint64_t topic, uint64_t word)
{
    return sr_mix64(topic * 1000 + word + 1) & ~(uint64_t)1;
}

static void train(sr_buffer *model)
{
    sr_trainer *trainer;
    uint64_t random = 5;
    assert_int_equal(sr_trainer_create(&trainer), SR_OK);
    for (uint64_t doc = 0; doc < N_DOCS; doc++) {
        uint64_t stems[DOC_WORDS];
        for (size_t i = 0; i < DOC_WORDS; i++) {
            random = sr_mix64(random + 1);
            uint64_t topic = random % 4 == 0 ? N_TOPICS : doc % N_TOPICS;
            stems[i] = stem_of(topic, (random >> 8) % N_WORDS);
        }
        assert_int_equal(sr_trainer_add(trainer, stems, DOC_WORDS), SR_OK);
    }
    assert_int_equal(sr_trainer_train(trainer, 77, N_DOCS, model), SR_OK);
    sr_trainer_free(trainer);
}

static int compare_terms(const void *a, const void *b)
{
    const sr_dense_term *x = a;
    const sr_dense_term *y = b;
    return (x->hash > y->hash) - (x->hash < y->hash);
}

/* The vector of an article of some words of a topic. */
static sr_dense_vector vector_of(const sr_model *model, uint64_t topic, uint64_t first)
{
    sr_dense_term terms[10];
    sr_dense_vector vector;
    for (uint64_t i = 0; i < 10; i++) {
        terms[i] = (sr_dense_term){.hash = stem_of(topic, first + i), .tf_weight = 1.0};
    }
    qsort(terms, 10, sizeof *terms, compare_terms);
    sr_model_vector(model, terms, 10, &vector);
    return vector;
}

static void articles_of_one_topic_are_near(void **state)
{
    (void)state;
    sr_buffer bytes;
    sr_model model;
    sr_buffer_init(&bytes, SR_BUFFER_NO_LIMIT);
    train(&bytes);
    assert_true(sr_model_view((const uint8_t *)bytes.data, bytes.n_bytes, &model));
    assert_int_equal(model.epoch, 77);
    assert_int_equal(model.n_words, (N_TOPICS + 1) * N_WORDS);
    for (uint64_t a = 0; a < N_TOPICS; a++) {
        sr_dense_vector one = vector_of(&model, a, 0);
        for (uint64_t b = 0; b < N_TOPICS; b++) { /* no word in common */
            sr_dense_vector other = vector_of(&model, b, 30);
            double cosine = sr_dense_cosine(&one, &other);
            assert_true(a == b ? cosine > 0.8 : cosine < 0.4);
        }
    }
    sr_dense_vector none = vector_of(&model, 99, 0);
    sr_dense_vector some = vector_of(&model, 0, 0);
    assert_true(sr_dense_cosine(&none, &some) == 0.0);
    assert_true(sr_dense_cosine(&some, &some) == 1.0);
    sr_buffer_release(&bytes);
}

static void threads_do_not_show(void **state)
{
    (void)state;
    sr_buffer one;
    sr_buffer many;
    sr_buffer_init(&one, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&many, SR_BUFFER_NO_LIMIT);
    int n_threads = omp_get_max_threads();
    omp_set_num_threads(1);
    train(&one);
    omp_set_num_threads(5);
    train(&many);
    omp_set_num_threads(n_threads);
    assert_int_equal(one.n_bytes, many.n_bytes);
    assert_memory_equal(one.data, many.data, one.n_bytes);
    sr_buffer_release(&one);
    sr_buffer_release(&many);
}

static void other_bytes_are_no_model(void **state)
{
    (void)state;
    sr_buffer bytes;
    sr_model model;
    sr_buffer_init(&bytes, SR_BUFFER_NO_LIMIT);
    train(&bytes);
    uint8_t *data = (uint8_t *)bytes.data;
    assert_false(sr_model_view(data, bytes.n_bytes - 1, &model));
    assert_false(sr_model_view(data, 10, &model));
    sr_store_u32(data + 20, 49);
    assert_false(sr_model_view(data, bytes.n_bytes, &model));
    sr_store_u32(data + 20, 50);
    sr_store_u32(data + 16, 0);
    assert_false(sr_model_view(data, bytes.n_bytes, &model));
    sr_buffer_release(&bytes);
}

static void few_words_make_no_model(void **state)
{
    (void)state;
    sr_trainer *trainer;
    sr_buffer bytes;
    uint64_t stems[50];
    for (uint64_t i = 0; i < 50; i++) {
        stems[i] = stem_of(1, i);
    }
    sr_buffer_init(&bytes, SR_BUFFER_NO_LIMIT);
    assert_int_equal(sr_trainer_create(&trainer), SR_OK);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(sr_trainer_add(trainer, stems, 50), SR_OK);
    }
    assert_int_equal(sr_trainer_train(trainer, 1, 5, &bytes), SR_ERR_NOT_FOUND);
    assert_int_equal(bytes.n_bytes, 0);
    sr_trainer_free(trainer);
    sr_buffer_release(&bytes);
}

/* A diagonal matrix with a few cells beside it: its eigenvectors are checked by their definition.
 */
static void eigenvectors_are_found(void **state)
{
    (void)state;
    enum { N_ROWS = 300 };
    sr_sparse matrix;
    assert_int_equal(sr_sparse_init(&matrix, N_ROWS), SR_OK);
    for (uint32_t row = 0; row < N_ROWS; row++) {
        sr_sparse_part *part = &matrix.parts[row / SR_SPARSE_ROWS];
        uint32_t r = row % SR_SPARSE_ROWS;
        if (r == 0) {
            part->columns = calloc((size_t)SR_SPARSE_ROWS * 2, sizeof *part->columns);
            part->values = calloc((size_t)SR_SPARSE_ROWS * 2, sizeof *part->values);
            assert_true(part->columns && part->values);
        }
        uint32_t n = r ? part->ends[r - 1] : 0;
        part->columns[n] = (uint16_t)(row ^ 1); /* pairs of rows: eigenvalues d ± .5 */
        part->values[n++] = 0.5F;
        part->columns[n] = (uint16_t)row;
        part->values[n++] = row < 20 ? (float)(1 << (10 - row / 2)) : 0.001F;
        part->ends[r] = n;
    }
    double *vectors = calloc((size_t)N_ROWS * SR_EIGEN_COLUMNS, sizeof *vectors);
    double sizes[SR_EIGEN_COLUMNS];
    assert_non_null(vectors);
    assert_int_equal(sr_eigen_find(&matrix, vectors, sizes), SR_OK);
    for (size_t k = 0; k < 16; k++) {
        const double *v = vectors + k * N_ROWS;
        double expected = (double)(1 << (10 - k / 2)) + (k % 2 ? -0.5 : 0.5);
        assert_true(sizes[k] > expected - 1e-3 && sizes[k] < expected + 1e-3);
        double squares = 0.0;
        for (size_t row = 0; row < N_ROWS; row++) {
            double d = row < 20 ? (double)(1 << (10 - row / 2)) : 0.001;
            double image = d * v[row] + 0.5 * v[row ^ 1];
            double miss = image - expected * v[row];
            assert_true(miss < 1e-2 && miss > -1e-2);
            squares += v[row] * v[row];
        }
        assert_true(squares > 0.999 && squares < 1.001);
    }
    free(vectors);
    sr_sparse_release(&matrix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(articles_of_one_topic_are_near), cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(other_bytes_are_no_model),       cmocka_unit_test(few_words_make_no_model),
        cmocka_unit_test(eigenvectors_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
