/* match_exact.c — equal normalised words, but for those of two articles that have a page's pitch
 * for a text (update.h). Documents are sorted by 32 bits of their content hash;
 * inside a run of equal keys all 128 bits decide. */
#include "dedup/match_exact.h"

#include "index/key_sort.h"

/* Where so many others of one text were no repeats, the next is none of any. */
enum { MAX_TRIED = 1 << 10 };

/* One run of equal keys, ascending documents: usually all the same text. */
static void join_run(const sr_dedup_articles *articles, const sr_key_doc *run, size_t n_docs,
                     sr_dedup_matches *matches)
{
    for (size_t i = 1; i < n_docs; i++) {
        uint32_t doc = run[i].doc;
        for (size_t j = 0; j < i && j < MAX_TRIED; j++) {
            uint32_t other = run[j].doc;
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
    size_t n_entries = 0;
    sr_key_doc *entries =
        sr_paged_calloc(articles->pager, (size_t)articles->n_rows + 1, 2 * sizeof *entries);
    if (!entries) {
        return SR_ERR_MEMORY;
    }
    for (uint32_t doc = 0; doc < articles->n_rows; doc++) {
        sr_pager_pass(articles->pager, doc);
        matches->first[doc] = doc;
        if (sr_dedup_takes_part(articles, doc)) {
            entries[n_entries++] = (sr_key_doc){(uint32_t)articles->rows[doc].content[0], doc};
        }
    }
    sr_key_sort(articles->pager, entries, entries + n_entries, n_entries);
    for (size_t start = 0, end; start < n_entries; start = end) {
        for (end = start + 1; end < n_entries && entries[end].key == entries[start].key; end++) {
        }
        join_run(articles, entries + start, end - start, matches);
    }
    sr_paged_free(articles->pager, entries);
    return SR_OK;
}
