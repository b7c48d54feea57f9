/* markdown.h — the prose of a Markdown page: no code blocks, no HTML, no shortcodes. */
#ifndef SR_FEED_MARKDOWN_H
#define SR_FEED_MARKDOWN_H

#include "base/buffer.h"

/* Appends a paragraph, heading or item a line; `title` gets the first heading of level 1, empty
 * where there is none (a view of `text`). `scratch` is overwritten. SR_ERR_MEMORY. */
SR_MUST_USE sr_status sr_markdown_read(sr_str body, sr_buffer *scratch, sr_buffer *text,
                                       sr_str *title);
/* `body` without its shortcodes and the code inside them. */
SR_MUST_USE sr_status sr_markdown_drop_shortcodes(sr_str body, sr_buffer *out);
/* Whether a file that does not say so is Markdown with front matter. */
bool sr_markdown_is_likely(sr_str head);

#endif
