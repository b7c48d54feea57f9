/* feed_open.h — an open feed, as feed.c (files and members) and feed_batch.c (records) see it. */
#ifndef SR_FEED_FEED_OPEN_H
#define SR_FEED_FEED_OPEN_H

#include "feed/container.h"
#include "feed/decode.h"
#include "feed/feed_inside.h"
#include "feed/reader.h"
#include "feed/walk.h"

enum { SR_FEED_PROBLEM_BYTES = 700, SR_FEED_DIALECT_BYTES = 120 };

struct sr_feed {
    sr_feed_format forced; /* SR_FEED_UNKNOWN: by content */
    sr_csv_header csv_header;
    sr_csv_quotes quotes;
    char encoding[SR_ENCODING_BYTES]; /* "": by content */
    char delimiter;
    bool file_open;
    bool guesses_told; /* of this member */
    bool ended;
    bool is_watched; /* its arguments lie below a directory that is watched */
    bool live;       /* gives what there is rather than wait for a full batch */
    size_t max_record_bytes;
    sr_unpack_limits limits;
    int64_t now_s; /* see sr_feed_options */
    sr_field_map map;
    const sr_observer *observer;
    char **paths;
    size_t n_paths;
    sr_feed_seen *seen; /* one a path */
    sr_walk *walk;
    sr_arena arena; /* of the members */
    const sr_feed_member **members;
    size_t n_members;
    size_t member_capacity;
    /* the file being read */
    sr_walk_item item;
    sr_container container;
    size_t n_files;
    /* the member being read */
    sr_feed_member *member; /* NULL: none */
    sr_input input;
    sr_decode decode;                    /* below it, where it is needed */
    sr_reader *reader;                   /* NULL: the member is `problem` alone */
    char problem[SR_FEED_PROBLEM_BYTES]; /* "", or a bad record that is still to be given */
    uint64_t problem_line;
    uint64_t problem_number;
    /* what was told of guesses */
    sr_record_parser *parser;
    char told[SR_FEED_PROBLEM_BYTES];
    char told_dialect[SR_FEED_DIALECT_BYTES];
    unsigned told_html;
    uint64_t n_given; /* records */
    uint64_t n_bytes_done;
    uint64_t n_file_bytes_done;
    uint64_t n_file_bytes_total;
    sr_skips skips;
};

/* Goes on until a member is open or the end is reached. */
SR_MUST_USE sr_status sr_feed_next_member(sr_feed *feed);
/* Detects what the stream is and opens a reader on it; what is wrong becomes a bad record. */
SR_MUST_USE sr_status sr_feed_begin_member(sr_feed *feed, sr_feed_member *member,
                                           sr_stream *stream);
/* Of the open member, whose reader is at its end. */
SR_MUST_USE sr_status sr_feed_keep_tail(sr_feed *feed);
/* Finds which fields of the open member hold HTML, by the records in sight; its columns are known,
 * its reader is not open yet or has consumed nothing but a header. */
SR_MUST_USE sr_status sr_feed_preview_html(sr_feed *feed, const sr_reader_options *options);
void sr_feed_close_member(sr_feed *feed);
/* A bad record that is given when the reader has no more. */
void sr_feed_set_problem(sr_feed *feed, uint64_t number, uint64_t line, const char *reason);

#endif
