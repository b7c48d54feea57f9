/* repair.c — which segments can stay, what happens to the removals of the others, and the commit.
 */
#include "store/repair.h"

#include "base/file.h"
#include "store/lock.h"
#include "store/verify.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void part_name(const sr_repair_part *part, char name[SR_SEGMENT_NAME_BYTES])
{
    sr_segment_name(part->line.number, false, name);
}

SR_PRINTF(3, 4)
static void report(sr_repair *repair, const sr_repair_part *part, const char *format, ...)
{
    char name[SR_SEGMENT_NAME_BYTES];
    char text[200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    part_name(part, name);
    sr_observe_message(repair->observer, SR_MESSAGE_WARNING, "%s: %s", name, text);
}

/* ------------------------------------------------------------ MANIFEST */

/* What the file holds, however little; an unreadable one is an empty one. */
static sr_status rebuild(sr_repair *repair, sr_error *error)
{
    sr_buffer old;
    sr_buffer_init(&old, (size_t)4 << 20);
    char *path = sr_path_join(repair->dir, SR_MANIFEST_NAME);
    sr_status status = SR_ERR_MEMORY;
    if (path) {
        sr_status reading = sr_file_read_all(path, &old, NULL);
        status = reading == SR_ERR_MEMORY ? reading
                                          : sr_manifest_rebuild(repair->dir, sr_buffer_view(&old),
                                                                &repair->manifest, error);
    }
    repair->is_rebuilt = true;
    free(path);
    sr_buffer_release(&old);
    return status;
}

static sr_status read_manifest(sr_repair *repair, sr_error *error)
{
    sr_error reading = {0};
    sr_status status = sr_manifest_read(repair->dir, &repair->manifest, &reading);
    if (status == SR_ERR_CORRUPT || status == SR_ERR_NOT_FOUND) {
        sr_observe_message(repair->observer, SR_MESSAGE_WARNING, "%s: %s", SR_MANIFEST_NAME,
                           status == SR_ERR_CORRUPT ? reading.text : "it is missing");
        return rebuild(repair, error);
    }
    if (status != SR_OK && error) {
        *error = reading;
    }
    return status;
}

/* ------------------------------------------------------------ proofs */

/* Which blocks have the checksum that CHECKS says. A sum that is damaged itself proves nothing; one
 * that agrees with its block proves it, whatever became of the others. */
static sr_status prove_blocks(sr_repair_part *part)
{
    const sr_section_view *checks = &part->segment->sections[SR_SECTION_CHECKS];
    uint64_t n_bytes = checks->offset - SR_BLOCK_BYTES;
    uint64_t n_blocks = (n_bytes + SR_BLOCK_BYTES - 1) / SR_BLOCK_BYTES;
    if (checks->n_bytes != n_blocks * 8) {
        return SR_OK;
    }
    part->proven = calloc((size_t)n_blocks + 1, 1);
    if (!part->proven) {
        return SR_ERR_MEMORY;
    }
    part->n_blocks = (size_t)n_blocks;
    for (size_t i = 0; i < part->n_blocks; i++) {
        uint8_t block[SR_BLOCK_BYTES];
        uint64_t at = (uint64_t)(i + 1) * SR_BLOCK_BYTES;
        size_t n =
            checks->offset - at < SR_BLOCK_BYTES ? (size_t)(checks->offset - at) : SR_BLOCK_BYTES;
        part->proven[i] =
            sr_file_pread(part->segment->fd, part->segment->path, block, n, at, NULL) == SR_OK &&
            sr_hash_bytes(block, n, 0) == sr_load_u64(checks->data + i * 8);
    }
    return SR_OK;
}

static sr_status prove_part(sr_repair *repair, sr_repair_part *part, sr_verification *verification,
                            sr_error *error)
{
    const sr_manifest *manifest = &repair->manifest;
    sr_error opening = {0};
    sr_status status =
        sr_segment_open(repair->dir, manifest, &part->line, &part->segment, &opening);
    if (status == SR_ERR_CORRUPT || status == SR_ERR_NOT_FOUND) {
        report(repair, part, "%s", opening.text);
        status = sr_segment_open_damaged(repair->dir, manifest, &part->line, &part->segment);
        return status == SR_ERR_MEMORY ? status : SR_OK;
    }
    if (status != SR_OK) {
        if (error) {
            *error = opening;
        }
        return status;
    }
    uint64_t before = verification->n_damages;
    SR_TRY(sr_verify_segment(verification, part->segment, &manifest->params, manifest->dedup_only,
                             error));
    part->is_sound = verification->n_damages == before;
    return SR_OK;
}

/* What only the whole can tell: ranges of serials, and kills within range. */
static void prove_whole(sr_repair *repair)
{
    uint64_t next = 0;
    for (size_t i = 0; i < repair->n_parts; i++) {
        sr_repair_part *part = &repair->parts[i];
        if (!part->is_sound) {
            continue;
        }
        if (part->segment->first_serial < next) {
            report(repair, part, "header: its serial numbers do not follow those before");
            part->is_sound = false;
            continue;
        }
        next = sr_segment_end_serial(part->segment);
        repair->manifest.next_serial =
            next > repair->manifest.next_serial ? next : repair->manifest.next_serial;
    }
}

static sr_repair_part *find_part(const sr_repair *repair, uint64_t number)
{
    for (size_t i = 0; i < repair->n_parts; i++) {
        if (repair->parts[i].line.number == number) {
            return &repair->parts[i];
        }
    }
    return NULL;
}

static bool kill_is_proven(const sr_repair_part *part, size_t i)
{
    return part->is_sound ||
           sr_salvage_row_is_proven(part, SR_SECTION_KILLS, (uint32_t)i, SR_KILL_BYTES);
}

static void check_kill_ranges(sr_repair *repair)
{
    for (size_t i = 0; i < repair->n_parts; i++) {
        sr_repair_part *part = &repair->parts[i];
        for (size_t k = 0; part->is_sound && k < sr_segment_kill_count(part->segment); k++) {
            uint64_t number = 0;
            uint32_t ordinal = 0;
            sr_segment_kill(part->segment, k, &number, &ordinal);
            const sr_repair_part *target = find_part(repair, number);
            if (target && target->segment && ordinal >= target->segment->doc_count) {
                report(repair, part, "kills: entry %zu: out of range", k);
                part->is_sound = false;
            }
        }
    }
}

/* Articles of the segments that go, which were removed, stay so. */
static sr_status bury(sr_repair *repair)
{
    for (size_t i = 0; i < repair->n_parts; i++) {
        const sr_repair_part *part = &repair->parts[i];
        for (size_t k = 0; part->segment && k < sr_segment_kill_count(part->segment); k++) {
            uint64_t number = 0;
            uint32_t ordinal = 0;
            if (!kill_is_proven(part, k)) {
                repair->n_kills_lost += repair->is_rebuilt; /* else MANIFEST tells, see below */
                continue;
            }
            sr_segment_kill(part->segment, k, &number, &ordinal);
            sr_repair_part *target = find_part(repair, number);
            if (!target || target->stays || !target->segment ||
                ordinal >= target->segment->doc_count) {
                continue;
            }
            if (!target->dead) {
                target->dead = calloc(target->segment->doc_count / 64 + 1, sizeof *target->dead);
            }
            if (!target->dead) {
                return SR_ERR_MEMORY;
            }
            target->dead[ordinal / 64] |= (uint64_t)1 << ordinal % 64;
        }
    }
    return SR_OK;
}

static sr_status prove_all(sr_repair *repair, sr_error *error)
{
    const sr_manifest *manifest = &repair->manifest;
    sr_verification verification = {.observer = repair->observer};
    repair->parts = calloc(manifest->n_segments + 1, sizeof *repair->parts);
    if (!repair->parts) {
        return SR_ERR_MEMORY;
    }
    repair->n_parts = manifest->n_segments;
    repair->is_outdated = sr_manifest_is_outdated(manifest) && !manifest->dedup_only;
    for (size_t i = 0; i < repair->n_parts; i++) {
        repair->parts[i].line = manifest->segments[i];
        verification.n_total += manifest->segments[i].n_bytes;
    }
    for (size_t i = 0; i < repair->n_parts; i++) {
        SR_TRY(prove_part(repair, &repair->parts[i], &verification, error));
    }
    prove_whole(repair);
    check_kill_ranges(repair);
    for (size_t i = 0; i < repair->n_parts; i++) {
        sr_repair_part *part = &repair->parts[i];
        repair->n_damaged += !part->is_sound;
        part->stays = part->is_sound && !repair->is_outdated;
        if (!part->stays && part->segment) {
            SR_TRY(prove_blocks(part));
        }
    }
    SR_TRY(bury(repair));
    if (sr_repair_is_needed(repair)) {
        return SR_OK;
    }
    sr_snapshot *snapshot = NULL;
    sr_error opening = {0};
    sr_status status = sr_snapshot_open(repair->dir, &snapshot, &opening);
    sr_snapshot_close(snapshot);
    repair->is_miscounted = status == SR_ERR_CORRUPT;
    if (repair->is_miscounted) {
        sr_observe_message(repair->observer, SR_MESSAGE_WARNING, "%s: %s", opening.file,
                           opening.text);
        return SR_OK;
    }
    return status;
}

/* ------------------------------------------------------------ beginning and end */

sr_status sr_repair_open(const char *dir, bool wait, const sr_observer *observer, sr_repair *repair,
                         sr_error *error)
{
    *repair = (sr_repair){.dir = dir, .observer = observer, .lock = -1};
    sr_manifest seen = {0}; /* so that no LOCK is left in a directory that is no store */
    sr_status status = sr_manifest_read(dir, &seen, error);
    if (status == SR_ERR_NOT_FOUND && sr_manifest_rebuild(dir, (sr_str){0}, &seen, NULL) == SR_OK) {
        status = SR_ERR_CORRUPT; /* segments without a MANIFEST */
    }
    sr_manifest_release(&seen);
    if (status != SR_OK && status != SR_ERR_CORRUPT) {
        return status;
    }
    status = sr_lock_take(dir, wait, observer, &repair->lock, error);
    if (status == SR_OK) {
        status = read_manifest(repair, error);
    }
    if (status == SR_OK) {
        status = prove_all(repair, error);
    }
    if (status != SR_OK) {
        sr_repair_close(repair);
    }
    return status;
}

void sr_repair_close(sr_repair *repair)
{
    for (size_t i = 0; i < repair->n_parts; i++) {
        sr_segment_close(repair->parts[i].segment);
        free(repair->parts[i].proven);
        free(repair->parts[i].dead);
    }
    free(repair->parts);
    sr_manifest_release(&repair->manifest);
    sr_lock_give(repair->lock);
    *repair = (sr_repair){.lock = -1};
}

/* The removals that the other segments brought to those that stay. */
static sr_status carry_kills(const sr_repair *repair, sr_writer *writer, sr_error *error)
{
    const sr_snapshot *snapshot = sr_writer_snapshot(writer);
    sr_segment_places places = {0};
    SR_TRY(sr_segment_places_make(snapshot, &places));
    sr_status status = SR_OK;
    for (size_t i = 0; i < repair->n_parts; i++) {
        const sr_repair_part *part = &repair->parts[i];
        size_t n_kills = part->segment && !part->stays ? sr_segment_kill_count(part->segment) : 0;
        for (size_t k = 0; k < n_kills && status == SR_OK; k++) {
            uint64_t number = 0;
            sr_doc doc = {0};
            sr_segment_kill(part->segment, k, &number, &doc.ordinal);
            if (kill_is_proven(part, k) && sr_segment_places_find(&places, number, &doc.segment) &&
                sr_snapshot_is_live(snapshot, doc)) {
                status = sr_writer_remove(writer, doc, error);
            }
        }
    }
    free(places.places);
    return status;
}

sr_status sr_repair_begin(sr_repair *repair, sr_writer **out, sr_error *error)
{
    sr_manifest sound = repair->manifest;
    sound.segments = NULL;
    sound.n_segments = 0;
    sound.capacity = 0;
    void *segments = NULL;
    SR_TRY(
        sr_array_reserve(&segments, &sound.capacity, repair->n_parts + 1, sizeof *sound.segments));
    sound.segments = segments;
    if (repair->is_outdated) {
        sr_manifest_set_versions(&sound);
    }
    for (size_t i = 0; i < repair->n_parts; i++) {
        if (repair->parts[i].stays) {
            sound.segments[sound.n_segments++] = repair->parts[i].line;
        }
    }
    sr_writer *writer = NULL;
    SR_TRY(
        sr_writer_open_listed(repair->dir, repair->lock, &sound, repair->observer, &writer, error));
    repair->lock = -1;
    sr_status status = carry_kills(repair, writer, error);
    if (status != SR_OK) {
        sr_writer_close(writer);
        return status;
    }
    *out = writer;
    return SR_OK;
}

uint64_t sr_repair_removals_lost(const sr_repair *repair, const sr_writer *writer)
{
    const sr_snapshot *snapshot = sr_writer_snapshot(writer);
    uint64_t n_lost = repair->n_kills_lost;
    size_t n_stay = 0;
    for (size_t i = 0; i < repair->n_parts; i++) {
        const sr_repair_part *part = &repair->parts[i];
        uint64_t n_dead = part->stays ? snapshot->segments[n_stay++].n_dead : part->n_settled;
        for (uint32_t w = 0; part->dead && w < part->segment->doc_count / 64 + 1; w++) {
            n_dead += (unsigned)__builtin_popcountll(part->dead[w]);
        }
        bool is_known = part->stays || part->segment; /* else its articles are lost anyway */
        n_lost += is_known && part->line.n_removed > n_dead ? part->line.n_removed - n_dead : 0;
    }
    return n_lost;
}

/* ------------------------------------------------------------ aside */

static bool is_same_file(const char *a, const char *b)
{
    struct stat x;
    struct stat y;
    return lstat(a, &x) == 0 && lstat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* A second name for the file: "NAME.damaged", or "NAME.2.damaged" where an earlier repair has taken
 * it. The first name goes with the commit. */
static sr_status keep_aside(const char *dir, const char *name, sr_error *error)
{
    enum { MAX_COPIES = 1000, KEPT_BYTES = 64 };
    char *from = sr_path_join(dir, name);
    sr_status status = from ? SR_ERR_EXISTS : SR_ERR_MEMORY;
    for (int i = 1; status == SR_ERR_EXISTS && i <= MAX_COPIES; i++) {
        char kept[KEPT_BYTES];
        if (i == 1) {
            snprintf(kept, sizeof kept, "%s.damaged", name);
        } else {
            snprintf(kept, sizeof kept, "%s.%d.damaged", name, i);
        }
        char *to = sr_path_join(dir, kept);
        if (!to) {
            status = SR_ERR_MEMORY;
        } else if (link(from, to) == 0 || errno == ENOENT || is_same_file(from, to)) {
            status = SR_OK;
        } else if (errno != EEXIST) {
            status = sr_error_set_errno(error, to, "can't keep the damaged file under this name");
        }
        free(to);
    }
    free(from);
    return status;
}

sr_status sr_repair_commit(const sr_repair *repair, sr_writer *writer, sr_error *error)
{
    SR_TRY(sr_writer_flush(writer, error));
    for (size_t i = 0; i < repair->n_parts; i++) {
        char name[SR_SEGMENT_NAME_BYTES];
        part_name(&repair->parts[i], name);
        if (!repair->parts[i].is_sound) {
            SR_TRY(keep_aside(repair->dir, name, error));
        }
    }
    if (repair->is_rebuilt) {
        SR_TRY(keep_aside(repair->dir, SR_MANIFEST_NAME, error));
    }
    return sr_writer_publish(writer, repair->manifest.commit + 1, error);
}
