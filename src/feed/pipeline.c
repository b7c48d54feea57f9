/* pipeline.c — a ring of batches in flight behind one mutex. A batch is read, worked on in pieces
 * by any thread, complete, and merged; `n_read`, `n_merged` count batches, their difference never
 * exceeds the ring. */
#include "feed/pipeline.h"

#include <omp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum {
    EXTRA_FLIGHTS = 2,
    PIECE_RECORDS = 16,
    POLL_NS = 100 * 1000 * 1000,
    MAX_MESSAGES_BYTES = 1 << 20
};

/* One batch on its way. */
typedef struct flight {
    sr_record_batch batch;
    sr_buffer messages; /* level, text, NUL, repeated */
    char *slots;
    size_t slot_capacity;
    sr_arena *arenas; /* one a thread */
    size_t n_claimed;
    size_t n_done;
    uint64_t progress_done;
    uint64_t progress_total;
} flight;

struct sr_pipeline {
    const sr_observer *observer; /* the caller's */
    sr_observer relay;           /* the feed's */
    sr_buffer messages;          /* what the feed said since the last batch */
    atomic_bool cancelled;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    /* One run. */
    sr_feed *feed;
    const sr_pipeline_job *job;
    flight *flights;
    size_t n_flights;
    uint64_t n_read;
    uint64_t n_merged;
    bool reading;
    bool ended; /* the feed has no more */
    sr_status status;
    sr_error failure;
};

static void keep_message(void *context, sr_message_level level, const char *text)
{
    sr_pipeline *self = context;
    char first = (char)('0' + (int)level);
    size_t n_before = self->messages.n_bytes;
    if (sr_buffer_append(&self->messages, &first, 1) != SR_OK ||
        sr_buffer_append(&self->messages, text, strlen(text) + 1) != SR_OK) {
        self->messages.n_bytes = n_before; /* a message too many is dropped */
    }
}

static bool relay_cancelled(void *context)
{
    return atomic_load(&((sr_pipeline *)context)->cancelled);
}

static void pass_messages_on(const sr_pipeline *self, sr_buffer *messages)
{
    for (size_t at = 0; at < messages->n_bytes;) {
        const char *text = messages->data + at + 1;
        sr_observe_message(self->observer, (sr_message_level)(messages->data[at] - '0'), "%s",
                           text);
        at += strlen(text) + 2;
    }
    sr_buffer_clear(messages);
}

sr_status sr_pipeline_create(const sr_observer *observer, sr_pipeline **out)
{
    sr_pipeline *self = calloc(1, sizeof *self);
    if (!self) {
        return SR_ERR_MEMORY;
    }
    self->observer = observer;
    self->relay =
        (sr_observer){.context = self, .message = keep_message, .cancelled = relay_cancelled};
    sr_buffer_init(&self->messages, MAX_MESSAGES_BYTES);
    pthread_mutex_init(&self->mutex, NULL);
    pthread_cond_init(&self->changed, NULL);
    *out = self;
    return SR_OK;
}

void sr_pipeline_free(sr_pipeline *self)
{
    if (self) {
        pass_messages_on(self, &self->messages); /* what the feed said when it was closed */
        pthread_cond_destroy(&self->changed);
        pthread_mutex_destroy(&self->mutex);
        sr_buffer_release(&self->messages);
        free(self);
    }
}

const sr_observer *sr_pipeline_observer(sr_pipeline *self)
{
    return &self->relay;
}

static flight *flight_at(const sr_pipeline *self, uint64_t number)
{
    return &self->flights[number % self->n_flights];
}

static void release_flights(sr_pipeline *self)
{
    for (size_t i = 0; self->flights && i < self->n_flights; i++) {
        flight *f = &self->flights[i];
        sr_record_batch_release(&f->batch);
        sr_buffer_release(&f->messages);
        free(f->slots);
        for (int t = 0; f->arenas && t < self->job->n_threads; t++) {
            sr_arena_release(&f->arenas[t]);
        }
        free(f->arenas);
    }
    free(self->flights);
    self->flights = NULL;
}

static sr_status create_flights(sr_pipeline *self)
{
    int n_threads = self->job->n_threads;
    self->n_flights = (size_t)n_threads + (n_threads > 1 ? EXTRA_FLIGHTS : 0);
    self->flights = calloc(self->n_flights, sizeof *self->flights);
    for (size_t i = 0; self->flights && i < self->n_flights; i++) {
        flight *f = &self->flights[i];
        sr_record_batch_init(&f->batch);
        sr_buffer_init(&f->messages, MAX_MESSAGES_BYTES);
        f->arenas = calloc((size_t)n_threads, sizeof *f->arenas);
        if (!f->arenas) {
            return SR_ERR_MEMORY;
        }
    }
    return self->flights ? SR_OK : SR_ERR_MEMORY;
}

/* Ends the run at the first failure. The mutex is held. */
static void fail(sr_pipeline *self, sr_status status, const sr_error *error)
{
    if (status != SR_OK && self->status == SR_OK) {
        self->status = status;
        self->failure = *error;
        self->failure.status = status;
    }
}

/* ---------------------------------------------------------------- the three kinds of work; the
 * mutex is not held */

static sr_status read_flight(sr_pipeline *self, flight *f, sr_error *error)
{
    const sr_pipeline_job *job = self->job;
    SR_TRY(sr_feed_next_batch(self->feed, job->max_records, job->max_bytes, &f->batch, error));
    for (int t = 0; t < job->n_threads; t++) {
        sr_arena_reset(&f->arenas[t]);
    }
    f->n_claimed = f->n_done = 0;
    sr_feed_progress(self->feed, &f->progress_done, &f->progress_total);
    sr_buffer kept = f->messages;
    f->messages = self->messages;
    self->messages = kept;
    return sr_array_reserve((void **)&f->slots, &f->slot_capacity, f->batch.n_records,
                            job->slot_bytes);
}

static sr_status work_piece(sr_pipeline *self, flight *f, int thread, size_t first, size_t end)
{
    const sr_pipeline_job *job = self->job;
    for (size_t i = first; i < end; i++) {
        SR_TRY(job->work(job->context, thread, &f->arenas[thread], &f->batch.records[i],
                         f->slots + i * job->slot_bytes));
    }
    return SR_OK;
}

static sr_status merge_flight(sr_pipeline *self, flight *f, sr_error *error)
{
    pass_messages_on(self, &f->messages);
    SR_TRY(self->job->merge(self->job->context, &f->batch, f->slots, error));
    sr_observe_progress(self->observer, self->job->progress, f->progress_done, f->progress_total);
    return SR_OK;
}

/* ---------------------------------------------------------------- what a thread does next; the
 * mutex is held */

static bool try_merge(sr_pipeline *self)
{
    flight *f = flight_at(self, self->n_merged);
    if (self->n_merged == self->n_read || f->n_done < f->batch.n_records) {
        return false;
    }
    sr_error error = {0};
    pthread_mutex_unlock(&self->mutex);
    sr_status status = merge_flight(self, f, &error);
    pthread_mutex_lock(&self->mutex);
    fail(self, status, &error);
    self->n_merged++;
    pthread_cond_broadcast(&self->changed);
    return true;
}

static bool try_read(sr_pipeline *self)
{
    if (self->reading || self->ended || self->n_read - self->n_merged == self->n_flights) {
        return false;
    }
    flight *f = flight_at(self, self->n_read);
    sr_error error = {0};
    self->reading = true;
    pthread_mutex_unlock(&self->mutex);
    sr_status status = read_flight(self, f, &error);
    pthread_mutex_lock(&self->mutex);
    self->reading = false;
    fail(self, status, &error);
    self->ended = status != SR_OK || f->batch.n_records == 0;
    self->n_read += status == SR_OK; /* the empty one too: it may hold messages */
    pthread_cond_broadcast(&self->changed);
    return true;
}

static bool try_work(sr_pipeline *self, int thread)
{
    for (uint64_t number = self->n_merged; number < self->n_read; number++) {
        flight *f = flight_at(self, number);
        size_t n_left = f->batch.n_records - f->n_claimed;
        if (n_left == 0) {
            continue;
        }
        size_t first = f->n_claimed;
        size_t n = n_left < PIECE_RECORDS ? n_left : PIECE_RECORDS;
        f->n_claimed += n;
        pthread_mutex_unlock(&self->mutex);
        sr_status status = work_piece(self, f, thread, first, first + n);
        sr_error error = {0};
        if (status != SR_OK) {
            const sr_record *record = &f->batch.records[first];
            (void)sr_error_set(&error, status, record->member->name, record->line, "%s",
                               sr_status_text(status));
        }
        pthread_mutex_lock(&self->mutex);
        fail(self, status, &error);
        f->n_done += n;
        if (f->n_done == f->batch.n_records) {
            pthread_cond_broadcast(&self->changed);
        }
        return true;
    }
    return false;
}

/* Waits for a change; the calling thread looks up now and then, because a signal wakes nobody. */
static void wait_for_change(sr_pipeline *self, bool is_caller)
{
    if (!is_caller || !self->observer || !self->observer->cancelled) {
        pthread_cond_wait(&self->changed, &self->mutex);
        return;
    }
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += POLL_NS;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&self->changed, &self->mutex, &until);
}

static void run_thread(sr_pipeline *self, int thread)
{
    bool is_caller = thread == 0;
    if (is_caller) { /* what merging does on all threads shall have them, though the ring's wait */
        omp_set_max_active_levels(omp_get_active_level() + 1);
    }
    pthread_mutex_lock(&self->mutex);
    while (self->status == SR_OK && !(self->ended && self->n_merged == self->n_read)) {
        if (is_caller && sr_observe_cancelled(self->observer)) {
            sr_error error;
            atomic_store(&self->cancelled, true);
            fail(self, sr_error_set(&error, SR_ERR_INTERRUPTED, NULL, 0, "interrupted"), &error);
            break;
        }
        if ((is_caller && try_merge(self)) || try_read(self) || try_work(self, thread)) {
            continue;
        }
        wait_for_change(self, is_caller);
    }
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->mutex);
}

sr_status sr_pipeline_run(sr_pipeline *self, sr_feed *feed, const sr_pipeline_job *job,
                          sr_error *error)
{
    self->feed = feed;
    self->job = job;
    self->n_read = self->n_merged = 0;
    self->reading = self->ended = false;
    self->status = create_flights(self);
    if (self->status == SR_OK) {
        pass_messages_on(self, &self->messages);
#pragma omp parallel num_threads(job->n_threads)
        run_thread(self, omp_get_thread_num());
    } else {
        (void)sr_error_set(&self->failure, self->status, NULL, 0, "out of memory");
    }
    release_flights(self);
    if (self->status != SR_OK && error) {
        *error = self->failure;
    }
    return self->status;
}
