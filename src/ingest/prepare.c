/* prepare.c — one article, all its stages in a row while its words are in cache. */
#include "ingest/prepare.h"

#include "base/hash.h"
#include "base/url.h"
#include "text/body.h"

enum { LEAD_WORDS = 50, LEAD_MAX_BYTES = 2000 };

sr_status sr_preparer_init(sr_preparer *preparer, const sr_params *params, bool dedup_only)
{
    *preparer = (sr_preparer){0};
    sr_words_init(&preparer->lead_words);
    sr_cleaner_init(&preparer->cleaner);
    SR_TRY(sr_signer_create(params, &preparer->signer));
    return dedup_only ? SR_OK : sr_term_extractor_create(&preparer->extractor);
}

void sr_preparer_release(sr_preparer *preparer)
{
    sr_signer_free(preparer->signer);
    sr_term_extractor_free(preparer->extractor);
    sr_words_release(&preparer->lead_words);
    sr_cleaner_release(&preparer->cleaner);
}

/* A copy with runs of white space made one blank. */
static sr_status copy_folded_space(sr_arena *arena, sr_str text, sr_str *out)
{
    char *copy = sr_arena_alloc(arena, text.n_bytes + 1);
    if (!copy) {
        return SR_ERR_MEMORY;
    }
    size_t n = 0;
    for (size_t i = 0; i < text.n_bytes; i++) {
        bool blank = (unsigned char)text.data[i] <= ' ';
        if (!blank || (n > 0 && copy[n - 1] != ' ')) {
            copy[n++] = blank ? ' ' : text.data[i];
        }
    }
    *out = sr_str_trim(sr_str_make(copy, n));
    return SR_OK;
}

/* An ellipsis behind a lead that ends inside a sentence. */
static sr_status mark_cut(sr_arena *arena, sr_str *lead)
{
    static const char ELLIPSIS[] = "\xe2\x80\xa6";
    char *copy = sr_arena_alloc(arena, lead->n_bytes + sizeof ELLIPSIS);
    if (!copy || lead->n_bytes == 0) {
        return copy ? SR_OK : SR_ERR_MEMORY;
    }
    memcpy(copy, lead->data, lead->n_bytes);
    memcpy(copy + lead->n_bytes, ELLIPSIS, sizeof ELLIPSIS);
    *lead = sr_str_make(copy, lead->n_bytes + sizeof ELLIPSIS - 1);
    return SR_OK;
}

/* The given lead, else the first words of the text. */
static sr_status make_lead(sr_preparer *preparer, sr_arena *arena, sr_str given, sr_str text,
                           sr_str *lead)
{
    if (sr_str_trim(given).n_bytes) {
        return copy_folded_space(arena, given, lead);
    }
    sr_str start = text;
    if (start.n_bytes > LEAD_MAX_BYTES) {
        start.n_bytes = LEAD_MAX_BYTES;
        while (start.n_bytes && ((unsigned char)text.data[start.n_bytes] & 0xc0) == 0x80) {
            start.n_bytes--;
        }
    }
    sr_words *words = &preparer->lead_words;
    SR_TRY(sr_tokenise(words, start, true));
    if (words->n_words >= LEAD_WORDS && words->raw_ends[LEAD_WORDS - 1] < start.n_bytes) {
        start.n_bytes = words->raw_ends[LEAD_WORDS - 1];
    }
    SR_TRY(copy_folded_space(arena, start, lead));
    return start.n_bytes < sr_str_trim(text).n_bytes ? mark_cut(arena, lead) : SR_OK;
}

uint64_t sr_article_hash(const sr_article *article, sr_language language)
{
    const sr_str parts[] = {article->title,  article->text,   article->lead, article->url,
                            article->source, article->author, article->tags, article->image};
    uint64_t hash = (uint64_t)article->published_s ^ language;
    for (size_t i = 0; i < SR_ARRAY_COUNT(parts); i++) {
        hash = sr_hash_bytes(parts[i].data, parts[i].n_bytes, sr_mix64(hash + i));
    }
    return hash;
}

static sr_status copy_terms(sr_preparer *preparer, sr_arena *arena, sr_prepared *out)
{
    const sr_term *terms;
    SR_TRY(sr_terms_extract(preparer->extractor, out->article.title, out->article.text,
                            &out->language, &terms, &out->n_terms));
    sr_term *copy = sr_arena_alloc(arena, out->n_terms * sizeof *copy);
    if (!copy) {
        return SR_ERR_MEMORY;
    }
    if (out->n_terms) {
        memcpy(copy, terms, out->n_terms * sizeof *copy);
    }
    out->terms = copy;
    return SR_OK;
}

/* Signature, terms and language of the clean text; its words, or NULL: not known. */
static sr_status sketch(sr_preparer *preparer, sr_arena *arena, sr_words *words, sr_prepared *out)
{
    if (words) {
        SR_TRY(sr_signer_sign_words(preparer->signer, words, &out->signature));
        out->signature.simhash = sr_signer_simhash(preparer->signer);
    } else {
        SR_TRY(sr_signer_sign(preparer->signer, out->article.text, &out->signature));
    }
    if (preparer->extractor) {
        return copy_terms(preparer, arena, out);
    }
    if (!out->language) {
        out->language = sr_language_detect(sr_signer_words(preparer->signer));
    }
    return SR_OK;
}

sr_status sr_prepare_stored(sr_preparer *preparer, sr_arena *arena, const sr_article *article,
                            sr_language language, uint64_t article_hash, sr_prepared *out)
{
    *out = (sr_prepared){.article = *article, .language = language, .article_hash = article_hash};
    return sketch(preparer, arena, NULL, out);
}

sr_status sr_prepare(sr_preparer *preparer, sr_arena *arena, const sr_article *article,
                     bool keep_furniture, sr_prepared *out)
{
    *out = (sr_prepared){.article = *article, .language = sr_language_parse(article->language)};
    if (!sr_str_trim(article->source).n_bytes) {
        out->article.source = sr_url_host(article->url);
    }
    sr_words *words;
    SR_TRY(sr_body_choose(article, keep_furniture, &preparer->cleaner, &out->article.text, &words));
    SR_TRY(sketch(preparer, arena, words, out));
    SR_TRY(make_lead(preparer, arena, article->lead, out->article.text, &out->article.lead));
    out->article_hash = sr_article_hash(&out->article, out->language);
    return sr_article_keep(arena, &out->article);
}

sr_store_entry sr_prepared_entry(const sr_prepared *prepared)
{
    return (sr_store_entry){
        .article = &prepared->article,
        .signature = &prepared->signature,
        .language = prepared->language,
        .article_hash = prepared->article_hash,
        .terms = prepared->terms,
        .n_terms = prepared->n_terms,
    };
}
