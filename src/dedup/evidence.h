/* evidence.h — what two texts have in common and what differs, counted from their profiles. */
#ifndef SR_DEDUP_EVIDENCE_H
#define SR_DEDUP_EVIDENCE_H

#include "dedup/profile.h"
#include "dedup/update.h"
#include "text/stop_words.h"

/* How closely two texts were looked at. */
typedef enum sr_evidence_depth {
    SR_EVIDENCE_SETS,
    SR_EVIDENCE_FACTS, /* and their facts … */
    SR_EVIDENCE_ALL    /* … and what stands beside the common shingles */
} sr_evidence_depth;

/* What the decider may look at. Sets and sizes are of word shingles. */
typedef struct sr_pair_evidence {
    bool same_content;   /* equal normalised words */
    bool are_two;        /* articles with their page's furniture for a text (update.h) */
    int64_t a_later_s;   /* seconds that a was published after b; 0: unknown */
    sr_update_link link; /* by URL, title and date */
    size_t n_a;          /* distinct shingles */
    size_t n_b;
    size_t n_common;
    size_t n_pairs_a; /* distinct pairs of words, of short texts; else 0 */
    size_t n_pairs_b;
    size_t n_pairs_common;
    sr_evidence_depth depth; /* what of the following was counted, else 0: */
    size_t n_before_a;       /* words of a before the common ones begin */
    size_t n_before_b;
    size_t n_rest; /* distinct words, no stop words, of both that stand in no common shingle … */
    size_t n_rest_shared;   /* … and in the other text none the less */
    size_t n_facts_same;    /* facts that stand in the same context in both */
    size_t n_facts_changed; /* facts of which the other text has another one in the same context */
} sr_pair_evidence;

/* Scratch of one thread; {0} is empty, grows to the largest pair seen, and is all that a few pairs
 * need. */
typedef struct sr_evidence_scratch {
    sr_hash_set seen;
    uint8_t *marks; /* of the places of `seen` */
    size_t mark_capacity;
    sr_stop_filter *stop_words; /* NULL: each word is looked up */
} sr_evidence_scratch;
/* For many pairs. SR_ERR_MEMORY. */
SR_MUST_USE sr_status sr_evidence_scratch_init(sr_evidence_scratch *scratch);
void sr_evidence_scratch_release(sr_evidence_scratch *scratch);

/* The sizes of the two sets and of their intersection; no details. */
void sr_evidence_of_sets(const sr_profile *a, const sr_profile *b, sr_pair_evidence *evidence);
/* The details, as deep as wanted; facts are counted on both sides. */
SR_MUST_USE sr_status sr_evidence_look_closer(sr_profile *a, sr_profile *b, sr_evidence_depth depth,
                                              sr_evidence_scratch *scratch,
                                              sr_pair_evidence *evidence);

#endif
