/* arena.h — memory of one batch: many small allocations, one reset. Blocks are kept over a reset,
 * so that a steady stream of batches allocates nothing. */
#ifndef SR_BASE_ARENA_H
#define SR_BASE_ARENA_H

#include "base/bytes.h"
#include "base/status.h"

typedef struct sr_arena_block sr_arena_block;

typedef struct sr_arena {
    sr_arena_block *first;
    sr_arena_block *current;
    size_t used; /* bytes of the current block */
} sr_arena;

void sr_arena_init(sr_arena *arena);
void sr_arena_release(sr_arena *arena);
void sr_arena_reset(sr_arena *arena);
/* 16-byte aligned, not cleared; NULL where memory is out. */
void *sr_arena_alloc(sr_arena *arena, size_t n_bytes);
/* A copy that lives in the arena, with a NUL behind it; data NULL where memory is out. */
sr_str sr_arena_copy(sr_arena *arena, sr_str text);

#endif
