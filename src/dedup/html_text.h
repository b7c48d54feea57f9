/* html_text.h — a text with the passages that another one has marked, cut to what a person reads.
 */
#ifndef SR_DEDUP_HTML_TEXT_H
#define SR_DEDUP_HTML_TEXT_H

#include "dedup/passages.h"

/* Appends `text` escaped, with what `other` shares in <mark>. The inside of long runs, shared or
 * not, becomes "[… N characters …]", and the end of long texts too. */
SR_MUST_USE sr_status sr_html_append_marked(sr_signer *signer, sr_str text, sr_str other,
                                            sr_buffer *page);

#endif
