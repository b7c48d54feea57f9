/* language.h — the language of an article: given, else from script and stop-word statistics;
 * decides stemmer and stop words. A language is a two-letter ISO 639-1 code packed into 16 bits, 0
 * where it is unknown. */
#ifndef SR_TEXT_LANGUAGE_H
#define SR_TEXT_LANGUAGE_H

#include "text/tokenise.h"

typedef uint16_t sr_language; /* low byte first letter, high byte second */

#define SR_LANGUAGE(a, b) ((sr_language)((unsigned char)(a) | (unsigned)(unsigned char)(b) << 8))

/* "en", "en-GB", "EN_us", "eng", "English" → packed; two letters stand for themselves, longer names
 * that are not known and everything else give 0. */
sr_language sr_language_parse(sr_str code);
/* Two letters and NUL, "" for unknown. */
void sr_language_format(sr_language language, char code[3]);
/* From the words of a text (the first 400 decide). 0 where nothing speaks for any. */
sr_language sr_language_detect(const sr_words *words);
/* A word without meaning of its own in this language (unknown: the English list). Sorted tables. */
bool sr_stop_word(sr_language language, sr_str word);
/* The Snowball algorithm's name for libstemmer, or NULL (unknown: English, as with the stop words).
 */
const char *sr_language_stemmer(sr_language language);

#endif
