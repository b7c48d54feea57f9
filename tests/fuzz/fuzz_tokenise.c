/* fuzz_tokenise.c — any bytes as a text: words lie inside the folded text and inside the raw one,
 * are not empty, stand in order, and come out the same when their raw bytes stand alone. */
#include "fuzz/fuzz.h"

#include "text/tokenise.h"

static void check_positions(const sr_words *words, size_t n_bytes)
{
    for (size_t i = 0; i < words->n_words; i++) {
        FUZZ_CHECK(words->starts[i] < words->ends[i] && words->ends[i] <= words->folded.n_bytes);
        FUZZ_CHECK(words->raw_starts[i] < words->raw_ends[i] && words->raw_ends[i] <= n_bytes);
        FUZZ_CHECK(i == 0 || words->ends[i - 1] <= words->starts[i]);
        FUZZ_CHECK(i == 0 || words->raw_ends[i - 1] <= words->raw_starts[i]);
    }
}

/* A word depends on its own bytes alone. */
static void check_stands_alone(sr_words *alone, sr_str raw, sr_str word)
{
    FUZZ_CHECK(sr_tokenise(alone, raw, false) == SR_OK);
    FUZZ_CHECK(alone->n_words == 1);
    FUZZ_CHECK(sr_str_equal(sr_word(alone, 0), word));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    sr_words words;
    sr_words alone;
    sr_words_init(&words);
    sr_words_init(&alone);
    FUZZ_CHECK(sr_tokenise(&words, sr_str_make((const char *)data, n_bytes), true) == SR_OK);
    check_positions(&words, n_bytes);
    for (size_t i = 0; i < words.n_words; i++) {
        sr_str raw = sr_str_make((const char *)data + words.raw_starts[i],
                                 words.raw_ends[i] - words.raw_starts[i]);
        check_stands_alone(&alone, raw, sr_word(&words, i));
    }
    sr_words_release(&words);
    sr_words_release(&alone);
    return 0;
}
