/* segment_lookup.c — finding things in a segment: hashes, bands, terms, frames. Everything that a
 * column says about another is checked here, at its use. */
#include "store/segment.h"

#include "base/file.h"
#include "index/term_weight.h"
#include "store/counted_list.h"

#include <stdlib.h>

/* Guesses of a place, each from the one before, until only the neighbourhood is left to search. */
enum { N_LOOKS = 2 };

/* Where `hash` would stand among evenly spread hashes, seen from place `at`, whose hash is known:
 * at most n_hashes − 1. From an end of the array the guess is off by some √n places; from a guess
 * of that kind by √√n. */
static size_t guess_from(const uint64_t *hashes, size_t n_hashes, size_t at, uint64_t hash)
{
    bool is_right = hashes[at] < hash;
    uint64_t distance = is_right ? hash - hashes[at] : hashes[at] - hash;
    size_t n_steps = (size_t)((unsigned __int128)distance * n_hashes >> 64);
    if (is_right) {
        return n_steps < n_hashes - at ? at + n_steps : n_hashes - 1;
    }
    return n_steps < at ? at - n_steps : 0;
}

/* The first place in [from, n_hashes] whose hash is not below `hash`, sought by doubling steps from
 * a guess in [from, n_hashes). */
static size_t seek_around(const uint64_t *hashes, size_t n_hashes, size_t from, size_t guess,
                          uint64_t hash)
{
    enum { FIRST_STEP = 8 };
    size_t low = from;
    size_t high = n_hashes; /* the answer is in [low, high] */
    size_t step = FIRST_STEP;
    if (hashes[guess] < hash) {
        low = guess + 1;
        while (step <= n_hashes - low && hashes[low + step - 1] < hash) {
            low += step;
            step *= 2;
        }
        high = step <= n_hashes - low ? low + step : n_hashes;
    } else {
        high = guess;
        while (step <= high - from && hashes[high - step] >= hash) {
            high -= step;
            step *= 2;
        }
        low = step <= high - from ? high - step + 1 : from;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (hashes[middle] < hash) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static size_t first_guess(size_t n_hashes, uint64_t hash)
{
    return (size_t)((unsigned __int128)hash * n_hashes >> 64);
}

/* Three looks, each from where the one before says, and then a few places around: 3 to 5 cache
 * misses in a lexicon of millions, where a binary search has 20. */
size_t sr_hash_seek(const uint64_t *hashes, size_t n_hashes, size_t from, uint64_t hash)
{
    if (from >= n_hashes) {
        return n_hashes;
    }
    size_t guess = first_guess(n_hashes, hash);
    for (int look = 0; look < N_LOOKS; look++) {
        guess = guess_from(hashes, n_hashes, guess, hash);
    }
    return seek_around(hashes, n_hashes, from, guess < from ? from : guess, hash);
}

void sr_hash_seek_many(const uint64_t *hashes, size_t n_hashes, const uint64_t *sought,
                       size_t n_sought, size_t *places)
{
    for (size_t i = 0; i < n_sought; i++) {
        places[i] = first_guess(n_hashes, sought[i]);
        if (n_hashes) {
            __builtin_prefetch(hashes + places[i]);
        }
    }
    if (n_hashes == 0) {
        return;
    }
    for (int look = 0; look < N_LOOKS; look++) {
        for (size_t i = 0; i < n_sought; i++) {
            places[i] = guess_from(hashes, n_hashes, places[i], sought[i]);
            __builtin_prefetch(hashes + places[i]);
        }
    }
    for (size_t i = 0; i < n_sought; i++) {
        places[i] = seek_around(hashes, n_hashes, 0, places[i], sought[i]);
    }
}

void sr_hash_prove(sr_proof *proof, const uint64_t *hashes, size_t n_hashes, size_t from,
                   uint64_t hash, size_t found)
{
    size_t first = found > from ? found - 1 : found;
    size_t end = found < n_hashes ? found + 1 : found;
    if (first < end) {
        sr_proof_touch(proof, hashes + first, (end - first) * sizeof *hashes);
    }
    bool is_between =
        (found == from || hashes[found - 1] < hash) && (found == n_hashes || hashes[found] >= hash);
    if (!is_between && from < n_hashes) { /* a damaged entry led the search astray */
        sr_proof_touch(proof, hashes + from, (n_hashes - from) * sizeof *hashes);
    }
}

size_t sr_segment_seek(const sr_segment *segment, const uint64_t *hashes, size_t n_hashes,
                       size_t from, uint64_t hash)
{
    size_t found = sr_hash_seek(hashes, n_hashes, from, hash);
    sr_hash_prove(segment->proof, hashes, n_hashes, from, hash, found);
    return found;
}

/* ------------------------------------------------------------ bands */

void sr_segment_band(const sr_segment *segment, uint32_t band, sr_band *out)
{
    sr_band_view(segment->bands_data + band * segment->band_shape.n_bytes, &segment->band_shape,
                 segment->proof, out);
}

/* ------------------------------------------------------------ terms */

/* The list of a lexicon entry that is no single: its count, and the bytes of its entries. Of them
 * only the count is proved. */
static bool postings_of(const sr_segment *segment, const sr_term_place *place, const uint8_t **at,
                        size_t *n_bytes, uint64_t *count)
{
    const sr_section_view *postings = &segment->sections[SR_SECTION_POSTINGS];
    if (place->offset > postings->n_bytes || place->n_bytes > postings->n_bytes - place->offset) {
        return false;
    }
    const uint8_t *from = postings->data + place->offset;
    const uint8_t *end = from + place->n_bytes;
    *at = from;
    bool is_number = sr_varint_get(at, end, count);
    sr_proof_touch(segment->proof, from, (size_t)(*at - from));
    if (!is_number || *count < 2 || *count > segment->doc_count) {
        return false;
    }
    *n_bytes = (size_t)(end - *at);
    return *count <= (uint64_t)*n_bytes * 4; /* an entry takes two bits at least */
}

/* The count of a single stands with the terms of its article only. */
static sr_status single_of(const sr_segment *segment, size_t i, uint32_t ordinal,
                           sr_posting *posting)
{
    uint32_t numbers[SR_TERMS_STORED];
    uint8_t counts[SR_COUNT_PLACES];
    size_t n_terms = 0;
    if (ordinal >= segment->doc_count) {
        return SR_ERR_CORRUPT;
    }
    SR_TRY(sr_segment_term_numbers(segment, ordinal, numbers, counts, &n_terms));
    for (size_t at = 0; at < n_terms; at++) {
        if (numbers[at] == i) {
            *posting = (sr_posting){.ordinal = ordinal, .tf2 = counts[at]};
            return SR_OK;
        }
    }
    return SR_ERR_CORRUPT;
}

static uint64_t df_at(const sr_segment *segment, const sr_term_place *place)
{
    const uint8_t *at;
    size_t n_bytes = 0;
    uint64_t count = 0;
    if (place->is_single) {
        return place->ordinal < segment->doc_count ? 1 : 0;
    }
    return postings_of(segment, place, &at, &n_bytes, &count) ? count : 0;
}

uint64_t sr_segment_term_df(const sr_segment *segment, size_t i)
{
    sr_term_place place;
    return sr_lexicon_place(&segment->lexicon, i, &place) ? df_at(segment, &place) : 0;
}

void sr_segment_term_dfs(const sr_segment *segment, const size_t *numbers, size_t n_terms,
                         uint64_t *dfs)
{
    enum { CHUNK = 64 };
    const sr_section_view *postings = &segment->sections[SR_SECTION_POSTINGS];
    for (size_t first = 0; first < n_terms; first += CHUNK) {
        size_t n = n_terms - first < CHUNK ? n_terms - first : CHUNK;
        sr_term_place places[CHUNK];
        bool are_sound[CHUNK];
        uint32_t soon[CHUNK];
        for (size_t i = 0; i < n; i++) {
            soon[i] = (uint32_t)numbers[first + i];
        }
        sr_lexicon_expect(&segment->lexicon, soon, n);
        for (size_t i = 0; i < n; i++) {
            are_sound[i] = sr_lexicon_place(&segment->lexicon, numbers[first + i], &places[i]);
            if (are_sound[i] && !places[i].is_single && places[i].offset < postings->n_bytes) {
                __builtin_prefetch(postings->data + places[i].offset);
            }
        }
        for (size_t i = 0; i < n; i++) {
            dfs[first + i] = are_sound[i] ? df_at(segment, &places[i]) : 0;
        }
    }
}

/* Where the postings of a term lie, and how many; `*at` is NULL for a single. */
static sr_status find_postings(const sr_segment *segment, size_t i, sr_term_place *place,
                               const uint8_t **at, size_t *n_bytes, size_t *count)
{
    uint64_t n = 1;
    *at = NULL;
    if (!sr_lexicon_place(&segment->lexicon, i, place) ||
        (!place->is_single && !postings_of(segment, place, at, n_bytes, &n))) {
        return SR_ERR_CORRUPT;
    }
    if (!place->is_single) {
        sr_proof_touch(segment->proof, *at, *n_bytes);
    }
    *count = (size_t)n;
    return SR_OK;
}

void sr_posting_list_release(sr_posting_list *list)
{
    free(list->ordinals);
    free(list->counts);
    *list = (sr_posting_list){0};
}

sr_status sr_segment_term_list_append(const sr_segment *segment, size_t i, sr_posting_list *list)
{
    const uint8_t *at = NULL;
    size_t n_bytes = 0;
    size_t count = 0;
    sr_term_place place;
    SR_TRY(find_postings(segment, i, &place, &at, &n_bytes, &count));
    size_t n = list->n + count;
    SR_TRY(sr_array_reserve((void **)&list->ordinals, &list->ordinals_capacity, n,
                            sizeof *list->ordinals));
    SR_TRY(sr_array_reserve((void **)&list->counts, &list->counts_capacity, n + SR_COUNTS_SLACK,
                            sizeof *list->counts));
    if (place.is_single) {
        sr_posting only;
        SR_TRY(single_of(segment, i, place.ordinal, &only));
        list->ordinals[list->n] = only.ordinal;
        list->counts[list->n] = (uint8_t)only.tf2;
    } else if (!sr_counted_list_get(at, n_bytes, count, segment->doc_count,
                                    list->ordinals + list->n, list->counts + list->n)) {
        return SR_ERR_CORRUPT;
    }
    list->n = n;
    return SR_OK;
}

sr_status sr_segment_term_list(const sr_segment *segment, size_t i, sr_posting_list *list)
{
    list->n = 0;
    return sr_segment_term_list_append(segment, i, list);
}

sr_status sr_segment_term_postings(const sr_segment *segment, size_t i, sr_posting **postings,
                                   size_t *n_postings, size_t *capacity)
{
    sr_posting_list list = {0};
    void *grown = *postings;
    sr_status status = sr_segment_term_list(segment, i, &list);
    if (status == SR_OK) {
        status = sr_array_reserve(&grown, capacity, *n_postings + list.n, sizeof **postings);
    }
    *postings = grown;
    for (size_t k = 0; k < list.n && status == SR_OK; k++) {
        (*postings)[(*n_postings)++] =
            (sr_posting){.ordinal = list.ordinals[k], .tf2 = list.counts[k]};
    }
    sr_posting_list_release(&list);
    return status;
}

sr_status sr_segment_postings(const sr_segment *segment, uint64_t term_hash, sr_posting **postings,
                              size_t *n_postings, size_t *capacity)
{
    bool found = false;
    size_t i = sr_lexicon_seek(&segment->lexicon, 0, term_hash, &found);
    return found ? sr_segment_term_postings(segment, i, postings, n_postings, capacity) : SR_OK;
}

static uint64_t term_offset(const sr_segment *segment, size_t i)
{
    const uint64_t *base = segment->term_bases + i / SR_TERM_BASE_ARTICLES;
    const uint16_t *offset = segment->term_offsets + i;
    sr_proof_touch(segment->proof, base, sizeof *base);
    sr_proof_touch(segment->proof, offset, sizeof *offset);
    return *base + *offset;
}

bool sr_segment_terms_bytes(const sr_segment *segment, uint32_t ordinal, uint64_t *first,
                            uint64_t *last)
{
    *first = term_offset(segment, ordinal);
    *last = term_offset(segment, (size_t)ordinal + 1);
    return *first <= *last && *last <= segment->sections[SR_SECTION_TERMS].n_bytes;
}

void sr_segment_expect_terms_place(const sr_segment *segment, uint32_t ordinal)
{
    if (segment->term_offsets) {
        __builtin_prefetch(segment->term_bases + ordinal / SR_TERM_BASE_ARTICLES);
        __builtin_prefetch(segment->term_offsets + ordinal);
    }
}

void sr_segment_expect_terms(const sr_segment *segment, uint32_t ordinal)
{
    enum { LINE_BYTES = 64, TERMS_BYTES = 5 * LINE_BYTES }; /* of a usual article */
    const sr_section_view *terms = &segment->sections[SR_SECTION_TERMS];
    if (segment->term_offsets) {
        uint64_t first =
            segment->term_bases[ordinal / SR_TERM_BASE_ARTICLES] + segment->term_offsets[ordinal];
        for (uint64_t at = first; at < terms->n_bytes && at < first + TERMS_BYTES;
             at += LINE_BYTES) {
            __builtin_prefetch(terms->data + at);
        }
    }
}

sr_status sr_segment_term_numbers(const sr_segment *segment, uint32_t ordinal, uint32_t numbers[],
                                  uint8_t counts[], size_t *n_terms)
{
    assert(ordinal < segment->doc_count);
    uint64_t first = 0;
    uint64_t last = 0;
    size_t n = 0;
    if (segment->term_offsets && !sr_segment_terms_bytes(segment, ordinal, &first, &last)) {
        return SR_ERR_CORRUPT;
    }
    if (first < last) { /* their number, and the list */
        const uint8_t *at = segment->sections[SR_SECTION_TERMS].data + first;
        sr_proof_touch(segment->proof, at, (size_t)(last - first));
        sr_lexicon_touch_size(&segment->lexicon);
        n = *at++;
        if (n == 0 || n > SR_TERMS_STORED ||
            !sr_counted_list_get(at, (size_t)(last - first - 1), n, segment->lexicon.n_terms,
                                 numbers, counts)) {
            return SR_ERR_CORRUPT;
        }
    }
    *n_terms = n;
    return SR_OK;
}

sr_status sr_segment_terms(const sr_segment *segment, uint32_t ordinal, sr_stored_term *terms,
                           size_t *n_terms)
{
    uint32_t numbers[SR_TERMS_STORED];
    uint8_t counts[SR_COUNT_PLACES];
    SR_TRY(sr_segment_term_numbers(segment, ordinal, numbers, counts, n_terms));
    sr_lexicon_expect(&segment->lexicon, numbers, *n_terms);
    for (size_t i = 0; i < *n_terms; i++) {
        uint64_t hash = sr_lexicon_hash(&segment->lexicon, numbers[i]);
        if (hash == 0) {
            return SR_ERR_CORRUPT;
        }
        terms[i] = (sr_stored_term){.hash = hash, .tf2 = counts[i]};
    }
    return SR_OK;
}

/* ------------------------------------------------------------ frames */

sr_status sr_segment_find_frame(const sr_segment *segment, sr_field field, uint32_t ordinal,
                                size_t *number, sr_frame *frame)
{
    const sr_section_view *table = &segment->sections[SR_SECTION_COLD_FRAMES + (uint32_t)field];
    const sr_section_view *data = &segment->sections[SR_SECTION_COLD_DATA + (uint32_t)field];
    if (!table->data) {
        return SR_ERR_NOT_FOUND;
    }
    size_t low = 0; /* the last frame that does not begin behind the article */
    size_t high = table->n_bytes / SR_FRAME_ENTRY_BYTES;
    sr_frame at = {0};
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        sr_frame_decode(table->data + middle * SR_FRAME_ENTRY_BYTES, &at);
        if (at.first_doc <= ordinal) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0) {
        return SR_ERR_CORRUPT;
    }
    sr_frame_decode(table->data + (low - 1) * SR_FRAME_ENTRY_BYTES, &at);
    if (!sr_frame_is_sound(&at, data->n_bytes, segment->doc_count) || ordinal < at.first_doc ||
        ordinal - at.first_doc >= at.n_docs) {
        return SR_ERR_CORRUPT;
    }
    *number = low - 1;
    *frame = at;
    return SR_OK;
}

sr_status sr_segment_read_frame(const sr_segment *segment, sr_field field, size_t number,
                                const sr_frame *frame, ZSTD_DCtx *context, sr_buffer *packed,
                                sr_buffer *raw, sr_error *error)
{
    const sr_section_view *data = &segment->sections[SR_SECTION_COLD_DATA + (uint32_t)field];
    sr_buffer_clear(packed);
    SR_TRY(sr_buffer_reserve(packed, frame->n_bytes));
    SR_TRY(sr_file_pread(segment->fd, segment->path, packed->data, frame->n_bytes,
                         data->offset + frame->offset, error));
    sr_status status = sr_frame_unpack(frame, context, packed->data, raw);
    if (status == SR_ERR_CORRUPT) {
        sr_error_set(error, status, segment->path, 0, "%s: frame %zu: its checksum does not match",
                     sr_section_name(SR_SECTION_COLD_DATA + (uint32_t)field), number);
    }
    return status;
}
