/* survivors.c — reads each FEED argument again (or its spool), counts along with the documents of
 * the first reading, and hands the sink what survived.
 *
 * Every record's bytes are checked against a 32-bit hash of the first reading: a file that grew,
 * shrank or was edited in between stops the run before anything is renamed. Members are those of
 * the first reading, whose feed is still open, so that the sink sees one numbering of files over
 * all arguments.
 */
#include "dedup/survivors.h"

#include "dedup/collect.h"

#include <omp.h>

typedef struct survivor_writer {
    const sr_dedup_articles *articles;
    const sr_dedup_fate *fates;
    const sr_observer *observer;
    const sr_feed *feed; /* of the first reading */
    sr_sink *sink;
    uint32_t next;    /* document of the next record */
    size_t n_members; /* begun */
    sr_record run;    /* lines that survived and lie one behind the other, not yet written */
} survivor_writer;

static sr_status write_run(survivor_writer *self, sr_error *error)
{
    sr_record run = self->run;
    self->run.raw.n_bytes = 0;
    return run.raw.n_bytes ? sr_sink_write_record(self->sink, &run, error) : SR_OK;
}

/* Nine of ten lines survive: they are copied in long runs. */
static sr_status write_survivor(survivor_writer *self, const sr_record *record, sr_error *error)
{
    sr_str *run = &self->run.raw;
    bool goes_on = run->n_bytes && record->raw.data == run->data + run->n_bytes;
    if (goes_on) {
        run->n_bytes += record->raw.n_bytes;
        return SR_OK;
    }
    SR_TRY(write_run(self, error));
    if (record->member->format == SR_FEED_JSONL && record->raw.n_bytes) {
        self->run = *record;
        return SR_OK;
    }
    return sr_sink_write_record(self->sink, record, error);
}

/* Begins the members up to `last`, those without a record among them; NULL: all. */
static sr_status begin_members(survivor_writer *self, const sr_feed_member *last, sr_error *error)
{
    const sr_feed_member *begun =
        self->n_members ? sr_feed_member_get(self->feed, self->n_members - 1) : NULL;
    if (begun != last) {
        SR_TRY(write_run(self, error));
    }
    while (begun != last && self->n_members < sr_feed_member_count(self->feed)) {
        begun = sr_feed_member_get(self->feed, self->n_members++);
        SR_TRY(sr_sink_begin_member(self->sink, begun, error));
    }
    return SR_OK;
}

static sr_status write_record(survivor_writer *self, const sr_record *record, uint32_t raw_check,
                              sr_error *error)
{
    const sr_dedup_articles *articles = self->articles;
    uint32_t doc = self->next++;
    if (doc >= articles->n_rows || articles->rows[doc].raw_check != raw_check) {
        return sr_error_set(error, SR_ERR_IO, record->member->name, record->line,
                            "the input changed while it was read");
    }
    const sr_dedup_article *row = &articles->rows[doc];
    sr_record survivor = *record;
    survivor.member = articles->members[row->member];
    SR_TRY(begin_members(self, survivor.member, error));
    if (sr_dedup_is_bad(articles, doc) || self->fates[doc].dropped) {
        return SR_OK;
    }
    return write_survivor(self, &survivor, error);
}

/* The work of the second reading: all that a thread can do before the order matters. */
static sr_status check_record(void *context, int thread, sr_arena *arena, const sr_record *record,
                              void *slot)
{
    (void)context;
    (void)thread;
    (void)arena;
    *(uint32_t *)slot = sr_dedup_raw_check(record);
    return SR_OK;
}

static sr_status write_batch(void *context, const sr_record_batch *batch, const void *slots,
                             sr_error *error)
{
    const uint32_t *raw_checks = slots;
    for (size_t i = 0; i < batch->n_records; i++) {
        SR_TRY(write_record(context, &batch->records[i], raw_checks[i], error));
    }
    return write_run(context, error);
}

/* What the feed has to say was said at the first reading. */
static sr_status reread(survivor_writer *self, const char *path, const sr_feed_options *options,
                        sr_error *error)
{
    sr_observer quiet = self->observer ? *self->observer : (sr_observer){0};
    quiet.message = NULL;
    sr_pipeline *pipeline = NULL;
    sr_feed *feed = NULL;
    SR_TRY(sr_pipeline_create(&quiet, &pipeline));
    sr_status status =
        sr_feed_open(&path, 1, options, sr_pipeline_observer(pipeline), &feed, error);
    if (status == SR_OK) {
        sr_pipeline_job job = {
            .progress = "writing",
            .max_records = SR_DEDUP_BATCH_RECORDS,
            .max_bytes = SR_DEDUP_BATCH_BYTES,
            .slot_bytes = sizeof(uint32_t),
            .n_threads = omp_get_max_threads(),
            .context = self,
            .work = check_record,
            .merge = write_batch,
        };
        status = sr_pipeline_run(pipeline, feed, &job, error);
    }
    sr_feed_close(feed);
    sr_pipeline_free(pipeline);
    return status;
}

/* A spool of (32-bit length, bytes) read from front to back, a window at a time. */
typedef struct spool_reader {
    const sr_spool *spool;
    uint64_t offset; /* of the window's end */
    sr_str window;
    size_t at; /* in the window */
    sr_buffer scratch;
} spool_reader;

/* The next `n_bytes`; the view lives until the next call. */
static sr_status read_spooled(spool_reader *reader, size_t n_bytes, sr_str *bytes, sr_error *error)
{
    enum { WINDOW_BYTES = 1 << 18 };
    if (reader->window.n_bytes - reader->at < n_bytes) {
        uint64_t start = reader->offset - (reader->window.n_bytes - reader->at);
        uint64_t n_left = reader->spool->n_taken - start;
        size_t n_wanted = n_bytes < WINDOW_BYTES ? WINDOW_BYTES : n_bytes;
        n_wanted = n_wanted < n_left ? n_wanted : (size_t)n_left;
        SR_TRY(sr_spool_read(reader->spool, start, n_wanted, &reader->scratch, &reader->window,
                             error));
        reader->offset = start + n_wanted;
        reader->at = 0;
        if (n_wanted < n_bytes) {
            return sr_error_set(error, SR_ERR_CORRUPT, reader->spool->dir, 0,
                                "a temporary file is too short");
        }
    }
    if (!reader->window.data) {
        return sr_error_set(error, SR_ERR_CORRUPT, reader->spool->dir, 0,
                            "a temporary file is empty");
    }
    *bytes = sr_str_make(reader->window.data + reader->at, n_bytes);
    reader->at += n_bytes;
    return SR_OK;
}

/* The records of one spooled argument: those of the next documents as long as they came from it. */
static sr_status unspool(survivor_writer *self, size_t argument, spool_reader *reader,
                         sr_error *error)
{
    const sr_dedup_articles *articles = self->articles;
    while (self->next < articles->n_rows) {
        const sr_dedup_article *row = &articles->rows[self->next];
        const sr_feed_member *member = articles->members[row->member];
        if (member->argument != argument) {
            return SR_OK;
        }
        if (sr_observe_cancelled(self->observer)) {
            return sr_error_set(error, SR_ERR_INTERRUPTED, NULL, 0, "interrupted");
        }
        sr_str bytes = {0};
        SR_TRY(read_spooled(reader, sizeof(uint32_t), &bytes, error));
        uint32_t n_bytes = 0;
        if (bytes.data) {
            n_bytes = sr_load_u32(bytes.data);
        }
        SR_TRY(read_spooled(reader, n_bytes, &bytes, error));
        sr_record record = {.member = member, .number = row->number, .raw = bytes};
        SR_TRY(write_record(self, &record, row->raw_check, error));
        SR_TRY(write_run(self, error)); /* the next read may move it */
    }
    return SR_OK;
}

sr_status sr_dedup_write_survivors(const char *const *paths, size_t n_paths,
                                   const sr_feed_options *options, const bool *spooled,
                                   const sr_spool *raw_spool, const sr_feed *first_reading,
                                   const sr_dedup_articles *articles, const sr_dedup_fate *fates,
                                   const sr_observer *observer, sr_sink *sink, sr_error *error)
{
    survivor_writer self = {
        .articles = articles,
        .fates = fates,
        .observer = observer,
        .feed = first_reading,
        .sink = sink,
    };
    spool_reader reader = {.spool = raw_spool};
    sr_buffer_init(&reader.scratch, SR_BUFFER_NO_LIMIT);
    sr_status status = SR_OK;
    for (size_t i = 0; status == SR_OK && i < n_paths; i++) {
        status = spooled[i] ? unspool(&self, i, &reader, error)
                            : reread(&self, paths[i], options, error);
    }
    sr_buffer_release(&reader.scratch);
    if (status == SR_OK) {
        status = begin_members(&self, NULL, error);
    }
    if (status == SR_OK && self.next != articles->n_rows) {
        status = sr_error_set(error, SR_ERR_IO, NULL, 0,
                              "the input changed while it was read: %u records, then %u",
                              articles->n_rows, self.next);
    }
    return status;
}
