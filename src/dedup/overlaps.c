/* overlaps.c — an inverted index of the sketches, for one pass.
 *
 *   hashes of all documents, but for those seen once      a map of two bits a place
 *   sorted by hash → postings of which the first MAX_POSTING documents count
 *   per document: its hashes' postings → hits of earlier documents → the best few
 *
 * Only the earliest documents of a posting are looked at: a hash that stands everywhere is
 * furniture and would cost the square of its documents, and of the copies of one text the earliest
 * ones are enough to join all. A candidate must have as many hits as it would have, less CERTAINTY
 * standard errors, if it were near or contained.
 */
#include "dedup/overlaps.h"

#include "index/key_sort.h"
#include "sketch/fraction.h"

#include <omp.h>

enum {
    MAX_POSTING = 32,
    MIN_PLACES = 1 << 10,
    PLACES_PER_HASH = 8,
    PLACES_PER_WORD = 32,
    HASHES_OF_DOC = 32,
    HASHES_AHEAD = 16
};

static const double CERTAINTY = 2.0;

typedef struct joiner {
    const sr_dedup_articles *articles;
    const sr_thresholds *thresholds;
    const uint32_t *first;
    const sr_furniture *furniture;
    uint64_t *seen; /* two bits for each of n_places: seen, and seen again; */
    size_t n_places;
    size_t n_seen_twice; /* of all hashes */
    sr_key_doc *entries; /* (hash, document), then (posting's start, document) */
    size_t n_entries;
    uint32_t *postings; /* documents of entries sorted by hash */
    size_t *starts;     /* of each document in entries sorted by document */
    sr_pair *best;      /* SR_OVERLAPS_PER_DOC places a document */
    uint8_t *n_best;
} joiner;

/* Hits of one thread's documents. */
typedef struct hit_counter {
    uint16_t *counts; /* a place a document, all 0 between documents */
    uint32_t *touched;
    size_t n_touched;
} hit_counter;

static void release(joiner *self)
{
    sr_pager *pager = self->articles->pager;
    sr_paged_free(pager, self->seen);
    sr_paged_free(pager, self->entries);
    sr_paged_free(pager, self->postings);
    sr_paged_free(pager, self->starts);
    sr_paged_free(pager, self->best);
    sr_paged_free(pager, self->n_best);
}

static bool takes_part(const joiner *self, uint32_t doc)
{
    return self->first[doc] == doc && sr_dedup_takes_part(self->articles, doc);
}

/* The word of `seen` that a hash has its bits in; where the bits begin. */
static uint64_t *seen_word(const joiner *self, uint32_t hash)
{
    return &self->seen[(hash & (self->n_places - 1)) / PLACES_PER_WORD];
}

static unsigned seen_shift(uint32_t hash)
{
    return 2 * (hash % PLACES_PER_WORD);
}

static void note_seen(joiner *self, uint32_t hash)
{
    uint64_t *word = seen_word(self, hash);
    uint64_t before = *word >> seen_shift(hash) & 3;
    *word |= (before ? (uint64_t)3 : (uint64_t)1) << seen_shift(hash);
    self->n_seen_twice += before == 1 ? 2 : before == 3;
}

static bool seen_twice(const joiner *self, uint32_t hash)
{
    return *seen_word(self, hash) >> (seen_shift(hash) + 1) & 1;
}

/* What the sketches have a little behind `at` is looked for all over `seen`. */
static void prefetch_seen(const joiner *self, size_t at)
{
    size_t later = at + HASHES_AHEAD < self->articles->n_sketched ? at + HASHES_AHEAD : at;
    __builtin_prefetch(seen_word(self, self->articles->sketches[later]), 1);
}

static bool is_furniture(const joiner *self, const sr_dedup_article *row, uint32_t hash)
{
    return row->n_words >= SR_SHORT_WORDS && sr_furniture_has(self->furniture, hash);
}

/* The hashes that more than one document may have, sorted. */
static sr_status collect_entries(joiner *self)
{
    const sr_dedup_articles *articles = self->articles;
    self->n_places = MIN_PLACES;
    while (self->n_places < articles->n_sketched * PLACES_PER_HASH && self->n_places < (size_t)1
                                                                                           << 31) {
        self->n_places *= 2;
    }
    self->seen =
        sr_paged_calloc(articles->pager, self->n_places / PLACES_PER_WORD, sizeof *self->seen);
    if (!self->seen) {
        return SR_ERR_MEMORY;
    }
    for (uint32_t doc = 0; doc < articles->n_rows; doc++) {
        sr_pager_jump(articles->pager, (size_t)doc * HASHES_OF_DOC);
        const sr_dedup_article *row = &articles->rows[doc];
        uint32_t n_sketch = takes_part(self, doc) ? row->n_sketch : 0;
        for (uint32_t i = 0; i < n_sketch; i++) {
            prefetch_seen(self, row->sketch + i);
            note_seen(self, articles->sketches[row->sketch + i]);
        }
    }
    size_t n = self->n_seen_twice;
    self->entries = sr_paged_calloc(articles->pager, n + 1, 2 * sizeof *self->entries);
    if (!self->entries) {
        return SR_ERR_MEMORY;
    }
    for (uint32_t doc = 0; doc < articles->n_rows; doc++) {
        sr_pager_jump(articles->pager, (size_t)doc * HASHES_OF_DOC);
        const sr_dedup_article *row = &articles->rows[doc];
        uint32_t n_sketch = takes_part(self, doc) ? row->n_sketch : 0;
        for (uint32_t i = 0; i < n_sketch; i++) {
            uint32_t hash = articles->sketches[row->sketch + i];
            prefetch_seen(self, row->sketch + i);
            if (seen_twice(self, hash) && !is_furniture(self, row, hash)) {
                self->entries[self->n_entries++] = (sr_key_doc){hash, doc};
            }
        }
    }
    sr_paged_free(articles->pager, self->seen);
    self->seen = NULL;
    sr_key_sort(articles->pager, self->entries, self->entries + self->n_entries, self->n_entries);
    return SR_OK;
}

/* From entries by hash to postings, and to entries (start of posting, document) by document. */
static sr_status turn_around(joiner *self)
{
    sr_key_doc *entries = self->entries;
    size_t n_docs = self->articles->n_rows;
    sr_pager *pager = self->articles->pager;
    self->postings = sr_paged_calloc(pager, self->n_entries + 1, sizeof *self->postings);
    self->starts = sr_paged_calloc(pager, n_docs + 2, sizeof *self->starts);
    sr_key_doc *turned = sr_paged_calloc(pager, self->n_entries + 1, sizeof *turned);
    if (!self->postings || !self->starts || !turned) {
        sr_paged_free(pager, turned);
        return SR_ERR_MEMORY;
    }
    size_t n = 0; /* without repetitions within a document */
    uint32_t start = 0;
    for (size_t i = 0; i < self->n_entries; i++) {
        sr_pager_pass(pager, i);
        bool same_hash = i > 0 && entries[i].key == entries[i - 1].key;
        if (same_hash && entries[i].doc == entries[i - 1].doc) {
            continue;
        }
        start = same_hash ? start : (uint32_t)n;
        self->postings[n] = entries[i].doc;
        turned[n++] = (sr_key_doc){start, entries[i].doc};
        self->starts[entries[i].doc + 2]++;
    }
    for (size_t doc = 0; doc < n_docs; doc++) {
        self->starts[doc + 2] += self->starts[doc + 1];
    }
    for (size_t i = 0; i < n; i++) {
        sr_pager_pass(pager, i);
        entries[self->starts[turned[i].doc + 1]++] = turned[i];
    }
    sr_paged_free(pager, turned);
    self->n_entries = n;
    return SR_OK;
}

/* ---------------------------------------------------------------- candidates of a document */

/* The postings list a document that is earlier than `doc` at most MAX_POSTING times: they end where
 * the documents do not ascend. */
static void count_hits(const joiner *self, uint32_t doc, hit_counter *hits)
{
    for (size_t i = self->starts[doc]; i < self->starts[doc + 1]; i++) {
        const uint32_t *posting = self->postings + self->entries[i].key;
        for (size_t k = 0; k < MAX_POSTING && posting[k] < doc; k++) {
            if (hits->counts[posting[k]]++ == 0) {
                hits->touched[hits->n_touched++] = posting[k];
            }
        }
    }
}

/* The share of the shorter's sample that must have been hit, were the two near or contained. */
static bool has_enough(const joiner *self, uint32_t a, uint32_t b, uint32_t n_hits)
{
    const sr_dedup_article *x = &self->articles->rows[a];
    const sr_dedup_article *y = &self->articles->rows[b];
    double n_x = sr_furniture_own_shingles(self->furniture, self->articles, a);
    double n_y = sr_furniture_own_shingles(self->furniture, self->articles, b);
    double n_shorter = n_x < n_y ? n_x : n_y;
    double rate_x = sr_fraction_rate(x->n_shingles);
    double rate_y = sr_fraction_rate(y->n_shingles);
    double n_sampled = n_shorter * (rate_x < rate_y ? rate_x : rate_y);
    if (n_shorter <= 0.0 || (n_hits < 2 && n_sampled >= 4.0)) {
        return false;
    }
    double floor = sr_thresholds_floor(self->thresholds);
    double share = floor / (1.0 + floor) * (n_x + n_y) / n_shorter;
    share = share < self->thresholds->containment ? share : self->thresholds->containment;
    double short_of = n_sampled * share - (double)n_hits;
    return short_of <= 0.0 ||
           short_of * short_of <= CERTAINTY * CERTAINTY * n_sampled * share * (1 - share);
}

/* The order among candidates: more hits, for their own length, then the earlier. */
static bool is_better(const joiner *self, const hit_counter *hits, uint32_t a, uint32_t b)
{
    const sr_dedup_article *rows = self->articles->rows;
    uint64_t x = (uint64_t)hits->counts[a] * hits->counts[a] * (rows[b].n_shingles + 1);
    uint64_t y = (uint64_t)hits->counts[b] * hits->counts[b] * (rows[a].n_shingles + 1);
    return x != y ? x > y : a < b;
}

static void choose_best(joiner *self, uint32_t doc, const hit_counter *hits)
{
    sr_pair *best = self->best + (size_t)doc * SR_OVERLAPS_PER_DOC;
    size_t n = 0;
    for (size_t t = 0; t < hits->n_touched; t++) {
        uint32_t other = hits->touched[t];
        if (!has_enough(self, doc, other, hits->counts[other])) {
            continue;
        }
        size_t at = n < SR_OVERLAPS_PER_DOC ? n++ : n;
        while (at > 0 && is_better(self, hits, other, best[at - 1].right)) {
            if (at < SR_OVERLAPS_PER_DOC) {
                best[at] = best[at - 1];
            }
            at--;
        }
        if (at < SR_OVERLAPS_PER_DOC) {
            best[at] = (sr_pair){doc, other};
        }
    }
    self->n_best[doc] = (uint8_t)n;
}

static sr_status choose_all(joiner *self)
{
    uint32_t n_docs = self->articles->n_rows;
    sr_pager *pager = self->articles->pager;
    self->best =
        sr_paged_calloc(pager, (size_t)n_docs + 1, SR_OVERLAPS_PER_DOC * sizeof *self->best);
    self->n_best = sr_paged_calloc(pager, (size_t)n_docs + 1, sizeof *self->n_best);
    if (!self->best || !self->n_best) {
        return SR_ERR_MEMORY;
    }
    bool out_of_memory = false;
#pragma omp parallel
    {
        hit_counter hits = {
            .counts = sr_paged_calloc(pager, (size_t)n_docs + 1, sizeof *hits.counts),
            .touched = sr_paged_calloc(pager, (size_t)n_docs + 1, sizeof *hits.touched),
        };
        bool ready = hits.counts && hits.touched;
        if (!ready) {
#pragma omp atomic write
            out_of_memory = true;
        }
#pragma omp for schedule(dynamic, 256)
        for (uint32_t doc = 0; doc < n_docs; doc++) {
            if (!ready) {
                continue;
            }
            sr_pager_jump(pager, (size_t)doc * HASHES_OF_DOC);
            count_hits(self, doc, &hits);
            choose_best(self, doc, &hits);
            for (size_t t = 0; t < hits.n_touched; t++) {
                hits.counts[hits.touched[t]] = 0;
            }
            hits.n_touched = 0;
        }
        sr_paged_free(pager, hits.counts);
        sr_paged_free(pager, hits.touched);
    }
    return out_of_memory ? SR_ERR_MEMORY : SR_OK;
}

static sr_status lay_out(const joiner *self, sr_overlaps *overlaps)
{
    uint32_t n_docs = self->articles->n_rows;
    size_t n = 0;
    overlaps->pager = self->articles->pager;
    for (uint32_t doc = 0; doc < n_docs; doc++) {
        sr_pager_pass(overlaps->pager, doc);
        n += self->n_best[doc];
    }
    overlaps->pairs = sr_paged_calloc(overlaps->pager, n + 1, sizeof *overlaps->pairs);
    if (!overlaps->pairs) {
        return SR_ERR_MEMORY;
    }
    n = 0;
    for (size_t r = 0; r < SR_OVERLAPS_PER_DOC; r++) {
        overlaps->starts[r] = n;
        for (uint32_t doc = 0; doc < n_docs; doc++) {
            sr_pager_pass(overlaps->pager, doc);
            if (r < self->n_best[doc]) {
                overlaps->pairs[n++] = self->best[(size_t)doc * SR_OVERLAPS_PER_DOC + r];
            }
        }
    }
    overlaps->starts[SR_OVERLAPS_PER_DOC] = n;
    return SR_OK;
}

sr_status sr_overlaps_find(const sr_dedup_articles *articles, const sr_thresholds *thresholds,
                           const uint32_t *first, const sr_furniture *furniture,
                           sr_overlaps *overlaps)
{
    joiner self = {
        .articles = articles, .thresholds = thresholds, .first = first, .furniture = furniture};
    *overlaps = (sr_overlaps){.pairs = NULL};
    sr_status status = collect_entries(&self);
    if (status == SR_OK) {
        status = turn_around(&self);
    }
    if (status == SR_OK) {
        status = choose_all(&self);
    }
    if (status == SR_OK) {
        status = lay_out(&self, overlaps);
    }
    release(&self);
    return status;
}

void sr_overlaps_release(sr_overlaps *overlaps)
{
    sr_paged_free(overlaps->pager, overlaps->pairs);
    *overlaps = (sr_overlaps){.pairs = NULL};
}
