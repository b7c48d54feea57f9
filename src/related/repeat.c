/* repeat.c — repeats by content hash, else by estimate and verification (see repeat.h).
 *
 * With |A| and |B| shingles and an estimated Jaccard J, A and B share J/(1+J)·(|A|+|B|) of them: so
 * J also tells the containment of the shorter in the longer. The estimate of 128 values strays by
 * some .04, that of a containment in a text ten times as long by .3: hence the wide margin, which
 * costs a verification now and then but misses little.
 */
#include "related/repeat.h"

static const double SUSPECT_SHARE = 0.4;   /* of Jaccard, or of the shorter's shingles */
static const double REPEAT_LIKENESS = 0.7; /* two reports of one thing may stand in one box */
static const double REPEAT_SHARE = 0.9;
static const double VERSION_JACCARD = 0.3; /* of texts with one title */
enum {
    MIN_WORDS = 3,
    LONG_TITLE_BYTES = 24,
    BARE_WORDS = 30                         /* fewer are a headline, and perhaps a line more */
};                                          /* "Letters" stands over many things; a title of a
                                               script without spaces is told by its length */
static const double SUSPECT_JACCARD = 0.03; /* below, the estimate is noise */

void sr_repeat_side_of_doc(sr_repeat_side *side, const sr_snapshot *snapshot, sr_doc doc)
{
    const sr_segment *segment = sr_snapshot_segment(snapshot, doc.segment);
    sr_doc_facts facts;
    sr_segment_facts(segment, doc.ordinal, &facts);
    *side = (sr_repeat_side){.content = {facts.content[0], facts.content[1]},
                             .n_words = facts.n_words,
                             .n_shingles = facts.n_shingles,
                             .values = sr_segment_values(segment, doc.ordinal),
                             .doc = doc};
}

void sr_repeat_side_of_subject(sr_repeat_side *side, sr_subject *subject)
{
    *side = (sr_repeat_side){.content = {subject->content[0], subject->content[1]},
                             .n_words = subject->n_words,
                             .n_shingles = subject->n_shingles,
                             .values = subject->values,
                             .doc = subject->doc,
                             .subject = subject};
}

static sr_status load_text(sr_worker *worker, sr_repeat_side *side)
{
    if (side->has_text) {
        return SR_OK;
    }
    if (side->subject) {
        SR_TRY(sr_subject_load_text(side->subject, worker));
        side->text = side->subject->text;
    } else {
        SR_TRY(sr_worker_read(worker, &worker->scratch, side->doc, SR_FIELD_TEXT, &side->text));
    }
    side->has_text = true;
    return SR_OK;
}

static sr_status load_title(sr_worker *worker, sr_repeat_side *side)
{
    if (side->has_title) {
        return SR_OK;
    }
    if (side->subject && side->subject->is_given) {
        side->title = side->subject->title;
    } else {
        SR_TRY(sr_worker_read(worker, &worker->scratch, side->doc, SR_FIELD_TITLE, &side->title));
    }
    side->title = sr_str_trim(side->title);
    side->has_title = true;
    return SR_OK;
}

static bool has_words(sr_str title, size_t n_wanted)
{
    size_t n_words = title.n_bytes > 0;
    for (size_t i = 1; i < title.n_bytes; i++) {
        n_words += title.data[i - 1] == ' ' && title.data[i] != ' ';
    }
    return n_words >= n_wanted || title.n_bytes >= LONG_TITLE_BYTES;
}

/* A title without the name of its site, which many put behind it: "… - Everett Post", "… | TALK!
 * 100.7 FM". */
static sr_str without_site(sr_str title)
{
    static const char *const MARKS[] = {" - ", " | ", " \u2013 ", " \u2014 "};
    for (size_t at = title.n_bytes; at-- > 0;) {
        for (size_t i = 0; title.data[at] == ' ' && i < SR_ARRAY_COUNT(MARKS); i++) {
            size_t n = strlen(MARKS[i]);
            if (title.n_bytes - at > n && memcmp(title.data + at, MARKS[i], n) == 0) {
                sr_str head = sr_str_make(title.data, at);
                return has_words(head, MIN_WORDS) ? sr_str_trim(head) : title;
            }
        }
    }
    return title;
}

sr_status sr_repeat_check_titles(sr_worker *worker, sr_repeat_side *a, sr_repeat_side *b,
                                 bool *are_equal)
{
    SR_TRY(load_title(worker, a));
    SR_TRY(load_title(worker, b));
    bool one_is_bare = a->n_words < BARE_WORDS || b->n_words < BARE_WORDS;
    sr_str left = one_is_bare ? without_site(a->title) : a->title;
    sr_str right = one_is_bare ? without_site(b->title) : b->title;
    *are_equal = sr_str_equal(left, right) && has_words(left, MIN_WORDS);
    return SR_OK;
}

static bool is_suspect(const sr_worker *worker, const sr_repeat_side *a, const sr_repeat_side *b)
{
    uint32_t n_values = sr_snapshot_params(worker->snapshot)->n_values;
    double jaccard = sr_values_jaccard(a->values, b->values, n_values);
    uint32_t n_shorter = a->n_shingles < b->n_shingles ? a->n_shingles : b->n_shingles;
    if (jaccard < SUSPECT_JACCARD || n_shorter == 0) {
        return false;
    }
    double n_both = (double)a->n_shingles + (double)b->n_shingles;
    double share = jaccard / (1.0 + jaccard) * n_both / (double)n_shorter;
    return jaccard >= SUSPECT_SHARE || share >= SUSPECT_SHARE;
}

/* A report that was changed and kept its title: two of them in one box look like a mistake. */
static bool is_version(const sr_repeat_side *a, const sr_repeat_side *b, const sr_verdict *verdict)
{
    return a->title.n_bytes && verdict->jaccard >= VERSION_JACCARD &&
           sr_str_equal(without_site(a->title), without_site(b->title));
}

static sr_status verify(sr_worker *worker, sr_repeat_side *a, sr_repeat_side *b, bool *is_repeat)
{
    SR_TRY(load_text(worker, a));
    SR_TRY(load_text(worker, b));
    SR_TRY(load_title(worker, a));
    SR_TRY(load_title(worker, b));
    sr_thresholds thresholds;
    sr_thresholds_init(&thresholds);
    thresholds.jaccard = REPEAT_LIKENESS;
    thresholds.containment = REPEAT_SHARE;
    sr_verdict verdict;
    SR_TRY(sr_relation_verify(worker->signer, &thresholds, a->text, b->text, &verdict));
    *is_repeat = verdict.relation != SR_RELATION_NONE || is_version(a, b, &verdict);
    return SR_OK;
}

static bool is_stored(const sr_repeat_side *side)
{
    return !side->subject || !side->subject->is_given;
}

/* Two stored articles are compared the older first, whichever is asked about: the verdict is one of
 * the pair. */
static sr_status verify_stored(sr_worker *worker, sr_repeat_side *a, sr_repeat_side *b,
                               bool *is_repeat)
{
    bool is_swapped = sr_doc_key(b->doc) < sr_doc_key(a->doc);
    sr_repeat_side *first = is_swapped ? b : a;
    sr_repeat_side *second = is_swapped ? a : b;
    if (worker->verdicts &&
        sr_verdicts_recall(worker->verdicts, first->doc, second->doc, is_repeat)) {
        return SR_OK;
    }
    SR_TRY(verify(worker, first, second, is_repeat));
    if (worker->verdicts) {
        sr_verdicts_remember(worker->verdicts, first->doc, second->doc, *is_repeat);
    }
    return SR_OK;
}

sr_status sr_repeat_check(sr_worker *worker, sr_repeat_side *a, sr_repeat_side *b, bool *is_repeat)
{
    *is_repeat = false;
    if (a->n_words == 0 || b->n_words == 0) {
        return SR_OK;
    }
    if (a->content[0] == b->content[0] && a->content[1] == b->content[1]) {
        *is_repeat = true;
        return SR_OK;
    }
    if (!is_suspect(worker, a, b)) {
        return SR_OK;
    }
    return is_stored(a) && is_stored(b) ? verify_stored(worker, a, b, is_repeat)
                                        : verify(worker, a, b, is_repeat);
}
