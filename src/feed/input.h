/* input.h — a window on a stream, for the readers that cut it into records: what they have not
 * consumed stays, what they need more of is read behind it. Memory is what the longest unconsumed
 * run needs. A window can be pinned, and then be taken away with all that was kept of it, so that
 * records are not copied. */
#ifndef SR_FEED_INPUT_H
#define SR_FEED_INPUT_H

#include "base/buffer.h"
#include "feed/stream.h"

typedef struct sr_input {
    sr_stream *stream; /* not owned */
    char *data;
    size_t start; /* of what is not consumed */
    size_t end;
    size_t capacity;
    bool is_pinned; /* what lies from `pinned` to `kept_end` keeps its distances: */
    size_t pinned;  /* it is seen by records */
    size_t kept_end;
    bool at_end;      /* the stream has no more */
    sr_error damage;  /* status SR_OK, or why the stream ended before its end */
    uint64_t line;    /* 1-based physical line at `start` */
    uint64_t n_bytes; /* taken from the stream so far */
} sr_input;

void sr_input_init(sr_input *input, sr_stream *stream);
void sr_input_release(sr_input *input);

static inline sr_str sr_input_view(const sr_input *input)
{
    return sr_str_make(input->data + input->start, input->end - input->start);
}

/* Reads more behind the window, which may move it; sets `at_end` where there is none. */
SR_MUST_USE sr_status sr_input_fill(sr_input *input);
/* The first bytes, at least `n_bytes` unless the input is shorter. */
SR_MUST_USE sr_status sr_input_peek(sr_input *input, size_t n_bytes, sr_str *view);
/* The same of a live `file`, which may be below the stream: is content with less where a line is
 * there and more would have to be waited for. */
SR_MUST_USE sr_status sr_input_peek_live(sr_input *input, sr_stream *file, size_t n_bytes,
                                         sr_str *view);
/* Moves the start over `n_bytes`, which hold `n_lines` line ends. Views into the window stay valid
 * until it is filled. */
void sr_input_consume(sr_input *input, size_t n_bytes, uint64_t n_lines);
/* Pins the window where it starts. */
void sr_input_pin(sr_input *input);
/* The last `n_bytes` consumed are kept, at this distance from the pin. */
size_t sr_input_keep(sr_input *input, size_t n_bytes);
/* Ends the pin. The window, from the pin on, is given away, with SR_INPUT_SLACK readable bytes
 * behind it; `*window` (a buffer of `*capacity`, or NULL) takes its place. SR_ERR_MEMORY. */
enum { SR_INPUT_SLACK = 64 };
SR_MUST_USE sr_status sr_input_take(sr_input *input, char **window, size_t *capacity,
                                    size_t *pinned);
/* The length of the line that begins `from` bytes behind the start, with its line end; 0 at the end
 * of the input. SR_ERR_LIMIT where it is longer than `max_bytes`. */
SR_MUST_USE sr_status sr_input_measure_line(sr_input *input, size_t from, size_t max_bytes,
                                            size_t *n_bytes);
/* Consumes to behind the next line end, however far that is. */
SR_MUST_USE sr_status sr_input_skip_line(sr_input *input);

#endif
