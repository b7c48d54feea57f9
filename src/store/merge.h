/* merge.h — adjacent segments become one (FORMAT.md §7): a section at a time, streamed from the
 * mapped sources into the new file. Dead articles are left out, and with them the kills that named
 * them; everything else is kept: order, serials, terms, frames. The lengths of the articles'
 * vectors are reckoned anew by the statistics of the whole store.
 *
 * A kind of section brings its own merger: a function that begins its section(s) in merge->file and
 * fills them from merge->sources, and a line in the table of merge.c.
 */
#ifndef SR_STORE_MERGE_H
#define SR_STORE_MERGE_H

#include "base/observe.h"
#include "store/snapshot.h"

typedef struct sr_merge_source {
    const sr_segment *segment;
    const uint64_t *dead; /* a bit an article, or NULL while all live */
    uint32_t n_live;
    uint32_t first;     /* the new ordinal of its first live article */
    uint32_t *ordinals; /* the new ordinal of each article, SR_MERGE_GONE of a dead one; NULL: first
                           + ordinal */
} sr_merge_source;

#define SR_MERGE_GONE UINT32_MAX

typedef struct sr_merge {
    const sr_snapshot *snapshot; /* that the sources are part of */
    const char *dir;             /* its directory and parameters */
    const sr_params *params;
    const sr_observer *observer; /* asked whether to go on; may be NULL */
    bool dedup_only;
    uint64_t number;       /* of the new segment */
    uint64_t next_serial;  /* where no article is left: its first serial */
    const sr_keyed *kills; /* that the new segment keeps; ascending */
    size_t n_kills;
    sr_merge_source *sources; /* in the order of their serials */
    size_t n_sources;
    size_t first_source; /* the place of the first one in the snapshot */
    bool renew; /* the sources are the whole store: its graph is made anew, and vectors by */
    sr_str model_bytes; /* this model; empty: by the newest there is */

    /* What the mergers work with. */
    uint32_t n_docs; /* of the new segment */
    uint64_t first_serial;
    sr_segment_file *file;
    uint64_t n_source_bytes;
    float *norms; /* of the articles' vectors by today's statistics; NULL in a dedup-only store */
} sr_merge;

/* Sources have segment and dead; the rest is filled. Reads and proves every block of the sources
 * first: damage is never copied under a new checksum. SR_ERR_CORRUPT names it, SR_ERR_INTERRUPTED,
 * SR_ERR_LIMIT, SR_ERR_IO. On failure no file is left. */
SR_MUST_USE sr_status sr_merge_write(sr_merge *merge, sr_manifest_segment *written,
                                     sr_error *error);

/* ------------------------------------------------------------ for the mergers */

static inline uint32_t sr_merge_ordinal(const sr_merge_source *source, uint32_t ordinal)
{
    return source->ordinals ? source->ordinals[ordinal] : source->first + ordinal;
}

static inline SR_MUST_USE sr_status sr_merge_begin(sr_merge *merge, uint32_t type, sr_error *error)
{
    return sr_segment_file_begin(merge->file, type, SR_SECTION_MUST_UNDERSTAND, error);
}

/* Now and then, from the thread that merges: tells how far it is; SR_ERR_INTERRUPTED. */
SR_MUST_USE sr_status sr_merge_tick(const sr_merge *merge);

SR_MUST_USE sr_status sr_merge_indexes(sr_merge *merge, sr_error *error);
SR_MUST_USE sr_status sr_merge_terms(sr_merge *merge, sr_error *error);
SR_MUST_USE sr_status sr_merge_graph(sr_merge *merge, sr_error *error);
/* An article's list as readers see it now, as far as the sources know; `number` is its source. */
SR_MUST_USE sr_status sr_merge_links(const sr_merge *merge, size_t number, uint32_t ordinal,
                                     sr_link links[SR_NEIGHBOURS], size_t *n_links,
                                     sr_error *error);
SR_MUST_USE sr_status sr_merge_renewed_lists(sr_merge *merge, sr_error *error);
/* The model that the new segment's vectors are made by; false where there is none. */
bool sr_merge_model(const sr_merge *merge, sr_model *model);
SR_MUST_USE sr_status sr_merge_dense(sr_merge *merge, sr_error *error);
SR_MUST_USE sr_status sr_merge_cold(sr_merge *merge, sr_error *error);

#endif
