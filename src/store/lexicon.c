/* lexicon.c — blocks of terms, read and written. */
#include "store/lexicon.h"

#include "store/bits.h"
#include "store/counted_list.h"
#include "store/segment.h"

#include <stdlib.h>

/* A hash has 40 bits that matter (sr_term_hash): the rest is zero and not written. */
enum { KEY_SHIFT = 25, KEY_BITS = 40, HEAD_BYTES = 1 + 8 };

static uint64_t key_of(uint64_t hash)
{
    return hash >> KEY_SHIFT << 1 | (hash & 1);
}

static uint64_t hash_of(uint64_t key)
{
    return key >> 1 << KEY_SHIFT | (key & 1);
}

/* ------------------------------------------------------------ reading */

static void touch(const sr_lexicon *lexicon, const void *from, size_t n_bytes)
{
    if (lexicon->proof) {
        sr_proof_touch(lexicon->proof, from, n_bytes);
    }
}

void sr_lexicon_touch_size(const sr_lexicon *lexicon)
{
    touch(lexicon, lexicon->first_hashes - 1, sizeof *lexicon->first_hashes);
}

bool sr_lexicon_view(sr_str index, sr_str blocks, uint32_t doc_count, sr_lexicon *lexicon)
{
    if (index.n_bytes < 16 || index.n_bytes % 8 != 0) {
        return false;
    }
    uint64_t n_terms = sr_load_u64(index.data);
    uint64_t n_blocks = n_terms / SR_LEXICON_BLOCK + (n_terms % SR_LEXICON_BLOCK != 0);
    if (n_terms > UINT32_MAX || index.n_bytes != 16 + n_blocks * 16) {
        return false;
    }
    /* The section lies on a multiple of 64. */
    *lexicon = (sr_lexicon){
        .first_hashes = (const uint64_t *)(const void *)(index.data + 8),
        .blocks = (const uint8_t *)blocks.data,
        .n_block_bytes = blocks.n_bytes,
        .n_terms = (size_t)n_terms,
        .n_blocks = (size_t)n_blocks,
        .ordinal_width = sr_bits_width(doc_count ? doc_count - 1 : 0),
    };
    lexicon->offsets = lexicon->first_hashes + n_blocks;
    return true;
}

typedef struct block_view {
    size_t n_terms;
    uint64_t first_key;
    uint64_t multi;
    unsigned width;      /* of a key less the first */
    const uint8_t *bits; /* keys, then ordinals */
    const uint8_t *lengths;
    const uint8_t *end;
} block_view;

static bool open_block(const sr_lexicon *lexicon, size_t block, block_view *view)
{
    uint64_t first = lexicon->offsets[block];
    uint64_t last = lexicon->offsets[block + 1];
    size_t n_left = lexicon->n_terms - block * SR_LEXICON_BLOCK;
    sr_lexicon_touch_size(lexicon);
    touch(lexicon, lexicon->offsets + block, 2 * sizeof *lexicon->offsets);
    touch(lexicon, lexicon->first_hashes + block, sizeof *lexicon->first_hashes);
    if (first > last || last > lexicon->n_block_bytes || last - first < HEAD_BYTES) {
        return false;
    }
    const uint8_t *at = lexicon->blocks + first;
    touch(lexicon, at, (size_t)(last - first));
    *view = (block_view){
        .n_terms = n_left < SR_LEXICON_BLOCK ? n_left : SR_LEXICON_BLOCK,
        .first_key = key_of(lexicon->first_hashes[block]),
        .width = at[0],
        .multi = sr_load_u64(at + 1),
        .bits = at + HEAD_BYTES,
        .end = lexicon->blocks + last,
    };
    size_t n_singles = view->n_terms - (size_t)__builtin_popcountll(view->multi);
    uint64_t n_bits =
        (uint64_t)(view->n_terms - 1) * view->width + n_singles * lexicon->ordinal_width;
    uint64_t beyond = view->n_terms < 64 ? view->multi >> view->n_terms : 0;
    view->lengths = view->bits + (n_bits + 7) / 8;
    return view->width <= KEY_BITS && beyond == 0 &&
           (n_bits + 7) / 8 <= (uint64_t)(view->end - view->bits);
}

bool sr_lexicon_place(const sr_lexicon *lexicon, size_t number, sr_term_place *place)
{
    block_view view;
    unsigned at = number % SR_LEXICON_BLOCK;
    if (!open_block(lexicon, number / SR_LEXICON_BLOCK, &view)) {
        return false;
    }
    uint64_t before = view.multi & (((uint64_t)1 << at) - 1);
    size_t n_multi = (size_t)__builtin_popcountll(before);
    *place = (sr_term_place){.is_single = !(view.multi >> at & 1)};
    if (place->is_single) {
        uint64_t bit = (uint64_t)(view.n_terms - 1) * view.width +
                       (at - n_multi) * (uint64_t)lexicon->ordinal_width;
        place->ordinal = (uint32_t)sr_bits_get(view.bits, bit, lexicon->ordinal_width);
        return true;
    }
    for (size_t i = 0; i <= n_multi; i++) { /* where the first list begins, and lengths */
        uint64_t n_bytes = 0;
        if (!sr_varint_get(&view.lengths, view.end, &n_bytes) ||
            __builtin_add_overflow(place->offset, n_bytes, &place->offset)) {
            return false;
        }
    }
    return sr_varint_get(&view.lengths, view.end, &place->n_bytes);
}

static uint64_t hash_in(const block_view *view, size_t at)
{
    uint64_t behind =
        at ? 1 + sr_bits_get(view->bits, (at - 1) * (uint64_t)view->width, view->width) : 0;
    return hash_of(view->first_key + behind);
}

uint64_t sr_lexicon_hash(const sr_lexicon *lexicon, size_t number)
{
    block_view view;
    return open_block(lexicon, number / SR_LEXICON_BLOCK, &view)
               ? hash_in(&view, number % SR_LEXICON_BLOCK)
               : 0;
}

size_t sr_lexicon_block_hashes(const sr_lexicon *lexicon, size_t block,
                               uint64_t hashes[SR_LEXICON_BLOCK])
{
    block_view view;
    if (!open_block(lexicon, block, &view)) {
        return 0;
    }
    for (size_t i = 0; i < view.n_terms; i++) {
        hashes[i] = hash_in(&view, i);
    }
    return view.n_terms;
}

/* The same as sr_lexicon_seek, where `block` is the first at or behind that of `from` whose first
 * hash is not below `hash`. */
static size_t seek_in(const sr_lexicon *lexicon, size_t from, size_t block, uint64_t hash,
                      bool *found)
{
    size_t from_block = from / SR_LEXICON_BLOCK;
    *found = false;
    if (lexicon->proof) {
        sr_hash_prove(lexicon->proof, lexicon->first_hashes, lexicon->n_blocks, from_block, hash,
                      block);
    }
    if (block < lexicon->n_blocks && lexicon->first_hashes[block] == hash) {
        *found = block * SR_LEXICON_BLOCK >= from;
        return *found ? block * SR_LEXICON_BLOCK : from;
    }
    if (block == from_block) {
        return from; /* even the first of its block is above */
    }
    block_view view;
    size_t first = (block - 1) * SR_LEXICON_BLOCK;
    size_t low = from > first ? from - first : 0;
    if (!open_block(lexicon, block - 1, &view)) {
        return first + low;
    }
    size_t high = view.n_terms;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (hash_in(&view, middle) < hash) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *found = low < view.n_terms && hash_in(&view, low) == hash;
    return first + low;
}

size_t sr_lexicon_seek(const sr_lexicon *lexicon, size_t from, uint64_t hash, bool *found)
{
    *found = false;
    if (from >= lexicon->n_terms) {
        return lexicon->n_terms;
    }
    size_t block =
        sr_hash_seek(lexicon->first_hashes, lexicon->n_blocks, from / SR_LEXICON_BLOCK, hash);
    return seek_in(lexicon, from, block, hash, found);
}

/* Two looks at memory that wait for each other: where a block lies, and its bytes. */
static void expect_blocks(const sr_lexicon *lexicon, const size_t *blocks, size_t n_blocks)
{
    enum { LINE_BYTES = 64, BLOCK_BYTES = 6 * LINE_BYTES }; /* of a usual block */
    for (size_t i = 0; i < n_blocks; i++) {
        __builtin_prefetch(lexicon->offsets + blocks[i]);
        __builtin_prefetch(lexicon->first_hashes + blocks[i]);
    }
    for (size_t i = 0; i < n_blocks; i++) {
        uint64_t first = lexicon->offsets[blocks[i]];
        for (uint64_t at = first; at < lexicon->n_block_bytes && at < first + BLOCK_BYTES;
             at += LINE_BYTES) {
            __builtin_prefetch(lexicon->blocks + at);
        }
    }
}

enum { CHUNK = 64 };

void sr_lexicon_expect(const sr_lexicon *lexicon, const uint32_t *numbers, size_t n_numbers)
{
    size_t blocks[CHUNK];
    for (size_t first = 0; first < n_numbers; first += CHUNK) {
        size_t n = n_numbers - first < CHUNK ? n_numbers - first : CHUNK;
        for (size_t i = 0; i < n; i++) {
            blocks[i] = numbers[first + i] / SR_LEXICON_BLOCK;
        }
        expect_blocks(lexicon, blocks, n);
    }
}

void sr_lexicon_seek_many(const sr_lexicon *lexicon, const uint64_t *hashes, size_t n_hashes,
                          size_t *numbers)
{
    size_t places[CHUNK];
    size_t blocks[CHUNK];
    for (size_t first = 0; first < n_hashes; first += CHUNK) {
        size_t n = n_hashes - first < CHUNK ? n_hashes - first : CHUNK;
        sr_hash_seek_many(lexicon->first_hashes, lexicon->n_blocks, hashes + first, n, places);
        for (size_t i = 0; i < n; i++) {
            blocks[i] = places[i] > 0 ? places[i] - 1 : 0;
        }
        if (lexicon->n_terms > 0) {
            expect_blocks(lexicon, blocks, n);
        }
        for (size_t i = 0; i < n; i++) {
            bool found = false;
            size_t number = seek_in(lexicon, 0, places[i], hashes[first + i], &found);
            numbers[first + i] = found ? number : lexicon->n_terms;
        }
    }
}

/* ------------------------------------------------------------ writing */

sr_status sr_lexicon_writer_init(sr_lexicon_writer *writer, sr_segment_file *file, const char *dir,
                                 uint32_t doc_count, sr_error *error)
{
    *writer = (sr_lexicon_writer){.file = file,
                                  .doc_count = doc_count,
                                  .first_hashes = SR_SIDE_FILE_NONE,
                                  .offsets = SR_SIDE_FILE_NONE,
                                  .blocks = SR_SIDE_FILE_NONE};
    sr_buffer_init(&writer->list, SR_BUFFER_NO_LIMIT);
    SR_TRY(sr_side_file_init(&writer->first_hashes, dir, error));
    SR_TRY(sr_side_file_init(&writer->offsets, dir, error));
    SR_TRY(sr_side_file_init(&writer->blocks, dir, error));
    return sr_segment_file_begin(file, SR_SECTION_POSTINGS, SR_SECTION_MUST_UNDERSTAND, error);
}

void sr_lexicon_writer_release(sr_lexicon_writer *writer)
{
    sr_side_file_close(&writer->first_hashes);
    sr_side_file_close(&writer->offsets);
    sr_side_file_close(&writer->blocks);
    sr_buffer_release(&writer->list);
}

/* Keys and ordinals of the block, packed; returns their bytes. */
static size_t pack_block(const sr_lexicon_writer *writer, unsigned width, uint8_t *bits)
{
    uint64_t at = 0;
    unsigned ordinal_width = sr_bits_width(writer->doc_count ? writer->doc_count - 1 : 0);
    for (size_t i = 1; i < writer->n_pending; i++) {
        uint64_t behind = key_of(writer->hashes[i]) - key_of(writer->hashes[0]) - 1;
        sr_bits_put(bits, at, behind, width);
        at += width;
    }
    for (size_t i = 0; i < writer->n_pending; i++) {
        if (!(writer->multi >> i & 1)) {
            sr_bits_put(bits, at, writer->values[i], ordinal_width);
            at += ordinal_width;
        }
    }
    return (size_t)((at + 7) / 8);
}

static sr_status put_u64(sr_side_file *side, uint64_t value, sr_error *error)
{
    uint8_t bytes[8];
    sr_store_u64(bytes, value);
    return sr_side_file_write(side, bytes, sizeof bytes, error);
}

static sr_status flush_block(sr_lexicon_writer *writer, sr_error *error)
{
    enum { MAX_BITS_BYTES = SR_LEXICON_BLOCK * (KEY_BITS + 32) / 8 + 8 };
    uint8_t head[HEAD_BYTES];
    uint8_t bits[MAX_BITS_BYTES] = {0};
    uint8_t lengths[(1 + SR_LEXICON_BLOCK) * SR_VARINT_MAX_BYTES];
    if (writer->n_pending == 0) {
        return SR_OK;
    }
    uint64_t last = key_of(writer->hashes[writer->n_pending - 1]);
    uint64_t first = key_of(writer->hashes[0]);
    unsigned width = sr_bits_width(last > first ? last - first - 1 : 0);
    head[0] = (uint8_t)width;
    sr_store_u64(head + 1, writer->multi);
    size_t n_lengths = sr_varint_put(lengths, writer->base);
    for (size_t i = 0; i < writer->n_pending; i++) {
        if (writer->multi >> i & 1) {
            n_lengths += sr_varint_put(lengths + n_lengths, writer->values[i]);
        }
    }
    SR_TRY(put_u64(&writer->first_hashes, writer->hashes[0], error));
    SR_TRY(put_u64(&writer->offsets, writer->blocks.n_bytes, error));
    SR_TRY(sr_side_file_write(&writer->blocks, head, sizeof head, error));
    SR_TRY(sr_side_file_write(&writer->blocks, bits, pack_block(writer, width, bits), error));
    writer->n_pending = 0;
    writer->multi = 0;
    return sr_side_file_write(&writer->blocks, lengths, n_lengths, error);
}

/* The number of articles, and the list. */
static sr_status write_list(sr_lexicon_writer *writer, const sr_posting *postings,
                            size_t n_postings, sr_error *error)
{
    uint8_t count[SR_VARINT_MAX_BYTES];
    sr_buffer_clear(&writer->list);
    SR_TRY(sr_buffer_append(&writer->list, count, sr_varint_put(count, n_postings)));
    SR_TRY(sr_counted_list_put(&writer->list, &postings->ordinal, &postings->tf2,
                               sizeof *postings / sizeof(uint32_t), n_postings, writer->doc_count));
    return sr_segment_file_write(writer->file, writer->list.data, writer->list.n_bytes, error);
}

sr_status sr_lexicon_writer_add(sr_lexicon_writer *writer, uint64_t hash,
                                const sr_posting *postings, size_t n_postings, sr_error *error)
{
    if (writer->n_terms >= UINT32_MAX) {
        return sr_error_set(error, SR_ERR_LIMIT, NULL, 0, "a segment has too many terms");
    }
    if (writer->n_pending == SR_LEXICON_BLOCK) {
        SR_TRY(flush_block(writer, error));
    }
    size_t at = writer->n_pending++;
    writer->base = at ? writer->base : sr_segment_file_section_bytes(writer->file);
    writer->n_terms++;
    writer->hashes[at] = hash;
    if (n_postings == 1) {
        writer->values[at] = postings->ordinal;
        return SR_OK;
    }
    SR_TRY(write_list(writer, postings, n_postings, error));
    writer->multi |= (uint64_t)1 << at;
    writer->values[at] = writer->list.n_bytes;
    return SR_OK;
}

sr_status sr_lexicon_writer_finish(sr_lexicon_writer *writer, sr_error *error)
{
    sr_segment_file *file = writer->file;
    uint8_t n_terms[8];
    SR_TRY(flush_block(writer, error));
    SR_TRY(put_u64(&writer->offsets, writer->blocks.n_bytes, error));
    SR_TRY(sr_segment_file_begin(file, SR_SECTION_LEXICON, SR_SECTION_MUST_UNDERSTAND, error));
    sr_store_u64(n_terms, writer->n_terms);
    SR_TRY(sr_segment_file_write(file, n_terms, sizeof n_terms, error));
    SR_TRY(sr_side_file_move(&writer->first_hashes, file, error));
    SR_TRY(sr_side_file_move(&writer->offsets, file, error));
    SR_TRY(
        sr_segment_file_begin(file, SR_SECTION_LEXICON_BLOCKS, SR_SECTION_MUST_UNDERSTAND, error));
    return sr_side_file_move(&writer->blocks, file, error);
}
