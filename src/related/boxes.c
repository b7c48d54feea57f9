/* boxes.c — owning and reading boxes. */
#include "related/boxes.h"

#include <stdlib.h>

sr_status sr_boxes_create(size_t n_boxes, size_t n_arenas, sr_boxes **out)
{
    sr_boxes *boxes = calloc(1, sizeof *boxes);
    if (!boxes) {
        return SR_ERR_MEMORY;
    }
    boxes->boxes = calloc(n_boxes + 1, sizeof *boxes->boxes);
    boxes->arenas = calloc(n_arenas, sizeof *boxes->arenas);
    if (!boxes->boxes || !boxes->arenas) {
        free(boxes->boxes);
        free(boxes->arenas);
        free(boxes);
        return SR_ERR_MEMORY;
    }
    boxes->n_boxes = n_boxes;
    boxes->n_arenas = n_arenas;
    for (size_t i = 0; i < n_arenas; i++) {
        sr_arena_init(&boxes->arenas[i]);
    }
    *out = boxes;
    return SR_OK;
}

void sr_boxes_free(sr_boxes *boxes)
{
    if (!boxes) {
        return;
    }
    for (size_t i = 0; i < boxes->n_arenas; i++) {
        sr_arena_release(&boxes->arenas[i]);
    }
    free(boxes->arenas);
    free(boxes->boxes);
    free(boxes->removed);
    free(boxes);
}

size_t sr_boxes_count(const sr_boxes *boxes)
{
    return boxes->n_boxes;
}

size_t sr_boxes_item_count(const sr_boxes *boxes, size_t box)
{
    return box < boxes->n_boxes ? boxes->boxes[box].n_items : 0;
}

bool sr_boxes_item(const sr_boxes *boxes, size_t box, size_t rank, sr_item *item)
{
    if (rank >= sr_boxes_item_count(boxes, box)) {
        return false;
    }
    *item = boxes->boxes[box].items[rank].shown;
    return true;
}
