/* body.h — which words of an article count as its text: the cleaned body, else the lead, else the
 * title. Signing, ranking and comparing all start here, so that they speak of the same words. */
#ifndef SR_TEXT_BODY_H
#define SR_TEXT_BODY_H

#include "text/boilerplate.h"

/* The text of an article: without furniture unless `keep_furniture`; where it holds no word, the
 * lead; where that holds none, the title. The view is into the cleaner or into the article.
 * `words` (NULL: not asked for) becomes what sr_boilerplate_remove says of them. */
SR_MUST_USE sr_status sr_body_choose(const sr_article *article, bool keep_furniture,
                                     sr_cleaner *cleaner, sr_str *body, sr_words **words);

#endif
