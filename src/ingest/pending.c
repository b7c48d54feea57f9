/* pending.c — two chained hash tables and a band table over one growing array. A run of exact
 * repeats has only one member in its content chain, so that a feed of a million equal articles
 * stays linear. */
#include "ingest/pending.h"

#include "base/hash.h"
#include "sketch/compare.h"

#include <stdlib.h>

enum { MIN_HEADS = 1024 };

sr_status sr_pending_init(sr_pending *pending, const sr_params *params, bool keep_text)
{
    *pending = (sr_pending){.params = params, .keep_text = keep_text};
    sr_arena_init(&pending->arena);
    return sr_band_table_create(params->bands, &pending->bands);
}

void sr_pending_release(sr_pending *pending)
{
    free(pending->articles);
    free(pending->id_heads);
    free(pending->content_heads);
    sr_band_table_free(pending->bands);
    sr_arena_release(&pending->arena);
}

static void clear_heads(sr_pending *pending)
{
    if (pending->n_heads) {
        memset(pending->id_heads, 0xff, pending->n_heads * sizeof(uint32_t));
        memset(pending->content_heads, 0xff, pending->n_heads * sizeof(uint32_t));
    }
}

void sr_pending_clear(sr_pending *pending)
{
    pending->n_articles = 0;
    clear_heads(pending);
    sr_band_table_clear(pending->bands);
    sr_arena_reset(&pending->arena);
}

static void link_article(sr_pending *pending, uint32_t number)
{
    sr_pending_article *article = &pending->articles[number];
    uint32_t *id_head = &pending->id_heads[article->id_hash & (pending->n_heads - 1)];
    article->next_id = *id_head;
    *id_head = number;
    if (article->n_words && sr_pending_find_content(pending, article->content) == SR_PENDING_NONE) {
        uint32_t *content_head =
            &pending->content_heads[article->content[0] & (pending->n_heads - 1)];
        article->next_content = *content_head;
        *content_head = number;
    }
}

static sr_status grow_heads(sr_pending *pending)
{
    size_t n_heads = pending->n_heads ? pending->n_heads * 2 : MIN_HEADS;
    uint32_t *id_heads = malloc(n_heads * sizeof *id_heads);
    uint32_t *content_heads = malloc(n_heads * sizeof *content_heads);
    if (!id_heads || !content_heads) {
        free(id_heads);
        free(content_heads);
        return SR_ERR_MEMORY;
    }
    free(pending->id_heads);
    free(pending->content_heads);
    pending->id_heads = id_heads;
    pending->content_heads = content_heads;
    pending->n_heads = n_heads;
    clear_heads(pending);
    for (size_t i = 0; i < pending->n_articles; i++) {
        link_article(pending, (uint32_t)i);
    }
    return SR_OK;
}

sr_status sr_pending_add(sr_pending *pending, const sr_prepared *prepared)
{
    const sr_signature *signature = &prepared->signature;
    SR_TRY(sr_array_reserve((void **)&pending->articles, &pending->capacity,
                            pending->n_articles + 1, sizeof *pending->articles));
    if (pending->n_articles >= pending->n_heads) {
        SR_TRY(grow_heads(pending));
    }
    size_t values_bytes = pending->params->n_values * sizeof(uint16_t);
    uint16_t *values = sr_arena_alloc(&pending->arena, values_bytes);
    sr_str id = sr_arena_copy(&pending->arena, prepared->article.id);
    sr_str text = sr_arena_copy(&pending->arena,
                                pending->keep_text ? prepared->article.text : sr_str_make(NULL, 0));
    if (!values || !id.data || !text.data) {
        return SR_ERR_MEMORY;
    }
    memcpy(values, signature->values, values_bytes);
    uint32_t number = (uint32_t)pending->n_articles;
    pending->articles[number] = (sr_pending_article){
        .id_hash = sr_hash_str(id),
        .article_hash = prepared->article_hash,
        .content = {signature->content[0], signature->content[1]},
        .id = id,
        .text = text,
        .values = values,
        .n_words = signature->n_words,
        .next_id = SR_PENDING_NONE,
        .next_content = SR_PENDING_NONE,
    };
    pending->n_articles++;
    link_article(pending, number);
    uint32_t keys[SR_MINHASH_MAX_VALUES];
    if (sr_signature_band_keys(pending->params, signature, keys)) {
        SR_TRY(sr_band_table_add(pending->bands, keys, number));
    }
    return SR_OK;
}

uint32_t sr_pending_find_id(const sr_pending *pending, sr_str id)
{
    uint64_t hash = sr_hash_str(id);
    uint32_t number =
        pending->n_heads ? pending->id_heads[hash & (pending->n_heads - 1)] : SR_PENDING_NONE;
    while (number != SR_PENDING_NONE) {
        const sr_pending_article *article = &pending->articles[number];
        if (!article->removed && article->id_hash == hash && sr_str_equal(article->id, id)) {
            break;
        }
        number = article->next_id;
    }
    return number;
}

uint32_t sr_pending_find_content(const sr_pending *pending, const uint64_t content[2])
{
    uint32_t number = pending->n_heads ? pending->content_heads[content[0] & (pending->n_heads - 1)]
                                       : SR_PENDING_NONE;
    while (number != SR_PENDING_NONE) {
        const sr_pending_article *article = &pending->articles[number];
        if (!article->removed && article->content[0] == content[0] &&
            article->content[1] == content[1]) {
            break;
        }
        number = article->next_content;
    }
    return number;
}
