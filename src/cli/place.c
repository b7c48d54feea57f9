/* place.c — looking for the store, and saying where one looked. */
#include "cli/place.h"

#include <stdlib.h>

static const char DEFAULT_STORE[] = "./simrank.store";
static const char VARIABLE[] = "SIMRANK_STORE";

static const char *from_environment(void)
{
    const char *dir = getenv(VARIABLE);
    return dir && *dir ? dir : NULL;
}

const char *cli_place_store(const cli_options *options)
{
    if (options->store) {
        return options->store;
    }
    const char *dir = from_environment();
    return dir ? dir : DEFAULT_STORE;
}

int cli_place_fail(cli_session *session, sr_status status, const sr_error *error)
{
    cli_terminal *terminal = &session->terminal;
    const char *dir = cli_place_store(&session->options);
    if (status != SR_ERR_NOT_FOUND) {
        return cli_terminal_fail(terminal, status, error);
    }
    if (session->options.store) {
        cli_terminal_error(terminal, "no store: looked at --store %s", dir);
    } else if (from_environment()) {
        cli_terminal_error(terminal, "no store: looked at $SIMRANK_STORE, which is %s", dir);
    } else {
        cli_terminal_error(terminal, "no store: looked at %s ($SIMRANK_STORE is not set)", dir);
    }
    cli_terminal_hint(terminal, "to make one: simrank add --store %s FEED…", dir);
    return CLI_EXIT_ERROR;
}

sr_store *cli_place_open(cli_session *session, int *exit_code)
{
    sr_error error = {0};
    sr_store *store = NULL;
    sr_status status = sr_store_open(cli_place_store(&session->options), SR_STORE_READ,
                                     &session->observer, &store, &error);
    if (status != SR_OK) {
        *exit_code = cli_place_fail(session, status, &error);
        return NULL;
    }
    return store;
}
