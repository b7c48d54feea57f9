/* tables.h — every kernel table of this architecture, for the dispatcher and for the tests that
 * compare them. */
#ifndef SR_SIMD_TABLES_H
#define SR_SIMD_TABLES_H

#include "simd/kernels.h"

extern const sr_kernels sr_kernels_scalar;
#if defined(__x86_64__)
extern const sr_kernels sr_kernels_avx2;
extern const sr_kernels sr_kernels_avx512;
#elif defined(__aarch64__)
extern const sr_kernels sr_kernels_neon;
#endif

/* What split_ascii makes of a byte: 0 for a separator, 1 beyond ASCII, else the folded letter or
 * digit. */
enum { SR_ASCII_SEPARATOR = 0, SR_NOT_ASCII = 1 };
extern const unsigned char sr_ascii_fold[256];

/* The `i`th table, best first; NULL past the last, which is the scalar one. */
const sr_kernels *sr_kernels_at(size_t i);

/* Serve the tables that have no faster way. */
size_t sr_scalar_split_two_byte(const char *text, size_t n_bytes, const uint32_t table[0x800],
                                char *folded, uint32_t offset, sr_split *split);
void sr_scalar_hash_bytes(const void *bytes, size_t n_bytes, uint64_t hash[2]);
void sr_scalar_hash_words(const char *folded, const uint32_t *starts, const uint32_t *ends,
                          size_t n_words, const uint64_t multipliers[4], uint64_t *hashes);
size_t sr_scalar_hash_shingles(const uint64_t *word_hashes, size_t n_words, uint32_t width,
                               uint32_t *shingles);
void sr_scalar_band_keys(const uint16_t *values, uint32_t n_rows, uint32_t first, uint32_t end,
                         uint32_t *keys);
size_t sr_scalar_find_marked(const uint32_t *numbers, size_t n, const uint32_t *marks,
                             uint32_t *places);
size_t sr_scalar_find_above(const float *sums, const uint8_t *factors, float bound, size_t n,
                            uint32_t *places);

#endif
