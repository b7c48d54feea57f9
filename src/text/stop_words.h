/* stop_words.h — one sorted table of the stop words of all languages: one search tells every
 * language that a word speaks for, which is what detection counts. */
#ifndef SR_TEXT_STOP_WORDS_H
#define SR_TEXT_STOP_WORDS_H

#include "base/bytes.h"

/* The languages that have a list, in the order of their bits in a mask. */
#define SR_STOP_LANGUAGE_LIST(X)                                                                   \
    X(AR, 'a', 'r')                                                                                \
    X(CS, 'c', 's')                                                                                \
    X(DA, 'd', 'a')                                                                                \
    X(DE, 'd', 'e')                                                                                \
    X(EL, 'e', 'l')                                                                                \
    X(EN, 'e', 'n')                                                                                \
    X(ES, 'e', 's')                                                                                \
    X(FI, 'f', 'i')                                                                                \
    X(FR, 'f', 'r')                                                                                \
    X(HU, 'h', 'u')                                                                                \
    X(IT, 'i', 't')                                                                                \
    X(NL, 'n', 'l')                                                                                \
    X(NO, 'n', 'o')                                                                                \
    X(PL, 'p', 'l')                                                                                \
    X(PT, 'p', 't') X(RO, 'r', 'o') X(RU, 'r', 'u') X(SV, 's', 'v') X(TR, 't', 'r') X(UK, 'u', 'k')

enum {
#define SR_STOP_ENUM(name, a, b) SR_STOP_##name,
    SR_STOP_LANGUAGE_LIST(SR_STOP_ENUM)
#undef SR_STOP_ENUM
        SR_STOP_LANGUAGE_COUNT
};

enum { SR_STOP_WORD_BYTES = 28 };

typedef struct sr_stop_entry {
    char word[SR_STOP_WORD_BYTES]; /* padded with NUL, at least one */
    uint32_t languages;            /* bit 1 << SR_STOP_… */
} sr_stop_entry;

extern const sr_stop_entry sr_stop_words[];
extern const size_t sr_stop_word_count;

/* The languages in which a folded word is a stop word, 0 for none. */
uint32_t sr_stop_word_languages(sr_str word);

/* For whoever asks often: tells nearly all other words from stop words by one bit. */
typedef struct sr_stop_filter sr_stop_filter;
/* Freed by free(). SR_ERR_MEMORY. */
SR_MUST_USE sr_status sr_stop_filter_create(sr_stop_filter **out);
/* Is the word a stop word of any language? Its first eight bytes can be read. */
bool sr_stop_filter_has(const sr_stop_filter *filter, sr_str word);

#endif
