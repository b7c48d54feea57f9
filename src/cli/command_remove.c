/* command_remove.c — `simrank remove`: articles out of the store, by id, source or age. */
#include "cli/command.h"
#include "cli/lines.h"
#include "cli/place.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

static void print_id(void *context, sr_str id)
{
    cli_output *output = context;
    cli_output_write(output, id.data, id.n_bytes);
    cli_output_print(output, "\n");
}

static void print_result(cli_session *session, const sr_removal *removal,
                         const sr_removal_summary *summary, const sr_store *store, uint64_t commit)
{
    cli_output *output = &session->output;
    sr_store_info info;
    sr_store_get_info(store, &info);
    cli_terminal_clear(&session->terminal);
    if (session->options.format == SR_FORMAT_JSON) {
        cli_output_print(output,
                         "{\"removed\":%" PRIu64 ",\"unknown\":%" PRIu64
                         ",\"dry_run\":%s,\"commit\":%" PRIu64 ",\"articles\":%" PRIu64 "}\n",
                         summary->n_removed, summary->n_unknown,
                         removal->dry_run ? "true" : "false", commit, info.n_articles);
        return;
    }
    if (removal->dry_run) {
        cli_terminal_say(&session->terminal, "%" PRIu64 " would be removed, %" PRIu64 " unknown",
                         summary->n_removed, summary->n_unknown);
        return;
    }
    cli_output_print(output, "%" PRIu64 " removed, %" PRIu64 " unknown\n", summary->n_removed,
                     summary->n_unknown);
    cli_output_print(output, "commit %" PRIu64 ": %" PRIu64 " article%s in %s\n", commit,
                     info.n_articles, info.n_articles == 1 ? "" : "s",
                     cli_place_store(&session->options));
}

static int remove_from(cli_session *session, const sr_removal *removal)
{
    const cli_options *options = &session->options;
    sr_store_mode mode = removal->dry_run   ? SR_STORE_READ
                         : options->no_wait ? SR_STORE_WRITE_NO_WAIT
                                            : SR_STORE_WRITE;
    sr_error error = {0};
    sr_store *store = NULL;
    sr_status status =
        sr_store_open(cli_place_store(options), mode, &session->observer, &store, &error);
    if (status != SR_OK) {
        return cli_place_fail(session, status, &error);
    }
    sr_removal_summary summary = {0};
    sr_store_info info;
    sr_store_get_info(store, &info);
    uint64_t commit = info.commit;
    status = sr_store_remove(store, removal, &summary, &error);
    if (status == SR_OK && !removal->dry_run) {
        status = sr_store_commit(store, &commit, &error);
    }
    int exit_code = CLI_EXIT_DONE;
    if (status == SR_OK) {
        print_result(session, removal, &summary, store, commit);
    } else {
        exit_code = cli_terminal_fail(&session->terminal, status, &error);
    }
    sr_store_close(store);
    return exit_code;
}

static int run(cli_session *session)
{
    cli_options *options = &session->options;
    char *text = NULL;
    sr_error error = {0};
    if (options->ids_file) {
        sr_status status = cli_lines_read(options->ids_file, &options->arguments, &text, &error);
        if (status != SR_OK) {
            free(text);
            return cli_terminal_fail(&session->terminal, status, &error);
        }
    }
    bool dry_run = options->dedup.dry_run;
    bool prints_ids = dry_run && options->format == SR_FORMAT_TEXT;
    sr_removal removal = {
        .ids = options->arguments.items,
        .n_ids = options->arguments.n_items,
        .source = options->related.source,
        .before_s = cli_when_resolve(&options->before, (int64_t)time(NULL)),
        .dry_run = dry_run,
        .seen = prints_ids ? print_id : NULL,
        .context = &session->output,
    };
    bool by_condition = options->related.source || options->before.is_given;
    int exit_code = CLI_EXIT_ERROR;
    if ((removal.n_ids > 0 || options->ids_file) && by_condition) {
        cli_terminal_error(&session->terminal, "remove takes ids, or --source and --before");
    } else if (options->ids_file && removal.n_ids == 0) {
        cli_terminal_error(&session->terminal, "%s: no id in it", options->ids_file);
    } else if (removal.n_ids == 0 && !by_condition) {
        cli_terminal_error(&session->terminal, "remove needs an ID, --ids, --source or --before");
        cli_terminal_hint(&session->terminal, "simrank remove --before 90d --dry-run");
    } else {
        exit_code = remove_from(session, &removal);
    }
    free(text);
    return exit_code;
}

const cli_command cli_command_remove = {
    .verb = CLI_REMOVE,
    .name = "remove",
    .arguments = "ID…",
    .brief = "take articles out of the store",
    .teaching = "Takes out the articles with these ids, or all of a source, or all that were "
                "published before a time. No box and no search for repeats shows them any more; "
                "their place on disk comes back bit by bit as later commits merge segments, or at "
                "once by simrank compact. An id that is not stored is counted as unknown.\n\n"
                "  simrank remove reuters-4711\n"
                "  simrank remove --ids withdrawn.txt\n"
                "  simrank remove --before 90d --dry-run\n"
                "  simrank remove --source example.org --before 2026-01-01\n",
    .min_arguments = 0,
    .max_arguments = SIZE_MAX,
    .formats = 1u << SR_FORMAT_TEXT | 1u << SR_FORMAT_JSON,
    .run = run,
};
