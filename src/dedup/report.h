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

#include "dedup/cluster.h"
#include "feed/sink.h"

typedef struct sr_dedup_report {
    sr_output *output;
    bool is_csv; /* else JSON Lines */
} sr_dedup_report;

/* Writes all rows to all reports; the caller commits them. */
SR_MUST_USE sr_status sr_dedup_report_write(const sr_dedup_articles *articles,
                                            const sr_dedup_fate *fates, sr_verifier *verifier,
                                            const sr_observer *observer, sr_dedup_report *reports,
                                            size_t n_reports, sr_error *error);

#endif
