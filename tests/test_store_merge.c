/* test_store_merge.c — segments become one and nothing else changes: the same live articles under
 * the same serials with the same answers, for readers before, during and after; killed at any
 * moment, refused where a source is damaged. */
#include "store_fixture.h"

#include "index/term_weight.h"
#include "sketch/compare.h"
#include "store/writer.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

enum { N = 240 };

/* ------------------------------------------------------------ what a store says */

/* A digest of everything that a reader can ask about one live article, its place and the length of
 * its vector excepted, which a merge reckons anew. */
static uint64_t article_digest(const sr_snapshot *snapshot, sr_doc doc)
{
    sr_buffer all;
    sr_buffer value;
    sr_buffer_init(&all, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&value, SR_BUFFER_NO_LIMIT);
    const sr_segment *segment = sr_snapshot_segment(snapshot, doc.segment);
    uint64_t serial = sr_snapshot_serial(snapshot, doc);
    sr_doc_facts facts;
    memset(&facts, 0, sizeof facts);
    sr_segment_facts(segment, doc.ordinal, &facts);
    assert_ok(sr_buffer_append(&all, &serial, sizeof serial));
    assert_ok(sr_buffer_append(&all, facts.content, sizeof facts.content));
    assert_ok(sr_buffer_append(&all, &facts.article_hash, sizeof facts.article_hash));
    assert_ok(sr_buffer_append(&all, sr_segment_values(segment, doc.ordinal),
                               sr_snapshot_params(snapshot)->n_values * sizeof(uint16_t)));
    for (sr_field field = 0; field < SR_FIELD_COUNT; field++) {
        if (field == SR_FIELD_TEXT && sr_snapshot_dedup_only(snapshot)) {
            continue;
        }
        assert_ok(sr_snapshot_read_field(snapshot, doc, field, &value, NULL));
        assert_ok(sr_buffer_append(&all, &value.n_bytes, sizeof value.n_bytes));
        assert_ok(sr_buffer_append_str(&all, sr_buffer_view(&value)));
    }
    sr_stored_term terms[160];
    size_t n_terms = 0;
    assert_ok(sr_segment_terms(segment, doc.ordinal, terms, &n_terms));
    for (size_t i = 0; i < n_terms; i++) {
        uint64_t numbers[] = {terms[i].hash, terms[i].tf2, sr_snapshot_df(snapshot, terms[i].hash)};
        assert_ok(sr_buffer_append(&all, numbers, sizeof numbers));
    }
    sr_neighbour neighbours[SR_NEIGHBOURS];
    size_t n_neighbours = 0;
    assert_ok(sr_snapshot_neighbours(snapshot, doc, SR_NEIGHBOURS, neighbours, &n_neighbours));
    for (size_t i = 0; i < n_neighbours; i++) {
        uint64_t numbers[] = {sr_snapshot_serial(snapshot, neighbours[i].doc),
                              neighbours[i].similarity, neighbours[i].closeness};
        assert_ok(sr_buffer_append(&all, numbers, sizeof numbers));
    }
    uint64_t digest = sr_hash_str(sr_buffer_view(&all));
    sr_buffer_release(&value);
    sr_buffer_release(&all);
    return digest;
}

/* Over all live articles in the order of their serials; also that each is found by its serial, its
 * id, its content and its bands. */
static uint64_t store_digest(const sr_snapshot *snapshot)
{
    uint64_t digest = sr_snapshot_live_count(snapshot);
    uint64_t next = sr_snapshot_next_serial(snapshot);
    sr_doc *docs = NULL;
    size_t capacity = 0;
    sr_buffer id;
    sr_buffer_init(&id, SR_BUFFER_NO_LIMIT);
    for (uint64_t serial = 0; serial < next; serial++) {
        sr_doc doc;
        if (!sr_snapshot_find_serial(snapshot, serial, &doc) ||
            !sr_snapshot_is_live(snapshot, doc)) {
            continue;
        }
        const sr_segment *segment = sr_snapshot_segment(snapshot, doc.segment);
        digest = sr_mix64(digest ^ article_digest(snapshot, doc));
        bool found = false;
        sr_doc again = {0};
        assert_ok(sr_snapshot_read_field(snapshot, doc, SR_FIELD_ID, &id, NULL));
        assert_ok(sr_snapshot_find_id(snapshot, sr_buffer_view(&id), &found, &again));
        assert_true(found && sr_doc_equal(doc, again));
        sr_doc_facts facts;
        uint32_t keys[128];
        sr_segment_facts(segment, doc.ordinal, &facts);
        sr_values_band_keys(sr_snapshot_params(snapshot), sr_segment_values(segment, doc.ordinal),
                            keys);
        for (int way = 0; way < 2; way++) {
            size_t n_docs = 0;
            assert_ok(
                way ? sr_snapshot_find_bands(snapshot, keys, 1000, &docs, &n_docs, &capacity)
                    : sr_snapshot_find_content(snapshot, facts.content, &docs, &n_docs, &capacity));
            assert_true(n_docs > 0 || facts.n_words == 0);
            for (size_t i = 0; i < n_docs; i++) {
                digest = sr_mix64(digest ^ sr_snapshot_serial(snapshot, docs[i]));
            }
        }
    }
    sr_buffer_release(&id);
    free(docs);
    return digest;
}

/* The length of a vector as the statistics of today have it. */
static double length_now(const sr_snapshot *snapshot, sr_doc doc)
{
    sr_stored_term terms[SR_TERMS_STORED];
    double weights[SR_TERMS_STORED];
    size_t n_terms = 0;
    uint64_t n_live = sr_snapshot_live_count(snapshot);
    assert_ok(
        sr_segment_terms(sr_snapshot_segment(snapshot, doc.segment), doc.ordinal, terms, &n_terms));
    for (size_t i = 0; i < n_terms; i++) {
        uint64_t df = sr_snapshot_df(snapshot, terms[i].hash);
        double idf = df < 2 ? 0.0 : sr_idf_weight(n_live, df, sr_term_is_pair(terms[i].hash));
        weights[i] = sr_tf_weight(terms[i].tf2) * idf;
    }
    return sr_scored_length(weights, n_terms);
}

/* Of the articles of a segment that was merged last. */
static void check_lengths(const char *dir, uint32_t segment)
{
    sr_snapshot *snapshot = fixture_open(dir);
    uint32_t n_docs = sr_segment_doc_count(sr_snapshot_segment(snapshot, segment));
    uint32_t n_long = 0;
    for (uint32_t i = 0; i < n_docs; i++) {
        double stored = (double)sr_segment_norm(sr_snapshot_segment(snapshot, segment), i);
        double now = length_now(snapshot, (sr_doc){.segment = segment, .ordinal = i});
        assert_true(stored >= now * 0.99999 && stored <= now * 1.00001);
        n_long += stored > 0.0;
    }
    assert_true(n_long > n_docs / 2);
    sr_snapshot_close(snapshot);
}

static uint64_t digest_of(const char *dir)
{
    sr_snapshot *snapshot = fixture_open(dir);
    uint64_t digest = store_digest(snapshot);
    sr_snapshot_close(snapshot);
    return digest;
}

static sr_store_info info_of(const char *dir)
{
    sr_store_info info;
    sr_snapshot *snapshot = fixture_open(dir);
    sr_snapshot_info(snapshot, &info);
    sr_snapshot_close(snapshot);
    return info;
}

/* ------------------------------------------------------------ stores to merge */

static void replace(sr_writer *writer, uint32_t number, uint32_t version)
{
    char id[64];
    snprintf(id, sizeof id, "article-%u", number);
    bool found = false;
    sr_doc doc;
    assert_ok(sr_snapshot_find_id(sr_writer_snapshot(writer), sr_str_of(id), &found, &doc));
    if (found) {
        assert_ok(sr_writer_remove(writer, doc, NULL));
    }
    if (version > 0) {
        fixture_add(writer, number, version);
    }
}

/* Six commits that add, replace and remove: kills that reach back over several segments. */
static void fill(const char *dir, bool dedup_only)
{
    fixture_create(dir, dedup_only);
    for (uint32_t round = 0; round < 6; round++) {
        sr_writer *writer = fixture_writer(dir);
        for (uint32_t i = round * 40; i < N && i < round * 40 + 90; i++) {
            replace(writer, i, round + 1);
        }
        for (uint32_t i = round; i < round * 40; i += 19) {
            replace(writer, i, 0);
        }
        fixture_commit(writer);
        sr_writer_close(writer);
    }
}

static void compact(const char *dir)
{
    sr_writer *writer = fixture_writer(dir);
    sr_error error = {0};
    if (sr_writer_compact(writer, &error) != SR_OK) {
        fail_msg("compact: %s: %s", error.file, error.text);
    }
    sr_writer_close(writer);
}

static size_t count_segments(const char *dir)
{
    size_t n = 0;
    DIR *entries = opendir(dir);
    assert_non_null(entries);
    for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries)) {
        n += strncmp(entry->d_name, "seg-", 4) == 0;
    }
    closedir(entries);
    return n;
}

/* ------------------------------------------------------------ tests */

static void check_compaction(bool dedup_only)
{
    char *dir = fixture_directory();
    fill(dir, dedup_only);
    sr_store_info before = info_of(dir);
    assert_int_equal(before.n_segments, 6);
    assert_true(before.n_removed > 100);
    sr_snapshot *reader = fixture_open(dir);
    uint64_t digest = store_digest(reader);
    compact(dir);
    sr_store_info after = info_of(dir);
    assert_int_equal(after.n_segments, 1);
    assert_int_equal(count_segments(dir), 1);
    assert_int_equal(after.n_removed, 0);
    assert_int_equal(after.n_articles, before.n_articles);
    assert_int_equal(after.commit, before.commit);
    assert_true(after.n_bytes < before.n_bytes);
    assert_ok(sr_store_verify(dir, NULL, NULL));
    assert_true(digest_of(dir) == digest);
    assert_true(store_digest(reader) == digest); /* its files are gone, its mappings are not */
    sr_snapshot_close(reader);
    /* Life goes on: serials ascend, kills find their way, and a second time nothing changes. */
    uint64_t number_before = info_of(dir).n_bytes;
    compact(dir);
    assert_int_equal(info_of(dir).n_bytes, number_before);
    sr_writer *writer = fixture_writer(dir);
    replace(writer, 100, 9);
    fixture_commit(writer);
    digest = store_digest(sr_writer_snapshot(writer));
    sr_writer_close(writer);
    assert_true(digest_of(dir) == digest);
    compact(dir);
    assert_true(digest_of(dir) == digest);
    assert_ok(sr_store_verify(dir, NULL, NULL));
    if (!dedup_only) {
        check_lengths(dir, 0);
    }
    fixture_remove_directory(dir);
}

static void test_compaction(void **state)
{
    (void)state;
    check_compaction(false);
    check_compaction(true);
}

/* What is left of a store whose articles were all removed is no segment at all. */
static void test_nothing_left(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    fixture_fill(dir, false, 30);
    sr_writer *writer = fixture_writer(dir);
    for (uint32_t i = 0; i < 30; i++) {
        replace(writer, i, 0);
    }
    fixture_commit(writer);
    sr_writer_close(writer);
    compact(dir);
    assert_int_equal(info_of(dir).n_segments, 0);
    assert_int_equal(count_segments(dir), 0);
    writer = fixture_writer(dir);
    fixture_add(writer, 1, 1);
    fixture_commit(writer);
    sr_doc doc = {0};
    assert_true(sr_snapshot_find_serial(sr_writer_snapshot(writer), 31, &doc)); /* not 1 again */
    sr_writer_close(writer);
    assert_ok(sr_store_verify(dir, NULL, NULL));
    fixture_remove_directory(dir);
}

/* Commit after commit: few segments at any time, each article copied a few times, nothing lost. */
static void test_many_commits(void **state)
{
    (void)state;
    enum { COMMITS = 200, EACH = 3 };
    char *dir = fixture_directory();
    fixture_create(dir, false);
    sr_writer *writer = fixture_writer(dir);
    for (uint32_t i = 0; i < COMMITS; i++) {
        for (uint32_t j = 0; j < EACH; j++) {
            fixture_add(writer, i * EACH + j, 1);
        }
        if (i % 3 == 2) {
            replace(writer, i, 2);
        }
        assert_int_equal(fixture_commit(writer), i + 1);
        assert_true(sr_snapshot_segment_count(sr_writer_snapshot(writer)) <= 3 * 11);
    }
    uint64_t digest = store_digest(sr_writer_snapshot(writer));
    sr_writer_close(writer);
    assert_true(digest_of(dir) == digest);
    assert_ok(sr_store_verify(dir, NULL, NULL));
    assert_true(count_segments(dir) <= 3 * 11);
    compact(dir);
    assert_true(digest_of(dir) == digest);
    fixture_remove_directory(dir);
}

/* A bulk load flushes often, also with removals in between; its commit leaves one segment. */
static void test_bulk(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    fixture_fill(dir, false, 50);
    sr_writer *writer = fixture_writer(dir);
    for (uint32_t i = 0; i < 20 * 30; i++) {
        fixture_add(writer, 50 + i, 1);
        if (i % 20 == 19) {
            assert_ok(sr_writer_flush(writer, NULL));
            assert_ok(sr_writer_merge_new(writer, NULL));
            assert_true(count_segments(dir) <= 1 + 2 * 11); /* what is new goes at once */
            replace(writer, i, 2);
            replace(writer, 45 + i, 0);
        }
    }
    fixture_commit(writer);
    assert_int_equal(sr_snapshot_segment_count(sr_writer_snapshot(writer)), 2);
    uint64_t digest = store_digest(sr_writer_snapshot(writer));
    sr_writer_close(writer);
    assert_int_equal(info_of(dir).n_articles, 50 + 20 * 30 - 30);
    assert_int_equal(info_of(dir).commit, 2);
    assert_true(digest_of(dir) == digest);
    assert_ok(sr_store_verify(dir, NULL, NULL));
    assert_int_equal(count_segments(dir), 2);
    check_lengths(dir, 1); /* by the statistics of both segments */
    fixture_remove_directory(dir);
}

/* Small frames of small commits are joined: the columns of a compacted store are as small as those
 * of one load. */
static void test_size(void **state)
{
    (void)state;
    char *pieces = fixture_directory();
    char *whole = fixture_directory();
    fixture_create(pieces, false);
    sr_writer *writer = fixture_writer(pieces);
    for (uint32_t i = 0; i < N; i++) {
        fixture_add(writer, i, 1);
        fixture_commit(writer);
    }
    sr_writer_close(writer);
    compact(pieces);
    fixture_fill(whole, false, N);
    uint64_t n_pieces = info_of(pieces).n_bytes;
    uint64_t n_whole = info_of(whole).n_bytes;
    assert_true(n_pieces < n_whole + n_whole / 20);
    fixture_remove_directory(pieces);
    fixture_remove_directory(whole);
}

/* A flipped bit in any source: refused by name, and the store as it was. */
static void test_damaged_source(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    fill(dir, false);
    char *path = sr_path_join(dir, "seg-0000000000000002.seg");
    assert_non_null(path);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    uint64_t random = 5;
    for (int i = 0; i < 40; i++) {
        int fd = open(path, O_RDWR | O_CLOEXEC);
        assert_true(fd >= 0);
        off_t at = 4096 + (off_t)(fixture_random(&random) % (uint64_t)(info.st_size - 4096));
        uint8_t byte = 0;
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        byte ^= (uint8_t)(1 << i % 8);
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        sr_error error = {0};
        sr_writer *writer = NULL;
        sr_status status = sr_writer_open(dir, false, NULL, &writer, &error);
        if (status == SR_OK) {
            status = sr_writer_compact(writer, &error);
        }
        sr_writer_close(writer);
        assert_int_equal(status, SR_ERR_CORRUPT);
        assert_non_null(strstr(error.file, "seg-0000000000000002.seg"));
        byte ^= (uint8_t)(1 << i % 8);
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        close(fd);
    }
    assert_ok(sr_store_verify(dir, NULL, NULL));
    assert_int_equal(count_segments(dir), 6);
    compact(dir);
    free(path);
    fixture_remove_directory(dir);
}

static bool always(void *context)
{
    (void)context;
    return true;
}

static void test_cancelled(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    fill(dir, false);
    uint64_t digest = digest_of(dir);
    sr_observer observer = {.cancelled = always};
    sr_writer *writer = NULL;
    assert_ok(sr_writer_open(dir, false, &observer, &writer, NULL));
    assert_int_equal(sr_writer_compact(writer, NULL), SR_ERR_INTERRUPTED);
    sr_writer_close(writer);
    assert_int_equal(count_segments(dir), 6);
    assert_true(digest_of(dir) == digest);
    fixture_remove_directory(dir);
}

/* Killed at some moment of a compaction, the store is the one before or the one after. */
static void test_kill(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    fill(dir, false);
    uint64_t digest = digest_of(dir);
    uint64_t random = 11;
    size_t n_before = 0;
    size_t n_after = 0;
    long window_ns = 4000000; /* follows how fast the machine is just now */
    while (n_before < 15 || n_after < 5) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            sr_writer *writer = NULL;
            if (sr_writer_open(dir, true, NULL, &writer, NULL) == SR_OK &&
                sr_writer_compact(writer, NULL) == SR_OK) {
                sr_writer_close(writer);
            }
            _exit(0);
        }
        long wait_ns = (long)(fixture_random(&random) % (uint64_t)window_ns);
        nanosleep(&(struct timespec){.tv_nsec = wait_ns}, NULL);
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
        assert_ok(sr_store_verify(dir, NULL, NULL));
        assert_true(digest_of(dir) == digest);
        bool done = info_of(dir).n_segments == 1;
        n_before += !done;
        n_after += done;
        window_ns = done                    ? window_ns / 2 + 1000
                    : window_ns < 200000000 ? window_ns + window_ns / 4
                                            : window_ns;
        if (done) { /* pieces again */
            fixture_remove_directory(dir);
            dir = fixture_directory();
            fill(dir, false);
        }
    }
    sr_writer_close(fixture_writer(dir)); /* the next writer clears what the dead have left */
    assert_int_equal(count_segments(dir), info_of(dir).n_segments);
    fixture_remove_directory(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compaction),   cmocka_unit_test(test_nothing_left),
        cmocka_unit_test(test_many_commits), cmocka_unit_test(test_bulk),
        cmocka_unit_test(test_size),         cmocka_unit_test(test_damaged_source),
        cmocka_unit_test(test_cancelled),    cmocka_unit_test(test_kill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
