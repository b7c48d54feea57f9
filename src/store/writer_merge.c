/* writer_merge.c — which segments are merged, and when (FORMAT.md §7).
 *
 * Size-tiered: a run of segments at the end of the store is merged when it has FANOUT members and
 * none of them is more than half of it. So an article is copied about once for each time that the
 * store grows by FANOUT, and there are at most FANOUT − 1 segments of each size. Runs are sought by
 * powers of CLASS, which is less: segments of commits that differ by half are then of one class,
 * and until 10 million articles have come in commits of 9,000 to 20,000 they have at no time been
 * written more than 4.9 times on average. A bulk load, which flushes many times before its commit,
 * leaves one segment. A merge changes no content and no commit number: it replaces MANIFEST by one
 * that lists other segments.
 */
#include "store/merge.h"
#include "store/vectors.h"
#include "store/writer.h"

#include "base/file.h"

#include <stdlib.h>
#include <unistd.h>

enum {
    FANOUT = 12,
    CLASS = 9,
    MAX_SOURCES = 64,         /* of one merge: each has a side file */
    MAX_MERGED_DOCS = 1 << 24 /* term numbers are 32 bits wide, and an article has up to 160 */
};

/* ------------------------------------------------------------ one merge */

static int compare_kills(const void *a, const void *b)
{
    const sr_keyed *x = a;
    const sr_keyed *y = b;
    return x->key != y->key ? (x->key > y->key) - (x->key < y->key) : (x->a > y->a) - (x->a < y->a);
}

/* Kills of the sources that name an article which stays where it is. */
static sr_status gather_kills(const sr_writer *writer, size_t first, size_t n_sources,
                              sr_keyed **kills, size_t *n_kills)
{
    const sr_snapshot *snapshot = writer->snapshot;
    sr_segment_places places = {0};
    size_t capacity = 0;
    sr_status status = sr_segment_places_make(snapshot, &places);
    for (size_t i = first; i < first + n_sources && status == SR_OK; i++) {
        const sr_segment *segment = snapshot->segments[i].segment;
        for (size_t k = 0; k < sr_segment_kill_count(segment) && status == SR_OK; k++) {
            sr_keyed kill = {0};
            uint32_t target = 0;
            sr_segment_kill(segment, k, &kill.key, &kill.a);
            if (!sr_segment_places_find(&places, kill.key, &target) ||
                (target >= first && target < first + n_sources)) {
                continue;
            }
            void *grown = *kills;
            status = sr_array_reserve(&grown, &capacity, *n_kills + 1, sizeof **kills);
            if (status == SR_OK) {
                *kills = grown;
                (*kills)[(*n_kills)++] = kill;
            }
        }
    }
    free(places.places);
    if (status == SR_OK && *n_kills > 1) {
        qsort(*kills, *n_kills, sizeof **kills, compare_kills);
    }
    return status;
}

/* Files of sources that no MANIFEST on disk lists need not wait for the next one. */
static void unlink_new(const sr_writer *writer, size_t first, size_t n_sources)
{
    for (size_t i = first; i < first + n_sources; i++) {
        if (i >= writer->n_committed) {
            unlink(writer->snapshot->segments[i].segment->path);
        }
    }
}

/* The merged segment, or none, takes the place of its sources. */
static sr_status adopt(sr_writer *writer, size_t first, size_t n_sources,
                       const sr_manifest_segment *line, sr_error *error)
{
    sr_snapshot *snapshot = writer->snapshot;
    sr_segment *segment = NULL;
    if (line) {
        SR_TRY(sr_segment_open(snapshot->dir, &snapshot->manifest, line, &segment, error));
    }
    size_t n_before = snapshot->n_segments;
    unlink_new(writer, first, n_sources);
    sr_snapshot_replace(snapshot, first, n_sources, segment);
    size_t n_new = segment ? 1 : 0;
    if (segment) {
        writer->lines[first] = *line;
    }
    memmove(writer->lines + first + n_new, writer->lines + first + n_sources,
            (n_before - first - n_sources) * sizeof *writer->lines);
    if (first < writer->n_committed) {
        size_t n_gone =
            first + n_sources < writer->n_committed ? n_sources : writer->n_committed - first;
        writer->n_committed -= n_gone - n_new;
        writer->must_publish = true;
    }
    return SR_OK;
}

static sr_status write_merged(sr_writer *writer, sr_merge *merge, size_t first, sr_error *error)
{
    uint64_t n_live = 0;
    for (size_t i = 0; i < merge->n_sources; i++) {
        const sr_snapshot_part *part = &writer->snapshot->segments[first + i];
        merge->sources[i] = (sr_merge_source){.segment = part->segment, .dead = part->dead};
        n_live += part->segment->doc_count - part->n_dead;
    }
    if (n_live == 0 && merge->n_kills == 0) {
        return adopt(writer, first, merge->n_sources, NULL, error);
    }
    sr_manifest_segment line;
    SR_TRY(sr_merge_write(merge, &line, error));
    writer->next_segment++;
    writer->n_merged_bytes += line.n_bytes;
    return adopt(writer, first, merge->n_sources, &line, error);
}

/* Segments [first, first + n_sources) become one. Nothing may be pending. `model`: they are the
 * whole store, and its graph is made anew by it; NULL: they are not. */
static sr_status merge_segments(sr_writer *writer, size_t first, size_t n_sources,
                                const sr_buffer *model, sr_error *error)
{
    const sr_snapshot *snapshot = writer->snapshot;
    assert(writer->n_kills == 0 && first + n_sources <= snapshot->n_segments);
    sr_keyed *kills = NULL;
    size_t n_kills = 0;
    sr_merge merge = {
        .snapshot = snapshot,
        .dir = snapshot->dir,
        .params = &snapshot->manifest.params,
        .observer = writer->observer,
        .dedup_only = snapshot->manifest.dedup_only,
        .number = writer->next_segment,
        .next_serial = sr_segment_end_serial(snapshot->segments[first + n_sources - 1].segment),
        /* Never without. NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI) */
        .sources = calloc(n_sources, sizeof *merge.sources),
        .n_sources = n_sources,
        .first_source = first,
        .renew = model != NULL,
        .model_bytes = model ? sr_buffer_view(model) : sr_str_make(NULL, 0),
    };
    sr_status status =
        merge.sources ? gather_kills(writer, first, n_sources, &kills, &n_kills) : SR_ERR_MEMORY;
    merge.kills = kills;
    merge.n_kills = n_kills;
    if (status == SR_OK) {
        status = write_merged(writer, &merge, first, error);
    }
    free(kills);
    free(merge.sources);
    return status;
}

static sr_status merge_run(sr_writer *writer, size_t first, size_t n_sources, sr_error *error)
{
    return merge_segments(writer, first, n_sources, NULL, error);
}

/* ------------------------------------------------------------ which ones */

static uint64_t live_count(const sr_writer *writer, size_t i)
{
    const sr_snapshot_part *part = &writer->snapshot->segments[i];
    return part->segment->doc_count - part->n_dead;
}

/* How often CLASS goes into the segment's articles. */
static unsigned size_level(const sr_writer *writer, size_t i)
{
    unsigned level = 0;
    for (uint64_t n = live_count(writer, i); n >= CLASS; n /= CLASS) {
        level++;
    }
    return level;
}

/* Where the longest run at the end of the store begins of which no segment is above the level. */
static size_t run_start(const sr_writer *writer, size_t first, unsigned level)
{
    size_t start = writer->snapshot->n_segments;
    while (start > first && size_level(writer, start - 1) <= level) {
        start--;
    }
    return start;
}

/* The run to merge among the segments from `first` on: of the lowest level at which there is one.
 */
static bool find_due(const sr_writer *writer, size_t first, size_t *start, size_t *n_sources)
{
    enum { LEVELS = 21 }; /* 9^21 > 2^64 */
    size_t n_segments = writer->snapshot->n_segments;
    for (unsigned level = 0; level < LEVELS; level++) {
        size_t from = run_start(writer, first, level);
        uint64_t n_docs = 0;
        uint64_t largest = 0;
        size_t n = 0;
        for (; from + n < n_segments && n < MAX_SOURCES; n++) {
            uint64_t n_live = live_count(writer, from + n);
            n_docs += n_live;
            largest = n_live > largest ? n_live : largest;
        }
        if (n >= FANOUT && largest * 2 <= n_docs && n_docs <= MAX_MERGED_DOCS) {
            *start = from;
            *n_sources = n;
            return true;
        }
    }
    return false;
}

static sr_status merge_while_due(sr_writer *writer, size_t first, sr_error *error)
{
    size_t start = 0;
    size_t n_sources = 0;
    while (find_due(writer, first, &start, &n_sources)) {
        SR_TRY(merge_run(writer, start, n_sources, error));
    }
    return SR_OK;
}

/* How many segments from `start` on fit into one. */
static size_t fitting(const sr_writer *writer, size_t start)
{
    uint64_t n_docs = 0;
    size_t n = 0;
    for (; start + n < writer->snapshot->n_segments && n < MAX_SOURCES; n++) {
        n_docs += live_count(writer, start + n);
        if (n > 0 && n_docs > MAX_MERGED_DOCS) {
            break;
        }
    }
    return n;
}

/* One pass over the segments from `first` on. A segment that stays alone is made anew only to purge
 * what it has to lose. */
static sr_status merge_pass(sr_writer *writer, size_t first, bool purge, bool *merged,
                            sr_error *error)
{
    const sr_snapshot *snapshot = writer->snapshot;
    *merged = false;
    for (size_t start = first; start < snapshot->n_segments;) {
        size_t n = fitting(writer, start);
        const sr_snapshot_part *part = &snapshot->segments[start];
        bool loses = part->n_dead > 0 || sr_segment_kill_count(part->segment) > 0;
        size_t n_left = snapshot->n_segments - n;
        if (n > 1 || (purge && loses)) {
            SR_TRY(merge_run(writer, start, n, error));
            *merged = *merged || n > 1;
        }
        start += snapshot->n_segments > n_left ? 1 : 0; /* nothing of them may be left */
    }
    return SR_OK;
}

/* Everything from `first` on into as few segments as limits allow. */
static sr_status merge_all(sr_writer *writer, size_t first, bool purge, sr_error *error)
{
    bool merged = true;
    while (merged) {
        SR_TRY(merge_pass(writer, first, purge, &merged, error));
    }
    return SR_OK;
}

/* ------------------------------------------------------------ the graph anew */

/* The whole store becomes one segment, its vectors and neighbours by a model of today. A store too
 * large for one segment keeps what it has. */
static sr_status renew(sr_writer *writer, sr_error *error)
{
    const sr_snapshot *snapshot = writer->snapshot;
    if (fitting(writer, 0) < snapshot->n_segments) {
        SR_TRY(merge_all(writer, 0, true, error));
    }
    if (fitting(writer, 0) < snapshot->n_segments || snapshot->n_segments == 0) {
        return SR_OK;
    }
    sr_buffer model;
    sr_new_docs none = {0};
    sr_buffer_init(&model, SR_BUFFER_NO_LIMIT);
    sr_status status =
        sr_model_train(snapshot, &none, sr_snapshot_next_serial(snapshot), &model, error);
    if (status == SR_OK) {
        status = merge_segments(writer, 0, snapshot->n_segments, &model, error);
    }
    sr_buffer_release(&model);
    return status;
}

/* Articles of the segments from `first` on. */
static uint64_t count_from(const sr_writer *writer, size_t first)
{
    uint64_t n_docs = 0;
    for (size_t i = first; i < writer->snapshot->n_segments; i++) {
        n_docs += live_count(writer, i);
    }
    return n_docs;
}

/* ------------------------------------------------------------ when */

sr_status sr_writer_merge_new(sr_writer *writer, sr_error *error)
{
    return merge_while_due(writer, writer->n_committed, error);
}

/* The merged segments come to be listed, and their sources go. */
static sr_status publish_merges(sr_writer *writer, sr_error *error)
{
    if (!writer->must_publish) {
        return SR_OK;
    }
    SR_TRY(sr_writer_publish(writer, writer->snapshot->manifest.commit, error));
    return sr_writer_clean(writer->snapshot->dir, error);
}

void sr_writer_merge_due(sr_writer *writer, size_t n_new)
{
    sr_error error = {0};
    sr_status status = SR_OK;
    size_t first_new = writer->snapshot->n_segments - n_new;
    if (sr_model_is_outgrown(writer->snapshot, count_from(writer, first_new))) {
        status = renew(writer, &error);
    } else if (n_new > 1) {
        status = merge_all(writer, first_new, false, &error);
    }
    if (status == SR_OK) {
        status = merge_while_due(writer, 0, &error);
    }
    sr_error publishing = {0};
    sr_status published = publish_merges(writer, &publishing);
    if (status == SR_OK && published != SR_OK) {
        status = published;
        error = publishing;
    }
    if (status != SR_OK && status != SR_ERR_INTERRUPTED) {
        sr_observe_message(writer->observer, SR_MESSAGE_WARNING,
                           "the commit is made, but its segments were not merged: %s: %s",
                           *error.file ? error.file : writer->snapshot->dir,
                           *error.text ? error.text : sr_status_text(status));
    }
}

sr_status sr_writer_compact(sr_writer *writer, sr_error *error)
{
    uint64_t commit = 0;
    SR_TRY(sr_writer_commit(writer, &commit, error));
    uint64_t n_all = sr_snapshot_live_count(writer->snapshot);
    sr_status status = sr_model_is_outgrown(writer->snapshot, n_all)
                           ? renew(writer, error)
                           : merge_all(writer, 0, true, error);
    if (status == SR_OK) {
        return publish_merges(writer, error);
    }
    /* What was merged before the failure is as good; the first error is the one to tell. */
    sr_status ignored = publish_merges(writer, NULL);
    (void)ignored;
    return status;
}
