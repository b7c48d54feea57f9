/* manifest.h — the file MANIFEST: which segments make up the store, and the parameters of all
 * signatures in it (FORMAT.md §3). Replaced as a whole by one rename: that rename is the commit. */
#ifndef SR_STORE_MANIFEST_H
#define SR_STORE_MANIFEST_H

#include "store/store.h"

/* The most segments that one store may list. */
enum { SR_MANIFEST_MAX_SEGMENTS = 65536 };

typedef struct sr_manifest_segment {
    uint64_t number;
    uint64_t n_bytes;    /* of its file */
    uint64_t header_sum; /* XXH3 of its header block */
    uint32_t doc_count;
    uint32_t n_removed; /* of them, as of this commit */
} sr_manifest_segment;

typedef struct sr_manifest {
    sr_params params;
    uint32_t normaliser; /* how texts were made words, and words signatures: versions of the */
    uint32_t hash;       /* programs that wrote the store; not above those of this one */
    uint64_t commit;
    uint64_t next_segment;
    uint64_t next_serial;     /* of the next article that is added */
    uint64_t n_flushed_bytes; /* over the life of the store: of segments of new articles, */
    uint64_t n_merged_bytes;  /* and of segments made of others */
    bool dedup_only;
    sr_manifest_segment *segments; /* owned; in the order of their serials, each number once */
    size_t n_segments;
    size_t capacity;
    uint64_t n_bytes; /* of the MANIFEST itself */
} sr_manifest;

void sr_manifest_release(sr_manifest *manifest);
/* SR_ERR_NOT_FOUND "no store at …", SR_ERR_CORRUPT, SR_ERR_VERSION, SR_ERR_IO. */
SR_MUST_USE sr_status sr_manifest_read(const char *dir, sr_manifest *manifest, sr_error *error);
/* Temporary file, fsync, rename, fsync of the directory. `*replaced` tells whether the rename took
 * place: with it the new state is what readers see, even if the call failed after. */
SR_MUST_USE sr_status sr_manifest_write(const char *dir, const sr_manifest *manifest,
                                        bool *replaced, sr_error *error);

/* What the parameters and versions hash to: a segment belongs to a store only where these agree. */
uint64_t sr_manifest_digest(const sr_manifest *manifest);
/* Signatures and terms are of an older program: what is there can be read and removed; nothing can
 * be added before all of it is made anew. */
bool sr_manifest_is_outdated(const sr_manifest *manifest);
/* As this program makes them. */
void sr_manifest_set_versions(sr_manifest *manifest);

/* Size of the file that this becomes. */
uint64_t sr_manifest_bytes(const sr_manifest *manifest);

/* "seg-0000000000000007.seg" and, while it is written, "seg-0000000000000007.tmp". Names are made
 * from numbers, never read from a file: a store can't point outside of its directory. */
enum { SR_SEGMENT_NAME_BYTES = 32 };
void sr_segment_name(uint64_t number, bool temporary, char name[SR_SEGMENT_NAME_BYTES]);
/* The number of such a name; false for any other name. */
bool sr_segment_name_parse(const char *name, bool *temporary, uint64_t *number);

#define SR_MANIFEST_NAME "MANIFEST"
#define SR_MANIFEST_TEMPORARY "MANIFEST.tmp"
#define SR_LOCK_NAME "LOCK"

#endif
