/* lexicon.h — the terms of a segment: hash → number, number → hash, number → where its postings are
 * (FORMAT.md §5.5).
 *
 * Terms stand in blocks of 64. Of a block the index has the first hash and the place; the block
 * itself has the others less the first, in one width, the ordinal of each term that only one
 * article has, and the length of the postings of every other. So a term takes five bytes or so
 * instead of sixteen, and finding one is a search in the index and in a block.
 */
#ifndef SR_STORE_LEXICON_H
#define SR_STORE_LEXICON_H

#include "store/segment_proof.h"
#include "store/side_file.h"

enum { SR_LEXICON_BLOCK = 64 };

typedef struct sr_lexicon {
    const uint64_t *first_hashes; /* of each block */
    const uint64_t *offsets;      /* of each block in `blocks`, and their end */
    const uint8_t *blocks;
    size_t n_block_bytes;
    size_t n_terms;
    size_t n_blocks;
    unsigned ordinal_width;
    sr_proof *proof; /* of the bytes that are used; NULL: they need none */
} sr_lexicon;

/* Nothing to prove. Behind the blocks SR_BITS_MARGIN more bytes can be loaded. False where the
 * sizes can't be those of a lexicon. */
bool sr_lexicon_view(sr_str index, sr_str blocks, uint32_t doc_count, sr_lexicon *lexicon);

/* Proves `n_terms`, for who uses it as it is. */
void sr_lexicon_touch_size(const sr_lexicon *lexicon);

/* Where a term's postings are. */
typedef struct sr_term_place {
    bool is_single;   /* one article: no list */
    uint32_t ordinal; /* of a single's article; may be out of range in a damaged file */
    uint64_t offset;  /* of the list in the section of postings */
    uint64_t n_bytes;
} sr_term_place;

/* False where the block is damaged. */
bool sr_lexicon_place(const sr_lexicon *lexicon, size_t number, sr_term_place *place);
/* 0 where the block is damaged. */
uint64_t sr_lexicon_hash(const sr_lexicon *lexicon, size_t number);
/* The hashes of a whole block, ascending; returns how many, 0 where it is damaged. */
size_t sr_lexicon_block_hashes(const sr_lexicon *lexicon, size_t block,
                               uint64_t hashes[SR_LEXICON_BLOCK]);
/* The first term at or behind number `from` whose hash is not below `hash`; whether it is it. */
size_t sr_lexicon_seek(const sr_lexicon *lexicon, size_t from, uint64_t hash, bool *found);
/* The numbers of many terms, in any order; n_terms for those that it hasn't. What each look at
 * memory would wait for is asked for beforehand. */
void sr_lexicon_seek_many(const sr_lexicon *lexicon, const uint64_t *hashes, size_t n_hashes,
                          size_t *numbers);
/* The terms of these numbers will be asked for soon: their blocks are fetched meanwhile. */
void sr_lexicon_expect(const sr_lexicon *lexicon, const uint32_t *numbers, size_t n_numbers);

/* ------------------------------------------------------------ writing */

typedef struct sr_lexicon_writer {
    sr_segment_file *file; /* gets the postings at once, the rest at the end */
    uint32_t doc_count;
    sr_side_file first_hashes;
    sr_side_file offsets;
    sr_side_file blocks;
    uint64_t n_terms;
    uint64_t base;  /* where the block's first list begins */
    uint64_t multi; /* a bit a term of the block: not single */
    uint64_t hashes[SR_LEXICON_BLOCK];
    uint64_t values[SR_LEXICON_BLOCK]; /* ordinal of a single, length of any other's list */
    size_t n_pending;
    sr_buffer list;
} sr_lexicon_writer;

/* Begins the section of postings. `release` in any case. */
SR_MUST_USE sr_status sr_lexicon_writer_init(sr_lexicon_writer *writer, sr_segment_file *file,
                                             const char *dir, uint32_t doc_count, sr_error *error);
void sr_lexicon_writer_release(sr_lexicon_writer *writer);
/* The next term, of a hash above the one before; its number is how many were added before it.
 * Postings ascend, and there is one at least. SR_ERR_LIMIT past 2^32 − 2 terms. */
SR_MUST_USE sr_status sr_lexicon_writer_add(sr_lexicon_writer *writer, uint64_t hash,
                                            const sr_posting *postings, size_t n_postings,
                                            sr_error *error);
SR_MUST_USE sr_status sr_lexicon_writer_finish(sr_lexicon_writer *writer, sr_error *error);

#endif
