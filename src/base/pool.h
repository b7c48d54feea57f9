/* pool.h — things that are dear to make and free for a while: taken by one thread at a time, given
 * back when it is done. Bounded: what does not fit is freed. Thread-safe. */
#ifndef SR_BASE_POOL_H
#define SR_BASE_POOL_H

#include "base/status.h"

typedef struct sr_pool sr_pool;
typedef void (*sr_pool_free_fn)(void *item);

SR_MUST_USE sr_status sr_pool_create(sr_pool **out);
/* Frees what is in it; nothing may be out. */
void sr_pool_free(sr_pool *pool);
/* NULL where none is free. The one given back last: its memory is still in the caches. */
void *sr_pool_take(sr_pool *pool);
/* Hands an item over; `free_item` will end it, at once where there is no pool or no room. */
void sr_pool_give(sr_pool *pool, void *item, sr_pool_free_fn free_item);

#endif
