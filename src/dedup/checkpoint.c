/* checkpoint.c — the directory, its lock, and the state. */
#include "dedup/checkpoint.h"

#include "base/file.h"
#include "base/hash.h"
#include "dedup/run_identity.h"
#include "feed/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* The lock goes last: while it is there, the directory is someone's. A new run takes over the last
 * two. */
static const char *const FILES[] = {"state", "identity", "state.new", "rows",  "values", "sketches",
                                    "texts", "pass.0",   "pass.1",    "fates", "runs",   "lock"};

char *sr_checkpoint_path(const sr_checkpoint *checkpoint, const char *name)
{
    return sr_path_join(checkpoint->dir, name);
}

static sr_status no_memory(const sr_checkpoint *checkpoint, sr_error *error)
{
    return sr_error_set(error, SR_ERR_MEMORY, checkpoint->dir, 0, "out of memory");
}

/* ---------------------------------------------------------------- files */

static sr_status write_file(const sr_checkpoint *checkpoint, const char *name, const void *bytes,
                            size_t n_bytes, sr_error *error)
{
    char *path = sr_checkpoint_path(checkpoint, name);
    if (!path) {
        return no_memory(checkpoint, error);
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    sr_status status = fd >= 0 ? sr_file_write(fd, path, bytes, n_bytes, error)
                               : sr_error_set_errno(error, path, "can't create");
    if (fd >= 0) {
        (void)close(fd);
    }
    free(path);
    return status;
}

/* A small file of the run before; empty where there is none. */
static sr_status read_file(const sr_checkpoint *checkpoint, const char *name, sr_buffer *out,
                           sr_error *error)
{
    char *path = sr_checkpoint_path(checkpoint, name);
    if (!path) {
        return no_memory(checkpoint, error);
    }
    sr_buffer_clear(out);
    sr_status status = access(path, F_OK) == 0 ? sr_file_read_all(path, out, error) : SR_OK;
    free(path);
    return status;
}

/* The state goes first, so that a run that is killed meanwhile is begun anew; and last where the
 * store has changed, against which it must not be begun again. */
static void remove_files(const sr_checkpoint *checkpoint, size_t n_files)
{
    bool is_added = checkpoint->state.phase == SR_CHECKPOINT_ADDED;
    for (size_t i = 0; i < n_files; i++) {
        char *path = sr_checkpoint_path(checkpoint, FILES[is_added ? n_files - 1 - i : i]);
        if (path) {
            (void)unlink(path);
        }
        free(path);
    }
}

static void make_durable(const sr_checkpoint *checkpoint)
{
    for (size_t i = 0; i < SR_ARRAY_COUNT(FILES); i++) {
        char *path = sr_checkpoint_path(checkpoint, FILES[i]);
        int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
        if (fd >= 0) {
            (void)fsync(fd);
            (void)close(fd);
        }
        free(path);
    }
}

/* ---------------------------------------------------------------- state */

/* What the kernel calls this boot of the machine. */
static void name_boot(char boot[SR_CHECKPOINT_BOOT_BYTES])
{
    memset(boot, 0, SR_CHECKPOINT_BOOT_BYTES);
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, boot, SR_CHECKPOINT_BOOT_BYTES - 1) : 0;
    if (n <= 0) {
        memcpy(boot, "unknown", sizeof "unknown");
    }
    if (fd >= 0) {
        (void)close(fd);
    }
}

static uint64_t check_of(const sr_checkpoint_state *state)
{
    return sr_hash_bytes(state, offsetof(sr_checkpoint_state, check), 1);
}

static sr_status put_state(sr_checkpoint *checkpoint, sr_error *error)
{
    checkpoint->state.check = check_of(&checkpoint->state);
    SR_TRY(
        write_file(checkpoint, "state.new", &checkpoint->state, sizeof checkpoint->state, error));
    char *from = sr_checkpoint_path(checkpoint, "state.new");
    char *to = sr_checkpoint_path(checkpoint, "state");
    sr_status status = from && to ? sr_file_rename(from, to, error) : no_memory(checkpoint, error);
    free(from);
    free(to);
    return status;
}

sr_status sr_checkpoint_save(sr_checkpoint *checkpoint, sr_error *error)
{
    name_boot(checkpoint->state.boot);
    return put_state(checkpoint, error);
}

/* A state that can be gone on from; `*gone`: one is there, but the machine was stopped before it
 * was durable. */
static bool is_sound(const sr_buffer *bytes, sr_checkpoint_state *state, bool *gone)
{
    char boot[SR_CHECKPOINT_BOOT_BYTES];
    *gone = false;
    if (bytes->n_bytes != sizeof *state) {
        return false;
    }
    memcpy(state, bytes->data, sizeof *state);
    if (state->check != check_of(state)) {
        return false;
    }
    name_boot(boot);
    *gone = state->boot[0] && memcmp(boot, state->boot, sizeof boot) != 0;
    return !*gone;
}

static void tell_where(const sr_checkpoint *checkpoint, const sr_observer *observer)
{
    static const char *const DONE[] = {"read in part", "read and compared in part",
                                       "read, compared and clustered", "read, compared and written",
                                       "read, compared, written and added"};
    const sr_checkpoint_state *state = &checkpoint->state;
    sr_observe_message(observer, SR_MESSAGE_INFO, "resumed: %llu records were %s",
                       (unsigned long long)state->n_rows, DONE[state->phase]);
}

/* Is the run before the same as this one, as far as what is left to do asks for that? */
static sr_status compare_run(const sr_checkpoint *checkpoint, sr_str before, sr_str now,
                             const sr_checkpoint_store *store, sr_error *error)
{
    if (checkpoint->state.phase >= SR_CHECKPOINT_WRITTEN) {
        return sr_run_identity_compare(sr_run_identity_options(before),
                                       sr_run_identity_options(now), checkpoint->dir, error);
    }
    SR_TRY(sr_run_identity_compare(before, now, checkpoint->dir, error));
    return sr_checkpoint_same_store(&checkpoint->state.store, store)
               ? SR_OK
               : sr_error_set(error, SR_ERR_MISMATCH, checkpoint->dir, 0,
                              "the store has changed since the run was interrupted; without "
                              "--resume a new run begins");
}

/* Takes up the state that is there, if it is that of this run. */
static sr_status find_state(sr_checkpoint *checkpoint, sr_str identity,
                            const sr_checkpoint_store *store, const sr_observer *observer,
                            sr_error *error)
{
    sr_buffer bytes;
    bool gone = false;
    sr_buffer_init(&bytes, SR_BUFFER_NO_LIMIT);
    sr_status status = read_file(checkpoint, "state", &bytes, error);
    checkpoint->found = status == SR_OK && is_sound(&bytes, &checkpoint->state, &gone);
    if (checkpoint->found) {
        status = read_file(checkpoint, "identity", &bytes, error);
    }
    if (status == SR_OK && checkpoint->found) {
        status = compare_run(checkpoint, sr_buffer_view(&bytes), identity, store, error);
    }
    sr_buffer_release(&bytes);
    if (status == SR_OK && checkpoint->found) {
        tell_where(checkpoint, observer);
    } else if (status == SR_OK) {
        sr_observe_message(observer, SR_MESSAGE_INFO, "%s: %s, the run starts from the beginning",
                           checkpoint->dir,
                           gone ? "the machine has been restarted since" : "nothing to resume");
    }
    return status;
}

/* ---------------------------------------------------------------- the directory */

static sr_status make_directory(sr_checkpoint *checkpoint, const char *temp_dir, uint64_t key,
                                sr_error *error)
{
    char name[64];
    snprintf(name, sizeof name, ".simrank-dedup-%016llx", (unsigned long long)key);
    checkpoint->dir = sr_path_join(temp_dir, name);
    char *lock = checkpoint->dir ? sr_path_join(checkpoint->dir, "lock") : NULL;
    if (!lock) {
        return sr_error_set(error, SR_ERR_MEMORY, temp_dir, 0, "out of memory");
    }
    sr_status status = SR_OK;
    if (mkdir(checkpoint->dir, 0700) != 0 && errno != EEXIST) {
        status = sr_error_set_errno(error, checkpoint->dir, "can't make the directory");
    } else {
        checkpoint->lock = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        status = checkpoint->lock >= 0 ? SR_OK : sr_error_set_errno(error, lock, "can't open");
    }
    free(lock);
    return status;
}

/* A run that is not resumed has nothing of the one before. */
static sr_status begin_anew(sr_checkpoint *checkpoint, sr_str identity,
                            const sr_checkpoint_store *store, const sr_observer *observer,
                            sr_error *error)
{
    char *state = sr_checkpoint_path(checkpoint, "state");
    if (state && access(state, F_OK) == 0) {
        sr_observe_message(observer, SR_MESSAGE_WARNING,
                           "%s: an interrupted run is given up (--resume would have continued it)",
                           checkpoint->dir);
    }
    free(state);
    remove_files(checkpoint, SR_ARRAY_COUNT(FILES) - 2);
    memset(&checkpoint->state, 0, sizeof checkpoint->state);
    checkpoint->state.store = *store;
    return write_file(checkpoint, "identity", identity.data, identity.n_bytes, error);
}

static void sweep_after(const sr_dedup_options *options, long pid)
{
    if (options->output && strcmp(options->output, "-") != 0) {
        sr_output_sweep(options->output, pid);
    }
    for (size_t i = 0; i < options->n_reports; i++) {
        sr_output_sweep(options->reports[i], pid);
    }
}

/* Sweeps up after the runs before, and enters this one. */
static sr_status enter_run(const sr_checkpoint *checkpoint, const sr_dedup_options *options,
                           sr_error *error)
{
    sr_buffer runs;
    sr_buffer_init(&runs, SR_BUFFER_NO_LIMIT);
    sr_status status = read_file(checkpoint, "runs", &runs, error);
    for (size_t at = 0; status == SR_OK && at + sizeof(int64_t) <= runs.n_bytes;
         at += sizeof(int64_t)) {
        int64_t pid;
        memcpy(&pid, runs.data + at, sizeof pid);
        sweep_after(options, (long)pid);
    }
    int64_t own = (int64_t)getpid();
    if (status == SR_OK) {
        status = sr_buffer_append(&runs, &own, sizeof own);
    }
    if (status == SR_OK) {
        status = write_file(checkpoint, "runs", runs.data, runs.n_bytes, error);
    }
    sr_buffer_release(&runs);
    return status;
}

static sr_status take_up(sr_checkpoint *checkpoint, const char *const *feeds, size_t n_feeds,
                         const sr_dedup_options *options, const sr_checkpoint_store *store,
                         const sr_observer *observer, sr_error *error)
{
    sr_buffer identity;
    sr_buffer_init(&identity, SR_BUFFER_NO_LIMIT);
    sr_status status = sr_run_identity(feeds, n_feeds, options, &identity, error);
    if (status == SR_OK && options->resume) {
        status = find_state(checkpoint, sr_buffer_view(&identity), store, observer, error);
    }
    if (status == SR_OK && !checkpoint->found) {
        status = begin_anew(checkpoint, sr_buffer_view(&identity), store,
                            options->resume ? NULL : observer, error);
    }
    sr_buffer_release(&identity);
    return status;
}

static void free_checkpoint(sr_checkpoint *checkpoint)
{
    if (checkpoint->lock >= 0) {
        (void)close(checkpoint->lock);
    }
    free(checkpoint->dir);
    free(checkpoint);
}

sr_status sr_checkpoint_open(const char *const *feeds, size_t n_feeds,
                             const sr_dedup_options *options, const char *temp_dir,
                             const sr_checkpoint_store *store, const sr_observer *observer,
                             sr_checkpoint **out, sr_error *error)
{
    uint64_t key = 0;
    *out = NULL;
    sr_checkpoint *checkpoint = calloc(1, sizeof *checkpoint);
    if (!checkpoint || sr_run_identity_key(feeds, n_feeds, options, &key) != SR_OK) {
        free(checkpoint);
        return sr_error_set(error, SR_ERR_MEMORY, temp_dir, 0, "out of memory");
    }
    checkpoint->lock = -1;
    sr_status status = make_directory(checkpoint, temp_dir, key, error);
    if (status == SR_OK && flock(checkpoint->lock, LOCK_EX | LOCK_NB) != 0) {
        status = options->resume ? sr_error_set(error, SR_ERR_LOCKED, checkpoint->dir, 0,
                                                "the run to be resumed is still at work")
                                 : SR_OK;
        free_checkpoint(checkpoint);
        return status;
    }
    if (status == SR_OK) {
        status = enter_run(checkpoint, options, error);
    }
    if (status == SR_OK) {
        status = take_up(checkpoint, feeds, n_feeds, options, store, observer, error);
    }
    if (status != SR_OK) {
        free_checkpoint(checkpoint);
        return status;
    }
    *out = checkpoint;
    return SR_OK;
}

void sr_checkpoint_close(sr_checkpoint *checkpoint, bool keep, const sr_observer *observer)
{
    if (!checkpoint) {
        return;
    }
    if (keep && checkpoint->state.n_rows) {
        make_durable(checkpoint);
        checkpoint->state.boot[0] = '\0';
        (void)put_state(checkpoint, NULL);
        make_durable(checkpoint);
        sr_observe_message(observer, SR_MESSAGE_INFO,
                           "the same command with --resume continues this run (%s)",
                           checkpoint->dir);
    } else {
        remove_files(checkpoint, SR_ARRAY_COUNT(FILES));
        (void)rmdir(checkpoint->dir);
    }
    free_checkpoint(checkpoint);
}
