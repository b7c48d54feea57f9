/* term_columns.c — the writer of articles' terms, and the walk over a batch that feeds them: its
 * terms in order of hash make lexicon and postings and give each term its number; the articles' own
 * lists are then written with these numbers. */
#include "store/term_columns.h"
#include "index/term_weight.h"
#include "store/counted_list.h"
#include "store/segment.h"

#include <stdlib.h>

/* ------------------------------------------------------------ terms of articles */

sr_status sr_terms_writer_init(sr_terms_writer *writer, sr_segment_file *file, const char *dir,
                               uint64_t n_lexicon, sr_error *error)
{
    *writer = (sr_terms_writer){.file = file,
                                .n_lexicon = n_lexicon,
                                .bases = SR_SIDE_FILE_NONE,
                                .offsets = SR_SIDE_FILE_NONE};
    sr_buffer_init(&writer->list, SR_BUFFER_NO_LIMIT);
    SR_TRY(sr_side_file_init(&writer->bases, dir, error));
    SR_TRY(sr_side_file_init(&writer->offsets, dir, error));
    return sr_segment_file_begin(file, SR_SECTION_TERMS, SR_SECTION_MUST_UNDERSTAND, error);
}

void sr_terms_writer_release(sr_terms_writer *writer)
{
    sr_side_file_close(&writer->bases);
    sr_side_file_close(&writer->offsets);
    sr_buffer_release(&writer->list);
}

/* The lists of 32 articles take less than 64 KB: 160 terms of 49 bits and a byte at most. */
static sr_status note_offset(sr_terms_writer *writer, sr_error *error)
{
    uint8_t bytes[8];
    uint64_t offset = sr_segment_file_section_bytes(writer->file);
    if (writer->n_articles++ % SR_TERM_BASE_ARTICLES == 0) {
        writer->base = offset;
        sr_store_u64(bytes, offset);
        SR_TRY(sr_side_file_write(&writer->bases, bytes, sizeof bytes, error));
    }
    assert(offset - writer->base <= UINT16_MAX);
    sr_store_u16(bytes, (uint16_t)(offset - writer->base));
    return sr_side_file_write(&writer->offsets, bytes, sizeof(uint16_t), error);
}

sr_status sr_terms_writer_add(sr_terms_writer *writer, const uint32_t *numbers,
                              const uint32_t *counts, size_t n_terms, sr_error *error)
{
    uint8_t count = (uint8_t)n_terms;
    assert(n_terms <= SR_TERMS_STORED);
    SR_TRY(note_offset(writer, error));
    if (n_terms == 0) {
        return SR_OK;
    }
    sr_buffer_clear(&writer->list);
    SR_TRY(sr_buffer_append(&writer->list, &count, sizeof count));
    SR_TRY(sr_counted_list_put(&writer->list, numbers, counts, 1, n_terms, writer->n_lexicon));
    return sr_segment_file_write(writer->file, writer->list.data, writer->list.n_bytes, error);
}

sr_status sr_terms_writer_finish(sr_terms_writer *writer, sr_error *error)
{
    SR_TRY(note_offset(writer, error));
    SR_TRY(sr_segment_file_begin(writer->file, SR_SECTION_TERM_OFFSETS, SR_SECTION_MUST_UNDERSTAND,
                                 error));
    SR_TRY(sr_side_file_move(&writer->bases, writer->file, error));
    return sr_side_file_move(&writer->offsets, writer->file, error);
}

/* ------------------------------------------------------------ from a batch */

typedef struct batch_columns {
    const sr_term_list *lists;
    uint32_t n_lists;
    uint32_t *numbers; /* of each term of each list, list after list */
    uint64_t *offsets; /* where a list begins in `numbers` */
    uint64_t n_terms;  /* in the lexicon */
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
    sr_status status = sr_lexicon_writer_init(&lexicon, file, dir, batch->n_lists, error);
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
        batch->n_terms = lexicon.n_terms;
    }
    sr_term_runs_release(&runs);
    sr_lexicon_writer_release(&lexicon);
    return status;
}

static sr_status write_lists(const batch_columns *batch, sr_segment_file *file, const char *dir,
                             sr_error *error)
{
    sr_terms_writer terms;
    sr_status status = sr_terms_writer_init(&terms, file, dir, batch->n_terms, error);
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
