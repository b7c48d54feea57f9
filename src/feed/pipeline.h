/* pipeline.h — a feed through all threads: one of them reads the next batch while the others work
 * on records of the batches before it, and the calling thread merges finished batches in input
 * order.
 *
 * Every thread takes whatever is to be done next (reading goes first, since only one can do it), so
 * that no more threads run than were asked for and none waits while there is work. What is merged,
 * and in which order, does not depend on how many there are. The observer is only called from the
 * calling thread: what the feed says while another thread reads is kept and passed on with its
 * batch.
 */
#ifndef SR_FEED_PIPELINE_H
#define SR_FEED_PIPELINE_H

#include "feed/feed.h"

typedef struct sr_pipeline sr_pipeline;

/* `observer` may be NULL. */
SR_MUST_USE sr_status sr_pipeline_create(const sr_observer *observer, sr_pipeline **out);
/* Passes on what the feed said last; close the feed first. */
void sr_pipeline_free(sr_pipeline *self);
/* The observer to open the feed with. */
const sr_observer *sr_pipeline_observer(sr_pipeline *self);

/* What is done with the records. */
typedef struct sr_pipeline_job {
    const char *progress; /* word for the observer's progress */
    size_t max_records;   /* of a batch */
    size_t max_bytes;
    size_t slot_bytes; /* size of the result of a record */
    int n_threads;
    void *context;
    /* Fills the slot of one record; runs on thread 0 … n_threads − 1. What the slot points at may
     * live in `arena`, until its batch is merged. A failure ends the run. */
    sr_status (*work)(void *context, int thread, sr_arena *arena, const sr_record *record,
                      void *slot);
    /* Takes the slots of a whole batch, in input order, on the calling thread. */
    sr_status (*merge)(void *context, const sr_record_batch *batch, const void *slots,
                       sr_error *error);
} sr_pipeline_job;

/* Runs the feed to its end. SR_ERR_INTERRUPTED when the observer says so. */
SR_MUST_USE sr_status sr_pipeline_run(sr_pipeline *pipeline, sr_feed *feed,
                                      const sr_pipeline_job *job, sr_error *error);

#endif
