/* fuzz_kernels.c — any bytes through every kernel table of this machine: each must equal the scalar
 * definition. */
#include "fuzz/fuzz.h"

#include "simd/tables.h"
#include "sketch/params.h"
#include "text/fold.h"

#include <stdlib.h>

enum { MAX_BYTES = 4096, MAX_PLACES = MAX_BYTES + SR_SPLIT_SLACK, PADDING = 64 };

/* What one table makes of a text. */
typedef struct outcome {
    char folded[MAX_BYTES + 2 * PADDING];
    uint32_t starts[MAX_PLACES];
    uint32_t ends[MAX_PLACES];
    size_t n_taken;
    size_t n_starts;
    size_t n_ends;
    uint64_t hashes[MAX_PLACES];
    uint32_t shingles[MAX_PLACES];
    size_t n_shingles;
    uint32_t values[SR_MINHASH_MAX_VALUES];
    uint32_t votes[SR_SIMHASH_BITS];
} outcome;

static void run(const sr_kernels *kernels, const char *text, size_t n_bytes, bool wide,
                uint32_t width, outcome *out)
{
    static const uint64_t MULTIPLIERS[4] = {0x9e3779b97f4a7c15U, 0xc2b2ae3d27d4eb4fU,
                                            0x165667b19e3779f9U, 0xd6e8feb86659fd93U};
    sr_params params;
    sr_minhash_family family;
    sr_params_init(&params);
    sr_params_minhash_family(&params, &family);
    memset(out, 0, sizeof *out);
    sr_split split = {.starts = out->starts, .ends = out->ends};
    out->n_taken =
        wide ? kernels->split_two_byte(text, n_bytes, sr_fold_two_byte, out->folded, 0, &split)
             : kernels->split_ascii(text, n_bytes, out->folded, 0, &split);
    memset(out->folded + out->n_taken, 0, PADDING); /* past the end kernels may write anything */
    out->n_starts = split.n_starts;
    out->n_ends = split.n_ends;
    kernels->hash_words(out->folded, out->starts, out->ends, out->n_ends, MULTIPLIERS, out->hashes);
    out->n_shingles = kernels->hash_shingles(out->hashes, out->n_ends, width, out->shingles);
    sr_minhash_begin(&family, out->values);
    kernels->minhash_update(&family, out->shingles, out->n_shingles, out->values);
    kernels->simhash_update(out->shingles, out->n_shingles, out->votes);
}

static void compare(const outcome *a, const outcome *b)
{
    FUZZ_CHECK(a->n_taken == b->n_taken && a->n_starts == b->n_starts && a->n_ends == b->n_ends);
    FUZZ_CHECK(memcmp(a->folded, b->folded, a->n_taken) == 0);
    FUZZ_CHECK(memcmp(a->starts, b->starts, a->n_starts * sizeof *a->starts) == 0);
    FUZZ_CHECK(memcmp(a->ends, b->ends, a->n_ends * sizeof *a->ends) == 0);
    FUZZ_CHECK(memcmp(a->hashes, b->hashes, a->n_ends * sizeof *a->hashes) == 0);
    FUZZ_CHECK(a->n_shingles == b->n_shingles);
    FUZZ_CHECK(memcmp(a->shingles, b->shingles, a->n_shingles * sizeof *a->shingles) == 0);
    FUZZ_CHECK(memcmp(a->values, b->values, sizeof a->values) == 0);
    FUZZ_CHECK(memcmp(a->votes, b->votes, sizeof a->votes) == 0);
}

/* The first byte chooses the kernel of splitting and the width of shingles; the text is a copy
 * without a byte to spare. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    static outcome expected;
    static outcome found;
    if (n_bytes == 0 || n_bytes > MAX_BYTES) {
        return 0;
    }
    bool wide = data[0] & 1;
    uint32_t width = 1 + (data[0] >> 1) % SR_SHINGLE_MAX_WORDS;
    size_t n_text = n_bytes - 1;
    char *text = malloc(n_text + !n_text);
    FUZZ_CHECK(text);
    memcpy(text, data + 1, n_text);
    run(&sr_kernels_scalar, text, n_text, wide, width, &expected);
    for (size_t i = 0; sr_kernels_at(i); i++) {
        if (sr_kernels_at(i)->supported()) {
            run(sr_kernels_at(i), text, n_text, wide, width, &found);
            compare(&expected, &found);
        }
    }
    free(text);
    return 0;
}
