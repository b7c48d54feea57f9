/* record.h — an article as a line of JSON. */
#ifndef GEN_FEED_RECORD_H
#define GEN_FEED_RECORD_H

#include "article.h"

/* A line under way; `room_for` is called before what may be long. */
typedef struct line {
    char *bytes;
    size_t n, capacity;
} line;

/* Prints what is wrong and ends the program. */
void fail(const char *what);
/* Appends the record with its line end. */
void put_record(line *l, const options *o, const article *a);

#endif
