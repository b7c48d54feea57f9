/* reader.c — what all readers share. */
#include "feed/reader.h"

#include <stdarg.h>
#include <stdio.h>

void sr_reader_refuse(sr_reader *reader, sr_record *record, uint64_t line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reader->reason, sizeof reader->reason, format, arguments);
    va_end(arguments);
    *record = (sr_record){.number = reader->n_records, .line = line, .bad = reader->reason};
}

void sr_reader_skip(sr_reader *reader, const char *what)
{
    sr_skips_count(reader->skips, what);
}

void sr_skips_count(sr_skips *skips, const char *what)
{
    size_t i = 0;
    while (skips && i < skips->n_kinds && strcmp(skips->what[i], what) != 0) {
        i++;
    }
    if (!skips || i == SR_SKIP_KINDS) {
        return;
    }
    if (i == skips->n_kinds) {
        skips->what[i] = what;
        skips->n_records[i] = 0;
        skips->n_kinds++;
    }
    skips->n_records[i]++;
}
