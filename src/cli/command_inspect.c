/* command_inspect.c — `simrank inspect FEED…`: what would be read, before anything is. */
#include "cli/command.h"
#include "cli/lines.h"

#include <stdlib.h>

static sr_status print_texts(cli_session *session, sr_error *error)
{
    const cli_options *options = &session->options;
    return sr_inspect_texts(options->arguments.items, options->arguments.n_items, &options->feed,
                            options->format, &session->observer, cli_output_write, &session->output,
                            error);
}

static sr_status print_inspection(cli_session *session, sr_error *error)
{
    const cli_options *options = &session->options;
    sr_inspection *inspection = NULL;
    sr_status status = sr_inspect(options->arguments.items, options->arguments.n_items,
                                  &options->feed, &session->observer, &inspection, error);
    if (status == SR_OK) {
        cli_terminal_clear(&session->terminal);
        status =
            sr_inspection_render(inspection, options->format, cli_output_write, &session->output);
    }
    sr_inspection_free(inspection);
    return status;
}

static int run(cli_session *session)
{
    cli_options *options = &session->options;
    char *text = NULL;
    sr_error error = {0};
    sr_status status = SR_OK;
    options->feed.now_s = cli_options_now(options);
    if (options->files_from) {
        status = cli_lines_read(options->files_from, &options->arguments, &text, &error);
    }
    if (status == SR_OK && options->arguments.n_items == 0) {
        cli_terminal_error(&session->terminal, "inspect needs a FEED");
        cli_terminal_hint(&session->terminal, "simrank inspect articles.jsonl");
        free(text);
        return CLI_EXIT_ERROR;
    }
    if (status == SR_OK && options->format == SR_FORMAT_JSONL && !options->texts) {
        cli_terminal_error(&session->terminal, "inspect writes text or json; jsonl is for --text");
        free(text);
        return CLI_EXIT_ERROR;
    }
    if (status == SR_OK) {
        status = options->texts ? print_texts(session, &error) : print_inspection(session, &error);
    }
    free(text);
    if (status == SR_OK || session->output.os_errno) { /* told at the end, or quiet */
        return CLI_EXIT_DONE;
    }
    return cli_terminal_fail(&session->terminal, status, &error);
}

const cli_command cli_command_inspect = {
    .verb = CLI_INSPECT,
    .name = "inspect",
    .arguments = "FEED…",
    .brief = "what would be read of a feed: format, fields, a sample, problems",
    .teaching =
        "Reads the feeds to their end, as add and dedup do, and tells what they would get: the "
        "format, encoding and delimiter that were seen, which names give which of our fields and "
        "in how many records, names that play no part, a sample, and the records that can't be "
        "read. Files that are read alike are told together. Nothing is stored.\n\n"
        "With --text it prints the clean text of each article, without the furniture of its page: "
        "the words that are signed and compared.\n\n"
        "  simrank inspect crawl/\n"
        "  simrank inspect export.csv --map text=3,title=2\n"
        "  simrank inspect page.html --text\n",
    .min_arguments = 0,
    .max_arguments = SIZE_MAX,
    .formats = 1u << SR_FORMAT_TEXT | 1u << SR_FORMAT_JSON | 1u << SR_FORMAT_JSONL,
    .run = run,
};
