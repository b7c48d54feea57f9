/* boilerplate.h — structural rules that take a page's furniture off before it is signed: one page,
 * no learning.
 *
 * Known section heads on a line of their own ("Related Articles", "Comments", "Hashtags", …) end
 * the article; lines of known forms ("Read also: …", newsletter and donation pitches, rights
 * notices) are left out wherever they stand. A head ends the article only where at least 40 % of
 * the words stand before it, or where nothing but links and furniture follows it, or where a second
 * such head follows at once (the foot of a page); else only its own line goes. Heads of lists that
 * also stand inside articles ("Read more", "Recommended") end it in the second case only. A text
 * without line ends, and one that is all furniture, is kept as it is.
 */
#ifndef SR_TEXT_BOILERPLATE_H
#define SR_TEXT_BOILERPLATE_H

#include "base/buffer.h"

/* Appends the cleaned text to `out` (cleared first). Lines keep their own bytes and line ends. */
SR_MUST_USE sr_status sr_boilerplate_remove(sr_str text, sr_buffer *out);

#endif
