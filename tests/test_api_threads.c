/* test_api_threads.c — the rules of simrank.h for threads: many share one open store, while others
 * add to it, remove from it, compact it and open it anew. Those that share it get the answers of
 * the commit that they opened, each time the same. Of most use under the thread sanitizer.
 */
#include "store_fixture.h"

#include "simrank.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    N = 240,
    N_READERS = 5,
    N_ROUNDS = 6,
    N_QUERIES = 4,
    N_COMMITS = 8,
    EACH = 12,
    MAX_SIGNED = 8
};

typedef struct shared_store {
    const char *dir;
    sr_store *store;
    uint64_t boxes[N_ROUNDS]; /* what one thread alone got */
    uint64_t exported;
    atomic_size_t n_wrong;
    atomic_bool is_written; /* the writer is done */
} shared_store;

/* ------------------------------------------------------------ one thread's work */

static bool append_bytes(void *context, const char *bytes, size_t n_bytes)
{
    return sr_buffer_append(context, bytes, n_bytes) == SR_OK;
}

static uint64_t hash_and_release(sr_buffer *out)
{
    uint64_t hash = sr_hash_bytes(out->data, out->n_bytes, 0);
    sr_buffer_release(out);
    return hash;
}

static sr_status ask_export(const sr_store *store, uint64_t *hash)
{
    sr_buffer out;
    sr_buffer_init(&out, SR_BUFFER_NO_LIMIT);
    sr_status status = sr_store_export(store, SR_FORMAT_CSV, append_bytes, &out, NULL);
    *hash = hash_and_release(&out);
    return status;
}

/* Several boxes in one call, by id and of an article in memory. */
static sr_status ask_boxes(const sr_store *store, uint32_t round, uint64_t *hash)
{
    fixture_article *made = malloc(sizeof *made);
    char ids[N_QUERIES][32];
    sr_query queries[N_QUERIES] = {{0}};
    sr_related_options options;
    sr_boxes *boxes = NULL;
    if (!made) {
        return SR_ERR_MEMORY;
    }
    fixture_make(made, 1000 + round, 1);
    sr_related_options_init(&options);
    options.why = round % 2;
    for (uint32_t i = 0; i < N_QUERIES; i++) {
        snprintf(ids[i], sizeof ids[i], "article-%u", (round * 31 + i * 7) % N);
        queries[i].id = ids[i];
    }
    queries[0] = (sr_query){.article = &made->article};
    sr_status status = sr_related(store, queries, N_QUERIES, &options, &boxes, NULL);
    if (status == SR_OK) {
        sr_buffer out;
        sr_buffer_init(&out, SR_BUFFER_NO_LIMIT);
        status = sr_boxes_render(boxes, SR_FORMAT_JSON, 0, append_bytes, &out);
        *hash = hash_and_release(&out);
    }
    sr_boxes_free(boxes);
    free(made);
    return status;
}

static void *read_shared(void *context)
{
    shared_store *shared = context;
    sr_column_info columns[SR_MAX_COLUMNS];
    for (uint32_t round = 0; round < N_ROUNDS; round++) {
        uint64_t hash = 0;
        sr_store_info info;
        bool is_right = ask_boxes(shared->store, round, &hash) == SR_OK &&
                        hash == shared->boxes[round] && ask_export(shared->store, &hash) == SR_OK &&
                        hash == shared->exported;
        sr_store_get_info(shared->store, &info);
        is_right = is_right && info.commit == 1 && info.n_articles == N &&
                   sr_store_get_columns(shared->store, columns, SR_MAX_COLUMNS) > 5;
        shared->n_wrong += !is_right;
    }
    return NULL;
}

static sr_status add(sr_store *store, uint32_t number, uint32_t version)
{
    fixture_article *made = malloc(sizeof *made);
    if (!made) {
        return SR_ERR_MEMORY;
    }
    fixture_make(made, number, version);
    sr_status status = sr_store_add_articles(store, &made->article, 1, NULL, NULL);
    free(made);
    return status;
}

static sr_status write_commits(sr_store *store)
{
    for (uint32_t i = 0; i < N_COMMITS; i++) {
        char gone[32];
        uint64_t commit = 0;
        sr_removal_summary summary;
        const char *const ids[] = {gone};
        sr_removal removal = {.ids = ids, .n_ids = 1, .before_s = SR_TIME_UNKNOWN};
        snprintf(gone, sizeof gone, "article-%u", i * 3);
        SR_TRY(sr_store_remove(store, &removal, &summary, NULL));
        for (uint32_t j = 0; j < EACH; j++) {
            SR_TRY(add(store, N + i * EACH + j, 1));
            SR_TRY(add(store, 100 + j, 2 + i));
        }
        SR_TRY(sr_store_commit(store, &commit, NULL));
        if (i % 3 == 2) {
            SR_TRY(sr_store_compact(store, NULL));
        }
    }
    return SR_OK;
}

static void *write_beside(void *context)
{
    shared_store *shared = context;
    sr_store *store = NULL;
    bool is_right = sr_store_open(shared->dir, SR_STORE_WRITE, NULL, &store, NULL) == SR_OK &&
                    write_commits(store) == SR_OK;
    sr_store_close(store);
    shared->n_wrong += !is_right;
    shared->is_written = true;
    return NULL;
}

/* Opens whatever commit there is: whole, and not older than the one before. */
static void *open_beside(void *context)
{
    shared_store *shared = context;
    uint64_t last = 0;
    for (bool is_last = false; !is_last;) {
        sr_store *store = NULL;
        sr_store_info info = {0};
        uint64_t hash = 0;
        is_last = shared->is_written;
        bool is_right = sr_store_open(shared->dir, SR_STORE_READ, NULL, &store, NULL) == SR_OK &&
                        ask_export(store, &hash) == SR_OK;
        if (is_right) {
            sr_store_get_info(store, &info);
            is_right = info.commit >= last && info.n_articles == N + (info.commit - 1) * (EACH - 1);
            last = info.commit;
        }
        sr_store_close(store);
        shared->n_wrong += !is_right;
    }
    shared->n_wrong += last != 1 + N_COMMITS;
    return NULL;
}

/* ------------------------------------------------------------ tests */

static void fill(const char *dir)
{
    fixture_create(dir, false);
    sr_store *store = NULL;
    uint64_t commit = 0;
    assert_ok(sr_store_open(dir, SR_STORE_WRITE, NULL, &store, NULL));
    for (uint32_t i = 0; i < N; i++) {
        assert_ok(add(store, i, 1));
    }
    assert_ok(sr_store_commit(store, &commit, NULL));
    sr_store_close(store);
}

static void test_one_store_for_many_threads(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    shared_store shared = {.dir = dir};
    pthread_t threads[N_READERS + 2];
    sr_store *alone = NULL;
    fill(dir);
    assert_ok(sr_store_open(dir, SR_STORE_READ, NULL, &alone, NULL));
    for (uint32_t round = 0; round < N_ROUNDS; round++) {
        assert_ok(ask_boxes(alone, round, &shared.boxes[round]));
    }
    assert_ok(ask_export(alone, &shared.exported));
    sr_store_close(alone);
    assert_ok(sr_store_open(dir, SR_STORE_READ, NULL, &shared.store, NULL));
    for (size_t i = 0; i < SR_ARRAY_COUNT(threads); i++) {
        void *(*work)(void *) = i < N_READERS   ? read_shared
                                : i > N_READERS ? open_beside
                                                : write_beside;
        assert_int_equal(pthread_create(&threads[i], NULL, work, &shared), 0);
    }
    for (size_t i = 0; i < SR_ARRAY_COUNT(threads); i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    assert_int_equal(shared.n_wrong, 0);
    sr_store_close(shared.store);
    assert_ok(sr_store_check(dir, NULL, NULL));
    fixture_remove_directory(dir);
}

typedef struct signing {
    sr_params params;
    sr_str texts[MAX_SIGNED];
    sr_signature signatures[MAX_SIGNED];
    atomic_size_t n_wrong;
} signing;

static void *sign_and_compare(void *context)
{
    signing *work = context;
    for (int round = 0; round < N_ROUNDS; round++) {
        sr_signature made[MAX_SIGNED];
        sr_verdict verdict;
        sr_thresholds thresholds;
        sr_thresholds_init(&thresholds);
        bool is_right = sr_sign_texts(&work->params, work->texts, MAX_SIGNED, made) == SR_OK &&
                        memcmp(made, work->signatures, sizeof made) == 0 &&
                        sr_verify_pair(&work->params, &thresholds, work->texts[1], work->texts[1],
                                       &verdict) == SR_OK &&
                        verdict.relation == SR_RELATION_EXACT;
        work->n_wrong += !is_right;
    }
    return NULL;
}

static void test_stateless_calls(void **state)
{
    (void)state;
    static fixture_article made[MAX_SIGNED];
    static signing work;
    pthread_t threads[N_READERS];
    sr_params_init(&work.params);
    for (uint32_t i = 0; i < MAX_SIGNED; i++) {
        fixture_make(&made[i], i, 1);
        work.texts[i] = made[i].article.text;
    }
    assert_ok(sr_sign_texts(&work.params, work.texts, MAX_SIGNED, work.signatures));
    for (size_t i = 0; i < N_READERS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, sign_and_compare, &work), 0);
    }
    for (size_t i = 0; i < N_READERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    assert_int_equal(work.n_wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_store_for_many_threads),
        cmocka_unit_test(test_stateless_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
