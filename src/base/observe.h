/* observe.h — speaking to the caller's sr_observer, which may be NULL or have NULL members. */
#ifndef SR_BASE_OBSERVE_H
#define SR_BASE_OBSERVE_H

#include "base/platform.h"

/* One message, formatted; cut at 1,000 bytes. */
SR_PRINTF(3, 4)
void sr_observe_message(const sr_observer *observer, sr_message_level level, const char *format,
                        ...);

static inline void sr_observe_progress(const sr_observer *observer, const char *what, uint64_t done,
                                       uint64_t total)
{
    if (observer && observer->progress) {
        observer->progress(observer->context, what, done, total);
    }
}

static inline bool sr_observe_cancelled(const sr_observer *observer)
{
    return observer && observer->cancelled && observer->cancelled(observer->context);
}

#endif
