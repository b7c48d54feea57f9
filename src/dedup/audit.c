/* audit.c — brute force on a sample.
 *
 *   drawn articles × all articles   by the signature kernel: a pair stays where its estimate is not
 *                                   five standard errors below what could make it a repeat
 *   pairs that stay                 decided on their texts
 *
 * Every drawn article gives at most one trial of each figure, so that trials are independent and
 * the interval is true: recall asks whether one of its repeats, drawn at random, stands in its
 * cluster; precision, whether it and the record that is kept for it (or, for that one, a member
 * drawn at random) are related on their texts. */
#include "dedup/audit.h"

#include "index/top_k.h"
#include "sketch/compare.h"

#include <omp.h>
#include <stdlib.h>

enum { BLOCK_DOCS = 1024, PAIRS_AT_ONCE = 1 << 14, LEAST_EQUAL_VALUES = 2, MAX_CHAIN = 8 };

/* The repeat of a drawn article that is asked for: the one of the lowest draw. */
typedef struct audit_trial {
    uint32_t doc;
    uint32_t repeat; /* SR_DOC_NONE: it has none */
    uint64_t draw;
} audit_trial;

typedef struct auditor {
    const sr_dedup_articles *articles;
    const sr_params *params;
    const sr_thresholds *thresholds;
    const sr_dedup_fate *fates;
    sr_verifier *verifier;
    const sr_observer *observer;
    audit_trial *trials;
    uint32_t n_trials;
    sr_pair *pairs; /* left is the number of a trial */
    sr_pair *docs;  /* the same as documents */
    sr_pair_evidence *evidence;
    size_t n_pairs;
    sr_audit *audit;
} auditor;

void sr_share_interval(uint64_t n_good, uint64_t n, sr_share *share)
{
    const double z = 1.959964;
    *share = (sr_share){.n_good = n_good, .n = n, .share = 0.0, .low = 0.0, .high = 1.0};
    if (n == 0) {
        return;
    }
    double count = (double)n;
    double p = (double)n_good / count;
    double denominator = 1.0 + z * z / count;
    double centre = (p + z * z / (2.0 * count)) / denominator;
    double half =
        z / denominator * __builtin_sqrt(p * (1.0 - p) / count + z * z / (4.0 * count * count));
    share->share = p;
    share->low = n_good == 0 || centre < half ? 0.0 : centre - half;
    share->high = n_good == n || centre + half > 1.0 ? 1.0 : centre + half;
}

static uint64_t draw_of(const auditor *self, uint64_t a, uint64_t b)
{
    return sr_mix64(sr_mix64(self->params->seed ^ a) + b);
}

/* ---------------------------------------------------------------- which articles */

static int compare_trials(const void *a, const void *b)
{
    const audit_trial *x = a;
    const audit_trial *y = b;
    return (x->doc > y->doc) - (x->doc < y->doc);
}

/* The articles with the highest of 53 random bits. */
static sr_status draw_articles(auditor *self, uint32_t n_drawn)
{
    const sr_dedup_articles *articles = self->articles;
    sr_top_k top = {.items = malloc(((size_t)n_drawn + 1) * sizeof(sr_ranked)), .limit = n_drawn};
    self->trials = malloc(((size_t)n_drawn + 1) * sizeof *self->trials);
    if (!top.items || !self->trials) {
        free(top.items);
        return SR_ERR_MEMORY;
    }
    for (uint32_t doc = 0; doc < articles->n_rows; doc++) {
        if (sr_dedup_takes_part(articles, doc)) {
            double score = (double)(draw_of(self, UINT64_MAX, doc) >> 11);
            sr_top_k_push(&top, (sr_ranked){.score = score, .key = doc});
        }
    }
    self->n_trials = (uint32_t)top.n_items;
    for (uint32_t i = 0; i < self->n_trials; i++) {
        self->trials[i] = (audit_trial){.doc = (uint32_t)top.items[i].key, .repeat = SR_DOC_NONE};
    }
    free(top.items);
    if (self->n_trials) {
        qsort(self->trials, self->n_trials, sizeof *self->trials, compare_trials);
    }
    return SR_OK;
}

/* ---------------------------------------------------------------- their repeats */

/* Could these two be related, as far as the number of their equal values tells? */
static bool may_be_related(const auditor *self, uint32_t a, uint32_t b, uint32_t n_equal)
{
    const sr_dedup_articles *articles = self->articles;
    uint32_t n_values = articles->n_values;
    if (a == b || !sr_dedup_takes_part(articles, b)) {
        return false;
    }
    double lowest = sr_verifier_lowest_jaccard(self->verifier, (sr_pair){a, b});
    double distance = lowest - (double)n_equal / n_values;
    return distance <= 0.0 || distance * distance * n_values <= 5.0 * 5.0 * lowest * (1.0 - lowest);
}

/* Decides the pairs that have gathered, in their order. */
static sr_status decide_pairs(auditor *self, sr_error *error)
{
    for (size_t i = 0; i < self->n_pairs; i++) {
        /* Never without. NOLINTNEXTLINE(clang-analyzer-core.uninitialized.ArraySubscript) */
        self->docs[i] = (sr_pair){self->trials[self->pairs[i].left].doc, self->pairs[i].right};
    }
    SR_TRY(sr_verifier_measure(self->verifier, self->docs, self->n_pairs, true, self->evidence,
                               error));
    for (size_t i = 0; i < self->n_pairs; i++) {
        if (sr_relation_decide(self->thresholds, &self->evidence[i], NULL) == SR_RELATION_NONE) {
            continue;
        }
        audit_trial *trial = &self->trials[self->pairs[i].left];
        uint64_t draw = draw_of(self, self->docs[i].left, self->docs[i].right);
        self->audit->n_repeat_pairs++;
        if (trial->repeat == SR_DOC_NONE || draw < trial->draw) {
            trial->repeat = self->docs[i].right;
            trial->draw = draw;
        }
    }
    self->n_pairs = 0;
    return SR_OK;
}

/* Bit b of hits[t]: document first + b may be related to trial t. */
typedef uint64_t block_hits[BLOCK_DOCS / 64];

static void compare_block(const auditor *self, uint32_t first, uint32_t n_docs, block_hits *hits)
{
    const sr_dedup_articles *articles = self->articles;
    uint32_t (*count_equal)(const uint16_t *, const uint16_t *, size_t) =
        sr_kernels_get()->count_equal_u16;
#pragma omp parallel for schedule(dynamic, 16)
    for (uint32_t t = 0; t < self->n_trials; t++) {
        uint32_t doc = self->trials[t].doc;
        const uint16_t *values = sr_dedup_values(articles, doc);
        memset(hits[t], 0, sizeof hits[t]);
        for (uint32_t b = 0; b < n_docs; b++) {
            uint32_t n_equal =
                count_equal(values, sr_dedup_values(articles, first + b), articles->n_values);
            if (n_equal >= LEAST_EQUAL_VALUES && may_be_related(self, doc, first + b, n_equal)) {
                hits[t][b / 64] |= (uint64_t)1 << b % 64;
            }
        }
    }
}

static sr_status gather_pairs(auditor *self, uint32_t first, const block_hits *hits,
                              sr_error *error)
{
    enum { N_WORDS = BLOCK_DOCS / 64 };
    for (size_t i = 0; i < (size_t)self->n_trials * N_WORDS; i++) {
        uint32_t trial = (uint32_t)(i / N_WORDS);
        uint32_t word = (uint32_t)(i % N_WORDS);
        for (uint64_t bits = hits[trial][word]; bits; bits &= bits - 1) {
            uint32_t doc = first + 64 * word + (uint32_t)__builtin_ctzll(bits);
            self->pairs[self->n_pairs++] = (sr_pair){trial, doc};
            if (self->n_pairs == PAIRS_AT_ONCE) {
                SR_TRY(decide_pairs(self, error));
            }
        }
    }
    return SR_OK;
}

static sr_status find_repeats(auditor *self, sr_error *error)
{
    uint32_t n_docs = self->articles->n_rows;
    block_hits *hits = malloc(((size_t)self->n_trials + 1) * sizeof *hits);
    self->pairs = malloc(PAIRS_AT_ONCE * sizeof *self->pairs);
    self->docs = malloc(PAIRS_AT_ONCE * sizeof *self->docs);
    self->evidence = malloc(PAIRS_AT_ONCE * sizeof *self->evidence);
    if (!hits || !self->pairs || !self->docs || !self->evidence) {
        free(hits);
        return sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "out of memory");
    }
    sr_status status = SR_OK;
    for (uint32_t first = 0; status == SR_OK && first < n_docs; first += BLOCK_DOCS) {
        uint32_t n_left = n_docs - first;
        if (sr_observe_cancelled(self->observer)) {
            status = sr_error_set(error, SR_ERR_INTERRUPTED, NULL, 0, "interrupted");
            break;
        }
        compare_block(self, first, n_left < BLOCK_DOCS ? n_left : BLOCK_DOCS, hits);
        status = gather_pairs(self, first, (const block_hits *)hits, error);
        sr_observe_progress(self->observer, "auditing", first, n_docs);
    }
    if (status == SR_OK) {
        status = decide_pairs(self, error);
    }
    free(hits);
    return status;
}

/* ---------------------------------------------------------------- against what the run said */

/* The record that stands for a document's whole cluster. */
static uint32_t cluster_of(const sr_dedup_fate *fates, uint32_t doc)
{
    for (int i = 0; i < MAX_CHAIN && fates[doc].keeper != doc; i++) {
        doc = fates[doc].keeper;
    }
    return doc;
}

/* For each drawn keeper a member of its cluster; for each other drawn article its keeper. */
static uint32_t *choose_mates(const auditor *self)
{
    uint32_t n_docs = self->articles->n_rows;
    uint32_t *mates = sr_paged_calloc(self->articles->pager, (size_t)n_docs + 1, sizeof *mates);
    if (!mates) {
        return NULL;
    }
    for (uint32_t doc = 0; doc < n_docs; doc++) {
        mates[doc] = self->fates[doc].keeper;
    }
    for (uint32_t doc = 0; doc < n_docs; doc++) {
        uint32_t keeper = self->fates[doc].keeper;
        bool better =
            keeper != doc && (mates[keeper] == keeper ||
                              draw_of(self, keeper, doc) < draw_of(self, keeper, mates[keeper]));
        if (better && self->fates[keeper].keeper == keeper) {
            mates[keeper] = doc;
        }
    }
    return mates;
}

static sr_status judge(auditor *self, sr_error *error)
{
    uint64_t n_repeats = 0;
    uint64_t n_found = 0;
    uint64_t n_claims = 0;
    uint64_t n_right = 0;
    uint32_t *mates = choose_mates(self);
    if (!mates) {
        return sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "out of memory");
    }
    sr_status status = SR_OK;
    for (uint32_t t = 0; status == SR_OK && t < self->n_trials; t++) {
        const audit_trial *trial = &self->trials[t];
        if (trial->repeat != SR_DOC_NONE) {
            n_repeats++;
            n_found +=
                cluster_of(self->fates, trial->doc) == cluster_of(self->fates, trial->repeat);
        }
        if (mates[trial->doc] != trial->doc) {
            sr_pair pair = {trial->doc, mates[trial->doc]};
            sr_pair_evidence evidence;
            status = sr_verifier_measure(self->verifier, &pair, 1, true, &evidence, error);
            n_claims++;
            n_right += status == SR_OK &&
                       sr_relation_decide(self->thresholds, &evidence, NULL) != SR_RELATION_NONE;
        }
    }
    sr_paged_free(self->articles->pager, mates);
    self->audit->n_drawn = self->n_trials;
    sr_share_interval(n_found, n_repeats, &self->audit->recall);
    sr_share_interval(n_right, n_claims, &self->audit->precision);
    return status;
}

sr_status sr_dedup_audit(const sr_dedup_articles *articles, const sr_params *params,
                         const sr_thresholds *thresholds, const sr_dedup_fate *fates,
                         sr_verifier *verifier, uint32_t n_drawn, const sr_observer *observer,
                         sr_audit *audit, sr_error *error)
{
    auditor self = {
        .articles = articles,
        .params = params,
        .thresholds = thresholds,
        .fates = fates,
        .verifier = verifier,
        .observer = observer,
        .audit = audit,
    };
    *audit = (sr_audit){0};
    sr_status status = draw_articles(&self, n_drawn);
    if (status != SR_OK) {
        (void)sr_error_set(error, status, NULL, 0, "%s", sr_status_text(status));
    } else {
        status = find_repeats(&self, error);
    }
    if (status == SR_OK) {
        status = judge(&self, error);
    }
    free(self.trials);
    free(self.pairs);
    free(self.docs);
    free(self.evidence);
    return status;
}
