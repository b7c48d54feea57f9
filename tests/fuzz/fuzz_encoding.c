/* fuzz_encoding.c — any bytes in any encoding. What comes out is UTF-8, and the same whether it is
 * made at once or by a stream, whose window cuts characters; the guess names an encoding that there
 * is. The first byte picks the encoding, or lets it be guessed. */
#include "fuzz/fuzz.h"

#include "feed/encoding.h"
#include "feed/encoding_guess.h"
#include "feed/json_shim.h"

typedef struct memory_stream {
    sr_stream stream;
    sr_str left;
    size_t n_step;
} memory_stream;

static sr_status read_memory(sr_stream *stream, char *bytes, size_t capacity, size_t *n_bytes,
                             sr_error *error)
{
    (void)error;
    memory_stream *memory = (memory_stream *)(void *)stream;
    size_t n = memory->left.n_bytes < memory->n_step ? memory->left.n_bytes : memory->n_step;
    n = n < capacity ? n : capacity;
    if (n) {
        memcpy(bytes, memory->left.data, n);
    }
    memory->left = sr_str_make(memory->left.data + n, memory->left.n_bytes - n);
    *n_bytes = n;
    return SR_OK;
}

static void close_memory(sr_stream *stream)
{
    (void)stream;
}

/* Reads three bytes at a time from below, seven at a time above. */
static void check_stream(const char *name, sr_str bytes, sr_str expected)
{
    memory_stream below = {
        .stream = {.read = read_memory, .close = close_memory}, .left = bytes, .n_step = 3};
    sr_stream *recoded = NULL;
    sr_error error;
    FUZZ_CHECK(sr_recode_stream_open(name, &below.stream, &recoded, &error) == SR_OK);
    size_t at = 0;
    char part[7];
    size_t n;
    do {
        FUZZ_CHECK(sr_stream_read(recoded, part, sizeof part, &n, &error) == SR_OK);
        FUZZ_CHECK(at + n <= expected.n_bytes);
        FUZZ_CHECK(n == 0 || memcmp(part, expected.data + at, n) == 0);
        at += n;
    } while (n);
    FUZZ_CHECK(at == expected.n_bytes);
    sr_stream_close(recoded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    static const char *const NAMES[] = {NULL,          "UTF-8",       "CP1252",  "UTF-16LE",
                                        "UTF-16BE",    "UTF-32",      "GB18030", "CP932",
                                        "EUC-JP",      "ISO-2022-JP", "KOI8-R",  "BIG5",
                                        "ISO-2022-KR", "CP1251",      "EUC-KR",  "CP1255"};
    if (n_bytes == 0) {
        return 0;
    }
    sr_str bytes = sr_str_make((const char *)data + 1, n_bytes - 1);
    size_t n_mark = 0;
    const char *name = NAMES[data[0] % SR_ARRAY_COUNT(NAMES)];
    const char *guess = sr_encoding_guess(bytes, &n_mark);
    FUZZ_CHECK(guess && n_mark <= bytes.n_bytes && sr_encoding_shown(guess));
    name = name ? name : guess;
    char found[SR_ENCODING_BYTES];
    (void)sr_encoding_find(bytes, found);
    (void)sr_encoding_find_declared(bytes, "charset", found);
    (void)sr_encoding_find_declared(bytes, "encoding", found);
    (void)sr_encoding_of_markup(bytes);
    sr_recoder recoder = {0};
    sr_buffer utf8;
    sr_buffer_init(&utf8, SR_BUFFER_NO_LIMIT);
    uint64_t n_bad = 0;
    FUZZ_CHECK(sr_recoder_append(&recoder, name, bytes, &utf8, &n_bad) == SR_OK);
    FUZZ_CHECK(sr_json_is_utf8(sr_buffer_view(&utf8)));
    check_stream(name, bytes, sr_buffer_view(&utf8));
    sr_buffer_release(&utf8);
    sr_recoder_release(&recoder);
    return 0;
}
