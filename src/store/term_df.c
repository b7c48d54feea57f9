/* term_df.c — a 32-bit word a term: 0 until it was asked for, then 2·(df + 1) + is_pair. Threads
 * may fill the same word at once; they write the same value. A snapshot that still changes (a
 * writer's) remembers nothing. */
#include "store/term_df.h"

#include "store/snapshot.h"

#include <stdatomic.h>
#include <stdlib.h>

/* More articles than any store on one machine holds. */
#define MAX_DF (UINT32_MAX / 2 - 2)

sr_status sr_snapshot_remember_dfs(sr_snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->n_segments; i++) {
        sr_snapshot_part *part = &snapshot->segments[i];
        part->term_dfs = calloc(part->segment->n_terms + 1, sizeof *part->term_dfs);
        if (!part->term_dfs) {
            return SR_ERR_MEMORY;
        }
    }
    return SR_OK;
}

static void remember(const sr_snapshot_part *part, size_t number, uint32_t word)
{
    if (part->term_dfs) {
        atomic_store_explicit(&part->term_dfs[number], word, memory_order_relaxed);
    }
}

/* The word of a term that was not asked for yet, number `number` of segment `known`. It is
 * remembered in every segment that knows the term, so that none seeks it again. */
static uint32_t make_word(const sr_snapshot *snapshot, uint32_t known, uint32_t number)
{
    uint64_t hash = snapshot->segments[known].segment->term_hashes[number];
    enum { MAX_FOUND = 256 }; /* in more segments it is sought again there */
    uint32_t segments[MAX_FOUND];
    uint32_t numbers[MAX_FOUND];
    size_t n_found = 0;
    uint64_t df = 0;
    for (size_t i = 0; i < snapshot->n_segments; i++) {
        const sr_segment *segment = snapshot->segments[i].segment;
        size_t place =
            i == known ? number : sr_hash_seek(segment->term_hashes, segment->n_terms, 0, hash);
        if (place == segment->n_terms || segment->term_hashes[place] != hash) {
            continue;
        }
        df += sr_segment_term_df(segment, place);
        if (n_found < MAX_FOUND) {
            segments[n_found] = (uint32_t)i;
            numbers[n_found++] = (uint32_t)place;
        }
    }
    uint64_t n_dead = sr_snapshot_dead_df(snapshot, hash);
    df = df > n_dead ? df - n_dead : 0;
    df = df < MAX_DF ? df : MAX_DF;
    uint32_t word = (uint32_t)(df + 1) << 1 | sr_term_is_pair(hash);
    for (size_t i = 0; i < n_found; i++) {
        remember(&snapshot->segments[segments[i]], numbers[i], word);
    }
    return word;
}

uint64_t sr_snapshot_term_df(const sr_snapshot *snapshot, uint32_t segment, uint32_t number,
                             bool *is_pair)
{
    const sr_snapshot_part *part = &snapshot->segments[segment];
    assert(number < part->segment->n_terms);
    uint32_t word =
        part->term_dfs ? atomic_load_explicit(&part->term_dfs[number], memory_order_relaxed) : 0;
    if (word == 0) {
        word = make_word(snapshot, segment, number);
        remember(part, number, word);
    }
    *is_pair = word & 1;
    return (word >> 1) - 1;
}

sr_status sr_snapshot_term_numbers(const sr_snapshot *snapshot, sr_doc doc, uint32_t numbers[],
                                   uint32_t counts[], size_t *n_terms)
{
    return sr_segment_term_numbers(snapshot->segments[doc.segment].segment, doc.ordinal, numbers,
                                   counts, n_terms);
}

bool sr_snapshot_find_term(const sr_snapshot *snapshot, uint32_t segment, uint32_t from,
                           uint64_t hash, uint32_t *number)
{
    const sr_segment *s = snapshot->segments[segment].segment;
    size_t place = sr_hash_seek(s->term_hashes, s->n_terms, from, hash);
    *number = (uint32_t)place;
    return place < s->n_terms && s->term_hashes[place] == hash;
}
