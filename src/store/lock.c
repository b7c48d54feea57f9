/* lock.c — taking the writer's lock, waiting for it in short sleeps so that a caller can give up.
 */
#include "store/lock.h"

#include "base/file.h"
#include "store/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

/* A writer that has the lock writes its number down a moment later: who refuses to wait still waits
 * for that. */
enum { POLL_MS = 50, NAME_WITHIN_MS = 250, SPEAK_AFTER_MS = 1000 };

/* The holder as it wrote itself down, for messages only; "" where that can't be read. */
static void read_holder(int fd, char holder[32])
{
    ssize_t n = pread(fd, holder, 31, 0);
    size_t n_digits = 0;
    while (n > 0 && n_digits < (size_t)n && holder[n_digits] >= '0' && holder[n_digits] <= '9') {
        n_digits++;
    }
    holder[n_digits] = '\0';
}

static sr_status write_holder(int fd, const char *path, sr_error *error)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0) {
        return sr_error_set_errno(error, path, "can't write");
    }
    return sr_file_write(fd, path, text, (size_t)n, error);
}

static sr_status wait_for(int fd, const char *path, bool wait, const sr_observer *observer,
                          sr_error *error)
{
    for (unsigned waited_ms = 0;; waited_ms += POLL_MS) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
            return SR_OK;
        }
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return sr_error_set_errno(error, path, "can't lock");
        }
        char holder[32];
        read_holder(fd, holder);
        if (!wait && (*holder || waited_ms >= NAME_WITHIN_MS)) {
            return sr_error_set(error, SR_ERR_LOCKED, path, 0, "process %s is writing to the store",
                                *holder ? holder : "(unknown)");
        }
        if (sr_observe_cancelled(observer)) {
            return SR_ERR_INTERRUPTED;
        }
        if (waited_ms == SPEAK_AFTER_MS) {
            sr_observe_message(observer, SR_MESSAGE_INFO, "%s: waiting for the writer %s", path,
                               *holder ? holder : "(unknown)");
        }
        nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
    }
}

sr_status sr_lock_take(const char *dir, bool wait, const sr_observer *observer, int *fd,
                       sr_error *error)
{
    char *path = sr_path_join(dir, SR_LOCK_NAME);
    if (!path) {
        return SR_ERR_MEMORY;
    }
    sr_status status = SR_OK;
    int opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (opened < 0) {
        status = sr_error_set_errno(error, path, "can't open the writer's lock");
    } else {
        status = wait_for(opened, path, wait, observer, error);
        if (status == SR_OK) {
            status = write_holder(opened, path, error);
        }
        if (status != SR_OK) {
            close(opened);
        }
    }
    free(path);
    if (status == SR_OK) {
        *fd = opened;
    }
    return status;
}

void sr_lock_give(int fd)
{
    if (fd >= 0) {
        close(fd);
    }
}
