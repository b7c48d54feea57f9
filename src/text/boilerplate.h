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

#include "text/boilerplate_filter.h"

/* Scratch of one thread; grows to the largest page seen. */
typedef struct sr_cleaner {
    sr_words words;
    struct sr_page_line *lines;
    size_t line_capacity;
    sr_buffer kept; /* the last text that something was taken from */
    sr_boilerplate_filter filter;
} sr_cleaner;

void sr_cleaner_init(sr_cleaner *cleaner);
void sr_cleaner_release(sr_cleaner *cleaner);
/* The cleaned text: lines keep their own bytes and line ends. The view is into `text` where nothing
 * goes, else into the cleaner until its next call. `*words` becomes the folded words of the cleaned
 * text, where the page had to be split into them, else NULL; they are the cleaner's until its next
 * call, and may be taken from it. What stands between them is not that of the cleaned text. */
SR_MUST_USE sr_status sr_boilerplate_remove(sr_cleaner *cleaner, sr_str text, sr_str *cleaned,
                                            sr_words **words);

#endif
