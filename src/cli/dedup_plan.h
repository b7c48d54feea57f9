/* dedup_plan.h — what `simrank dedup` is about to do: the plan that --plan prints. */
#ifndef CLI_DEDUP_PLAN_H
#define CLI_DEDUP_PLAN_H

#include "cli/command.h"

/* Makes the plan and prints it; the exit code. */
int cli_dedup_print_plan(cli_session *session, const sr_dedup_options *dedup);

#endif
