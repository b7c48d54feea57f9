/* command_info.c — `simrank info`: what is in the store and how it was made. */
#include "cli/command.h"
#include "cli/place.h"

#include <inttypes.h>

static void print_text(cli_output *output, const char *dir, const sr_store_info *info)
{
    const sr_params *params = &info->params;
    cli_output_print(output, "store      %s\nformat     version %u\n", dir, info->format_version);
    cli_output_print(output, "commit     %" PRIu64 "\narticles   %" PRIu64 "\n", info->commit,
                     info->n_articles);
    cli_output_print(output, "removed    %" PRIu64 "  (still on disk)\n", info->n_removed);
    cli_output_print(output, "segments   %" PRIu64 "\nbytes      %" PRIu64 "\n", info->n_segments,
                     info->n_bytes);
    cli_output_print(output,
                     "signature  %u MinHash values of %u-word shingles, %u bands × %u rows, "
                     "seed %" PRIu64 "\n",
                     params->n_values, params->shingle_words, params->bands, params->rows,
                     params->seed);
    cli_output_print(output, "texts      %s\n", info->dedup_only ? "not kept" : "kept");
    if (info->is_outdated) {
        cli_output_print(output, "outdated   made by normaliser %u, hash %u; %s\n",
                         info->normaliser_version, info->hash_version,
                         info->dedup_only ? "nothing can be added to it"
                                          : "add waits for simrank compact, which makes it anew");
    }
}

/* Bytes written in all, for each byte that came in. */
static double write_amplification(const sr_store_info *info)
{
    return info->n_flushed_bytes ? (double)(info->n_flushed_bytes + info->n_merged_bytes) /
                                       (double)info->n_flushed_bytes
                                 : 1.0;
}

static void print_columns(cli_output *output, const sr_store *store, const sr_store_info *info)
{
    sr_column_info columns[SR_MAX_COLUMNS];
    size_t n_columns = sr_store_get_columns(store, columns, SR_MAX_COLUMNS);
    cli_output_print(output, "written    %.2f bytes for each that came in\n",
                     write_amplification(info));
    for (size_t i = 0; i < n_columns && info->n_articles > 0; i++) {
        cli_output_print(output, "column     %-22s %14" PRIu64 "  %8.1f an article\n",
                         columns[i].name, columns[i].n_bytes,
                         (double)columns[i].n_bytes / (double)info->n_articles);
    }
}

static void print_json_columns(cli_output *output, const sr_store *store, const sr_store_info *info)
{
    sr_column_info columns[SR_MAX_COLUMNS];
    size_t n_columns = sr_store_get_columns(store, columns, SR_MAX_COLUMNS);
    cli_output_print(output, ",\"write_amplification\":%.3f,\"columns\":{",
                     write_amplification(info));
    for (size_t i = 0; i < n_columns; i++) {
        cli_output_print(output, "%s\"%s\":%" PRIu64, i ? "," : "", columns[i].name,
                         columns[i].n_bytes);
    }
    cli_output_print(output, "}");
}

static void print_json(cli_output *output, const char *dir, const sr_store *store,
                       const sr_store_info *info)
{
    char params[512];
    cli_output_print(output, "{\"store\":");
    cli_output_json_text(output, dir);
    cli_output_print(output,
                     ",\"format_version\":%u,\"commit\":%" PRIu64 ",\"articles\":%" PRIu64
                     ",\"removed\":%" PRIu64 ",\"segments\":%" PRIu64 ",\"bytes\":%" PRIu64
                     ",\"dedup_only\":%s%s",
                     info->format_version, info->commit, info->n_articles, info->n_removed,
                     info->n_segments, info->n_bytes, info->dedup_only ? "true" : "false",
                     info->is_outdated ? ",\"outdated\":true" : "");
    if (sr_store_params_to_json(store, params, sizeof params) == SR_OK) {
        cli_output_print(output, ",\"params\":%s", params);
    }
    print_json_columns(output, store, info);
    cli_output_print(output, "}\n");
}

static int run(cli_session *session)
{
    const char *dir = cli_place_store(&session->options);
    int exit_code = CLI_EXIT_DONE;
    sr_store *store = cli_place_open(session, &exit_code);
    if (!store) {
        return exit_code;
    }
    sr_store_info info;
    sr_store_get_info(store, &info);
    if (session->options.format == SR_FORMAT_JSON) {
        print_json(&session->output, dir, store, &info);
    } else {
        print_text(&session->output, dir, &info);
        print_columns(&session->output, store, &info);
    }
    sr_store_close(store);
    return CLI_EXIT_DONE;
}

const cli_command cli_command_info = {
    .verb = CLI_INFO,
    .name = "info",
    .arguments = "",
    .brief = "what is in the store, and how it was made",
    .teaching = "Prints the last commit, the number of articles, the size on disk by column, "
                "and the parameters that every signature of the store was made with.\n\n"
                "  simrank info\n"
                "  simrank info --store news.store --format json\n",
    .min_arguments = 0,
    .max_arguments = 0,
    .formats = 1u << SR_FORMAT_TEXT | 1u << SR_FORMAT_JSON,
    .run = run,
};
