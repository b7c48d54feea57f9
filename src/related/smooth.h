/* smooth.h — vectors smoothed by their neighbours, on both sides of a comparison.
 *
 *     z = y + Σ w·y_n    over the 5 nearest neighbours,   w = closeness² / (Σ closeness² + 1/20)
 *     score of q and d = cos(z_q, z_d)
 *
 * but where one of the two is a neighbour of the other it counts there as much as they share and
 * not as itself: what they are to each other is no evidence of its own, and in a small store any
 * two strangers may be each other's nearest (a fifth of the pairs that scored .5 to .6 on multinews
 * told of other events, .03 do so; when it was made, nDCG@10 ag +.005, ng20 +.006, uci +.005, bbc
 * +.001, reuters −.003, multinews −.004).
 *
 * Two articles on one story may share few words; what they share with those between them brings
 * them together. (Story sets: mean average precision .880 → .945; see also RM3, whose expansion of
 * the query alone gains half of that.) The twentieth lets near neighbours weigh nearly as much as
 * the article itself and far ones little: against weights that always come to 1 it gains .2 to .4
 * nDCG@10 without dense vectors and nothing is lost with them. A small store has no neighbours to
 * speak of: an article in twenty at most is one, so that below 20 articles nothing is smoothed.
 *
 * z_q is made in full, as a vector. z_d never is: with a(d) = z_q·y_d, which the scorer gives,
 *
 *     cos(z_q, z_d) = (a(d) + Σ w·a(n)) / (|z_q|·|z_d|)
 *
 * over the neighbours n of d: at first over those that are candidates too, then for the best 32
 * over all of them (of the ten best of a full scan .995 are found by it on reuters, .957 without;
 * the others would add next to nothing), and |z_d|² = 1 + 2 Σ w·s + Σ w² + Σ_{i≠j} w_i·s_i·w_j·s_j,
 * s the similarities that stand in d's list; two neighbours of d are taken to be as similar as
 * their similarities to d multiply to (measured, no loss against the exact length).
 */
#ifndef SR_RELATED_SMOOTH_H
#define SR_RELATED_SMOOTH_H

#include "related/subject.h"

/* z of the subject; the worker's scorer is then set to score against it. Uses up the worker's
 * candidates where the subject is not stored. */
SR_MUST_USE sr_status sr_smooth_subject(sr_worker *worker, sr_subject *subject);
/* Scores of worker->scored, which are those of the scorer, become smoothed ones. The articles
 * ascend by place in the store. */
SR_MUST_USE sr_status sr_smooth_scores(sr_worker *worker, const sr_subject *subject);

/* A neighbour of the subject or of an article, and its share of Σ over both sides. */
typedef struct sr_bridge {
    sr_doc doc;
    double share;
} sr_bridge;

enum { SR_BRIDGES = 2 * SR_SMOOTHED };

/* Which neighbours brought an article to the subject that the scorer is set to, by share; those
 * that the two are to each other do not count: they need no bridge. Uses up worker->other. */
SR_MUST_USE sr_status sr_smooth_explain(sr_worker *worker, const sr_subject *subject, sr_doc doc,
                                        sr_bridge bridges[SR_BRIDGES], size_t *n_bridges);

#endif
