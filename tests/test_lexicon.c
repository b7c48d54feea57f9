/* test_lexicon.c — counted lists and the blocks of a lexicon: what is written is read again, at
 * every shape, and no byte that is changed leads astray. */
#include "store_fixture.h"

#include "store/bits.h"
#include "store/counted_list.h"
#include "store/gamma_rows.h"
#include "store/lexicon.h"

/* `n` numbers below `bound`, counts mostly small. */
static size_t make_list(uint64_t *random, size_t n, uint64_t bound, uint32_t *numbers,
                        uint32_t *counts)
{
    uint64_t at = 0;
    size_t made = 0;
    for (size_t i = 0; i < n && at < bound; i++) {
        uint64_t left = (bound - at) / (n - i);
        at += left > 1 ? fixture_random(random) % left : 0;
        numbers[made] = (uint32_t)at++;
        counts[made++] = fixture_random(random) % 8 ? 2 + (uint32_t)(fixture_random(random) % 4)
                                                    : 2 + (uint32_t)(fixture_random(random) % 254);
    }
    return made;
}

static void lists_come_back(void **state)
{
    (void)state;
    static const uint64_t BOUNDS[] = {1, 2, 3, 63, 64, 65, 1000, 65536, 1 << 20, UINT32_MAX};
    enum { MAX = 700 };
    uint32_t numbers[MAX], counts[MAX], read[MAX];
    uint8_t read_counts[MAX + SR_COUNTS_SLACK];
    uint64_t random = 3;
    sr_buffer bytes;
    sr_buffer_init(&bytes, SR_BUFFER_NO_LIMIT);
    for (size_t b = 0; b < SR_ARRAY_COUNT(BOUNDS); b++) {
        for (size_t n = 0; n <= MAX && n <= BOUNDS[b]; n += 1 + n / 3) {
            size_t made = make_list(&random, n, BOUNDS[b], numbers, counts);
            sr_buffer_clear(&bytes);
            assert_ok(sr_counted_list_put(&bytes, numbers, counts, 1, made, BOUNDS[b]));
            uint8_t *tight = malloc(bytes.n_bytes + SR_BITS_MARGIN); /* as promised */
            assert_non_null(tight);
            if (bytes.n_bytes) {
                memcpy(tight, bytes.data, bytes.n_bytes);
            }
            memset(tight + bytes.n_bytes, 0xa5, SR_BITS_MARGIN);
            assert_true(
                sr_counted_list_get(tight, bytes.n_bytes, made, BOUNDS[b], read, read_counts));
            for (size_t i = 0; i < made; i++) {
                assert_int_equal(read[i], numbers[i]);
                assert_int_equal(read_counts[i], counts[i]);
            }
            if (bytes.n_bytes > 0) { /* neither shorter nor longer */
                assert_false(sr_counted_list_get(tight, bytes.n_bytes - 1, made, BOUNDS[b], read,
                                                 read_counts));
            }
            free(tight);
        }
    }
    sr_buffer_release(&bytes);
}

/* Any bytes: refused, or a list that ascends below the bound. */
static void hostile_lists(void **state)
{
    (void)state;
    uint64_t random = 17;
    size_t n_read = 0;
    for (int i = 0; i < 200000; i++) {
        size_t n_bytes = 1 + fixture_random(&random) % 24;
        size_t n = 1 + fixture_random(&random) % 12;
        uint64_t bound = 1 + fixture_random(&random) % (i % 2 ? 40 : 100000);
        uint8_t *bytes = calloc(1, n_bytes + SR_BITS_MARGIN);
        uint32_t numbers[16];
        uint8_t counts[16 + SR_COUNTS_SLACK];
        assert_non_null(bytes);
        for (size_t j = 0; j < n_bytes; j++) {
            bytes[j] = (uint8_t)(fixture_random(&random) & fixture_random(&random));
        }
        if (sr_counted_list_get(bytes, n_bytes, n, bound, numbers, counts)) {
            n_read++;
            for (size_t j = 0; j < n; j++) {
                assert_true(numbers[j] < bound && (j == 0 || numbers[j - 1] < numbers[j]));
                assert_in_range(counts[j], 2, SR_TF2_MAX);
            }
        }
        free(bytes);
    }
    assert_true(n_read > 50);
}

/* Each row against the definition, bit by bit. */
static void gamma_rows(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        sr_gamma_row expected = {0};
        for (unsigned at = 0;;) {
            unsigned n_zeros = 0;
            while (at + n_zeros < 8 && !(byte >> (at + n_zeros) & 1)) {
                n_zeros++;
            }
            unsigned end = at + 2 * n_zeros + 1;
            if (at + n_zeros >= 8 || end > 8) {
                break;
            }
            unsigned code = 1u << n_zeros | (byte >> (at + n_zeros + 1) & ((1u << n_zeros) - 1));
            expected.counts |= (uint64_t)(code + 1) << 8 * expected.n++;
            expected.n_bits = (uint8_t)(at = end);
        }
        assert_int_equal(sr_gamma_rows[byte].counts, expected.counts);
        assert_int_equal(sr_gamma_rows[byte].n, expected.n);
        assert_int_equal(sr_gamma_rows[byte].n_bits, expected.n_bits);
    }
}

/* ------------------------------------------------------------ the lexicon */

enum { DOCS = 90, TERMS = 64 * 5 + 17 };

typedef struct made_lexicon {
    uint64_t hashes[TERMS];
    size_t dfs[TERMS];
    uint32_t firsts[TERMS];
    sr_buffer index, blocks;
} made_lexicon;

static void read_section(const char *path, const sr_segment_file *file, uint32_t type,
                         sr_buffer *out)
{
    sr_buffer all;
    sr_buffer_init(&all, SR_BUFFER_NO_LIMIT);
    assert_ok(sr_file_read_all(path, &all, NULL));
    for (uint32_t i = 0; i < file->n_sections; i++) {
        if (file->sections[i].type == type) {
            assert_ok(sr_buffer_append(out, all.data + file->sections[i].offset,
                                       (size_t)file->sections[i].n_bytes));
        }
    }
    sr_buffer_release(&all);
}

static void make_lexicon(made_lexicon *made)
{
    char *dir = fixture_directory();
    char *path = sr_path_join(dir, "file");
    sr_segment_file *file = NULL;
    sr_lexicon_writer writer;
    uint64_t random = 23;
    uint64_t hash = 0;
    sr_buffer_init(&made->index, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&made->blocks, SR_BUFFER_NO_LIMIT);
    assert_ok(sr_segment_file_create(path, &file, NULL));
    assert_ok(sr_lexicon_writer_init(&writer, file, dir, DOCS, NULL));
    for (size_t t = 0; t < TERMS; t++) {
        sr_posting postings[DOCS];
        hash = t % 7 ? sr_term_hash(hash + (fixture_random(&random) >> 10) + ((uint64_t)1 << 25))
                     : hash | 1; /* a pair right behind its single */
        hash = t && hash <= made->hashes[t - 1] ? hash + ((uint64_t)1 << 25) : hash;
        made->hashes[t] = hash;
        made->dfs[t] = t % 3 ? 1 : 2 + fixture_random(&random) % (DOCS - 1);
        made->firsts[t] = (uint32_t)(fixture_random(&random) % (DOCS - made->dfs[t] + 1));
        for (size_t i = 0; i < made->dfs[t]; i++) {
            postings[i] = (sr_posting){.ordinal = made->firsts[t] + (uint32_t)i, .tf2 = 3};
        }
        assert_ok(sr_lexicon_writer_add(&writer, hash, postings, made->dfs[t], NULL));
    }
    assert_ok(sr_lexicon_writer_finish(&writer, NULL));
    sr_lexicon_writer_release(&writer);
    uint64_t n_bytes;
    uint64_t sum;
    assert_ok(sr_segment_file_finish(file, &(sr_segment_head){0}, &n_bytes, &sum, NULL));
    read_section(path, file, SR_SECTION_LEXICON, &made->index);
    read_section(path, file, SR_SECTION_LEXICON_BLOCKS, &made->blocks);
    assert_ok(sr_buffer_reserve(&made->blocks, SR_BITS_MARGIN));
    memset(made->blocks.data + made->blocks.n_bytes, 0, SR_BITS_MARGIN);
    sr_segment_file_close(file);
    free(path);
    fixture_remove_directory(dir);
}

static void release_lexicon(made_lexicon *made)
{
    sr_buffer_release(&made->index);
    sr_buffer_release(&made->blocks);
    free(made);
}

static void terms_are_found(void **state)
{
    (void)state;
    made_lexicon *made = calloc(1, sizeof *made);
    assert_non_null(made);
    make_lexicon(made);
    sr_lexicon lexicon;
    assert_true(sr_lexicon_view(sr_buffer_view(&made->index), sr_buffer_view(&made->blocks), DOCS,
                                &lexicon));
    assert_int_equal(lexicon.n_terms, TERMS);
    uint64_t next_offset = 0;
    for (size_t t = 0; t < TERMS; t++) {
        sr_term_place place;
        bool found = false;
        assert_true(sr_lexicon_hash(&lexicon, t) == made->hashes[t]);
        assert_true(sr_lexicon_place(&lexicon, t, &place));
        assert_int_equal(place.is_single, made->dfs[t] == 1);
        if (place.is_single) {
            assert_int_equal(place.ordinal, made->firsts[t]);
        } else {
            assert_int_equal(place.offset, next_offset);
            next_offset += place.n_bytes;
        }
        for (size_t from = 0; from <= t; from += 1 + (t - from) / 2) {
            assert_int_equal(sr_lexicon_seek(&lexicon, from, made->hashes[t], &found), t);
            assert_true(found);
        }
        size_t behind = sr_lexicon_seek(&lexicon, t + 1, made->hashes[t], &found);
        assert_false(found);
        assert_int_equal(behind, t + 1 < TERMS ? t + 1 : TERMS);
        uint64_t between = made->hashes[t] + ((uint64_t)1 << 25);
        if (t + 1 < TERMS && made->hashes[t + 1] > between) {
            assert_int_equal(sr_lexicon_seek(&lexicon, 0, between, &found), t + 1);
            assert_false(found);
        }
    }
    release_lexicon(made);
}

/* Asks for every 13th term. */
static uint64_t walk_lexicon(const made_lexicon *made)
{
    sr_lexicon lexicon;
    if (!sr_lexicon_view(sr_buffer_view(&made->index), sr_buffer_view(&made->blocks), DOCS,
                         &lexicon)) {
        return 0;
    }
    uint64_t sum = 0;
    for (size_t t = 0; t < lexicon.n_terms; t += 13) {
        sr_term_place place;
        bool found;
        sum += sr_lexicon_hash(&lexicon, t);
        sum += sr_lexicon_place(&lexicon, t, &place);
        sum += sr_lexicon_seek(&lexicon, t / 2, made->hashes[t % TERMS], &found);
    }
    return sum;
}

/* Every flipped bit of index and blocks: no over-read (a sanitizer looks), no endless loop. */
static void hostile_lexicons(void **state)
{
    (void)state;
    made_lexicon *made = calloc(1, sizeof *made);
    assert_non_null(made);
    make_lexicon(made);
    sr_buffer *const parts[] = {&made->index, &made->blocks};
    uint64_t sum = 0;
    for (size_t p = 0; p < 2; p++) {
        for (size_t bit = 0; bit < parts[p]->n_bytes * 8; bit++) {
            parts[p]->data[bit / 8] ^= (char)(1 << bit % 8);
            sum += walk_lexicon(made);
            parts[p]->data[bit / 8] ^= (char)(1 << bit % 8);
        }
    }
    assert_true(sum != 0);
    release_lexicon(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_come_back),  cmocka_unit_test(hostile_lists),
        cmocka_unit_test(gamma_rows),       cmocka_unit_test(terms_are_found),
        cmocka_unit_test(hostile_lexicons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
