/* article.h — an article as tokens: what it is drawn from, and how it is copied. */
#ifndef GEN_FEED_ARTICLE_H
#define GEN_FEED_ARTICLE_H

#include "words.h"

#include <stddef.h>

enum {
    N_SOURCES = 400,
    MIN_WORDS = 20,
    MAX_WORDS = 20000,
    N_STORY_WORDS = 24,
    N_STORY_NAMES = 6,
    SHARE_ONE = 10000 /* shares and rates are counted in ten-thousandths */
};

/* Marks the story of an article that belongs to none. */
static const uint64_t NO_STORY = UINT64_C(1) << 63;

typedef enum mark { MARK_NONE, MARK_COMMA, MARK_STOP, MARK_PARAGRAPH } mark;

typedef struct token {
    uint32_t value; /* rank of a word, or a number */
    bool is_number;
    bool capital;
    uint8_t mark; /* what follows */
} token;

typedef struct text {
    token tokens[2 * MAX_WORDS];
    size_t n;
} text;

typedef enum kind {
    ORIG,
    EXACT,
    BOILER,
    BOILER_EDIT,
    EDIT,
    TRUNC,
    SHUFFLE,
    TEMPLATE,
    EDIT_WORDS, /* numbers and names are spared */
    EDIT_FACTS, /* and are hit, before other words are */
    N_KINDS
} kind;
extern const char *const KIND_NAMES[N_KINDS];

typedef struct options {
    uint64_t articles;
    uint64_t seed;
    uint32_t copies;    /* ten-thousandths */
    uint32_t templates; /* ten-thousandths */
    bool split_edits;   /* edited copies are of the two kinds that spare and hit facts */
    uint32_t median_words;
    const char *truth;
    const char *out;
} options;

/* What an article is drawn from. */
typedef struct theme {
    const language *language;
    uint64_t seed;
    uint32_t topic;
    uint64_t story; /* number of the story, or the article's own with the top bit set */
    uint32_t words[N_STORY_WORDS];
    uint32_t names[N_STORY_NAMES];
} theme;

/* An article as it is written, of which `origin` is the number of the original. */
typedef struct article {
    uint64_t number, origin;
    kind kind;
    uint32_t param; /* ten-thousandths */
    uint64_t form;  /* templates */
    theme theme;
    text title, body;
    uint32_t source;
    int32_t furniture; /* source whose header and footer stand around the body, or -1 */
} article;

/* Language, topic, words and names of a story. */
void theme_prepare(theme *t, uint64_t seed, uint64_t story);
void text_draw(const theme *t, rng *r, size_t n_words, text *out);
/* Article `number` of the feed, a copy's original drawn again and changed. */
void article_make(const options *o, uint64_t number, article *a);
/* Changes the original in `a` as `a->kind` says. */
void copy_make(const options *o, article *a);

#endif
