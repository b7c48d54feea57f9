/* test_renewal.c — the neighbour graph is made anew as a store grows, and not at every commit where
 * the articles can't have a model; the lists of a large store are kept. */
#include "store_fixture.h"

#include "store/snapshot.h"
#include "store/term_df.h"
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

enum { N_FIRST = 1100, N_LATER = 50, N_EMPTY = 70, N_LISTED = N_FIRST + N_LATER };

/* Who is in an article's list, and how similar, by serial; without those so near to the floor that
 * another model may make strangers of them. */
typedef struct listed {
    size_t n;
    uint64_t serials[SR_NEIGHBOURS];
    uint8_t similarities[SR_NEIGHBOURS];
} listed;

static void read_lists(const sr_writer *writer, listed *lists)
{
    const sr_snapshot *snapshot = sr_writer_snapshot(writer);
    for (uint32_t i = 0; i < N_LISTED; i++) {
        sr_doc doc;
        sr_neighbour neighbours[SR_NEIGHBOURS];
        lists[i] = (listed){0};
        assert_true(sr_snapshot_find_serial(snapshot, i + 1, &doc));
        size_t n = 0;
        assert_ok(sr_snapshot_neighbours(snapshot, doc, SR_NEIGHBOURS, neighbours, &n));
        for (size_t j = 0; j < n; j++) { /* by serial: the order is the model's affair */
            uint64_t serial = sr_snapshot_serial(snapshot, neighbours[j].doc);
            if ((double)neighbours[j].similarity < 0.125 * 255.0) {
                continue;
            }
            size_t at = lists[i].n++;
            for (; at > 0 && lists[i].serials[at - 1] > serial; at--) {
                lists[i].serials[at] = lists[i].serials[at - 1];
                lists[i].similarities[at] = lists[i].similarities[at - 1];
            }
            lists[i].serials[at] = serial;
            lists[i].similarities[at] = neighbours[j].similarity;
        }
    }
}

/* How many lists change when the store is made anew after it has grown by articles without words.
 */
static size_t count_changed(uint64_t settled_docs)
{
    static listed before[N_LISTED];
    static listed after[N_LISTED];
    char *dir = fixture_directory();
    fixture_create(dir, false);
    sr_writer *writer = fixture_writer(dir);
    sr_snapshot *snapshot = (sr_snapshot *)(uintptr_t)sr_writer_snapshot(writer);
    snapshot->settled_docs = settled_docs;
    for (uint32_t i = 0; i < N_LISTED; i++) {
        fixture_add(writer, i, 1);
        if (i == N_FIRST - 1 || i == N_LISTED - 1) {
            fixture_commit(writer);
        }
    }
    assert_int_equal(sr_snapshot_segment_count(snapshot), 2);
    read_lists(writer, before);
    for (uint32_t i = 0; i < N_EMPTY; i++) {
        fixture_add(writer, 17 * (N_LISTED + i) + 16, 1);
    }
    fixture_commit(writer);
    assert_int_equal(sr_snapshot_segment_count(snapshot), 1);
    read_lists(writer, after);
    size_t n_changed = 0;
    size_t n_entries = 0;
    for (uint32_t i = 0; i < N_LISTED; i++) {
        n_changed += memcmp(&before[i], &after[i], sizeof *before) != 0;
        n_entries += after[i].n;
    }
    assert_true(n_entries > N_LISTED);
    sr_writer_close(writer);
    assert_ok(sr_store_verify(dir, NULL, NULL));
    fixture_remove_directory(dir);
    return n_changed;
}

static void lists_of_a_large_store_are_kept(void **state)
{
    (void)state;
    assert_int_equal(count_changed(100), 0);
    assert_true(count_changed(SR_SETTLED_DOCS) > N_LISTED / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_words_are_tried_once),
        cmocka_unit_test(a_first_load_is_tried_once),
        cmocka_unit_test(lists_of_a_large_store_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
