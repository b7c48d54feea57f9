/* inspect_texts.c — the clean text of every article, as it would be signed. */
#include "feed/pipeline.h"
#include "related/render.h"
#include "text/body.h"

#include <omp.h>
#include <stdlib.h>

enum { BATCH_RECORDS = 256, BATCH_BYTES = 4 << 20 };

typedef struct texts_worker {
    sr_record_parser *parser;
    sr_cleaner cleaner;
    sr_buffer rendered;
} texts_worker;

typedef struct texts_slot {
    const char *bad; /* NULL: `rendered` is the article */
    sr_str rendered; /* lives in the batch's arena */
} texts_slot;

typedef struct texts_run {
    const sr_feed_options *options;
    sr_format format;
    const sr_observer *observer;
    sr_write_fn write;
    void *context;
    sr_feed *feed;
    texts_worker *workers;
    int n_workers;
    uint64_t n_written;
} texts_run;

static sr_status render_lines(const sr_record *record, const sr_article *article, sr_str body,
                              sr_buffer *out)
{
    SR_TRY(sr_buffer_append_format(out, "%s:%llu ", record->member->name,
                                   (unsigned long long)record->number));
    SR_TRY(sr_render_line(out, article->id, 0));
    SR_TRY(sr_buffer_append_text(out, "\n"));
    SR_TRY(sr_buffer_append_str(out, sr_str_trim(body)));
    return sr_buffer_append_text(out, "\n\n");
}

static sr_status render_object(const sr_record *record, const sr_article *article, sr_str body,
                               sr_buffer *out)
{
    SR_TRY(sr_buffer_append_text(out, "{\"file\":"));
    SR_TRY(sr_buffer_append_json(out, sr_str_of(record->member->name)));
    SR_TRY(sr_buffer_append_format(out,
                                   ",\"number\":%llu,\"id\":", (unsigned long long)record->number));
    SR_TRY(sr_buffer_append_json(out, article->id));
    SR_TRY(sr_buffer_append_text(out, ",\"title\":"));
    SR_TRY(sr_buffer_append_json(out, article->title));
    SR_TRY(sr_buffer_append_text(out, ",\"text\":"));
    SR_TRY(sr_buffer_append_json(out, body));
    return sr_buffer_append_text(out, "}");
}

static sr_status render_record(void *context, int thread, sr_arena *arena, const sr_record *record,
                               void *opaque)
{
    const texts_run *run = context;
    texts_worker *worker = &run->workers[thread];
    texts_slot *slot = opaque;
    sr_article article;
    sr_error error = {0};
    *slot = (texts_slot){.bad = record->bad};
    if (record->bad) {
        return SR_OK;
    }
    sr_status status = sr_record_parse(worker->parser, record, arena, &article, &error);
    if (status != SR_OK) {
        slot->bad = sr_arena_copy(arena, sr_str_of(error.text)).data;
        return status == SR_ERR_MEMORY || !slot->bad ? SR_ERR_MEMORY : SR_OK;
    }
    sr_str body;
    SR_TRY(sr_body_choose(&article, run->options->keep_furniture, &worker->cleaner, &body, NULL));
    sr_buffer_clear(&worker->rendered);
    SR_TRY(run->format == SR_FORMAT_TEXT
               ? render_lines(record, &article, body, &worker->rendered)
               : render_object(record, &article, body, &worker->rendered));
    slot->rendered = sr_arena_copy(arena, sr_buffer_view(&worker->rendered));
    return slot->rendered.data ? SR_OK : SR_ERR_MEMORY;
}

static bool write_one(texts_run *run, sr_str rendered)
{
    const char *before = run->format != SR_FORMAT_JSON ? "" : run->n_written ? ",\n" : "[\n";
    run->n_written++;
    return run->write(run->context, before, strlen(before)) &&
           run->write(run->context, rendered.data, rendered.n_bytes) &&
           (run->format != SR_FORMAT_JSONL || run->write(run->context, "\n", 1));
}

static sr_status write_batch(void *context, const sr_record_batch *batch, const void *slots,
                             sr_error *error)
{
    texts_run *run = context;
    const texts_slot *slot = slots;
    for (size_t i = 0; i < batch->n_records; i++) {
        const sr_record *record = &batch->records[i];
        if (slot[i].bad) {
            sr_observe_message(run->observer, SR_MESSAGE_WARNING, "%s:%llu: %s",
                               record->member->name, (unsigned long long)record->line, slot[i].bad);
        } else if (!write_one(run, slot[i].rendered)) {
            return sr_error_set(error, SR_ERR_IO, NULL, 0, "can't write the texts");
        }
    }
    return SR_OK;
}

static sr_status create_workers(texts_run *run)
{
    run->workers = calloc((size_t)omp_get_max_threads(), sizeof *run->workers);
    if (!run->workers) {
        return SR_ERR_MEMORY;
    }
    run->n_workers = omp_get_max_threads();
    for (int i = 0; i < run->n_workers; i++) {
        sr_cleaner_init(&run->workers[i].cleaner);
        sr_buffer_init(&run->workers[i].rendered, SR_BUFFER_NO_LIMIT);
        SR_TRY(sr_record_parser_create(run->feed, &run->workers[i].parser));
    }
    return SR_OK;
}

static void release_workers(texts_run *run)
{
    for (int i = 0; i < run->n_workers; i++) {
        sr_record_parser_free(run->workers[i].parser);
        sr_cleaner_release(&run->workers[i].cleaner);
        sr_buffer_release(&run->workers[i].rendered);
    }
    free(run->workers);
}

static sr_status run_feeds(texts_run *run, const char *const *feeds, size_t n_feeds,
                           sr_pipeline *pipeline, sr_error *error)
{
    SR_TRY(sr_feed_open(feeds, n_feeds, run->options, sr_pipeline_observer(pipeline), &run->feed,
                        error));
    SR_TRY(create_workers(run));
    sr_pipeline_job job = {
        .progress = "reading",
        .max_records = BATCH_RECORDS,
        .max_bytes = BATCH_BYTES,
        .slot_bytes = sizeof(texts_slot),
        .n_threads = run->n_workers,
        .context = run,
        .work = render_record,
        .merge = write_batch,
    };
    SR_TRY(sr_pipeline_run(pipeline, run->feed, &job, error));
    if (run->format == SR_FORMAT_JSON) {
        const char *end = run->n_written ? "\n]\n" : "[]\n";
        return run->write(run->context, end, strlen(end)) ? SR_OK : SR_ERR_IO;
    }
    return SR_OK;
}

sr_status sr_inspect_texts(const char *const *feeds, size_t n_feeds, const sr_feed_options *options,
                           sr_format format, const sr_observer *observer, sr_write_fn write,
                           void *context, sr_error *error)
{
    sr_feed_options defaults;
    sr_feed_options_init(&defaults);
    texts_run run = {.options = options ? options : &defaults,
                     .format = format,
                     .observer = observer,
                     .write = write,
                     .context = context};
    if (format != SR_FORMAT_TEXT && format != SR_FORMAT_JSON && format != SR_FORMAT_JSONL) {
        return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0, "texts are text, json or jsonl");
    }
    sr_pipeline *pipeline = NULL;
    sr_status status = sr_pipeline_create(observer, &pipeline);
    if (status == SR_OK) {
        status = run_feeds(&run, feeds, n_feeds, pipeline, error);
    }
    release_workers(&run);
    sr_feed_close(run.feed);
    sr_pipeline_free(pipeline);
    return status == SR_ERR_MEMORY ? sr_error_set(error, status, NULL, 0, "out of memory") : status;
}
