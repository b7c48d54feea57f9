/* json_floor.h — simdjson over a whole .jsonl file, as C: what any reader of such a feed pays. */
#ifndef BENCH_JSON_FLOOR_H
#define BENCH_JSON_FLOOR_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { JSON_FLOOR_PADDING = 64 };

/* Parses every document of `n_bytes` (whole lines; JSON_FLOOR_PADDING readable bytes follow) and
 * adds up the bytes of the field "text". Returns the number of documents, negative where one is
 * wrong. `is_on_demand`: only that field is unescaped; else the whole of each is. */
long json_floor_parse(const char *bytes, size_t n_bytes, int is_on_demand, size_t *n_text_bytes);

#ifdef __cplusplus
}
#endif

#endif
