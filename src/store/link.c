/* link.c — from candidates to lists and edges (see link.h). */
#include "store/link.h"

#include "index/term_weight.h"
#include "sketch/compare.h"

#include <stdlib.h>

/* Estimated Jaccard from which on one article stands for the other. */
#define REPEAT_JACCARD 0.7

typedef struct linker {
    const sr_snapshot *snapshot;
    const sr_batch_doc *const *docs;
    uint32_t n_docs;
    uint64_t
        first_serial;     /* of the new ones; above all serials where stored ones are linked anew */
    const sr_doc *stored; /* those */
    const sr_dense_vector *const *stored_vectors; /* by segment; NULL: each is asked for */
    const sr_vector_maker *maker;
    const sr_dense_vector *vectors;
    const sr_link_candidates *candidates;
    sr_link *lists; /* SR_NEIGHBOURS an article */
    size_t *sizes;
    bool *repeats; /* an article repeats an older one */
} linker;

static uint64_t serial_of(const linker *l, uint64_t key)
{
    sr_doc doc = {.segment = (uint32_t)(key >> 32), .ordinal = (uint32_t)key};
    return doc.segment == sr_snapshot_segment_count(l->snapshot)
               ? l->first_serial + doc.ordinal
               : sr_snapshot_serial(l->snapshot, doc);
}

/* The MinHash values of an article of the store or of the batch; NULL where it has no word. */
static const uint16_t *values_of(const linker *l, uint64_t serial)
{
    sr_doc doc;
    if (serial >= l->first_serial) {
        /* Never without. NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
        const sr_batch_doc *entry = l->docs[serial - l->first_serial];
        return entry->facts.n_words ? entry->values : NULL;
    }
    if (!sr_snapshot_find_serial(l->snapshot, serial, &doc)) {
        return NULL;
    }
    const sr_segment *segment = sr_snapshot_segment(l->snapshot, doc.segment);
    sr_doc_facts facts;
    sr_segment_facts(segment, doc.ordinal, &facts);
    return facts.n_words ? sr_segment_values(segment, doc.ordinal) : NULL;
}

static uint64_t own_serial(const linker *l, uint32_t doc)
{
    return l->stored ? sr_snapshot_serial(l->snapshot, l->stored[doc]) : l->first_serial + doc;
}

static bool are_repeats(const linker *l, const uint16_t *a, const uint16_t *b)
{
    uint32_t n_values = sr_snapshot_params(l->snapshot)->n_values;
    return a && b && sr_values_jaccard(a, b, n_values) >= REPEAT_JACCARD;
}

static int compare_links(const void *a, const void *b)
{
    const sr_link *x = a;
    const sr_link *y = b;
    return sr_link_before(x, y) ? -1 : sr_link_before(y, x);
}

/* How near a candidate is, with the dense vectors where there are any. */
static sr_status make_link(const linker *l, uint32_t doc, sr_ranked item, sr_link *link)
{
    sr_doc other = {.segment = (uint32_t)(item.key >> 32), .ordinal = (uint32_t)item.key};
    double closeness = item.score;
    if (l->maker->model) {
        sr_dense_vector vector;
        if (l->stored_vectors) {
            vector = l->stored_vectors[other.segment][other.ordinal];
        } else if (other.segment == sr_snapshot_segment_count(l->snapshot)) {
            /* Never without. NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
            vector = l->vectors[other.ordinal];
        } else {
            SR_TRY(sr_snapshot_vector(l->snapshot, l->maker, other, &vector));
        }
        const sr_dense_vector *own =
            /* Never without. NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
            l->stored ? &l->stored_vectors[l->stored[doc].segment][l->stored[doc].ordinal]
                      : &l->vectors[doc];
        closeness = sr_closeness(item.score, sr_dense_cosine(own, &vector));
    }
    *link = (sr_link){.serial = serial_of(l, item.key),
                      .similarity = sr_similarity_pack(item.score),
                      .closeness = sr_closeness_pack(closeness)};
    return SR_OK;
}

/* An article's list by its own search. */
static sr_status choose(const linker *l, uint32_t doc)
{
    const sr_ranked *items = l->candidates->items + (size_t)doc * SR_LINK_CANDIDATES;
    sr_link links[SR_LINK_CANDIDATES];
    size_t n_links = 0;
    for (uint32_t i = 0; i < l->candidates->counts[doc]; i++) {
        SR_TRY(make_link(l, doc, items[i], &links[n_links]));
        n_links += links[n_links].closeness > 0;
    }
    if (n_links > 1) {
        qsort(links, n_links, sizeof *links, compare_links);
    }
    sr_link *list = l->lists + (size_t)doc * SR_NEIGHBOURS;
    const uint16_t *values[SR_NEIGHBOURS];
    uint64_t serial = own_serial(l, doc);
    const uint16_t *own = values_of(l, serial);
    size_t n = 0;
    for (size_t i = 0; i < n_links && n < SR_NEIGHBOURS; i++) {
        const uint16_t *other = values_of(l, links[i].serial);
        bool is_repeat = are_repeats(l, own, other);
        l->repeats[doc] |= is_repeat && links[i].serial < serial;
        for (size_t j = 0; j < n && !is_repeat; j++) {
            is_repeat = are_repeats(l, values[j], other);
        }
        if (!is_repeat) {
            values[n] = other;
            list[n++] = links[i];
        }
    }
    l->sizes[doc] = n;
    return SR_OK;
}

/* ------------------------------------------------------------ the other direction */

static sr_status push_edge(sr_edge **edges, size_t *n_edges, size_t *capacity, sr_edge edge)
{
    SR_TRY(sr_array_reserve((void **)edges, capacity, *n_edges + 1, sizeof **edges));
    (*edges)[(*n_edges)++] = edge;
    return SR_OK;
}

/* Whether an article would come into the list of a stored one. */
static bool is_wanted(const linker *l, const sr_link *link)
{
    sr_doc doc;
    if (!sr_snapshot_find_serial(l->snapshot, link->serial, &doc)) {
        return false;
    }
    const sr_segment *segment = sr_snapshot_segment(l->snapshot, doc.segment);
    return !segment->lists ||
           link->closeness >
               sr_list_threshold(segment->lists + (size_t)doc.ordinal * SR_LIST_BYTES);
}

/* Edges to the stored articles into `links`, those within the batch into `inner`. */
static sr_status collect_edges(const linker *l, sr_links *links, sr_links *inner)
{
    for (uint32_t doc = 0; doc < l->n_docs; doc++) {
        const sr_link *list = l->lists + (size_t)doc * SR_NEIGHBOURS;
        for (size_t i = 0; i < l->sizes[doc] && !l->repeats[doc]; i++) {
            sr_edge edge = {.target = list[i].serial,
                            .source = doc,
                            .similarity = list[i].similarity,
                            .closeness = list[i].closeness};
            if (edge.target >= l->first_serial) {
                SR_TRY(push_edge(&inner->edges, &inner->n_edges, &inner->capacity, edge));
            } else if (is_wanted(l, &list[i])) {
                SR_TRY(push_edge(&links->edges, &links->n_edges, &links->capacity, edge));
            }
        }
    }
    sr_edges_sort(links->edges, links->n_edges);
    sr_edges_sort(inner->edges, inner->n_edges);
    return SR_OK;
}

/* Enters the sources of a run of edges into the list of their common target. */
static void enter(const linker *l, const sr_edge *edges, size_t n_edges)
{
    uint32_t doc = (uint32_t)(edges[0].target - l->first_serial);
    sr_link *list = l->lists + (size_t)doc * SR_NEIGHBOURS;
    for (size_t i = 0; i < n_edges; i++) {
        sr_link link = {.serial = l->first_serial + edges[i].source,
                        .similarity = edges[i].similarity,
                        .closeness = edges[i].closeness};
        if (l->sizes[doc] == SR_NEIGHBOURS && !sr_link_before(&link, &list[SR_NEIGHBOURS - 1])) {
            return; /* nor do those behind it */
        }
        const uint16_t *values = values_of(l, link.serial);
        bool is_repeat = false;
        for (size_t j = 0; j < l->sizes[doc] && !is_repeat; j++) {
            is_repeat = are_repeats(l, values, values_of(l, list[j].serial));
        }
        if (!is_repeat) {
            sr_list_insert(list, &l->sizes[doc], link);
        }
    }
}

static void enter_all(const linker *l, const sr_links *inner, const size_t *runs, size_t n_runs)
{
#pragma omp parallel for schedule(dynamic, 16) if (n_runs > 64)
    for (size_t i = 0; i < n_runs; i++) {
        enter(l, inner->edges + runs[i], runs[i + 1] - runs[i]);
    }
}

static sr_status enter_inner(const linker *l, const sr_links *inner)
{
    size_t *runs = calloc((size_t)l->n_docs + 1, sizeof *runs);
    size_t n_runs = 0;
    if (!runs) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < inner->n_edges; i++) {
        if (i == 0 || inner->edges[i].target != inner->edges[i - 1].target) {
            runs[n_runs++] = i;
        }
    }
    runs[n_runs] = inner->n_edges;
    enter_all(l, inner, runs, n_runs);
    free(runs);
    return SR_OK;
}

/* ------------------------------------------------------------ all of it */

static sr_status choose_all(const linker *l)
{
    sr_status failure = SR_OK;
#pragma omp parallel for schedule(dynamic, 16) if (l->n_docs > 64)
    for (uint32_t i = 0; i < l->n_docs; i++) {
        sr_status status = choose(l, i);
        if (status != SR_OK) {
#pragma omp critical(sr_link_failure)
            failure = status;
        }
    }
    return failure;
}

static sr_status link_all(const linker *l, sr_links *links)
{
    sr_status status = choose_all(l);
    sr_links inner = {0};
    if (status == SR_OK) {
        status = collect_edges(l, links, &inner);
    }
    if (status == SR_OK) {
        status = enter_inner(l, &inner);
    }
    sr_links_release(&inner);
    for (uint32_t i = 0; i < l->n_docs && status == SR_OK; i++) {
        sr_list_encode(links->rows + (size_t)i * SR_LIST_BYTES, l->first_serial + i,
                       l->lists + (size_t)i * SR_NEIGHBOURS, l->sizes[i]);
    }
    return status;
}

static sr_status allocate(linker *l)
{
    l->lists = calloc((size_t)l->n_docs * SR_NEIGHBOURS + 1, sizeof *l->lists);
    l->sizes = calloc((size_t)l->n_docs + 1, sizeof *l->sizes);
    l->repeats = calloc((size_t)l->n_docs + 1, sizeof *l->repeats);
    return l->lists && l->sizes && l->repeats ? SR_OK : SR_ERR_MEMORY;
}

static void release(linker *l)
{
    free(l->lists);
    free(l->sizes);
    free(l->repeats);
}

static sr_status link_candidates(linker *l, sr_links *links)
{
    links->rows = calloc((size_t)l->n_docs + 1, SR_LIST_BYTES);
    sr_status status = allocate(l);
    if (status == SR_OK) {
        status = links->rows ? link_all(l, links) : SR_ERR_MEMORY;
    }
    release(l);
    return status;
}

sr_status sr_links_make(sr_links *links, const sr_snapshot *snapshot, const sr_new_docs *fresh,
                        const sr_vector_maker *maker, const sr_dense_vector *vectors,
                        uint64_t first_serial)
{
    *links = (sr_links){0};
    sr_link_vectors lexical;
    sr_link_candidates candidates = {0};
    sr_status status = sr_link_vectors_make(&lexical, snapshot, fresh->terms, NULL, fresh->n_docs);
    if (status == SR_OK) {
        status = sr_link_candidates_find(&candidates, &lexical, snapshot);
    }
    sr_link_vectors_release(&lexical);
    linker l = {.snapshot = snapshot,
                .docs = fresh->docs,
                .n_docs = fresh->n_docs,
                .first_serial = first_serial,
                .maker = maker,
                .vectors = vectors,
                .candidates = &candidates};
    if (status == SR_OK) {
        status = link_candidates(&l, links);
    }
    sr_link_candidates_release(&candidates);
    if (status != SR_OK) {
        sr_links_release(links);
    }
    return status;
}

/* ------------------------------------------------------------ anew */

static sr_status renew_rows(linker *l, uint8_t *rows)
{
    sr_status status = allocate(l);
    if (status == SR_OK) {
        status = choose_all(l);
    }
    for (uint32_t i = 0; i < l->n_docs && status == SR_OK; i++) {
        sr_list_encode(rows + (size_t)i * SR_LIST_BYTES, own_serial(l, i),
                       l->lists + (size_t)i * SR_NEIGHBOURS, l->sizes[i]);
    }
    release(l);
    return status;
}

static sr_status read_terms(const sr_snapshot *snapshot, const sr_doc *docs, uint32_t n_docs,
                            sr_stored_term *terms, sr_term_list *lists)
{
    for (uint32_t i = 0; i < n_docs; i++) {
        sr_stored_term *own = terms + (size_t)i * SR_TERMS_STORED;
        size_t n_terms = 0;
        SR_TRY(sr_segment_terms(sr_snapshot_segment(snapshot, docs[i].segment), docs[i].ordinal,
                                own, &n_terms));
        lists[i] = (sr_term_list){.terms = own, .n_terms = (uint32_t)n_terms};
    }
    return SR_OK;
}

sr_status sr_links_renew(const sr_snapshot *snapshot, const sr_vector_maker *maker,
                         const sr_dense_vector *const *vectors, const sr_doc *docs, uint32_t n_docs,
                         uint8_t *rows)
{
    sr_stored_term *terms = malloc(((size_t)n_docs * SR_TERMS_STORED + 1) * sizeof *terms);
    sr_term_list *lists = calloc((size_t)n_docs + 1, sizeof *lists);
    sr_link_vectors lexical = {0};
    sr_link_candidates candidates = {0};
    sr_status status = terms && lists ? SR_OK : SR_ERR_MEMORY;
    if (status == SR_OK) {
        status = read_terms(snapshot, docs, n_docs, terms, lists);
    }
    if (status == SR_OK) {
        status = sr_link_vectors_make(&lexical, snapshot, lists, docs, n_docs);
    }
    if (status == SR_OK) {
        status = sr_link_candidates_find(&candidates, &lexical, snapshot);
    }
    sr_link_vectors_release(&lexical);
    free(terms);
    free(lists);
    linker l = {.snapshot = snapshot,
                .n_docs = n_docs,
                .first_serial = UINT64_MAX,
                .stored = docs,
                .stored_vectors = vectors,
                .maker = maker,
                .candidates = &candidates};
    if (status == SR_OK) {
        status = renew_rows(&l, rows);
    }
    sr_link_candidates_release(&candidates);
    return status;
}
