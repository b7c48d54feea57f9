/* judged.c — reading qrels and runs (see judged.h). */
#include "eval/judged.h"

#include "base/buffer.h"
#include "feed/stream.h"

#include <locale.h>
#include <stdlib.h>

enum { N_COLUMNS_MAX = 7, READ_BYTES = 1 << 16, LINE_BYTES_MAX = 1 << 20 };

/* What the lines of a file go to. */
typedef struct line_sink {
    const char *path;
    sr_arena *arena;
    sr_qrels *qrels;
    sr_run *run;
    locale_t locale; /* "C": numbers have points whatever the user's language */
} line_sink;

static size_t split_columns(sr_str line, sr_str columns[N_COLUMNS_MAX])
{
    size_t n_columns = 0;
    const char *at = line.data;
    const char *end = line.data + line.n_bytes;
    while (at < end && n_columns < N_COLUMNS_MAX) {
        while (at < end && (*at == ' ' || *at == '\t' || *at == '\r')) {
            at++;
        }
        const char *from = at;
        while (at < end && *at != ' ' && *at != '\t' && *at != '\r') {
            at++;
        }
        if (at > from) {
            columns[n_columns++] = sr_str_make(from, (size_t)(at - from));
        }
    }
    return n_columns;
}

/* A whole number; negative ones, which some qrels hold for "worse than irrelevant", are 0. */
static bool read_count(sr_str text, uint64_t max, uint64_t *out)
{
    bool is_negative = text.n_bytes > 1 && text.data[0] == '-';
    uint64_t value = 0;
    for (size_t i = is_negative; i < text.n_bytes; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || value > max) {
            return false;
        }
        value = value * 10 + (uint64_t)(text.data[i] - '0');
    }
    *out = is_negative ? 0 : value;
    return text.n_bytes > 0 && *out <= max;
}

static bool read_score(sr_str text, locale_t locale, double *out)
{
    char copy[64];
    if (text.n_bytes == 0 || text.n_bytes >= sizeof copy) {
        return false;
    }
    memcpy(copy, text.data, text.n_bytes);
    copy[text.n_bytes] = '\0';
    char *end = NULL;
    *out = strtod_l(copy, &end, locale);
    return *end == '\0' && *out == *out;
}

/* A query has many lines one after the other: its name is kept once. */
static sr_str keep_query(sr_arena *arena, sr_str query, sr_str before)
{
    return sr_str_equal(query, before) ? before : sr_arena_copy(arena, query);
}

static sr_status take_judgement(const line_sink *sink, uint64_t line, const sr_str *columns,
                                size_t n_columns, sr_error *error)
{
    sr_qrels *qrels = sink->qrels;
    uint64_t grade = 0;
    if (n_columns != 4 || !read_count(columns[3], SR_GRADE_MAX, &grade)) {
        return sr_error_set(error, SR_ERR_FORMAT, sink->path, line,
                            "expected 'query 0 article grade' with a grade from 0 to %d",
                            SR_GRADE_MAX);
    }
    SR_TRY(sr_array_reserve((void **)&qrels->items, &qrels->capacity, qrels->n_items + 1,
                            sizeof *qrels->items));
    sr_str before = qrels->n_items ? qrels->items[qrels->n_items - 1].query : (sr_str){0};
    sr_judgement *item = &qrels->items[qrels->n_items++];
    *item = (sr_judgement){.query = keep_query(sink->arena, columns[0], before),
                           .article = sr_arena_copy(sink->arena, columns[2]),
                           .grade = (uint32_t)grade};
    return item->query.data && item->article.data ? SR_OK : SR_ERR_MEMORY;
}

static sr_status take_row(const line_sink *sink, uint64_t line, const sr_str *columns,
                          size_t n_columns, sr_error *error)
{
    sr_run *run = sink->run;
    size_t article = n_columns == 6 ? 2 : 1;
    double score = 0.0;
    uint64_t rank = 0;
    if ((n_columns != 6 && n_columns != 4) ||
        !read_count(columns[article + 1], UINT64_MAX / 100, &rank) ||
        !read_score(columns[article + 2], sink->locale, &score)) {
        return sr_error_set(error, SR_ERR_FORMAT, sink->path, line,
                            "expected 'query Q0 article rank score name'");
    }
    SR_TRY(
        sr_array_reserve((void **)&run->rows, &run->capacity, run->n_rows + 1, sizeof *run->rows));
    sr_str before = run->n_rows ? run->rows[run->n_rows - 1].query : (sr_str){0};
    sr_ranked_row *row = &run->rows[run->n_rows++];
    *row = (sr_ranked_row){.query = keep_query(sink->arena, columns[0], before),
                           .article = sr_arena_copy(sink->arena, columns[article]),
                           .score = score,
                           .rank = rank,
                           .is_repeat = sr_str_equal(columns[0], columns[article])};
    return row->query.data && row->article.data ? SR_OK : SR_ERR_MEMORY;
}

static sr_status take_line(const line_sink *sink, uint64_t line, sr_str text, sr_error *error)
{
    sr_str columns[N_COLUMNS_MAX];
    size_t n_columns = split_columns(text, columns);
    if (n_columns == 0) {
        return SR_OK;
    }
    return sink->qrels ? take_judgement(sink, line, columns, n_columns, error)
                       : take_row(sink, line, columns, n_columns, error);
}

/* Hands over the complete lines of `pending` and keeps what is behind the last. */
static sr_status take_lines(const line_sink *sink, sr_buffer *pending, uint64_t *line,
                            sr_error *error)
{
    size_t from = 0;
    for (;;) {
        const char *end = memchr(pending->data + from, '\n', pending->n_bytes - from);
        if (!end) {
            break;
        }
        size_t n_bytes = (size_t)(end - pending->data) - from;
        SR_TRY(take_line(sink, ++*line, sr_str_make(pending->data + from, n_bytes), error));
        from += n_bytes + 1;
    }
    memmove(pending->data, pending->data + from, pending->n_bytes - from);
    pending->n_bytes -= from;
    return SR_OK;
}

static sr_status read_lines(const line_sink *sink, sr_stream *stream, sr_buffer *pending,
                            sr_error *error)
{
    uint64_t line = 0;
    for (;;) {
        if (sr_buffer_reserve(pending, READ_BYTES) != SR_OK) {
            return sr_error_set(error, SR_ERR_FORMAT, sink->path, line + 1, "the line is too long");
        }
        size_t n_bytes = 0;
        SR_TRY(
            sr_stream_read(stream, pending->data + pending->n_bytes, READ_BYTES, &n_bytes, error));
        pending->n_bytes += n_bytes;
        if (n_bytes == 0) {
            return take_line(sink, line + 1, sr_buffer_view(pending), error);
        }
        SR_TRY(take_lines(sink, pending, &line, error));
    }
}

static sr_status read_file(line_sink *sink, const sr_observer *observer, sr_error *error)
{
    sr_stream *file = NULL;
    SR_TRY(sr_file_stream_open(sink->path, observer, &file, error));
    sr_stream *unpacked = NULL;
    sr_compression compression = sr_compression_of_bytes(sr_stream_peek(file));
    sr_status status = compression == SR_COMPRESSION_NONE
                           ? SR_OK
                           : sr_unpack_stream_open(compression, file, &unpacked, error);
    sink->locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    sr_buffer pending;
    sr_buffer_init(&pending, LINE_BYTES_MAX);
    if (status == SR_OK) {
        status = sink->locale ? read_lines(sink, unpacked ? unpacked : file, &pending, error)
                              : SR_ERR_MEMORY;
    }
    sr_buffer_release(&pending);
    if (sink->locale) {
        freelocale(sink->locale);
    }
    sr_stream_close(unpacked);
    sr_stream_close(file);
    return status;
}

static int order_judgements(const void *left, const void *right)
{
    const sr_judgement *a = left;
    const sr_judgement *b = right;
    int order = sr_str_compare(a->query, b->query);
    return order ? order : sr_str_compare(a->article, b->article);
}

static int order_ranks(const sr_ranked_row *a, const sr_ranked_row *b)
{
    if (a->score != b->score) {
        return a->score > b->score ? -1 : 1;
    }
    return a->rank != b->rank ? (a->rank > b->rank) - (a->rank < b->rank) : 0;
}

static int order_by_article(const void *left, const void *right)
{
    const sr_ranked_row *a = left;
    const sr_ranked_row *b = right;
    int order = sr_str_compare(a->query, b->query);
    order = order ? order : sr_str_compare(a->article, b->article);
    return order ? order : order_ranks(a, b);
}

static int order_by_score(const void *left, const void *right)
{
    const sr_ranked_row *a = left;
    const sr_ranked_row *b = right;
    int order = sr_str_compare(a->query, b->query);
    order = order ? order : (int)a->is_repeat - (int)b->is_repeat;
    order = order ? order : order_ranks(a, b);
    return order ? order : sr_str_compare(a->article, b->article);
}

sr_status sr_qrels_read(const char *path, const sr_observer *observer, sr_arena *arena,
                        sr_qrels *qrels, sr_error *error)
{
    line_sink sink = {.path = path, .arena = arena, .qrels = qrels};
    SR_TRY(read_file(&sink, observer, error));
    if (qrels->n_items == 0) {
        return sr_error_set(error, SR_ERR_FORMAT, path, 0, "there is no judgement in it");
    }
    qsort(qrels->items, qrels->n_items, sizeof *qrels->items, order_judgements);
    size_t n_kept = 1;
    for (size_t i = 1; i < qrels->n_items; i++) {
        const sr_judgement *item = &qrels->items[i];
        const sr_judgement *last = &qrels->items[n_kept - 1];
        if (order_judgements(item, last) != 0) {
            qrels->items[n_kept++] = *item;
        } else if (item->grade != last->grade) {
            return sr_error_set(error, SR_ERR_FORMAT, path, 0,
                                "query %.*s: article %.*s is judged twice, with grades %u and %u",
                                (int)item->query.n_bytes, item->query.data,
                                (int)item->article.n_bytes, item->article.data, last->grade,
                                item->grade);
        }
    }
    qrels->n_items = n_kept;
    return SR_OK;
}

sr_status sr_run_read(const char *path, const sr_observer *observer, sr_arena *arena, sr_run *run,
                      sr_error *error)
{
    line_sink sink = {.path = path, .arena = arena, .run = run};
    SR_TRY(read_file(&sink, observer, error));
    if (run->n_rows == 0) {
        return sr_error_set(error, SR_ERR_FORMAT, path, 0, "there is no ranked article in it");
    }
    qsort(run->rows, run->n_rows, sizeof *run->rows, order_by_article);
    for (size_t i = 1; i < run->n_rows; i++) {
        run->rows[i].is_repeat |= sr_str_equal(run->rows[i].query, run->rows[i - 1].query) &&
                                  sr_str_equal(run->rows[i].article, run->rows[i - 1].article);
    }
    qsort(run->rows, run->n_rows, sizeof *run->rows, order_by_score);
    return SR_OK;
}

void sr_qrels_release(sr_qrels *qrels)
{
    free(qrels->items);
    *qrels = (sr_qrels){0};
}

void sr_run_release(sr_run *run)
{
    free(run->rows);
    *run = (sr_run){0};
}

const sr_ranked_row *sr_run_find(const sr_run *run, sr_str query, size_t *n_rows)
{
    size_t low = 0;
    size_t high = run->n_rows;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sr_str_compare(run->rows[middle].query, query) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    size_t end = low;
    while (end < run->n_rows && !run->rows[end].is_repeat &&
           sr_str_equal(run->rows[end].query, query)) {
        end++;
    }
    *n_rows = end - low;
    return run->rows ? run->rows + low : NULL;
}
