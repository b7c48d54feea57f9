/* command_compare.c — `simrank compare A B`: how two articles stand to each other. */
#include "cli/command.h"

static int run(cli_session *session)
{
    const cli_options *options = &session->options;
    sr_error error = {0};
    sr_comparison *comparison = NULL;
    sr_status status =
        sr_compare(options->arguments.items[0], options->arguments.items[1], &options->params,
                   &options->thresholds, &options->feed, &comparison, &error);
    if (status != SR_OK) {
        return cli_terminal_fail(&session->terminal, status, &error);
    }
    sr_verdict verdict;
    sr_comparison_get_verdict(comparison, &verdict);
    status = sr_comparison_render(comparison, options->format, cli_output_write, &session->output);
    sr_comparison_free(comparison);
    if (status != SR_OK && session->output.os_errno == 0) {
        return cli_terminal_fail(&session->terminal, status, &error);
    }
    return verdict.relation == SR_RELATION_NONE ? CLI_EXIT_NO : CLI_EXIT_DONE;
}

const cli_command cli_command_compare = {
    .verb = CLI_COMPARE,
    .name = "compare",
    .arguments = "ARTICLE ARTICLE",
    .brief = "similarity of two articles, their relation, the passages they share",
    .teaching =
        "Compares two articles, each a file, FILE:N (its Nth record) or - (stdin, once): the "
        "Jaccard similarity of their word shingles, exact and as the signatures estimate it, how "
        "much of each stands in the other, the distance of their SimHashes, the relation, and the "
        "passages that they share. The exit code is 1 where there is no relation.\n\n"
        "  simrank compare a.txt b.txt\n"
        "  simrank compare feed.jsonl:3 feed.jsonl:71 --threshold 0.5\n",
    .min_arguments = 2,
    .max_arguments = 2,
    .formats = 1u << SR_FORMAT_TEXT | 1u << SR_FORMAT_JSON,
    .run = run,
};
