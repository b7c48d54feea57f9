/* match.c — near repeats by banding (Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, ch.
 * 3), with every edge verified.
 *
 *   keys of a band seen twice, sorted; runs of equal keys are buckets:  [d3 d7 d9 d20] [d4 d5] …
 *   round 1: d3 stands for its bucket:  (d3,d7) (d3,d9) (d3,d20) (d4,d5) …  verified on all threads
 *            d7 and d20 match and are joined with d3, d9 does not
 *   round 2: of what did not match, [d9 …], the first member stands for the rest …
 *   at most MAX_REPRESENTATIVES rounds a band: never all pairs of a bucket
 *
 * Pairs that are joined already, by whatever path, are not compared again; pairs whose texts were
 * compared in vain are remembered in a small table. Joins are made in input order between the
 * rounds, so the outcome does not depend on threads. Only the first document of equal words takes
 * part.
 */
#include "dedup/match.h"

#include "dedup/buckets.h"
#include "dedup/checkpoint.h"
#include "dedup/match_exact.h"
#include "dedup/overlaps.h"
#include "dedup/refusals.h"
#include "sketch/compare.h"

#include <stdlib.h>

enum { MAX_REPRESENTATIVES = 8, VERIFY_BLOCK_PAIRS = 1 << 14, KEYS_AHEAD = 16 };

typedef struct matcher {
    const sr_dedup_articles *articles;
    const sr_params *params;
    const sr_thresholds *thresholds;
    sr_verifier *verifier;
    const sr_observer *observer;
    sr_dedup_matches *matches;
    sr_dedup_summary *summary;
    sr_refusals *refusals;
    uint32_t *docs; /* that take part, ascending */
    size_t n_docs;
    uint32_t
        *keys; /* of SR_DEDUP_BANDS_AT_ONCE bands, band-major: at [b · n_docs + i] of docs[i] */
    uint32_t first_band; /* of those; UINT32_MAX: none yet */
    sr_buckets buckets;  /* of one band */
    sr_pair *pairs;      /* of a round */
    sr_pair_judgement *judgements;
    size_t n_pairs;
} matcher;

void sr_dedup_matches_init(sr_dedup_matches *matches)
{
    *matches = (sr_dedup_matches){0};
}

void sr_dedup_matches_release(sr_dedup_matches *matches)
{
    sr_paged_free(matches->near.pager, matches->first);
    free(matches->contained);
    sr_union_find_release(&matches->near);
    sr_dedup_matches_init(matches);
}

static void release(matcher *self)
{
    sr_refusals_free(self->refusals);
    sr_paged_free(self->articles->pager, self->docs);
    sr_paged_free(self->articles->pager, self->keys);
    sr_buckets_release(&self->buckets);
    sr_paged_free(self->articles->pager, self->pairs);
    sr_paged_free(self->articles->pager, self->judgements);
}

/* The documents that take part, and room for their keys. */
static sr_status choose_docs(matcher *self)
{
    const sr_dedup_articles *articles = self->articles;
    self->docs = sr_paged_calloc(articles->pager, (size_t)articles->n_rows + 1, sizeof *self->docs);
    if (!self->docs) {
        return SR_ERR_MEMORY;
    }
    for (uint32_t doc = 0; doc < articles->n_rows; doc++) {
        sr_pager_pass(articles->pager, doc);
        if (self->matches->first[doc] == doc && sr_dedup_takes_part(articles, doc)) {
            self->docs[self->n_docs++] = doc;
        }
    }
    self->keys = sr_paged_calloc(articles->pager, self->n_docs + 1,
                                 SR_DEDUP_BANDS_AT_ONCE * sizeof *self->keys);
    return self->keys ? SR_OK : SR_ERR_MEMORY;
}

/* The keys of the bands from `first` on: with rows of 8 the values of 4 bands are one cache line,
 * which is so read once in all. */
static void make_keys(matcher *self, uint32_t first)
{
    size_t n_docs = self->n_docs;
    uint32_t end = first + SR_DEDUP_BANDS_AT_ONCE;
    end = end < self->params->bands ? end : self->params->bands;
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < n_docs; i++) {
        sr_pager_pass(self->articles->pager, i);
        uint32_t keys[SR_DEDUP_BANDS_AT_ONCE];
        const uint16_t *values = sr_dedup_values(self->articles, self->docs[i]);
        uint32_t later = self->docs[i + KEYS_AHEAD < n_docs ? i + KEYS_AHEAD : i];
        const uint16_t *ahead = sr_dedup_values(self->articles, later);
        __builtin_prefetch(ahead + first * self->params->rows);
        __builtin_prefetch(ahead + end * self->params->rows - 1); /* a line may begin between */
        sr_values_some_band_keys(self->params, first, end, values, keys);
        for (uint32_t b = first; b < end; b++) {
            self->keys[(b - first) * n_docs + i] = keys[b - first];
        }
    }
}

static sr_status make_room(matcher *self, size_t n_pairs)
{
    sr_pager *pager = self->articles->pager;
    sr_paged_free(pager, self->pairs);
    sr_paged_free(pager, self->judgements);
    self->pairs = sr_paged_calloc(pager, n_pairs + 1, sizeof *self->pairs);
    self->judgements = sr_paged_calloc(pager, n_pairs + 1, sizeof *self->judgements);
    return self->pairs && self->judgements ? SR_OK : SR_ERR_MEMORY;
}

/* The buckets of keys, and room for the pairs of a round. */
static sr_status make_buckets(matcher *self, const uint32_t *keys, const uint32_t *docs,
                              size_t n_docs)
{
    sr_buckets *buckets = &self->buckets;
    SR_TRY(sr_buckets_fill(buckets, keys, docs, n_docs));
    return make_room(self, buckets->n_members);
}

static bool joined(matcher *self, uint32_t a, uint32_t b)
{
    sr_union_find *near = &self->matches->near;
    return sr_union_find_root(near, a) == sr_union_find_root(near, b);
}

/* The pairs of a round: each member with its bucket's first one. */
static void make_pairs(matcher *self)
{
    self->n_pairs = 0;
    for (size_t b = 0; b < self->buckets.n_items; b++) {
        uint32_t left = self->buckets.members[self->buckets.items[b].start];
        for (uint32_t i = self->buckets.items[b].start + 1; i < self->buckets.items[b].end; i++) {
            sr_pair pair = {left, self->buckets.members[i]};
            if (!joined(self, left, pair.right) && !sr_refusals_has(self->refusals, pair)) {
                self->pairs[self->n_pairs++] = pair;
            }
        }
    }
}

static sr_status verify_pairs(matcher *self, sr_error *error)
{
    for (size_t start = 0; start < self->n_pairs; start += VERIFY_BLOCK_PAIRS) {
        if (sr_observe_cancelled(self->observer)) {
            return sr_error_set(error, SR_ERR_INTERRUPTED, NULL, 0, "interrupted");
        }
        size_t left = self->n_pairs - start;
        SR_TRY(sr_verifier_judge(self->verifier, self->pairs + start,
                                 left < VERIFY_BLOCK_PAIRS ? left : VERIFY_BLOCK_PAIRS,
                                 self->judgements + start, error));
    }
    return SR_OK;
}

sr_status sr_dedup_note_contained(sr_dedup_matches *matches, sr_pair pair, bool left_shorter)
{
    SR_TRY(sr_array_reserve((void **)&matches->contained, &matches->contained_capacity,
                            matches->n_contained + 1, sizeof *matches->contained));
    matches->contained[matches->n_contained++] =
        left_shorter ? pair : (sr_pair){pair.right, pair.left};
    return SR_OK;
}

static sr_status apply_judgements(matcher *self)
{
    self->summary->n_candidate_pairs += self->n_pairs;
    for (size_t i = 0; i < self->n_pairs; i++) {
        sr_pair pair = self->pairs[i];
        sr_pair_judgement judgement = self->judgements[i];
        self->summary->n_verified_pairs += judgement.verified;
        if (sr_relation_joins((sr_relation)judgement.relation)) {
            (void)sr_union_find_join(&self->matches->near, pair.left, pair.right);
        } else if (judgement.verified) {
            sr_refusals_add(self->refusals, pair);
        }
        if (judgement.relation == SR_RELATION_CONTAINED) {
            SR_TRY(sr_dedup_note_contained(self->matches, pair, judgement.left_shorter));
        }
    }
    return SR_OK;
}

/* Leaves in each bucket the members that did not match its representative. */
static void keep_unmatched(matcher *self)
{
    size_t n_buckets = 0;
    for (size_t b = 0; b < self->buckets.n_items; b++) {
        sr_bucket old = self->buckets.items[b];
        uint32_t left = self->buckets.members[old.start];
        uint32_t end = old.start;
        for (uint32_t i = old.start + 1; i < old.end; i++) {
            uint32_t doc = self->buckets.members[i];
            if (!joined(self, left, doc)) {
                self->buckets.members[end++] = doc;
            }
        }
        if (end - old.start > 1) {
            self->buckets.items[n_buckets++] = (sr_bucket){old.start, end};
        }
    }
    self->buckets.n_items = n_buckets;
}

/* Compares what the buckets have, whatever they were made of. */
static sr_status match_buckets(matcher *self, sr_error *error)
{
    sr_status status = SR_OK;
    for (int round = 0; status == SR_OK && self->buckets.n_items && round < MAX_REPRESENTATIVES;
         round++) {
        make_pairs(self);
        SR_TRY(verify_pairs(self, error));
        status = apply_judgements(self);
        keep_unmatched(self);
    }
    return status == SR_OK ? SR_OK
                           : sr_error_set(error, status, NULL, 0, "%s", sr_status_text(status));
}

static sr_status match_band(matcher *self, uint32_t band, sr_error *error)
{
    uint32_t place = band % SR_DEDUP_BANDS_AT_ONCE;
    uint32_t first = band - place;
    if (self->first_band != first) { /* a resumed run begins at any band */
        make_keys(self, first);
        self->first_band = first;
    }
    sr_status status =
        make_buckets(self, self->keys + place * self->n_docs, self->docs, self->n_docs);
    return status == SR_OK ? match_buckets(self, error)
                           : sr_error_set(error, status, NULL, 0, "%s", sr_status_text(status));
}

static uint32_t update_key(const sr_dedup_article *row, bool by_title)
{
    return by_title ? (uint32_t)(sr_mix64(row->marks.title_words) >> 32) : row->marks.url;
}

static bool has_update_key(const sr_dedup_article *row, bool by_title)
{
    return row->published_s != SR_TIME_UNKNOWN &&
           (by_title ? row->marks.title_words != 0 : row->marks.url != 0);
}

/* States of one report: articles of one URL, or of one title. */
static sr_status match_updates(matcher *self, bool by_title, sr_error *error)
{
    sr_pager *pager = self->articles->pager;
    uint32_t *keys = sr_paged_calloc(pager, self->n_docs + 1, 2 * sizeof *keys);
    if (!keys) {
        return sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "out of memory");
    }
    uint32_t *docs = keys + self->n_docs + 1;
    size_t n_keys = 0;
    for (size_t i = 0; i < self->n_docs; i++) {
        sr_pager_pass(pager, i);
        const sr_dedup_article *row = &self->articles->rows[self->docs[i]];
        if (has_update_key(row, by_title)) {
            keys[n_keys] = update_key(row, by_title);
            docs[n_keys++] = self->docs[i];
        }
    }
    sr_status status = make_buckets(self, keys, docs, n_keys);
    sr_paged_free(pager, keys);
    return status == SR_OK ? match_buckets(self, error)
                           : sr_error_set(error, status, NULL, 0, "%s", sr_status_text(status));
}

/* The candidates of the containment sketches, best first: a pair that an earlier round has joined
 * is not compared. */
static sr_status match_overlaps(matcher *self, sr_error *error)
{
    sr_overlaps overlaps;
    sr_status status = sr_overlaps_find(self->articles, self->thresholds, self->matches->first,
                                        sr_verifier_furniture(self->verifier), &overlaps);
    if (status == SR_OK) {
        status = make_room(self, self->articles->n_rows);
    }
    if (status != SR_OK) {
        (void)sr_error_set(error, status, NULL, 0, "%s", sr_status_text(status));
    }
    for (size_t r = 0; status == SR_OK && r < SR_OVERLAPS_PER_DOC; r++) {
        self->n_pairs = 0;
        for (size_t i = overlaps.starts[r]; i < overlaps.starts[r + 1]; i++) {
            sr_pair pair = overlaps.pairs[i];
            if (!joined(self, pair.left, pair.right) && !sr_refusals_has(self->refusals, pair)) {
                self->pairs[self->n_pairs++] = pair;
            }
        }
        status = verify_pairs(self, error);
        if (status == SR_OK && apply_judgements(self) != SR_OK) {
            status = sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "out of memory");
        }
    }
    sr_overlaps_release(&overlaps);
    return status;
}

/* The passes in their order: URLs, titles, bands, sketches. */
static uint32_t count_passes(const matcher *self)
{
    return 2 + self->params->bands + 1;
}

static sr_status do_pass(matcher *self, uint32_t pass, sr_error *error)
{
    bool is_band = pass >= 2 && pass - 2 < self->params->bands;
    if (self->thresholds->plain && !is_band) {
        return SR_OK;
    }
    if (pass < 2) {
        return match_updates(self, pass == 1, error);
    }
    return is_band ? match_band(self, pass - 2, error) : match_overlaps(self, error);
}

static sr_status do_passes(matcher *self, sr_checkpoint *checkpoint, sr_error *error)
{
    uint32_t first = 0;
    uint32_t n_passes = count_passes(self);
    if (checkpoint && checkpoint->state.phase >= SR_CHECKPOINT_MATCHING) {
        first = checkpoint->state.n_passes;
        SR_TRY(sr_checkpoint_load_pass(checkpoint, self->matches, self->refusals, error));
    }
    for (uint32_t pass = first; pass < n_passes; pass++) {
        SR_TRY(do_pass(self, pass, error));
        if (checkpoint) {
            SR_TRY(sr_checkpoint_save_pass(checkpoint, pass + 1, self->matches, self->refusals,
                                           self->summary, error));
        }
        sr_observe_progress(self->observer, "comparing", pass + 1, n_passes);
    }
    return SR_OK;
}

sr_status sr_dedup_match_begin(const sr_dedup_articles *articles, const sr_thresholds *thresholds,
                               sr_verifier *verifier, sr_dedup_matches *matches)
{
    matches->near.pager = articles->pager;
    matches->first =
        sr_paged_calloc(articles->pager, (size_t)articles->n_rows + 1, sizeof *matches->first);
    if (!matches->first) {
        return SR_ERR_MEMORY;
    }
    SR_TRY(sr_union_find_init(&matches->near, articles->pager, articles->n_rows));
    SR_TRY(sr_dedup_match_exact(articles, matches));
    return articles->keep_furniture || thresholds->plain
               ? SR_OK
               : sr_verifier_learn(verifier, matches->first);
}

sr_status sr_dedup_match(const sr_dedup_articles *articles, const sr_params *params,
                         const sr_thresholds *thresholds, sr_verifier *verifier,
                         const sr_observer *observer, sr_checkpoint *checkpoint,
                         sr_dedup_matches *matches, sr_dedup_summary *summary, sr_error *error)
{
    matcher self = {.articles = articles,
                    .params = params,
                    .thresholds = thresholds,
                    .verifier = verifier,
                    .observer = observer,
                    .matches = matches,
                    .summary = summary,
                    .first_band = UINT32_MAX};
    self.buckets.pager = articles->pager;
    sr_status status = sr_dedup_match_begin(articles, thresholds, verifier, matches);
    if (status == SR_OK) {
        status = sr_refusals_create(&self.refusals);
    }
    if (status == SR_OK) {
        status = choose_docs(&self);
    }
    status = status == SR_OK ? do_passes(&self, checkpoint, error)
                             : sr_error_set(error, status, NULL, 0, "%s", sr_status_text(status));
    release(&self);
    return status;
}
