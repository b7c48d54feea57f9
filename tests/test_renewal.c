/* test_renewal.c — the neighbour graph is made anew as a store grows, and not at every commit where
 * the articles can't have a model. */
#include "store_fixture.h"

#include "store/snapshot.h"
#include "store/vectors.h"

#define FEW_WORDS "the ferry and the harbour"

/* One of few words, all of which it shares with every other. */
static void add_poor(sr_writer *writer, uint32_t number)
{
    fixture_article made;
    fixture_make(&made, number, 1);
    made.n_terms = 0;
    made.article.title = sr_str_of("");
    made.article.text = sr_str_of(FEW_WORDS);
    fixture_count_term(&made, UINT64_C(2) << 32);
    fixture_count_term(&made, UINT64_C(4) << 32);
    fixture_sign(&made, sr_snapshot_params(sr_writer_snapshot(writer)));
    sr_store_entry entry = {.article = &made.article,
                            .signature = &made.signature,
                            .article_hash = number,
                            .language = SR_LANGUAGE('e', 'n'),
                            .terms = made.terms,
                            .n_terms = made.n_terms};
    bool flushed = false;
    assert_ok(sr_writer_add(writer, &entry, &flushed, NULL));
}

static void add_commit(sr_writer *writer, uint32_t first, uint32_t n)
{
    for (uint32_t i = first; i < first + n; i++) {
        add_poor(writer, i);
    }
    fixture_commit(writer);
}

/* More than enough articles for a model, and too few words: tried once, and again only when the
 * store has grown by a tenth. */
static void few_words_are_tried_once(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    fixture_create(dir, false);
    sr_writer *writer = fixture_writer(dir);
    add_commit(writer, 0, 600);
    add_commit(writer, 600, 500); /* has grown: made anew, and remembered */
    const sr_snapshot *snapshot = sr_writer_snapshot(writer);
    assert_int_equal(sr_snapshot_segment_count(snapshot), 1);
    assert_null(sr_snapshot_model(snapshot));
    for (uint32_t i = 1; i <= 5; i++) {
        add_commit(writer, 1100 + i, 1);
        assert_int_equal(sr_snapshot_segment_count(snapshot), 1 + i);
    }
    sr_writer_close(writer);
    writer = fixture_writer(dir); /* it is the store that remembers */
    add_commit(writer, 1200, 1);
    assert_int_equal(sr_snapshot_segment_count(sr_writer_snapshot(writer)), 7);
    assert_ok(sr_writer_compact(writer, NULL)); /* an ordinary merge keeps what is known */
    add_commit(writer, 1201, 1);
    assert_int_equal(sr_snapshot_segment_count(sr_writer_snapshot(writer)), 2);
    add_commit(writer, 1300, 110);
    assert_int_equal(sr_snapshot_segment_count(sr_writer_snapshot(writer)), 1);
    sr_writer_close(writer);
    assert_ok(sr_store_verify(dir, NULL, NULL));
    fixture_remove_directory(dir);
}

/* The same for a first load of that size. */
static void a_first_load_is_tried_once(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    fixture_create(dir, false);
    sr_writer *writer = fixture_writer(dir);
    add_commit(writer, 0, 1100);
    sr_store_info info;
    sr_snapshot_info(sr_writer_snapshot(writer), &info);
    assert_true(info.n_merged_bytes == 0);
    add_commit(writer, 1100, 1);
    assert_int_equal(sr_snapshot_segment_count(sr_writer_snapshot(writer)), 2);
    sr_writer_close(writer);
    fixture_remove_directory(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_words_are_tried_once),
        cmocka_unit_test(a_first_load_is_tried_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
