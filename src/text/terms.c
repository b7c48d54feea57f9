/* terms.c — title and text are joined with a line end and split at once; then one walk over the
 * words counts terms in an open-addressing table whose slot is the upper part of the hash: read in
 * slot order, the terms are all but sorted.
 *
 * Stemming costs more than everything else, so a direct-mapped cache keeps the stem's hash of
 * recent words; its key is the hash of word and language, and it never changes a result. */
#include "text/terms.h"

#include "base/hash.h"
#include "text/fold.h"

#include <libstemmer.h>
#include <stdlib.h>

enum {
    CACHE_BITS = 13,
    LEAD_WORDS = 60,
    WEIGHT_TITLE = 4, /* in halves */
    WEIGHT_LEAD = 3,
    WEIGHT_BODY = 2,
    MIN_SLOTS_BITS = 10,
    MAX_STEMMERS = 32,
    MAX_STEMMED_BYTES = 96 /* longer words are no language */
};

static const uint64_t STOP = 1; /* in place of a stem's hash, whose bit 0 is clear */

typedef struct cached_stem {
    uint64_t word;
    uint64_t stem;
} cached_stem;

typedef struct kept_stemmer {
    sr_language language;
    struct sb_stemmer *stemmer; /* NULL where Snowball has none */
} kept_stemmer;

struct sr_term_extractor {
    sr_buffer joined; /* title, line end, text */
    sr_words words;
    sr_term *slots; /* tf2 0: free */
    size_t slots_capacity;
    unsigned slots_bits; /* 2^bits slots in use */
    size_t n_terms;
    sr_term *sorted;
    size_t sorted_capacity;
    uint64_t *stems; /* of sr_terms_sequence */
    size_t n_stems;
    size_t stem_capacity;
    kept_stemmer stemmers[MAX_STEMMERS];
    size_t n_stemmers;
    cached_stem cache[1 << CACHE_BITS];
};

/* The walk over the words of one article. */
typedef struct walk {
    sr_term_extractor *extractor;
    sr_language language;
    struct sb_stemmer *stemmer;
    size_t n_title_words;
    size_t position;      /* words passed in title or body; possessive s does not count */
    uint64_t previous;    /* stem that a pair can start with, STOP where it cannot */
    size_t previous_word; /* its index */
    uint32_t weight;      /* of the current word */
    bool in_order;        /* single terms are listed, not counted */
} walk;

sr_status sr_term_extractor_create(sr_term_extractor **out)
{
    sr_term_extractor *extractor = calloc(1, sizeof *extractor);
    if (!extractor) {
        return SR_ERR_MEMORY;
    }
    sr_buffer_init(&extractor->joined, SR_BUFFER_NO_LIMIT);
    sr_words_init(&extractor->words);
    *out = extractor;
    return SR_OK;
}

void sr_term_extractor_free(sr_term_extractor *extractor)
{
    if (!extractor) {
        return;
    }
    for (size_t i = 0; i < extractor->n_stemmers; i++) {
        sb_stemmer_delete(extractor->stemmers[i].stemmer);
    }
    sr_buffer_release(&extractor->joined);
    sr_words_release(&extractor->words);
    free(extractor->slots);
    free(extractor->sorted);
    free(extractor->stems);
    free(extractor);
}

/* Makes it at first need; beyond MAX_STEMMERS languages a word is its own stem. */
static sr_status find_stemmer(sr_term_extractor *extractor, sr_language language,
                              struct sb_stemmer **out)
{
    for (size_t i = 0; i < extractor->n_stemmers; i++) {
        if (extractor->stemmers[i].language == language) {
            *out = extractor->stemmers[i].stemmer;
            return SR_OK;
        }
    }
    const char *name = sr_language_stemmer(language);
    *out = NULL;
    if (!name) {
        return SR_OK;
    }
    *out = sb_stemmer_new(name, "UTF_8");
    if (!*out) {
        return SR_ERR_MEMORY;
    }
    extractor->stemmers[extractor->n_stemmers++] = (kept_stemmer){language, *out};
    return SR_OK;
}

static uint64_t hash_single(sr_str text)
{
    return sr_mix64(sr_hash_str(text)) & ~(uint64_t)1;
}

static uint64_t hash_pair(uint64_t first, uint64_t second)
{
    return sr_mix64(sr_mix64(first) + second) | 1;
}

/* The hash of a word's stem, or STOP. */
static sr_status stem_word(walk *w, sr_str word, uint64_t *stem)
{
    uint64_t key = sr_hash_bytes(word.data, word.n_bytes, w->language + 1U);
    cached_stem *cached = &w->extractor->cache[key >> (64 - CACHE_BITS)];
    if (cached->word == key && cached->stem) {
        *stem = cached->stem;
        return SR_OK;
    }
    if (sr_stop_word(w->language, word)) {
        *stem = STOP;
    } else if (!w->stemmer || word.n_bytes > MAX_STEMMED_BYTES) {
        *stem = hash_single(word);
    } else {
        const sb_symbol *bytes =
            sb_stemmer_stem(w->stemmer, (const sb_symbol *)word.data, (int)word.n_bytes);
        if (!bytes) {
            return SR_ERR_MEMORY;
        }
        *stem =
            hash_single(sr_str_make((const char *)bytes, (size_t)sb_stemmer_length(w->stemmer)));
    }
    *cached = (cached_stem){.word = key, .stem = *stem};
    return SR_OK;
}

static sr_status resize_slots(sr_term_extractor *extractor, unsigned bits)
{
    void *slots = extractor->slots;
    SR_TRY(
        sr_array_reserve(&slots, &extractor->slots_capacity, (size_t)1 << bits, sizeof(sr_term)));
    extractor->slots = slots;
    extractor->slots_bits = bits;
    memset(extractor->slots, 0, sizeof(sr_term) << bits);
    return SR_OK;
}

static sr_term *find_slot(sr_term_extractor *extractor, uint64_t hash)
{
    size_t mask = ((size_t)1 << extractor->slots_bits) - 1;
    size_t at = (size_t)(hash >> (64 - extractor->slots_bits));
    while (extractor->slots[at].tf2 && extractor->slots[at].hash != hash) {
        at = (at + 1) & mask;
    }
    return &extractor->slots[at];
}

/* The terms so far, in slot order, into `sorted`. */
static sr_status collect_terms(sr_term_extractor *extractor)
{
    void *sorted = extractor->sorted;
    SR_TRY(sr_array_reserve(&sorted, &extractor->sorted_capacity, extractor->n_terms + 1,
                            sizeof(sr_term)));
    extractor->sorted = sorted;
    size_t n = 0;
    for (size_t i = 0; i < (size_t)1 << extractor->slots_bits; i++) {
        if (extractor->slots[i].tf2) {
            extractor->sorted[n++] = extractor->slots[i];
        }
    }
    return SR_OK;
}

static sr_status grow_slots(sr_term_extractor *extractor)
{
    SR_TRY(collect_terms(extractor));
    SR_TRY(resize_slots(extractor, extractor->slots_bits + 1));
    for (size_t i = 0; i < extractor->n_terms; i++) {
        *find_slot(extractor, extractor->sorted[i].hash) = extractor->sorted[i];
    }
    return SR_OK;
}

static sr_status list_term(sr_term_extractor *extractor, uint64_t hash)
{
    if (sr_term_is_pair(hash)) {
        return SR_OK;
    }
    SR_TRY(sr_array_reserve((void **)&extractor->stems, &extractor->stem_capacity,
                            extractor->n_stems + 1, sizeof *extractor->stems));
    extractor->stems[extractor->n_stems++] = hash;
    return SR_OK;
}

static sr_status count_term(walk *w, uint64_t hash, size_t first_word)
{
    hash = sr_term_hash(hash);
    sr_term_extractor *extractor = w->extractor;
    if (w->in_order) {
        return list_term(extractor, hash);
    }
    sr_term *term = find_slot(extractor, hash);
    if (term->tf2) {
        term->tf2 += w->weight;
        return SR_OK;
    }
    *term = (sr_term){.hash = hash, .tf2 = w->weight, .first_word = (uint32_t)first_word};
    extractor->n_terms++;
    return extractor->n_terms * 2 > (size_t)1 << extractor->slots_bits ? grow_slots(extractor)
                                                                       : SR_OK;
}

/* What stands between word i − 1 and word i. */
static sr_str gap_before(const sr_words *words, size_t i)
{
    uint32_t from = i ? words->ends[i - 1] : 0;
    return sr_str_make(words->folded.data + from, words->starts[i] - from);
}

static bool is_apostrophe(sr_str gap)
{
    return sr_str_equal_text(gap, "'") || sr_str_equal_text(gap, "’");
}

/* The s of a possessive. */
static bool is_possessive(const sr_words *words, size_t i)
{
    return i > 0 && i < words->n_words && sr_str_equal_text(sr_word(words, i), "s") &&
           is_apostrophe(gap_before(words, i));
}

/* Blanks within a line, with which two words are neighbours. */
static bool is_blank(sr_str gap)
{
    static const char *const WIDE[] = {"\u00a0", "\u2009", "\u202f", "\u3000"};
    for (size_t at = 0; at < gap.n_bytes;) {
        size_t length = gap.data[at] == ' ' || gap.data[at] == '\t' ? 1 : 0;
        for (size_t i = 0; i < SR_ARRAY_COUNT(WIDE) && !length; i++) {
            size_t n = strlen(WIDE[i]);
            length = gap.n_bytes - at >= n && memcmp(gap.data + at, WIDE[i], n) == 0 ? n : 0;
        }
        if (!length) {
            return false;
        }
        at += length;
    }
    return gap.n_bytes > 0;
}

/* Word i stands alone and touches word i − 1, which does too. */
static bool continues_run(const sr_words *words, size_t i)
{
    return i > 0 && i < words->n_words && words->ends[i - 1] == words->starts[i] &&
           sr_word_is_alone(sr_word(words, i - 1)) && sr_word_is_alone(sr_word(words, i));
}

/* A character of a run: a bigram with the one before it, itself where it is the whole run. */
static sr_status take_character(walk *w, size_t i)
{
    const sr_words *words = &w->extractor->words;
    w->previous = STOP;
    if (continues_run(words, i)) {
        const char *first = words->folded.data + words->starts[i - 1];
        return count_term(w, hash_single(sr_str_make(first, words->ends[i] - words->starts[i - 1])),
                          i - 1);
    }
    return continues_run(words, i + 1) ? SR_OK : count_term(w, hash_single(sr_word(words, i)), i);
}

static sr_status take_word(walk *w, size_t i)
{
    const sr_words *words = &w->extractor->words;
    uint64_t stem;
    SR_TRY(stem_word(w, sr_word(words, i), &stem));
    if (stem != STOP) {
        SR_TRY(count_term(w, stem, i));
        if (w->previous != STOP && is_blank(gap_before(words, i))) {
            SR_TRY(count_term(w, hash_pair(w->previous, stem), w->previous_word));
        }
    }
    w->previous = stem;
    w->previous_word = i;
    return SR_OK;
}

static sr_status count_words(walk *w)
{
    const sr_words *words = &w->extractor->words;
    for (size_t i = 0; i < words->n_words; i++) {
        w->position = i == w->n_title_words ? 0 : w->position;
        if (is_possessive(words, i)) {
            continue;
        }
        w->position++;
        w->weight = i < w->n_title_words        ? WEIGHT_TITLE
                    : w->position <= LEAD_WORDS ? WEIGHT_LEAD
                                                : WEIGHT_BODY;
        SR_TRY(sr_word_is_alone(sr_word(words, i)) ? take_character(w, i) : take_word(w, i));
    }
    return SR_OK;
}

/* Insertion: in slot order only probed and wrapped terms are out of place. */
static void sort_terms(sr_term *terms, size_t n_terms)
{
    for (size_t i = 1; i < n_terms; i++) {
        sr_term term = terms[i];
        size_t j = i;
        for (; j > 0 && terms[j - 1].hash > term.hash; j--) {
            terms[j] = terms[j - 1];
        }
        terms[j] = term;
    }
}

static sr_status split_article(sr_term_extractor *extractor, sr_str title, sr_str text,
                               size_t *n_title_words)
{
    sr_buffer_clear(&extractor->joined);
    SR_TRY(sr_buffer_append_str(&extractor->joined, title));
    SR_TRY(sr_buffer_append_text(&extractor->joined, "\n"));
    SR_TRY(sr_buffer_append_str(&extractor->joined, text));
    sr_words *words = &extractor->words;
    SR_TRY(sr_tokenise(words, sr_buffer_view(&extractor->joined), true));
    size_t n = 0;
    while (n < words->n_words && words->raw_starts[n] < title.n_bytes) {
        n++;
    }
    *n_title_words = n;
    return SR_OK;
}

sr_status sr_terms_extract(sr_term_extractor *extractor, sr_str title, sr_str text,
                           sr_language *language, const sr_term **terms, size_t *n_terms)
{
    walk w = {.extractor = extractor, .previous = STOP};
    SR_TRY(split_article(extractor, title, text, &w.n_title_words));
    w.language = *language ? *language : sr_language_detect(&extractor->words);
    SR_TRY(find_stemmer(extractor, w.language, &w.stemmer));
    extractor->n_terms = 0;
    SR_TRY(resize_slots(extractor, MIN_SLOTS_BITS));
    SR_TRY(count_words(&w));
    SR_TRY(collect_terms(extractor));
    sort_terms(extractor->sorted, extractor->n_terms);
    *language = w.language;
    *terms = extractor->sorted;
    *n_terms = extractor->n_terms;
    return SR_OK;
}

sr_status sr_terms_sequence(sr_term_extractor *extractor, sr_str title, sr_str text,
                            sr_language language, const uint64_t **stems, size_t *n_stems)
{
    walk w = {.extractor = extractor, .previous = STOP, .in_order = true};
    SR_TRY(split_article(extractor, title, text, &w.n_title_words));
    w.language = language ? language : sr_language_detect(&extractor->words);
    SR_TRY(find_stemmer(extractor, w.language, &w.stemmer));
    extractor->n_stems = 0;
    SR_TRY(count_words(&w));
    *stems = extractor->stems;
    *n_stems = extractor->n_stems;
    return SR_OK;
}

sr_str sr_terms_surface(const sr_term_extractor *extractor, const sr_term *term)
{
    const sr_words *words = &extractor->words;
    size_t first = term->first_word, last = first;
    if (first >= words->n_words) {
        return sr_str_make(NULL, 0);
    }
    if (sr_term_is_pair(term->hash)) {
        last += is_possessive(words, first + 1) ? 2 : 1;
    } else if (continues_run(words, first + 1)) {
        last++;
    }
    return sr_str_make(extractor->joined.data + words->raw_starts[first],
                       words->raw_ends[last] - words->raw_starts[first]);
}
