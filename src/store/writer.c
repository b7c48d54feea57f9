/* writer.c — one writer's session: articles gather in memory, become segments, and are committed by
 * replacing MANIFEST. Killed at any instant, the store opens as the last MANIFEST says; what a dead
 * session left behind is removed when the next one begins.
 */
#include "store/writer.h"

#include "base/file.h"
#include "store/derive.h"
#include "store/lock.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FLUSH_DOCS = 65536 };
#define FLUSH_BYTES (UINT64_C(128) << 20)

/* ------------------------------------------------------------ leftovers */

static bool is_listed(const sr_manifest *manifest, uint64_t number)
{
    for (size_t i = 0; i < manifest->n_segments; i++) {
        if (manifest->segments[i].number == number) {
            return true;
        }
    }
    return false;
}

static sr_status remove_unlisted(const char *dir, const sr_manifest *manifest, sr_error *error)
{
    DIR *entries = opendir(dir);
    if (!entries) {
        return sr_error_set_errno(error, dir, "can't list the directory");
    }
    for (const struct dirent *entry = readdir(entries); entry; entry = readdir(entries)) {
        bool temporary = false;
        uint64_t number = 0;
        bool segment = sr_segment_name_parse(entry->d_name, &temporary, &number);
        if (strcmp(entry->d_name, SR_MANIFEST_TEMPORARY) == 0 ||
            (segment && (temporary || !is_listed(manifest, number)))) {
            unlinkat(dirfd(entries), entry->d_name, 0);
        }
    }
    closedir(entries);
    return SR_OK;
}

/* The MANIFEST that is read must be the one that a power failure leaves: a rename that is not
 * durable yet may still bring back one that lists what would be removed. */
sr_status sr_writer_clean(const char *dir, sr_error *error)
{
    sr_manifest manifest = {0};
    SR_TRY(sr_file_sync_directory(dir, error));
    SR_TRY(sr_manifest_read(dir, &manifest, error));
    sr_status status = remove_unlisted(dir, &manifest, error);
    sr_manifest_release(&manifest);
    return status;
}

/* ------------------------------------------------------------ session */

static sr_status keep_line(sr_writer *writer, size_t i, const sr_manifest_segment *line)
{
    void *lines = writer->lines;
    SR_TRY(sr_array_reserve(&lines, &writer->lines_capacity, i + 1, sizeof *writer->lines));
    writer->lines = lines;
    writer->lines[i] = *line;
    return SR_OK;
}

static sr_status continue_snapshot(sr_writer *writer)
{
    const sr_manifest *manifest = &writer->snapshot->manifest;
    for (size_t i = 0; i < manifest->n_segments; i++) {
        SR_TRY(keep_line(writer, i, &manifest->segments[i]));
    }
    writer->n_committed = manifest->n_segments;
    writer->next_segment = manifest->next_segment;
    writer->next_serial = manifest->next_serial;
    writer->n_flushed_bytes = manifest->n_flushed_bytes;
    writer->n_merged_bytes = manifest->n_merged_bytes;
    return SR_OK;
}

static sr_status begin_session(sr_writer *writer, const char *dir, sr_error *error)
{
    SR_TRY(sr_snapshot_open(dir, &writer->snapshot, error));
    SR_TRY(continue_snapshot(writer));
    return sr_writer_clean(dir, error);
}

sr_status sr_writer_open_listed(const char *dir, int lock, sr_manifest *manifest,
                                const sr_observer *observer, sr_writer **out, sr_error *error)
{
    sr_snapshot *snapshot = NULL;
    SR_TRY(sr_snapshot_open_listed(dir, manifest, &snapshot, error));
    sr_writer *writer = calloc(1, sizeof *writer);
    if (!writer) {
        sr_snapshot_close(snapshot);
        return SR_ERR_MEMORY;
    }
    writer->lock = -1;
    writer->observer = observer;
    writer->snapshot = snapshot;
    sr_batch_init(&writer->pending);
    sr_status status = continue_snapshot(writer);
    if (status != SR_OK) {
        sr_writer_close(writer);
        return status;
    }
    writer->lock = lock;
    *out = writer;
    return SR_OK;
}

sr_status sr_writer_open(const char *dir, bool wait, const sr_observer *observer, sr_writer **out,
                         sr_error *error)
{
    sr_manifest manifest = {0}; /* so that no LOCK is left in a directory that is no store */
    SR_TRY(sr_manifest_read(dir, &manifest, error));
    sr_manifest_release(&manifest);
    sr_writer *writer = calloc(1, sizeof *writer);
    if (!writer) {
        return SR_ERR_MEMORY;
    }
    writer->lock = -1;
    writer->observer = observer;
    sr_batch_init(&writer->pending);
    sr_status status = sr_lock_take(dir, wait, observer, &writer->lock, error);
    if (status == SR_OK) {
        status = begin_session(writer, dir, error);
    }
    if (status != SR_OK) {
        sr_writer_close(writer);
        return status;
    }
    *out = writer;
    return SR_OK;
}

void sr_writer_close(sr_writer *writer)
{
    if (!writer) {
        return;
    }
    if (writer->snapshot) { /* a store that can't be read is left as it is */
        sr_status ignored = sr_writer_clean(writer->snapshot->dir, NULL);
        (void)ignored;
    }
    sr_snapshot_close(writer->snapshot);
    sr_batch_release(&writer->pending);
    free(writer->kills);
    free(writer->lines);
    sr_lock_give(writer->lock);
    free(writer);
}

sr_status sr_writer_begin_anew(const sr_writer *writer, sr_writer **out, sr_error *error)
{
    assert(writer->n_kills == 0 && writer->pending.n_docs == 0);
    sr_manifest manifest = writer->snapshot->manifest;
    manifest.segments = NULL;
    manifest.n_segments = 0;
    manifest.capacity = 0;
    manifest.next_segment = writer->next_segment;
    manifest.next_serial = writer->next_serial;
    sr_manifest_set_versions(&manifest);
    return sr_writer_open_listed(writer->snapshot->dir, -1, &manifest, writer->observer, out,
                                 error);
}

sr_status sr_writer_replace(sr_writer **writer, sr_writer **anew, sr_error *error)
{
    sr_writer *next = *anew;
    uint64_t commit = (*writer)->snapshot->manifest.commit;
    SR_TRY(sr_writer_flush(next, error));
    SR_TRY(sr_snapshot_damage((*writer)->snapshot, error)); /* what was read there */
    SR_TRY(sr_snapshot_damage(next->snapshot, error));
    next->n_merged_bytes += next->n_flushed_bytes - (*writer)->n_flushed_bytes; /* none is new */
    next->n_flushed_bytes = (*writer)->n_flushed_bytes;
    sr_status status = sr_writer_publish(next, commit + 1, error);
    if (next->snapshot->manifest.commit == commit) {
        return status;
    }
    next->lock = (*writer)->lock;
    (*writer)->lock = -1;
    sr_writer_close(*writer); /* removes the files that are not listed any more */
    *writer = next;
    *anew = NULL;
    return status;
}

const sr_snapshot *sr_writer_snapshot(const sr_writer *writer)
{
    return writer->snapshot;
}

uint32_t sr_writer_pending_count(const sr_writer *writer)
{
    return (uint32_t)writer->pending.n_docs;
}

/* ------------------------------------------------------------ flush */

/* The articles that are still wanted, and their terms, side by side. */
typedef struct flush_batch {
    const sr_batch_doc **docs;
    sr_term_list *lists;
    uint32_t n_docs;
} flush_batch;

static sr_status gather(const sr_batch *pending, flush_batch *batch)
{
    batch->docs = calloc(pending->n_docs + 1, sizeof *batch->docs);
    batch->lists = calloc(pending->n_docs + 1, sizeof *batch->lists);
    if (!batch->docs || !batch->lists) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < pending->n_docs; i++) {
        const sr_batch_doc *doc = &pending->docs[i];
        if (!doc->removed) {
            batch->lists[batch->n_docs] =
                (sr_term_list){.terms = doc->terms, .n_terms = doc->n_terms};
            batch->docs[batch->n_docs++] = doc;
        }
    }
    return SR_OK;
}

static int compare_kills(const void *a, const void *b)
{
    const sr_keyed *x = a;
    const sr_keyed *y = b;
    return x->key != y->key ? (x->key > y->key) - (x->key < y->key) : (x->a > y->a) - (x->a < y->a);
}

static sr_status write_batch(sr_writer *writer, const flush_batch *batch, sr_manifest_segment *line,
                             sr_error *error)
{
    sr_snapshot *snapshot = writer->snapshot;
    bool dedup_only = snapshot->manifest.dedup_only;
    sr_derived derived = {0};
    if (!dedup_only) {
        SR_TRY(sr_derived_make(&derived, snapshot, batch->docs, batch->lists, batch->n_docs,
                               writer->next_serial, error));
    }
    if (writer->n_kills > 1) {
        qsort(writer->kills, writer->n_kills, sizeof *writer->kills, compare_kills);
    }
    sr_segment_content content = {
        .number = writer->next_segment,
        .first_serial = writer->next_serial,
        .docs = batch->docs,
        .n_docs = batch->n_docs,
        .terms = derived.choice.lists,
        .norms = derived.choice.norms,
        .links = dedup_only ? NULL : &derived.links,
        .model = sr_buffer_view(&derived.model),
        .vectors = derived.vectors,
        .vector_epoch = derived.vector_epoch,
        .kills = writer->kills,
        .n_kills = writer->n_kills,
    };
    sr_status status = sr_segment_write(snapshot->dir, &snapshot->manifest, &content, line, error);
    sr_derived_release(&derived);
    return status;
}

static sr_status adopt(sr_writer *writer, const sr_manifest_segment *line, sr_error *error)
{
    sr_snapshot *snapshot = writer->snapshot;
    SR_TRY(keep_line(writer, snapshot->n_segments, line));
    sr_segment *segment = NULL;
    SR_TRY(sr_segment_open(snapshot->dir, &snapshot->manifest, line, &segment, error));
    sr_status status = sr_snapshot_append(snapshot, segment);
    if (status != SR_OK) {
        sr_segment_close(segment);
    }
    return status;
}

/* Pending articles and kills become a segment; the articles get their serials in the order of their
 * adding, without holes. */
sr_status sr_writer_flush(sr_writer *writer, sr_error *error)
{
    if (writer->pending.n_docs == writer->pending.n_removed && writer->n_kills == 0) {
        sr_batch_clear(&writer->pending);
        return SR_OK;
    }
    flush_batch batch = {0};
    sr_manifest_segment line = {0};
    sr_status status = gather(&writer->pending, &batch);
    if (status == SR_OK) {
        status = write_batch(writer, &batch, &line, error);
    }
    free(batch.docs);
    free(batch.lists);
    SR_TRY(status);
    SR_TRY(adopt(writer, &line, error));
    writer->next_segment++;
    writer->next_serial += line.doc_count;
    writer->n_flushed_bytes += line.n_bytes;
    writer->n_kills = 0;
    sr_batch_clear(&writer->pending);
    return SR_OK;
}

/* ------------------------------------------------------------ changes */

sr_status sr_writer_add(sr_writer *writer, const sr_store_entry *entry, bool *flushed,
                        sr_error *error)
{
    const sr_manifest *manifest = &writer->snapshot->manifest;
    SR_TRY(sr_batch_add(&writer->pending, entry, &manifest->params, manifest->dedup_only, error));
    bool full = writer->pending.n_docs >= FLUSH_DOCS || writer->pending.n_bytes >= FLUSH_BYTES;
    if (full) {
        SR_TRY(sr_writer_flush(writer, error));
        SR_TRY(sr_writer_merge_new(writer, error));
    }
    *flushed = full;
    return SR_OK;
}

sr_status sr_writer_remove(sr_writer *writer, sr_doc doc, sr_error *error)
{
    sr_snapshot *snapshot = writer->snapshot;
    if (!sr_snapshot_is_live(snapshot, doc)) {
        return sr_error_set(error, SR_ERR_ARGUMENT, snapshot->dir, 0,
                            "the article to remove is not live");
    }
    void *kills = writer->kills;
    SR_TRY(sr_array_reserve(&kills, &writer->kills_capacity, writer->n_kills + 1,
                            sizeof *writer->kills));
    writer->kills = kills;
    sr_status status = sr_snapshot_kill(snapshot, doc);
    const sr_segment *segment = snapshot->segments[doc.segment].segment;
    if (status != SR_OK) {
        return sr_error_set(error, status, segment->path, 0,
                            "terms: article %u: they can't be read", doc.ordinal);
    }
    writer->kills[writer->n_kills++] = (sr_keyed){.key = segment->number, .a = doc.ordinal};
    return SR_OK;
}

sr_status sr_writer_remove_pending(sr_writer *writer, uint32_t number, sr_error *error)
{
    if (number >= writer->pending.n_docs || writer->pending.docs[number].removed) {
        return sr_error_set(error, SR_ERR_ARGUMENT, writer->snapshot->dir, 0,
                            "the article to remove is not pending");
    }
    writer->pending.docs[number].removed = true;
    writer->pending.n_removed++;
    return SR_OK;
}

/* ------------------------------------------------------------ commit */

/* The MANIFEST of the snapshot as it stands. */
static sr_status next_manifest(const sr_writer *writer, uint64_t commit, sr_manifest *next)
{
    const sr_snapshot *snapshot = writer->snapshot;
    *next = snapshot->manifest;
    next->segments = NULL;
    next->capacity = 0;
    next->commit = commit;
    next->next_segment = writer->next_segment;
    next->next_serial = writer->next_serial;
    next->n_flushed_bytes = writer->n_flushed_bytes;
    next->n_merged_bytes = writer->n_merged_bytes;
    next->n_segments = snapshot->n_segments;
    void *segments = NULL;
    SR_TRY(
        sr_array_reserve(&segments, &next->capacity, next->n_segments + 1, sizeof *next->segments));
    next->segments = segments;
    for (size_t i = 0; i < next->n_segments; i++) {
        next->segments[i] = writer->lines[i];
        next->segments[i].n_removed = snapshot->segments[i].n_dead;
    }
    return SR_OK;
}

sr_status sr_writer_publish(sr_writer *writer, uint64_t commit, sr_error *error)
{
    sr_snapshot *snapshot = writer->snapshot;
    sr_manifest next = {0};
    bool replaced = false;
    sr_status status = next_manifest(writer, commit, &next);
    if (status == SR_OK) { /* the segments' names first, then the file that points to them */
        status = sr_file_sync_directory(snapshot->dir, error);
    }
    if (status == SR_OK) {
        status = sr_manifest_write(snapshot->dir, &next, &replaced, error);
    }
    if (!replaced) {
        sr_manifest_release(&next);
        return status;
    }
    next.n_bytes = sr_manifest_bytes(&next);
    sr_manifest_release(&snapshot->manifest);
    snapshot->manifest = next;
    writer->n_committed = snapshot->n_segments;
    writer->must_publish = status != SR_OK;
    return status;
}

sr_status sr_writer_commit(sr_writer *writer, uint64_t *commit, sr_error *error)
{
    const sr_snapshot *snapshot = writer->snapshot;
    SR_TRY(sr_writer_flush(writer, error));
    SR_TRY(sr_snapshot_damage(snapshot, error)); /* what was added may rest on it */
    size_t n_new = snapshot->n_segments - writer->n_committed;
    if (n_new > 0) {
        SR_TRY(sr_writer_publish(writer, snapshot->manifest.commit + 1, error));
        *commit = snapshot->manifest.commit;
        sr_writer_merge_due(writer, n_new);
        return SR_OK;
    }
    if (writer->must_publish) { /* the last try failed halfway */
        SR_TRY(sr_writer_publish(writer, snapshot->manifest.commit, error));
    }
    *commit = snapshot->manifest.commit;
    return SR_OK;
}
