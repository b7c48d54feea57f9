/* report.h — the report of a dedup run: a row for every member of a cluster of two or more, in
 * input order.
 *
 *   file,line,id,relation,action,kept_file,kept_line,kept_id,similarity,containment,cluster_size
 *
 * `line` is the N of FILE:N. A keeper's row names itself as kept and has no relation. similarity is
 * the exact Jaccard of the word shingles of record and kept record, containment the share of the
 * shorter that the other has.
 */
#ifndef SR_DEDUP_REPORT_H
#define SR_DEDUP_REPORT_H

#include "dedup/against.h"
#include "feed/sink.h"

typedef struct sr_dedup_report {
    sr_output *output;
    sr_format format; /* CSV, JSON Lines or HTML (report_html.h) */
} sr_dedup_report;

/* What the rows are made of. */
typedef struct sr_dedup_result {
    const sr_dedup_articles *articles;
    const sr_dedup_fate *fates;
    const sr_params *params;
    const sr_thresholds *thresholds;
    const sr_dedup_summary *summary;
    const sr_against *against; /* NULL: no store was asked */
    sr_verifier *verifier;
    const sr_observer *observer;
} sr_dedup_result;

/* Writes all rows to all reports; the caller commits them. */
SR_MUST_USE sr_status sr_dedup_report_write(const sr_dedup_result *result, sr_dedup_report *reports,
                                            size_t n_reports, sr_error *error);

#endif
