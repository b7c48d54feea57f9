/* fuzz_columns.c — any bytes as the columns of fixed width of a segment: kills, facts, norms,
 * serials, the indexes of ids and of contents, bands; byte 0 chooses which of them the bytes
 * become, the others are zeros. Checksums are right, as those of a store made on purpose would be:
 * what is left are the checks at use. Everything that is sought is found where the column is in
 * order, and whatever it says, nothing is read outside of it: the column stands at the end of its
 * allocation. */
#include "fuzz/fuzz.h"

#include "base/hash.h"
#include "store/snapshot.h"
#include "store/verify.h"

#include <stdlib.h>

enum { MAX_DOCS = 24, NUMBER = 7, N_VALUES = 128, N_PARTS = 8, ALL = 7 };

static const char ID[] = "a"; /* of which an id index may know the hash */

/* A segment in memory, and a snapshot of it alone. */
typedef struct columns {
    sr_segment segment;
    sr_proof proof;
    sr_snapshot_part part;
    sr_snapshot snapshot;
    uint8_t *file;
} columns;

typedef struct column_part {
    uint32_t type;
    size_t n_bytes;
} column_part;

/* The sections behind each other as in a file, the chosen one last; all blocks count as proved. */
static void lay_out(columns *made, const column_part *parts, size_t chosen, const uint8_t *bytes,
                    size_t n_bytes)
{
    size_t ends[N_PARTS];
    size_t n_file = SR_BLOCK_BYTES;
    for (size_t i = 0; i < N_PARTS; i++) { /* the chosen one changes places with the last */
        const column_part *part = &parts[i == N_PARTS - 1 ? chosen : i == chosen ? N_PARTS - 1 : i];
        n_file = (n_file + SR_SECTION_ALIGNMENT - 1) / SR_SECTION_ALIGNMENT * SR_SECTION_ALIGNMENT;
        made->segment.sections[part->type].offset = n_file;
        made->segment.sections[part->type].n_bytes = part->n_bytes;
        n_file += part->n_bytes;
        ends[i] = n_file;
    }
    void *file = NULL;
    FUZZ_CHECK(posix_memalign(&file, SR_SECTION_ALIGNMENT, n_file) == 0);
    made->file = file;
    memset(file, 0, n_file);
    for (size_t i = 0; i < N_PARTS; i++) {
        sr_section_view *view = &made->segment.sections[parts[i].type];
        view->data = made->file + view->offset;
        size_t n = n_bytes < view->n_bytes ? n_bytes : view->n_bytes;
        if (n > 0 && (i == chosen || chosen == ALL)) {
            memcpy(made->file + view->offset, bytes, n);
            bytes += n;
            n_bytes -= n;
        }
    }
    FUZZ_CHECK(ends[N_PARTS - 1] == n_file);
    size_t n_words = n_file / SR_BLOCK_BYTES / 64 + 1;
    made->proof = (sr_proof){.blocks = made->file + SR_BLOCK_BYTES,
                             .n_bytes = n_file - SR_BLOCK_BYTES,
                             .proved = calloc(n_words, sizeof *made->proof.proved)};
    FUZZ_CHECK(made->proof.proved);
    for (size_t i = 0; i < n_words; i++) {
        made->proof.proved[i] = UINT64_MAX;
    }
    made->proof.are_sums_proved = true;
}

static sr_hash_index index_of(const columns *made, uint32_t type)
{
    const sr_section_view *view = &made->segment.sections[type];
    size_t n = view->n_bytes / 12;
    const uint64_t *hashes = (const void *)view->data;
    return (sr_hash_index){
        .hashes = hashes, .ordinals = (const void *)(hashes + n), .n_entries = n};
}

static void make(columns *made, size_t chosen, uint32_t n_docs, uint64_t first_serial,
                 const uint8_t *bytes, size_t n_bytes)
{
    sr_segment *segment = &made->segment;
    memset(made, 0, sizeof *made);
    sr_band_shape_init(&segment->band_shape, n_docs, n_docs);
    column_part parts[N_PARTS] = {
        {SR_SECTION_KILLS, n_bytes / SR_KILL_BYTES * SR_KILL_BYTES},
        {SR_SECTION_FACTS, (size_t)n_docs * SR_FACTS_BYTES},
        {SR_SECTION_SERIALS, (size_t)n_docs * sizeof(uint32_t)},
        {SR_SECTION_ID_INDEX, (size_t)n_docs * 12},
        {SR_SECTION_CONTENT_INDEX, (size_t)n_docs * 12},
        {SR_SECTION_BANDS, segment->band_shape.n_bytes},
        {SR_SECTION_VALUES, (size_t)n_docs * N_VALUES * sizeof(uint16_t)},
        {SR_SECTION_NORMS, (size_t)n_docs * sizeof(float)},
    };
    if (chosen != 0) {
        parts[0].n_bytes = chosen == ALL ? SR_KILL_BYTES : 0;
    }
    lay_out(made, parts, chosen, bytes, n_bytes);
    segment->number = NUMBER;
    segment->first_serial = first_serial;
    segment->doc_count = n_docs;
    segment->n_values = N_VALUES;
    segment->bands = 1;
    segment->proof = &made->proof;
    segment->serials = (const void *)segment->sections[SR_SECTION_SERIALS].data;
    segment->values = (const void *)segment->sections[SR_SECTION_VALUES].data;
    segment->norms = (const void *)segment->sections[SR_SECTION_NORMS].data;
    segment->bands_data = segment->sections[SR_SECTION_BANDS].data;
    segment->ids = index_of(made, SR_SECTION_ID_INDEX);
    segment->contents = index_of(made, SR_SECTION_CONTENT_INDEX);
    made->part.segment = segment;
    sr_params_init(&made->snapshot.manifest.params);
    made->snapshot.manifest.params.bands = 1;
    made->snapshot.manifest.dedup_only = true;
    made->snapshot.segments = &made->part;
    made->snapshot.n_segments = 1;
    made->snapshot.n_live = n_docs;
}

/* ------------------------------------------------------------ what readers do with them */

static void use_kills(columns *made)
{
    const sr_segment *segment = &made->segment;
    sr_segment_places places;
    FUZZ_CHECK(sr_segment_places_make(&made->snapshot, &places) == SR_OK);
    for (size_t i = 0; i < sr_segment_kill_count(segment); i++) {
        uint64_t number = 0;
        sr_doc doc = {0};
        sr_segment_kill(segment, i, &number, &doc.ordinal);
        bool is_listed = sr_segment_places_find(&places, number, &doc.segment);
        FUZZ_CHECK(is_listed == (number == NUMBER));
        if (is_listed && sr_snapshot_is_live(&made->snapshot, doc)) {
            FUZZ_CHECK(doc.ordinal < segment->doc_count);
            FUZZ_CHECK(sr_snapshot_kill(&made->snapshot, doc) == SR_OK);
            FUZZ_CHECK(!sr_snapshot_is_live(&made->snapshot, doc));
        }
    }
    free(places.places);
}

static void use_facts(columns *made)
{
    uint64_t n_dated = 0;
    for (uint32_t i = 0; i < made->segment.doc_count; i++) {
        sr_doc_facts facts;
        sr_segment_facts(&made->segment, i, &facts);
        float norm = sr_segment_norm(&made->segment, i);
        n_dated += facts.published_s != SR_TIME_UNKNOWN && norm >= 0.0F;
    }
    FUZZ_CHECK(n_dated <= made->segment.doc_count);
}

static void use_serials(columns *made)
{
    const sr_segment *segment = &made->segment;
    bool ascends = segment->serials[0] == 0;
    for (uint32_t i = 1; i < segment->doc_count; i++) {
        ascends = ascends && segment->serials[i - 1] < segment->serials[i];
    }
    for (uint32_t i = 0; i < segment->doc_count; i++) {
        uint64_t serial = sr_segment_serial(segment, i);
        for (uint64_t sought = serial - 1; sought != serial + 2; sought++) {
            sr_doc doc = {0};
            bool found = sr_snapshot_find_serial(&made->snapshot, sought, &doc);
            FUZZ_CHECK(!found || (doc.ordinal < segment->doc_count &&
                                  sr_segment_serial(segment, doc.ordinal) == sought));
            FUZZ_CHECK(!ascends || sought != serial || (found && doc.ordinal == i));
        }
    }
}

static void use_index(const columns *made, const sr_hash_index *index)
{
    const uint64_t *hashes = index->hashes;
    size_t n = index->n_entries;
    bool ascends = true;
    size_t places[MAX_DOCS];
    for (size_t i = 1; i < n; i++) {
        ascends = ascends && hashes[i - 1] <= hashes[i];
    }
    sr_hash_seek_many(hashes, n, hashes, n, places);
    for (size_t i = 0; i < n; i++) {
        for (uint64_t sought = hashes[i] - 1; sought != hashes[i] + 2; sought++) {
            size_t at = sr_segment_seek(&made->segment, hashes, n, 0, sought);
            bool is_place =
                (at == 0 || hashes[at - 1] < sought) && (at == n || hashes[at] >= sought);
            FUZZ_CHECK(at <= n && (!ascends || is_place));
        }
        FUZZ_CHECK(places[i] <= n && (!ascends || hashes[places[i]] == hashes[i]));
    }
}

static void use_indexes(columns *made)
{
    const sr_snapshot *snapshot = &made->snapshot;
    sr_doc *docs = NULL;
    size_t n_docs = 0;
    size_t capacity = 0;
    sr_doc doc = {0};
    bool found = false;
    use_index(made, &made->segment.ids);
    use_index(made, &made->segment.contents);
    sr_status status = sr_snapshot_find_id(snapshot, sr_str_of(ID), &found, &doc);
    FUZZ_CHECK((status == SR_OK && !found) || status == SR_ERR_CORRUPT); /* no column of ids */
    for (size_t i = 0; i < made->segment.contents.n_entries; i++) {
        const uint64_t content[2] = {made->segment.contents.hashes[i], 0};
        uint32_t key = (uint32_t)content[0];
        status = sr_snapshot_find_content(snapshot, content, &docs, &n_docs, &capacity);
        FUZZ_CHECK(status == SR_OK || status == SR_ERR_CORRUPT);
        status = sr_snapshot_find_bands(snapshot, &key, 4, &docs, &n_docs, &capacity);
        FUZZ_CHECK(status == SR_OK || status == SR_ERR_CORRUPT);
    }
    for (size_t i = 0; i < n_docs; i++) {
        FUZZ_CHECK(sr_snapshot_is_live(snapshot, docs[i]));
    }
    free(docs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    if (n_bytes < 10) {
        return 0;
    }
    columns made;
    uint64_t first_serial = sr_load_u64(data + 2);
    if (first_serial > UINT64_MAX - 2 - UINT32_MAX || first_serial == 0) {
        first_serial = 1; /* as the opening of a segment sees to it */
    }
    make(&made, data[0] % (ALL + 1), 1 + data[1] % MAX_DOCS, first_serial, data + 10, n_bytes - 10);
    sr_verification verification = {0};
    sr_status status =
        sr_verify_columns(&verification, &made.segment, &made.snapshot.manifest.params, true);
    FUZZ_CHECK(status == SR_OK);
    use_facts(&made);
    use_serials(&made);
    use_indexes(&made);
    use_kills(&made);
    free(made.part.dead);
    free(made.part.dead_dfs);
    free(made.proof.proved);
    free(made.file);
    return 0;
}
