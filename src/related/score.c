/* score.c — weighing, cutting and multiplying one article's terms (see score.h). */
#include "related/score.h"

#include <stdlib.h>

sr_status sr_scorer_init(sr_scorer *scorer, const sr_snapshot *snapshot)
{
    *scorer = (sr_scorer){.snapshot = snapshot,
                          .kernels = sr_kernels_get(),
                          .segment = UINT32_MAX,
                          .n_docs = sr_vector_n_docs(snapshot)};
    SR_TRY(sr_term_memo_init(&scorer->memo, snapshot));
    for (size_t i = 0; i < 2; i++) {
        scorer->idf_tables[i] = malloc(SR_DF_TABLE * sizeof *scorer->idf_tables[i]);
        if (!scorer->idf_tables[i]) {
            return SR_ERR_MEMORY;
        }
        for (size_t df = 0; df < SR_DF_TABLE; df++) {
            scorer->idf_tables[i][df] = -1.0;
        }
    }
    return SR_OK;
}

void sr_scorer_release(sr_scorer *scorer)
{
    free(scorer->idf_tables[0]);
    free(scorer->idf_tables[1]);
    sr_term_memo_release(&scorer->memo);
    *scorer = (sr_scorer){0};
}

void sr_scorer_begin(sr_scorer *scorer, const sr_vector *query, const sr_vector *counted)
{
    scorer->query = query;
    scorer->counted = counted;
    scorer->segment = UINT32_MAX;
}

static double idf_of(sr_scorer *scorer, uint64_t df, bool is_pair)
{
    if (df < 2) {
        return 0.0;
    }
    if (df >= SR_DF_TABLE) {
        return sr_idf_weight(scorer->n_docs, df, is_pair);
    }
    double *idf = &scorer->idf_tables[is_pair][df];
    if (*idf < 0.0) {
        *idf = sr_idf_weight(scorer->n_docs, df, is_pair);
    }
    return *idf;
}

/* ------------------------------------------------------------ the query's terms in a segment */

static size_t slot_of(uint32_t number)
{
    return number & (SR_TERM_SLOTS - 1);
}

static void enter_term(sr_scorer *scorer, size_t i)
{
    size_t slot = slot_of(scorer->terms[i].number);
    while (scorer->slots[slot]) {
        slot = (slot + 1) & (SR_TERM_SLOTS - 1);
    }
    scorer->slots[slot] = (uint16_t)(i + 1);
    uint32_t mark = scorer->terms[i].number % SR_MARKS;
    scorer->marks[mark / 32] |= UINT32_C(1) << mark % 32;
}

static const sr_query_term *find_term(const sr_scorer *scorer, uint32_t number)
{
    size_t slot = slot_of(number);
    while (scorer->slots[slot]) {
        const sr_query_term *term = &scorer->terms[scorer->slots[slot] - 1];
        if (term->number == number) {
            return term;
        }
        slot = (slot + 1) & (SR_TERM_SLOTS - 1);
    }
    return NULL;
}

/* The weights of the terms that were entered. */
static void weigh_terms(sr_scorer *scorer, const uint32_t *numbers, const uint8_t *n_more)
{
    sr_term_df dfs[SR_VECTOR_TERMS];
    sr_snapshot_term_dfs(scorer->snapshot, scorer->segment, numbers, scorer->n_terms, dfs);
    for (size_t i = 0; i < scorer->n_terms; i++) {
        uint64_t df = sr_term_df_count(dfs[i]);
        bool is_pair = sr_term_df_is_pair(dfs[i]);
        scorer->terms[i].stored_idf = idf_of(scorer, df, is_pair);
        scorer->terms[i].idf = idf_of(scorer, df + n_more[i], is_pair);
    }
}

static void enter_segment(sr_scorer *scorer, uint32_t segment)
{
    const sr_vector *query = scorer->query;
    const sr_vector *counted = scorer->counted;
    uint64_t hashes[SR_VECTOR_TERMS];
    uint32_t numbers[SR_VECTOR_TERMS];
    uint8_t n_more[SR_VECTOR_TERMS];
    for (size_t i = 0; i < query->n_terms; i++) {
        hashes[i] = query->terms[i].hash;
    }
    sr_term_memo_find(&scorer->memo, segment, hashes, query->n_terms, numbers);
    scorer->segment = segment;
    scorer->is_settled = sr_snapshot_is_settled(scorer->snapshot, segment);
    scorer->n_terms = 0;
    memset(scorer->slots, 0, sizeof scorer->slots);
    memset(scorer->marks, 0, sizeof scorer->marks);
    for (size_t i = 0, j = 0; i < query->n_terms; i++) {
        while (counted && j < counted->n_terms && counted->terms[j].hash < hashes[i]) {
            j++;
        }
        if (numbers[i] != SR_NO_TERM) {
            size_t place = scorer->n_terms++;
            numbers[place] = numbers[i];
            n_more[place] = counted && j < counted->n_terms && counted->terms[j].hash == hashes[i];
            scorer->terms[place] =
                (sr_query_term){.number = numbers[i], .weight = query->terms[i].weight};
            enter_term(scorer, place);
        }
    }
    weigh_terms(scorer, numbers, n_more);
}

/* ------------------------------------------------------------ an article */

/* Stored terms, ascending by number. */
typedef struct article_terms {
    size_t n_terms;
    uint32_t numbers[SR_TERMS_STORED];
    uint8_t counts[SR_COUNT_PLACES];
} article_terms;

/* The length by the store's statistics, over the SR_TERMS_SCORED heaviest terms. */
static void measure(sr_scorer *scorer, const article_terms *terms, sr_doc_length *length)
{
    sr_term_df dfs[SR_TERMS_STORED];
    double weights[SR_TERMS_STORED];
    sr_ranked kept[SR_TERMS_SCORED];
    size_t n_weighed = 0;
    sr_snapshot_term_dfs(scorer->snapshot, scorer->segment, terms->numbers, terms->n_terms, dfs);
    for (size_t i = 0; i < terms->n_terms; i++) {
        double idf = idf_of(scorer, sr_term_df_count(dfs[i]), sr_term_df_is_pair(dfs[i]));
        weights[i] = idf > 0.0 ? sr_tf_lookup(scorer->tf_weights, terms->counts[i]) * idf : 0.0;
        n_weighed += weights[i] > 0.0;
    }
    sr_ranked last = {.score = 0.0, .key = UINT32_MAX};
    if (n_weighed > SR_TERMS_SCORED) {
        sr_top_k top = {.items = kept, .limit = SR_TERMS_SCORED};
        for (size_t i = 0; i < terms->n_terms; i++) {
            sr_top_k_push(&top, (sr_ranked){.score = weights[i], .key = i});
        }
        last = kept[0];
    }
    double squares = 0.0;
    for (size_t i = 0; i < terms->n_terms; i++) {
        if (!sr_ranked_before(last, (sr_ranked){.score = weights[i], .key = i})) {
            squares += weights[i] * weights[i];
        }
    }
    *length = (sr_doc_length){
        .squares = squares, .lightest = last.score, .lightest_index = (uint32_t)last.key};
}

/* The length as the segment has it; false where it has none, or statistics have changed. */
static bool take_length(const sr_scorer *scorer, sr_doc doc, sr_doc_length *length)
{
    if (!scorer->is_settled) {
        return false;
    }
    double norm =
        (double)sr_segment_norm(sr_snapshot_segment(scorer->snapshot, doc.segment), doc.ordinal);
    *length = (sr_doc_length){.squares = norm * norm, .lightest_index = UINT32_MAX};
    return norm > 0.0;
}

/* Products of the shared terms, and the square of the article's length as the query counts. */
static double multiply(sr_scorer *scorer, const article_terms *terms, const sr_doc_length *length,
                       double *squares)
{
    sr_ranked last = {.score = length->lightest, .key = length->lightest_index};
    uint32_t places[SR_TERMS_STORED + SR_FIND_SLACK];
    size_t n_places =
        scorer->kernels->find_marked(terms->numbers, terms->n_terms, scorer->marks, places);
    double dot = 0.0;
    *squares = length->squares;
    for (size_t p = 0; p < n_places; p++) {
        size_t i = places[p];
        const sr_query_term *term = find_term(scorer, terms->numbers[i]);
        if (!term) {
            continue;
        }
        double tf = sr_tf_lookup(scorer->tf_weights, terms->counts[i]);
        double stored_weight = tf * term->stored_idf;
        if (stored_weight > 0.0 &&
            sr_ranked_before(last, (sr_ranked){.score = stored_weight, .key = i})) {
            continue;
        }
        double weight = tf * term->idf;
        dot += term->weight * weight;
        *squares += weight * weight - stored_weight * stored_weight;
    }
    return dot;
}

sr_status sr_scorer_cosine(sr_scorer *scorer, sr_doc doc, double *cosine)
{
    article_terms terms;
    sr_doc_length length;
    if (doc.segment != scorer->segment) {
        enter_segment(scorer, doc.segment);
    }
    SR_TRY(sr_snapshot_term_numbers(scorer->snapshot, doc, terms.numbers, terms.counts,
                                    &terms.n_terms));
    if (!take_length(scorer, doc, &length) &&
        !sr_snapshot_recall_length(scorer->snapshot, doc, &length)) {
        measure(scorer, &terms, &length);
        sr_snapshot_remember_length(scorer->snapshot, doc, &length);
    }
    double squares;
    double dot = multiply(scorer, &terms, &length, &squares);
    double quotient = dot > 0.0 ? dot / (scorer->query->length * __builtin_sqrt(squares)) : 0.0;
    *cosine = quotient < 1.0 ? quotient : 1.0; /* rounding alone could pass 1 */
    return SR_OK;
}
