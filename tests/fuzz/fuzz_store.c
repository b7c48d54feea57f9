/* fuzz_store.c — a store with changed bytes. The input is a list of changes to a small sound store:
 * byte 0 says whether checksums are made right again afterwards; then, five bytes each, a file, a
 * place and a value.
 *
 * Without new checksums every change is found by sr_store_check. With them a store may lie about
 * anything; then nothing may crash, and what is read is a value or SR_ERR_CORRUPT. */
#include "fuzz/fuzz.h"

#include "base/file.h"
#include "index/term_weight.h"
#include "store/format.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { N_ARTICLES = 8, EDIT_BYTES = 5, SUM_BYTES = 8, MANIFEST_HEAD_BYTES = 112 };

typedef struct image {
    const char *name;
    char path[128];
    sr_buffer sound;
    uint8_t *bytes; /* with the changes */
} image;

static char dir[64] = "/tmp/fuzz_store.XXXXXX";
static image images[] = {{.name = "MANIFEST"}, {.name = "seg-0000000000000001.seg"}};

/* Every file of the store: a repair makes new ones. */
static void empty_store(const char *path)
{
    DIR *entries = opendir(path);
    for (const struct dirent *entry = entries ? readdir(entries) : NULL; entry;
         entry = readdir(entries)) {
        if (entry->d_name[0] != '.') {
            unlinkat(dirfd(entries), entry->d_name, 0);
        }
    }
    if (entries) {
        closedir(entries);
    }
}

static void remove_store(void)
{
    char path[128];
    snprintf(path, sizeof path, "%s/store", dir);
    empty_store(path);
    rmdir(path);
    rmdir(dir);
}

static void fill_store(sr_store *store)
{
    for (uint32_t i = 0; i < N_ARTICLES; i++) {
        char id[16];
        char text[256];
        snprintf(id, sizeof id, "a%u", i);
        snprintf(text, sizeof text,
                 "The harbour bridge number %u was closed on Monday after a barge struck its "
                 "northern pier, the city said. Ferry %u runs instead.",
                 i, i / 2);
        const sr_article article = {.id = sr_str_of(id),
                                    .title = sr_str_of("Bridge closed"),
                                    .text = sr_str_of(text),
                                    .published_s = (int64_t)i * 3600};
        FUZZ_CHECK(sr_store_add_articles(store, &article, 1, NULL, NULL) == SR_OK);
    }
}

static void make_store(void)
{
    FUZZ_CHECK(mkdtemp(dir) && atexit(remove_store) == 0);
    char path[80];
    snprintf(path, sizeof path, "%s/store", dir);
    sr_params params;
    sr_params_init(&params);
    FUZZ_CHECK(sr_store_init(path, &params, false, NULL) == SR_OK);
    sr_store *store = NULL;
    uint64_t commit = 0;
    FUZZ_CHECK(sr_store_open(path, SR_STORE_WRITE, NULL, &store, NULL) == SR_OK);
    fill_store(store);
    FUZZ_CHECK(sr_store_commit(store, &commit, NULL) == SR_OK);
    sr_store_close(store);
    for (size_t i = 0; i < SR_ARRAY_COUNT(images); i++) {
        snprintf(images[i].path, sizeof images[i].path, "%s/%s", path, images[i].name);
        sr_buffer_init(&images[i].sound, SR_BUFFER_NO_LIMIT);
        FUZZ_CHECK(sr_file_read_all(images[i].path, &images[i].sound, NULL) == SR_OK);
        images[i].bytes = malloc(images[i].sound.n_bytes);
        FUZZ_CHECK(images[i].bytes);
    }
}

/* Block sums of the segment, its header, and the MANIFEST that names it (FORMAT.md §3, §4). */
static void seal(uint8_t *manifest, size_t n_manifest, uint8_t *segment, size_t n_segment)
{
    size_t n_blocks = (n_segment - SR_BLOCK_BYTES) / SR_BLOCK_BYTES + 1;
    size_t checks = n_segment - n_blocks * SUM_BYTES;
    for (size_t at = SR_BLOCK_BYTES; at < checks; at += SR_BLOCK_BYTES) {
        size_t n = checks - at < SR_BLOCK_BYTES ? checks - at : SR_BLOCK_BYTES;
        sr_store_u64(segment + checks + (at / SR_BLOCK_BYTES - 1) * SUM_BYTES,
                     sr_hash_bytes(segment + at, n, 0));
    }
    sr_store_u64(segment + 56, sr_hash_bytes(segment + checks, n_segment - checks, 0));
    uint64_t header_sum = sr_hash_bytes(segment, SR_BLOCK_BYTES - SUM_BYTES, 0);
    sr_store_u64(segment + SR_BLOCK_BYTES - SUM_BYTES, header_sum);
    sr_store_u64(manifest + MANIFEST_HEAD_BYTES + 16, header_sum);
    sr_store_u64(manifest + n_manifest - SUM_BYTES,
                 sr_hash_bytes(manifest, n_manifest - SUM_BYTES, 0));
}

/* The changed files on disk; tells whether any byte differs. */
static bool write_changed(const uint8_t *data, size_t n_bytes, bool sealed)
{
    for (size_t i = 0; i < SR_ARRAY_COUNT(images); i++) {
        memcpy(images[i].bytes, images[i].sound.data, images[i].sound.n_bytes);
    }
    for (size_t at = 0; at + EDIT_BYTES <= n_bytes; at += EDIT_BYTES) {
        image *changed = &images[data[at] % SR_ARRAY_COUNT(images)];
        size_t place = data[at + 1] | (size_t)data[at + 2] << 8 | (size_t)data[at + 3] << 16;
        changed->bytes[place % changed->sound.n_bytes] = data[at + 4];
    }
    if (sealed) {
        seal(images[0].bytes, images[0].sound.n_bytes, images[1].bytes, images[1].sound.n_bytes);
    }
    bool differs = false;
    for (size_t i = 0; i < SR_ARRAY_COUNT(images); i++) {
        differs = differs || memcmp(images[i].bytes, images[i].sound.data, images[i].sound.n_bytes);
        int fd = open(images[i].path, O_WRONLY | O_CREAT, 0600);
        FUZZ_CHECK(fd >= 0);
        FUZZ_CHECK(sr_file_write(fd, images[i].path, images[i].bytes, images[i].sound.n_bytes,
                                 NULL) == SR_OK);
        close(fd);
    }
    return differs;
}

static void check_status(sr_status status)
{
    FUZZ_CHECK(status == SR_OK || status == SR_ERR_CORRUPT || status == SR_ERR_VERSION ||
               status == SR_ERR_NOT_FOUND || status == SR_ERR_UNSUPPORTED); /* dedup-only */
}

static void read_article(const sr_snapshot *snapshot, sr_doc doc, sr_buffer *value)
{
    for (sr_field field = 0; field < SR_FIELD_COUNT; field++) {
        check_status(sr_snapshot_read_field(snapshot, doc, field, value, NULL));
    }
    const sr_segment *segment = sr_snapshot_segment(snapshot, doc.segment);
    sr_stored_term terms[SR_TERMS_STORED];
    size_t n_terms = 0;
    check_status(sr_segment_terms(segment, doc.ordinal, terms, &n_terms));
    sr_posting *postings = NULL;
    size_t n_postings = 0;
    size_t capacity = 0;
    for (size_t i = 0; i < n_terms; i++) {
        check_status(
            sr_segment_postings(segment, terms[i].hash, &postings, &n_postings, &capacity));
    }
    free(postings);
}

static void read_store(const char *path)
{
    sr_snapshot *snapshot = NULL;
    sr_status status = sr_snapshot_open(path, &snapshot, NULL);
    check_status(status);
    if (status != SR_OK) {
        return;
    }
    sr_buffer value;
    sr_buffer_init(&value, SR_BUFFER_NO_LIMIT);
    for (uint32_t s = 0; s < sr_snapshot_segment_count(snapshot); s++) {
        uint32_t n_docs = sr_segment_doc_count(sr_snapshot_segment(snapshot, s));
        for (uint32_t i = 0; i < n_docs; i++) {
            read_article(snapshot, (sr_doc){.segment = s, .ordinal = i}, &value);
        }
    }
    sr_buffer_release(&value);
    sr_snapshot_close(snapshot);
}

static void ask_for_related(const char *path)
{
    sr_store *store = NULL;
    if (sr_store_open(path, SR_STORE_READ, NULL, &store, NULL) != SR_OK) {
        return;
    }
    sr_related_options options;
    sr_related_options_init(&options);
    const sr_query query = {.id = "a3"};
    sr_boxes *boxes = NULL;
    check_status(sr_related(store, &query, 1, &options, &boxes, NULL));
    sr_boxes_free(boxes);
    sr_store_close(store);
}

/* A repair that succeeds leaves a sound store, whatever the files said. */
static void repair(const char *path)
{
    sr_repair_summary summary;
    sr_status status = sr_store_repair(path, SR_STORE_WRITE_NO_WAIT, NULL, &summary, NULL);
    check_status(status);
    FUZZ_CHECK(status != SR_OK || sr_store_check(path, NULL, NULL) == SR_OK);
    empty_store(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    if (!images[0].bytes) {
        make_store();
    }
    if (n_bytes == 0) {
        return 0;
    }
    bool sealed = data[0] & 1;
    bool differs = write_changed(data + 1, n_bytes - 1, sealed);
    char path[80];
    snprintf(path, sizeof path, "%s/store", dir);
    sr_status status = sr_store_check(path, NULL, NULL);
    check_status(status);
    FUZZ_CHECK(sealed || differs == (status != SR_OK));
    read_store(path);
    ask_for_related(path);
    repair(path);
    return 0;
}
