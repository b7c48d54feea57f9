/* fold.h — what each code point is to the tokeniser and what NFKC_Casefold makes of it, as one
 * table lookup.
 *
 * cp → page number (cp / 256) → unique page of 256 record numbers → one 32-bit record:
 *
 *   bits 0-2 class · bit 3 interacts · bits 4-5 mapping · bits 8-31 payload
 *
 * The tables stand in fold_table.inc, made by tools/gen_fold_table from utf8proc: a signature must
 * not change with the library that happens to be installed, and utf8proc itself normalises at about
 * 40 MB/s only. */
#ifndef SR_TEXT_FOLD_H
#define SR_TEXT_FOLD_H

#include "base/utf8.h"

typedef enum sr_fold_class {
    SR_FOLD_SEPARATOR, /* no part of a word */
    SR_FOLD_WORD,      /* letter or digit */
    SR_FOLD_ALONE,     /* a word of its own: Han, Kana, Hangul, Thai, Lao, Khmer, Myanmar letters */
    SR_FOLD_MARK,      /* belongs to the word before it, begins none */
    SR_FOLD_IGNORED    /* default ignorable (soft hyphen, joiners): maps to nothing, ends no word */
} sr_fold_class;

typedef enum sr_fold_mapping {
    SR_FOLD_SAME,
    SR_FOLD_DELTA,   /* payload: to add to the code point, modulo 2^21 */
    SR_FOLD_SEQUENCE /* payload: bytes in sr_fold_pool, offset << 6 | length */
} sr_fold_mapping;

/* Reorders or composes with what stands before it: the word must be normalised as a whole. */
#define SR_FOLD_INTERACTS 8U

extern const uint8_t sr_fold_page_of[0x1100];
extern const uint16_t sr_fold_pages[][256];
extern const uint32_t sr_fold_records[];
extern const char sr_fold_pool[];
/* U+0000 - U+07FF for the kernel split_two_byte. */
extern const uint32_t sr_fold_two_byte[0x800];
extern const char sr_fold_unicode_version[];

/* `code_point` ≤ U+10FFFF. */
static inline uint32_t sr_fold_lookup(uint32_t code_point)
{
    return sr_fold_records[sr_fold_pages[sr_fold_page_of[code_point >> 8]][code_point & 255]];
}

static inline sr_fold_class sr_fold_class_of(uint32_t record)
{
    return (sr_fold_class)(record & 7);
}

static inline sr_fold_mapping sr_fold_mapping_of(uint32_t record)
{
    return (sr_fold_mapping)(record >> 4 & 3);
}

/* For SR_FOLD_DELTA. */
static inline uint32_t sr_fold_shift(uint32_t code_point, uint32_t record)
{
    return (code_point + (record >> 8)) & 0x1fffff;
}

/* For SR_FOLD_SEQUENCE. */
static inline sr_str sr_fold_sequence(uint32_t record)
{
    return sr_str_make(sr_fold_pool + (record >> 14), record >> 8 & 63);
}

/* The first code point of a folded word is one that stands alone. */
static inline bool sr_word_is_alone(sr_str word)
{
    if (!word.n_bytes || (unsigned char)word.data[0] < 0xe0) {
        return false; /* every such script lies beyond U+07FF */
    }
    uint32_t code_point;
    sr_utf8_decode(word.data, word.n_bytes, &code_point);
    return code_point != SR_UTF8_ILL_FORMED &&
           sr_fold_class_of(sr_fold_lookup(code_point)) == SR_FOLD_ALONE;
}

#endif
