/* command_add.c — `simrank add FEED…`: articles into the store, by upsert on id. */
#include "cli/command.h"
#include "cli/follow.h"
#include "cli/lines.h"
#include "cli/place.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A mistyped name must not leave an empty store behind. */
static bool feeds_are_there(cli_session *session, const cli_list *feeds)
{
    for (size_t i = 0; i < feeds->n_items; i++) {
        if (strcmp(feeds->items[i], "-") != 0 && access(feeds->items[i], R_OK) != 0) {
            cli_terminal_error(&session->terminal, "%s: %s", feeds->items[i], strerror(errno));
            return false;
        }
    }
    return true;
}

/* Opens for writing; makes the store where there is none. */
static sr_store *open_or_make(cli_session *session, const cli_list *feeds, int *exit_code)
{
    const char *dir = cli_place_store(&session->options);
    sr_store_mode mode = session->options.no_wait ? SR_STORE_WRITE_NO_WAIT : SR_STORE_WRITE;
    sr_error error = {0};
    sr_store *store = NULL;
    *exit_code = CLI_EXIT_ERROR;
    sr_status status = sr_store_open(dir, mode, &session->observer, &store, &error);
    if (status == SR_ERR_NOT_FOUND) {
        if (!feeds_are_there(session, feeds)) {
            return NULL;
        }
        status = sr_store_init(dir, &session->options.params, false, &error);
        if (status == SR_OK) {
            cli_terminal_say(&session->terminal, "made the store %s", dir);
            status = sr_store_open(dir, mode, &session->observer, &store, &error);
        }
    }
    if (status != SR_OK) {
        *exit_code = cli_terminal_fail(&session->terminal, status, &error);
        return NULL;
    }
    return store;
}

static void print_text(cli_output *output, const char *feed, const sr_add_summary *summary)
{
    cli_output_print(output, "%s: %" PRIu64 " read", feed, summary->n_records);
    for (int i = 0; i < SR_OUTCOME_COUNT; i++) {
        cli_output_print(output, ", %" PRIu64 " %s", summary->outcomes[i],
                         sr_outcome_name((sr_outcome)i));
    }
    if (summary->n_empty) {
        cli_output_print(output, " (%" PRIu64 " empty)", summary->n_empty);
    }
    cli_output_print(output, "\n");
}

static void print_json(cli_output *output, const char *feed, const sr_add_summary *summary)
{
    cli_output_print(output, "{\"feed\":");
    cli_output_json_text(output, feed);
    cli_output_print(output, ",\"read\":%" PRIu64, summary->n_records);
    for (int i = 0; i < SR_OUTCOME_COUNT; i++) {
        cli_output_print(output, ",\"%s\":%" PRIu64, sr_outcome_name((sr_outcome)i),
                         summary->outcomes[i]);
    }
    cli_output_print(output, ",\"empty\":%" PRIu64 "}", summary->n_empty);
}

static void print_summaries(cli_session *session, const cli_list *feeds,
                            const sr_add_summary *summaries, const sr_store *store, uint64_t commit)
{
    cli_output *output = &session->output;
    const char *dir = cli_place_store(&session->options);
    bool is_json = session->options.format == SR_FORMAT_JSON;
    sr_store_info info;
    sr_store_get_info(store, &info);
    cli_terminal_clear(&session->terminal);
    if (is_json) {
        cli_output_print(output, "{\"feeds\":[");
    }
    for (size_t i = 0; i < feeds->n_items; i++) {
        if (is_json) {
            cli_output_print(output, "%s", i ? "," : "");
            print_json(output, feeds->items[i], &summaries[i]);
        } else {
            print_text(output, feeds->items[i], &summaries[i]);
        }
    }
    if (is_json) {
        cli_output_print(output,
                         "],\"commit\":%" PRIu64 ",\"articles\":%" PRIu64 ",\"store\":", commit,
                         info.n_articles);
        cli_output_json_text(output, dir);
        cli_output_print(output, "}\n");
    } else {
        cli_output_print(output, "commit %" PRIu64 ": %" PRIu64 " article%s in %s\n", commit,
                         info.n_articles, info.n_articles == 1 ? "" : "s", dir);
    }
}

static int add_feeds(cli_session *session, const cli_list *feeds)
{
    const cli_options *options = &session->options;
    int exit_code = CLI_EXIT_DONE;
    uint64_t commit = 0;
    sr_error error = {0};
    sr_add_summary *summaries = calloc(feeds->n_items, sizeof *summaries);
    if (!summaries) {
        return cli_terminal_fail(&session->terminal, SR_ERR_MEMORY, &error);
    }
    sr_store *store = open_or_make(session, feeds, &exit_code);
    if (store) {
        const char *report = options->reports.n_items ? options->reports.items[0] : NULL;
        sr_status status = sr_store_add_feeds(store, feeds->items, feeds->n_items, &options->feed,
                                              report, summaries, &error);
        if (status == SR_OK) {
            status = sr_store_commit(store, &commit, &error);
        }
        if (status == SR_OK) {
            exit_code = CLI_EXIT_DONE;
            print_summaries(session, feeds, summaries, store, commit);
        } else {
            exit_code = cli_terminal_fail(&session->terminal, status, &error);
        }
    }
    sr_store_close(store);
    free(summaries);
    return exit_code;
}

/* Files that came together are one commit; where one of them can't be read at all, each is one. */
static void add_followed(cli_session *session, const cli_list *files)
{
    if (add_feeds(session, files) != CLI_EXIT_ERROR || files->n_items == 1) {
        return;
    }
    for (size_t i = 0;
         i < files->n_items && !session->observer.cancelled(session->observer.context); i++) {
        cli_list one = {.items = &files->items[i], .n_items = 1};
        (void)add_feeds(session, &one);
    }
}

/* Until a signal comes. */
static int follow_directory(cli_session *session, const cli_list *feeds)
{
    enum { IDLE_MS = 200, MAX_FILES = 1000 };
    const sr_observer *observer = &session->observer;
    cli_follow follow;
    if (!cli_follow_open(&follow, feeds->items[0])) {
        cli_terminal_error(&session->terminal, "%s: can't be watched: %s", feeds->items[0],
                           strerror(errno));
        return CLI_EXIT_ERROR;
    }
    session->options.feed.root = feeds->items[0];
    int exit_code = add_feeds(session, feeds);
    while (exit_code == CLI_EXIT_DONE && !observer->cancelled(observer->context) &&
           cli_output_finish(&session->output)) {
        bool came = cli_follow_wait(&follow, IDLE_MS);
        session->options.feed.now_s = cli_options_now(&session->options);
        bool is_due = !came || follow.files.n_items >= MAX_FILES;
        if (is_due && follow.overflown) {
            add_followed(session, feeds);
            cli_follow_clear(&follow);
        } else if (is_due && follow.files.n_items) {
            add_followed(session, &follow.files);
            cli_follow_clear(&follow);
        }
    }
    cli_follow_close(&follow);
    return exit_code;
}

/* Answers must not wait in a buffer of ours. */
static bool write_answers(void *context, const char *bytes, size_t n_bytes)
{
    cli_output *output = context;
    return cli_output_write(output, bytes, n_bytes) && cli_output_finish(output);
}

/* What would have been printed goes to stderr: stdout has the answers. */
static void say_summary(cli_session *session, const sr_add_summary *summary, uint64_t commit)
{
    const cli_options *options = &session->options;
    cli_output messages;
    cli_output_init(&messages, stderr);
    cli_terminal_clear(&session->terminal);
    if (!options->quiet) {
        print_text(&messages, "-", summary);
        cli_output_print(&messages, "commit %" PRIu64 "\n", commit);
    }
}

static int add_stream(cli_session *session, const cli_list *feeds)
{
    const cli_options *options = &session->options;
    int exit_code = CLI_EXIT_DONE;
    uint64_t commit = 0;
    sr_error error = {0};
    sr_add_summary summary;
    memset(&summary, 0, sizeof summary);
    sr_store *store = open_or_make(session, feeds, &exit_code);
    if (store) {
        sr_format format = options->format == SR_FORMAT_JSON ? SR_FORMAT_JSONL : SR_FORMAT_CSV;
        sr_status status =
            sr_store_add_stream(store, feeds->items[0], &options->feed, format, write_answers,
                                &session->output, &summary, &commit, &error);
        if (status == SR_OK) {
            exit_code = CLI_EXIT_DONE;
            say_summary(session, &summary, commit);
        } else if (!session->output.os_errno) { /* else main tells it */
            exit_code = cli_terminal_fail(&session->terminal, status, &error);
        }
    }
    sr_store_close(store);
    return exit_code;
}

static int run(cli_session *session)
{
    cli_options *options = &session->options;
    char *text = NULL;
    int exit_code = CLI_EXIT_ERROR;
    sr_error error = {0};
    sr_status status = SR_OK;
    options->feed.now_s = cli_options_now(options);
    if (options->files_from) {
        status = cli_lines_read(options->files_from, &options->arguments, &text, &error);
    }
    if (status != SR_OK) {
        exit_code = cli_terminal_fail(&session->terminal, status, &error);
    } else if (options->arguments.n_items == 0) {
        cli_terminal_error(&session->terminal, "add needs a FEED");
        cli_terminal_hint(&session->terminal, "simrank add articles.jsonl");
    } else if (options->follow) {
        bool is_alone = options->arguments.n_items == 1 && options->reports.n_items == 0;
        exit_code = is_alone ? follow_directory(session, &options->arguments) : CLI_EXIT_ERROR;
        if (!is_alone) {
            cli_terminal_error(&session->terminal,
                               "--follow: one directory is watched, and no report is written");
        }
    } else if (options->reports.n_items > 1) {
        cli_terminal_error(&session->terminal, "--report: add writes one report");
    } else if (options->reports.n_items && strcmp(options->reports.items[0], "-") == 0) {
        bool is_stream =
            options->arguments.n_items == 1 && strcmp(options->arguments.items[0], "-") == 0;
        exit_code = is_stream ? add_stream(session, &options->arguments) : CLI_EXIT_ERROR;
        if (!is_stream) {
            cli_terminal_error(&session->terminal,
                               "--report -: answers on stdout are for the feed - alone");
        }
    } else {
        exit_code = add_feeds(session, &options->arguments);
    }
    free(text);
    return exit_code;
}

const cli_command cli_command_add = {
    .verb = CLI_ADD,
    .name = "add",
    .arguments = "FEED…",
    .brief = "put articles into the store",
    .teaching =
        "Reads every article of the feeds, signs it, and puts it into the store by its id: an id "
        "that is new is added, one with the same text is left alone, one with another text is "
        "replaced. Running add twice changes nothing.\n\n"
        "The id is the mapped field, else the url, else the path below the FEED argument, else "
        "file:record. Articles that repeat another one under a different id are stored too, and "
        "counted as exact, near or contained: in a box they become \"also in 3 papers\".\n\n"
        "With the feed - and --report - every record is answered on stdout by a line of its own "
        "(CSV, or JSON with --format json), written and flushed only after the commit that holds "
        "it: a crawler may forget what was answered. It commits at 10,000 records, after 200 ms "
        "without a new one, and a second after the first that waits.\n\n"
        "A record that cannot be read is told with its file and line, counted as bad and left out; "
        "the good ones are kept. All feeds of one call become visible together, as one commit, or "
        "not at all.\n\n"
        "  simrank add articles.jsonl\n"
        "  simrank add --store news.store feeds/ archive.tar.zst\n"
        "  crawler | simrank add - --report - --format json | crawler-log\n"
        "  zcat day.jsonl.gz | simrank add --map text=body,published=time -\n",
    .min_arguments = 0,
    .max_arguments = SIZE_MAX,
    .formats = 1u << SR_FORMAT_TEXT | 1u << SR_FORMAT_JSON,
    .load = CLI_LOAD_BULK,
    .run = run,
};
