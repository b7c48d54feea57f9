/* body.c — the choice of an article's text. */
#include "text/body.h"

/* A letter or digit of ASCII, or anything beyond ASCII. */
static bool may_hold_word(sr_str text)
{
    for (size_t i = 0; i < text.n_bytes; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c >= 0x80 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')) {
            return true;
        }
    }
    return false;
}

sr_status sr_body_choose(const sr_article *article, bool keep_furniture, sr_cleaner *cleaner,
                         sr_str *body, sr_words **words)
{
    sr_words *split = NULL;
    *body = article->text;
    if (!keep_furniture) {
        SR_TRY(sr_boilerplate_remove(cleaner, article->text, body, &split));
    }
    if (!may_hold_word(*body)) {
        split = NULL;
        *body = may_hold_word(article->lead) ? article->lead : article->title;
    }
    if (words) {
        *words = split;
    }
    return SR_OK;
}
