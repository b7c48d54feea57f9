/* command_init.c — `simrank init`: an empty store with parameters of one's own. */
#include "cli/command.h"
#include "cli/place.h"

static int run(cli_session *session)
{
    const cli_options *options = &session->options;
    const char *dir = cli_place_store(options);
    sr_error error = {0};
    sr_status status = sr_store_init(dir, &options->params, options->dedup_only, &error);
    if (status != SR_OK) {
        return cli_terminal_fail(&session->terminal, status, &error);
    }
    cli_output_print(&session->output, "%s: an empty store of %u MinHash values%s\n", dir,
                     options->params.n_values, options->dedup_only ? ", without texts" : "");
    return CLI_EXIT_DONE;
}

const cli_command cli_command_init = {
    .verb = CLI_INIT,
    .name = "init",
    .arguments = "",
    .brief = "make an empty store",
    .teaching = "Makes an empty store. add does so by itself; init is for a store that is not as "
                "usual. What shapes a signature is fixed here for the life of the store.\n\n"
                "  simrank init --store archive.store --signature 256\n"
                "  simrank init --store crawl.store --dedup-only\n",
    .min_arguments = 0,
    .max_arguments = 0,
    .formats = 1u << SR_FORMAT_TEXT,
    .run = run,
};
