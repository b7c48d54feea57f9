/* encoder.h — bytes in, compressed bytes out to a function. The same input gives the same output:
 * no times, no names. */
#ifndef SR_FEED_ENCODER_H
#define SR_FEED_ENCODER_H

#include "base/status.h"
#include "feed/compression.h"

typedef sr_status (*sr_emit_fn)(void *context, const char *bytes, size_t n_bytes, sr_error *error);

typedef struct sr_encoder sr_encoder;

SR_MUST_USE sr_status sr_encoder_create(sr_compression compression, sr_emit_fn emit, void *context,
                                        sr_encoder **out, sr_error *error);
SR_MUST_USE sr_status sr_encoder_write(sr_encoder *encoder, sr_str bytes, sr_error *error);
/* Emits what is left and the trailer; nothing may be written behind it. */
SR_MUST_USE sr_status sr_encoder_finish(sr_encoder *encoder, sr_error *error);
/* Accepts NULL; without a finish the output is cut short. */
void sr_encoder_free(sr_encoder *encoder);

#endif
