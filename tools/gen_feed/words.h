/* words.h — invented languages: words made of syllables or ideographs, by rank, with Zipfian
 * frequencies. */
#ifndef GEN_FEED_WORDS_H
#define GEN_FEED_WORDS_H

#include "random.h"

#include <stdbool.h>

enum { VOCABULARY = 1 << 16, WORD_BYTES = 30, MAX_LANGUAGES = 3 };

typedef struct word {
    char bytes[WORD_BYTES]; /* in lower case; all are copied, `n_bytes` count */
    uint8_t n_bytes;
} word;

typedef struct language {
    const char *name; /* as --languages has it */
    const char *code; /* as a record has it */
    const char *space;
    const char *stop; /* ends a sentence; a space follows in `space` */
    const char *comma;
    const char *foot[2]; /* furniture before the teaser and behind it */
    word *words;
    uint32_t weight; /* share among the languages asked for */
} language;

extern language languages[MAX_LANGUAGES];

/* False where memory is out. */
bool words_prepare(void);
void words_release(void);
/* A rank, by the Zipf-Mandelbrot law. */
uint32_t zipf_draw(rng *r);

#endif
