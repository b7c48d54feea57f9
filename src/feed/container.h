/* container.h — one outermost file: a plain or compressed member, or an archive of them. */
#ifndef SR_FEED_CONTAINER_H
#define SR_FEED_CONTAINER_H

#include "base/observe.h"
#include "feed/stream.h"

typedef struct sr_container {
    const char *path; /* borrowed */
    const sr_observer *observer;
    sr_stream *file;
    sr_stream *unpacked; /* NULL where the file is not compressed */
    sr_archive *archive; /* NULL where it is none */
    sr_stream *entry_unpacked;
    sr_compression compression;
    sr_archive_kind kind;
    bool begun;
    sr_stream *content; /* of the current part */
} sr_container;

/* What to read next; all lives until the following part. */
typedef struct sr_container_part {
    sr_stream *stream;
    const char *entry;          /* NULL: the file itself */
    sr_compression compression; /* of the entry */
    int64_t modified_s;
} sr_container_part;

/* `path` must outlive the container. */
SR_MUST_USE sr_status sr_container_open(const char *path, const sr_observer *observer,
                                        sr_container *container, sr_error *error);
void sr_container_close(sr_container *container);
/* `found` false at the end. A failure means damage behind which nothing can be read. */
SR_MUST_USE sr_status sr_container_next(sr_container *container, sr_container_part *part,
                                        bool *found, sr_error *error);

#endif
