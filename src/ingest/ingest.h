/* ingest.h — the machinery of the two public add calls: batches prepared in parallel, put in input
 * order. */
#ifndef SR_INGEST_INGEST_H
#define SR_INGEST_INGEST_H

#include "feed/feed.h"
#include "ingest/session.h"

/* One article on its way, with the record that it came from (NULL for one from memory). */
typedef struct sr_intake {
    const sr_record *record;
    sr_prepared prepared;
    const char *bad; /* not NULL: why it can't be read; lives in the batch's arena */
} sr_intake;

/* Parses and prepares one record; what is wrong with the record is noted in `intake`, what is wrong
 * with us is returned. All lives in `arena`. */
SR_MUST_USE sr_status sr_intake_prepare(sr_record_parser *parser, sr_preparer *preparer,
                                        bool keep_furniture, sr_arena *arena,
                                        const sr_record *record, sr_intake *intake);

/* Appends the line of one record; the head of the CSV. */
SR_MUST_USE sr_status sr_add_report_append(sr_buffer *out, bool json, const sr_intake *intake,
                                           const sr_decision *decision);
SR_MUST_USE sr_status sr_add_report_head(sr_buffer *out);

/* The report of `add`: a line a record, CSV or JSON Lines by the extension; NULL reports nothing.
 */
typedef struct sr_add_report sr_add_report;
SR_MUST_USE sr_status sr_add_report_open(const char *path, sr_add_report **out, sr_error *error);
SR_MUST_USE sr_status sr_add_report_write(sr_add_report *report, const sr_intake *intake,
                                          const sr_decision *decision, sr_error *error);
SR_MUST_USE sr_status sr_add_report_commit(sr_add_report *report, sr_error *error);
void sr_add_report_abort(sr_add_report *report);

#endif
