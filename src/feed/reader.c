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
