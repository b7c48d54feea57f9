/* term_df.h — what a snapshot remembers for ranking: document frequencies by term number (a term of
 * one segment must be sought in all the others, once), and what they make of an article's vector.
 */
#ifndef SR_STORE_TERM_DF_H
#define SR_STORE_TERM_DF_H

#include "store/store.h"

/* Makes room to remember; only for a snapshot that will not change. SR_ERR_MEMORY. */
SR_MUST_USE sr_status sr_snapshot_remember(sr_snapshot *snapshot);
/* A df and whether the term is a pair, in one word: 2·(df + 1) + is_pair. */
typedef struct sr_term_df {
    uint32_t word;
} sr_term_df;

/* More articles than any store on one machine holds. */
#define SR_TERM_DF_MAX (UINT32_MAX / 2 - 2)

static inline sr_term_df sr_term_df_of(uint64_t df, bool is_pair)
{
    uint64_t known = df < SR_TERM_DF_MAX ? df : SR_TERM_DF_MAX;
    return (sr_term_df){.word = (uint32_t)(known + 1) << 1 | is_pair};
}

static inline uint64_t sr_term_df_count(sr_term_df df)
{
    return (uint64_t)(df.word >> 1) - 1;
}

static inline bool sr_term_df_is_pair(sr_term_df df)
{
    return df.word & 1;
}

/* The live dfs of terms of a segment over all segments. Thread-safe; the numbers must be such as
 * the segment gave. */
void sr_snapshot_term_dfs(const sr_snapshot *snapshot, uint32_t segment, const uint32_t *numbers,
                          size_t n_terms, sr_term_df *dfs);
static inline uint64_t sr_snapshot_term_df(const sr_snapshot *snapshot, uint32_t segment,
                                           uint32_t number, bool *is_pair)
{
    sr_term_df df;
    sr_snapshot_term_dfs(snapshot, segment, &number, 1, &df);
    *is_pair = sr_term_df_is_pair(df);
    return sr_term_df_count(df);
}

/* sr_snapshot_df of many terms, sought together. */
void sr_snapshot_dfs(const sr_snapshot *snapshot, const uint64_t *hashes, size_t n_terms,
                     uint64_t *dfs);
/* What the dfs of all its terms come to in an article's vector. */
typedef struct sr_doc_length {
    double squares;  /* of its length */
    double lightest; /* weight of the last term that the cut keeps, and the term's place among the
                        stored ones; 0 and UINT32_MAX where nothing is cut */
    uint32_t lightest_index;
} sr_doc_length;

/* Thread-safe; false where it is not remembered. Whoever makes one must always make the same. */
bool sr_snapshot_recall_length(const sr_snapshot *snapshot, sr_doc doc, sr_doc_length *length);
void sr_snapshot_remember_length(const sr_snapshot *snapshot, sr_doc doc,
                                 const sr_doc_length *length);
/* Whether the lengths that stand in a segment (sr_segment_norm) will do instead of those that
 * today's statistics would make: in a store of at least SR_SETTLED_DOCS articles then as now, of
 * which there are at most SR_SETTLED_GROWTH times as many, and not half of them removed. idf
 * changes little by then: lengths that were never renewed while a store grew tenfold from 220 to
 * 1,000 articles cost nDCG@10 .005 (bbc), .002 (ng20) and nothing (reuters, ag). */
enum { SR_SETTLED_DOCS = 1 << 16, SR_SETTLED_GROWTH = 8 };
bool sr_snapshot_is_settled(const sr_snapshot *snapshot, uint32_t segment);
/* The lengths of all articles of a segment (sr_segment_norm), side by side in memory. */
typedef struct sr_norms {
    const float *values;
    const uint8_t *floors; /* value ≥ floor · step; a little less of memory to go over */
    double step;
} sr_norms;
/* NULL as long as not as many lengths were looked at, `n_looks` of them now, as there are articles.
 * Thread-safe. */
const sr_norms *sr_snapshot_norms(const sr_snapshot *snapshot, uint32_t segment, size_t n_looks);
/* Newest date of the live articles, SR_TIME_UNKNOWN where none has one. */
int64_t sr_snapshot_newest(const sr_snapshot *snapshot);
/* Asks memory for what sr_snapshot_term_numbers will read: first where it lies, then, some articles
 * later, the terms. */
void sr_snapshot_expect_place(const sr_snapshot *snapshot, sr_doc doc);
void sr_snapshot_expect_terms(const sr_snapshot *snapshot, sr_doc doc);
/* The same for its norm, its facts, its MinHash values, its list of neighbours and its dense
 * vector. */
void sr_snapshot_expect_norm(const sr_snapshot *snapshot, sr_doc doc);
void sr_snapshot_expect_facts(const sr_snapshot *snapshot, sr_doc doc);
void sr_snapshot_expect_values(const sr_snapshot *snapshot, sr_doc doc);
void sr_snapshot_expect_list(const sr_snapshot *snapshot, sr_doc doc);
void sr_snapshot_expect_vector(const sr_snapshot *snapshot, sr_doc doc);
/* The term numbers of an article, ascending, and their counts in halves; places:
 * SR_TERMS_STORED numbers, SR_COUNT_PLACES counts. */
SR_MUST_USE sr_status sr_snapshot_term_numbers(const sr_snapshot *snapshot, sr_doc doc,
                                               uint32_t numbers[], uint8_t counts[],
                                               size_t *n_terms);
/* The number of a term in a segment, sought from number `from` on; false where it has none,
 * `*number` then being where it would stand. */
bool sr_snapshot_find_term(const sr_snapshot *snapshot, uint32_t segment, uint32_t from,
                           uint64_t hash, uint32_t *number);
/* The articles of a term that was found, behind what `list` holds. */
SR_MUST_USE sr_status sr_snapshot_term_list_append(const sr_snapshot *snapshot, uint32_t segment,
                                                   uint32_t number, sr_posting_list *list);
/* The numbers of terms in a segment, SR_NO_TERM for those that it does not know. */
#define SR_NO_TERM UINT32_MAX
void sr_snapshot_find_terms(const sr_snapshot *snapshot, uint32_t segment, const uint64_t *hashes,
                            size_t n_terms, uint32_t *numbers);

#endif
