/* test_outdated.c — a store of an older normaliser: it is read, checked, exported, articles are
 * removed from it, nothing is added; `compact` makes it anew from its texts, and it is then what a
 * new store of the same articles is.
 *
 * The old program is played by stores whose signatures and terms are those of other texts: what is
 * found of them after all was made anew would show.
 */
#include "store_age.h"

#include "index/term_weight.h"
#include "ingest/prepare.h"
#include "sketch/params.h"
#include "store/snapshot.h"
#include "text/tokenise.h"

enum { N = 700, FIRST_COMMIT = 450, N_REMOVED = 3 };

static const char *const REMOVED[N_REMOVED] = {"article-3", "article-4", "article-460"};

/* ------------------------------------------------------------ stores */

static fixture_article *make_article(uint32_t number)
{
    fixture_article *made = malloc(sizeof *made);
    assert_non_null(made);
    fixture_make(made, number, 1);
    if (made->article.text.n_bytes == 0) { /* as `add` does */
        made->article.text = made->article.title;
    }
    return made;
}

/* Signed, cut into terms and told apart as some other text would be. */
static void add_old(sr_writer *writer, uint32_t number)
{
    fixture_article *made = make_article(number);
    fixture_article *other = make_article(number + 10000);
    sr_params params;
    fixture_params(&params);
    fixture_sign(other, &params);
    sr_store_entry entry = {.article = &made->article,
                            .signature = &other->signature,
                            .article_hash = sr_article_hash(&made->article, 0),
                            .terms = other->terms,
                            .n_terms = other->n_terms};
    bool flushed = false;
    assert_ok(sr_writer_add(writer, &entry, &flushed, NULL));
    free(made);
    free(other);
}

static sr_store *open_store(const char *dir, sr_store_mode mode, const sr_observer *observer)
{
    sr_store *store = NULL;
    sr_error error = {0};
    if (sr_store_open(dir, mode, observer, &store, &error) != SR_OK) {
        fail_msg("%s: %s", error.file, error.text);
    }
    return store;
}

static sr_status remove_articles(sr_store *store, const char *const *ids, size_t n_ids)
{
    sr_removal removal = {.ids = ids, .n_ids = n_ids, .before_s = SR_TIME_UNKNOWN};
    sr_removal_summary summary = {0};
    sr_status status = sr_store_remove(store, &removal, &summary, NULL);
    assert_true(status != SR_OK || summary.n_removed == n_ids);
    return status;
}

static void remove_and_commit(const char *dir, const char *const *ids, size_t n_ids)
{
    sr_store *store = open_store(dir, SR_STORE_WRITE, NULL);
    uint64_t commit = 0;
    assert_ok(remove_articles(store, ids, n_ids));
    assert_ok(sr_store_commit(store, &commit, NULL));
    sr_store_close(store);
}

/* Two segments of articles, one of removals. */
static char *make_old_store(bool dedup_only)
{
    char *dir = fixture_directory();
    fixture_create(dir, dedup_only);
    sr_writer *writer = fixture_writer(dir);
    for (uint32_t i = 0; i < N; i++) {
        if (i == FIRST_COMMIT) {
            fixture_commit(writer);
        }
        add_old(writer, i);
    }
    fixture_commit(writer);
    sr_writer_close(writer);
    remove_and_commit(dir, REMOVED, N_REMOVED);
    age_store(dir, SR_NORMALISER_VERSION - 1, SR_HASH_VERSION);
    return dir;
}

static bool is_removed(const fixture_article *made)
{
    bool found = false;
    for (size_t i = 0; i < N_REMOVED; i++) {
        found = found || strcmp(made->id, REMOVED[i]) == 0;
    }
    return found;
}

/* What this program makes of the articles that are left. */
static char *make_new_store(void)
{
    char *dir = fixture_directory();
    fixture_create(dir, false);
    sr_store *store = open_store(dir, SR_STORE_WRITE, NULL);
    uint64_t commit = 0;
    for (uint32_t i = 0; i < N; i++) {
        fixture_article *made = make_article(i);
        if (!is_removed(made)) {
            assert_ok(sr_store_add_articles(store, &made->article, 1, NULL, NULL));
        }
        free(made);
    }
    assert_ok(sr_store_commit(store, &commit, NULL));
    sr_store_close(store);
    return dir;
}

static sr_store_info info_of(const char *dir)
{
    sr_store *store = open_store(dir, SR_STORE_READ, NULL);
    sr_store_info info;
    sr_store_get_info(store, &info);
    sr_store_close(store);
    return info;
}

/* ------------------------------------------------------------ what is in them */

static bool append_bytes(void *context, const char *bytes, size_t n_bytes)
{
    return sr_buffer_append(context, bytes, n_bytes) == SR_OK;
}

/* The articles as they were given. */
static uint64_t digest_of_export(const char *dir)
{
    sr_store *store = open_store(dir, SR_STORE_READ, NULL);
    sr_buffer out;
    sr_buffer_init(&out, SR_BUFFER_NO_LIMIT);
    assert_ok(sr_store_export(store, SR_FORMAT_JSONL, append_bytes, &out, NULL));
    uint64_t digest = sr_hash_bytes(out.data, out.n_bytes, 0);
    sr_buffer_release(&out);
    sr_store_close(store);
    return digest;
}

/* What was made of them. */
static void assert_same_sketches(const char *a_dir, const char *b_dir)
{
    sr_snapshot *a = fixture_open(a_dir);
    sr_snapshot *b = fixture_open(b_dir);
    size_t n_values = sr_snapshot_params(a)->n_values;
    assert_int_equal(sr_snapshot_segment_count(a), 1);
    assert_int_equal(sr_snapshot_segment_count(b), 1);
    const sr_segment *left = sr_snapshot_segment(a, 0);
    const sr_segment *right = sr_snapshot_segment(b, 0);
    assert_int_equal(sr_segment_doc_count(left), N - N_REMOVED);
    assert_int_equal(sr_segment_doc_count(right), N - N_REMOVED);
    for (uint32_t i = 0; i < N - N_REMOVED; i++) {
        sr_doc_facts facts[2];
        sr_stored_term terms[2][SR_TERMS_STORED];
        size_t n_terms[2];
        sr_segment_facts(left, i, &facts[0]);
        sr_segment_facts(right, i, &facts[1]);
        assert_memory_equal(facts[0].content, facts[1].content, sizeof facts[0].content);
        assert_true(facts[0].simhash == facts[1].simhash);
        assert_int_equal(facts[0].n_words, facts[1].n_words);
        assert_int_equal(facts[0].n_shingles, facts[1].n_shingles);
        assert_int_equal(facts[0].language, facts[1].language);
        assert_int_equal(facts[0].published_s, facts[1].published_s);
        assert_memory_equal(sr_segment_values(left, i), sr_segment_values(right, i),
                            n_values * sizeof(uint16_t));
        assert_ok(sr_segment_terms(left, i, terms[0], &n_terms[0]));
        assert_ok(sr_segment_terms(right, i, terms[1], &n_terms[1]));
        assert_int_equal(n_terms[0], n_terms[1]);
        for (size_t n = 0; n < n_terms[0]; n++) {
            assert_true(terms[0][n].hash == terms[1][n].hash);
            assert_int_equal(terms[0][n].tf2, terms[1][n].tf2);
        }
    }
    sr_snapshot_close(a);
    sr_snapshot_close(b);
}

/* ------------------------------------------------------------ tests */

static void assert_nothing_is_added(const char *dir, const char *advice)
{
    sr_store *store = open_store(dir, SR_STORE_WRITE, NULL);
    fixture_article *made = make_article(9);
    sr_error error = {0};
    assert_int_equal(sr_store_add_articles(store, &made->article, 1, NULL, &error), SR_ERR_VERSION);
    assert_non_null(strstr(error.text, advice));
    const char *const feeds[] = {"nowhere.jsonl"};
    sr_add_summary summary;
    assert_int_equal(sr_store_add_feeds(store, feeds, 1, NULL, NULL, &summary, &error),
                     SR_ERR_VERSION);
    free(made);
    sr_store_close(store);
}

static void test_reading(void **state)
{
    (void)state;
    char *dir = make_old_store(false);
    sr_store_info info = info_of(dir);
    assert_true(info.is_outdated);
    assert_int_equal(info.normaliser_version, SR_NORMALISER_VERSION - 1);
    assert_int_equal(info.n_articles, N - N_REMOVED);
    assert_ok(sr_store_check(dir, NULL, NULL));
    sr_store *store = open_store(dir, SR_STORE_READ, NULL);
    sr_related_options options;
    sr_related_options_init(&options);
    sr_query query = {.id = "article-5"};
    sr_boxes *boxes = NULL;
    sr_item item;
    assert_ok(sr_related(store, &query, 1, &options, &boxes, NULL));
    assert_true(sr_boxes_item(boxes, 0, 0, &item) && item.score > 0 && !item.fallback);
    sr_boxes_free(boxes);
    sr_store_close(store);
    assert_nothing_is_added(dir, "simrank compact");
    fixture_remove_directory(dir);
}

/* Removals, and the merges that they bring, leave it what it is. */
static void test_removing(void **state)
{
    (void)state;
    char *dir = make_old_store(false);
    for (uint32_t i = 0; i < 20; i++) {
        char id[32];
        const char *const ids[] = {id};
        snprintf(id, sizeof id, "article-%u", 20 + i);
        remove_and_commit(dir, ids, 1);
    }
    sr_store_info info = info_of(dir);
    assert_int_equal(info.n_articles, N - N_REMOVED - 20);
    assert_true(info.is_outdated && info.n_segments < 20);
    sr_writer *writer = fixture_writer(dir);
    assert_ok(sr_writer_compact(writer, NULL));
    sr_writer_close(writer);
    info = info_of(dir);
    assert_true(info.is_outdated && info.n_segments == 1 && info.n_removed == 0);
    assert_ok(sr_store_check(dir, NULL, NULL));
    fixture_remove_directory(dir);
}

static void test_rebuilding(void **state)
{
    (void)state;
    char *dir = make_old_store(false);
    char *fresh = make_new_store();
    uint64_t exported = digest_of_export(dir);
    sr_store_info before = info_of(dir);
    sr_snapshot *reader = fixture_open(dir); /* goes on with what it has */
    sr_store *store = open_store(dir, SR_STORE_WRITE, NULL);
    assert_ok(sr_store_compact(store, NULL));
    sr_store_info after;
    sr_store_get_info(store, &after);
    assert_false(after.is_outdated);
    assert_int_equal(after.commit, before.commit + 1);
    assert_int_equal(after.n_articles, N - N_REMOVED);
    assert_true(after.n_flushed_bytes == before.n_flushed_bytes);
    assert_true(after.n_merged_bytes > before.n_merged_bytes);
    sr_outcome outcomes[2] = {SR_OUTCOME_COUNT, SR_OUTCOME_COUNT};
    fixture_article *made = make_article(9);
    assert_ok(sr_store_add_articles(store, &made->article, 1, outcomes, NULL));
    assert_int_equal(outcomes[0], SR_OUTCOME_UNCHANGED);
    free(made);
    sr_store_close(store);
    assert_ok(sr_store_check(dir, NULL, NULL));
    assert_true(digest_of_export(dir) == exported);
    assert_same_sketches(dir, fresh);
    assert_int_equal(fixture_count_files(dir), 3); /* MANIFEST, LOCK, one segment */
    assert_true(sr_snapshot_is_outdated(reader));
    sr_buffer text;
    sr_buffer_init(&text, SR_BUFFER_NO_LIMIT);
    assert_ok(sr_snapshot_read_field(reader, (sr_doc){.ordinal = 9}, SR_FIELD_TEXT, &text, NULL));
    assert_true(text.n_bytes > 0);
    sr_buffer_release(&text);
    sr_snapshot_close(reader);
    fixture_remove_directory(dir);
    fixture_remove_directory(fresh);
}

/* Also one of an older hash, and one of which no article is left. */
static void test_small_ones(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    fixture_create(dir, false);
    age_store(dir, SR_NORMALISER_VERSION, SR_HASH_VERSION - 1);
    assert_true(info_of(dir).is_outdated);
    sr_store *store = open_store(dir, SR_STORE_WRITE, NULL);
    fixture_article *made = make_article(9);
    assert_ok(sr_store_compact(store, NULL));
    assert_ok(sr_store_add_articles(store, &made->article, 1, NULL, NULL));
    assert_ok(sr_store_compact(store, NULL));
    free(made);
    sr_store_close(store);
    sr_store_info info = info_of(dir);
    assert_true(!info.is_outdated && info.n_articles == 1);
    assert_ok(sr_store_check(dir, NULL, NULL));
    age_store(dir, SR_NORMALISER_VERSION, SR_HASH_VERSION + 1);
    sr_error error = {0};
    assert_int_equal(sr_store_open(dir, SR_STORE_READ, NULL, &store, &error), SR_ERR_VERSION);
    assert_non_null(strstr(error.text, "later"));
    fixture_remove_directory(dir);
}

static void test_without_texts(void **state)
{
    (void)state;
    char *dir = make_old_store(true);
    uint64_t exported = digest_of_export(dir);
    sr_error error = {0};
    sr_store *store = open_store(dir, SR_STORE_WRITE, NULL);
    assert_int_equal(sr_store_compact(store, &error), SR_ERR_VERSION);
    assert_non_null(strstr(error.text, "keeps no texts"));
    sr_store_close(store);
    assert_nothing_is_added(dir, "keeps no texts");
    assert_true(digest_of_export(dir) == exported);
    const char *const ids[] = {"article-50"};
    remove_and_commit(dir, ids, 1);
    assert_true(info_of(dir).is_outdated);
    assert_int_equal(info_of(dir).n_articles, N - N_REMOVED - 1);
    assert_ok(sr_store_check(dir, NULL, NULL));
    fixture_remove_directory(dir);
}

static bool is_cancelled(void *context)
{
    return --*(int *)context < 0;
}

/* Stopped on its way, it is as before; nothing is left behind. */
static void test_interrupted(void **state)
{
    (void)state;
    char *dir = make_old_store(false);
    uint64_t exported = digest_of_export(dir);
    size_t n_files = fixture_count_files(dir);
    int patience = 0;
    sr_observer observer = {.context = &patience, .cancelled = is_cancelled};
    sr_store *store = open_store(dir, SR_STORE_WRITE, &observer);
    assert_int_equal(sr_store_compact(store, NULL), SR_ERR_INTERRUPTED);
    const char *const ids[] = {"article-50"};
    assert_ok(remove_articles(store, ids, 1)); /* the writer goes on */
    sr_store_close(store);
    assert_true(info_of(dir).is_outdated);
    assert_true(digest_of_export(dir) == exported);
    assert_int_equal(fixture_count_files(dir), n_files);
    fixture_remove_directory(dir);
}

static void flip(const char *dir, const char *name, uint64_t at)
{
    char *path = sr_path_join(dir, name);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, (long)at, SEEK_SET), 0);
    int byte = fgetc(file);
    assert_int_equal(fseek(file, (long)at, SEEK_SET), 0);
    assert_true(fputc(byte ^ 1, file) != EOF);
    assert_int_equal(fclose(file), 0);
    free(path);
}

/* With damage it is not made anew behind the user's back; the repair does it, for what is proved.
 */
static void test_damaged(void **state)
{
    (void)state;
    char *dir = make_old_store(false);
    sr_snapshot *snapshot = fixture_open(dir);
    uint64_t at =
        snapshot->segments[1].segment->sections[SR_SECTION_COLD_DATA + SR_FIELD_TEXT].offset + 50;
    sr_snapshot_close(snapshot);
    flip(dir, "seg-0000000000000002.seg", at);
    sr_store *store = open_store(dir, SR_STORE_WRITE, NULL);
    assert_int_equal(sr_store_compact(store, NULL), SR_ERR_CORRUPT);
    sr_store_close(store);
    assert_true(info_of(dir).is_outdated);
    sr_repair_summary summary = {0};
    assert_ok(sr_store_repair(dir, SR_STORE_WRITE, NULL, &summary, NULL));
    assert_int_equal(summary.n_segments_kept, 1);
    assert_true(summary.n_lost > 0 && summary.n_lost < N - FIRST_COMMIT);
    assert_int_equal(summary.n_saved + summary.n_lost, N - N_REMOVED);
    assert_int_equal(summary.n_removals_lost, 0);
    sr_store_info info = info_of(dir);
    assert_false(info.is_outdated);
    assert_int_equal(info.n_articles, summary.n_saved);
    assert_ok(sr_store_check(dir, NULL, NULL));
    fixture_remove_directory(dir);
}

/* A MANIFEST that is gone: the versions are found again by the digest in the segments. */
static void test_lost_manifest(void **state)
{
    (void)state;
    char *dir = make_old_store(true);
    flip(dir, "MANIFEST", 60);
    sr_repair_summary summary = {0};
    assert_ok(sr_store_repair(dir, SR_STORE_WRITE, NULL, &summary, NULL));
    assert_true(summary.manifest_rebuilt && summary.n_saved == 0 && summary.n_lost == 0);
    sr_store_info info = info_of(dir);
    assert_true(info.is_outdated && info.n_articles == N - N_REMOVED);
    assert_ok(sr_store_check(dir, NULL, NULL));
    fixture_remove_directory(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reading),       cmocka_unit_test(test_removing),
        cmocka_unit_test(test_rebuilding),    cmocka_unit_test(test_small_ones),
        cmocka_unit_test(test_without_texts), cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_damaged),       cmocka_unit_test(test_lost_manifest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
