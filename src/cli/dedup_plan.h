/* dedup_plan.h — what `simrank dedup` is about to do: the bands, and the plan that --plan prints.
 */
#ifndef CLI_DEDUP_PLAN_H
#define CLI_DEDUP_PLAN_H

#include "cli/command.h"

/* Turns --threshold and --recall into bands × rows where --bands did not say them. */
sr_status cli_dedup_choose_bands(cli_options *options, sr_error *error);

/* Makes the plan and prints it; the exit code. */
int cli_dedup_print_plan(cli_session *session, const sr_dedup_options *dedup);

#endif
