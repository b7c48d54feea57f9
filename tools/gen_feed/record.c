/* record.c — tokens as text, the furniture of a site around it, the fields of the record. Nothing
 * that is written needs escaping but line ends. */
#include "record.h"

#include <stdlib.h>
#include <string.h>

enum {
    FIRST_DAY_S = 1767225600, /* 2026-01-01T00:00:00Z */
    SPAN_S = 90 * 86400,
    TOKEN_BYTES = WORD_BYTES + 8
};

static void room_for(line *l, size_t n_more)
{
    if (l->capacity - l->n < n_more) {
        l->capacity = 2 * (l->n + n_more);
        l->bytes = realloc(l->bytes, l->capacity);
        if (!l->bytes) {
            fail("out of memory");
        }
    }
}

static void put(line *l, const char *bytes)
{
    size_t n = strlen(bytes);
    memcpy(l->bytes + l->n, bytes, n);
    l->n += n;
}

static void put_number(line *l, uint64_t value, unsigned n_digits)
{
    char digits[20];
    unsigned n = 0;
    while (value || n < n_digits) {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    }
    while (n) {
        l->bytes[l->n++] = digits[--n];
    }
}

/* Upper case for the scripts that this program writes: ASCII and U+0430..U+044F. */
static void put_word(line *l, const word *w, bool capital)
{
    char *at = l->bytes + l->n;
    memcpy(at, w->bytes, WORD_BYTES);
    unsigned char first = (unsigned char)at[0];
    if (capital && first < 0x80) {
        at[0] = (char)(first - 32);
    } else if (capital && first == 0xd0) {
        at[1] = (char)((unsigned char)at[1] - 32);
    } else if (capital && first == 0xd1) {
        at[0] = (char)0xd0;
        at[1] = (char)((unsigned char)at[1] + 32);
    }
    l->n += w->n_bytes;
}

static void put_text(line *l, const text *t, const language *lang, bool is_title)
{
    room_for(l, t->n * TOKEN_BYTES + TOKEN_BYTES);
    for (size_t i = 0; i < t->n; i++) {
        const token *next = &t->tokens[i];
        bool last = i + 1 == t->n;
        if (next->is_number) {
            put_number(l, next->value, 1);
        } else {
            put_word(l, &lang->words[next->value], next->capital);
        }
        if (next->mark == MARK_COMMA) {
            put(l, lang->comma);
        } else if (next->mark != MARK_NONE && !is_title) {
            put(l, lang->stop);
        }
        if (!last) {
            put(l, next->mark == MARK_PARAGRAPH && !is_title ? "\\n" : lang->space);
        }
    }
}

/* "Home | Sport | …" of a source: 4 to 9 words, always the same. */
static void put_menu(line *l, const article *a)
{
    rng r = rng_make(a->theme.seed, FOR_SOURCE, NO_STORY | (uint64_t)a->furniture);
    uint32_t n = 4 + below(&r, 6);
    room_for(l, n * TOKEN_BYTES + TOKEN_BYTES);
    for (uint32_t i = 0; i < n; i++) {
        put_word(l, &a->theme.language->words[200 + below(&r, 20000)], true);
        put(l, i + 1 < n ? " | " : "");
    }
}

/* The first words of another article of the site. */
static void put_teaser(line *l, const article *a, rng *r)
{
    static text teaser;
    static theme other;
    theme_prepare(&other, a->theme.seed, rng_next(r) | NO_STORY);
    text_draw(&other, r, 6 + below(r, 24), &teaser);
    put_text(l, &teaser, a->theme.language, false);
}

static void put_body(line *l, const options *o, const article *a)
{
    const language *lang = a->theme.language;
    rng r = rng_make(o->seed, FOR_RECORD, a->kind == EXACT ? a->origin : a->number);
    if (a->furniture >= 0) {
        put_menu(l, a);
        put(l, "\\n");
        put_teaser(l, a, &r);
        put(l, "\\n");
    }
    put_text(l, &a->body, lang, false);
    if (a->furniture >= 0) {
        put(l, "\\n");
        put(l, lang->foot[0]);
        put(l, lang->space);
        put_teaser(l, a, &r);
        put(l, lang->space);
        put(l, lang->foot[1]);
        put(l, " (c) ");
        put_menu(l, a);
    }
}

/* RFC 3339 within the three months from FIRST_DAY_S. */
static void put_date(line *l, int64_t seconds)
{
    static const int DAYS[] = {31, 28, 31, 30};
    int64_t of_span = seconds - FIRST_DAY_S, day = of_span / 86400, clock = of_span % 86400;
    unsigned month = 0;
    while (day >= DAYS[month]) {
        day -= DAYS[month++];
    }
    put(l, "2026-");
    put_number(l, month + 1, 2);
    put(l, "-");
    put_number(l, (uint64_t)day + 1, 2);
    put(l, "T");
    put_number(l, (uint64_t)clock / 3600, 2);
    put(l, ":");
    put_number(l, (uint64_t)clock / 60 % 60, 2);
    put(l, ":");
    put_number(l, (uint64_t)clock % 60, 2);
    put(l, "Z");
}

void put_record(line *l, const options *o, const article *a)
{
    rng r = rng_make(o->seed, FOR_RECORD, a->number | NO_STORY);
    int64_t step = (int64_t)(a->number * (uint64_t)(SPAN_S - 3600) / o->articles);
    room_for(l, 1024);
    put(l, "{\"id\":\"n");
    put_number(l, a->number, 8);
    put(l, "\",\"title\":\"");
    put_text(l, &a->title, a->theme.language, true);
    put(l, "\",\"text\":\"");
    put_body(l, o, a);
    room_for(l, 1024);
    put(l, "\",\"url\":\"https://site");
    put_number(l, a->source, 1);
    put(l, ".example/");
    put_number(l, a->number, 8);
    put(l, "\",\"source\":\"");
    put_word(l, &languages[0].words[500 + a->source], true);
    put(l, a->source % 2 ? " Post" : " Herald");
    put(l, "\",\"published\":\"");
    put_date(l, FIRST_DAY_S + step + below(&r, 3600));
    put(l, "\",\"language\":\"");
    put(l, a->theme.language->code);
    put(l, "\",\"tags\":[\"topic-");
    put_number(l, a->theme.topic, 1);
    put(l, "\"]}\n");
}
