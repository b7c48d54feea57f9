/* merge.c — the course of a merge, and the columns that are copied row by row. */
#include "store/merge.h"

#include "store/verify.h"

#include <stdlib.h>

sr_status sr_merge_tick(const sr_merge *merge)
{
    if (sr_observe_cancelled(merge->observer)) {
        return SR_ERR_INTERRUPTED;
    }
    uint64_t done = merge->file->n_bytes;
    sr_observe_progress(merge->observer, "merging",
                        done < merge->n_source_bytes ? done : merge->n_source_bytes,
                        merge->n_source_bytes);
    return SR_OK;
}

/* ------------------------------------------------------------ copied rows */

/* Runs of live articles in one piece. */
static sr_status copy_rows(sr_merge *merge, uint32_t type, size_t row_bytes, sr_error *error)
{
    SR_TRY(sr_merge_begin(merge, type, error));
    for (size_t i = 0; i < merge->n_sources; i++) {
        const sr_merge_source *source = &merge->sources[i];
        const uint8_t *rows = source->segment->sections[type].data;
        uint32_t n_docs = source->segment->doc_count;
        for (uint32_t from = 0; from < n_docs;) {
            uint32_t to = from;
            while (to < n_docs && sr_merge_ordinal(source, to) != SR_MERGE_GONE) {
                to++;
            }
            SR_TRY(sr_segment_file_write(merge->file, rows + (size_t)from * row_bytes,
                                         (size_t)(to - from) * row_bytes, error));
            from = to + 1;
        }
        SR_TRY(sr_merge_tick(merge));
    }
    return SR_OK;
}

static sr_status merge_facts(sr_merge *merge, sr_error *error)
{
    return copy_rows(merge, SR_SECTION_FACTS, SR_FACTS_BYTES, error);
}

/* The mergers of terms have made them. */
static sr_status merge_norms(sr_merge *merge, sr_error *error)
{
    if (!merge->norms) {
        return SR_OK;
    }
    SR_TRY(sr_merge_begin(merge, SR_SECTION_NORMS, error));
    return sr_segment_file_write(merge->file, merge->norms, merge->n_docs * sizeof *merge->norms,
                                 error);
}

static sr_status merge_values(sr_merge *merge, sr_error *error)
{
    return copy_rows(merge, SR_SECTION_VALUES, merge->params->n_values * sizeof(uint16_t), error);
}

/* The serial of the last article tells whether there are holes. */
static sr_status merge_serials(sr_merge *merge, sr_error *error)
{
    uint64_t last = 0;
    for (size_t i = 0; i < merge->n_sources; i++) {
        const sr_merge_source *source = &merge->sources[i];
        for (uint32_t doc = source->segment->doc_count; doc > 0 && source->n_live > 0; doc--) {
            if (sr_merge_ordinal(source, doc - 1) != SR_MERGE_GONE) {
                last = sr_segment_serial(source->segment, doc - 1);
                break;
            }
        }
    }
    if (last - merge->first_serial == merge->n_docs - 1) {
        return SR_OK;
    }
    if (last - merge->first_serial > UINT32_MAX) {
        return sr_error_set(error, SR_ERR_LIMIT, merge->dir, 0,
                            "the serial numbers of the segments lie too far apart to merge them");
    }
    SR_TRY(sr_merge_begin(merge, SR_SECTION_SERIALS, error));
    for (size_t i = 0; i < merge->n_sources; i++) {
        const sr_merge_source *source = &merge->sources[i];
        for (uint32_t doc = 0; doc < source->segment->doc_count; doc++) {
            if (sr_merge_ordinal(source, doc) == SR_MERGE_GONE) {
                continue;
            }
            uint8_t row[sizeof(uint32_t)];
            sr_store_u32(row,
                         (uint32_t)(sr_segment_serial(source->segment, doc) - merge->first_serial));
            SR_TRY(sr_segment_file_write(merge->file, row, sizeof row, error));
        }
    }
    return SR_OK;
}

/* ------------------------------------------------------------ the course */

/* In the order of the file. A merger whose section the store does not have writes nothing. */
static sr_status (*const MERGERS[])(sr_merge *merge, sr_error *error) = {
    merge_facts, merge_values,   merge_serials,  sr_merge_indexes, sr_merge_terms,
    merge_norms, sr_merge_graph, sr_merge_dense, sr_merge_cold,
};

static sr_status fill(sr_segment_file *file, void *context, sr_error *error)
{
    sr_merge *merge = context;
    merge->file = file;
    SR_TRY(sr_kills_write(file, merge->kills, merge->n_kills, error));
    for (size_t i = 0; i < SR_ARRAY_COUNT(MERGERS) && merge->n_docs > 0; i++) {
        SR_TRY(MERGERS[i](merge, error));
        SR_TRY(sr_merge_tick(merge));
    }
    return SR_OK;
}

static sr_status number_articles(sr_merge_source *source, uint32_t *next)
{
    uint32_t n_docs = source->segment->doc_count;
    source->first = *next;
    source->n_live = n_docs;
    if (source->dead) {
        source->ordinals = calloc((size_t)n_docs + 1, sizeof *source->ordinals);
        if (!source->ordinals) {
            return SR_ERR_MEMORY;
        }
        source->n_live = 0;
        for (uint32_t i = 0; i < n_docs; i++) {
            bool is_dead = source->dead[i / 64] >> i % 64 & 1;
            source->ordinals[i] = is_dead ? SR_MERGE_GONE : *next + source->n_live++;
        }
    }
    *next += source->n_live;
    return SR_OK;
}

static sr_status prepare(sr_merge *merge, sr_error *error)
{
    uint64_t n_docs = 0;
    merge->first_serial = merge->next_serial;
    for (size_t i = 0; i < merge->n_sources; i++) {
        n_docs += merge->sources[i].segment->doc_count;
        merge->n_source_bytes += merge->sources[i].segment->file.n_bytes;
    }
    if (n_docs >= SR_MERGE_GONE) {
        return sr_error_set(error, SR_ERR_LIMIT, merge->dir, 0,
                            "a segment of %llu articles would be too large",
                            (unsigned long long)n_docs);
    }
    for (size_t i = 0; i < merge->n_sources; i++) {
        sr_merge_source *source = &merge->sources[i];
        bool first = merge->n_docs == 0;
        SR_TRY(number_articles(source, &merge->n_docs));
        for (uint32_t doc = 0; first && merge->n_docs > 0; doc++) {
            if (sr_merge_ordinal(source, doc) != SR_MERGE_GONE) {
                merge->first_serial = sr_segment_serial(source->segment, doc);
                break;
            }
        }
    }
    return SR_OK;
}

static sr_status prove_sources(const sr_merge *merge, sr_error *error)
{
    sr_verification verification = {.observer = merge->observer, .n_total = merge->n_source_bytes};
    for (size_t i = 0; i < merge->n_sources; i++) {
        SR_TRY(sr_verify_blocks(&verification, merge->sources[i].segment, error));
        if (verification.n_damages > 0) {
            return sr_error_set(error, SR_ERR_CORRUPT, merge->sources[i].segment->path, 0,
                                "it is damaged and was not merged");
        }
    }
    return SR_OK;
}

sr_status sr_merge_write(sr_merge *merge, sr_manifest_segment *written, sr_error *error)
{
    sr_status status = prepare(merge, error);
    if (status == SR_OK) {
        status = prove_sources(merge, error);
    }
    if (status == SR_OK) {
        sr_segment_head head = {
            .number = merge->number,
            .params_digest = sr_manifest_digest(&merge->snapshot->manifest),
            .first_serial = merge->first_serial,
            .doc_count = merge->n_docs,
        };
        status = sr_segment_publish(merge->dir, &head, fill, merge, written, error);
    }
    for (size_t i = 0; i < merge->n_sources; i++) {
        free(merge->sources[i].ordinals);
        merge->sources[i].ordinals = NULL;
    }
    free(merge->norms);
    merge->norms = NULL;
    return status;
}
