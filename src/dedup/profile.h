/* profile.h — a text made ready to be compared word by word: its set of shingles, and, made only
 * when asked for, its facts. */
#ifndef SR_DEDUP_PROFILE_H
#define SR_DEDUP_PROFILE_H

#include "dedup/furniture.h"
#include "sketch/signer.h"

/* A fact (a number, or a capitalised word inside of a sentence) seen from one of its sides: the
 * two words before it, or the two behind it. The same context with another fact in another text is
 * what a form looks like that was filled in twice. */
typedef struct sr_slot {
    uint32_t context;
    uint32_t fact;
} sr_slot;

/* Scratch of one thread; grows to the largest text seen. */
typedef struct sr_profile {
    sr_signer *signer;
    const sr_furniture *furniture; /* NULL: none was learnt */
    sr_str text;                   /* must live as long as the profile is used */
    sr_shingle_set set;
    sr_shingle_set pairs;  /* of words, of a short text */
    const sr_words *words; /* without furniture */
    const uint64_t *word_hashes;
    const uint32_t *shingles; /* in order of the text */
    size_t n_shingles;
    bool has_facts;  /* all below holds */
    uint32_t *facts; /* with repetitions */
    size_t n_facts;
    size_t fact_capacity;
    uint32_t *numbers; /* those of them that are numbers */
    size_t n_numbers;
    size_t number_capacity;
    unsigned n_asked;  /* how often a fact was looked for */
    sr_hash_set known; /* facts and words, once that is worth while */
    sr_slot *slots;    /* ascending by context, then fact */
    size_t n_slots;
    size_t slot_capacity;
    sr_slot *unsorted; /* scratch of sorting them */
    size_t unsorted_capacity;
    uint32_t *bucket_starts;
    size_t bucket_capacity;
    uint8_t *kept; /* scratch: of each word */
    size_t kept_capacity;
} sr_profile;

SR_MUST_USE sr_status sr_profile_init(sr_profile *profile, const sr_params *params);
void sr_profile_release(sr_profile *profile);
/* Makes the set of shingles of `text`. */
SR_MUST_USE sr_status sr_profile_load(sr_profile *profile, sr_str text);
/* The same of a text given as the codes of its words, which have no details. */
SR_MUST_USE sr_status sr_profile_load_codes(sr_profile *profile, sr_str codes);
/* Makes the rest, once. */
SR_MUST_USE sr_status sr_profile_find_facts(sr_profile *profile);
/* Does a fact stand in the text, or a word of that hash? */
SR_MUST_USE sr_status sr_profile_has_fact(sr_profile *profile, uint32_t fact, bool *found);

#endif
