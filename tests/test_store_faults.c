/* test_store_faults.c — every system call of the store fails in turn: over making a store, adding,
 * replacing and removing, checking and asking. After each the store is as before or as after, the
 * command told which, and the same work done again without faults succeeds.
 *
 * Each kind of fault walks through every call. SR_TEST_FULL=1: over six stores that grow out of
 * each other, more than ten thousand faults; else over one.
 */
#include "store_age.h"

#include "index/term_weight.h"

#include "io_layer.h"

#include <omp.h>

enum { N_DOCS = 30, MAX_FILE_BYTES = 1 << 24 };

static char *home; /* holds the store of the case and its copy */
static char *store_dir;
static char *copy_dir;

/* ------------------------------------------------------------ a store as one number */

/* What a reader sees: the live articles with all their fields, in order, and their terms. */
static sr_status digest_doc(const sr_snapshot *snapshot, sr_doc doc, sr_buffer *value,
                            uint64_t *digest, sr_error *error)
{
    for (sr_field field = 0; field < SR_FIELD_COUNT; field++) {
        SR_TRY(sr_snapshot_read_field(snapshot, doc, field, value, error));
        *digest = sr_hash_bytes(value->data, value->n_bytes, *digest + field);
    }
    const sr_segment *segment = sr_snapshot_segment(snapshot, doc.segment);
    sr_stored_term terms[SR_TERMS_STORED];
    size_t n_terms = 0;
    SR_TRY(sr_segment_terms(segment, doc.ordinal, terms, &n_terms));
    for (size_t i = 0; i < n_terms; i++) {
        *digest = sr_mix64(*digest ^ terms[i].hash) + terms[i].tf2;
    }
    return SR_OK;
}

static sr_status digest_store(const char *dir, uint64_t *digest, sr_error *error)
{
    sr_snapshot *snapshot = NULL;
    SR_TRY(sr_snapshot_open(dir, &snapshot, error));
    sr_buffer value;
    sr_buffer_init(&value, SR_BUFFER_NO_LIMIT);
    *digest = sr_snapshot_live_count(snapshot);
    sr_status status = SR_OK;
    for (uint32_t s = 0; s < sr_snapshot_segment_count(snapshot) && status == SR_OK; s++) {
        uint32_t n_docs = sr_segment_doc_count(sr_snapshot_segment(snapshot, s));
        for (uint32_t i = 0; i < n_docs && status == SR_OK; i++) {
            sr_doc doc = {.segment = s, .ordinal = i};
            if (sr_snapshot_is_live(snapshot, doc)) {
                status = digest_doc(snapshot, doc, &value, digest, error);
            }
        }
    }
    sr_buffer_release(&value);
    sr_snapshot_close(snapshot);
    return status;
}

/* ------------------------------------------------------------ directories */

static void empty_directory(const char *dir)
{
    DIR *entries = opendir(dir);
    assert_non_null(entries);
    for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries)) {
        if (entry->d_name[0] != '.') {
            unlinkat(dirfd(entries), entry->d_name, 0);
        }
    }
    closedir(entries);
}

static void copy_file(const char *from_dir, const char *to_dir, const char *name)
{
    char *from = sr_path_join(from_dir, name);
    char *to = sr_path_join(to_dir, name);
    sr_buffer bytes;
    sr_buffer_init(&bytes, MAX_FILE_BYTES);
    assert_ok(sr_file_read_all(from, &bytes, NULL));
    FILE *file = fopen(to, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.n_bytes, file), bytes.n_bytes);
    assert_int_equal(fclose(file), 0);
    sr_buffer_release(&bytes);
    free(from);
    free(to);
}

static void copy_store(const char *from, const char *to)
{
    empty_directory(to);
    DIR *entries = opendir(from);
    assert_non_null(entries);
    for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries)) {
        if (entry->d_name[0] != '.') {
            copy_file(from, to, entry->d_name);
        }
    }
    closedir(entries);
}

/* ------------------------------------------------------------ scenarios */

typedef sr_status (*scenario_fn)(const char *dir, sr_error *error);

static uint32_t session_number; /* makes each change another one */

/* Removes some articles, adds others. */
static sr_status scenario_change(const char *dir, sr_error *error)
{
    sr_writer *writer = NULL;
    SR_TRY(sr_writer_open(dir, false, NULL, &writer, error));
    uint32_t n_segments = sr_snapshot_segment_count(sr_writer_snapshot(writer));
    sr_status status = SR_OK;
    for (uint32_t i = 0; i < 5 && status == SR_OK; i++) {
        sr_doc doc = {.segment = session_number % n_segments, .ordinal = session_number % 3 + i};
        bool is_live = sr_snapshot_is_live(sr_writer_snapshot(writer), doc);
        status = is_live ? sr_writer_remove(writer, doc, error) : SR_OK;
    }
    for (uint32_t i = 0; i < 8 && status == SR_OK; i++) {
        status = fixture_try_add(writer, 100 * (session_number + 1) + i, 2, error);
    }
    uint64_t number = 0;
    status = status == SR_OK ? sr_writer_commit(writer, &number, error) : status;
    sr_writer_close(writer);
    return status;
}

/* All segments become one; removed articles go. */
static sr_status scenario_compact(const char *dir, sr_error *error)
{
    sr_writer *writer = NULL;
    SR_TRY(sr_writer_open(dir, false, NULL, &writer, error));
    uint64_t number = 0;
    sr_status status = sr_writer_compact(writer, error);
    status = status == SR_OK ? sr_writer_commit(writer, &number, error) : status;
    sr_writer_close(writer);
    return status;
}

/* A store of an older program is made anew from its texts. */
static sr_status scenario_rebuild(const char *dir, sr_error *error)
{
    sr_store *store = NULL;
    SR_TRY(sr_store_open(dir, SR_STORE_WRITE_NO_WAIT, NULL, &store, error));
    sr_status status = sr_store_compact(store, error);
    sr_store_close(store);
    return status;
}

static sr_status scenario_create(const char *dir, sr_error *error)
{
    sr_params params;
    fixture_params(&params);
    return sr_store_create(dir, &params, false, error);
}

static sr_status scenario_read(const char *dir, sr_error *error)
{
    uint64_t digest = 0;
    return digest_store(dir, &digest, error);
}

static sr_status scenario_check(const char *dir, sr_error *error)
{
    return sr_store_verify(dir, NULL, error);
}

/* ------------------------------------------------------------ the walk */

typedef struct fault_walk {
    const char *name;
    scenario_fn run;
    bool changes;    /* from `before` to `after` */
    uint64_t before; /* digests */
    uint64_t after;
    long n_points;
    long n_failed; /* of these, told as an error */
} fault_walk;

static void fail_point(const fault_walk *walk, io_fault fault, long at, const char *what)
{
    fail_msg("%s, fault %d at call %ld: %s", walk->name, (int)fault, at, what);
}

/* The store after a fault: before or after, sound, and as the status said. */
static void check_state(const fault_walk *walk, io_fault fault, long at, sr_status status)
{
    uint64_t digest = 0;
    sr_error error = {0};
    if (digest_store(copy_dir, &digest, &error) != SR_OK) {
        fail_msg("%s, fault %d at call %ld: the store does not open: %s: %s", walk->name,
                 (int)fault, at, error.file, error.text);
    }
    if (digest != walk->before && digest != walk->after) {
        fail_point(walk, fault, at, "a state that never was");
    }
    if (status == SR_OK && digest != walk->after) {
        fail_point(walk, fault, at, "success was told and nothing done");
    }
    if (sr_store_verify(copy_dir, NULL, &error) != SR_OK) {
        fail_point(walk, fault, at, error.text);
    }
}

/* Runs the scenario with one fault; false where the fault came too late to hit anything. */
static bool walk_point(fault_walk *walk, io_fault fault, long at)
{
    copy_store(store_dir, copy_dir);
    sr_error error = {0};
    io_begin(fault, at);
    sr_status status = walk->run(copy_dir, &error);
    io_end();
    if (io_plan.n_hit == 0) {
        assert_int_equal(status, SR_OK);
        return io_plan.n_calls >= at; /* not a call that this fault applies to */
    }
    walk->n_points++;
    walk->n_failed += status != SR_OK;
    bool may_fail = fault == IO_FAIL || fault == IO_FULL || fault == IO_TORN;
    if (status != SR_OK && (!may_fail || !error.text[0])) {
        fail_point(walk, fault, at, may_fail ? "an error without a word" : error.text);
    }
    check_state(walk, fault, at, status);
    if (walk->changes && status != SR_OK) {
        uint64_t digest = 0;
        assert_ok(digest_store(copy_dir, &digest, &error));
        if (digest == walk->before && walk->run(copy_dir, &error) != SR_OK) {
            fail_point(walk, fault, at, error.text);
        }
        assert_ok(digest_store(copy_dir, &digest, &error));
        assert_true(digest == walk->after);
    }
    return true;
}

static long n_points; /* of all walks */
static long n_failed;

static void walk_all(fault_walk *walk)
{
    for (io_fault fault = IO_FAIL; fault < IO_FAULT_COUNT; fault++) {
        for (long at = 1; walk_point(walk, fault, at); at++) {
        }
    }
    n_points += walk->n_points;
    n_failed += walk->n_failed;
}

/* A walk through a change, then walks through reading, checking and compacting what came of it; the
 * next change starts from there. */
static void walk_session(void)
{
    fault_walk change = {.name = "change", .run = scenario_change, .changes = true};
    assert_ok(digest_store(store_dir, &change.before, NULL));
    copy_store(store_dir, copy_dir);
    assert_ok(scenario_change(copy_dir, NULL));
    assert_ok(digest_store(copy_dir, &change.after, NULL));
    assert_true(change.before != change.after);
    walk_all(&change);
    assert_ok(scenario_change(store_dir, NULL));
    fault_walk walks[] = {{.name = "read", .run = scenario_read},
                          {.name = "check", .run = scenario_check},
                          {.name = "compact", .run = scenario_compact}};
    for (size_t i = 0; i < 3; i++) {
        walks[i].before = change.after;
        walks[i].after = change.after;
        walk_all(&walks[i]);
    }
}

static void test_every_call_fails_in_turn(void **state)
{
    (void)state;
    uint32_t n_sessions = getenv("SR_TEST_FULL") ? 6 : 1;
    fixture_fill(store_dir, false, N_DOCS);
    for (session_number = 0; session_number < n_sessions; session_number++) {
        walk_session();
    }
    print_message("%ld faults, %ld of them told as errors\n", n_points, n_failed);
    assert_true(n_points > (n_sessions > 1 ? 10000 : 1000) && n_failed > n_points / 3);
}

static void test_every_call_of_a_rebuild_fails(void **state)
{
    (void)state;
    long before = n_points;
    fault_walk walk = {.name = "rebuild", .run = scenario_rebuild, .changes = true};
    fixture_fill(store_dir, false, N_DOCS);
    session_number = 0;
    assert_ok(scenario_change(store_dir, NULL));
    age_store(store_dir, 0, 1);
    assert_ok(digest_store(store_dir, &walk.before, NULL));
    copy_store(store_dir, copy_dir);
    assert_ok(scenario_rebuild(copy_dir, NULL));
    assert_ok(digest_store(copy_dir, &walk.after, NULL));
    assert_true(walk.before != walk.after);
    walk_all(&walk);
    print_message("%ld faults\n", n_points - before);
    assert_true(n_points - before > 300);
}

/* Making a store: there is one, or there is none and the next attempt makes it. */
static void test_create(void **state)
{
    (void)state;
    n_failed = 0;
    for (io_fault fault = IO_FAIL; fault < IO_FAULT_COUNT; fault++) {
        for (long at = 1;; at++) {
            empty_directory(copy_dir);
            sr_error error = {0};
            io_begin(fault, at);
            sr_status status = scenario_create(copy_dir, &error);
            io_end();
            n_failed += status != SR_OK;
            if (status != SR_OK) {
                assert_true(error.text[0]);
                sr_status again = scenario_create(copy_dir, &error);
                assert_true(again == SR_OK || again == SR_ERR_EXISTS);
            }
            assert_ok(sr_store_verify(copy_dir, NULL, NULL));
            if (io_plan.n_calls < at) {
                break;
            }
        }
    }
    assert_true(n_failed > 5);
}

/* ------------------------------------------------------------ set-up */

static int make_directories(void **state)
{
    (void)state;
    omp_set_num_threads(1); /* the calls come in one order */
    home = fixture_directory();
    store_dir = sr_path_join(home, "store");
    copy_dir = sr_path_join(home, "copy");
    return mkdir(store_dir, 0777) || mkdir(copy_dir, 0777);
}

static int remove_directories(void **state)
{
    (void)state;
    fixture_remove_directory(store_dir);
    fixture_remove_directory(copy_dir);
    fixture_remove_directory(home);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_call_fails_in_turn, make_directories,
                                        remove_directories),
        cmocka_unit_test_setup_teardown(test_every_call_of_a_rebuild_fails, make_directories,
                                        remove_directories),
        cmocka_unit_test_setup_teardown(test_create, make_directories, remove_directories),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
