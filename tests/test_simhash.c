/* test_simhash.c — `export --simhash`: each bit is the vote of the article's terms, and articles of
 * one story have nearer hashes than others. */
#include "related_samples.h"

#include "index/term_weight.h"
#include "store/snapshot.h"

static size_t count_differing(const uint8_t *rows, size_t a, size_t b)
{
    size_t n = 0;
    for (size_t k = 0; k < SR_TOPIC_BITS / 64; k++) {
        n += (size_t)__builtin_popcountll(sr_load_u64(rows + 64 * a + 8 * k) ^
                                          sr_load_u64(rows + 64 * b + 8 * k));
    }
    return n;
}

/* The row of an article by the definition; so few articles are not smoothed. */
static void vote_by_hand(const sr_snapshot *snapshot, uint32_t ordinal, uint64_t row[8])
{
    sr_stored_term terms[SR_TERMS_STORED];
    size_t n_terms = 0;
    double sums[SR_TOPIC_BITS] = {0};
    assert_ok(sr_segment_terms(sr_snapshot_segment(snapshot, 0), ordinal, terms, &n_terms));
    for (size_t i = 0; i < n_terms; i++) {
        uint64_t df = sr_snapshot_df(snapshot, terms[i].hash);
        double weight =
            df < 2 ? 0.0
                   : sr_tf_weight(terms[i].tf2) * sr_idf_weight(sr_snapshot_live_count(snapshot),
                                                                df, sr_term_is_pair(terms[i].hash));
        for (size_t b = 0; b < SR_TOPIC_BITS; b++) {
            uint64_t bits = sr_mix64(terms[i].hash + b / 64 * UINT64_C(0x9e3779b97f4a7c15));
            sums[b] += bits >> b % 64 & 1 ? weight : -weight;
        }
    }
    memset(row, 0, 8 * sizeof *row);
    for (size_t b = 0; b < SR_TOPIC_BITS; b++) {
        row[b / 64] |= (uint64_t)(sums[b] > 0.0) << b % 64;
    }
}

static void each_bit_is_a_vote(void **state)
{
    (void)state;
    fixture f;
    open_store(&f, SAMPLES, N_SAMPLES, N_SAMPLES, false);
    char *path = sr_path_join(f.dir, "simhash.npy");
    sr_buffer file;
    sr_buffer_init(&file, SR_BUFFER_NO_LIMIT);
    assert_int_equal(sr_store_export_simhash(f.store, path, &f.error), SR_OK);
    assert_int_equal(sr_file_read_all(path, &file, NULL), SR_OK);
    sr_snapshot *snapshot = fixture_open(f.dir);
    size_t n_set = 0;
    for (uint32_t i = 0; i < N_SAMPLES; i++) {
        uint64_t row[8];
        size_t n_differing = 0;
        vote_by_hand(snapshot, i, row);
        for (size_t k = 0; k < 8; k++) {
            uint64_t exported = sr_load_u64(file.data + 128 + 64 * i + 8 * k);
            n_differing += (size_t)__builtin_popcountll(exported ^ row[k]);
            n_set += (size_t)__builtin_popcountll(exported);
        }
        assert_true(n_differing < 8); /* terms of one weight may come to 0 but for rounding */
    }
    assert_true(n_set > N_SAMPLES * SR_TOPIC_BITS / 4);
    sr_snapshot_close(snapshot);
    unlink(path);
    free(path);
    sr_buffer_release(&file);
    close_store(&f);
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
        cmocka_unit_test(each_bit_is_a_vote),
        cmocka_unit_test(simhashes_of_one_story_are_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
