/* params.h — what follows from the parameters of a signature: word multipliers and the MinHash
 * family. */
#ifndef SR_SKETCH_PARAMS_H
#define SR_SKETCH_PARAMS_H

#include "simd/kernels.h"

/* SR_HASH_VERSION changes whenever the same words would get another signature. */
enum { SR_HASH_VERSION = 1 };

void sr_params_word_multipliers(const sr_params *params, uint64_t multipliers[4]);
/* sr_params_to_json of signatures that a program of these versions made. */
SR_MUST_USE sr_status sr_params_show_json(const sr_params *params, uint32_t normaliser,
                                          uint32_t hash, char *json, size_t n_bytes);
void sr_params_minhash_family(const sr_params *params, sr_minhash_family *family);

#endif
