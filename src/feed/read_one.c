/* read_one.c — one article named as FILE, FILE:N or "-". The file may also be an entry of an
 * archive as messages and reports name it ("feeds/a.tar.gz/day1.jsonl:17"). */
#include "feed/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { BATCH_RECORDS = 256, BATCH_BYTES = 1 << 20 };

/* What a spec names. */
typedef struct target {
    char *path;         /* of the outermost file; owned */
    const char *member; /* name of the wanted member, or NULL: any */
    uint64_t number;    /* 0: not said */
} target;

static bool is_file(const char *path)
{
    struct stat info;
    return strcmp(path, "-") == 0 || (stat(path, &info) == 0 && !S_ISDIR(info.st_mode));
}

/* Cuts ":N" off; 0 where there is none. */
static uint64_t cut_number(char *spec)
{
    char *colon = strrchr(spec, ':');
    size_t n_digits = colon ? strspn(colon + 1, "0123456789") : 0;
    if (!colon || n_digits == 0 || n_digits > 18 || colon[1 + n_digits] || colon == spec) {
        return 0;
    }
    uint64_t number = 0;
    for (const char *c = colon + 1; *c; c++) {
        number = number * 10 + (uint64_t)(*c - '0');
    }
    *colon = '\0';
    return number;
}

/* The longest beginning of `path` that is a file: the archive that the rest is an entry of. */
static bool cut_to_archive(char *path)
{
    for (char *slash = strrchr(path, '/'); slash && slash != path; slash = strrchr(path, '/')) {
        *slash = '\0';
        if (is_file(path)) {
            return true;
        }
    }
    return false;
}

static sr_status resolve(char *spec, target *t, sr_error *error)
{
    t->path = strdup(spec);
    if (!t->path) {
        return SR_ERR_MEMORY;
    }
    if (is_file(t->path)) {
        return SR_OK;
    }
    t->number = cut_number(spec);
    memcpy(t->path, spec, strlen(spec) + 1);
    if (is_file(t->path)) {
        return SR_OK;
    }
    struct stat info;
    if (stat(t->path, &info) == 0) {
        return sr_error_set(error, SR_ERR_ARGUMENT, t->path, 0,
                            "is a directory: name one file in it");
    }
    if (cut_to_archive(t->path)) {
        t->member = spec;
        return SR_OK;
    }
    return sr_error_set(error, SR_ERR_NOT_FOUND, spec, 0, "no such file");
}

/* What the search has met. */
typedef struct search {
    uint64_t n_met; /* records of the wanted member */
    uint64_t last;  /* number of the last one */
    bool found;
    sr_record record; /* copied into the caller's arena */
} search;

/* Copies a record out of its batch. */
static sr_status keep_record(const sr_record *record, sr_arena *arena, search *s)
{
    s->found = true;
    s->record = *record;
    s->record.raw = sr_arena_copy(arena, record->raw);
    sr_str *fields = sr_arena_alloc(arena, (record->n_fields + 1) * sizeof *fields);
    if (!fields || !s->record.raw.data) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < record->n_fields; i++) {
        fields[i] = sr_arena_copy(arena, record->fields[i]);
    }
    s->record.fields = fields;
    if (record->bad) {
        s->record.bad = sr_arena_copy(arena, sr_str_of(record->bad)).data;
    }
    return SR_OK;
}

/* Looks through a batch; `done` where nothing further can matter. */
static sr_status look_through(const sr_record_batch *batch, const target *t, sr_arena *arena,
                              search *s, bool *done)
{
    for (size_t i = 0; i < batch->n_records && !*done; i++) {
        const sr_record *record = &batch->records[i];
        if (t->member && strcmp(record->member->name, t->member) != 0) {
            continue;
        }
        s->n_met++;
        s->last = record->number;
        bool wanted = t->number ? record->number == t->number : s->n_met == 1;
        if (wanted) {
            SR_TRY(keep_record(record, arena, s));
        }
        *done = t->number ? s->found : s->n_met == 2;
    }
    return SR_OK;
}

static sr_status find_record(sr_feed *feed, const target *t, sr_arena *arena, search *s,
                             sr_error *error)
{
    sr_record_batch batch;
    sr_record_batch_init(&batch);
    sr_status status = SR_OK;
    for (bool done = false; status == SR_OK && !done;) {
        status = sr_feed_next_batch(feed, BATCH_RECORDS, BATCH_BYTES, &batch, error);
        if (status == SR_OK) {
            done = batch.n_records == 0;
            status = look_through(&batch, t, arena, s, &done);
        }
    }
    sr_record_batch_release(&batch);
    return status;
}

/* Why the search did not end with one record. */
static sr_status check_search(const target *t, const search *s, sr_error *error)
{
    const char *name = t->member ? t->member : t->path;
    if (s->n_met == 0) {
        return sr_error_set(error, SR_ERR_NOT_FOUND, name, 0,
                            t->member ? "the archive has no such entry with a record"
                                      : "there is no record in it");
    }
    if (t->number && !s->found) {
        return sr_error_set(error, SR_ERR_NOT_FOUND, name, 0,
                            "there is no record %llu; the last one is %llu",
                            (unsigned long long)t->number, (unsigned long long)s->last);
    }
    if (!t->number && s->n_met > 1) {
        return sr_error_set(error, SR_ERR_ARGUMENT, name, 0,
                            "has 2 or more records: name one as FILE:N, for example %s:%llu", name,
                            (unsigned long long)s->record.number);
    }
    return SR_OK;
}

static sr_status read_target(const target *t, const sr_feed_options *options,
                             const sr_observer *observer, sr_arena *arena, sr_article *article,
                             sr_error *error)
{
    sr_feed *feed = NULL;
    sr_record_parser *parser = NULL;
    search s = {0};
    const char *path = t->path;
    SR_TRY(sr_feed_open(&path, 1, options, observer, &feed, error));
    sr_status status = find_record(feed, t, arena, &s, error);
    if (status == SR_OK) {
        status = check_search(t, &s, error);
    }
    if (status == SR_OK) {
        status = sr_record_parser_create(feed, &parser);
    }
    if (status == SR_OK) {
        status = sr_record_parse(parser, &s.record, arena, article, error);
        if (status == SR_OK) {
            status = sr_article_keep(arena, article);
        }
    }
    sr_record_parser_free(parser);
    sr_feed_close(feed);
    return status;
}

sr_status sr_feed_read_one(const char *spec, const sr_feed_options *options,
                           const sr_observer *observer, sr_arena *arena, sr_article *article,
                           sr_error *error)
{
    char *copy = strdup(spec);
    target t = {0};
    sr_status status = copy ? resolve(copy, &t, error) : SR_ERR_MEMORY;
    if (status == SR_OK) {
        status = read_target(&t, options, observer, arena, article, error);
    }
    free(t.path);
    free(copy);
    return status;
}
