/* boilerplate.h — structural rules that take a page's furniture off before it is signed: one page, no learning.
 *
 * Known section heads on a line of their own ("Related Articles", "Comments", "Hashtags", …) end the article; lines of
 * known forms ("Read also: …", newsletter and donation pitches) are left out wherever they stand. A text that would lose
 * more than 60 % of its words to the cut is kept whole.
 */
#ifndef SR_TEXT_BOILERPLATE_H
#define SR_TEXT_BOILERPLATE_H

#include "base/buffer.h"

/* Appends the cleaned text to `out` (cleared first). Lines keep their own bytes and line ends. */
SR_MUST_USE sr_status sr_boilerplate_remove(sr_str text, sr_buffer *out);

#endif
