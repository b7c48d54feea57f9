/* values.h — the values of flags: numbers, sizes, shares, dates, lists of words. Never the C
 * locale. */
#ifndef CLI_VALUES_H
#define CLI_VALUES_H

#include "cli/options.h"

/* Each is false where the text is not such a value, and leaves `out` as it was. */
bool cli_value_count(const char *text, uint64_t max, uint64_t *out);
bool cli_value_decimal(const char *text, size_t n_bytes, double *out); /* 0.7, .7, 12.5 */
bool cli_value_size(const char *text, uint64_t *out);                  /* 4096, 16M, 2G */
bool cli_value_when(const char *text, cli_when *out);
/* Whether `text` is one of the blank-separated `words`. */
bool cli_value_is_among(const char *text, size_t n_bytes, const char *words);

/* Readers of the flags that need their own (cli_read_fn). */
const char *cli_read_format(const char *value, cli_options *options);
const char *cli_read_max_bad(const char *value, cli_options *options);
const char *cli_read_max_unpack(const char *value, cli_options *options);
const char *cli_read_delimiter(const char *value, cli_options *options);
const char *cli_read_half_life(const char *value, cli_options *options);
const char *cli_read_dense(const char *value, cli_options *options);
const char *cli_read_drop(const char *value, cli_options *options);
const char *cli_read_bands(const char *value, cli_options *options);
const char *cli_read_keep(const char *value, cli_options *options);
const char *cli_read_cluster(const char *value, cli_options *options);
const char *cli_read_threshold(const char *value, cli_options *options);
const char *cli_read_recall(const char *value, cli_options *options);

/* Number of edits (insert, delete, replace one byte) between two words; long words count as far. */
size_t cli_word_distance(const char *a, size_t n_bytes_a, const char *b);

#endif
