/* test_segment_lookup.c — finding a hash among sorted ones, evenly spread or not, equals a walk; so
 * does finding a key of a band. */
#include "store_fixture.h"

#include "store/segment.h"

enum { MAX_HASHES = 300, ROUNDS = 2000, SEEKS = 40, SPREADS = 4 };

static int compare_hashes(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Even; only low; with many equal ones; only high. */
static uint64_t spread(uint64_t random, size_t kind)
{
    const uint64_t values[SPREADS] = {random, random >> 40, random % 50, ~(random % 1000)};
    return values[kind];
}

static void seek_equals_a_walk(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (size_t round = 0; round < ROUNDS; round++) {
        uint64_t hashes[MAX_HASHES];
        size_t n = 1 + round % MAX_HASHES;
        size_t kind = round % SPREADS;
        for (size_t i = 0; i < n; i++) {
            random = sr_mix64(random + 1);
            hashes[i] = spread(random, kind);
        }
        qsort(hashes, n, sizeof *hashes, compare_hashes);
        for (size_t q = 0; q < SEEKS; q++) {
            random = sr_mix64(random + 3);
            uint64_t wanted =
                q % 2 ? hashes[random % n] + (random >> 20) % 3 - 1 : spread(random, kind);
            size_t from = q % 5 ? 0 : random % n;
            size_t expected = from;
            while (expected < n && hashes[expected] < wanted) {
                expected++;
            }
            assert_int_equal(sr_hash_seek(hashes, n, from, wanted), expected);
        }
    }
    assert_int_equal(sr_hash_seek(NULL, 0, 0, 5), 0);
}

enum { BAND_DOCS = 3000 };

static void read_all(const char *path, sr_buffer *bytes)
{
    sr_buffer_init(bytes, SR_BUFFER_NO_LIMIT);
    assert_ok(sr_file_read_all(path, bytes, NULL));
}

/* Two bands as a file has them: the second of these keys; returns where it begins. */
static size_t write_bands(const char *dir, const char *path, const uint64_t *keys, size_t n)
{
    sr_segment_file *file = NULL;
    sr_band_writer writer;
    assert_ok(sr_segment_file_create(path, &file, NULL));
    assert_ok(sr_segment_file_begin(file, SR_SECTION_BANDS, SR_SECTION_MUST_UNDERSTAND, NULL));
    assert_ok(sr_band_writer_init(&writer, file, dir, n, BAND_DOCS, NULL));
    for (int band = 0; band < 2; band++) {
        for (size_t i = 0; i < n; i++) {
            assert_ok(sr_band_writer_add(&writer, band ? (uint32_t)keys[i] : (uint32_t)i,
                                         (uint32_t)((i * 7) % BAND_DOCS), NULL));
        }
        assert_ok(sr_band_writer_end(&writer, NULL));
    }
    size_t n_bytes = writer.shape.n_bytes;
    sr_band_writer_release(&writer);
    uint64_t n_file;
    uint64_t sum;
    assert_ok(sr_segment_file_finish(file, &(sr_segment_head){0}, &n_file, &sum, NULL));
    sr_segment_file_close(file);
    return SR_BLOCK_BYTES + n_bytes;
}

static void check_finds(const sr_band *band, const uint64_t *sorted, uint32_t wanted)
{
    size_t n = band->shape->n_entries;
    size_t expected = 0;
    size_t first;
    size_t end;
    while (expected < n && sorted[expected] < wanted) {
        expected++;
    }
    sr_band_expect(band, wanted);
    assert_true(sr_band_find(band, wanted, &first, &end));
    if (expected == n || sorted[expected] != wanted) {
        assert_int_equal(first, end);
        return;
    }
    assert_int_equal(first, expected);
    while (expected < n && sorted[expected] == wanted) {
        assert_int_equal(sr_band_ordinal(band, expected), (expected * 7) % BAND_DOCS);
        expected++;
    }
    assert_int_equal(end, expected);
}

static void band_equals_a_walk(void **state)
{
    (void)state;
    uint64_t random = 1;
    char *dir = fixture_directory();
    char *path = sr_path_join(dir, "file");
    for (size_t round = 0; round < ROUNDS; round++) {
        uint64_t sorted[MAX_HASHES];
        size_t n = round % (MAX_HASHES + 1);
        size_t kind = round % SPREADS;
        for (size_t i = 0; i < n; i++) {
            random = sr_mix64(random + 1);
            sorted[i] = spread(random, kind) >> (kind == 0 ? 32 : 0) & UINT32_MAX;
        }
        qsort(sorted, n, sizeof *sorted, compare_hashes);
        size_t at = write_bands(dir, path, sorted, n);
        sr_buffer bytes;
        sr_band_shape shape;
        sr_band band;
        sr_band_walk walk = {0};
        read_all(path, &bytes);
        sr_band_shape_init(&shape, n, BAND_DOCS);
        sr_band_view((const uint8_t *)bytes.data + at, &shape, NULL, &band);
        assert_true(sr_band_is_sound(&band));
        for (; walk.entry < n; walk.entry++) {
            assert_int_equal(sr_band_walk_key(&band, &walk), sorted[walk.entry]);
        }
        for (size_t q = 0; q < SEEKS; q++) {
            random = sr_mix64(random + 3);
            check_finds(&band, sorted,
                        (uint32_t)(q % 2 && n ? sorted[random % n] + (random >> 20) % 3 - 1
                                              : spread(random, kind)));
        }
        sr_buffer_release(&bytes);
        unlink(path);
    }
    free(path);
    fixture_remove_directory(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seek_equals_a_walk),
        cmocka_unit_test(band_equals_a_walk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
