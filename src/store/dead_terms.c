/* dead_terms.c — the table. A count that came back to 0 keeps its place until the table grows. */
#include "store/dead_terms.h"

#include "index/term_weight.h"

#include <stdlib.h>

static size_t dead_place(const sr_dead_terms *terms, uint64_t hash)
{
    size_t place = (size_t)sr_mix64(hash) & (terms->n_places - 1);
    while ((terms->counts[place] || terms->hashes[place]) && terms->hashes[place] != hash) {
        place = (place + 1) & (terms->n_places - 1);
    }
    return place;
}

void sr_dead_terms_release(sr_dead_terms *terms)
{
    free(terms->hashes);
    free(terms->counts);
    *terms = (sr_dead_terms){0};
}

uint32_t sr_dead_terms_count(const sr_dead_terms *terms, uint64_t hash)
{
    return terms->n_places ? terms->counts[dead_place(terms, hash)] : 0;
}

/* Room for `n_more` terms at a load of at most a half. */
static sr_status dead_reserve(sr_dead_terms *terms, size_t n_more)
{
    size_t n_places = terms->n_places ? terms->n_places : 1024;
    while (n_places / 2 < terms->n_terms + n_more) {
        n_places *= 2;
    }
    if (n_places == terms->n_places) {
        return SR_OK;
    }
    sr_dead_terms grown = {
        .hashes = calloc(n_places, sizeof *grown.hashes),
        .counts = calloc(n_places, sizeof *grown.counts),
        .n_places = n_places,
    };
    if (!grown.hashes || !grown.counts) {
        free(grown.hashes);
        free(grown.counts);
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < terms->n_places; i++) {
        if (terms->counts[i]) {
            size_t place = dead_place(&grown, terms->hashes[i]);
            grown.hashes[place] = terms->hashes[i];
            grown.counts[place] = terms->counts[i];
            grown.n_terms++;
        }
    }
    sr_dead_terms old = *terms;
    *terms = grown;
    free(old.hashes);
    free(old.counts);
    return SR_OK;
}

sr_status sr_dead_terms_add(sr_dead_terms *terms, const sr_segment *segment, uint32_t ordinal)
{
    sr_stored_term stored[SR_TERMS_STORED];
    size_t n_terms = 0;
    SR_TRY(sr_segment_terms(segment, ordinal, stored, &n_terms));
    SR_TRY(dead_reserve(terms, n_terms));
    for (size_t i = 0; i < n_terms; i++) {
        size_t place = dead_place(terms, stored[i].hash);
        terms->n_terms += terms->counts[place] == 0 && terms->hashes[place] == 0;
        terms->hashes[place] = stored[i].hash;
        terms->counts[place]++;
    }
    return SR_OK;
}

sr_status sr_dead_terms_remove(sr_dead_terms *terms, const sr_segment *segment, uint32_t ordinal)
{
    sr_stored_term stored[SR_TERMS_STORED];
    size_t n_terms = 0;
    SR_TRY(sr_segment_terms(segment, ordinal, stored, &n_terms));
    for (size_t i = 0; i < n_terms && terms->n_places > 0; i++) {
        size_t place = dead_place(terms, stored[i].hash);
        terms->counts[place] -= terms->counts[place] > 0;
    }
    return SR_OK;
}
