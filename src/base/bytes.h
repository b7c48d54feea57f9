/* bytes.h — spans, little-endian loads and stores, and arithmetic on sizes that come from outside.
 */
#ifndef SR_BASE_BYTES_H
#define SR_BASE_BYTES_H

#include "base/platform.h"

static inline sr_str sr_str_make(const char *data, size_t n_bytes)
{
    return (sr_str){.data = data, .n_bytes = n_bytes};
}

/* A view of a terminated string; NULL is the empty one. */
static inline sr_str sr_str_of(const char *text)
{
    return sr_str_make(text, text ? strlen(text) : 0);
}

static inline bool sr_str_equal(sr_str a, sr_str b)
{
    return a.n_bytes == b.n_bytes && (a.n_bytes == 0 || memcmp(a.data, b.data, a.n_bytes) == 0);
}

/* Byte order; a shorter string that is a prefix comes first. */
static inline int sr_str_compare(sr_str a, sr_str b)
{
    size_t n_common = a.n_bytes < b.n_bytes ? a.n_bytes : b.n_bytes;
    int order = n_common ? memcmp(a.data, b.data, n_common) : 0;
    return order ? order : (a.n_bytes > b.n_bytes) - (a.n_bytes < b.n_bytes);
}

static inline bool sr_str_equal_text(sr_str a, const char *text)
{
    return sr_str_equal(a, sr_str_of(text));
}

/* ASCII white space off both ends. */
static inline sr_str sr_str_trim(sr_str s)
{
    while (s.n_bytes && (unsigned char)s.data[0] <= ' ') {
        s.data++;
        s.n_bytes--;
    }
    while (s.n_bytes && (unsigned char)s.data[s.n_bytes - 1] <= ' ') {
        s.n_bytes--;
    }
    return s;
}

#define SR_DEFINE_LOAD_STORE(bits)                                                                 \
    static inline uint##bits##_t sr_load_u##bits(const void *from)                                 \
    {                                                                                              \
        uint##bits##_t value;                                                                      \
        memcpy(&value, from, sizeof value);                                                        \
        return value;                                                                              \
    }                                                                                              \
    static inline void sr_store_u##bits(void *to, uint##bits##_t value)                            \
    {                                                                                              \
        memcpy(to, &value, sizeof value);                                                          \
    }
SR_DEFINE_LOAD_STORE(16)
SR_DEFINE_LOAD_STORE(32)
SR_DEFINE_LOAD_STORE(64)
#undef SR_DEFINE_LOAD_STORE

static inline uint64_t sr_rotate_left(uint64_t x, unsigned n_bits)
{
    return (x << (n_bits & 63)) | (x >> ((64 - n_bits) & 63));
}

/* A full mix of 64 bits (the finaliser of MurmurHash3 with Stafford's "Mix13" constants). */
static inline uint64_t sr_mix64(uint64_t x)
{
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9U;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

/* False on overflow; `out` is then untouched. */
static inline SR_MUST_USE bool sr_size_multiply(size_t a, size_t b, size_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

static inline SR_MUST_USE bool sr_size_add(size_t a, size_t b, size_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}

#endif
