/* decode.h — a member whose bytes can't be cut as they are, read as UTF-8 with LF line ends, and
 * written back as it was: encodings whose characters are wider than a byte, and the line ends of
 * old Macs, a CR alone. */
#ifndef SR_FEED_DECODE_H
#define SR_FEED_DECODE_H

#include "feed/encoding.h"
#include "feed/input.h"

typedef struct sr_decode {
    sr_input raw;     /* the window on the undecoded stream */
    sr_stream source; /* the same as a stream */
    sr_stream *recoded;
    bool lone_cr;
} sr_decode;

/* Puts itself between the input, of which nothing but a mark was consumed, and its stream. `decode`
 * must stay where it is until it is closed. */
SR_MUST_USE sr_status sr_decode_open(sr_decode *decode, sr_input *input, const char *encoding,
                                     bool lone_cr, sr_error *error);
/* For one that was opened, or is all zero; the input is released before. */
void sr_decode_close(sr_decode *decode);

/* The way back. All zero: bytes pass as they are. */
typedef struct sr_undecode {
    void *handle; /* iconv_t */
    bool is_open;
    bool lone_cr;
} sr_undecode;

SR_MUST_USE sr_status sr_undecode_open(sr_undecode *undecode, const char *encoding, bool lone_cr);
void sr_undecode_close(sr_undecode *undecode);
/* Appends the bytes; what the encoding does not have becomes "?". */
SR_MUST_USE sr_status sr_undecode_append(sr_undecode *undecode, sr_str utf8, sr_buffer *out);

#endif
