/* repair_manifest.c — a MANIFEST from what the headers of the segments say. The parameters are not
 * in the headers, only their digest: they are sought among what the damaged MANIFEST says and what
 * `init` makes, until one has that digest. */
#include "base/file.h"
#include "sketch/params.h"
#include "store/repair.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* What one header tells. */
typedef struct found_segment {
    sr_manifest_segment line; /* n_bytes 0: its header can't be believed */
    uint64_t digest;
    uint64_t first_serial;
    uint64_t end_serial;
    bool has_text;
} found_segment;

typedef struct found_list {
    found_segment *segments;
    size_t n_segments;
    size_t capacity;
} found_list;

/* ------------------------------------------------------------ headers */

static void read_table(const uint8_t *header, int fd, found_segment *found)
{
    found->end_serial = found->first_serial + found->line.doc_count;
    uint32_t n_sections = sr_load_u32(header + 68);
    for (uint32_t i = 0; i < n_sections && i < SR_SEGMENT_MAX_SECTIONS; i++) {
        const uint8_t *entry = header + 128 + (size_t)i * 24;
        uint32_t type = sr_load_u32(entry);
        uint8_t last[4];
        found->has_text = found->has_text || type == SR_SECTION_COLD_DATA + SR_FIELD_TEXT;
        if (type == SR_SECTION_SERIALS && sr_load_u64(entry + 16) >= sizeof last &&
            sr_file_pread(fd, "", last, sizeof last,
                          sr_load_u64(entry + 8) + sr_load_u64(entry + 16) - sizeof last,
                          NULL) == SR_OK) {
            uint64_t end = found->first_serial + sr_load_u32(last) + 1;
            found->end_serial = end > found->end_serial ? end : found->end_serial;
        }
    }
}

static void read_header(const char *path, found_segment *found)
{
    uint8_t header[SR_BLOCK_BYTES];
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return;
    }
    if (fstat(fd, &info) == 0 && info.st_size >= SR_BLOCK_BYTES &&
        sr_file_pread(fd, path, header, sizeof header, 0, NULL) == SR_OK &&
        memcmp(header, SR_SEGMENT_MAGIC, SR_STORE_MAGIC_BYTES) == 0 &&
        sr_load_u64(header + SR_BLOCK_BYTES - 8) == sr_hash_bytes(header, SR_BLOCK_BYTES - 8, 0) &&
        sr_load_u64(header + 32) == found->line.number &&
        sr_load_u64(header + 40) == (uint64_t)info.st_size) {
        found->line.n_bytes = (uint64_t)info.st_size;
        found->line.header_sum = sr_load_u64(header + SR_BLOCK_BYTES - 8);
        found->line.doc_count = sr_load_u32(header + 64);
        found->digest = sr_load_u64(header + 48);
        found->first_serial = sr_load_u64(header + 72);
        read_table(header, fd, found);
    }
    close(fd);
}

static sr_status find_segments(const char *dir, found_list *list, sr_error *error)
{
    DIR *entries = opendir(dir);
    if (!entries) {
        return sr_error_set_errno(error, dir, "can't list the directory");
    }
    sr_status status = SR_OK;
    for (const struct dirent *entry = readdir(entries); entry && status == SR_OK;
         entry = readdir(entries)) {
        bool temporary = false;
        found_segment found = {0};
        if (!sr_segment_name_parse(entry->d_name, &temporary, &found.line.number) || temporary ||
            found.line.number == UINT64_MAX) {
            continue;
        }
        void *segments = list->segments;
        char *path = sr_path_join(dir, entry->d_name);
        status = path ? sr_array_reserve(&segments, &list->capacity, list->n_segments + 1,
                                         sizeof *list->segments)
                      : SR_ERR_MEMORY;
        list->segments = segments;
        if (status == SR_OK) {
            read_header(path, &found);
            list->segments[list->n_segments++] = found;
        }
        free(path);
    }
    closedir(entries);
    return status;
}

/* ------------------------------------------------------------ which of them count */

static int compare_newest_first(const void *a, const void *b)
{
    const found_segment *x = a;
    const found_segment *y = b;
    return (x->line.number < y->line.number) - (x->line.number > y->line.number);
}

static int compare_serials(const void *a, const void *b)
{
    const found_segment *x = a;
    const found_segment *y = b;
    if (x->first_serial != y->first_serial) {
        return (x->first_serial > y->first_serial) - (x->first_serial < y->first_serial);
    }
    return (x->line.number > y->line.number) - (x->line.number < y->line.number);
}

/* A merge that was interrupted leaves its sources: where ranges of serials overlap, the newest
 * segment holds them all, and the others are kept aside like damaged ones. */
static void refuse_overlaps(found_list *list)
{
    if (list->n_segments < 2) {
        return;
    }
    qsort(list->segments, list->n_segments, sizeof *list->segments, compare_newest_first);
    for (size_t i = 0; i < list->n_segments; i++) {
        found_segment *found = &list->segments[i];
        for (size_t j = 0; j < i && found->line.n_bytes > 0; j++) {
            const found_segment *newer = &list->segments[j];
            bool apart = found->end_serial <= newer->first_serial ||
                         newer->end_serial <= found->first_serial;
            if (newer->line.n_bytes > 0 && !apart) {
                found->line = (sr_manifest_segment){.number = found->line.number};
                found->first_serial = 0;
                found->end_serial = 0;
            }
        }
    }
    qsort(list->segments, list->n_segments, sizeof *list->segments, compare_serials);
}

/* ------------------------------------------------------------ parameters */

static bool params_fit(const sr_manifest *manifest, uint64_t digest)
{
    return sr_params_check(&manifest->params, NULL) == SR_OK &&
           sr_manifest_digest(manifest) == digest;
}

static bool seek_bands(uint64_t digest, sr_manifest *manifest)
{
    enum { MAX_BANDS = 128 };
    sr_params *params = &manifest->params;
    for (params->bands = 1; params->bands <= MAX_BANDS; params->bands++) {
        for (params->rows = 1; params->rows * params->bands <= params->n_values; params->rows++) {
            if (params_fit(manifest, digest)) {
                return true;
            }
        }
    }
    return false;
}

/* Every shape of signature that `init` can be asked for, with the seed of this program. */
static bool seek_params(uint64_t digest, sr_manifest *manifest)
{
    enum { MAX_SHINGLE = 16 };
    sr_params *params = &manifest->params;
    sr_params_init(params);
    for (params->n_values = 128; params->n_values <= 256; params->n_values *= 2) {
        for (params->shingle_words = 1; params->shingle_words <= MAX_SHINGLE;
             params->shingle_words++) {
            if (seek_bands(digest, manifest)) {
                return true;
            }
        }
    }
    return false;
}

/* The same by the program that the store was made with: this one, or an older one. */
static bool seek_versions(uint64_t digest, sr_manifest *manifest)
{
    for (int normaliser = SR_NORMALISER_VERSION; normaliser >= 0; normaliser--) {
        for (int hash = SR_HASH_VERSION; hash >= 0; hash--) {
            manifest->normaliser = (uint32_t)normaliser;
            manifest->hash = (uint32_t)hash;
            if (seek_params(digest, manifest)) {
                return true;
            }
        }
    }
    return false;
}

static bool find_params(sr_str old, uint64_t digest, sr_manifest *manifest)
{
    enum { OLD_HEAD_BYTES = 76 };
    if (old.n_bytes >= OLD_HEAD_BYTES) {
        const uint8_t *bytes = (const uint8_t *)old.data;
        manifest->normaliser = sr_load_u32(bytes + 44);
        manifest->hash = sr_load_u32(bytes + 48);
        manifest->params = (sr_params){.seed = sr_load_u64(bytes + 56),
                                       .n_values = sr_load_u32(bytes + 52),
                                       .shingle_words = sr_load_u32(bytes + 64),
                                       .bands = sr_load_u32(bytes + 68),
                                       .rows = sr_load_u32(bytes + 72)};
        if (manifest->normaliser <= SR_NORMALISER_VERSION && manifest->hash <= SR_HASH_VERSION &&
            params_fit(manifest, digest)) {
            return true;
        }
    }
    return seek_versions(digest, manifest);
}

/* ------------------------------------------------------------ the whole */

static sr_status fill_manifest(const char *dir, sr_str old, const found_list *list,
                               sr_manifest *manifest, sr_error *error)
{
    const found_segment *witness = NULL;
    bool has_articles = false;
    bool has_text = false;
    for (size_t i = 0; i < list->n_segments; i++) {
        const found_segment *found = &list->segments[i];
        witness = found->line.n_bytes > 0 ? found : witness;
        has_articles = has_articles || found->line.doc_count > 0;
        has_text = has_text || found->has_text;
    }
    if (!witness || !find_params(old, witness->digest, manifest)) {
        return sr_error_set(error, SR_ERR_CORRUPT, dir, 0,
                            witness
                                ? "MANIFEST is damaged, and the parameters of the signatures are "
                                  "not those of any store that this program makes: the store can't "
                                  "be repaired without them"
                                : "MANIFEST is damaged and no segment has a sound header: nothing "
                                  "can be repaired");
    }
    void *segments = NULL;
    SR_TRY(sr_array_reserve(&segments, &manifest->capacity, list->n_segments + 1,
                            sizeof *manifest->segments));
    manifest->segments = segments;
    manifest->next_serial = 1;
    for (size_t i = 0; i < list->n_segments; i++) {
        const found_segment *found = &list->segments[i];
        manifest->segments[manifest->n_segments++] = found->line;
        if (found->line.number >= manifest->next_segment) {
            manifest->next_segment = found->line.number + 1;
        }
        if (found->end_serial > manifest->next_serial) {
            manifest->next_serial = found->end_serial;
        }
        manifest->n_flushed_bytes += found->line.n_bytes;
    }
    /* Each commit brings a segment, so that its number is never above theirs. */
    manifest->commit = manifest->next_segment - 1;
    manifest->dedup_only =
        has_articles ? !has_text : old.n_bytes > 40 && ((unsigned char)old.data[40] & 1);
    return SR_OK;
}

sr_status sr_manifest_rebuild(const char *dir, sr_str old, sr_manifest *manifest, sr_error *error)
{
    found_list list = {0};
    sr_manifest rebuilt = {0};
    sr_status status = find_segments(dir, &list, error);
    if (status == SR_OK && list.n_segments > SR_MANIFEST_MAX_SEGMENTS) {
        status = sr_error_set(error, SR_ERR_LIMIT, dir, 0, "too many segments");
    }
    if (status == SR_OK) {
        refuse_overlaps(&list);
        status = fill_manifest(dir, old, &list, &rebuilt, error);
    }
    free(list.segments);
    if (status != SR_OK) {
        sr_manifest_release(&rebuilt);
        return status;
    }
    *manifest = rebuilt;
    return SR_OK;
}
