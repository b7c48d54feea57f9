/* smooth.c — neighbours weighed, vectors added up, scores put together (see smooth.h). */
#include "related/smooth.h"

#include "related/rank.h"
#include "sketch/compare.h"
#include "store/term_df.h"

#include <stdlib.h>

/* Neighbours below this closeness are strangers; the estimated Jaccard from which on one article
 * repeats the other; candidates that an article from outside chooses its neighbours from. */
#define CLOSENESS_FLOOR 0.1
#define REPEAT_JACCARD 0.7
#define OWN_SHARE 0.05
enum { N_SOUGHT = 40, ARTICLES_PER_NEIGHBOUR = 20 };
/* Articles whose neighbours are all scored. */
enum { N_REFINED = 32 };

/* How many neighbours an article of this store is smoothed with. */
static size_t count_smoothed(const sr_snapshot *snapshot)
{
    uint64_t n = sr_snapshot_live_count(snapshot) / ARTICLES_PER_NEIGHBOUR;
    return n < SR_SMOOTHED ? (size_t)n : SR_SMOOTHED;
}

/* Weights of those that are no strangers; returns how many there are. */
static size_t weigh_neighbours(const sr_neighbour *neighbours, size_t n, double *weights)
{
    double sum = OWN_SHARE;
    size_t n_near = 0;
    for (size_t i = 0; i < n; i++) {
        double closeness = (double)neighbours[i].closeness / 255.0;
        if (closeness >= CLOSENESS_FLOOR) {
            weights[n_near] = closeness * closeness;
            sum += weights[n_near++];
        }
    }
    for (size_t i = 0; i < n_near; i++) {
        weights[i] /= sum;
    }
    return n_near;
}

/* The neighbours of a stored article that count: the nearest by the measure in use. */
static sr_status find_neighbours(const sr_worker *worker, sr_doc doc, sr_neighbour *neighbours,
                                 size_t *n_neighbours)
{
    size_t limit = count_smoothed(worker->snapshot);
    if (worker->maker.model) {
        return sr_snapshot_neighbours(worker->snapshot, doc, limit, neighbours, n_neighbours);
    }
    sr_neighbour all[SR_NEIGHBOURS];
    size_t n_all;
    size_t n = 0;
    SR_TRY(sr_snapshot_neighbours(worker->snapshot, doc, SR_NEIGHBOURS, all, &n_all));
    for (size_t i = 0; i < n_all; i++) {
        size_t at = n < limit ? n++ : limit;
        for (; at > 0 && neighbours[at - 1].similarity < all[i].similarity; at--) {
            if (at < limit) {
                neighbours[at] = neighbours[at - 1];
            }
        }
        if (at < limit) {
            neighbours[at] = all[i];
            neighbours[at].closeness = all[i].similarity;
        }
    }
    *n_neighbours = n;
    return SR_OK;
}

/* ------------------------------------------------------------ neighbours of the subject */

static bool is_other(const void *context, sr_doc doc)
{
    const sr_subject *subject = context;
    return !subject->is_stored || !sr_doc_equal(subject->doc, doc);
}

static const uint16_t *values_of(const sr_snapshot *snapshot, sr_doc doc)
{
    const sr_segment *segment = sr_snapshot_segment(snapshot, doc.segment);
    sr_doc_facts facts;
    sr_segment_facts(segment, doc.ordinal, &facts);
    return facts.n_words ? sr_segment_values(segment, doc.ordinal) : NULL;
}

static bool are_repeats(const sr_snapshot *snapshot, const uint16_t *a, const uint16_t *b)
{
    return a && b &&
           sr_values_jaccard(a, b, sr_snapshot_params(snapshot)->n_values) >= REPEAT_JACCARD;
}

/* The nearest of the worker's scored articles; one of each group of repeats, none that repeats the
 * subject. */
static void choose_nearest(sr_worker *worker, sr_subject *subject)
{
    const uint16_t *kept[SR_SMOOTHED];
    const uint16_t *own = subject->n_words ? subject->values : NULL;
    size_t limit = count_smoothed(worker->snapshot);
    subject->n_neighbours = 0;
    for (size_t i = 0; i < worker->n_scored && subject->n_neighbours < limit; i++) {
        sr_scored scored = worker->scored[i];
        const uint16_t *values = values_of(worker->snapshot, scored.doc);
        bool is_repeat = are_repeats(worker->snapshot, own, values);
        for (size_t j = 0; j < subject->n_neighbours && !is_repeat; j++) {
            is_repeat = are_repeats(worker->snapshot, kept[j], values);
        }
        if (is_repeat || scored.score < CLOSENESS_FLOOR) {
            continue;
        }
        double packed = scored.score * 255.0 + 0.5;
        kept[subject->n_neighbours] = values;
        subject->neighbours[subject->n_neighbours++] =
            (sr_neighbour){.doc = scored.doc,
                           .similarity = packed < 255.0 ? (uint8_t)packed : 255,
                           .closeness = packed < 255.0 ? (uint8_t)packed : 255};
    }
}

static const sr_vector *counted_of(const sr_subject *subject)
{
    return subject->is_counted_also ? &subject->vector : NULL;
}

/* Neighbours of an article from outside. */
static sr_status seek_neighbours(sr_worker *worker, sr_subject *subject)
{
    SR_TRY(sr_candidates_find(&worker->candidates, &worker->weigher, &worker->scorer.memo,
                              &subject->vector, N_SOUGHT, is_other, subject));
    SR_TRY(sr_rank_take_candidates(worker));
    sr_scorer_begin(&worker->scorer, &subject->vector, counted_of(subject));
    SR_TRY(sr_rank_score(worker));
    for (size_t i = 0; i < worker->n_scored && worker->maker.model; i++) {
        sr_dense_vector vector;
        sr_scored *scored = &worker->scored[i];
        SR_TRY(sr_snapshot_vector(worker->snapshot, &worker->maker, scored->doc, &vector));
        scored->score = sr_closeness(scored->score, sr_dense_cosine(&subject->dense, &vector));
    }
    SR_TRY(sr_rank_sort(worker));
    choose_nearest(worker, subject);
    return SR_OK;
}

/* ------------------------------------------------------------ z */

/* sum += factor · vector; both ascend by hash. */
static void add_vector(const sr_vector *vector, double factor, sr_vector *sum, sr_vector *scratch)
{
    size_t n = 0;
    size_t i = 0;
    size_t j = 0;
    while (i < sum->n_terms || j < vector->n_terms) {
        uint64_t hash_i = i < sum->n_terms ? sum->terms[i].hash : UINT64_MAX;
        uint64_t hash_j = j < vector->n_terms ? vector->terms[j].hash : UINT64_MAX;
        bool take_i = i < sum->n_terms && (hash_i <= hash_j || j == vector->n_terms);
        bool take_j = j < vector->n_terms && (hash_j <= hash_i || i == sum->n_terms);
        double weight = take_i ? sum->terms[i].weight : 0.0;
        weight += take_j ? vector->terms[j].weight * factor : 0.0;
        scratch->terms[n++] = (sr_weighed_term){.hash = take_i ? hash_i : hash_j, .weight = weight};
        i += take_i;
        j += take_j;
    }
    memcpy(sum->terms, scratch->terms, n * sizeof *sum->terms);
    sum->n_terms = n;
}

/* To unit length, where it has any. */
static void make_unit(double vector[SR_DENSE_DIMENSIONS])
{
    double squares = 0.0;
    for (size_t d = 0; d < SR_DENSE_DIMENSIONS; d++) {
        squares += vector[d] * vector[d];
    }
    double factor = squares > 0.0 ? 1.0 / __builtin_sqrt(squares) : 0.0;
    for (size_t d = 0; d < SR_DENSE_DIMENSIONS; d++) {
        vector[d] *= factor;
    }
}

/* The subject's dense vector, smoothed, into worker->dense. */
static sr_status smooth_dense(sr_worker *worker, const sr_subject *subject, const double *weights,
                              size_t n)
{
    double sum[SR_DENSE_DIMENSIONS] = {0};
    _Static_assert((int)SR_MIX_DIMENSIONS == (int)SR_DENSE_DIMENSIONS, "one width");
    sr_dense_add(sum, 1.0, &subject->dense);
    for (size_t i = 0; i < n && worker->maker.model; i++) {
        sr_dense_vector vector;
        SR_TRY(sr_snapshot_vector(worker->snapshot, &worker->maker, subject->neighbours[i].doc,
                                  &vector));
        sr_dense_add(sum, weights[i], &vector);
    }
    make_unit(sum);
    for (size_t d = 0; d < SR_MIX_PLACES; d++) {
        worker->dense[d] = d < SR_DENSE_DIMENSIONS ? (float)sum[d] : 0.0F;
    }
    return SR_OK;
}

sr_status sr_smooth_subject(sr_worker *worker, sr_subject *subject)
{
    if (!subject->has_neighbours) {
        if (subject->is_stored && !subject->is_counted_also) {
            SR_TRY(
                find_neighbours(worker, subject->doc, subject->neighbours, &subject->n_neighbours));
        } else {
            SR_TRY(seek_neighbours(worker, subject));
        }
        subject->has_neighbours = true;
    }
    sr_vector *z = &worker->smoothed;
    double weights[SR_SMOOTHED];
    size_t n = weigh_neighbours(subject->neighbours, subject->n_neighbours, weights);
    SR_TRY(smooth_dense(worker, subject, weights, n));
    z->n_terms = 0;
    if (subject->vector.length > 0.0) {
        add_vector(&subject->vector, 1.0 / subject->vector.length, z, &worker->scratch_vector);
    }
    for (size_t i = 0; i < n; i++) {
        SR_TRY(sr_weigh_doc(worker, subject->neighbours[i].doc, &worker->other));
        if (worker->other.length > 0.0) {
            add_vector(&worker->other, weights[i] / worker->other.length, z,
                       &worker->scratch_vector);
        }
    }
    double squares = 0.0;
    for (size_t i = 0; i < z->n_terms; i++) {
        squares += z->terms[i].weight * z->terms[i].weight;
    }
    z->length = __builtin_sqrt(squares);
    worker->subject_smoothing.n_neighbours = n;
    memcpy(worker->subject_smoothing.neighbours, subject->neighbours,
           n * sizeof *subject->neighbours);
    memcpy(worker->subject_smoothing.weights, weights, n * sizeof *weights);
    sr_scorer_begin(&worker->scorer, z, counted_of(subject));
    return SR_OK;
}

/* ------------------------------------------------------------ scores */

/* Where an article's score stands in the table, or would stand. */
static sr_known_score *find_known(const sr_worker *worker, uint64_t key)
{
    size_t place = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (worker->n_known - 1);
    while (worker->known[place].key != key && worker->known[place].key != SR_KNOWN_NONE) {
        place = (place + 1) & (worker->n_known - 1);
    }
    return &worker->known[place];
}

/* An empty table with room for `n` scores. */
static sr_status begin_known(sr_worker *worker, size_t n)
{
    worker->n_known = 64;
    while (worker->n_known < 2 * n) {
        worker->n_known *= 2;
    }
    SR_TRY(sr_array_reserve((void **)&worker->known, &worker->known_capacity, worker->n_known,
                            sizeof *worker->known));
    for (size_t i = 0; i < worker->n_known; i++) {
        worker->known[i].key = SR_KNOWN_NONE;
    }
    return SR_OK;
}

static void note_score(sr_worker *worker, sr_doc doc, double score)
{
    *find_known(worker, sr_doc_key(doc)) = (sr_known_score){.key = sr_doc_key(doc), .score = score};
}

/* What is known of an article's score against z_q; 0 where nothing is. */
static double score_of(const sr_worker *worker, sr_doc doc)
{
    const sr_known_score *known = find_known(worker, sr_doc_key(doc));
    return known->key == SR_KNOWN_NONE ? 0.0 : known->score;
}

/* The dense part of a score. */
static sr_status add_dense(const sr_worker *worker, sr_doc doc, const sr_neighbour *neighbours,
                           const double *weights, size_t n, double *score)
{
    sr_dense_vector made[1 + SR_SMOOTHED];
    const int8_t *vectors[1 + SR_SMOOTHED];
    float factors[1 + SR_SMOOTHED];
    float dot;
    float squares;
    for (size_t i = 0; i <= n; i++) {
        const sr_dense_vector *vector;
        SR_TRY(sr_snapshot_vector_at(worker->snapshot, &worker->maker,
                                     i ? neighbours[i - 1].doc : doc, &made[i], &vector));
        vectors[i] = vector->values;
        factors[i] = i ? (float)weights[i - 1] : 1.0F;
    }
    worker->scorer.kernels->mix_vectors(vectors, factors, n + 1, worker->dense, &dot, &squares);
    double cosine = squares > 0.0F ? (double)dot / __builtin_sqrt((double)squares) : 0.0;
    *score = sr_closeness(*score, cosine);
    return SR_OK;
}

/* By how much two neighbours' likeness is counted too high where one of them stands for itself in
 * the other's smoothed vector: as 1 instead of what they share. */
static double excess(const sr_worker *worker, const sr_neighbour *neighbour)
{
    return (1.0 - (double)neighbour->similarity / 255.0) / worker->smoothed.length;
}

/* Of an article that the subject is smoothed with. */
static double own_excess(const sr_worker *worker, sr_doc doc)
{
    const sr_smoothing *own = &worker->subject_smoothing;
    for (size_t i = 0; i < own->n_neighbours; i++) {
        if (sr_doc_equal(own->neighbours[i].doc, doc)) {
            return own->weights[i] * excess(worker, &own->neighbours[i]);
        }
    }
    return 0.0;
}

/* cos(z_q, z_d) of one article, from the scores of all against z_q. */
static sr_status smooth_score(const sr_worker *worker, const sr_subject *subject, sr_scored article,
                              const sr_smoothing *smoothing, double *score)
{
    const sr_neighbour *neighbours = smoothing->neighbours;
    const double *weights = smoothing->weights;
    size_t n = smoothing->n_neighbours;
    double sum = article.score - own_excess(worker, article.doc);
    double shared = 0.0;  /* Σ w·s */
    double squares = 0.0; /* Σ w² − (w·s)² */
    for (size_t i = 0; i < n; i++) {
        double similarity = weights[i] * (double)neighbours[i].similarity / 255.0;
        double score_here = score_of(worker, neighbours[i].doc);
        if (subject->is_stored && sr_doc_equal(subject->doc, neighbours[i].doc)) {
            score_here -= excess(worker, &neighbours[i]);
        }
        sum += weights[i] * score_here;
        shared += similarity;
        squares += weights[i] * weights[i] - similarity * similarity;
    }
    double lexical = sum / __builtin_sqrt(1.0 + 2.0 * shared + shared * shared + squares);
    *score = lexical < 1.0 ? lexical : 1.0;
    return worker->maker.model ? add_dense(worker, article.doc, neighbours, weights, n, score)
                               : SR_OK;
}

/* What each scored article is smoothed with. Lists and vectors lie at random places: memory is
 * asked for them some articles ahead. */
static sr_status find_smoothings(sr_worker *worker)
{
    enum { N_AHEAD = 8 };
    SR_TRY(sr_array_reserve((void **)&worker->smoothings, &worker->smoothings_capacity,
                            worker->n_scored, sizeof *worker->smoothings));
    for (size_t i = 0; i < worker->n_scored; i++) {
        if (i + N_AHEAD < worker->n_scored) {
            sr_snapshot_expect_list(worker->snapshot, worker->scored[i + N_AHEAD].doc);
            sr_snapshot_expect_vector(worker->snapshot, worker->scored[i + N_AHEAD].doc);
        }
        sr_smoothing *smoothing = &worker->smoothings[i];
        size_t n;
        SR_TRY(find_neighbours(worker, worker->scored[i].doc, smoothing->neighbours, &n));
        smoothing->n_neighbours = weigh_neighbours(smoothing->neighbours, n, smoothing->weights);
        for (size_t j = 0; j < smoothing->n_neighbours && worker->maker.model; j++) {
            sr_snapshot_expect_vector(worker->snapshot, smoothing->neighbours[j].doc);
        }
    }
    return SR_OK;
}

/* The neighbours of the best articles that are no candidates themselves, scored: into
 * worker->passed, ascending by place. */
static sr_status score_passed(sr_worker *worker, const sr_ranked *best, size_t n_best)
{
    SR_TRY(sr_array_reserve((void **)&worker->passed, &worker->passed_capacity,
                            n_best * SR_SMOOTHED, sizeof *worker->passed));
    for (size_t i = 0; i < n_best; i++) {
        const sr_smoothing *smoothing = &worker->smoothings[best[i].key];
        for (size_t j = 0; j < smoothing->n_neighbours; j++) {
            sr_doc doc = smoothing->neighbours[j].doc;
            if (find_known(worker, sr_doc_key(doc))->key == SR_KNOWN_NONE) {
                worker->passed[worker->n_passed++] = (sr_scored){.doc = doc};
            }
        }
    }
    SR_TRY(sr_rank_sort_by_place(worker, worker->passed, &worker->n_passed));
    SR_TRY(sr_rank_score_all(worker, worker->passed, worker->n_passed));
    for (size_t i = 0; i < worker->n_passed; i++) {
        note_score(worker, worker->passed[i].doc, worker->passed[i].score);
    }
    return SR_OK;
}

/* Scores once more the articles that came out best, with all of their neighbours. */
static sr_status refine(sr_worker *worker, const sr_subject *subject)
{
    sr_ranked best[N_REFINED];
    sr_top_k top = {.items = best, .limit = N_REFINED};
    for (size_t i = 0; i < worker->n_scored; i++) {
        sr_top_k_push(&top, (sr_ranked){.score = worker->smoothed_scores[i], .key = i});
    }
    SR_TRY(score_passed(worker, best, top.n_items));
    for (size_t i = 0; i < top.n_items && worker->n_passed; i++) {
        size_t k = (size_t)best[i].key;
        SR_TRY(smooth_score(worker, subject, worker->scored[k], &worker->smoothings[k],
                            &worker->smoothed_scores[k]));
    }
    return SR_OK;
}

/* The scores against z_q that are known: of all that were scored, and of the subject. */
static sr_status note_scores(sr_worker *worker, const sr_subject *subject)
{
    SR_TRY(begin_known(worker, worker->n_scored + 1 + N_REFINED * SR_SMOOTHED));
    for (size_t i = 0; i < worker->n_scored; i++) {
        note_score(worker, worker->scored[i].doc, worker->scored[i].score);
    }
    if (subject->is_stored) {
        double score;
        SR_TRY(sr_scorer_cosine(&worker->scorer, subject->doc, &score));
        note_score(worker, subject->doc, score);
    }
    return SR_OK;
}

sr_status sr_smooth_scores(sr_worker *worker, const sr_subject *subject)
{
    SR_TRY(note_scores(worker, subject));
    SR_TRY(sr_array_reserve((void **)&worker->smoothed_scores, &worker->smoothed_capacity,
                            worker->n_scored, sizeof *worker->smoothed_scores));
    SR_TRY(find_smoothings(worker));
    worker->n_passed = 0;
    for (size_t i = 0; i < worker->n_scored; i++) {
        SR_TRY(smooth_score(worker, subject, worker->scored[i], &worker->smoothings[i],
                            &worker->smoothed_scores[i]));
    }
    SR_TRY(refine(worker, subject));
    for (size_t i = 0; i < worker->n_scored; i++) {
        worker->scored[i].score = worker->smoothed_scores[i];
    }
    return SR_OK;
}

/* ------------------------------------------------------------ what brought an article here */

static double multiply(const sr_vector *a, const sr_vector *b)
{
    double sum = 0.0;
    for (size_t i = 0, j = 0; i < a->n_terms && j < b->n_terms;) {
        uint64_t hash_a = a->terms[i].hash;
        uint64_t hash_b = b->terms[j].hash;
        sum += hash_a == hash_b ? a->terms[i].weight * b->terms[j].weight : 0.0;
        i += hash_a <= hash_b;
        j += hash_b <= hash_a;
    }
    double lengths = a->length * b->length;
    return lengths > 0.0 ? sum / lengths : 0.0;
}

/* Adds to a bridge's share, or opens one; kept in falling order. */
static void add_bridge(sr_bridge bridges[SR_BRIDGES], size_t *n_bridges, sr_doc doc, double share)
{
    size_t at = 0;
    while (at < *n_bridges && !sr_doc_equal(bridges[at].doc, doc)) {
        at++;
    }
    if (at == *n_bridges) {
        bridges[(*n_bridges)++] = (sr_bridge){.doc = doc};
    }
    sr_bridge bridge = {.doc = doc, .share = bridges[at].share + share};
    for (; at > 0 && bridges[at - 1].share < bridge.share; at--) {
        bridges[at] = bridges[at - 1];
    }
    bridges[at] = bridge;
}

sr_status sr_smooth_explain(sr_worker *worker, const sr_subject *subject, sr_doc doc,
                            sr_bridge bridges[SR_BRIDGES], size_t *n_bridges)
{
    double own[SR_SMOOTHED];
    double weights[SR_SMOOTHED];
    sr_neighbour neighbours[SR_SMOOTHED];
    size_t n_own = weigh_neighbours(subject->neighbours, subject->n_neighbours, own);
    size_t n;
    double sum;
    *n_bridges = 0;
    SR_TRY(find_neighbours(worker, doc, neighbours, &n));
    n = weigh_neighbours(neighbours, n, weights);
    SR_TRY(sr_scorer_cosine(&worker->scorer, doc, &sum));
    for (size_t i = 0; i < n; i++) {
        double cosine;
        SR_TRY(sr_scorer_cosine(&worker->scorer, neighbours[i].doc, &cosine));
        sum += weights[i] * cosine;
        if (!subject->is_stored || !sr_doc_equal(subject->doc, neighbours[i].doc)) {
            add_bridge(bridges, n_bridges, neighbours[i].doc, weights[i] * cosine);
        }
    }
    SR_TRY(sr_weigh_doc(worker, doc, &worker->other));
    for (size_t i = 0; i < n_own && worker->smoothed.length > 0.0; i++) {
        if (!sr_doc_equal(subject->neighbours[i].doc, doc)) {
            SR_TRY(sr_weigh_doc(worker, subject->neighbours[i].doc, &worker->scratch_vector));
            add_bridge(bridges, n_bridges, subject->neighbours[i].doc,
                       own[i] * multiply(&worker->scratch_vector, &worker->other) /
                           worker->smoothed.length);
        }
    }
    for (size_t i = 0; i < *n_bridges; i++) {
        double share = sum > 0.0 ? bridges[i].share / sum : 0.0;
        bridges[i].share = share < 1.0 ? share : 1.0;
    }
    return SR_OK;
}
