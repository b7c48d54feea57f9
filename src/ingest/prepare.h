/* prepare.h — an article made ready for the store: clean text, lead, language, signature, terms.
 * Runs on any thread with scratch of its own; what it makes lives in the arena that it is given. */
#ifndef SR_INGEST_PREPARE_H
#define SR_INGEST_PREPARE_H

#include "feed/feed.h"
#include "sketch/signer.h"
#include "store/store.h"
#include "text/boilerplate.h"
#include "text/terms.h"

/* Scratch of one thread. */
typedef struct sr_preparer {
    sr_signer *signer;
    sr_term_extractor *extractor; /* NULL for a dedup-only store */
    sr_words lead_words;
    sr_cleaner cleaner;
} sr_preparer;

SR_MUST_USE sr_status sr_preparer_init(sr_preparer *preparer, const sr_params *params,
                                       bool dedup_only);
void sr_preparer_release(sr_preparer *preparer);

/* An article as the store takes it. */
typedef struct sr_prepared {
    sr_article article; /* text is the clean text; lead and source are filled */
    sr_signature signature;
    sr_language language;
    uint64_t article_hash; /* of everything stored: equal means unchanged */
    const sr_term *terms;
    size_t n_terms;
} sr_prepared;

/* What the store is given; it points into `prepared`. */
sr_store_entry sr_prepared_entry(const sr_prepared *prepared);

SR_MUST_USE sr_status sr_prepare(sr_preparer *preparer, sr_arena *arena, const sr_article *article,
                                 bool keep_furniture, sr_prepared *out);

/* The same for an article as a store keeps it: its text is the clean one and its lead is made.
 * `language` 0: not known. Views of the article are not copied. */
SR_MUST_USE sr_status sr_prepare_stored(sr_preparer *preparer, sr_arena *arena,
                                        const sr_article *article, sr_language language,
                                        uint64_t article_hash, sr_prepared *out);

/* The article hash of what is stored: the article with its clean text and lead. */
uint64_t sr_article_hash(const sr_article *article, sr_language language);

#endif
