/* stream.h — bytes one can only read forward, in layers: a file, its decompression, an archive's
 * entry, that entry's decompression. Each layer pulls from the one below and owns nothing of it.
 *
 * A layer delivers all that it could read before it says that it is damaged, and then says it every
 * time. */
#ifndef SR_FEED_STREAM_H
#define SR_FEED_STREAM_H

#include "base/observe.h"
#include "base/status.h"
#include "feed/compression.h"

typedef struct sr_stream sr_stream;

struct sr_stream {
    /* Up to `capacity` bytes; `n_bytes` 0 at the end. SR_ERR_IO, SR_ERR_FORMAT (damaged),
     * SR_ERR_MEMORY. */
    sr_status (*read)(sr_stream *stream, char *bytes, size_t capacity, size_t *n_bytes,
                      sr_error *error);
    void (*close)(sr_stream *stream);
    /* Managed by the functions below. */
    char head[SR_SNIFF_BYTES]; /* peeked and not yet read */
    size_t head_at;
    size_t head_end;
    bool ended;
    bool live;        /* peeking does not wait for more than there is */
    sr_error failure; /* status SR_OK: none so far */
};

SR_MUST_USE sr_status sr_stream_read(sr_stream *stream, char *bytes, size_t capacity,
                                     size_t *n_bytes, sr_error *error);
/* The first bytes, SR_SNIFF_BYTES or all there are; only before anything is read. A failure shows
 * at the read. */
sr_str sr_stream_peek(sr_stream *stream);
/* Accepts NULL. */
void sr_stream_close(sr_stream *stream);

/* A file, or stdin for "-". `is_regular`: it can be sought. */
SR_MUST_USE sr_status sr_file_stream_open(const char *path, const sr_observer *observer,
                                          sr_stream **out, sr_error *error);
/* Bytes read so far, for progress. */
uint64_t sr_file_stream_position(const sr_stream *stream);
/* 0 where it is unknown. */
uint64_t sr_file_stream_size(const sr_stream *stream);
bool sr_file_stream_is_regular(const sr_stream *stream);
/* From now on the stream is asked for what there is rather than for as much as one likes; only
 * pipes and the like can be. */
void sr_file_stream_set_live(sr_stream *stream);
/* Of a live stream: a read would have to wait. Waits up to `timeout_ms` for that to change. */
bool sr_file_stream_would_wait(sr_stream *stream, int timeout_ms);
/* Moves a regular file to `offset`, and forgets what was peeked; false where it can't. `end`: from
 * its end. */
bool sr_file_stream_seek(sr_stream *stream, int64_t offset, int whence, int64_t *position);

/* Concatenated zstd frames, by libzstd itself: unlike libarchive it gives every byte before a
 * damage. */
SR_MUST_USE sr_status sr_zstd_stream_open(sr_stream *below, sr_stream **out, sr_error *error);
/* Concatenated gzip members, by zlib, likewise. */
SR_MUST_USE sr_status sr_gzip_stream_open(sr_stream *below, sr_stream **out, sr_error *error);
/* Any compression: zstd and gzip by the above, the others by libarchive. */
SR_MUST_USE sr_status sr_unpack_stream_open(sr_compression compression, sr_stream *below,
                                            sr_stream **out, sr_error *error);

/* The entries of a tar or zip. */
typedef struct sr_archive sr_archive;
SR_MUST_USE sr_status sr_archive_open(sr_archive_kind kind, sr_stream *below, sr_archive **out,
                                      sr_error *error);
void sr_archive_close(sr_archive *archive);

typedef struct sr_archive_entry {
    const char *name; /* lives until the next entry */
    bool is_file;     /* false: a directory or another thing without content of its own */
    bool is_link;     /* a link, whose content is elsewhere */
    int64_t modified_s;
} sr_archive_entry;

/* The next entry; `found` false at the end. A failure is a damaged archive: it has no more entries.
 */
SR_MUST_USE sr_status sr_archive_next(sr_archive *archive, sr_archive_entry *entry, bool *found,
                                      sr_error *error);
/* The content of the current entry; owned by the archive, valid until its next entry. */
sr_stream *sr_archive_content(sr_archive *archive);

#endif
