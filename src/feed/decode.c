/* decode.c — a stream over a window, iconv over that, and iconv back. */
#include "feed/decode.h"

#include "feed/encoding_guess.h"

#include <errno.h>
#include <iconv.h>

/* The source is the second member of its sr_decode. */
static sr_decode *decode_of(sr_stream *source)
{
    return (sr_decode *)(void *)((char *)source - offsetof(sr_decode, source));
}

static sr_status source_read(sr_stream *stream, char *bytes, size_t capacity, size_t *n_bytes,
                             sr_error *error)
{
    sr_decode *decode = decode_of(stream);
    sr_input *raw = &decode->raw;
    if (raw->start == raw->end) {
        SR_TRY(sr_input_fill(raw));
    }
    sr_str held = sr_input_view(raw);
    *n_bytes = held.n_bytes < capacity ? held.n_bytes : capacity;
    if (held.n_bytes == 0) {
        if (raw->damage.status != SR_OK) {
            *error = raw->damage;
        }
        return raw->damage.status;
    }
    memcpy(bytes, held.data, *n_bytes);
    for (size_t i = 0; decode->lone_cr && i < *n_bytes; i++) {
        bytes[i] = bytes[i] == '\r' ? '\n' : bytes[i];
    }
    sr_input_consume(raw, *n_bytes, 0);
    return SR_OK;
}

static void source_close(sr_stream *stream)
{
    (void)stream; /* a part of its sr_decode */
}

sr_status sr_decode_open(sr_decode *decode, sr_input *input, const char *encoding, bool lone_cr,
                         sr_error *error)
{
    *decode = (sr_decode){.lone_cr = lone_cr};
    decode->source = (sr_stream){.read = source_read, .close = source_close};
    sr_stream *top = &decode->source;
    if (!sr_encoding_is_single_byte(encoding)) {
        SR_TRY(sr_recode_stream_open(encoding, top, &decode->recoded, error));
        top = decode->recoded;
    }
    decode->raw = *input;
    sr_input_init(input, top);
    return SR_OK;
}

void sr_decode_close(sr_decode *decode)
{
    sr_stream_close(decode->recoded);
    sr_input_release(&decode->raw);
    *decode = (sr_decode){0};
}

/* ---------------------------------------------------------------- back */

sr_status sr_undecode_open(sr_undecode *undecode, const char *encoding, bool lone_cr)
{
    *undecode = (sr_undecode){.lone_cr = lone_cr};
    if (sr_encoding_is_single_byte(encoding)) {
        return SR_OK;
    }
    undecode->handle = iconv_open(encoding, "UTF-8");
    if (undecode->handle == (void *)-1) {
        return errno == ENOMEM ? SR_ERR_MEMORY : SR_ERR_UNSUPPORTED;
    }
    undecode->is_open = true;
    return SR_OK;
}

void sr_undecode_close(sr_undecode *undecode)
{
    if (undecode->is_open) {
        iconv_close(undecode->handle);
    }
    *undecode = (sr_undecode){0};
}

/* Behind a character that the target has not: its bytes are skipped. */
static void skip_character(char **in, size_t *n_in)
{
    do {
        ++*in;
        --*n_in;
    } while (*n_in && ((unsigned char)**in & 0xc0) == 0x80);
}

static sr_status convert(sr_undecode *undecode, sr_str utf8, sr_buffer *out)
{
    char mark[] = "?";
    char *in = (char *)utf8.data; /* iconv only reads it */
    size_t n_in = utf8.n_bytes;
    while (n_in) {
        SR_TRY(sr_buffer_reserve(out, n_in * 4 + 16));
        char *to = out->data + out->n_bytes;
        size_t n_to = out->capacity - out->n_bytes;
        size_t done = iconv(undecode->handle, &in, &n_in, &to, &n_to);
        if (done == (size_t)-1 && errno != E2BIG && n_in) {
            char *from = mark;
            size_t n_from = 1;
            skip_character(&in, &n_in);
            (void)iconv(undecode->handle, &from, &n_from, &to, &n_to);
        }
        out->n_bytes = (size_t)(to - out->data);
    }
    return SR_OK;
}

sr_status sr_undecode_append(sr_undecode *undecode, sr_str utf8, sr_buffer *out)
{
    size_t start = out->n_bytes;
    if (undecode->is_open) {
        return convert(undecode, utf8, out);
    }
    SR_TRY(sr_buffer_append_str(out, utf8));
    for (size_t i = start; undecode->lone_cr && i < out->n_bytes; i++) {
        out->data[i] = out->data[i] == '\n' ? '\r' : out->data[i];
    }
    return SR_OK;
}
