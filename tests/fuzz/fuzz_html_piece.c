/* fuzz_html_piece.c — any bytes as HTML inside a field: the text is UTF-8 and holds no longer than
 * the piece allows; what says that it has no tags reads as itself. */
#include "fuzz/fuzz.h"

#include "feed/html_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    sr_buffer utf8;
    sr_buffer_init(&utf8, SR_BUFFER_NO_LIMIT);
    sr_recoder recoder = {0};
    uint64_t n_bad = 0;
    FUZZ_CHECK(sr_recoder_append(&recoder, "UTF-8", sr_str_make((const char *)data, n_bytes), &utf8,
                                 &n_bad) == SR_OK);
    sr_html_reader reader;
    sr_str text;
    sr_html_reader_init(&reader, NULL);
    FUZZ_CHECK(sr_html_read_piece(&reader, sr_buffer_view(&utf8), &text) == SR_OK);
    FUZZ_CHECK(sr_json_is_utf8(text));
    FUZZ_CHECK(!sr_html_has_tags(sr_buffer_view(&utf8)) ||
               sr_html_is_likely(sr_buffer_view(&utf8)));
    sr_html_reader_release(&reader);
    sr_recoder_release(&recoder);
    sr_buffer_release(&utf8);
    return 0;
}
