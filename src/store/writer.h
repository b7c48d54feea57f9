/* writer.h — the inside of a writer, shared by its session (writer.c) and its merges
 * (writer_merge.c). */
#ifndef SR_STORE_WRITER_H
#define SR_STORE_WRITER_H

#include "store/batch.h"
#include "store/snapshot.h"

struct sr_writer {
    sr_snapshot *snapshot; /* grows with each flush; its manifest is the one on disk */
    sr_batch pending;
    sr_keyed *kills; /* since the last flush; key: segment number, a: ordinal */
    size_t n_kills;
    size_t kills_capacity;
    uint64_t next_segment;
    uint64_t next_serial;
    uint64_t n_flushed_bytes;
    uint64_t n_merged_bytes;
    sr_manifest_segment *lines; /* of all segments of the snapshot, without their removed counts */
    size_t lines_capacity;
    size_t n_committed; /* the first so many segments stood in the last MANIFEST or were merged
                           from such; all behind them are new */
    bool must_publish;  /* a merge is not in the MANIFEST yet */
    const sr_observer *observer; /* may be NULL */
    int lock;
};

/* A writer that begins with what `manifest` lists (taken over, also on failure) and not with the
 * MANIFEST on disk, which stays in force until sr_writer_publish. Nothing is cleaned. `lock` is
 * held by the caller and taken over on success. */
SR_MUST_USE sr_status sr_writer_open_listed(const char *dir, int lock, sr_manifest *manifest,
                                            const sr_observer *observer, sr_writer **out,
                                            sr_error *error);
/* Writes the MANIFEST of the snapshot as it stands and makes it durable. */
SR_MUST_USE sr_status sr_writer_publish(sr_writer *writer, uint64_t commit, sr_error *error);
/* Removes temporary files and segments that the MANIFEST on disk does not list; nothing else. */
SR_MUST_USE sr_status sr_writer_clean(const char *dir, sr_error *error);

/* Merges new segments that have become many; none that is committed. Nothing may be pending. */
SR_MUST_USE sr_status sr_writer_merge_new(sr_writer *writer, sr_error *error);
/* After a commit: what it brought in pieces becomes one segment, and runs of segments of one size
 * become larger ones. A failure is told to the observer and leaves the store as it is. */
void sr_writer_merge_due(sr_writer *writer, size_t n_new);

#endif
