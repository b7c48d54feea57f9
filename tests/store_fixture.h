/* store_fixture.h — stores for tests: a directory that goes away, articles made from a number, and
 * the plain truth about them to compare with. */
#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/hash.h"
#include "store/store.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIXTURE_MAX_TERMS = 400, FIXTURE_TEXT_BYTES = 8192 };

#define assert_ok(call) assert_int_equal((call), SR_OK)

typedef struct fixture_article {
    char id[64];
    char title[128];
    char url[128];
    char source[32];
    char text[FIXTURE_TEXT_BYTES];
    sr_term terms[FIXTURE_MAX_TERMS];
    size_t n_terms;
    sr_article article;
    sr_signature signature;
} fixture_article;

static inline uint64_t fixture_random(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15U;
    return sr_mix64(*state);
}

static inline int fixture_compare_terms(const void *a, const void *b)
{
    const sr_term *x = a;
    const sr_term *y = b;
    return (x->hash > y->hash) - (x->hash < y->hash);
}

/* Adds one to the count of a term; linear, articles are short. */
static inline void fixture_count_term(fixture_article *made, uint64_t hash)
{
    for (size_t i = 0; i < made->n_terms; i++) {
        if (made->terms[i].hash == hash) {
            made->terms[i].tf2 += 2;
            return;
        }
    }
    if (made->n_terms < FIXTURE_MAX_TERMS) {
        made->terms[made->n_terms++] = (sr_term){.hash = hash, .tf2 = 2};
    }
}

/* Article `number` of version `version`: words of a skewed vocabulary; singles and pairs as terms.
 * Every 17th article is empty, every 10th repeats the text of the one before. */
static inline void fixture_make(fixture_article *made, uint32_t number, uint32_t version)
{
    memset(made, 0, sizeof *made);
    snprintf(made->id, sizeof made->id, "article-%u", number);
    snprintf(made->title, sizeof made->title, "Title %u, version %u", number, version);
    snprintf(made->url, sizeof made->url, "https://example.org/%u/%u", number % 7, number);
    if (number % 5) {
        snprintf(made->source, sizeof made->source, "paper-%u.example", number % 13);
    }
    uint64_t state = (number % 10 == 9 ? number - 1 : number) * 1000003ULL + version;
    size_t n_words = number % 17 == 16 ? 0 : 20 + fixture_random(&state) % 180;
    size_t n_text = 0;
    uint64_t previous = 0;
    for (size_t i = 0; i < n_words; i++) {
        uint64_t random = fixture_random(&state);
        uint64_t word = (random >> 32) % (1 + (random & 0x3ff)); /* small numbers are common */
        n_text += (size_t)snprintf(made->text + n_text, sizeof made->text - n_text, "w%llu ",
                                   (unsigned long long)word);
        fixture_count_term(made, sr_term_hash(sr_mix64(word + 1)) & ~1ULL);
        if (i > 0) {
            fixture_count_term(made, sr_term_hash(sr_mix64(previous * 4096 + word + 77)) | 1);
        }
        previous = word;
    }
    qsort(made->terms, made->n_terms, sizeof *made->terms, fixture_compare_terms);
    made->article = (sr_article){
        .id = sr_str_of(made->id),
        .title = sr_str_of(made->title),
        .url = sr_str_of(made->url),
        .source = sr_str_of(made->source),
        .text = sr_str_make(made->text, n_text),
        .lead = sr_str_make(made->text, n_text < 60 ? n_text : 60),
        .published_s = number % 11 ? 1700000000 + (int64_t)number * 60 : SR_TIME_UNKNOWN,
    };
}

static inline void fixture_sign(fixture_article *made, const sr_params *params)
{
    assert_ok(sr_sign_texts(params, &made->article.text, 1, &made->signature));
}

static inline void fixture_params(sr_params *params)
{
    sr_params_init(params);
}

static inline sr_status fixture_try_add(sr_writer *writer, uint32_t number, uint32_t version,
                                        sr_error *error)
{
    fixture_article *made = malloc(sizeof *made);
    assert_non_null(made);
    fixture_make(made, number, version);
    fixture_sign(made, sr_snapshot_params(sr_writer_snapshot(writer)));
    sr_store_entry entry = {.article = &made->article,
                            .signature = &made->signature,
                            .article_hash = number * 31ULL + version,
                            .language = SR_LANGUAGE('e', 'n'),
                            .terms = made->terms,
                            .n_terms = made->n_terms};
    bool flushed = false;
    sr_status status = sr_writer_add(writer, &entry, &flushed, error);
    free(made);
    return status;
}

static inline void fixture_add(sr_writer *writer, uint32_t number, uint32_t version)
{
    sr_error error = {0};
    if (fixture_try_add(writer, number, version, &error) != SR_OK) {
        fail_msg("add: %s: %s", error.file, error.text);
    }
}

/* A fresh directory below $TMPDIR; the store itself is not made yet. */
static inline char *fixture_directory(void)
{
    const char *base = getenv("TMPDIR");
    char *path = sr_path_join(base && *base ? base : "/tmp", "simrank-test-XXXXXX");
    assert_non_null(path);
    assert_non_null(mkdtemp(path));
    return path;
}

/* The store's files and the directory. */
static inline void fixture_remove_directory(char *dir)
{
    DIR *entries = opendir(dir);
    if (entries) {
        for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries)) {
            if (entry->d_name[0] != '.') {
                unlinkat(dirfd(entries), entry->d_name, 0);
            }
        }
        closedir(entries);
    }
    rmdir(dir);
    free(dir);
}

static inline size_t fixture_count_files(const char *dir)
{
    size_t n = 0;
    DIR *entries = opendir(dir);
    assert_non_null(entries);
    for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries)) {
        n += entry->d_name[0] != '.';
    }
    closedir(entries);
    return n;
}

static inline void fixture_create(const char *dir, bool dedup_only)
{
    sr_params params;
    fixture_params(&params);
    assert_ok(sr_store_create(dir, &params, dedup_only, NULL));
}

static inline sr_writer *fixture_writer(const char *dir)
{
    sr_writer *writer = NULL;
    sr_error error = {0};
    if (sr_writer_open(dir, false, NULL, &writer, &error) != SR_OK) {
        fail_msg("open for writing: %s: %s", error.file, error.text);
    }
    return writer;
}

static inline sr_snapshot *fixture_open(const char *dir)
{
    sr_snapshot *snapshot = NULL;
    sr_error error = {0};
    if (sr_snapshot_open(dir, &snapshot, &error) != SR_OK) {
        fail_msg("open: %s: %s", error.file, error.text);
    }
    return snapshot;
}

static inline uint64_t fixture_commit(sr_writer *writer)
{
    uint64_t commit = 0;
    sr_error error = {0};
    if (sr_writer_commit(writer, &commit, &error) != SR_OK) {
        fail_msg("commit: %s: %s", error.file, error.text);
    }
    return commit;
}

/* A store of articles 0 … n−1 in one commit. */
static inline void fixture_fill(const char *dir, bool dedup_only, uint32_t n)
{
    fixture_create(dir, dedup_only);
    sr_writer *writer = fixture_writer(dir);
    for (uint32_t i = 0; i < n; i++) {
        fixture_add(writer, i, 1);
    }
    fixture_commit(writer);
    sr_writer_close(writer);
}

#endif
