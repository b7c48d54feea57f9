/* stop_words.c — search in the table of stop_words.inc. The first eight bytes of a word, read as
 * one big-endian number, order like the bytes: the search compares numbers and looks at the rest
 * only where they are equal. */
#include "text/stop_words.h"

#include <stdlib.h>

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

/* ---------------------------------------------------------------- filter */

enum { FILTER_BITS = 16 };

struct sr_stop_filter {
    uint8_t bits[(1 << FILTER_BITS) / 8];
};

/* By the first eight bytes and the length. */
static size_t bit_of(const char *word, size_t n_bytes)
{
    uint64_t start = sr_load_u64(word);
    start = n_bytes < 8 ? start & ((UINT64_C(1) << 8 * n_bytes) - 1) : start;
    return (size_t)((start + n_bytes) * 0x9e3779b97f4a7c15U >> (64 - FILTER_BITS));
}

sr_status sr_stop_filter_create(sr_stop_filter **out)
{
    sr_stop_filter *filter = calloc(1, sizeof *filter);
    if (!filter) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < sr_stop_word_count; i++) {
        size_t bit = bit_of(sr_stop_words[i].word, strlen(sr_stop_words[i].word));
        filter->bits[bit / 8] = (uint8_t)(filter->bits[bit / 8] | 1U << bit % 8);
    }
    *out = filter;
    return SR_OK;
}

bool sr_stop_filter_has(const sr_stop_filter *filter, sr_str word)
{
    size_t bit = bit_of(word.data, word.n_bytes);
    return (filter->bits[bit / 8] >> bit % 8 & 1) && sr_stop_word_languages(word) != 0;
}
