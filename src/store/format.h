/* format.h — the numbers of FORMAT.md: magics, versions, section types, and the numbers of
 * variable length. Nothing here touches a file.
 */
#ifndef SR_STORE_FORMAT_H
#define SR_STORE_FORMAT_H

#include "base/hash.h"
#include "base/status.h"
#include "store/store.h"

/* A byte that is no text, a name, both line ends and DOS's end of file: transfers that "repair"
 * text are noticed at once (the idea of PNG's signature). */
#define SR_MANIFEST_MAGIC "\x8dSRM\r\n\x1a\n"
#define SR_SEGMENT_MAGIC "\x8dSRS\r\n\x1a\n"

enum {
    SR_STORE_VERSION = 1,    /* of the format that is written */
    SR_STORE_MIN_READER = 1, /* the oldest reader that understands it */
    SR_STORE_MAGIC_BYTES = 8,
    SR_BLOCK_BYTES = 4096, /* of the segment header, and what one checksum covers */
    SR_SECTION_ALIGNMENT = 64,
    SR_FACTS_BYTES = 64,
    SR_FACTS_NORM = 56, /* in a row of a segment without NORMS */
    SR_FRAME_ENTRY_BYTES = 32,
    SR_KILL_BYTES = 16,
    SR_VECTORS_HEAD_BYTES = 64,
    SR_FRAME_TEXT_BYTES = 64 * 1024, /* raw bytes of a frame, §5.6 */
    SR_FRAME_SHORT_BYTES = 8 * 1024,
    SR_FRAME_SHORT_DOCS = 512,
    SR_TF2_MAX = 255
};

/* A field's longest value, and the longest frame: a value, its length, nothing else. */
#define SR_VALUE_MAX_BYTES ((UINT32_C(1) << 30) - 16)
#define SR_FRAME_MAX_RAW (UINT32_C(1) << 30)

/* FORMAT.md §4. Types below SR_SECTION_LIMIT are known or free; others are skipped or refused by
 * their flag. */
typedef enum sr_section_type {
    SR_SECTION_CHECKS = 1,
    SR_SECTION_KILLS = 2,
    SR_SECTION_FACTS = 3,
    SR_SECTION_VALUES = 4,
    SR_SECTION_ID_INDEX = 5,
    SR_SECTION_CONTENT_INDEX = 6,
    SR_SECTION_BANDS = 7,
    SR_SECTION_LEXICON = 8,
    SR_SECTION_POSTINGS = 9,
    SR_SECTION_TERM_OFFSETS = 10,
    SR_SECTION_TERMS = 11,
    SR_SECTION_SERIALS = 12,
    SR_SECTION_LISTS = 13,
    SR_SECTION_EDGES = 14,
    SR_SECTION_MODEL = 15,
    SR_SECTION_VECTORS = 16,
    SR_SECTION_LEXICON_BLOCKS = 17,
    SR_SECTION_NORMS = 18,
    SR_SECTION_COLD_DATA = 32,   /* + field */
    SR_SECTION_COLD_FRAMES = 64, /* + field */
    SR_SECTION_LIMIT = 96
} sr_section_type;

enum { SR_SECTION_MUST_UNDERSTAND = 1 };

/* "facts", "bands", "text data" …; "unknown" for a type that has no name. */
const char *sr_section_name(uint32_t type);
const char *sr_field_name(sr_field field);

/* ------------------------------------------------------------ variable-length numbers (§2.2) */

enum { SR_VARINT_MAX_BYTES = 10 };

/* LEB128. Returns the number of bytes written. */
static inline size_t sr_varint_put(uint8_t *to, uint64_t value)
{
    size_t n = 0;
    while (value >= 0x80) {
        to[n++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    to[n++] = (uint8_t)value;
    return n;
}

/* Moves `*at` behind the number; false where it does not end before `end` or exceeds 64 bits. */
static inline SR_MUST_USE bool sr_varint_get(const uint8_t **at, const uint8_t *end,
                                             uint64_t *value)
{
    uint64_t result = 0;
    for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
        uint8_t byte = *(*at)++;
        if (shift == 63 && byte > 1) {
            return false;
        }
        result |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *value = result;
            return true;
        }
    }
    return false;
}

#endif
