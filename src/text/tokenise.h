/* tokenise.h — text to folded words: the definition that every signature rests on.
 *
 * UTF-8 is decoded (a maximal ill-formed sequence becomes one U+FFFD and is counted), each code
 * point goes through NFKC_Casefold (tables of fold_table.inc, made by tools/gen_fold_table from
 * utf8proc; words with combining marks or conjoining Jamo go through utf8proc itself, so that the
 * result equals NFKC_Casefold of the whole word, up to 256 code points). A word is a maximal run of
 * letters, digits and the marks behind them; a CJK ideograph, Kana, Hangul syllable or
 * Thai/Lao/Khmer/Myanmar letter with its marks is a word of its own. Default ignorables (soft
 * hyphen, joiners) inside a word vanish. The folded text keeps the separators between words as they
 * were, so that callers can see sentence ends and apostrophes. SR_NORMALISER_VERSION changes
 * whenever a word of any text changes.
 */
#ifndef SR_TEXT_TOKENISE_H
#define SR_TEXT_TOKENISE_H

#include "base/buffer.h"

enum { SR_NORMALISER_VERSION = 1, SR_WORDS_PADDING = 64 };

/* Reusable; grows to the largest text seen. Word i is folded[starts[i] .. ends[i]); at least
 * SR_WORDS_PADDING readable bytes follow the folded text. Raw positions are kept only when asked
 * for: raw bytes raw_starts[i] .. raw_ends[i]. */
typedef struct sr_words {
    sr_buffer folded;
    uint32_t *starts;
    uint32_t *ends;
    uint32_t *raw_starts; /* NULL unless with_raw */
    uint32_t *raw_ends;
    size_t n_words;
    size_t capacity; /* of the arrays, in words */
    uint64_t n_bad_sequences;
} sr_words;

void sr_words_init(sr_words *words);
void sr_words_release(sr_words *words);
/* SR_ERR_LIMIT for texts of 1 GiB and more, SR_ERR_MEMORY. */
SR_MUST_USE sr_status sr_tokenise(sr_words *words, sr_str text, bool with_raw);

static inline sr_str sr_word(const sr_words *words, size_t i)
{
    return sr_str_make(words->folded.data + words->starts[i], words->ends[i] - words->starts[i]);
}

/* Nothing but ASCII digits. */
static inline bool sr_word_is_digits(sr_str word)
{
    for (size_t i = 0; i < word.n_bytes; i++) {
        if (word.data[i] < '0' || word.data[i] > '9') {
            return false;
        }
    }
    return true;
}

#endif
