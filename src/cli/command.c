/* command.c — the list of verbs. */
#include "cli/command.h"

#include <string.h>

const cli_command *const cli_commands[] = {
    &cli_command_add,
    &cli_command_related,
    &cli_command_dedup,
    &cli_command_compare,
    &cli_command_inspect,
    &cli_command_init,
    &cli_command_info,
    &cli_command_check,
    &cli_command_remove,
    &cli_command_compact,
    &cli_command_export,
    &cli_command_eval,
    NULL,
};

const cli_command *cli_command_find(const char *name)
{
    for (size_t i = 0; cli_commands[i]; i++) {
        if (strcmp(cli_commands[i]->name, name) == 0) {
            return cli_commands[i];
        }
    }
    return NULL;
}
