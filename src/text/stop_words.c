/* stop_words.c — search in the table of stop_words.inc. The first eight bytes of a word, read as
 * one big-endian number, order like the bytes: the search compares numbers and looks at the rest
 * only where they are equal. */
#include "text/stop_words.h"

enum {
#define STOP_BIT(name, a, b) name = 1 << SR_STOP_##name,
    SR_STOP_LANGUAGE_LIST(STOP_BIT)
#undef STOP_BIT
};

const sr_stop_entry sr_stop_words[] = {
#include "text/stop_words.inc"
};

const size_t sr_stop_word_count = SR_ARRAY_COUNT(sr_stop_words);

static uint64_t prefix_of(const char *padded)
{
    return __builtin_bswap64(sr_load_u64(padded));
}

uint32_t sr_stop_word_languages(sr_str word)
{
    char padded[SR_STOP_WORD_BYTES] = "";
    if (word.n_bytes == 0 || word.n_bytes >= sizeof padded) {
        return 0;
    }
    memcpy(padded, word.data, word.n_bytes);
    uint64_t prefix = prefix_of(padded);
    const sr_stop_entry *from = sr_stop_words;
    for (size_t n = SR_ARRAY_COUNT(sr_stop_words); n > 1;) {
        size_t half = n / 2;
        from += prefix_of(from[half - 1].word) < prefix ? half : 0;
        n -= half;
    }
    const sr_stop_entry *end = sr_stop_words + SR_ARRAY_COUNT(sr_stop_words);
    for (; from < end && prefix_of(from->word) <= prefix; from++) {
        if (memcmp(from->word, padded, sizeof padded) == 0) {
            return from->languages;
        }
    }
    return 0;
}
