/* completion.h — completions for bash, zsh and fish, made of the flag table. */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include "cli/output.h"

/* `shell` is "bash", "zsh" or "fish". */
void cli_completion_print(cli_output *output, const char *shell);

#endif
