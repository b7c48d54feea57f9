/* boilerplate_filter.c — a phrase that begins a line is known by its first two words, one that
 * stands anywhere by its longest word, which is a rare one: "all rights reserved" by "reserved". */
#include "text/boilerplate_filter.h"

#include "text/boilerplate_rules.h"

enum {
    WORD_BYTES = 16 /* of a word that count */,
    LEAST_RARE_BYTES = 4,
    FIRST_ALONE = 0xe3,
    ALONE_BYTES = 3
};

enum {
    STARTS_ALONE = 1, /* one word is a phrase, and must be the whole line */
    STARTS_LINE = 2,  /* one word is a phrase */
    STARTS_PAIR = 4,  /* the first of two */
    IS_PAIR = 8
};

/* The first `n` bytes of a word, of which eight can be read. */
static uint64_t load_bytes(const char *bytes, size_t n)
{
    uint64_t all = sr_load_u64(bytes);
    return n >= 8 ? all : all & ((UINT64_C(1) << 8 * n) - 1);
}

/* Sixteen bytes of the word can be read. */
static uint64_t hash_word(const char *word, size_t n)
{
    uint64_t low = load_bytes(word, n);
    uint64_t high = n > 8 ? load_bytes(word + 8, n - 8) : 0;
    return (low * 0x9e3779b97f4a7c15U ^ high * 0xc2b2ae3d27d4eb4fU) + n;
}

static size_t place_of(uint64_t hash)
{
    return (size_t)(hash * 0xd6e8feb86659fd93U >> (64 - SR_FILTER_BITS));
}

static uint64_t hash_two(uint64_t first, uint64_t second)
{
    return (first ^ first >> 31) * 0x9e3779b97f4a7c15U + second;
}

static size_t rare_place(uint64_t start)
{
    return (size_t)((uint32_t)start * 2654435769U >> (32 - SR_FILTER_BITS));
}

/* ---------------------------------------------------------------- tables */

/* The word of a phrase at `*at`, and where the next one is. A character that stands alone is a word
 * of its own. */
static sr_str next_word(const char *phrase, size_t *at)
{
    const char *word = phrase + *at;
    bool alone = (unsigned char)word[0] >= FIRST_ALONE;
    size_t n = alone ? ALONE_BYTES : 0;
    while (!alone && word[n] && word[n] != ' ' && (unsigned char)word[n] < FIRST_ALONE) {
        n++;
    }
    *at += n + (word[n] == ' ');
    return sr_str_make(word, n);
}

static uint64_t hash_padded(sr_str word)
{
    char bytes[WORD_BYTES] = {0};
    memcpy(bytes, word.data, word.n_bytes < WORD_BYTES ? word.n_bytes : WORD_BYTES);
    return hash_word(bytes, word.n_bytes);
}

static void enter_anchored(sr_boilerplate_filter *filter, const sr_anchored_rule *rule)
{
    size_t at = 0;
    uint64_t first = hash_padded(next_word(rule->phrase, &at));
    uint8_t *start = &filter->starts[place_of(first)];
    if (rule->phrase[at] == '\0') {
        bool goes_on = rule->uses & (SR_RULE_COLON | SR_RULE_START | SR_RULE_YEAR);
        *start = (uint8_t)(*start | (goes_on ? STARTS_LINE : STARTS_ALONE));
        return;
    }
    *start |= STARTS_PAIR;
    uint64_t second = hash_padded(next_word(rule->phrase, &at));
    filter->starts[place_of(hash_two(first, second))] |= IS_PAIR;
}

/* A word between blanks, and the one before it, which says more; none where that may begin inside
 * of a word, or has characters that stand alone. */
typedef struct rare_word {
    sr_str word;
    sr_str before;
} rare_word;

static sr_str first_token(const char *text)
{
    return sr_str_make(text, strcspn(text, " "));
}

static size_t rarity(rare_word candidate)
{
    return candidate.word.n_bytes + (candidate.before.n_bytes ? 6 : 0);
}

/* The longest word but for the first of `also`, which may begin inside of a word. */
static rare_word rarest_word(const sr_inner_rule *rule)
{
    rare_word best = {first_token(rule->phrase), {0}};
    const char *const texts[] = {rule->phrase, rule->also};
    for (size_t t = 0; t < SR_ARRAY_COUNT(texts); t++) {
        sr_str before = first_token(texts[t]);
        bool whole = texts[t] == rule->phrase && (unsigned char)texts[t][0] < FIRST_ALONE;
        for (const char *at = before.data + before.n_bytes; *at == ' ';) {
            rare_word next = {first_token(at + 1), whole ? before : (sr_str){0}};
            best = rarity(next) > rarity(best) ? next : best;
            before = next.word;
            whole = (unsigned char)before.data[0] < FIRST_ALONE;
            at = before.data + before.n_bytes;
        }
    }
    return best;
}

static uint64_t start_of(sr_str word)
{
    char bytes[8] = {0};
    memcpy(bytes, word.data, word.n_bytes < 8 ? word.n_bytes : 8);
    return load_bytes(bytes, 8);
}

static uint64_t mask_of(sr_str word)
{
    return load_bytes("\xff\xff\xff\xff\xff\xff\xff\xff", word.n_bytes);
}

static void enter_inner(sr_boilerplate_filter *filter, const sr_inner_rule *rule)
{
    rare_word rare = rarest_word(rule);
    size_t i = filter->n_rare++;
    assert(rare.word.n_bytes >= LEAST_RARE_BYTES && i < SR_FILTER_RARE_WORDS);
    filter->rare[i] = start_of(rare.word);
    filter->rare_masks[i] = mask_of(rare.word);
    filter->before[i] = rare.before.n_bytes ? start_of(rare.before) : 0;
    filter->before_masks[i] = rare.before.n_bytes ? mask_of(rare.before) : 0;
    size_t place = rare_place(filter->rare[i]);
    filter->rare_starts[place / 8] = (uint8_t)(filter->rare_starts[place / 8] | 1U << place % 8);
}

void sr_boilerplate_filter_init(sr_boilerplate_filter *filter)
{
    *filter = (sr_boilerplate_filter){.n_rare = 0};
    for (size_t i = 0; i < sr_anchored_rule_count; i++) {
        enter_anchored(filter, &sr_anchored_rules[i]);
    }
    for (size_t i = 0; i < sr_inner_rule_count; i++) {
        enter_inner(filter, &sr_inner_rules[i]);
    }
}

/* ---------------------------------------------------------------- lines */

static bool is_rare(const sr_boilerplate_filter *filter, const sr_words *words, size_t word)
{
    uint64_t start = sr_load_u64(words->folded.data + words->starts[word]);
    uint64_t before = word ? sr_load_u64(words->folded.data + words->starts[word - 1]) : 0;
    bool any = false;
    for (size_t i = 0; i < filter->n_rare; i++) {
        any |= (start & filter->rare_masks[i]) == filter->rare[i] &&
               (before & filter->before_masks[i]) == filter->before[i];
    }
    return any;
}

static bool may_be_rare(const sr_boilerplate_filter *filter, const sr_words *words, size_t word)
{
    size_t place = rare_place(sr_load_u64(words->folded.data + words->starts[word]));
    return (filter->rare_starts[place / 8] >> place % 8 & 1) && is_rare(filter, words, word);
}

static uint64_t hash_at(const sr_words *words, size_t i)
{
    return hash_word(words->folded.data + words->starts[i], words->ends[i] - words->starts[i]);
}

static bool begins_with_digit(const sr_words *words, size_t i)
{
    char c = words->folded.data[words->starts[i]];
    return c >= '0' && c <= '9';
}

/* May a phrase begin at word `i` of a line that ends before word `end`? */
static bool may_begin(const sr_boilerplate_filter *filter, const sr_words *words, size_t i,
                      size_t end)
{
    uint64_t first = hash_at(words, i);
    uint8_t flags = filter->starts[place_of(first)];
    bool goes_on = i + 1 < end;
    if (flags & STARTS_LINE ||
        (flags & STARTS_ALONE && !(goes_on && !begins_with_digit(words, i + 1)))) {
        return true;
    }
    return flags & STARTS_PAIR && goes_on &&
           filter->starts[place_of(hash_two(first, hash_at(words, i + 1)))] & IS_PAIR;
}

/* Numbers may stand before a phrase ("12 Comments"). */
static bool may_be_anchored(const sr_boilerplate_filter *filter, const sr_words *words,
                            size_t first, size_t end)
{
    if (may_begin(filter, words, first, end)) {
        return true;
    }
    size_t i = first;
    while (i + 1 < end && sr_word_is_digits(sr_word(words, i))) {
        i++;
    }
    return i > first && may_begin(filter, words, i, end);
}

bool sr_boilerplate_filter_line(const sr_boilerplate_filter *filter, const sr_words *words,
                                size_t from, size_t to, size_t *word)
{
    size_t first = *word;
    size_t i = first;
    bool any = false;
    for (; i < words->n_words && words->starts[i] < to; i++) {
        any |= may_be_rare(filter, words, i);
    }
    *word = i;
    return i > first && (any || may_be_anchored(filter, words, first, i) ||
                         memmem(words->folded.data + from, words->starts[first] - from, "©", 2));
}
