/* match_exact.h — documents with the same normalised words. */
#ifndef SR_DEDUP_MATCH_EXACT_H
#define SR_DEDUP_MATCH_EXACT_H

#include "dedup/match.h"

/* Fills `first` and joins the repeats in `near`. Empty articles are never equal. */
SR_MUST_USE sr_status sr_dedup_match_exact(const sr_dedup_articles *articles,
                                           sr_dedup_matches *matches);

#endif
