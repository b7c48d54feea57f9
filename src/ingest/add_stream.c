/* add_stream.c — the records of a pipe into the store while it is being written, each answered once
 * it is safe (public: sr_store_add_stream).
 *
 *   read what is there → prepare on all threads → put in order → answers wait
 *   10,000 records, or 200 ms of silence, or a second since the first of them → commit → answers
 *
 * So a crawler that waits for its answers gets them soon, one that does not is never slowed down by
 * more than a commit in 10,000 records, and an answer is never given for what a crash could lose.
 */
#include "ingest/ingest.h"

#include <omp.h>
#include <stdlib.h>
#include <time.h>

enum {
    COMMIT_RECORDS = 10000,
    BATCH_RECORDS = 1024,
    BATCH_BYTES = 4 << 20,
    IDLE_MS = 200,
    LONGEST_WAIT_MS = 1000
};

typedef struct stream_run {
    sr_store *store;
    sr_session *session;
    const sr_feed_options *options;
    sr_feed *feed;
    sr_record_parser **parsers; /* one a preparer */
    sr_arena *arenas;           /* one a preparer */
    sr_record_batch batch;
    sr_intake *intakes; /* of the batch */
    bool json;
    sr_write_fn write;
    void *context;
    sr_buffer answers; /* of the records since the last commit */
    uint64_t n_waiting;
    int64_t waiting_since_ms;
    sr_buffer of;
    sr_add_summary *summary;
    uint64_t *commit;
} stream_run;

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static sr_status prepare_batch(stream_run *run)
{
    size_t n_records = run->batch.n_records;
    sr_status status = SR_OK;
    for (size_t t = 0; t < run->session->n_preparers; t++) {
        sr_arena_reset(&run->arenas[t]);
    }
#pragma omp parallel for schedule(dynamic, 16) num_threads((int)run->session->n_preparers)
    for (size_t i = 0; i < n_records; i++) {
        int thread = omp_get_thread_num();
        sr_status own = sr_intake_prepare(run->parsers[thread], &run->session->preparers[thread],
                                          run->options->keep_furniture, &run->arenas[thread],
                                          &run->batch.records[i], &run->intakes[i]);
        if (own != SR_OK) {
#pragma omp critical
            status = own;
        }
    }
    return status;
}

static sr_status put_record(stream_run *run, const sr_intake *intake, sr_error *error)
{
    sr_decision decision = {.outcome = SR_OUTCOME_BAD, .of = &run->of};
    sr_buffer_clear(&run->of);
    if (!intake->bad) {
        SR_TRY(sr_session_put(run->session, &intake->prepared, &decision, error));
        run->summary->n_empty += intake->prepared.signature.n_words == 0;
    }
    run->summary->n_records++;
    run->summary->outcomes[decision.outcome]++;
    if (run->summary->outcomes[SR_OUTCOME_BAD] > run->options->max_bad) {
        return sr_error_set(error, SR_ERR_LIMIT, intake->record->member->name, intake->record->line,
                            "more than %llu bad records",
                            (unsigned long long)run->options->max_bad);
    }
    run->waiting_since_ms = run->n_waiting++ ? run->waiting_since_ms : now_ms();
    return sr_add_report_append(&run->answers, run->json, intake, &decision);
}

/* Makes durable what was put, and then answers for it. */
static sr_status commit_and_answer(stream_run *run, sr_error *error)
{
    if (run->n_waiting == 0) {
        return SR_OK;
    }
    SR_TRY(sr_store_commit(run->store, run->commit, error));
    bool written = run->write(run->context, run->answers.data, run->answers.n_bytes);
    sr_buffer_clear(&run->answers);
    run->n_waiting = 0;
    return written ? SR_OK
                   : sr_error_set(error, SR_ERR_IO, NULL, 0, "the answers could not be written");
}

static sr_status take_batch(stream_run *run, bool *ended, sr_error *error)
{
    uint64_t room = COMMIT_RECORDS - run->n_waiting;
    SR_TRY(sr_feed_next_batch(run->feed, room < BATCH_RECORDS ? (size_t)room : BATCH_RECORDS,
                              BATCH_BYTES, &run->batch, error));
    *ended = run->batch.n_records == 0;
    SR_TRY(prepare_batch(run));
    for (size_t i = 0; i < run->batch.n_records; i++) {
        SR_TRY(put_record(run, &run->intakes[i], error));
    }
    return SR_OK;
}

static sr_status follow(stream_run *run, sr_error *error)
{
    bool ended = false;
    while (!ended) {
        bool due = run->n_waiting >= COMMIT_RECORDS ||
                   (run->n_waiting && (now_ms() - run->waiting_since_ms >= LONGEST_WAIT_MS ||
                                       !sr_feed_wait(run->feed, IDLE_MS)));
        SR_TRY(due ? commit_and_answer(run, error) : take_batch(run, &ended, error));
    }
    return commit_and_answer(run, error);
}

static sr_status open_run(stream_run *run, const char *path, sr_error *error)
{
    size_t n = run->session->n_preparers;
    SR_TRY(sr_feed_open(&path, 1, run->options, &run->store->observer, &run->feed, error));
    sr_feed_set_live(run->feed);
    run->parsers = calloc(n, sizeof *run->parsers);
    run->arenas = calloc(n, sizeof *run->arenas);
    run->intakes = malloc(BATCH_RECORDS * sizeof *run->intakes);
    if (!run->parsers || !run->arenas || !run->intakes) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        SR_TRY(sr_record_parser_create(run->feed, &run->parsers[i]));
    }
    return run->json ? SR_OK : sr_add_report_head(&run->answers);
}

static void release_run(stream_run *run)
{
    for (size_t i = 0; i < run->session->n_preparers; i++) {
        if (run->parsers) {
            sr_record_parser_free(run->parsers[i]);
        }
        if (run->arenas) {
            sr_arena_release(&run->arenas[i]);
        }
    }
    free(run->parsers);
    free(run->arenas);
    free(run->intakes);
    sr_record_batch_release(&run->batch);
    sr_buffer_release(&run->answers);
    sr_buffer_release(&run->of);
    sr_feed_close(run->feed);
}

sr_status sr_store_add_stream(sr_store *store, const char *feed, const sr_feed_options *options,
                              sr_format format, sr_write_fn write, void *context,
                              /* Never without. NOLINTNEXTLINE(readability-non-const-parameter) */
                              sr_add_summary *summary, uint64_t *commit, sr_error *error)
{
    sr_session *session;
    sr_feed_options defaults;
    sr_feed_options_init(&defaults);
    SR_TRY(sr_session_to_add(store, &session, error));
    *summary = (sr_add_summary){0};
    stream_run run = {
        .store = store,
        .session = session,
        .options = options ? options : &defaults,
        .json = format == SR_FORMAT_JSON || format == SR_FORMAT_JSONL,
        .write = write,
        .context = context,
        .summary = summary,
        .commit = commit,
    };
    sr_record_batch_init(&run.batch);
    sr_buffer_init(&run.answers, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&run.of, SR_BUFFER_NO_LIMIT);
    sr_status status = open_run(&run, feed, error);
    if (status == SR_OK) {
        status = follow(&run, error);
    }
    release_run(&run);
    return status == SR_ERR_MEMORY ? sr_error_set(error, status, NULL, 0, "out of memory") : status;
}
