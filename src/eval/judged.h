/* judged.h — the two files of an evaluation: qrels (which article is relevant to which query) and a
 * run (how a program ranked the articles), both as TREC writes them.
 *
 *     qrels   query  0   article  grade                      grade 0: not relevant
 *     run     query  Q0  article  rank  score  name          or: query article rank score
 *
 * The order of a run is that of its scores, highest first; equal scores by rank, then by the bytes
 * of the article's id. An article that equals its query, or that was ranked for it before, does not
 * count.
 */
#ifndef SR_EVAL_JUDGED_H
#define SR_EVAL_JUDGED_H

#include "base/arena.h"
#include "base/observe.h"

typedef struct sr_judgement {
    sr_str query;
    sr_str article;
    uint32_t grade;
} sr_judgement;

typedef struct sr_ranked_row {
    sr_str query;
    sr_str article;
    double score;
    uint64_t rank;
    bool is_repeat;
} sr_ranked_row;

/* Both own their arrays; the ids live in the arena that they were read with. */
typedef struct sr_qrels {
    sr_judgement *items; /* ascending by query, then by article */
    size_t n_items;
    size_t capacity;
} sr_qrels;

typedef struct sr_run {
    sr_ranked_row *rows; /* ascending by query; within a query in order, the repeats last */
    size_t n_rows;
    size_t capacity;
} sr_run;

/* The highest grade: its gain, 2^grade − 1, must be exact. */
enum { SR_GRADE_MAX = 30 };

/* Plain or compressed. SR_ERR_FORMAT names the line that is none; an article judged twice with two
 * grades is one. */
SR_MUST_USE sr_status sr_qrels_read(const char *path, const sr_observer *observer, sr_arena *arena,
                                    sr_qrels *qrels, sr_error *error);
void sr_qrels_release(sr_qrels *qrels);
SR_MUST_USE sr_status sr_run_read(const char *path, const sr_observer *observer, sr_arena *arena,
                                  sr_run *run, sr_error *error);
void sr_run_release(sr_run *run);

/* The rows of a query; `*n_rows` 0 where the run has none. */
const sr_ranked_row *sr_run_find(const sr_run *run, sr_str query, size_t *n_rows);

#endif
