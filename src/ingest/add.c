/* add.c — feeds into the store: read a batch, prepare it on all threads, put it in input order. */
#include "ingest/ingest.h"

#include <omp.h>
#include <stdlib.h>

enum {
    BATCH_RECORDS = 2048,
    BATCH_BYTES = 8 << 20,
    MAX_BAD_MESSAGES = 20,
    SUSPICIOUS_RECORDS = 20
};

/* One feed on its way into the store. */
typedef struct intake_run {
    sr_store *store;
    sr_session *session;
    const sr_feed_options *options;
    sr_feed *feed;
    sr_record_parser **parsers; /* one a preparer */
    sr_record_batch batch;
    sr_intake *intakes;
    size_t intake_capacity;
    sr_add_report *report;
    sr_add_summary *summary;
    sr_buffer of;
} intake_run;

static void reset_preparers(sr_session *session)
{
    for (size_t i = 0; i < session->n_preparers; i++) {
        sr_arena_reset(&session->preparers[i].arena);
    }
}

/* Parses and prepares one record; what is wrong with the record is noted in it, what is wrong with
 * us is returned. */
static sr_status prepare_record(intake_run *run, size_t thread, sr_intake *intake)
{
    sr_preparer *preparer = &run->session->preparers[thread];
    if (intake->record->bad) {
        intake->bad = intake->record->bad;
        return SR_OK;
    }
    sr_article article;
    sr_error error;
    sr_status status =
        sr_record_parse(run->parsers[thread], intake->record, &preparer->arena, &article, &error);
    if (status == SR_ERR_MEMORY || status == SR_OK) {
        return status == SR_OK
                   ? sr_prepare(preparer, &article, run->options->keep_furniture, &intake->prepared)
                   : status;
    }
    intake->bad = sr_arena_copy(&preparer->arena, sr_str_of(error.text)).data;
    return intake->bad ? SR_OK : SR_ERR_MEMORY;
}

static sr_status prepare_batch(intake_run *run)
{
    size_t n_records = run->batch.n_records;
    SR_TRY(sr_array_reserve((void **)&run->intakes, &run->intake_capacity, n_records,
                            sizeof *run->intakes));
    sr_status failed = SR_OK;
#pragma omp parallel for schedule(dynamic, 16) num_threads((int)run->session->n_preparers)
    for (size_t i = 0; i < n_records; i++) {
        run->intakes[i] = (sr_intake){.record = &run->batch.records[i]};
        sr_status status = prepare_record(run, (size_t)omp_get_thread_num(), &run->intakes[i]);
        if (status != SR_OK) {
#pragma omp critical
            failed = status;
        }
    }
    return failed;
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

static sr_status run_batches(intake_run *run, sr_error *error)
{
    for (;;) {
        if (sr_observe_cancelled(&run->store->observer)) {
            return sr_error_set(error, SR_ERR_INTERRUPTED, NULL, 0,
                                "interrupted; nothing was added");
        }
        reset_preparers(run->session);
        SR_TRY(sr_feed_next_batch(run->feed, BATCH_RECORDS, BATCH_BYTES, &run->batch, error));
        if (run->batch.n_records == 0) {
            return SR_OK;
        }
        SR_TRY(prepare_batch(run));
        for (size_t i = 0; i < run->batch.n_records; i++) {
            SR_TRY(put_record(run, &run->intakes[i], error));
        }
        uint64_t done;
        uint64_t total;
        sr_feed_progress(run->feed, &done, &total);
        sr_observe_progress(&run->store->observer, "adding", done, total);
    }
}

/* The limits that speak of the whole feed. */
static sr_status judge_bad(const intake_run *run, const char *path, sr_error *error)
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
    free(run->intakes);
    sr_record_batch_release(&run->batch);
    sr_buffer_release(&run->of);
    sr_feed_close(run->feed);
}

static sr_status run_feed(intake_run *run, const char *path, sr_error *error)
{
    sr_record_batch_init(&run->batch);
    sr_buffer_init(&run->of, SR_BUFFER_NO_LIMIT);
    SR_TRY(sr_feed_open(&path, 1, run->options, &run->store->observer, &run->feed, error));
    run->parsers = calloc(run->session->n_preparers, sizeof(sr_record_parser *));
    if (!run->parsers) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < run->session->n_preparers; i++) {
        SR_TRY(sr_record_parser_create(run->feed, &run->parsers[i]));
    }
    SR_TRY(run_batches(run, error));
    return judge_bad(run, path, error);
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
    SR_TRY(sr_session_of(store, &session, error));
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
    SR_TRY(sr_session_of(store, &session, error));
    sr_buffer of;
    sr_buffer_init(&of, SR_BUFFER_NO_LIMIT);
    sr_status status = SR_OK;
    for (size_t i = 0; i < n_articles && status == SR_OK; i++) {
        sr_decision decision = {.of = &of};
        sr_prepared prepared;
        sr_arena_reset(&session->preparers[0].arena);
        if (articles[i].id.n_bytes == 0) {
            status = sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0, "article %zu has no id", i);
            break;
        }
        status = sr_prepare(&session->preparers[0], &articles[i], false, &prepared);
        if (status == SR_OK) {
            status = sr_session_put(session, &prepared, &decision, error);
        }
        if (status == SR_OK && outcomes) {
            outcomes[i] = decision.outcome;
        }
    }
    sr_buffer_release(&of);
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
