/* How far is the estimated Jaccard similarity from the true one, and do bands find what theory
 * says?
 *
 * Pairs of texts: a run of words, and the same run with stretches replaced until the exact Jaccard
 * of their 5-word shingles lies in the wanted band of ±.025. Two classes: short (10-60 shingles)
 * and long (150-400). Each pair is signed with several seeds. Per band: root mean square error
 * relative to √(J(1−J)/k) of classic MinHash, and bias. S-curve: the share of pairs that meet in at
 * least one of b bands of r rows, against 1 − (1 − J^r)^b averaged over the same pairs. */
#include "bench.h"

#include "sketch/signer.h"

#include <math.h>
#include <stdlib.h>

enum { N_JACCARDS = 10, TEXT_BYTES = 8192, WIDTH = 5 };

static const double JACCARDS[N_JACCARDS] = {.1, .2, .3, .4, .5, .6, .7, .8, .9, .95};
static const double HALF_BAND = .025;

typedef struct class
{
    const char *name;
    uint32_t min_shingles, max_shingles;
} class;
static const class CLASSES[] = {{"short", 10, 60}, {"long", 150, 400}};

typedef struct plan {
    uint32_t bands, rows;
} plan;
static const plan PLANS[] = {{16, 8}, {14, 9}, {9, 13}, {20, 6}, {25, 5}, {32, 4}};
enum { N_PLANS = SR_ARRAY_COUNT(PLANS) };

typedef struct pair {
    char texts[2][TEXT_BYTES];
    double jaccard;
} pair;

typedef struct sums {
    double error, square, expected_square; /* Σ (estimate − J), its square, J(1 − J)/k */
    double found[N_PLANS], theory[N_PLANS];
    double jaccard;
    size_t n;
} sums;

typedef struct random_source {
    uint64_t state;
} random_source;

static uint32_t draw(random_source *r, uint32_t below)
{
    r->state += 0x9e3779b97f4a7c15U;
    return (uint32_t)((sr_mix64(r->state) >> 32) * below >> 32);
}

/* Words by number; out of 2^32, so that none comes twice by chance. */
static void write_words(const uint32_t *words, size_t n_words, char text[TEXT_BYTES])
{
    size_t at = 0;
    for (size_t i = 0; i < n_words; i++) {
        at += (size_t)snprintf(text + at, TEXT_BYTES - at, "w%x ", words[i]);
    }
    text[at ? at - 1 : 0] = 0;
}

static double exact_jaccard(sr_signer *signer, const pair *p)
{
    sr_shingle_set sets[2] = {{0}, {0}};
    for (int i = 0; i < 2; i++) {
        bench_need(sr_signer_shingle_set(signer, sr_str_of(p->texts[i]), &sets[i]), NULL,
                   "shingles");
    }
    size_t n_common = sr_shingle_set_common(&sets[0], &sets[1]);
    double jaccard = (double)n_common / (double)(sets[0].n_values + sets[1].n_values - n_common);
    sr_shingle_set_release(&sets[0]);
    sr_shingle_set_release(&sets[1]);
    return jaccard;
}

/* `n` words of which stretches from the front, the back and the middle are others: about so many
 * shingles stay common as J needs. */
static void make_texts(random_source *r, uint32_t n_shingles, double jaccard, pair *p)
{
    uint32_t words[512];
    uint32_t n_words = n_shingles + WIDTH - 1;
    for (uint32_t i = 0; i < n_words; i++) {
        words[i] = draw(r, UINT32_MAX);
    }
    write_words(words, n_words, p->texts[0]);
    double common = 2 * jaccard / (1 + jaccard) * n_shingles;
    uint32_t n_lost = n_shingles - (uint32_t)(common + .5);
    uint32_t front = draw(r, n_lost + 1);
    for (uint32_t i = 0; i < n_lost; i++) {
        words[i < front ? i : n_words - n_lost + i] = draw(r, UINT32_MAX);
    }
    write_words(words, n_words, p->texts[1]);
}

static void make_pair(sr_signer *signer, random_source *r, const class *c, double wanted, pair *p)
{
    for (int tries = 0; tries < 1000; tries++) {
        uint32_t n_shingles = c->min_shingles + draw(r, c->max_shingles - c->min_shingles + 1);
        make_texts(r, n_shingles, wanted, p);
        p->jaccard = exact_jaccard(signer, p);
        if (fabs(p->jaccard - wanted) <= HALF_BAND) {
            return;
        }
    }
    bench_fail("no pair of J %.2f", wanted);
}

static bool meet(const plan *p, uint32_t n_values, const sr_signature s[2])
{
    uint32_t keys[2][128];
    sr_params params;
    sr_params_init(&params);
    params.n_values = n_values;
    params.bands = p->bands;
    params.rows = p->rows;
    if (!sr_signature_band_keys(&params, &s[0], keys[0]) ||
        !sr_signature_band_keys(&params, &s[1], keys[1])) {
        bench_fail("a text without words");
    }
    for (uint32_t b = 0; b < p->bands; b++) {
        if (keys[0][b] == keys[1][b]) {
            return true;
        }
    }
    return false;
}

static void add_pair(const sr_params *params, sr_signer *signer, const pair *p, sums *to)
{
    sr_signature s[2];
    for (int i = 0; i < 2; i++) {
        bench_need(sr_signer_sign(signer, sr_str_of(p->texts[i]), &s[i]), NULL, "sign");
    }
    double error = sr_signature_jaccard(params, &s[0], &s[1]) - p->jaccard;
    to->error += error;
    to->square += error * error;
    to->expected_square += p->jaccard * (1 - p->jaccard) / params->n_values;
    to->jaccard += p->jaccard;
    to->n++;
    for (size_t i = 0; params->n_values == 128 && i < N_PLANS; i++) {
        to->found[i] += meet(&PLANS[i], params->n_values, s);
        to->theory[i] += 1 - pow(1 - pow(p->jaccard, PLANS[i].rows), PLANS[i].bands);
    }
}

typedef struct worst {
    double rmse, bias, curve;
} worst;

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static void print_sums(const bench *b, const class *c, uint32_t n_values, double wanted,
                       const sums *s, worst *w)
{
    char name[96];
    double n = (double)s->n;
    double rmse = sqrt(s->square / s->expected_square);
    double bias = s->error / n;
    w->rmse = larger(w->rmse, rmse);
    w->bias = larger(w->bias, fabs(bias));
    snprintf(name, sizeof name, "rmse/%u/%s/%.2f", n_values, c->name, wanted);
    bench_sample(b, name, rmse, rmse / sqrt(2 * n), s->n, "of theory", NULL);
    snprintf(name, sizeof name, "bias/%u/%s/%.2f", n_values, c->name, wanted);
    bench_sample(b, name, bias, sqrt(s->square) / n, s->n, "Jaccard", NULL);
    for (size_t i = 0; n_values == 128 && i < N_PLANS; i++) {
        double found = s->found[i] / n;
        double theory = s->theory[i] / n;
        w->curve = larger(w->curve, fabs(found - theory));
        printf("{\"name\":\"accuracy/curve/%ux%u/%s/%.2f\",\"value\":%.4f,\"unit\":\"found\","
               "\"theory\":%.4f,\"jaccard\":%.4f,\"samples\":%zu}\n",
               PLANS[i].bands, PLANS[i].rows, c->name, wanted, found, theory, s->jaccard / n, s->n);
    }
}

/* The same pairs with every seed. */
static void measure(const bench *b, const class *c, uint32_t n_values, size_t n_pairs,
                    uint64_t n_seeds, worst *w)
{
    sr_params params;
    sr_params_init(&params);
    params.n_values = n_values;
    sr_signer *exact;
    bench_need(sr_signer_create(&params, &exact), NULL, "signer");
    random_source random = {n_values + c->min_shingles};
    pair *pairs = bench_alloc(n_pairs * sizeof *pairs);
    for (int j = 0; j < N_JACCARDS; j++) {
        sums s = {0};
        for (size_t i = 0; i < n_pairs; i++) {
            make_pair(exact, &random, c, JACCARDS[j], &pairs[i]);
        }
        for (uint64_t seed = 1; seed <= n_seeds; seed++) {
            sr_signer *signer;
            params.seed = sr_mix64(seed);
            bench_need(sr_signer_create(&params, &signer), NULL, "signer");
            for (size_t i = 0; i < n_pairs; i++) {
                add_pair(&params, signer, &pairs[i], &s);
            }
            sr_signer_free(signer);
        }
        print_sums(b, c, n_values, JACCARDS[j], &s, w);
    }
    sr_signer_free(exact);
    free(pairs);
}

int main(int argc, char **argv)
{
    bench b;
    bench_begin(&b, "accuracy", argc, argv);
    size_t n_pairs = b.quick ? 400 : 500; /* a band of J; ten bands a class */
    uint64_t n_seeds = b.quick ? 16 : 64;
    worst w128 = {0}, w256 = {0};
    for (size_t i = 0; i < SR_ARRAY_COUNT(CLASSES); i++) {
        bench_say("%s texts: %zu pairs, %d seeds", CLASSES[i].name, n_pairs * N_JACCARDS,
                  (int)n_seeds);
        measure(&b, &CLASSES[i], 128, n_pairs, n_seeds, &w128);
        measure(&b, &CLASSES[i], 256, n_pairs, n_seeds, &w256);
    }
    bench_value(&b, "largest rmse/128", w128.rmse, "of theory", "10 rmse");
    bench_value(&b, "largest bias/128", w128.bias, "Jaccard", "10 bias");
    bench_value(&b, "largest rmse/256", w256.rmse, "of theory", NULL);
    bench_value(&b, "largest bias/256", w256.bias, "Jaccard", NULL);
    bench_value(&b, "largest distance of the curves", w128.curve, "share found", NULL);
    return 0;
}
