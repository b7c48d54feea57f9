/* repeat.h — is one article a repeat of another (exact, near, contained), or the same report again
 * in another version: equal titles over texts that overlap? The signatures say where it is worth
 * looking; the decider of dedup/relation.h decides on the texts. */
#ifndef SR_RELATED_REPEAT_H
#define SR_RELATED_REPEAT_H

#include "dedup/relation.h"
#include "related/subject.h"

/* One side of the comparison. Its text is read when it is first needed. */
typedef struct sr_repeat_side {
    uint64_t content[2];
    uint32_t n_words;
    uint32_t n_shingles;
    const uint16_t *values;
    sr_doc doc;
    sr_subject *subject; /* whose side it is, or NULL */
    sr_str text;
    sr_str title;
    bool has_text;
    bool has_title;
} sr_repeat_side;

/* Whether both have one and the same headline, of three words or more: two reports of one thing,
 * which look like a mistake beside each other. Where one of them is hardly more than its headline,
 * the name of a site behind either does not count. */
SR_MUST_USE sr_status sr_repeat_check_titles(sr_worker *worker, sr_repeat_side *a,
                                             sr_repeat_side *b, bool *are_equal);
void sr_repeat_side_of_subject(sr_repeat_side *side, sr_subject *subject);
void sr_repeat_side_of_doc(sr_repeat_side *side, const sr_snapshot *snapshot, sr_doc doc);
SR_MUST_USE sr_status sr_repeat_check(sr_worker *worker, sr_repeat_side *a, sr_repeat_side *b,
                                      bool *is_repeat);

#endif
