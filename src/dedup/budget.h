/* budget.h — what a run keeps of every article, and how the memory it may take is divided. Bytes.
 */
#ifndef SR_DEDUP_BUDGET_H
#define SR_DEDUP_BUDGET_H

#include "base/status.h"

/* The columns of an article, which lie in a checkpoint's files whatever the memory is. */
uint64_t sr_budget_row_bytes(const sr_params *params);
/* What is kept of an article while the bands are compared: its row, signature and keys; its places
 * in clusters; its entry and pair of the band under way. */
uint64_t sr_budget_article_bytes(const sr_dedup_options *options);
/* The containment sketches, a 32-bit hash in eight shingles, and half of it while they are joined:
 * a word has six bytes. */
uint64_t sr_budget_sketch_bytes(uint64_t n_text_bytes);

/* What a run may take; what each of its spools may of that, one for the texts and one for raw
 * records where these are kept; and its columns while nobody knows their size. */
uint64_t sr_budget_limit(const sr_dedup_options *options);
size_t sr_budget_spool(uint64_t memory_limit);
size_t sr_budget_raw(uint64_t memory_limit);
uint64_t sr_budget_columns(uint64_t memory_limit);
/* What a run over so much takes at most where it does not spill. */
uint64_t sr_budget_needed(const sr_dedup_options *options, uint64_t n_articles,
                          uint64_t n_text_bytes, uint64_t n_raw_bytes);
/* SR_ERR_LIMIT where less may be taken than any run needs. */
SR_MUST_USE sr_status sr_budget_check(uint64_t limit, sr_error *error);

#endif
