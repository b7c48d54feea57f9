/* test_ingest.c — articles into the store: what `add` decides, what it leaves alone, and that it
 * never depends on threads. */
#include "base/buffer.h"
#include "base/file.h"
#include "ingest/prepare.h"

#include <omp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char HARBOUR[] =
    "The harbour of Ostrey will close for three weeks in May while divers replace the chain of the "
    "old boom, the port "
    "authority said on Monday. Ferries to the outer islands will leave from the fish quay instead, "
    "and lorries must "
    "use the northern gate. The work was put off twice since the storm of last November tore the "
    "boom from its "
    "moorings and left two trawlers aground. Fishermen had asked for a date outside the herring "
    "season, which ends in "
    "the middle of June, but the authority said that the divers could be had only now.";
static const char LIBRARY[] = "A library van that was sold for scrap nine years ago has come back "
                              "to the villages of the Kell valley, repaired "
                              "by pupils of the technical school in Dunmere. It carries four "
                              "thousand books and a kettle, and stops for an hour "
                              "in each of eleven villages. The council pays for the fuel and the "
                              "pupils drive it in turns with their teacher.";

static char dir[] = "/tmp/simrank-ingest-XXXXXX";
static char path[512];

static const char *place(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static int make_dir(void **state)
{
    (void)state;
    memcpy(strrchr(dir, '-'), "-XXXXXX", 8);
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    (void)state;
    char command[600];
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command);
}

static sr_store *open_new(bool dedup_only)
{
    sr_params params;
    sr_store *store = NULL;
    sr_params_init(&params);
    assert_int_equal(sr_store_init(place("s"), &params, dedup_only, NULL), SR_OK);
    assert_int_equal(sr_store_open(place("s"), SR_STORE_WRITE, NULL, &store, NULL), SR_OK);
    return store;
}

static sr_article article(const char *id, const char *title, const char *text)
{
    return (sr_article){.id = sr_str_of(id),
                        .title = sr_str_of(title),
                        .text = sr_str_of(text),
                        .published_s = SR_TIME_UNKNOWN};
}

static sr_outcome add(sr_store *store, const char *id, const char *title, const char *text)
{
    sr_article one = article(id, title, text);
    sr_outcome outcome = SR_OUTCOME_BAD;
    assert_int_equal(sr_store_add_articles(store, &one, 1, &outcome, NULL), SR_OK);
    return outcome;
}

static void commit(sr_store *store, uint64_t expected_number, uint64_t expected_live)
{
    uint64_t number = 0;
    sr_store_info info;
    assert_int_equal(sr_store_commit(store, &number, NULL), SR_OK);
    assert_int_equal(number, expected_number);
    sr_store_get_info(store, &info);
    assert_int_equal(info.n_articles, expected_live);
}

/* Before and after a commit, so that pending and stored articles are told apart alike. */
static void outcomes_of_an_upsert(void **state)
{
    (void)state;
    char edited[sizeof HARBOUR];
    memcpy(edited, HARBOUR, sizeof HARBOUR);
    memcpy(strstr(edited, "northern"), "southern", 8);
    sr_store *store = open_new(false);
    for (int round = 0; round < 2; round++) {
        const char *suffix = round ? "2" : "1";
        char near[8], exact[8], other[8];
        snprintf(near, sizeof near, "n%s", suffix);
        snprintf(exact, sizeof exact, "e%s", suffix);
        snprintf(other, sizeof other, "o%s", suffix);
        assert_int_equal(add(store, "h", "Harbour", HARBOUR),
                         round ? SR_OUTCOME_UNCHANGED : SR_OUTCOME_NEW);
        assert_int_equal(add(store, near, "Harbour", edited),
                         round ? SR_OUTCOME_EXACT : SR_OUTCOME_NEAR);
        assert_int_equal(add(store, exact, "Other title", HARBOUR), SR_OUTCOME_EXACT);
        assert_int_equal(add(store, other, "Van", LIBRARY),
                         round ? SR_OUTCOME_EXACT : SR_OUTCOME_NEW);
        commit(store, (uint64_t)round + 1, round ? 7 : 4);
    }
    assert_int_equal(add(store, "h", "A new title", HARBOUR), SR_OUTCOME_UPDATED);
    assert_int_equal(add(store, "h", "A newer title", HARBOUR), SR_OUTCOME_UPDATED);
    assert_int_equal(add(store, "h", "A newer title", HARBOUR), SR_OUTCOME_UNCHANGED);
    commit(store, 3, 7);
    uint64_t number;
    assert_int_equal(sr_store_commit(store, &number, NULL), SR_OK);
    assert_int_equal(number, 3); /* nothing to commit */
    sr_store_close(store);
}

static void empty_articles_repeat_nothing(void **state)
{
    (void)state;
    sr_store *store = open_new(false);
    assert_int_equal(add(store, "a", "", ""), SR_OUTCOME_NEW);
    assert_int_equal(add(store, "b", "", "..."), SR_OUTCOME_NEW);
    commit(store, 1, 2);
    assert_int_equal(add(store, "c", "", ""), SR_OUTCOME_NEW);
    assert_int_equal(add(store, "d", "Only a title", ""), SR_OUTCOME_NEW);
    assert_int_equal(add(store, "e", "Only a title", ""), SR_OUTCOME_EXACT);
    sr_article nameless = article("", "t", "x");
    assert_int_equal(sr_store_add_articles(store, &nameless, 1, NULL, NULL), SR_ERR_ARGUMENT);
    sr_store_close(store);
}

static void a_dedup_only_store_decides_by_estimate(void **state)
{
    (void)state;
    char edited[sizeof HARBOUR];
    memcpy(edited, HARBOUR, sizeof HARBOUR);
    memcpy(strstr(edited, "Monday"), "Sunday", 6);
    sr_store *store = open_new(true);
    assert_int_equal(add(store, "h", "Harbour", HARBOUR), SR_OUTCOME_NEW);
    assert_int_equal(add(store, "n", "Harbour", edited), SR_OUTCOME_NEAR);
    commit(store, 1, 2);
    assert_int_equal(add(store, "n2", "Harbour", edited), SR_OUTCOME_EXACT);
    assert_int_equal(add(store, "v", "Van", LIBRARY), SR_OUTCOME_NEW);
    sr_store_close(store);
}

static void readers_refuse_to_add(void **state)
{
    (void)state;
    sr_store *store = open_new(false);
    commit(store, 0, 0);
    sr_store_close(store);
    assert_int_equal(sr_store_open(place("s"), SR_STORE_READ, NULL, &store, NULL), SR_OK);
    sr_article one = article("a", "t", "x");
    assert_int_equal(sr_store_add_articles(store, &one, 1, NULL, NULL), SR_ERR_ARGUMENT);
    sr_store_close(store);
}

static void write_file(const char *name, const char *bytes)
{
    FILE *file = fopen(place(name), "w");
    assert_non_null(file);
    assert_true(fputs(bytes, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void assert_file(const char *name, const char *expected)
{
    sr_buffer bytes;
    sr_buffer_init(&bytes, SR_BUFFER_NO_LIMIT);
    assert_int_equal(sr_file_read_all(place(name), &bytes, NULL), SR_OK);
    assert_int_equal(sr_buffer_append(&bytes, "", 1), SR_OK);
    assert_string_equal(bytes.data, expected);
    sr_buffer_release(&bytes);
}

typedef struct told {
    int n_warnings;
    char last[200];
    bool cancel;
} told;

static void note_message(void *context, sr_message_level level, const char *text)
{
    told *t = context;
    if (level == SR_MESSAGE_WARNING) {
        t->n_warnings++;
        snprintf(t->last, sizeof t->last, "%s", text);
    }
}

static bool is_cancelled(void *context)
{
    return ((told *)context)->cancel;
}

static const char FEED[] =
    "{\"id\":\"a\",\"title\":\"One\",\"text\":\"the first of two short texts\"}\n"
    "[1,2]\n"
    "{\"id\":\"b\",\"title\":\"Two\",\"text\":\"The first, of two short texts!\"}\n";

static void bad_records_are_told_and_the_good_ones_kept(void **state)
{
    (void)state;
    write_file("feed.jsonl", FEED);
    told heard = {0};
    sr_observer observer = {.context = &heard, .message = note_message};
    sr_store *store = open_new(false);
    sr_store_close(store);
    assert_int_equal(sr_store_open(place("s"), SR_STORE_WRITE, &observer, &store, NULL), SR_OK);
    char feed[512], report[512];
    snprintf(feed, sizeof feed, "%s", place("feed.jsonl"));
    snprintf(report, sizeof report, "%s", place("report.csv"));
    const char *feeds[] = {feed};
    sr_add_summary summary;
    assert_int_equal(sr_store_add_feeds(store, feeds, 1, NULL, report, &summary, NULL), SR_OK);
    assert_int_equal(summary.n_records, 3);
    assert_int_equal(summary.outcomes[SR_OUTCOME_NEW], 1);
    assert_int_equal(summary.outcomes[SR_OUTCOME_EXACT], 1);
    assert_int_equal(summary.outcomes[SR_OUTCOME_BAD], 1);
    assert_int_equal(heard.n_warnings, 1);
    assert_non_null(strstr(heard.last, "feed.jsonl:2: "));
    char expected[2000];
    snprintf(
        expected, sizeof expected,
        "file,line,id,outcome,of,similarity\n%s,1,a,new,,\n%s,2,,bad,,\n%s,3,b,exact,a,1.0000\n",
        feed, feed, feed);
    assert_file("report.csv", expected);
    commit(store, 1, 2);

    sr_feed_options strict;
    sr_feed_options_init(&strict);
    strict.max_bad = 0;
    sr_error error;
    assert_int_equal(sr_store_add_feeds(store, feeds, 1, &strict, NULL, &summary, &error),
                     SR_ERR_LIMIT);
    assert_int_equal(error.line, 2);
    strict.max_bad = UINT64_MAX;
    strict.max_bad_share = .3;
    assert_int_equal(sr_store_add_feeds(store, feeds, 1, &strict, NULL, &summary, &error),
                     SR_ERR_LIMIT);
    heard.cancel = true;
    sr_store_close(store);
    observer.cancelled = is_cancelled;
    assert_int_equal(sr_store_open(place("s"), SR_STORE_WRITE, &observer, &store, NULL), SR_OK);
    assert_int_equal(sr_store_add_feeds(store, feeds, 1, NULL, NULL, &summary, &error),
                     SR_ERR_INTERRUPTED);
    sr_store_close(store);
}

/* The segment of the project's own feeds, byte for byte, for 1, 2, 3 and 8 threads. */
static void stores_do_not_depend_on_threads(void **state)
{
    (void)state;
    static const int N_THREADS[] = {1, 2, 3, 8};
    const char *feeds[] = {SR_TEST_DATASETS "/feed"};
    sr_buffer bytes[4];
    int before = omp_get_max_threads();
    for (size_t i = 0; i < 4; i++) {
        omp_set_num_threads(N_THREADS[i]);
        sr_params params;
        sr_params_init(&params);
        char store_dir[512];
        snprintf(store_dir, sizeof store_dir, "%s/t%d", dir, N_THREADS[i]);
        sr_store *store;
        sr_add_summary summary;
        uint64_t number;
        assert_int_equal(sr_store_init(store_dir, &params, false, NULL), SR_OK);
        assert_int_equal(sr_store_open(store_dir, SR_STORE_WRITE, NULL, &store, NULL), SR_OK);
        assert_int_equal(sr_store_add_feeds(store, feeds, 1, NULL, NULL, &summary, NULL), SR_OK);
        assert_true(summary.n_records > 200);
        assert_int_equal(sr_store_commit(store, &number, NULL), SR_OK);
        sr_store_close(store);
        size_t n_dir = strlen(store_dir);
        snprintf(store_dir + n_dir, sizeof store_dir - n_dir, "/seg-0000000000000001.seg");
        sr_buffer_init(&bytes[i], SR_BUFFER_NO_LIMIT);
        assert_int_equal(sr_file_read_all(store_dir, &bytes[i], NULL), SR_OK);
        assert_int_equal(bytes[i].n_bytes, bytes[0].n_bytes);
        assert_memory_equal(bytes[i].data, bytes[0].data, bytes[0].n_bytes);
    }
    omp_set_num_threads(before);
    for (size_t i = 0; i < 4; i++) {
        sr_buffer_release(&bytes[i]);
    }
}

static void leads_and_sources_are_filled(void **state)
{
    (void)state;
    sr_params params;
    sr_preparer preparer;
    sr_prepared prepared;
    sr_arena arena;
    sr_arena_init(&arena);
    sr_params_init(&params);
    assert_int_equal(sr_preparer_init(&preparer, &params, false), SR_OK);
    sr_article one = article("a", "Van", LIBRARY);
    one.url = sr_str_of("https://www.kell-valley.example:8080/news/van");
    assert_int_equal(sr_prepare(&preparer, &arena, &one, false, &prepared), SR_OK);
    assert_true(sr_str_equal_text(prepared.article.source, "kell-valley.example"));
    assert_true(prepared.article.lead.n_bytes > 200 &&
                prepared.article.lead.n_bytes < sizeof LIBRARY - 20);
    size_t n_kept = prepared.article.lead.n_bytes - strlen("…");
    assert_memory_equal(prepared.article.lead.data, LIBRARY, n_kept);
    assert_memory_equal(prepared.article.lead.data + n_kept, "…", strlen("…"));
    assert_int_equal(prepared.language, SR_LANGUAGE('e', 'n'));
    one.lead = sr_str_of(" A  van\n comes back ");
    one.source = sr_str_of("Valley Post");
    assert_int_equal(sr_prepare(&preparer, &arena, &one, false, &prepared), SR_OK);
    assert_true(sr_str_equal_text(prepared.article.lead, "A van comes back"));
    assert_true(sr_str_equal_text(prepared.article.source, "Valley Post"));
    sr_preparer_release(&preparer);
    sr_arena_release(&arena);
}

static void note_id(void *context, sr_str id)
{
    char *all = context;
    size_t n = strlen(all);
    memcpy(all + n, id.data, id.n_bytes);
    all[n + id.n_bytes] = '\0';
}

/* Articles that are only pending go like those that are stored; a dry run takes nothing. */
static void articles_are_removed(void **state)
{
    (void)state;
    sr_store *store = open_new(false);
    sr_article list[] = {article("a", "A", HARBOUR), article("b", "B", LIBRARY),
                         article("c", "C", "Three words only"), article("d", "D", "Four")};
    for (size_t i = 0; i < SR_ARRAY_COUNT(list); i++) {
        list[i].published_s = i < 3 ? (int64_t)i * 1000 : SR_TIME_UNKNOWN;
        list[i].source = sr_str_of(i % 2 ? "odd" : "even");
    }
    char seen[32] = "";
    assert_int_equal(sr_store_add_articles(store, list, 2, NULL, NULL), SR_OK);
    commit(store, 1, 2);
    assert_int_equal(sr_store_add_articles(store, list + 2, 2, NULL, NULL), SR_OK);
    sr_removal removal = {.before_s = 1001, .dry_run = true, .seen = note_id, .context = seen};
    sr_removal_summary summary;
    assert_int_equal(sr_store_remove(store, &removal, &summary, NULL), SR_OK);
    assert_int_equal(summary.n_removed, 2);
    assert_string_equal(seen, "ab");
    removal = (sr_removal){.before_s = 5000, .source = "even"};
    assert_int_equal(sr_store_remove(store, &removal, &summary, NULL), SR_OK);
    assert_int_equal(summary.n_removed, 2);
    commit(store, 2, 2);
    const char *const ids[] = {"x", "b", "a", "b"};
    removal = (sr_removal){.ids = ids, .n_ids = 4, .before_s = SR_TIME_UNKNOWN};
    assert_int_equal(sr_store_remove(store, &removal, &summary, NULL), SR_OK);
    assert_int_equal(summary.n_removed, 1);
    assert_int_equal(summary.n_unknown, 2);
    commit(store, 3, 1);
    removal.source = "odd";
    assert_int_equal(sr_store_remove(store, &removal, &summary, NULL), SR_ERR_ARGUMENT);
    removal = (sr_removal){.before_s = SR_TIME_UNKNOWN};
    assert_int_equal(sr_store_remove(store, &removal, &summary, NULL), SR_ERR_ARGUMENT);
    assert_int_equal(add(store, "a", "A", HARBOUR), SR_OUTCOME_NEW); /* it repeats nothing now */
    assert_int_equal(sr_store_compact(store, NULL), SR_OK);          /* and commits it */
    sr_store_info info;
    sr_store_get_info(store, &info);
    assert_int_equal(info.commit, 4);
    assert_int_equal(info.n_articles, 2);
    assert_int_equal(info.n_removed, 0);
    assert_int_equal(info.n_segments, 1);
    assert_int_equal(add(store, "a", "A", HARBOUR), SR_OUTCOME_UNCHANGED);
    sr_store_close(store);
    assert_int_equal(sr_store_open(place("s"), SR_STORE_READ, NULL, &store, NULL), SR_OK);
    removal = (sr_removal){.source = "odd", .before_s = SR_TIME_UNKNOWN};
    assert_int_equal(sr_store_remove(store, &removal, &summary, NULL), SR_ERR_ARGUMENT);
    removal.dry_run = true;
    assert_int_equal(sr_store_remove(store, &removal, &summary, NULL), SR_OK);
    assert_int_equal(summary.n_removed, 1);
    sr_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(outcomes_of_an_upsert, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(empty_articles_repeat_nothing, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(a_dedup_only_store_decides_by_estimate, make_dir,
                                        remove_dir),
        cmocka_unit_test_setup_teardown(readers_refuse_to_add, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(bad_records_are_told_and_the_good_ones_kept, make_dir,
                                        remove_dir),
        cmocka_unit_test_setup_teardown(stores_do_not_depend_on_threads, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(articles_are_removed, make_dir, remove_dir),
        cmocka_unit_test(leads_and_sources_are_filled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
