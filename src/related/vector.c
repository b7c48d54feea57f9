/* vector.c — weighing and cutting (see vector.h). */
#include "related/vector.h"

#include "store/term_df.h"

#include <stdlib.h>

enum { N_SLOTS_FIRST = 1 << 12, N_SLOTS_MAX = 1 << 22 };

static void forget(sr_weigher *weigher)
{
    for (size_t i = 0; i < weigher->n_slots; i++) {
        weigher->slots[i].idf = -1.0;
    }
    weigher->n_used = 0;
}

sr_status sr_weigher_init(sr_weigher *weigher, const sr_snapshot *snapshot)
{
    *weigher = (sr_weigher){.snapshot = snapshot, .n_slots = N_SLOTS_FIRST};
    weigher->slots = malloc(N_SLOTS_FIRST * sizeof *weigher->slots);
    if (!weigher->slots) {
        return SR_ERR_MEMORY;
    }
    forget(weigher);
    weigher->n_docs = sr_vector_n_docs(snapshot);
    return SR_OK;
}

void sr_weigher_release(sr_weigher *weigher)
{
    free(weigher->slots);
    free(weigher->weighed);
    *weigher = (sr_weigher){0};
}

/* The slot of a term, or the free one where it belongs. Hashes are well mixed: their high bits
 * choose. */
static sr_idf_slot *find_slot(const sr_idf_slot *slots, size_t n_slots, uint64_t hash)
{
    size_t place = (size_t)(hash >> 32) & (n_slots - 1);
    while (slots[place].idf >= 0.0 && slots[place].hash != hash) {
        place = (place + 1) & (n_slots - 1);
    }
    return (sr_idf_slot *)&slots[place];
}

static sr_status grow(sr_weigher *weigher)
{
    size_t n_slots = weigher->n_slots * 2;
    sr_idf_slot *slots = malloc(n_slots * sizeof *slots);
    if (!slots) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < n_slots; i++) {
        slots[i].idf = -1.0;
    }
    for (size_t i = 0; i < weigher->n_slots; i++) {
        if (weigher->slots[i].idf >= 0.0) {
            *find_slot(slots, n_slots, weigher->slots[i].hash) = weigher->slots[i];
        }
    }
    free(weigher->slots);
    weigher->slots = slots;
    weigher->n_slots = n_slots;
    return SR_OK;
}

/* `n_more` articles are counted on top of the stored ones. */
static sr_status remember(sr_weigher *weigher, uint64_t hash, uint64_t stored_df, uint64_t n_more,
                          double *idf)
{
    uint64_t df = stored_df + n_more;
    if (weigher->n_used * 2 >= weigher->n_slots) {
        SR_TRY(grow(weigher));
    }
    *idf = df < 2 ? 0.0 : sr_idf_weight(weigher->n_docs, df, sr_term_is_pair(hash));
    *find_slot(weigher->slots, weigher->n_slots, hash) =
        (sr_idf_slot){.hash = hash, .idf = *idf, .df = stored_df};
    weigher->n_used++;
    return SR_OK;
}

sr_status sr_weigher_idf(sr_weigher *weigher, uint64_t hash, double *idf)
{
    const sr_idf_slot *slot = find_slot(weigher->slots, weigher->n_slots, hash);
    if (slot->idf >= 0.0) {
        *idf = slot->idf;
        return SR_OK;
    }
    return remember(weigher, hash, sr_snapshot_df(weigher->snapshot, hash), 0, idf);
}

uint64_t sr_weigher_df(const sr_weigher *weigher, uint64_t hash)
{
    const sr_idf_slot *slot = find_slot(weigher->slots, weigher->n_slots, hash);
    return slot->idf >= 0.0 ? slot->df : sr_snapshot_df(weigher->snapshot, hash);
}

/* Remembers all of these terms that are not, with `n_more` added to their dfs: sought together, 64
 * at a time. */
static sr_status seek_terms(sr_weigher *weigher, const sr_stored_term *terms, size_t n_terms,
                            uint64_t n_more)
{
    enum { CHUNK = 64 };
    uint64_t hashes[CHUNK];
    uint64_t dfs[CHUNK];
    size_t n = 0;
    for (size_t i = 0; i < n_terms; i++) {
        if (find_slot(weigher->slots, weigher->n_slots, terms[i].hash)->idf < 0.0) {
            hashes[n++] = terms[i].hash;
        }
        if (n == CHUNK || (n && i + 1 == n_terms)) {
            sr_snapshot_dfs(weigher->snapshot, hashes, n, dfs);
            for (size_t k = 0; k < n; k++) {
                double idf;
                SR_TRY(remember(weigher, hashes[k], dfs[k], n_more, &idf));
            }
            n = 0;
        }
    }
    return SR_OK;
}

void sr_weigher_count_stored(sr_weigher *weigher)
{
    /* Every thread would come to the same numbers without its memory, so dropping it is always
     * allowed. */
    if (weigher->is_shifted || weigher->n_used * 2 >= N_SLOTS_MAX) {
        forget(weigher);
    }
    weigher->is_shifted = false;
    weigher->n_docs = sr_vector_n_docs(weigher->snapshot);
}

sr_status sr_weigher_count_also(sr_weigher *weigher, const sr_stored_term *terms, size_t n_terms)
{
    forget(weigher);
    weigher->is_shifted = true;
    return seek_terms(weigher, terms, n_terms, 1);
}

/* The last of the SR_TERMS_SCORED heaviest. */
static sr_ranked lightest_kept(const sr_weighed_term *terms, size_t n_terms)
{
    sr_ranked kept[SR_TERMS_SCORED];
    sr_top_k top = {.items = kept, .limit = SR_TERMS_SCORED};
    for (size_t i = 0; i < n_terms; i++) {
        sr_top_k_push(&top, (sr_ranked){.score = terms[i].weight, .key = terms[i].hash});
    }
    return kept[0];
}

sr_status sr_weigher_weigh(sr_weigher *weigher, const sr_stored_term *terms, size_t n_terms,
                           sr_vector *vector)
{
    SR_TRY(sr_array_reserve((void **)&weigher->weighed, &weigher->weighed_capacity, n_terms,
                            sizeof *weigher->weighed));
    SR_TRY(seek_terms(weigher, terms, n_terms, 0));
    size_t n_weighed = 0;
    for (size_t i = 0; i < n_terms; i++) {
        double idf;
        SR_TRY(sr_weigher_idf(weigher, terms[i].hash, &idf));
        if (idf > 0.0) {
            weigher->weighed[n_weighed++] = (sr_weighed_term){
                .hash = terms[i].hash, .weight = sr_weigher_tf(weigher, terms[i].tf2) * idf};
        }
    }
    sr_ranked last = {.score = 0.0, .key = UINT64_MAX};
    if (n_weighed > SR_TERMS_SCORED) {
        last = lightest_kept(weigher->weighed, n_weighed);
    }
    double sum = 0.0;
    vector->n_terms = 0;
    for (size_t i = 0; i < n_weighed; i++) {
        sr_weighed_term term = weigher->weighed[i];
        if (!sr_ranked_before(last, (sr_ranked){.score = term.weight, .key = term.hash})) {
            vector->terms[vector->n_terms++] = term;
            sum += term.weight * term.weight;
        }
    }
    vector->length = __builtin_sqrt(sum);
    return SR_OK;
}
