/* How fast is each kernel with each instruction set?
 *
 * Document by document over texts that stay in the second-level cache, as the signer meets them.
 * The scalar table is the floor. Checked first: each table gives what the scalar one gives. */
#include "corpus.h"

#include "base/hash.h"
#include "simd/tables.h"
#include "sketch/params.h"
#include "text/fold.h"
#include "text/tokenise.h"

#include <stdlib.h>

enum { MAX_DOCUMENTS = 1000, N_BYTES = 1 << 18, N_PAIRS = 512, MAX_TABLES = 4 };

typedef struct document {
    sr_str text;
    sr_words words;
    uint64_t *hashes;
    uint32_t *shingles;
    size_t n_shingles;
} document;

typedef struct documents {
    corpus texts;
    document all[MAX_DOCUMENTS];
    size_t n_documents;
    size_t n_words;
    size_t n_shingles;
    size_t longest;
    sr_minhash_family families[2]; /* of 128 and of 256 values */
    uint64_t multipliers[4];
    uint16_t *signatures; /* 2 · N_PAIRS of 128 values */
} documents;

typedef struct work {
    const sr_kernels *kernels;
    const documents *d;
    void (*one)(struct work *w, const document *doc);
    char *folded;
    uint32_t *starts, *ends;
    uint64_t *hashes;
    uint32_t *shingles;
    bool is_checked; /* digest the results */
    uint64_t digest;
} work;

/* What a kernel wrote: kept from the optimiser, and digested while results are compared. */
static void take(work *w, const void *bytes, size_t n_bytes)
{
    bench_keep(bytes);
    if (w->is_checked) {
        w->digest = sr_hash_bytes(bytes, n_bytes, w->digest);
    }
}

static void take_split(work *w, size_t n_taken, const sr_split *split)
{
    take(w, &n_taken, sizeof n_taken);
    take(w, split->starts, split->n_starts * sizeof *split->starts);
    take(w, split->ends, split->n_ends * sizeof *split->ends);
}

static void split_ascii(work *w, const document *doc)
{
    sr_split split = {w->starts, w->ends, 0, 0};
    size_t n_taken =
        w->kernels->split_ascii(doc->text.data, doc->text.n_bytes, w->folded, 0, &split);
    take_split(w, n_taken, &split);
}

/* Where it stops at a character of three bytes it goes on behind it. */
static void split_two_byte(work *w, const document *doc)
{
    sr_split split = {w->starts, w->ends, 0, 0};
    size_t at = 0;
    while (at < doc->text.n_bytes) {
        split.n_starts = split.n_ends;
        at += w->kernels->split_two_byte(doc->text.data + at, doc->text.n_bytes - at,
                                         sr_fold_two_byte, w->folded + at, (uint32_t)at, &split);
        at++;
        while (at < doc->text.n_bytes && (doc->text.data[at] & 0xc0) == 0x80) {
            at++;
        }
    }
    take_split(w, at, &split);
}

static void hash_words(work *w, const document *doc)
{
    const sr_words *words = &doc->words;
    w->kernels->hash_words(words->folded.data, words->starts, words->ends, words->n_words,
                           w->d->multipliers, w->hashes);
    take(w, w->hashes, words->n_words * sizeof *w->hashes);
}

static void hash_shingles(work *w, const document *doc)
{
    size_t n_shingles = w->kernels->hash_shingles(doc->hashes, doc->words.n_words, 5, w->shingles);
    take(w, w->shingles, n_shingles * sizeof *w->shingles);
}

static void minhash(work *w, const document *doc, const sr_minhash_family *family)
{
    uint32_t values[SR_MINHASH_MAX_VALUES];
    sr_minhash_begin(family, values);
    w->kernels->minhash_update(family, doc->shingles, doc->n_shingles, values);
    take(w, values, 4 * family->n_permutations * sizeof *values);
}

static void minhash_128(work *w, const document *doc)
{
    minhash(w, doc, &w->d->families[0]);
}

static void minhash_256(work *w, const document *doc)
{
    minhash(w, doc, &w->d->families[1]);
}

static void simhash(work *w, const document *doc)
{
    uint32_t votes[SR_SIMHASH_BITS] = {0};
    w->kernels->simhash_update(doc->shingles, doc->n_shingles, votes);
    take(w, votes, sizeof votes);
}

static void hash_bytes(work *w, const document *doc)
{
    uint64_t hash[2];
    w->kernels->hash_bytes(doc->hashes, doc->words.n_words * sizeof *doc->hashes, hash);
    take(w, hash, sizeof hash);
}

static void run_documents(void *context)
{
    work *w = context;
    for (size_t i = 0; i < w->d->n_documents; i++) {
        w->one(w, &w->d->all[i]);
    }
}

static void run_pairs(void *context)
{
    work *w = context;
    uint32_t n_equal = 0;
    for (size_t i = 0; i < N_PAIRS; i++) {
        n_equal += w->kernels->count_equal_u16(w->d->signatures + i * 256,
                                               w->d->signatures + i * 256 + 128, 128);
    }
    take(w, &n_equal, sizeof n_equal);
}

static void make_keys(void *context)
{
    work *w = context;
    uint32_t keys[16];
    for (size_t i = 0; i < N_PAIRS * (size_t)2; i++) {
        w->kernels->band_keys(w->d->signatures + i * 128, 8, 0, 16, keys);
        take(w, keys, sizeof keys);
    }
}

static void prepare(document *doc, documents *d)
{
    bench_need(sr_tokenise(&doc->words, doc->text, false), NULL, "tokenise");
    size_t n_words = doc->words.n_words;
    doc->hashes = bench_alloc((n_words + 1) * sizeof *doc->hashes);
    doc->shingles = bench_alloc((n_words + 1) * sizeof *doc->shingles);
    sr_kernels_scalar.hash_words(doc->words.folded.data, doc->words.starts, doc->words.ends,
                                 n_words, d->multipliers, doc->hashes);
    doc->n_shingles = sr_kernels_scalar.hash_shingles(doc->hashes, n_words, 5, doc->shingles);
    d->n_words += n_words;
    d->n_shingles += doc->n_shingles;
}

static void load(const bench *b, const char *name, documents *d)
{
    sr_params params;
    sr_params_init(&params);
    sr_params_word_multipliers(&params, d->multipliers);
    sr_params_minhash_family(&params, &d->families[0]);
    params.n_values = 256;
    sr_params_minhash_family(&params, &d->families[1]);
    corpus_load(b, name, N_BYTES, &d->texts);
    for (size_t i = 0; i < d->texts.n_texts && i < MAX_DOCUMENTS; i++) {
        d->all[i].text = d->texts.texts[i];
        sr_words_init(&d->all[i].words);
        d->longest = d->all[i].text.n_bytes > d->longest ? d->all[i].text.n_bytes : d->longest;
        prepare(&d->all[i], d);
        d->n_documents++;
    }
    d->signatures = bench_alloc(N_PAIRS * 256 * sizeof *d->signatures);
    for (size_t i = 0; i < N_PAIRS * (size_t)256; i++) {
        d->signatures[i] = (uint16_t)(sr_mix64(i % 128 + (i / 128 % 3)) & 0xffff);
    }
}

typedef struct question {
    const char *name;
    void (*one)(work *w, const document *doc);
    const char *item;
    bool is_rate;        /* bytes a second too */
    void (*all)(void *); /* instead of `one`, of the signatures */
} question;

static const question ASCII[] = {{"split_ascii", split_ascii, "word", true, NULL},
                                 {"hash_words", hash_words, "word", false, NULL},
                                 {"hash_shingles", hash_shingles, "shingle", false, NULL},
                                 {"minhash_update 128", minhash_128, "shingle", false, NULL},
                                 {"minhash_update 256", minhash_256, "shingle", false, NULL},
                                 {"hash_bytes", hash_bytes, "word", false, NULL},
                                 {"simhash_update", simhash, "shingle", false, NULL},
                                 {"count_equal_u16 128", NULL, "pair", false, run_pairs},
                                 {"band_keys 16 x 8", NULL, "signature", false, make_keys}};
static const question CYRILLIC[] = {{"split_two_byte", split_two_byte, "word", true, NULL},
                                    {"hash_words of Cyrillic", hash_words, "word", false, NULL}};

static double count_items(const question *q, const documents *d)
{
    if (strcmp(q->item, "pair") == 0) {
        return N_PAIRS;
    }
    if (strcmp(q->item, "signature") == 0) {
        return 2.0 * N_PAIRS;
    }
    return (double)(strcmp(q->item, "word") == 0 ? d->n_words : d->n_shingles);
}

static void work_init(work *w, const question *q, const sr_kernels *kernels, const documents *d)
{
    size_t n_places = d->longest + SR_SPLIT_SLACK + 1;
    *w = (work){.kernels = kernels,
                .d = d,
                .one = q->one,
                .folded = bench_alloc(n_places),
                .starts = bench_alloc(n_places * sizeof *w->starts),
                .ends = bench_alloc(n_places * sizeof *w->ends),
                .hashes = bench_alloc(n_places * sizeof *w->hashes),
                .shingles = bench_alloc(n_places * sizeof *w->shingles)};
}

static void work_release(work *w)
{
    free(w->folded);
    free(w->starts);
    free(w->ends);
    free(w->hashes);
    free(w->shingles);
}

static uint64_t digest(work *w, void (*run)(void *))
{
    w->is_checked = true;
    run(w);
    w->is_checked = false;
    return w->digest;
}

/* One kernel with every table of this machine, the scalar one first. */
static void compare_tables(const bench *b, const question *q, const documents *d, const char *data)
{
    work works[MAX_TABLES];
    bench_case cases[MAX_TABLES];
    char names[MAX_TABLES][64];
    void (*run)(void *) = q->one ? run_documents : q->all;
    size_t n_tables = 0;
    for (size_t t = 0; sr_kernels_at(t); t++) {
        n_tables++;
    }
    size_t n_cases = 0;
    for (size_t t = n_tables; t-- > 0 && n_cases < MAX_TABLES;) {
        const sr_kernels *kernels = sr_kernels_at(t);
        if (!kernels->supported()) {
            bench_say("this machine has no %s", kernels->name);
            continue;
        }
        work_init(&works[n_cases], q, kernels, d);
        if (digest(&works[n_cases], run) != (n_cases ? works[0].digest : works[n_cases].digest)) {
            bench_fail("%s of %s differs from scalar", q->name, kernels->name);
        }
        snprintf(names[n_cases], sizeof names[0], "%s/%s", q->name, kernels->name);
        cases[n_cases] = (bench_case){.name = names[n_cases],
                                      .run = run,
                                      .context = &works[n_cases],
                                      .n_bytes = q->is_rate ? (double)d->texts.n_bytes : 0,
                                      .n_items = count_items(q, d),
                                      .item = q->item,
                                      .data = data,
                                      .kernel = kernels->name};
        n_cases++;
    }
    bench_compare(b, cases, n_cases);
    for (size_t i = 0; i < n_cases; i++) {
        work_release(&works[i]);
    }
}

int main(int argc, char **argv)
{
    bench b;
    bench_begin(&b, "kernels", argc, argv);
    static documents latin, cyrillic;
    load(&b, "latin.jsonl", &latin);
    load(&b, "cyrillic.jsonl", &cyrillic);
    for (size_t q = 0; q < SR_ARRAY_COUNT(ASCII); q++) {
        compare_tables(&b, &ASCII[q], &latin, "ascii");
    }
    for (size_t q = 0; q < SR_ARRAY_COUNT(CYRILLIC); q++) {
        compare_tables(&b, &CYRILLIC[q], &cyrillic, "cyrillic");
    }
    return 0;
}
