/* cluster.h — from verified pairs to what happens to every record: its keeper, its relation to it,
 * kept or dropped.
 *
 * A cluster is a keeper, chosen by the keep rule, and the records that are exact or near to it
 * (split.h). Then excerpts: where the keeper of one cluster is contained in the keeper of another
 * (verified on their texts), the whole cluster hangs under the longer one, wherever that stood in
 * the input. Two texts that both quote a third are never joined by it.
 */
#ifndef SR_DEDUP_CLUSTER_H
#define SR_DEDUP_CLUSTER_H

#include "dedup/split.h"

/* Components of more different texts than this are split, whatever was asked for. */
enum { SR_CLUSTER_MAX_TEXTS = 1000 };

typedef struct sr_dedup_fate {
    uint32_t keeper; /* the document that stays in its place; itself for a keeper and for what is
                        alone */
    uint32_t cluster_size; /* 1: alone */
    uint8_t relation;      /* sr_relation to the keeper; none for a keeper */
    bool dropped;
    bool stored; /* for an article of the store (against.h); `keeper` is then itself */
} sr_dedup_fate;

/* `fates` has a place a document; `drop` as in sr_dedup_options. Joins keepers found near to each
 * other in `matches->near`. Fills the summary's clusters, relations, n_resplit and n_kept. */
SR_MUST_USE sr_status sr_dedup_cluster(const sr_dedup_articles *articles, const sr_split_rule *rule,
                                       sr_dedup_matches *matches, sr_verifier *verifier,
                                       uint32_t drop, sr_dedup_fate *fates,
                                       sr_dedup_summary *summary, sr_error *error);

#endif
