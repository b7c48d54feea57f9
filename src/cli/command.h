/* command.h — a verb of the program: one file and one const entry each (command_<verb>.c).
 *
 * The idea is tmux's: an entry says everything about its verb (name, arguments, help, how many
 * arguments, which output formats, the function), so that main.c, parse.c, help.c, manual.c and
 * completion.c know no verb by name.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/options.h"
#include "cli/output.h"
#include "cli/terminal.h"

/* Exit codes: the whole list. */
enum {
    CLI_EXIT_DONE = 0,
    CLI_EXIT_NO = 1, /* the answer is no */
    CLI_EXIT_ERROR = 2,
    CLI_EXIT_INTERRUPTED = 130
};

/* Bits that say to which verbs a flag belongs. */
enum {
    CLI_ADD = 1 << 0,
    CLI_RELATED = 1 << 1,
    CLI_DEDUP = 1 << 2,
    CLI_COMPARE = 1 << 3,
    CLI_INIT = 1 << 4,
    CLI_INFO = 1 << 5,
    CLI_CHECK = 1 << 6,
    CLI_EVAL = 1 << 7,
    CLI_INSPECT = 1 << 8,
    CLI_REMOVE = 1 << 9,
    CLI_COMPACT = 1 << 10,
    CLI_EXPORT = 1 << 11,
    CLI_NO_VERB = 1 << 30, /* the program without a verb */
    CLI_EVERY = 0x7fffffff
};

/* Whether a verb works through much on all threads, in many small parallel parts. */
typedef enum cli_load { CLI_LOAD_SMALL, CLI_LOAD_BULK, CLI_LOAD_BULK_WITH_ALL } cli_load;

typedef struct cli_command cli_command;

/* One run of the program. */
typedef struct cli_session {
    const cli_command *command;
    cli_options options;
    cli_terminal terminal;
    cli_output output;
    sr_observer observer; /* speaks to `terminal` */
} cli_session;

struct cli_command {
    unsigned verb; /* its bit */
    const char *name;
    const char *arguments; /* as usage shows them, "" for none */
    const char *brief;     /* one line */
    const char *teaching;  /* paragraphs; a line that starts with two blanks stands as it is */
    size_t min_arguments, max_arguments;
    unsigned formats; /* bit 1 << sr_format for each that it prints */
    cli_load load;    /* what is not said is small */
    int (*run)(cli_session *session);
};

extern const cli_command cli_command_add, cli_command_related, cli_command_dedup,
    cli_command_compare, cli_command_init, cli_command_info, cli_command_check, cli_command_eval,
    cli_command_export, cli_command_inspect, cli_command_remove, cli_command_compact;

/* Every verb in the order of the help; ends with NULL. */
extern const cli_command *const cli_commands[];

/* The verb of that name, or NULL. */
const cli_command *cli_command_find(const char *name);

#endif
