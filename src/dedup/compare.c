/* compare.c — two articles side by side (public: sr_compare). */
#include "base/arena.h"
#include "dedup/comparison.h"
#include "feed/feed.h"
#include "text/body.h"

#include <stdlib.h>

static sr_status read_side(const char *spec, const sr_feed_options *options, sr_arena *arena,
                           sr_cleaner *cleaner, sr_compared *side, sr_error *error)
{
    sr_article article;
    SR_TRY(sr_feed_read_one(spec, options, NULL, arena, &article, error));
    sr_str body;
    sr_str name = sr_arena_copy(arena, sr_str_of(spec));
    sr_status status = sr_body_choose(&article, options->keep_furniture, cleaner, &body, NULL);
    side->text = sr_arena_copy(arena, body);
    if (status == SR_OK && (!name.data || !side->text.data)) {
        status = SR_ERR_MEMORY;
    }
    if (status != SR_OK) {
        return sr_error_set(error, status, spec, 0, "%s", sr_status_text(status));
    }
    side->spec = name.data;
    side->id = article.id;
    side->title = article.title;
    side->published_s = article.published_s;
    sr_words words;
    sr_words scratch;
    sr_words_init(&words);
    sr_words_init(&scratch);
    status = sr_tokenise(&words, side->text, false);
    if (status == SR_OK) {
        status = sr_update_mark(&article, &words, &scratch, &side->marks);
    }
    sr_words_release(&words);
    sr_words_release(&scratch);
    if (status != SR_OK) {
        return sr_error_set(error, status, spec, 0, "%s", sr_status_text(status));
    }
    return SR_OK;
}

static sr_status compare_sides(sr_comparison *comparison, sr_error *error)
{
    sr_signer *signer = NULL;
    sr_str a = comparison->a.text;
    sr_str b = comparison->b.text;
    sr_status status = sr_signer_create(&comparison->params, &signer);
    if (status == SR_OK) {
        const sr_compared *x = &comparison->a;
        const sr_compared *y = &comparison->b;
        sr_update_link link = sr_update_link_of(x->marks, x->published_s, y->marks, y->published_s);
        bool are_two = sr_update_are_two(x->marks, y->marks);
        status = sr_relation_verify_linked(signer, &comparison->thresholds, a, b, link, are_two,
                                           sr_update_later_by(x->published_s, y->published_s),
                                           &comparison->verdict);
    }
    if (status == SR_OK) {
        status = sr_passages_find(signer, a, b, &comparison->passages, &comparison->n_passages);
    }
    sr_signer_free(signer);
    return status == SR_OK ? SR_OK
                           : sr_error_set(error, status, NULL, 0, "%s", sr_status_text(status));
}

sr_status sr_compare(const char *a, const char *b, const sr_params *params,
                     const sr_thresholds *thresholds, const sr_feed_options *feed,
                     sr_comparison **out, sr_error *error)
{
    SR_TRY(sr_params_check(params, error));
    if (strcmp(a, "-") == 0 && strcmp(b, "-") == 0) {
        return sr_error_set(error, SR_ERR_ARGUMENT, "-", 0,
                            "only one of two articles can be read from standard input");
    }
    sr_comparison *comparison = calloc(1, sizeof *comparison);
    if (!comparison) {
        return sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "out of memory");
    }
    comparison->params = *params;
    comparison->thresholds = *thresholds;
    comparison->keep_furniture = feed->keep_furniture;
    sr_arena_init(&comparison->arena);
    sr_cleaner cleaner;
    sr_cleaner_init(&cleaner);
    sr_status status = read_side(a, feed, &comparison->arena, &cleaner, &comparison->a, error);
    if (status == SR_OK) {
        status = read_side(b, feed, &comparison->arena, &cleaner, &comparison->b, error);
    }
    sr_cleaner_release(&cleaner);
    if (status == SR_OK) {
        status = compare_sides(comparison, error);
    }
    if (status != SR_OK) {
        sr_comparison_free(comparison);
        return status;
    }
    *out = comparison;
    return SR_OK;
}

void sr_comparison_free(sr_comparison *comparison)
{
    if (comparison) {
        sr_arena_release(&comparison->arena);
        free(comparison->passages);
        free(comparison);
    }
}

void sr_comparison_get_verdict(const sr_comparison *comparison, sr_verdict *verdict)
{
    *verdict = comparison->verdict;
}
