/* score.c — weighing, cutting and multiplying one article's terms (see score.h). */
#include "related/score.h"

#include "store/term_df.h"

#include <stdlib.h>

sr_status sr_scorer_init(sr_scorer *scorer, const sr_snapshot *snapshot)
{
    *scorer = (sr_scorer){.snapshot = snapshot, .segment = UINT32_MAX, .table_n_docs = UINT64_MAX};
    for (size_t i = 0; i < 2; i++) {
        scorer->idf_tables[i] = malloc(SR_DF_TABLE * sizeof *scorer->idf_tables[i]);
        if (!scorer->idf_tables[i]) {
            return SR_ERR_MEMORY;
        }
    }
    return SR_OK;
}

void sr_scorer_release(sr_scorer *scorer)
{
    free(scorer->idf_tables[0]);
    free(scorer->idf_tables[1]);
    free(scorer->terms);
    *scorer = (sr_scorer){0};
}

void sr_scorer_begin(sr_scorer *scorer, const sr_vector *query, const sr_stored_term *counted,
                     size_t n_counted)
{
    scorer->query = query;
    scorer->counted = counted;
    scorer->n_counted = counted ? n_counted : 0;
    scorer->segment = UINT32_MAX;
    scorer->n_docs = sr_snapshot_live_count(scorer->snapshot) + (counted != NULL);
    if (scorer->n_docs != scorer->table_n_docs) {
        scorer->table_n_docs = scorer->n_docs;
        for (size_t df = 0; df < SR_DF_TABLE; df++) {
            scorer->idf_tables[0][df] = scorer->idf_tables[1][df] = -1.0;
        }
    }
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

/* Finds the query's terms in a segment: all that it counts, else those of its vector. */
static sr_status enter_segment(sr_scorer *scorer, uint32_t segment)
{
    const sr_vector *query = scorer->query;
    size_t n_sought = scorer->counted ? scorer->n_counted : query->n_terms;
    SR_TRY(sr_array_reserve((void **)&scorer->terms, &scorer->term_capacity, n_sought + 1,
                            sizeof *scorer->terms));
    scorer->n_terms = 0;
    scorer->segment = segment;
    uint32_t number = 0;
    for (size_t i = 0, j = 0; i < n_sought; i++) {
        uint64_t hash = scorer->counted ? scorer->counted[i].hash : query->terms[i].hash;
        while (j < query->n_terms && query->terms[j].hash < hash) {
            j++;
        }
        if (sr_snapshot_find_term(scorer->snapshot, segment, number, hash, &number)) {
            bool weighed = j < query->n_terms && query->terms[j].hash == hash;
            scorer->terms[scorer->n_terms++] =
                (sr_query_term){.number = number, .weight = weighed ? query->terms[j].weight : 0.0};
        }
    }
    return SR_OK;
}

/* A term of the article: its weight, and its weight in the query's vector. */
typedef struct weighed {
    double weight;
    double query_weight;
} weighed;

/* The terms that have a weight, in order of their numbers. */
static size_t weigh(sr_scorer *scorer, const uint32_t *numbers, const uint32_t *counts,
                    size_t n_terms, weighed *out)
{
    size_t n_out = 0;
    size_t q = 0;
    for (size_t i = 0; i < n_terms; i++) {
        while (q < scorer->n_terms && scorer->terms[q].number < numbers[i]) {
            q++;
        }
        bool in_query = q < scorer->n_terms && scorer->terms[q].number == numbers[i];
        bool is_pair;
        uint64_t df = sr_snapshot_term_df(scorer->snapshot, scorer->segment, numbers[i], &is_pair);
        double idf = idf_of(scorer, df + (in_query && scorer->counted), is_pair);
        double tf = sr_tf_lookup(scorer->tf_weights, counts[i]);
        if (idf > 0.0) {
            out[n_out++] = (weighed){.weight = tf * idf,
                                     .query_weight = in_query ? scorer->terms[q].weight : 0.0};
        }
    }
    return n_out;
}

/* The last of the SR_TERMS_SCORED heaviest, by place. */
static sr_ranked lightest_kept(const weighed *terms, size_t n_terms)
{
    sr_ranked kept[SR_TERMS_SCORED];
    sr_top_k top = {.items = kept, .limit = SR_TERMS_SCORED};
    for (size_t i = 0; i < n_terms; i++) {
        sr_top_k_push(&top, (sr_ranked){.score = terms[i].weight, .key = i});
    }
    return kept[0];
}

sr_status sr_scorer_cosine(sr_scorer *scorer, sr_doc doc, double *cosine)
{
    uint32_t numbers[SR_TERMS_STORED];
    uint32_t counts[SR_TERMS_STORED];
    weighed terms[SR_TERMS_STORED];
    size_t n_terms;
    if (doc.segment != scorer->segment) {
        SR_TRY(enter_segment(scorer, doc.segment));
    }
    SR_TRY(sr_snapshot_term_numbers(scorer->snapshot, doc, numbers, counts, &n_terms));
    size_t n_weighed = weigh(scorer, numbers, counts, n_terms, terms);
    sr_ranked last = {.score = 0.0, .key = UINT64_MAX};
    if (n_weighed > SR_TERMS_SCORED) {
        last = lightest_kept(terms, n_weighed);
    }
    double squares = 0.0;
    double dot = 0.0;
    for (size_t i = 0; i < n_weighed; i++) {
        if (!sr_ranked_before(last, (sr_ranked){.score = terms[i].weight, .key = i})) {
            squares += terms[i].weight * terms[i].weight;
            dot += terms[i].query_weight * terms[i].weight;
        }
    }
    double quotient = dot > 0.0 ? dot / (scorer->query->length * __builtin_sqrt(squares)) : 0.0;
    *cosine = quotient < 1.0 ? quotient : 1.0; /* rounding alone could pass 1 */
    return SR_OK;
}
