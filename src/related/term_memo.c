/* term_memo.c — a direct-mapped table (see term_memo.h). */
#include "related/term_memo.h"

#include "index/term_weight.h"
#include "store/segment.h"
#include "store/term_df.h"

#include <stdlib.h>

enum { SLOT_BITS = 14, N_SLOTS = 1 << SLOT_BITS, CHUNK = 64 };

sr_status sr_term_memo_init(sr_term_memo *memo, const sr_snapshot *snapshot)
{
    *memo = (sr_term_memo){.snapshot = snapshot, .terms = malloc(N_SLOTS * sizeof *memo->terms)};
    for (size_t i = 0; memo->terms && i < N_SLOTS; i++) {
        memo->terms[i] = (sr_known_term){.segment = UINT32_MAX};
    }
    return memo->terms ? SR_OK : SR_ERR_MEMORY;
}

void sr_term_memo_release(sr_term_memo *memo)
{
    free(memo->terms);
    *memo = (sr_term_memo){0};
}

static sr_known_term *slot_of(const sr_term_memo *memo, uint32_t segment, uint64_t hash)
{
    return &memo->terms[(hash ^ segment) * UINT64_C(0x9e3779b97f4a7c15) >> (64 - SLOT_BITS)];
}

static void note(const sr_term_memo *memo, uint32_t segment, uint64_t hash, uint32_t number)
{
    *slot_of(memo, segment, hash) =
        (sr_known_term){.hash = hash, .segment = segment, .number = number};
}

sr_status sr_term_memo_terms(sr_term_memo *memo, sr_doc doc, sr_stored_term *terms, size_t *n_terms)
{
    const sr_lexicon *lexicon = &sr_snapshot_segment(memo->snapshot, doc.segment)->lexicon;
    uint32_t numbers[SR_TERMS_STORED];
    uint8_t counts[SR_COUNT_PLACES];
    SR_TRY(sr_snapshot_term_numbers(memo->snapshot, doc, numbers, counts, n_terms));
    sr_lexicon_expect(lexicon, numbers, *n_terms);
    for (size_t i = 0; i < *n_terms; i++) {
        uint64_t hash = sr_lexicon_hash(lexicon, numbers[i]);
        if (hash == 0) {
            return SR_ERR_CORRUPT;
        }
        terms[i] = (sr_stored_term){.hash = hash, .tf2 = counts[i]};
        note(memo, doc.segment, hash, numbers[i]);
    }
    return SR_OK;
}

void sr_term_memo_find(sr_term_memo *memo, uint32_t segment, const uint64_t *hashes, size_t n_terms,
                       uint32_t *numbers)
{
    uint64_t unknown[CHUNK];
    uint32_t found[CHUNK];
    size_t places[CHUNK];
    size_t n = 0;
    for (size_t i = 0; i < n_terms; i++) {
        const sr_known_term *known = slot_of(memo, segment, hashes[i]);
        if (known->segment == segment && known->hash == hashes[i]) {
            numbers[i] = known->number;
        } else {
            places[n] = i;
            unknown[n++] = hashes[i];
        }
        if (n == CHUNK || (n && i + 1 == n_terms)) {
            sr_snapshot_find_terms(memo->snapshot, segment, unknown, n, found);
            for (size_t k = 0; k < n; k++) {
                numbers[places[k]] = found[k];
                note(memo, segment, unknown[k], found[k]);
            }
            n = 0;
        }
    }
}
