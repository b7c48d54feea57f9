/* status.h — filling a caller's sr_error, and passing failures up. */
#ifndef SR_BASE_STATUS_H
#define SR_BASE_STATUS_H

#include "base/platform.h"

/* Returns `status`, so that a failing call is one line. `error` may be NULL; `file` too. errno is
 * kept for SR_ERR_IO. */
SR_PRINTF(5, 6)
sr_status sr_error_set(sr_error *error, sr_status status, const char *file, uint64_t line,
                       const char *format, ...);

/* The same for a failed system call: adds strerror(errno) and keeps errno. */
SR_PRINTF(3, 4)
sr_status sr_error_set_errno(sr_error *error, const char *file, const char *format, ...);

/* Evaluates a call that returns sr_status and returns from this function where it failed. */
#define SR_TRY(call)                                                                               \
    do {                                                                                           \
        sr_status sr_try_status_ = (call);                                                         \
        if (sr_try_status_ != SR_OK) {                                                             \
            return sr_try_status_;                                                                 \
        }                                                                                          \
    } while (0)

#endif
