/* encoder.c — none, zstd by libzstd, the others by libarchive's raw writer with one filter. That
 * writer is opened at the first byte: libarchive 3.6 crashes when it closes an lz4 filter that got
 * none. */
#include "feed/encoder.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <omp.h>
#include <stdlib.h>
#include <zstd.h>

/* Level 1: a clean feed should cost no more than reading it did; guardian news is 15 % larger than
 * at level 3. One worker thread at least: the bytes are the same for any number of them, but not
 * the same as without. */
enum { ZSTD_LEVEL = 1, ZSTD_MIN_WORKERS = 1, ZSTD_MAX_WORKERS = 8 };

struct sr_encoder {
    sr_compression compression;
    sr_emit_fn emit;
    void *context;
    struct archive *handle; /* of libarchive; else NULL */
    sr_status status;       /* of `emit`, called back by libarchive */
    sr_error error;
    ZSTD_CStream *zstd;
    char *block; /* zstd's output */
    size_t block_bytes;
};

static la_ssize_t emit_block(struct archive *handle, void *context, const void *bytes, size_t n)
{
    sr_encoder *encoder = context;
    if (encoder->status == SR_OK) {
        encoder->status = encoder->emit(encoder->context, bytes, n, &encoder->error);
    }
    if (encoder->status != SR_OK) {
        archive_set_error(handle, EIO, "%s", encoder->error.text);
        return -1;
    }
    return (la_ssize_t)n;
}

/* The reason of a failed libarchive call: that of `emit` where it was that. */
static sr_status fail(const sr_encoder *encoder, sr_error *error)
{
    if (encoder->status != SR_OK) {
        if (error) {
            *error = encoder->error;
        }
        return encoder->status;
    }
    const char *text = archive_error_string(encoder->handle);
    return sr_error_set(error, SR_ERR_IO, NULL, 0, "can't compress: %s", text ? text : "failed");
}

static int add_filter(struct archive *handle, sr_compression compression)
{
    switch (compression) {
    case SR_COMPRESSION_GZ: {
        int added = archive_write_add_filter_gzip(handle);
        /* Without the time of writing in its header. */
        return added == ARCHIVE_OK
                   ? archive_write_set_filter_option(handle, "gzip", "timestamp", NULL)
                   : added;
    }
    case SR_COMPRESSION_XZ:
        return archive_write_add_filter_xz(handle);
    case SR_COMPRESSION_BZ2:
        return archive_write_add_filter_bzip2(handle);
    default:
        return archive_write_add_filter_lz4(handle);
    }
}

static sr_status open_libarchive(sr_encoder *encoder, sr_error *error)
{
    encoder->handle = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    if (!encoder->handle || !entry) {
        archive_entry_free(entry);
        return sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "no memory to compress");
    }
    archive_entry_set_filetype(entry, AE_IFREG);
    bool opened =
        archive_write_set_format_raw(encoder->handle) == ARCHIVE_OK &&
        add_filter(encoder->handle, encoder->compression) == ARCHIVE_OK &&
        archive_write_set_bytes_in_last_block(encoder->handle, 1) == ARCHIVE_OK &&
        archive_write_open2(encoder->handle, encoder, NULL, emit_block, NULL, NULL) == ARCHIVE_OK &&
        archive_write_header(encoder->handle, entry) == ARCHIVE_OK;
    archive_entry_free(entry);
    return opened ? SR_OK : fail(encoder, error);
}

static sr_status open_zstd(sr_encoder *encoder)
{
    encoder->block_bytes = ZSTD_CStreamOutSize();
    encoder->block = malloc(encoder->block_bytes);
    encoder->zstd = ZSTD_createCStream();
    if (!encoder->block || !encoder->zstd ||
        ZSTD_isError(ZSTD_CCtx_setParameter(encoder->zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL)) ||
        ZSTD_isError(ZSTD_CCtx_setParameter(encoder->zstd, ZSTD_c_checksumFlag, 1))) {
        return SR_ERR_MEMORY;
    }
    int n_workers = omp_get_max_threads();
    n_workers = n_workers < ZSTD_MIN_WORKERS ? ZSTD_MIN_WORKERS : n_workers;
    n_workers = n_workers > ZSTD_MAX_WORKERS ? ZSTD_MAX_WORKERS : n_workers;
    /* A libzstd without threads refuses this and goes on without. */
    (void)ZSTD_CCtx_setParameter(encoder->zstd, ZSTD_c_nbWorkers, n_workers);
    return SR_OK;
}

sr_status sr_encoder_create(sr_compression compression, sr_emit_fn emit, void *context,
                            sr_encoder **out, sr_error *error)
{
    sr_encoder *encoder = calloc(1, sizeof *encoder);
    if (!encoder) {
        return sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "no memory to compress");
    }
    encoder->compression = compression;
    encoder->emit = emit;
    encoder->context = context;
    sr_status status = SR_OK;
    if (compression == SR_COMPRESSION_ZST) {
        status = open_zstd(encoder);
    }
    if (status != SR_OK) {
        sr_encoder_free(encoder);
        return sr_error_set(error, status, NULL, 0, "no memory to compress");
    }
    *out = encoder;
    return SR_OK;
}

static sr_status run_zstd(sr_encoder *encoder, sr_str bytes, ZSTD_EndDirective directive,
                          sr_error *error)
{
    ZSTD_inBuffer in = {bytes.data, bytes.n_bytes, 0};
    size_t n_left;
    do {
        ZSTD_outBuffer out = {encoder->block, encoder->block_bytes, 0};
        n_left = ZSTD_compressStream2(encoder->zstd, &out, &in, directive);
        if (ZSTD_isError(n_left)) {
            return sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "can't compress: %s",
                                ZSTD_getErrorName(n_left));
        }
        if (out.pos) {
            SR_TRY(encoder->emit(encoder->context, encoder->block, out.pos, error));
        }
    } while (in.pos < in.size || (directive == ZSTD_e_end && n_left));
    return SR_OK;
}

sr_status sr_encoder_write(sr_encoder *encoder, sr_str bytes, sr_error *error)
{
    if (bytes.n_bytes == 0) {
        return SR_OK;
    }
    if (encoder->zstd) {
        return run_zstd(encoder, bytes, ZSTD_e_continue, error);
    }
    if (encoder->compression == SR_COMPRESSION_NONE) {
        return encoder->emit(encoder->context, bytes.data, bytes.n_bytes, error);
    }
    if (!encoder->handle) {
        SR_TRY(open_libarchive(encoder, error));
    }
    la_ssize_t n = archive_write_data(encoder->handle, bytes.data, bytes.n_bytes);
    return n == (la_ssize_t)bytes.n_bytes ? SR_OK : fail(encoder, error);
}

/* A frame of no bytes (LZ4 frame format 1.6): magic, descriptor with its check, end mark, check of
 * nothing. */
static const char EMPTY_LZ4[] = "\x04\x22\x4d\x18\x64\x40\xa7\0\0\0\0\x05\x5d\xcc\x02";

sr_status sr_encoder_finish(sr_encoder *encoder, sr_error *error)
{
    if (encoder->zstd) {
        return run_zstd(encoder, sr_str_make(NULL, 0), ZSTD_e_end, error);
    }
    if (!encoder->handle && encoder->compression == SR_COMPRESSION_LZ4) {
        return encoder->emit(encoder->context, EMPTY_LZ4, sizeof EMPTY_LZ4 - 1, error);
    }
    if (!encoder->handle && encoder->compression != SR_COMPRESSION_NONE) {
        SR_TRY(open_libarchive(encoder, error));
    }
    if (encoder->handle && archive_write_close(encoder->handle) != ARCHIVE_OK) {
        return fail(encoder, error);
    }
    return SR_OK;
}

void sr_encoder_free(sr_encoder *encoder)
{
    if (encoder) {
        if (encoder->status == SR_OK) {
            encoder->status = SR_ERR_INTERRUPTED; /* what closing would still write is dropped */
        }
        archive_write_free(encoder->handle);
        ZSTD_freeCStream(encoder->zstd);
        free(encoder->block);
        free(encoder);
    }
}
