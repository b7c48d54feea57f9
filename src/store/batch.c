/* batch.c — copying articles into the arena of the batch. */
#include "store/batch.h"

#include "store/format.h"
#include "store/term_runs.h"

#include <stdlib.h>

void sr_batch_init(sr_batch *pending)
{
    *pending = (sr_batch){0};
    sr_arena_init(&pending->arena);
}

void sr_batch_release(sr_batch *pending)
{
    sr_arena_release(&pending->arena);
    free(pending->docs);
    *pending = (sr_batch){0};
}

void sr_batch_clear(sr_batch *pending)
{
    sr_arena_reset(&pending->arena);
    pending->n_docs = 0;
    pending->n_removed = 0;
    pending->n_bytes = 0;
}

static sr_status copy_fields(sr_batch *pending, const sr_article *article, bool dedup_only,
                             sr_batch_doc *doc, sr_error *error)
{
    const sr_str fields[SR_FIELD_COUNT] = {
        [SR_FIELD_ID] = article->id,         [SR_FIELD_TITLE] = article->title,
        [SR_FIELD_LEAD] = article->lead,     [SR_FIELD_URL] = article->url,
        [SR_FIELD_SOURCE] = article->source, [SR_FIELD_AUTHOR] = article->author,
        [SR_FIELD_TAGS] = article->tags,     [SR_FIELD_IMAGE] = article->image,
        [SR_FIELD_TEXT] = article->text,
    };
    for (sr_field field = 0; field < SR_FIELD_COUNT; field++) {
        if (fields[field].n_bytes > SR_VALUE_MAX_BYTES) {
            return sr_error_set(error, SR_ERR_LIMIT, NULL, 0, "the %s of an article is too long",
                                sr_field_name(field));
        }
        if (fields[field].n_bytes == 0 || (dedup_only && field == SR_FIELD_TEXT)) {
            continue;
        }
        doc->fields[field] = sr_arena_copy(&pending->arena, fields[field]);
        if (!doc->fields[field].data) {
            return SR_ERR_MEMORY;
        }
        pending->n_bytes += fields[field].n_bytes;
    }
    return SR_OK;
}

static sr_status copy_terms(sr_batch *pending, const sr_store_entry *entry, sr_batch_doc *doc,
                            sr_error *error)
{
    if (entry->n_terms > SR_TERM_LIST_MAX) {
        return sr_error_set(error, SR_ERR_LIMIT, NULL, 0, "an article has too many terms");
    }
    size_t n_bytes = entry->n_terms * sizeof *doc->terms;
    sr_stored_term *terms = sr_arena_alloc(&pending->arena, n_bytes);
    if (!terms) {
        return SR_ERR_MEMORY;
    }
    for (size_t i = 0; i < entry->n_terms; i++) {
        const sr_term *term = &entry->terms[i];
        if (i > 0 && term->hash <= terms[i - 1].hash) {
            return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0,
                                "the terms of an article do not ascend");
        }
        if (term->hash != sr_term_hash(term->hash)) {
            return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0,
                                "a term has more than the 40 bits of sr_term_hash");
        }
        uint32_t tf2 = term->tf2 < SR_TF2_MAX ? term->tf2 : SR_TF2_MAX;
        terms[i] = (sr_stored_term){.hash = term->hash, .tf2 = tf2 < 2 ? 2 : tf2};
    }
    doc->terms = terms;
    doc->n_terms = (uint32_t)entry->n_terms;
    pending->n_bytes += n_bytes;
    return SR_OK;
}

static void fill_facts(const sr_store_entry *entry, sr_doc_facts *facts)
{
    const sr_signature *signature = entry->signature;
    const sr_article *article = entry->article;
    *facts = (sr_doc_facts){
        .content = {signature->content[0], signature->content[1]},
        .simhash = signature->simhash,
        .published_s = article->published_s,
        .article_hash = entry->article_hash,
        .source_hash = article->source.n_bytes ? sr_hash_str(article->source) : 0,
        .n_words = signature->n_words,
        .n_shingles = signature->n_shingles,
        .language = entry->language,
    };
}

sr_status sr_batch_add(sr_batch *pending, const sr_store_entry *entry, const sr_params *params,
                       bool dedup_only, sr_error *error)
{
    void *docs = pending->docs;
    SR_TRY(sr_array_reserve(&docs, &pending->capacity, pending->n_docs + 1, sizeof *pending->docs));
    pending->docs = docs;
    sr_batch_doc doc = {0};
    fill_facts(entry, &doc.facts);
    doc.id_hash = sr_hash_str(entry->article->id);
    SR_TRY(copy_fields(pending, entry->article, dedup_only, &doc, error));
    size_t n_bytes = params->n_values * sizeof *doc.values;
    uint16_t *values = sr_arena_alloc(&pending->arena, n_bytes);
    if (!values) {
        return SR_ERR_MEMORY;
    }
    memcpy(values, entry->signature->values, n_bytes);
    doc.values = values;
    if (!dedup_only && entry->terms) {
        SR_TRY(copy_terms(pending, entry, &doc, error));
    }
    pending->n_bytes += n_bytes + sizeof doc;
    pending->docs[pending->n_docs++] = doc;
    return SR_OK;
}
