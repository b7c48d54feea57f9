/* verify.c — an edge between two articles is believed only after it was verified: by their
 * signatures where these leave no doubt, else by their texts.
 *
 * The estimate from the signatures has a standard error of √(J(1−J)/k). A pair is ruled out without
 * its texts only where the estimate lies 2 such errors below the lowest Jaccard that could still
 * make it near or contained. A pair of long texts is near without them where the estimate lies 1.5
 * errors above SURE_JACCARD, or their sets reach it. By the plain method a pair is lost or found so
 * at 3.5 errors from the threshold. All others are decided on the texts, which are read back from
 * the spool, or by the plain method on their words.
 *
 * How often that is wrong was counted by judging such pairs on their texts, too: of 16,250 pairs
 * that were ruled out (Reuters, Guardian, 20 Newsgroups, news_copies, generated) 2 were related; of
 * 15,850 that were sure, none was anything but near. From a SURE_JACCARD of .7 on 2 of 29,000 would
 * be forms, and the time hardly less.
 */
#include "dedup/verify.h"

#include "dedup/remembered.h"
#include "sketch/compare.h"

#include <omp.h>
#include <stdlib.h>

/* What a thread takes at a time; fewer in all are not worth waking the others: at the end of a
 * parallel loop each waits for the last, and on a busy machine that may not be running. */
enum { PAIRS_AT_ONCE = 32, PAIRS_TO_RELIEF = 32 };

enum { SURE_SHINGLES = 150 };

static const double SURE_JACCARD = 0.8;

typedef struct verify_worker {
    sr_profile left;
    sr_profile right;
    sr_buffer left_text;
    sr_buffer right_text;
    sr_evidence_scratch scratch;
    uint32_t left_doc; /* whose profile `left` is */
    uint32_t n_judged;
    sr_status status;
    sr_error error;
} verify_worker;

struct sr_verifier {
    const sr_thresholds *thresholds;
    const sr_dedup_articles *articles;
    sr_furniture furniture;
    sr_remembered *remembered;
    verify_worker *workers;
    int n_workers;
};

sr_status sr_verifier_create(const sr_params *params, const sr_thresholds *thresholds,
                             const sr_dedup_articles *articles, sr_verifier **out)
{
    sr_verifier *self = calloc(1, sizeof *self);
    if (!self) {
        return SR_ERR_MEMORY;
    }
    self->thresholds = thresholds;
    self->articles = articles;
    self->workers = calloc((size_t)omp_get_max_threads(), sizeof *self->workers);
    sr_status status =
        self->workers ? sr_remembered_create(articles->n_rows, &self->remembered) : SR_ERR_MEMORY;
    for (int i = 0; status == SR_OK && i < omp_get_max_threads(); i++) {
        verify_worker *worker = &self->workers[i];
        worker->left_doc = SR_DOC_NONE;
        sr_buffer_init(&worker->left_text, SR_BUFFER_NO_LIMIT);
        sr_buffer_init(&worker->right_text, SR_BUFFER_NO_LIMIT);
        status = sr_profile_init(&worker->left, params);
        if (status == SR_OK) {
            status = sr_profile_init(&worker->right, params);
        }
        if (status == SR_OK) {
            status = sr_evidence_scratch_init(&worker->scratch);
        }
        worker->left.furniture = worker->right.furniture = &self->furniture;
        self->n_workers = i + 1;
    }
    if (status != SR_OK) {
        sr_verifier_free(self);
        return status;
    }
    *out = self;
    return SR_OK;
}

void sr_verifier_free(sr_verifier *verifier)
{
    if (!verifier) {
        return;
    }
    for (int i = 0; i < verifier->n_workers; i++) {
        sr_profile_release(&verifier->workers[i].left);
        sr_profile_release(&verifier->workers[i].right);
        sr_buffer_release(&verifier->workers[i].left_text);
        sr_buffer_release(&verifier->workers[i].right_text);
        sr_evidence_scratch_release(&verifier->workers[i].scratch);
    }
    sr_remembered_free(verifier->remembered);
    sr_furniture_release(&verifier->furniture);
    free(verifier->workers);
    free(verifier);
}

/* Pairs lie anywhere in the columns. */
static void relieve(const sr_verifier *self, verify_worker *worker)
{
    if (worker->n_judged++ % PAIRS_TO_RELIEF == 0) {
        sr_pager_relieve(self->articles->pager);
    }
}

sr_status sr_verifier_learn(sr_verifier *verifier, const uint32_t *first)
{
    return sr_furniture_learn(verifier->articles, first, &verifier->furniture);
}

const sr_furniture *sr_verifier_furniture(const sr_verifier *verifier)
{
    return &verifier->furniture;
}

static sr_status load_profile(const sr_verifier *self, verify_worker *worker, uint32_t doc,
                              sr_buffer *buffer, sr_profile *profile)
{
    sr_str text;
    SR_TRY(sr_dedup_articles_read_text(self->articles, doc, buffer, &text, &worker->error));
    return self->articles->words_do ? sr_profile_load_codes(profile, text)
                                    : sr_profile_load(profile, text);
}

/* The articles of a pair, the left one once for all pairs that stand together. */
static sr_status load_pair(const sr_verifier *self, verify_worker *worker, sr_pair pair)
{
    if (worker->left_doc != pair.left) {
        worker->left_doc = SR_DOC_NONE;
        SR_TRY(load_profile(self, worker, pair.left, &worker->left_text, &worker->left));
        worker->left_doc = pair.left;
    }
    return load_profile(self, worker, pair.right, &worker->right_text, &worker->right);
}

/* Are two long texts near by their sets alone, whatever their facts are? */
static bool sets_are_sure(const sr_verifier *self, const sr_pair_evidence *evidence)
{
    size_t n_union = evidence->n_a + evidence->n_b - evidence->n_common;
    return self->thresholds->jaccard <= SURE_JACCARD && evidence->n_a >= SURE_SHINGLES &&
           evidence->n_b >= SURE_SHINGLES && evidence->link == SR_UPDATE_NONE &&
           (double)evidence->n_common >= SURE_JACCARD * (double)n_union;
}

/* What is asked of a pair: the sets alone, which are not remembered where they are not known yet;
 * what decides; or all, details too. */
typedef enum measure_depth { MEASURE_SETS, MEASURE_ENOUGH, MEASURE_ALL } measure_depth;

static sr_status measure_pair(const sr_verifier *self, verify_worker *worker, sr_pair pair,
                              measure_depth depth, sr_pair_evidence *evidence)
{
    relieve(self, worker);
    const sr_dedup_article *rows = self->articles->rows;
    int64_t a_later_s =
        sr_update_later_by(rows[pair.left].published_s, rows[pair.right].published_s);
    sr_update_link link = sr_dedup_update_link(self->articles, pair.left, pair.right);
    sr_thresholds eased = sr_thresholds_ease(self->thresholds, link);
    bool all = depth == MEASURE_ALL;
    if (sr_remembered_get(self->remembered, pair.left, pair.right, evidence) &&
        (evidence->depth >= sr_relation_depth(&eased, evidence, all) ||
         (!all && sets_are_sure(self, evidence)))) {
        evidence->a_later_s = a_later_s;
        evidence->are_two = sr_dedup_are_two(self->articles, pair.left, pair.right);
        return SR_OK;
    }
    SR_TRY(load_pair(self, worker, pair));
    sr_evidence_of_sets(&worker->left, &worker->right, evidence);
    if (depth == MEASURE_SETS) {
        return SR_OK;
    }
    evidence->link = link;
    sr_evidence_depth needed = !all && sets_are_sure(self, evidence)
                                   ? SR_EVIDENCE_SETS
                                   : sr_relation_depth(&eased, evidence, all);
    SR_TRY(
        sr_evidence_look_closer(&worker->left, &worker->right, needed, &worker->scratch, evidence));
    evidence->same_content = sr_dedup_same_content(self->articles, pair.left, pair.right);
    evidence->are_two = sr_dedup_are_two(self->articles, pair.left, pair.right);
    evidence->a_later_s = a_later_s;
    sr_remembered_put(self->remembered, pair.left, pair.right, evidence);
    return SR_OK;
}

double sr_thresholds_lowest_jaccard(const sr_thresholds *thresholds, uint32_t n_a, uint32_t n_b)
{
    double shorter = n_a < n_b ? n_a : n_b;
    double longer = n_a < n_b ? n_b : n_a;
    double common = thresholds->containment * shorter;
    double contained = common / (shorter + longer - common);
    double near = sr_thresholds_floor(thresholds);
    return contained < near && !thresholds->plain ? contained : near;
}

double sr_verifier_lowest_jaccard(const sr_verifier *verifier, sr_pair pair)
{
    const sr_dedup_articles *articles = verifier->articles;
    const sr_furniture *furniture = &verifier->furniture;
    sr_update_link link = sr_dedup_update_link(articles, pair.left, pair.right);
    sr_thresholds eased = sr_thresholds_ease(verifier->thresholds, link);
    uint32_t n_a = sr_furniture_own_shingles(furniture, articles, pair.left);
    uint32_t n_b = sr_furniture_own_shingles(furniture, articles, pair.right);
    double lowest = sr_thresholds_lowest_jaccard(&eased, n_a, n_b);
    double n_own = (double)n_a + n_b;
    double n_all =
        (double)articles->rows[pair.left].n_shingles + articles->rows[pair.right].n_shingles;
    if (n_own == n_all || n_own <= 0.0) {
        return n_own == n_all ? lowest : 0.0;
    }
    double common = lowest / (1.0 + lowest) * n_own; /* of the furniture, nothing */
    return common / (n_all - common);
}

/* Is a distance from a Jaccard of `bound` more than `n_errors` standard errors? */
static bool exceeds(double distance, double n_errors, double bound, uint32_t n_values)
{
    return distance > 0.0 &&
           distance * distance * n_values > n_errors * n_errors * bound * (1.0 - bound);
}

static bool ruled_out(const sr_verifier *self, sr_pair pair, double estimate)
{
    const sr_dedup_articles *articles = self->articles;
    if (!self->thresholds->plain && articles->rows[pair.left].n_words < SR_SHORT_WORDS &&
        articles->rows[pair.right].n_words < SR_SHORT_WORDS) {
        return false; /* pairs of words decide, and are in no signature */
    }
    double lowest = sr_verifier_lowest_jaccard(self, pair);
    double n_errors = self->thresholds->plain ? 3.5 : 2.0;
    return exceeds(lowest - estimate, n_errors, lowest, articles->n_values);
}

/* Enough for two different articles to be alike. */
static bool has_much_furniture(const sr_verifier *self, uint32_t doc)
{
    enum { MUCH = UINT8_MAX / 8 };
    return self->furniture.shares && self->furniture.shares[doc] > MUCH;
}

/* Is a pair near for all that its texts could say? */
static bool is_sure(const sr_verifier *self, sr_pair pair, double estimate)
{
    const sr_dedup_article *rows = self->articles->rows;
    uint32_t n_values = self->articles->n_values;
    double wanted = self->thresholds->jaccard;
    if (self->thresholds->plain) {
        return exceeds(estimate - wanted, 3.5, wanted, n_values);
    }
    return exceeds(estimate - SURE_JACCARD, 1.5, SURE_JACCARD, n_values) &&
           sr_dedup_update_link(self->articles, pair.left, pair.right) == SR_UPDATE_NONE &&
           wanted <= SURE_JACCARD && rows[pair.left].n_shingles >= SURE_SHINGLES &&
           rows[pair.right].n_shingles >= SURE_SHINGLES && !has_much_furniture(self, pair.left) &&
           !has_much_furniture(self, pair.right);
}

static sr_status judge_pair(const sr_verifier *self, verify_worker *worker, sr_pair pair,
                            sr_pair_judgement *judgement)
{
    *judgement = (sr_pair_judgement){.relation = SR_RELATION_NONE};
    relieve(self, worker);
    const sr_dedup_articles *articles = self->articles;
    double estimate = sr_values_jaccard(sr_dedup_values(articles, pair.left),
                                        sr_dedup_values(articles, pair.right), articles->n_values);
    if (ruled_out(self, pair, estimate)) {
        return SR_OK;
    }
    if (sr_dedup_are_two(articles, pair.left, pair.right)) {
        judgement->verified = true;
        return SR_OK;
    }
    if (is_sure(self, pair, estimate)) {
        judgement->relation = SR_RELATION_NEAR;
        judgement->verified = true;
        return SR_OK;
    }
    sr_pair_evidence evidence;
    SR_TRY(measure_pair(self, worker, pair, MEASURE_ENOUGH, &evidence));
    judgement->relation = (uint8_t)sr_relation_decide(self->thresholds, &evidence, NULL);
    judgement->verified = true;
    judgement->left_shorter = evidence.n_a < evidence.n_b;
    return SR_OK;
}

/* The first failure of any thread. */
static sr_status worker_status(const sr_verifier *self, sr_error *error)
{
    for (int i = 0; i < self->n_workers; i++) {
        const verify_worker *worker = &self->workers[i];
        if (worker->status != SR_OK) {
            if (error) {
                *error = worker->error;
            }
            return worker->error.status == worker->status
                       ? worker->status
                       : sr_error_set(error, worker->status, NULL, 0, "%s",
                                      sr_status_text(worker->status));
        }
    }
    return SR_OK;
}

sr_status sr_verifier_judge(sr_verifier *verifier, const sr_pair *pairs, size_t n_pairs,
                            sr_pair_judgement *judgements, sr_error *error)
{
#pragma omp parallel for schedule(dynamic, PAIRS_AT_ONCE)                                          \
    num_threads(verifier->n_workers) if (n_pairs > PAIRS_AT_ONCE)
    for (size_t i = 0; i < n_pairs; i++) {
        verify_worker *worker = &verifier->workers[omp_get_thread_num()];
        if (worker->status == SR_OK) {
            worker->status = judge_pair(verifier, worker, pairs[i], &judgements[i]);
        }
    }
    return worker_status(verifier, error);
}

static sr_status measure_pairs(sr_verifier *verifier, const sr_pair *pairs, size_t n_pairs,
                               measure_depth depth, sr_pair_evidence *evidence, sr_error *error)
{
#pragma omp parallel for schedule(dynamic, PAIRS_AT_ONCE)                                          \
    num_threads(verifier->n_workers) if (n_pairs > PAIRS_AT_ONCE)
    for (size_t i = 0; i < n_pairs; i++) {
        verify_worker *worker = &verifier->workers[omp_get_thread_num()];
        if (worker->status == SR_OK) {
            worker->status = measure_pair(verifier, worker, pairs[i], depth, &evidence[i]);
        }
    }
    return worker_status(verifier, error);
}

sr_status sr_verifier_measure(sr_verifier *verifier, const sr_pair *pairs, size_t n_pairs, bool all,
                              sr_pair_evidence *evidence, sr_error *error)
{
    measure_depth depth = all ? MEASURE_ALL : MEASURE_ENOUGH;
    return measure_pairs(verifier, pairs, n_pairs, depth, evidence, error);
}

sr_status sr_verifier_measure_sets(sr_verifier *verifier, const sr_pair *pairs, size_t n_pairs,
                                   sr_pair_evidence *evidence, sr_error *error)
{
    return measure_pairs(verifier, pairs, n_pairs, MEASURE_SETS, evidence, error);
}

int sr_verifier_thread_count(const sr_verifier *verifier)
{
    return verifier->n_workers;
}

sr_status sr_verifier_judge_here(sr_verifier *verifier, sr_pair pair, sr_pair_judgement *judgement)
{
    verify_worker *worker = &verifier->workers[omp_get_thread_num()];
    return worker->status = judge_pair(verifier, worker, pair, judgement);
}

sr_status sr_verifier_measure_here(sr_verifier *verifier, sr_pair pair, sr_pair_evidence *evidence)
{
    verify_worker *worker = &verifier->workers[omp_get_thread_num()];
    return worker->status = measure_pair(verifier, worker, pair, MEASURE_ENOUGH, evidence);
}

sr_status sr_verifier_failure(const sr_verifier *verifier, sr_status status, sr_error *error)
{
    sr_status told = worker_status(verifier, error);
    return told != SR_OK ? told
                         : sr_error_set(error, status, NULL, 0, "%s", sr_status_text(status));
}
