/* term_columns.h — the sections of terms (FORMAT.md §5.5) as they are written: the lexicon (hash →
 * postings) and the postings (term → articles) term after term, then the terms (article → terms)
 * article after article. What comes later in the file waits in side files. */
#ifndef SR_STORE_TERM_COLUMNS_H
#define SR_STORE_TERM_COLUMNS_H

#include "store/side_file.h"
#include "store/term_runs.h"

typedef struct sr_lexicon_writer {
    sr_segment_file *file;
    sr_side_file hashes;
    sr_side_file places;
    uint64_t n_terms;
} sr_lexicon_writer;

/* Begins the section of postings. `release` in any case. */
SR_MUST_USE sr_status sr_lexicon_writer_init(sr_lexicon_writer *writer, sr_segment_file *file,
                                             const char *dir, sr_error *error);
void sr_lexicon_writer_release(sr_lexicon_writer *writer);
/* The next term, of a hash above the one before; its number is how many were added before it.
 * Postings ascend, and there is one at least. SR_ERR_LIMIT past 2^32 − 2 terms. */
SR_MUST_USE sr_status sr_lexicon_writer_add(sr_lexicon_writer *writer, uint64_t hash,
                                            const sr_posting *postings, size_t n_postings,
                                            sr_error *error);
SR_MUST_USE sr_status sr_lexicon_writer_finish(sr_lexicon_writer *writer, sr_error *error);

typedef struct sr_terms_writer {
    sr_segment_file *file;
    sr_side_file offsets;
} sr_terms_writer;

SR_MUST_USE sr_status sr_terms_writer_init(sr_terms_writer *writer, sr_segment_file *file,
                                           const char *dir, sr_error *error);
void sr_terms_writer_release(sr_terms_writer *writer);
/* The next article's term numbers, ascending, and their counts. */
SR_MUST_USE sr_status sr_terms_writer_add(sr_terms_writer *writer, const uint32_t *numbers,
                                          const uint32_t *counts, size_t n_terms, sr_error *error);
SR_MUST_USE sr_status sr_terms_writer_finish(sr_terms_writer *writer, sr_error *error);

/* All of them from one batch. */
SR_MUST_USE sr_status sr_term_columns_write(sr_segment_file *file, const char *dir,
                                            const sr_term_list *lists, uint32_t n_lists,
                                            sr_error *error);

/* What the place word of a lexicon entry says: a term of one article only has its posting in it. */
#define SR_PLACE_SINGLE (UINT64_C(1) << 63)

#endif
