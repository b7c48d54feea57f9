/* excerpts.c — contained pairs become a forest of depth one.
 *
 * A contained pair speaks of two documents; what is dropped and what stays are clusters. So each
 * pair is carried over to the keepers of its two clusters, and these are compared. Longer texts are
 * settled first: when an excerpt looks for its host, its candidate hosts know already whether they
 * hang under another. An excerpt of an excerpt hangs under the longest only where it is contained
 * in that too; else it stays.
 */
#include "dedup/excerpts.h"

#include <stdlib.h>

enum { PAIRS_AT_ONCE = 1 << 14 };

/* An excerpt and one text that contains it, both keepers. */
typedef struct attachment {
    uint32_t excerpt;
    uint32_t host;
    uint32_t n_excerpt; /* distinct shingles */
    uint32_t n_host;
    uint32_t n_common;
} attachment;

static int compare_pairs(const void *a, const void *b)
{
    const sr_pair *x = a;
    const sr_pair *y = b;
    int order = (x->left > y->left) - (x->left < y->left);
    return order ? order : (x->right > y->right) - (x->right < y->right);
}

/* The contained pairs as pairs of keepers, smaller document left, sorted, each once. */
static size_t keeper_pairs(const sr_dedup_matches *matches, const uint32_t *keepers, sr_pair *pairs)
{
    size_t n_pairs = 0;
    for (size_t i = 0; i < matches->n_contained; i++) {
        uint32_t a = keepers[matches->contained[i].left];
        uint32_t b = keepers[matches->contained[i].right];
        if (a != b) {
            pairs[n_pairs++] = a < b ? (sr_pair){a, b} : (sr_pair){b, a};
        }
    }
    qsort(pairs, n_pairs, sizeof *pairs, compare_pairs);
    size_t n_distinct = 0;
    for (size_t i = 0; i < n_pairs; i++) {
        if (n_distinct == 0 || compare_pairs(&pairs[n_distinct - 1], &pairs[i]) != 0) {
            pairs[n_distinct++] = pairs[i];
        }
    }
    return n_distinct;
}

/* Longest excerpt first; of one excerpt, the host that has most of it, then the longer, then the
 * earlier. */
static int compare_attachments(const void *a, const void *b)
{
    const attachment *x = a;
    const attachment *y = b;
    if (x->n_excerpt != y->n_excerpt) {
        return x->n_excerpt > y->n_excerpt ? -1 : 1;
    }
    if (x->excerpt != y->excerpt) {
        return x->excerpt < y->excerpt ? -1 : 1;
    }
    if (x->n_common != y->n_common) {
        return x->n_common > y->n_common ? -1 : 1;
    }
    if (x->n_host != y->n_host) {
        return x->n_host > y->n_host ? -1 : 1;
    }
    return (x->host > y->host) - (x->host < y->host);
}

static size_t judge_keepers(const sr_thresholds *thresholds, sr_dedup_matches *matches,
                            const sr_pair *pairs, const sr_pair_evidence *evidence, size_t n_pairs,
                            attachment *attachments, bool *joined)
{
    size_t n_attachments = 0;
    for (size_t i = 0; i < n_pairs; i++) {
        sr_relation relation = sr_relation_decide(thresholds, &evidence[i], NULL);
        if (sr_relation_joins(relation)) {
            *joined |= sr_union_find_join(&matches->near, pairs[i].left, pairs[i].right);
        } else if (relation == SR_RELATION_CONTAINED) {
            bool left_shorter = evidence[i].n_a < evidence[i].n_b;
            uint32_t n_a = (uint32_t)evidence[i].n_a;
            uint32_t n_b = (uint32_t)evidence[i].n_b;
            attachments[n_attachments++] = (attachment){
                .excerpt = left_shorter ? pairs[i].left : pairs[i].right,
                .host = left_shorter ? pairs[i].right : pairs[i].left,
                .n_excerpt = left_shorter ? n_a : n_b,
                .n_host = left_shorter ? n_b : n_a,
                .n_common = (uint32_t)evidence[i].n_common,
            };
        }
    }
    return n_attachments;
}

/* The evidence of all pairs, some thousands at a time. */
static sr_status judge_all(const sr_thresholds *thresholds, sr_dedup_matches *matches,
                           sr_verifier *verifier, const sr_pair *pairs, size_t n_pairs,
                           attachment *attachments, size_t *n_attachments, bool *joined,
                           sr_error *error)
{
    sr_pair_evidence *evidence = malloc(PAIRS_AT_ONCE * sizeof *evidence);
    if (!evidence) {
        return sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "out of memory");
    }
    sr_status status = SR_OK;
    *n_attachments = 0;
    for (size_t start = 0; status == SR_OK && start < n_pairs; start += PAIRS_AT_ONCE) {
        size_t n = n_pairs - start < PAIRS_AT_ONCE ? n_pairs - start : PAIRS_AT_ONCE;
        status = sr_verifier_measure(verifier, pairs + start, n, false, evidence, error);
        if (status == SR_OK) {
            *n_attachments += judge_keepers(thresholds, matches, pairs + start, evidence, n,
                                            attachments + *n_attachments, joined);
        }
    }
    free(evidence);
    return status;
}

static sr_status hang_excerpts(const sr_thresholds *thresholds, sr_verifier *verifier,
                               attachment *attachments, size_t n_attachments, uint32_t *hosts,
                               sr_error *error)
{
    qsort(attachments, n_attachments, sizeof *attachments, compare_attachments);
    for (size_t i = 0; i < n_attachments; i++) {
        uint32_t excerpt = attachments[i].excerpt;
        if (hosts[excerpt] != excerpt) {
            continue;
        }
        uint32_t host = hosts[attachments[i].host];
        if (host != attachments[i].host) {
            sr_pair pair = {excerpt, host};
            sr_pair_evidence evidence;
            SR_TRY(sr_verifier_measure(verifier, &pair, 1, false, &evidence, error));
            if (sr_relation_decide(thresholds, &evidence, NULL) != SR_RELATION_CONTAINED) {
                continue;
            }
        }
        hosts[excerpt] = host;
    }
    return SR_OK;
}

sr_status sr_dedup_attach_excerpts(const sr_dedup_articles *articles,
                                   const sr_thresholds *thresholds, sr_dedup_matches *matches,
                                   sr_verifier *verifier, const uint32_t *keepers, uint32_t *hosts,
                                   bool *joined, sr_error *error)
{
    for (uint32_t doc = 0; doc < articles->n_rows; doc++) {
        hosts[doc] = doc;
    }
    *joined = false;
    size_t n_contained = matches->n_contained;
    sr_pair *pairs = sr_paged_calloc(articles->pager, n_contained + 1, sizeof *pairs);
    attachment *attachments =
        sr_paged_calloc(articles->pager, n_contained + 1, sizeof *attachments);
    sr_status status = SR_OK;
    if (!pairs || !attachments) {
        status = sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "out of memory");
    } else {
        size_t n_pairs = keeper_pairs(matches, keepers, pairs);
        size_t n_attachments = 0;
        status = judge_all(thresholds, matches, verifier, pairs, n_pairs, attachments,
                           &n_attachments, joined, error);
        if (status == SR_OK && !*joined) {
            status = hang_excerpts(thresholds, verifier, attachments, n_attachments, hosts, error);
        }
    }
    sr_paged_free(articles->pager, pairs);
    sr_paged_free(articles->pager, attachments);
    return status;
}
