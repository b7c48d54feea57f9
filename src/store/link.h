/* link.h — a batch of new articles finds its neighbours: among the stored ones and in the batch
 * itself, when it is flushed into a segment.
 *
 *     vocabulary   the batch's terms with df ≥ 2 numbered by hash; every article a unit vector
 *     candidates   the postings of an article's heaviest terms added up, of the batch and of every
 *                  stored segment; the best LINK_CANDIDATES sums
 *     cosine       exact, candidate by candidate
 *     lists        nearest first, one member of each group of repeats, none that repeats the
 *                  article; an article also enters the lists of its own neighbours: directly where
 *                  they are of the batch, as an edge where they are stored
 *
 * A segment's lexicon is sorted by hash as the vocabulary is, so one walk tells the segment's
 * number of every term, and no term is ever sought twice. What costs time is postings: their number
 * an article is bounded, so that a store of any size takes about as long.
 *
 * An article that repeats an older one enters nobody's list: its elder stands there for it.
 */
#ifndef SR_STORE_LINK_H
#define SR_STORE_LINK_H

#include "index/top_k.h"
#include "store/vectors.h"

enum { SR_LINK_CANDIDATES = 40, SR_LINK_PROBES = 24 };

/* Neighbours below this closeness are strangers. */
#define SR_LINK_FLOOR 0.1

/* As lists have it; 0 for strangers. */
static inline uint8_t sr_closeness_pack(double closeness)
{
    return closeness >= SR_LINK_FLOOR ? sr_similarity_pack(closeness) : 0;
}

/* The batch as vectors; article i's terms are [offsets[i], offsets[i] + counts[i]). */
typedef struct sr_link_vectors {
    const sr_doc *stored; /* the articles are stored ones, linked anew; NULL: they are new */
    uint32_t n_docs;
    uint64_t n_live;  /* articles that the statistics count: stored and of the batch */
    uint64_t *hashes; /* of term t, ascending */
    double *idfs;
    uint32_t *dfs;
    size_t n_terms;
    size_t *offsets;
    uint32_t *counts;
    uint32_t *numbers; /* ascending within an article */
    float *weights;    /* of unit length; the SR_TERMS_SCORED heaviest */
    size_t *starts;    /* postings of term t: [starts[t], starts[t + 1]) */
    uint32_t *posting_docs;
    float *posting_weights;
} sr_link_vectors;

SR_MUST_USE sr_status sr_link_vectors_make(sr_link_vectors *vectors, const sr_snapshot *snapshot,
                                           const sr_term_list *lists, const sr_doc *stored,
                                           uint32_t n_docs);
void sr_link_vectors_release(sr_link_vectors *vectors);

/* The candidates of every article, SR_LINK_CANDIDATES places each: the score is the cosine; the
 * key is segment and ordinal of a stored article, or its number in the batch where the segment is
 * the number of the snapshot's segments. */
typedef struct sr_link_candidates {
    sr_ranked *items;
    uint32_t *counts;
} sr_link_candidates;

SR_MUST_USE sr_status sr_link_candidates_find(sr_link_candidates *candidates,
                                              const sr_link_vectors *vectors,
                                              const sr_snapshot *snapshot);
void sr_link_candidates_release(sr_link_candidates *candidates);

/* Lists and edges of new articles, the first of which will have `first_serial`. `vectors` are
 * theirs, made by `maker`. */
SR_MUST_USE sr_status sr_links_make(sr_links *links, const sr_snapshot *snapshot,
                                    const sr_new_docs *fresh, const sr_vector_maker *maker,
                                    const sr_dense_vector *vectors, uint64_t first_serial);

/* Lists of stored articles by all that the snapshot knows now, a row an article. `vectors` are
 * those of all articles of every segment, made by `maker`; NULL where it has no model. */
SR_MUST_USE sr_status sr_links_renew(const sr_snapshot *snapshot, const sr_vector_maker *maker,
                                     const sr_dense_vector *const *vectors, const sr_doc *docs,
                                     uint32_t n_docs, uint8_t *rows);

#endif
