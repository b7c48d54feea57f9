/* command_compact.c — `simrank compact`: the store as one segment, without what was removed. */
#include "cli/command.h"
#include "cli/place.h"

#include <inttypes.h>

static void print_result(cli_session *session, const sr_store_info *before,
                         const sr_store_info *after)
{
    cli_output *output = &session->output;
    cli_terminal_clear(&session->terminal);
    if (session->options.format == SR_FORMAT_JSON) {
        cli_output_print(output,
                         "{\"commit\":%" PRIu64 ",\"articles\":%" PRIu64 ",\"purged\":%" PRIu64
                         ",\"segments\":%" PRIu64 ",\"bytes_before\":%" PRIu64 ",\"bytes\":%" PRIu64
                         "}\n",
                         after->commit, after->n_articles, before->n_removed - after->n_removed,
                         after->n_segments, before->n_bytes, after->n_bytes);
        return;
    }
    cli_output_print(output,
                     "%s: %" PRIu64 " segment%s, were %" PRIu64 "; %" PRIu64
                     " removed articles are gone; %.1f MB, were %.1f\n",
                     cli_place_store(&session->options), after->n_segments,
                     after->n_segments == 1 ? "" : "s", before->n_segments,
                     before->n_removed - after->n_removed, (double)after->n_bytes / 1e6,
                     (double)before->n_bytes / 1e6);
}

static int run(cli_session *session)
{
    const cli_options *options = &session->options;
    sr_error error = {0};
    sr_store *store = NULL;
    sr_status status = sr_store_open(cli_place_store(options),
                                     options->no_wait ? SR_STORE_WRITE_NO_WAIT : SR_STORE_WRITE,
                                     &session->observer, &store, &error);
    if (status != SR_OK) {
        return cli_place_fail(session, status, &error);
    }
    sr_store_info before;
    sr_store_info after;
    sr_store_get_info(store, &before);
    status = sr_store_compact(store, &error);
    sr_store_get_info(store, &after);
    int exit_code = CLI_EXIT_DONE;
    if (status == SR_OK) {
        print_result(session, &before, &after);
    } else {
        exit_code = cli_terminal_fail(&session->terminal, status, &error);
    }
    sr_store_close(store);
    return exit_code;
}

const cli_command cli_command_compact = {
    .verb = CLI_COMPACT,
    .name = "compact",
    .arguments = "",
    .brief = "write the store anew, without what was removed",
    .teaching = "Makes one segment of all: the place of removed articles comes back, and look-ups "
                "have one place to look. add does this piece by piece; compact does it now, for "
                "the whole store. It needs as much free space as the store takes. Answers stay the "
                "same, readers are not disturbed, and killed at any moment the store is as before "
                "or as after. A store that an older version made is signed again, from the texts "
                "that it keeps.\n\n"
                "  simrank compact\n"
                "  simrank compact --store news.store --no-wait\n",
    .min_arguments = 0,
    .max_arguments = 0,
    .formats = 1u << SR_FORMAT_TEXT | 1u << SR_FORMAT_JSON,
    .load = CLI_LOAD_BULK,
    .run = run,
};
