/* test_dedup_cluster.c — fates of records from given pairs: chains of excerpts, keep rules, drop
 * masks. */
#include "dedup/cluster.h"

#include <setjmp.h>
#include <stdarg.h>

#include "made_articles.h"
#include <stdio.h>
#include <stdlib.h>

enum { MAX_DOCS = 8 };

typedef struct corpus {
    made_corpus made;
    sr_dedup_fate fates[MAX_DOCS];
} corpus;

static int set_up(void **state)
{
    corpus *c = calloc(1, sizeof *c);
    if (!c) {
        return -1;
    }
    *state = c;
    if (!made_corpus_init(&c->made)) {
        return -1;
    }
    c->made.thresholds = (sr_thresholds){.jaccard = 0.7, .containment = 0.9};
    return 0;
}

static int tear_down(void **state)
{
    corpus *c = *state;
    made_corpus_release(&c->made);
    free(c);
    return 0;
}

/* A text of the numbered words from … to − 1: how much two share is plain. */
static void add_words(corpus *c, unsigned from, unsigned to)
{
    sr_buffer text;
    sr_buffer_init(&text, SR_BUFFER_NO_LIMIT);
    for (unsigned w = from; w < to; w++) {
        assert_int_equal(sr_buffer_append_format(&text, "w%u ", w), SR_OK);
    }
    append_made_article(&c->made.articles, c->made.signer, sr_buffer_view(&text));
    sr_buffer_release(&text);
}

/* No pairs yet: every record alone. */
static void begin(corpus *c)
{
    uint32_t n_rows = c->made.articles.n_rows;
    made_corpus_verify(&c->made);
    assert_int_equal(sr_union_find_init(&c->made.matches.near, NULL, n_rows), SR_OK);
    c->made.matches.first = malloc(n_rows * sizeof *c->made.matches.first);
    c->made.matches.contained = malloc(MAX_DOCS * sizeof *c->made.matches.contained);
    assert_true(c->made.matches.first && c->made.matches.contained);
    c->made.matches.contained_capacity = MAX_DOCS;
    for (uint32_t doc = 0; doc < n_rows; doc++) {
        c->made.matches.first[doc] = doc;
    }
}

static void cluster_by(corpus *c, const char *keep, bool components, uint32_t max_members,
                       uint32_t drop)
{
    sr_error error = {0};
    sr_keep_rule rule;
    assert_int_equal(sr_keep_parse(keep, &rule, &error), SR_OK);
    const sr_split_rule split = {
        .keep = &rule,
        .thresholds = &c->made.thresholds,
        .components = components,
        .max_members = max_members,
    };
    c->made.summary = (sr_dedup_summary){0};
    assert_int_equal(sr_dedup_cluster(&c->made.articles, &split, &c->made.matches, c->made.verifier,
                                      drop, c->fates, &c->made.summary, &error),
                     SR_OK);
}

static void cluster(corpus *c, const char *keep, uint32_t drop)
{
    cluster_by(c, keep, false, SR_CLUSTER_MAX_TEXTS, drop);
}

#define DROP_ALL (1U << SR_RELATION_EXACT | 1U << SR_RELATION_NEAR | 1U << SR_RELATION_CONTAINED)

static void chain_of_excerpts_hangs_under_the_longest(void **state)
{
    corpus *c = *state;
    add_words(c, 0, 40); /* 0 ⊂ 1 ⊂ 2 */
    add_words(c, 0, 100);
    add_words(c, 0, 250);
    begin(c);
    c->made.matches.contained[c->made.matches.n_contained++] = (sr_pair){0, 1};
    c->made.matches.contained[c->made.matches.n_contained++] = (sr_pair){1, 2};
    cluster(c, "first", DROP_ALL);
    for (uint32_t doc = 0; doc < 2; doc++) {
        assert_int_equal(c->fates[doc].keeper, 2);
        assert_int_equal(c->fates[doc].relation, SR_RELATION_CONTAINED);
        assert_true(c->fates[doc].dropped);
    }
    assert_false(c->fates[2].dropped);
    assert_int_equal(c->fates[2].cluster_size, 3);
    assert_int_equal(c->made.summary.n_kept, 1);
    assert_int_equal(c->made.summary.n_clusters, 1);
}

/* 0 ⊂ 1 by .9, 1 ⊂ 2 by .9, but 2 has too little of 0: nothing that stays would have it. */
static void excerpt_stays_where_its_hosts_host_lacks_it(void **state)
{
    corpus *c = *state;
    add_words(c, 0, 40);
    add_words(c, 3, 103);
    add_words(c, 10, 260);
    begin(c);
    c->made.matches.contained[c->made.matches.n_contained++] = (sr_pair){0, 1};
    c->made.matches.contained[c->made.matches.n_contained++] = (sr_pair){1, 2};
    cluster(c, "first", DROP_ALL);
    assert_false(c->fates[0].dropped);
    assert_int_equal(c->fates[0].cluster_size, 1);
    assert_true(c->fates[1].dropped);
    assert_int_equal(c->fates[1].keeper, 2);
}

static void whole_cluster_of_an_excerpt_hangs_with_it(void **state)
{
    corpus *c = *state;
    add_words(c, 0, 60);
    add_words(c, 0, 61); /* near 0 */
    add_words(c, 0, 200);
    begin(c);
    assert_true(sr_union_find_join(&c->made.matches.near, 0, 1));
    c->made.matches.contained[c->made.matches.n_contained++] = (sr_pair){1, 2};
    cluster(c, "first", DROP_ALL);
    assert_int_equal(c->fates[0].keeper, 2);
    assert_int_equal(c->fates[1].keeper, 2);
    assert_int_equal(c->made.summary.n_relation[SR_RELATION_CONTAINED], 2);

    /* excerpts stay: the near copy goes for its own keeper, which stays and is reported */
    cluster(c, "first", 1U << SR_RELATION_NEAR);
    assert_false(c->fates[0].dropped);
    assert_int_equal(c->fates[0].relation, SR_RELATION_CONTAINED);
    assert_int_equal(c->fates[0].keeper, 2);
    assert_true(c->fates[1].dropped);
    assert_int_equal(c->fates[1].keeper, 0);
    assert_int_equal(c->fates[1].relation, SR_RELATION_NEAR);
    assert_int_equal(c->fates[1].cluster_size, 3);
}

/* A contained pair whose clusters' keepers are near each other is one cluster. */
static void near_keepers_become_one_cluster(void **state)
{
    corpus *c = *state;
    add_words(c, 0, 108);
    add_words(c, 2, 102); /* near 0, not found by any band */
    add_words(c, 2, 74);  /* near 1, only an excerpt of 0 */
    begin(c);
    assert_true(sr_union_find_join(&c->made.matches.near, 1, 2));
    c->made.matches.contained[c->made.matches.n_contained++] = (sr_pair){2, 0};
    c->made.thresholds.containment = 0.95;
    cluster(c, "first", DROP_ALL);
    assert_int_equal(c->made.summary.n_clusters, 1);
    assert_int_equal(c->fates[1].keeper, 0);
    assert_int_equal(c->fates[1].relation, SR_RELATION_NEAR);
    assert_int_equal(c->fates[2].relation, SR_RELATION_CONTAINED);
    assert_int_equal(c->made.summary.largest_clusters[0], 3);
}

static void longest_wins_and_ties_go_to_the_first(void **state)
{
    corpus *c = *state;
    add_words(c, 0, 100);
    add_words(c, 0, 105);
    add_words(c, 1, 106);
    begin(c);
    assert_true(sr_union_find_join(&c->made.matches.near, 0, 1));
    assert_true(sr_union_find_join(&c->made.matches.near, 0, 2));
    cluster(c, "longest", DROP_ALL);
    assert_int_equal(c->fates[0].keeper, 1);
    assert_int_equal(c->fates[2].keeper, 1);
    assert_false(c->fates[1].dropped);
}

/* 0 ~ 1 ~ 2 ~ 3, but 0 and 3 are not alike: 3 was never compared with 0, and must not go for it. */
static void a_chain_is_not_a_cluster(void **state)
{
    corpus *c = *state;
    add_words(c, 0, 100);
    add_words(c, 12, 112);
    add_words(c, 24, 124);
    add_words(c, 36, 136);
    begin(c);
    assert_true(sr_union_find_join(&c->made.matches.near, 0, 1));
    assert_true(sr_union_find_join(&c->made.matches.near, 1, 2));
    assert_true(sr_union_find_join(&c->made.matches.near, 2, 3));
    cluster(c, "first", DROP_ALL);
    assert_int_equal(c->fates[1].keeper, 0);
    assert_int_equal(c->fates[2].keeper, 0); /* J .6: with a chain between them that is enough */
    assert_int_equal(c->fates[3].keeper, 3); /* J .45 */
    assert_false(c->fates[3].dropped);

    cluster_by(c, "first", true, 4, DROP_ALL); /* whole, when it is asked for */
    assert_int_equal(c->fates[3].keeper, 0);
    assert_int_equal(c->made.summary.largest_clusters[0], 4);
    assert_int_equal(c->made.summary.n_resplit, 0);

    cluster_by(c, "first", true, 3, DROP_ALL); /* but not where it is too large */
    assert_int_equal(c->fates[3].keeper, 3);
    assert_int_equal(c->made.summary.n_resplit, 1);
    assert_int_equal(c->made.summary.largest_clusters[0], 3);
}

/* 1 is near to both 0 and 2, which are not near to each other: it goes where it has more of. */
static void a_member_joins_the_most_similar_keeper(void **state)
{
    corpus *c = *state;
    add_words(c, 0, 200);
    add_words(c, 50, 250);
    add_words(c, 40, 240);
    begin(c);
    assert_true(sr_union_find_join(&c->made.matches.near, 0, 1));
    assert_true(sr_union_find_join(&c->made.matches.near, 1, 2));
    c->made.thresholds.jaccard = 0.8; /* J(0, 2) = .66, J(0, 1) = .59, J(1, 2) = .9 */
    cluster(c, "first", DROP_ALL);
    assert_int_equal(c->fates[1].keeper, 1);
    c->made.thresholds.jaccard = 0.55;
    cluster(c, "last", DROP_ALL);
    assert_int_equal(c->fates[1].keeper, 2);
    assert_int_equal(c->fates[0].keeper, 2);
}

/* A teaser of four fifths is near to its article, and stood first. */
static void a_teaser_never_stays_for_its_article(void **state)
{
    corpus *c = *state;
    add_words(c, 0, 160);
    add_words(c, 0, 200);
    add_words(c, 1, 199);
    begin(c);
    assert_true(sr_union_find_join(&c->made.matches.near, 0, 1));
    assert_true(sr_union_find_join(&c->made.matches.near, 0, 2));
    static const char *const RULES[] = {"auto", "first", "oldest,first"};
    for (size_t i = 0; i < SR_ARRAY_COUNT(RULES); i++) {
        for (int components = 0; components < 2; components++) {
            cluster_by(c, RULES[i], components, 10, DROP_ALL);
            assert_int_equal(c->fates[0].keeper, 1);
            assert_true(c->fates[0].dropped);
            assert_int_equal(c->fates[2].keeper, 1);
            assert_int_equal(c->made.summary.largest_clusters[0], 3);
        }
    }
}

static void criteria_are_asked_in_order(void **state)
{
    corpus *c = *state;
    for (unsigned i = 0; i < 4; i++) {
        add_words(c, 0, 100 + (i == 3)); /* 0, 1, 2 have the same words, 3 one more */
    }
    begin(c);
    sr_dedup_article *rows = (void *)c->made.articles.columns[SR_COLUMN_ROWS].bytes;
    for (uint32_t i = 0; i < 4; i++) {
        rows[i].published_s = SR_TIME_UNKNOWN;
        c->made.matches.first[i] = i < 3 ? 0 : 3;
        (void)sr_union_find_join(&c->made.matches.near, 0, i);
    }
    rows[1].published_s = 2000;
    rows[2].published_s = 1000;
    rows[1].sources = 1;
    rows[2].sources = 1;
    static const struct {
        const char *rule;
        uint32_t keeper;
    } CASES[] = {
        {"auto", 0},     {"first", 0},         {"last", 3},
        {"longest", 3},  {"newest", 1},        {"oldest", 2},
        {"source=a", 1}, {"source=a,last", 2}, {"source=a,longest,newest", 1},
    };
    for (size_t i = 0; i < SR_ARRAY_COUNT(CASES); i++) {
        cluster(c, CASES[i].rule, DROP_ALL);
        for (uint32_t doc = 0; doc < 4; doc++) {
            assert_int_equal(c->fates[doc].keeper, CASES[i].keeper);
        }
    }
}

static void keep_rules_are_parsed(void **state)
{
    (void)state;
    sr_keep_rule rule;
    sr_error error = {0};
    assert_int_equal(sr_keep_parse("source=reuters.com,longest", &rule, &error), SR_OK);
    assert_int_equal(rule.n_criteria, 2);
    static const struct {
        const char *source;
        const char *url;
        uint32_t bits;
    } ARTICLES[] = {
        {"reuters.com", "", 1},
        {"Reuters.com", "", 1},
        {"uk.reuters.com", "", 1},
        {"notreuters.com", "", 0},
        {"", "https://www.reuters.com/world/1", 1},
        {"Agency", "http://reuters.com:80/x", 1},
        {"", "https://example.org/reuters.com", 0},
        {"", "", 0},
    };
    for (size_t i = 0; i < SR_ARRAY_COUNT(ARTICLES); i++) {
        sr_article article = {.source = sr_str_of(ARTICLES[i].source),
                              .url = sr_str_of(ARTICLES[i].url)};
        assert_int_equal(sr_keep_sources(&rule, &article), ARTICLES[i].bits);
    }
    static const char *const WRONG[] = {"", "longst", "first,", "source=", "first,,last"};
    for (size_t i = 0; i < SR_ARRAY_COUNT(WRONG); i++) {
        assert_int_equal(sr_keep_parse(WRONG[i], &rule, &error), SR_ERR_ARGUMENT);
    }
}

int main(void)
{
#define ON_CORPUS(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ON_CORPUS(chain_of_excerpts_hangs_under_the_longest),
        ON_CORPUS(excerpt_stays_where_its_hosts_host_lacks_it),
        ON_CORPUS(whole_cluster_of_an_excerpt_hangs_with_it),
        ON_CORPUS(near_keepers_become_one_cluster),
        ON_CORPUS(longest_wins_and_ties_go_to_the_first),
        ON_CORPUS(a_chain_is_not_a_cluster),
        ON_CORPUS(a_member_joins_the_most_similar_keeper),
        ON_CORPUS(a_teaser_never_stays_for_its_article),
        ON_CORPUS(criteria_are_asked_in_order),
        cmocka_unit_test(keep_rules_are_parsed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
