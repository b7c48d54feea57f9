/* flags.c — every flag of every verb, once.
 *
 * The order is the order of the help. A brief says what the flag does; the paragraph is read after
 * it and says what one must know to use it well: the default, what is measured, an example.
 */
#include "cli/flags.h"

#include "cli/command.h"
#include "cli/values.h"

#include <stddef.h>

#define AT(member) offsetof(cli_options, member)
#define STORED                                                                                     \
    (CLI_ADD | CLI_RELATED | CLI_INIT | CLI_INFO | CLI_CHECK | CLI_REMOVE | CLI_COMPACT |          \
     CLI_EXPORT)
#define PRINTS                                                                                     \
    (CLI_ADD | CLI_RELATED | CLI_DEDUP | CLI_COMPARE | CLI_INSPECT | CLI_INFO | CLI_CHECK |        \
     CLI_EVAL | CLI_REMOVE | CLI_COMPACT | CLI_EXPORT)
#define READS (CLI_ADD | CLI_RELATED | CLI_DEDUP | CLI_COMPARE | CLI_INSPECT)
#define FEEDS (CLI_ADD | CLI_DEDUP)
#define SIGNS (CLI_DEDUP | CLI_COMPARE)

const cli_flag cli_flags[] = {
#include "cli/flags_common.inc"
#include "cli/flags_input.inc"
#include "cli/flags_judging.inc"
#include "cli/flags_output.inc"
#include "cli/flags_related.inc"
#include "cli/flags_signature.inc"
};
const size_t cli_flag_count = sizeof cli_flags / sizeof cli_flags[0];

const char *const cli_group_titles[CLI_GROUP_COUNT] = {
    "COMMON", "INPUT", "RELATED", "OUTPUT", "SIGNATURES AND THRESHOLDS", "JUDGING",
};
