/* snapshot.c — opening a consistent view of the store, and what it counts. */
#include "store/snapshot.h"

#include "index/term_weight.h"

#include <stdlib.h>

/* ------------------------------------------------------------ terms of dead articles */

static size_t dead_place(const sr_dead_terms *terms, uint64_t hash)
{
    size_t place = (size_t)sr_mix64(hash) & (terms->n_places - 1);
    while (terms->counts[place] && terms->hashes[place] != hash) {
        place = (place + 1) & (terms->n_places - 1);
    }
    return place;
}

static uint32_t dead_count(const sr_dead_terms *terms, uint64_t hash)
{
    return terms->n_places ? terms->counts[dead_place(terms, hash)] : 0;
}

/* Room for `n_more` terms at a load of at most a half. */
static sr_status dead_reserve(sr_dead_terms *terms, size_t n_more)
{
    size_t n_places = terms->n_places ? terms->n_places : 1024;
    while (n_places / 2 < terms->n_terms + n_more) {
        n_places *= 2;
    }
    if (n_places == terms->n_places) {
        return SR_OK;
    }
    sr_dead_terms grown = {
        .hashes = calloc(n_places, sizeof *grown.hashes),
        .counts = calloc(n_places, sizeof *grown.counts),
        .n_terms = terms->n_terms,
        .n_places = n_places,
    };
    if (!grown.hashes || !grown.counts) {
        free(grown.hashes);
        free(grown.counts);
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < terms->n_places; i++) {
        if (terms->counts[i]) {
            size_t place = dead_place(&grown, terms->hashes[i]);
            grown.hashes[place] = terms->hashes[i];
            grown.counts[place] = terms->counts[i];
        }
    }
    sr_dead_terms old = *terms;
    *terms = grown;
    free(old.hashes);
    free(old.counts);
    return SR_OK;
}

static sr_status count_dead_terms(sr_dead_terms *terms, const sr_segment *segment, uint32_t ordinal)
{
    sr_stored_term stored[SR_TERMS_STORED];
    size_t n_terms = 0;
    SR_TRY(sr_segment_terms(segment, ordinal, stored, &n_terms));
    SR_TRY(dead_reserve(terms, n_terms));
    for (size_t i = 0; i < n_terms; i++) {
        size_t place = dead_place(terms, stored[i].hash);
        terms->n_terms += terms->counts[place] == 0;
        terms->hashes[place] = stored[i].hash;
        terms->counts[place]++;
    }
    return SR_OK;
}

/* ------------------------------------------------------------ growing */

sr_status sr_snapshot_append(sr_snapshot *snapshot, sr_segment *segment)
{
    void *segments = snapshot->segments;
    SR_TRY(sr_array_reserve(&segments, &snapshot->capacity, snapshot->n_segments + 1,
                            sizeof *snapshot->segments));
    snapshot->segments = segments;
    snapshot->segments[snapshot->n_segments++] = (sr_snapshot_part){.segment = segment};
    snapshot->n_live += segment->doc_count;
    return SR_OK;
}

sr_status sr_snapshot_kill(sr_snapshot *snapshot, sr_doc doc)
{
    assert(sr_snapshot_is_live(snapshot, doc));
    sr_snapshot_part *entry = &snapshot->segments[doc.segment];
    if (!entry->dead) {
        entry->dead = calloc(entry->segment->doc_count / 64 + 1, sizeof *entry->dead);
        if (!entry->dead) {
            return SR_ERR_MEMORY;
        }
    }
    SR_TRY(count_dead_terms(&snapshot->dead_terms, entry->segment, doc.ordinal));
    entry->dead[doc.ordinal / 64] |= (uint64_t)1 << doc.ordinal % 64;
    entry->n_dead++;
    snapshot->n_live--;
    return SR_OK;
}

/* The place of segment `number`; n_segments where it is none of the snapshot's. */
static size_t segment_index(const sr_snapshot *snapshot, uint64_t number)
{
    size_t low = 0;
    size_t high = snapshot->n_segments;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (snapshot->segments[middle].segment->number < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool found = low < snapshot->n_segments && snapshot->segments[low].segment->number == number;
    return found ? low : snapshot->n_segments;
}

static sr_status apply_kills(sr_snapshot *snapshot, const sr_segment *from, sr_error *error)
{
    size_t n_kills = sr_segment_kill_count(from);
    for (size_t i = 0; i < n_kills; i++) {
        sr_doc doc;
        uint64_t number;
        sr_segment_kill(from, i, &number, &doc.ordinal);
        size_t index = segment_index(snapshot, number);
        if (index == snapshot->n_segments) {
            continue; /* of a segment that compaction has dropped */
        }
        doc.segment = (uint32_t)index;
        const sr_segment *target = snapshot->segments[index].segment;
        if (doc.ordinal >= target->doc_count) {
            return sr_error_set(error, SR_ERR_CORRUPT, from->path, 0,
                                "kills: entry %zu: article %u of %s is out of range", i,
                                doc.ordinal, target->name);
        }
        if (!sr_snapshot_is_live(snapshot, doc)) {
            continue;
        }
        sr_status status = sr_snapshot_kill(snapshot, doc);
        if (status != SR_OK) {
            return sr_error_set(error, status, target->path, 0,
                                "terms: article %u: they can't be read", doc.ordinal);
        }
    }
    return SR_OK;
}

/* ------------------------------------------------------------ opening */

/* Ranges of serials ascend with the segments: whoever seeks a serial trusts it. */
static sr_status check_serials(const sr_snapshot *snapshot, sr_error *error)
{
    uint64_t next = 0;
    for (size_t i = 0; i < snapshot->n_segments; i++) {
        const sr_segment *segment = snapshot->segments[i].segment;
        if (segment->first_serial < next ||
            sr_segment_end_serial(segment) > snapshot->manifest.next_serial) {
            return sr_error_set(error, SR_ERR_CORRUPT, segment->path, 0,
                                "header: its serial numbers do not follow those of the segments "
                                "before");
        }
        next = sr_segment_end_serial(segment);
    }
    return SR_OK;
}

static sr_status open_segments(sr_snapshot *snapshot, sr_error *error)
{
    const sr_manifest *manifest = &snapshot->manifest;
    for (size_t i = 0; i < manifest->n_segments; i++) {
        sr_segment *segment = NULL;
        SR_TRY(sr_segment_open(snapshot->dir, &manifest->segments[i], &manifest->params, &segment,
                               error));
        sr_status status = sr_snapshot_append(snapshot, segment);
        if (status != SR_OK) {
            sr_segment_close(segment);
            return status;
        }
    }
    SR_TRY(check_serials(snapshot, error));
    for (size_t i = 0; i < snapshot->n_segments; i++) {
        SR_TRY(apply_kills(snapshot, snapshot->segments[i].segment, error));
    }
    for (size_t i = 0; i < snapshot->n_segments; i++) {
        if (snapshot->segments[i].n_dead != manifest->segments[i].n_removed) {
            return sr_error_set(error, SR_ERR_CORRUPT, snapshot->segments[i].segment->path, 0,
                                "MANIFEST lists %u removed articles, the segments %u",
                                manifest->segments[i].n_removed, snapshot->segments[i].n_dead);
        }
    }
    return SR_OK;
}

static sr_status open_once(const char *dir, sr_snapshot **out, bool *segment_gone, sr_error *error)
{
    sr_snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (!snapshot) {
        return SR_ERR_MEMORY;
    }
    snapshot->dir = strdup(dir);
    sr_status status = snapshot->dir ? sr_frame_cache_create(&snapshot->cache) : SR_ERR_MEMORY;
    if (status == SR_OK) {
        status = sr_manifest_read(dir, &snapshot->manifest, error);
    }
    if (status == SR_OK) {
        status = open_segments(snapshot, error);
        *segment_gone = status == SR_ERR_NOT_FOUND;
    }
    if (status != SR_OK) {
        sr_snapshot_close(snapshot);
        return status;
    }
    *out = snapshot;
    return SR_OK;
}

sr_status sr_snapshot_open(const char *dir, sr_snapshot **out, sr_error *error)
{
    bool segment_gone = false;
    sr_status status = open_once(dir, out, &segment_gone, error);
    if (segment_gone) { /* a commit may have dropped it after MANIFEST was read: once more */
        segment_gone = false;
        status = open_once(dir, out, &segment_gone, error);
    }
    if (segment_gone) {
        status = SR_ERR_CORRUPT;
        if (error) {
            error->status = status;
        }
    }
    return status;
}

void sr_snapshot_close(sr_snapshot *snapshot)
{
    if (!snapshot) {
        return;
    }
    for (size_t i = 0; i < snapshot->n_segments; i++) {
        sr_segment_close(snapshot->segments[i].segment);
        free(snapshot->segments[i].dead);
        free(snapshot->segments[i].term_dfs);
    }
    free(snapshot->segments);
    free(snapshot->dead_terms.hashes);
    free(snapshot->dead_terms.counts);
    sr_frame_cache_free(snapshot->cache);
    sr_manifest_release(&snapshot->manifest);
    free(snapshot->dir);
    free(snapshot);
}

/* ------------------------------------------------------------ facts of the whole */

const sr_params *sr_snapshot_params(const sr_snapshot *snapshot)
{
    return &snapshot->manifest.params;
}

bool sr_snapshot_dedup_only(const sr_snapshot *snapshot)
{
    return snapshot->manifest.dedup_only;
}

void sr_snapshot_info(const sr_snapshot *snapshot, sr_store_info *info)
{
    *info = (sr_store_info){
        .params = snapshot->manifest.params,
        .dedup_only = snapshot->manifest.dedup_only,
        .commit = snapshot->manifest.commit,
        .n_articles = snapshot->n_live,
        .n_segments = snapshot->n_segments,
        .n_bytes = snapshot->manifest.n_bytes,
        .format_version = SR_STORE_VERSION,
    };
    for (size_t i = 0; i < snapshot->n_segments; i++) {
        info->n_removed += snapshot->segments[i].n_dead;
        info->n_bytes += snapshot->segments[i].segment->file.n_bytes;
    }
}

uint32_t sr_snapshot_segment_count(const sr_snapshot *snapshot)
{
    return (uint32_t)snapshot->n_segments;
}

const sr_segment *sr_snapshot_segment(const sr_snapshot *snapshot, uint32_t segment)
{
    assert(segment < snapshot->n_segments);
    return snapshot->segments[segment].segment;
}

bool sr_snapshot_is_live(const sr_snapshot *snapshot, sr_doc doc)
{
    if (doc.segment >= snapshot->n_segments) {
        return false;
    }
    const sr_snapshot_part *entry = &snapshot->segments[doc.segment];
    return doc.ordinal < entry->segment->doc_count &&
           !(entry->dead && entry->dead[doc.ordinal / 64] >> doc.ordinal % 64 & 1);
}

uint64_t sr_snapshot_live_count(const sr_snapshot *snapshot)
{
    return snapshot->n_live;
}

/* ------------------------------------------------------------ document frequencies */

sr_status sr_df_walk_init(sr_df_walk *walk, const sr_snapshot *snapshot)
{
    *walk = (sr_df_walk){
        .snapshot = snapshot,
        .cursors = calloc(snapshot->n_segments + 1, sizeof *walk->cursors),
    };
    return walk->cursors ? SR_OK : SR_ERR_MEMORY;
}

void sr_df_walk_release(sr_df_walk *walk)
{
    free(walk->cursors);
    *walk = (sr_df_walk){0};
}

static uint64_t df_from(const sr_segment *segment, size_t *cursor, uint64_t hash)
{
    *cursor = sr_hash_seek(segment->term_hashes, segment->n_terms, *cursor, hash);
    bool found = *cursor < segment->n_terms && segment->term_hashes[*cursor] == hash;
    return found ? sr_segment_term_df(segment, *cursor) : 0;
}

uint64_t sr_df_walk_next(sr_df_walk *walk, uint64_t hash)
{
    const sr_snapshot *snapshot = walk->snapshot;
    uint64_t df = 0;
    for (size_t i = 0; i < snapshot->n_segments; i++) {
        df += df_from(snapshot->segments[i].segment, &walk->cursors[i], hash);
    }
    uint64_t n_dead = dead_count(&snapshot->dead_terms, hash);
    return df > n_dead ? df - n_dead : 0;
}

uint64_t sr_snapshot_df(const sr_snapshot *snapshot, uint64_t term_hash)
{
    uint64_t df = 0;
    for (size_t i = 0; i < snapshot->n_segments; i++) {
        size_t cursor = 0;
        df += df_from(snapshot->segments[i].segment, &cursor, term_hash);
    }
    uint64_t n_dead = dead_count(&snapshot->dead_terms, term_hash);
    return df > n_dead ? df - n_dead : 0;
}

uint64_t sr_snapshot_dead_df(const sr_snapshot *snapshot, uint64_t hash)
{
    return dead_count(&snapshot->dead_terms, hash);
}

uint64_t sr_snapshot_next_serial(const sr_snapshot *snapshot)
{
    uint64_t next = snapshot->manifest.next_serial;
    for (size_t i = snapshot->n_segments; i > 0;
         i--) { /* a writer's own grows before its MANIFEST */
        uint64_t end = sr_segment_end_serial(snapshot->segments[i - 1].segment);
        next = end > next ? end : next;
    }
    return next;
}
