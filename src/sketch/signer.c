/* signer.c — words → word hashes → shingles → MinHash "mul4" and SimHash, each stage one call of a
 * kernel. */
#include "sketch/signer.h"

#include "sketch/params.h"

#include <stdlib.h>

struct sr_signer {
    sr_params params;
    sr_minhash_family family;
    uint64_t word_multipliers[4];
    sr_words words;
    uint64_t *word_hashes;
    size_t word_capacity;
    uint32_t *shingles;
    size_t shingle_capacity;
    size_t n_shingles;
};

sr_status sr_signer_create(const sr_params *params, sr_signer **out)
{
    sr_signer *signer = calloc(1, sizeof *signer);
    if (!signer) {
        return SR_ERR_MEMORY;
    }
    signer->params = *params;
    sr_params_minhash_family(params, &signer->family);
    sr_params_word_multipliers(params, signer->word_multipliers);
    sr_words_init(&signer->words);
    *out = signer;
    return SR_OK;
}

const sr_params *sr_signer_params(const sr_signer *signer)
{
    return &signer->params;
}

void sr_signer_free(sr_signer *signer)
{
    if (signer) {
        sr_words_release(&signer->words);
        free(signer->word_hashes);
        free(signer->shingles);
        free(signer);
    }
}

static sr_status reserve_hashes(sr_signer *signer, size_t n_words)
{
    SR_TRY(sr_array_reserve((void **)&signer->word_hashes, &signer->word_capacity, n_words + 1,
                            sizeof(uint64_t)));
    return sr_array_reserve((void **)&signer->shingles, &signer->shingle_capacity, n_words + 1,
                            sizeof(uint32_t));
}

/* Makes word hashes and shingles of the signer's words. */
static sr_status shingle_words(sr_signer *signer)
{
    size_t n_words = signer->words.n_words;
    SR_TRY(reserve_hashes(signer, n_words));
    signer->n_shingles = 0;
    if (n_words == 0) {
        return SR_OK; /* the arrays of words may not exist yet */
    }
    const sr_kernels *kernels = sr_kernels_get();
    kernels->hash_words(signer->words.folded.data, signer->words.starts, signer->words.ends,
                        n_words, signer->word_multipliers, signer->word_hashes);
    signer->n_shingles = kernels->hash_shingles(signer->word_hashes, n_words,
                                                signer->params.shingle_words, signer->shingles);
    return SR_OK;
}

static sr_status shingle_text(sr_signer *signer, sr_str text, bool with_raw)
{
    SR_TRY(sr_tokenise(&signer->words, text, with_raw));
    return shingle_words(signer);
}

uint64_t sr_signer_simhash(const sr_signer *signer)
{
    uint32_t votes[SR_SIMHASH_BITS] = {0};
    sr_kernels_get()->simhash_update(signer->shingles, signer->n_shingles, votes);
    uint64_t simhash = 0;
    for (unsigned b = 0; b < SR_SIMHASH_BITS; b++) {
        simhash |= (uint64_t)(votes[b] > signer->n_shingles / 2) << b;
    }
    return simhash;
}

/* The signature of what was shingled last, but for the SimHash. */
static void sign_shingles(const sr_signer *signer, sr_signature *signature)
{
    uint32_t values[SR_MINHASH_MAX_VALUES];
    sr_minhash_begin(&signer->family, values);
    sr_kernels_get()->minhash_update(&signer->family, signer->shingles, signer->n_shingles, values);
    *signature = (sr_signature){
        .n_words = (uint32_t)signer->words.n_words,
        .n_shingles = (uint32_t)signer->n_shingles,
    };
    for (uint32_t i = 0; i < signer->params.n_values; i++) {
        signature->values[i] = (uint16_t)values[i];
    }
    sr_kernels_get()->hash_bytes(signer->word_hashes, signer->words.n_words * sizeof(uint64_t),
                                 signature->content);
}

sr_status sr_signer_sign_values(sr_signer *signer, sr_str text, sr_signature *signature)
{
    SR_TRY(shingle_text(signer, text, false));
    sign_shingles(signer, signature);
    return SR_OK;
}

sr_status sr_signer_sign_words(sr_signer *signer, sr_words *words, sr_signature *signature)
{
    sr_words own = signer->words;
    signer->words = *words;
    *words = own;
    SR_TRY(shingle_words(signer));
    sign_shingles(signer, signature);
    return SR_OK;
}

sr_status sr_signer_sign(sr_signer *signer, sr_str text, sr_signature *signature)
{
    SR_TRY(sr_signer_sign_values(signer, text, signature));
    signature->simhash = sr_signer_simhash(signer);
    return SR_OK;
}

sr_status sr_signer_shingle_set(sr_signer *signer, sr_str text, sr_shingle_set *set)
{
    SR_TRY(shingle_text(signer, text, false));
    return sr_shingle_set_fill(set, signer->shingles, signer->n_shingles);
}

void sr_signer_word_codes(const sr_signer *signer, char *codes)
{
    const uint64_t *hashes = signer->word_hashes;
    size_t n_words = signer->words.n_words;
    for (size_t i = 0; i < n_words; i++) {
        uint16_t code = (uint16_t)(hashes[i] >> 48);
        memcpy(codes + i * SR_WORD_CODE_BYTES, &code, sizeof code);
    }
}

sr_status sr_signer_shingle_codes(sr_signer *signer, sr_str codes, sr_shingle_set *set)
{
    size_t n_words = codes.n_bytes / SR_WORD_CODE_BYTES;
    SR_TRY(reserve_hashes(signer, n_words));
    uint64_t *hashes = signer->word_hashes;
    for (size_t i = 0; i < n_words; i++) {
        uint16_t code;
        memcpy(&code, codes.data + i * SR_WORD_CODE_BYTES, sizeof code);
        uint64_t hash = code * SR_WORD_MULTIPLIER;
        hashes[i] = hash ^ hash >> 29;
    }
    signer->n_shingles = 0;
    if (n_words > 0) {
        signer->n_shingles = sr_kernels_get()->hash_shingles(
            signer->word_hashes, n_words, signer->params.shingle_words, signer->shingles);
    }
    return sr_shingle_set_fill(set, signer->shingles, signer->n_shingles);
}

const sr_words *sr_signer_words(const sr_signer *signer)
{
    return &signer->words;
}

const uint64_t *sr_signer_word_hashes(const sr_signer *signer)
{
    return signer->word_hashes;
}

const uint32_t *sr_signer_shingles(const sr_signer *signer, size_t *n_shingles)
{
    *n_shingles = signer->n_shingles;
    return signer->shingles;
}

sr_status sr_signer_shingles_located(sr_signer *signer, sr_str text, const uint32_t **shingles,
                                     size_t *n_shingles)
{
    SR_TRY(shingle_text(signer, text, true));
    *shingles = signer->shingles;
    *n_shingles = signer->n_shingles;
    return SR_OK;
}

void sr_signer_keep_words(sr_signer *signer, const uint8_t *kept)
{
    sr_words *words = &signer->words;
    size_t n = 0;
    for (size_t i = 0; i < words->n_words; i++) {
        words->starts[n] = words->starts[i];
        words->ends[n] = words->ends[i];
        words->raw_starts[n] = words->raw_starts[i];
        words->raw_ends[n] = words->raw_ends[i];
        signer->word_hashes[n] = signer->word_hashes[i];
        n += kept[i] != 0;
    }
    words->n_words = n;
    signer->n_shingles = 0;
    if (n) {
        signer->n_shingles = sr_kernels_get()->hash_shingles(
            signer->word_hashes, n, signer->params.shingle_words, signer->shingles);
    }
}

size_t sr_signer_word_pairs(const sr_signer *signer, uint32_t *pairs)
{
    size_t n_words = signer->words.n_words;
    return n_words == 0 || n_words >= SR_SHORT_WORDS
               ? 0
               : sr_kernels_get()->hash_shingles(signer->word_hashes, n_words, 2, pairs);
}
