/* manifest.c — MANIFEST to bytes and back (FORMAT.md §3). */
#include "store/manifest.h"

#include "base/file.h"
#include "sketch/params.h"
#include "store/format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    HEAD_BYTES = 112,
    ENTRY_BYTES = 40,
    SUM_BYTES = 8,
    MAX_BYTES = HEAD_BYTES + SR_MANIFEST_MAX_SEGMENTS * ENTRY_BYTES + SUM_BYTES,
    FLAG_DEDUP_ONLY = 1
};

void sr_manifest_release(sr_manifest *manifest)
{
    free(manifest->segments);
    *manifest = (sr_manifest){0};
}

void sr_segment_name(uint64_t number, bool temporary, char name[SR_SEGMENT_NAME_BYTES])
{
    snprintf(name, SR_SEGMENT_NAME_BYTES, "seg-%016llx.%s", (unsigned long long)number,
             temporary ? "tmp" : "seg");
}

bool sr_segment_name_parse(const char *name, bool *temporary, uint64_t *number)
{
    static const char HEX[] = "0123456789abcdef";
    if (strlen(name) != 24 || memcmp(name, "seg-", 4) != 0) {
        return false;
    }
    uint64_t value = 0;
    for (size_t i = 4; i < 20; i++) {
        const char *digit = strchr(HEX, name[i]);
        if (!digit) {
            return false;
        }
        value = value << 4 | (uint64_t)(digit - HEX);
    }
    *temporary = strcmp(name + 20, ".tmp") == 0;
    *number = value;
    return *temporary || strcmp(name + 20, ".seg") == 0;
}

uint64_t sr_manifest_digest(const sr_manifest *manifest)
{
    const sr_params *params = &manifest->params;
    uint8_t bytes[32];
    sr_store_u64(bytes, params->seed);
    sr_store_u32(bytes + 8, params->n_values);
    sr_store_u32(bytes + 12, params->shingle_words);
    sr_store_u32(bytes + 16, params->bands);
    sr_store_u32(bytes + 20, params->rows);
    sr_store_u32(bytes + 24, manifest->normaliser);
    sr_store_u32(bytes + 28, manifest->hash);
    return sr_hash_bytes(bytes, sizeof bytes, 0);
}

bool sr_manifest_is_outdated(const sr_manifest *manifest)
{
    return manifest->normaliser != SR_NORMALISER_VERSION || manifest->hash != SR_HASH_VERSION;
}

void sr_manifest_set_versions(sr_manifest *manifest)
{
    manifest->normaliser = SR_NORMALISER_VERSION;
    manifest->hash = SR_HASH_VERSION;
}

/* ------------------------------------------------------------ writing */

uint64_t sr_manifest_bytes(const sr_manifest *manifest)
{
    return HEAD_BYTES + (uint64_t)manifest->n_segments * ENTRY_BYTES + SUM_BYTES;
}

static void encode_head(const sr_manifest *manifest, uint8_t *to)
{
    memset(to, 0, HEAD_BYTES);
    memcpy(to, SR_MANIFEST_MAGIC, SR_STORE_MAGIC_BYTES);
    sr_store_u32(to + 8, SR_STORE_VERSION);
    sr_store_u32(to + 12, SR_STORE_MIN_READER);
    sr_store_u64(to + 32, manifest->commit);
    sr_store_u32(to + 40, manifest->dedup_only ? FLAG_DEDUP_ONLY : 0);
    sr_store_u32(to + 44, manifest->normaliser);
    sr_store_u32(to + 48, manifest->hash);
    sr_store_u32(to + 52, manifest->params.n_values);
    sr_store_u64(to + 56, manifest->params.seed);
    sr_store_u32(to + 64, manifest->params.shingle_words);
    sr_store_u32(to + 68, manifest->params.bands);
    sr_store_u32(to + 72, manifest->params.rows);
    sr_store_u32(to + 76, (uint32_t)manifest->n_segments);
    sr_store_u64(to + 80, manifest->next_segment);
    sr_store_u64(to + 88, manifest->next_serial);
    sr_store_u64(to + 96, manifest->n_flushed_bytes);
    sr_store_u64(to + 104, manifest->n_merged_bytes);
}

static void encode_segment(const sr_manifest_segment *segment, uint8_t *to)
{
    sr_store_u64(to, segment->number);
    sr_store_u64(to + 8, segment->n_bytes);
    sr_store_u64(to + 16, segment->header_sum);
    sr_store_u32(to + 24, segment->doc_count);
    sr_store_u32(to + 28, segment->n_removed);
    sr_store_u64(to + 32, 0);
}

static sr_status write_temporary(const char *path, const uint8_t *bytes, size_t n_bytes,
                                 sr_error *error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        return sr_error_set_errno(error, path, "can't create");
    }
    sr_status status = sr_file_write(fd, path, bytes, n_bytes, error);
    if (status == SR_OK) {
        status = sr_file_sync(fd, path, error);
    }
    if (close(fd) != 0 && status == SR_OK) {
        status = sr_error_set_errno(error, path, "can't close");
    }
    if (status != SR_OK) {
        unlink(path);
    }
    return status;
}

sr_status sr_manifest_write(const char *dir, const sr_manifest *manifest, bool *replaced,
                            sr_error *error)
{
    *replaced = false;
    if (manifest->n_segments > SR_MANIFEST_MAX_SEGMENTS) {
        return sr_error_set(error, SR_ERR_LIMIT, dir, 0, "a store has at most %d segments",
                            SR_MANIFEST_MAX_SEGMENTS);
    }
    size_t n_bytes = (size_t)sr_manifest_bytes(manifest);
    uint8_t *bytes = malloc(n_bytes);
    char *temporary = sr_path_join(dir, SR_MANIFEST_TEMPORARY);
    char *path = sr_path_join(dir, SR_MANIFEST_NAME);
    sr_status status = SR_ERR_MEMORY;
    if (bytes && temporary && path) {
        encode_head(manifest, bytes);
        for (size_t i = 0; i < manifest->n_segments; i++) {
            encode_segment(&manifest->segments[i], bytes + HEAD_BYTES + i * ENTRY_BYTES);
        }
        sr_store_u64(bytes + n_bytes - SUM_BYTES, sr_hash_bytes(bytes, n_bytes - SUM_BYTES, 0));
        status = write_temporary(temporary, bytes, n_bytes, error);
    }
    if (status == SR_OK) {
        status = sr_file_rename(temporary, path, error);
        *replaced = status == SR_OK;
    }
    if (status == SR_OK) {
        status = sr_file_sync_directory(dir, error);
    }
    free(path);
    free(temporary);
    free(bytes);
    return status;
}

/* ------------------------------------------------------------ reading */

static sr_status damaged(const char *path, sr_error *error, const char *what)
{
    return sr_error_set(error, SR_ERR_CORRUPT, path, 0, "%s", what);
}

static sr_status check_version(const char *path, const uint8_t *bytes, sr_error *error)
{
    uint32_t version = sr_load_u32(bytes + 8);
    uint32_t min_reader = sr_load_u32(bytes + 12);
    if (version == 0) {
        return sr_error_set(error, SR_ERR_VERSION, path, 0,
                            "the store is of a draft of the format (version 0) that is not read "
                            "any more; this program reads version %d",
                            SR_STORE_VERSION);
    }
    if (min_reader > SR_STORE_VERSION || sr_load_u64(bytes + 16) != 0) {
        return sr_error_set(error, SR_ERR_VERSION, path, 0,
                            "the store has format version %u and needs a reader of version %u or "
                            "later; this program reads version %d",
                            version, min_reader, SR_STORE_VERSION);
    }
    if (sr_load_u32(bytes + 44) > SR_NORMALISER_VERSION ||
        sr_load_u32(bytes + 48) > SR_HASH_VERSION) {
        return sr_error_set(error, SR_ERR_VERSION, path, 0,
                            "the signatures are of normaliser %u and hash %u, made by a later "
                            "program; this one knows normaliser %d and hash %d",
                            sr_load_u32(bytes + 44), sr_load_u32(bytes + 48), SR_NORMALISER_VERSION,
                            SR_HASH_VERSION);
    }
    return SR_OK;
}

static sr_status decode_head(const char *path, const uint8_t *bytes, sr_manifest *manifest,
                             sr_error *error)
{
    uint32_t flags = sr_load_u32(bytes + 40);
    manifest->commit = sr_load_u64(bytes + 32);
    manifest->dedup_only = flags & FLAG_DEDUP_ONLY;
    manifest->normaliser = sr_load_u32(bytes + 44);
    manifest->hash = sr_load_u32(bytes + 48);
    manifest->params = (sr_params){
        .seed = sr_load_u64(bytes + 56),
        .n_values = sr_load_u32(bytes + 52),
        .shingle_words = sr_load_u32(bytes + 64),
        .bands = sr_load_u32(bytes + 68),
        .rows = sr_load_u32(bytes + 72),
    };
    manifest->next_segment = sr_load_u64(bytes + 80);
    manifest->next_serial = sr_load_u64(bytes + 88);
    manifest->n_flushed_bytes = sr_load_u64(bytes + 96);
    manifest->n_merged_bytes = sr_load_u64(bytes + 104);
    if ((flags & ~(uint32_t)FLAG_DEDUP_ONLY) != 0) {
        return damaged(path, error, "reserved bytes are not zero");
    }
    return sr_params_check(&manifest->params, NULL) == SR_OK
               ? SR_OK
               : damaged(path, error, "the parameters are out of range");
}

static int compare_numbers(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Merges put new numbers among old ones, so order does not tell. */
static sr_status check_numbers(const char *path, const sr_manifest *manifest, sr_error *error)
{
    uint64_t *numbers = calloc(manifest->n_segments + 1, sizeof *numbers);
    if (!numbers) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < manifest->n_segments; i++) {
        numbers[i] = manifest->segments[i].number;
    }
    qsort(numbers, manifest->n_segments, sizeof *numbers, compare_numbers);
    bool differ = true;
    for (size_t i = 1; i < manifest->n_segments; i++) {
        differ = differ && numbers[i - 1] != numbers[i];
    }
    free(numbers);
    return differ ? SR_OK : damaged(path, error, "the list of segments names one of them twice");
}

static sr_status decode_segments(const char *path, const uint8_t *bytes, sr_manifest *manifest,
                                 sr_error *error)
{
    for (size_t i = 0; i < manifest->n_segments; i++) {
        const uint8_t *from = bytes + i * ENTRY_BYTES;
        manifest->segments[i] = (sr_manifest_segment){
            .number = sr_load_u64(from),
            .n_bytes = sr_load_u64(from + 8),
            .header_sum = sr_load_u64(from + 16),
            .doc_count = sr_load_u32(from + 24),
            .n_removed = sr_load_u32(from + 28),
        };
        const sr_manifest_segment *segment = &manifest->segments[i];
        if (segment->number >= manifest->next_segment || segment->n_removed > segment->doc_count ||
            sr_load_u64(from + 32) != 0) {
            return damaged(path, error, "the list of segments is not consistent");
        }
    }
    return check_numbers(path, manifest, error);
}

static sr_status decode(const char *path, const uint8_t *bytes, size_t n_bytes,
                        sr_manifest *manifest, sr_error *error)
{
    if (n_bytes < HEAD_BYTES + SUM_BYTES ||
        memcmp(bytes, SR_MANIFEST_MAGIC, SR_STORE_MAGIC_BYTES) != 0) {
        return damaged(path, error, "this is no MANIFEST of a simrank store");
    }
    /* The sum comes first, so that a flipped bit in the version is damage and not a new version. */
    if (sr_load_u64(bytes + n_bytes - SUM_BYTES) != sr_hash_bytes(bytes, n_bytes - SUM_BYTES, 0)) {
        return damaged(path, error, "its checksum does not match");
    }
    SR_TRY(check_version(path, bytes, error));
    manifest->n_segments = sr_load_u32(bytes + 76);
    manifest->n_bytes = n_bytes;
    if (manifest->n_segments > SR_MANIFEST_MAX_SEGMENTS || n_bytes != sr_manifest_bytes(manifest)) {
        return damaged(path, error, "its size does not match its number of segments");
    }
    SR_TRY(decode_head(path, bytes, manifest, error));
    void *segments = NULL;
    SR_TRY(sr_array_reserve(&segments, &manifest->capacity, manifest->n_segments + 1,
                            sizeof *manifest->segments));
    manifest->segments = segments;
    return decode_segments(path, bytes + HEAD_BYTES, manifest, error);
}

sr_status sr_manifest_read(const char *dir, sr_manifest *manifest, sr_error *error)
{
    char *path = sr_path_join(dir, SR_MANIFEST_NAME);
    if (!path) {
        return SR_ERR_MEMORY;
    }
    sr_manifest read = {0};
    sr_buffer bytes;
    sr_buffer_init(&bytes, (size_t)MAX_BYTES + 128 * 1024);
    sr_status status = SR_OK;
    if (access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR)) {
        status = sr_error_set(error, SR_ERR_NOT_FOUND, NULL, 0, "no store at %s", dir);
    } else {
        status = sr_file_read_all(path, &bytes, error);
    }
    if (status == SR_OK) {
        status = decode(path, (const uint8_t *)bytes.data, bytes.n_bytes, &read, error);
    }
    sr_buffer_release(&bytes);
    free(path);
    if (status != SR_OK) {
        sr_manifest_release(&read);
        return status;
    }
    *manifest = read;
    return SR_OK;
}
