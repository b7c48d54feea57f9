/* budget.c — the parts of a run's memory (see budget.h). */
#include "dedup/budget.h"

#include "base/memory_limit.h"
#include "dedup/articles.h"
#include "dedup/furniture.h"
#include "dedup/match.h"
#include "dedup/remembered.h"

#include <omp.h>

enum { FIXED_BYTES = 24 << 20, THREAD_BYTES = 12 << 20 };

uint64_t sr_budget_row_bytes(const sr_params *params)
{
    return sizeof(sr_dedup_article) + params->n_values * sizeof(uint16_t);
}

uint64_t sr_budget_article_bytes(const sr_dedup_options *options)
{
    enum { CLUSTER_BYTES = 48, BAND_BYTES = 40, OVERLAP_BYTES = 80 };
    const sr_params *params = &options->params;
    return sr_budget_row_bytes(params) + SR_DEDUP_BANDS_AT_ONCE * sizeof(uint32_t) + CLUSTER_BYTES +
           BAND_BYTES + (options->thresholds.plain ? 0 : OVERLAP_BYTES);
}

uint64_t sr_budget_sketch_bytes(uint64_t n_text_bytes)
{
    return n_text_bytes / 8;
}

uint64_t sr_budget_needed(const sr_dedup_options *options, uint64_t n_articles,
                          uint64_t n_text_bytes, uint64_t n_raw_bytes)
{
    uint64_t limit = sr_budget_limit(options);
    uint64_t texts = sr_budget_spool(limit);
    uint64_t raw = sr_budget_raw(limit);
    uint64_t n_spooled =
        (n_text_bytes < texts ? n_text_bytes : texts) + (n_raw_bytes < raw ? n_raw_bytes : raw);
    return FIXED_BYTES + (uint64_t)omp_get_max_threads() * THREAD_BYTES +
           sr_remembered_bytes(n_articles) + n_articles * sr_budget_article_bytes(options) +
           (options->thresholds.plain
                ? 0
                : sr_budget_sketch_bytes(n_text_bytes) + sr_furniture_bytes(n_articles)) +
           n_spooled;
}

uint64_t sr_budget_limit(const sr_dedup_options *options)
{
    return options->memory_bytes ? options->memory_bytes : sr_memory_limit_default();
}

/* What a run takes whatever its input is. */
static uint64_t least_memory(void)
{
    return FIXED_BYTES + (uint64_t)omp_get_max_threads() * THREAD_BYTES +
           sr_remembered_bytes(UINT32_MAX);
}

static uint64_t share_of_rest(uint64_t memory_limit, uint64_t parts)
{
    uint64_t least = least_memory();
    return memory_limit > least ? (memory_limit - least) / parts : 0;
}

static size_t sixth_up_to(uint64_t memory_limit, uint64_t max_bytes)
{
    uint64_t share = share_of_rest(memory_limit, 6);
    return (size_t)(share < max_bytes ? share : max_bytes);
}

size_t sr_budget_spool(uint64_t memory_limit)
{
    return sixth_up_to(memory_limit, (uint64_t)240 << 20);
}

/* Raw records are three times as many bytes, and all of them are read back. */
size_t sr_budget_raw(uint64_t memory_limit)
{
    return sixth_up_to(memory_limit, (uint64_t)1 << 30);
}

uint64_t sr_budget_columns(uint64_t memory_limit)
{
    return share_of_rest(memory_limit, 2);
}

sr_status sr_budget_check(uint64_t limit, sr_error *error)
{
    char needed[32];
    char allowed[32];
    uint64_t least = least_memory();
    return least <= limit ? SR_OK
                          : sr_error_set(error, SR_ERR_LIMIT, NULL, 0,
                                         "a run needs at least %s of memory on %d threads, and %s "
                                         "are allowed (--memory)",
                                         sr_bytes_show(least, needed), omp_get_max_threads(),
                                         sr_bytes_show(limit, allowed));
}
