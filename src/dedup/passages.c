/* passages.c — walks the shingles of one text in order and looks each up in the set of the other; a
 * run of hits from shingle i to shingle j covers the words i … j + width − 1. */
#include "dedup/passages.h"

#include <stdlib.h>

static int compare_passages(const void *a, const void *b)
{
    const sr_passage *x = a;
    const sr_passage *y = b;
    if (x->n_words != y->n_words) {
        return x->n_words > y->n_words ? -1 : 1;
    }
    return (x->start > y->start) - (x->start < y->start);
}

static sr_status collect_runs(const sr_signer *signer, const uint32_t *shingles, size_t n_shingles,
                              const sr_shingle_set *set, sr_passage **passages, size_t *n_passages)
{
    const sr_words *words = sr_signer_words(signer);
    size_t width = sr_signer_params(signer)->shingle_words;
    size_t capacity = 0;
    for (size_t i = 0; i < n_shingles;) {
        size_t end = i;
        while (end < n_shingles && sr_shingle_set_has(set, shingles[end])) {
            end++;
        }
        if (end == i) {
            i++;
            continue;
        }
        size_t last_word = end - 1 + width - 1;
        if (last_word >= words->n_words) {
            last_word = words->n_words - 1; /* a text shorter than a shingle */
        }
        SR_TRY(sr_array_reserve((void **)passages, &capacity, *n_passages + 1, sizeof **passages));
        (*passages)[(*n_passages)++] = (sr_passage){
            .start = words->raw_starts[i],
            .end = words->raw_ends[last_word],
            .n_words = last_word - i + 1,
        };
        i = end;
    }
    return SR_OK;
}

sr_status sr_passages_find(sr_signer *signer, sr_str a, sr_str b, sr_passage **passages,
                           size_t *n_passages)
{
    sr_shingle_set set = {0};
    const uint32_t *shingles = NULL;
    size_t n_shingles = 0;
    sr_passage *found = NULL;
    size_t n_found = 0;
    sr_status status = sr_signer_shingle_set(signer, b, &set);
    if (status == SR_OK) {
        status = sr_signer_shingles_located(signer, a, &shingles, &n_shingles);
    }
    if (status == SR_OK) {
        status = collect_runs(signer, shingles, n_shingles, &set, &found, &n_found);
    }
    sr_shingle_set_release(&set);
    if (status != SR_OK) {
        free(found);
        return status;
    }
    if (n_found) {
        qsort(found, n_found, sizeof *found, compare_passages);
    }
    *passages = found;
    *n_passages = n_found;
    return SR_OK;
}
