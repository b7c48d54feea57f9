/* lines.h — lists in files: ids and names of feeds, one a line. */
#ifndef CLI_LINES_H
#define CLI_LINES_H

#include "cli/options.h"

/* Reads `path` ("-": stdin) and appends its lines, without their ends and without empty ones, to
 * `list`. The lines live in `*text`, which the caller frees when the list is no longer used (also
 * on failure; NULL then is fine). */
SR_MUST_USE sr_status cli_lines_read(const char *path, cli_list *list, char **text,
                                     sr_error *error);

#endif
