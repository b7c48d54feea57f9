/* furniture.h — learnt furniture: shingles that many different articles of a run carry. A sentence
 * or line made of them says nothing about whether two articles are copies, and is left out when
 * they are compared. It is learnt from the containment sketches, once, and shapes no signature. */
#ifndef SR_DEDUP_FURNITURE_H
#define SR_DEDUP_FURNITURE_H

#include "dedup/articles.h"
#include "dedup/hash_set.h"
#include "sketch/fraction.h"

typedef struct sr_furniture {
    sr_hash_set shingles; /* of those that every text has in its sketch */
    uint8_t *shares; /* of each article, in 255ths: how much of it is furniture; NULL: none is */
} sr_furniture;

/* `first[doc]` is doc for the articles that are asked; {0} is none. SR_ERR_MEMORY. */
SR_MUST_USE sr_status sr_furniture_learn(const sr_dedup_articles *articles, const uint32_t *first,
                                         sr_furniture *furniture);
void sr_furniture_release(sr_furniture *furniture);
/* What it takes at most. */
uint64_t sr_furniture_bytes(uint64_t n_articles);

static inline bool sr_furniture_has(const sr_furniture *furniture, uint32_t shingle)
{
    return sr_fraction_is_sampled(shingle) && furniture->shingles.n_values &&
           sr_hash_set_has(&furniture->shingles, shingle);
}

/* How many shingles of an article stand outside of its furniture. */
uint32_t sr_furniture_own_shingles(const sr_furniture *furniture, const sr_dedup_articles *articles,
                                   uint32_t doc);

#endif
