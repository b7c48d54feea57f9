/* command_export.c — `simrank export`: everything that the store knows, as a feed. */
#include "cli/command.h"
#include "cli/place.h"

static int run(cli_session *session)
{
    cli_options *options = &session->options;
    int exit_code = CLI_EXIT_ERROR;
    sr_store *store = cli_place_open(session, &exit_code);
    if (!store) {
        return exit_code;
    }
    sr_error error = {0};
    sr_format format = options->format == SR_FORMAT_CSV ? SR_FORMAT_CSV : SR_FORMAT_JSONL;
    sr_status status = SR_OK;
    if (options->signatures) {
        status = sr_store_export_signatures(store, options->signatures, &error);
    }
    if (status == SR_OK && options->simhash) {
        status = sr_store_export_simhash(store, options->simhash, &error);
    }
    if (!options->signatures && !options->simhash) {
        status = sr_store_export(store, format, cli_output_write, &session->output, &error);
    }
    cli_terminal_clear(&session->terminal);
    sr_store_close(store);
    if (status != SR_OK && session->output.os_errno == 0) {
        return cli_terminal_fail(&session->terminal, status, &error);
    }
    return CLI_EXIT_DONE;
}

const cli_command cli_command_export = {
    .verb = CLI_EXPORT,
    .name = "export",
    .arguments = "",
    .brief = "everything that the store knows of its articles, as a feed",
    .teaching =
        "Prints the live articles in the order of their adding, as JSON Lines or CSV: id, title, "
        "lead, url, source, author, tags, image, text (not of a dedup-only store), published, "
        "language; what is empty is left out of JSON. simrank add reads that back without a "
        "mapping. --signatures writes their MinHash values as a NumPy array instead, a row an "
        "article in the same order; --simhash 512 bits of what each article is about, of which "
        "related articles share most.\n\n"
        "  simrank export > articles.jsonl\n"
        "  simrank export --format csv | gzip > articles.csv.gz\n"
        "  simrank export --signatures values.npy --simhash topics.npy\n",
    .min_arguments = 0,
    .max_arguments = 0,
    .formats = 1u << SR_FORMAT_TEXT | 1u << SR_FORMAT_JSONL | 1u << SR_FORMAT_CSV,
    .run = run,
};
