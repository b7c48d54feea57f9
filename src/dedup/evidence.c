/* evidence.c — the rest (words outside of what is common) and the slots (facts in one context). */
#include "dedup/evidence.h"

#include "text/fold.h"

#include <stdlib.h>

void sr_evidence_of_sets(const sr_profile *a, const sr_profile *b, sr_pair_evidence *evidence)
{
    *evidence = (sr_pair_evidence){
        .n_a = a->set.n_values,
        .n_b = b->set.n_values,
        .n_common = sr_shingle_set_common(&a->set, &b->set),
        .n_pairs_a = a->pairs.n_values,
        .n_pairs_b = b->pairs.n_values,
        .n_pairs_common = sr_shingle_set_common(&a->pairs, &b->pairs),
    };
}

/* Where what is common has begun: not with a stray shingle, and in a short text sooner. */
enum { BEGUN_SHINGLES = 16 };

enum { REST_STOP_WORD, REST_WORD, REST_SHARED };

static bool is_stop_word(const sr_evidence_scratch *scratch, sr_str word)
{
    return scratch->stop_words ? sr_stop_filter_has(scratch->stop_words, word)
                               : sr_stop_word_languages(word) != 0;
}

/* Counts the words of `a` that no common shingle covers, each once, and finds how many of them
 * stand before what is common: before its first BEGUN_SHINGLES, or its first quarter. Where
 * characters stand alone, two of them are as long as a word of other scripts. */
static void collect_rest(const sr_profile *a, const sr_profile *b, sr_evidence_scratch *scratch,
                         size_t *n_before, sr_pair_evidence *evidence)
{
    size_t width = sr_signer_params(a->signer)->shingle_words;
    size_t n_words = a->words->n_words;
    size_t covered_to = 0; /* words before this one are covered */
    size_t n_common = 0;
    size_t n_begun = (evidence->n_common + 3) / 4;
    n_begun = n_begun < BEGUN_SHINGLES ? n_begun : BEGUN_SHINGLES;
    size_t n_halves = 0;
    for (size_t i = 0; i < n_words; i++) {
        if (i < a->n_shingles && sr_shingle_set_has(&b->set, a->shingles[i])) {
            covered_to = i + width;
            n_common++;
        }
        if (n_common < n_begun && i >= covered_to) {
            n_halves += sr_word_is_alone(sr_word(a->words, i)) ? 1 : 2;
        }
        uint32_t word = (uint32_t)a->word_hashes[i];
        if (i >= covered_to && sr_hash_set_add(&scratch->seen, word)) {
            bool counts = !is_stop_word(scratch, sr_word(a->words, i));
            scratch->marks[sr_hash_set_place(&scratch->seen, word)] =
                counts ? REST_WORD : REST_STOP_WORD;
            evidence->n_rest += counts;
        }
    }
    *n_before = n_halves / 2;
}

/* The rest of `a`, and which of its words stand anywhere in `b`. */
static sr_status compare_rest(const sr_profile *a, const sr_profile *b,
                              sr_evidence_scratch *scratch, size_t *n_before,
                              sr_pair_evidence *evidence)
{
    SR_TRY(sr_hash_set_reset(&scratch->seen, a->words->n_words));
    SR_TRY(sr_array_reserve((void **)&scratch->marks, &scratch->mark_capacity,
                            scratch->seen.n_places, 1));
    size_t n_rest = evidence->n_rest;
    collect_rest(a, b, scratch, n_before, evidence);
    n_rest = evidence->n_rest - n_rest;
    for (size_t i = 0; i < b->words->n_words && n_rest > 0; i++) {
        size_t place = sr_hash_set_place(&scratch->seen, (uint32_t)b->word_hashes[i]);
        if (scratch->seen.places[place] != 0) {
            uint8_t *mark = &scratch->marks[place];
            evidence->n_rest_shared += *mark == REST_WORD;
            n_rest -= *mark == REST_WORD;
            *mark = *mark == REST_WORD ? REST_SHARED : *mark;
        }
    }
    return SR_OK;
}

static size_t context_end(const sr_profile *p, size_t start)
{
    size_t end = start + 1;
    while (end < p->n_slots && p->slots[end].context == p->slots[start].context) {
        end++;
    }
    return end;
}

static bool context_has(const sr_profile *p, size_t start, size_t end, uint32_t fact)
{
    for (size_t i = start; i < end; i++) {
        if (p->slots[i].fact == fact) {
            return true;
        }
    }
    return false;
}

/* Walks the contexts that both texts have, and counts the facts of `a` that are the same in one of
 * them, and those that were changed: other facts stand there, and this one nowhere in `b`. */
static sr_status compare_facts(const sr_profile *a, sr_profile *b, sr_hash_set *seen,
                               sr_pair_evidence *evidence)
{
    SR_TRY(sr_hash_set_reset(seen, a->n_slots));
    for (size_t i = 0, j = 0; i < a->n_slots && j < b->n_slots;) {
        uint32_t x = a->slots[i].context;
        uint32_t y = b->slots[j].context;
        size_t i_end = context_end(a, i);
        size_t j_end = context_end(b, j);
        bool any = false;
        for (size_t k = i; x == y && k < i_end; k++) {
            bool same = context_has(b, j, j_end, a->slots[k].fact);
            any |= same;
            evidence->n_facts_same += same && sr_hash_set_add(seen, a->slots[k].fact);
        }
        for (size_t k = i; x == y && !any && k < i_end; k++) {
            uint32_t fact = a->slots[k].fact;
            bool found;
            SR_TRY(sr_profile_has_fact(b, fact, &found));
            evidence->n_facts_changed += !found && sr_hash_set_add(seen, fact);
        }
        i = x <= y ? i_end : i;
        j = y <= x ? j_end : j;
    }
    return SR_OK;
}

/* Fewer words than this make a notice. */
enum { NOTICE_WORDS = 100 };

/* The numbers that the other text has not at all. */
static sr_status own_numbers(const sr_profile *a, sr_profile *b, sr_hash_set *seen, size_t *n)
{
    *n = 0;
    SR_TRY(sr_hash_set_reset(seen, a->n_numbers));
    for (size_t i = 0; i < a->n_numbers; i++) {
        bool found;
        SR_TRY(sr_profile_has_fact(b, a->numbers[i], &found));
        *n += !found && sr_hash_set_add(seen, a->numbers[i]);
    }
    return SR_OK;
}

/* In a notice of a few lines numbers stand side by side, so that none of them is in a context that
 * both have: as many as both have for themselves were changed. */
static sr_status compare_numbers(sr_profile *a, sr_profile *b, sr_hash_set *seen,
                                 sr_pair_evidence *evidence)
{
    if (a->words->n_words >= NOTICE_WORDS || b->words->n_words >= NOTICE_WORDS) {
        return SR_OK;
    }
    size_t n_a;
    size_t n_b;
    SR_TRY(own_numbers(a, b, seen, &n_a));
    SR_TRY(own_numbers(b, a, seen, &n_b));
    size_t n_changed = 2 * (n_a < n_b ? n_a : n_b);
    if (evidence->n_facts_changed < n_changed) {
        evidence->n_facts_changed = n_changed;
    }
    return SR_OK;
}

sr_status sr_evidence_look_closer(sr_profile *a, sr_profile *b, sr_evidence_depth depth,
                                  sr_evidence_scratch *scratch, sr_pair_evidence *evidence)
{
    evidence->depth = depth;
    if (depth == SR_EVIDENCE_SETS) {
        return SR_OK;
    }
    SR_TRY(sr_profile_find_facts(a));
    SR_TRY(sr_profile_find_facts(b));
    SR_TRY(compare_facts(a, b, &scratch->seen, evidence));
    SR_TRY(compare_facts(b, a, &scratch->seen, evidence));
    SR_TRY(compare_numbers(a, b, &scratch->seen, evidence));
    if (depth == SR_EVIDENCE_FACTS) {
        return SR_OK;
    }
    SR_TRY(compare_rest(a, b, scratch, &evidence->n_before_a, evidence));
    return compare_rest(b, a, scratch, &evidence->n_before_b, evidence);
}

sr_status sr_evidence_scratch_init(sr_evidence_scratch *scratch)
{
    *scratch = (sr_evidence_scratch){0};
    return sr_stop_filter_create(&scratch->stop_words);
}

void sr_evidence_scratch_release(sr_evidence_scratch *scratch)
{
    free(scratch->seen.places);
    free(scratch->marks);
    free(scratch->stop_words);
    *scratch = (sr_evidence_scratch){0};
}
