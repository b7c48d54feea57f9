/* command_dedup.c — `simrank dedup FEED…`: clean feeds, a report, a summary. It looks at a store
 * only where --against names one. */
#include "cli/command.h"
#include "cli/dedup_plan.h"
#include "cli/lines.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t count_dropped(const sr_dedup_summary *summary)
{
    return summary->n_records - summary->n_bad - summary->n_kept;
}

/* The thresholds in force and what they measure: without them the numbers say nothing. */
static void print_thresholds(cli_output *output, const cli_options *options)
{
    const sr_params *params = &options->params;
    bool is_plain = options->thresholds.plain;
    cli_output_print(output, "near: %s ≥ ", is_plain ? "Jaccard" : "likeness");
    cli_output_share(output, options->thresholds.jaccard);
    cli_output_print(output, " (%s %u-word shingles%s", is_plain ? "of" : "Jaccard of",
                     params->shingle_words,
                     is_plain ? ")" : ", and of the rest the words of both), facts agree");
    cli_output_print(output, "; %u bands × %u rows of %u MinHash values%s, furniture %s\n",
                     params->bands, params->rows, params->n_values,
                     is_plain ? "" : " and sketches of every 8th shingle",
                     options->feed.keep_furniture ? "kept" : "removed");
    if (is_plain) {
        return;
    }
    cli_output_print(output, "contained: ≥ ");
    cli_output_share(output, options->thresholds.containment);
    cli_output_print(output, " of the shorter article's shingles\n");
}

/* "0.9813 (0.9702 to 0.9883), 812 of 827 repeats". */
static void print_share(cli_output *output, const char *name, const sr_share *share,
                        const char *what)
{
    if (share->n) {
        cli_output_print(output, "  %-10s %.4f (%.4f to %.4f), %" PRIu64 " of %" PRIu64 " %s\n",
                         name, share->share, share->low, share->high, share->n_good, share->n,
                         what);
    } else {
        cli_output_print(output, "  %-10s unknown: no %s among them\n", name, what);
    }
}

static void print_audit(cli_output *output, const sr_dedup_summary *summary)
{
    if (summary->audit.n_drawn) {
        cli_output_print(
            output, "audit: %" PRIu64 " articles drawn and compared with all, 95 %% intervals\n",
            summary->audit.n_drawn);
        print_share(output, "recall", &summary->audit.recall, "repeats");
        print_share(output, "precision", &summary->audit.precision, "clustered");
    }
}

static void print_text(cli_output *output, const cli_options *options,
                       const sr_dedup_summary *summary)
{
    cli_output_print(output, "records    %" PRIu64 "  (%" PRIu64 " bad, %" PRIu64 " empty)\n",
                     summary->n_records, summary->n_bad, summary->n_empty);
    cli_output_print(output, "kept       %" PRIu64 "\ndropped    %" PRIu64 "\n", summary->n_kept,
                     count_dropped(summary));
    for (int r = SR_RELATION_EXACT; r < SR_RELATION_COUNT; r++) {
        cli_output_print(output, "%-10s %" PRIu64 "\n", sr_relation_name((sr_relation)r),
                         summary->n_relation[r]);
    }
    if (options->dedup.against) {
        cli_output_print(output, "stored     %" PRIu64 "  (of these, in the store %s)\n",
                         summary->n_stored, options->dedup.against);
    }
    if (summary->commit) {
        cli_output_print(output, "added      %" PRIu64 "  (commit %" PRIu64 ")\n", summary->n_added,
                         summary->commit);
    }
    cli_output_print(output, "clusters   %" PRIu64, summary->n_clusters);
    for (int i = 0; i < 5 && summary->largest_clusters[i]; i++) {
        cli_output_print(output, "%s%" PRIu64,
                         i ? ", " : "  (the largest: ", summary->largest_clusters[i]);
    }
    cli_output_print(output, "%s\n", summary->largest_clusters[0] ? ")" : "");
    if (summary->n_resplit) {
        cli_output_print(output, "split      %" PRIu64 " components of more than 1000 texts\n",
                         summary->n_resplit);
    }
    cli_output_print(output, "pairs      %" PRIu64 "  (of %" PRIu64 " candidates)\n",
                     summary->n_verified_pairs, summary->n_candidate_pairs);
    print_thresholds(output, options);
    print_audit(output, summary);
}

static void print_share_json(cli_output *output, const char *name, const sr_share *share)
{
    cli_output_print(output,
                     ",\"%s\":{\"share\":%.4f,\"low\":%.4f,\"high\":%.4f,\"good\":%" PRIu64
                     ",\"n\":%" PRIu64 "}",
                     name, share->share, share->low, share->high, share->n_good, share->n);
}

static void print_audit_json(cli_output *output, const sr_audit *audit)
{
    if (audit->n_drawn) {
        cli_output_print(output, ",\"audit\":{\"drawn\":%" PRIu64 ",\"repeat_pairs\":%" PRIu64,
                         audit->n_drawn, audit->n_repeat_pairs);
        print_share_json(output, "recall", &audit->recall);
        print_share_json(output, "precision", &audit->precision);
        cli_output_print(output, "}");
    }
}

static void print_json(cli_output *output, const cli_options *options,
                       const sr_dedup_summary *summary)
{
    char params[512];
    cli_output_print(output,
                     "{\"records\":%" PRIu64 ",\"bad\":%" PRIu64 ",\"empty\":%" PRIu64
                     ",\"kept\":%" PRIu64 ",\"dropped\":%" PRIu64,
                     summary->n_records, summary->n_bad, summary->n_empty, summary->n_kept,
                     count_dropped(summary));
    for (int r = SR_RELATION_EXACT; r < SR_RELATION_COUNT; r++) {
        cli_output_print(output, ",\"%s\":%" PRIu64, sr_relation_name((sr_relation)r),
                         summary->n_relation[r]);
    }
    if (options->dedup.against) {
        cli_output_print(output,
                         ",\"stored\":%" PRIu64 ",\"added\":%" PRIu64 ",\"commit\":%" PRIu64,
                         summary->n_stored, summary->n_added, summary->commit);
    }
    cli_output_print(output, ",\"clusters\":%" PRIu64 ",\"largest_clusters\":[",
                     summary->n_clusters);
    for (int i = 0; i < 5 && summary->largest_clusters[i]; i++) {
        cli_output_print(output, "%s%" PRIu64, i ? "," : "", summary->largest_clusters[i]);
    }
    cli_output_print(output, "],\"split\":%" PRIu64, summary->n_resplit);
    cli_output_print(output,
                     ",\"candidate_pairs\":%" PRIu64 ",\"verified_pairs\":%" PRIu64
                     ",\"bytes_read\":%" PRIu64,
                     summary->n_candidate_pairs, summary->n_verified_pairs, summary->n_bytes_read);
    cli_output_print(output,
                     ",\"thresholds\":{\"jaccard\":%.4f,\"containment\":%.4f,"
                     "\"shingle_words\":%u,\"furniture\":%s,\"plain\":%s}",
                     options->thresholds.jaccard, options->thresholds.containment,
                     options->params.shingle_words, options->feed.keep_furniture ? "true" : "false",
                     options->thresholds.plain ? "true" : "false");
    print_audit_json(output, &summary->audit);
    if (sr_params_to_json(&options->params, params, sizeof params) == SR_OK) {
        cli_output_print(output, ",\"params\":%s", params);
    }
    cli_output_print(output, "}\n");
}

/* Where the records took stdout the summary goes to stderr, and -q leaves it out. */
static void print_summary(cli_session *session, const sr_dedup_summary *summary, bool is_taken)
{
    const cli_options *options = &session->options;
    cli_output messages;
    cli_output_init(&messages, stderr);
    cli_output *output = is_taken ? &messages : &session->output;
    if (is_taken && options->quiet) {
        return;
    }
    cli_terminal_clear(&session->terminal);
    if (options->format == SR_FORMAT_JSON) {
        print_json(output, options, summary);
    } else {
        print_text(output, options, summary);
    }
}

/* A run against a store signs as the store does, where nobody said otherwise. */
static sr_status take_params_of_store(cli_options *options, const sr_observer *observer,
                                      sr_error *error)
{
    sr_store *store = NULL;
    sr_store_info info;
    sr_params defaults;
    sr_params_init(&defaults);
    sr_status status =
        sr_store_open(options->dedup.against, SR_STORE_READ, observer, &store, error);
    if (status != SR_OK) {
        return status;
    }
    sr_store_get_info(store, &info);
    sr_store_close(store);
    bool said = options->params.shingle_words != defaults.shingle_words ||
                options->params.n_values != defaults.n_values;
    if (!said) {
        options->params.seed = info.params.seed;
        options->params.n_values = info.params.n_values;
        options->params.shingle_words = info.params.shingle_words;
    }
    return SR_OK;
}

static int dedup_feeds(cli_session *session)
{
    cli_options *options = &session->options;
    sr_dedup_options *dedup = &options->dedup;
    dedup->feed = options->feed;
    dedup->reports = options->reports.items;
    dedup->n_reports = options->reports.n_items;
    dedup->write = cli_output_write;
    dedup->write_context = &session->output;
    if (options->plan) {
        return cli_dedup_print_plan(session, dedup);
    }
    bool is_taken = dedup->output && strcmp(dedup->output, "-") == 0 && !dedup->dry_run;
    if (is_taken && isatty(STDOUT_FILENO)) {
        session->terminal.has_bar = false;
    }
    sr_error error = {0};
    sr_dedup_summary summary;
    memset(&summary, 0, sizeof summary);
    sr_status status = sr_dedup(options->arguments.items, options->arguments.n_items, dedup,
                                &session->observer, &summary, &error);
    if (status != SR_OK) {
        /* Where stdout failed, main tells that, or nothing where its reader has gone away. */
        return session->output.os_errno ? CLI_EXIT_ERROR
                                        : cli_terminal_fail(&session->terminal, status, &error);
    }
    print_summary(session, &summary, is_taken);
    return CLI_EXIT_DONE;
}

/* Turns --threshold and --recall into bands × rows where --bands did not say them. */
static sr_status choose_bands(cli_options *options, sr_error *error)
{
    sr_dedup_options *dedup = &options->dedup;
    dedup->params = options->params;
    dedup->thresholds = options->thresholds;
    if (!options->has_bands) {
        dedup->params.bands = dedup->params.rows = 0;
    }
    sr_status status = sr_dedup_choose_bands(dedup, error);
    options->params = dedup->params;
    return status;
}

static int run(cli_session *session)
{
    cli_options *options = &session->options;
    char *text = NULL;
    int exit_code = CLI_EXIT_ERROR;
    sr_error error = {0};
    sr_status status =
        options->dedup.against ? take_params_of_store(options, &session->observer, &error) : SR_OK;
    if (status == SR_OK) {
        status = choose_bands(options, &error);
    }
    if (status == SR_OK) {
        status = sr_params_check(&options->params, &error);
    }
    if (status == SR_OK && options->files_from) {
        status = cli_lines_read(options->files_from, &options->arguments, &text, &error);
    }
    if (status != SR_OK) {
        exit_code = cli_terminal_fail(&session->terminal, status, &error);
    } else if (options->arguments.n_items == 0) {
        cli_terminal_error(&session->terminal, "dedup needs a FEED");
        cli_terminal_hint(&session->terminal, "simrank dedup articles.jsonl");
    } else {
        exit_code = dedup_feeds(session);
    }
    free(text);
    return exit_code;
}

const cli_command cli_command_dedup = {
    .verb = CLI_DEDUP,
    .name = "dedup",
    .arguments = "FEED…",
    .brief = "clean feeds of repeats; without -o only the summary",
    .teaching =
        "Finds the articles that repeat another one, and writes what survives (-o), a report of "
        "what happened to each record (--report), and a summary. No output is touched "
        "where it fails. It looks at a store only where --against names one: what that has is "
        "dropped too, and --add puts the survivors in.\n\n"
        "The relations: exact, the same words; near, most of their word shingles are the same, "
        "or what is left has the same words; contained, one is an excerpt of the other; updated, "
        "two states of one report (the same "
        "URL, or nearly the same title within 18 hours) with another date. Two "
        "articles of one form with other numbers and names, like a daily notice, are no repeats. "
        "Candidates are found by signatures; each pair is then compared on the texts.\n\n"
        "Any input fits: what --memory does not hold lies in temporary files (--tmp), and --plan "
        "says "
        "beforehand how much that is. A long run that was interrupted or killed is continued by "
        "the "
        "same command with --resume.\n\n"
        "The summary goes to stdout, or to stderr where the records go to stdout (-o -).\n\n"
        "  simrank dedup feed.jsonl\n"
        "  simrank dedup feed.jsonl --plan --threshold 0.6 --recall 0.99\n"
        "  simrank dedup feed.jsonl -o clean.jsonl --report dups.csv\n"
        "  simrank dedup feeds/ -o clean/ --drop exact,near\n"
        "  simrank dedup archive/ -o clean/ --memory 1G --tmp /scratch --resume\n"
        "  simrank dedup today.jsonl --against news.store --add\n"
        "  zstdcat feed.csv.zst | simrank dedup - -o - > clean.csv\n",
    .min_arguments = 0,
    .max_arguments = SIZE_MAX,
    .formats = 1u << SR_FORMAT_TEXT | 1u << SR_FORMAT_JSON,
    .load = CLI_LOAD_BULK,
    .run = run,
};
