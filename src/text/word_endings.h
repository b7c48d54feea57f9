/* word_endings.h — endings that are usual in one language and rare in others. A headline may hold
 * no stop word at all; the ends of its words then say what language it is in. */
#ifndef SR_TEXT_WORD_ENDINGS_H
#define SR_TEXT_WORD_ENDINGS_H

#include "text/stop_words.h"

/* The languages (bits as in stop_words.h) of the longest known ending of a folded word, 0 for none.
 */
uint32_t sr_word_ending_languages(sr_str word);

#endif
