/* test_store_damage.c — every flipped byte of a small store is found and named, nothing damaged in
 * a cold column is returned as data, and a store that lies with right checksums crashes nobody. */
#include "store_fixture.h"

#include "index/term_weight.h"
#include "store/format.h"
#include "store/manifest.h"
#include "store/snapshot.h"

#include <fcntl.h>

enum { N = 6 };

typedef struct image {
    char *path;
    const char *name;
    uint8_t *bytes;
    size_t n_bytes;
    int fd;
} image;

static void image_load(image *loaded, const char *dir, const char *name)
{
    *loaded = (image){.path = sr_path_join(dir, name), .name = name};
    assert_non_null(loaded->path);
    sr_buffer bytes;
    sr_buffer_init(&bytes, SR_BUFFER_NO_LIMIT);
    assert_ok(sr_file_read_all(loaded->path, &bytes, NULL));
    loaded->bytes = (uint8_t *)bytes.data;
    loaded->n_bytes = bytes.n_bytes;
    loaded->fd = open(loaded->path, O_RDWR);
    assert_true(loaded->fd >= 0);
}

static void image_release(image *loaded)
{
    close(loaded->fd);
    free(loaded->bytes);
    free(loaded->path);
}

static void image_put(const image *to, size_t offset, const void *bytes, size_t n_bytes)
{
    assert_int_equal(pwrite(to->fd, bytes, n_bytes, (off_t)offset), n_bytes);
}

/* ------------------------------------------------------------ reading whatever is there */

typedef struct truth {
    sr_buffer fields[N][SR_FIELD_COUNT];
    uint64_t sum; /* of the witness over the sound store */
} truth;

/* All that was read, as one number, and whether any reading failed. */
typedef struct witness {
    uint64_t sum;
    bool has_failed;
} witness;

static void see(witness *seen, uint64_t value)
{
    seen->sum = sr_mix64(seen->sum ^ value) + 1;
}

static void check_read(witness *seen, sr_status status)
{
    assert_true(status == SR_OK || status == SR_ERR_CORRUPT || status == SR_ERR_NOT_FOUND);
    seen->has_failed |= status == SR_ERR_CORRUPT;
}

/* Everything that an article has; what comes back from a cold column is what was put in. */
static void read_article(const sr_snapshot *snapshot, sr_doc doc, const truth *expected,
                         sr_buffer *value, witness *seen)
{
    const sr_segment *segment = sr_snapshot_segment(snapshot, doc.segment);
    for (sr_field field = 0; field < SR_FIELD_COUNT; field++) {
        sr_status status = sr_snapshot_read_field(snapshot, doc, field, value, NULL);
        check_read(seen, status);
        if (status == SR_OK && expected && doc.segment == 0) {
            assert_true(sr_str_equal(sr_buffer_view(value),
                                     sr_buffer_view(&expected->fields[doc.ordinal][field])));
        }
    }
    sr_doc_facts facts;
    sr_segment_facts(segment, doc.ordinal, &facts);
    see(seen, sr_hash_bytes(&facts, offsetof(sr_doc_facts, language), 0) + facts.language);
    see(seen, sr_snapshot_is_live(snapshot, doc));
    uint64_t serial = sr_snapshot_serial(snapshot, doc);
    sr_doc same = {0};
    see(seen, serial);
    see(seen, sr_snapshot_find_serial(snapshot, serial, &same));
    sr_params params;
    sr_params_init(&params);
    sr_signature signature = {.n_words = 1};
    memcpy(signature.values, sr_segment_values(segment, doc.ordinal), params.n_values * 2);
    sr_doc *docs = NULL;
    size_t n_docs = 0;
    size_t capacity = 0;
    check_read(seen, sr_snapshot_find_content(snapshot, facts.content, &docs, &n_docs, &capacity));
    uint32_t keys[128] = {0};
    assert_true(sr_signature_band_keys(&params, &signature, keys));
    check_read(seen, sr_snapshot_find_bands(snapshot, keys, 10, &docs, &n_docs, &capacity));
    for (size_t i = 0; i < n_docs; i++) {
        see(seen, (uint64_t)docs[i].segment << 32 | docs[i].ordinal);
        assert_true(sr_snapshot_is_live(snapshot, docs[i]));
    }
    free(docs);
    sr_neighbour neighbours[SR_NEIGHBOURS];
    size_t n_neighbours = 0;
    check_read(seen,
               sr_snapshot_neighbours(snapshot, doc, SR_NEIGHBOURS, neighbours, &n_neighbours));
    for (size_t i = 0; i < n_neighbours; i++) {
        see(seen, (uint64_t)neighbours[i].doc.segment << 32 | neighbours[i].doc.ordinal);
        see(seen, neighbours[i].similarity * 256U + neighbours[i].closeness);
    }
}

static void read_terms(const sr_snapshot *snapshot, sr_doc doc, witness *seen)
{
    const sr_segment *segment = sr_snapshot_segment(snapshot, doc.segment);
    sr_stored_term terms[SR_TERMS_STORED];
    size_t n_terms = 0;
    check_read(seen, sr_segment_terms(segment, doc.ordinal, terms, &n_terms));
    sr_posting *postings = NULL;
    size_t capacity = 0;
    for (size_t t = 0; t < n_terms; t++) {
        size_t n_postings = 0;
        see(seen, terms[t].hash + terms[t].tf2);
        check_read(seen,
                   sr_segment_postings(segment, terms[t].hash, &postings, &n_postings, &capacity));
        for (size_t p = 0; p < n_postings; p++) {
            see(seen, (uint64_t)postings[p].ordinal << 8 | postings[p].tf2);
            assert_true(postings[p].ordinal < sr_segment_doc_count(segment));
        }
        uint64_t df = sr_snapshot_df(snapshot, terms[t].hash);
        see(seen, df);
        assert_true(df <= 4 * N);
    }
    free(postings);
}

/* A store that opens and finds no damage in what it read gives what was put in. */
static void read_everything(const char *dir, const truth *expected, witness *seen)
{
    sr_snapshot *snapshot = NULL;
    sr_error error = {0};
    sr_status status = sr_snapshot_open(dir, &snapshot, &error);
    *seen = (witness){.has_failed = status != SR_OK};
    if (status != SR_OK) {
        assert_int_equal(status, error.status);
        assert_true(status == SR_ERR_CORRUPT || status == SR_ERR_VERSION);
        assert_true(error.file[0] && error.text[0]);
        return;
    }
    sr_buffer value;
    sr_buffer_init(&value, SR_BUFFER_NO_LIMIT);
    for (uint32_t s = 0; s < sr_snapshot_segment_count(snapshot); s++) {
        for (uint32_t i = 0; i < sr_segment_doc_count(sr_snapshot_segment(snapshot, s)); i++) {
            sr_doc doc = {.segment = s, .ordinal = i};
            read_article(snapshot, doc, expected, &value, seen);
            read_terms(snapshot, doc, seen);
        }
    }
    for (uint32_t i = 0; i < N; i++) {
        char id[64];
        snprintf(id, sizeof id, "article-%u", i);
        bool found = false;
        sr_doc doc = {0};
        check_read(seen, sr_snapshot_find_id(snapshot, sr_str_of(id), &found, &doc));
        see(seen, found ? (uint64_t)doc.segment << 32 | doc.ordinal : UINT64_MAX);
    }
    status = sr_snapshot_damage(snapshot, &error);
    check_read(seen, status);
    assert_true(status == SR_OK || (error.file[0] && error.text[0]));
    sr_buffer_release(&value);
    sr_snapshot_close(snapshot);
}

/* ------------------------------------------------------------ the store under test */

/* Articles 0 … N−1 in a first segment; a second replaces two of them and removes one. */
static void make_store(const char *dir)
{
    fixture_fill(dir, false, N);
    sr_writer *writer = fixture_writer(dir);
    for (uint32_t i = 3; i < 6; i++) {
        char id[64];
        snprintf(id, sizeof id, "article-%u", i);
        bool found = false;
        sr_doc doc;
        assert_ok(sr_snapshot_find_id(sr_writer_snapshot(writer), sr_str_of(id), &found, &doc));
        assert_true(found);
        assert_ok(sr_writer_remove(writer, doc, NULL));
        if (i < 5) {
            fixture_add(writer, i, 2);
        }
    }
    fixture_commit(writer);
    sr_writer_close(writer);
}

static void truth_load(truth *expected, const char *dir)
{
    sr_snapshot *snapshot = fixture_open(dir);
    for (uint32_t i = 0; i < N; i++) {
        for (sr_field field = 0; field < SR_FIELD_COUNT; field++) {
            sr_buffer *value = &expected->fields[i][field];
            sr_buffer_init(value, SR_BUFFER_NO_LIMIT);
            assert_ok(sr_snapshot_read_field(snapshot, (sr_doc){.ordinal = i}, field, value, NULL));
        }
    }
    sr_snapshot_close(snapshot);
    witness seen;
    read_everything(dir, expected, &seen);
    assert_false(seen.has_failed);
    expected->sum = seen.sum;
}

static void truth_release(truth *expected)
{
    for (uint32_t i = 0; i < N; i++) {
        for (sr_field field = 0; field < SR_FIELD_COUNT; field++) {
            sr_buffer_release(&expected->fields[i][field]);
        }
    }
}

/* ------------------------------------------------------------ flips */

typedef struct hearing {
    const char *name; /* each message must begin with it */
    size_t n_messages;
} hearing;

static void hear(void *context, sr_message_level level, const char *text)
{
    hearing *heard = context;
    assert_int_equal(level, SR_MESSAGE_WARNING);
    if (heard->name) {
        assert_memory_equal(text, heard->name, strlen(heard->name));
    }
    heard->n_messages++;
}

/* Is a flipped bit told of? What it changed may not be returned as data, told of or not. */
static bool is_flip_found(const char *dir, const image *file, size_t offset, uint8_t mask,
                          const truth *expected, bool read_too)
{
    uint8_t flipped = file->bytes[offset] ^ mask;
    image_put(file, offset, &flipped, 1);
    hearing heard = {.name = file->name};
    sr_observer observer = {.context = &heard, .message = hear};
    sr_status status = sr_store_verify(dir, &observer, NULL);
    bool found = status == SR_ERR_CORRUPT && heard.n_messages > 0;
    if (!found) {
        print_message("%s: byte %zu ^ %02x was not found: %s\n", file->name, offset, mask,
                      sr_status_name(status));
    }
    if (read_too) {
        witness seen;
        read_everything(dir, expected, &seen);
        if (!seen.has_failed && seen.sum != expected->sum) {
            fail_msg("%s: byte %zu ^ %02x was returned as data", file->name, offset, mask);
        }
    }
    image_put(file, offset, &file->bytes[offset], 1);
    return found;
}

/* A lie there would give one article's text to another: always read. */
static bool in_frame_table(const image *file, size_t offset)
{
    for (uint32_t i = 0; file->name[0] == 's' && i < sr_load_u32(file->bytes + 68); i++) {
        const uint8_t *entry = file->bytes + 128 + (size_t)i * 24;
        uint64_t first = sr_load_u64(entry + 8);
        if (sr_load_u32(entry) >= SR_SECTION_COLD_FRAMES && offset >= first &&
            offset - first < sr_load_u64(entry + 16)) {
            return true;
        }
    }
    return false;
}

static void test_flips(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    make_store(dir);
    assert_ok(sr_store_verify(dir, NULL, NULL));
    truth *expected = calloc(1, sizeof *expected);
    assert_non_null(expected);
    truth_load(expected, dir);
    const char *const names[] = {"MANIFEST", "seg-0000000000000001.seg",
                                 "seg-0000000000000002.seg"};
    /* Quick: bit 0 of every byte (in frame tables all bits), and after some of them everything is
     * read. SR_TEST_FULL: every bit, and everything is read after one of each byte.
     */
    bool full = getenv("SR_TEST_FULL") != NULL;
    size_t n_flipped = 0;
    size_t n_found = 0;
    for (size_t f = 0; f < SR_ARRAY_COUNT(names); f++) {
        image file;
        image_load(&file, dir, names[f]);
        for (size_t i = 0; i < file.n_bytes; i++) {
            bool table = in_frame_table(&file, i);
            for (unsigned bit = 0; bit < (table || full ? 8 : 1); bit++) {
                bool read_too = table || (full ? bit == i / 8 % 8 : i % 8 == 0);
                n_flipped++;
                n_found += is_flip_found(dir, &file, i, (uint8_t)(1U << bit), expected, read_too);
            }
        }
        image_release(&file);
    }
    assert_ok(sr_store_verify(dir, NULL, NULL));
    print_message("%zu bits flipped, %zu found\n", n_flipped, n_found);
    assert_int_equal(n_found, n_flipped);
    truth_release(expected);
    free(expected);
    fixture_remove_directory(dir);
}

/* A file that is cut or has grown is found too. */
static void test_sizes(void **state)
{
    (void)state;
    char *dir = fixture_directory();
    make_store(dir);
    const char *const names[] = {"MANIFEST", "seg-0000000000000001.seg"};
    for (size_t f = 0; f < SR_ARRAY_COUNT(names); f++) {
        image file;
        image_load(&file, dir, names[f]);
        const size_t sizes[] = {0, 1, 100, 4095, 4096, file.n_bytes - 1, file.n_bytes + 1};
        for (size_t i = 0; i < SR_ARRAY_COUNT(sizes); i++) {
            assert_int_equal(ftruncate(file.fd, (off_t)sizes[i]), 0);
            hearing heard = {.name = file.name};
            sr_observer observer = {.context = &heard, .message = hear};
            assert_int_equal(sr_store_verify(dir, &observer, NULL), SR_ERR_CORRUPT);
            assert_true(heard.n_messages > 0);
            witness seen;
            read_everything(dir, NULL, &seen);
            assert_int_equal(ftruncate(file.fd, (off_t)file.n_bytes), 0);
            image_put(&file, 0, file.bytes, file.n_bytes);
        }
        image_release(&file);
    }
    assert_ok(sr_store_verify(dir, NULL, NULL));
    char *missing = sr_path_join(dir, "seg-0000000000000001.seg");
    assert_int_equal(unlink(missing), 0);
    free(missing);
    assert_int_equal(sr_store_verify(dir, NULL, NULL), SR_ERR_CORRUPT);
    sr_snapshot *snapshot = NULL;
    sr_error error = {0};
    assert_int_equal(sr_snapshot_open(dir, &snapshot, &error), SR_ERR_CORRUPT);
    assert_non_null(strstr(error.file, "seg-0000000000000001.seg"));
    fixture_remove_directory(dir);
}

/* ------------------------------------------------------------ lies with right checksums */

/* FORMAT.md §4 and §5.6 once more, by hand: the sums of frames, blocks and header, and of MANIFEST.
 */
static void seal_frames(uint8_t *bytes, size_t n_bytes)
{
    uint64_t offsets[SR_SECTION_LIMIT] = {0};
    uint64_t sizes[SR_SECTION_LIMIT] = {0};
    uint32_t n_sections = sr_load_u32(bytes + 68);
    for (uint32_t i = 0; i < n_sections && i < 96; i++) {
        const uint8_t *entry = bytes + 128 + (size_t)i * 24;
        uint32_t type = sr_load_u32(entry);
        uint64_t offset = sr_load_u64(entry + 8);
        uint64_t size = sr_load_u64(entry + 16);
        if (type < SR_SECTION_LIMIT && offset <= n_bytes && size <= n_bytes - offset) {
            offsets[type] = offset;
            sizes[type] = size;
        }
    }
    for (uint32_t field = 0; field < SR_FIELD_COUNT; field++) {
        uint32_t table = SR_SECTION_COLD_FRAMES + field;
        uint32_t data = SR_SECTION_COLD_DATA + field;
        for (uint64_t i = 0; i + 32 <= sizes[table]; i += 32) {
            uint8_t *entry = bytes + offsets[table] + i;
            uint64_t offset = sr_load_u64(entry);
            uint64_t size = sr_load_u32(entry + 8);
            if (offset <= sizes[data] && size <= sizes[data] - offset) {
                uint64_t seed = sr_hash_bytes(entry, 24, 0);
                sr_store_u64(entry + 24, sr_hash_bytes(bytes + offsets[data] + offset, size, seed));
            }
        }
    }
}

static void seal_segment(uint8_t *bytes, size_t n_bytes, size_t checks)
{
    seal_frames(bytes, n_bytes);
    for (size_t at = SR_BLOCK_BYTES; at < checks; at += SR_BLOCK_BYTES) {
        size_t n = checks - at < SR_BLOCK_BYTES ? checks - at : SR_BLOCK_BYTES;
        sr_store_u64(bytes + checks + (at / SR_BLOCK_BYTES - 1) * 8,
                     sr_hash_bytes(bytes + at, n, 0));
    }
    sr_store_u64(bytes + 56, sr_hash_bytes(bytes + checks, n_bytes - checks, 0));
    sr_store_u64(bytes + SR_BLOCK_BYTES - 8, sr_hash_bytes(bytes, SR_BLOCK_BYTES - 8, 0));
}

static void seal_manifest(uint8_t *bytes, size_t n_bytes)
{
    sr_store_u64(bytes + n_bytes - 8, sr_hash_bytes(bytes, n_bytes - 8, 0));
}

static void mutate(uint8_t *bytes, size_t first, size_t last, uint64_t *random)
{
    static const uint8_t EDGES[] = {0, 1, 0x7f, 0x80, 0xff};
    size_t n_changes = 1 + fixture_random(random) % 3;
    for (size_t i = 0; i < n_changes; i++) {
        size_t at = first + fixture_random(random) % (last - first);
        uint64_t choice = fixture_random(random);
        uint8_t any = (uint8_t)(choice >> 32);
        bytes[at] = choice % 2 ? EDGES[any % SR_ARRAY_COUNT(EDGES)] : any;
        for (size_t j = 1; choice % 8 == 7 && j < 8 && at + j < last; j++) {
            bytes[at + j] = bytes[at];
        }
    }
}

static void check_lie(const char *dir)
{
    sr_status status = sr_store_verify(dir, NULL, NULL);
    assert_true(status == SR_OK || status == SR_ERR_CORRUPT || status == SR_ERR_VERSION);
    witness seen;
    read_everything(dir, NULL, &seen);
}

static void test_lies(void **state)
{
    (void)state;
    enum { MANIFEST_LINE_SUM = 96 + 16 };
    size_t n_rounds = getenv("SR_TEST_FULL") ? 60000 : 1000;
    char *dir = fixture_directory();
    make_store(dir);
    image manifest;
    image segments[2];
    image_load(&manifest, dir, "MANIFEST");
    image_load(&segments[0], dir, "seg-0000000000000001.seg");
    image_load(&segments[1], dir, "seg-0000000000000002.seg");
    uint64_t random = 2;
    for (size_t round = 0; round < n_rounds; round++) {
        size_t s = fixture_random(&random) % 4 == 0;
        const image *file = &segments[s];
        uint8_t *bytes = malloc(file->n_bytes);
        uint8_t *lines = malloc(manifest.n_bytes);
        assert_true(bytes && lines);
        memcpy(bytes, file->bytes, file->n_bytes);
        memcpy(lines, manifest.bytes, manifest.n_bytes);
        size_t checks = file->n_bytes - 8 * ((file->n_bytes - 4096) / 4104 + 1);
        while (sr_load_u64(file->bytes + 56) !=
               sr_hash_bytes(file->bytes + checks, file->n_bytes - checks, 0)) {
            checks += 8;
            assert_true(checks < file->n_bytes);
        }
        uint64_t where = fixture_random(&random) % 8;
        if (where == 0) {
            mutate(lines, 8, manifest.n_bytes - 8, &random);
        } else if (where == 1) { /* the header and its table */
            mutate(bytes, 8, 128 + 24 * 30, &random);
        } else { /* the columns */
            mutate(bytes, SR_BLOCK_BYTES, checks, &random);
        }
        seal_segment(bytes, file->n_bytes, checks);
        if (where != 0) {
            sr_store_u64(lines + MANIFEST_LINE_SUM + 40 * s,
                         sr_load_u64(bytes + SR_BLOCK_BYTES - 8));
        }
        seal_manifest(lines, manifest.n_bytes);
        image_put(&manifest, 0, lines, manifest.n_bytes);
        image_put(file, 0, bytes, file->n_bytes);
        check_lie(dir);
        image_put(&manifest, 0, manifest.bytes, manifest.n_bytes);
        image_put(file, 0, file->bytes, file->n_bytes);
        free(bytes);
        free(lines);
    }
    assert_ok(sr_store_verify(dir, NULL, NULL));
    image_release(&manifest);
    image_release(&segments[0]);
    image_release(&segments[1]);
    fixture_remove_directory(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flips),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_lies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
