/* verify_columns.c — what checksums can't tell: that the columns agree with each other. A store
 * that was made by a faulty or hostile program is found here. */
#include "store/verify.h"

#include "index/term_weight.h"
#include "sketch/compare.h"

#include <stdlib.h>

static sr_doc_facts facts_of(const sr_segment *segment, uint32_t ordinal)
{
    sr_doc_facts facts;
    sr_segment_facts(segment, ordinal, &facts);
    return facts;
}

static void check_facts(sr_verification *verification, const sr_segment *segment)
{
    const uint8_t *rows = segment->sections[SR_SECTION_FACTS].data;
    for (uint32_t i = 0; i < segment->doc_count; i++) {
        float norm = sr_segment_norm(segment, i);
        if (sr_load_u16(rows + (size_t)i * SR_FACTS_BYTES + 62) != 0 || !(norm >= 0.0f)) {
            sr_verification_report(verification, segment, "facts", "article %u: out of range", i);
            return;
        }
    }
}

static void check_serials(sr_verification *verification, const sr_segment *segment)
{
    for (uint32_t i = 0; i < segment->doc_count && segment->serials; i++) {
        if (i == 0 ? segment->serials[0] != 0 : segment->serials[i] <= segment->serials[i - 1]) {
            sr_verification_report(verification, segment, "serials", "article %u: out of order", i);
            return;
        }
    }
}

/* Ascending by hash and then ordinal. */
static bool index_ascends(sr_verification *verification, const sr_segment *segment,
                          const sr_hash_index *index, const char *name)
{
    for (size_t i = 0; i < index->n_entries; i++) {
        uint32_t ordinal = index->ordinals[i];
        bool ascends =
            i == 0 || index->hashes[i - 1] < index->hashes[i] ||
            (index->hashes[i - 1] == index->hashes[i] && index->ordinals[i - 1] < ordinal);
        if (!ascends || ordinal >= segment->doc_count) {
            sr_verification_report(verification, segment, name, "entry %zu: out of order", i);
            return false;
        }
    }
    return true;
}

static void check_indexes(sr_verification *verification, const sr_segment *segment)
{
    const sr_hash_index *ids = &segment->ids;
    const sr_hash_index *contents = &segment->contents;
    if (index_ascends(verification, segment, ids, "id index")) {
        uint64_t sum = verification->id_sum;
        for (size_t i = 0; i < ids->n_entries; i++) {
            sum -= sr_verification_entry_sum(ids->hashes[i], ids->ordinals[i], 0);
        }
        if (sum != 0) {
            sr_verification_report(verification, segment, "id index", "it does not match the ids");
        }
    }
    if (!index_ascends(verification, segment, contents, "content index")) {
        return;
    }
    for (size_t i = 0; i < contents->n_entries; i++) {
        sr_doc_facts facts = facts_of(segment, contents->ordinals[i]);
        if (facts.content[0] != contents->hashes[i] || facts.n_words == 0) {
            sr_verification_report(verification, segment, "content index",
                                   "entry %zu: it is not of its article", i);
            return;
        }
    }
}

/* Each band's entries ascend; all entries together are those that the values give: compared by a
 * sum of hashes, so that nothing needs to be held. */
static void check_bands(sr_verification *verification, const sr_segment *segment,
                        const sr_params *params)
{
    uint32_t keys[128];
    uint64_t sum = 0;
    uint64_t n_keyed = 0;
    for (uint32_t i = 0; i < segment->doc_count; i++) {
        if (facts_of(segment, i).n_words == 0) {
            continue;
        }
        n_keyed++;
        sr_values_band_keys(params, sr_segment_values(segment, i), keys);
        for (uint32_t band = 0; band < params->bands; band++) {
            sum += sr_verification_entry_sum((uint64_t)band << 32 | keys[band], i, 0);
        }
    }
    size_t n_entries = segment->band_shape.n_entries;
    for (uint32_t band = 0; band < params->bands && segment->doc_count > 0; band++) {
        sr_band entries;
        sr_band_walk walk = {0};
        uint64_t last = 0; /* key and ordinal of the entry before, plus 1 */
        sr_segment_band(segment, band, &entries);
        size_t n_sound = sr_band_is_sound(&entries) ? n_entries : 0;
        for (; walk.entry < n_sound; walk.entry++) {
            uint32_t key = sr_band_walk_key(&entries, &walk);
            uint32_t ordinal = sr_band_ordinal(&entries, walk.entry);
            if (((uint64_t)key << 32 | ordinal) < last) {
                break;
            }
            last = ((uint64_t)key << 32 | ordinal) + 1;
            sum -= sr_verification_entry_sum((uint64_t)band << 32 | key, ordinal, 0);
        }
        if (walk.entry < n_entries) {
            sr_verification_report(verification, segment, "bands",
                                   "band %u: entry %zu: out of order", band, walk.entry);
            return;
        }
    }
    if (sum != 0 || n_keyed != n_entries) {
        sr_verification_report(verification, segment, "bands", "they do not match the values");
    }
}

static sr_status check_lexicon(sr_verification *verification, const sr_segment *segment,
                               uint64_t *sum)
{
    sr_posting_list list = {0};
    sr_status status = SR_OK;
    uint64_t last = 0;
    uint64_t hashes[SR_LEXICON_BLOCK] = {0};
    for (size_t i = 0; i < segment->lexicon.n_terms && status == SR_OK; i++) {
        size_t at = i % SR_LEXICON_BLOCK;
        bool read =
            at > 0 || sr_lexicon_block_hashes(&segment->lexicon, i / SR_LEXICON_BLOCK, hashes) > 0;
        if (!read || (i > 0 && last >= hashes[at]) || hashes[at] != sr_term_hash(hashes[at])) {
            sr_verification_report(verification, segment, "lexicon", "term %zu: out of order", i);
            break;
        }
        last = hashes[at];
        status = sr_segment_term_list(segment, i, &list);
        if (status == SR_ERR_CORRUPT) {
            sr_verification_report(verification, segment, "postings",
                                   "term %zu: they can't be decoded", i);
            status = SR_OK;
            break;
        }
        for (size_t n = 0; n < list.n; n++) {
            *sum += sr_verification_entry_sum(i, list.ordinals[n], (uint64_t)list.counts[n] << 48);
        }
    }
    sr_posting_list_release(&list);
    return status;
}

static sr_status check_terms(sr_verification *verification, const sr_segment *segment)
{
    uint64_t sum = 0;
    uint64_t before = verification->n_damages;
    uint64_t next = 0;
    SR_TRY(check_lexicon(verification, segment, &sum));
    for (uint32_t i = 0; i < segment->doc_count && verification->n_damages == before; i++) {
        uint32_t numbers[SR_TERMS_STORED];
        uint8_t counts[SR_COUNT_PLACES];
        size_t n_terms = 0;
        uint64_t first = 0;
        uint64_t last = 0;
        if (!sr_segment_terms_bytes(segment, i, &first, &last) || first != next ||
            sr_segment_term_numbers(segment, i, numbers, counts, &n_terms) != SR_OK) {
            sr_verification_report(verification, segment, "terms",
                                   "article %u: they can't be decoded", i);
            return SR_OK;
        }
        next = last;
        for (size_t n = 0; n < n_terms; n++) {
            sum -= sr_verification_entry_sum(numbers[n], i, (uint64_t)counts[n] << 48);
        }
    }
    if (verification->n_damages == before &&
        (sum != 0 || next != segment->sections[SR_SECTION_TERMS].n_bytes)) {
        sr_verification_report(verification, segment, "postings", "they do not match the terms");
    }
    return SR_OK;
}

static void check_kills(sr_verification *verification, const sr_segment *segment)
{
    uint64_t last_number = 0;
    uint64_t last_ordinal = 0;
    for (size_t i = 0; i < sr_segment_kill_count(segment); i++) {
        const uint8_t *entry = segment->sections[SR_SECTION_KILLS].data + i * SR_KILL_BYTES;
        uint64_t number;
        uint32_t ordinal;
        sr_segment_kill(segment, i, &number, &ordinal);
        bool ascends =
            i == 0 || number > last_number || (number == last_number && ordinal > last_ordinal);
        if (!ascends || number >= segment->number || sr_load_u32(entry + 12) != 0) {
            sr_verification_report(verification, segment, "kills", "entry %zu: out of order", i);
            return;
        }
        last_number = number;
        last_ordinal = ordinal;
    }
}

/* Lists: nearest first, nothing behind their end. */
static void check_lists(sr_verification *verification, const sr_segment *segment)
{
    for (uint32_t i = 0; i < segment->doc_count; i++) {
        const uint8_t *row = segment->lists + (size_t)i * SR_LIST_BYTES;
        uint64_t serial = sr_segment_serial(segment, i);
        sr_link links[SR_NEIGHBOURS];
        uint8_t again[SR_LIST_BYTES];
        size_t n = sr_list_decode(row, serial, links);
        sr_list_encode(again, serial, links, n);
        bool is_sound = memcmp(row, again, SR_LIST_BYTES) == 0;
        for (size_t k = 1; k < n; k++) {
            is_sound &= sr_link_before(&links[k - 1], &links[k]);
        }
        if (!is_sound) {
            sr_verification_report(verification, segment, "lists", "article %u: out of order", i);
            return;
        }
    }
}

/* Edges: to older articles, ascending, from articles of this segment. */
static void check_edges(sr_verification *verification, const sr_segment *segment)
{
    const sr_edges *edges = &segment->edges;
    for (size_t t = 0; t < edges->n_targets; t++) {
        bool is_sound = edges->firsts[t] < edges->firsts[t + 1] &&
                        edges->firsts[t + 1] <= edges->n_edges &&
                        edges->targets[t] < segment->first_serial &&
                        (t == 0 || edges->targets[t - 1] < edges->targets[t]);
        for (size_t i = edges->firsts[t]; is_sound && i < edges->firsts[t + 1]; i++) {
            is_sound = edges->sources[i] < segment->doc_count;
        }
        if (!is_sound) {
            sr_verification_report(verification, segment, "edges", "target %zu: out of order", t);
            return;
        }
    }
}

static void check_graph(sr_verification *verification, const sr_segment *segment)
{
    if (segment->lists) {
        check_lists(verification, segment);
    }
    check_edges(verification, segment);
}

sr_status sr_verify_columns(sr_verification *verification, const sr_segment *segment,
                            const sr_params *params, bool dedup_only)
{
    check_kills(verification, segment);
    if (segment->doc_count == 0) {
        return SR_OK;
    }
    check_facts(verification, segment);
    check_serials(verification, segment);
    check_indexes(verification, segment);
    check_bands(verification, segment, params);
    if (dedup_only != !segment->term_offsets ||
        dedup_only != !segment->sections[SR_SECTION_COLD_DATA + SR_FIELD_TEXT].data) {
        sr_verification_report(verification, segment, "header",
                               "the sections are not those of such a store");
        return SR_OK;
    }
    check_graph(verification, segment);
    return dedup_only ? SR_OK : check_terms(verification, segment);
}
