/* boxes.h — what sr_related gives back: boxes of items whose strings live in arenas, one per thread
 * that made them. */
#ifndef SR_RELATED_BOXES_H
#define SR_RELATED_BOXES_H

#include "base/arena.h"

/* A repeat that was folded into an item. */
typedef struct sr_also {
    uint64_t key; /* sr_doc_key of the article */
    sr_str id;
    sr_str source;
    sr_str url;
} sr_also;

/* A term that an item shares with the query, as it stands there, and its share of their cosine. */
typedef struct sr_reason {
    sr_str term;
    double share; /* 0..1 */
} sr_reason;

/* An article that brings an item and the query together: a neighbour of either, by which it is
 * smoothed. */
typedef struct sr_via {
    sr_str id;
    sr_str title;
    double share; /* of what the two share with their neighbours, 0..1 */
} sr_via;

typedef struct sr_box_item {
    uint64_t key; /* sr_doc_key of the article */
    sr_item shown;
    sr_also *also; /* shown.n_also of them */
    sr_reason *reasons;
    size_t n_reasons;
    sr_via *vias;
    size_t n_vias;
    double time_factor; /* that the score was multiplied by; only with reasons */
} sr_box_item;

typedef struct sr_box {
    sr_str query_id;
    sr_box_item *items;
    size_t n_items;
    const char *shortage; /* why there are fewer items than asked for (a constant); NULL where there
                             are not */
    bool is_unchanged;    /* as in an earlier run */
} sr_box;

struct sr_boxes {
    sr_box *boxes;
    size_t n_boxes;
    sr_arena *arenas;
    size_t n_arenas;
    uint64_t commit;
    bool has_reasons;   /* --why */
    bool is_keyed;      /* as JSON an object by id, even where there is only one box */
    bool is_difference; /* to an earlier run: unchanged boxes are not shown */
    sr_str *removed;    /* ids of the earlier run that are gone */
    size_t n_removed;
};

/* `n_arenas` ≥ 1. */
SR_MUST_USE sr_status sr_boxes_create(size_t n_boxes, size_t n_arenas, sr_boxes **out);

#endif
