/* profile.h — a text made ready to be compared word by word: its set of shingles, and, made only
 * when asked for, its vocabulary and its facts. */
#ifndef SR_DEDUP_PROFILE_H
#define SR_DEDUP_PROFILE_H

#include "sketch/signer.h"

/* A fact (a number, or a capitalised word inside of a sentence) seen from one of its sides: the
 * two words before it, or the two behind it. The same context with another fact in another text is
 * what a form looks like that was filled in twice. */
typedef struct sr_slot {
    uint32_t context;
    uint32_t fact;
} sr_slot;

/* A set of hashes by open addressing; a place of 0 is empty, so that 0 counts as 1. */
typedef struct sr_hash_set {
    uint32_t *places;
    size_t n_places; /* in use, a power of two, at least twice the hashes */
    size_t n_values;
    size_t capacity;
} sr_hash_set;

/* Scratch of one thread; grows to the largest text seen. */
typedef struct sr_profile {
    sr_signer *signer;
    sr_str text; /* must live as long as the profile is used */
    sr_shingle_set set;
    sr_shingle_set pairs; /* of words, of a short text */
    bool has_details;     /* all below holds */
    const sr_words *words;
    const uint64_t *word_hashes;
    const uint32_t *shingles; /* in order of the text */
    size_t n_shingles;
    sr_hash_set shingle_places; /* the set, for looking up */
    sr_hash_set vocabulary;
    sr_hash_set facts;
    sr_slot *slots; /* ascending by context, then fact */
    size_t n_slots;
    size_t slot_capacity;
    sr_slot *unsorted; /* scratch of sorting them */
    size_t unsorted_capacity;
    uint32_t *bucket_starts;
    size_t bucket_capacity;
} sr_profile;

SR_MUST_USE sr_status sr_profile_init(sr_profile *profile, const sr_params *params);
void sr_profile_release(sr_profile *profile);
/* Makes the set of shingles of `text`. */
SR_MUST_USE sr_status sr_profile_load(sr_profile *profile, sr_str text);
/* The same of a text given as the codes of its words, which have no details. */
SR_MUST_USE sr_status sr_profile_load_codes(sr_profile *profile, sr_str codes);
/* Makes the rest, once. */
SR_MUST_USE sr_status sr_profile_detail(sr_profile *profile);

/* Empties a set and makes room for `n_values` hashes. */
SR_MUST_USE sr_status sr_hash_set_reset(sr_hash_set *set, size_t n_values);
/* True where the hash is new. */
bool sr_hash_set_add(sr_hash_set *set, uint32_t value);
bool sr_hash_set_has(const sr_hash_set *set, uint32_t value);

#endif
