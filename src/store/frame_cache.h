/* frame_cache.h — the last few unpacked frames of a snapshot, with the contexts that unpack them.
 * Reading in store order then unpacks each frame once. Thread-safe: a slot in use belongs to its
 * thread, and the lock is held only to pick one. */
#ifndef SR_STORE_FRAME_CACHE_H
#define SR_STORE_FRAME_CACHE_H

#include "store/segment.h"

typedef struct sr_frame_cache sr_frame_cache;

SR_MUST_USE sr_status sr_frame_cache_create(sr_frame_cache **out);
void sr_frame_cache_free(sr_frame_cache *cache);
/* One value of one article; replaces what `out` held. */
SR_MUST_USE sr_status sr_frame_cache_read(sr_frame_cache *cache, const sr_segment *segment,
                                          sr_field field, uint32_t ordinal, sr_buffer *out,
                                          sr_error *error);

#endif
