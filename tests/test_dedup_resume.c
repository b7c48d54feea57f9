/* test_dedup_resume.c — a run that is killed at any moment, and resumed until it is done, writes
 * what a run writes that was never interrupted. */
#include "base/buffer.h"
#include "base/hash.h"
#include "dedup/plan.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <dirent.h>
#include <omp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define IS_SLOW 1 /* a run takes four seconds, not a tenth of one */
#endif
#endif
#ifndef IS_SLOW
#define IS_SLOW 0
#endif

enum { N_FEEDS = 3, N_ARTICLES = 4500, N_WORDS = 60, N_KILLS = IS_SLOW ? 1 : 3, PATH_BYTES = 96 };

static char dir[] = "/tmp/simrank-resume-XXXXXX";
static char feeds[N_FEEDS][PATH_BYTES];
static unsigned long long seed = 1;

static uint32_t draw(void)
{
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(seed >> 33);
}

/* How a run is made. */
typedef struct setting {
    const char *output; /* below the place of the run; "": the place itself, a directory */
    bool is_spilled;    /* by the least memory that there is */
    bool adds; /* against a store that has a part of the first feed; survivors go into it */
} setting;

/* What is left behind. */
typedef struct outcome {
    uint64_t bytes; /* hash of names and contents of all files of the place */
    size_t n_files;
    sr_dedup_summary summary;
} outcome;

/* ---------------------------------------------------------------- made files */

static void path_of(char path[PATH_BYTES], const char *place, const char *name)
{
    snprintf(path, PATH_BYTES, "%s/%s/%s", dir, place, name);
}

/* What a site writes below every article: learnt, and left out where texts are compared. */
static const char FOOTER[] = "Our readers get the news of the town and of the valley every morning "
                             "by post or by letter for the price of a cup of coffee in the market";

/* Of three articles two repeat: one in its words but one, one cut to two thirds. */
static bool write_feed(const char *path, unsigned first, unsigned n_articles)
{
    FILE *file = fopen(path, "w");
    for (unsigned i = first; file && i < first + n_articles; i++) {
        unsigned story = (i / 3) * 3;
        unsigned n_words = i % 3 == 2 ? N_WORDS * 2 / 3 : N_WORDS;
        fprintf(file, "{\"id\":\"%u\",\"title\":\"Story number %u of the day\",\"text\":\"", i,
                story);
        for (unsigned w = 0; w < n_words; w++) {
            fprintf(file, "s%xw%u ", (story + 1) * 2654435761U, w);
        }
        fprintf(file, "own%u. %s\"}\n", i % 3 == 1 ? i : story, FOOTER);
    }
    return file && fclose(file) == 0;
}

/* An empty place with an empty directory for temporary files. */
static void make_place(const char *place)
{
    char command[4 * PATH_BYTES];
    snprintf(command, sizeof command, "rm -rf %s/%s && mkdir -p %s/%s/tmp %s/%s/out", dir, place,
             dir, place, dir, place);
    assert_int_equal(system(command), 0);
}

/* Work that may use threads of OpenMP: in a process of its own, as the parent will fork again. */
static void do_apart(sr_status (*work)(const char *place), const char *place)
{
    int code = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        _exit((int)work(place));
    }
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_true(WIFEXITED(code));
    assert_int_equal(WEXITSTATUS(code), SR_OK);
}

/* A store that has the first third of the first feed. */
static sr_status make_store(const char *place)
{
    char store_dir[PATH_BYTES];
    char part[PATH_BYTES];
    const char *names[] = {part};
    sr_params params;
    sr_store *store = NULL;
    sr_add_summary summary;
    uint64_t commit;
    path_of(store_dir, place, "store");
    path_of(part, place, "part.jsonl");
    sr_params_init(&params);
    if (!write_feed(part, 0, N_ARTICLES / 3)) {
        return SR_ERR_IO;
    }
    SR_TRY(sr_store_init(store_dir, &params, false, NULL));
    SR_TRY(sr_store_open(store_dir, SR_STORE_WRITE, NULL, &store, NULL));
    sr_status status = sr_store_add_feeds(store, names, 1, NULL, NULL, &summary, NULL);
    status = status == SR_OK ? sr_store_commit(store, &commit, NULL) : status;
    sr_store_close(store);
    return status;
}

static bool write_to_file(void *context, const char *bytes, size_t n_bytes)
{
    return fwrite(bytes, 1, n_bytes, context) == n_bytes;
}

/* All that the store of a place has, and its commit, as a file among the results. */
static sr_status export_store(const char *place)
{
    char store_dir[PATH_BYTES];
    char path[PATH_BYTES];
    sr_store *store = NULL;
    sr_store_info info;
    path_of(store_dir, place, "store");
    path_of(path, place, "out/store.jsonl");
    SR_TRY(sr_store_open(store_dir, SR_STORE_READ, NULL, &store, NULL));
    sr_store_get_info(store, &info);
    FILE *file = fopen(path, "w");
    sr_status status =
        file ? sr_store_export(store, SR_FORMAT_JSONL, write_to_file, file, NULL) : SR_ERR_IO;
    if (file && fprintf(file, "commit %u\n", (unsigned)info.commit) < 0) {
        status = SR_ERR_IO;
    }
    sr_store_close(store);
    return file && fclose(file) == 0 ? status : SR_ERR_IO;
}

static int set_up(void **state)
{
    (void)state;
    bool made = mkdtemp(dir) != NULL;
    for (unsigned f = 0; made && f < N_FEEDS; f++) {
        snprintf(feeds[f], sizeof feeds[f], "%s/feed%u.jsonl", dir, f);
        made = write_feed(feeds[f], f * N_ARTICLES + f, N_ARTICLES);
    }
    if (made) {
        make_place("base");
        do_apart(make_store, "base");
    }
    return made ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    char command[PATH_BYTES];
    snprintf(command, sizeof command, "rm -r %s", dir);
    return system(command);
}

/* With a store of its own, too. */
static void make_place_for(const char *place, const setting *how)
{
    char command[4 * PATH_BYTES];
    make_place(place);
    if (how->adds) {
        snprintf(command, sizeof command, "cp -r %s/base/store %s/%s", dir, dir, place);
        assert_int_equal(system(command), 0);
    }
}

/* ---------------------------------------------------------------- runs */

typedef struct place_paths {
    char output[PATH_BYTES];
    char report[PATH_BYTES];
    char page[PATH_BYTES];
    char temp[PATH_BYTES];
    char summary[PATH_BYTES];
    char store[PATH_BYTES];
    const char *reports[2];
} place_paths;

static void set_options(const char *place, const setting *how, bool resume, place_paths *paths,
                        sr_dedup_options *options)
{
    path_of(paths->output, place, how->output);
    path_of(paths->report, place, "out/report.csv");
    path_of(paths->page, place, "out/page.html");
    path_of(paths->temp, place, "tmp");
    path_of(paths->summary, place, "summary");
    paths->reports[0] = paths->report;
    paths->reports[1] = paths->page;
    sr_dedup_options_init(options);
    options->output = paths->output;
    options->reports = paths->reports;
    options->n_reports = 2;
    options->tmp_dir = paths->temp;
    /* what any run needs at least, so that an article more is too many */
    uint64_t least_bytes = (31 + 12 * (uint64_t)omp_get_max_threads()) << 20;
    options->memory_bytes = how->is_spilled ? least_bytes : (uint64_t)2 << 30;
    options->resume = resume;
    options->n_audited = 50;
    if (how->adds) {
        path_of(paths->store, place, "store");
        options->against = paths->store;
        options->add = true;
    }
}

static sr_status run(const char *place, const setting *how, bool resume,
                     const sr_observer *observer)
{
    const char *names[N_FEEDS];
    place_paths paths;
    sr_dedup_options options;
    sr_dedup_summary summary;
    for (size_t f = 0; f < N_FEEDS; f++) {
        names[f] = feeds[f];
    }
    memset(&summary, 0, sizeof summary);
    set_options(place, how, resume, &paths, &options);
    SR_TRY(sr_dedup(names, N_FEEDS, &options, observer, &summary, NULL));
    FILE *file = fopen(paths.summary, "w");
    bool written = file && fwrite(&summary, sizeof summary, 1, file) == 1;
    return file && fclose(file) == 0 && written ? SR_OK : SR_ERR_IO;
}

static uint64_t hash_file(const char *path, uint64_t hash)
{
    sr_buffer bytes;
    sr_buffer_init(&bytes, SR_BUFFER_NO_LIMIT);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char block[4096];
    for (size_t n; (n = fread(block, 1, sizeof block, file)) > 0;) {
        assert_int_equal(sr_buffer_append(&bytes, block, n), SR_OK);
    }
    assert_int_equal(fclose(file), 0);
    hash = sr_hash_bytes(bytes.data, bytes.n_bytes, hash);
    sr_buffer_release(&bytes);
    return hash;
}

static int is_visible(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* The files of a directory, which must be all there is. */
static void look_at(const char *place, outcome *out)
{
    char path[PATH_BYTES];
    struct dirent **entries;
    *out = (outcome){0};
    path_of(path, place, "tmp");
    assert_int_equal(scandir(path, &entries, is_visible, alphasort), 0); /* cleaned up */
    free(entries);
    path_of(path, place, "out");
    int n = scandir(path, &entries, is_visible, alphasort);
    assert_true(n > 0);
    for (int i = 0; i < n; i++) {
        char file[PATH_BYTES + 260];
        snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
        out->bytes = sr_hash_bytes(entries[i]->d_name, strlen(entries[i]->d_name), out->bytes);
        out->bytes = hash_file(file, out->bytes);
        free(entries[i]);
    }
    free(entries);
    out->n_files = (size_t)n;
    path_of(path, place, "summary");
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fread(&out->summary, sizeof out->summary, 1, file), 1);
    assert_int_equal(fclose(file), 0);
}

static void look_at_all(const char *place, const setting *how, outcome *out)
{
    if (how->adds) {
        do_apart(export_store, place);
    }
    look_at(place, out);
}

static void assert_same(const outcome *a, const outcome *b)
{
    assert_int_equal(a->n_files, b->n_files);
    assert_int_equal(a->bytes, b->bytes);
    assert_memory_equal(&a->summary, &b->summary, sizeof a->summary);
}

static void hear_of_files(void *context, sr_message_level level, const char *text)
{
    (void)level;
    *(bool *)context |= strstr(text, "is kept in files") != NULL;
}

static int run_alone(const char *place, const setting *how, int n_threads, bool resume)
{
    bool spilled = false;
    const sr_observer observer = {.context = &spilled, .message = hear_of_files};
    omp_set_num_threads(n_threads);
    sr_status status = run(place, how, resume, &observer);
    return spilled == how->is_spilled ? (int)status : -1;
}

static ino_t inode_of(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 ? about.st_ino : 0;
}

/* In a process of its own, which is killed after so long, or once the store has the survivors
 * (`most_ns` 0); true: it was done before. */
static bool run_for(const char *place, const setting *how, int n_threads, bool resume,
                    uint64_t most_ns)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        _exit(run_alone(place, how, n_threads, resume));
    }
    struct timespec start;
    struct timespec now;
    int code = 0;
    char manifest[PATH_BYTES];
    path_of(manifest, place, "store/MANIFEST");
    const ino_t before = inode_of(manifest);
    clock_gettime(CLOCK_MONOTONIC, &start);
    pid_t ended = 0;
    while ((ended = waitpid(child, &code, WNOHANG)) == 0) {
        const struct timespec pause = {.tv_nsec = most_ns ? 200 * 1000 : 1000};
        clock_gettime(CLOCK_MONOTONIC, &now);
        uint64_t gone_ns = (uint64_t)(now.tv_sec - start.tv_sec) * 1000000000U +
                           (uint64_t)now.tv_nsec - (uint64_t)start.tv_nsec;
        if (most_ns ? gone_ns >= most_ns : inode_of(manifest) != before) {
            assert_int_equal(kill(child, SIGKILL), 0);
            assert_int_equal(waitpid(child, &code, 0), child);
            break;
        }
        nanosleep(&pause, NULL);
    }
    if (WIFSIGNALED(code)) {
        return false;
    }
    assert_int_equal(WEXITSTATUS(code), SR_OK);
    return true;
}

/* Has a run that was killed done all, and even removed its checkpoint? */
static bool was_complete(const char *place, ino_t manifest_before)
{
    char path[PATH_BYTES];
    struct dirent **entries;
    path_of(path, place, "store/MANIFEST");
    bool has_committed = inode_of(path) != manifest_before;
    path_of(path, place, "tmp");
    int n = scandir(path, &entries, is_visible, alphasort);
    for (int i = 0; i < n; i++) {
        free(entries[i]);
    }
    free(entries);
    return has_committed && n == 0;
}

/* Kills runs at random moments of what one takes; the last one is left alone. SR_TEST_FULL: more of
 * them. */
static void kill_and_resume(const setting *how)
{
    static const int THREADS[] = {2, 1, 3, 8};
    outcome plain;
    outcome other;
    char path[PATH_BYTES];
    struct timespec start;
    struct timespec end;
    make_place_for("run", how);
    clock_gettime(CLOCK_MONOTONIC, &start);
    setting without = *how;
    without.is_spilled = false;
    assert_true(run_for("run", &without, 2, false, UINT64_MAX));
    clock_gettime(CLOCK_MONOTONIC, &end);
    look_at_all("run", how, &plain);
    assert_true(plain.summary.n_relation[SR_RELATION_NEAR] > N_ARTICLES / 2);
    assert_int_equal(plain.summary.n_added > N_ARTICLES / 2, how->adds);
    uint64_t whole_ns = (uint64_t)(end.tv_sec - start.tv_sec) * 1000000000U +
                        (uint64_t)end.tv_nsec - (uint64_t)start.tv_nsec;
    unsigned n_wanted = getenv("SR_TEST_FULL") ? 20 * N_KILLS : N_KILLS;
    unsigned n_kills = 0;
    for (unsigned trial = 0; n_kills < n_wanted || (trial < 2 && !IS_SLOW); trial++) {
        make_place_for("run", how);
        path_of(path, "run", "store/MANIFEST");
        ino_t manifest = inode_of(path);
        bool done = false;
        while (!done) {
            uint64_t most_ns =
                n_kills < 2 * n_wanted ? whole_ns / 4096 * (1 + draw() % 4096) : UINT64_MAX;
            most_ns = how->adds && trial % 2 ? 0 : most_ns;
            done = run_for("run", how, THREADS[draw() % SR_ARRAY_COUNT(THREADS)], true, most_ns);
            n_kills += !done;
            if (!done && how->adds && was_complete("run", manifest)) {
                make_place_for("run", how); /* nothing is left to resume: a new run would begin */
                manifest = inode_of(path);
            }
        }
        look_at_all("run", how, &other);
        assert_same(&plain, &other);
    }
}

static void killed_and_resumed(void **state)
{
    (void)state;
    kill_and_resume(&(setting){.output = "out/clean.jsonl"});
}

static void killed_and_resumed_with_little_memory(void **state)
{
    (void)state;
    kill_and_resume(&(setting){.output = "out/clean.jsonl", .is_spilled = true});
}

static void killed_and_resumed_with_a_store(void **state)
{
    (void)state;
    kill_and_resume(&(setting){.output = "out/clean.jsonl", .adds = true});
}

/* ---------------------------------------------------------------- interruptions */

typedef struct watched {
    unsigned n_left; /* questions until the answer is yes */
    bool told;       /* how to resume */
} watched;

static bool is_cancelled(void *context)
{
    watched *self = context;
    return self->n_left == 0 || self->n_left-- == 1;
}

static void hear(void *context, sr_message_level level, const char *text)
{
    watched *self = context;
    (void)level;
    self->told |= strstr(text, "--resume continues") != NULL;
}

static sr_status run_watched(const char *place, const setting *how, watched *self)
{
    const sr_observer observer = {.context = self, .message = hear, .cancelled = is_cancelled};
    return run(place, how, true, &observer);
}

static void an_interrupted_run_says_how_to_go_on(void **state)
{
    (void)state;
    const setting how = {.output = "out/clean.jsonl"};
    outcome plain;
    outcome other;
    bool any_told = false;
    make_place("run");
    assert_int_equal(run("run", &how, false, NULL), SR_OK);
    look_at("run", &plain);
    make_place("run");
    unsigned n_stops = 0;
    sr_status status = SR_ERR_INTERRUPTED;
    for (unsigned n_left = 2; status != SR_OK; n_left += n_left / 2, n_stops++) {
        watched self = {.n_left = n_left};
        status = run_watched("run", &how, &self);
        assert_true(status == SR_OK || status == SR_ERR_INTERRUPTED);
        any_told |= self.told;
    }
    assert_true(n_stops > 3);
    assert_true(any_told);
    look_at("run", &other);
    assert_same(&plain, &other);
}

/* Leaves a checkpoint behind. */
static void interrupt(const setting *how)
{
    make_place_for("run", how);
    for (unsigned n_left = 16;; n_left *= 2) {
        watched self = {.n_left = n_left};
        assert_int_equal(run_watched("run", how, &self), SR_ERR_INTERRUPTED);
        if (self.told) {
            return;
        }
    }
}

static void another_run_is_not_resumed(void **state)
{
    (void)state;
    setting how = {.output = "out/clean.jsonl"};
    place_paths paths;
    sr_dedup_options options;
    sr_dedup_summary summary;
    sr_error error = {0};
    const char *names[] = {feeds[0], feeds[1], feeds[2]};
    interrupt(&how);
    set_options("run", &how, true, &paths, &options);
    options.thresholds.jaccard = 0.8;
    assert_int_equal(sr_dedup(names, N_FEEDS, &options, NULL, &summary, &error), SR_ERR_MISMATCH);
    assert_non_null(strstr(error.text, "another threshold"));
    set_options("run", &how, true, &paths, &options);
    assert_int_equal(sr_dedup(names, N_FEEDS - 1, &options, NULL, &summary, &error),
                     SR_ERR_MISMATCH);
    FILE *file = fopen(feeds[1], "a");
    assert_non_null(file);
    fprintf(file, "{\"id\":\"one\",\"text\":\"more\"}\n");
    assert_int_equal(fclose(file), 0);
    assert_int_equal(sr_dedup(names, N_FEEDS, &options, NULL, &summary, &error), SR_ERR_MISMATCH);
    assert_non_null(strstr(error.text, "feed1.jsonl\" has changed"));
    assert_int_equal(run("run", &how, false, NULL), SR_OK); /* anew */
}

static void a_store_that_has_changed_is_not_asked_again(void **state)
{
    (void)state;
    const setting how = {.output = "out/clean.jsonl", .adds = true};
    const sr_article article = {.id = sr_str_of("late"), .text = sr_str_of("It came in between")};
    char store_dir[PATH_BYTES];
    sr_store *store = NULL;
    uint64_t commit;
    path_of(store_dir, "run", "store");
    for (int times = 0; times < 2; times++) {
        interrupt(&how);
        assert_int_equal(sr_store_open(store_dir, SR_STORE_WRITE, NULL, &store, NULL), SR_OK);
        if (times == 1) {
            assert_int_equal(sr_store_add_articles(store, &article, 1, NULL, NULL), SR_OK);
            assert_int_equal(sr_store_commit(store, &commit, NULL), SR_OK);
        } else {
            assert_int_equal(sr_store_compact(store, NULL), SR_OK); /* changes nothing */
        }
        sr_store_close(store);
        assert_int_equal(run("run", &how, true, NULL), times ? SR_ERR_MISMATCH : SR_OK);
    }
    assert_int_equal(run("run", &how, false, NULL), SR_OK); /* anew */
}

static void a_pipe_is_not_resumed(void **state)
{
    (void)state;
    sr_dedup_options options;
    sr_dedup_summary summary;
    const char *names[] = {"/dev/null"};
    sr_dedup_options_init(&options);
    options.resume = true;
    options.tmp_dir = dir;
    assert_int_equal(sr_dedup(names, 1, &options, NULL, &summary, NULL), SR_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_and_resumed),
        cmocka_unit_test(killed_and_resumed_with_little_memory),
        cmocka_unit_test(killed_and_resumed_with_a_store),
        cmocka_unit_test(an_interrupted_run_says_how_to_go_on),
        cmocka_unit_test(another_run_is_not_resumed),
        cmocka_unit_test(a_store_that_has_changed_is_not_asked_again),
        cmocka_unit_test(a_pipe_is_not_resumed),
    };
    if (getenv("ONLY"))
        cmocka_set_test_filter(getenv("ONLY"));
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
