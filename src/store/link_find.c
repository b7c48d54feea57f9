/* link_find.c — candidates and their cosines, segment by segment (see link.h).
 *
 * The batch counts as one segment more. All articles of the batch go through a segment at a time,
 * on all threads; what a thread adds up depends on its article alone.
 *
 * A stored article's length is taken as it was written while the store has not grown by a quarter
 * since, or is large (sr_snapshot_is_settled); else it is reckoned anew, for with so many more
 * articles other terms count.
 */
#include "store/link.h"

#include "index/term_weight.h"
#include "simd/kernels.h"
#include "store/term_df.h"

#include <omp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Postings of an article that are added up: some .1 ms. Terms that would exceed it are passed over;
 * the first one always counts. */
enum { MAX_POSTINGS = 32768, NO_NUMBER = UINT32_MAX, IDF_SLOTS = 4096 };
/* Of an article that is dead. */
#define GONE (-1.0F)
/* For each of its own a batch looks at so many articles of a large segment, or more. */
enum { LOOKS = 1024 };
/* So many articles ahead memory is asked for what is kept of them: their places are random. */
enum { N_AHEAD = 16 };

typedef struct link_thread {
    float *sums;       /* of the segment's articles; all 0 between articles */
    uint32_t *touched; /* those that are not */
    size_t n_touched;
    sr_posting_list list; /* a stored term's */
    /* An article's terms that the segment knows too: its number of each, ascending, the place among
     * the article's, and marks of the numbers for the kernel that finds them in another article. */
    uint32_t n_shared;
    uint32_t shared_numbers[SR_TERMS_SCORED];
    uint32_t shared_places[SR_TERMS_SCORED];
    uint32_t marks[SR_MARK_WORDS];
    uint32_t idf_dfs[2][IDF_SLOTS]; /* 0: empty */
    double idfs[2][IDF_SLOTS];
} link_thread;

typedef struct link_search {
    const sr_link_vectors *vectors;
    const sr_snapshot *snapshot;
    const sr_kernels *kernels;
    double tf_weights[SR_TF2_MAX + 1];
    sr_ranked *heaps; /* SR_LINK_CANDIDATES an article; by sums, then by cosines */
    uint32_t *heap_sizes;
    uint32_t *probes; /* SR_LINK_PROBES an article: places among its terms */
    uint32_t *probe_counts;
    link_thread *threads;
    size_t n_threads;
    size_t room; /* articles of the largest segment */
    uint32_t segment;
    const sr_segment *stored; /* it; NULL: the batch */
    uint32_t *numbers;        /* of term t in it, or NO_NUMBER */
    /* Its articles' lengths as they were written, side by side; GONE of those that are dead. NULL
     * where the batch will look at few of them. */
    float *written_norms;
    /* Where lengths are reckoned anew, what was asked for: words of sr_term_df by number, and the
     * bits of lengths by ordinal; 0: not yet. Threads that meet write the same. */
    _Atomic uint32_t *dfs;
    _Atomic uint32_t *norms;
    sr_status status;
} link_search;

/* ------------------------------------------------------------ probes */

/* The heaviest terms that the bound on postings lets through. */
static void choose_probes(const link_search *search, uint32_t doc)
{
    const sr_link_vectors *vectors = search->vectors;
    size_t from = vectors->offsets[doc];
    sr_ranked heaviest[SR_LINK_PROBES];
    sr_top_k top = {.items = heaviest, .limit = SR_LINK_PROBES};
    for (uint32_t i = 0; i < vectors->counts[doc]; i++) {
        sr_top_k_push(&top, (sr_ranked){.score = (double)vectors->weights[from + i], .key = i});
    }
    sr_top_k_sort(&top);
    uint64_t n_postings = 0;
    uint32_t n = 0;
    for (size_t i = 0; i < top.n_items; i++) {
        uint32_t df = vectors->dfs[vectors->numbers[from + heaviest[i].key]];
        if (n == 0 || n_postings + df <= MAX_POSTINGS) {
            n_postings += df;
            search->probes[(size_t)doc * SR_LINK_PROBES + n++] = (uint32_t)heaviest[i].key;
        }
    }
    search->probe_counts[doc] = n;
}

/* ------------------------------------------------------------ sums */

static void add(link_thread *thread, uint32_t ordinal, float share)
{
    if (thread->sums[ordinal] == 0.0F) {
        thread->touched[thread->n_touched++] = ordinal;
    }
    thread->sums[ordinal] += share;
}

static void add_batch_term(const link_search *search, link_thread *thread, uint32_t term,
                           float weight)
{
    const sr_link_vectors *vectors = search->vectors;
    for (size_t i = vectors->starts[term]; i < vectors->starts[term + 1]; i++) {
        add(thread, vectors->posting_docs[i], weight * vectors->posting_weights[i]);
    }
}

static sr_status add_stored_term(const link_search *search, link_thread *thread, uint32_t term,
                                 float weight)
{
    if (search->numbers[term] == NO_NUMBER) {
        return SR_OK;
    }
    SR_TRY(sr_segment_term_list(search->stored, search->numbers[term], &thread->list));
    double factor = (double)weight * search->vectors->idfs[term];
    for (size_t i = 0; i < thread->list.n; i++) { /* ordinals were proved at decoding */
        if (i + N_AHEAD < thread->list.n) {
            __builtin_prefetch(&thread->sums[thread->list.ordinals[i + N_AHEAD]], 1);
        }
        add(thread, thread->list.ordinals[i],
            (float)(factor * search->tf_weights[thread->list.counts[i]]));
    }
    return SR_OK;
}

/* The length as it was written of a stored article, GONE of a dead one. */
static float written_norm(const link_search *search, uint32_t ordinal)
{
    sr_doc doc = {.segment = search->segment, .ordinal = ordinal};
    return sr_snapshot_is_live(search->snapshot, doc) ? sr_segment_norm(search->stored, ordinal)
                                                      : GONE;
}

static void expect_sum(const link_search *search, const link_thread *thread, uint32_t ordinal)
{
    __builtin_prefetch(&thread->sums[ordinal], 1);
    if (search->written_norms) {
        __builtin_prefetch(&search->written_norms[ordinal]);
    } else {
        sr_snapshot_expect_norm(search->snapshot, (sr_doc){search->segment, ordinal});
    }
}

static bool is_itself(const link_search *search, uint32_t doc, uint32_t ordinal)
{
    return search->stored
               ? search->vectors->stored &&
                     sr_doc_equal((sr_doc){search->segment, ordinal}, search->vectors->stored[doc])
               : ordinal == doc;
}

static void collect(const link_search *search, link_thread *thread, uint32_t doc)
{
    sr_top_k top = {.items = search->heaps + (size_t)doc * SR_LINK_CANDIDATES,
                    .n_items = search->heap_sizes[doc],
                    .limit = SR_LINK_CANDIDATES};
    for (size_t i = 0; i < thread->n_touched; i++) {
        uint32_t ordinal = thread->touched[i];
        if (search->stored && i + N_AHEAD < thread->n_touched) {
            expect_sum(search, thread, thread->touched[i + N_AHEAD]);
        }
        sr_ranked item = {.score = (double)thread->sums[ordinal],
                          .key = (uint64_t)search->segment << 32 | ordinal};
        thread->sums[ordinal] = 0.0F;
        if (search->stored) {
            float norm = search->written_norms ? search->written_norms[ordinal]
                                               : written_norm(search, ordinal);
            if (norm < 0.0F) {
                continue;
            }
            item.score = norm > 0.0F ? item.score / (double)norm : 0.0;
        }
        if (sr_top_k_wants(&top, item) && !is_itself(search, doc, ordinal)) {
            sr_top_k_push(&top, item);
        }
    }
    thread->n_touched = 0;
    search->heap_sizes[doc] = (uint32_t)top.n_items;
}

static sr_status gather(const link_search *search, link_thread *thread, uint32_t doc)
{
    const sr_link_vectors *vectors = search->vectors;
    size_t from = vectors->offsets[doc];
    sr_status status = SR_OK;
    for (uint32_t i = 0; i < search->probe_counts[doc] && status == SR_OK; i++) {
        size_t at = from + search->probes[(size_t)doc * SR_LINK_PROBES + i];
        uint32_t term = vectors->numbers[at];
        if (search->stored) {
            status = add_stored_term(search, thread, term, vectors->weights[at]);
        } else {
            add_batch_term(search, thread, term, vectors->weights[at]);
        }
    }
    collect(search, thread, doc);
    return status;
}

/* ------------------------------------------------------------ cosines */

static double batch_cosine(const sr_link_vectors *vectors, uint32_t a, uint32_t b)
{
    const uint32_t *numbers_a = vectors->numbers + vectors->offsets[a];
    const uint32_t *numbers_b = vectors->numbers + vectors->offsets[b];
    const float *weights_a = vectors->weights + vectors->offsets[a];
    const float *weights_b = vectors->weights + vectors->offsets[b];
    double dot = 0.0;
    for (uint32_t i = 0, j = 0; i < vectors->counts[a] && j < vectors->counts[b];) {
        uint32_t number_a = numbers_a[i];
        uint32_t number_b = numbers_b[j];
        if (number_a == number_b) {
            dot += (double)weights_a[i] * (double)weights_b[j];
        }
        i += number_a <= number_b;
        j += number_b <= number_a;
    }
    return dot;
}

static double idf_of(const link_search *search, link_thread *thread, uint64_t df, bool is_pair)
{
    uint32_t slot = (uint32_t)(df % IDF_SLOTS);
    if (df < 2 || df > UINT32_MAX) {
        return 0.0;
    }
    if (thread->idf_dfs[is_pair][slot] != df) {
        thread->idf_dfs[is_pair][slot] = (uint32_t)df;
        thread->idfs[is_pair][slot] = sr_idf_weight(search->vectors->n_live, df, is_pair);
    }
    return thread->idfs[is_pair][slot];
}

/* What today's statistics say of terms of the segment. */
static void ask_dfs(const link_search *search, const uint32_t *numbers, size_t n_terms,
                    sr_term_df *dfs)
{
    uint32_t unknown[SR_TERMS_STORED];
    size_t indexes[SR_TERMS_STORED];
    sr_term_df found[SR_TERMS_STORED];
    size_t n_unknown = 0;
    for (size_t i = 0; i < n_terms; i++) {
        dfs[i].word = atomic_load_explicit(&search->dfs[numbers[i]], memory_order_relaxed);
        if (dfs[i].word == 0) {
            indexes[n_unknown] = i;
            unknown[n_unknown++] = numbers[i];
        }
    }
    if (n_unknown) {
        sr_snapshot_term_dfs(search->snapshot, search->segment, unknown, n_unknown, found);
    }
    for (size_t i = 0; i < n_unknown; i++) {
        dfs[indexes[i]] = found[i];
        atomic_store_explicit(&search->dfs[unknown[i]], found[i].word, memory_order_relaxed);
    }
}

/* The length of a stored article's vector by today's statistics. */
static double length_now(const link_search *search, link_thread *thread, const uint32_t *numbers,
                         const uint8_t *counts, size_t n_terms)
{
    double weights[SR_TERMS_STORED];
    sr_term_df dfs[SR_TERMS_STORED];
    ask_dfs(search, numbers, n_terms, dfs);
    for (size_t i = 0; i < n_terms; i++) {
        double idf = idf_of(search, thread, sr_term_df_count(dfs[i]), sr_term_df_is_pair(dfs[i]));
        weights[i] = search->tf_weights[counts[i]] * idf;
    }
    return sr_scored_length(weights, n_terms);
}

static double length_of(const link_search *search, link_thread *thread, uint32_t ordinal,
                        const uint32_t *numbers, const uint8_t *counts, size_t n_terms)
{
    if (!search->norms) {
        return (double)sr_segment_norm(search->stored, ordinal);
    }
    uint32_t bits = atomic_load_explicit(&search->norms[ordinal], memory_order_relaxed);
    float norm;
    memcpy(&norm, &bits, sizeof norm);
    if (bits == 0) {
        norm = (float)length_now(search, thread, numbers, counts, n_terms);
        memcpy(&bits, &norm, sizeof bits);
        atomic_store_explicit(&search->norms[ordinal], bits, memory_order_relaxed);
    }
    return (double)norm;
}

static void mark(link_thread *thread, bool set)
{
    for (uint32_t i = 0; i < thread->n_shared; i++) {
        uint32_t place = thread->shared_numbers[i] % SR_MARKS;
        uint32_t bit = UINT32_C(1) << place % 32;
        thread->marks[place / 32] = set ? thread->marks[place / 32] | bit : 0;
    }
}

/* What the segment knows of the article's terms. */
static void enter_shared(const link_search *search, link_thread *thread, uint32_t doc)
{
    const sr_link_vectors *vectors = search->vectors;
    const uint32_t *own = vectors->numbers + vectors->offsets[doc];
    mark(thread, false);
    thread->n_shared = 0;
    for (uint32_t i = 0; i < vectors->counts[doc]; i++) {
        if (search->numbers[own[i]] != NO_NUMBER) {
            thread->shared_numbers[thread->n_shared] = search->numbers[own[i]];
            thread->shared_places[thread->n_shared++] = i;
        }
    }
    mark(thread, true);
}

static sr_status stored_cosine(const link_search *search, link_thread *thread, uint32_t doc,
                               uint32_t ordinal, double *cosine)
{
    const sr_link_vectors *vectors = search->vectors;
    const uint32_t *own = vectors->numbers + vectors->offsets[doc];
    const float *weights = vectors->weights + vectors->offsets[doc];
    uint32_t numbers[SR_TERMS_STORED];
    uint8_t counts[SR_COUNT_PLACES];
    uint32_t places[SR_TERMS_STORED + SR_FIND_SLACK];
    size_t n_terms = 0;
    SR_TRY(sr_segment_term_numbers(search->stored, ordinal, numbers, counts, &n_terms));
    size_t n_places = search->kernels->find_marked(numbers, n_terms, thread->marks, places);
    double dot = 0.0;
    for (size_t p = 0, i = 0; p < n_places && i < thread->n_shared; p++) {
        uint32_t number = numbers[places[p]];
        while (i < thread->n_shared && thread->shared_numbers[i] < number) {
            i++;
        }
        if (i < thread->n_shared && thread->shared_numbers[i] == number) {
            uint32_t place = thread->shared_places[i];
            dot += (double)weights[place] * search->tf_weights[counts[places[p]]] *
                   vectors->idfs[own[place]];
        }
    }
    double length = length_of(search, thread, ordinal, numbers, counts, n_terms);
    *cosine = length > 0.0 ? dot / length : 0.0;
    return SR_OK;
}

/* Asks memory for what the next candidates of the segment need: where the terms of one lie, and the
 * terms of the one before it. */
static void expect_candidates(const link_search *search, const sr_ranked *items, uint32_t n_items,
                              uint32_t i)
{
    if (i + 2 < n_items && items[i + 2].key >> 32 == search->segment) {
        sr_snapshot_expect_place(search->snapshot,
                                 (sr_doc){search->segment, (uint32_t)items[i + 2].key});
    }
    if (i + 1 < n_items && items[i + 1].key >> 32 == search->segment) {
        sr_snapshot_expect_terms(search->snapshot,
                                 (sr_doc){search->segment, (uint32_t)items[i + 1].key});
    }
}

/* Cosines instead of sums, of the candidates of one segment. */
static sr_status compare(const link_search *search, link_thread *thread, uint32_t doc)
{
    sr_ranked *items = search->heaps + (size_t)doc * SR_LINK_CANDIDATES;
    bool is_entered = false;
    for (uint32_t i = 0; i < search->heap_sizes[doc]; i++) {
        if (search->stored) {
            expect_candidates(search, items, search->heap_sizes[doc], i);
        }
        if (items[i].key >> 32 != search->segment) {
            continue;
        }
        uint32_t ordinal = (uint32_t)items[i].key;
        if (search->stored && !is_entered) {
            enter_shared(search, thread, doc);
            is_entered = true;
        }
        if (search->stored) {
            SR_TRY(stored_cosine(search, thread, doc, ordinal, &items[i].score));
        } else {
            items[i].score = batch_cosine(search->vectors, doc, ordinal);
        }
        items[i].score = items[i].score < 1.0 ? items[i].score : 1.0;
    }
    return SR_OK;
}

/* ------------------------------------------------------------ segment by segment */

typedef sr_status (*step_fn)(const link_search *search, link_thread *thread, uint32_t doc);

static sr_status for_all_docs(link_search *search, step_fn step)
{
    uint32_t n_docs = search->vectors->n_docs;
    sr_status failure = SR_OK;
#pragma omp parallel for schedule(dynamic, 16) num_threads((int)search->n_threads)
    for (uint32_t i = 0; i < n_docs; i++) {
        sr_status status = step(search, &search->threads[omp_get_thread_num()], i);
        if (status != SR_OK) {
#pragma omp critical(sr_link_failure)
            failure = status;
        }
    }
    return failure;
}

/* The segment's number of every term, and back. */
static sr_status enter_segment(link_search *search, uint32_t segment)
{
    const sr_link_vectors *vectors = search->vectors;
    search->segment = segment;
    search->stored = NULL;
    if (segment == sr_snapshot_segment_count(search->snapshot)) {
        return SR_OK;
    }
    search->stored = sr_snapshot_segment(search->snapshot, segment);
    uint32_t from = 0;
    for (size_t t = 0; t < vectors->n_terms; t++) {
        bool found =
            sr_snapshot_find_term(search->snapshot, segment, from, vectors->hashes[t], &from);
        search->numbers[t] = found ? from : NO_NUMBER;
    }
    return SR_OK;
}

/* The written lengths of its articles, where the batch is large enough to be worth a walk. */
static sr_status read_norms(link_search *search)
{
    free(search->written_norms);
    search->written_norms = NULL;
    if (!search->stored || search->stored->doc_count / LOOKS > search->vectors->n_docs) {
        return SR_OK;
    }
    uint32_t n_docs = search->stored->doc_count;
    search->written_norms = malloc(((size_t)n_docs + 1) * sizeof *search->written_norms);
    if (!search->written_norms) {
        return SR_ERR_MEMORY;
    }
#pragma omp parallel for schedule(static) num_threads((int)search->n_threads)
    for (uint32_t i = 0; i < n_docs; i++) {
        search->written_norms[i] = written_norm(search, i);
    }
    return SR_OK;
}

/* Makes room for lengths by today's statistics where those of the segment are out of date. */
static sr_status renew_lengths(link_search *search)
{
    const sr_segment *segment = search->stored;
    const sr_link_vectors *vectors = search->vectors;
    uint64_t n_then = sr_segment_end_serial(segment);
    if (sr_snapshot_is_settled(search->snapshot, search->segment) ||
        (!vectors->stored && vectors->n_live - vectors->n_live / 5 <= n_then)) {
        return SR_OK;
    }
    search->dfs = calloc(segment->lexicon.n_terms + 1, sizeof *search->dfs);
    search->norms = calloc((size_t)segment->doc_count + 1, sizeof *search->norms);
    if (!search->dfs || !search->norms) {
        return SR_ERR_MEMORY;
    }
    for (size_t t = 0; t < vectors->n_terms; t++) { /* the batch counts too */
        if (search->numbers[t] != NO_NUMBER) {
            sr_term_df df = sr_term_df_of(vectors->dfs[t], sr_term_is_pair(vectors->hashes[t]));
            atomic_init(&search->dfs[search->numbers[t]], df.word);
        }
    }
    return SR_OK;
}

static sr_status compare_segment(link_search *search)
{
    sr_status status = search->stored ? renew_lengths(search) : SR_OK;
    if (status == SR_OK) {
        status = for_all_docs(search, compare);
    }
    free(search->dfs);
    free(search->norms);
    search->dfs = NULL;
    search->norms = NULL;
    return status;
}

static sr_status search_all(link_search *search)
{
    uint32_t n_segments =
        sr_snapshot_segment_count(search->snapshot) + (search->vectors->stored ? 0 : 1);
    for (uint32_t i = 0; i < search->vectors->n_docs; i++) {
        choose_probes(search, i);
    }
    for (uint32_t segment = 0; segment < n_segments; segment++) {
        SR_TRY(enter_segment(search, segment));
        SR_TRY(read_norms(search));
        SR_TRY(for_all_docs(search, gather));
    }
    for (uint32_t segment = 0; segment < n_segments; segment++) {
        SR_TRY(enter_segment(search, segment));
        SR_TRY(compare_segment(search));
    }
    return SR_OK;
}

/* ------------------------------------------------------------ memory */

static sr_status allocate(link_search *search)
{
    const sr_link_vectors *vectors = search->vectors;
    size_t n_docs = vectors->n_docs;
    search->room = n_docs;
    for (uint32_t i = 0; i < sr_snapshot_segment_count(search->snapshot); i++) {
        size_t n = sr_segment_doc_count(sr_snapshot_segment(search->snapshot, i));
        search->room = n > search->room ? n : search->room;
    }
    search->heaps = calloc(n_docs * SR_LINK_CANDIDATES + 1, sizeof *search->heaps);
    search->heap_sizes = calloc(n_docs + 1, sizeof *search->heap_sizes);
    search->probes = calloc(n_docs * SR_LINK_PROBES + 1, sizeof *search->probes);
    search->probe_counts = calloc(n_docs + 1, sizeof *search->probe_counts);
    search->numbers = calloc(vectors->n_terms + 1, sizeof *search->numbers);
    search->threads = calloc((size_t)omp_get_max_threads(), sizeof *search->threads);
    if (!search->heaps || !search->heap_sizes || !search->probes || !search->probe_counts ||
        !search->numbers || !search->threads) {
        return SR_ERR_MEMORY;
    }
    size_t n_threads = n_docs > 8 ? (size_t)omp_get_max_threads() : 1;
    for (; search->n_threads < n_threads; search->n_threads++) {
        link_thread *thread = &search->threads[search->n_threads];
        thread->sums = calloc(search->room + 1, sizeof *thread->sums);
        thread->touched = malloc((search->room + 1) * sizeof *thread->touched);
        if (!thread->sums || !thread->touched) {
            free(thread->sums);
            free(thread->touched);
            return SR_ERR_MEMORY;
        }
    }
    return SR_OK;
}

static void release(link_search *search)
{
    for (size_t i = 0; i < search->n_threads; i++) {
        free(search->threads[i].sums);
        free(search->threads[i].touched);
        sr_posting_list_release(&search->threads[i].list);
    }
    free(search->threads);
    free(search->written_norms);
    free(search->heaps);
    free(search->heap_sizes);
    free(search->probes);
    free(search->probe_counts);
    free(search->numbers);
}

sr_status sr_link_candidates_find(sr_link_candidates *candidates, const sr_link_vectors *vectors,
                                  const sr_snapshot *snapshot)
{
    link_search search = {.vectors = vectors, .snapshot = snapshot, .kernels = sr_kernels_get()};
    for (uint32_t tf2 = 0; tf2 <= SR_TF2_MAX; tf2++) {
        search.tf_weights[tf2] = sr_tf_weight(tf2);
    }
    sr_status status = allocate(&search);
    if (status == SR_OK) {
        status = search_all(&search);
    }
    if (status == SR_OK) {
        *candidates = (sr_link_candidates){.items = search.heaps, .counts = search.heap_sizes};
        search.heaps = NULL;
        search.heap_sizes = NULL;
    }
    release(&search);
    return status;
}

void sr_link_candidates_release(sr_link_candidates *candidates)
{
    free(candidates->items);
    free(candidates->counts);
    *candidates = (sr_link_candidates){0};
}
