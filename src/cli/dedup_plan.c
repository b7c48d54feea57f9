/* dedup_plan.c — `simrank dedup --plan`: figures beforehand, and the S-curve of the bands. */
#include "cli/dedup_plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CURVE_STEPS = 20, BAR_CELLS = 40 };

/* Of pairs spread evenly from the threshold to 1, the share that no band meets. */
static double expected_misses(const sr_params *params, double threshold)
{
    enum { STEPS = 200 };
    double missed = 0.0;
    for (int i = 0; i <= STEPS; i++) {
        missed += 1.0 - sr_params_recall(params, threshold + (1.0 - threshold) * i / STEPS);
    }
    return missed / (STEPS + 1);
}

static void print_needs(cli_output *output, const sr_dedup_plan *plan)
{
    char a[32];
    char b[32];
    if (plan->is_unknown) {
        cli_output_print(output, "articles   unknown: a pipe is among the feeds\n");
        return;
    }
    cli_output_print(output, "articles   %s%" PRIu64 " in %s (%s unpacked)\n",
                     plan->is_exact ? "" : "about ", plan->n_articles,
                     sr_bytes_show(plan->n_input_bytes, a),
                     sr_bytes_show(plan->n_unpacked_bytes, b));
    cli_output_print(output, "memory     %s of %s allowed", sr_bytes_show(plan->n_memory_bytes, a),
                     sr_bytes_show(plan->memory_limit_bytes, b));
    if (plan->n_spill_bytes) {
        cli_output_print(output, ", %s more in temporary files",
                         sr_bytes_show(plan->n_spill_bytes, a));
    }
    cli_output_print(output, "\n");
    cli_output_print(output, "temporary  %s of %s free in %s\n",
                     sr_bytes_show(plan->n_temp_bytes, a), sr_bytes_show(plan->temp_free_bytes, b),
                     plan->temp_dir);
    if (plan->n_output_bytes) {
        cli_output_print(output, "output     at most %s of %s free in %s\n",
                         sr_bytes_show(plan->n_output_bytes, a),
                         sr_bytes_show(plan->output_free_bytes, b), plan->output_dir);
    }
}

/* A row for every step of J; the threshold is marked. */
static void print_curve(cli_output *output, const sr_params *params, double threshold)
{
    static const char BAR[] = "########################################";
    cli_output_print(output, "\nJ      pairs that meet\n");
    for (int i = 2; i <= CURVE_STEPS; i++) {
        double jaccard = (double)i / CURVE_STEPS;
        double meets = sr_params_recall(params, jaccard);
        bool is_first =
            jaccard >= threshold - 1e-9 && (double)(i - 1) / CURVE_STEPS < threshold - 1e-9;
        int n = (int)(meets * BAR_CELLS + 0.5);
        cli_output_print(output, "%.2f  %6.2f %%  %.*s%s\n", jaccard, meets * 100.0, n, BAR,
                         is_first ? "  < the threshold" : "");
    }
}

static void print_text(cli_output *output, const cli_options *options, const sr_dedup_plan *plan)
{
    const sr_params *params = &options->params;
    double threshold = options->thresholds.jaccard;
    print_needs(output, plan);
    cli_output_print(output, "bands      %u × %u rows of %u values, %u-word shingles\n",
                     params->bands, params->rows, params->n_values, params->shingle_words);
    cli_output_print(output, "missed     %.2f %% of the pairs at J = ",
                     100.0 * (1.0 - sr_params_recall(params, threshold)));
    cli_output_share(output, threshold);
    cli_output_print(output, ", %.2f %% of pairs spread evenly from there to 1\n",
                     100.0 * expected_misses(params, threshold));
    if (!plan->is_unknown) {
        cli_output_print(output, "in vain    at most about %.0f pairs that lie below it\n",
                         plan->n_vain_pairs);
    }
    print_curve(output, params, threshold);
}

static void print_json(cli_output *output, const cli_options *options, const sr_dedup_plan *plan)
{
    const sr_params *params = &options->params;
    double threshold = options->thresholds.jaccard;
    cli_output_print(
        output,
        "{\"articles\":%" PRIu64 ",\"exact\":%s,\"known\":%s,\"input_bytes\":%" PRIu64
        ",\"unpacked_bytes\":%" PRIu64 ",\"memory_bytes\":%" PRIu64
        ",\"memory_limit_bytes\":%" PRIu64 ",\"spill_bytes\":%" PRIu64 ",\"temp_bytes\":%" PRIu64
        ",\"temp_free_bytes\":%" PRIu64 ",\"output_bytes\":%" PRIu64
        ",\"output_free_bytes\":%" PRIu64 ",\"temp_dir\":",
        plan->n_articles, plan->is_exact ? "true" : "false", plan->is_unknown ? "false" : "true",
        plan->n_input_bytes, plan->n_unpacked_bytes, plan->n_memory_bytes, plan->memory_limit_bytes,
        plan->n_spill_bytes, plan->n_temp_bytes, plan->temp_free_bytes, plan->n_output_bytes,
        plan->output_free_bytes);
    cli_output_json_text(output, plan->temp_dir);
    cli_output_print(output,
                     ",\"bands\":%u,\"rows\":%u,\"values\":%u,\"shingle\":%u,\"threshold\":%.4f,"
                     "\"missed_at_threshold\":%.6f,\"missed_above\":%.6f,\"vain_pairs\":%.0f,"
                     "\"curve\":[",
                     params->bands, params->rows, params->n_values, params->shingle_words,
                     threshold, 1.0 - sr_params_recall(params, threshold),
                     expected_misses(params, threshold), plan->n_vain_pairs);
    for (int i = 1; i <= CURVE_STEPS; i++) {
        double jaccard = (double)i / CURVE_STEPS;
        cli_output_print(output, "%s[%.2f,%.6f]", i > 1 ? "," : "", jaccard,
                         sr_params_recall(params, jaccard));
    }
    cli_output_print(output, "]}\n");
}

int cli_dedup_print_plan(cli_session *session, const sr_dedup_options *dedup)
{
    const cli_options *options = &session->options;
    sr_error error = {0};
    sr_dedup_plan plan;
    memset(&plan, 0, sizeof plan);
    sr_status status = sr_dedup_plan_make(options->arguments.items, options->arguments.n_items,
                                          dedup, &session->observer, &plan, &error);
    if (status != SR_OK) {
        return cli_terminal_fail(&session->terminal, status, &error);
    }
    cli_terminal_clear(&session->terminal);
    if (options->format == SR_FORMAT_JSON) {
        print_json(&session->output, options, &plan);
    } else {
        print_text(&session->output, options, &plan);
    }
    return CLI_EXIT_DONE;
}
