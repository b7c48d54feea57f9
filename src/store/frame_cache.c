/* frame_cache.c — a few slots, the least recently used goes first. Contexts of zstd are large:
 * there are as many as frames were ever unpacked at the same time. */
#include "store/frame_cache.h"

#include <pthread.h>
#include <stdlib.h>

enum { SLOTS = 32, KEPT_BYTES = 1024 * 1024 };

typedef struct frame_slot {
    uint64_t segment;
    size_t frame;
    sr_field field;
    bool valid; /* `raw` holds this frame */
    bool busy;
    uint64_t last_use;
    sr_buffer packed;
    sr_buffer raw;
    uint32_t *starts; /* of each article's value in `raw`, and their end */
    size_t starts_capacity;
} frame_slot;

struct sr_frame_cache {
    pthread_mutex_t mutex;
    uint64_t clock;
    frame_slot slots[SLOTS];
    ZSTD_DCtx *contexts[SLOTS]; /* those that nobody uses */
    size_t n_contexts;
};

static void slot_init(frame_slot *slot)
{
    *slot = (frame_slot){0};
    sr_buffer_init(&slot->packed, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&slot->raw, SR_BUFFER_NO_LIMIT);
}

static void slot_release(frame_slot *slot)
{
    sr_buffer_release(&slot->packed);
    sr_buffer_release(&slot->raw);
    free(slot->starts);
}

sr_status sr_frame_cache_create(sr_frame_cache **out)
{
    sr_frame_cache *cache = calloc(1, sizeof *cache);
    if (!cache) {
        return SR_ERR_MEMORY;
    }
    if (pthread_mutex_init(&cache->mutex, NULL) != 0) {
        free(cache);
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < SLOTS; i++) {
        slot_init(&cache->slots[i]);
    }
    *out = cache;
    return SR_OK;
}

void sr_frame_cache_free(sr_frame_cache *cache)
{
    if (cache) {
        for (size_t i = 0; i < SLOTS; i++) {
            slot_release(&cache->slots[i]);
        }
        for (size_t i = 0; i < cache->n_contexts; i++) {
            ZSTD_freeDCtx(cache->contexts[i]);
        }
        pthread_mutex_destroy(&cache->mutex);
        free(cache);
    }
}

static bool holds(const frame_slot *slot, const sr_segment *segment, sr_field field, size_t frame)
{
    return slot->valid && slot->segment == segment->number && slot->field == field &&
           slot->frame == frame;
}

/* The free slot that holds the frame, else the one unused for longest; NULL where all are busy. */
static frame_slot *take(sr_frame_cache *cache, const sr_segment *segment, sr_field field,
                        size_t frame)
{
    frame_slot *best = NULL;
    pthread_mutex_lock(&cache->mutex);
    for (size_t i = 0; i < SLOTS; i++) {
        frame_slot *slot = &cache->slots[i];
        if (slot->busy) {
            continue;
        }
        if (holds(slot, segment, field, frame)) {
            best = slot;
            break;
        }
        if (!best || slot->last_use < best->last_use) {
            best = slot;
        }
    }
    if (best) {
        best->busy = true;
        best->last_use = ++cache->clock;
    }
    pthread_mutex_unlock(&cache->mutex);
    return best;
}

static void give(sr_frame_cache *cache, frame_slot *slot)
{
    if (slot->raw.capacity > KEPT_BYTES) { /* one huge article must not stay in memory */
        slot->valid = false;
        sr_buffer_release(&slot->raw);
        sr_buffer_release(&slot->packed);
    }
    pthread_mutex_lock(&cache->mutex);
    slot->busy = false;
    pthread_mutex_unlock(&cache->mutex);
}

static ZSTD_DCtx *take_context(sr_frame_cache *cache)
{
    pthread_mutex_lock(&cache->mutex);
    ZSTD_DCtx *context = cache->n_contexts ? cache->contexts[--cache->n_contexts] : NULL;
    pthread_mutex_unlock(&cache->mutex);
    return context ? context : ZSTD_createDCtx();
}

static void give_context(sr_frame_cache *cache, ZSTD_DCtx *context)
{
    pthread_mutex_lock(&cache->mutex);
    if (cache->n_contexts < SLOTS) {
        cache->contexts[cache->n_contexts++] = context;
        context = NULL;
    }
    pthread_mutex_unlock(&cache->mutex);
    ZSTD_freeDCtx(context);
}

static sr_status load(sr_frame_cache *cache, frame_slot *slot, const sr_segment *segment,
                      sr_field field, size_t number, const sr_frame *frame, sr_error *error)
{
    if (holds(slot, segment, field, number)) {
        return SR_OK;
    }
    slot->valid = false;
    ZSTD_DCtx *context = take_context(cache);
    if (!context) {
        return SR_ERR_MEMORY;
    }
    sr_status status = sr_segment_read_frame(segment, field, number, frame, context, &slot->packed,
                                             &slot->raw, error);
    give_context(cache, context);
    SR_TRY(status);
    SR_TRY(sr_array_reserve((void **)&slot->starts, &slot->starts_capacity,
                            (size_t)frame->n_docs + 1, sizeof *slot->starts));
    if (!sr_frame_starts(frame, sr_buffer_view(&slot->raw), slot->starts)) {
        return sr_error_set(error, SR_ERR_CORRUPT, segment->path, 0,
                            "%s: frame %zu: the lengths of its values do not fit",
                            sr_section_name(SR_SECTION_COLD_DATA + (uint32_t)field), number);
    }
    slot->segment = segment->number;
    slot->field = field;
    slot->frame = number;
    slot->valid = true;
    return SR_OK;
}

static sr_status read_value(sr_frame_cache *cache, frame_slot *slot, const sr_segment *segment,
                            sr_field field, uint32_t ordinal, size_t number, const sr_frame *frame,
                            sr_buffer *out, sr_error *error)
{
    SR_TRY(load(cache, slot, segment, field, number, frame, error));
    const uint32_t *start = slot->starts + (ordinal - frame->first_doc);
    sr_buffer_clear(out);
    return sr_buffer_append(out, slot->raw.data + start[0], start[1] - start[0]);
}

sr_status sr_frame_cache_read(sr_frame_cache *cache, const sr_segment *segment, sr_field field,
                              uint32_t ordinal, sr_buffer *out, sr_error *error)
{
    size_t number = 0;
    sr_frame frame;
    sr_status status = sr_segment_find_frame(segment, field, ordinal, &number, &frame);
    if (status != SR_OK) {
        return sr_error_set(error, status, segment->path, 0, "%s: no frame for article %u",
                            sr_section_name(SR_SECTION_COLD_FRAMES + (uint32_t)field), ordinal);
    }
    frame_slot own;
    frame_slot *slot = take(cache, segment, field, number);
    if (slot) {
        status = read_value(cache, slot, segment, field, ordinal, number, &frame, out, error);
        give(cache, slot);
        return status;
    }
    slot_init(&own);
    status = read_value(cache, &own, segment, field, ordinal, number, &frame, out, error);
    slot_release(&own);
    return status;
}
