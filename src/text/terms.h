/* terms.h — words to weighted terms for ranking: Snowball stems without stop words, and adjacent
 * pairs of them.
 *
 * A term is the hash of a stem (or of a CJK character bigram), 64 bits wide of which the upper 39
 * and bit 0 matter, which is set for a pair and clear for a single; the others are zero (stores
 * write 40 bits: of sixty million terms six thousand then share their hash with another). Counts
 * are in halves: a title word counts 4, one of the first 60 body words 3, any other 2 (title ×2,
 * lead ×1.5). A pair does not cross punctuation, a stop word or a line end; a possessive 's is
 * passed over. CJK, Kana, Hangul and Thai runs give character bigrams (single where the run is one
 * long) and no pairs.
 */
#ifndef SR_TEXT_TERMS_H
#define SR_TEXT_TERMS_H

#include "text/language.h"

typedef struct sr_term {
    uint64_t hash;
    uint32_t tf2;        /* weighted count in halves, ≥ 2 */
    uint32_t first_word; /* index of its first word in the words of title + text (title first), for
                            explanations */
} sr_term;

/* A term's hash of any 64 bits. */
static inline uint64_t sr_term_hash(uint64_t hash)
{
    return hash & 0xfffffffffe000001U;
}

static inline bool sr_term_is_pair(uint64_t hash)
{
    return hash & 1;
}

/* Per-thread scratch: stemmers, buffers, the table of counts. */
typedef struct sr_term_extractor sr_term_extractor;

SR_MUST_USE sr_status sr_term_extractor_create(sr_term_extractor **out);
void sr_term_extractor_free(sr_term_extractor *extractor);
/* Terms of an article in ascending order of hash; the view lives until the next call. `language` 0:
 * detected from the text, given back in `*language`. */
SR_MUST_USE sr_status sr_terms_extract(sr_term_extractor *extractor, sr_str title, sr_str text,
                                       sr_language *language, const sr_term **terms,
                                       size_t *n_terms);
/* The hashes of an article's single terms in the order of its words, with repetitions; the view
 * lives until the next call. `language` as above. */
SR_MUST_USE sr_status sr_terms_sequence(sr_term_extractor *extractor, sr_str title, sr_str text,
                                        sr_language language, const uint64_t **stems,
                                        size_t *n_stems);
/* The original words behind a term of the last call, as they first stood in the article ("prisoner
 * exchange"). */
sr_str sr_terms_surface(const sr_term_extractor *extractor, const sr_term *term);

#endif
