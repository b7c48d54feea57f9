/* merge_graph.c — edges between the sources go into the lists of their targets, edges to older
 * articles stay edges. What has died meanwhile leaves lists and edges, so that later articles find
 * room there. */
#include "store/merge.h"

#include <stdlib.h>

static bool is_live(const sr_merge *merge, uint64_t serial)
{
    sr_doc doc;
    return sr_snapshot_find_serial(merge->snapshot, serial, &doc) &&
           sr_snapshot_is_live(merge->snapshot, doc);
}

sr_status sr_merge_links(const sr_merge *merge, size_t number, uint32_t ordinal,
                         sr_link links[SR_NEIGHBOURS], size_t *n_links, sr_error *error)
{
    const sr_segment *segment = merge->sources[number].segment;
    uint64_t serial = sr_segment_serial(segment, ordinal);
    *n_links = 0;
    if (segment->lists) {
        *n_links = sr_list_decode(segment->lists + (size_t)ordinal * SR_LIST_BYTES, serial, links);
    }
    for (size_t i = number + 1; i < merge->n_sources; i++) {
        const sr_segment *later = merge->sources[i].segment;
        if (sr_list_add_edges(later, serial, links, n_links) != SR_OK) {
            return sr_error_set(error, SR_ERR_CORRUPT, later->path, 0,
                                "edges: an entry is out of range");
        }
    }
    size_t n_kept = 0;
    for (size_t i = 0; i < *n_links; i++) {
        if (is_live(merge, links[i].serial)) {
            links[n_kept++] = links[i];
        }
    }
    *n_links = n_kept;
    return SR_OK;
}

static sr_status merge_lists(sr_merge *merge, sr_error *error)
{
    SR_TRY(sr_merge_begin(merge, SR_SECTION_LISTS, error));
    for (size_t i = 0; i < merge->n_sources; i++) {
        const sr_merge_source *source = &merge->sources[i];
        for (uint32_t doc = 0; doc < source->segment->doc_count; doc++) {
            uint8_t row[SR_LIST_BYTES];
            sr_link links[SR_NEIGHBOURS];
            size_t n_links;
            if (sr_merge_ordinal(source, doc) != SR_MERGE_GONE) {
                SR_TRY(sr_merge_links(merge, i, doc, links, &n_links, error));
                sr_list_encode(row, sr_segment_serial(source->segment, doc), links, n_links);
                SR_TRY(sr_segment_file_write(merge->file, row, sizeof row, error));
            }
        }
        SR_TRY(sr_merge_tick(merge));
    }
    return SR_OK;
}

/* ------------------------------------------------------------ edges */

typedef struct edge_list {
    sr_edge *edges;
    size_t n_edges;
    size_t capacity;
} edge_list;

static sr_status take_target(const sr_merge_source *source, size_t target, edge_list *kept,
                             sr_error *error)
{
    const sr_edges *edges = &source->segment->edges;
    size_t first = edges->firsts[target];
    size_t last = edges->firsts[target + 1];
    if (first > last || last > edges->n_edges) {
        return sr_error_set(error, SR_ERR_CORRUPT, source->segment->path, 0,
                            "edges: their places do not ascend");
    }
    void *grown = kept->edges;
    SR_TRY(sr_array_reserve(&grown, &kept->capacity, kept->n_edges + (last - first),
                            sizeof *kept->edges));
    kept->edges = grown;
    for (size_t i = first; i < last; i++) {
        if (edges->sources[i] >= source->segment->doc_count) {
            return sr_error_set(error, SR_ERR_CORRUPT, source->segment->path, 0,
                                "edges: an entry is out of range");
        }
        uint32_t ordinal = sr_merge_ordinal(source, edges->sources[i]);
        if (ordinal != SR_MERGE_GONE) {
            kept->edges[kept->n_edges++] = (sr_edge){.target = edges->targets[target],
                                                     .source = ordinal,
                                                     .similarity = edges->similarities[i],
                                                     .closeness = edges->closenesses[i]};
        }
    }
    return SR_OK;
}

/* Those to live articles before the sources; the others are in lists by now. */
static sr_status gather_edges(const sr_merge *merge, edge_list *kept, sr_error *error)
{
    uint64_t first_serial = merge->sources[0].segment->first_serial;
    for (size_t i = 0; i < merge->n_sources; i++) {
        const sr_edges *edges = &merge->sources[i].segment->edges;
        for (size_t t = 0; t < edges->n_targets; t++) {
            if (edges->targets[t] < first_serial && is_live(merge, edges->targets[t])) {
                SR_TRY(take_target(&merge->sources[i], t, kept, error));
            }
        }
    }
    sr_edges_sort(kept->edges, kept->n_edges);
    return SR_OK;
}

sr_status sr_merge_graph(sr_merge *merge, sr_error *error)
{
    if (merge->dedup_only) {
        return SR_OK;
    }
    edge_list kept = {0};
    SR_TRY(merge->renew ? sr_merge_renewed_lists(merge, error) : merge_lists(merge, error));
    sr_status status = gather_edges(merge, &kept, error);
    if (status == SR_OK) {
        status = sr_edges_write(merge->file, kept.edges, kept.n_edges, error);
    }
    free(kept.edges);
    return status;
}
