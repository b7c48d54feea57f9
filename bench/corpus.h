/* corpus.h — the texts of a feed in memory, for benches that start behind the reader, and the
 * reader alone for those that end there. */
#ifndef BENCH_CORPUS_H
#define BENCH_CORPUS_H

#include "bench.h"

typedef struct corpus {
    sr_str *texts; /* in one run of bytes, in order; 64 readable bytes follow the last */
    size_t n_texts;
    size_t n_bytes; /* of all texts */
    char *bytes;
} corpus;

/* The first `max_bytes` of the texts of DATA/NAME. */
void corpus_load(const bench *b, const char *name, size_t max_bytes, corpus *out);
void corpus_release(corpus *c);
/* Reads and parses a whole feed; the articles of it that have a text or a title. */
size_t corpus_count(const char *path);

#endif
