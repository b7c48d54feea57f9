/* arena.c — a list of blocks, filled front to back. */
#include "base/arena.h"

#include <stdlib.h>

enum { ALIGNMENT = 16, MIN_BLOCK = 64 * 1024 };

struct sr_arena_block {
    sr_arena_block *next;
    size_t capacity;
    _Alignas(ALIGNMENT) char bytes[];
};

void sr_arena_init(sr_arena *arena)
{
    *arena = (sr_arena){0};
}

void sr_arena_release(sr_arena *arena)
{
    if (!arena) {
        return;
    }
    for (sr_arena_block *block = arena->first; block;) {
        sr_arena_block *next = block->next;
        free(block);
        block = next;
    }
    sr_arena_init(arena);
}

void sr_arena_reset(sr_arena *arena)
{
    arena->current = arena->first;
    arena->used = 0;
}

/* A block with room for `n_bytes`, taken from those kept or made behind the current one. */
static sr_arena_block *next_block(sr_arena *arena, size_t n_bytes)
{
    sr_arena_block *kept = arena->current ? arena->current->next : NULL;
    if (kept && kept->capacity >= n_bytes) {
        return kept;
    }
    size_t capacity = n_bytes < MIN_BLOCK ? MIN_BLOCK : n_bytes;
    size_t n_total;
    sr_arena_block *block = sr_size_add(capacity, sizeof *block, &n_total) ? malloc(n_total) : NULL;
    if (block) {
        block->capacity = capacity;
        block->next = kept;
        *(arena->current ? &arena->current->next : &arena->first) = block;
    }
    return block;
}

void *sr_arena_alloc(sr_arena *arena, size_t n_bytes)
{
    if (n_bytes > SIZE_MAX - ALIGNMENT) {
        return NULL;
    }
    n_bytes = (n_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (!arena->current || arena->current->capacity - arena->used < n_bytes) {
        sr_arena_block *block = next_block(arena, n_bytes);
        if (!block) {
            return NULL;
        }
        arena->current = block;
        arena->used = 0;
    }
    void *bytes = arena->current->bytes + arena->used;
    arena->used += n_bytes;
    return bytes;
}

sr_str sr_arena_copy(sr_arena *arena, sr_str text)
{
    char *copy =
        text.n_bytes < SIZE_MAX - ALIGNMENT ? sr_arena_alloc(arena, text.n_bytes + 1) : NULL;
    if (!copy) {
        return sr_str_make(NULL, 0);
    }
    if (text.n_bytes) {
        memcpy(copy, text.data, text.n_bytes);
    }
    copy[text.n_bytes] = '\0';
    return sr_str_make(copy, text.n_bytes);
}
