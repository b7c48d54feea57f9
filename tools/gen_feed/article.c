/* article.c — which articles are originals, templates and copies of what; originals and templates
 * word for word. */
#include "article.h"

enum {
    N_TOPICS = 64,
    N_TOPIC_WORDS = 300,
    BLOCK = 512,    /* articles that share a set of stories */
    N_STORIES = 64, /* a block */
    FORM_BLOCK = 4096,
    FORM_ARTICLES = 8 /* of one form in a block, on average */
};

const char *const KIND_NAMES[N_KINDS] = {"orig",       "exact",     "boiler",  "boiler+edit",
                                         "edit",       "trunc",     "shuffle", "template",
                                         "edit-words", "edit-facts"};

void theme_prepare(theme *t, uint64_t seed, uint64_t story)
{
    rng r = rng_make(seed, FOR_STORY, story);
    uint32_t total = 0;
    for (int i = 0; i < MAX_LANGUAGES; i++) {
        total += languages[i].weight;
    }
    uint32_t pick = below(&r, total);
    t->language = languages;
    while (pick >= t->language->weight) {
        pick -= t->language->weight;
        t->language++;
    }
    t->seed = seed;
    t->story = story;
    t->topic = below(&r, N_TOPICS);
    for (int i = 0; i < N_STORY_WORDS; i++) {
        t->words[i] = 1000 + below(&r, VOCABULARY - 1000);
    }
    for (int i = 0; i < N_STORY_NAMES; i++) {
        t->names[i] = 4000 + below(&r, VOCABULARY - 4000);
    }
}

static token token_draw(const theme *t, rng *r)
{
    uint32_t pick = below(r, 100);
    if (pick < 58) {
        return (token){.value = zipf_draw(r)};
    }
    if (pick < 80) {
        uint64_t which = (uint64_t)t->topic * N_TOPIC_WORDS + below_skewed(r, N_TOPIC_WORDS);
        return (token){.value = 200 + scale(hash_of(t->seed, FOR_TOPIC, which), VOCABULARY - 200)};
    }
    if (pick < 93) {
        return (token){.value = t->words[below_skewed(r, N_STORY_WORDS)]};
    }
    if (pick < 98) {
        return (token){.value = t->names[below_skewed(r, N_STORY_NAMES)], .capital = true};
    }
    return (token){.value = 2 + below_skewed(r, 5000), .is_number = true};
}

/* Sentences of 8 to 22 words, paragraphs of about 40 words, at least two paragraphs. */
void text_draw(const theme *t, rng *r, size_t n_words, text *out)
{
    size_t paragraph = n_words / 2 < 40 ? n_words / 2 : 40;
    size_t slack = paragraph / 4, in_paragraph = 0;
    uint32_t left = 0;
    for (size_t i = 0; i < n_words; i++) {
        token next = token_draw(t, r);
        if (left == 0) {
            left = 8 + below(r, 15);
            next.capital = true;
        }
        in_paragraph++;
        if (--left == 0 || i + 1 == n_words || in_paragraph >= paragraph + slack) {
            next.mark = in_paragraph >= paragraph ? MARK_PARAGRAPH : MARK_STOP;
            in_paragraph = next.mark == MARK_PARAGRAPH ? 0 : in_paragraph;
            left = 0;
        } else if (below(r, 12) == 0) {
            next.mark = MARK_COMMA;
        }
        out->tokens[i] = next;
    }
    out->n = n_words;
}

/* Log-normal with sigma .58, as news is: a sum of twelve uniform numbers for the normal one, (1 +
 * x/1024)^1024 for e^x. */
static size_t length_draw(rng *r, uint32_t median)
{
    double sum = -6;
    for (int i = 0; i < 3; i++) {
        uint64_t bits = rng_next(r);
        for (unsigned shift = 0; shift < 64; shift += 16) {
            sum += (double)(bits >> shift & 65535) / 65536;
        }
    }
    double power = 1 + sum * .58 / 1024;
    for (int i = 0; i < 10; i++) {
        power *= power;
    }
    double n = power * median;
    return n < MIN_WORDS ? MIN_WORDS : n > MAX_WORDS ? MAX_WORDS : (size_t)n;
}

static kind kind_of(const options *o, uint64_t number)
{
    static const uint32_t UP_TO[] = {1460, 3960, 5470, 7980, 8990, SHARE_ONE};
    uint64_t bits = hash_of(o->seed, FOR_KIND, number);
    uint32_t pick = scale(bits, SHARE_ONE), which = scale(bits << 32, SHARE_ONE);
    if (number == 0 || pick >= o->copies + o->templates) {
        return ORIG;
    }
    if (pick >= o->copies) {
        return TEMPLATE;
    }
    kind result = EXACT;
    for (const uint32_t *limit = UP_TO; which >= *limit; limit++) {
        result++;
    }
    if (result == EDIT && o->split_edits) {
        return bits & 1 ? EDIT_WORDS : EDIT_FACTS;
    }
    return result;
}

static bool is_copy(kind k)
{
    return k != ORIG && k != TEMPLATE;
}

/* A copy picks any earlier article; what that one copies is copied. Groups grow as in life: the
 * much copied get more. */
static uint64_t origin_of(const options *o, uint64_t number)
{
    while (is_copy(kind_of(o, number))) {
        rng r = rng_make(o->seed, FOR_TARGET, number);
        number = rng_next(&r) % number;
    }
    return number;
}

static void draw_story(const options *o, article *a)
{
    rng r = rng_make(o->seed, FOR_BODY, a->origin);
    uint64_t story = a->origin | NO_STORY;
    if (below(&r, 3)) {
        story = a->origin / BLOCK * N_STORIES + below_skewed(&r, N_STORIES);
    }
    theme_prepare(&a->theme, o->seed, story);
    text_draw(&a->theme, &r, 5 + below(&r, 5), &a->title);
    text_draw(&a->theme, &r, length_draw(&r, o->median_words), &a->body);
    a->furniture = below(&r, 4) == 0 ? (int32_t)a->source : -1;
}

/* The form is drawn once a series; every slot gets a number or a name of this article. */
static void draw_template(const options *o, article *a)
{
    uint32_t n_forms = o->templates * FORM_BLOCK / SHARE_ONE / FORM_ARTICLES;
    rng fact = rng_make(o->seed, FOR_BODY, a->origin);
    a->form = a->origin / FORM_BLOCK * (n_forms + 1) + below(&fact, n_forms + 1);
    rng form = rng_make(o->seed, FOR_FORM, a->form);
    theme_prepare(&a->theme, o->seed, a->form | NO_STORY | NO_STORY >> 1);
    text_draw(&a->theme, &form, 5, &a->title);
    text_draw(&a->theme, &form, 60 + below(&form, 100), &a->body);
    a->title.tokens[4] = (token){.value = 1000 + below(&fact, 900000), .is_number = true};
    size_t gap = 6 + below(&form, 14);
    for (size_t i = gap / 2; i < a->body.n; i += gap) {
        uint8_t after = a->body.tokens[i].mark;
        bool is_number = below(&form, 2);
        uint32_t value =
            is_number ? 1000 + below(&fact, 900000) : 4000 + below(&fact, VOCABULARY - 4000);
        a->body.tokens[i] = (token){value, is_number, !is_number, after};
    }
    a->furniture = -1;
}

static void source_draw(const options *o, uint64_t number, uint32_t *source)
{
    rng r = rng_make(o->seed, FOR_SOURCE, number);
    *source = below_skewed(&r, N_SOURCES);
}

/* An original's own furniture is that of its own source: an exact copy carries it along. */
void article_make(const options *o, uint64_t number, article *a)
{
    a->number = number;
    a->kind = kind_of(o, number);
    a->origin = origin_of(o, number);
    a->param = 0;
    source_draw(o, a->origin, &a->source);
    if (kind_of(o, a->origin) == TEMPLATE) {
        draw_template(o, a);
    } else {
        draw_story(o, a);
    }
    if (is_copy(a->kind)) {
        source_draw(o, number, &a->source);
        copy_make(o, a);
    }
}
