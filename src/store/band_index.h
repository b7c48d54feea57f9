/* band_index.h — the entries of one band: (key, ordinal) pairs ascending (FORMAT.md §5.4).
 *
 * Keys are hashes, so their upper bits say where they stand: a directory has the first entry of
 * each bucket of some ten, and an entry has only the bits that its bucket doesn't tell, and its
 * ordinal in as many bits as the segment needs: five bytes instead of eight, and a search is one
 * look at the directory and one at a bucket.
 *
 *     | lower bits of the keys | ordinals | first entry of each bucket |    each filled up to 8
 * bytes
 */
#ifndef SR_STORE_BAND_INDEX_H
#define SR_STORE_BAND_INDEX_H

#include "store/segment_proof.h"
#include "store/side_file.h"

/* What number of entries and of articles make of it. */
typedef struct sr_band_shape {
    size_t n_entries;
    unsigned bucket_bits;
    unsigned low_width;
    unsigned ordinal_width;
    size_t ordinals_at; /* bytes from its begin */
    size_t firsts_at;
    size_t n_bytes;
} sr_band_shape;

void sr_band_shape_init(sr_band_shape *shape, size_t n_entries, uint32_t doc_count);

typedef struct sr_band {
    const sr_band_shape *shape;
    const uint8_t *lows;
    const uint8_t *ordinals;
    const uint32_t *firsts; /* 2^bucket_bits */
    sr_proof *proof;        /* of what is looked at; NULL: it needs none */
} sr_band;

/* Of bytes on a multiple of 8, behind which SR_BITS_MARGIN more can be loaded. */
void sr_band_view(const uint8_t *bytes, const sr_band_shape *shape, sr_proof *proof, sr_band *band);
/* The entries [first, end) whose key it is; false where the directory is damaged. */
SR_MUST_USE bool sr_band_find(const sr_band *band, uint32_t key, size_t *first, size_t *end);
/* May be out of range in a damaged file. */
uint32_t sr_band_ordinal(const sr_band *band, size_t entry);
/* `key` will be sought soon: what is read first is fetched meanwhile. */
void sr_band_expect(const sr_band *band, uint32_t key);

/* All entries in turn; proves nothing. */
typedef struct sr_band_walk {
    size_t entry;
    size_t bucket;
} sr_band_walk;

/* The key of the walk's entry, which is one of the band's. */
uint32_t sr_band_walk_key(const sr_band *band, sr_band_walk *walk);
/* Whether each bucket begins where it can. */
bool sr_band_is_sound(const sr_band *band);

/* ------------------------------------------------------------ writing */

typedef struct sr_bit_stream {
    uint64_t bits; /* fewer than 64 that are not written yet */
    unsigned n_bits;
} sr_bit_stream;

/* One band after another into the current section of `file`. */
typedef struct sr_band_writer {
    sr_segment_file *file;
    sr_band_shape shape;
    sr_side_file ordinals;
    uint32_t *firsts;
    size_t n_firsts; /* of buckets that have begun */
    size_t n_added;
    sr_bit_stream low_bits;
    sr_bit_stream ordinal_bits;
} sr_band_writer;

/* `n_entries` in each band. `release` in any case. */
SR_MUST_USE sr_status sr_band_writer_init(sr_band_writer *writer, sr_segment_file *file,
                                          const char *dir, size_t n_entries, uint32_t doc_count,
                                          sr_error *error);
void sr_band_writer_release(sr_band_writer *writer);
/* The next entry of the band, in order of key. SR_ERR_CORRUPT where buckets don't ascend or the
 * number is another than was said. */
SR_MUST_USE sr_status sr_band_writer_add(sr_band_writer *writer, uint32_t key, uint32_t ordinal,
                                         sr_error *error);
/* After the last entry of a band. */
SR_MUST_USE sr_status sr_band_writer_end(sr_band_writer *writer, sr_error *error);

#endif
