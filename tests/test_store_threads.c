/* test_store_threads.c — the same articles in the same order give the same bytes on disk for any
 * number of threads; many threads read one snapshot at once. */
#include "store_fixture.h"

#include <omp.h>

static const char *const FILES[] = {"MANIFEST", "seg-0000000000000001.seg",
                                    "seg-0000000000000002.seg"};

static void fill_with(const char *dir, int n_threads)
{
    omp_set_num_threads(n_threads);
    fixture_create(dir, false);
    sr_writer *writer = fixture_writer(dir);
    for (uint32_t i = 0; i < 700; i++) {
        if (i == 500) {
            fixture_commit(writer);
            assert_ok(sr_writer_remove(writer, (sr_doc){.ordinal = 7}, NULL));
        }
        fixture_add(writer, i, 1);
    }
    fixture_commit(writer);
    sr_writer_close(writer);
}

static void check_same(const char *a, const char *b)
{
    for (size_t i = 0; i < SR_ARRAY_COUNT(FILES); i++) {
        sr_buffer bytes[2];
        const char *const dirs[] = {a, b};
        for (size_t j = 0; j < 2; j++) {
            char *path = sr_path_join(dirs[j], FILES[i]);
            sr_buffer_init(&bytes[j], SR_BUFFER_NO_LIMIT);
            assert_ok(sr_file_read_all(path, &bytes[j], NULL));
            free(path);
        }
        assert_true(sr_str_equal(sr_buffer_view(&bytes[0]), sr_buffer_view(&bytes[1])));
        sr_buffer_release(&bytes[0]);
        sr_buffer_release(&bytes[1]);
    }
}

static void test_same_bytes(void **state)
{
    (void)state;
    char *first = fixture_directory();
    fill_with(first, 1);
    const int counts[] = {2, 3, 8};
    for (size_t i = 0; i < SR_ARRAY_COUNT(counts); i++) {
        char *other = fixture_directory();
        fill_with(other, counts[i]);
        check_same(first, other);
        fixture_remove_directory(other);
    }
    fixture_remove_directory(first);
}

static void test_many_readers(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    fixture_fill(dir, false, 700);
    sr_snapshot *snapshot = fixture_open(dir);
    size_t n_wrong = 0;
#pragma omp parallel for num_threads(24) reduction(+ : n_wrong) schedule(static, 1)
    for (uint32_t i = 0; i < 4000; i++) {
        sr_buffer id;
        sr_buffer text;
        sr_buffer_init(&id, SR_BUFFER_NO_LIMIT);
        sr_buffer_init(&text, SR_BUFFER_NO_LIMIT);
        sr_doc doc = {.ordinal = i * 97 % 700};
        sr_doc found_doc = {0};
        bool found = false;
        sr_status status = sr_snapshot_read_field(snapshot, doc, SR_FIELD_ID, &id, NULL);
        if (status == SR_OK) {
            status = sr_snapshot_read_field(snapshot, doc, SR_FIELD_TEXT, &text, NULL);
        }
        if (status == SR_OK) {
            status = sr_snapshot_find_id(snapshot, sr_buffer_view(&id), &found, &found_doc);
        }
        n_wrong += status != SR_OK || !found || !sr_doc_equal(doc, found_doc);
        sr_buffer_release(&id);
        sr_buffer_release(&text);
    }
    assert_int_equal(n_wrong, 0);
    sr_snapshot_close(snapshot);
    fixture_remove_directory(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_many_readers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
