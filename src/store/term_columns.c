/* term_columns.c — one walk over the terms in order of hash makes lexicon and postings and gives
 * each term its number; the articles' own lists are then written with these numbers. */
#include "store/term_columns.h"

#include <stdlib.h>

typedef struct columns {
    sr_buffer hashes;
    sr_buffer places;
    sr_buffer postings;
    uint32_t *numbers; /* of each term of each list, list after list */
    uint64_t *offsets; /* where a list begins in `numbers` */
} columns;

static sr_status append_u64(sr_buffer *buffer, uint64_t value)
{
    uint8_t bytes[8];
    sr_store_u64(bytes, value);
    return sr_buffer_append(buffer, bytes, sizeof bytes);
}

static sr_status append_postings(columns *built, const sr_term_run *run)
{
    uint8_t bytes[SR_GAP_MAX_BYTES];
    SR_TRY(append_u64(&built->places, built->postings.n_bytes));
    SR_TRY(sr_buffer_append(&built->postings, bytes, sr_varint_put(bytes, run->n_places)));
    uint32_t next = 0;
    for (size_t i = 0; i < run->n_places; i++) {
        const sr_keyed *place = &run->places[i];
        size_t n = sr_gap_put(bytes, place->a - next, sr_term_place_tf2(place));
        SR_TRY(sr_buffer_append(&built->postings, bytes, n));
        next = place->a + 1;
    }
    return SR_OK;
}

static sr_status add_run(columns *built, const sr_term_run *run)
{
    size_t number = built->hashes.n_bytes / 8;
    if (number >= UINT32_MAX) {
        return SR_ERR_LIMIT;
    }
    SR_TRY(append_u64(&built->hashes, run->hash));
    for (size_t i = 0; i < run->n_places; i++) {
        const sr_keyed *place = &run->places[i];
        built->numbers[built->offsets[place->a] + sr_term_place_index(place)] = (uint32_t)number;
    }
    if (run->n_places > 1) {
        return append_postings(built, run);
    }
    const sr_keyed *place = run->places;
    uint64_t tf2 = sr_term_place_tf2(place);
    return append_u64(&built->places, SR_PLACE_SINGLE | tf2 << 32 | place->a);
}

static sr_status build(columns *built, const sr_term_list *lists, uint32_t n_lists)
{
    built->offsets = calloc((size_t)n_lists + 1, sizeof *built->offsets);
    if (!built->offsets) {
        return SR_ERR_MEMORY;
    }
    for (uint32_t i = 0; i < n_lists; i++) {
        built->offsets[i + 1] = built->offsets[i] + lists[i].n_terms;
    }
    built->numbers = calloc((size_t)built->offsets[n_lists] + 1, sizeof *built->numbers);
    sr_term_runs runs = {0};
    sr_status status = built->numbers ? sr_term_runs_init(&runs, lists, n_lists) : SR_ERR_MEMORY;
    while (status == SR_OK) {
        sr_term_run run;
        status = sr_term_runs_next(&runs, &run);
        if (status != SR_OK || run.n_places == 0) {
            break;
        }
        status = add_run(built, &run);
    }
    sr_term_runs_release(&runs);
    return status;
}

/* The articles' own lists: ascending term numbers as gaps. */
static sr_status write_lists(const columns *built, sr_segment_file *file, const sr_term_list *lists,
                             uint32_t n_lists, sr_error *error)
{
    sr_buffer offsets;
    sr_buffer terms;
    sr_buffer_init(&offsets, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&terms, SR_BUFFER_NO_LIMIT);
    sr_status status = SR_OK;
    for (uint32_t i = 0; i < n_lists && status == SR_OK; i++) {
        const uint32_t *numbers = built->numbers + built->offsets[i];
        uint32_t next = 0;
        status = append_u64(&offsets, terms.n_bytes);
        for (uint32_t term = 0; term < lists[i].n_terms && status == SR_OK; term++) {
            uint8_t bytes[SR_GAP_MAX_BYTES];
            size_t n = sr_gap_put(bytes, numbers[term] - next, lists[i].terms[term].tf2);
            next = numbers[term] + 1;
            status = sr_buffer_append(&terms, bytes, n);
        }
    }
    if (status == SR_OK) {
        status = append_u64(&offsets, terms.n_bytes);
    }
    const sr_buffer *const parts[] = {&offsets, &terms};
    const uint32_t types[] = {SR_SECTION_TERM_OFFSETS, SR_SECTION_TERMS};
    for (size_t i = 0; i < 2 && status == SR_OK; i++) {
        status = sr_segment_file_begin(file, types[i], SR_SECTION_MUST_UNDERSTAND, error);
        if (status == SR_OK) {
            status = sr_segment_file_write(file, parts[i]->data, parts[i]->n_bytes, error);
        }
    }
    sr_buffer_release(&offsets);
    sr_buffer_release(&terms);
    return status;
}

static sr_status write_lexicon(const columns *built, sr_segment_file *file, sr_error *error)
{
    SR_TRY(sr_segment_file_begin(file, SR_SECTION_LEXICON, SR_SECTION_MUST_UNDERSTAND, error));
    SR_TRY(sr_segment_file_write(file, built->hashes.data, built->hashes.n_bytes, error));
    SR_TRY(sr_segment_file_write(file, built->places.data, built->places.n_bytes, error));
    SR_TRY(sr_segment_file_begin(file, SR_SECTION_POSTINGS, SR_SECTION_MUST_UNDERSTAND, error));
    return sr_segment_file_write(file, built->postings.data, built->postings.n_bytes, error);
}

sr_status sr_term_columns_write(sr_segment_file *file, const sr_term_list *lists, uint32_t n_lists,
                                sr_error *error)
{
    columns built = {0};
    sr_buffer_init(&built.hashes, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&built.places, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&built.postings, SR_BUFFER_NO_LIMIT);
    sr_status status = build(&built, lists, n_lists);
    if (status == SR_OK) {
        status = write_lexicon(&built, file, error);
    }
    if (status == SR_OK) {
        status = write_lists(&built, file, lists, n_lists, error);
    }
    sr_buffer_release(&built.hashes);
    sr_buffer_release(&built.places);
    sr_buffer_release(&built.postings);
    free(built.numbers);
    free(built.offsets);
    return status;
}
