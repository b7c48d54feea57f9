/* test_spool.c — what is appended by several threads is read back, whether it stands in memory, in
 * the file, or across the place where one ends and the other begins. */
#include "dedup/spool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <omp.h>
#include <sys/stat.h>

enum { N_WRITERS = 3, N_ITEMS = 3000, ITEM_BYTES = 1000 };

static void fill(char *item, uint64_t number)
{
    for (size_t i = 0; i < ITEM_BYTES; i += 8) {
        uint64_t word = sr_mix64(number * ITEM_BYTES + i);
        memcpy(item + i, &word, 8);
    }
}

static sr_status append_items(sr_spool *spool, uint64_t writer, uint64_t *offsets)
{
    sr_spool_writer self;
    sr_error error = {0};
    sr_spool_writer_init(&self, spool, false);
    sr_status status = SR_OK;
    for (uint64_t i = 0; status == SR_OK && i < N_ITEMS; i++) {
        char item[ITEM_BYTES];
        fill(item, writer * N_ITEMS + i);
        size_t half = i % ITEM_BYTES;
        status = sr_spool_append(&self, sr_str_make(item, half),
                                 sr_str_make(item + half, ITEM_BYTES - half), &offsets[i], &error);
    }
    if (status == SR_OK) {
        status = sr_spool_flush(&self, &error);
    }
    sr_spool_writer_release(&self);
    return status;
}

static void try_with(size_t max_memory, bool all_in_memory)
{
    sr_spool spool;
    sr_error error = {0};
    sr_spool_init(&spool);
    assert_int_equal(sr_spool_open(&spool, "/tmp", max_memory, &error), SR_OK);
    uint64_t *offsets = calloc(N_WRITERS * N_ITEMS, sizeof *offsets);
    assert_non_null(offsets);
    sr_status statuses[N_WRITERS];
#pragma omp parallel for num_threads(N_WRITERS)
    for (uint64_t w = 0; w < N_WRITERS; w++) {
        statuses[w] = append_items(&spool, w, offsets + w * N_ITEMS);
    }
    for (size_t w = 0; w < N_WRITERS; w++) {
        assert_int_equal(statuses[w], SR_OK);
    }
    struct stat about;
    assert_int_equal(fstat(spool.fd, &about), 0);
    assert_int_equal(about.st_size == 0, all_in_memory);
    sr_str none;
    assert_int_equal(sr_spool_read(&spool, spool.n_taken, 0, NULL, &none, &error), SR_OK);
    assert_int_equal(none.n_bytes, 0);
    sr_buffer scratch;
    sr_buffer_init(&scratch, SR_BUFFER_NO_LIMIT);
    for (uint64_t i = 0; i < N_WRITERS * N_ITEMS; i++) {
        char item[ITEM_BYTES];
        fill(item, i);
        sr_str view;
        assert_int_equal(sr_spool_read(&spool, offsets[i], ITEM_BYTES, &scratch, &view, &error),
                         SR_OK);
        assert_memory_equal(view.data, item, ITEM_BYTES);
    }
    sr_buffer_release(&scratch);
    free(offsets);
    sr_spool_close(&spool);
}

static void short_content_stays_in_memory(void **state)
{
    (void)state;
    try_with(64 << 20, true);
}

static void long_content_goes_on_in_the_file(void **state)
{
    (void)state;
    try_with(3000000, false); /* no multiple of anything */
    try_with(1, false);
}

static void works_without_memory(void **state)
{
    (void)state;
    try_with(0, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_content_stays_in_memory),
        cmocka_unit_test(long_content_goes_on_in_the_file),
        cmocka_unit_test(works_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
