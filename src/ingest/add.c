/* add.c — feeds into the store: read a batch, prepare it on all threads, put it in input order. */
#include "feed/pipeline.h"
#include "ingest/ingest.h"

#include <stdlib.h>

enum {
    BATCH_RECORDS = 1024,
    BATCH_BYTES = 4 << 20,
    MAX_BAD_MESSAGES = 20,
    SUSPICIOUS_RECORDS = 20
};

/* One feed on its way into the store. */
typedef struct intake_run {
    sr_store *store;
    sr_session *session;
    const sr_feed_options *options;
    sr_pipeline *pipeline;
    sr_feed *feed;
    sr_record_parser **parsers; /* one a preparer */
    sr_add_report *report;
    sr_add_summary *summary;
    sr_buffer of;
} intake_run;

sr_status sr_intake_prepare(sr_record_parser *parser, sr_preparer *preparer, bool keep_furniture,
                            sr_arena *arena, const sr_record *record, sr_intake *intake)
{
    *intake = (sr_intake){.record = record, .bad = record->bad};
    if (record->bad) {
        return SR_OK;
    }
    sr_article article;
    sr_error error;
    sr_status status = sr_record_parse(parser, record, arena, &article, &error);
    if (status == SR_OK) {
        return sr_prepare(preparer, arena, &article, keep_furniture, &intake->prepared);
    }
    if (status == SR_ERR_MEMORY) {
        return status;
    }
    intake->bad = sr_arena_copy(arena, sr_str_of(error.text)).data;
    return intake->bad ? SR_OK : SR_ERR_MEMORY;
}

static sr_status prepare_record(void *context, int thread, sr_arena *arena, const sr_record *record,
                                void *slot)
{
    const intake_run *run = context;
    return sr_intake_prepare(run->parsers[thread], &run->session->preparers[thread],
                             run->options->keep_furniture, arena, record, slot);
}

static void tell_bad(intake_run *run, const sr_intake *intake)
{
    const char *name = intake->record->member->name;
    const sr_observer *observer = &run->store->observer;
    if (run->summary->outcomes[SR_OUTCOME_BAD] > MAX_BAD_MESSAGES) {
        return;
    }
    if (intake->record->line == 0) { /* a file or directory as a whole */
        sr_observe_message(observer, SR_MESSAGE_WARNING, "%s: %s", name, intake->bad);
    } else {
        sr_observe_message(observer, SR_MESSAGE_WARNING, "%s:%llu: %s", name,
                           (unsigned long long)intake->record->line, intake->bad);
    }
}

static sr_status put_record(intake_run *run, const sr_intake *intake, sr_error *error)
{
    sr_decision decision = {.outcome = SR_OUTCOME_BAD, .of = &run->of};
    sr_buffer_clear(&run->of);
    if (!intake->bad) {
        SR_TRY(sr_session_put(run->session, &intake->prepared, &decision, error));
        run->summary->n_empty += intake->prepared.signature.n_words == 0;
    }
    run->summary->n_records++;
    run->summary->outcomes[decision.outcome]++;
    if (intake->bad) {
        tell_bad(run, intake);
        if (run->summary->outcomes[SR_OUTCOME_BAD] > run->options->max_bad) {
            return sr_error_set(error, SR_ERR_LIMIT, intake->record->member->name,
                                intake->record->line,
                                "more than %llu bad records; nothing was added",
                                (unsigned long long)run->options->max_bad);
        }
    }
    return sr_add_report_write(run->report, intake, &decision, error);
}

static sr_status put_batch(void *context, const sr_record_batch *batch, const void *slots,
                           sr_error *error)
{
    const sr_intake *intakes = slots;
    for (size_t i = 0; i < batch->n_records; i++) {
        SR_TRY(put_record(context, &intakes[i], error));
    }
    return SR_OK;
}

/* The limits that speak of the whole feed. */
static sr_status judge_feed(const intake_run *run, const char *path, sr_error *error)
{
    uint64_t n_bad = run->summary->outcomes[SR_OUTCOME_BAD];
    uint64_t n_records = run->summary->n_records;
    if (n_bad > MAX_BAD_MESSAGES) {
        sr_observe_message(&run->store->observer, SR_MESSAGE_WARNING,
                           "%s: and %llu more bad records", path,
                           (unsigned long long)(n_bad - MAX_BAD_MESSAGES));
    }
    uint64_t n_updated = run->summary->outcomes[SR_OUTCOME_UPDATED];
    if (n_records >= SUSPICIOUS_RECORDS && n_updated * 2 > n_records) {
        sr_observe_message(
            &run->store->observer, SR_MESSAGE_WARNING,
            "%s: %llu of its %llu ids were in the store with other articles, which it replaces; if "
            "this is another feed with ids of its own, say --map id=FIELD (its URL, for example)",
            path, (unsigned long long)n_updated, (unsigned long long)n_records);
    }
    if (n_bad && n_bad == n_records) {
        return sr_error_set(error, SR_ERR_FORMAT, path, 0,
                            "not one record could be read; nothing was added");
    }
    if ((double)n_bad > run->options->max_bad_share * (double)n_records) {
        return sr_error_set(
            error, SR_ERR_LIMIT, path, 0,
            "%llu of %llu records are bad, more than --max-bad allows; nothing was added",
            (unsigned long long)n_bad, (unsigned long long)n_records);
    }
    return SR_OK;
}

static void run_release(intake_run *run)
{
    for (size_t i = 0; run->parsers && i < run->session->n_preparers; i++) {
        sr_record_parser_free(run->parsers[i]);
    }
    free(run->parsers);
    sr_buffer_release(&run->of);
    sr_feed_close(run->feed);
    sr_pipeline_free(run->pipeline);
}

static sr_status run_feed(intake_run *run, const char *path, sr_error *error)
{
    sr_buffer_init(&run->of, SR_BUFFER_NO_LIMIT);
    SR_TRY(sr_pipeline_create(&run->store->observer, &run->pipeline));
    SR_TRY(sr_feed_open(&path, 1, run->options, sr_pipeline_observer(run->pipeline), &run->feed,
                        error));
    run->parsers = calloc(run->session->n_preparers, sizeof(sr_record_parser *));
    if (!run->parsers) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < run->session->n_preparers; i++) {
        SR_TRY(sr_record_parser_create(run->feed, &run->parsers[i]));
    }
    sr_pipeline_job job = {
        .progress = "adding",
        .max_records = BATCH_RECORDS,
        .max_bytes = BATCH_BYTES,
        .slot_bytes = sizeof(sr_intake),
        .n_threads = (int)run->session->n_preparers,
        .context = run,
        .work = prepare_record,
        .merge = put_batch,
    };
    sr_status status = sr_pipeline_run(run->pipeline, run->feed, &job, error);
    if (status == SR_ERR_INTERRUPTED) {
        return sr_error_set(error, status, NULL, 0, "interrupted; nothing was added");
    }
    return status == SR_OK ? judge_feed(run, path, error) : status;
}

static sr_status add_all(sr_store *store, sr_session *session, const char *const *feeds,
                         size_t n_feeds, const sr_feed_options *options, sr_add_report *report,
                         sr_add_summary *summaries, sr_error *error)
{
    for (size_t i = 0; i < n_feeds; i++) {
        summaries[i] = (sr_add_summary){0};
        intake_run run = {
            .store = store,
            .session = session,
            .options = options,
            .report = report,
            .summary = &summaries[i],
        };
        sr_status status = run_feed(&run, feeds[i], error);
        run_release(&run);
        SR_TRY(status);
    }
    return SR_OK;
}

sr_status sr_store_add_feeds(sr_store *store, const char *const *feeds, size_t n_feeds,
                             const sr_feed_options *options, const char *report_path,
                             sr_add_summary *summaries, sr_error *error)
{
    sr_session *session;
    SR_TRY(sr_session_to_add(store, &session, error));
    sr_feed_options defaults;
    sr_feed_options_init(&defaults);
    sr_add_report *report = NULL;
    if (report_path) {
        SR_TRY(sr_add_report_open(report_path, &report, error));
    }
    sr_status status = add_all(store, session, feeds, n_feeds, options ? options : &defaults,
                               report, summaries, error);
    if (status != SR_OK) {
        sr_add_report_abort(report);
        return status == SR_ERR_MEMORY ? sr_error_set(error, status, NULL, 0, "out of memory")
                                       : status;
    }
    return sr_add_report_commit(report, error);
}

sr_status sr_store_add_articles(sr_store *store, const sr_article *articles, size_t n_articles,
                                sr_outcome *outcomes, sr_error *error)
{
    sr_session *session;
    SR_TRY(sr_session_to_add(store, &session, error));
    sr_arena arena;
    sr_buffer of;
    sr_arena_init(&arena);
    sr_buffer_init(&of, SR_BUFFER_NO_LIMIT);
    sr_status status = SR_OK;
    for (size_t i = 0; i < n_articles && status == SR_OK; i++) {
        sr_decision decision = {.of = &of};
        sr_prepared prepared;
        sr_arena_reset(&arena);
        if (articles[i].id.n_bytes == 0) {
            status = sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0, "article %zu has no id", i);
            break;
        }
        status = sr_prepare(&session->preparers[0], &arena, &articles[i], false, &prepared);
        if (status == SR_OK) {
            status = sr_session_put(session, &prepared, &decision, error);
        }
        if (status == SR_OK && outcomes) {
            outcomes[i] = decision.outcome;
        }
    }
    sr_buffer_release(&of);
    sr_arena_release(&arena);
    return status;
}

sr_status sr_store_commit(sr_store *store, uint64_t *commit, sr_error *error)
{
    sr_session *session;
    SR_TRY(sr_session_of(store, &session, error));
    sr_status status = sr_writer_commit(session->writer, commit, error);
    if (status == SR_OK) {
        sr_pending_clear(&session->pending);
    }
    return status;
}
