/* run.c — what a dedup run holds: options checked, files and store opened, all released. */
#include "dedup/run.h"

#include "dedup/budget.h"
#include "dedup/temp_dir.h"
#include "feed/compression.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static bool is_share(double share)
{
    return share > 0.0 && share <= 1.0;
}

sr_status sr_dedup_run_check(sr_dedup_run *run, sr_error *error)
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

sr_status sr_dedup_run_check_reports(const sr_dedup_run *run, sr_error *error)
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
static sr_status choose_spooled(sr_dedup_run *run, sr_error *error)
{
    bool any_pipe = false;
    bool any_spooled = false;
    for (size_t i = 0; i < run->n_feeds; i++) {
        bool pipe = is_pipe(run->feeds[i]);
        run->spooled[i] = pipe || is_worth_spooling(run->feeds[i], run->temp_dir);
        any_spooled |= run->spooled[i];
        any_pipe |= pipe;
    }
    if (any_pipe) {
        sr_observe_message(run->observer, SR_MESSAGE_INFO,
                           "a pipe must be read twice: it is spooled to %s", run->temp_dir);
    }
    return any_spooled ? sr_spool_open(&run->raw_spool, run->temp_dir,
                                       sr_budget_raw(run->memory_limit), error)
                       : SR_OK;
}

/* The store that is asked, and that takes the survivors in where that is wanted. */
static sr_status open_store(sr_dedup_run *run, sr_error *error)
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

sr_checkpoint_store sr_dedup_run_store(const sr_store *store)
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
static sr_status open_files_of_checkpoint(sr_dedup_run *run, sr_error *error)
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
static sr_status open_columns(sr_dedup_run *run, sr_error *error)
{
    const sr_dedup_options *options = run->options;
    const sr_dedup_forecast *forecast = &run->forecast;
    if (options->resume && forecast->is_pipe) {
        return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0,
                            "a run over a pipe can't be resumed: save the feed to a file first");
    }
    if (sr_dedup_leaves_checkpoint(options, forecast->is_pipe, forecast->n_input_bytes)) {
        const sr_checkpoint_store store = sr_dedup_run_store(run->store);
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
                            forecast->spills ? 0 : sr_budget_columns(run->memory_limit));
    return sr_spool_open(&run->articles.spool, run->temp_dir, sr_budget_spool(run->memory_limit),
                         error);
}

bool sr_dedup_run_is_written(const sr_dedup_run *run)
{
    return run->checkpoint && run->checkpoint->state.phase >= SR_CHECKPOINT_WRITTEN;
}

static sr_status open_reports(sr_dedup_run *run, sr_error *error)
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

sr_status sr_dedup_run_open(sr_dedup_run *run, sr_error *error)
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
    if (sr_dedup_run_is_written(run)) {
        return SR_OK;
    }
    if (writes && !run->checkpoint) {
        SR_TRY(choose_spooled(run, error));
    }
    SR_TRY(sr_dedup_run_check_reports(run, error));
    SR_TRY(open_reports(run, error));
    run->articles.words_do =
        options->thresholds.plain && !options->against && run->articles.packing == SR_PACK_NOTHING;
    if (writes) {
        SR_TRY(sr_sink_open(options->output, options->write, options->write_context, &run->sink,
                            error));
    }
    return SR_OK;
}

void sr_dedup_run_release(sr_dedup_run *run, sr_status status)
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
