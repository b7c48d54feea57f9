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
