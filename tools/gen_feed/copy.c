/* copy.c — what syndication does to a text: words edited, text cut short, paragraphs moved.
 * Furniture is only noted here; record.c puts it around the body. */
#include "article.h"

#include <string.h>

/* A number, or a name: a capital that begins no sentence. */
static bool is_fact(const text *t, size_t i)
{
    bool begins = i == 0 || t->tokens[i - 1].mark >= MARK_STOP;
    return t->tokens[i].is_number || (t->tokens[i].capital && !begins);
}

/* Other facts for as many as `rate` of all words would be, if there are so many, chosen anywhere.
 */
static void edit_facts(text *t, uint32_t rate, rng *r)
{
    static uint32_t facts[2 * MAX_WORDS];
    uint32_t n_facts = 0;
    for (size_t i = 0; i < t->n; i++) {
        facts[n_facts] = (uint32_t)i;
        n_facts += is_fact(t, i);
    }
    uint32_t n_edits = (uint32_t)((t->n * rate + SHARE_ONE - 1) / SHARE_ONE);
    for (uint32_t n = 0; n < n_edits && n < n_facts; n++) {
        uint32_t chosen = n + below(r, n_facts - n);
        token *hit = &t->tokens[facts[chosen]];
        facts[chosen] = facts[n];
        hit->value = hit->is_number ? 1000 + below(r, 900000) : 4000 + below(r, VOCABULARY - 4000);
    }
}

/* Each word is, at the rate given, replaced, left out, or followed by another; at least one is. */
static void edit_words(text *t, uint32_t rate, bool spares_facts, rng *r)
{
    static token edited[2 * MAX_WORDS];
    size_t n = 0, forced = below(r, (uint32_t)t->n);
    for (size_t i = 0; i < t->n; i++) {
        token old = t->tokens[i];
        bool spared = i != forced && below(r, SHARE_ONE) >= rate;
        if (spared || (spares_facts && is_fact(t, i))) {
            edited[n++] = old;
            continue;
        }
        uint32_t how = below(r, 3);
        token drawn = {.value = zipf_draw(r), .mark = old.mark};
        if (how == 0) {
            drawn.value ^= drawn.value == old.value && !old.is_number;
            edited[n++] = drawn;
        } else if (how == 1) {
            old.mark = MARK_NONE;
            edited[n++] = old;
            edited[n++] = drawn;
        }
    }
    memcpy(t->tokens, edited, n * sizeof *edited);
    t->n = n;
}

static void shuffle_paragraphs(text *t, rng *r)
{
    static token old[2 * MAX_WORDS];
    static uint32_t start[2 * MAX_WORDS + 1], order[2 * MAX_WORDS];
    uint32_t n = 0;
    bool moved = false;
    memcpy(old, t->tokens, t->n * sizeof *old);
    start[0] = 0;
    for (uint32_t i = 0; i < t->n; i++) {
        if (old[i].mark == MARK_PARAGRAPH || i + 1 == t->n) {
            order[n] = n;
            start[++n] = i + 1;
        }
    }
    for (uint32_t i = n; i > 1; i--) {
        uint32_t j = below(r, i), other = order[j];
        order[j] = order[i - 1];
        order[i - 1] = other;
        moved |= j != i - 1;
    }
    if (!moved && n > 1) {
        order[0] = 1;
        order[1] = 0;
    }
    t->n = 0;
    for (uint32_t i = 0; i < n; i++) {
        size_t length = start[order[i] + 1] - start[order[i]];
        memcpy(t->tokens + t->n, old + start[order[i]], length * sizeof *old);
        t->n += length;
        t->tokens[t->n - 1].mark = MARK_PARAGRAPH;
    }
}

void copy_make(const options *o, article *a)
{
    rng r = rng_make(o->seed, FOR_COPY, a->number);
    static const uint32_t RATES[4] = {100, 300, 600, 1000};
    uint32_t bucket = a->kind == EDIT || a->kind == EDIT_WORDS ? below(&r, 3) : 0;
    uint32_t rate = RATES[bucket] + below(&r, RATES[bucket + 1] - RATES[bucket]);
    if (a->kind == EXACT) {
        return;
    }
    a->furniture = a->kind == BOILER || a->kind == BOILER_EDIT ? (int32_t)a->source : -1;
    if (a->kind == EDIT || a->kind == EDIT_WORDS || a->kind == BOILER_EDIT) {
        a->param = rate;
        edit_words(&a->body, rate, a->kind == EDIT_WORDS, &r);
    } else if (a->kind == EDIT_FACTS) {
        a->param = rate;
        edit_facts(&a->body, rate, &r);
    } else if (a->kind == TRUNC) {
        a->param = 5000 + below(&r, 4500);
        a->body.n = a->body.n * a->param / SHARE_ONE;
    } else if (a->kind == SHUFFLE) {
        shuffle_paragraphs(&a->body, &r);
    }
}
