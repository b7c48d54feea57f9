/* test_simhash.c — `export --simhash`: articles of one story have nearer hashes than others. */
#include "related_samples.h"

static size_t count_differing(const uint8_t *rows, size_t a, size_t b)
{
    size_t n = 0;
    for (size_t k = 0; k < SR_TOPIC_BITS / 64; k++) {
        n += (size_t)__builtin_popcountll(sr_load_u64(rows + 64 * a + 8 * k) ^
                                          sr_load_u64(rows + 64 * b + 8 * k));
    }
    return n;
}

static void simhashes_of_one_story_are_near(void **state)
{
    (void)state;
    fixture f;
    open_store(&f, SAMPLES, N_SAMPLES, 4, false);
    char *path = sr_path_join(f.dir, "simhash.npy");
    sr_buffer file;
    sr_buffer_init(&file, SR_BUFFER_NO_LIMIT);
    assert_int_equal(sr_store_export_simhash(f.store, path, &f.error), SR_OK);
    assert_int_equal(sr_file_read_all(path, &file, NULL), SR_OK);
    assert_int_equal(file.n_bytes, 128 + N_SAMPLES * SR_TOPIC_BITS / 8);
    const uint8_t *rows = (const uint8_t *)file.data + 128;
    enum { FIRST_LEAGUE = 5, N_LEAGUE = 3, ORCHARD_AT = 8 };
    for (size_t i = 0; i < FIRST_LEAGUE; i++) {
        size_t mate = i == 0 ? 3 : 0; /* the articles on the barrier are 0 to 4 */
        for (size_t other = FIRST_LEAGUE; other <= ORCHARD_AT; other++) {
            assert_true(count_differing(rows, i, mate) < count_differing(rows, i, other));
        }
    }
    for (size_t other = FIRST_LEAGUE; other < FIRST_LEAGUE + N_LEAGUE; other++) {
        assert_true(count_differing(rows, FIRST_LEAGUE, other) < 240);
    }
    unlink(path);
    free(path);
    sr_buffer_release(&file);
    close_store(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simhashes_of_one_story_are_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
