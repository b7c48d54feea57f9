/* comparison.h — what sr_compare found out, until it is rendered. */
#ifndef SR_DEDUP_COMPARISON_H
#define SR_DEDUP_COMPARISON_H

#include "base/arena.h"
#include "dedup/passages.h"
#include "dedup/relation.h"

/* One of the two articles; all in the comparison's arena. */
typedef struct sr_compared {
    const char *spec; /* as it was named: FILE, FILE:N or "-" */
    sr_str id;
    sr_str title;
    sr_str text; /* that was compared */
    int64_t published_s;
    sr_update_marks marks;
} sr_compared;

struct sr_comparison {
    sr_params params;
    sr_thresholds thresholds;
    bool keep_furniture;
    sr_arena arena;
    sr_compared a;
    sr_compared b;
    sr_verdict verdict;
    sr_passage *passages; /* longest first */
    size_t n_passages;
};

#endif
