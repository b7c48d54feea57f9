/* made_articles.h — puts texts straight into the columns of a dedup run, as collect.c would. */
#ifndef SR_TESTS_MADE_ARTICLES_H
#define SR_TESTS_MADE_ARTICLES_H

#include "dedup/articles.h"
#include "dedup/match.h"
#include "dedup/verify.h"
#include "sketch/fraction.h"
#include "sketch/signer.h"

#include <cmocka.h>
#include <stdlib.h>

/* What a run has in hand when all is read; zero before its init. */
typedef struct made_corpus {
    sr_params params;
    sr_thresholds thresholds;
    sr_signer *signer;
    sr_dedup_articles articles;
    sr_verifier *verifier;
    sr_dedup_matches matches;
    sr_dedup_summary summary;
} made_corpus;

static bool made_corpus_init(made_corpus *made)
{
    sr_error error = {0};
    sr_params_init(&made->params);
    sr_thresholds_init(&made->thresholds);
    sr_dedup_articles_init(&made->articles, made->params.n_values);
    sr_dedup_matches_init(&made->matches);
    return sr_signer_create(&made->params, &made->signer) == SR_OK &&
           sr_spool_open(&made->articles.spool, "/tmp", 1 << 20, &error) == SR_OK;
}

static void made_corpus_release(made_corpus *made)
{
    sr_signer_free(made->signer);
    sr_verifier_free(made->verifier);
    sr_dedup_matches_release(&made->matches);
    sr_dedup_articles_release(&made->articles);
}

static void made_corpus_verify(made_corpus *made)
{
    assert_int_equal(
        sr_verifier_create(&made->params, &made->thresholds, &made->articles, &made->verifier),
        SR_OK);
}

static inline void made_corpus_match(made_corpus *made)
{
    sr_error error = {0};
    made_corpus_verify(made);
    assert_int_equal(sr_dedup_match(&made->articles, &made->params, &made->thresholds,
                                    made->verifier, NULL, NULL, &made->matches, &made->summary,
                                    &error),
                     SR_OK);
}

static void append_made_article(sr_dedup_articles *articles, sr_signer *signer, sr_str text)
{
    static const sr_feed_member member = {.name = "made"};
    sr_signature signature;
    sr_error error = {0};
    sr_spool_writer spool;
    assert_int_equal(sr_signer_sign(signer, text, &signature), SR_OK);
    sr_record record = {.member = &member, .number = articles->n_rows + 1};
    sr_dedup_article row = {.number = record.number};
    size_t n_shingles;
    const uint32_t *shingles = sr_signer_shingles(signer, &n_shingles);
    uint32_t *sketch = malloc((n_shingles + 1) * sizeof *sketch);
    assert_non_null(sketch);
    row.n_sketch = (uint32_t)sr_fraction_sample(shingles, n_shingles, sketch);
    sr_spool_writer_init(&spool, &articles->spool, false);
    assert_int_equal(
        sr_dedup_article_fill(&row, &signature, sr_str_of("id"), text, NULL, &spool, &error),
        SR_OK);
    assert_int_equal(sr_spool_flush(&spool, &error), SR_OK);
    sr_spool_writer_release(&spool);
    const uint16_t *values = signature.n_words ? signature.values : NULL;
    assert_int_equal(sr_dedup_articles_append(articles, &record, &row, values, sketch, &error),
                     SR_OK);
    free(sketch);
}

#endif
