/* html_words.h — what the names that sites give to their elements (class, id, role) say about what
 * stands in them. */
#ifndef SR_FEED_HTML_WORDS_H
#define SR_FEED_HTML_WORDS_H

#include "base/bytes.h"

enum {
    SR_HTML_NAME_FURNITURE = 1, /* comments, shares, adverts, lists of other articles, … */
    SR_HTML_NAME_DOUBTFUL = 2,  /* often furniture, but also wrappers of the article */
    SR_HTML_NAME_ARTICLE = 4,   /* the article or its text */
    SR_HTML_NAME_BODY = 8,      /* the text itself: "articleBody", "entry-content" */
    SR_HTML_NAME_HIDDEN = 16    /* never shown */
};

/* The names of one attribute ("post-content clearfix") as a set of the above. */
unsigned sr_html_names_judge(sr_str names);

#endif
