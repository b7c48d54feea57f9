/* help.h — -h and --help: of the program (command NULL) or of a verb. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/command.h"

void cli_help_print_brief(cli_output *output, const cli_command *command);
void cli_help_print_full(cli_output *output, const cli_command *command);

#endif
