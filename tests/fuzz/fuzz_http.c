/* fuzz_http.c — any bytes as an HTTP response in an archive: chunked, gzip, deflate, brotli. Its
 * parts are parts of the message; its body is no longer than allowed. */
#include "fuzz/fuzz.h"

#include "feed/http_message.h"

enum { MAX_BODY = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    sr_http_message message;
    if (!sr_http_message_read(sr_str_make((const char *)data, n_bytes), &message)) {
        return 0;
    }
    const sr_str parts[] = {message.type, message.charset, message.transfer_encoding,
                            message.content_encoding, message.body};
    for (size_t i = 0; i < SR_ARRAY_COUNT(parts); i++) {
        const char *whole = (const char *)data;
        FUZZ_CHECK(parts[i].n_bytes == 0 ||
                   (parts[i].data >= whole && parts[i].data + parts[i].n_bytes <= whole + n_bytes));
    }
    sr_http_scratch scratch;
    sr_http_scratch_init(&scratch);
    sr_str body;
    sr_status status = sr_http_message_body(&message, MAX_BODY, &scratch, &body);
    FUZZ_CHECK(status == SR_OK || status == SR_ERR_LIMIT);
    FUZZ_CHECK(status != SR_OK || body.n_bytes <= MAX_BODY || body.n_bytes <= n_bytes);
    sr_http_scratch_release(&scratch);
    return 0;
}
