/* neighbours.c — lists and edges: their coding, and both put together (see neighbours.h). */
#include "store/neighbours.h"

#include "store/snapshot.h"

#include <stdlib.h>

/* ------------------------------------------------------------ lists */

/* A row: the distances to the neighbours' serials (i32), then similarities, then closenesses. */
enum { SIMILARITIES_AT = SR_NEIGHBOURS * 4, CLOSENESSES_AT = SR_NEIGHBOURS * 5 };

void sr_list_encode(uint8_t row[SR_LIST_BYTES], uint64_t serial, const sr_link *links,
                    size_t n_links)
{
    memset(row, 0, SR_LIST_BYTES);
    size_t n = 0;
    for (size_t i = 0; i < n_links && n < SR_NEIGHBOURS; i++) {
        int64_t distance = (int64_t)(links[i].serial - serial);
        if (distance == (int32_t)distance) { /* farther ones can't be written: they are left out */
            sr_store_u32(row + n * 4, (uint32_t)(int32_t)distance);
            row[SIMILARITIES_AT + n] = links[i].similarity;
            row[CLOSENESSES_AT + n] = links[i].closeness;
            n++;
        }
    }
}

static size_t decode_part(const uint8_t row[SR_LIST_BYTES], uint64_t serial, size_t first,
                          size_t last, sr_link *links)
{
    size_t n = first;
    for (; n < last; n++) {
        int32_t distance = (int32_t)sr_load_u32(row + n * 4);
        if (distance == 0) {
            break;
        }
        links[n - first] = (sr_link){.serial = serial + (uint64_t)(int64_t)distance,
                                     .similarity = row[SIMILARITIES_AT + n],
                                     .closeness = row[CLOSENESSES_AT + n]};
    }
    return n - first;
}

size_t sr_list_decode(const uint8_t row[SR_LIST_BYTES], uint64_t serial,
                      sr_link links[SR_NEIGHBOURS])
{
    return decode_part(row, serial, 0, SR_NEIGHBOURS, links);
}

void sr_list_insert(sr_link links[SR_NEIGHBOURS], size_t *n_links, sr_link link)
{
    size_t at = *n_links;
    for (size_t i = 0; i < *n_links; i++) {
        if (links[i].serial == link.serial) {
            return;
        }
    }
    while (at > 0 && sr_link_before(&link, &links[at - 1])) {
        at--;
    }
    if (at == SR_NEIGHBOURS) {
        return;
    }
    size_t n = *n_links < SR_NEIGHBOURS ? *n_links : SR_NEIGHBOURS - 1;
    memmove(links + at + 1, links + at, (n - at) * sizeof *links);
    links[at] = link;
    *n_links = n + 1;
}

/* ------------------------------------------------------------ edges */

bool sr_edges_view(const uint8_t *bytes, size_t n_bytes, sr_edges *edges)
{
    enum { HEAD = 16, TARGET_BYTES = 12 };
    if (n_bytes < HEAD + 4) {
        return false;
    }
    uint64_t n_targets = sr_load_u64(bytes);
    uint64_t n_edges = sr_load_u64(bytes + 8);
    uint64_t most = n_bytes; /* so that nothing below overflows */
    if (n_targets > most || n_edges > most ||
        HEAD + n_targets * TARGET_BYTES + 4 + n_edges * SR_EDGE_BYTES != n_bytes) {
        return false;
    }
    /* The section lies on a multiple of 64, so every array on one of its own width. */
    *edges = (sr_edges){
        .targets = (const uint64_t *)(const void *)(bytes + HEAD),
        .firsts = (const uint32_t *)(const void *)(bytes + HEAD + n_targets * 8),
        .sources = (const uint32_t *)(const void *)(bytes + HEAD + n_targets * TARGET_BYTES + 4),
        .n_targets = (size_t)n_targets,
        .n_edges = (size_t)n_edges,
    };
    edges->similarities = (const uint8_t *)(edges->sources + n_edges);
    edges->closenesses = edges->similarities + n_edges;
    return edges->firsts[0] == 0 && edges->firsts[n_targets] == n_edges;
}

void sr_links_release(sr_links *links)
{
    free(links->rows);
    free(links->edges);
    *links = (sr_links){0};
}

static int compare_edges(const void *a, const void *b)
{
    const sr_edge *x = a;
    const sr_edge *y = b;
    if (x->target != y->target) {
        return x->target < y->target ? -1 : 1;
    }
    if (x->closeness != y->closeness) {
        return x->closeness > y->closeness ? -1 : 1;
    }
    return (x->source > y->source) - (x->source < y->source);
}

void sr_edges_sort(sr_edge *edges, size_t n_edges)
{
    if (n_edges > 1) {
        qsort(edges, n_edges, sizeof *edges, compare_edges);
    }
}

/* Where a search rests on; all targets where a damaged one led it astray. */
static void touch_targets(const sr_edges *edges, sr_proof *proof, size_t found, uint64_t target)
{
    const uint64_t *targets = edges->targets;
    size_t first = found > 0 ? found - 1 : found;
    size_t end = found < edges->n_targets ? found + 1 : found;
    sr_proof_touch(proof, targets + first, (end - first) * sizeof *targets);
    if ((found > 0 && targets[found - 1] >= target) ||
        (found < edges->n_targets && targets[found] < target)) {
        sr_proof_touch(proof, targets, edges->n_targets * sizeof *targets);
    }
}

sr_status sr_edges_find(const sr_edges *edges, sr_proof *proof, uint64_t target, size_t *first,
                        size_t *last)
{
    size_t low = 0;
    size_t n = edges->n_targets;
    while (n > 0) {
        size_t half = n / 2;
        bool right = edges->targets[low + half] < target;
        low = right ? low + half + 1 : low;
        n = right ? n - half - 1 : half;
    }
    *first = *last = 0;
    if (edges->n_targets == 0) {
        return SR_OK;
    }
    if (proof) {
        touch_targets(edges, proof, low, target);
    }
    if (low < edges->n_targets && edges->targets[low] == target) {
        if (proof) {
            sr_proof_touch(proof, edges->firsts + low, 2 * sizeof *edges->firsts);
        }
        *first = edges->firsts[low];
        *last = edges->firsts[low + 1];
    }
    return *first <= *last && *last <= edges->n_edges ? SR_OK : SR_ERR_CORRUPT;
}

/* ------------------------------------------------------------ both */

sr_status sr_list_add_edges(const sr_segment *segment, uint64_t serial,
                            sr_link links[SR_NEIGHBOURS], size_t *n_links)
{
    const sr_edges *edges = &segment->edges;
    size_t first;
    size_t last;
    SR_TRY(sr_edges_find(edges, segment->proof, serial, &first, &last));
    if (first == last) { /* there may be no edges at all */
        return SR_OK;
    }
    size_t n = last - first < SR_NEIGHBOURS ? last - first : SR_NEIGHBOURS;
    sr_proof_touch(segment->proof, edges->sources + first, n * sizeof *edges->sources);
    sr_proof_touch(segment->proof, edges->similarities + first, n);
    sr_proof_touch(segment->proof, edges->closenesses + first, n);
    for (size_t i = first; i < first + n; i++) {
        if (edges->sources[i] >= segment->doc_count) {
            return SR_ERR_CORRUPT;
        }
        sr_list_insert(links, n_links,
                       (sr_link){.serial = sr_segment_serial(segment, edges->sources[i]),
                                 .similarity = edges->similarities[i],
                                 .closeness = edges->closenesses[i]});
    }
    return SR_OK;
}

/* Those of `links` that live, behind the `n_found` that there are. */
static size_t take_living(const sr_snapshot *snapshot, const sr_link *links, size_t n_links,
                          size_t limit, sr_neighbour *neighbours, size_t n_found)
{
    for (size_t i = 0; i < n_links && n_found < limit; i++) {
        sr_neighbour found = {.similarity = links[i].similarity, .closeness = links[i].closeness};
        if (sr_snapshot_find_serial(snapshot, links[i].serial, &found.doc) &&
            sr_snapshot_is_live(snapshot, found.doc)) {
            neighbours[n_found++] = found;
        }
    }
    return n_found;
}

sr_status sr_snapshot_neighbours(const sr_snapshot *snapshot, sr_doc doc, size_t limit,
                                 sr_neighbour *neighbours, size_t *n_neighbours)
{
    const sr_segment *segment = snapshot->segments[doc.segment].segment;
    uint64_t serial = sr_segment_serial(segment, doc.ordinal);
    const uint8_t *row = NULL;
    sr_link links[SR_NEIGHBOURS];
    size_t n_links = 0;
    *n_neighbours = 0;
    if (segment->lists) {
        row = segment->lists + (size_t)doc.ordinal * SR_LIST_BYTES;
        sr_proof_touch(segment->proof, row, SR_LIST_BYTES);
    }
    if (doc.segment + 1 == snapshot->n_segments) { /* no edges: no more is read than is wanted */
        for (size_t at = 0; row && at < SR_NEIGHBOURS && *n_neighbours < limit; at += n_links) {
            size_t n_left = limit - *n_neighbours;
            size_t last = n_left < SR_NEIGHBOURS - at ? at + n_left : SR_NEIGHBOURS;
            n_links = decode_part(row, serial, at, last, links);
            if (n_links == 0) {
                break;
            }
            *n_neighbours = take_living(snapshot, links, n_links, limit, neighbours, *n_neighbours);
        }
        return SR_OK;
    }
    n_links = row ? sr_list_decode(row, serial, links) : 0;
    for (size_t i = doc.segment + 1; i < snapshot->n_segments; i++) {
        SR_TRY(sr_list_add_edges(snapshot->segments[i].segment, serial, links, &n_links));
    }
    *n_neighbours = take_living(snapshot, links, n_links, limit, neighbours, 0);
    return SR_OK;
}
