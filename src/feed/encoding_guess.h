/* encoding_guess.h — the encoding of bytes that do not tell it, by what stands in them.
 *
 * Feeds are UTF-8 but for two exceptions that are frequent: UTF-16, which spreadsheets write, and
 * windows-1252 (or its part latin-1), which shows by single bytes above 127 where UTF-8 has runs.
 * Long runs that are not UTF-8 are words of another script: which encoding of Cyrillic, Greek,
 * Hebrew, Arabic, Thai, Chinese, Japanese or Korean, uchardet tells by its statistics. It is not
 * asked about Latin letters, where it is often wrong in short texts; other encodings of them have
 * to be said (--encoding). */
#ifndef SR_FEED_ENCODING_GUESS_H
#define SR_FEED_ENCODING_GUESS_H

#include "base/bytes.h"

/* iconv's name: "UTF-8", also for plain ASCII and for what is no text at all; "UTF-16LE",
 * "UTF-16BE", "UTF-32LE", "UTF-32BE", "CP1252", or that of another script. `n_mark` is the length
 * of a byte order mark. */
const char *sr_encoding_guess(sr_str head, size_t *n_mark);
/* iconv's name of an encoding of another script than Latin; NULL: it is UTF-8, Latin or unclear. */
const char *sr_encoding_guess_script(sr_str head);
/* Whether bytes that are not UTF-8 read well as windows-1252: single high bytes, none of them part
 * of a UTF-8 character, whole or cut. */
bool sr_encoding_is_western(sr_str text);
/* Whether records can be cut before they are decoded: bytes below 128 are ASCII everywhere. */
bool sr_encoding_is_single_byte(const char *name);
/* "windows-1252" of "CP1252": what people call it. */
const char *sr_encoding_shown(const char *name);

#endif
