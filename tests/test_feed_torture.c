/* test_feed_torture.c — public suites for parsers, at the level of the parsers: csv-spectrum
 * (https://github.com/max-mapper/csv-spectrum), JSONTestSuite
 * (https://github.com/nst/JSONTestSuite) and the big list of naughty strings
 * (https://github.com/minimaxir/big-list-of-naughty-strings). Skipped where they are absent. */
#include "feed_fixture.h"

#include "feed/container.h"
#include "feed/json_shim.h"
#include "feed/reader.h"

static const char SUITES[] = SR_TEST_SHARED "/data/feeds/torture.tar.zst";

typedef void (*file_fn)(const char *name, sr_str content, void *context);

static void read_all(sr_stream *stream, sr_buffer *content)
{
    sr_buffer_clear(content);
    for (size_t n = 1; n;) {
        assert_int_equal(sr_buffer_reserve(content, 1 << 16), SR_OK);
        assert_int_equal(
            sr_stream_read(stream, content->data + content->n_bytes, 1 << 16, &n, NULL), SR_OK);
        content->n_bytes += n;
    }
}

/* Calls back for every file of the suites whose name begins so; their number. */
static size_t each_file(const char *prefix, file_fn take, void *context)
{
    if (access(SUITES, R_OK) != 0) {
        print_message("skipped: the suites are not there\n");
        skip();
    }
    sr_container container;
    sr_container_part part;
    sr_buffer content;
    size_t n_files = 0;
    bool found;
    sr_buffer_init(&content, SR_BUFFER_NO_LIMIT);
    assert_int_equal(sr_container_open(SUITES, NULL, NULL, &container, NULL), SR_OK);
    for (;;) {
        assert_int_equal(sr_container_next(&container, &part, &found, NULL), SR_OK);
        if (!found) {
            break;
        }
        if (strncmp(part.entry, prefix, strlen(prefix)) == 0) {
            read_all(part.stream, &content);
            take(part.entry + strlen(prefix), sr_buffer_view(&content), context);
            n_files++;
        }
    }
    sr_container_close(&container);
    sr_buffer_release(&content);
    return n_files;
}

/* ---------------------------------------------------------------- JSON */

static void check_json(const char *name, sr_str content, void *context)
{
    sr_json_value root;
    const char *reason = "";
    sr_json_result result = sr_json_parse(context, content, &root, &reason);
    if (name[0] == 'y' && result != SR_JSON_OK) {
        fail_msg("%s is refused: %s", name, reason);
    }
    if (name[0] == 'n' && result == SR_JSON_OK) {
        fail_msg("%s is accepted", name);
    }
}

static void test_json(void **state)
{
    (void)state;
    sr_json *json = sr_json_create();
    assert_non_null(json);
    assert_int_equal(each_file("torture/JSONTestSuite/test_parsing/", check_json, json), 318);
    sr_json_free(json);
}

/* ---------------------------------------------------------------- CSV */

typedef struct spectrum {
    char names[32][64]; /* "simple" */
    char *csv[32];
    char *json[32];
    size_t n_files;
} spectrum;

static size_t spectrum_place(spectrum *all, const char *name)
{
    size_t n_name = strcspn(name, ".");
    for (size_t i = 0; i < all->n_files; i++) {
        if (strlen(all->names[i]) == n_name && strncmp(all->names[i], name, n_name) == 0) {
            return i;
        }
    }
    assert_true(all->n_files < SR_ARRAY_COUNT(all->names));
    snprintf(all->names[all->n_files], sizeof all->names[0], "%.*s", (int)n_name, name);
    return all->n_files++;
}

/* The copies of the suite have lost the carriage returns of the files named so. */
static char *restore_crlf(sr_str content)
{
    char *restored = malloc(content.n_bytes * 2 + 1);
    size_t n = 0;
    for (size_t i = 0; i < content.n_bytes; i++) {
        if (content.data[i] == '\n') {
            restored[n++] = '\r';
        }
        restored[n++] = content.data[i];
    }
    restored[n] = '\0';
    return restored;
}

static void keep_csv(const char *name, sr_str content, void *context)
{
    spectrum *all = context;
    bool is_lost = strstr(name, "_crlf") && !memchr(content.data, '\r', content.n_bytes);
    all->csv[spectrum_place(all, name)] =
        is_lost ? restore_crlf(content) : strndup(content.data, content.n_bytes);
}

static void keep_json(const char *name, sr_str content, void *context)
{
    spectrum *all = context;
    all->json[spectrum_place(all, name)] = strndup(content.data, content.n_bytes);
}

/* The next row of the expected JSON: an array of them, or a single one. */
static bool next_row(sr_json_walk *rows, sr_json_value root, bool *is_over, sr_json_value *row)
{
    sr_str key;
    if (sr_json_value_type(root) == SR_JSON_ARRAY) {
        return sr_json_walk_next(rows, &key, row);
    }
    *row = root;
    bool was_over = *is_over;
    *is_over = true;
    return !was_over;
}

/* The suite's two files of location_coordinates have another telephone number each. */
static bool is_slip_of_suite(const char *name, size_t column)
{
    return strcmp(name, "location_coordinates") == 0 && column == 0;
}

/* The rows as the expected JSON has them: an object a row, strings by column. */
static void expect_rows(const char *name, const char *csv, const char *json)
{
    sr_json *parser = sr_json_create();
    sr_json_value root;
    sr_json_value row;
    sr_json_value value;
    sr_str key;
    const char *reason;
    assert_int_equal(sr_json_parse(parser, sr_str_of(json), &root, &reason), SR_JSON_OK);
    sr_json_walk rows = sr_json_value_walk(root);

    const char *path = fixture_write_text("spectrum.csv", csv);
    sr_stream *stream;
    sr_input input;
    sr_reader *reader;
    sr_reader_options options = {.max_record_bytes = 1 << 20,
                                 .dialect = {.delimiter = ',', .has_header = true}};
    assert_int_equal(sr_file_stream_open(path, NULL, &stream, NULL), SR_OK);
    sr_input_init(&input, stream);
    assert_int_equal(sr_csv_reader_create(&input, &options, &reader), SR_OK);
    const sr_str *columns;
    size_t n_columns;
    bool is_over = false;
    (void)sr_csv_reader_header(reader, &columns, &n_columns);
    for (;;) {
        sr_record record;
        bool found;
        assert_int_equal(reader->next(reader, &record, &found), SR_OK);
        assert_int_equal(next_row(&rows, root, &is_over, &row), found);
        if (!found) {
            break;
        }
        assert_null(record.bad);
        assert_int_equal(record.n_fields, n_columns);
        sr_json_walk cells = sr_json_value_walk(row);
        for (size_t i = 0; i < n_columns; i++) {
            assert_true(sr_json_walk_next(&cells, &key, &value));
            assert_true(sr_str_equal(key, columns[i]));
            if (!is_slip_of_suite(name, i) &&
                !sr_str_equal(sr_json_value_string(value), record.fields[i])) {
                fail_msg("%s: column %zu is \"%.*s\"", name, i + 1, (int)record.fields[i].n_bytes,
                         record.fields[i].data);
            }
        }
    }
    reader->free(reader);
    sr_input_release(&input);
    sr_stream_close(stream);
    sr_json_free(parser);
}

static void test_csv_spectrum(void **state)
{
    (void)state;
    static spectrum all;
    assert_int_equal(each_file("torture/csv-spectrum/csvs/", keep_csv, &all), 12);
    assert_int_equal(each_file("torture/csv-spectrum/json/", keep_json, &all), 12);
    assert_int_equal(all.n_files, 12);
    for (size_t i = 0; i < all.n_files; i++) {
        expect_rows(all.names[i], all.csv[i], all.json[i]);
        free(all.csv[i]);
        free(all.json[i]);
    }
}

/* ---------------------------------------------------------------- naughty strings */

typedef struct naughty {
    sr_str *strings;
    size_t n_strings;
    sr_arena arena;
} naughty;

static void take_strings(const char *name, sr_str content, void *context)
{
    (void)name;
    naughty *all = context;
    sr_json *parser = sr_json_create();
    sr_json_value root;
    sr_json_value value;
    sr_str key;
    const char *reason;
    assert_int_equal(sr_json_parse(parser, content, &root, &reason), SR_JSON_OK);
    sr_json_walk walk = sr_json_value_walk(root);
    all->strings = calloc(1000, sizeof *all->strings);
    while (sr_json_walk_next(&walk, &key, &value)) {
        assert_true(all->n_strings < 1000);
        sr_str kept = sr_arena_copy(&all->arena, sr_json_value_string(value));
        assert_non_null(kept.data);
        all->strings[all->n_strings++] = kept;
    }
    sr_json_free(parser);
}

static void write_feed(const naughty *all, bool is_csv, sr_buffer *out)
{
    sr_buffer_clear(out);
    if (is_csv) {
        assert_int_equal(sr_buffer_append_text(out, "id,text\n"), SR_OK);
    }
    for (size_t i = 0; i < all->n_strings; i++) {
        assert_int_equal(
            sr_buffer_append_format(out, is_csv ? "%zu," : "{\"id\":\"%zu\",\"text\":", i), SR_OK);
        assert_int_equal(is_csv ? sr_buffer_append_csv(out, all->strings[i])
                                : sr_buffer_append_json(out, all->strings[i]),
                         SR_OK);
        assert_int_equal(sr_buffer_append_text(out, is_csv ? "\n" : "}\n"), SR_OK);
    }
}

/* Each string comes out of the feed as it was, and the copy of all records has the bytes of the
 * feed. */
static void expect_round_trip(const naughty *all, const char *name, const char *copy_name,
                              sr_buffer *bytes)
{
    const char *path = fixture_write(name, bytes->data, bytes->n_bytes);
    const char *copy = fixture_path(copy_name);
    sr_feed *feed;
    sr_record_parser *parser;
    sr_record_batch batch;
    sr_sink *sink;
    sr_arena arena;
    sr_arena_init(&arena);
    sr_record_batch_init(&batch);
    assert_int_equal(sr_feed_open(&path, 1, NULL, NULL, &feed, NULL), SR_OK);
    assert_int_equal(sr_record_parser_create(feed, &parser), SR_OK);
    assert_int_equal(sr_feed_next_batch(feed, 1000, 1 << 24, &batch, NULL), SR_OK);
    assert_int_equal(batch.n_records, all->n_strings);
    assert_int_equal(sr_sink_open(copy, NULL, NULL, &sink, NULL), SR_OK);
    assert_int_equal(sr_sink_begin_member(sink, sr_feed_member_get(feed, 0), NULL), SR_OK);
    for (size_t i = 0; i < batch.n_records; i++) {
        sr_article article;
        sr_error error = {0};
        if (sr_record_parse(parser, &batch.records[i], &arena, &article, &error) != SR_OK) {
            fail_msg("%s: string %zu: %s", name, i, error.text);
        }
        if (!sr_str_equal(article.text, all->strings[i])) {
            fail_msg("%s: string %zu is \"%.*s\"", name, i, (int)article.text.n_bytes,
                     article.text.data);
        }
        assert_int_equal(sr_sink_write_record(sink, &batch.records[i], NULL), SR_OK);
    }
    assert_int_equal(sr_sink_commit(sink, NULL), SR_OK);
    sr_record_parser_free(parser);
    sr_record_batch_release(&batch);
    sr_feed_close(feed);
    sr_arena_release(&arena);
    sr_str copied = fixture_read(copy);
    assert_true(sr_str_equal(copied, sr_buffer_view(bytes)));
}

static void test_naughty_strings(void **state)
{
    (void)state;
    naughty all = {0};
    sr_arena_init(&all.arena);
    assert_int_equal(each_file("torture/naughty-strings/blns.json", take_strings, &all), 1);
    assert_true(all.n_strings > 500);
    sr_buffer bytes;
    sr_buffer_init(&bytes, SR_BUFFER_NO_LIMIT);
    write_feed(&all, false, &bytes);
    expect_round_trip(&all, "naughty.jsonl", "naughty.copy.jsonl", &bytes);
    write_feed(&all, true, &bytes);
    expect_round_trip(&all, "naughty.csv", "naughty.copy.csv", &bytes);
    sr_buffer_release(&bytes);
    sr_arena_release(&all.arena);
    free(all.strings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_csv_spectrum),
        cmocka_unit_test(test_naughty_strings),
    };
    return cmocka_run_group_tests(tests, fixture_make, fixture_remove);
}
