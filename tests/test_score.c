/* test_score.c — scoring by term numbers and remembered lengths gives the cosine of the two
 * vectors: over several segments, with articles that were replaced, for queries that the store
 * counts and for those that it does not; by the lengths in segments, where the store is large. */
#include "related/score.h"
#include "store/handle.h"
#include "store/snapshot.h"
#include "store/term_df.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { N_ARTICLES = 60, N_COMMITS = 3, N_WORDS = 200 };

static void make_text(char *text, size_t capacity, uint64_t seed)
{
    size_t n = 0;
    for (int w = 0; w < N_WORDS && n + 16 < capacity; w++) {
        seed = sr_mix64(seed + 1);
        uint64_t word = seed % 7 ? seed / 7 % 60 : seed / 7 % 5000; /* common ones and rare ones */
        n += (size_t)snprintf(text + n, capacity - n, "w%llux ", (unsigned long long)word);
    }
}

static void fill(const char *dir)
{
    sr_params params;
    sr_params_init(&params);
    assert_int_equal(sr_store_init(dir, &params, false, NULL), SR_OK);
    for (int commit = 0; commit < N_COMMITS; commit++) {
        sr_store *store;
        uint64_t number;
        assert_int_equal(sr_store_open(dir, SR_STORE_WRITE, NULL, &store, NULL), SR_OK);
        for (int i = 0; i < N_ARTICLES; i++) {
            char id[16];
            char text[4096];
            snprintf(id, sizeof id, "%d",
                     commit * N_ARTICLES / 2 + i); /* half of them replace older ones */
            make_text(text, sizeof text, (uint64_t)(commit * 1000 + i));
            sr_article article = {
                .id = sr_str_of(id), .text = sr_str_of(text), .published_s = SR_TIME_UNKNOWN};
            assert_int_equal(sr_store_add_articles(store, &article, 1, NULL, NULL), SR_OK);
        }
        assert_int_equal(sr_store_commit(store, &number, NULL), SR_OK);
        sr_store_close(store);
    }
}

/* The cosine by its definition: a walk over the terms of `other`, whose cut is that of its vector
 * as the store counts, and whose shared terms weigh by a df that is `n_more` higher. */
static double cosine_of(const sr_snapshot *snapshot, const sr_vector *query, const sr_vector *other,
                        const sr_stored_term *terms, size_t n_terms, uint64_t n_more)
{
    uint64_t n_docs = sr_snapshot_live_count(snapshot) + 1;
    double squares = other->length * other->length;
    double dot = 0.0;
    for (size_t i = 0; i < n_terms; i++) {
        uint64_t hash = terms[i].hash;
        size_t q = 0;
        size_t o = 0;
        while (q < query->n_terms && query->terms[q].hash != hash) {
            q++;
        }
        while (o < other->n_terms && other->terms[o].hash != hash) {
            o++;
        }
        uint64_t df = sr_snapshot_df(snapshot, hash);
        double stored = o < other->n_terms ? other->terms[o].weight : 0.0;
        if (q == query->n_terms || (stored == 0.0 && df >= 2)) {
            continue; /* not shared, or cut */
        }
        df += n_more;
        double weight =
            df < 2 ? 0.0
                   : sr_tf_weight(terms[i].tf2) * sr_idf_weight(n_docs, df, sr_term_is_pair(hash));
        dot += query->terms[q].weight * weight;
        squares += weight * weight - stored * stored;
    }
    double cosine = dot > 0.0 ? dot / (query->length * __builtin_sqrt(squares)) : 0.0;
    return cosine < 1.0 ? cosine : 1.0;
}

static void check_query(const sr_snapshot *snapshot, sr_doc query, bool is_counted_also)
{
    sr_weigher weigher;
    sr_scorer scorer;
    sr_vector vectors[2];
    sr_stored_term terms[2][SR_TERMS_STORED];
    size_t n_terms[2];
    assert_int_equal(sr_weigher_init(&weigher, snapshot), SR_OK);
    assert_int_equal(sr_scorer_init(&scorer, snapshot), SR_OK);
    assert_int_equal(sr_segment_terms(sr_snapshot_segment(snapshot, query.segment), query.ordinal,
                                      terms[0], &n_terms[0]),
                     SR_OK);
    if (is_counted_also) {
        assert_int_equal(sr_weigher_count_also(&weigher, terms[0], n_terms[0]), SR_OK);
    }
    assert_int_equal(sr_weigher_weigh(&weigher, terms[0], n_terms[0], &vectors[0]), SR_OK);
    sr_weigher_count_stored(&weigher);
    sr_scorer_begin(&scorer, &vectors[0], is_counted_also ? &vectors[0] : NULL);
    for (uint32_t s = 0; s < sr_snapshot_segment_count(snapshot); s++) {
        const sr_segment *segment = sr_snapshot_segment(snapshot, s);
        for (uint32_t i = 0; i < sr_segment_doc_count(segment); i++) {
            double found;
            assert_int_equal(sr_segment_terms(segment, i, terms[1], &n_terms[1]), SR_OK);
            assert_int_equal(sr_weigher_weigh(&weigher, terms[1], n_terms[1], &vectors[1]), SR_OK);
            assert_int_equal(sr_scorer_cosine(&scorer, (sr_doc){s, i}, &found), SR_OK);
            double expected = cosine_of(snapshot, &vectors[0], &vectors[1], terms[1], n_terms[1],
                                        is_counted_also);
            assert_true(found - expected < 1e-12 && expected - found < 1e-12);
            double again; /* now the length is remembered */
            assert_int_equal(sr_scorer_cosine(&scorer, (sr_doc){s, i}, &again), SR_OK);
            assert_memory_equal(&found, &again, sizeof found);
        }
    }
    sr_weigher_release(&weigher);
    sr_scorer_release(&scorer);
}

static void numbers_and_hashes_give_one_cosine(void **state)
{
    (void)state;
    char dir[] = "/tmp/simrank-score-XXXXXX";
    assert_non_null(mkdtemp(dir));
    fill(dir);
    sr_store *store;
    assert_int_equal(sr_store_open(dir, SR_STORE_READ, NULL, &store, NULL), SR_OK);
    const sr_snapshot *snapshot = sr_store_snapshot(store);
    assert_int_equal(sr_snapshot_segment_count(snapshot), N_COMMITS);
    for (uint32_t s = 0; s < N_COMMITS; s++) {
        for (uint32_t i = 0; i < N_ARTICLES; i += 7) {
            check_query(snapshot, (sr_doc){s, i}, false);
            check_query(snapshot, (sr_doc){s, i}, true);
        }
    }
    sr_store_close(store);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    assert_int_equal(system(command), 0);
}

/* Cosines of a segment's articles times the length that each was divided by: what is left is the
 * product of the shared terms, but for the few that today's cut takes out. */
static size_t check_settled(const sr_snapshot *snapshot, const sr_vector *query, uint32_t s)
{
    sr_weigher weigher;
    sr_scorer scorer;
    size_t n_other = 0;
    assert_int_equal(sr_weigher_init(&weigher, snapshot), SR_OK);
    assert_int_equal(sr_scorer_init(&scorer, snapshot), SR_OK);
    sr_weigher_count_stored(&weigher);
    sr_scorer_begin(&scorer, query, NULL);
    for (uint32_t i = 0; i < N_ARTICLES; i++) {
        const sr_segment *segment = sr_snapshot_segment(snapshot, s);
        static sr_vector other;
        sr_stored_term terms[SR_TERMS_STORED];
        size_t n_terms;
        double found;
        assert_int_equal(sr_segment_terms(segment, i, terms, &n_terms), SR_OK);
        assert_int_equal(sr_weigher_weigh(&weigher, terms, n_terms, &other), SR_OK);
        assert_int_equal(sr_scorer_cosine(&scorer, (sr_doc){s, i}, &found), SR_OK);
        double norm = (double)sr_segment_norm(segment, i);
        double expected = cosine_of(snapshot, query, &other, terms, n_terms, 0) * other.length;
        double product = found * norm;
        if (found < 1.0) { /* else cut there */
            assert_true(product > expected * 0.999 && product < expected * 1.1 + 1e-9);
        }
        n_other += norm < other.length * 0.999 || norm > other.length * 1.001;
    }
    sr_weigher_release(&weigher);
    sr_scorer_release(&scorer);
    return n_other;
}

static void a_large_store_takes_lengths_as_they_were_written(void **state)
{
    (void)state;
    char dir[] = "/tmp/simrank-score-XXXXXX";
    assert_non_null(mkdtemp(dir));
    fill(dir);
    sr_store *store;
    assert_int_equal(sr_store_open(dir, SR_STORE_READ, NULL, &store, NULL), SR_OK);
    store->snapshot->settled_docs = 1;
    const sr_snapshot *snapshot = sr_store_snapshot(store);
    assert_false(sr_snapshot_is_settled(snapshot, 0)); /* as many articles came since */
    assert_true(sr_snapshot_is_settled(snapshot, 1));
    assert_true(sr_snapshot_is_settled(snapshot, 2));
    sr_weigher weigher;
    static sr_vector query;
    sr_stored_term terms[SR_TERMS_STORED];
    size_t n_terms;
    assert_int_equal(sr_weigher_init(&weigher, snapshot), SR_OK);
    assert_int_equal(sr_segment_terms(sr_snapshot_segment(snapshot, 2), 3, terms, &n_terms), SR_OK);
    sr_weigher_count_stored(&weigher);
    assert_int_equal(sr_weigher_weigh(&weigher, terms, n_terms, &query), SR_OK);
    sr_weigher_release(&weigher);
    /* Or the test could not tell one length from the other. */
    assert_true(check_settled(snapshot, &query, 1) > N_ARTICLES / 2);
    sr_store_close(store);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_hashes_give_one_cosine),
        cmocka_unit_test(a_large_store_takes_lengths_as_they_were_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
