/* test_store_repair.c — a small store with one place of any section damaged: what `repair` leaves
 * is sound, holds every article that it did not call lost, holds nothing else, and keeps the
 * damaged files. */
#include "store_fixture.h"

#include "simrank.h"
#include "store/format.h"
#include "store/manifest.h"

#include <fcntl.h>

enum { N = 60, N_CHANGED = 12, N_REMOVED = 5, N_FILES = 3, VALUE_BYTES = 4000 };

static const char *const NAMES[N_FILES] = {"MANIFEST", "seg-0000000000000001.seg",
                                           "seg-0000000000000002.seg"};

typedef struct images {
    sr_buffer files[N_FILES];
} images;

/* ------------------------------------------------------------ the store and the truth about it */

static void make_text(char text[VALUE_BYTES], uint32_t number, uint32_t version)
{
    uint64_t state = number * 7919ULL + version;
    size_t n = 0;
    for (uint32_t i = 0; i < 60 + number; i++) {
        n += (size_t)snprintf(text + n, VALUE_BYTES - n, "word%u ",
                              (unsigned)(fixture_random(&state) % 500));
    }
    text[n - 1] = '.';
}

static void put(sr_store *store, uint32_t number, uint32_t version)
{
    char id[32];
    char title[64];
    char text[VALUE_BYTES];
    snprintf(id, sizeof id, "article-%u", number);
    snprintf(title, sizeof title, "Title %u of version %u", number, version);
    make_text(text, number, version);
    sr_article article = {.id = sr_str_of(id),
                          .title = sr_str_of(title),
                          .text = sr_str_of(text),
                          .source = sr_str_of(number % 2 ? "a.example" : "b.example"),
                          .url = sr_str_of("https://example.org/news"),
                          .published_s = 1700000000 + (int64_t)number};
    assert_ok(sr_store_add_articles(store, &article, 1, NULL, NULL));
}

/* The version of an article that is live; 0: none. */
static uint32_t live_version(uint32_t number)
{
    return number < N_REMOVED ? 0 : number < N_REMOVED + N_CHANGED ? 2 : 1;
}

/* Articles 0 … N−1; then the first go, the next are replaced, and one more comes. */
static void make_store(const char *dir, bool dedup_only)
{
    sr_params params;
    sr_params_init(&params);
    assert_ok(sr_store_init(dir, &params, dedup_only, NULL));
    sr_store *store = NULL;
    uint64_t commit = 0;
    assert_ok(sr_store_open(dir, SR_STORE_WRITE, NULL, &store, NULL));
    for (uint32_t i = 0; i < N; i++) {
        put(store, i, 1);
    }
    assert_ok(sr_store_commit(store, &commit, NULL));
    const char *const gone[N_REMOVED] = {"article-0", "article-1", "article-2", "article-3",
                                         "article-4"};
    sr_removal removal = {.ids = gone, .n_ids = N_REMOVED, .before_s = SR_TIME_UNKNOWN};
    sr_removal_summary removed;
    assert_ok(sr_store_remove(store, &removal, &removed, NULL));
    for (uint32_t i = N_REMOVED; i < N_REMOVED + N_CHANGED; i++) {
        put(store, i, 2);
    }
    assert_ok(sr_store_commit(store, &commit, NULL));
    sr_store_close(store);
}

static void load(images *sound, const char *dir)
{
    for (size_t i = 0; i < N_FILES; i++) {
        char *path = sr_path_join(dir, NAMES[i]);
        sr_buffer_init(&sound->files[i], SR_BUFFER_NO_LIMIT);
        assert_ok(sr_file_read_all(path, &sound->files[i], NULL));
        free(path);
    }
}

static void release(images *sound)
{
    for (size_t i = 0; i < N_FILES; i++) {
        sr_buffer_release(&sound->files[i]);
    }
}

/* The sound files in a new directory, but bytes [first, first + n) of one of them inverted. */
static char *make_damaged(const images *sound, size_t file, uint64_t first, uint64_t n)
{
    char *dir = fixture_directory();
    for (size_t i = 0; i < N_FILES; i++) {
        char *path = sr_path_join(dir, NAMES[i]);
        int fd = open(path, O_RDWR | O_CREAT, 0666);
        assert_true(fd >= 0);
        assert_ok(sr_file_write(fd, path, sound->files[i].data, sound->files[i].n_bytes, NULL));
        for (uint64_t at = first; i == file && at < first + n && at < sound->files[i].n_bytes;
             at++) {
            char inverted = (char)~sound->files[i].data[at];
            assert_int_equal(pwrite(fd, &inverted, 1, (off_t)at), 1);
        }
        close(fd);
        free(path);
    }
    return dir;
}

static bool exists(const char *dir, const char *name)
{
    char *path = sr_path_join(dir, name);
    bool is_there = access(path, F_OK) == 0;
    free(path);
    return is_there;
}

/* ------------------------------------------------------------ what must hold after a repair */

static void check_text(const sr_snapshot *snapshot, sr_doc doc, uint32_t number, uint32_t *version)
{
    char text[VALUE_BYTES];
    sr_buffer value;
    sr_buffer_init(&value, SR_BUFFER_NO_LIMIT);
    assert_ok(sr_snapshot_read_field(snapshot, doc, SR_FIELD_TEXT, &value, NULL));
    for (*version = 1; *version <= 2; (*version)++) {
        make_text(text, number, *version);
        if (sr_str_equal(sr_buffer_view(&value), sr_str_of(text))) {
            break;
        }
    }
    assert_true(*version <= 2);
    sr_buffer_release(&value);
}

/* Counts articles: right ones, ones that are gone, ones that are back in an older version. */
static void count(const char *dir, uint64_t *n_missing, uint64_t *n_back)
{
    sr_snapshot *snapshot = fixture_open(dir);
    uint64_t n_found = 0;
    *n_missing = 0;
    *n_back = 0;
    for (uint32_t i = 0; i < N; i++) {
        char id[32];
        bool found = false;
        sr_doc doc = {0};
        uint32_t version = live_version(i);
        snprintf(id, sizeof id, "article-%u", i);
        assert_ok(sr_snapshot_find_id(snapshot, sr_str_of(id), &found, &doc));
        if (found && !sr_snapshot_dedup_only(snapshot)) {
            check_text(snapshot, doc, i, &version);
        }
        n_found += found;
        *n_missing += live_version(i) && !found;
        *n_back += found && (live_version(i) == 0 || version != live_version(i));
    }
    assert_int_equal(n_found, sr_snapshot_live_count(snapshot)); /* and none twice */
    sr_snapshot_close(snapshot);
}

static void ask_for_related(const char *dir)
{
    sr_store *store = NULL;
    assert_ok(sr_store_open(dir, SR_STORE_READ, NULL, &store, NULL));
    sr_related_options options;
    sr_related_options_init(&options);
    const sr_query query = {.id = "article-40"};
    sr_boxes *boxes = NULL;
    sr_status status = sr_related(store, &query, 1, &options, &boxes, NULL);
    assert_true(status == SR_OK || status == SR_ERR_NOT_FOUND);
    sr_boxes_free(boxes);
    sr_store_close(store);
}

static void check_repair(const char *dir, bool dedup_only, sr_repair_summary *summary)
{
    sr_error error = {0};
    uint64_t n_missing = 0;
    uint64_t n_back = 0;
    assert_int_equal(sr_store_check(dir, NULL, NULL), SR_ERR_CORRUPT);
    if (sr_store_repair(dir, SR_STORE_WRITE_NO_WAIT, NULL, summary, &error) != SR_OK) {
        fail_msg("repair: %s: %s", error.file, error.text);
    }
    assert_true(summary->was_needed);
    assert_ok(sr_store_check(dir, NULL, NULL));
    count(dir, &n_missing, &n_back);
    if (n_missing > summary->n_lost || n_back > summary->n_removals_lost) {
        fail_msg("%llu missing, %llu lost; %llu back, %llu removals lost",
                 (unsigned long long)n_missing, (unsigned long long)summary->n_lost,
                 (unsigned long long)n_back, (unsigned long long)summary->n_removals_lost);
    }
    if (!dedup_only) {
        ask_for_related(dir);
    }
    sr_repair_summary again;
    assert_ok(sr_store_repair(dir, SR_STORE_WRITE_NO_WAIT, NULL, &again, NULL));
    assert_false(again.was_needed);
    sr_store *store = NULL; /* what is kept aside is not cleaned away by the next writer */
    assert_ok(sr_store_open(dir, SR_STORE_WRITE, NULL, &store, NULL));
    assert_ok(sr_store_compact(store, NULL));
    sr_store_close(store);
    assert_ok(sr_store_check(dir, NULL, NULL));
}

/* What may be gone after damage to one section of a segment that removes nothing. */
static void check_loss(uint32_t type, const sr_repair_summary *summary)
{
    bool may_lose = type == SR_SECTION_COLD_DATA + SR_FIELD_TEXT ||
                    type == SR_SECTION_COLD_FRAMES + SR_FIELD_TEXT ||
                    type == SR_SECTION_COLD_DATA + SR_FIELD_ID ||
                    type == SR_SECTION_COLD_FRAMES + SR_FIELD_ID;
    if (!may_lose && summary->n_lost > 0) {
        fail_msg("%llu articles lost by damage to section %u", (unsigned long long)summary->n_lost,
                 type);
    }
    assert_int_equal(summary->n_removals_lost, 0);
    assert_true(type >= SR_SECTION_COLD_DATA || type == SR_SECTION_FACTS ||
                summary->n_incomplete == 0);
}

static void check_sections(const images *sound, size_t file, bool dedup_only)
{
    const uint8_t *header = (const uint8_t *)sound->files[file].data;
    for (uint32_t i = 0; i < sr_load_u32(header + 68); i++) {
        const uint8_t *entry = header + 128 + (size_t)i * 24;
        uint32_t type = sr_load_u32(entry);
        uint64_t first = sr_load_u64(entry + 8);
        uint64_t n = sr_load_u64(entry + 16);
        const uint64_t places[] = {first, first + n / 2, first + n - 1};
        for (size_t p = 0; p < SR_ARRAY_COUNT(places) && n > 0; p++) {
            char *dir = make_damaged(sound, file, places[p], 1);
            char kept[64];
            sr_repair_summary summary;
            check_repair(dir, dedup_only, &summary);
            if (!dedup_only && file == 1) {
                check_loss(type, &summary);
            }
            snprintf(kept, sizeof kept, "%s.damaged", NAMES[file]);
            assert_true(exists(dir, kept));
            fixture_remove_directory(dir);
        }
    }
}

static void test_every_section(void **state)
{
    (void)state;
    for (int dedup_only = 0; dedup_only <= 1; dedup_only++) {
        char *dir = fixture_directory();
        images sound;
        make_store(dir, dedup_only);
        load(&sound, dir);
        check_sections(&sound, 1, dedup_only);
        check_sections(&sound, 2, dedup_only);
        release(&sound);
        fixture_remove_directory(dir);
    }
}

/* A whole block, as a disk loses it; and what can't be read at all. */
static void test_blocks(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    images sound;
    sr_repair_summary summary;
    make_store(dir, false);
    load(&sound, dir);
    for (uint64_t at = 0; at < sound.files[1].n_bytes; at += SR_BLOCK_BYTES) {
        char *damaged = make_damaged(&sound, 1, at, SR_BLOCK_BYTES);
        check_repair(damaged, false, &summary);
        fixture_remove_directory(damaged);
    }
    char *missing = make_damaged(&sound, 0, 0, 0);
    char *path = sr_path_join(missing, NAMES[1]);
    assert_int_equal(unlink(path), 0);
    check_repair(missing, false, &summary);
    assert_int_equal(summary.n_lost, N - N_CHANGED - N_REMOVED);
    free(path);
    fixture_remove_directory(missing);
    release(&sound);
    fixture_remove_directory(dir);
}

/* ------------------------------------------------------------ MANIFEST */

static void test_manifest(void **state)
{
    (void)state;
    for (int dedup_only = 0; dedup_only <= 1; dedup_only++) {
        char *dir = fixture_directory();
        images sound;
        sr_repair_summary summary;
        make_store(dir, dedup_only);
        load(&sound, dir);
        uint64_t step = getenv("SR_TEST_FULL") ? 1 : 7;
        for (uint64_t at = 0; at < sound.files[0].n_bytes; at += step) {
            char *damaged = make_damaged(&sound, 0, at, at == 0 ? SR_BLOCK_BYTES : 1);
            check_repair(damaged, dedup_only, &summary);
            assert_true(summary.manifest_rebuilt && exists(damaged, "MANIFEST.damaged"));
            assert_int_equal(summary.n_lost + summary.n_removals_lost + summary.n_saved, 0);
            fixture_remove_directory(damaged);
        }
        release(&sound);
        fixture_remove_directory(dir);
    }
}

/* Parameters that nobody could guess are taken from the damaged file where they are proved by the
 * segments, else the repair says that it can't. */
static void test_parameters(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    sr_params params;
    sr_params_init(&params);
    params.seed = 12345;
    assert_ok(sr_store_init(dir, &params, false, NULL));
    sr_store *store = NULL;
    uint64_t commit = 0;
    assert_ok(sr_store_open(dir, SR_STORE_WRITE, NULL, &store, NULL));
    put(store, 7, 1);
    assert_ok(sr_store_commit(store, &commit, NULL));
    put(store, 8, 1);
    assert_ok(sr_store_commit(store, &commit, NULL));
    sr_store_close(store);
    images sound;
    load(&sound, dir);
    sr_repair_summary summary;
    char *damaged = make_damaged(&sound, 0, 32, 1);
    assert_ok(sr_store_repair(damaged, SR_STORE_WRITE, NULL, &summary, NULL));
    assert_ok(sr_store_check(damaged, NULL, NULL));
    fixture_remove_directory(damaged);
    damaged = make_damaged(&sound, 0, 56, 1);
    sr_error error = {0};
    assert_int_equal(sr_store_repair(damaged, SR_STORE_WRITE, NULL, &summary, &error),
                     SR_ERR_CORRUPT);
    assert_non_null(strstr(error.text, "parameters"));
    assert_true(exists(damaged, "seg-0000000000000001.seg"));
    assert_false(exists(damaged, "MANIFEST.damaged"));
    fixture_remove_directory(damaged);
    release(&sound);
    fixture_remove_directory(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_section),
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_manifest),
        cmocka_unit_test(test_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
