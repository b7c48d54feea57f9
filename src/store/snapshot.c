/* snapshot.c — opening a consistent view of the store, and what it counts. */
#include "store/snapshot.h"

#include "index/term_weight.h"
#include "sketch/params.h"
#include "store/term_df.h"
#include "text/tokenise.h"

#include <stdatomic.h>
#include <stdlib.h>

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

static void part_release(sr_snapshot_part *part)
{
    sr_segment_close(part->segment);
    free(part->dead);
    free(part->dead_dfs);
    free(part->term_dfs);
    free(part->lengths);
    free(atomic_load(&part->norms));
}

void sr_snapshot_replace(sr_snapshot *snapshot, size_t first, size_t n_segments,
                         sr_segment *segment)
{
    assert(n_segments > 0 && first + n_segments <= snapshot->n_segments);
    for (size_t i = first; i < first + n_segments; i++) {
        part_release(&snapshot->segments[i]);
    }
    size_t n_new = segment ? 1 : 0;
    if (segment) {
        snapshot->segments[first] = (sr_snapshot_part){.segment = segment};
    }
    memmove(snapshot->segments + first + n_new, snapshot->segments + first + n_segments,
            (snapshot->n_segments - first - n_segments) * sizeof *snapshot->segments);
    snapshot->n_segments -= n_segments - n_new;
}

/* The terms of an article that dies. */
static sr_status count_dead(const sr_snapshot_part *part, uint32_t ordinal)
{
    uint32_t numbers[SR_TERMS_STORED];
    uint8_t counts[SR_COUNT_PLACES];
    size_t n_terms = 0;
    SR_TRY(sr_segment_term_numbers(part->segment, ordinal, numbers, counts, &n_terms));
    for (size_t i = 0; i < n_terms; i++) {
        part->dead_dfs[numbers[i]]++;
    }
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
    if (!entry->dead_dfs) { /* pages that no dead article's terms touch take no memory */
        entry->dead_dfs = calloc(entry->segment->lexicon.n_terms + 1, sizeof *entry->dead_dfs);
        if (!entry->dead_dfs) {
            return SR_ERR_MEMORY;
        }
    }
    SR_TRY(count_dead(entry, doc.ordinal));
    entry->dead[doc.ordinal / 64] |= (uint64_t)1 << doc.ordinal % 64;
    entry->n_dead++;
    snapshot->n_live--;
    return SR_OK;
}

/* ------------------------------------------------------------ kills */

static int compare_places(const void *a, const void *b)
{
    const sr_keyed *x = a;
    const sr_keyed *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

sr_status sr_segment_places_make(const sr_snapshot *snapshot, sr_segment_places *places)
{
    places->n_places = snapshot->n_segments;
    places->places = calloc(snapshot->n_segments + 1, sizeof *places->places);
    if (!places->places) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < snapshot->n_segments; i++) {
        places->places[i] =
            (sr_keyed){.key = snapshot->segments[i].segment->number, .a = (uint32_t)i};
    }
    qsort(places->places, places->n_places, sizeof *places->places, compare_places);
    return SR_OK;
}

bool sr_segment_places_find(const sr_segment_places *places, uint64_t number, uint32_t *segment)
{
    sr_keyed sought = {.key = number};
    const sr_keyed *found =
        bsearch(&sought, places->places, places->n_places, sizeof *places->places, compare_places);
    if (found) {
        *segment = found->a;
    }
    return found != NULL;
}

static sr_status apply_kills(sr_snapshot *snapshot, const sr_segment_places *places,
                             const sr_segment *from, sr_error *error)
{
    size_t n_kills = sr_segment_kill_count(from);
    for (size_t i = 0; i < n_kills; i++) {
        sr_doc doc;
        uint64_t number;
        sr_segment_kill(from, i, &number, &doc.ordinal);
        if (!sr_segment_places_find(places, number, &doc.segment)) {
            continue; /* of a segment that has been merged, and the article left out */
        }
        const sr_segment *target = snapshot->segments[doc.segment].segment;
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

static sr_status apply_all_kills(sr_snapshot *snapshot, sr_error *error)
{
    sr_segment_places places = {0};
    sr_status status = sr_segment_places_make(snapshot, &places);
    for (size_t i = 0; i < snapshot->n_segments && status == SR_OK; i++) {
        status = apply_kills(snapshot, &places, snapshot->segments[i].segment, error);
    }
    free(places.places);
    return status;
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
        SR_TRY(sr_segment_open(snapshot->dir, manifest, &manifest->segments[i], &segment, error));
        sr_status status = sr_snapshot_append(snapshot, segment);
        if (status != SR_OK) {
            sr_segment_close(segment);
            return status;
        }
    }
    SR_TRY(check_serials(snapshot, error));
    return apply_all_kills(snapshot, error);
}

static sr_status check_removed(const sr_snapshot *snapshot, sr_error *error)
{
    const sr_manifest *manifest = &snapshot->manifest;
    for (size_t i = 0; i < snapshot->n_segments; i++) {
        if (snapshot->segments[i].n_dead != manifest->segments[i].n_removed) {
            return sr_error_set(error, SR_ERR_CORRUPT, snapshot->segments[i].segment->path, 0,
                                "MANIFEST lists %u removed articles, the segments %u",
                                manifest->segments[i].n_removed, snapshot->segments[i].n_dead);
        }
    }
    return sr_snapshot_damage(snapshot, error);
}

sr_status sr_snapshot_open_listed(const char *dir, sr_manifest *manifest, sr_snapshot **out,
                                  sr_error *error)
{
    sr_snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (!snapshot) {
        sr_manifest_release(manifest);
        return SR_ERR_MEMORY;
    }
    snapshot->manifest = *manifest;
    *manifest = (sr_manifest){0};
    snapshot->dir = strdup(dir);
    snapshot->settled_docs = SR_SETTLED_DOCS;
    sr_status status = snapshot->dir ? sr_frame_cache_create(&snapshot->cache) : SR_ERR_MEMORY;
    if (status == SR_OK) {
        status = open_segments(snapshot, error);
    }
    if (status != SR_OK) {
        sr_snapshot_close(snapshot);
        return status;
    }
    *out = snapshot;
    return SR_OK;
}

static sr_status open_once(const char *dir, sr_snapshot **out, bool *segment_gone, sr_error *error)
{
    sr_manifest manifest = {0};
    SR_TRY(sr_manifest_read(dir, &manifest, error));
    sr_snapshot *snapshot = NULL;
    sr_status status = sr_snapshot_open_listed(dir, &manifest, &snapshot, error);
    *segment_gone = status == SR_ERR_NOT_FOUND;
    SR_TRY(status);
    status = check_removed(snapshot, error);
    if (status != SR_OK) {
        sr_snapshot_close(snapshot);
        return status;
    }
    *out = snapshot;
    return SR_OK;
}

sr_status sr_snapshot_open(const char *dir, sr_snapshot **out, sr_error *error)
{
    enum { MAX_ATTEMPTS = 16 };
    bool segment_gone = true;
    sr_status status = SR_OK;
    /* A segment may have been merged after MANIFEST was read: the new MANIFEST lists another. */
    for (int i = 0; i < MAX_ATTEMPTS && segment_gone; i++) {
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
        part_release(&snapshot->segments[i]);
    }
    free(snapshot->segments);
    sr_frame_cache_free(snapshot->cache);
    free(snapshot->remembered);
    sr_manifest_release(&snapshot->manifest);
    free(snapshot->dir);
    free(snapshot);
}

sr_status sr_snapshot_damage(const sr_snapshot *snapshot, sr_error *error)
{
    for (size_t i = 0; i < snapshot->n_segments; i++) {
        SR_TRY(sr_segment_damage(snapshot->segments[i].segment, error));
    }
    return SR_OK;
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

bool sr_snapshot_is_outdated(const sr_snapshot *snapshot)
{
    return sr_manifest_is_outdated(&snapshot->manifest);
}

sr_status sr_snapshot_must_be_current(const sr_snapshot *snapshot, sr_error *error)
{
    if (!sr_snapshot_is_outdated(snapshot)) {
        return SR_OK;
    }
    return sr_error_set(error, SR_ERR_VERSION, snapshot->dir, 0,
                        "the store was made by an older version (normaliser %u, hash %u; now %d "
                        "and %d), with whose "
                        "signatures new ones can't be compared; %s",
                        snapshot->manifest.normaliser, snapshot->manifest.hash,
                        SR_NORMALISER_VERSION, SR_HASH_VERSION,
                        snapshot->manifest.dedup_only
                            ? "it keeps no texts (--dedup-only) and can't be made anew: make "
                              "another store from the "
                              "feeds"
                            : "`simrank compact` makes it anew from the texts that it keeps");
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
        .n_flushed_bytes = snapshot->manifest.n_flushed_bytes,
        .n_merged_bytes = snapshot->manifest.n_merged_bytes,
        .format_version = SR_STORE_VERSION,
        .normaliser_version = snapshot->manifest.normaliser,
        .hash_version = snapshot->manifest.hash,
        .is_outdated = sr_snapshot_is_outdated(snapshot),
    };
    for (size_t i = 0; i < snapshot->n_segments; i++) {
        info->n_removed += snapshot->segments[i].n_dead;
        info->n_bytes += snapshot->segments[i].segment->file.n_bytes;
    }
}

static uint64_t section_bytes(const sr_snapshot *snapshot, uint32_t type)
{
    uint64_t n_bytes = 0;
    for (size_t i = 0; i < snapshot->n_segments; i++) {
        n_bytes += snapshot->segments[i].segment->sections[type].n_bytes;
    }
    return n_bytes;
}

size_t sr_snapshot_columns(const sr_snapshot *snapshot, sr_column_info *columns, size_t max_columns)
{
    size_t n = 0;
    uint64_t n_rest = snapshot->manifest.n_bytes;
    for (size_t i = 0; i < snapshot->n_segments; i++) {
        n_rest += snapshot->segments[i].segment->file.n_bytes;
    }
    for (uint32_t type = SR_SECTION_CHECKS + 1; type < SR_SECTION_COLD_FRAMES; type++) {
        uint64_t n_bytes = section_bytes(snapshot, type);
        const char *name = sr_section_name(type);
        if (type >= SR_SECTION_COLD_DATA && type < SR_SECTION_COLD_DATA + SR_FIELD_COUNT) {
            uint32_t field = type - SR_SECTION_COLD_DATA;
            n_bytes += section_bytes(snapshot, SR_SECTION_COLD_FRAMES + field);
            name = sr_field_name((sr_field)field);
        }
        n_rest -= n_bytes;
        if (n_bytes > 0 && n < max_columns) {
            columns[n++] = (sr_column_info){.name = name, .n_bytes = n_bytes};
        }
    }
    if (n < max_columns) {
        columns[n++] = (sr_column_info){.name = "headers and checksums", .n_bytes = n_rest};
    }
    return n;
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

bool sr_snapshot_next_live(const sr_snapshot *snapshot, sr_doc *at, sr_doc *found)
{
    while (at->segment < snapshot->n_segments) {
        if (at->ordinal >= sr_segment_doc_count(sr_snapshot_segment(snapshot, at->segment))) {
            *at = (sr_doc){.segment = at->segment + 1};
            continue;
        }
        *found = *at;
        at->ordinal++;
        if (sr_snapshot_is_live(snapshot, *found)) {
            return true;
        }
    }
    return false;
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

static uint64_t df_from(const sr_snapshot_part *part, size_t *cursor, uint64_t hash)
{
    bool found = false;
    *cursor = sr_lexicon_seek(&part->segment->lexicon, *cursor, hash, &found);
    return found ? sr_snapshot_live_df(part, *cursor, sr_segment_term_df(part->segment, *cursor))
                 : 0;
}

uint64_t sr_df_walk_next(sr_df_walk *walk, uint64_t hash)
{
    const sr_snapshot *snapshot = walk->snapshot;
    uint64_t df = 0;
    for (size_t i = 0; i < snapshot->n_segments; i++) {
        if (i < walk->first_skipped || i >= walk->end_skipped) {
            df += df_from(&snapshot->segments[i], &walk->cursors[i], hash);
        }
    }
    return df;
}

uint64_t sr_snapshot_df(const sr_snapshot *snapshot, uint64_t term_hash)
{
    uint64_t df = 0;
    for (size_t i = 0; i < snapshot->n_segments; i++) {
        size_t cursor = 0;
        df += df_from(&snapshot->segments[i], &cursor, term_hash);
    }
    return df;
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
