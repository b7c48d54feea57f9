/* avx512_find.h — places found sixteen at a time, for the table of AVX-512 alone (kernels.h,
 * find_marked and find_above). */
#ifndef SR_SIMD_AVX512_FIND_H
#define SR_SIMD_AVX512_FIND_H

#include "simd/kernels.h"

#include <immintrin.h>

enum { SR_FIND_LANES = 16 };

static inline size_t sr_avx512_find_marked(const uint32_t *numbers, size_t n, const uint32_t *marks,
                                           uint32_t *places)
{
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    size_t n_found = 0;
    for (size_t i = 0; i < n; i += SR_FIND_LANES) {
        __mmask16 valid = (__mmask16)(n - i >= SR_FIND_LANES ? 0xffff : (1u << (n - i)) - 1);
        __m512i number = _mm512_maskz_loadu_epi32(valid, numbers + i);
        __m512i word =
            _mm512_and_si512(_mm512_srli_epi32(number, 5), _mm512_set1_epi32(SR_MARK_WORDS - 1));
        __m512i bits = _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), valid, word, marks, 4);
        __m512i bit = _mm512_sllv_epi32(_mm512_set1_epi32(1),
                                        _mm512_and_si512(number, _mm512_set1_epi32(31)));
        __mmask16 found = _mm512_test_epi32_mask(bits, bit);
        __m512i at = _mm512_add_epi32(lanes, _mm512_set1_epi32((int)i));
        _mm512_storeu_si512(places + n_found, _mm512_maskz_compress_epi32(found, at));
        n_found += (size_t)__builtin_popcount(found);
    }
    return n_found;
}

static inline size_t sr_avx512_find_above(const float *sums, const uint8_t *factors, float bound,
                                          size_t n, uint32_t *places)
{
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    size_t n_found = 0;
    for (size_t i = 0; i < n; i += SR_FIND_LANES) {
        __mmask16 valid = (__mmask16)(n - i >= SR_FIND_LANES ? 0xffff : (1u << (n - i)) - 1);
        __m512i bytes = _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(valid, factors + i));
        __m512 least = _mm512_mul_ps(_mm512_set1_ps(bound), _mm512_cvtepi32_ps(bytes));
        __mmask16 found = _mm512_mask_cmp_ps_mask(valid, _mm512_maskz_loadu_ps(valid, sums + i),
                                                  least, _CMP_GT_OQ);
        if (found) {
            __m512i at = _mm512_add_epi32(lanes, _mm512_set1_epi32((int)i));
            _mm512_storeu_si512(places + n_found, _mm512_maskz_compress_epi32(found, at));
            n_found += (size_t)__builtin_popcount(found);
        }
    }
    return n_found;
}

#endif
