/* hash.h — hashes of bytes that are not part of a signature: checksums, table keys (XXH3). */
#ifndef SR_BASE_HASH_H
#define SR_BASE_HASH_H

#include "base/bytes.h"

#include <xxhash.h>

static inline uint64_t sr_hash_bytes(const void *bytes, size_t n_bytes, uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes, n_bytes, seed);
}

static inline uint64_t sr_hash_str(sr_str text)
{
    return sr_hash_bytes(text.data, text.n_bytes, 0);
}

#endif
