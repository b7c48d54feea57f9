/* options.c — defaults, lists and dates of the command line. */
#include "cli/options.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

void cli_options_init(cli_options *options)
{
    memset(options, 0, sizeof *options);
    sr_feed_options_init(&options->feed);
    sr_related_options_init(&options->related);
    sr_params_init(&options->params);
    sr_thresholds_init(&options->thresholds);
    sr_dedup_options_init(&options->dedup);
    options->min_grade = 1;
}

void cli_options_release(cli_options *options)
{
    free(options->exclude.items);
    free(options->ids.items);
    free(options->reports.items);
    free(options->arguments.items);
    memset(options, 0, sizeof *options);
}

bool cli_list_append(cli_list *list, const char *text)
{
    if (list->n_items == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 16;
        if (capacity > SIZE_MAX / sizeof *list->items) {
            return false;
        }
        const char **items = realloc(list->items, capacity * sizeof *items);
        if (!items) {
            return false;
        }
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->n_items++] = text;
    return true;
}

int64_t cli_options_now(const cli_options *options)
{
    int64_t clock_s = (int64_t)time(NULL);
    return options->now.is_given ? cli_when_resolve(&options->now, clock_s) : clock_s;
}

int64_t cli_when_resolve(const cli_when *when, int64_t now_s)
{
    if (!when->is_given) {
        return SR_TIME_UNKNOWN;
    }
    if (!when->is_age) {
        return when->seconds;
    }
    bool is_before_all = when->seconds > INT64_MAX / 2;
    return is_before_all ? SR_TIME_UNKNOWN + 1 : now_s - when->seconds;
}
