/* relation.c — what two articles are to each other.
 *
 *   likeness L = J + (1 − J)·R        decides near: L ≥ the threshold
 *   containment C = |A∩B| / min       decides contained
 *   facts F = (s + 1) / (s + c + 1)   must be ≥ SR_FACTS_AGREE for both, else: the same template;
 *                                     of long texts that are very much alike, SR_FACTS_LONG
 *
 * J is the Jaccard of the word shingles. R is what the rest of the two texts still shares: of the
 * distinct words (no stop words) that stand in no common shingle, those that the other text has
 * none the less. A story that was rewritten or carried on keeps its names and its words; two
 * articles that share a passage, a page's furniture or a form have nothing in common beside it.
 * F counts facts (numbers, names) in the contexts that both texts have: s are the same, c were
 * filled in otherwise. A notice of every day has its form in common and not its facts; a corrected
 * or cut report has lost facts, but hardly ever another one in the same place. One changed number
 * among many does no harm: shares decide, nothing is a veto.
 *
 * A copy, whole or cut, begins where its original does, but for a header. Texts of which one has
 * more than SR_HEADER_WORDS before what is common, and whose rest has little in common, share a
 * passage, unless most of both is common.
 *
 * Two states of one report, told by URL, or title and date (update.h), are asked for less of both.
 *
 * Equal texts are exact, but where a page's pitch, error or list stands for the text of two
 * articles (update.h): these have a template in common, and nothing else, however alike they are.
 *
 * Two texts of fewer than SR_SHORT_WORDS words are near, too, where they share SR_NEAR_PAIRS of
 * their pairs of words: one edit leaves too few longer shingles whole.
 *
 * Containment of a very short text says little (a dateline, a slogan), so it needs
 * SR_CONTAINED_MIN_SHINGLES distinct shingles. An article without a word is nothing to anything,
 * itself included. No estimate decides.
 *
 * The plain method (sr_thresholds.plain) is what other programs do: near is J ≥ the threshold, and
 * nothing else is looked at. It is there to be compared with, and where speed is all.
 */
#include "dedup/relation.h"

#include <stdlib.h>

/* 16 shingles of 5 words: a brief of 20 words. A header is at most so many words long. */
enum { SR_CONTAINED_MIN_SHINGLES = 16, SR_HEADER_WORDS = 36, SR_LONG_SHINGLES = 200 };

static const double SR_FACTS_AGREE = 0.86;
/* Of two long texts so alike: an agency's release that each paper has edited. A form is short. */
static const double SR_FACTS_LONG = 0.8;
static const double SR_LIKENESS_LONG = 0.75;
/* A report that was corrected or carried on changes the very facts that a form changes, but a form
 * is a new page every day, and seldom has the title of the day before. */
static const double SR_FACTS_SAME_TITLE = 0.65;
static const double SR_FACTS_SAME_URL = 0.4;
static const double SR_UPDATE_EASE = 0.75; /* of the likeness asked for */
/* Below this share of the threshold likeness would rest on single words. */
static const double SR_NEAR_FLOOR = 0.45;
/* A notice of a form: two days after the last one, of at most so many shingles, and so alike at
 * most. */
static const int64_t SR_NOTICE_APART_S = 2 * 24 * 3600;
static const size_t SR_NOTICE_SHINGLES = 100;
static const double SR_NOTICE_JACCARD = 0.9;
/* Of two short texts: the share of their pairs of words that both have. */
static const double SR_NEAR_PAIRS = 0.54;

void sr_thresholds_init(sr_thresholds *thresholds)
{
    *thresholds = (sr_thresholds){.jaccard = 0.55, .containment = 0.9};
}

double sr_thresholds_floor(const sr_thresholds *thresholds)
{
    return thresholds->plain ? thresholds->jaccard : SR_NEAR_FLOOR * thresholds->jaccard;
}

/* Of the threshold of likeness. */
static const double SR_KIN_SHARE = 0.75;
/* What a quoted passage stays below: of the rest, and of the whole. */
static const double SR_PASSAGE_REST = 0.25;
static const double SR_PASSAGE_JACCARD = 0.65;

sr_thresholds sr_thresholds_ease(const sr_thresholds *thresholds, sr_update_link link)
{
    sr_thresholds eased = *thresholds;
    eased.jaccard *= link >= SR_UPDATE_SAME_TITLE && !thresholds->plain ? SR_UPDATE_EASE : 1.0;
    return eased;
}

bool sr_relation_joins(sr_relation relation)
{
    return relation == SR_RELATION_EXACT || relation == SR_RELATION_NEAR ||
           relation == SR_RELATION_UPDATED;
}

static double share(size_t part, size_t whole)
{
    return whole ? (double)part / (double)whole : 0.0;
}

static size_t shorter_of(const sr_pair_evidence *evidence)
{
    return evidence->n_a < evidence->n_b ? evidence->n_a : evidence->n_b;
}

static double facts_wanted(const sr_pair_evidence *evidence, const sr_measures *measures)
{
    bool are_long =
        shorter_of(evidence) >= SR_LONG_SHINGLES && measures->likeness >= SR_LIKENESS_LONG;
    return evidence->link == SR_UPDATE_SAME_URL     ? SR_FACTS_SAME_URL
           : evidence->link == SR_UPDATE_SAME_TITLE ? SR_FACTS_SAME_TITLE
           : are_long                               ? SR_FACTS_LONG
                                                    : SR_FACTS_AGREE;
}

void sr_evidence_measure(const sr_pair_evidence *evidence, sr_measures *measures)
{
    size_t n_union = evidence->n_a + evidence->n_b - evidence->n_common;
    double jaccard = share(evidence->n_common, n_union);
    double rest = share(evidence->n_rest_shared, evidence->n_rest);
    size_t n_same = evidence->n_facts_same + 1;
    *measures = (sr_measures){
        .jaccard = jaccard,
        .containment_a_in_b = share(evidence->n_common, evidence->n_a),
        .containment_b_in_a = share(evidence->n_common, evidence->n_b),
        .likeness = jaccard + (1.0 - jaccard) * rest,
        .facts = share(n_same, n_same + evidence->n_facts_changed),
    };
}

static bool is_contained(const sr_thresholds *thresholds, const sr_pair_evidence *evidence)
{
    size_t n_shorter = shorter_of(evidence);
    return n_shorter >= SR_CONTAINED_MIN_SHINGLES &&
           (double)evidence->n_common >= thresholds->containment * (double)n_shorter;
}

/* A line of ten words with one of them replaced has lost most of its longer shingles and two of its
 * nine pairs. */
static bool is_near_short(const sr_pair_evidence *evidence)
{
    size_t n_both = evidence->n_pairs_a + evidence->n_pairs_b;
    return evidence->n_pairs_a > 0 && evidence->n_pairs_b > 0 &&
           share(evidence->n_pairs_common, n_both - evidence->n_pairs_common) >= SR_NEAR_PAIRS;
}

/* A copy, edited or cut, begins where its original does, but for a page's header; of an excerpt
 * from the middle, the rest of the article tells of the same things. What is neither is a passage
 * that two articles quote, or a digest of several. */
static bool is_passage(const sr_pair_evidence *evidence, const sr_measures *measures)
{
    size_t n_before =
        evidence->n_before_a > evidence->n_before_b ? evidence->n_before_a : evidence->n_before_b;
    double rest = share(evidence->n_rest_shared, evidence->n_rest);
    return evidence->depth == SR_EVIDENCE_ALL && n_before > SR_HEADER_WORDS &&
           rest < SR_PASSAGE_REST && measures->jaccard < SR_PASSAGE_JACCARD;
}

static bool is_near(const sr_thresholds *thresholds, const sr_measures *measures)
{
    return measures->likeness >= thresholds->jaccard &&
           measures->jaccard >= sr_thresholds_floor(thresholds);
}

/* A brief that comes again days later with another fact is the next notice of its form: copies and
 * corrections come within a day or two. */
static bool is_next_notice(const sr_pair_evidence *evidence, const sr_measures *measures)
{
    bool are_apart =
        evidence->a_later_s >= SR_NOTICE_APART_S || -SR_NOTICE_APART_S >= evidence->a_later_s;
    return are_apart && evidence->link == SR_UPDATE_NONE && evidence->n_facts_changed > 0 &&
           evidence->n_a < SR_NOTICE_SHINGLES && evidence->n_b < SR_NOTICE_SHINGLES &&
           measures->jaccard < SR_NOTICE_JACCARD;
}

/* Of two states of one page the later is the update, unless it is an excerpt of the earlier. Under
 * a title alone it must have changed a fact: another paper's copy is later, too. */
static bool is_update(const sr_pair_evidence *evidence, bool near)
{
    bool later_longer =
        evidence->a_later_s > 0 ? evidence->n_a >= evidence->n_b : evidence->n_b >= evidence->n_a;
    return (near || later_longer) &&
           (evidence->link == SR_UPDATE_SAME_URL ||
            (evidence->link != SR_UPDATE_NONE && evidence->n_facts_changed > 0));
}

sr_relation sr_relation_decide(const sr_thresholds *thresholds, const sr_pair_evidence *evidence,
                               bool *same_template)
{
    if (same_template) {
        *same_template = false;
    }
    if (shorter_of(evidence) == 0) {
        return SR_RELATION_NONE;
    }
    if (evidence->are_two) {
        if (same_template) {
            *same_template = true;
        }
        return SR_RELATION_NONE;
    }
    if (evidence->same_content) {
        return SR_RELATION_EXACT;
    }
    sr_measures measures;
    sr_evidence_measure(evidence, &measures);
    if (thresholds->plain) {
        return measures.jaccard >= thresholds->jaccard ? SR_RELATION_NEAR : SR_RELATION_NONE;
    }
    sr_thresholds eased = sr_thresholds_ease(thresholds, evidence->link);
    bool near = is_near(&eased, &measures) || is_near_short(evidence);
    if (!(near || is_contained(thresholds, evidence)) || is_passage(evidence, &measures)) {
        return SR_RELATION_NONE;
    }
    if (measures.facts < facts_wanted(evidence, &measures) || is_next_notice(evidence, &measures)) {
        if (same_template) {
            *same_template = true;
        }
        return SR_RELATION_NONE;
    }
    if (is_update(evidence, near)) {
        return SR_RELATION_UPDATED;
    }
    return near ? SR_RELATION_NEAR : SR_RELATION_CONTAINED;
}

bool sr_relation_is_kin(const sr_thresholds *thresholds, const sr_pair_evidence *evidence)
{
    if (thresholds->plain) {
        return sr_relation_joins(sr_relation_decide(thresholds, evidence, NULL));
    }
    sr_thresholds eased = sr_thresholds_ease(thresholds, evidence->link);
    eased.jaccard *= SR_KIN_SHARE;
    sr_measures measures;
    sr_evidence_measure(evidence, &measures);
    return shorter_of(evidence) > 0 && !evidence->are_two && is_near(&eased, &measures) &&
           measures.facts >= facts_wanted(evidence, &measures) &&
           !is_next_notice(evidence, &measures) &&
           (is_contained(thresholds, evidence) || !is_passage(evidence, &measures));
}

sr_evidence_depth sr_relation_depth(const sr_thresholds *thresholds,
                                    const sr_pair_evidence *evidence, bool all)
{
    size_t n_union = evidence->n_a + evidence->n_b - evidence->n_common;
    double jaccard = share(evidence->n_common, n_union);
    bool is_open = jaccard >= sr_thresholds_floor(thresholds) ||
                   is_contained(thresholds, evidence) || is_near_short(evidence);
    if (thresholds->plain || !is_open) {
        return SR_EVIDENCE_SETS;
    }
    bool only_facts_count = jaccard >= thresholds->jaccard && jaccard >= SR_PASSAGE_JACCARD;
    return only_facts_count && !all ? SR_EVIDENCE_FACTS : SR_EVIDENCE_ALL;
}

sr_status sr_relation_gather(const sr_thresholds *thresholds, sr_profile *a, sr_profile *b,
                             bool all, sr_evidence_scratch *scratch, sr_pair_evidence *evidence)
{
    sr_evidence_of_sets(a, b, evidence);
    sr_evidence_depth depth = sr_relation_depth(thresholds, evidence, all);
    return sr_evidence_look_closer(a, b, depth, scratch, evidence);
}

/* ---------------------------------------------------------------- whole texts */

static sr_status verify_profiles(const sr_thresholds *thresholds, sr_profile *a, sr_profile *b,
                                 const sr_pair_evidence *known, sr_verdict *verdict)
{
    sr_evidence_scratch scratch = {0};
    sr_pair_evidence evidence;
    sr_thresholds eased = sr_thresholds_ease(thresholds, known->link);
    sr_status status = sr_relation_gather(&eased, a, b, true, &scratch, &evidence);
    sr_evidence_scratch_release(&scratch);
    SR_TRY(status);
    evidence.same_content = known->same_content;
    evidence.are_two = known->are_two;
    evidence.link = known->link;
    evidence.a_later_s = known->a_later_s;
    sr_measures measures;
    sr_evidence_measure(&evidence, &measures);
    verdict->relation = sr_relation_decide(thresholds, &evidence, &verdict->same_template);
    verdict->jaccard = measures.jaccard;
    verdict->likeness = measures.likeness;
    verdict->facts = measures.facts;
    verdict->containment_a_in_b = measures.containment_a_in_b;
    verdict->containment_b_in_a = measures.containment_b_in_a;
    return SR_OK;
}

sr_status sr_relation_verify(sr_signer *signer, const sr_thresholds *thresholds, sr_str a, sr_str b,
                             sr_verdict *verdict)
{
    return sr_relation_verify_linked(signer, thresholds, a, b, SR_UPDATE_NONE, false, 0, verdict);
}

sr_status sr_relation_verify_linked(sr_signer *signer, const sr_thresholds *thresholds, sr_str a,
                                    sr_str b, sr_update_link link, bool are_two, int64_t a_later_s,
                                    sr_verdict *verdict)
{
    const sr_params *params = sr_signer_params(signer);
    sr_signature sign_a;
    sr_signature sign_b;
    SR_TRY(sr_signer_sign(signer, a, &sign_a));
    SR_TRY(sr_signer_sign(signer, b, &sign_b));
    const sr_pair_evidence known = {
        .same_content = sign_a.n_words > 0 && sign_a.content[0] == sign_b.content[0] &&
                        sign_a.content[1] == sign_b.content[1],
        .are_two = are_two,
        .link = link,
        .a_later_s = a_later_s,
    };
    sr_verdict found = {
        .jaccard_estimate = sr_signature_jaccard(params, &sign_a, &sign_b),
        .simhash_distance = (uint32_t)__builtin_popcountll(sign_a.simhash ^ sign_b.simhash),
    };
    sr_profile left;
    sr_profile right = {0};
    sr_status status = sr_profile_init(&left, params);
    if (status == SR_OK) {
        status = sr_profile_init(&right, params);
    }
    if (status == SR_OK) {
        status = sr_profile_load(&left, a);
    }
    if (status == SR_OK) {
        status = sr_profile_load(&right, b);
    }
    if (status == SR_OK) {
        status = verify_profiles(thresholds, &left, &right, &known, &found);
    }
    sr_profile_release(&left);
    sr_profile_release(&right);
    SR_TRY(status);
    *verdict = found;
    return SR_OK;
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
