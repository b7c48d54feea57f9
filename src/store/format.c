/* format.c — names of sections, and the digest of the parameters. */
#include "store/format.h"

#include "sketch/params.h"

static const char *const FIELDS[SR_FIELD_COUNT] = {"id",     "title", "lead",  "url", "source",
                                                   "author", "tags",  "image", "text"};

const char *sr_field_name(sr_field field)
{
    return (unsigned)field < SR_FIELD_COUNT ? FIELDS[field] : "unknown";
}

const char *sr_section_name(uint32_t type)
{
    static const char *const HOT[] = {
        "header",        "checks", "kills",   "facts",    "values",       "id index",
        "content index", "bands",  "lexicon", "postings", "term offsets", "terms",
        "serials",       "lists",  "edges",   "model",    "vectors",      "lexicon blocks"};
    static const char *const DATA[SR_FIELD_COUNT] = {"id data",   "title data",  "lead data",
                                                     "url data",  "source data", "author data",
                                                     "tags data", "image data",  "text data"};
    static const char *const FRAMES[SR_FIELD_COUNT] = {
        "id frames",     "title frames", "lead frames",  "url frames", "source frames",
        "author frames", "tags frames",  "image frames", "text frames"};
    if (type < SR_ARRAY_COUNT(HOT)) {
        return HOT[type];
    }
    if (type >= SR_SECTION_COLD_DATA && type < SR_SECTION_COLD_DATA + SR_FIELD_COUNT) {
        return DATA[type - SR_SECTION_COLD_DATA];
    }
    if (type >= SR_SECTION_COLD_FRAMES && type < SR_SECTION_COLD_FRAMES + SR_FIELD_COUNT) {
        return FRAMES[type - SR_SECTION_COLD_FRAMES];
    }
    return "unknown";
}

uint64_t sr_params_digest(const sr_params *params)
{
    uint8_t bytes[32];
    sr_store_u64(bytes, params->seed);
    sr_store_u32(bytes + 8, params->n_values);
    sr_store_u32(bytes + 12, params->shingle_words);
    sr_store_u32(bytes + 16, params->bands);
    sr_store_u32(bytes + 20, params->rows);
    sr_store_u32(bytes + 24, SR_NORMALISER_VERSION);
    sr_store_u32(bytes + 28, SR_HASH_VERSION);
    return sr_hash_bytes(bytes, sizeof bytes, 0);
}
