/* test_feed_files.c — whatever a user names: files, directories, archives, every compression,
 * damaged and unreadable ones, and one record out of them. */
#include "feed_fixture.h"

#include <archive.h>
#include <archive_entry.h>

static const char TWO[] = "{\"id\":1,\"text\":\"x\"}\n{\"id\":2,\"text\":\"y\"}\n";
static const char TWO_ARTICLES[] = "1:1 id=1 text=x\n2:2 id=2 text=y\n";
static const char *const EXTENSIONS[] = {"", ".gz", ".xz", ".bz2", ".lz4", ".zst"};

static void expect_one(const char *path, fixture_view view, const char *expected)
{
    fixture_expect(path, NULL, view, expected);
}

static void test_compressions(void **state)
{
    (void)state;
    for (size_t i = 0; i < SR_ARRAY_COUNT(EXTENSIONS); i++) {
        char name[32];
        snprintf(name, sizeof name, "a.jsonl%s", EXTENSIONS[i]);
        const char *path = fixture_pack(name, TWO);
        expect_one(path, FIXTURE_ARTICLES, TWO_ARTICLES);
        /* by content, not by name */
        const char *other = fixture_path("misnamed");
        assert_int_equal(rename(path, other), 0);
        expect_one(other, FIXTURE_ARTICLES, TWO_ARTICLES);
        /* nothing compressed */
        snprintf(name, sizeof name, "empty.jsonl%s", EXTENSIONS[i]);
        expect_one(fixture_pack(name, ""), FIXTURE_ARTICLES, "");
    }
}

static void test_concatenated(void **state)
{
    (void)state;
    for (size_t i = 0; i < SR_ARRAY_COUNT(EXTENSIONS); i++) {
        char name[32];
        snprintf(name, sizeof name, "c%s", EXTENSIONS[i]);
        sr_str packed = fixture_read(fixture_pack(name, TWO));
        sr_buffer twice;
        sr_buffer_init(&twice, SR_BUFFER_NO_LIMIT);
        assert_int_equal(sr_buffer_append_str(&twice, packed), SR_OK);
        assert_int_equal(sr_buffer_append_str(&twice, packed), SR_OK);
        const char *path = fixture_write(name, twice.data, twice.n_bytes);
        sr_buffer_release(&twice);
        print_message("  %s\n", name);
        expect_one(path, FIXTURE_ARTICLES,
                   "1:1 id=1 text=x\n2:2 id=2 text=y\n3:3 id=1 text=x\n4:4 id=2 text=y\n");
    }
}

/* Good records first, then one bad one with a reason, nothing else: the number of the good ones. */
static size_t count_before_damage(const char *path, size_t n_all)
{
    const char *dump = fixture_dump(&path, 1, NULL, 100, FIXTURE_RAW);
    size_t n_lines = 0;
    const char *last = dump;
    for (const char *c = dump; *c; c++) {
        if (*c == '\n') {
            n_lines++;
            last = c[1] ? c + 1 : last;
        }
    }
    assert_true(n_lines >= 1 && n_lines <= n_all);
    char expected[64];
    snprintf(expected, sizeof expected, "%zu:%zu BAD ", n_lines, n_lines);
    if (n_lines > 1 && strncmp(last, expected, strlen(expected)) != 0) {
        fail_msg("%s ends with %s", path, last);
    }
    assert_non_null(strstr(dump, "BAD"));
    assert_null(strstr(strstr(dump, "BAD") + 1, "BAD"));
    return n_lines - 1;
}

static char *many_lines(size_t n_lines)
{
    enum { LINE = 64 };
    char *text = malloc(n_lines * LINE + 1);
    assert_non_null(text);
    size_t n = 0;
    uint64_t random = 1;
    for (size_t i = 0; i < n_lines; i++) {
        random = sr_mix64(random + i);
        n += (size_t)snprintf(text + n, LINE, "{\"id\":%zu,\"text\":\"%016llx\"}\n", i,
                              (unsigned long long)random);
    }
    return text;
}

static void test_truncated(void **state)
{
    (void)state;
    enum { LINES = 50000 };
    char *text = many_lines(LINES);
    for (size_t i = 1; i < SR_ARRAY_COUNT(EXTENSIONS); i++) {
        char name[32];
        snprintf(name, sizeof name, "cut%s", EXTENSIONS[i]);
        const char *path = fixture_pack(name, text);
        struct stat info;
        assert_int_equal(stat(path, &info), 0);
        assert_int_equal(truncate(path, info.st_size / 2), 0);
        size_t n_good = count_before_damage(path, LINES);
        print_message("  %s: %zu of %d records before the cut\n", name, n_good, LINES);
        if (strcmp(EXTENSIONS[i], ".lz4") != 0) { /* whose one block of 4 MB is all or nothing */
            assert_true(n_good > LINES / 4);
        }
        /* an early cut, in the header of the first block */
        assert_int_equal(truncate(path, 20), 0);
        const char *got = fixture_dump(&path, 1, NULL, 10, FIXTURE_MEMBERS);
        snprintf(name, sizeof name, "cut%s 1 BAD ", EXTENSIONS[i]);
        if (strncmp(got, name, strlen(name)) != 0) {
            fail_msg("%s, cut to 20 bytes, gave %s", path, got);
        }
    }
    free(text);
}

/* zstd gives whole blocks: a cut behind the last byte of data loses nothing. */
static void test_truncated_zstd_keeps_all_blocks(void **state)
{
    (void)state;
    char *text = many_lines(5000);
    const char *path = fixture_pack("all.zst", text);
    free(text);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(truncate(path, info.st_size - 2), 0); /* in the checksum */
    assert_int_equal(count_before_damage(path, 5001), 5000);
}

static void test_garbage_behind_zstd(void **state)
{
    (void)state;
    sr_str packed = fixture_read(fixture_pack("g.zst", TWO));
    sr_buffer bytes;
    sr_buffer_init(&bytes, SR_BUFFER_NO_LIMIT);
    assert_int_equal(sr_buffer_append_str(&bytes, packed), SR_OK);
    assert_int_equal(sr_buffer_append_text(&bytes, "garbage here"), SR_OK);
    expect_one(
        fixture_write("g.zst", bytes.data, bytes.n_bytes), FIXTURE_MEMBERS,
        "g.zst 1\ng.zst 2\ng.zst 3 BAD the zstd data is damaged: Unknown frame descriptor\n");
    sr_buffer_release(&bytes);
}

typedef struct entry {
    const char *name;
    const char *text; /* NULL: a directory */
} entry;

static const char *make_archive(const char *name, bool zip, const entry *entries, size_t n_entries)
{
    const char *path = fixture_path(name);
    struct archive *archive = archive_write_new();
    assert_int_equal(zip ? archive_write_set_format_zip(archive)
                         : archive_write_set_format_gnutar(archive),
                     ARCHIVE_OK);
    assert_int_equal(archive_write_open_filename(archive, path), ARCHIVE_OK);
    for (size_t i = 0; i < n_entries; i++) {
        struct archive_entry *e = archive_entry_new();
        size_t n = entries[i].text ? strlen(entries[i].text) : 0;
        archive_entry_set_pathname(e, entries[i].name);
        archive_entry_set_filetype(e, entries[i].text ? AE_IFREG : AE_IFDIR);
        archive_entry_set_perm(e, 0755);
        archive_entry_set_size(e, (la_int64_t)n);
        assert_int_equal(archive_write_header(archive, e), ARCHIVE_OK);
        if (n) {
            assert_int_equal(archive_write_data(archive, entries[i].text, n), n);
        }
        archive_entry_free(e);
    }
    assert_int_equal(archive_write_free(archive), ARCHIVE_OK);
    return path;
}

static const entry ENTRIES[] = {{"d/", NULL},
                                {"./d/one.txt", "T\nB\n"},
                                {".hidden", "x"},
                                {"d/.git/config", "x"},
                                {"__MACOSX/d/one.txt", "x"},
                                {"d/two.jsonl", "{\"text\":\"x\"}\n{\"text\":\"y\"}\n"},
                                {"d/empty.csv", ""},
                                {"d/größe.csv", "id,title\n5,five\n"}};
static const char ENTRY_MEMBERS[] = "d/one.txt 1\nd/two.jsonl 1\nd/two.jsonl 2\nd/größe.csv 1\n";

static void test_archives(void **state)
{
    (void)state;
    const char *tar = make_archive("a.tar", false, ENTRIES, SR_ARRAY_COUNT(ENTRIES));
    expect_one(tar, FIXTURE_MEMBERS, ENTRY_MEMBERS);
    const char *zip = make_archive("a.zip", true, ENTRIES, SR_ARRAY_COUNT(ENTRIES));
    expect_one(zip, FIXTURE_MEMBERS, ENTRY_MEMBERS);
    expect_one(make_archive("e.zip", true, NULL, 0), FIXTURE_MEMBERS, "");
    expect_one(zip, FIXTURE_ARTICLES,
               "1:1 id=d/one.txt title=T text=B\\n\n1:1 id=d/two.jsonl:1 text=x\n"
               "2:2 id=d/two.jsonl:2 text=y\n1:2 id=5 title=five\n");
}

static void test_packed_archives(void **state)
{
    (void)state;
    sr_buffer tar;
    sr_buffer_init(&tar, SR_BUFFER_NO_LIMIT);
    sr_str bytes = fixture_read(make_archive("a.tar", false, ENTRIES, SR_ARRAY_COUNT(ENTRIES)));
    assert_int_equal(sr_buffer_append_str(&tar, bytes), SR_OK);
    for (size_t i = 1; i < SR_ARRAY_COUNT(EXTENSIONS); i++) {
        char name[32];
        snprintf(name, sizeof name, "a.tar%s", EXTENSIONS[i]);
        const char *path = fixture_path(name);
        sr_output *output;
        assert_int_equal(sr_output_open(path, NULL, NULL, &output, NULL), SR_OK);
        assert_int_equal(sr_output_write(output, sr_buffer_view(&tar), NULL), SR_OK);
        assert_int_equal(sr_output_commit(output, NULL), SR_OK);
        print_message("  %s\n", name);
        expect_one(path, FIXTURE_MEMBERS, ENTRY_MEMBERS);
    }
    sr_buffer_release(&tar);
}

/* An archive's entries may be compressed themselves. */
static void test_packed_entry(void **state)
{
    (void)state;
    sr_str packed = fixture_read(fixture_pack("two.jsonl.xz", TWO));
    struct archive *archive = archive_write_new();
    struct archive_entry *e = archive_entry_new();
    const char *path = fixture_path("packed.tar");
    archive_write_set_format_ustar(archive);
    archive_write_open_filename(archive, path);
    archive_entry_set_pathname(e, "two.jsonl.xz");
    archive_entry_set_filetype(e, AE_IFREG);
    archive_entry_set_size(e, (la_int64_t)packed.n_bytes);
    archive_write_header(archive, e);
    archive_write_data(archive, packed.data, packed.n_bytes);
    archive_entry_free(e);
    assert_int_equal(archive_write_free(archive), ARCHIVE_OK);
    expect_one(path, FIXTURE_ARTICLES, TWO_ARTICLES);
}

static void test_truncated_archive(void **state)
{
    (void)state;
    const char *tar = make_archive("cut.tar", false, ENTRIES, SR_ARRAY_COUNT(ENTRIES));
    assert_int_equal(truncate(tar, 2000), 0); /* behind the first two headers and a text */
    const char *got = fixture_dump(&tar, 1, NULL, 10, FIXTURE_MEMBERS);
    assert_int_equal(strncmp(got, "d/one.txt 1\n", 12), 0);
    assert_non_null(strstr(got, "BAD"));
    assert_null(strstr(strstr(got, "BAD") + 1, "BAD"));
    char *text = many_lines(1000);
    const entry big[] = {{"big.jsonl", text}};
    tar = make_archive("cut2.tar", false, big, 1);
    free(text);
    assert_int_equal(truncate(tar, 20000), 0);
    got = fixture_dump(&tar, 1, NULL, 10, FIXTURE_MEMBERS);
    assert_non_null(strstr(got, "big.jsonl 300\n"));
    assert_non_null(strstr(got, "BAD"));
    assert_null(strstr(strstr(got, "BAD") + 1, "BAD"));
}

static void make_directory(const char *name)
{
    assert_int_equal(mkdir(fixture_path(name), 0777), 0);
}

static void test_directories(void **state)
{
    (void)state;
    make_directory("tree");
    make_directory("tree/a");
    make_directory("tree/a/deep");
    make_directory("tree/.git");
    make_directory("tree/none");
    fixture_write_text("tree/b.txt", "T\nB\n");
    fixture_write_text("tree/a.txt", "T\nB\n");
    fixture_write_text("tree/a/z.jsonl", TWO);
    fixture_write_text("tree/a-b", "T\nB\n");
    fixture_write_text("tree/a/deep/x.csv", "id,title\n1,x\n");
    fixture_write_text("tree/.hidden", "x");
    fixture_write_text("tree/.git/x", "x");
    fixture_write("tree/c.dat", "\x89PNG\0\0", 6);
    assert_int_equal(symlink("b.txt", fixture_path("tree/link")), 0);
    assert_int_equal(symlink("..", fixture_path("tree/a/up")), 0);
    assert_int_equal(symlink("nowhere", fixture_path("tree/broken")), 0);
    assert_int_equal(mkfifo(fixture_path("tree/pipe"), 0666), 0);
    static const char MEMBERS[] =
        "a-b 1\na.txt 1\na/deep/x.csv 1\na/up/ 1 BAD is a link to a directory that it is in\n"
        "a/z.jsonl 1\na/z.jsonl 2\nb.txt 1\n"
        "broken 1 BAD can't open: No such file or directory\n"
        "c.dat 1 BAD is binary data, not a feed\nlink 1\n";
    expect_one(fixture_path("tree"), FIXTURE_MEMBERS, MEMBERS);
    assert_non_null(strstr(fixture_messages, "warning: tree/pipe: skipped"));
    expect_one(fixture_path("tree/"), FIXTURE_MEMBERS, MEMBERS);
    expect_one(fixture_path("tree/none"), FIXTURE_MEMBERS, "");
}

static void test_unreadable(void **state)
{
    (void)state;
    sr_feed *feed;
    sr_error error = {0};
    const char *path = fixture_path("missing.jsonl");
    assert_int_equal(sr_feed_open(&path, 1, NULL, NULL, &feed, &error), SR_ERR_NOT_FOUND);
    assert_string_equal(error.file, path);
    assert_non_null(strstr(error.text, "No such file"));
    if (geteuid() == 0) {
        print_message("  skipped: root reads everything\n");
        return;
    }
    make_directory("locked");
    make_directory("locked/in");
    fixture_write_text("locked/a.txt", "T\nB\n");
    fixture_write_text("locked/b.txt", "T\nB\n");
    chmod(fixture_path("locked/a.txt"), 0);
    chmod(fixture_path("locked/in"), 0);
    expect_one(fixture_path("locked"), FIXTURE_MEMBERS,
               "a.txt 1 BAD can't open: Permission denied\nb.txt 1\n"
               "in/ 1 BAD can't read the directory: Permission denied\n");
    path = fixture_path("locked/in");
    assert_int_equal(sr_feed_open(&path, 1, NULL, NULL, &feed, &error), SR_ERR_IO);
}

static void test_several_arguments(void **state)
{
    (void)state;
    char a[256];
    char b[256];
    snprintf(a, sizeof a, "%s", fixture_write_text("s1.jsonl", TWO));
    snprintf(b, sizeof b, "%s", fixture_pack("s2.jsonl.zst", TWO));
    const char *const paths[] = {a, b, a};
    assert_string_equal(fixture_dump(paths, 3, NULL, 1000, FIXTURE_MEMBERS),
                        "s1.jsonl 1\ns1.jsonl 2\ns2.jsonl.zst 1\ns2.jsonl.zst 2\n"
                        "s1.jsonl 1\ns1.jsonl 2\n");
    sr_feed *feed;
    sr_record_batch batch;
    uint64_t done;
    uint64_t total;
    sr_record_batch_init(&batch);
    assert_int_equal(sr_feed_open(paths, 2, NULL, NULL, &feed, NULL), SR_OK);
    do {
        assert_int_equal(sr_feed_next_batch(feed, 1000, 1 << 20, &batch, NULL), SR_OK);
    } while (batch.n_records);
    assert_int_equal(sr_feed_bytes_read(feed), 2 * strlen(TWO));
    sr_feed_progress(feed, &done, &total);
    assert_int_equal(done, total);
    assert_true(total > 0);
    assert_int_equal(sr_feed_member_count(feed), 2);
    assert_int_equal(sr_feed_member_get(feed, 1)->container, 1);
    assert_int_equal(sr_feed_member_get(feed, 1)->compression, SR_COMPRESSION_ZST);
    sr_record_batch_release(&batch);
    sr_feed_close(feed);
}

static void test_batch_bytes(void **state)
{
    (void)state;
    char *text = many_lines(1000);
    const char *path = fixture_write_text("bytes.jsonl", text);
    free(text);
    sr_feed *feed;
    sr_record_batch batch;
    sr_record_batch_init(&batch);
    assert_int_equal(sr_feed_open(&path, 1, NULL, NULL, &feed, NULL), SR_OK);
    assert_int_equal(sr_feed_next_batch(feed, 1000, 200, &batch, NULL), SR_OK);
    assert_true(batch.n_bytes >= 200 && batch.n_bytes < 300);
    sr_record_batch_release(&batch);
    sr_feed_close(feed);
}

static sr_status read_one(const char *spec, char *id, size_t n_id, sr_error *error)
{
    sr_arena arena;
    sr_article article;
    sr_arena_init(&arena);
    sr_status status = sr_feed_read_one(spec, NULL, NULL, &arena, &article, error);
    if (status == SR_OK) {
        snprintf(id, n_id, "%.*s", (int)article.id.n_bytes, article.id.data);
    }
    sr_arena_release(&arena);
    return status;
}

static void test_read_one(void **state)
{
    (void)state;
    make_directory("one");
    fixture_write_text("one/a.txt", "T\nB\n");
    fixture_write_text("one/two.jsonl",
                       "{\"id\":1,\"text\":\"x\"}\n\n{\"id\":3,\"text\":\"y\"}\n7\n");
    fixture_write_text("one/single.jsonl", "{\"id\":1,\"text\":\"x\"}\n");
    fixture_write_text("one/odd:7", "T\nB\n");
    fixture_write_text("one/t.csv", "id,title\na,x\nb,y\n");
    fixture_write_text("one/empty.txt", "");
    make_archive("one/a.zip", true, ENTRIES, SR_ARRAY_COUNT(ENTRIES));
    static const struct {
        const char *spec;
        sr_status status;
        const char *expected; /* the id, or a part of the reason */
    } CASES[] = {
        {"one/a.txt", SR_OK, "a.txt"},
        {"one/a.txt:1", SR_OK, "a.txt"},
        {"one/a.txt:2", SR_ERR_NOT_FOUND, "there is no record 2; the last one is 1"},
        {"one/odd:7", SR_OK, "odd:7"},
        {"one/single.jsonl", SR_OK, "1"},
        {"one/two.jsonl:3", SR_OK, "3"},
        {"one/two.jsonl:2", SR_ERR_NOT_FOUND, "there is no record 2"},
        {"one/two.jsonl:9", SR_ERR_NOT_FOUND, "the last one is 4"},
        {"one/two.jsonl:4", SR_ERR_FORMAT, "not a JSON object"},
        {"one/two.jsonl", SR_ERR_ARGUMENT, "name one as FILE:N"},
        {"one/t.csv:2", SR_OK, "b"},
        {"one/empty.txt", SR_ERR_NOT_FOUND, "there is no record in it"},
        {"one", SR_ERR_ARGUMENT, "is a directory"},
        {"one/none", SR_ERR_NOT_FOUND, "no such file"},
        {"one/none:1", SR_ERR_NOT_FOUND, "no such file"},
        {"one/a.zip/d/two.jsonl:2", SR_OK, "d/two.jsonl:2"},
        {"one/a.zip/d/one.txt", SR_OK, "d/one.txt"},
        {"one/a.zip/d/none", SR_ERR_NOT_FOUND, "no such entry"},
    };
    for (size_t i = 0; i < SR_ARRAY_COUNT(CASES); i++) {
        char id[64] = "";
        sr_error error = {0};
        sr_status status = read_one(fixture_path(CASES[i].spec), id, sizeof id, &error);
        const char *text = status == SR_OK ? id : error.text;
        if (status != CASES[i].status || !strstr(text, CASES[i].expected)) {
            fail_msg("%s: %s \"%s\"", CASES[i].spec, sr_status_name(status), text);
        }
    }
}

static void test_stdin(void **state)
{
    (void)state;
    const char *path = fixture_pack("in.jsonl.gz", TWO);
    assert_non_null(freopen(path, "rb", stdin));
    lseek(STDIN_FILENO, 0, SEEK_SET);
    const char *dash = "-";
    assert_string_equal(fixture_dump(&dash, 1, NULL, 10, FIXTURE_MEMBERS), "- 1\n- 2\n");
    lseek(STDIN_FILENO, 0, SEEK_SET);
    char id[64];
    sr_error error = {0};
    assert_int_equal(read_one("-", id, sizeof id, &error), SR_ERR_ARGUMENT);
    lseek(STDIN_FILENO, 0, SEEK_SET);
    assert_int_equal(read_one("-:2", id, sizeof id, &error), SR_OK);
    assert_string_equal(id, "2");
}

/* ---------------------------------------------------------------- packed into each other */

static void pack(const char *command)
{
    char line[1024];
    snprintf(line, sizeof line, "cd '%s' && %s", fixture_dir, command);
    assert_int_equal(system(line), 0);
}

static const char *members_of(const char *name, const char *limits)
{
    char *end = NULL;
    sr_feed_options options;
    const char *path = fixture_path(name);
    sr_feed_options_init(&options);
    if (limits) {
        options.max_unpack_ratio = (uint32_t)strtoul(limits, &end, 10);
        options.max_unpack_layers = (uint32_t)strtoul(end + 1, NULL, 10);
    }
    return fixture_dump(&path, 1, &options, 100, FIXTURE_MEMBERS);
}

static void test_nested_archives(void **state)
{
    (void)state;
    fixture_write_text("a.jsonl", "{\"id\":\"a\",\"text\":\"Ferry late\"}\n");
    pack("gzip -kf a.jsonl && zip -q in.zip a.jsonl a.jsonl.gz && tar cf mid.tar in.zip a.jsonl && "
         "xz -f mid.tar && tar cf - mid.tar.xz in.zip | zstd -q > out.tar.zst");
    assert_string_equal(members_of("out.tar.zst", NULL),
                        "mid.tar.xz/in.zip/a.jsonl 1\nmid.tar.xz/in.zip/a.jsonl.gz 1\n"
                        "mid.tar.xz/a.jsonl 1\nin.zip/a.jsonl 1\nin.zip/a.jsonl.gz 1\n");
    const char *got = members_of("out.tar.zst", "250,5");
    assert_non_null(strstr(got, "mid.tar.xz/in.zip/a.jsonl 1\n"));
    assert_non_null(strstr(got, "BAD files are packed into files more than 5 times"));
}

static void test_bombs(void **state)
{
    (void)state;
    pack("head -c 100M /dev/zero | tr '\\0' '\\n' | gzip -9 > lines.gz && cp lines.gz x.gz && "
         "tar cf twice.tar lines.gz x.gz");
    assert_non_null(strstr(members_of("lines.gz", NULL),
                           "BAD the file unpacks to more than 250 times its size"));
    assert_null(strstr(members_of("lines.gz", "2000,8"), "times its size"));
    const char *got = members_of("twice.tar", NULL); /* told once, and nothing more is read */
    assert_non_null(strstr(got, "times its size"));
    assert_null(strstr(strstr(got, "times its size") + 1, "times its size"));
    pack("cp a.jsonl n && for i in 1 2 3 4 5 6 7 8 9; do gzip -c n > m; mv m n; done");
    assert_non_null(strstr(members_of("n", NULL), "BAD files are packed into files more than 8"));
    assert_string_equal(members_of("n", "250,9"), "n 1\n");
}

static void test_lists_of_links_are_told(void **state)
{
    (void)state;
    static const char *const LISTS[] = {"https://a.example/1\nhttp://a.example/2\n",
                                        "dns:a.example\nhttps://a.example/1\n\nftp://b.example/c"};
    for (size_t i = 0; i < SR_ARRAY_COUNT(LISTS); i++) {
        fixture_expect(fixture_write_text("urls.txt", LISTS[i]), NULL, FIXTURE_ARTICLES,
                       "1:0 BAD is a list of links; fetch what they lead to and add that\n");
    }
    fixture_expect(fixture_write_text("two.txt", "note: the ferry\nhttps://a.example/1\n"), NULL,
                   FIXTURE_ARTICLES,
                   "1:1 id=two.txt title=note: the ferry text=https://a.example/1\\n\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists_of_links_are_told),
        cmocka_unit_test(test_compressions),
        cmocka_unit_test(test_concatenated),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_truncated_zstd_keeps_all_blocks),
        cmocka_unit_test(test_garbage_behind_zstd),
        cmocka_unit_test(test_archives),
        cmocka_unit_test(test_packed_archives),
        cmocka_unit_test(test_packed_entry),
        cmocka_unit_test(test_truncated_archive),
        cmocka_unit_test(test_directories),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_several_arguments),
        cmocka_unit_test(test_batch_bytes),
        cmocka_unit_test(test_read_one),
        cmocka_unit_test(test_stdin),
        cmocka_unit_test(test_nested_archives),
        cmocka_unit_test(test_bombs),
    };
    return cmocka_run_group_tests(tests, fixture_make, fixture_remove);
}
