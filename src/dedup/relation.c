/* relation.c — what two articles are to each other, from the evidence of their shingle sets.
 *
 * Jaccard J = |A∩B| / |A∪B| decides near. An excerpt has a low Jaccard with its source but nearly
 * all of its shingles stand there: containment |A∩B| / min(|A|,|B|) decides contained. Containment
 * of a very short text says little (a dateline, a slogan), so it needs SR_CONTAINED_MIN_SHINGLES
 * distinct shingles. An article without a word is nothing to anything, itself included. All
 * comparisons are of exact counts: no estimate decides.
 */
#include "dedup/relation.h"

/* 16 shingles of 5 words: a brief of 20 words. */
enum { SR_CONTAINED_MIN_SHINGLES = 16 };

void sr_thresholds_init(sr_thresholds *thresholds)
{
    *thresholds = (sr_thresholds){.jaccard = 0.7, .containment = 0.9};
}

/* part / whole ≥ share, without a division that would round. */
static bool reaches(size_t part, size_t whole, double share)
{
    return whole > 0 && (double)part >= share * (double)whole;
}

sr_relation sr_relation_decide(const sr_thresholds *thresholds, const sr_pair_evidence *evidence)
{
    size_t n_a = evidence->n_a;
    size_t n_b = evidence->n_b;
    size_t n_common = evidence->n_common;
    size_t n_shorter = n_a < n_b ? n_a : n_b;
    if (n_shorter == 0) {
        return SR_RELATION_NONE;
    }
    if (evidence->same_content) {
        return SR_RELATION_EXACT;
    }
    if (n_common == 0) {
        return SR_RELATION_NONE;
    }
    if (reaches(n_common, n_a + n_b - n_common, thresholds->jaccard)) {
        return SR_RELATION_NEAR;
    }
    if (n_shorter >= SR_CONTAINED_MIN_SHINGLES &&
        reaches(n_common, n_shorter, thresholds->containment)) {
        return SR_RELATION_CONTAINED;
    }
    return SR_RELATION_NONE;
}

static double share(size_t part, size_t whole)
{
    return whole ? (double)part / (double)whole : 0.0;
}

void sr_evidence_measure(const sr_pair_evidence *evidence, sr_measures *measures)
{
    size_t n_union = evidence->n_a + evidence->n_b - evidence->n_common;
    measures->jaccard = share(evidence->n_common, n_union);
    measures->containment_a_in_b = share(evidence->n_common, evidence->n_a);
    measures->containment_b_in_a = share(evidence->n_common, evidence->n_b);
}

sr_status sr_relation_verify(sr_signer *signer, const sr_thresholds *thresholds, sr_str a, sr_str b,
                             sr_verdict *verdict)
{
    const sr_params *params = sr_signer_params(signer);
    sr_signature sign_a;
    sr_signature sign_b;
    SR_TRY(sr_signer_sign(signer, a, &sign_a));
    SR_TRY(sr_signer_sign(signer, b, &sign_b));
    sr_shingle_set set_a = {0};
    sr_shingle_set set_b = {0};
    sr_status status = sr_signer_shingle_set(signer, a, &set_a);
    if (status == SR_OK) {
        status = sr_signer_shingle_set(signer, b, &set_b);
    }
    if (status == SR_OK) {
        sr_pair_evidence evidence = {
            .same_content = sign_a.n_words > 0 && sign_a.content[0] == sign_b.content[0] &&
                            sign_a.content[1] == sign_b.content[1],
            .n_a = set_a.n_values,
            .n_b = set_b.n_values,
            .n_common = sr_shingle_set_common(&set_a, &set_b),
        };
        sr_measures measures;
        sr_evidence_measure(&evidence, &measures);
        *verdict = (sr_verdict){
            .relation = sr_relation_decide(thresholds, &evidence),
            .jaccard = measures.jaccard,
            .jaccard_estimate = sr_signature_jaccard(params, &sign_a, &sign_b),
            .containment_a_in_b = measures.containment_a_in_b,
            .containment_b_in_a = measures.containment_b_in_a,
            .simhash_distance = (uint32_t)__builtin_popcountll(sign_a.simhash ^ sign_b.simhash),
        };
    }
    sr_shingle_set_release(&set_a);
    sr_shingle_set_release(&set_b);
    return status;
}

sr_status sr_verify_pair(const sr_params *params, const sr_thresholds *thresholds, sr_str a,
                         sr_str b, sr_verdict *verdict)
{
    SR_TRY(sr_params_check(params, NULL));
    sr_signer *signer = NULL;
    SR_TRY(sr_signer_create(params, &signer));
    sr_status status = sr_relation_verify(signer, thresholds, a, b, verdict);
    sr_signer_free(signer);
    return status;
}
