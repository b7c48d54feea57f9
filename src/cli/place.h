/* place.h — where the store is. */
#ifndef CLI_PLACE_H
#define CLI_PLACE_H

#include "cli/command.h"

/* --store, else $SIMRANK_STORE, else ./simrank.store. */
const char *cli_place_store(const cli_options *options);

/* Opens the store for reading; otherwise tells why not (where there is none: every place looked at,
 * and the add to type) and returns NULL with the exit code. */
sr_store *cli_place_open(cli_session *session, int *exit_code);

/* Tells a failure of a call that wanted the store at this place. */
int cli_place_fail(cli_session *session, sr_status status, const sr_error *error);

#endif
