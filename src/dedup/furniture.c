/* furniture.c — which shingles stand in many different articles?
 *
 *   all sampled shingles → a counter each, of a byte, many to one: who may stand in enough of them?
 *   those that may       → a place each: articles, and their kinds, until WATCHED articles were
 * seen kinds ≥ DISTINCT · articles → furniture
 *
 * The copies of one story carry its sentences too, forty of them a wire's. They are told apart from
 * forty different articles by their kinds: the kind of an article is a MinHash value of it, which
 * most copies of one text have in common and different texts have not. Kinds are counted by one bit
 * each among 64 (linear counting: Whang et al. 1990).
 *
 * Memory is fixed: counters and places grow with the feed up to a limit; beyond it a shingle must
 * stand out from what share its counter, and whoever comes too late finds no place. All is done in
 * the order of the articles, so that it is the same for any number of threads. Short texts have no
 * part in it: their shingles are few, and forms are all that many of them are.
 */
#include "dedup/furniture.h"

#include "sketch/fraction.h"
#include "sketch/signer.h"

#include <stdlib.h>

enum {
    MIN_ARTICLES = 16,
    WATCHED = 64, /* articles of a shingle; and the bits for their kinds */
    MIN_COUNTER_BITS = 12,
    MAX_COUNTER_BITS = 22,
    MAX_PLACES = 1 << 17,
    SHINGLES_AHEAD = 16,
    CROWD = 3 /* times the mean of the counters: stands out */
};

static const double DISTINCT = 0.6;

/* A shingle that is watched. */
typedef struct watched {
    uint64_t kinds;
    uint32_t shingle;
    uint32_t last_doc; /* that has it, plus 1; 0: an empty place */
    uint32_t n_articles;
} watched;

typedef struct learner {
    const sr_dedup_articles *articles;
    const uint32_t *first;
    uint8_t *counters;
    unsigned counter_bits;
    unsigned enough; /* of a counter */
    watched *places;
    size_t n_taken;
} learner;

static bool takes_part(const learner *self, uint32_t doc)
{
    return self->first[doc] == doc && self->articles->rows[doc].n_words >= SR_SHORT_WORDS;
}

static uint8_t *counter_of(const learner *self, uint32_t shingle)
{
    return &self->counters[shingle & (((uint32_t)1 << self->counter_bits) - 1)];
}

/* Counters of what the sketches have a little behind this shingle: they lie anywhere. */
static void prefetch_counter(const learner *self, const uint32_t *shingle)
{
    const uint32_t *end = self->articles->sketches + self->articles->n_sketched;
    __builtin_prefetch(
        counter_of(self, end - shingle > SHINGLES_AHEAD ? shingle[SHINGLES_AHEAD] : *shingle), 1);
}

static sr_status count_all(learner *self)
{
    const sr_dedup_articles *articles = self->articles;
    self->counter_bits = MIN_COUNTER_BITS;
    while (self->counter_bits < MAX_COUNTER_BITS &&
           articles->n_sketched >> self->counter_bits != 0) {
        self->counter_bits++;
    }
    self->counters = calloc((size_t)1 << self->counter_bits, 1);
    if (!self->counters) {
        return SR_ERR_MEMORY;
    }
    for (uint32_t doc = 0; doc < articles->n_rows; doc++) {
        sr_pager_jump(articles->pager, doc);
        const uint32_t *sketch = articles->sketches + articles->rows[doc].sketch;
        uint32_t n_sketch = takes_part(self, doc) ? articles->rows[doc].n_sketch : 0;
        for (uint32_t i = 0; i < n_sketch; i++) {
            prefetch_counter(self, sketch + i);
            uint8_t *counter = counter_of(self, sketch[i]);
            *counter = (uint8_t)(*counter + (*counter < UINT8_MAX));
        }
    }
    size_t crowd = CROWD * (articles->n_sketched >> self->counter_bits);
    self->enough = crowd <= MIN_ARTICLES ? MIN_ARTICLES
                   : crowd < UINT8_MAX   ? (unsigned)crowd
                                         : UINT8_MAX;
    return SR_OK;
}

/* The place of a shingle, or NULL where none is left. */
static watched *place_of(learner *self, uint32_t shingle)
{
    size_t at = (size_t)(sr_mix64(shingle) & (MAX_PLACES - 1));
    while (self->places[at].last_doc && self->places[at].shingle != shingle) {
        at = (at + 1) & (MAX_PLACES - 1);
    }
    watched *place = &self->places[at];
    if (place->last_doc == 0) {
        if (self->n_taken == MAX_PLACES / 2) {
            return NULL;
        }
        self->n_taken++;
        place->shingle = shingle;
    }
    return place;
}

static sr_status watch_all(learner *self)
{
    const sr_dedup_articles *articles = self->articles;
    self->places = calloc(MAX_PLACES, sizeof *self->places);
    if (!self->places) {
        return SR_ERR_MEMORY;
    }
    for (uint32_t doc = 0; doc < articles->n_rows; doc++) {
        sr_pager_jump(articles->pager, doc);
        const uint32_t *sketch = articles->sketches + articles->rows[doc].sketch;
        uint64_t kind = sr_mix64(sr_dedup_values(articles, doc)[0]) % WATCHED;
        uint32_t n_sketch = takes_part(self, doc) ? articles->rows[doc].n_sketch : 0;
        for (uint32_t i = 0; i < n_sketch; i++) {
            prefetch_counter(self, sketch + i);
            bool may =
                sr_fraction_is_sampled(sketch[i]) && *counter_of(self, sketch[i]) >= self->enough;
            watched *place = may ? place_of(self, sketch[i]) : NULL;
            if (place && place->last_doc != doc + 1) {
                place->kinds |= place->n_articles < WATCHED ? (uint64_t)1 << kind : 0;
                place->n_articles += place->n_articles < WATCHED;
                place->last_doc = doc + 1;
            }
        }
    }
    return SR_OK;
}

/* fewest[n]: the bits that n · DISTINCT kinds set, on average. */
static void fill_fewest(double fewest[WATCHED + 1])
{
    const double each = 1.0 - 1.0 / WATCHED; /* is missed by a kind */
    for (int n = 0; n <= WATCHED; n++) {
        double missed = 1.0;
        double kinds = n * DISTINCT;
        for (int k = 1; k <= (int)kinds; k++) {
            missed *= each;
        }
        fewest[n] = WATCHED * (1.0 - missed * (1.0 - (kinds - (int)kinds) / WATCHED));
    }
}

static sr_status choose(const learner *self, sr_furniture *furniture)
{
    double fewest[WATCHED + 1];
    fill_fewest(fewest);
    SR_TRY(sr_hash_set_reset(&furniture->shingles, self->n_taken));
    for (size_t i = 0; i < MAX_PLACES; i++) {
        const watched *place = &self->places[i];
        if (place->n_articles >= MIN_ARTICLES &&
            __builtin_popcountll(place->kinds) >= fewest[place->n_articles]) {
            (void)sr_hash_set_add(&furniture->shingles, place->shingle);
        }
    }
    return SR_OK;
}

static sr_status measure_shares(const learner *self, sr_furniture *furniture)
{
    const sr_dedup_articles *articles = self->articles;
    if (furniture->shingles.n_values == 0) {
        return SR_OK;
    }
    furniture->shares = calloc((size_t)articles->n_rows + 1, 1);
    if (!furniture->shares) {
        return SR_ERR_MEMORY;
    }
    for (uint32_t doc = 0; doc < articles->n_rows; doc++) {
        const sr_dedup_article *row = &articles->rows[doc];
        uint32_t n = 0;
        sr_pager_jump(articles->pager, doc);
        for (uint32_t i = 0; row->n_words >= SR_SHORT_WORDS && i < row->n_sketch; i++) {
            n += sr_furniture_has(furniture, articles->sketches[row->sketch + i]);
        }
        furniture->shares[doc] = n ? (uint8_t)((uint64_t)n * UINT8_MAX / row->n_sketch) : 0;
    }
    return SR_OK;
}

sr_status sr_furniture_learn(const sr_dedup_articles *articles, const uint32_t *first,
                             sr_furniture *furniture)
{
    if (articles->n_sketched == 0) {
        return SR_OK; /* there is nothing to learn from */
    }
    learner self = {.articles = articles, .first = first};
    sr_status status = count_all(&self);
    if (status == SR_OK) {
        status = watch_all(&self);
    }
    if (status == SR_OK) {
        status = choose(&self, furniture);
    }
    if (status == SR_OK) {
        status = measure_shares(&self, furniture);
    }
    free(self.counters);
    free(self.places);
    return status;
}

void sr_furniture_release(sr_furniture *furniture)
{
    free(furniture->shingles.places);
    free(furniture->shares);
    *furniture = (sr_furniture){0};
}

uint64_t sr_furniture_bytes(uint64_t n_articles)
{
    return n_articles + ((uint64_t)1 << MAX_COUNTER_BITS) + MAX_PLACES * (uint64_t)sizeof(watched) +
           MAX_PLACES * (uint64_t)sizeof(uint32_t);
}

uint32_t sr_furniture_own_shingles(const sr_furniture *furniture, const sr_dedup_articles *articles,
                                   uint32_t doc)
{
    uint32_t n_shingles = articles->rows[doc].n_shingles;
    return furniture->shares
               ? n_shingles - (uint32_t)((uint64_t)n_shingles * furniture->shares[doc] / UINT8_MAX)
               : n_shingles;
}
