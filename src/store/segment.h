/* segment.h — an immutable file of articles (FORMAT.md §4 and §5): how it is written from a batch,
 * and the mapped view that readers work on.
 *
 * Opening proves the header block and that every section lies inside the file with the size that
 * the number of articles asks for. What is inside the columns is not proved then: every ordinal,
 * term number and offset that comes out of one is checked where it is used, so that a damaged or
 * hostile file gives SR_ERR_CORRUPT and never a wild read; and the blocks that are used are proved
 * at first touch (segment_proof.h). Mapped columns are trusted to stay readable.
 */
#ifndef SR_STORE_SEGMENT_H
#define SR_STORE_SEGMENT_H

#include "dense/model.h"
#include "store/band_index.h"
#include "store/cold_column.h"
#include "store/lexicon.h"
#include "store/manifest.h"
#include "store/neighbours.h"
#include "store/segment_proof.h"
#include "store/term_runs.h"

/* A sorted index from 64-bit hashes to ordinals (§5.3). */
typedef struct sr_hash_index {
    const uint64_t *hashes;
    const uint32_t *ordinals;
    size_t n_entries;
} sr_hash_index;

typedef struct sr_section_view {
    uint64_t offset;
    const uint8_t *data;
    size_t n_bytes;
} sr_section_view;

struct sr_segment {
    uint64_t number;
    uint64_t first_serial; /* of its articles; where it has none: of the next one at its writing */
    uint32_t doc_count;
    uint32_t n_values;
    uint32_t bands;
    int fd;
    char *path;
    char name[SR_SEGMENT_NAME_BYTES];
    sr_str file;     /* the mapping */
    sr_proof *proof; /* of its blocks; changes while all else stays */
    sr_section_view sections[SR_SECTION_LIMIT];
    const uint32_t *serials; /* less first_serial; NULL: they follow each other */
    const uint16_t *values;
    const float *norms; /* NULL: none, or in the facts */
    sr_hash_index ids;
    sr_hash_index contents;
    const uint8_t *bands_data; /* band after band */
    sr_band_shape band_shape;
    sr_lexicon lexicon;
    /* Where an article's terms begin: the base of every 32 articles, and from there; NULL in a
     * dedup-only store. */
    const uint64_t *term_bases;
    const uint16_t *term_offsets;
    const uint8_t *lists; /* SR_LIST_BYTES an article, or NULL */
    sr_edges edges;
    sr_model model; /* epoch 0: none */
    uint64_t vector_epoch;
    const sr_dense_vector *vectors; /* one an article, or NULL */
};

/* SR_ERR_NOT_FOUND where the file is gone (a commit may have removed it since the MANIFEST was
 * read), SR_ERR_CORRUPT, SR_ERR_VERSION, SR_ERR_IO. */
SR_MUST_USE sr_status sr_segment_open(const char *dir, const sr_manifest *manifest,
                                      const sr_manifest_segment *listed, sr_segment **out,
                                      sr_error *error);
/* For its facts, values, kills and cold columns only: terms, graph and vectors are not looked at.
 */
SR_MUST_USE sr_status sr_segment_open_damaged(const char *dir, const sr_manifest *manifest,
                                              const sr_manifest_segment *listed, sr_segment **out);
void sr_segment_close(sr_segment *segment);

/* The serial number of an article; and of all below it, the first that the segment can't have. */
uint64_t sr_segment_serial(const sr_segment *segment, uint32_t ordinal);
uint64_t sr_segment_end_serial(const sr_segment *segment);

/* The `i`th kill: an article of an older segment that this one's commit took out. */
size_t sr_segment_kill_count(const sr_segment *segment);
void sr_segment_kill(const sr_segment *segment, size_t i, uint64_t *number, uint32_t *ordinal);

/* First entry at or behind `from` whose hash is not below `hash`, sought where it would stand among
 * evenly spread ones (hashes of any other spread are found too). */
size_t sr_hash_seek(const uint64_t *hashes, size_t n_hashes, size_t from, uint64_t hash);
/* The same for many hashes, in any order: what each look at memory would wait for is asked for
 * beforehand. */
void sr_hash_seek_many(const uint64_t *hashes, size_t n_hashes, const uint64_t *sought,
                       size_t n_sought, size_t *places);
/* The same in a column of the segment; proves what the answer rests on. */
size_t sr_segment_seek(const sr_segment *segment, const uint64_t *hashes, size_t n_hashes,
                       size_t from, uint64_t hash);
/* Proves what a place rests on that sr_hash_seek found. */
void sr_hash_prove(sr_proof *proof, const uint64_t *hashes, size_t n_hashes, size_t from,
                   uint64_t hash, size_t found);
/* Whether entry `i` of a column of n is `hash`; proves it. */
static inline bool sr_segment_holds(const sr_segment *segment, const uint64_t *hashes,
                                    size_t n_hashes, size_t i, uint64_t hash)
{
    if (i >= n_hashes) {
        return false;
    }
    sr_proof_touch(segment->proof, hashes + i, sizeof *hashes);
    return hashes[i] == hash;
}
/* The segment's df of the lexicon's `i`th term; 0 where its place is damaged. */
uint64_t sr_segment_term_df(const sr_segment *segment, size_t i);
/* The same for many terms, given by their numbers: memory is asked for beforehand. */
void sr_segment_term_dfs(const sr_segment *segment, const size_t *numbers, size_t n_terms,
                         uint64_t *dfs);
/* Of the lexicon's `i`th term; replaces what `list` held. */
SR_MUST_USE sr_status sr_segment_term_list(const sr_segment *segment, size_t i,
                                           sr_posting_list *list);
/* The same, behind what it holds. */
SR_MUST_USE sr_status sr_segment_term_list_append(const sr_segment *segment, size_t i,
                                                  sr_posting_list *list);
SR_MUST_USE sr_status sr_segment_term_postings(const sr_segment *segment, size_t i,
                                               sr_posting **postings, size_t *n_postings,
                                               size_t *capacity);
/* Numbers in the lexicon of an article's terms instead of their hashes; ascending. Places:
 * SR_TERMS_STORED numbers, SR_COUNT_PLACES counts. */
SR_MUST_USE sr_status sr_segment_term_numbers(const sr_segment *segment, uint32_t ordinal,
                                              uint32_t numbers[], uint8_t counts[],
                                              size_t *n_terms);
/* Where an article's terms lie in the section of terms; false where the offsets are damaged. */
enum { SR_TERM_BASE_ARTICLES = 32 };
bool sr_segment_terms_bytes(const sr_segment *segment, uint32_t ordinal, uint64_t *first,
                            uint64_t *last);
/* They will be asked for soon: where they lie, and then they themselves, is fetched meanwhile. */
void sr_segment_expect_terms_place(const sr_segment *segment, uint32_t ordinal);
void sr_segment_expect_terms(const sr_segment *segment, uint32_t ordinal);
/* Its keys and ordinals; what is looked at is proved. */
void sr_segment_band(const sr_segment *segment, uint32_t band, sr_band *out);
/* The frame of `field` that holds the article; SR_ERR_NOT_FOUND where the column is absent. */
SR_MUST_USE sr_status sr_segment_find_frame(const sr_segment *segment, sr_field field,
                                            uint32_t ordinal, size_t *number, sr_frame *frame);
/* Reads frame bytes from the file, proves and unpacks them. */
SR_MUST_USE sr_status sr_segment_read_frame(const sr_segment *segment, sr_field field,
                                            size_t number, const sr_frame *frame,
                                            ZSTD_DCtx *context, sr_buffer *packed, sr_buffer *raw,
                                            sr_error *error);

/* Fills the sections of a segment that is being written. */
typedef sr_status (*sr_segment_fill)(sr_segment_file *file, void *context, sr_error *error);

/* Writes "seg-N.tmp" by `fill`, makes it durable and renames it to "seg-N.seg". `*written` is its
 * line for the MANIFEST. On failure no file is left. */
SR_MUST_USE sr_status sr_segment_publish(const char *dir, const sr_segment_head *head,
                                         sr_segment_fill fill, void *context,
                                         sr_manifest_segment *written, sr_error *error);
/* The section of kills: key is the segment, a the ordinal; ascending, without repetitions. */
SR_MUST_USE sr_status sr_kills_write(sr_segment_file *file, const sr_keyed *kills, size_t n_kills,
                                     sr_error *error);

/* The section of edges; they are in the order of sr_edges_sort. */
SR_MUST_USE sr_status sr_edges_write(sr_segment_file *file, const sr_edge *edges, size_t n_edges,
                                     sr_error *error);

/* What is in a new segment. */
typedef struct sr_segment_content {
    uint64_t number;
    uint64_t first_serial;
    const sr_batch_doc *const *docs;
    uint32_t n_docs;
    const sr_term_list *terms; /* the stored ones of each article; NULL in a dedup-only store */
    const float *norms;
    const sr_links *links; /* NULL in a dedup-only store */
    sr_str model;          /* the bytes of a new one; empty: none */
    uint64_t vector_epoch;
    const sr_dense_vector *vectors; /* NULL: none */
    const sr_keyed *kills;          /* key: segment, a: ordinal; ascending, without repetitions */
    size_t n_kills;
} sr_segment_content;

/* Publishes it. */
SR_MUST_USE sr_status sr_segment_write(const char *dir, const sr_manifest *manifest,
                                       const sr_segment_content *content,
                                       sr_manifest_segment *written, sr_error *error);

#endif
