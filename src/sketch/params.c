/* params.c — parameters: defaults, limits, and the constants drawn from the seed by SplitMix64
 * (Steele et al. 2014). */
#include "sketch/params.h"

#include "base/status.h"

enum { WORD_STREAM = 1, MINHASH_STREAM = 2 };

void sr_params_init(sr_params *params)
{
    *params = (sr_params){
        .seed = 0x73696d72616e6b31U, /* "simrank1" */
        .n_values = 128,
        .shingle_words = 5,
        .bands = 16,
        .rows = 8,
    };
}

sr_status sr_params_check(const sr_params *params, sr_error *error)
{
    if (params->n_values != 128 && params->n_values != 256) {
        return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0,
                            "a signature has 128 or 256 values, not %u", params->n_values);
    }
    if (params->shingle_words < 1 || params->shingle_words > SR_SHINGLE_MAX_WORDS) {
        return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0, "a shingle has 1 to %d words, not %u",
                            SR_SHINGLE_MAX_WORDS, params->shingle_words);
    }
    if (params->bands < 1 || params->bands > 128 || params->rows < 1 ||
        (uint64_t)params->bands * params->rows > params->n_values) {
        return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0,
                            "%u bands of %u rows do not fit a signature of %u values",
                            params->bands, params->rows, params->n_values);
    }
    return SR_OK;
}

static uint64_t draw(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15U;
    return sr_mix64(*state);
}

static uint64_t stream(const sr_params *params, uint64_t number)
{
    return sr_mix64(params->seed + number * 0x632be59bd9b4e019U);
}

void sr_params_word_multipliers(const sr_params *params, uint64_t multipliers[4])
{
    uint64_t state = stream(params, WORD_STREAM);
    for (size_t i = 0; i < 4; i++) {
        multipliers[i] = draw(&state) | 1;
    }
}

void sr_params_minhash_family(const sr_params *params, sr_minhash_family *family)
{
    uint64_t state = stream(params, MINHASH_STREAM);
    family->n_permutations = params->n_values / 4;
    for (uint32_t j = 0; j < family->n_permutations; j++) {
        uint64_t drawn = draw(&state);
        family->multiply[j] = (uint32_t)drawn | 1;
        family->add[j] = (uint32_t)(drawn >> 32);
    }
}
