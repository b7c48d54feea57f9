/* dedup.c — a dedup run from end to end (public: sr_dedup).
 *
 *   collect ─→ match ─→ cluster ─→ report ─→ survivors ─→ commit
 *   first reading, signatures     │          second reading of the input
 *   in memory, texts in a spool   └ fates of all records
 *
 * Memory is a fixed amount a record (about 400 bytes at 128 values while bands are compared),
 * however long its text, and what the spools may hold in memory; where that is more than the run
 * may take, columns and all other big blocks lie in files (base/paged.h), and what is resident is
 * kept below the limit. Nothing is renamed into place before everything was written.
 */
#include "dedup/adopt.h"
#include "dedup/audit.h"
#include "dedup/budget.h"
#include "dedup/cluster.h"
#include "dedup/collect.h"
#include "dedup/run.h"
#include "dedup/survivors.h"

/* Reads the input to its end. */
static sr_status collect(sr_dedup_run *run, sr_error *error)
{
    const sr_dedup_options *options = run->options;
    sr_dedup_articles *articles = &run->articles;
    SR_TRY(sr_dedup_collect(run->pipeline, run->feed, &options->params, options->thresholds.plain,
                            &options->feed, &run->keep, run->sink ? run->spooled : NULL,
                            &run->raw_spool, run->observer, run->checkpoint, articles,
                            &run->summary, error));
    if (sr_budget_needed(options, articles->n_rows, articles->spool.n_taken,
                         run->raw_spool.n_taken) > run->memory_limit) {
        sr_pager_spill(run->pager); /* of a pipe, the need is known only now */
    }
    SR_TRY(sr_dedup_articles_seal(articles, error));
    SR_TRY(sr_dedup_run_check_reports(run, error));
    run->fates = sr_paged_calloc(run->pager, (size_t)articles->n_rows + 1, sizeof *run->fates);
    sr_status status = run->fates ? sr_verifier_create(&options->params, &options->thresholds,
                                                       articles, &run->verifier)
                                  : SR_ERR_MEMORY;
    return status == SR_OK ? SR_OK
                           : sr_error_set(error, status, NULL, 0, "%s", sr_status_text(status));
}

/* The fate of every record. */
static sr_status decide(sr_dedup_run *run, sr_error *error)
{
    const sr_dedup_options *options = run->options;
    const sr_thresholds *thresholds = &options->thresholds;
    sr_dedup_articles *articles = &run->articles;
    if (run->store) {
        sr_against_set_aside(&run->against, articles);
    }
    SR_TRY(sr_dedup_match(articles, &options->params, thresholds, run->verifier, run->observer,
                          run->checkpoint, &run->matches, &run->summary, error));
    const sr_split_rule rule = {
        .keep = &run->keep,
        .thresholds = thresholds,
        .components = options->components,
        .max_members = SR_CLUSTER_MAX_TEXTS,
    };
    SR_TRY(sr_dedup_cluster(articles, &rule, &run->matches, run->verifier, options->drop,
                            run->fates, &run->summary, error));
    if (options->n_audited) {
        SR_TRY(sr_dedup_audit(articles, &options->params, thresholds, run->fates, run->verifier,
                              options->n_audited, run->observer, &run->summary.audit, error));
    }
    if (run->store) {
        sr_against_take_back(&run->against, articles, run->fates, &run->summary);
    }
    sr_dedup_matches_release(&run->matches);
    return run->checkpoint ? sr_checkpoint_save_fates(run->checkpoint, run->fates, articles->n_rows,
                                                      &run->summary, error)
                           : SR_OK;
}

/* The fates as the checkpoint knows them; the report will compare texts, so that what was learnt of
 * all of them, but of those that the store has, is learnt again. */
static sr_status recall(sr_dedup_run *run, sr_error *error)
{
    sr_dedup_articles *articles = &run->articles;
    if (run->store) {
        sr_against_set_aside(&run->against, articles);
    }
    sr_status status =
        sr_dedup_match_begin(articles, &run->options->thresholds, run->verifier, &run->matches);
    sr_dedup_matches_release(&run->matches);
    articles->aside = NULL;
    return status == SR_OK
               ? sr_checkpoint_load_fates(run->checkpoint, run->fates, articles->n_rows, error)
               : sr_error_set(error, status, NULL, 0, "%s", sr_status_text(status));
}

static sr_status find_repeats(sr_dedup_run *run, sr_error *error)
{
    const sr_dedup_options *options = run->options;
    SR_TRY(collect(run, error));
    if (run->store) {
        SR_TRY(sr_against_find(&run->articles, &options->params, &options->thresholds,
                               options->drop, run->observer, &run->against, error));
    }
    bool decided = run->checkpoint && run->checkpoint->state.phase >= SR_CHECKPOINT_CLUSTERED;
    return decided ? recall(run, error) : decide(run, error);
}

static sr_status commit_outputs(sr_dedup_run *run, sr_error *error)
{
    if (run->sink) {
        sr_sink *sink = run->sink;
        run->sink = NULL;
        SR_TRY(sr_sink_commit(sink, error));
    }
    for (size_t i = 0; i < run->n_reports; i++) {
        sr_output *output = run->reports[i].output;
        run->reports[i].output = NULL;
        SR_TRY(sr_output_commit(output, error));
    }
    return SR_OK;
}

/* The last act. */
static sr_status commit_survivors(sr_dedup_run *run, sr_error *error)
{
    SR_TRY(sr_store_commit(run->store, &run->summary.commit, error));
    if (!run->checkpoint) {
        return SR_OK;
    }
    run->checkpoint->state.phase = SR_CHECKPOINT_ADDED;
    run->checkpoint->state.summary = run->summary;
    return sr_checkpoint_save(run->checkpoint, error);
}

static sr_status write_all(sr_dedup_run *run, sr_error *error)
{
    if (run->n_reports) {
        const sr_dedup_result result = {
            .articles = &run->articles,
            .fates = run->fates,
            .params = &run->options->params,
            .thresholds = &run->options->thresholds,
            .summary = &run->summary,
            .against = run->store ? &run->against : NULL,
            .verifier = run->verifier,
            .observer = run->observer,
        };
        SR_TRY(sr_dedup_report_write(&result, run->reports, run->n_reports, error));
    }
    if (run->sink) {
        SR_TRY(sr_dedup_write_survivors(run->feeds, run->n_feeds, &run->options->feed, run->spooled,
                                        &run->raw_spool, run->feed, &run->articles, run->fates,
                                        run->observer, run->sink, error));
    }
    if (run->adds) {
        SR_TRY(sr_dedup_adopt(&run->articles, run->fates, run->observer, run->store, &run->summary,
                              error));
    }
    SR_TRY(commit_outputs(run, error));
    if (run->adds && run->checkpoint) {
        run->checkpoint->state.phase = SR_CHECKPOINT_WRITTEN;
        run->checkpoint->state.summary = run->summary;
        SR_TRY(sr_checkpoint_save(run->checkpoint, error));
    }
    return run->adds ? commit_survivors(run, error) : SR_OK;
}

/* The run before was killed about its last act: the survivors go into the store, unless they are
 * there. The input is not asked any more; the outputs may have taken its place. */
static sr_status add_rest(sr_dedup_run *run, sr_error *error)
{
    sr_dedup_articles *articles = &run->articles;
    if (run->checkpoint->state.phase == SR_CHECKPOINT_ADDED) {
        return SR_OK;
    }
    const sr_checkpoint_store before = run->checkpoint->state.store;
    const sr_checkpoint_store now = sr_dedup_run_store(run->store);
    bool is_adopted = false;
    SR_TRY(sr_dedup_articles_seal(articles, error));
    run->fates = sr_paged_calloc(run->pager, (size_t)articles->n_rows + 1, sizeof *run->fates);
    if (!run->fates) {
        return sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "out of memory");
    }
    SR_TRY(sr_checkpoint_load_fates(run->checkpoint, run->fates, articles->n_rows, error));
    if (!sr_checkpoint_same_store(&before, &now)) {
        SR_TRY(
            sr_dedup_is_adopted(articles, run->fates, run->against.snapshot, &is_adopted, error));
        run->summary.commit = now.commit;
        return is_adopted ? SR_OK
                          : sr_error_set(error, SR_ERR_MISMATCH, run->against.dir, 0,
                                         "the store has changed since the run was interrupted, and "
                                         "has not all survivors; without --resume a new run "
                                         "begins");
    }
    run->summary.n_added = 0;
    SR_TRY(sr_dedup_adopt(articles, run->fates, run->observer, run->store, &run->summary, error));
    return commit_survivors(run, error);
}

sr_status sr_dedup(const char *const *feeds, size_t n_feeds, const sr_dedup_options *options,
                   const sr_observer *observer, sr_dedup_summary *summary, sr_error *error)
{
    sr_dedup_options chosen = *options;
    sr_dedup_run run = {
        .feeds = feeds, .n_feeds = n_feeds, .options = &chosen, .observer = observer};
    SR_TRY(sr_dedup_choose_bands(&chosen, error));
    sr_spool_init(&run.raw_spool);
    sr_dedup_articles_init(&run.articles, options->params.n_values);
    run.articles.keep_furniture = options->feed.keep_furniture;
    sr_dedup_matches_init(&run.matches);
    sr_status status = sr_dedup_run_check(&run, error);
    if (status == SR_OK) {
        run.memory_limit = sr_budget_limit(options);
        status = sr_dedup_plan_announce(feeds, n_feeds, &chosen, observer, &run.forecast, error);
    }
    if (status == SR_OK) {
        status = sr_dedup_run_open(&run, error);
    }
    if (status == SR_OK) {
        if (sr_dedup_run_is_written(&run)) {
            status = add_rest(&run, error);
        } else {
            status = find_repeats(&run, error);
            status = status == SR_OK ? write_all(&run, error) : status;
        }
    }
    status = sr_pager_explain(run.pager, status, error);
    if (status == SR_OK && summary) {
        *summary = run.summary;
    }
    sr_dedup_run_release(&run, status);
    return status;
}
