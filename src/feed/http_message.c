/* http_message.c — the status line, chunks, and gzip, deflate and Brotli by their own libraries. */
#include "feed/http_message.h"

#include "feed/header_block.h"

#include <brotli/decode.h>
#include <zlib.h>

enum { STEP_BYTES = 64 * 1024 };

bool sr_http_message_read(sr_str bytes, sr_http_message *message)
{
    *message = (sr_http_message){0};
    if (!sr_header_begins(bytes, "http/")) {
        return false;
    }
    size_t n_head = sr_header_block_measure(bytes);
    sr_str head = n_head ? sr_str_make(bytes.data, n_head) : bytes;
    const char *blank = memchr(head.data, ' ', head.n_bytes);
    const char *end = head.data + head.n_bytes;
    for (const char *c = blank ? blank + 1 : end; c < end && *c >= '0' && *c <= '9'; c++) {
        message->status = message->status * 10 + (unsigned)(*c - '0');
        if (message->status > 999) {
            return false;
        }
    }
    sr_str type = sr_header_block_find(head, "Content-Type");
    message->type = sr_header_value_type(type);
    message->charset = sr_header_value_parameter(type, "charset");
    message->transfer_encoding = sr_header_block_find(head, "Transfer-Encoding");
    message->content_encoding = sr_header_block_find(head, "Content-Encoding");
    message->body = sr_str_make(bytes.data + head.n_bytes, bytes.n_bytes - head.n_bytes);
    return message->status > 0;
}

void sr_http_scratch_init(sr_http_scratch *scratch)
{
    sr_buffer_init(&scratch->joined, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&scratch->unpacked, SR_BUFFER_NO_LIMIT);
}

void sr_http_scratch_release(sr_http_scratch *scratch)
{
    sr_buffer_release(&scratch->joined);
    sr_buffer_release(&scratch->unpacked);
}

/* ---------------------------------------------------------------- chunks */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* "1a2b; extension\r\n": takes it off the front; false where it is none. */
static bool take_chunk_size(sr_str *rest, size_t *size)
{
    size_t n = 0;
    *size = 0;
    while (n < rest->n_bytes && n < 8 && hex_digit(rest->data[n]) >= 0) {
        *size = *size * 16 + (size_t)hex_digit(rest->data[n++]);
    }
    const char *end = n < rest->n_bytes ? memchr(rest->data + n, '\n', rest->n_bytes - n) : NULL;
    char next = n < rest->n_bytes ? rest->data[n] : '\0';
    if (n == 0 || !end || !strchr("\r\n; ", next) || next == '\0') {
        return false;
    }
    size_t n_gone = (size_t)(end - rest->data) + 1;
    *rest = sr_str_make(end + 1, rest->n_bytes - n_gone);
    return true;
}

/* The chunks joined. A body that does not begin with a chunk stays as it is; from a chunk that is
 * none, the rest is taken as it stands. */
static sr_status join_chunks(sr_str body, sr_buffer *joined, sr_str *out)
{
    sr_str rest = body;
    size_t size;
    bool begun = false;
    sr_buffer_clear(joined);
    *out = body;
    while (take_chunk_size(&rest, &size)) {
        begun = true;
        if (size == 0) {
            rest.n_bytes = 0;
            break;
        }
        size = size < rest.n_bytes ? size : rest.n_bytes;
        SR_TRY(sr_buffer_append(joined, rest.data, size));
        rest = sr_str_make(rest.data + size, rest.n_bytes - size);
        size_t n_end = rest.n_bytes >= 2 && memcmp(rest.data, "\r\n", 2) == 0 ? 2
                       : rest.n_bytes >= 1 && rest.data[0] == '\n'            ? 1
                                                                              : 0;
        rest = sr_str_make(rest.data + n_end, rest.n_bytes - n_end);
    }
    if (begun) {
        SR_TRY(sr_buffer_append_str(joined, rest));
        *out = sr_buffer_view(joined);
    }
    return SR_OK;
}

/* ---------------------------------------------------------------- compressions */

/* Room for more, up to a byte above the limit. */
static sr_status make_room(sr_buffer *out, size_t max_bytes)
{
    return out->n_bytes > max_bytes ? SR_ERR_LIMIT : sr_buffer_reserve(out, STEP_BYTES);
}

static sr_status inflate_all(sr_str body, int window_bits, size_t max_bytes, sr_buffer *out)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)body.data};
    if (inflateInit2(&z, window_bits) != Z_OK) {
        return SR_ERR_MEMORY;
    }
    z.avail_in = (uInt)(body.n_bytes < UINT32_MAX ? body.n_bytes : UINT32_MAX);
    sr_status status = SR_OK;
    int got = Z_OK;
    while (got == Z_OK && status == SR_OK) {
        status = make_room(out, max_bytes);
        if (status == SR_OK) {
            z.next_out = (Bytef *)out->data + out->n_bytes;
            z.avail_out = STEP_BYTES;
            got = inflate(&z, Z_NO_FLUSH);
            out->n_bytes += STEP_BYTES - z.avail_out;
        }
    }
    inflateEnd(&z);
    return status;
}

static sr_status unbrotli_all(sr_str body, size_t max_bytes, sr_buffer *out)
{
    BrotliDecoderState *decoder = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    if (!decoder) {
        return SR_ERR_MEMORY;
    }
    const uint8_t *in = (const uint8_t *)body.data;
    size_t n_in = body.n_bytes;
    sr_status status = SR_OK;
    BrotliDecoderResult got = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
    while (got == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT && status == SR_OK) {
        status = make_room(out, max_bytes);
        if (status == SR_OK) {
            uint8_t *to = (uint8_t *)out->data + out->n_bytes;
            size_t n_to = STEP_BYTES;
            got = BrotliDecoderDecompressStream(decoder, &n_in, &in, &n_to, &to, NULL);
            out->n_bytes += STEP_BYTES - n_to;
        }
    }
    BrotliDecoderDestroyInstance(decoder);
    return status;
}

/* How the body is really packed, whatever its headers say. */
static sr_status unpack(const sr_http_message *message, sr_str body, size_t max_bytes,
                        sr_buffer *out)
{
    enum { GZIP_WINDOW = 15 + 16, ZLIB_WINDOW = 15, RAW_WINDOW = -15 };
    unsigned first = body.n_bytes > 1 ? (unsigned char)body.data[0] : 0;
    unsigned second = body.n_bytes > 1 ? (unsigned char)body.data[1] : 0;
    sr_str encoding = message->content_encoding;
    if (first == 0x1f && second == 0x8b) {
        return inflate_all(body, GZIP_WINDOW, max_bytes, out);
    }
    if (sr_header_equal(encoding, "deflate")) {
        bool has_head = (first & 0x0f) == Z_DEFLATED && (first * 256 + second) % 31 == 0;
        return inflate_all(body, has_head ? ZLIB_WINDOW : RAW_WINDOW, max_bytes, out);
    }
    bool is_plain = first == '<' || first == ' ' || first == '\n' || first == '\r';
    return sr_header_equal(encoding, "br") && !is_plain ? unbrotli_all(body, max_bytes, out)
                                                        : SR_OK;
}

sr_status sr_http_message_body(const sr_http_message *message, size_t max_bytes,
                               sr_http_scratch *scratch, sr_str *body)
{
    sr_str bytes = message->body;
    if (sr_header_begins(message->transfer_encoding, "chunked")) {
        SR_TRY(join_chunks(bytes, &scratch->joined, &bytes));
    }
    if (message->content_encoding.n_bytes) {
        sr_buffer_clear(&scratch->unpacked);
        SR_TRY(unpack(message, bytes, max_bytes, &scratch->unpacked));
        bytes = scratch->unpacked.n_bytes ? sr_buffer_view(&scratch->unpacked) : bytes;
    }
    *body = bytes;
    return SR_OK;
}
