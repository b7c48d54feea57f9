/* unpack_gzip.c — concatenated gzip members, by zlib itself: unlike libarchive it gives every byte
 * before a damage, and web archives are read a record at a time, each a member of its own. What
 * stands behind the last member and is none (padding) is left alone. */
#include "feed/stream.h"

#include <stdlib.h>
#include <zlib.h>

enum { INPUT_BYTES = 64 * 1024, GZIP_WINDOW = 15 + 16 };

typedef struct gzip_stream {
    sr_stream stream;
    sr_stream *below;
    z_stream z;
    bool in_member;
    bool any_member; /* one was read to its end */
    unsigned char input[INPUT_BYTES];
} gzip_stream;

static sr_status refill(gzip_stream *gzip, sr_error *error)
{
    size_t n = 0;
    /* what is left stays in front: the head of a member may be cut */
    memmove(gzip->input, gzip->z.next_in, gzip->z.avail_in);
    gzip->z.next_in = gzip->input;
    SR_TRY(sr_stream_read(gzip->below, (char *)gzip->input + gzip->z.avail_in,
                          INPUT_BYTES - gzip->z.avail_in, &n, error));
    gzip->z.avail_in += (uInt)n;
    return n ? SR_OK : SR_ERR_NOT_FOUND;
}

/* Whether another member begins; `ended` where there is nothing more to read. */
static sr_status begin_member(gzip_stream *gzip, bool *ended, sr_error *error)
{
    *ended = false;
    while (gzip->z.avail_in < 2) {
        sr_status status = refill(gzip, error);
        if (status == SR_ERR_NOT_FOUND) {
            *ended = true;
            return SR_OK;
        }
        SR_TRY(status);
    }
    if (gzip->any_member && (gzip->z.next_in[0] != 0x1f || gzip->z.next_in[1] != 0x8b)) {
        gzip->z.avail_in = 0;
        *ended = true;
        return SR_OK;
    }
    gzip->in_member = true;
    return inflateReset(&gzip->z) == Z_OK ? SR_OK : SR_ERR_MEMORY;
}

static sr_status damaged(const gzip_stream *gzip, const char *what, sr_error *error)
{
    return sr_error_set(error, SR_ERR_FORMAT, NULL, 0, "the gzip data is %s%s%s", what,
                        gzip->z.msg ? ": " : "", gzip->z.msg ? gzip->z.msg : "");
}

/* One step of the decoder. */
static sr_status inflate_some(gzip_stream *gzip, sr_error *error)
{
    int got = inflate(&gzip->z, Z_NO_FLUSH);
    if (got == Z_STREAM_END) {
        gzip->in_member = false;
        gzip->any_member = true;
        return SR_OK;
    }
    if (got != Z_OK && got != Z_BUF_ERROR) {
        return got == Z_MEM_ERROR ? SR_ERR_MEMORY : damaged(gzip, "damaged", error);
    }
    return SR_OK;
}

static sr_status gzip_read(sr_stream *stream, char *bytes, size_t capacity, size_t *n_bytes,
                           sr_error *error)
{
    gzip_stream *gzip = (gzip_stream *)stream;
    enum { MAX_STEP = 1 << 30 };
    uInt n_room = (uInt)(capacity < MAX_STEP ? capacity : MAX_STEP);
    gzip->z.next_out = (Bytef *)bytes;
    gzip->z.avail_out = n_room;
    *n_bytes = 0;
    while (gzip->z.avail_out == n_room) {
        bool ended = false;
        if (!gzip->in_member) {
            SR_TRY(begin_member(gzip, &ended, error));
        } else if (gzip->z.avail_in == 0) {
            sr_status status = refill(gzip, error);
            if (status == SR_ERR_NOT_FOUND) {
                return damaged(gzip, "cut short", error);
            }
            SR_TRY(status);
        }
        if (ended) {
            break;
        }
        SR_TRY(inflate_some(gzip, error));
    }
    *n_bytes = n_room - gzip->z.avail_out;
    return SR_OK;
}

static void gzip_close(sr_stream *stream)
{
    gzip_stream *gzip = (gzip_stream *)stream;
    inflateEnd(&gzip->z);
    free(gzip);
}

sr_status sr_gzip_stream_open(sr_stream *below, sr_stream **out, sr_error *error)
{
    gzip_stream *gzip = calloc(1, sizeof *gzip);
    if (!gzip || inflateInit2(&gzip->z, GZIP_WINDOW) != Z_OK) {
        free(gzip);
        return sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "no memory to decompress gzip");
    }
    gzip->stream = (sr_stream){.read = gzip_read, .close = gzip_close};
    gzip->below = below;
    gzip->z.next_in = gzip->input;
    *out = &gzip->stream;
    return SR_OK;
}
