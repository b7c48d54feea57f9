/* output.h — results: stdout, and what is to be done where it fails.
 *
 * A full disk is an error that is told once, at the end; a reader that has gone away (EPIPE) is
 * none: the program stops quietly. The first failure is kept here, everything printed after it is
 * dropped.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "simrank.h"

#include <stdio.h>

typedef struct cli_output {
    FILE *file;
    int os_errno; /* of the first failure, 0 while there is none */
} cli_output;

void cli_output_init(cli_output *output, FILE *file);

/* Writes; false where this or an earlier write failed. Is an sr_write_fn. */
bool cli_output_write(void *output, const char *bytes, size_t n_bytes);

__attribute__((format(printf, 2, 3))) void cli_output_print(cli_output *output, const char *format,
                                                            ...);

/* A JSON string with its quotes; bytes that are no UTF-8 become U+FFFD. */
void cli_output_json_text(cli_output *output, const char *text);

/* A share with two to four decimals: 0.70, 0.725. */
void cli_output_share(cli_output *output, double share);

/* True where the reader has gone away. */
bool cli_output_is_unread(const cli_output *output);

/* Flushes; false where anything was lost. */
bool cli_output_finish(cli_output *output);

#endif
