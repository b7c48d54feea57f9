/* words.c — see words.h. The alias method (Walker 1977, Vose 1991) draws a rank with one random
 * number and one look-up. */
#include "words.h"

#include <stdlib.h>
#include <string.h>

typedef struct syllables {
    const char *onsets[18], *nuclei[6], *codas[5];
} syllables;

static const syllables LATIN = {
    {"b", "br", "d", "f", "g", "gr", "h", "k", "l", "m", "n", "p", "r", "s", "st", "t", "v", "w"},
    {"a", "e", "i", "o", "u", "ai"},
    {"", "n", "r", "l", "s"}};
static const syllables CYRILLIC = {
    {"б", "бр", "в", "г", "д", "ж", "з", "к", "л", "м", "н", "п", "р", "с", "ст", "т", "х", "ч"},
    {"а", "е", "и", "о", "у", "я"},
    {"", "н", "р", "л", "й"}};

/* Walker's alias method over 1 / (rank + 2.7), the Zipf-Mandelbrot law. */
static struct {
    uint32_t keep[VOCABULARY]; /* threshold in 2^-32 */
    uint32_t other[VOCABULARY];
} zipf;

static void zipf_prepare(void)
{
    static double share[VOCABULARY];
    static uint32_t small[VOCABULARY], large[VOCABULARY];
    uint32_t n_small = 0, n_large = 0;
    double sum = 0;
    for (uint32_t i = 0; i < VOCABULARY; i++) {
        sum += share[i] = 1 / (i + 2.7);
    }
    for (uint32_t i = 0; i < VOCABULARY; i++) {
        share[i] *= VOCABULARY / sum;
        zipf.keep[i] = UINT32_MAX;
        zipf.other[i] = i;
        if (share[i] < 1) {
            small[n_small++] = i;
        } else {
            large[n_large++] = i;
        }
    }
    while (n_small && n_large) {
        uint32_t i = small[--n_small], j = large[n_large - 1];
        zipf.keep[i] = (uint32_t)(share[i] * 4294967295.0);
        zipf.other[i] = j;
        share[j] -= 1 - share[i];
        if (share[j] < 1) {
            n_large--;
            small[n_small++] = j;
        }
    }
}

uint32_t zipf_draw(rng *r)
{
    uint64_t bits = rng_next(r);
    uint32_t i = scale(bits, VOCABULARY);
    return (uint32_t)bits <= zipf.keep[i] ? i : zipf.other[i];
}

static void word_append(word *w, const char *bytes)
{
    size_t n = strlen(bytes);
    memcpy(w->bytes + w->n_bytes, bytes, n);
    w->n_bytes = (uint8_t)(w->n_bytes + n);
}

/* The word of a rank: frequent words are shorter. The multiplier spreads neighbours over the
 * syllables. */
static void word_of_syllables(const syllables *set, uint32_t rank, word *w)
{
    unsigned n_syllables = rank < 200 ? 1 : rank < 4000 ? 2 : 3;
    uint64_t code = (uint64_t)rank * 104729 + 17;
    for (unsigned i = 0; i < n_syllables; i++) {
        word_append(w, set->onsets[code % 18]);
        word_append(w, set->nuclei[code / 18 % 6]);
        word_append(w, set->codas[code / 108 % 5]);
        code = code / 540 + rank;
    }
}

/* One or two of 2,000 ideographs. */
static void word_of_ideographs(uint32_t rank, word *w)
{
    unsigned n_characters = rank < 600 ? 1 : 2;
    uint32_t code = rank;
    for (unsigned i = 0; i < n_characters; i++) {
        uint32_t point = 0x4e00 + (code * 1009 + 11) % 2000 * 7;
        char utf8[4] = {(char)(0xe0 | point >> 12), (char)(0x80 | (point >> 6 & 63)),
                        (char)(0x80 | (point & 63)), 0};
        word_append(w, utf8);
        code = code / 2000 + rank / 7;
    }
}

language languages[MAX_LANGUAGES] = {
    {"latin", "en", " ", ".", ",", {"Share this article.", "All rights reserved."}, NULL, 0},
    {"cyrillic", "ru", " ", ".", ",", {"Поделиться статьёй.", "Все права защищены."}, NULL, 0},
    {"cjk", "zh", "", "。", "，", {"分享本文。", "版权所有。"}, NULL, 0}};

static bool language_prepare(language *l)
{
    l->words = calloc(VOCABULARY, sizeof *l->words);
    for (uint32_t rank = 0; l->words && rank < VOCABULARY; rank++) {
        if (l == &languages[2]) {
            word_of_ideographs(rank, &l->words[rank]);
        } else {
            word_of_syllables(l == &languages[0] ? &LATIN : &CYRILLIC, rank, &l->words[rank]);
        }
    }
    return l->words != NULL;
}

bool words_prepare(void)
{
    bool done = true;
    zipf_prepare();
    for (int i = 0; i < MAX_LANGUAGES; i++) {
        done = language_prepare(&languages[i]) && done;
    }
    return done;
}

void words_release(void)
{
    for (int i = 0; i < MAX_LANGUAGES; i++) {
        free(languages[i].words);
        languages[i].words = NULL;
    }
}
