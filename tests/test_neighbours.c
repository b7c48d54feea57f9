/* test_neighbours.c — the neighbour graph: its coding, that lists hold the nearest articles as a
 * full comparison finds them, that later articles come into older lists, and that removed ones and
 * repeats are in none. */
#include "store_fixture.h"

#include "index/term_weight.h"
#include "store/neighbours.h"
#include "store/segment.h"
#include "store/snapshot.h"

enum { N_ARTICLES = 240 };

static void lists_keep_the_nearest(void **state)
{
    (void)state;
    sr_link links[SR_NEIGHBOURS];
    size_t n_links = 0;
    uint64_t random = 7;
    for (uint64_t i = 1; i <= 60; i++) {
        uint8_t closeness = (uint8_t)(1 + fixture_random(&random) % 200);
        sr_list_insert(links, &n_links,
                       (sr_link){.serial = i, .similarity = 9, .closeness = closeness});
        sr_list_insert(links, &n_links, (sr_link){.serial = i, .closeness = closeness});
    }
    assert_int_equal(n_links, SR_NEIGHBOURS);
    for (size_t i = 1; i < n_links; i++) {
        assert_true(sr_link_before(&links[i - 1], &links[i]));
    }
    uint8_t row[SR_LIST_BYTES];
    sr_link back[SR_NEIGHBOURS];
    sr_list_encode(row, 61, links, n_links);
    assert_int_equal(sr_list_threshold(row), links[n_links - 1].closeness);
    assert_int_equal(sr_list_decode(row, 61, back), n_links);
    for (size_t i = 0; i < n_links; i++) {
        assert_true(back[i].serial == links[i].serial && back[i].similarity == 9 &&
                    back[i].closeness == links[i].closeness);
    }
    sr_list_encode(row, 61, links, 3);
    assert_int_equal(sr_list_decode(row, 61, back), 3);
    assert_int_equal(sr_list_threshold(row), 0);
    assert_int_equal(sr_similarity_pack(-.2), 0);
    assert_int_equal(sr_similarity_pack(1.1), 255);
}

static void edges_are_proved_before_use(void **state)
{
    (void)state;
    _Alignas(8) uint8_t bytes[16 + 2 * 12 + 4 + 3 * 6] = {0};
    sr_edges edges;
    sr_store_u64(bytes, 2);
    sr_store_u64(bytes + 8, 3);
    sr_store_u32(bytes + 16 + 16 + 8, 3);
    assert_true(sr_edges_view(bytes, sizeof bytes, &edges));
    assert_int_equal(edges.n_targets, 2);
    assert_false(sr_edges_view(bytes, sizeof bytes - 1, &edges));
    assert_false(sr_edges_view(bytes, 8, &edges));
    sr_store_u32(bytes + 16 + 16 + 8, 2);
    assert_false(sr_edges_view(bytes, sizeof bytes, &edges));
    sr_store_u64(bytes + 8, UINT64_MAX / 6);
    assert_false(sr_edges_view(bytes, sizeof bytes, &edges));
}

/* ------------------------------------------------------------ against a full comparison */

typedef struct truth {
    double weights[SR_TERMS_STORED];
    sr_stored_term terms[SR_TERMS_STORED];
    size_t n_terms;
    double length;
} truth;

static void weigh(const sr_snapshot *snapshot, sr_doc doc, truth *out)
{
    const sr_segment *segment = sr_snapshot_segment(snapshot, doc.segment);
    assert_ok(sr_segment_terms(segment, doc.ordinal, out->terms, &out->n_terms));
    double squares = 0.0;
    for (size_t i = 0; i < out->n_terms; i++) {
        uint64_t df = sr_snapshot_df(snapshot, out->terms[i].hash);
        out->weights[i] = df < 2 ? 0.0
                                 : sr_tf_weight(out->terms[i].tf2) *
                                       sr_idf_weight(sr_snapshot_live_count(snapshot), df,
                                                     sr_term_is_pair(out->terms[i].hash));
        squares += out->weights[i] * out->weights[i];
    }
    out->length = __builtin_sqrt(squares);
}

static double cosine(const truth *a, const truth *b)
{
    double dot = 0.0;
    for (size_t i = 0; i < a->n_terms; i++) {
        for (size_t j = 0; j < b->n_terms; j++) {
            dot += a->terms[i].hash == b->terms[j].hash ? a->weights[i] * b->weights[j] : 0.0;
        }
    }
    return a->length > 0.0 && b->length > 0.0 ? dot / (a->length * b->length) : 0.0;
}

/* A store of articles in commits of so many. */
static sr_snapshot *open_made(char **dir, uint32_t per_commit)
{
    *dir = fixture_directory();
    fixture_create(*dir, false);
    for (uint32_t i = 0; i < N_ARTICLES; i += per_commit) {
        sr_writer *writer = fixture_writer(*dir);
        for (uint32_t j = i; j < i + per_commit; j++) {
            fixture_add(writer, j, 1);
        }
        fixture_commit(writer);
        sr_writer_close(writer);
    }
    return fixture_open(*dir);
}

static sr_doc doc_of(const sr_snapshot *snapshot, uint32_t number)
{
    sr_doc doc;
    assert_true(sr_snapshot_find_serial(snapshot, number + 1, &doc));
    return doc;
}

/* The most alike article that is less alike than `below`, and no repeat; its cosine. */
static double find_nearest(const truth *all, uint32_t i, double below, uint32_t *nearest)
{
    double best = 0.0;
    *nearest = 0;
    for (uint32_t j = 0; j < N_ARTICLES; j++) {
        double c = j == i ? 0.0 : cosine(&all[i], &all[j]);
        if (c > best && c < below && c < 0.9) {
            best = c;
            *nearest = j;
        }
    }
    return best;
}

static bool is_among(const sr_neighbour *neighbours, size_t n_neighbours, sr_doc doc)
{
    bool found = false;
    for (size_t k = 0; k < n_neighbours; k++) {
        found |= sr_doc_equal(neighbours[k].doc, doc);
    }
    return found;
}

/* Share of the articles nearest by a full comparison, of those without repeats among the articles,
 * that the stored lists have. */
static double recall(const sr_snapshot *snapshot, size_t n_nearest)
{
    truth *all = calloc(N_ARTICLES, sizeof *all);
    size_t n_found = 0;
    size_t n_sought = 0;
    assert_non_null(all);
    for (uint32_t i = 0; i < N_ARTICLES; i++) {
        weigh(snapshot, doc_of(snapshot, i), &all[i]);
    }
    for (uint32_t i = 0; i < N_ARTICLES; i++) {
        sr_neighbour neighbours[SR_NEIGHBOURS];
        size_t n;
        assert_ok(
            sr_snapshot_neighbours(snapshot, doc_of(snapshot, i), SR_NEIGHBOURS, neighbours, &n));
        double last = 2.0;
        for (size_t rank = 0; rank < n_nearest && all[i].n_terms; rank++) {
            uint32_t nearest;
            last = find_nearest(all, i, last, &nearest);
            n_sought++;
            n_found += is_among(neighbours, n, doc_of(snapshot, nearest)) || last < 0.11;
        }
    }
    free(all);
    return (double)n_found / (double)n_sought;
}

static void lists_hold_the_nearest_articles(void **state)
{
    (void)state;
    static const uint32_t PER_COMMIT[] = {N_ARTICLES, 24, 5}; /* random words: nobody is near */
    for (size_t i = 0; i < SR_ARRAY_COUNT(PER_COMMIT); i++) {
        char *dir;
        sr_snapshot *snapshot = open_made(&dir, PER_COMMIT[i]);
        double found = recall(snapshot, 3);
        if (found <
            0.78) { /* segments that merge meanwhile change which candidates are looked at */
            fail_msg("%u a commit: recall of the nearest three is %.3f", PER_COMMIT[i], found);
        }
        sr_snapshot_close(snapshot);
        assert_ok(sr_store_verify(dir, NULL, NULL));
        fixture_remove_directory(dir);
    }
}

static void repeats_share_a_place(void **state)
{
    (void)state;
    char *dir;
    sr_snapshot *snapshot = open_made(&dir, 24);
    for (uint32_t i = 0; i < N_ARTICLES; i++) {
        sr_neighbour neighbours[SR_NEIGHBOURS];
        uint64_t seen[SR_NEIGHBOURS + 1];
        size_t n;
        sr_doc doc = doc_of(snapshot, i);
        assert_ok(sr_snapshot_neighbours(snapshot, doc, SR_NEIGHBOURS, neighbours, &n));
        for (size_t k = 0; k <= n; k++) {
            sr_doc_facts facts;
            sr_doc at = k < n ? neighbours[k].doc : doc;
            sr_segment_facts(sr_snapshot_segment(snapshot, at.segment), at.ordinal, &facts);
            seen[k] = facts.content[0];
            for (size_t j = 0; j < k; j++) {
                assert_true(seen[j] != seen[k]);
            }
        }
    }
    sr_snapshot_close(snapshot);
    fixture_remove_directory(dir);
}

static void removed_articles_are_in_no_list(void **state)
{
    (void)state;
    char *dir;
    sr_snapshot *snapshot = open_made(&dir, 60);
    sr_writer *writer = fixture_writer(dir);
    for (uint32_t i = 0; i < N_ARTICLES; i += 2) {
        assert_ok(sr_writer_remove(writer, doc_of(snapshot, i), NULL));
    }
    fixture_commit(writer);
    sr_writer_close(writer);
    sr_snapshot_close(snapshot);
    snapshot = fixture_open(dir);
    size_t n_neighbours = 0;
    for (uint32_t i = 1; i < N_ARTICLES; i += 2) {
        sr_neighbour neighbours[SR_NEIGHBOURS];
        size_t n;
        assert_ok(
            sr_snapshot_neighbours(snapshot, doc_of(snapshot, i), SR_NEIGHBOURS, neighbours, &n));
        for (size_t k = 0; k < n; k++) {
            assert_true(sr_snapshot_is_live(snapshot, neighbours[k].doc));
        }
        n_neighbours += n;
    }
    assert_true(n_neighbours > N_ARTICLES); /* half of each list is still there */
    sr_snapshot_close(snapshot);
    fixture_remove_directory(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_keep_the_nearest),
        cmocka_unit_test(edges_are_proved_before_use),
        cmocka_unit_test(lists_hold_the_nearest_articles),
        cmocka_unit_test(repeats_share_a_place),
        cmocka_unit_test(removed_articles_are_in_no_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
