/* pending.h — the articles that a writer has taken but not yet flushed into a segment, findable by
 * id, by content and by band, so that a feed's own repeats are seen at once. Numbers are those of
 * sr_writer_add. */
#ifndef SR_INGEST_PENDING_H
#define SR_INGEST_PENDING_H

#include "index/band_table.h"
#include "ingest/prepare.h"

#define SR_PENDING_NONE UINT32_MAX

typedef struct sr_pending_article {
    uint64_t id_hash;
    uint64_t article_hash;
    uint64_t content[2];
    sr_str id;   /* copies in the arena */
    sr_str text; /* empty for a dedup-only store */
    const uint16_t *values;
    uint32_t n_words;
    bool removed;
    uint32_t next_id; /* chains of the two hash tables; SR_PENDING_NONE ends them */
    uint32_t next_content;
} sr_pending_article;

typedef struct sr_pending {
    const sr_params *params;
    bool keep_text;
    sr_pending_article *articles;
    size_t n_articles;
    size_t capacity;
    uint32_t *id_heads; /* n_heads, a power of two */
    uint32_t *content_heads;
    size_t n_heads;
    sr_band_table *bands;
    sr_arena arena;
} sr_pending;

SR_MUST_USE sr_status sr_pending_init(sr_pending *pending, const sr_params *params, bool keep_text);
void sr_pending_release(sr_pending *pending);
/* Forgets all: they became a segment. */
void sr_pending_clear(sr_pending *pending);
SR_MUST_USE sr_status sr_pending_add(sr_pending *pending, const sr_prepared *prepared);
/* The live pending article of this id, or SR_PENDING_NONE. */
uint32_t sr_pending_find_id(const sr_pending *pending, sr_str id);
/* A live pending article with these words, or SR_PENDING_NONE. */
uint32_t sr_pending_find_content(const sr_pending *pending, const uint64_t content[2]);

#endif
