/* observe.c — formatted messages to an observer. */
#include "base/observe.h"

#include <stdarg.h>
#include <stdio.h>

void sr_observe_message(const sr_observer *observer, sr_message_level level, const char *format,
                        ...)
{
    if (!observer || !observer->message) {
        return;
    }
    char text[1000];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    observer->message(observer->context, level, text);
}

const char *sr_bytes_show(uint64_t n_bytes, char text[32])
{
    static const char *const UNITS[] = {"bytes", "KB", "MB", "GB", "TB", "PB", "EB"};
    uint64_t tenths = n_bytes < UINT64_MAX / 10 ? n_bytes * 10 : UINT64_MAX;
    size_t unit = 0;
    while (tenths >= 10240 && unit + 1 < SR_ARRAY_COUNT(UNITS)) {
        tenths = (tenths + 512) / 1024;
        unit++;
    }
    if (unit && tenths < 100) {
        snprintf(text, 32, "%u.%u %s", (unsigned)(tenths / 10), (unsigned)(tenths % 10),
                 UNITS[unit]);
    } else {
        snprintf(text, 32, "%llu %s", (unsigned long long)((tenths + 5) / 10), UNITS[unit]);
    }
    return text;
}
