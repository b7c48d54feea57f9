/* update.h — do two dated articles look like two states of one report? Told from their URLs, titles
 * and dates; whether the texts bear it out, the decider says. */
#ifndef SR_DEDUP_UPDATE_H
#define SR_DEDUP_UPDATE_H

#include "base/bytes.h"
#include "simrank.h"
#include "text/tokenise.h"

typedef enum sr_update_link {
    SR_UPDATE_NONE,
    SR_UPDATE_LIKE_TITLE, /* three quarters of the words of both titles */
    SR_UPDATE_SAME_TITLE,
    SR_UPDATE_SAME_URL
} sr_update_link;

/* What an article is recognised by later. */
typedef struct sr_update_marks {
    uint64_t title_words; /* a bit a word of the title; 0: none that says something */
    uint32_t url;         /* a hash; 0: none */
    uint32_t is_foreign;  /* 1: the text has hardly a word of the title, but for the title itself */
} sr_update_marks;

/* `body`: the words of the article's text. `scratch` is overwritten. SR_ERR_MEMORY. */
SR_MUST_USE sr_status sr_update_mark(const sr_article *article, const sr_words *body,
                                     sr_words *scratch, sr_update_marks *marks);
/* Do two articles whose texts are alike have the page's pitch, error or list for a text, that is,
 * are they two? Their titles have little in common, and the texts nothing of either. */
bool sr_update_are_two(sr_update_marks a, sr_update_marks b);
/* How many seconds later the first was published; 0 where it is not known of both. */
int64_t sr_update_later_by(int64_t a_published_s, int64_t b_published_s);
/* SR_UPDATE_NONE unless both are dated, and not of one moment; a title links reports of 18 hours.
 */
sr_update_link sr_update_link_of(sr_update_marks a, int64_t a_published_s, sr_update_marks b,
                                 int64_t b_published_s);

#endif
