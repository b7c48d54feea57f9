/* render.h — boxes as text, JSON, HTML, CSV and TREC runs; one file a format. A renderer appends
 * one box to a buffer; the caller (render.c) hands the buffer on and empties it, so that memory
 * does not grow with the number of boxes.
 *
 * Numbers are formed from integers: the C locale's decimal comma has no say. */
#ifndef SR_RELATED_RENDER_H
#define SR_RELATED_RENDER_H

#include "base/buffer.h"
#include "related/boxes.h"

/* In text and html, a lead is shown up to here; json has all of it. */
enum { SR_SHOWN_LEAD_CHARACTERS = 300 };

SR_MUST_USE sr_status sr_box_render_text(const sr_boxes *boxes, size_t box, int64_t now_s,
                                         sr_buffer *out);
SR_MUST_USE sr_status sr_box_render_json(const sr_boxes *boxes, size_t box, sr_buffer *out);
SR_MUST_USE sr_status sr_box_render_html(const sr_boxes *boxes, size_t box, sr_buffer *out);

/* A score with `n_decimals` digits behind the point. Only a score of 0 looks like 0: that marks the
 * fallback items. */
SR_MUST_USE sr_status sr_render_score(sr_buffer *out, double score, unsigned n_decimals);
/* A text on one line: runs of white space and control characters become one space, bytes that are
 * not UTF-8 U+FFFD; more than `max_characters` are cut behind a word, with "…" (0: no limit). */
SR_MUST_USE sr_status sr_render_line(sr_buffer *out, sr_str text, size_t max_characters);
/* The title on one line; of an article without one the first words of its lead, else its id. */
SR_MUST_USE sr_status sr_render_title(sr_buffer *out, const sr_article *article);
/* The lead without the title, where crawled pages repeat it in front: readers have just read it. */
sr_str sr_render_lead(const sr_article *article);
/* "Also in 3 other places: Reuters, BBC"; the distinct sources that are known, up to five. Each
 * name goes through `append`, which escapes for the format. */
typedef sr_status (*sr_append_fn)(sr_buffer *out, sr_str text);
SR_MUST_USE sr_status sr_render_also(sr_buffer *out, const sr_box_item *item, sr_append_fn append);

#endif
