/* neighbours.h — the neighbour graph as it lies in segments (FORMAT.md §5.8): every article has a
 * list of its nearest ones, made when it was added; later articles that belong in it stand as edges
 * in their own segments. What an article's neighbours are is both together.
 */
#ifndef SR_STORE_NEIGHBOURS_H
#define SR_STORE_NEIGHBOURS_H

#include "store/format.h"
#include "store/segment_proof.h"

enum { SR_LIST_BYTES = SR_NEIGHBOURS * 6, SR_EDGE_BYTES = 6 };

/* Similarities are stored in 255ths. */
static inline uint8_t sr_similarity_pack(double similarity)
{
    double scaled = similarity * 255.0 + 0.5;
    return scaled < 0.0 ? 0 : scaled > 255.0 ? 255 : (uint8_t)scaled;
}

/* An entry of a list in the making. */
typedef struct sr_link {
    uint64_t serial;
    uint8_t similarity;
    uint8_t closeness;
} sr_link;

/* Nearest first; equal ones by serial. No two entries of a list are equal in this order. */
static inline bool sr_link_before(const sr_link *a, const sr_link *b)
{
    return a->closeness != b->closeness ? a->closeness > b->closeness : a->serial < b->serial;
}

/* A list of up to SR_NEIGHBOURS entries, in order, to its bytes and back. `serial` is the article's
 * own. */
void sr_list_encode(uint8_t row[SR_LIST_BYTES], uint64_t serial, const sr_link *links,
                    size_t n_links);
size_t sr_list_decode(const uint8_t row[SR_LIST_BYTES], uint64_t serial,
                      sr_link links[SR_NEIGHBOURS]);
/* Puts a link where it belongs; the last one of a full list falls off, an entry of the same serial
 * stays as it is. */
void sr_list_insert(sr_link links[SR_NEIGHBOURS], size_t *n_links, sr_link link);
/* Least closeness that still gets into a list; 0 where it has room. */
static inline uint8_t sr_list_threshold(const uint8_t row[SR_LIST_BYTES])
{
    return row[SR_LIST_BYTES - 1];
}

/* An article that belongs in the list of an older one. */
typedef struct sr_edge {
    uint64_t target; /* serial of the older one */
    uint32_t source; /* ordinal in the segment that the edge stands in */
    uint8_t similarity;
    uint8_t closeness;
} sr_edge;

/* The edges of a segment, as they lie in it. */
typedef struct sr_edges {
    const uint64_t *targets; /* ascending */
    const uint32_t *firsts;  /* n_targets + 1 */
    const uint32_t *sources;
    const uint8_t *similarities;
    const uint8_t *closenesses;
    size_t n_targets;
    size_t n_edges;
} sr_edges;

/* False where the bytes can't be a section of edges. */
bool sr_edges_view(const uint8_t *bytes, size_t n_bytes, sr_edges *edges);

/* The run of a target's edges; an empty one where it has none. SR_ERR_CORRUPT. */
/* `proof` NULL: of edges that are no part of a segment. */
SR_MUST_USE sr_status sr_edges_find(const sr_edges *edges, sr_proof *proof, uint64_t target,
                                    size_t *first, size_t *last);
/* Puts the edges that a later segment has for the article into its list. SR_ERR_CORRUPT. */
SR_MUST_USE sr_status sr_list_add_edges(const sr_segment *segment, uint64_t serial,
                                        sr_link links[SR_NEIGHBOURS], size_t *n_links);

/* The graph of a new segment. */
typedef struct sr_links {
    uint8_t *rows;  /* a list an article */
    sr_edge *edges; /* ascending by target, nearest source first, then by source */
    size_t n_edges;
    size_t capacity;
} sr_links;

void sr_links_release(sr_links *links);
/* In the order that a segment keeps. */
void sr_edges_sort(sr_edge *edges, size_t n_edges);

#endif
