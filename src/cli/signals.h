/* signals.h — Ctrl-C asks for a clean stop, a second one ends the program; a reader that goes away
 * is no signal. */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include <stdbool.h>

void cli_signals_install(void);

/* True once SIGINT or SIGTERM has come. */
bool cli_signals_interrupted(void);

#endif
