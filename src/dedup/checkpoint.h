/* checkpoint.h — what a run leaves behind when it is killed, so that it can be resumed: a directory
 * in the place of the temporary files, named by the run's output.
 *
 *   lock          held (flock) by the run that is at work
 *   runs          processes that were at work, whose unfinished outputs are swept away
 *   identity      options and input files, a line each: a resumed run must have the same
 *   state         how far the run was; replaced whole (rename), so that it is always true
 *   rows values sketches      the columns of what was read
 *   texts         the spool
 *   pass.0 pass.1 of the comparing: what is joined, refused, contained, after an even and after
 *                 an odd number of passes
 *   fates         of all records, once they are known
 *
 * A run that puts its survivors into a store has the writer's lock from its beginning to its
 * commit, which comes last. Killed between the two, it finds that store as it was, or it is too
 * late to resume; killed about the commit, it asks the store whether the survivors are there.
 *
 * A state speaks only of bytes that were written before it; what stands behind them is cut off. A
 * killed process loses nothing that it wrote, a machine that stops may: a state that was not made
 * durable is believed until the next boot only. */
#ifndef SR_DEDUP_CHECKPOINT_H
#define SR_DEDUP_CHECKPOINT_H

#include "dedup/cluster.h"
#include "dedup/refusals.h"

typedef enum sr_checkpoint_phase {
    SR_CHECKPOINT_READING,
    SR_CHECKPOINT_MATCHING,  /* n_passes are done */
    SR_CHECKPOINT_CLUSTERED, /* the fates are known */
    SR_CHECKPOINT_WRITTEN,   /* outputs are in place; the survivors are to go into the store */
    SR_CHECKPOINT_ADDED      /* they are there; nothing is left to do */
} sr_checkpoint_phase;

enum { SR_CHECKPOINT_BOOT_BYTES = 40 };

/* What a store is known by: all that adds or removes articles changes it, merges do not. */
typedef struct sr_checkpoint_store {
    uint64_t commit;
    uint64_t next_serial;
    uint64_t n_flushed_bytes;
} sr_checkpoint_store;

typedef struct sr_checkpoint_state {
    uint32_t phase;
    uint32_t n_passes;
    uint64_t n_rows; /* whose columns and texts are there */
    uint64_t column_bytes[SR_COLUMN_COUNT];
    uint64_t n_spooled;
    uint64_t n_contained;      /* in the file of the last pass */
    sr_checkpoint_store store; /* that is asked, as it was then; else zeros */
    sr_dedup_summary summary;
    char boot[SR_CHECKPOINT_BOOT_BYTES]; /* of the machine; "": everything was made durable */
    uint64_t check;                      /* hash of all before it */
} sr_checkpoint_state;

typedef struct sr_checkpoint {
    char *dir;
    int lock;
    bool found; /* the run is resumed: `state` is that of the one before */
    sr_checkpoint_state state;
} sr_checkpoint;

static inline bool sr_checkpoint_same_store(const sr_checkpoint_store *a,
                                            const sr_checkpoint_store *b)
{
    return a->commit == b->commit && a->next_serial == b->next_serial &&
           a->n_flushed_bytes == b->n_flushed_bytes;
}

/* Makes the directory in `temp_dir`, or finds it where the run is to be resumed. SR_ERR_MISMATCH
 * where the options, the input or the store have changed, unless all that is left to do is what
 * SR_CHECKPOINT_WRITTEN says, which needs no input. NULL where the run does without: another one
 * with the same output is at work, and nobody asked to resume (SR_ERR_LOCKED, then). */
SR_MUST_USE sr_status sr_checkpoint_open(const char *const *feeds, size_t n_feeds,
                                         const sr_dedup_options *options, const char *temp_dir,
                                         const sr_checkpoint_store *store,
                                         const sr_observer *observer, sr_checkpoint **out,
                                         sr_error *error);
/* `keep`: made durable for a later run, which is told to the observer; else removed. Accepts NULL.
 */
void sr_checkpoint_close(sr_checkpoint *checkpoint, bool keep, const sr_observer *observer);
/* "rows", "texts" …; allocated; NULL where memory is out. */
char *sr_checkpoint_path(const sr_checkpoint *checkpoint, const char *name);
SR_MUST_USE sr_status sr_checkpoint_save(sr_checkpoint *checkpoint, sr_error *error);

/* The state of the comparing; `summary` goes with it. `refusals` and `matches` are filled. */
SR_MUST_USE sr_status sr_checkpoint_save_pass(sr_checkpoint *checkpoint, uint32_t n_passes,
                                              const sr_dedup_matches *matches,
                                              sr_refusals *refusals,
                                              const sr_dedup_summary *summary, sr_error *error);
SR_MUST_USE sr_status sr_checkpoint_load_pass(const sr_checkpoint *checkpoint,
                                              sr_dedup_matches *matches, sr_refusals *refusals,
                                              sr_error *error);
SR_MUST_USE sr_status sr_checkpoint_save_fates(sr_checkpoint *checkpoint,
                                               const sr_dedup_fate *fates, uint32_t n_fates,
                                               const sr_dedup_summary *summary, sr_error *error);
SR_MUST_USE sr_status sr_checkpoint_load_fates(const sr_checkpoint *checkpoint,
                                               sr_dedup_fate *fates, uint32_t n_fates,
                                               sr_error *error);

#endif
