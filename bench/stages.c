/* What does each stage from text in memory to a signature cost, for ASCII and for Cyrillic text?
 *
 * Cumulative: words, + word hashes, + shingles, + MinHash values, + content hash (the signature
 * that dedup takes), + SimHash (the whole signature), one thread, document by document, so that the
 * work on one stays in the caches. Floors: memcpy of the texts as one block, XXH3 of each document.
 * Checked first: the stages put together give the signature that sr_sign_texts gives. */
#include "corpus.h"

#include "base/hash.h"
#include "sketch/params.h"
#include "sketch/signer.h"

#include <omp.h>
#include <stdlib.h>

typedef enum stage { WORDS, WORD_HASHES, SHINGLES, VALUES } stage;

typedef struct work {
    const corpus *texts;
    stage last;
    sr_params params;
    sr_minhash_family family;
    uint64_t multipliers[4];
    sr_words words;
    uint64_t *word_hashes;
    uint32_t *shingles;
    uint32_t values[SR_MINHASH_MAX_VALUES];
    size_t n_words;
    char *copy; /* of all texts */
    sr_signer *signer;
    sr_signature *signatures;
} work;

static void work_init(work *w, const corpus *texts, stage last)
{
    *w = (work){.texts = texts, .last = last};
    sr_params_init(&w->params);
    sr_params_minhash_family(&w->params, &w->family);
    sr_params_word_multipliers(&w->params, w->multipliers);
    sr_words_init(&w->words);
    size_t longest = 0;
    for (size_t i = 0; i < texts->n_texts; i++) {
        longest = texts->texts[i].n_bytes > longest ? texts->texts[i].n_bytes : longest;
    }
    w->word_hashes = bench_alloc((longest + 1) * sizeof *w->word_hashes);
    w->shingles = bench_alloc((longest + 1) * sizeof *w->shingles);
    w->signatures = bench_alloc(texts->n_texts * sizeof *w->signatures);
    w->copy = bench_alloc(texts->n_bytes);
    bench_need(sr_signer_create(&w->params, &w->signer), NULL, "signer");
}

static void work_release(work *w)
{
    sr_words_release(&w->words);
    sr_signer_free(w->signer);
    free(w->word_hashes);
    free(w->shingles);
    free(w->signatures);
    free(w->copy);
}

static void run_text(work *w, sr_str text)
{
    const sr_kernels *kernels = sr_kernels_get();
    bench_need(sr_tokenise(&w->words, text, false), NULL, "tokenise");
    size_t n_words = w->words.n_words;
    w->n_words += n_words;
    if (w->last == WORDS || n_words == 0) {
        bench_keep(w->words.ends);
        return;
    }
    kernels->hash_words(w->words.folded.data, w->words.starts, w->words.ends, n_words,
                        w->multipliers, w->word_hashes);
    if (w->last == WORD_HASHES) {
        bench_keep(w->word_hashes);
        return;
    }
    size_t n_shingles =
        kernels->hash_shingles(w->word_hashes, n_words, w->params.shingle_words, w->shingles);
    if (w->last == SHINGLES) {
        bench_keep(w->shingles);
        return;
    }
    sr_minhash_begin(&w->family, w->values);
    kernels->minhash_update(&w->family, w->shingles, n_shingles, w->values);
    bench_keep(w->values);
}

static void run_stages(void *context)
{
    work *w = context;
    w->n_words = 0;
    for (size_t i = 0; i < w->texts->n_texts; i++) {
        run_text(w, w->texts->texts[i]);
    }
}

static void run_sign(void *context)
{
    work *w = context;
    sr_signature signature;
    for (size_t i = 0; i < w->texts->n_texts; i++) {
        bench_need(sr_signer_sign(w->signer, w->texts->texts[i], &signature), NULL, "sign");
        bench_keep(&signature);
    }
}

static void run_sign_values(void *context)
{
    work *w = context;
    sr_signature signature;
    for (size_t i = 0; i < w->texts->n_texts; i++) {
        bench_need(sr_signer_sign_values(w->signer, w->texts->texts[i], &signature), NULL, "sign");
        bench_keep(&signature);
    }
}

static void run_sign_texts(void *context)
{
    work *w = context;
    bench_need(sr_sign_texts(&w->params, w->texts->texts, w->texts->n_texts, w->signatures), NULL,
               "sr_sign_texts");
}

static void run_sign_one_thread(void *context)
{
    omp_set_num_threads(1);
    run_sign_texts(context);
}

static void run_sign_two_threads(void *context)
{
    omp_set_num_threads(2);
    run_sign_texts(context);
}

static void run_memcpy(void *context)
{
    work *w = context;
    memcpy(w->copy, w->texts->bytes, w->texts->n_bytes);
    bench_keep(w->copy);
}

static void run_xxh3(void *context)
{
    const work *w = context;
    uint64_t sum = 0;
    for (size_t i = 0; i < w->texts->n_texts; i++) {
        sum += XXH3_64bits(w->texts->texts[i].data, w->texts->texts[i].n_bytes);
    }
    bench_keep(&sum);
}

static void check(work *w)
{
    sr_signature *expected = w->signatures;
    run_sign_texts(w);
    for (size_t i = 0; i < w->texts->n_texts; i++) {
        run_text(w, w->texts->texts[i]);
        bool is_equal = w->words.n_words == expected[i].n_words;
        for (uint32_t v = 0; is_equal && w->words.n_words && v < w->params.n_values; v++) {
            is_equal = (uint16_t)w->values[v] == expected[i].values[v];
        }
        if (!is_equal) {
            bench_fail("text %zu: the stages do not give its signature", i);
        }
    }
}

typedef struct line {
    const char *name;
    void (*run)(void *context);
    stage last;
    const char *figure; /* of ASCII text */
    int threads;
} line;

/* The first line of each table is the floor of the others. */
static const line SPLITTING[] = {{"memcpy", run_memcpy, WORDS, NULL, 1},
                                 {"words", run_stages, WORDS, "1", 1}};
static const line SIGNING[] = {{"XXH3 a document", run_xxh3, WORDS, NULL, 1},
                               {"words+hashes", run_stages, WORD_HASHES, NULL, 1},
                               {"words+hashes+shingles", run_stages, SHINGLES, NULL, 1},
                               {"words+hashes+shingles+minhash", run_stages, VALUES, NULL, 1},
                               {"signature of dedup", run_sign_values, VALUES, "2", 1},
                               {"signature with SimHash", run_sign, VALUES, NULL, 1}};
static const line THREADS[] = {{"sign_texts, 1 thread", run_sign_one_thread, VALUES, NULL, 1},
                               {"sign_texts, 2 threads", run_sign_two_threads, VALUES, NULL, 2}};
enum { MAX_LINES = 8 };

static void compare_lines(const bench *b, const corpus *texts, const char *script,
                          const line *lines, size_t n_lines)
{
    work works[MAX_LINES];
    char names[MAX_LINES][64];
    bench_case cases[MAX_LINES];
    for (size_t i = 0; i < n_lines; i++) {
        work_init(&works[i], texts, lines[i].last);
        snprintf(names[i], sizeof names[i], "%s/%s", script, lines[i].name);
        cases[i] = (bench_case){.name = names[i],
                                .run = lines[i].run,
                                .context = &works[i],
                                .n_bytes = (double)texts->n_bytes,
                                .data = script,
                                .figure = strcmp(script, "ascii") == 0 ? lines[i].figure : NULL,
                                .threads = lines[i].threads};
    }
    run_stages(&works[0]);
    for (size_t i = 0; i < n_lines; i++) {
        cases[i].n_items = (double)works[0].n_words;
        cases[i].item = "word";
    }
    bench_compare(b, cases, n_lines);
    for (size_t i = 0; i < n_lines; i++) {
        work_release(&works[i]);
    }
}

static void compare_stages(const bench *b, const corpus *texts, const char *script)
{
    bench_say("%s: %zu texts, %zu bytes", script, texts->n_texts, texts->n_bytes);
    work checked;
    work_init(&checked, texts, VALUES);
    check(&checked);
    work_release(&checked);
    compare_lines(b, texts, script, SPLITTING, SR_ARRAY_COUNT(SPLITTING));
    compare_lines(b, texts, script, SIGNING, SR_ARRAY_COUNT(SIGNING));
    compare_lines(b, texts, script, THREADS, SR_ARRAY_COUNT(THREADS));
}

static void compare_scripts(const bench *b, const corpus *latin, const corpus *cyrillic)
{
    work works[2];
    work_init(&works[0], latin, VALUES);
    work_init(&works[1], cyrillic, VALUES);
    const bench_case cases[] = {{.name = "scripts/signature of ASCII",
                                 .run = run_sign,
                                 .context = &works[0],
                                 .n_bytes = (double)latin->n_bytes,
                                 .data = "ascii"},
                                {.name = "scripts/signature of Cyrillic",
                                 .run = run_sign,
                                 .context = &works[1],
                                 .n_bytes = (double)cyrillic->n_bytes,
                                 .data = "cyrillic",
                                 .figure = "9"}};
    bench_compare(b, cases, SR_ARRAY_COUNT(cases));
    work_release(&works[0]);
    work_release(&works[1]);
}

int main(int argc, char **argv)
{
    bench b;
    bench_begin(&b, "stages", argc, argv);
    size_t max_bytes = b.quick ? 16u << 20 : 100u << 20;
    corpus latin, cyrillic;
    corpus_load(&b, "latin.jsonl", max_bytes, &latin);
    corpus_load(&b, "cyrillic.jsonl", max_bytes, &cyrillic);
    compare_stages(&b, &latin, "ascii");
    compare_stages(&b, &cyrillic, "cyrillic");
    compare_scripts(&b, &latin, &cyrillic);
    corpus_release(&latin);
    corpus_release(&cyrillic);
    return 0;
}
