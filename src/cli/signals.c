/* signals.c — the one mutable global that a handler needs.
 *
 * SA_RESETHAND gives the second signal back its default: it kills. No SA_RESTART: a wait returns
 * with EINTR, so that the library asks `cancelled` soon.
 */
#include "cli/signals.h"

#include <signal.h>
#include <string.h>

static volatile sig_atomic_t interrupted;

static void note(int number)
{
    (void)number;
    interrupted = 1;
}

/* What a shell or nohup has told us to ignore stays ignored. */
static void catch_unless_ignored(int number)
{
    struct sigaction action;
    if (sigaction(number, NULL, &action) != 0 || action.sa_handler == SIG_IGN) {
        return;
    }
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = note;
    action.sa_flags = (int)SA_RESETHAND;
    sigaction(number, &action, NULL);
}

void cli_signals_install(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    catch_unless_ignored(SIGINT);
    catch_unless_ignored(SIGTERM);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

bool cli_signals_interrupted(void)
{
    return interrupted != 0;
}
