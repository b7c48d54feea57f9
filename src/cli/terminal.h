/* terminal.h — everything on stderr: messages, errors with their hints, and a progress bar where
 * stderr is a terminal. */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include "simrank.h"

typedef struct cli_terminal {
    bool quiet;         /* no messages, no bar; errors stay */
    bool has_bar;       /* stderr is a terminal that can clear a line */
    bool is_bar_shown;  /* the line must be cleared before the next message */
    int64_t redrawn_ms; /* when the bar was last drawn */
} cli_terminal;

void cli_terminal_init(cli_terminal *terminal, bool quiet);

/* An observer that speaks to `terminal` and is cancelled by Ctrl-C. */
sr_observer cli_terminal_observer(cli_terminal *terminal);

/* Takes the bar away, before something else is printed there. */
void cli_terminal_clear(cli_terminal *terminal);

/* "simrank: …" where not quiet. */
__attribute__((format(printf, 2, 3))) void cli_terminal_say(cli_terminal *terminal,
                                                            const char *format, ...);

/* "simrank: …", always. */
__attribute__((format(printf, 2, 3))) void cli_terminal_error(cli_terminal *terminal,
                                                              const char *format, ...);

/* The line after an error that says what to do about it. */
__attribute__((format(printf, 2, 3))) void cli_terminal_hint(cli_terminal *terminal,
                                                             const char *format, ...);

/* Tells an error of the library, "simrank: file:line: what", and returns the exit code that it
 * means. */
int cli_terminal_fail(cli_terminal *terminal, sr_status status, const sr_error *error);

#endif
