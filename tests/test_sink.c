/* test_sink.c — outputs, and survivors back in files of the shapes that they came from: bytes,
 * order, compressions, archives, and that nothing is there before the commit or after a failure. */
#include "feed_fixture.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>

static const char *const EXTENSIONS[] = {"", ".gz", ".xz", ".bz2", ".lz4", ".zst"};

/* Reads the feeds and writes the records whose bytes hold no "DROP". */
static sr_status run(const char *const *paths, size_t n_paths, const char *target, bool commit,
                     sr_write_fn write, void *context, sr_error *error)
{
    sr_feed *feed;
    sr_sink *sink;
    sr_record_batch batch;
    assert_int_equal(sr_feed_open(paths, n_paths, NULL, NULL, &feed, NULL), SR_OK);
    sr_status status = sr_sink_open(target, write, context, &sink, error);
    if (status != SR_OK) {
        sr_feed_close(feed);
        return status;
    }
    sr_record_batch_init(&batch);
    size_t n_begun = 0;
    for (bool more = true; more && status == SR_OK;) {
        assert_int_equal(sr_feed_next_batch(feed, 1, 1 << 20, &batch, NULL), SR_OK);
        more = batch.n_records > 0;
        while (status == SR_OK && n_begun < sr_feed_member_count(feed)) {
            status = sr_sink_begin_member(sink, sr_feed_member_get(feed, n_begun++), error);
        }
        const sr_record *record = batch.records;
        if (status == SR_OK && more && !record->bad &&
            !memmem(record->raw.data, record->raw.n_bytes, "DROP", 4)) {
            status = sr_sink_write_record(sink, record, error);
        }
    }
    if (status == SR_OK && commit) {
        status = sr_sink_commit(sink, error);
    } else {
        sr_sink_abort(sink);
    }
    sr_record_batch_release(&batch);
    sr_feed_close(feed);
    return status;
}

static void expect_run(const char *const *paths, size_t n_paths, const char *target)
{
    sr_error error = {0};
    if (run(paths, n_paths, target, true, NULL, NULL, &error) != SR_OK) {
        fail_msg("%s: %s", error.file, error.text);
    }
}

/* Files below a directory of the fixture, links and temporary ones too. */
static size_t count_files(const char *name)
{
    DIR *directory = opendir(fixture_path(name));
    size_t n = 0;
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        n += entry->d_name[0] != '.';
    }
    if (directory) {
        closedir(directory);
    }
    return n;
}

static void test_output_compressions(void **state)
{
    (void)state;
    for (size_t i = 0; i < SR_ARRAY_COUNT(EXTENSIONS); i++) {
        char name[32];
        snprintf(name, sizeof name, "out.txt%s", EXTENSIONS[i]);
        const char *path = fixture_pack(name, "Title\nBody\n");
        fixture_expect(path, NULL, FIXTURE_RAW, "1:1 Title\\nBody\\n\n");
        sr_str bytes = fixture_read(path);
        char *first = malloc(bytes.n_bytes);
        assert_non_null(first);
        memcpy(first, bytes.data, bytes.n_bytes);
        size_t n_first = bytes.n_bytes;
        bytes = fixture_read(fixture_pack(name, "Title\nBody\n"));
        assert_true(sr_str_equal(sr_str_make(first, n_first), bytes)); /* no times inside */
        free(first);
    }
}

static void test_output_appears_at_commit(void **state)
{
    (void)state;
    sr_output *output;
    mkdir(fixture_path("o"), 0777);
    const char *path = fixture_write_text("o/x.jsonl", "before");
    assert_int_equal(sr_output_open(path, NULL, NULL, &output, NULL), SR_OK);
    assert_int_equal(sr_output_write(output, sr_str_of("after"), NULL), SR_OK);
    assert_content(path, "before");
    sr_output *second;
    sr_error error = {0};
    assert_int_equal(sr_output_open(path, NULL, NULL, &second, &error), SR_ERR_ARGUMENT);
    assert_int_equal(sr_output_commit(output, NULL), SR_OK);
    assert_content(path, "after");
    assert_int_equal(sr_output_open(path, NULL, NULL, &output, NULL), SR_OK);
    assert_int_equal(sr_output_write(output, sr_str_of("never"), NULL), SR_OK);
    sr_output_abort(output);
    assert_content(path, "after");
    assert_int_equal(count_files("o"), 1);
    /* what a dead process with our number left behind */
    char stale[80];
    snprintf(stale, sizeof stale, "o/x.jsonl.simrank-%ld.tmp", (long)getpid());
    fixture_write_text(stale, "stale");
    assert_int_equal(sr_output_open(path, NULL, NULL, &output, NULL), SR_OK);
    assert_int_equal(sr_output_commit(output, NULL), SR_OK);
    assert_content(path, "");
    assert_int_equal(count_files("o"), 1);
}

static void test_output_follows_links(void **state)
{
    (void)state;
    mkdir(fixture_path("l"), 0777);
    const char *real = fixture_write_text("l/real", "before");
    const char *name = fixture_path("l/link");
    assert_int_equal(symlink("real", name), 0);
    sr_output *output;
    assert_int_equal(sr_output_open(name, NULL, NULL, &output, NULL), SR_OK);
    assert_int_equal(sr_output_write(output, sr_str_of("after"), NULL), SR_OK);
    assert_int_equal(sr_output_commit(output, NULL), SR_OK);
    struct stat info;
    assert_int_equal(lstat(name, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_content(real, "after");
    /* a device is written in place, never replaced */
    assert_int_equal(sr_output_open("/dev/null", NULL, NULL, &output, NULL), SR_OK);
    assert_int_equal(sr_output_write(output, sr_str_of("x"), NULL), SR_OK);
    assert_int_equal(sr_output_commit(output, NULL), SR_OK);
    assert_int_equal(stat("/dev/null", &info), 0);
    assert_true(S_ISCHR(info.st_mode));
}

/* /dev/full is a disk without room. */
static void test_output_full_disk(void **state)
{
    (void)state;
    for (size_t i = 0; i < SR_ARRAY_COUNT(EXTENSIONS); i++) {
        char name[32];
        snprintf(name, sizeof name, "full%s", EXTENSIONS[i]);
        const char *path = fixture_path(name);
        if (symlink("/dev/full", path) != 0) {
            skip();
        }
        sr_output *output;
        sr_error error = {0};
        assert_int_equal(sr_output_open(path, NULL, NULL, &output, NULL), SR_OK);
        assert_int_equal(sr_output_write(output, sr_str_of("x"), &error), SR_OK);
        assert_int_equal(sr_output_commit(output, &error), SR_ERR_IO);
        assert_string_equal(error.file, path);
        assert_non_null(strstr(error.text, "No space left"));
    }
    sr_error error = {0};
    sr_output *output;
    const char *path = fixture_path("no/such/dir/x");
    assert_int_equal(sr_output_open(path, NULL, NULL, &output, &error), SR_ERR_IO);
    assert_string_equal(error.file, path);
}

/* A limit on the size of files stops the write; the temporary file goes, the old content stays. */
static void test_output_no_room(void **state)
{
    (void)state;
    mkdir(fixture_path("room"), 0777);
    const char *path = fixture_write_text("room/x", "before");
    struct rlimit old;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    struct rlimit small = {.rlim_cur = 1000, .rlim_max = old.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    sr_output *output;
    sr_error error = {0};
    char block[5000] = "x";
    sr_status opened = sr_output_open(path, NULL, NULL, &output, NULL);
    sr_status written = sr_output_write(output, sr_str_make(block, sizeof block), &error);
    sr_status status = written == SR_OK ? sr_output_commit(output, &error) : written;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, handler);
    assert_int_equal(opened, SR_OK);
    assert_int_equal(status, SR_ERR_IO);
    assert_string_equal(error.file, path);
    assert_content(path, "before");
    assert_int_equal(count_files("room"), 1);
}

static bool collect(void *context, const char *bytes, size_t n_bytes)
{
    return sr_buffer_append(context, bytes, n_bytes) == SR_OK;
}

static bool refuse(void *context, const char *bytes, size_t n_bytes)
{
    (void)context;
    (void)bytes;
    (void)n_bytes;
    return false;
}

static void test_joined(void **state)
{
    (void)state;
    static const struct {
        const char *names[2];
        const char *inputs[2];
        const char *expected;
    } CASES[] = {
        {{"j1.jsonl", "j2.jsonl"},
         {"{\"a\":1}\n{\"a\":\"DROP\"}\n{\"a\":2}", "{\"a\":3}\r\n\n"},
         "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\r\n"},
        {{"j1.csv", "j2.csv"},
         {"\xef\xbb\xbf"
          "a,b\r\n1,\"x\ny\"\r\n2,DROP\r\n3,z",
          "a,b\n4,w\n"},
         "a,b\r\n1,\"x\ny\"\r\n3,z\n4,w\n"},
        {{"j1.json", "j2.json"},
         {"[{\"a\":1},{\"a\":\"DROP\"},\n{\n}]", "[{\"a\":2}]"},
         "[\n{\"a\":1},\n{\n},\n{\"a\":2}\n]\n"},
        {{"j3.json", "j4.json"}, {"[]", "[{\"a\":\"DROP\"}]"}, "[]\n"},
        {{"j3.csv", "j4.csv"}, {"a,b", "a,b\n1,DROP\n"}, "a,b"},
        {{"j3.jsonl", "j4.jsonl"}, {"", ""}, ""},
    };
    for (size_t i = 0; i < SR_ARRAY_COUNT(CASES); i++) {
        const char *paths[2];
        for (int j = 0; j < 2; j++) {
            paths[j] = fixture_write_text(CASES[i].names[j], CASES[i].inputs[j]);
        }
        const char *target = fixture_path("joined.out");
        expect_run(paths, 2, target);
        assert_content(target, CASES[i].expected);
        sr_buffer written;
        sr_buffer_init(&written, SR_BUFFER_NO_LIMIT);
        assert_int_equal(run(paths, 2, "-", true, collect, &written, NULL), SR_OK);
        assert_true(sr_str_equal_text(sr_buffer_view(&written), CASES[i].expected));
        sr_buffer_release(&written);
    }
    const char *path = fixture_write_text("j.jsonl", "{}\n");
    sr_error error = {0};
    assert_int_equal(run(&path, 1, "-", true, refuse, NULL, &error), SR_ERR_IO);
}

static void test_joined_refused(void **state)
{
    (void)state;
    mkdir(fixture_path("r"), 0777);
    static const struct {
        const char *names[2];
        const char *inputs[2];
        const char *reason;
    } CASES[] = {
        {{"r/a.jsonl", "r/b.csv"}, {"{}\n", "a,b\n1,2\n"}, "can't be joined"},
        {{"r/a.csv", "r/b.csv"}, {"a,b\n1,2\n", "a,c\n1,2\n"}, "another header row"},
        {{"r/a.jsonl", "r/b.txt"}, {"{}\n", "T\nB\n"}, "texts can't be joined"},
    };
    const char *target = fixture_path("r/out");
    for (size_t i = 0; i < SR_ARRAY_COUNT(CASES); i++) {
        const char *paths[2];
        sr_error error = {0};
        for (int j = 0; j < 2; j++) {
            paths[j] = fixture_write_text(CASES[i].names[j], CASES[i].inputs[j]);
        }
        assert_int_equal(run(paths, 2, target, true, NULL, NULL, &error), SR_ERR_ARGUMENT);
        assert_non_null(strstr(error.text, CASES[i].reason));
        assert_int_not_equal(access(target, F_OK), 0);
    }
    const char *path = fixture_write_text("r/in.jsonl", "{}\n");
    const char *other = fixture_path("r/hard.jsonl");
    assert_int_equal(link(path, other), 0);
    sr_error error = {0};
    assert_int_equal(run(&path, 1, other, true, NULL, NULL, &error), SR_ERR_ARGUMENT);
    assert_non_null(strstr(error.text, "is an input"));
    assert_content(path, "{}\n");
    assert_int_equal(count_files("r"), 6);
}

static void test_tree(void **state)
{
    (void)state;
    mkdir(fixture_path("in"), 0777);
    mkdir(fixture_path("in/sub"), 0777);
    fixture_write_text("in/a.jsonl", "{\"a\":1}\n{\"a\":\"DROP\"}\n{\"a\":2}");
    fixture_pack("in/sub/b.csv.zst", "a,b\n1,2\n3,DROP\n");
    fixture_pack("in/sub/c.json.gz", "[{\"a\":1},{\"a\":\"DROP\"}]");
    fixture_write_text("in/kept.txt", "\xef\xbb\xbfT\r\nB");
    fixture_write_text("in/gone.txt", "T\nDROP\n");
    fixture_write_text("in/sub/empty.jsonl", "");
    fixture_write("in/image.png", "\x89PNG\0\0", 6);
    char paths[2][256];
    snprintf(paths[0], sizeof paths[0], "%s", fixture_path("in"));
    snprintf(paths[1], sizeof paths[1], "%s", fixture_path("in2.jsonl.bz2"));
    fixture_pack("in2.jsonl.bz2", "{\"a\":5}\n");
    const char *const feeds[] = {paths[0], paths[1]};
    expect_run(feeds, 2, fixture_path("made/by/it/"));
    assert_content(fixture_path("made/by/it/a.jsonl"), "{\"a\":1}\n{\"a\":2}");
    assert_content(fixture_path("made/by/it/kept.txt"), "\xef\xbb\xbfT\r\nB");
    assert_content(fixture_path("made/by/it/sub/empty.jsonl"), "");
    fixture_expect(fixture_path("made/by/it/sub/b.csv.zst"), NULL, FIXTURE_RAW,
                   "1:2 1,2\\n = 1|2\n");
    fixture_expect(fixture_path("made/by/it/sub/c.json.gz"), NULL, FIXTURE_RAW, "1:2 {\"a\":1}\n");
    fixture_expect(fixture_path("made/by/it/in2.jsonl.bz2"), NULL, FIXTURE_RAW,
                   "1:1 {\"a\":5}\\n\n");
    assert_int_equal(count_files("made/by/it"), 4);
    assert_int_equal(count_files("made/by/it/sub"), 3);
    sr_str packed = fixture_read(fixture_path("made/by/it/sub/b.csv.zst"));
    assert_memory_equal(packed.data, "\x28\xb5\x2f\xfd", 4);
    packed = fixture_read(fixture_path("made/by/it/sub/c.json.gz"));
    assert_memory_equal(packed.data, "\x1f\x8b", 2);
}

static void test_tree_aborted(void **state)
{
    (void)state;
    const char *path = fixture_write_text("ab.jsonl", "{\"a\":1}\n");
    assert_int_equal(run(&path, 1, fixture_path("ab/cd/"), false, NULL, NULL, NULL), SR_OK);
    assert_int_not_equal(access(fixture_path("ab"), F_OK), 0);
}

static void test_tree_refused(void **state)
{
    (void)state;
    mkdir(fixture_path("x"), 0777);
    mkdir(fixture_path("y"), 0777);
    char paths[2][256];
    snprintf(paths[0], sizeof paths[0], "%s", fixture_write_text("x/a.jsonl", "{\"a\":1}\n"));
    snprintf(paths[1], sizeof paths[1], "%s", fixture_write_text("y/a.jsonl", "{\"a\":2}\n"));
    const char *const feeds[] = {paths[0], paths[1]};
    sr_error error = {0};
    /* two inputs of one name */
    assert_int_equal(run(feeds, 2, fixture_path("xy/"), true, NULL, NULL, &error), SR_ERR_ARGUMENT);
    assert_string_equal(error.file, paths[1]);
    assert_non_null(strstr(error.text, paths[0]));
    assert_int_not_equal(access(fixture_path("xy"), F_OK), 0);
    /* onto itself */
    assert_int_equal(run(feeds, 1, fixture_path("x"), true, NULL, NULL, &error), SR_ERR_ARGUMENT);
    assert_non_null(strstr(error.text, "is an input"));
    /* onto another input */
    snprintf(paths[1], sizeof paths[1], "%s", fixture_path("y/b.jsonl"));
    assert_int_equal(link(fixture_path("y/a.jsonl"), paths[1]), 0);
    assert_int_equal(run(feeds, 2, fixture_path("y/"), true, NULL, NULL, &error), SR_ERR_ARGUMENT);
    assert_non_null(strstr(error.text, "is an input"));
    assert_content(fixture_path("x/a.jsonl"), "{\"a\":1}\n");
    assert_content(fixture_path("y/a.jsonl"), "{\"a\":2}\n");
    assert_int_equal(count_files("x"), 1);
    assert_int_equal(count_files("y"), 2);
}

/* Packs the tree `in` of test_tree by tar and zip, through the sink's own archive writer as a
 * reader proves. */
static void test_archives(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"arch.tar", "arch.tar.xz", "arch.zip"};
    if (system("command -v tar >/dev/null && command -v xz >/dev/null && "
               "command -v zip >/dev/null") != 0) {
        print_message("  skipped: needs tar, xz and zip\n");
        skip();
    }
    mkdir(fixture_path("arch"), 0777);
    fixture_write_text("arch/gone.txt", "T\nDROP\n");
    fixture_write_text("arch/kept.txt", "T\nB\n");
    fixture_pack("arch/p.jsonl.zst", "{\"a\":1}\n{\"a\":\"DROP\"}\n");
    fixture_write_text("arch/none.jsonl", "{\"a\":\"DROP\"}\n");
    char command[512];
    snprintf(command, sizeof command,
             "cd '%s' && tar -cf arch.tar arch && tar -cJf arch.tar.xz arch && "
             "zip -qr arch.zip arch",
             fixture_dir);
    assert_int_equal(system(command), 0);
    for (size_t i = 0; i < SR_ARRAY_COUNT(NAMES); i++) {
        char path[256];
        snprintf(path, sizeof path, "%s", fixture_path(NAMES[i]));
        const char *paths[] = {path};
        expect_run(paths, 1, fixture_path("arch-out/"));
        char name[64];
        snprintf(name, sizeof name, "arch-out/%s", NAMES[i]);
        const char *out = fixture_path(name);
        const char *members = fixture_dump(&out, 1, NULL, 10, FIXTURE_MEMBERS);
        assert_null(strstr(members, "gone.txt"));
        assert_non_null(strstr(members, "arch/kept.txt 1\n"));
        assert_non_null(strstr(members, "arch/p.jsonl.zst 1\n"));
        assert_null(strstr(members, "BAD"));
        if (strstr(name, ".zip")) {
            continue;
        }
        snprintf(command, sizeof command,
                 "cd '%s' && rm -rf un && mkdir un && cd un && tar -xf ../%s && "
                 "test -e arch/none.jsonl && test ! -s arch/none.jsonl && "
                 "test ! -e arch/gone.txt && cmp arch/kept.txt ../arch/kept.txt",
                 fixture_dir, name);
        assert_int_equal(system(command), 0);
    }
    assert_int_equal(count_files("arch-out"), 3);
}

static void test_stdin_names(void **state)
{
    (void)state;
    assert_non_null(freopen(fixture_pack("s.csv.zst", "a,b\n1,2\n"), "rb", stdin));
    lseek(STDIN_FILENO, 0, SEEK_SET);
    const char *dash = "-";
    expect_run(&dash, 1, fixture_path("from-stdin/"));
    fixture_expect(fixture_path("from-stdin/stdin.csv.zst"), NULL, FIXTURE_RAW,
                   "1:2 1,2\\n = 1|2\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_output_compressions),
        cmocka_unit_test(test_output_appears_at_commit),
        cmocka_unit_test(test_output_follows_links),
        cmocka_unit_test(test_output_full_disk),
        cmocka_unit_test(test_output_no_room),
        cmocka_unit_test(test_joined),
        cmocka_unit_test(test_joined_refused),
        cmocka_unit_test(test_tree),
        cmocka_unit_test(test_tree_aborted),
        cmocka_unit_test(test_tree_refused),
        cmocka_unit_test(test_archives),
        cmocka_unit_test(test_stdin_names),
    };
    return cmocka_run_group_tests(tests, fixture_make, fixture_remove);
}
