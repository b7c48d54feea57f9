/* What does a store of one's own save over a table in SQLite? The same articles without their
 * texts — id, title, lead, url, source, date, hashes, MinHash values — in both, signed beforehand,
 * put in by commits of 10,000, each of them durable (SQLite: WAL, synchronous=FULL).
 *
 * Two databases: `sqlite` has an index of ids; `sqlite, bands` answers what a store answers: by id,
 * by content, and by 16 band keys, in a table of its own. Checked: both give the same title and URL
 * for every id that is asked, the same article as the most similar one, and the same candidates. */
#include "bench.h"

#include "base/file.h"
#include "base/hash.h"
#include "feed/feed.h"
#include "sketch/compare.h"
#include "store/store.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { COMMIT_ARTICLES = 10000, N_ASKED = 2000, MAX_DOCS_PER_BAND = 1000 };

typedef struct made_articles {
    sr_arena arena;
    sr_article *articles;
    sr_signature *signatures;
    size_t n;
    size_t capacity;
} made_articles;

typedef struct run {
    bench b;
    sr_params params;
    made_articles made;
    char *store_dir;
    char *paths[2]; /* of the databases */
    sr_snapshot *snapshot;
    sqlite3 *bases[2];
    sqlite3_stmt *by_id;
    sqlite3_stmt *scan;
    sqlite3_stmt *by_band;
    uint64_t sum; /* of what was read, so that both can be seen to read the same */
    size_t best;
} run;

/* ------------------------------------------------------------ the articles */

static void keep_batch(made_articles *made, sr_record_parser *parser, const sr_record_batch *batch)
{
    sr_error error = {0};
    for (size_t i = 0; i < batch->n_records; i++) {
        void *grown = made->articles;
        bench_need(sr_array_reserve(&grown, &made->capacity, made->n + 1, sizeof *made->articles),
                   NULL, "memory");
        made->articles = grown;
        sr_article *article = &made->articles[made->n++];
        bench_need(sr_record_parse(parser, &batch->records[i], &made->arena, article, &error),
                   &error, "a record");
        bench_need(sr_article_keep(&made->arena, article), NULL, "memory");
        if (article->lead.n_bytes == 0) {
            article->lead = article->text;
            article->lead.n_bytes = article->text.n_bytes < 200 ? article->text.n_bytes : 200;
        }
    }
}

static void read_articles(run *r, const char *path)
{
    sr_feed_options options;
    sr_feed_options_init(&options);
    sr_error error = {0};
    sr_feed *feed = NULL;
    sr_record_parser *parser = NULL;
    sr_record_batch batch;
    sr_record_batch_init(&batch);
    bench_need(sr_feed_open(&path, 1, &options, NULL, &feed, &error), &error, path);
    bench_need(sr_record_parser_create(feed, &parser), NULL, path);
    do {
        bench_need(sr_feed_next_batch(feed, 1024, 1 << 22, &batch, &error), &error, path);
        keep_batch(&r->made, parser, &batch);
    } while (batch.n_records > 0);
    sr_record_batch_release(&batch);
    sr_record_parser_free(parser);
    sr_feed_close(feed);
}

static void sign_articles(run *r)
{
    size_t n = r->made.n;
    sr_str *texts = bench_alloc(n * sizeof *texts);
    for (size_t i = 0; i < n; i++) {
        texts[i] = r->made.articles[i].text;
    }
    r->made.signatures = bench_alloc(n * sizeof *r->made.signatures);
    bench_need(sr_sign_texts(&r->params, texts, n, r->made.signatures), NULL, "sr_sign_texts");
    free(texts);
}

/* ------------------------------------------------------------ loading */

static void load_store(const run *r, const char *dir)
{
    sr_error error = {0};
    sr_writer *writer = NULL;
    uint64_t commit = 0;
    bool flushed = false;
    bench_need(sr_store_create(dir, &r->params, true, &error), &error, dir);
    bench_need(sr_writer_open(dir, false, NULL, &writer, &error), &error, dir);
    for (size_t i = 0; i < r->made.n; i++) {
        sr_store_entry entry = {.article = &r->made.articles[i],
                                .signature = &r->made.signatures[i],
                                .article_hash = i};
        bench_need(sr_writer_add(writer, &entry, &flushed, &error), &error, "sr_writer_add");
        if ((i + 1) % COMMIT_ARTICLES == 0) {
            bench_need(sr_writer_commit(writer, &commit, &error), &error, "sr_writer_commit");
        }
    }
    bench_need(sr_writer_commit(writer, &commit, &error), &error, "sr_writer_commit");
    sr_writer_close(writer);
}

static void run_sql(sqlite3 *base, const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(base, sql, NULL, NULL, &message) != SQLITE_OK) {
        bench_fail("%s: %s", sql, message);
    }
}

static sqlite3_stmt *prepare(sqlite3 *base, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(base, sql, -1, &statement, NULL) != SQLITE_OK) {
        bench_fail("%s: %s", sql, sqlite3_errmsg(base));
    }
    return statement;
}

static sqlite3 *open_base(const char *path)
{
    sqlite3 *base = NULL;
    if (sqlite3_open(path, &base) != SQLITE_OK) {
        bench_fail("%s: %s", path, sqlite3_errmsg(base));
    }
    run_sql(base, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=8589934592");
    return base;
}

static void bind_text(sqlite3_stmt *statement, int place, sr_str text)
{
    sqlite3_bind_text(statement, place, text.n_bytes ? text.data : "", (int)text.n_bytes,
                      SQLITE_STATIC);
}

static void insert(sqlite3_stmt *statement)
{
    if (sqlite3_step(statement) != SQLITE_DONE) {
        bench_fail("insert: %s", sqlite3_errmsg(sqlite3_db_handle(statement)));
    }
    sqlite3_reset(statement);
}

static void insert_article(const run *r, sqlite3_stmt *statement, size_t i)
{
    const sr_article *article = &r->made.articles[i];
    const sr_signature *signature = &r->made.signatures[i];
    const sr_str texts[] = {article->id,     article->title,  article->lead, article->url,
                            article->source, article->author, article->tags, article->image};
    int place = 1;
    sqlite3_bind_int64(statement, place++, (sqlite3_int64)i);
    for (size_t t = 0; t < SR_ARRAY_COUNT(texts); t++) {
        bind_text(statement, place++, texts[t]);
    }
    sqlite3_bind_int64(statement, place++, article->published_s);
    sqlite3_bind_int64(statement, place++, signature->n_words);
    sqlite3_bind_int64(statement, place++, signature->n_shingles);
    sqlite3_bind_int64(statement, place++, (sqlite3_int64)signature->simhash);
    sqlite3_bind_int64(statement, place++, (sqlite3_int64)signature->content[0]);
    sqlite3_bind_int64(statement, place++, (sqlite3_int64)signature->content[1]);
    sqlite3_bind_blob(statement, place++, signature->values,
                      (int)(r->params.n_values * sizeof *signature->values), SQLITE_STATIC);
    insert(statement);
}

static void insert_bands(const run *r, sqlite3_stmt *statement, size_t i)
{
    uint32_t keys[128];
    if (!sr_signature_band_keys(&r->params, &r->made.signatures[i], keys)) {
        return;
    }
    for (uint32_t band = 0; band < r->params.bands; band++) {
        sqlite3_bind_int64(statement, 1, band);
        sqlite3_bind_int64(statement, 2, keys[band]);
        sqlite3_bind_int64(statement, 3, (sqlite3_int64)i);
        insert(statement);
    }
}

static void load_base(const run *r, const char *path, bool with_bands)
{
    sqlite3 *base = open_base(path);
    run_sql(base, "CREATE TABLE article(number INTEGER PRIMARY KEY, id TEXT UNIQUE, title TEXT, "
                  "lead TEXT, url TEXT, source TEXT, author TEXT, tags TEXT, image TEXT, published "
                  "INTEGER, words INTEGER, shingles INTEGER, simhash INTEGER, content INTEGER, "
                  "content2 INTEGER, signature BLOB)");
    if (with_bands) {
        run_sql(base, "CREATE INDEX by_content ON article(content)");
        run_sql(base, "CREATE TABLE band(band INTEGER, key INTEGER, article INTEGER, PRIMARY "
                      "KEY(band, key, article)) WITHOUT ROWID");
    }
    sqlite3_stmt *article =
        prepare(base, "INSERT INTO article VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    sqlite3_stmt *band = with_bands ? prepare(base, "INSERT INTO band VALUES(?, ?, ?)") : NULL;
    run_sql(base, "BEGIN");
    for (size_t i = 0; i < r->made.n; i++) {
        insert_article(r, article, i);
        if (with_bands) {
            insert_bands(r, band, i);
        }
        if ((i + 1) % COMMIT_ARTICLES == 0) {
            run_sql(base, "COMMIT; BEGIN");
        }
    }
    run_sql(base, "COMMIT");
    sqlite3_finalize(article);
    sqlite3_finalize(band);
    run_sql(base, "PRAGMA wal_checkpoint(TRUNCATE)");
    sqlite3_close(base);
}

typedef void (*load_fn)(const run *r, const char *path);

static void load_plain(const run *r, const char *path)
{
    load_base(r, path, false);
}

static void load_with_bands(const run *r, const char *path)
{
    load_base(r, path, true);
}

/* Once: each load begins with nothing. Processor time beside the clock's, which a busy disk makes
 * longer. */
static void time_load(run *r, const char *name, load_fn load, const char *path)
{
    char row[64];
    struct timespec used[2];
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used[0]);
    double start = bench_seconds();
    load(r, path);
    double seconds = bench_seconds() - start;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used[1]);
    double cpu = (double)(used[1].tv_sec - used[0].tv_sec) +
                 1e-9 * (double)(used[1].tv_nsec - used[0].tv_nsec);
    snprintf(row, sizeof row, "load/%s", name);
    bench_row(&r->b, row, &seconds, (double)r->made.n, "article");
    snprintf(row, sizeof row, "load, processor time an article/%s", name);
    bench_value(&r->b, row, cpu / (double)r->made.n * 1e6, "µs", NULL);
}

static void load_all(run *r)
{
    r->b.n_repeats = 1;
    time_load(r, "simrank", load_store, r->store_dir);
    time_load(r, "sqlite", load_plain, r->paths[0]);
    time_load(r, "sqlite, bands", load_with_bands, r->paths[1]);
}

/* ------------------------------------------------------------ size and opening */

static void print_sizes(const run *r)
{
    double n = (double)r->made.n;
    sr_store_info info;
    sr_snapshot_info(r->snapshot, &info);
    bench_value(&r->b, "bytes an article/simrank", (double)info.n_bytes / n, "B", NULL);
    for (int i = 0; i < 2; i++) {
        struct stat file;
        if (stat(r->paths[i], &file) != 0) {
            bench_fail("%s is not there", r->paths[i]);
        }
        bench_value(&r->b, i ? "bytes an article/sqlite, bands" : "bytes an article/sqlite",
                    (double)file.st_size / n, "B", NULL);
    }
}

/* Open, one article by id, close. */
static void open_snapshot(void *context)
{
    run *r = context;
    sr_snapshot *snapshot = NULL;
    sr_doc doc = {0};
    bool found = false;
    bench_need(sr_snapshot_open(r->store_dir, &snapshot, NULL), NULL, r->store_dir);
    bench_need(sr_snapshot_find_id(snapshot, r->made.articles[0].id, &found, &doc), NULL, "id");
    r->sum += found;
    sr_snapshot_close(snapshot);
}

static void open_sqlite(void *context)
{
    run *r = context;
    sqlite3 *base = open_base(r->paths[0]);
    sqlite3_stmt *statement = prepare(base, "SELECT number FROM article WHERE id = ?");
    bind_text(statement, 1, r->made.articles[0].id);
    r->sum += sqlite3_step(statement) == SQLITE_ROW;
    sqlite3_finalize(statement);
    sqlite3_close(base);
}

/* ------------------------------------------------------------ reading */

static size_t asked(const run *r, size_t i)
{
    return (i * 7919 + 11) % r->made.n;
}

static uint64_t sum_of(sr_str title, sr_str url, int64_t published_s)
{
    return sr_hash_bytes(title.data, title.n_bytes, sr_hash_bytes(url.data, url.n_bytes, 0)) +
           (uint64_t)published_s;
}

static void look_up_store(void *context)
{
    run *r = context;
    sr_buffer title;
    sr_buffer url;
    sr_buffer_init(&title, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&url, SR_BUFFER_NO_LIMIT);
    r->sum = 0;
    for (size_t i = 0; i < N_ASKED; i++) {
        bool found = false;
        sr_doc doc = {0};
        sr_doc_facts facts;
        sr_str id = r->made.articles[asked(r, i)].id;
        bench_need(sr_snapshot_find_id(r->snapshot, id, &found, &doc), NULL, "by id");
        bench_need(sr_snapshot_read_field(r->snapshot, doc, SR_FIELD_TITLE, &title, NULL), NULL,
                   "title");
        bench_need(sr_snapshot_read_field(r->snapshot, doc, SR_FIELD_URL, &url, NULL), NULL, "url");
        sr_segment_facts(sr_snapshot_segment(r->snapshot, doc.segment), doc.ordinal, &facts);
        r->sum += sum_of(sr_buffer_view(&title), sr_buffer_view(&url), facts.published_s);
    }
    sr_buffer_release(&title);
    sr_buffer_release(&url);
}

static sr_str column_text(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return sr_str_make(text, (size_t)sqlite3_column_bytes(statement, column));
}

static void look_up_sqlite(void *context)
{
    run *r = context;
    sqlite3_stmt *statement = r->by_id;
    r->sum = 0;
    for (size_t i = 0; i < N_ASKED; i++) {
        bind_text(statement, 1, r->made.articles[asked(r, i)].id);
        if (sqlite3_step(statement) != SQLITE_ROW) {
            bench_fail("an id is not found");
        }
        sr_str title = column_text(statement, 0);
        r->sum += sum_of(title, column_text(statement, 1), sqlite3_column_int64(statement, 2));
        sqlite3_reset(statement);
    }
}

/* The article most similar to the first one, but itself; of equal ones the first. */
static void scan_store(void *context)
{
    run *r = context;
    const uint16_t *own = r->made.signatures[0].values;
    double best = -1;
    size_t number = 0;
    for (uint32_t s = 0; s < sr_snapshot_segment_count(r->snapshot); s++) {
        const sr_segment *segment = sr_snapshot_segment(r->snapshot, s);
        for (uint32_t i = 0; i < sr_segment_doc_count(segment); i++, number++) {
            const uint16_t *values = sr_segment_values(segment, i);
            double similarity = sr_values_jaccard(own, values, r->params.n_values);
            if (number > 0 && similarity > best) {
                best = similarity;
                r->best = number;
            }
        }
    }
}

static void scan_sqlite(void *context)
{
    run *r = context;
    const uint16_t *own = r->made.signatures[0].values;
    double best = -1;
    sqlite3_stmt *statement = r->scan;
    for (size_t number = 0; sqlite3_step(statement) == SQLITE_ROW; number++) {
        uint16_t values[256]; /* SQLite does not align what it gives */
        memcpy(values, sqlite3_column_blob(statement, 0), r->params.n_values * sizeof *values);
        double similarity = sr_values_jaccard(own, values, r->params.n_values);
        if (number > 0 && similarity > best) {
            best = similarity;
            r->best = number;
        }
    }
    sqlite3_reset(statement);
}

/* Articles that share a band key with each that is asked, counted once a band. */
static void near_store(void *context)
{
    run *r = context;
    sr_doc *docs = NULL;
    size_t capacity = 0;
    r->sum = 0;
    for (size_t i = 0; i < N_ASKED; i++) {
        uint32_t keys[128];
        size_t n_docs = 0;
        if (sr_signature_band_keys(&r->params, &r->made.signatures[asked(r, i)], keys)) {
            bench_need(sr_snapshot_find_bands(r->snapshot, keys, MAX_DOCS_PER_BAND, &docs, &n_docs,
                                              &capacity),
                       NULL, "bands");
        }
        r->sum += n_docs;
    }
    free(docs);
}

static void near_sqlite(void *context)
{
    run *r = context;
    r->sum = 0;
    for (size_t i = 0; i < N_ASKED; i++) {
        uint32_t keys[128];
        if (!sr_signature_band_keys(&r->params, &r->made.signatures[asked(r, i)], keys)) {
            continue;
        }
        for (uint32_t band = 0; band < r->params.bands; band++) {
            sqlite3_bind_int64(r->by_band, 2 * (int)band + 1, band);
            sqlite3_bind_int64(r->by_band, 2 * (int)band + 2, keys[band]);
        }
        while (sqlite3_step(r->by_band) == SQLITE_ROW) {
            r->sum++;
        }
        sqlite3_reset(r->by_band);
    }
}

static void prepare_reading(run *r)
{
    sr_buffer sql;
    sr_buffer_init(&sql, SR_BUFFER_NO_LIMIT);
    for (uint32_t band = 0; band < r->params.bands; band++) {
        bench_need(sr_buffer_append_format(&sql,
                                           "%sSELECT article FROM band WHERE band = ? AND key = ?",
                                           band ? " UNION " : ""),
                   NULL, "memory");
    }
    bench_need(sr_buffer_append(&sql, "", 1), NULL, "memory");
    bench_need(sr_snapshot_open(r->store_dir, &r->snapshot, NULL), NULL, r->store_dir);
    for (int i = 0; i < 2; i++) {
        r->bases[i] = open_base(r->paths[i]);
    }
    r->by_id = prepare(r->bases[0], "SELECT title, url, published FROM article WHERE id = ?");
    r->scan = prepare(r->bases[0], "SELECT signature FROM article ORDER BY number");
    r->by_band = prepare(r->bases[1], sql.data);
    sr_buffer_release(&sql);
}

static void check_same(run *r, void (*ours)(void *), void (*theirs)(void *), const char *what)
{
    ours(r);
    uint64_t sum = r->sum;
    size_t best = r->best;
    theirs(r);
    if (sum != r->sum || best != r->best) {
        bench_fail("%s: simrank and SQLite do not say the same", what);
    }
}

static void compare(run *r, const char *what, void (*ours)(void *), void (*theirs)(void *),
                    double n_items, const char *item)
{
    char names[2][64];
    snprintf(names[0], sizeof names[0], "%s/sqlite", what);
    snprintf(names[1], sizeof names[1], "%s/simrank", what);
    bench_case cases[] = {
        {.name = names[0], .run = theirs, .context = r, .n_items = n_items, .item = item},
        {.name = names[1], .run = ours, .context = r, .n_items = n_items, .item = item}};
    bench_compare(&r->b, cases, SR_ARRAY_COUNT(cases));
}

static void read_all(run *r, int n_repeats)
{
    double n = (double)r->made.n;
    r->b.n_repeats = n_repeats;
    check_same(r, look_up_store, look_up_sqlite, "by id");
    check_same(r, scan_store, scan_sqlite, "scan");
    check_same(r, near_store, near_sqlite, "bands");
    compare(r, "open and one id", open_snapshot, open_sqlite, 1, "opening");
    compare(r, "title, url, date by id", look_up_store, look_up_sqlite, N_ASKED, "look-up");
    compare(r, "all signatures compared with one", scan_store, scan_sqlite, n, "signature");
    compare(r, "candidates by bands", near_store, near_sqlite, N_ASKED, "look-up");
}

/* ------------------------------------------------------------ the whole */

/* What an earlier run left. */
static void remove_all(const run *r)
{
    static const char *const ENDS[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 2 * SR_ARRAY_COUNT(ENDS); i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s%s", r->paths[i % 2], ENDS[i / 2]);
        unlink(path);
    }
    DIR *entries = opendir(r->store_dir);
    for (const struct dirent *entry = entries ? readdir(entries) : NULL; entry;
         entry = readdir(entries)) {
        if (entry->d_name[0] != '.') {
            unlinkat(dirfd(entries), entry->d_name, 0);
        }
    }
    if (entries) {
        closedir(entries);
    }
}

int main(int argc, char **argv)
{
    static run r;
    bench_begin(&r.b, "sqlite", argc, argv);
    int n_repeats = r.b.n_repeats;
    char *feed = bench_path(&r.b, "latin.jsonl");
    sr_params_init(&r.params);
    sr_arena_init(&r.made.arena);
    r.store_dir = bench_path(&r.b, "sqlite.store");
    r.paths[0] = bench_path(&r.b, "sqlite.db");
    r.paths[1] = bench_path(&r.b, "sqlite-bands.db");
    remove_all(&r);
    read_articles(&r, feed);
    sign_articles(&r);
    bench_say("%zu articles, SQLite %s", r.made.n, sqlite3_libversion());
    load_all(&r);
    prepare_reading(&r);
    print_sizes(&r);
    read_all(&r, n_repeats);
    sqlite3_finalize(r.by_id);
    sqlite3_finalize(r.scan);
    sqlite3_finalize(r.by_band);
    for (int i = 0; i < 2; i++) {
        sqlite3_close(r.bases[i]);
        free(r.paths[i]);
    }
    sr_snapshot_close(r.snapshot);
    sr_arena_release(&r.made.arena);
    free(r.made.articles);
    free(r.made.signatures);
    free(r.store_dir);
    free(feed);
    return 0;
}
