/* reader.h — cutting one member's bytes into records: a reader for each format behind one pair of
 * functions.
 *
 * A record that can't be read is given with `bad` set, and reading goes on at the nearest place
 * where the next one can begin. Where the input is damaged, the reader ends before the record that
 * the damage cuts; the feed reports it. */
#ifndef SR_FEED_READER_H
#define SR_FEED_READER_H

#include "feed/csv_dialect.h"
#include "feed/feed.h"
#include "feed/input.h"

/* What a format is told by. */
enum { SR_DETECT_BYTES = 64 * 1024 };

typedef struct sr_reader sr_reader;

/* What was left out, by kind. */
enum { SR_SKIP_KINDS = 16 };
typedef struct sr_skips {
    const char *what[SR_SKIP_KINDS]; /* static texts: "redirects" */
    uint64_t n_records[SR_SKIP_KINDS];
    size_t n_kinds;
} sr_skips;

struct sr_reader {
    /* `number`, `line`, `raw`, `fields` and `bad` are set; all views live until the next call. */
    sr_status (*next)(sr_reader *reader, sr_record *record, bool *found);
    void (*free)(sr_reader *reader);
    /* What stood before the first record, whole as soon as the reader is open, and behind and
     * between the records, whole at the end; NULL: nothing that has to be kept. */
    void (*frame)(const sr_reader *reader, sr_str *head, sr_str *tail);
    sr_input *input; /* not owned */
    bool in_window;  /* raw bytes are the last that were consumed of the input */
    size_t max_record_bytes;
    uint64_t n_records;
    sr_skips *skips;     /* not owned; counts what is no article */
    uint64_t n_mended;   /* records that were read although they are not quite right */
    const char *mending; /* and what is wrong with them */
    char reason[200];    /* of the last bad record */
};

/* How a member is cut. */
typedef struct sr_reader_options {
    size_t max_record_bytes;
    sr_csv_dialect dialect; /* CSV */
    const char *name;       /* of the member */
    int64_t now_s;          /* pages dated later are left out; SR_TIME_UNKNOWN: none is */
    sr_skips *skips;
} sr_reader_options;

/* SR_ERR_MEMORY. */
SR_MUST_USE sr_status sr_jsonl_reader_create(sr_input *input, const sr_reader_options *options,
                                             sr_reader **out);
SR_MUST_USE sr_status sr_json_array_reader_create(sr_input *input, const sr_reader_options *options,
                                                  sr_reader **out);
/* One object around an array of records, or objects over several lines. */
SR_MUST_USE sr_status sr_json_object_reader_create(sr_input *input,
                                                   const sr_reader_options *options,
                                                   sr_reader **out);
SR_MUST_USE sr_status sr_text_reader_create(sr_input *input, const sr_reader_options *options,
                                            sr_reader **out);
/* RSS, Atom, RDF. Reads to the first item. */
SR_MUST_USE sr_status sr_xml_reader_create(sr_input *input, const sr_reader_options *options,
                                           sr_reader **out);
/* Reads the header row, or counts the columns of the first row. Where that is bad, `next` gives
 * that as the only record. */
SR_MUST_USE sr_status sr_csv_reader_create(sr_input *input, const sr_reader_options *options,
                                           sr_reader **out);
SR_MUST_USE sr_status sr_markdown_reader_create(sr_input *input, const sr_reader_options *options,
                                                sr_reader **out);
SR_MUST_USE sr_status sr_warc_reader_create(sr_input *input, const sr_reader_options *options,
                                            sr_reader **out);
/* Its frame is the record that describes the file, where one begins it. */
/* The header row as it stood (empty where there is none), and the names of the columns, else their
 * numbers from 1; they live as long as the reader. */
sr_str sr_csv_reader_header(const sr_reader *reader, const sr_str **columns, size_t *n_columns);

/* The format of what begins with `head` (`whole`: and ends there); SR_FEED_UNKNOWN for binary data,
 * with `reason`. `delimiter` 0: any. `name` without the extension of a compression. */
sr_feed_format sr_feed_detect(sr_str head, bool whole, sr_str name, char delimiter,
                              const sr_field_map *map, const char **reason);

void sr_skips_count(sr_skips *skips, const char *what);
/* Counts something that is no article. */
void sr_reader_skip(sr_reader *reader, const char *what);
/* Fills a bad record that begins at `line`. */
SR_PRINTF(4, 5)
void sr_reader_refuse(sr_reader *reader, sr_record *record, uint64_t line, const char *format, ...);

#endif
