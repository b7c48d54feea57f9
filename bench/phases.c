/* Where does the time of `simrank dedup` go: reading and signing, comparing, the rest?
 *
 * The phases are told apart by what the run itself reports as its progress; signing alone is timed
 * in turn with it, on the same texts. One thread, the plain method, no output. Checked: every run
 * keeps the same articles. */
#include "corpus.h"

#include <omp.h>
#include <stdlib.h>

enum { MAX_REPEATS = 101 };
typedef enum phase { READING, COMPARING, REST, SIGNING, N_PHASES } phase;
static const char *const NAMES[N_PHASES] = {"reading and signing", "comparing", "clusters",
                                            "signing alone"};

/* When a phase was last heard of. */
typedef struct phase_clock {
    double last[REST];
} phase_clock;

static void hear(void *context, const char *what, uint64_t done, uint64_t total)
{
    phase_clock *clock = context;
    (void)done;
    (void)total;
    if (strcmp(what, "reading") == 0) {
        clock->last[READING] = bench_seconds();
    } else if (strcmp(what, "comparing") == 0) {
        clock->last[COMPARING] = bench_seconds();
    }
}

static uint64_t run_dedup(const char *path, double seconds[N_PHASES])
{
    sr_dedup_options options;
    sr_dedup_options_init(&options);
    options.feed.keep_furniture = true;
    options.thresholds.plain = true;
    sr_dedup_summary summary;
    sr_error error = {0};
    phase_clock clock;
    const sr_observer observer = {.context = &clock, .progress = hear};
    double start = bench_seconds();
    clock.last[READING] = clock.last[COMPARING] = start;
    bench_need(sr_dedup(&path, 1, &options, &observer, &summary, &error), &error, path);
    double end = bench_seconds();
    if (clock.last[READING] == start || clock.last[COMPARING] < clock.last[READING]) {
        bench_fail("the run does not tell its phases");
    }
    seconds[READING] = clock.last[READING] - start;
    seconds[COMPARING] = clock.last[COMPARING] - clock.last[READING];
    seconds[REST] = end - clock.last[COMPARING];
    return summary.n_kept;
}

static double sign(const corpus *texts, sr_signature *signatures)
{
    sr_params params;
    sr_params_init(&params);
    double start = bench_seconds();
    bench_need(sr_sign_texts(&params, texts->texts, texts->n_texts, signatures), NULL, "sign");
    return bench_seconds() - start;
}

int main(int argc, char **argv)
{
    bench b;
    bench_begin(&b, "phases", argc, argv);
    omp_set_num_threads(1);
    corpus texts;
    corpus_load(&b, "latin.jsonl", SIZE_MAX, &texts);
    char *path = bench_path(&b, "latin.jsonl");
    sr_signature *signatures = bench_alloc(texts.n_texts * sizeof *signatures);
    double seconds[N_PHASES], taken[N_PHASES][MAX_REPEATS], ratios[MAX_REPEATS];
    sign(&texts, signatures);
    uint64_t n_kept = run_dedup(path, seconds);
    for (int r = 0; r < b.n_repeats; r++) {
        seconds[SIGNING] = sign(&texts, signatures);
        if (run_dedup(path, seconds) != n_kept) {
            bench_fail("another run keeps other articles");
        }
        for (int p = 0; p < N_PHASES; p++) {
            taken[p][r] = seconds[p];
        }
        ratios[r] = seconds[COMPARING] / seconds[SIGNING];
    }
    for (int p = 0; p < N_PHASES; p++) {
        bench_row(&b, NAMES[p], taken[p], (double)texts.n_texts, "article");
    }
    size_t n_repeats = (size_t)b.n_repeats;
    double ratio = bench_median(ratios, n_repeats);
    double spread = bench_quantile(ratios, n_repeats, .75) - bench_quantile(ratios, n_repeats, .25);
    bench_sample(&b, "comparing ÷ signing", ratio, spread / 2, n_repeats, "×", "index");
    free(signatures);
    free(path);
    corpus_release(&texts);
    return 0;
}
