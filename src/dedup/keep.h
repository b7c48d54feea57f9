/* keep.h — which record of a cluster stays: a list of criteria, asked in order; where all are
 * equal, the first in the input.
 *
 *   first  last  longest  newest  oldest  source=NAME     auto = first, but the later state of an
 *                                                        updated report
 *
 * An undated record is the last choice of newest and of oldest. A source is the record's own, or
 * the host of its URL or the end of that behind a dot ("reuters.com" of "uk.reuters.com"). */
#ifndef SR_DEDUP_KEEP_H
#define SR_DEDUP_KEEP_H

#include "dedup/articles.h"

typedef enum sr_keep_kind {
    SR_KEEP_FIRST,
    SR_KEEP_LAST,
    SR_KEEP_LONGEST,
    SR_KEEP_NEWEST,
    SR_KEEP_OLDEST,
    SR_KEEP_SOURCE
} sr_keep_kind;

enum { SR_KEEP_MAX_CRITERIA = 16 };

typedef struct sr_keep_criterion {
    sr_keep_kind kind;
    sr_str source; /* lives as long as the text that was parsed */
} sr_keep_criterion;

typedef struct sr_keep_rule {
    sr_keep_criterion criteria[SR_KEEP_MAX_CRITERIA];
    uint32_t n_criteria;
    bool keeps_later; /* of an updated report, whatever the criteria say */
} sr_keep_rule;

/* `text` NULL is auto. SR_ERR_ARGUMENT names what is no criterion. */
SR_MUST_USE sr_status sr_keep_parse(const char *text, sr_keep_rule *rule, sr_error *error);
/* Bit i: the article is of the source that criterion i names. */
uint32_t sr_keep_sources(const sr_keep_rule *rule, const sr_article *article);
/* Does `a` stay rather than `b`? A total order. */
bool sr_keep_before(const sr_keep_rule *rule, const sr_dedup_article *rows, uint32_t a, uint32_t b);

#endif
