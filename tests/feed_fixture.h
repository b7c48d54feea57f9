/* feed_fixture.h — small files in a directory of their own, and what a feed makes of them as text.
 */
#ifndef SR_TEST_FEED_FIXTURE_H
#define SR_TEST_FEED_FIXTURE_H

#include "feed/sink.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char fixture_dir[64];

static int fixture_make(void **state)
{
    (void)state;
    snprintf(fixture_dir, sizeof fixture_dir, "%s", "/tmp/simrank-test-XXXXXX");
    return mkdtemp(fixture_dir) ? 0 : -1;
}

SR_UNUSED static int fixture_remove(void **state)
{
    (void)state;
    char command[256];
    snprintf(command, sizeof command, "chmod -R u+rwx '%s' && rm -rf '%s'", fixture_dir,
             fixture_dir);
    return system(command);
}

/* The path of a name in the directory; one of eight buffers, in turn. */
SR_UNUSED static const char *fixture_path(const char *name)
{
    static char paths[8][256];
    static int turn;
    char *path = paths[turn++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", fixture_dir, name);
    return path;
}

SR_UNUSED static const char *fixture_write(const char *name, const void *bytes, size_t n_bytes)
{
    const char *path = fixture_path(name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n_bytes, file), n_bytes);
    fclose(file);
    return path;
}

SR_UNUSED static const char *fixture_write_text(const char *name, const char *text)
{
    return fixture_write(name, text, strlen(text));
}

/* Written by an output, so compressed by its extension. */
SR_UNUSED static const char *fixture_pack(const char *name, const char *text)
{
    const char *path = fixture_path(name);
    sr_output *output;
    assert_int_equal(sr_output_open(path, NULL, NULL, &output, NULL), SR_OK);
    assert_int_equal(sr_output_write(output, sr_str_of(text), NULL), SR_OK);
    assert_int_equal(sr_output_commit(output, NULL), SR_OK);
    return path;
}

SR_UNUSED static sr_str fixture_read(const char *path)
{
    static sr_buffer content;
    sr_buffer_clear(&content);
    content.max_bytes = SR_BUFFER_NO_LIMIT;
    FILE *file = fopen(path, "rb");
    if (!file) {
        return sr_str_of("(no such file)");
    }
    char block[4096];
    for (size_t n; (n = fread(block, 1, sizeof block, file)) > 0;) {
        assert_int_equal(sr_buffer_append(&content, block, n), SR_OK);
    }
    fclose(file);
    return sr_buffer_view(&content);
}

#define assert_content(path, expected)                                                             \
    do {                                                                                           \
        sr_str content_ = fixture_read(path);                                                      \
        const char *expected_ = (expected);                                                        \
        if (!sr_str_equal_text(content_, expected_)) {                                             \
            fail_msg("%s holds:\n%.*s\nnot:\n%s", (path), (int)content_.n_bytes, content_.data,    \
                     expected_);                                                                   \
        }                                                                                          \
    } while (0)

/* Line ends and other controls made visible. */
static void fixture_show(sr_buffer *out, sr_str text)
{
    for (size_t i = 0; i < text.n_bytes; i++) {
        unsigned char c = (unsigned char)text.data[i];
        const char *name = c == '\n' ? "\\n" : c == '\r' ? "\\r" : c == '\t' ? "\\t" : NULL;
        sr_status status = name      ? sr_buffer_append_text(out, name)
                           : c < ' ' ? sr_buffer_append_format(out, "\\x%02x", c)
                                     : sr_buffer_append(out, &text.data[i], 1);
        assert_int_equal(status, SR_OK);
    }
}

#define FIXTURE_PUT(...) assert_int_equal(sr_buffer_append_format(out, __VA_ARGS__), SR_OK)

static void fixture_show_raw(sr_buffer *out, const sr_record *record)
{
    if (record->bad) {
        FIXTURE_PUT("BAD %s", record->bad);
        return;
    }
    fixture_show(out, record->raw);
    for (size_t i = 0; i < record->n_fields; i++) {
        FIXTURE_PUT("%s", i ? "|" : " = ");
        fixture_show(out, record->fields[i]);
    }
}

static void fixture_show_article(sr_buffer *out, sr_record_parser *parser, const sr_record *record)
{
    static const char *const NAMES[] = {"id",     "title",  "text",     "lead", "url",
                                        "source", "author", "language", "tags", "image"};
    sr_arena arena;
    sr_article a;
    sr_error error = {0};
    sr_arena_init(&arena);
    if (sr_record_parse(parser, record, &arena, &a, &error) != SR_OK) {
        FIXTURE_PUT("BAD %s", error.text);
    } else {
        const sr_str values[] = {a.id,     a.title,  a.text,     a.lead, a.url,
                                 a.source, a.author, a.language, a.tags, a.image};
        for (size_t i = 0; i < SR_ARRAY_COUNT(values); i++) {
            if (values[i].n_bytes) {
                FIXTURE_PUT("%s%s=", i ? " " : "", NAMES[i]);
                fixture_show(out, values[i]);
            }
        }
        if (a.published_s != SR_TIME_UNKNOWN) {
            FIXTURE_PUT(" at=%lld", (long long)a.published_s);
        }
    }
    sr_arena_release(&arena);
}

typedef enum fixture_view { FIXTURE_RAW, FIXTURE_ARTICLES, FIXTURE_MEMBERS } fixture_view;

static char fixture_messages[4096];

static void fixture_hear(void *context, sr_message_level level, const char *text)
{
    (void)context;
    size_t n = strlen(fixture_messages);
    /* without the directory, whose name is new every time */
    size_t skip =
        strncmp(text, fixture_dir, strlen(fixture_dir)) == 0 ? strlen(fixture_dir) + 1 : 0;
    snprintf(fixture_messages + n, sizeof fixture_messages - n, "%s%s\n",
             level == SR_MESSAGE_WARNING ? "warning: " : "", text + skip);
}

SR_UNUSED static void fixture_show_record(sr_buffer *out, sr_record_parser *parser,
                                          const sr_record *record, fixture_view view)
{
    unsigned long long number = record->number;
    if (view == FIXTURE_MEMBERS) {
        FIXTURE_PUT("%s %llu%s%s\n", record->member->relative, number, record->bad ? " BAD " : "",
                    record->bad ? record->bad : "");
        return;
    }
    FIXTURE_PUT("%llu:%llu ", number, (unsigned long long)record->line);
    if (view == FIXTURE_RAW) {
        fixture_show_raw(out, record);
    } else {
        fixture_show_article(out, parser, record);
    }
    FIXTURE_PUT("\n");
}

/* One line a record: "number:line bytes" (RAW), "number:line fields" (ARTICLES), "relative number"
 * (MEMBERS). Lives until the next call. */
SR_UNUSED static const char *fixture_dump(const char *const *paths, size_t n_paths,
                                          const sr_feed_options *options, size_t batch_records,
                                          fixture_view view)
{
    static sr_buffer buffer = {.max_bytes = SR_BUFFER_NO_LIMIT};
    sr_buffer *out = &buffer;
    sr_observer observer = {.message = fixture_hear};
    sr_feed *feed;
    sr_record_parser *parser;
    sr_record_batch batch;
    sr_error error = {0};
    sr_buffer_clear(out);
    fixture_messages[0] = '\0';
    if (sr_feed_open(paths, n_paths, options, &observer, &feed, &error) != SR_OK) {
        FIXTURE_PUT("ERROR %s", error.text);
        return out->data;
    }
    assert_int_equal(sr_record_parser_create(feed, &parser), SR_OK);
    sr_record_batch_init(&batch);
    for (;;) {
        assert_int_equal(sr_feed_next_batch(feed, batch_records, 1 << 20, &batch, &error), SR_OK);
        if (batch.n_records == 0) {
            break;
        }
        for (size_t i = 0; i < batch.n_records; i++) {
            assert_int_equal(batch.records[i].member->argument, batch.records[0].member->argument);
            fixture_show_record(out, parser, &batch.records[i], view);
        }
    }
    sr_record_batch_release(&batch);
    sr_record_parser_free(parser);
    sr_feed_close(feed);
    FIXTURE_PUT("%s", "");
    return out->data;
}

/* Fails with both texts where the dump of one file is another. */
SR_UNUSED static void fixture_expect(const char *path, const sr_feed_options *options,
                                     fixture_view view, const char *expected)
{
    static const size_t BATCHES[] = {1, 2, 1000};
    for (size_t i = 0; i < SR_ARRAY_COUNT(BATCHES); i++) {
        const char *got = fixture_dump(&path, 1, options, BATCHES[i], view);
        if (strcmp(got, expected) != 0) {
            fail_msg("%s in batches of %zu gave:\n%s\nnot:\n%s", path, BATCHES[i], got, expected);
        }
    }
}

#endif
