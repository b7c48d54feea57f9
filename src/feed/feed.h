/* feed.h — whatever the user names (files, directories, archives, stdin; any compression) as a
 * stream of records.
 *
 * Reading has two halves, so that the second can run on many threads: the feed cuts its input into
 * records in order, each with its own bytes (sr_feed_next_batch, one thread), and a record is
 * parsed into an article (sr_record_parse, any thread). Memory does not grow with the input: a
 * batch holds what it was asked to.
 */
#ifndef SR_FEED_FEED_H
#define SR_FEED_FEED_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/observe.h"
#include "feed/compression.h"

typedef enum sr_feed_format {
    SR_FEED_UNKNOWN,      /* unreadable or binary: its one record is bad */
    SR_FEED_JSONL,        /* one object a line */
    SR_FEED_JSON,         /* one array of objects */
    SR_FEED_CSV,          /* header row */
    SR_FEED_TEXT,         /* the whole file is one article, its first non-empty line the title */
    SR_FEED_HTML,         /* the whole file is one page */
    SR_FEED_JSON_FEED,    /* one object around an array of records: JSON Feed */
    SR_FEED_JSON_OBJECTS, /* objects over several lines, one behind the other */
    SR_FEED_XML,          /* RSS, Atom or RDF: a record is an item or entry */
    SR_FEED_MARKDOWN,     /* the whole file is one page of a static site, with front matter */
    SR_FEED_WARC,         /* a web archive: WARC, WET, ARC */
    SR_FEED_FORMAT_COUNT
} sr_feed_format;
const char *sr_feed_format_name(sr_feed_format format);
/* Whether a file of this format is one record, which survives whole or not at all. */
bool sr_feed_format_is_whole_file(sr_feed_format format);

/* One file, or one entry of an archive. Lives as long as the feed. */
typedef struct sr_feed_member {
    const char
        *name; /* as messages and reports show it: "feeds/a.tar.gz/day1.jsonl", "-" for stdin */
    const char
        *relative;   /* path below the FEED argument (its file name where the argument is a file) */
    size_t argument; /* index of the FEED argument that it came from */
    size_t container; /* number of its outermost file, counted from 0 over the whole run */
    sr_feed_format format;
    const char *encoding; /* iconv's name: "UTF-8" unless something else was seen or said */
    bool is_decoded;      /* records are UTF-8 made of that, else still in it */
    bool has_mark;        /* and a byte order mark stood before it */
    bool lone_cr;         /* and its lines ended in CR, which is LF in records */
    char delimiter;       /* CSV; else 0 */
    /* The bytes before the first record and behind the last one, where they belong to no record: a
     * header row of CSV, the frame of an XML or JSON feed. The tail is known when all was read. */
    sr_str header;
    sr_str tail;
    struct sr_xml_context *xml; /* XML; else NULL */
    uint32_t html_fields;       /* a bit for each field of JSON and CSV that holds HTML */
    sr_str source;              /* what the feed says of itself, for records that say nothing */
    sr_str author;
    sr_str language;
    const sr_str *columns; /* CSV: the names of the header row, else "1", "2" … */
    size_t n_columns;
    const uint8_t *column_fields; /* CSV without header: which field a column could be, or NULL */
    size_t n_column_fields;
    const char *file;                 /* path of its outermost file, "-" for stdin */
    const char *file_relative;        /* that file's path below the FEED argument */
    sr_compression compression;       /* of the outermost file */
    sr_archive_kind archive;          /* what the outermost file is, once unpacked */
    const char *entry;                /* name inside the archive; NULL where there is none */
    sr_compression entry_compression; /* of the entry itself */
    int64_t entry_modified_s;         /* as the archive says, 0 where it does not */
} sr_feed_member;

/* One record as it stood in the input. Views live in the batch. */
typedef struct sr_record {
    const sr_feed_member *member;
    uint64_t index;       /* of the record in all that the feed gives, from 0 */
    uint64_t number;      /* N of FILE:N: the physical line for JSONL, else the 1-based record */
    uint64_t line;        /* physical line where it starts, for messages */
    sr_str raw;           /* its bytes; for JSONL, CSV and text with its line end */
    const sr_str *fields; /* CSV: one per column */
    size_t n_fields;
    const char *bad; /* not NULL: the reader could not read it, and why */
} sr_record;

typedef struct sr_record_batch {
    sr_arena arena; /* of raw bytes and fields, but for records that lie in the window: */
    char *window;   /* taken from the input, so that they need not be copied; or NULL */
    size_t *places; /* of each record in it; SIZE_MAX: in the arena */
    size_t n_in_window;
    size_t window_capacity;
    size_t place_capacity;
    sr_record *records;
    size_t n_records;
    size_t capacity;
    size_t n_bytes; /* of raw bytes */
} sr_record_batch;

void sr_record_batch_init(sr_record_batch *batch);
void sr_record_batch_release(sr_record_batch *batch);

typedef struct sr_feed sr_feed;

/* Paths are opened one after the other as reading reaches them; a path that can't be opened is an
 * error here, before anything is read. `observer` hears of guessed fields and of files skipped. */
SR_MUST_USE sr_status sr_feed_open(const char *const *paths, size_t n_paths,
                                   const sr_feed_options *options, const sr_observer *observer,
                                   sr_feed **out, sr_error *error);
void sr_feed_close(sr_feed *feed);
/* Before the first batch: a pipe is read as it is written. A batch then ends where the next record
 * would have to be waited for; formats of a line a record only, not compressed and in UTF-8. */
void sr_feed_set_live(sr_feed *feed);
/* Waits up to `timeout_ms` for more of a live feed; false: there was none. True at its end. */
bool sr_feed_wait(sr_feed *feed, int timeout_ms);
/* Fills the batch (reset first) with up to `max_records` records or `max_bytes` bytes, in input
 * order; n_records 0 at the end. A batch never mixes FEED arguments. What is damaged in the input
 * (a truncated archive, a CSV quote that never ends, a file that can't be read inside a directory)
 * is a bad record with its reason, and reading goes on behind it where it can; SR_ERR_IO,
 * SR_ERR_MEMORY only where it can't go on at all. */
SR_MUST_USE sr_status sr_feed_next_batch(sr_feed *feed, size_t max_records, size_t max_bytes,
                                         sr_record_batch *batch, sr_error *error);
/* The members met so far, in input order, also those without a record (an empty file). */
size_t sr_feed_member_count(const sr_feed *feed);
const sr_feed_member *sr_feed_member_get(const sr_feed *feed, size_t index);
/* What was left out because it is no article ("redirects", "drafts"), and how much of it: the
 * `index`th kind; false past the last. */
bool sr_feed_skipped(const sr_feed *feed, size_t index, const char **what, uint64_t *n_records);
/* Bytes of decompressed input read so far; bytes of the files read and in all (0 where unknown),
 * for progress. */
uint64_t sr_feed_bytes_read(const sr_feed *feed);
void sr_feed_progress(const sr_feed *feed, uint64_t *done, uint64_t *total);

/* Per-thread: JSON parser and scratch. */
typedef struct sr_record_parser sr_record_parser;
SR_MUST_USE sr_status sr_record_parser_create(const sr_feed *feed, sr_record_parser **out);
void sr_record_parser_free(sr_record_parser *parser);
/* The record as an article. Its strings live in the batch, in the parser until it parses again, or
 * in `arena`. The id is never empty: mapped id, else url, else the relative path (text), else
 * "relative:number". SR_ERR_FORMAT with the reason (and line) for a bad record. */
SR_MUST_USE sr_status sr_record_parse(sr_record_parser *parser, const sr_record *record,
                                      sr_arena *arena, sr_article *article, sr_error *error);

/* Copies every string of an article into the arena. */
SR_MUST_USE sr_status sr_article_keep(sr_arena *arena, sr_article *article);

/* Reads one article: FILE, FILE:N or "-"; strings live in `arena`. */
SR_MUST_USE sr_status sr_feed_read_one(const char *spec, const sr_feed_options *options,
                                       const sr_observer *observer, sr_arena *arena,
                                       sr_article *article, sr_error *error);

#endif
