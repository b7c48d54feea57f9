/* command_eval.c — `simrank eval --qrels F RUN…`: how good rankings are. */
#include "cli/command.h"

static int run(cli_session *session)
{
    const cli_options *options = &session->options;
    if (!options->qrels) {
        cli_terminal_error(&session->terminal, "eval needs --qrels FILE");
        cli_terminal_hint(&session->terminal, "simrank eval --help tells more");
        return CLI_EXIT_ERROR;
    }
    sr_error error = {0};
    sr_evaluation *evaluation = NULL;
    sr_status status =
        sr_evaluate(options->qrels, options->arguments.items, options->arguments.n_items,
                    options->min_grade, &session->observer, &evaluation, &error);
    if (status == SR_OK) {
        status =
            sr_evaluation_render(evaluation, options->format, cli_output_write, &session->output);
    }
    sr_evaluation_free(evaluation);
    if (status != SR_OK && session->output.os_errno == 0) {
        return cli_terminal_fail(&session->terminal, status, &error);
    }
    return CLI_EXIT_DONE;
}

const cli_command cli_command_eval = {
    .verb = CLI_EVAL,
    .name = "eval",
    .arguments = "--qrels FILE RUN…",
    .brief = "how good rankings are: nDCG, P, MAP, recall, with intervals",
    .teaching =
        "Judges rankings by what people found relevant. A RUN is what --ranking prints, or "
        "TREC's six columns by any other program (query Q0 article rank score name); --qrels names "
        "the judgements (query 0 article grade). Both may be compressed; one of them may be -.\n\n"
        "Each measure is the mean over the queries with its 95 % interval (bootstrap). Two runs "
        "are also compared query by query: the mean difference with its interval, and p, how often "
        "chance alone would give as much (randomisation test). --format csv gives every query.\n\n"
        "A query that a run lacks counts 0; the query's own article does not count. nDCG's gain is "
        "2^grade − 1, and its ideal is over all judged articles.\n\n"
        "  simrank related --ids queries.txt --ranking -n 100 > ours.run\n"
        "  simrank eval --qrels stories.qrels theirs.run ours.run\n",
    .min_arguments = 1,
    .max_arguments = 1000,
    .formats = 1u << SR_FORMAT_TEXT | 1u << SR_FORMAT_JSON | 1u << SR_FORMAT_CSV,
    .run = run,
};
