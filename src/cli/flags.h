/* flags.h — the one table of flags. -h, --help, the man page, the completions and the parser all
 * read it. */
#ifndef CLI_FLAGS_H
#define CLI_FLAGS_H

#include "cli/options.h"

/* How a value is read, and the type of the target in cli_options. */
typedef enum cli_kind {
    CLI_SWITCH, /* bool, set by being there */
    CLI_TEXT,   /* const char * */
    CLI_LIST,   /* cli_list; the flag may be repeated */
    CLI_COUNT,  /* uint32_t within min..max */
    CLI_SHARE,  /* double within 0..1 */
    CLI_SIZE,   /* uint64_t, bytes with K M G */
    CLI_WHEN,   /* cli_when */
    CLI_OWN     /* what `read` makes of it */
} cli_kind;

/* Reads a value; NULL, or what was expected ("a whole number from 1 to 16"). */
typedef const char *(*cli_read_fn)(const char *value, cli_options *options);

/* Help shows flags in groups. */
typedef enum cli_group {
    CLI_COMMON,
    CLI_INPUT,
    CLI_BOX,
    CLI_OUTPUT,
    CLI_SIGNATURE,
    CLI_JUDGING,
    CLI_GROUP_COUNT
} cli_group;
extern const char *const cli_group_titles[CLI_GROUP_COUNT];

typedef struct cli_flag {
    cli_group group;
    char letter;          /* 0: none */
    const char *name;     /* NULL: only a letter */
    const char *argument; /* NULL: takes none */
    const char *without;  /* not NULL: --flag alone is --flag=WITHOUT, and a value must be joined */
    unsigned verbs;       /* to which it belongs */
    cli_kind kind;
    size_t target; /* offset in cli_options */
    uint32_t min, max;
    cli_read_fn read;      /* of CLI_OWN */
    const char *words;     /* the values that there are, separated by blanks; NULL: many */
    const char *brief;     /* one line, for -h */
    const char *paragraph; /* for --help and the man page; the brief stands before it */
} cli_flag;

extern const cli_flag cli_flags[];
extern const size_t cli_flag_count;

const cli_flag *cli_flag_find(const char *name, size_t n_bytes);
const cli_flag *cli_flag_find_letter(char letter);

/* The nearest long name by edit distance, or NULL where none is near. */
const char *cli_flag_nearest(const char *name, size_t n_bytes);

/* "--report" or "-n", as errors show it. */
const char *cli_flag_show(const cli_flag *flag, char *text, size_t n_bytes);

#endif
