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

/* Room for a read behind the window. */
static sr_status make_room(sr_input *input)
{
    size_t n_held = input->end - input->start;
    if (input->data && input->start && (n_held == 0 || input->capacity - input->end < READ_BYTES)) {
        memmove(input->data, input->data + input->start, n_held);
        input->start = 0;
        input->end = n_held;
    }
    size_t n_needed;
    if (!sr_size_add(input->end, READ_BYTES, &n_needed)) {
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
    sr_status status = sr_stream_read(input->stream, input->data + input->end,
                                      input->capacity - input->end, &n, &input->damage);
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
