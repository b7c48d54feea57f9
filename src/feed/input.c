/* input.c — the window: one buffer, moved down before it is grown. */
#include "feed/input.h"

#include <stdlib.h>

enum { READ_BYTES = 128 * 1024 };

void sr_input_init(sr_input *input, sr_stream *stream)
{
    *input = (sr_input){.stream = stream, .line = 1};
}

void sr_input_release(sr_input *input)
{
    if (input) {
        free(input->data);
        sr_input_init(input, NULL);
    }
}

/* Moves what is not consumed down to `to`. */
static void move_down(sr_input *input, size_t to)
{
    size_t n_held = input->end - input->start;
    memmove(input->data + to, input->data + input->start, n_held);
    input->start = to;
    input->end = to + n_held;
}

/* Room for a read behind the window. What was consumed behind a pin and not kept (blank lines, a
 * line too long) goes before it becomes much. */
static sr_status make_room(sr_input *input)
{
    bool is_full = input->capacity - input->end < READ_BYTES + SR_INPUT_SLACK;
    if (input->is_pinned) {
        if (input->start - input->kept_end >= READ_BYTES) {
            move_down(input, input->kept_end);
        }
    } else if (input->data && input->start && (input->start == input->end || is_full)) {
        move_down(input, 0);
    }
    size_t n_needed;
    if (!sr_size_add(input->end, READ_BYTES + SR_INPUT_SLACK, &n_needed)) {
        return SR_ERR_LIMIT;
    }
    return sr_array_reserve((void **)&input->data, &input->capacity, n_needed, 1);
}

sr_status sr_input_fill(sr_input *input)
{
    if (input->at_end) {
        return SR_OK;
    }
    SR_TRY(make_room(input));
    size_t n = 0;
    size_t n_room = input->capacity - input->end - SR_INPUT_SLACK;
    n_room = input->is_pinned && n_room > READ_BYTES ? READ_BYTES : n_room; /* see sr_input_take */
    sr_status status =
        sr_stream_read(input->stream, input->data + input->end, n_room, &n, &input->damage);
    if (status == SR_ERR_MEMORY) {
        return status;
    }
    if (status != SR_OK) {
        input->damage.status = status;
        n = 0;
    }
    input->at_end = n == 0;
    input->end += n;
    input->n_bytes += n;
    return SR_OK;
}

sr_status sr_input_peek(sr_input *input, size_t n_bytes, sr_str *view)
{
    while (!input->at_end && input->end - input->start < n_bytes) {
        SR_TRY(sr_input_fill(input));
    }
    *view = sr_input_view(input);
    return SR_OK;
}

sr_status sr_input_peek_live(sr_input *input, sr_stream *file, size_t n_bytes, sr_str *view)
{
    if (!input->data) {
        SR_TRY(sr_input_fill(input));
    }
    for (;;) {
        *view = sr_input_view(input);
        bool has_line = view->n_bytes && memchr(view->data, '\n', view->n_bytes);
        if (input->at_end || view->n_bytes >= n_bytes ||
            (has_line && sr_file_stream_would_wait(file, 0))) {
            return SR_OK;
        }
        SR_TRY(sr_input_fill(input));
    }
}

void sr_input_consume(sr_input *input, size_t n_bytes, uint64_t n_lines)
{
    input->start += n_bytes;
    input->line += n_lines;
}

void sr_input_pin(sr_input *input)
{
    input->is_pinned = true;
    input->pinned = input->kept_end = input->start;
}

size_t sr_input_keep(sr_input *input, size_t n_bytes)
{
    input->kept_end = input->start;
    return input->start - n_bytes - input->pinned;
}

/* What is not consumed is copied: at most what one read gave. */
sr_status sr_input_take(sr_input *input, char **window, size_t *capacity, size_t *pinned)
{
    size_t n_held = input->end - input->start;
    SR_TRY(sr_array_reserve((void **)window, capacity, n_held + SR_INPUT_SLACK, 1));
    memcpy(*window, input->data + input->start, n_held);
    char *taken = input->data;
    size_t n_taken = input->capacity;
    *pinned = input->pinned;
    input->data = *window;
    input->capacity = *capacity;
    input->start = 0;
    input->end = n_held;
    input->is_pinned = false;
    *window = taken;
    *capacity = n_taken;
    return SR_OK;
}

sr_status sr_input_measure_line(sr_input *input, size_t from, size_t max_bytes, size_t *n_bytes)
{
    for (size_t seen = 0;;) {
        size_t n_held = input->end - input->start - from;
        const char *line = input->data ? input->data + input->start + from : "";
        const char *line_end = n_held > seen ? memchr(line + seen, '\n', n_held - seen) : NULL;
        size_t length = line_end ? (size_t)(line_end - line) + 1 : n_held;
        if (length > max_bytes) {
            return SR_ERR_LIMIT;
        }
        if (line_end || input->at_end) {
            *n_bytes = length;
            return SR_OK;
        }
        seen = n_held;
        SR_TRY(sr_input_fill(input));
    }
}

sr_status sr_input_skip_line(sr_input *input)
{
    for (;;) {
        sr_str held = sr_input_view(input);
        const char *line_end = held.n_bytes ? memchr(held.data, '\n', held.n_bytes) : NULL;
        if (line_end) {
            sr_input_consume(input, (size_t)(line_end - held.data) + 1, 1);
            return SR_OK;
        }
        sr_input_consume(input, held.n_bytes, 0);
        if (input->at_end) {
            return SR_OK;
        }
        SR_TRY(sr_input_fill(input));
    }
}
