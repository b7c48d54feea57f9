/* store_age.h — makes a store say that an older program made it: other versions in MANIFEST, the
 * digest that follows from them in every segment, and all checksums over these (FORMAT.md §3, §4).
 * Nothing of the library is used but the hash. */
#ifndef STORE_AGE_H
#define STORE_AGE_H

#include "store_fixture.h"

enum { AGE_NORMALISER = 44, AGE_HEAD_BYTES = 112, AGE_LINE_BYTES = 40, AGE_BLOCK_BYTES = 4096 };

static inline void age_write(const char *path, const void *bytes, size_t n_bytes)
{
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n_bytes, file), n_bytes);
    assert_int_equal(fclose(file), 0);
}

/* The segment of a line of MANIFEST; the line takes over the sum of its header. */
static inline void age_segment(const char *dir, uint64_t digest, char *line)
{
    char name[64];
    snprintf(name, sizeof name, "seg-%016llx.seg", (unsigned long long)sr_load_u64(line));
    char *path = sr_path_join(dir, name);
    sr_buffer bytes;
    sr_buffer_init(&bytes, SR_BUFFER_NO_LIMIT);
    assert_ok(sr_file_read_all(path, &bytes, NULL));
    assert_true(bytes.n_bytes > AGE_BLOCK_BYTES);
    sr_store_u64(bytes.data + 48, digest);
    uint64_t sum = sr_hash_bytes(bytes.data, AGE_BLOCK_BYTES - 8, 0);
    sr_store_u64(bytes.data + AGE_BLOCK_BYTES - 8, sum);
    sr_store_u64(line + 16, sum);
    age_write(path, bytes.data, AGE_BLOCK_BYTES);
    sr_buffer_release(&bytes);
    free(path);
}

static inline void age_store(const char *dir, uint32_t normaliser, uint32_t hash)
{
    char *path = sr_path_join(dir, "MANIFEST");
    sr_buffer manifest;
    sr_buffer_init(&manifest, SR_BUFFER_NO_LIMIT);
    assert_ok(sr_file_read_all(path, &manifest, NULL));
    char *bytes = manifest.data;
    sr_store_u32(bytes + AGE_NORMALISER, normaliser);
    sr_store_u32(bytes + AGE_NORMALISER + 4, hash);
    uint8_t digested[32];
    memcpy(digested, bytes + 56, 8);      /* seed */
    memcpy(digested + 8, bytes + 52, 4);  /* values */
    memcpy(digested + 12, bytes + 64, 4); /* words a shingle */
    memcpy(digested + 16, bytes + 68, 8); /* bands and rows */
    memcpy(digested + 24, bytes + AGE_NORMALISER, 8);
    uint64_t digest = sr_hash_bytes(digested, sizeof digested, 0);
    for (uint32_t i = 0; i < sr_load_u32(bytes + 76); i++) {
        age_segment(dir, digest, bytes + AGE_HEAD_BYTES + i * AGE_LINE_BYTES);
    }
    size_t n_summed = manifest.n_bytes - 8;
    sr_store_u64(bytes + n_summed, sr_hash_bytes(bytes, n_summed, 0));
    age_write(path, bytes, manifest.n_bytes);
    sr_buffer_release(&manifest);
    free(path);
}

#endif
