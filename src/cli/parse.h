/* parse.h — argv to verb and options. */
#ifndef CLI_PARSE_H
#define CLI_PARSE_H

#include "cli/command.h"

/* Finds the verb and fills the options of the session. False where the command line is wrong: the
 * error has been told. The command stays NULL where no verb was given (then the options are those
 * of the program alone). */
bool cli_parse(cli_session *session, int argc, char *const *argv);

#endif
