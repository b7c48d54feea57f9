/* lock.h — one writer at a time: flock on the file LOCK, which also tells the holder's process id.
 * The kernel gives the lock back when its holder dies, so that a killed writer blocks nobody. */
#ifndef SR_STORE_LOCK_H
#define SR_STORE_LOCK_H

#include "base/observe.h"
#include "base/status.h"

/* `wait` false: SR_ERR_LOCKED at once. true: waits, tells the observer after a second, and stops
 * with SR_ERR_INTERRUPTED where it says so. */
SR_MUST_USE sr_status sr_lock_take(const char *dir, bool wait, const sr_observer *observer, int *fd,
                                   sr_error *error);
/* -1 is no lock. */
void sr_lock_give(int fd);

#endif
