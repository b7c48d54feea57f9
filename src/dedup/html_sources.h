/* html_sources.h — how many records of each source there are, by what became of them. */
#ifndef SR_DEDUP_HTML_SOURCES_H
#define SR_DEDUP_HTML_SOURCES_H

#include "dedup/report.h"

/* The source that people know a record by: its own, else the host of its URL, else its file. A view
 * of the article or of the file's name. */
sr_str sr_report_source(const sr_dedup_articles *articles, uint32_t doc, const sr_article *article);
/* Appends a table of the `max_rows` sources with most dropped records, and the rest in one row. */
SR_MUST_USE sr_status sr_html_append_sources(const sr_dedup_result *result, size_t max_rows,
                                             sr_buffer *page, sr_error *error);

#endif
