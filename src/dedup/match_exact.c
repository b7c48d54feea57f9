/* match_exact.c — equal normalised words, but for those of two articles that have a page's pitch
 * for a text (update.h). 32 bits of the content hash make buckets; inside a
 * bucket all 128 bits decide. */
#include "dedup/match_exact.h"

#include "dedup/buckets.h"

/* Where so many others of one text were no repeats, the next is none of any. */
enum { MAX_TRIED = 1 << 10 };

/* One bucket: usually all the same text. */
static void join_bucket(const sr_dedup_articles *articles, const uint32_t *docs, size_t n_docs,
                        sr_dedup_matches *matches)
{
    for (size_t i = 1; i < n_docs; i++) {
        uint32_t doc = docs[i];
        for (size_t j = 0; j < i && j < MAX_TRIED; j++) {
            uint32_t other = docs[j];
            if (matches->first[other] == other && sr_dedup_same_content(articles, other, doc) &&
                !sr_dedup_are_two(articles, other, doc)) {
                matches->first[doc] = other;
                (void)sr_union_find_join(&matches->near, other, doc);
                break;
            }
        }
    }
}

sr_status sr_dedup_match_exact(const sr_dedup_articles *articles, sr_dedup_matches *matches)
{
    sr_pager *pager = articles->pager;
    sr_buckets buckets = {.pager = pager};
    size_t n_docs = 0;
    uint32_t *keys = sr_paged_calloc(pager, (size_t)articles->n_rows + 1, 2 * sizeof *keys);
    if (!keys) {
        return SR_ERR_MEMORY;
    }
    uint32_t *docs = keys + articles->n_rows + 1;
    for (uint32_t doc = 0; doc < articles->n_rows; doc++) {
        sr_pager_pass(pager, doc);
        matches->first[doc] = doc;
        if (sr_dedup_takes_part(articles, doc)) {
            keys[n_docs] = (uint32_t)articles->rows[doc].content[0];
            docs[n_docs++] = doc;
        }
    }
    sr_status status = sr_buckets_fill(&buckets, keys, docs, n_docs);
    for (size_t i = 0; status == SR_OK && i < buckets.n_items; i++) {
        sr_bucket bucket = buckets.items[i];
        join_bucket(articles, buckets.members + bucket.start, bucket.end - bucket.start, matches);
    }
    sr_buckets_release(&buckets);
    sr_paged_free(pager, keys);
    return status;
}
