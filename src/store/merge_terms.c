/* merge_terms.c — lexicons are walked together in the order of hash: the postings of a term are
 * joined, and each source notes the new number of each of its terms in a side file; then the
 * articles' own lists are written with the new numbers. A term that only dead articles had goes.
 *
 * A term's idf by the statistics of the whole store goes into a side file too, by its new number:
 * from them come the lengths of the articles' vectors. */
#include "index/term_weight.h"
#include "store/merge.h"
#include "store/merge_order.h"
#include "store/term_columns.h"

#include <stdlib.h>

enum { TERMS_A_TICK = 1 << 18, ARTICLES_A_TICK = 1 << 14 };

typedef struct lexicon_source {
    size_t at;                         /* the next term */
    uint64_t hashes[SR_LEXICON_BLOCK]; /* of the block that it stands in */
    sr_side_file numbers;
} lexicon_source;

typedef struct terms_merge {
    sr_merge *merge;
    lexicon_source *sources;
    sr_merge_order order;
    sr_lexicon_writer lexicon;
    sr_posting_list list; /* one source's of the current term */
    sr_posting *postings; /* all of them, with new ordinals */
    size_t n_postings;
    size_t capacity;
    uint32_t *holders; /* the sources that have the current term */
    size_t n_holders;
    sr_df_walk others; /* the segments that are not merged */
    sr_side_file idfs; /* a float a term */
    double tf_weights[SR_TF2_MAX + 1];
} terms_merge;

static sr_status damaged(const sr_segment *segment, sr_error *error, const char *what)
{
    return sr_error_set(error, SR_ERR_CORRUPT, segment->path, 0, "%s", what);
}

/* At the beginning of a block: reads its hashes. */
static sr_status enter_block(const sr_segment *segment, lexicon_source *source, sr_error *error)
{
    if (source->at % SR_LEXICON_BLOCK == 0 &&
        sr_lexicon_block_hashes(&segment->lexicon, source->at / SR_LEXICON_BLOCK, source->hashes) ==
            0) {
        return damaged(segment, error, "lexicon: a block can't be read");
    }
    return SR_OK;
}

/* The source on top of the heap gives its postings of the current term, and goes on. */
static sr_status take_postings(terms_merge *terms, sr_error *error)
{
    uint32_t number = terms->order.heap[0].list;
    const sr_merge_source *from = &terms->merge->sources[number];
    lexicon_source *source = &terms->sources[number];
    if (sr_segment_term_list(from->segment, source->at, &terms->list) != SR_OK) {
        return damaged(from->segment, error, "postings: they can't be decoded");
    }
    SR_TRY(sr_array_reserve((void **)&terms->postings, &terms->capacity,
                            terms->n_postings + terms->list.n, sizeof *terms->postings));
    for (size_t i = 0; i < terms->list.n; i++) {
        uint32_t ordinal = sr_merge_ordinal(from, terms->list.ordinals[i]);
        if (ordinal != SR_MERGE_GONE) {
            terms->postings[terms->n_postings++] =
                (sr_posting){.ordinal = ordinal, .tf2 = terms->list.counts[i]};
        }
    }
    terms->holders[terms->n_holders++] = number;
    uint64_t hash = source->hashes[source->at % SR_LEXICON_BLOCK];
    if (++source->at == from->segment->lexicon.n_terms) {
        sr_merge_order_end(&terms->order);
        return SR_OK;
    }
    SR_TRY(enter_block(from->segment, source, error));
    uint64_t next = source->hashes[source->at % SR_LEXICON_BLOCK];
    if (next <= hash) {
        return damaged(from->segment, error, "lexicon: its terms do not ascend");
    }
    sr_merge_order_advance(&terms->order, next);
    return SR_OK;
}

static sr_status merge_term(terms_merge *terms, sr_error *error)
{
    uint64_t hash = terms->order.heap[0].key;
    terms->n_postings = 0;
    terms->n_holders = 0;
    while (terms->order.n_lists > 0 && terms->order.heap[0].key == hash) {
        SR_TRY(take_postings(terms, error));
    }
    uint8_t number[sizeof(uint32_t)];
    sr_store_u32(number, terms->n_postings ? (uint32_t)terms->lexicon.n_terms : UINT32_MAX);
    for (size_t i = 0; i < terms->n_holders; i++) {
        SR_TRY(sr_side_file_write(&terms->sources[terms->holders[i]].numbers, number, sizeof number,
                                  error));
    }
    if (terms->n_postings == 0) {
        return SR_OK;
    }
    uint64_t df = terms->n_postings + sr_df_walk_next(&terms->others, hash);
    uint64_t n_live = sr_snapshot_live_count(terms->merge->snapshot);
    float idf = df < 2 ? 0.0F : (float)sr_idf_weight(n_live, df, sr_term_is_pair(hash));
    SR_TRY(sr_side_file_write(&terms->idfs, &idf, sizeof idf, error));
    return sr_lexicon_writer_add(&terms->lexicon, hash, terms->postings, terms->n_postings, error);
}

static sr_status merge_lexicons(terms_merge *terms, sr_error *error)
{
    const sr_merge *merge = terms->merge;
    for (uint32_t i = 0; i < merge->n_sources; i++) {
        if (merge->sources[i].segment->lexicon.n_terms > 0) {
            SR_TRY(enter_block(merge->sources[i].segment, &terms->sources[i], error));
            sr_merge_order_put(&terms->order, terms->sources[i].hashes[0], i);
        }
    }
    for (size_t n = 1; terms->order.n_lists > 0; n++) {
        SR_TRY(merge_term(terms, error));
        if (n % TERMS_A_TICK == 0) {
            SR_TRY(sr_merge_tick(merge));
        }
    }
    return sr_lexicon_writer_finish(&terms->lexicon, error);
}

/* ------------------------------------------------------------ lists of articles */

static float length_of(const terms_merge *terms, const uint32_t *numbers, const uint8_t *counts,
                       size_t n_terms)
{
    const float *idfs = (const float *)(const void *)terms->idfs.view.data;
    double weights[SR_TERMS_STORED];
    for (size_t i = 0; i < n_terms; i++) {
        weights[i] = terms->tf_weights[counts[i]] * (double)idfs[numbers[i]];
    }
    return (float)sr_scored_length(weights, n_terms);
}

static sr_status merge_list(const terms_merge *terms, size_t number, uint32_t ordinal,
                            sr_terms_writer *writer, sr_error *error)
{
    const sr_merge_source *source = &terms->merge->sources[number];
    const sr_segment *segment = source->segment;
    const uint8_t *map = (const uint8_t *)terms->sources[number].numbers.view.data;
    uint32_t numbers[SR_TERMS_STORED];
    uint8_t counts[SR_COUNT_PLACES];
    uint32_t wide[SR_TERMS_STORED];
    size_t n_terms = 0;
    if (sr_segment_term_numbers(segment, ordinal, numbers, counts, &n_terms) != SR_OK) {
        return damaged(segment, error, "terms: they can't be decoded");
    }
    for (size_t i = 0; i < n_terms; i++) {
        numbers[i] = sr_load_u32(map + (size_t)numbers[i] * sizeof(uint32_t));
        if (numbers[i] == UINT32_MAX) { /* a live article's term without its posting */
            return damaged(segment, error, "postings: they do not match the terms");
        }
        wide[i] = counts[i];
    }
    terms->merge->norms[sr_merge_ordinal(source, ordinal)] =
        length_of(terms, numbers, counts, n_terms);
    return sr_terms_writer_add(writer, numbers, wide, n_terms, error);
}

static sr_status merge_lists(terms_merge *terms, sr_terms_writer *writer, sr_error *error)
{
    for (size_t i = 0; i < terms->merge->n_sources; i++) {
        const sr_merge_source *source = &terms->merge->sources[i];
        SR_TRY(sr_side_file_map(&terms->sources[i].numbers, error));
        for (uint32_t doc = 0; doc < source->segment->doc_count; doc++) {
            if (sr_merge_ordinal(source, doc) != SR_MERGE_GONE) {
                SR_TRY(merge_list(terms, i, doc, writer, error));
            }
            if (doc % ARTICLES_A_TICK == ARTICLES_A_TICK - 1) {
                SR_TRY(sr_merge_tick(terms->merge));
            }
        }
        sr_side_file_close(&terms->sources[i].numbers);
    }
    return sr_terms_writer_finish(writer, error);
}

static sr_status merge_columns(terms_merge *terms, sr_error *error)
{
    sr_merge *merge = terms->merge;
    merge->norms = calloc((size_t)merge->n_docs + 1, sizeof *merge->norms);
    SR_TRY(merge->norms ? sr_df_walk_init(&terms->others, merge->snapshot) : SR_ERR_MEMORY);
    terms->others.first_skipped = merge->first_source;
    terms->others.end_skipped = merge->first_source + merge->n_sources;
    SR_TRY(sr_side_file_init(&terms->idfs, merge->dir, error));
    for (size_t i = 0; i < merge->n_sources; i++) {
        SR_TRY(sr_side_file_init(&terms->sources[i].numbers, merge->dir, error));
    }
    sr_status status =
        sr_lexicon_writer_init(&terms->lexicon, merge->file, merge->dir, merge->n_docs, error);
    if (status == SR_OK) {
        status = merge_lexicons(terms, error);
    }
    sr_lexicon_writer_release(&terms->lexicon);
    SR_TRY(status);
    SR_TRY(sr_side_file_map(&terms->idfs, error));
    sr_terms_writer writer;
    status = sr_terms_writer_init(&writer, merge->file, merge->dir, terms->lexicon.n_terms, error);
    if (status == SR_OK) {
        status = merge_lists(terms, &writer, error);
    }
    sr_terms_writer_release(&writer);
    return status;
}

sr_status sr_merge_terms(sr_merge *merge, sr_error *error)
{
    if (merge->dedup_only) {
        return SR_OK;
    }
    terms_merge terms = {
        .merge = merge,
        .sources = calloc(merge->n_sources, sizeof *terms.sources),
        .order = {.heap = calloc(merge->n_sources, sizeof *terms.order.heap)},
        .holders = calloc(merge->n_sources, sizeof *terms.holders),
        .idfs = SR_SIDE_FILE_NONE,
    };
    for (uint32_t tf2 = 0; tf2 <= SR_TF2_MAX; tf2++) {
        terms.tf_weights[tf2] = sr_tf_weight(tf2);
    }
    for (size_t i = 0; i < merge->n_sources && terms.sources; i++) {
        terms.sources[i].numbers = SR_SIDE_FILE_NONE;
    }
    sr_status status = SR_ERR_MEMORY;
    if (terms.sources && terms.order.heap && terms.holders) {
        status = merge_columns(&terms, error);
    }
    for (size_t i = 0; i < merge->n_sources && terms.sources; i++) {
        sr_side_file_close(&terms.sources[i].numbers);
    }
    sr_side_file_close(&terms.idfs);
    sr_df_walk_release(&terms.others);
    sr_posting_list_release(&terms.list);
    free(terms.postings);
    free(terms.holders);
    free(terms.order.heap);
    free(terms.sources);
    return status;
}
