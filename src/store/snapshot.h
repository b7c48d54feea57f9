/* snapshot.h — the inside of a snapshot, for the writer that grows its own: open segments, a bitmap
 * of dead articles for each that has any, and how many dead articles hold each term: df counts live
 * ones only, and postings are never rewritten.
 */
#ifndef SR_STORE_SNAPSHOT_H
#define SR_STORE_SNAPSHOT_H

#include "store/frame_cache.h"
#include "store/segment.h"

typedef struct sr_snapshot_part {
    sr_segment *segment;
    uint64_t *dead; /* a bit an article; NULL while all live */
    uint32_t n_dead;
    uint32_t *dead_dfs;              /* dead articles by term number; NULL while all live */
    _Atomic uint32_t *term_dfs;      /* see term_df.c; NULL: not remembered */
    struct sr_length_place *lengths; /* of the articles' vectors; NULL: not remembered */
    struct sr_norms *_Atomic norms;  /* of all its articles, once many were asked for */
    _Atomic uint64_t n_norm_looks;
} sr_snapshot_part;

/* What holds for the snapshot as a whole (term_df.c). */
typedef struct sr_remembered {
    _Atomic bool has_newest;
    _Atomic int64_t newest_s;
} sr_remembered;

struct sr_snapshot {
    char *dir;
    sr_manifest manifest; /* of the commit that was opened */
    sr_snapshot_part *segments;
    size_t n_segments;
    size_t capacity;
    uint64_t n_live;
    uint64_t settled_docs; /* SR_SETTLED_DOCS; tests lower it */
    sr_frame_cache *cache;
    sr_remembered *remembered; /* NULL: the snapshot may change */
};

/* Opens what `manifest` lists, whatever it says of removed articles: they are counted from the
 * kills. The manifest is taken over, also on failure. SR_ERR_NOT_FOUND where a segment is gone. */
SR_MUST_USE sr_status sr_snapshot_open_listed(const char *dir, sr_manifest *manifest,
                                              sr_snapshot **out, sr_error *error);
/* Takes the segment over. Its kills are not applied. On failure it stays the caller's. */
SR_MUST_USE sr_status sr_snapshot_append(sr_snapshot *snapshot, sr_segment *segment);
/* Segments [first, first + n_segments) were merged into `segment`, NULL where nothing of them is
 * left: they are closed, it is taken over. Live articles and df stay the same. */
void sr_snapshot_replace(sr_snapshot *snapshot, size_t first, size_t n_segments,
                         sr_segment *segment);
/* Takes a live article out. SR_ERR_CORRUPT where its terms can't be read. */
SR_MUST_USE sr_status sr_snapshot_kill(sr_snapshot *snapshot, sr_doc doc);

/* Where a segment of a number stands: `key` is the number, `a` the place; free() the places. */
typedef struct sr_segment_places {
    sr_keyed *places;
    size_t n_places;
} sr_segment_places;
SR_MUST_USE sr_status sr_segment_places_make(const sr_snapshot *snapshot,
                                             sr_segment_places *places);
bool sr_segment_places_find(const sr_segment_places *places, uint64_t number, uint32_t *segment);

/* How many of `df` articles of a segment that hold a term of it are live. */
static inline uint64_t sr_snapshot_live_df(const sr_snapshot_part *part, size_t number, uint64_t df)
{
    uint64_t n_dead = part->dead_dfs ? part->dead_dfs[number] : 0;
    return df > n_dead ? df - n_dead : 0;
}

/* df of many terms in ascending order: each segment's lexicon is walked once. */
typedef struct sr_df_walk {
    const sr_snapshot *snapshot;
    size_t *cursors;
    size_t first_skipped; /* segments that are not counted: [first_skipped, end_skipped) */
    size_t end_skipped;
} sr_df_walk;
SR_MUST_USE sr_status sr_df_walk_init(sr_df_walk *walk, const sr_snapshot *snapshot);
void sr_df_walk_release(sr_df_walk *walk);
/* `hash` must not be below the one before. */
uint64_t sr_df_walk_next(sr_df_walk *walk, uint64_t hash);

#endif
