/* run.h — one dedup run: all that it holds, opened before the first byte is read. */
#ifndef SR_DEDUP_RUN_H
#define SR_DEDUP_RUN_H

#include "dedup/against.h"
#include "dedup/checkpoint.h"
#include "dedup/keep.h"
#include "dedup/match.h"
#include "dedup/plan.h"
#include "dedup/report.h"
#include "feed/pipeline.h"
#include "feed/sink.h"
#include "store/handle.h"

typedef struct sr_dedup_run {
    const char *const *feeds;
    size_t n_feeds;
    const sr_dedup_options *options;
    const sr_observer *observer;
    sr_keep_rule keep;
    char *temp_dir;
    sr_dedup_forecast forecast;
    uint64_t memory_limit;
    sr_checkpoint *checkpoint; /* NULL: the run can't be resumed */
    sr_pager *pager;
    bool *spooled; /* of each feed: its records are kept for the second reading */
    sr_pipeline *pipeline;
    sr_feed *feed;
    sr_spool raw_spool;
    sr_dedup_articles articles;
    sr_verifier *verifier;
    sr_dedup_matches matches;
    sr_store *store; /* NULL: nothing is looked up */
    bool adds;       /* the survivors go into it */
    sr_against against;
    sr_dedup_fate *fates;
    sr_dedup_report *reports;
    size_t n_reports; /* opened */
    sr_sink *sink;
    sr_dedup_summary summary;
} sr_dedup_run;

SR_MUST_USE sr_status sr_dedup_run_check(sr_dedup_run *run, sr_error *error);
/* Everything that can fail before the first byte is read does so here. */
SR_MUST_USE sr_status sr_dedup_run_open(sr_dedup_run *run, sr_error *error);
/* A report must not replace an input. Looks at the FEED arguments, and at the files found below
 * them as far as they are read. */
SR_MUST_USE sr_status sr_dedup_run_check_reports(const sr_dedup_run *run, sr_error *error);
/* The outputs are in place; what the run before was killed about is its last act. */
bool sr_dedup_run_is_written(const sr_dedup_run *run);
/* What a checkpoint knows a store by; NULL: nothing is looked up. */
sr_checkpoint_store sr_dedup_run_store(const sr_store *store);
/* What was not committed is taken back; a checkpoint stays where the run can be resumed. */
void sr_dedup_run_release(sr_dedup_run *run, sr_status status);

#endif
