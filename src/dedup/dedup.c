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
#include "dedup/against.h"
#include "dedup/audit.h"
#include "dedup/checkpoint.h"
#include "dedup/cluster.h"
#include "dedup/collect.h"
#include "dedup/plan.h"
#include "dedup/report.h"
#include "dedup/survivors.h"
#include "dedup/temp_dir.h"
#include "feed/compression.h"
#include "store/handle.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

typedef struct dedup_run {
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
    bool any_spooled;
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
} dedup_run;

static bool is_share(double share)
{
    return share > 0.0 && share <= 1.0;
}

static sr_status check_options(dedup_run *run, sr_error *error)
{
    const sr_dedup_options *options = run->options;
    if (run->n_feeds == 0) {
        return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0, "no feed was given");
    }
    SR_TRY(sr_params_check(&options->params, error));
    if (!is_share(options->thresholds.jaccard) || !is_share(options->thresholds.containment)) {
        return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0,
                            "thresholds must lie above 0 and not above 1");
    }
    const uint32_t known = 1U << SR_RELATION_EXACT | 1U << SR_RELATION_NEAR |
                           1U << SR_RELATION_CONTAINED | 1U << SR_RELATION_UPDATED;
    if (options->drop & ~known) {
        return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0,
                            "an unknown relation is to be dropped");
    }
    return sr_keep_parse(options->keep, &run->keep, error);
}

/* A report must not replace an input. */
static sr_status refuse_input(const struct stat *about, const char *report, const char *input,
                              sr_error *error)
{
    struct stat in;
    bool same = strcmp(input, "-") != 0 && stat(input, &in) == 0 && in.st_dev == about->st_dev &&
                in.st_ino == about->st_ino;
    return same ? sr_error_set(error, SR_ERR_ARGUMENT, report, 0,
                               "the report would replace an input")
                : SR_OK;
}

/* Looks at the FEED arguments, and at the files found below them as far as they are read. */
static sr_status check_reports(const dedup_run *run, sr_error *error)
{
    const sr_dedup_options *options = run->options;
    for (size_t r = 0; r < options->n_reports; r++) {
        const char *report = options->reports[r];
        struct stat about;
        if (strcmp(report, "-") == 0 || stat(report, &about) != 0) {
            continue;
        }
        for (size_t i = 0; i < run->n_feeds; i++) {
            SR_TRY(refuse_input(&about, report, run->feeds[i], error));
        }
        for (uint32_t m = 0; m < run->articles.n_members; m++) {
            SR_TRY(refuse_input(&about, report, run->articles.members[m]->file, error));
        }
    }
    return SR_OK;
}

static bool is_pipe(const char *path)
{
    struct stat about;
    return strcmp(path, "-") == 0 ||
           (stat(path, &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode));
}

/* Is it cheaper to keep the records of a file than to decompress it again? Where its temporary
 * directory has plenty of room. */
static bool is_worth_spooling(const char *path, const char *temp_dir)
{
    enum {
        ROOM_FACTOR = 32
    }; /* few texts are packed more tightly than 1 : 16, and their words are spooled too */
    struct stat about;
    struct statvfs room;
    return sr_compression_of_name(path) != SR_COMPRESSION_NONE && stat(path, &about) == 0 &&
           S_ISREG(about.st_mode) && statvfs(temp_dir, &room) == 0 &&
           (uint64_t)room.f_bavail * room.f_frsize / ROOM_FACTOR > (uint64_t)about.st_size;
}

/* Which FEED arguments have their records spooled for the second reading. */
static sr_status choose_spooled(dedup_run *run, sr_error *error)
{
    bool any_pipe = false;
    for (size_t i = 0; i < run->n_feeds; i++) {
        bool pipe = is_pipe(run->feeds[i]);
        run->spooled[i] = pipe || is_worth_spooling(run->feeds[i], run->temp_dir);
        run->any_spooled |= run->spooled[i];
        any_pipe |= pipe;
    }
    if (any_pipe) {
        sr_observe_message(run->observer, SR_MESSAGE_INFO,
                           "a pipe must be read twice: it is spooled to %s", run->temp_dir);
    }
    return run->any_spooled ? sr_spool_open(&run->raw_spool, run->temp_dir,
                                            sr_dedup_raw_memory(run->memory_limit), error)
                            : SR_OK;
}

/* The store that is asked, and that takes the survivors in where that is wanted. */
static sr_status open_store(dedup_run *run, sr_error *error)
{
    const sr_dedup_options *options = run->options;
    if (options->add && !options->against) {
        return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0,
                            "survivors can be added only to a store that was asked (--against)");
    }
    if (!options->against) {
        return SR_OK;
    }
    run->adds = options->add && !options->dry_run;
    SR_TRY(sr_store_open(options->against, run->adds ? SR_STORE_WRITE : SR_STORE_READ,
                         run->observer, &run->store, error));
    run->against.snapshot = sr_store_snapshot(run->store);
    run->against.dir = options->against;
    SR_TRY(sr_snapshot_must_be_current(run->against.snapshot, error));
    if (run->adds) {
        run->articles.packing = SR_PACK_ALL;
    }
    return SR_OK;
}

static sr_checkpoint_store know_store(const sr_store *store)
{
    sr_checkpoint_store known = {0};
    if (store) {
        sr_store_info info;
        sr_store_get_info(store, &info);
        known = (sr_checkpoint_store){
            .commit = info.commit,
            .next_serial = sr_snapshot_next_serial(sr_store_snapshot(store)),
            .n_flushed_bytes = info.n_flushed_bytes,
        };
    }
    return known;
}

/* Columns and texts in the files of the checkpoint, as far as it has them. */
static sr_status open_files_of_checkpoint(dedup_run *run, sr_error *error)
{
    static const char *const NAMES[SR_COLUMN_COUNT] = {"rows", "values", "sketches"};
    const sr_checkpoint_state *state = &run->checkpoint->state;
    char *texts = sr_checkpoint_path(run->checkpoint, "texts");
    char *paths[SR_COLUMN_COUNT];
    bool has_memory = texts != NULL;
    for (size_t i = 0; i < SR_COLUMN_COUNT; i++) {
        paths[i] = sr_checkpoint_path(run->checkpoint, NAMES[i]);
        has_memory = has_memory && paths[i];
    }
    sr_status status = has_memory ? sr_dedup_articles_open(&run->articles, run->pager, paths,
                                                           state->column_bytes, error)
                                  : sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "out of memory");
    if (status == SR_OK) {
        status = sr_spool_open_file(&run->articles.spool, texts, state->n_spooled, error);
    }
    free(texts);
    for (size_t i = 0; i < SR_COLUMN_COUNT; i++) {
        free(paths[i]);
    }
    return status;
}

/* Where columns and texts go: to a checkpoint where someone may want to resume the run, else to
 * memory while that lasts. */
static sr_status open_columns(dedup_run *run, sr_error *error)
{
    const sr_dedup_options *options = run->options;
    const sr_dedup_forecast *forecast = &run->forecast;
    if (options->resume && forecast->is_pipe) {
        return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0,
                            "a run over a pipe can't be resumed: save the feed to a file first");
    }
    if (sr_dedup_leaves_checkpoint(options, forecast->is_pipe, forecast->n_input_bytes)) {
        const sr_checkpoint_store store = know_store(run->store);
        SR_TRY(sr_checkpoint_open(run->feeds, run->n_feeds, options, run->temp_dir, &store,
                                  run->observer, &run->checkpoint, error));
    }
    if (run->checkpoint) {
        if (run->checkpoint->found) {
            run->summary = run->checkpoint->state.summary;
        }
        if (run->checkpoint->state.phase == SR_CHECKPOINT_ADDED) {
            return SR_OK; /* its files may be gone */
        }
        return open_files_of_checkpoint(run, error);
    }
    sr_dedup_articles_limit(&run->articles, run->pager, run->temp_dir,
                            forecast->spills ? 0 : sr_dedup_column_memory(run->memory_limit));
    return sr_spool_open(&run->articles.spool, run->temp_dir,
                         sr_dedup_spool_memory(run->memory_limit), error);
}

static bool is_written(const dedup_run *run)
{
    return run->checkpoint && run->checkpoint->state.phase >= SR_CHECKPOINT_WRITTEN;
}

static sr_status open_reports(dedup_run *run, sr_error *error)
{
    const sr_dedup_options *options = run->options;
    for (size_t i = 0; i < options->n_reports; i++) {
        sr_format format = SR_FORMAT_CSV;
        SR_TRY(sr_report_format(options->reports[i], true, &format, error));
        if (!options->dry_run) {
            SR_TRY(sr_output_open(options->reports[i], options->write, options->write_context,
                                  &run->reports[i].output, error));
            run->reports[i].format = format;
            if (format == SR_FORMAT_HTML && run->articles.packing == SR_PACK_NOTHING) {
                run->articles.packing = SR_PACK_FIELDS;
            }
            run->n_reports = i + 1;
        }
    }
    return SR_OK;
}

/* Everything that can fail before the first byte is read does so here. */
static sr_status open_all(dedup_run *run, sr_error *error)
{
    const sr_dedup_options *options = run->options;
    bool writes = options->output && !options->dry_run;
    run->temp_dir = sr_temp_dir_choose(options->tmp_dir, options->output);
    run->spooled = calloc(run->n_feeds, sizeof *run->spooled);
    run->reports = calloc(options->n_reports + 1, sizeof *run->reports);
    if (!run->temp_dir || !run->spooled || !run->reports) {
        return sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "out of memory");
    }
    if (sr_pipeline_create(run->observer, &run->pipeline) != SR_OK ||
        sr_pager_create(run->temp_dir, run->memory_limit, &run->pager) != SR_OK) {
        return sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "out of memory");
    }
    if (run->forecast.spills) {
        sr_pager_spill(run->pager);
    }
    SR_TRY(sr_feed_open(run->feeds, run->n_feeds, &options->feed,
                        sr_pipeline_observer(run->pipeline), &run->feed, error));
    SR_TRY(open_store(run, error));
    SR_TRY(open_columns(run, error));
    if (is_written(run)) {
        return SR_OK;
    }
    if (writes && !run->checkpoint) {
        SR_TRY(choose_spooled(run, error));
    }
    SR_TRY(check_reports(run, error));
    SR_TRY(open_reports(run, error));
    run->articles.words_do =
        options->thresholds.plain && !options->against && run->articles.packing == SR_PACK_NOTHING;
    if (writes) {
        SR_TRY(sr_sink_open(options->output, options->write, options->write_context, &run->sink,
                            error));
    }
    return SR_OK;
}

/* Reads the input to its end. */
static sr_status collect(dedup_run *run, sr_error *error)
{
    const sr_dedup_options *options = run->options;
    sr_dedup_articles *articles = &run->articles;
    SR_TRY(sr_dedup_collect(run->pipeline, run->feed, &options->params, options->thresholds.plain,
                            &options->feed, &run->keep, run->sink ? run->spooled : NULL,
                            &run->raw_spool, run->observer, run->checkpoint, articles,
                            &run->summary, error));
    if (sr_dedup_memory_needed(options, articles->n_rows, articles->spool.n_taken,
                               run->raw_spool.n_taken) > run->memory_limit) {
        sr_pager_spill(run->pager); /* of a pipe, the need is known only now */
    }
    SR_TRY(sr_dedup_articles_seal(articles, error));
    SR_TRY(check_reports(run, error));
    run->fates = sr_paged_calloc(run->pager, (size_t)articles->n_rows + 1, sizeof *run->fates);
    sr_status status = run->fates ? sr_verifier_create(&options->params, &options->thresholds,
                                                       articles, &run->verifier)
                                  : SR_ERR_MEMORY;
    return status == SR_OK ? SR_OK
                           : sr_error_set(error, status, NULL, 0, "%s", sr_status_text(status));
}

/* The fate of every record. */
static sr_status decide(dedup_run *run, sr_error *error)
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
static sr_status recall(dedup_run *run, sr_error *error)
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

static sr_status find_repeats(dedup_run *run, sr_error *error)
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

static sr_status commit_outputs(dedup_run *run, sr_error *error)
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
static sr_status commit_survivors(dedup_run *run, sr_error *error)
{
    SR_TRY(sr_store_commit(run->store, &run->summary.commit, error));
    if (!run->checkpoint) {
        return SR_OK;
    }
    run->checkpoint->state.phase = SR_CHECKPOINT_ADDED;
    run->checkpoint->state.summary = run->summary;
    return sr_checkpoint_save(run->checkpoint, error);
}

static sr_status write_all(dedup_run *run, sr_error *error)
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
static sr_status add_rest(dedup_run *run, sr_error *error)
{
    sr_dedup_articles *articles = &run->articles;
    if (run->checkpoint->state.phase == SR_CHECKPOINT_ADDED) {
        return SR_OK;
    }
    const sr_checkpoint_store before = run->checkpoint->state.store;
    const sr_checkpoint_store now = know_store(run->store);
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

static void release_all(dedup_run *run, sr_status status)
{
    if (run->sink) {
        sr_sink_abort(run->sink);
    }
    sr_against_release(&run->against);
    sr_store_close(run->store);
    for (size_t i = 0; i < run->n_reports; i++) {
        sr_output_abort(run->reports[i].output);
    }
    free(run->reports);
    sr_paged_free(run->pager, run->fates);
    sr_dedup_matches_release(&run->matches);
    sr_verifier_free(run->verifier);
    sr_dedup_articles_release(&run->articles);
    sr_spool_close(&run->raw_spool);
    sr_feed_close(run->feed);
    sr_pipeline_free(run->pipeline);
    sr_pager_free(run->pager);
    bool keep = status == SR_ERR_INTERRUPTED || status == SR_ERR_MEMORY || status == SR_ERR_IO ||
                status == SR_ERR_MISMATCH;
    sr_checkpoint_close(run->checkpoint, keep, run->observer);
    free(run->spooled);
    free(run->temp_dir);
}

sr_status sr_dedup(const char *const *feeds, size_t n_feeds, const sr_dedup_options *options,
                   const sr_observer *observer, sr_dedup_summary *summary, sr_error *error)
{
    sr_dedup_options chosen = *options;
    dedup_run run = {.feeds = feeds, .n_feeds = n_feeds, .options = &chosen, .observer = observer};
    SR_TRY(sr_dedup_choose_bands(&chosen, error));
    sr_spool_init(&run.raw_spool);
    sr_dedup_articles_init(&run.articles, options->params.n_values);
    run.articles.keep_furniture = options->feed.keep_furniture;
    sr_dedup_matches_init(&run.matches);
    sr_status status = check_options(&run, error);
    if (status == SR_OK) {
        run.memory_limit = sr_dedup_memory_limit(options);
        status = sr_dedup_plan_announce(feeds, n_feeds, &chosen, observer, &run.forecast, error);
    }
    if (status == SR_OK) {
        status = open_all(&run, error);
    }
    if (status == SR_OK) {
        if (is_written(&run)) {
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
    release_all(&run, status);
    return status;
}
