/* status.c — names and sentences of statuses, and the filling of errors. */
#include "base/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

static const struct {
    const char *name;
    const char *text;
} STATUSES[] = {
#define SR_STATUS_ROW(name, text) {"SR_" #name, text},
    SR_STATUS_LIST(SR_STATUS_ROW)
#undef SR_STATUS_ROW
};

const char *sr_status_name(sr_status status)
{
    return (unsigned)status < SR_STATUS_COUNT ? STATUSES[status].name : "SR_UNKNOWN";
}

const char *sr_status_text(sr_status status)
{
    return (unsigned)status < SR_STATUS_COUNT ? STATUSES[status].text : "unknown status";
}

const char *sr_relation_name(sr_relation relation)
{
    static const char *const NAMES[] = {"none", "exact", "near", "contained", "updated"};
    return (unsigned)relation < SR_RELATION_COUNT ? NAMES[relation] : "unknown";
}

const char *sr_outcome_name(sr_outcome outcome)
{
    static const char *const NAMES[] = {"new",  "unchanged", "updated", "exact",
                                        "near", "contained", "bad"};
    return (unsigned)outcome < SR_OUTCOME_COUNT ? NAMES[outcome] : "unknown";
}

static void fill(sr_error *error, sr_status status, int os_errno, const char *file, uint64_t line)
{
    error->status = status;
    error->os_errno = os_errno;
    error->line = line;
    error->offset = 0;
    size_t n_bytes = file ? strlen(file) : 0;
    size_t cut = n_bytes >= sizeof error->file ? n_bytes - sizeof error->file + 1 : 0;
    if (n_bytes) {
        memcpy(error->file, file + cut, n_bytes - cut);
    }
    error->file[n_bytes - cut] = '\0';
}

sr_status sr_error_set(sr_error *error, sr_status status, const char *file, uint64_t line,
                       const char *format, ...)
{
    if (error) {
        fill(error, status, status == SR_ERR_IO ? errno : 0, file, line);
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(error->text, sizeof error->text, format, arguments);
        va_end(arguments);
    }
    return status;
}

sr_status sr_error_set_errno(sr_error *error, const char *file, const char *format, ...)
{
    int os_errno = errno;
    if (error) {
        fill(error, SR_ERR_IO, os_errno, file, 0);
        va_list arguments;
        va_start(arguments, format);
        int n = vsnprintf(error->text, sizeof error->text, format, arguments);
        va_end(arguments);
        size_t used = n < 0                            ? 0
                      : (size_t)n < sizeof error->text ? (size_t)n
                                                       : sizeof error->text - 1;
        char reason[128];
        const char *text = strerror_r(os_errno, reason, sizeof reason);
        snprintf(error->text + used, sizeof error->text - used, ": %s", text);
    }
    return SR_ERR_IO;
}
