/* evidence.c — the rest (words outside of what is common) and the slots (facts in one context). */
#include "dedup/evidence.h"

#include "text/stop_words.h"

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

/* Counts the words of `a` that no common shingle covers, each once, and finds how many of them
 * stand before what is common: before its first BEGUN_SHINGLES, or its first quarter. */
static sr_status compare_rest(const sr_profile *a, const sr_profile *b, sr_hash_set *seen,
                              size_t *n_before, sr_pair_evidence *evidence)
{
    size_t width = sr_signer_params(a->signer)->shingle_words;
    size_t n_words = a->words->n_words;
    size_t covered_to = 0; /* words before this one are covered */
    size_t n_common = 0;
    size_t n_begun = (evidence->n_common + 3) / 4;
    n_begun = n_begun < BEGUN_SHINGLES ? n_begun : BEGUN_SHINGLES;
    *n_before = 0;
    SR_TRY(sr_hash_set_reset(seen, n_words));
    for (size_t i = 0; i < n_words; i++) {
        if (i < a->n_shingles && sr_shingle_set_has(&b->set, a->shingles[i])) {
            covered_to = i + width;
            n_common++;
        }
        *n_before += n_common < n_begun && i >= covered_to;
        uint32_t word = (uint32_t)a->word_hashes[i];
        if (i >= covered_to && sr_hash_set_add(seen, word) &&
            !sr_stop_word_languages(sr_word(a->words, i))) {
            evidence->n_rest++;
            evidence->n_rest_shared += sr_hash_set_has(&b->vocabulary, word);
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
static sr_status compare_facts(const sr_profile *a, const sr_profile *b, sr_hash_set *seen,
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
            bool gone = !sr_hash_set_has(&b->facts, fact) && !sr_hash_set_has(&b->vocabulary, fact);
            evidence->n_facts_changed += gone && sr_hash_set_add(seen, fact);
        }
        i = x <= y ? i_end : i;
        j = y <= x ? j_end : j;
    }
    return SR_OK;
}

/* Fewer words than this make a notice. */
enum { NOTICE_WORDS = 100 };

/* The numbers that the other text has not at all. */
static size_t own_numbers(const sr_profile *a, const sr_profile *b)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n_numbers; i++) {
        uint32_t number = a->numbers[i];
        n += !sr_hash_set_has(&b->facts, number) && !sr_hash_set_has(&b->vocabulary, number);
    }
    return n;
}

/* In a notice of a few lines numbers stand side by side, so that none of them is in a context that
 * both have: as many as both have for themselves were changed. */
static void compare_numbers(const sr_profile *a, const sr_profile *b, sr_pair_evidence *evidence)
{
    if (a->words->n_words >= NOTICE_WORDS || b->words->n_words >= NOTICE_WORDS) {
        return;
    }
    size_t n_a = own_numbers(a, b);
    size_t n_b = own_numbers(b, a);
    size_t n_changed = 2 * (n_a < n_b ? n_a : n_b);
    if (evidence->n_facts_changed < n_changed) {
        evidence->n_facts_changed = n_changed;
    }
}

sr_status sr_evidence_look_closer(sr_profile *a, sr_profile *b, sr_hash_set *scratch,
                                  sr_pair_evidence *evidence)
{
    SR_TRY(sr_profile_detail(a));
    SR_TRY(sr_profile_detail(b));
    evidence->has_details = true;
    SR_TRY(compare_rest(a, b, scratch, &evidence->n_before_a, evidence));
    SR_TRY(compare_rest(b, a, scratch, &evidence->n_before_b, evidence));
    SR_TRY(compare_facts(a, b, scratch, evidence));
    SR_TRY(compare_facts(b, a, scratch, evidence));
    compare_numbers(a, b, evidence);
    return SR_OK;
}
