/* container.h — one outermost file: a plain or compressed member, or an archive of them, however
 * they are packed into each other.
 *
 *     crawl.tar.zst ── zst ── tar ─┬─ day1.jsonl.gz ── gz ── the member
 *                                  └─ old.zip ── zip ──┬─ the member
 *
 * A bomb is a small file that unpacks to a huge one, or to files in files without end. Both are
 * refused: by the ratio of all bytes that came out to those of the file, and by the number of
 * layers. */
#ifndef SR_FEED_CONTAINER_H
#define SR_FEED_CONTAINER_H

#include "base/buffer.h"
#include "base/observe.h"
#include "feed/stream.h"

enum { SR_CONTAINER_MAX_LAYERS = 32 };

typedef struct sr_unpack_limits {
    uint32_t max_ratio;  /* bytes out for a byte of the file; below 64 MiB out it plays no part */
    uint32_t max_layers; /* of compressions and archives; at most SR_CONTAINER_MAX_LAYERS */
    bool live;           /* a pipe is read as it is written (sr_file_stream_set_live) */
} sr_unpack_limits;

/* What one layer opened; NULL where it did not. */
typedef struct sr_container_layer {
    sr_stream *stream;   /* a compression undone, or a count of what an archive gives */
    sr_archive *archive; /* on top of the layers below; its entries are layers above */
    bool is_packing;     /* counts as a layer: a compression or an archive */
    size_t n_name;       /* of the container's name before this archive's entries */
} sr_container_layer;

typedef struct sr_container {
    const char *path; /* borrowed */
    const sr_observer *observer;
    sr_unpack_limits limits;
    sr_stream *file;
    uint64_t n_file_bytes; /* 0: unknown, as of a pipe */
    uint64_t n_out;        /* by all layers so far */
    sr_container_layer layers[2 * SR_CONTAINER_MAX_LAYERS + 1];
    size_t n_layers;
    sr_compression compression; /* of the file itself */
    sr_archive_kind kind;       /* what it holds, once unpacked */
    sr_buffer name;             /* of the current entry, as "old.zip/a.jsonl" */
    bool begun;
} sr_container;

/* What to read next; all lives until the following part. */
typedef struct sr_container_part {
    sr_stream *stream;
    const char *entry;          /* NULL: the file itself */
    sr_compression compression; /* of the entry */
    int64_t modified_s;
} sr_container_part;

/* `path` must outlive the container, which must stay where it is. `limits` NULL: the defaults. */
SR_MUST_USE sr_status sr_container_open(const char *path, const sr_unpack_limits *limits,
                                        const sr_observer *observer, sr_container *container,
                                        sr_error *error);
/* For one that was opened, or is all zero. */
void sr_container_close(sr_container *container);
/* `found` false at the end. A failure means damage behind which nothing can be read, or a bomb. */
SR_MUST_USE sr_status sr_container_next(sr_container *container, sr_container_part *part,
                                        bool *found, sr_error *error);

#endif
