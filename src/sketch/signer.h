/* signer.h — text to signature: words, word hashes, shingles, MinHash and SimHash, with scratch
 * kept per thread. */
#ifndef SR_SKETCH_SIGNER_H
#define SR_SKETCH_SIGNER_H

#include "simd/kernels.h"
#include "sketch/shingle_set.h"
#include "text/tokenise.h"

typedef struct sr_signer sr_signer;

/* Parameters are checked before (sr_params_check). */
SR_MUST_USE sr_status sr_signer_create(const sr_params *params, sr_signer **out);
void sr_signer_free(sr_signer *signer);
/* The parameters that it was created with. */
const sr_params *sr_signer_params(const sr_signer *signer);
/* Signs a text; an empty one gets n_words 0 and the values of an empty set. */
SR_MUST_USE sr_status sr_signer_sign(sr_signer *signer, sr_str text, sr_signature *signature);
/* The same without the SimHash, which stays 0. */
SR_MUST_USE sr_status sr_signer_sign_values(sr_signer *signer, sr_str text,
                                            sr_signature *signature);
/* The same of a text whose words are known, without raw positions: the signer takes them and gives
 * its own scratch for them. */
SR_MUST_USE sr_status sr_signer_sign_words(sr_signer *signer, sr_words *words,
                                           sr_signature *signature);
/* The SimHash of what was signed last. */
uint64_t sr_signer_simhash(const sr_signer *signer);

/* The set of a text's shingles (replaces what was there). */
SR_MUST_USE sr_status sr_signer_shingle_set(sr_signer *signer, sr_str text, sr_shingle_set *set);
/* What a text's set of shingles can be made of again without the text: SR_WORD_CODE_BYTES a word,
 * those of the last text given to the signer. Shingles made of codes are others than those made of
 * words, and equal where these are; one that is not is taken for its fellow with another word in
 * one of 65,536 cases. `codes` has room for as many bytes as sr_signer_words has words, times
 * SR_WORD_CODE_BYTES. */
enum { SR_WORD_CODE_BYTES = 2 };
void sr_signer_word_codes(const sr_signer *signer, char *codes);
/* The set of shingles made of codes. */
SR_MUST_USE sr_status sr_signer_shingle_codes(sr_signer *signer, sr_str codes, sr_shingle_set *set);

/* The words and, in order, the shingles of the last text given to the signer (shingle i starts at
 * word i). */
const sr_words *sr_signer_words(const sr_signer *signer);
const uint64_t *sr_signer_word_hashes(const sr_signer *signer);
const uint32_t *sr_signer_shingles(const sr_signer *signer, size_t *n_shingles);
/* Words only, with raw positions, for showing passages; hashes one shingle a start word. */
SR_MUST_USE sr_status sr_signer_shingles_located(sr_signer *signer, sr_str text,
                                                 const uint32_t **shingles, size_t *n_shingles);

/* Takes words out of those that were shingled last, with raw positions, and shingles the rest:
 * kept[i] 0: word i goes. */
void sr_signer_keep_words(sr_signer *signer, const uint8_t *kept);

/* Of the words shingled last, the pairs of neighbours where they are fewer than SR_SHORT_WORDS, as
 * a text of a line has too few longer shingles that an edit leaves whole; none where they are more.
 * `pairs` has SR_SHORT_WORDS places. */
enum { SR_SHORT_WORDS = 40 };
size_t sr_signer_word_pairs(const sr_signer *signer, uint32_t *pairs);

#endif
