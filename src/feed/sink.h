/* sink.h — where surviving records go: the output tree of `dedup` and its reports. Everything is
 * written to temporary names beside the target and renamed by sr_sink_commit; an input file is
 * never overwritten. */
#ifndef SR_FEED_SINK_H
#define SR_FEED_SINK_H

#include "feed/feed.h"

/* A single output stream; the extension of `path` chooses the compression (.zst .gz .xz .bz2 .lz4
 * or none). */
typedef struct sr_output sr_output;
/* `path` "-" hands bytes to `write` as they come. */
SR_MUST_USE sr_status sr_output_open(const char *path, sr_write_fn write, void *context,
                                     sr_output **out, sr_error *error);
SR_MUST_USE sr_status sr_output_write(sr_output *output, sr_str bytes, sr_error *error);
/* Finishes, fsyncs and renames; frees. */
SR_MUST_USE sr_status sr_output_commit(sr_output *output, sr_error *error);
/* Removes the temporary file; frees. Accepts NULL. */
void sr_output_abort(sr_output *output);
/* Removes what the process `pid`, which was killed, left of an output, or of those below a
 * directory. */
void sr_output_sweep(const char *target, long pid);

/* SR_FORMAT_CSV, SR_FORMAT_JSONL or, where `with_html`, SR_FORMAT_HTML, by the extension before
 * that of a compression; "-" is CSV. SR_ERR_ARGUMENT for another name. */
SR_MUST_USE sr_status sr_report_format(const char *path, bool with_html, sr_format *format,
                                       sr_error *error);

/* The records that survive. Target "DIR/" (or an existing directory): one file an input file with
 * the same relative name, format and compression (an archive becomes an archive of the same kind
 * with the same entry names; a text file or text entry that does not survive is left out). Target
 * FILE or "-": all joined, which needs one format (and for CSV one header): SR_ERR_ARGUMENT
 * otherwise, and for text articles. */
typedef struct sr_sink sr_sink;
SR_MUST_USE sr_status sr_sink_open(const char *target, sr_write_fn write, void *context,
                                   sr_sink **out, sr_error *error);
/* Called for every member in input order, also one without survivors. Refuses a target that is an
 * input file. */
SR_MUST_USE sr_status sr_sink_begin_member(sr_sink *sink, const sr_feed_member *member,
                                           sr_error *error);
SR_MUST_USE sr_status sr_sink_write_record(sr_sink *sink, const sr_record *record, sr_error *error);
SR_MUST_USE sr_status sr_sink_commit(sr_sink *sink, sr_error *error);
void sr_sink_abort(sr_sink *sink);

#endif
