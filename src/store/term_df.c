/* term_df.c — a 32-bit word a term: 0 until it was asked for, then 2·(df + 1) + is_pair. Threads
 * may fill the same word at once; they write the same value. A snapshot that still changes (a
 * writer's) remembers nothing. */
#include "store/term_df.h"

#include "store/snapshot.h"

#include <stdatomic.h>
#include <stdlib.h>

/* Words of their own, so that threads may meet; squares, which are never 0 for a remembered article
 * but in its complement, come last. */
struct sr_length_place {
    _Atomic uint64_t squares; /* bits of the double, inverted; 0: not remembered */
    _Atomic uint64_t lightest;
    _Atomic uint32_t lightest_index;
};

sr_status sr_snapshot_remember(sr_snapshot *snapshot)
{
    snapshot->remembered = calloc(1, sizeof *snapshot->remembered);
    if (!snapshot->remembered) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < snapshot->n_segments; i++) {
        sr_snapshot_part *part = &snapshot->segments[i];
        part->term_dfs = calloc(part->segment->lexicon.n_terms + 1, sizeof *part->term_dfs);
        part->lengths = calloc((size_t)part->segment->doc_count + 1, sizeof *part->lengths);
        if (!part->term_dfs || !part->lengths) {
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

/* How many terms are sought together: enough for memory to answer in parallel. */
enum { CHUNK = 64, MAX_FOUND = 1024 };

/* Where the terms of a chunk were found; what does not fit is sought again when it is asked for. */
typedef struct found_terms {
    size_t n_found;
    uint32_t segments[MAX_FOUND];
    uint32_t numbers[MAX_FOUND];
    uint8_t indexes[MAX_FOUND]; /* in the chunk */
} found_terms;

/* Adds one segment's dfs of a chunk of hashes. */
static void count_in(const sr_snapshot *snapshot, size_t segment, const uint64_t *hashes, size_t n,
                     uint64_t *dfs, found_terms *found)
{
    const sr_snapshot_part *part = &snapshot->segments[segment];
    const sr_segment *s = part->segment;
    size_t places[CHUNK];
    uint64_t found_dfs[CHUNK];
    uint8_t indexes[CHUNK];
    size_t n_here = 0;
    sr_lexicon_seek_many(&s->lexicon, hashes, n, places);
    for (size_t i = 0; i < n; i++) {
        if (places[i] < s->lexicon.n_terms) {
            indexes[n_here] = (uint8_t)i;
            places[n_here++] = places[i];
        }
    }
    sr_segment_term_dfs(s, places, n_here, found_dfs);
    for (size_t i = 0; i < n_here; i++) {
        dfs[indexes[i]] += sr_snapshot_live_df(part, places[i], found_dfs[i]);
        if (found && found->n_found < MAX_FOUND) {
            found->segments[found->n_found] = (uint32_t)segment;
            found->numbers[found->n_found] = (uint32_t)places[i];
            found->indexes[found->n_found++] = indexes[i];
        }
    }
}

void sr_snapshot_dfs(const sr_snapshot *snapshot, const uint64_t *hashes, size_t n_terms,
                     uint64_t *dfs)
{
    for (size_t first = 0; first < n_terms; first += CHUNK) {
        size_t n = n_terms - first < CHUNK ? n_terms - first : CHUNK;
        for (size_t i = 0; i < n; i++) {
            dfs[first + i] = 0;
        }
        for (size_t s = 0; s < snapshot->n_segments; s++) {
            count_in(snapshot, s, hashes + first, n, dfs + first, NULL);
        }
    }
}

/* The words of terms that were not asked for yet. They are remembered in every segment that knows
 * the term, so that none seeks it again. */
static void make_words(const sr_snapshot *snapshot, uint32_t known, const size_t *numbers, size_t n,
                       uint32_t *words)
{
    const sr_segment *segment = snapshot->segments[known].segment;
    uint64_t hashes[CHUNK];
    uint64_t dfs[CHUNK];
    found_terms found;
    found.n_found = 0;
    sr_segment_term_dfs(segment, numbers, n, dfs);
    for (size_t i = 0; i < n; i++) {
        hashes[i] = sr_lexicon_hash(&segment->lexicon, numbers[i]);
        dfs[i] = sr_snapshot_live_df(&snapshot->segments[known], numbers[i], dfs[i]);
    }
    for (size_t s = 0; s < snapshot->n_segments; s++) {
        if (s != known) {
            count_in(snapshot, s, hashes, n, dfs, &found);
        }
    }
    for (size_t i = 0; i < n; i++) {
        words[i] = sr_term_df_of(dfs[i], sr_term_is_pair(hashes[i])).word;
        remember(&snapshot->segments[known], numbers[i], words[i]);
    }
    for (size_t i = 0; i < found.n_found; i++) {
        remember(&snapshot->segments[found.segments[i]], found.numbers[i], words[found.indexes[i]]);
    }
}

void sr_snapshot_term_dfs(const sr_snapshot *snapshot, uint32_t segment, const uint32_t *numbers,
                          size_t n_terms, sr_term_df *dfs)
{
    const sr_snapshot_part *part = &snapshot->segments[segment];
    size_t unknown[CHUNK];
    size_t indexes[CHUNK];
    uint32_t words[CHUNK];
    size_t n_unknown = 0;
    for (size_t i = 0; i < n_terms && part->term_dfs; i++) {
        __builtin_prefetch(&part->term_dfs[numbers[i]]);
    }
    for (size_t i = 0; i < n_terms; i++) {
        assert(numbers[i] < part->segment->lexicon.n_terms);
        uint32_t word =
            part->term_dfs ? atomic_load_explicit(&part->term_dfs[numbers[i]], memory_order_relaxed)
                           : 0;
        dfs[i].word = word;
        if (word == 0) {
            indexes[n_unknown] = i;
            unknown[n_unknown++] = numbers[i];
        }
        if (n_unknown == CHUNK || (n_unknown && i + 1 == n_terms)) {
            make_words(snapshot, segment, unknown, n_unknown, words);
            for (size_t u = 0; u < n_unknown; u++) {
                dfs[indexes[u]].word = words[u];
            }
            n_unknown = 0;
        }
    }
}

sr_status sr_snapshot_term_numbers(const sr_snapshot *snapshot, sr_doc doc, uint32_t numbers[],
                                   uint8_t counts[], size_t *n_terms)
{
    return sr_segment_term_numbers(snapshot->segments[doc.segment].segment, doc.ordinal, numbers,
                                   counts, n_terms);
}

bool sr_snapshot_find_term(const sr_snapshot *snapshot, uint32_t segment, uint32_t from,
                           uint64_t hash, uint32_t *number)
{
    const sr_segment *s = snapshot->segments[segment].segment;
    bool found = false;
    *number = (uint32_t)sr_lexicon_seek(&s->lexicon, from, hash, &found);
    return found;
}

void sr_snapshot_find_terms(const sr_snapshot *snapshot, uint32_t segment, const uint64_t *hashes,
                            size_t n_terms, uint32_t *numbers)
{
    const sr_segment *s = snapshot->segments[segment].segment;
    size_t places[CHUNK];
    for (size_t first = 0; first < n_terms; first += CHUNK) {
        size_t n = n_terms - first < CHUNK ? n_terms - first : CHUNK;
        sr_lexicon_seek_many(&s->lexicon, hashes + first, n, places);
        for (size_t i = 0; i < n; i++) {
            bool is_there = places[i] < s->lexicon.n_terms;
            numbers[first + i] = is_there ? (uint32_t)places[i] : SR_NO_TERM;
        }
    }
}

sr_status sr_snapshot_term_list_append(const sr_snapshot *snapshot, uint32_t segment,
                                       uint32_t number, sr_posting_list *list)
{
    return sr_segment_term_list_append(snapshot->segments[segment].segment, number, list);
}

/* ------------------------------------------------------------ lengths */

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double double_of(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

bool sr_snapshot_recall_length(const sr_snapshot *snapshot, sr_doc doc, sr_doc_length *length)
{
    const sr_snapshot_part *part = &snapshot->segments[doc.segment];
    if (!part->lengths) {
        return false;
    }
    struct sr_length_place *place = &part->lengths[doc.ordinal];
    uint64_t squares = atomic_load_explicit(&place->squares, memory_order_acquire);
    if (squares == 0) {
        return false;
    }
    length->squares = double_of(~squares);
    length->lightest = double_of(atomic_load_explicit(&place->lightest, memory_order_relaxed));
    length->lightest_index = atomic_load_explicit(&place->lightest_index, memory_order_relaxed);
    return true;
}

void sr_snapshot_remember_length(const sr_snapshot *snapshot, sr_doc doc,
                                 const sr_doc_length *length)
{
    const sr_snapshot_part *part = &snapshot->segments[doc.segment];
    if (!part->lengths) {
        return;
    }
    struct sr_length_place *place = &part->lengths[doc.ordinal];
    atomic_store_explicit(&place->lightest, bits_of(length->lightest), memory_order_relaxed);
    atomic_store_explicit(&place->lightest_index, length->lightest_index, memory_order_relaxed);
    atomic_store_explicit(&place->squares, ~bits_of(length->squares), memory_order_release);
}

bool sr_snapshot_is_settled(const sr_snapshot *snapshot, uint32_t segment)
{
    uint64_t n_live = snapshot->n_live;
    uint64_t n_listed = 0;
    for (size_t i = 0; i < snapshot->n_segments; i++) {
        n_listed += snapshot->segments[i].segment->doc_count;
    }
    /* A segment was written, or merged, when it was the last one. */
    uint64_t n_since = sr_snapshot_next_serial(snapshot) -
                       sr_segment_end_serial(snapshot->segments[segment].segment);
    if (n_listed / 2 > n_live || n_since > n_live) {
        return false;
    }
    uint64_t n_then = n_live - n_since;
    return n_then >= snapshot->settled_docs && n_then >= n_live / SR_SETTLED_GROWTH;
}

/* With what they point to in one piece of memory. */
static sr_norms *make_norms(const sr_segment *segment)
{
    size_t n_docs = segment->doc_count;
    sr_norms *norms = malloc(sizeof *norms + n_docs * (sizeof(float) + 1) + 1);
    if (!norms) {
        return NULL;
    }
    float *values = (float *)(norms + 1);
    uint8_t *floors = (uint8_t *)(values + n_docs);
    float longest = 0.0F;
    for (uint32_t i = 0; i < n_docs; i++) {
        values[i] = sr_segment_norm(segment, i);
        longest = values[i] > longest ? values[i] : longest;
    }
    *norms =
        (sr_norms){.values = values, .floors = floors, .step = (double)longest / (double)UINT8_MAX};
    for (size_t i = 0; i < n_docs; i++) {
        floors[i] = values[i] > 0.0F ? (uint8_t)((double)values[i] / norms->step) : 0;
    }
    return norms;
}

const sr_norms *sr_snapshot_norms(const sr_snapshot *snapshot, uint32_t segment, size_t n_looks)
{
    sr_snapshot_part *part = &snapshot->segments[segment];
    sr_norms *norms = atomic_load_explicit(&part->norms, memory_order_acquire);
    if (norms || !part->lengths) {
        return norms;
    }
    uint32_t n_docs = part->segment->doc_count;
    if (atomic_fetch_add_explicit(&part->n_norm_looks, n_looks, memory_order_relaxed) < n_docs) {
        return NULL;
    }
    sr_norms *made = make_norms(part->segment);
    if (made && !atomic_compare_exchange_strong(&part->norms, &norms, made)) {
        free(made); /* another thread was quicker */
        return norms;
    }
    return made;
}

/* ------------------------------------------------------------ what memory is asked for */

enum { LINE_BYTES = 64 };

static void expect(const void *from, size_t n_bytes)
{
    for (size_t at = 0; at < n_bytes; at += LINE_BYTES) {
        __builtin_prefetch((const uint8_t *)from + at);
    }
}

void sr_snapshot_expect_place(const sr_snapshot *snapshot, sr_doc doc)
{
    const sr_snapshot_part *part = &snapshot->segments[doc.segment];
    sr_segment_expect_terms_place(part->segment, doc.ordinal);
    if (part->lengths) {
        __builtin_prefetch(part->lengths + doc.ordinal);
    }
}

void sr_snapshot_expect_terms(const sr_snapshot *snapshot, sr_doc doc)
{
    sr_segment_expect_terms(snapshot->segments[doc.segment].segment, doc.ordinal);
}

void sr_snapshot_expect_facts(const sr_snapshot *snapshot, sr_doc doc)
{
    const sr_segment *segment = snapshot->segments[doc.segment].segment;
    const uint8_t *facts = segment->sections[SR_SECTION_FACTS].data;
    expect(facts + (size_t)doc.ordinal * SR_FACTS_BYTES, SR_FACTS_BYTES);
}

void sr_snapshot_expect_norm(const sr_snapshot *snapshot, sr_doc doc)
{
    const sr_segment *segment = snapshot->segments[doc.segment].segment;
    if (segment->norms) {
        __builtin_prefetch(segment->norms + doc.ordinal);
    }
}

void sr_snapshot_expect_values(const sr_snapshot *snapshot, sr_doc doc)
{
    const sr_segment *segment = snapshot->segments[doc.segment].segment;
    expect(segment->values + (size_t)doc.ordinal * segment->n_values,
           segment->n_values * sizeof *segment->values);
}

void sr_snapshot_expect_list(const sr_snapshot *snapshot, sr_doc doc)
{
    const sr_segment *segment = snapshot->segments[doc.segment].segment;
    if (segment->lists) {
        expect(segment->lists + (size_t)doc.ordinal * SR_LIST_BYTES, SR_LIST_BYTES);
    }
}

void sr_snapshot_expect_vector(const sr_snapshot *snapshot, sr_doc doc)
{
    const sr_segment *segment = snapshot->segments[doc.segment].segment;
    if (segment->vectors) {
        expect(segment->vectors + doc.ordinal, sizeof *segment->vectors);
    }
}

/* ------------------------------------------------------------ the newest date */

static int64_t find_newest(const sr_snapshot *snapshot)
{
    int64_t newest_s = SR_TIME_UNKNOWN; /* the smallest value there is */
    for (uint32_t s = 0; s < snapshot->n_segments; s++) {
        const sr_segment *segment = snapshot->segments[s].segment;
        for (uint32_t i = 0; i < segment->doc_count; i++) {
            sr_doc_facts facts;
            sr_segment_facts(segment, i, &facts);
            if (facts.published_s > newest_s &&
                sr_snapshot_is_live(snapshot, (sr_doc){.segment = s, .ordinal = i})) {
                newest_s = facts.published_s;
            }
        }
    }
    return newest_s;
}

int64_t sr_snapshot_newest(const sr_snapshot *snapshot)
{
    sr_remembered *remembered = snapshot->remembered;
    if (!remembered) {
        return find_newest(snapshot);
    }
    if (!atomic_load_explicit(&remembered->has_newest, memory_order_acquire)) {
        atomic_store_explicit(&remembered->newest_s, find_newest(snapshot), memory_order_relaxed);
        atomic_store_explicit(&remembered->has_newest, true, memory_order_release);
    }
    return atomic_load_explicit(&remembered->newest_s, memory_order_relaxed);
}
