/* command_check.c — `simrank check`: reads every byte of the store and proves its checksums. */
#include "cli/command.h"
#include "cli/place.h"

#include <inttypes.h>

/* Damages are the result of this verb: they go to stdout, the rest stays with the terminal. */
typedef struct damage_printer {
    cli_session *session;
    uint64_t n_damages;
    bool is_open; /* the json has begun */
} damage_printer;

/* Late, so that a store that is not there prints nothing. */
static void open_json(damage_printer *printer)
{
    cli_output *output = &printer->session->output;
    if (!printer->is_open) {
        cli_output_print(output, "{\"store\":");
        cli_output_json_text(output, cli_place_store(&printer->session->options));
        cli_output_print(output, ",\"damage\":[");
        printer->is_open = true;
    }
}

static void hear_damage(void *context, sr_message_level level, const char *text)
{
    damage_printer *printer = context;
    cli_session *session = printer->session;
    if (level != SR_MESSAGE_WARNING) {
        cli_terminal_say(&session->terminal, "%s", text);
        return;
    }
    cli_terminal_clear(&session->terminal);
    if (session->options.format == SR_FORMAT_JSON) {
        open_json(printer);
        cli_output_print(&session->output, "%s", printer->n_damages ? "," : "");
        cli_output_json_text(&session->output, text);
    } else {
        cli_output_print(&session->output, "%s\n", text);
    }
    printer->n_damages++;
}

static void hear_progress(void *context, const char *what, uint64_t done, uint64_t total)
{
    const sr_observer *observer = &((damage_printer *)context)->session->observer;
    observer->progress(observer->context, what, done, total);
}

static bool hear_cancelled(void *context)
{
    const sr_observer *observer = &((damage_printer *)context)->session->observer;
    return observer->cancelled(observer->context);
}

/* What the repair did, behind the damages and losses that it told. */
static void print_repair(damage_printer *printer, const sr_repair_summary *summary)
{
    cli_output *output = &printer->session->output;
    const char *dir = cli_place_store(&printer->session->options);
    if (printer->session->options.format == SR_FORMAT_JSON) {
        open_json(printer);
        cli_output_print(
            output,
            "],\"sound\":true,\"repaired\":%s,\"commit\":%" PRIu64
            ",\"manifest_rebuilt\":%s,\"files_kept\":%" PRIu64 ",\"saved\":%" PRIu64
            ",\"incomplete\":%" PRIu64 ",\"lost\":%" PRIu64 ",\"removals_lost\":%" PRIu64 "}\n",
            summary->was_needed ? "true" : "false", summary->commit,
            summary->manifest_rebuilt ? "true" : "false", summary->n_segments_kept,
            summary->n_saved, summary->n_incomplete, summary->n_lost, summary->n_removals_lost);
        return;
    }
    if (!summary->was_needed) {
        cli_output_print(output, "%s is sound\n", dir);
        return;
    }
    cli_output_print(output,
                     "%s is sound again: commit %" PRIu64 "; from %" PRIu64
                     " damaged segments %" PRIu64 " articles saved (%" PRIu64
                     " of them not whole), %" PRIu64 " lost\n",
                     dir, summary->commit, summary->n_segments_kept, summary->n_saved,
                     summary->n_incomplete, summary->n_lost);
    if (summary->manifest_rebuilt) {
        cli_output_print(output, "MANIFEST was made anew from the headers of the segments\n");
    }
    if (summary->n_removals_lost > 0) {
        cli_output_print(output, "%" PRIu64 " removals are lost: so many articles may be back\n",
                         summary->n_removals_lost);
    }
    cli_output_print(output, "damaged files are kept: %s/*.damaged\n", dir);
}

static int repair(damage_printer *printer, const sr_observer *observer)
{
    cli_session *session = printer->session;
    const cli_options *options = &session->options;
    sr_repair_summary summary;
    sr_error error = {0};
    sr_status status = sr_store_repair(cli_place_store(options),
                                       options->no_wait ? SR_STORE_WRITE_NO_WAIT : SR_STORE_WRITE,
                                       observer, &summary, &error);
    if (status == SR_OK) {
        cli_terminal_clear(&session->terminal);
        print_repair(printer, &summary);
        bool is_whole = summary.n_lost + summary.n_incomplete + summary.n_removals_lost == 0;
        return is_whole ? CLI_EXIT_DONE : CLI_EXIT_NO;
    }
    if (printer->is_open) {
        cli_output_print(&session->output, "],\"sound\":false,\"repaired\":false}\n");
    }
    return cli_place_fail(session, status, &error);
}

static int run(cli_session *session)
{
    const char *dir = cli_place_store(&session->options);
    bool is_json = session->options.format == SR_FORMAT_JSON;
    damage_printer printer = {.session = session};
    const sr_observer observer = {.context = &printer,
                                  .message = hear_damage,
                                  .progress = hear_progress,
                                  .cancelled = hear_cancelled};
    if (session->options.repair) {
        return repair(&printer, &observer);
    }
    sr_error error = {0};
    sr_status status = sr_store_check(dir, &observer, &error);
    bool is_answer = status == SR_OK || status == SR_ERR_CORRUPT;
    if (is_json && (is_answer || printer.is_open)) {
        open_json(&printer);
        cli_output_print(&session->output, "],\"sound\":%s}\n", status == SR_OK ? "true" : "false");
    } else if (status == SR_OK) {
        cli_output_print(&session->output, "%s is sound\n", dir);
    }
    if (status == SR_OK) {
        return CLI_EXIT_DONE;
    }
    int exit_code = cli_place_fail(session, status, &error);
    return is_answer ? CLI_EXIT_NO : exit_code;
}

const cli_command cli_command_check = {
    .verb = CLI_CHECK,
    .name = "check",
    .arguments = "",
    .brief = "prove that the store is sound",
    .teaching = "Reads every byte of the store and compares its checksums. Each damage is named "
                "with its file and place; the exit code is then 1. With --repair the store is "
                "made sound again and the exit code is 1 where anything was lost.\n\n"
                "  simrank check\n"
                "  simrank check --store news.store -q || restore-the-backup\n"
                "  simrank check --repair\n",
    .min_arguments = 0,
    .max_arguments = 0,
    .formats = 1u << SR_FORMAT_TEXT | 1u << SR_FORMAT_JSON,
    .run = run,
};
