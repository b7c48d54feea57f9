/* command_related.c — `simrank related ARTICLE…`, also `simrank --related ARTICLE`: Related
 * Articles boxes. */
#include "cli/command.h"
#include "cli/lines.h"
#include "cli/place.h"

#include <stdlib.h>

/* Ages in --since and --until count from --now; an age in --now from the clock. */
static int64_t resolve_times(cli_options *options)
{
    int64_t now_s = cli_options_now(options);
    options->related.since_s = cli_when_resolve(&options->since, now_s);
    options->related.until_s = cli_when_resolve(&options->until, now_s);
    return now_s;
}

static sr_query *make_queries(const cli_options *options, size_t *n_queries)
{
    size_t n_files = options->arguments.n_items;
    size_t n = n_files + options->ids.n_items;
    sr_query *queries = calloc(n + 1, sizeof *queries);
    for (size_t i = 0; queries && i < n; i++) {
        if (i < n_files) {
            queries[i].path = options->arguments.items[i];
        } else {
            queries[i].id = options->ids.items[i - n_files];
        }
    }
    *n_queries = n;
    return queries;
}

static int print_boxes(cli_session *session, const sr_boxes *boxes, int64_t now_s)
{
    cli_options *options = &session->options;
    cli_terminal_clear(&session->terminal);
    sr_format format = options->related.ranking ? SR_FORMAT_RANKING : options->format;
    sr_status status = sr_boxes_render(boxes, format, now_s, cli_output_write, &session->output);
    if (status != SR_OK && session->output.os_errno == 0) {
        return cli_terminal_fail(&session->terminal, status, &(sr_error){0});
    }
    bool is_empty =
        !options->all && sr_boxes_count(boxes) == 1 && sr_boxes_item_count(boxes, 0) == 0;
    return is_empty ? CLI_EXIT_NO : CLI_EXIT_DONE;
}

/* Boxes of a store, or of all articles of feeds without one. */
static sr_status ask(cli_session *session, const sr_store *store, sr_boxes **boxes, sr_error *error)
{
    const cli_options *options = &session->options;
    if (!store) {
        return sr_related_feeds(options->arguments.items, options->arguments.n_items,
                                &options->related, options->dedup.tmp_dir, &session->observer,
                                boxes, error);
    }
    if (options->all) {
        return sr_related_all(store, &options->related, boxes, error);
    }
    size_t n_queries = 0;
    sr_query *queries = make_queries(options, &n_queries);
    sr_status status = SR_ERR_MEMORY;
    if (queries) {
        status = sr_related(store, queries, n_queries, &options->related, boxes, error);
    }
    free(queries);
    return status;
}

static int find_related(cli_session *session)
{
    cli_options *options = &session->options;
    int exit_code = CLI_EXIT_ERROR;
    int64_t now_s = resolve_times(options);
    options->related.exclude = options->exclude.items;
    options->related.n_exclude = options->exclude.n_items;
    options->related.feed = options->feed;
    sr_store *store = NULL;
    bool has_feeds = options->all && options->arguments.n_items > 0;
    if (!has_feeds && !(store = cli_place_open(session, &exit_code))) {
        return exit_code;
    }
    sr_error error = {0};
    sr_boxes *boxes = NULL;
    sr_status status = ask(session, store, &boxes, &error);
    if (status == SR_OK && options->previous) {
        status = sr_boxes_subtract(boxes, options->previous, &error);
    }
    exit_code = status == SR_OK ? print_boxes(session, boxes, now_s)
                                : cli_terminal_fail(&session->terminal, status, &error);
    sr_boxes_free(boxes);
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
    if (options->ids_file) {
        status = cli_lines_read(options->ids_file, &options->ids, &text, &error);
    }
    if (status != SR_OK) {
        exit_code = cli_terminal_fail(&session->terminal, status, &error);
    } else if (options->all && options->ids.n_items > 0) {
        cli_terminal_error(&session->terminal,
                           "--all asks for every article: no --id or --ids with it");
    } else if (options->previous && (!options->all || options->format != SR_FORMAT_JSONL)) {
        cli_terminal_error(&session->terminal,
                           "--previous needs --all and --format jsonl: it writes what changed");
    } else if (!options->all && options->arguments.n_items + options->ids.n_items == 0) {
        cli_terminal_error(&session->terminal, "related needs an ARTICLE, --id, --ids or --all");
        cli_terminal_hint(&session->terminal, "simrank --related article.txt");
    } else {
        exit_code = find_related(session);
    }
    free(text);
    return exit_code;
}

const cli_command cli_command_related = {
    .verb = CLI_RELATED,
    .name = "related",
    .arguments = "ARTICLE… | --all [FEED…]",
    .brief = "Related Articles boxes; also simrank --related ARTICLE",
    .teaching =
        "Prints the articles of the store that are related to an article: the same story, its "
        "background, its consequences. The article need not be stored. ARTICLE is a file, FILE:N "
        "(its Nth record) or - (stdin); --id names a stored one.\n\n"
        "What only repeats the article, or another item, becomes one entry. Of one source come at "
        "most two items while there are others. A box always has -n items: where too few are "
        "related it is filled up with what comes next, and marks it. The exit code is 1 where "
        "there is one query and no item.\n\n"
        "  simrank --related article.txt\n"
        "  simrank related feed.jsonl:17 -n 3 --why\n"
        "  simrank related --id reuters-4711 --format json --since 30d\n"
        "  simrank related --ids ids.txt --ranking -n 100 > run.txt\n"
        "  simrank related --all --format jsonl > boxes.jsonl\n"
        "  simrank related --all --previous boxes.jsonl --format jsonl > changed.jsonl\n"
        "  simrank related --all content/ --format json > related.json    (no store)\n",
    .min_arguments = 0,
    .max_arguments = SIZE_MAX,
    .formats = 1u << SR_FORMAT_TEXT | 1u << SR_FORMAT_JSON | 1u << SR_FORMAT_JSONL |
               1u << SR_FORMAT_CSV | 1u << SR_FORMAT_HTML,
    .load = CLI_LOAD_BULK_WITH_ALL,
    .run = run,
};
