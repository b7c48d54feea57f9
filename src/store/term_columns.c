/* term_columns.c — the two writers, and the walk over a batch that feeds them: its terms in order
 * of hash make lexicon and postings and give each term its number; the articles' own lists are then
 * written with these numbers. */
#include "store/term_columns.h"
#include "index/term_weight.h"

#include <stdlib.h>

/* ------------------------------------------------------------ lexicon and postings */

sr_status sr_lexicon_writer_init(sr_lexicon_writer *writer, sr_segment_file *file, const char *dir,
                                 sr_error *error)
{
    *writer =
        (sr_lexicon_writer){.file = file, .hashes = SR_SIDE_FILE_NONE, .places = SR_SIDE_FILE_NONE};
    SR_TRY(sr_side_file_init(&writer->hashes, dir, error));
    SR_TRY(sr_side_file_init(&writer->places, dir, error));
    return sr_segment_file_begin(file, SR_SECTION_POSTINGS, SR_SECTION_MUST_UNDERSTAND, error);
}

void sr_lexicon_writer_release(sr_lexicon_writer *writer)
{
    sr_side_file_close(&writer->hashes);
    sr_side_file_close(&writer->places);
}

static sr_status write_postings(sr_segment_file *file, const sr_posting *postings,
                                size_t n_postings, sr_error *error)
{
    uint8_t bytes[SR_GAP_MAX_BYTES];
    uint32_t next = 0;
    SR_TRY(sr_segment_file_write(file, bytes, sr_varint_put(bytes, n_postings), error));
    for (size_t i = 0; i < n_postings; i++) {
        size_t n = sr_gap_put(bytes, postings[i].ordinal - next, postings[i].tf2);
        SR_TRY(sr_segment_file_write(file, bytes, n, error));
        next = postings[i].ordinal + 1;
    }
    return SR_OK;
}

sr_status sr_lexicon_writer_add(sr_lexicon_writer *writer, uint64_t hash,
                                const sr_posting *postings, size_t n_postings, sr_error *error)
{
    uint8_t bytes[8];
    uint64_t place = sr_segment_file_section_bytes(writer->file);
    if (writer->n_terms >= UINT32_MAX) {
        return sr_error_set(error, SR_ERR_LIMIT, NULL, 0, "a segment has too many terms");
    }
    writer->n_terms++;
    sr_store_u64(bytes, hash);
    SR_TRY(sr_side_file_write(&writer->hashes, bytes, sizeof bytes, error));
    if (n_postings == 1) {
        place = SR_PLACE_SINGLE | (uint64_t)postings->tf2 << 32 | postings->ordinal;
    } else {
        SR_TRY(write_postings(writer->file, postings, n_postings, error));
    }
    sr_store_u64(bytes, place);
    return sr_side_file_write(&writer->places, bytes, sizeof bytes, error);
}

sr_status sr_lexicon_writer_finish(sr_lexicon_writer *writer, sr_error *error)
{
    sr_segment_file *file = writer->file;
    SR_TRY(sr_segment_file_begin(file, SR_SECTION_LEXICON, SR_SECTION_MUST_UNDERSTAND, error));
    SR_TRY(sr_side_file_move(&writer->hashes, file, error));
    return sr_side_file_move(&writer->places, file, error);
}

/* ------------------------------------------------------------ terms of articles */

sr_status sr_terms_writer_init(sr_terms_writer *writer, sr_segment_file *file, const char *dir,
                               sr_error *error)
{
    *writer = (sr_terms_writer){.file = file, .offsets = SR_SIDE_FILE_NONE};
    SR_TRY(sr_side_file_init(&writer->offsets, dir, error));
    return sr_segment_file_begin(file, SR_SECTION_TERMS, SR_SECTION_MUST_UNDERSTAND, error);
}

void sr_terms_writer_release(sr_terms_writer *writer)
{
    sr_side_file_close(&writer->offsets);
}

static sr_status note_offset(sr_terms_writer *writer, sr_error *error)
{
    uint8_t bytes[8];
    sr_store_u64(bytes, sr_segment_file_section_bytes(writer->file));
    return sr_side_file_write(&writer->offsets, bytes, sizeof bytes, error);
}

sr_status sr_terms_writer_add(sr_terms_writer *writer, const uint32_t *numbers,
                              const uint32_t *counts, size_t n_terms, sr_error *error)
{
    uint8_t bytes[SR_TERMS_STORED * SR_GAP_MAX_BYTES];
    size_t n_bytes = 0;
    uint32_t next = 0;
    assert(n_terms <= SR_TERMS_STORED);
    SR_TRY(note_offset(writer, error));
    for (size_t i = 0; i < n_terms; i++) {
        n_bytes += sr_gap_put(bytes + n_bytes, numbers[i] - next, counts[i]);
        next = numbers[i] + 1;
    }
    return sr_segment_file_write(writer->file, bytes, n_bytes, error);
}

sr_status sr_terms_writer_finish(sr_terms_writer *writer, sr_error *error)
{
    SR_TRY(note_offset(writer, error));
    SR_TRY(sr_segment_file_begin(writer->file, SR_SECTION_TERM_OFFSETS, SR_SECTION_MUST_UNDERSTAND,
                                 error));
    return sr_side_file_move(&writer->offsets, writer->file, error);
}

/* ------------------------------------------------------------ from a batch */

typedef struct batch_columns {
    const sr_term_list *lists;
    uint32_t n_lists;
    uint32_t *numbers; /* of each term of each list, list after list */
    uint64_t *offsets; /* where a list begins in `numbers` */
    sr_posting *postings;
    size_t capacity;
} batch_columns;

static sr_status add_run(batch_columns *batch, sr_lexicon_writer *lexicon, const sr_term_run *run,
                         sr_error *error)
{
    void *postings = batch->postings;
    SR_TRY(sr_array_reserve(&postings, &batch->capacity, run->n_places, sizeof *batch->postings));
    batch->postings = postings;
    for (size_t i = 0; i < run->n_places; i++) {
        const sr_keyed *place = &run->places[i];
        batch->numbers[batch->offsets[place->a] + sr_term_place_index(place)] =
            (uint32_t)lexicon->n_terms;
        batch->postings[i] = (sr_posting){.ordinal = place->a, .tf2 = sr_term_place_tf2(place)};
    }
    return sr_lexicon_writer_add(lexicon, run->hash, batch->postings, run->n_places, error);
}

static sr_status write_lexicon(batch_columns *batch, sr_segment_file *file, const char *dir,
                               sr_error *error)
{
    sr_term_runs runs = {0};
    sr_lexicon_writer lexicon;
    sr_status status = sr_lexicon_writer_init(&lexicon, file, dir, error);
    if (status == SR_OK) {
        status = sr_term_runs_init(&runs, batch->lists, batch->n_lists);
    }
    while (status == SR_OK) {
        sr_term_run run;
        status = sr_term_runs_next(&runs, &run);
        if (status != SR_OK || run.n_places == 0) {
            break;
        }
        status = add_run(batch, &lexicon, &run, error);
    }
    if (status == SR_OK) {
        status = sr_lexicon_writer_finish(&lexicon, error);
    }
    sr_term_runs_release(&runs);
    sr_lexicon_writer_release(&lexicon);
    return status;
}

static sr_status write_lists(const batch_columns *batch, sr_segment_file *file, const char *dir,
                             sr_error *error)
{
    sr_terms_writer terms;
    sr_status status = sr_terms_writer_init(&terms, file, dir, error);
    for (uint32_t i = 0; i < batch->n_lists && status == SR_OK; i++) {
        const sr_term_list *list = &batch->lists[i];
        uint32_t counts[SR_TERMS_STORED];
        assert(list->n_terms <= SR_TERMS_STORED);
        for (uint32_t term = 0; term < list->n_terms; term++) {
            counts[term] = list->terms[term].tf2;
        }
        status = sr_terms_writer_add(&terms, batch->numbers + batch->offsets[i], counts,
                                     list->n_terms, error);
    }
    if (status == SR_OK) {
        status = sr_terms_writer_finish(&terms, error);
    }
    sr_terms_writer_release(&terms);
    return status;
}

sr_status sr_term_columns_write(sr_segment_file *file, const char *dir, const sr_term_list *lists,
                                uint32_t n_lists, sr_error *error)
{
    batch_columns batch = {
        .lists = lists,
        .n_lists = n_lists,
        .offsets = calloc((size_t)n_lists + 1, sizeof *batch.offsets),
    };
    for (uint32_t i = 0; i < n_lists && batch.offsets; i++) {
        batch.offsets[i + 1] = batch.offsets[i] + lists[i].n_terms;
    }
    if (batch.offsets) {
        batch.numbers = calloc((size_t)batch.offsets[n_lists] + 1, sizeof *batch.numbers);
    }
    sr_status status = batch.numbers ? write_lexicon(&batch, file, dir, error) : SR_ERR_MEMORY;
    if (status == SR_OK) {
        status = write_lists(&batch, file, dir, error);
    }
    free(batch.postings);
    free(batch.numbers);
    free(batch.offsets);
    return status;
}
