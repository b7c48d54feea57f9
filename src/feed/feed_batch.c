/* feed_batch.c — records: the reader of the open member gives them, a batch holds copies of them,
 * or, where they lie one behind the other in the input's window, takes that away. It takes one
 * window: where members are small, the records of the others are copied. */
#include "feed/feed_open.h"
#include "feed/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define NO_PLACE SIZE_MAX

_Static_assert((int)SR_INPUT_SLACK >= (int)SR_JSON_PADDING, "simdjson reads that far");

void sr_record_batch_init(sr_record_batch *batch)
{
    *batch = (sr_record_batch){0};
    sr_arena_init(&batch->arena);
}

void sr_record_batch_release(sr_record_batch *batch)
{
    if (batch) {
        sr_arena_release(&batch->arena);
        free(batch->records);
        free(batch->window);
        free(batch->places);
        *batch = (sr_record_batch){0};
    }
}

/* Says which names of this member stand for which fields, unless the same was said last. */
static void tell_guesses(sr_feed *feed, const sr_record *record)
{
    sr_str names[SR_FEED_FIELD_COUNT];
    if (feed->guesses_told || sr_feed_kind_of(record->member->format)->names_are_fixed ||
        !feed->observer || !feed->observer->message ||
        !sr_record_parser_names(feed->parser, record, names)) {
        return;
    }
    feed->guesses_told = true;
    char text[SR_FEED_PROBLEM_BYTES] = "";
    size_t n_text = 0;
    for (int f = 0; f < SR_FEED_FIELD_COUNT; f++) {
        const char *field = sr_feed_field_name((sr_feed_field)f);
        if (names[f].n_bytes == 0 || feed->map.paths[f].is_mapped ||
            sr_str_equal_text(names[f], field)) {
            continue;
        }
        int n = snprintf(text + n_text, sizeof text - n_text, "%s%s=%.*s", n_text ? ", " : "",
                         field, (int)names[f].n_bytes, names[f].data);
        n_text += n > 0 && (size_t)n < sizeof text - n_text ? (size_t)n : 0;
    }
    if (n_text && strcmp(text, feed->told) != 0) {
        memcpy(feed->told, text, sizeof text);
        sr_observe_message(feed->observer, SR_MESSAGE_INFO,
                           "%s: reads %s (guessed; --map changes it)", feed->member->name, text);
    }
}

/* Records of the open member stay in the input's window, if the batch can take it. */
static void pin_window(sr_feed *feed, const sr_record_batch *batch)
{
    if (feed->reader && feed->reader->in_window && !feed->input.is_pinned &&
        batch->n_in_window == 0) {
        sr_input_pin(&feed->input);
    }
}

/* Takes the window away from the input. */
static sr_status take_window(sr_feed *feed, sr_record_batch *batch)
{
    if (!feed->input.is_pinned || batch->n_in_window == 0) {
        feed->input.is_pinned = false;
        return SR_OK;
    }
    size_t pinned = 0;
    SR_TRY(sr_input_take(&feed->input, &batch->window, &batch->window_capacity, &pinned));
    for (size_t i = 0; i < batch->n_records; i++) {
        if (batch->places[i] != NO_PLACE) {
            batch->records[i].raw.data = batch->window + pinned + batch->places[i];
        }
    }
    return SR_OK;
}

static sr_status reserve_record(sr_record_batch *batch)
{
    SR_TRY(sr_array_reserve((void **)&batch->places, &batch->place_capacity, batch->n_records + 1,
                            sizeof *batch->places));
    return sr_array_reserve((void **)&batch->records, &batch->capacity, batch->n_records + 1,
                            sizeof *batch->records);
}

/* A record that was consumed last; its bytes move with the window until that is taken. */
static sr_status append_in_window(sr_feed *feed, sr_record_batch *batch, const sr_record *record)
{
    SR_TRY(reserve_record(batch));
    batch->places[batch->n_records] = sr_input_keep(&feed->input, record->raw.n_bytes);
    batch->records[batch->n_records++] = *record;
    batch->n_bytes += record->raw.n_bytes;
    batch->n_in_window++;
    return SR_OK;
}

static sr_status append_record(sr_record_batch *batch, const sr_record *record)
{
    SR_TRY(reserve_record(batch));
    batch->places[batch->n_records] = NO_PLACE;
    sr_record kept = *record;
    char *raw = sr_arena_alloc(&batch->arena, record->raw.n_bytes + SR_JSON_PADDING);
    if (!raw) {
        return SR_ERR_MEMORY;
    }
    if (record->raw.n_bytes) {
        memcpy(raw, record->raw.data, record->raw.n_bytes);
    }
    kept.raw.data = raw;
    if (record->bad) {
        kept.bad = sr_arena_copy(&batch->arena, sr_str_of(record->bad)).data;
        if (!kept.bad) {
            return SR_ERR_MEMORY;
        }
    }
    if (record->n_fields) {
        sr_str *fields = sr_arena_alloc(&batch->arena, record->n_fields * sizeof *fields);
        for (size_t i = 0; fields && i < record->n_fields; i++) {
            fields[i] = sr_arena_copy(&batch->arena, record->fields[i]);
            fields = fields[i].data ? fields : NULL;
        }
        if (!fields) {
            return SR_ERR_MEMORY;
        }
        kept.fields = fields;
    }
    batch->records[batch->n_records++] = kept;
    batch->n_bytes += record->raw.n_bytes;
    return SR_OK;
}

/* The reader is at its end: where that is damage, it becomes the member's last record. */
static void note_damage(sr_feed *feed)
{
    const sr_reader *reader = feed->reader;
    if (reader && feed->input.damage.status != SR_OK) {
        uint64_t line = feed->input.line;
        bool by_line = sr_feed_kind_of(feed->member->format)->by_line;
        sr_feed_set_problem(feed, by_line ? line : reader->n_records + 1, line,
                            feed->input.damage.text);
    }
}

static void tell_mended(const sr_feed *feed)
{
    const sr_reader *reader = feed->reader;
    if (reader && reader->n_mended) {
        sr_observe_message(feed->observer, SR_MESSAGE_WARNING, "%s: %llu record%s with %s, mended",
                           feed->member->name, (unsigned long long)reader->n_mended,
                           reader->n_mended == 1 ? "" : "s", reader->mending);
    }
}

/* One record of the open member into the batch, or the end of the member. */
static sr_status next_record(sr_feed *feed, sr_record_batch *batch)
{
    sr_record record;
    bool found = false;
    pin_window(feed, batch);
    if (feed->reader) {
        SR_TRY(feed->reader->next(feed->reader, &record, &found));
    }
    if (!found) {
        tell_mended(feed);
        note_damage(feed);
        if (feed->problem[0]) {
            record = (sr_record){.member = feed->member,
                                 .number = feed->problem_number,
                                 .line = feed->problem_line,
                                 .bad = feed->problem};
            SR_TRY(append_record(batch, &record));
            feed->problem[0] = '\0';
        }
        SR_TRY(take_window(feed, batch));
        SR_TRY(sr_feed_keep_tail(feed));
        sr_feed_close_member(feed);
        return SR_OK;
    }
    record.member = feed->member;
    SR_TRY(feed->input.is_pinned && !record.bad ? append_in_window(feed, batch, &record)
                                                : append_record(batch, &record));
    if (!record.bad) {
        tell_guesses(feed, &batch->records[batch->n_records - 1]);
    }
    return SR_OK;
}

/* Reads until a whole line is held, or more would have to be waited for; what is left of
 * `timeout_ms` is waited. */
static sr_status wait_for_line(sr_feed *feed, int timeout_ms, bool *in_vain)
{
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    int left_ms = timeout_ms;
    for (;;) {
        sr_str held = sr_input_view(&feed->input);
        if (feed->input.at_end || (held.n_bytes && memchr(held.data, '\n', held.n_bytes))) {
            return SR_OK;
        }
        if (sr_file_stream_would_wait(feed->container.file, left_ms)) {
            *in_vain = true;
            return SR_OK;
        }
        SR_TRY(sr_input_fill(&feed->input));
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        int64_t gone_ms =
            (int64_t)(now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000;
        left_ms = gone_ms < timeout_ms ? timeout_ms - (int)gone_ms : 0;
    }
}

void sr_feed_set_live(sr_feed *feed)
{
    feed->live = feed->limits.live = true;
}

bool sr_feed_wait(sr_feed *feed, int timeout_ms)
{
    bool in_vain = false;
    return !feed->reader || wait_for_line(feed, timeout_ms, &in_vain) != SR_OK || !in_vain;
}

static sr_status fill_batch(sr_feed *feed, size_t max_records, size_t max_bytes,
                            sr_record_batch *batch)
{
    while (batch->n_records == 0 ||
           (batch->n_records < max_records && batch->n_bytes < max_bytes)) {
        SR_TRY(sr_feed_next_member(feed));
        if (!feed->member) {
            return SR_OK;
        }
        bool other_argument =
            batch->n_records &&
            batch->records[batch->n_records - 1].member->argument != feed->member->argument;
        if (other_argument) {
            return SR_OK;
        }
        bool must_wait = false;
        if (feed->live && feed->reader && batch->n_records) {
            SR_TRY(wait_for_line(feed, 0, &must_wait));
        }
        if (must_wait) {
            return SR_OK;
        }
        SR_TRY(next_record(feed, batch));
    }
    return SR_OK;
}

sr_status sr_feed_next_batch(sr_feed *feed, size_t max_records, size_t max_bytes,
                             sr_record_batch *batch, sr_error *error)
{
    sr_arena_reset(&batch->arena);
    batch->n_records = 0;
    batch->n_bytes = 0;
    batch->n_in_window = 0;
    feed->input.is_pinned = false; /* of a batch that failed */
    sr_status status = fill_batch(feed, max_records, max_bytes, batch);
    if (status == SR_OK) {
        status = take_window(feed, batch);
    }
    if (sr_observe_cancelled(feed->observer)) { /* a read that was given up looks like an end */
        return sr_error_set(error, SR_ERR_INTERRUPTED, NULL, 0, "interrupted");
    }
    if (status != SR_OK) {
        const char *name = feed->member ? feed->member->name : NULL;
        return sr_error_set(error, status, name, 0, "can't read on: %s", sr_status_text(status));
    }
    for (size_t i = 0; i < batch->n_records; i++) {
        batch->records[i].index = feed->n_given++;
    }
    return SR_OK;
}
