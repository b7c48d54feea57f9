/* segment_read.c — opening a segment: the header is proved, the section table becomes views. */
#include "store/segment.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TABLE_OFFSET = 128, ENTRY_BYTES = 24, MAX_SECTIONS = 96 };

static sr_status damaged(const sr_segment *segment, sr_error *error, const char *section,
                         const char *what)
{
    return sr_error_set(error, SR_ERR_CORRUPT, segment->path, 0, "%s: %s", section, what);
}

/* ------------------------------------------------------------ the file */

static sr_status map_file(sr_segment *segment, uint64_t n_bytes, sr_error *error)
{
    segment->fd = open(segment->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (segment->fd < 0) {
        sr_status status = errno == ENOENT ? SR_ERR_NOT_FOUND : SR_ERR_IO;
        sr_error_set_errno(error, segment->path, "can't open");
        if (error) {
            error->status = status;
        }
        return status;
    }
    struct stat info;
    if (fstat(segment->fd, &info) != 0) {
        return sr_error_set_errno(error, segment->path, "can't ask for its size");
    }
    if (!S_ISREG(info.st_mode) || (uint64_t)info.st_size != n_bytes || n_bytes < SR_BLOCK_BYTES) {
        return damaged(segment, error, "header", "the file has not the size that MANIFEST says");
    }
    void *bytes = mmap(NULL, (size_t)n_bytes, PROT_READ, MAP_SHARED, segment->fd, 0);
    if (bytes == MAP_FAILED) {
        return sr_error_set_errno(error, segment->path, "can't map");
    }
    segment->file = sr_str_make(bytes, (size_t)n_bytes);
    return SR_OK;
}

static sr_status check_header(const sr_segment *segment, const sr_manifest *manifest,
                              const sr_manifest_segment *listed, sr_error *error)
{
    const uint8_t *header = (const uint8_t *)segment->file.data;
    uint64_t sum = sr_load_u64(header + SR_BLOCK_BYTES - 8);
    if (memcmp(header, SR_SEGMENT_MAGIC, SR_STORE_MAGIC_BYTES) != 0) {
        return damaged(segment, error, "header", "this is no segment of a simrank store");
    }
    if (sum != sr_hash_bytes(header, SR_BLOCK_BYTES - 8, 0) || sum != listed->header_sum) {
        return damaged(segment, error, "header", "its checksum does not match");
    }
    uint32_t min_reader = sr_load_u32(header + 12);
    if (min_reader > SR_STORE_VERSION || sr_load_u64(header + 16) != 0) {
        return sr_error_set(error, SR_ERR_VERSION, segment->path, 0,
                            "the segment has format version %u and needs a reader of version %u or "
                            "later; this program reads version %d",
                            sr_load_u32(header + 8), min_reader, SR_STORE_VERSION);
    }
    if (sr_load_u64(header + 32) != listed->number || sr_load_u64(header + 40) != listed->n_bytes ||
        sr_load_u32(header + 64) != listed->doc_count) {
        return damaged(segment, error, "header", "it is not the segment that MANIFEST lists");
    }
    for (size_t i = 80; i < TABLE_OFFSET; i++) {
        if (header[i] != 0) {
            return damaged(segment, error, "header", "reserved bytes are not zero");
        }
    }
    if (sr_load_u64(header + 48) != sr_manifest_digest(manifest)) {
        return damaged(segment, error, "header", "its parameters are not those of the store");
    }
    return SR_OK;
}

/* Sections stand in file order and do not overlap; only CHECKS ends at the end of the file. */
static sr_status read_table(sr_segment *segment, sr_error *error)
{
    const uint8_t *header = (const uint8_t *)segment->file.data;
    uint32_t n_sections = sr_load_u32(header + 68);
    uint64_t end = SR_BLOCK_BYTES;
    if (n_sections > MAX_SECTIONS) {
        return damaged(segment, error, "header", "too many sections");
    }
    for (uint32_t i = 0; i < n_sections; i++) {
        const uint8_t *entry = header + TABLE_OFFSET + (size_t)i * ENTRY_BYTES;
        uint32_t type = sr_load_u32(entry);
        uint64_t offset = sr_load_u64(entry + 8);
        uint64_t n_bytes = sr_load_u64(entry + 16);
        if (offset < end || offset % SR_SECTION_ALIGNMENT != 0 || offset > segment->file.n_bytes ||
            n_bytes > segment->file.n_bytes - offset) {
            return damaged(segment, error, sr_section_name(type), "it does not fit the file");
        }
        end = offset + n_bytes;
        bool known = type < SR_SECTION_LIMIT && strcmp(sr_section_name(type), "unknown") != 0;
        if (!known && sr_load_u32(entry + 4) & SR_SECTION_MUST_UNDERSTAND) {
            return sr_error_set(error, SR_ERR_VERSION, segment->path, 0,
                                "a section of type %u is not known to this program", type);
        }
        if (!known) {
            continue;
        }
        if (segment->sections[type].data) {
            return damaged(segment, error, sr_section_name(type), "it stands there twice");
        }
        segment->sections[type] = (sr_section_view){
            .offset = offset,
            .data = (const uint8_t *)segment->file.data + offset,
            .n_bytes = (size_t)n_bytes,
        };
    }
    return end == segment->file.n_bytes && segment->sections[SR_SECTION_CHECKS].data
               ? SR_OK
               : damaged(segment, error, "header", "the sections do not fill the file");
}

/* ------------------------------------------------------------ views */

static const void *section_data(const sr_segment *segment, uint32_t type)
{
    return segment->sections[type].data; /* aligned to 64 bytes by read_table and the mapping */
}

static sr_str section_text(const sr_segment *segment, uint32_t type)
{
    const sr_section_view *section = &segment->sections[type];
    return sr_str_make((const char *)section->data, section->n_bytes);
}

static bool hash_index_view(const sr_segment *segment, uint32_t type, sr_hash_index *index)
{
    size_t n_bytes = segment->sections[type].n_bytes;
    index->n_entries = n_bytes / 12;
    index->hashes = section_data(segment, type);
    index->ordinals = index->hashes ? (const void *)(index->hashes + index->n_entries) : NULL;
    return n_bytes % 12 == 0 && index->n_entries <= segment->doc_count;
}

static sr_status view_columns(sr_segment *segment, sr_error *error)
{
    const sr_section_view *sections = segment->sections;
    size_t n_docs = segment->doc_count;
    if (sections[SR_SECTION_FACTS].n_bytes != n_docs * SR_FACTS_BYTES) {
        return damaged(segment, error, "facts", "its size does not match");
    }
    if (sections[SR_SECTION_NORMS].data &&
        sections[SR_SECTION_NORMS].n_bytes != n_docs * sizeof *segment->norms) {
        return damaged(segment, error, "norms", "its size does not match");
    }
    segment->norms = section_data(segment, SR_SECTION_NORMS);
    if (sections[SR_SECTION_VALUES].n_bytes != n_docs * segment->n_values * sizeof(uint16_t)) {
        return damaged(segment, error, "values", "its size does not match");
    }
    if (!hash_index_view(segment, SR_SECTION_ID_INDEX, &segment->ids) ||
        segment->ids.n_entries != n_docs) {
        return damaged(segment, error, "id index", "its size does not match");
    }
    if (!hash_index_view(segment, SR_SECTION_CONTENT_INDEX, &segment->contents)) {
        return damaged(segment, error, "content index", "its size does not match");
    }
    sr_band_shape_init(&segment->band_shape, segment->contents.n_entries, segment->doc_count);
    if (n_docs > 0 &&
        sections[SR_SECTION_BANDS].n_bytes != segment->band_shape.n_bytes * segment->bands) {
        return damaged(segment, error, "bands", "its size does not match");
    }
    if (sections[SR_SECTION_KILLS].n_bytes % SR_KILL_BYTES != 0) {
        return damaged(segment, error, "kills", "its size does not match");
    }
    segment->values = section_data(segment, SR_SECTION_VALUES);
    segment->bands_data = section_data(segment, SR_SECTION_BANDS);
    return SR_OK;
}

/* A serial that overflows would make a range that wraps: refused, so that ranges can be compared.
 */
static sr_status view_serials(sr_segment *segment, sr_error *error)
{
    const sr_section_view *serials = &segment->sections[SR_SECTION_SERIALS];
    segment->first_serial = sr_load_u64((const uint8_t *)segment->file.data + 72);
    if (segment->first_serial > UINT64_MAX - 2 - UINT32_MAX) {
        return damaged(segment, error, "header", "its serial numbers are out of range");
    }
    if (serials->data && (segment->doc_count == 0 ||
                          serials->n_bytes != (size_t)segment->doc_count * sizeof(uint32_t))) {
        return damaged(segment, error, "serials", "its size does not match");
    }
    segment->serials = section_data(segment, SR_SECTION_SERIALS);
    return SR_OK;
}

static sr_status view_terms(sr_segment *segment, sr_error *error)
{
    const sr_section_view *sections = segment->sections;
    if (!sections[SR_SECTION_LEXICON].data) {
        return SR_OK; /* dedup-only, or without articles */
    }
    const sr_section_view *blocks = &sections[SR_SECTION_LEXICON_BLOCKS];
    if (!blocks->data || !sr_lexicon_view(section_text(segment, SR_SECTION_LEXICON),
                                          section_text(segment, SR_SECTION_LEXICON_BLOCKS),
                                          segment->doc_count, &segment->lexicon)) {
        return damaged(segment, error, "lexicon", "its size does not match");
    }
    segment->lexicon.proof = segment->proof;
    size_t n_offsets = (size_t)segment->doc_count + 1;
    size_t n_bases = (n_offsets + SR_TERM_BASE_ARTICLES - 1) / SR_TERM_BASE_ARTICLES;
    if (sections[SR_SECTION_TERM_OFFSETS].n_bytes !=
            n_bases * sizeof(uint64_t) + n_offsets * sizeof(uint16_t) ||
        !sections[SR_SECTION_TERMS].data || !sections[SR_SECTION_POSTINGS].data) {
        return damaged(segment, error, "term offsets", "its size does not match");
    }
    segment->term_bases = section_data(segment, SR_SECTION_TERM_OFFSETS);
    segment->term_offsets = (const void *)(segment->term_bases + n_bases);
    return SR_OK;
}

static sr_status view_graph(sr_segment *segment, sr_error *error)
{
    const sr_section_view *lists = &segment->sections[SR_SECTION_LISTS];
    const sr_section_view *edges = &segment->sections[SR_SECTION_EDGES];
    if (lists->data && lists->n_bytes != (size_t)segment->doc_count * SR_LIST_BYTES) {
        return damaged(segment, error, "lists", "its size does not match");
    }
    if (edges->n_bytes >= 16) { /* its head */
        sr_proof_touch(segment->proof, edges->data, 16);
    }
    if (edges->data && !sr_edges_view(edges->data, edges->n_bytes, &segment->edges)) {
        return damaged(segment, error, "edges", "its size does not match");
    }
    segment->lists = section_data(segment, SR_SECTION_LISTS);
    return SR_OK;
}

static sr_status view_dense(sr_segment *segment, sr_error *error)
{
    const sr_section_view *model = &segment->sections[SR_SECTION_MODEL];
    const sr_section_view *vectors = &segment->sections[SR_SECTION_VECTORS];
    if (model->data) {
        sr_proof_touch(segment->proof, model->data, model->n_bytes);
    }
    if (model->data && !sr_model_view(model->data, model->n_bytes, &segment->model)) {
        return damaged(segment, error, "model", "it can't be one");
    }
    if (!vectors->data) {
        return SR_OK;
    }
    if (vectors->n_bytes !=
        SR_VECTORS_HEAD_BYTES + (size_t)segment->doc_count * sizeof *segment->vectors) {
        return damaged(segment, error, "vectors", "its size does not match");
    }
    sr_proof_touch(segment->proof, vectors->data, SR_VECTORS_HEAD_BYTES);
    segment->vector_epoch = sr_load_u64(vectors->data);
    segment->vectors = (const sr_dense_vector *)(vectors->data + SR_VECTORS_HEAD_BYTES);
    return SR_OK;
}

static sr_status view_cold(const sr_segment *segment, sr_error *error)
{
    for (uint32_t field = 0; field < SR_FIELD_COUNT; field++) {
        const sr_section_view *table = &segment->sections[SR_SECTION_COLD_FRAMES + field];
        const sr_section_view *data = &segment->sections[SR_SECTION_COLD_DATA + field];
        bool wanted = segment->doc_count > 0 && field != SR_FIELD_TEXT;
        if (!table->data != !data->data || (wanted && !data->data) ||
            table->n_bytes % SR_FRAME_ENTRY_BYTES != 0) {
            return damaged(segment, error, sr_section_name(SR_SECTION_COLD_FRAMES + field),
                           "its size does not match");
        }
    }
    return SR_OK;
}

static sr_status prepare_proof(sr_segment *segment, sr_error *error)
{
    segment->proof = calloc(1, sizeof *segment->proof);
    if (!segment->proof) {
        return SR_ERR_MEMORY;
    }
    const uint8_t *file = (const uint8_t *)segment->file.data;
    const sr_section_view *checks = &segment->sections[SR_SECTION_CHECKS];
    sr_status status = sr_proof_init(segment->proof, file, checks->offset, checks->n_bytes,
                                     sr_load_u64(file + 56));
    return status == SR_ERR_CORRUPT ? damaged(segment, error, "checks", "its size does not match")
                                    : status;
}

/* Without what is made from articles and texts where only these are wanted. */
static sr_status open_file(sr_segment *segment, const sr_manifest *manifest,
                           const sr_manifest_segment *listed, bool articles_only, sr_error *error)
{
    SR_TRY(map_file(segment, listed->n_bytes, error));
    SR_TRY(check_header(segment, manifest, listed, error));
    SR_TRY(read_table(segment, error));
    SR_TRY(prepare_proof(segment, error));
    SR_TRY(view_serials(segment, error));
    SR_TRY(view_columns(segment, error));
    if (!articles_only) {
        SR_TRY(view_terms(segment, error));
        SR_TRY(view_graph(segment, error));
        SR_TRY(view_dense(segment, error));
    }
    SR_TRY(view_cold(segment, error));
    return articles_only ? SR_OK : sr_segment_damage(segment, error); /* what the views looked at */
}

static sr_status open_segment(const char *dir, const sr_manifest *manifest,
                              const sr_manifest_segment *listed, bool articles_only,
                              sr_segment **out, sr_error *error)
{
    sr_segment *segment = calloc(1, sizeof *segment);
    if (!segment) {
        return SR_ERR_MEMORY;
    }
    segment->fd = -1;
    segment->number = listed->number;
    segment->doc_count = listed->doc_count;
    segment->n_values = manifest->params.n_values;
    segment->bands = manifest->params.bands;
    sr_segment_name(listed->number, false, segment->name);
    segment->path = sr_path_join(dir, segment->name);
    sr_status status =
        segment->path ? open_file(segment, manifest, listed, articles_only, error) : SR_ERR_MEMORY;
    if (status != SR_OK) {
        sr_segment_close(segment);
        return status;
    }
    *out = segment;
    return SR_OK;
}

sr_status sr_segment_open(const char *dir, const sr_manifest *manifest,
                          const sr_manifest_segment *listed, sr_segment **out, sr_error *error)
{
    return open_segment(dir, manifest, listed, false, out, error);
}

sr_status sr_segment_open_damaged(const char *dir, const sr_manifest *manifest,
                                  const sr_manifest_segment *listed, sr_segment **out)
{
    return open_segment(dir, manifest, listed, true, out, NULL);
}

void sr_segment_close(sr_segment *segment)
{
    if (segment) {
        sr_file_unmap(segment->file);
        if (segment->fd >= 0) {
            close(segment->fd);
        }
        if (segment->proof) {
            sr_proof_release(segment->proof);
        }
        free(segment->proof);
        free(segment->path);
        free(segment);
    }
}

/* ------------------------------------------------------------ fixed columns */

uint32_t sr_segment_doc_count(const sr_segment *segment)
{
    return segment->doc_count;
}

const uint16_t *sr_segment_values(const sr_segment *segment, uint32_t ordinal)
{
    assert(ordinal < segment->doc_count);
    const uint16_t *values = segment->values + (size_t)ordinal * segment->n_values;
    sr_proof_touch(segment->proof, values, segment->n_values * sizeof *values);
    return values;
}

static const uint8_t *facts_row(const sr_segment *segment, uint32_t ordinal)
{
    assert(ordinal < segment->doc_count);
    const uint8_t *row =
        segment->sections[SR_SECTION_FACTS].data + (size_t)ordinal * SR_FACTS_BYTES;
    sr_proof_touch(segment->proof, row, SR_FACTS_BYTES);
    return row;
}

void sr_segment_facts(const sr_segment *segment, uint32_t ordinal, sr_doc_facts *facts)
{
    const uint8_t *row = facts_row(segment, ordinal);
    *facts = (sr_doc_facts){
        .content = {sr_load_u64(row), sr_load_u64(row + 8)},
        .simhash = sr_load_u64(row + 16),
        .published_s = (int64_t)sr_load_u64(row + 24),
        .article_hash = sr_load_u64(row + 32),
        .source_hash = sr_load_u64(row + 40),
        .n_words = sr_load_u32(row + 48),
        .n_shingles = sr_load_u32(row + 52),
        .language = sr_load_u16(row + 60),
    };
}

float sr_segment_norm(const sr_segment *segment, uint32_t ordinal)
{
    assert(ordinal < segment->doc_count);
    if (segment->norms) {
        sr_proof_touch(segment->proof, segment->norms + ordinal, sizeof *segment->norms);
        return segment->norms[ordinal];
    }
    float norm;
    memcpy(&norm, facts_row(segment, ordinal) + SR_FACTS_NORM, sizeof norm);
    return norm;
}

uint64_t sr_segment_serial(const sr_segment *segment, uint32_t ordinal)
{
    assert(ordinal < segment->doc_count);
    if (!segment->serials) {
        return segment->first_serial + ordinal;
    }
    sr_proof_touch(segment->proof, segment->serials + ordinal, sizeof *segment->serials);
    return segment->first_serial + segment->serials[ordinal];
}

uint64_t sr_segment_end_serial(const sr_segment *segment)
{
    return segment->doc_count ? sr_segment_serial(segment, segment->doc_count - 1) + 1
                              : segment->first_serial;
}

size_t sr_segment_kill_count(const sr_segment *segment)
{
    return segment->sections[SR_SECTION_KILLS].n_bytes / SR_KILL_BYTES;
}

void sr_segment_kill(const sr_segment *segment, size_t i, uint64_t *number, uint32_t *ordinal)
{
    const uint8_t *entry = segment->sections[SR_SECTION_KILLS].data + i * SR_KILL_BYTES;
    sr_proof_touch(segment->proof, entry, SR_KILL_BYTES);
    *number = sr_load_u64(entry);
    *ordinal = sr_load_u32(entry + 8);
}
