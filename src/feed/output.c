/* output.c — one output: an encoder over a buffered temporary file, which at the end takes the
 * place of its target. A target that exists and is no regular file (a device, a pipe) is written to
 * as it is; a link is followed first, so that the file it leads to is replaced and not the link. */
#include "feed/output.h"

#include "base/buffer.h"
#include "base/file.h"
#include "feed/encoder.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK_BYTES = 64 * 1024, WRITEBACK_BYTES = 8 << 20 };

struct sr_output {
    sr_encoder *encoder;
    sr_write_fn write; /* not NULL: bytes go here */
    void *context;
    int fd;          /* -1: closed, or none */
    char *path;      /* where it shall be */
    char *temporary; /* NULL: written in place */
    uint64_t n_written;
    uint64_t n_started; /* of these, on their way to the disk */
    sr_buffer block;
};

static void output_free(sr_output *output)
{
    sr_encoder_free(output->encoder);
    if (output->fd >= 0) {
        close(output->fd);
    }
    free(output->path);
    free(output->temporary);
    sr_buffer_release(&output->block);
    free(output);
}

/* What is written is synced at the end: the disk begins at once, while the rest is made. */
static sr_status write_out(sr_output *output, const char *bytes, size_t n_bytes, sr_error *error)
{
    SR_TRY(sr_file_write(output->fd, output->path, bytes, n_bytes, error));
    output->n_written += n_bytes;
    uint64_t n_waiting = output->n_written - output->n_started;
    if (output->temporary && n_waiting >= WRITEBACK_BYTES) {
        (void)sync_file_range(output->fd, (off_t)output->n_started, (off_t)n_waiting,
                              SYNC_FILE_RANGE_WRITE);
        output->n_started = output->n_written;
    }
    return SR_OK;
}

static sr_status flush(sr_output *output, sr_error *error)
{
    sr_status status = write_out(output, output->block.data, output->block.n_bytes, error);
    sr_buffer_clear(&output->block);
    return status;
}

/* What the encoder emits. */
static sr_status emit(void *context, const char *bytes, size_t n_bytes, sr_error *error)
{
    sr_output *output = context;
    if (output->write) {
        return output->write(output->context, bytes, n_bytes)
                   ? SR_OK
                   : sr_error_set(error, SR_ERR_IO, output->path, 0, "can't write");
    }
    if (output->block.n_bytes + n_bytes > BLOCK_BYTES) {
        SR_TRY(flush(output, error));
        if (n_bytes >= BLOCK_BYTES) {
            return write_out(output, bytes, n_bytes, error);
        }
    }
    return sr_buffer_append(&output->block, bytes, n_bytes);
}

char *sr_path_directory(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) {
        return strdup(".");
    }
    return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

/* Removes a temporary file that no living output holds: one of a process that died and had our
 * number. */
static bool remove_stale(const char *temporary)
{
    int fd = open(temporary, O_WRONLY | O_CLOEXEC);
    bool stale = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && unlink(temporary) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return stale;
}

/* Opens the temporary file, locked for as long as it is written. */
static sr_status open_temporary(sr_output *output, sr_error *error)
{
    size_t n = strlen(output->path) + 48;
    char *temporary = malloc(n);
    if (!temporary) {
        return SR_ERR_MEMORY;
    }
    snprintf(temporary, n, "%s.simrank-%ld.tmp", output->path, (long)getpid());
    for (int attempt = 0; attempt < 2 && output->fd < 0; attempt++) {
        output->fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (output->fd < 0 && (errno != EEXIST || !remove_stale(temporary))) {
            break;
        }
    }
    if (output->fd < 0) {
        sr_status status =
            errno == EEXIST || errno == EWOULDBLOCK
                ? sr_error_set(error, SR_ERR_ARGUMENT, output->path, 0, "would be written to twice")
                : sr_error_set_errno(error, output->path, "can't create");
        free(temporary);
        return status;
    }
    (void)flock(output->fd, LOCK_EX | LOCK_NB);
    output->temporary = temporary;
    return SR_OK;
}

static sr_status open_file(sr_output *output, sr_error *error)
{
    struct stat info;
    if (stat(output->path, &info) != 0) {
        return open_temporary(output, error);
    }
    if (S_ISDIR(info.st_mode)) {
        errno = EISDIR;
        return sr_error_set_errno(error, output->path, "can't write");
    }
    if (!S_ISREG(info.st_mode)) {
        output->fd = open(output->path, O_WRONLY | O_CLOEXEC);
        return output->fd >= 0 ? SR_OK : sr_error_set_errno(error, output->path, "can't open");
    }
    char *real = realpath(output->path, NULL);
    if (!real) {
        return sr_error_set_errno(error, output->path, "can't resolve");
    }
    free(output->path);
    output->path = real;
    return open_temporary(output, error);
}

sr_status sr_output_open_as(const char *path, sr_compression compression, sr_write_fn write,
                            void *context, sr_output **out, sr_error *error)
{
    sr_output *output = calloc(1, sizeof *output);
    char *copy = strdup(path);
    if (!output || !copy) {
        free(output);
        free(copy);
        return sr_error_set(error, SR_ERR_MEMORY, path, 0, "no memory to write it");
    }
    output->fd = -1;
    output->path = copy;
    sr_buffer_init(&output->block, SR_BUFFER_NO_LIMIT);
    sr_status status = SR_OK;
    if (strcmp(path, "-") == 0) {
        output->write = write;
        output->context = context;
        if (!write) {
            status = sr_error_set(error, SR_ERR_ARGUMENT, path, 0, "there is nowhere to write it");
        }
    } else {
        status = open_file(output, error);
    }
    if (status == SR_OK) {
        status = sr_encoder_create(compression, emit, output, &output->encoder, error);
    }
    if (status != SR_OK) {
        sr_output_abort(output);
        return status;
    }
    *out = output;
    return SR_OK;
}

sr_status sr_output_open(const char *path, sr_write_fn write, void *context, sr_output **out,
                         sr_error *error)
{
    return sr_output_open_as(path, sr_compression_of_name(path), write, context, out, error);
}

sr_status sr_output_write(sr_output *output, sr_str bytes, sr_error *error)
{
    return sr_encoder_write(output->encoder, bytes, error);
}

sr_status sr_output_finish(sr_output *output, sr_error *error)
{
    SR_TRY(sr_encoder_finish(output->encoder, error));
    sr_encoder_free(output->encoder); /* thousands of finished outputs may wait */
    output->encoder = NULL;
    if (output->fd < 0) {
        return SR_OK;
    }
    SR_TRY(flush(output, error));
    if (output->temporary) {
        SR_TRY(sr_file_sync(output->fd, output->path, error));
    }
    sr_buffer_release(&output->block);
    int closed = close(output->fd);
    output->fd = -1;
    return closed == 0 ? SR_OK : sr_error_set_errno(error, output->path, "can't close");
}

sr_status sr_output_publish(sr_output *output, sr_error *error)
{
    if (output->temporary) {
        SR_TRY(sr_file_rename(output->temporary, output->path, error));
        free(output->temporary);
        output->temporary = NULL;
    }
    return SR_OK;
}

const char *sr_output_target(const sr_output *output)
{
    return output->temporary ? output->path : NULL;
}

const char *sr_output_path(const sr_output *output)
{
    return output->path;
}

sr_status sr_output_commit(sr_output *output, sr_error *error)
{
    bool replaces = output->temporary != NULL;
    sr_status status = sr_output_finish(output, error);
    if (status == SR_OK) {
        status = sr_output_publish(output, error);
    }
    if (status == SR_OK && replaces) {
        char *directory = sr_path_directory(output->path);
        status = directory ? sr_file_sync_directory(directory, error) : SR_ERR_MEMORY;
        free(directory);
    }
    sr_output_abort(output);
    return status;
}

void sr_output_abort(sr_output *output)
{
    if (output) {
        if (output->temporary) {
            unlink(output->temporary);
        }
        output_free(output);
    }
}

/* A file of that end, whether the target is a directory or not. */
static void sweep_tree(const char *directory, const char *end)
{
    char *roots[] = {(char *)(uintptr_t)directory, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    for (FTSENT *entry = tree ? fts_read(tree) : NULL; entry; entry = fts_read(tree)) {
        size_t n_name = strlen(entry->fts_name);
        size_t n_end = strlen(end);
        if (entry->fts_info == FTS_F && n_name > n_end &&
            strcmp(entry->fts_name + n_name - n_end, end) == 0) {
            (void)remove_stale(entry->fts_accpath);
        }
    }
    if (tree) {
        (void)fts_close(tree);
    }
}

void sr_output_sweep(const char *target, long pid)
{
    struct stat about;
    char end[48];
    snprintf(end, sizeof end, ".simrank-%ld.tmp", pid);
    if (stat(target, &about) == 0 && S_ISDIR(about.st_mode)) {
        sweep_tree(target, end);
        return;
    }
    char *real = realpath(target, NULL); /* a link's file is what was replaced */
    const char *path = real ? real : target;
    size_t n = strlen(path) + sizeof end;
    char *temporary = malloc(n);
    if (temporary) {
        snprintf(temporary, n, "%s%s", path, end);
        (void)remove_stale(temporary);
    }
    free(temporary);
    free(real);
}

static bool ends_with(sr_str name, const char *end)
{
    size_t n = strlen(end);
    return name.n_bytes >= n && memcmp(name.data + name.n_bytes - n, end, n) == 0;
}

sr_status sr_report_format(const char *path, bool with_html, sr_format *format, sr_error *error)
{
    sr_str name = sr_compression_strip_name(path);
    if (ends_with(name, ".jsonl")) {
        *format = SR_FORMAT_JSONL;
    } else if (ends_with(name, ".csv") || strcmp(path, "-") == 0) {
        *format = SR_FORMAT_CSV;
    } else if (with_html && ends_with(name, ".html")) {
        *format = SR_FORMAT_HTML;
    } else {
        return sr_error_set(error, SR_ERR_ARGUMENT, path, 0,
                            "a report's name ends in .csv%s .jsonl%s (and a compression)",
                            with_html ? "," : " or", with_html ? " or .html" : "");
    }
    return SR_OK;
}
