/* inspect.h — what `add` and `dedup` would read of feeds: records by file and format, the names
 * that give the fields, a sample, what is wrong. Files that are read alike (one FEED argument, one
 * format, encoding and delimiter) form one group, so that a directory of ten thousand feeds is told
 * in a few lines. */
#ifndef SR_INGEST_INSPECT_H
#define SR_INGEST_INSPECT_H

#include "feed/names.h"

enum {
    SR_INSPECT_NAMES = 4,
    SR_INSPECT_PROBLEMS = 10,
    SR_INSPECT_UNREAD = 40,
    SR_INSPECT_SKIPS = 16
};

/* One field of a group. */
typedef struct sr_inspect_field {
    sr_str names[SR_INSPECT_NAMES]; /* what gives it, as records write it, in order of appearance */
    size_t n_names;
    bool is_mapped;    /* by --map, not guessed */
    uint64_t n_filled; /* records that have it */
} sr_inspect_field;

typedef struct sr_inspect_problem {
    sr_str file;
    uint64_t line; /* 0: the file as a whole */
    sr_str reason;
    uint64_t n_records; /* that have it; the place is that of the first */
} sr_inspect_problem;

typedef struct sr_inspect_group {
    size_t argument;
    sr_str file; /* the first of its files */
    uint64_t n_files;
    sr_feed_format format;
    const char *encoding;
    char delimiter;
    bool has_header;
    sr_compression compression; /* of the first file */
    uint64_t n_records;         /* with bad ones */
    uint64_t n_bad;
    uint64_t n_empty; /* not a word in text, lead or title */
    sr_inspect_field fields[SR_FEED_FIELD_COUNT];
    sr_str unread[SR_INSPECT_UNREAD]; /* names of the first record that play no part */
    size_t n_unread;
    bool has_sample;
    sr_str sample_file;
    uint64_t sample_number;
    sr_article sample; /* its text is the first words of the clean text */
    sr_inspect_problem problems[SR_INSPECT_PROBLEMS];
    size_t n_problems;
} sr_inspect_group;

struct sr_inspection {
    sr_arena arena;
    sr_str *feeds; /* the FEED arguments */
    size_t n_feeds;
    sr_inspect_group *groups;
    size_t n_groups;
    size_t group_capacity;
    uint64_t *ids; /* hashes of all ids */
    size_t n_ids;
    size_t id_capacity;
    struct {
        const char *what;
        uint64_t n_records;
    } skips[SR_INSPECT_SKIPS]; /* what was left out because it is no article */
    size_t n_skips;
    uint64_t n_repeated_ids; /* records whose id an earlier one has */
    sr_str *warnings;        /* what the feed said while it was read */
    size_t n_warnings;
    size_t warning_capacity;
    sr_status status; /* of hearing them */
};

#endif
