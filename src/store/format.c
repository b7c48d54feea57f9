/* format.c — names of sections and fields. */
#include "store/format.h"

static const char *const FIELDS[SR_FIELD_COUNT] = {"id",     "title", "lead",  "url", "source",
                                                   "author", "tags",  "image", "text"};

const char *sr_field_name(sr_field field)
{
    return (unsigned)field < SR_FIELD_COUNT ? FIELDS[field] : "unknown";
}

const char *sr_section_name(uint32_t type)
{
    static const char *const HOT[] = {
        "header", "checks",  "kills",    "facts",          "values", "id index", "content index",
        "bands",  "lexicon", "postings", "term offsets",   "terms",  "serials",  "lists",
        "edges",  "model",   "vectors",  "lexicon blocks", "norms"};
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
