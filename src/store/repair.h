/* repair.h — a damaged store made sound again: which of its segments can stay, what can be read of
 * the others, and the commit that puts the one in place of the other. Nothing is destroyed: files
 * that the new MANIFEST does not list get a second name, "….damaged", before it is written. Killed
 * at any instant, the store is the damaged one or the repaired one.
 *
 * The articles of damaged segments are put in again through the writer by the caller (ingest/),
 * who can make their signatures and terms anew from their texts. Where the store was made by an
 * older program, those of all segments are: old signatures and new ones do not go together.
 */
#ifndef SR_STORE_REPAIR_H
#define SR_STORE_REPAIR_H

#include "store/writer.h"

typedef struct sr_repair_part {
    sr_manifest_segment line;
    sr_segment *segment; /* NULL: its header, its size or its name is damaged */
    uint8_t *proven; /* of one that does not stay: a byte a block behind the header, 1: its sum is
                        right */
    size_t n_blocks;
    uint64_t *dead; /* of the same: a bit an article that a kill names */
    bool is_sound;
    bool stays;         /* in the store: sound, and its signatures are such as this program makes */
    uint32_t n_settled; /* of the same: articles left out since newer ones have their ids */
} sr_repair_part;

typedef struct sr_repair {
    const char *dir; /* borrowed */
    const sr_observer *observer;
    int lock;
    sr_manifest manifest;  /* as read, or as the headers of the segments tell it */
    bool is_rebuilt;       /* there was no sound MANIFEST */
    sr_repair_part *parts; /* in the order of the manifest */
    size_t n_parts;
    size_t n_damaged;      /* parts that are not sound */
    uint64_t n_kills_lost; /* of a rebuilt one: removals that can't be read any more */
    bool is_outdated;      /* and has texts: no segment stays, all articles are put in again */
    bool is_miscounted;    /* all parts are sound, but MANIFEST does not agree with them */
} sr_repair;

/* Takes the lock, reads the MANIFEST or rebuilds it, and proves every segment; each damage is a
 * warning. SR_ERR_NOT_FOUND where there is no store; SR_ERR_CORRUPT where the parameters of the
 * signatures can't be known. */
SR_MUST_USE sr_status sr_repair_open(const char *dir, bool wait, const sr_observer *observer,
                                     sr_repair *repair, sr_error *error);
void sr_repair_close(sr_repair *repair);
static inline bool sr_repair_is_needed(const sr_repair *repair)
{
    return repair->is_rebuilt || repair->n_damaged > 0 || repair->is_miscounted;
}

/* A writer over the segments that stay, with the removals that the others brought. It has the
 * lock from now on. */
SR_MUST_USE sr_status sr_repair_begin(sr_repair *repair, sr_writer **out, sr_error *error);
/* How many removals that the MANIFEST counts nobody knows any more; asked before the commit. */
uint64_t sr_repair_removals_lost(const sr_repair *repair, const sr_writer *writer);
/* Keeps what is damaged aside and commits. */
SR_MUST_USE sr_status sr_repair_commit(const sr_repair *repair, sr_writer *writer, sr_error *error);

/* A MANIFEST from the headers of the segments that lie in the directory (repair_manifest.c): those
 * whose header can't be believed are listed with a size of 0. `old` is what the file holds now. */
SR_MUST_USE sr_status sr_manifest_rebuild(const char *dir, sr_str old, sr_manifest *manifest,
                                          sr_error *error);

/* ------------------------------------------------------------ what a damaged segment still tells
 */

typedef struct sr_salvage {
    const sr_repair_part *part;
    ZSTD_DCtx *context;
    sr_buffer packed;
    sr_buffer raw[SR_FIELD_COUNT];
    sr_frame frames[SR_FIELD_COUNT]; /* unpacked in `raw`; n_docs 0: none */
} sr_salvage;

SR_MUST_USE sr_status sr_salvage_init(sr_salvage *salvage, const sr_repair_part *part);
void sr_salvage_release(sr_salvage *salvage);
/* A field's value, proved by the checksum of its frame; false where that fails. The value lives
 * until the next call for the same field. */
bool sr_salvage_field(sr_salvage *salvage, sr_field field, uint32_t ordinal, sr_str *value);
/* Whether the article's row in a column of fixed width lies in proven blocks. */
bool sr_salvage_row_is_proven(const sr_repair_part *part, uint32_t type, uint32_t ordinal,
                              size_t row_bytes);

#endif
