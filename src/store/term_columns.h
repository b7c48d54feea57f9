/* term_columns.h — the sections of terms (FORMAT.md §5.5) as they are written: the lexicon with the
 * postings (lexicon.h), then the terms (article → terms) article after article. */
#ifndef SR_STORE_TERM_COLUMNS_H
#define SR_STORE_TERM_COLUMNS_H

#include "store/lexicon.h"
#include "store/term_runs.h"

typedef struct sr_terms_writer {
    sr_segment_file *file;
    uint64_t n_lexicon; /* numbers are below */
    sr_side_file bases;
    sr_side_file offsets;
    uint64_t base;
    uint64_t n_articles;
    sr_buffer list;
} sr_terms_writer;

SR_MUST_USE sr_status sr_terms_writer_init(sr_terms_writer *writer, sr_segment_file *file,
                                           const char *dir, uint64_t n_lexicon, sr_error *error);
void sr_terms_writer_release(sr_terms_writer *writer);
/* The next article's term numbers, ascending, and their counts. */
SR_MUST_USE sr_status sr_terms_writer_add(sr_terms_writer *writer, const uint32_t *numbers,
                                          const uint32_t *counts, size_t n_terms, sr_error *error);
SR_MUST_USE sr_status sr_terms_writer_finish(sr_terms_writer *writer, sr_error *error);

/* All of them from one batch. */
SR_MUST_USE sr_status sr_term_columns_write(sr_segment_file *file, const char *dir,
                                            const sr_term_list *lists, uint32_t n_lists,
                                            sr_error *error);

#endif
