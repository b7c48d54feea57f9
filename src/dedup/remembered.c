/* remembered.c — direct-mapped, behind striped locks: one is held for the copy of a place. A pair
 * stands with its smaller document first. */
#include "dedup/remembered.h"

#include <pthread.h>
#include <stdlib.h>

enum { MIN_PLACE_BITS = 10, MAX_PLACE_BITS = 17, N_LOCKS = 64 };

typedef struct place {
    uint32_t a;
    uint32_t b; /* 0: empty; a < b */
    uint32_t n_a;
    uint32_t n_b;
    uint32_t n_common;
    uint32_t n_before_a;
    uint32_t n_before_b;
    uint32_t n_rest;
    uint32_t n_rest_shared;
    uint32_t n_facts_same;
    uint32_t n_facts_changed;
    uint8_t n_pairs_a; /* below SR_SHORT_WORDS */
    uint8_t n_pairs_b;
    uint8_t n_pairs_common;
    uint8_t link; /* sr_update_link */
    bool same_content;
    uint8_t depth; /* sr_evidence_depth */
} place;

_Static_assert(SR_SHORT_WORDS <= UINT8_MAX, "pairs of words are counted in a byte");

struct sr_remembered {
    place *places;
    unsigned place_bits;
    pthread_mutex_t locks[N_LOCKS];
};

static unsigned place_bits_of(uint64_t n_articles)
{
    unsigned bits = MIN_PLACE_BITS;
    while (bits < MAX_PLACE_BITS && n_articles >> (bits + 1)) {
        bits++;
    }
    return bits;
}

uint64_t sr_remembered_bytes(uint64_t n_articles)
{
    return sizeof(sr_remembered) + (sizeof(place) << place_bits_of(n_articles));
}

sr_status sr_remembered_create(uint32_t n_articles, sr_remembered **out)
{
    sr_remembered *self = calloc(1, sizeof *self);
    if (!self) {
        return SR_ERR_MEMORY;
    }
    self->place_bits = place_bits_of(n_articles);
    self->places = calloc((size_t)1 << self->place_bits, sizeof *self->places);
    if (!self->places) {
        free(self);
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < N_LOCKS; i++) {
        (void)pthread_mutex_init(&self->locks[i], NULL);
    }
    *out = self;
    return SR_OK;
}

void sr_remembered_free(sr_remembered *remembered)
{
    if (!remembered) {
        return;
    }
    for (size_t i = 0; i < N_LOCKS; i++) {
        (void)pthread_mutex_destroy(&remembered->locks[i]);
    }
    free(remembered->places);
    free(remembered);
}

static size_t place_of(const sr_remembered *self, uint32_t a, uint32_t b)
{
    return (size_t)(sr_mix64((uint64_t)b << 32 | a) >> (64 - self->place_bits));
}

void sr_remembered_put(sr_remembered *remembered, uint32_t a, uint32_t b,
                       const sr_pair_evidence *evidence)
{
    bool turned = a > b;
    const place pair = {
        .a = turned ? b : a,
        .b = turned ? a : b,
        .n_a = (uint32_t)(turned ? evidence->n_b : evidence->n_a),
        .n_b = (uint32_t)(turned ? evidence->n_a : evidence->n_b),
        .n_common = (uint32_t)evidence->n_common,
        .n_before_a = (uint32_t)(turned ? evidence->n_before_b : evidence->n_before_a),
        .n_before_b = (uint32_t)(turned ? evidence->n_before_a : evidence->n_before_b),
        .n_rest = (uint32_t)evidence->n_rest,
        .n_rest_shared = (uint32_t)evidence->n_rest_shared,
        .n_facts_same = (uint32_t)evidence->n_facts_same,
        .n_facts_changed = (uint32_t)evidence->n_facts_changed,
        .n_pairs_a = (uint8_t)(turned ? evidence->n_pairs_b : evidence->n_pairs_a),
        .n_pairs_b = (uint8_t)(turned ? evidence->n_pairs_a : evidence->n_pairs_b),
        .n_pairs_common = (uint8_t)evidence->n_pairs_common,
        .link = (uint8_t)evidence->link,
        .same_content = evidence->same_content,
        .depth = (uint8_t)evidence->depth,
    };
    size_t at = place_of(remembered, pair.a, pair.b);
    (void)pthread_mutex_lock(&remembered->locks[at % N_LOCKS]);
    remembered->places[at] = pair;
    (void)pthread_mutex_unlock(&remembered->locks[at % N_LOCKS]);
}

bool sr_remembered_get(sr_remembered *remembered, uint32_t a, uint32_t b,
                       sr_pair_evidence *evidence)
{
    bool turned = a > b;
    uint32_t left = turned ? b : a;
    uint32_t right = turned ? a : b;
    size_t at = place_of(remembered, left, right);
    (void)pthread_mutex_lock(&remembered->locks[at % N_LOCKS]);
    const place pair = remembered->places[at];
    (void)pthread_mutex_unlock(&remembered->locks[at % N_LOCKS]);
    if (pair.b == 0 || pair.a != left || pair.b != right) {
        return false;
    }
    *evidence = (sr_pair_evidence){
        .link = (sr_update_link)pair.link,
        .same_content = pair.same_content,
        .n_a = turned ? pair.n_b : pair.n_a,
        .n_b = turned ? pair.n_a : pair.n_b,
        .n_common = pair.n_common,
        .n_pairs_a = turned ? pair.n_pairs_b : pair.n_pairs_a,
        .n_pairs_b = turned ? pair.n_pairs_a : pair.n_pairs_b,
        .n_pairs_common = pair.n_pairs_common,
        .depth = (sr_evidence_depth)pair.depth,
        .n_before_a = turned ? pair.n_before_b : pair.n_before_a,
        .n_before_b = turned ? pair.n_before_a : pair.n_before_b,
        .n_rest = pair.n_rest,
        .n_rest_shared = pair.n_rest_shared,
        .n_facts_same = pair.n_facts_same,
        .n_facts_changed = pair.n_facts_changed,
    };
    return true;
}
