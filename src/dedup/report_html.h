/* report_html.h — the report as one page for people: figures, a table by source and relation, and
 * the clusters most worth a look, each with two of its records side by side and what they share
 * marked.
 *
 * One file without scripts, links or images, that reads on a phone and without a server. Its size
 * does not grow with the input: SR_HTML_CLOSE_CALLS clusters whose weakest member is nearest to a
 * threshold, SR_HTML_LARGEST of the largest, long texts cut where both agree or nobody would read
 * on. Everything from a feed is escaped. */
#ifndef SR_DEDUP_REPORT_HTML_H
#define SR_DEDUP_REPORT_HTML_H

#include "dedup/report.h"

enum { SR_HTML_CLOSE_CALLS = 150, SR_HTML_LARGEST = 50, SR_HTML_SOURCES = 100 };

typedef struct sr_html_report sr_html_report;

SR_MUST_USE sr_status sr_html_report_create(const sr_dedup_result *result, sr_html_report **out);
/* Accepts NULL. */
void sr_html_report_free(sr_html_report *report);
/* Hears of every row of the other reports, in input order. */
void sr_html_report_note(sr_html_report *report, uint32_t doc, const sr_measures *measures);
/* The whole page. */
SR_MUST_USE sr_status sr_html_report_render(sr_html_report *report, sr_buffer *page,
                                            sr_error *error);

#endif
