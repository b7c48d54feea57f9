/* test_store_commit.c — one writer at a time, and a commit that is there or not, whatever happens:
 * a second writer, a full disk, a kill at any moment, leftovers of the dead. */
#include "store_fixture.h"

#include "store/format.h"
#include "store/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

static bool exists(const char *dir, const char *name)
{
    char *path = sr_path_join(dir, name);
    assert_non_null(path);
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

static void write_file(const char *dir, const char *name, const char *text)
{
    char *path = sr_path_join(dir, name);
    assert_non_null(path);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    free(path);
}

/* ------------------------------------------------------------ creating and opening */

static void test_create(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    sr_params params;
    sr_error error = {0};
    fixture_params(&params);
    sr_snapshot *snapshot = NULL;
    sr_writer *writer = NULL;
    assert_int_equal(sr_snapshot_open(dir, &snapshot, &error), SR_ERR_NOT_FOUND);
    assert_non_null(strstr(error.text, "no store at"));
    assert_int_equal(sr_writer_open(dir, true, NULL, &writer, &error), SR_ERR_NOT_FOUND);
    assert_int_equal(sr_store_verify(dir, NULL, &error), SR_ERR_NOT_FOUND);
    assert_int_equal(fixture_count_files(dir), 0); /* nobody left a LOCK in what is no store */
    write_file(dir, "notes.txt", "mine");
    assert_int_equal(sr_store_create(dir, &params, false, &error), SR_ERR_EXISTS);
    assert_int_equal(fixture_count_files(dir), 1);
    char *inner = sr_path_join(dir, "inner");
    assert_non_null(inner);
    assert_ok(sr_store_create(inner, &params, false, &error));
    assert_int_equal(sr_store_create(inner, &params, false, &error), SR_ERR_EXISTS);
    snapshot = fixture_open(inner);
    assert_int_equal(sr_snapshot_live_count(snapshot), 0);
    assert_int_equal(sr_snapshot_params(snapshot)->bands, params.bands);
    sr_snapshot_close(snapshot);
    assert_ok(sr_store_verify(inner, NULL, NULL));
    char *lost = sr_path_join(inner, "MANIFEST"); /* as if creation had been killed */
    assert_non_null(lost);
    assert_int_equal(unlink(lost), 0);
    free(lost);
    write_file(inner, "MANIFEST.tmp", "half");
    assert_ok(sr_store_create(inner, &params, false, &error));
    char *deep = sr_path_join(dir, "a/b");
    assert_non_null(deep);
    assert_int_equal(sr_store_create(deep, &params, false, &error), SR_ERR_IO);
    assert_int_equal(error.os_errno, ENOENT);
    params.rows = 999;
    assert_int_equal(sr_store_create(deep, &params, false, &error), SR_ERR_ARGUMENT);
    free(deep);
    fixture_remove_directory(inner);
    fixture_remove_directory(dir);
}

/* Another version is refused with both numbers; parameters out of range are damage. */
static void patch_manifest(const char *dir, size_t offset, uint32_t value)
{
    char *path = sr_path_join(dir, "MANIFEST");
    assert_non_null(path);
    sr_buffer bytes;
    sr_buffer_init(&bytes, SR_BUFFER_NO_LIMIT);
    assert_ok(sr_file_read_all(path, &bytes, NULL));
    sr_store_u32(bytes.data + offset, value);
    sr_store_u64(bytes.data + bytes.n_bytes - 8, sr_hash_bytes(bytes.data, bytes.n_bytes - 8, 0));
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.n_bytes, file), bytes.n_bytes);
    fclose(file);
    sr_buffer_release(&bytes);
    free(path);
}

static void test_versions(void **state)
{
    (void)state;
    enum { VERSION = 8, MIN_READER = 12, FLAGS = 16, IGNORABLE = 24, NORMALISER = 44, ROWS = 72 };
    char *dir = fixture_directory();
    fixture_create(dir, false);
    sr_snapshot *snapshot = NULL;
    sr_error error = {0};
    patch_manifest(dir, MIN_READER, 77);
    assert_int_equal(sr_snapshot_open(dir, &snapshot, &error), SR_ERR_VERSION);
    assert_non_null(strstr(error.text, "77"));
    assert_non_null(strstr(error.text, "version 1"));
    patch_manifest(dir, MIN_READER, 1);
    patch_manifest(dir, VERSION, 0);
    assert_int_equal(sr_snapshot_open(dir, &snapshot, &error), SR_ERR_VERSION);
    assert_non_null(strstr(error.text, "draft"));
    patch_manifest(dir, VERSION, 5); /* a later one that this reader understands */
    sr_snapshot_close(fixture_open(dir));
    patch_manifest(dir, VERSION, 1);
    patch_manifest(dir, FLAGS, 4);
    assert_int_equal(sr_snapshot_open(dir, &snapshot, &error), SR_ERR_VERSION);
    patch_manifest(dir, FLAGS, 0);
    patch_manifest(dir, IGNORABLE, 4);
    sr_snapshot_close(fixture_open(dir));
    patch_manifest(dir, NORMALISER, 9);
    assert_int_equal(sr_snapshot_open(dir, &snapshot, &error), SR_ERR_VERSION);
    patch_manifest(dir, NORMALISER, SR_NORMALISER_VERSION);
    patch_manifest(dir, ROWS, 100);
    assert_int_equal(sr_snapshot_open(dir, &snapshot, &error), SR_ERR_CORRUPT);
    fixture_remove_directory(dir);
}

/* ------------------------------------------------------------ the lock */

typedef struct patience {
    size_t n_messages;
    size_t n_asked;
    size_t max_asked;
    char text[200];
} patience;

static void hear(void *context, sr_message_level level, const char *text)
{
    patience *waiting = context;
    assert_int_equal(level, SR_MESSAGE_INFO);
    waiting->n_messages++;
    snprintf(waiting->text, sizeof waiting->text, "%s", text);
}

static bool give_up(void *context)
{
    patience *waiting = context;
    return ++waiting->n_asked > waiting->max_asked;
}

static void test_lock(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    fixture_create(dir, false);
    sr_writer *writer = fixture_writer(dir);
    sr_writer *second = NULL;
    sr_error error = {0};
    char pid[64];
    snprintf(pid, sizeof pid, "process %ld ", (long)getpid());
    assert_int_equal(sr_writer_open(dir, false, NULL, &second, &error), SR_ERR_LOCKED);
    assert_non_null(strstr(error.text, pid));
    patience waiting = {.max_asked = 25}; /* 50 ms each */
    sr_observer observer = {.context = &waiting, .message = hear, .cancelled = give_up};
    assert_int_equal(sr_writer_open(dir, true, &observer, &second, &error), SR_ERR_INTERRUPTED);
    assert_int_equal(waiting.n_messages, 1);
    snprintf(pid, sizeof pid, "waiting for the writer %ld", (long)getpid());
    assert_non_null(strstr(waiting.text, pid));
    sr_snapshot_close(fixture_open(dir)); /* readers ask for no lock */
    sr_writer_close(writer);
    assert_ok(sr_writer_open(dir, false, NULL, &second, &error));
    sr_writer_close(second);
    fixture_remove_directory(dir);
}

/* ------------------------------------------------------------ sessions */

static void test_uncommitted_is_dropped(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    fixture_fill(dir, false, 10);
    size_t n_files = fixture_count_files(dir);
    write_file(dir, "MANIFEST.tmp", "x");
    write_file(dir, "seg-00000000000000aa.tmp", "x");
    write_file(dir, "seg-00000000000000ab.seg", "x");
    write_file(dir, "seg-mine.seg", "x"); /* not one of our names: stays */
    sr_writer *writer = fixture_writer(dir);
    assert_int_equal(fixture_count_files(dir), n_files + 1);
    assert_true(exists(dir, "seg-mine.seg"));
    uint64_t commit = 0;
    assert_ok(sr_writer_commit(writer, &commit, NULL));
    assert_int_equal(commit, 1); /* nothing changed */
    fixture_add(writer, 100, 1);
    fixture_add(writer, 101, 1);
    assert_int_equal(sr_writer_pending_count(writer), 2);
    assert_ok(sr_writer_remove_pending(writer, 0, NULL));
    assert_int_equal(sr_writer_remove_pending(writer, 0, NULL), SR_ERR_ARGUMENT);
    assert_int_equal(sr_writer_remove_pending(writer, 2, NULL), SR_ERR_ARGUMENT);
    sr_writer_close(writer);
    assert_int_equal(fixture_count_files(dir), n_files + 1);
    sr_snapshot *snapshot = fixture_open(dir);
    assert_int_equal(sr_snapshot_live_count(snapshot), 10);
    sr_snapshot_close(snapshot);
    writer = fixture_writer(dir);
    fixture_add(writer, 100, 1);
    fixture_add(writer, 101, 1);
    assert_ok(sr_writer_remove_pending(writer, 0, NULL));
    assert_int_equal(fixture_commit(writer), 2);
    assert_int_equal(sr_snapshot_live_count(sr_writer_snapshot(writer)), 11);
    fixture_add(writer, 102, 1); /* all that is pending goes: no commit */
    assert_ok(sr_writer_remove_pending(writer, 0, NULL));
    assert_int_equal(fixture_commit(writer), 2);
    assert_ok(sr_writer_remove(writer, (sr_doc){.segment = 0, .ordinal = 4}, NULL));
    assert_int_equal(fixture_commit(writer), 3); /* a segment of one kill and no article */
    sr_writer_close(writer);
    snapshot = fixture_open(dir);
    assert_int_equal(sr_snapshot_live_count(snapshot), 10);
    assert_false(sr_snapshot_is_live(snapshot, (sr_doc){.segment = 0, .ordinal = 4}));
    assert_false(sr_snapshot_is_live(snapshot, (sr_doc){.segment = 9, .ordinal = 0}));
    sr_snapshot_close(snapshot);
    assert_ok(sr_store_verify(dir, NULL, NULL));
    fixture_remove_directory(dir);
}

/* A reader keeps what it opened while commits go on. */
static void test_readers_keep_their_view(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    fixture_fill(dir, false, 10);
    sr_snapshot *old = fixture_open(dir);
    sr_writer *writer = fixture_writer(dir);
    assert_ok(sr_writer_remove(writer, (sr_doc){.segment = 0, .ordinal = 4}, NULL));
    fixture_add(writer, 50, 1);
    fixture_commit(writer);
    assert_int_equal(sr_snapshot_live_count(old), 10);
    assert_true(sr_snapshot_is_live(old, (sr_doc){.segment = 0, .ordinal = 4}));
    bool found = true;
    sr_doc doc;
    assert_ok(sr_snapshot_find_id(old, sr_str_of("article-50"), &found, &doc));
    assert_false(found);
    sr_snapshot_close(old);
    sr_writer_close(writer);
    fixture_remove_directory(dir);
}

/* ------------------------------------------------------------ faults */

/* Files may not grow past a limit, as if the disk were full: for many limits, the store is as
 * before and the error names a file of the store; without the limit the same session then commits.
 */
static void test_full_disk(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    fixture_fill(dir, false, 40);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    size_t n_failed = 0;
    for (rlim_t limit = 0; limit < 200 * 1024; limit = limit * 5 / 4 + 50) {
        sr_writer *writer = fixture_writer(dir);
        for (uint32_t i = 100; i < 140; i++) {
            fixture_add(writer, i, 1);
        }
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &(struct rlimit){limit, before.rlim_max}), 0);
        uint64_t commit = 0;
        sr_error error = {0};
        sr_status status = sr_writer_commit(writer, &commit, &error);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        if (status == SR_OK) {
            sr_writer_close(writer);
            break;
        }
        n_failed++;
        assert_int_equal(status, SR_ERR_IO);
        assert_int_equal(error.os_errno, EFBIG);
        assert_memory_equal(error.file, dir, strlen(dir));
        sr_snapshot *snapshot = fixture_open(dir);
        assert_int_equal(sr_snapshot_live_count(snapshot), 40);
        sr_snapshot_close(snapshot);
        if (n_failed == 12) { /* the disk has room again */
            fixture_commit(writer);
            sr_writer_close(writer);
            break;
        }
        sr_writer_close(writer);
        assert_int_equal(fixture_count_files(dir), 3); /* MANIFEST, LOCK, one segment */
        assert_ok(sr_store_verify(dir, NULL, NULL));
    }
    assert_true(n_failed > 5);
    sr_snapshot *snapshot = fixture_open(dir);
    assert_int_equal(sr_snapshot_live_count(snapshot), 80);
    sr_snapshot_close(snapshot);
    assert_ok(sr_store_verify(dir, NULL, NULL));
    fixture_remove_directory(dir);
}

/* A directory that can't be written: said so, and the store is as before. */
static void test_read_only(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    fixture_fill(dir, false, 5);
    if (geteuid() == 0) {
        print_message("skipped: root writes everywhere\n");
        fixture_remove_directory(dir);
        skip();
    }
    sr_writer *writer = fixture_writer(dir);
    fixture_add(writer, 50, 1);
    assert_int_equal(chmod(dir, 0555), 0);
    uint64_t commit = 0;
    assert_int_equal(sr_writer_commit(writer, &commit, NULL), SR_ERR_IO);
    sr_writer_close(writer);
    sr_snapshot_close(fixture_open(dir));
    assert_int_equal(chmod(dir, 0755), 0);
    fixture_remove_directory(dir);
}

/* What this program does instead when it is started as the child: it commits one article after the
 * other and tells each commit through a pipe. A process of its own, since OpenMP's threads do not
 * survive a fork. */
static _Noreturn void commit_for_ever(const char *dir, int tell)
{
    sr_writer *writer = NULL;
    if (sr_writer_open(dir, true, NULL, &writer, NULL) != SR_OK) {
        _exit(3);
    }
    uint32_t number = (uint32_t)sr_snapshot_live_count(sr_writer_snapshot(writer));
    for (;; number++) {
        uint64_t commit = 0;
        fixture_add(writer, number, 1);
        if (sr_writer_commit(writer, &commit, NULL) != SR_OK ||
            write(tell, &commit, sizeof commit) != (ssize_t)sizeof commit) {
            _exit(4);
        }
    }
}

static void test_kill(void **state)
{
    (void)state;
    size_t n_rounds = getenv("SR_TEST_FULL") ? 1000 : 40;
    char *dir = fixture_directory();
    uint64_t random = 3;
    uint64_t n_commits = 0;
    uint64_t n_all_commits = 0;
    for (size_t round = 0; round < n_rounds; round++) {
        if (round % 20 == 0) { /* many small segments make later rounds slow */
            fixture_remove_directory(dir);
            dir = fixture_directory();
            fixture_create(dir, false);
            n_commits = 0;
        }
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            char tell[16];
            snprintf(tell, sizeof tell, "%d", ends[1]);
            close(ends[0]);
            execl("/proc/self/exe", "test_store_commit", dir, tell, (char *)NULL);
            _exit(5);
        }
        close(ends[1]);
        uint64_t told = n_commits;
        if (round % 4 != 0) { /* else it may be killed while it opens the store */
            assert_int_equal(read(ends[0], &told, sizeof told), sizeof told);
        }
        long wait_ns = (long)(fixture_random(&random) % 40000000);
        nanosleep(&(struct timespec){.tv_nsec = wait_ns}, NULL);
        assert_int_equal(kill(child, SIGKILL), 0);
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        while (read(ends[0], &told, sizeof told) == (ssize_t)sizeof told) {
        }
        close(ends[0]);
        sr_snapshot *snapshot = fixture_open(dir);
        sr_store_info info;
        sr_snapshot_info(snapshot, &info);
        assert_true(info.commit == told || info.commit == told + 1);
        assert_int_equal(info.n_articles, info.commit);
        n_all_commits += info.commit - n_commits;
        n_commits = info.commit;
        sr_snapshot_close(snapshot);
        assert_ok(sr_store_verify(dir, NULL, NULL));
    }
    print_message("%zu kills, all sound; %llu commits\n", n_rounds,
                  (unsigned long long)n_all_commits);
    assert_true(n_all_commits >= n_rounds / 2); /* else nothing was killed in its work */
    fixture_remove_directory(dir);
}

int main(int argc, char **argv)
{
    if (argc == 3) {
        commit_for_ever(argv[1], (int)strtol(argv[2], NULL, 10));
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_lock),
        cmocka_unit_test(test_uncommitted_is_dropped),
        cmocka_unit_test(test_readers_keep_their_view),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_read_only),
        cmocka_unit_test(test_kill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
