/* verdicts.c — one word a pair, in a table where a later pair takes the place of an earlier one.
 *
 *     number of a : 31 bits · number of b : 31 bits · is a repeat : 1 · in use : 1
 *
 * Articles are numbered over all segments. A word says all of its pair, so that threads may read
 * and write at will: whoever meets another pair's word finds out again, and comes to the same
 * verdict.
 */
#include "related/verdicts.h"

#include "base/hash.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { WORDS_PER_DOC = 4, WORDS_LEAST = 1 << 12, WORDS_MOST = 1 << 24, MAX_DOCS = INT32_MAX };

struct sr_verdicts {
    uint64_t *firsts; /* number of each segment's first article */
    _Atomic uint64_t *words;
    size_t n_words; /* a power of two; 0: more articles than can be numbered */
};

sr_status sr_verdicts_create(const sr_snapshot *snapshot, sr_verdicts **out)
{
    uint32_t n_segments = sr_snapshot_segment_count(snapshot);
    sr_verdicts *verdicts = calloc(1, sizeof *verdicts);
    if (!verdicts) {
        return SR_ERR_MEMORY;
    }
    verdicts->firsts = malloc((n_segments + (size_t)1) * sizeof *verdicts->firsts);
    uint64_t n_docs = 0;
    for (uint32_t s = 0; verdicts->firsts && s < n_segments; s++) {
        verdicts->firsts[s] = n_docs;
        n_docs += sr_segment_doc_count(sr_snapshot_segment(snapshot, s));
    }
    for (size_t n = WORDS_LEAST; n_docs <= MAX_DOCS && n <= WORDS_MOST; n *= 2) {
        verdicts->n_words = n;
        if (n >= n_docs * WORDS_PER_DOC) {
            break;
        }
    }
    verdicts->words = calloc(verdicts->n_words + 1, sizeof *verdicts->words);
    if (!verdicts->firsts || !verdicts->words) {
        sr_verdicts_free(verdicts);
        return SR_ERR_MEMORY;
    }
    *out = verdicts;
    return SR_OK;
}

void sr_verdicts_free(sr_verdicts *verdicts)
{
    if (verdicts) {
        free(verdicts->firsts);
        free(verdicts->words);
        free(verdicts);
    }
}

/* The two numbers, and 0 for what is not known. */
static uint64_t word_of(const sr_verdicts *verdicts, sr_doc a, sr_doc b)
{
    uint64_t number_a = verdicts->firsts[a.segment] + a.ordinal;
    uint64_t number_b = verdicts->firsts[b.segment] + b.ordinal;
    return number_a << 33 | number_b << 2;
}

static _Atomic uint64_t *place_of(const sr_verdicts *verdicts, uint64_t word)
{
    return &verdicts->words[sr_mix64(word) & (verdicts->n_words - 1)];
}

bool sr_verdicts_recall(const sr_verdicts *verdicts, sr_doc a, sr_doc b, bool *is_repeat)
{
    if (verdicts->n_words == 0) {
        return false;
    }
    uint64_t word = word_of(verdicts, a, b);
    uint64_t there = atomic_load_explicit(place_of(verdicts, word), memory_order_relaxed);
    if ((there | 2) != (word | 3)) {
        return false;
    }
    *is_repeat = there >> 1 & 1;
    return true;
}

void sr_verdicts_remember(sr_verdicts *verdicts, sr_doc a, sr_doc b, bool is_repeat)
{
    if (verdicts->n_words) {
        uint64_t word = word_of(verdicts, a, b);
        atomic_store_explicit(place_of(verdicts, word), word | (uint64_t)is_repeat << 1 | 1,
                              memory_order_relaxed);
    }
}
