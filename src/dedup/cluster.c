/* cluster.c — components, keepers, fates.
 *
 * A record may have three candidates to stay for it, from far to near: the keeper of the longer
 * text that contains its cluster (contained), the keeper of its own component (near, or exact where
 * the words are the same), the first record with the very same words (exact). It is dropped for the
 * first of these whose relation is in the drop mask, and kept, but reported, where none is.
 */
#include "dedup/cluster.h"

#include "dedup/excerpts.h"

#include <stdlib.h>

enum { MAX_KEEPER_ROUNDS = 8, PAIRS_AT_ONCE = 1 << 14 };

typedef struct clustering {
    const sr_dedup_articles *articles;
    const sr_split_rule *rule;
    sr_dedup_matches *matches;
    uint32_t *keepers; /* of each document */
    uint8_t *closer;   /* of each document: what near to its keeper is called more closely */
    uint32_t *hosts;   /* of each keeper: the one that it hangs under, or itself */
    uint32_t *sizes;   /* of each cluster, at the keeper that hangs under none */
    uint32_t drop;
} clustering;

static bool is_dropped(const clustering *self, sr_relation relation)
{
    return self->drop >> relation & 1;
}

static sr_relation relation_to(const clustering *self, uint32_t doc, uint32_t keeper,
                               sr_relation otherwise)
{
    if (doc == keeper) {
        return SR_RELATION_NONE;
    }
    return sr_dedup_same_content(self->articles, doc, keeper) ? SR_RELATION_EXACT : otherwise;
}

static void set_fate(const clustering *self, uint32_t doc, sr_dedup_fate *fate)
{
    uint32_t keeper = self->keepers[doc];
    uint32_t host = self->hosts[keeper];
    sr_relation near = self->closer[doc] ? (sr_relation)self->closer[doc] : SR_RELATION_NEAR;
    const struct {
        uint32_t keeper;
        sr_relation otherwise;
    } choices[] = {
        {host, host == keeper ? near : SR_RELATION_CONTAINED},
        {keeper, near},
        {self->matches->first[doc], SR_RELATION_EXACT},
    };
    *fate = (sr_dedup_fate){
        .keeper = choices[0].keeper,
        .cluster_size = self->sizes[host],
        .relation = (uint8_t)relation_to(self, doc, choices[0].keeper, choices[0].otherwise),
    };
    for (size_t i = 0; i < SR_ARRAY_COUNT(choices) && fate->relation != SR_RELATION_NONE; i++) {
        sr_relation relation = relation_to(self, doc, choices[i].keeper, choices[i].otherwise);
        if (relation != SR_RELATION_NONE && is_dropped(self, relation)) {
            fate->keeper = choices[i].keeper;
            fate->relation = (uint8_t)relation;
            fate->dropped = true;
            return;
        }
    }
}

static void note_largest(sr_dedup_summary *summary, uint32_t size)
{
    uint64_t smaller = size;
    for (size_t i = 0; i < SR_ARRAY_COUNT(summary->largest_clusters); i++) {
        if (smaller > summary->largest_clusters[i]) {
            uint64_t displaced = summary->largest_clusters[i];
            summary->largest_clusters[i] = smaller;
            smaller = displaced;
        }
    }
}

static void set_fates(clustering *self, sr_dedup_fate *fates, sr_dedup_summary *summary)
{
    uint32_t n_rows = self->articles->n_rows;
    for (uint32_t doc = 0; doc < n_rows; doc++) {
        sr_pager_jump(self->articles->pager, doc);
        self->sizes[self->hosts[self->keepers[doc]]]++;
    }
    for (uint32_t doc = 0; doc < n_rows; doc++) {
        sr_pager_jump(self->articles->pager, doc);
        set_fate(self, doc, &fates[doc]);
        if (self->sizes[doc] > 1) {
            summary->n_clusters++;
            note_largest(summary, self->sizes[doc]);
        }
        if (!sr_dedup_is_bad(self->articles, doc)) {
            summary->n_relation[fates[doc].relation]++;
            summary->n_kept += !fates[doc].dropped;
        }
    }
}

/* Could a record be another state of its keeper, or an excerpt? That is by a sixth shorter, else it
 * is a copy with a header less. */
static bool needs_closer_look(const clustering *self, uint32_t doc)
{
    const sr_dedup_article *rows = self->articles->rows;
    uint32_t keeper = self->keepers[doc];
    if (doc != keeper && sr_dedup_update_link(self->articles, doc, keeper) != SR_UPDATE_NONE) {
        return true;
    }
    return doc != keeper && (uint64_t)rows[doc].n_words * 6 < (uint64_t)rows[keeper].n_words * 5;
}

static uint8_t call_closer(const clustering *self, const sr_pair_evidence *evidence, uint32_t doc)
{
    const sr_dedup_article *rows = self->articles->rows;
    const sr_thresholds *thresholds = self->rule->thresholds;
    if (sr_relation_decide(thresholds, evidence, NULL) == SR_RELATION_UPDATED) {
        return SR_RELATION_UPDATED;
    }
    bool is_shorter =
        (uint64_t)rows[doc].n_words * 6 < (uint64_t)rows[self->keepers[doc]].n_words * 5;
    bool is_part = (double)evidence->n_common >= thresholds->containment * (double)evidence->n_b;
    return is_shorter && is_part ? SR_RELATION_CONTAINED : SR_RELATION_NONE;
}

static sr_status look_at_pairs(clustering *self, sr_verifier *verifier, const sr_pair *pairs,
                               size_t n_pairs, sr_pair_evidence *evidence, sr_error *error)
{
    SR_TRY(sr_verifier_measure(verifier, pairs, n_pairs, false, evidence, error));
    for (size_t i = 0; i < n_pairs; i++) {
        self->closer[pairs[i].right] = call_closer(self, &evidence[i], pairs[i].right);
    }
    return SR_OK;
}

/* Most of an article is like the article, and near; people call it an excerpt. What is near and has
 * the URL or title of its keeper may be an update. */
static sr_status look_closer(clustering *self, sr_verifier *verifier, sr_error *error)
{
    uint32_t n_rows = self->articles->n_rows;
    size_t n_pairs = 0;
    sr_pair *pairs = malloc(PAIRS_AT_ONCE * sizeof *pairs);
    sr_pair_evidence *evidence = malloc(PAIRS_AT_ONCE * sizeof *evidence);
    if (!pairs || !evidence) {
        free(pairs);
        free(evidence);
        return sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "out of memory");
    }
    sr_status status = SR_OK;
    for (uint32_t doc = 0; status == SR_OK && doc < n_rows; doc++) {
        sr_pager_jump(self->articles->pager, doc);
        if (needs_closer_look(self, doc)) {
            pairs[n_pairs++] = (sr_pair){self->keepers[doc], doc};
        }
        if (n_pairs == PAIRS_AT_ONCE || doc + 1 == n_rows) {
            status = look_at_pairs(self, verifier, pairs, n_pairs, evidence, error);
            n_pairs = 0;
        }
    }
    free(pairs);
    free(evidence);
    return status;
}

static sr_status cluster(clustering *self, sr_verifier *verifier, sr_dedup_fate *fates,
                         sr_dedup_summary *summary, sr_error *error)
{
    bool joined = true;
    for (int round = 0; joined && round < MAX_KEEPER_ROUNDS; round++) {
        SR_TRY(sr_dedup_split(self->articles, self->rule, self->matches, verifier, self->keepers,
                              &summary->n_resplit, error));
        SR_TRY(sr_dedup_attach_excerpts(self->articles, self->rule->thresholds, self->matches,
                                        verifier, self->keepers, self->hosts, &joined, error));
    }
    if (joined) { /* the last round has joined some and hung nothing */
        SR_TRY(sr_dedup_split(self->articles, self->rule, self->matches, verifier, self->keepers,
                              &summary->n_resplit, error));
    }
    if (!self->rule->thresholds->plain) {
        SR_TRY(look_closer(self, verifier, error));
    }
    set_fates(self, fates, summary);
    return SR_OK;
}

sr_status sr_dedup_cluster(const sr_dedup_articles *articles, const sr_split_rule *rule,
                           sr_dedup_matches *matches, sr_verifier *verifier, uint32_t drop,
                           sr_dedup_fate *fates, sr_dedup_summary *summary, sr_error *error)
{
    size_t n_places = (size_t)articles->n_rows + 1;
    clustering self = {
        .articles = articles,
        .rule = rule,
        .matches = matches,
        .keepers = sr_paged_calloc(articles->pager, n_places, sizeof(uint32_t)),
        .closer = sr_paged_calloc(articles->pager, n_places, sizeof(uint8_t)),
        .hosts = sr_paged_calloc(articles->pager, n_places, sizeof(uint32_t)),
        .sizes = sr_paged_calloc(articles->pager, n_places, sizeof(uint32_t)),
        .drop = drop,
    };
    bool has_memory = self.keepers && self.closer && self.hosts && self.sizes;
    sr_status status = has_memory ? cluster(&self, verifier, fates, summary, error)
                                  : sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "out of memory");
    sr_paged_free(articles->pager, self.keepers);
    sr_paged_free(articles->pager, self.closer);
    sr_paged_free(articles->pager, self.hosts);
    sr_paged_free(articles->pager, self.sizes);
    return status;
}
