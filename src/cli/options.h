/* options.h — what the command line said, in the types that simrank.h takes.
 *
 * One struct for all verbs: the flag table (flags.c) names each flag's place in it by offset, so
 * that parsing needs no code per flag. Texts are borrowed from argv; lists own their arrays only.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "simrank.h"

/* A growing list of borrowed texts. */
typedef struct cli_list {
    const char **items;
    size_t n_items;
    size_t capacity;
} cli_list;

/* A WHEN: a point in time, or an age before a moment that is known only when all flags are read. */
typedef struct cli_when {
    int64_t seconds;
    bool is_given;
    bool is_age;
} cli_when;

typedef struct cli_options {
    const char *store;
    sr_format format;
    uint32_t n_threads; /* 0: as OpenMP decides */
    bool quiet;
    bool no_wait;
    bool repair;
    bool brief_help;
    bool full_help;
    bool version;
    bool manual;
    const char *completions;

    sr_feed_options feed;
    const char *files_from;
    bool follow; /* add: watch the directory */
    bool texts;  /* inspect: the clean texts */

    sr_related_options related;
    cli_when since, until, before, now;
    cli_list exclude, ids;
    const char *ids_file;
    bool all;

    sr_params params;
    sr_thresholds thresholds;
    sr_dedup_options dedup;
    cli_list reports;
    bool has_bands;
    bool plan;
    bool dedup_only;

    const char *signatures; /* where export writes them */
    const char *simhash;
    const char *previous; /* boxes of an earlier run */
    const char *qrels;
    uint32_t min_grade;

    cli_list arguments; /* what is no flag, after the verb */
} cli_options;

void cli_options_init(cli_options *options);
void cli_options_release(cli_options *options);

/* False where memory is out. */
bool cli_list_append(cli_list *list, const char *text);

/* --now, else the clock. */
int64_t cli_options_now(const cli_options *options);

/* The moment that `when` means, seen from `now_s`; SR_TIME_UNKNOWN where it was not given. */
int64_t cli_when_resolve(const cli_when *when, int64_t now_s);

#endif
