/* manual.h — the man page, made of the same tables as --help. */
#ifndef CLI_MANUAL_H
#define CLI_MANUAL_H

#include "cli/output.h"

/* Roff with the man macros, UTF-8. */
void cli_manual_print(cli_output *output);

#endif
