/* term_columns.h — the three sections of terms (FORMAT.md §5.5): the lexicon (hash → postings), the
 * postings (term → articles) and the terms (article → terms), written together from one batch. */
#ifndef SR_STORE_TERM_COLUMNS_H
#define SR_STORE_TERM_COLUMNS_H

#include "store/segment_file.h"
#include "store/term_runs.h"

SR_MUST_USE sr_status sr_term_columns_write(sr_segment_file *file, const sr_term_list *lists,
                                            uint32_t n_lists, sr_error *error);

/* What the place word of a lexicon entry says: a term of one article only has its posting in it. */
#define SR_PLACE_SINGLE (UINT64_C(1) << 63)

#endif
