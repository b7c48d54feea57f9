/* encoding.h — which encoding bytes are in, and the same bytes as UTF-8, by iconv. Names that files
 * and headers give are read as browsers read them (WHATWG, "Encoding"): "latin1" is
 * windows-1252, "gb2312" is GB 18030. */
#ifndef SR_FEED_ENCODING_H
#define SR_FEED_ENCODING_H

#include "base/buffer.h"
#include "feed/stream.h"

enum { SR_ENCODING_BYTES = 40 };

/* iconv's name of what is called `label`; false where iconv knows no such encoding. */
bool sr_encoding_find(sr_str label, char name[SR_ENCODING_BYTES]);
/* The encoding that a byte order mark tells, and the mark's length; NULL: there is none. */
const char *sr_encoding_of_mark(sr_str head, size_t *n_mark);
/* The same where markup begins without a mark: UTF-16, UTF-32, EBCDIC; NULL: no such thing. */
const char *sr_encoding_of_markup(sr_str head);
/* The encoding that `charset=…` of a page or `encoding=…` of an XML declaration names first, `key`
 * being the word before the sign. */
bool sr_encoding_find_declared(sr_str head, const char *key, char name[SR_ENCODING_BYTES]);
bool sr_encoding_is_utf8(const char *name);
/* Whether every ASCII byte stands for itself and is no part of another character, so that markup
 * can be found before it is decoded. */
bool sr_encoding_keeps_ascii(const char *name);

/* Remembers the last encoding asked for. */
typedef struct sr_recoder {
    void *handle; /* iconv_t; NULL: none is open */
    char name[SR_ENCODING_BYTES];
} sr_recoder;

void sr_recoder_release(sr_recoder *recoder);
/* Appends `bytes` as UTF-8; each byte that can't be decoded becomes U+FFFD and is counted in
 * `n_bad`. SR_ERR_ARGUMENT where iconv has no such encoding. */
SR_MUST_USE sr_status sr_recoder_append(sr_recoder *recoder, const char *name, sr_str bytes,
                                        sr_buffer *out, uint64_t *n_bad);

/* Appends UTF-8 in which U+0080 to U+009F are what windows-1252 has there, as browsers read
 * "&#146;": nobody means those controls. */
SR_MUST_USE sr_status sr_encoding_append_meant(sr_buffer *out, sr_str text);

/* A layer that gives what is below it as UTF-8. */
SR_MUST_USE sr_status sr_recode_stream_open(const char *name, sr_stream *below, sr_stream **out,
                                            sr_error *error);

#endif
