/* split.c — one component a thread at a time; each gives the same whatever the threads are. Texts
 * with the same words stand together as one, named by the first of them and kept as the best of
 * them by the keep rule. */
#include "dedup/split.h"

#include "index/top_k.h"
#include "sketch/compare.h"

#include <omp.h>
#include <stdlib.h>

enum { MAX_TRIED_KEEPERS = 8, LONGER_BY_TENTHS = 2 };

/* A text of a component. */
typedef struct member {
    uint32_t text;   /* its first document */
    uint32_t best;   /* the document that would be kept of it */
    uint32_t keeper; /* index into the members of the component; its own: it is one */
    uint32_t host;   /* text of a keeper that it is an excerpt of, or that is one of it; or none */
    bool is_shorter; /* than the host */
} member;

typedef struct splitter {
    const sr_dedup_articles *articles;
    const sr_split_rule *rule;
    sr_dedup_matches *matches;
    sr_verifier *verifier;
    uint32_t *best; /* of each text, at its first document */
    uint32_t
        *starts; /* of each component of two texts or more, into members; one more at the end */
    uint32_t n_components;
    member *members;
    uint64_t n_resplit;
} splitter;

/* ---------------------------------------------------------------- gathering */

static void choose_best(splitter *self)
{
    const sr_dedup_articles *articles = self->articles;
    const uint32_t *first = self->matches->first;
    for (uint32_t doc = 0; doc < articles->n_rows; doc++) {
        sr_pager_pass(articles->pager, doc);
        uint32_t text = first[doc];
        if (text == doc ||
            sr_keep_before(self->rule->keep, articles->rows, doc, self->best[text])) {
            self->best[text] = doc;
        }
    }
}

/* Counts the texts of each component at its root, lays the components out one behind the other in
 * order of their roots, and fills them. */
static sr_status gather_components(splitter *self)
{
    uint32_t n_rows = self->articles->n_rows;
    const uint32_t *first = self->matches->first;
    sr_union_find *near = &self->matches->near;
    sr_pager *pager = self->articles->pager;
    uint32_t *places = sr_paged_calloc(pager, (size_t)n_rows + 1, sizeof *places);
    if (!places) {
        return SR_ERR_MEMORY;
    }
    uint32_t n_components = 0;
    uint32_t n_members = 0;
    for (uint32_t doc = 0; doc < n_rows; doc++) {
        sr_pager_jump(pager, doc);
        uint32_t n_texts = first[doc] == doc ? ++places[sr_union_find_root(near, doc)] : 0;
        n_components += n_texts == 2;
        n_members += n_texts < 2 ? 0 : n_texts == 2 ? 2 : 1;
    }
    self->starts = sr_paged_calloc(pager, (size_t)n_components + 1, sizeof *self->starts);
    self->members = sr_paged_calloc(pager, (size_t)n_members + 1, sizeof *self->members);
    if (!self->starts || !self->members) {
        sr_paged_free(pager, places);
        return SR_ERR_MEMORY;
    }
    uint32_t place = 0;
    for (uint32_t root = 0; root < n_rows; root++) {
        sr_pager_pass(pager, root);
        uint32_t n_texts = places[root];
        places[root] = SR_DOC_NONE;
        if (n_texts > 1) {
            self->starts[self->n_components++] = place;
            places[root] = place;
            place += n_texts;
        }
    }
    self->starts[self->n_components] = place;
    for (uint32_t doc = 0; doc < n_rows; doc++) {
        sr_pager_jump(pager, doc);
        uint32_t *at = first[doc] == doc ? &places[sr_union_find_root(near, doc)] : NULL;
        if (at && *at != SR_DOC_NONE) {
            self->members[(*at)++] =
                (member){.text = doc, .best = self->best[doc], .host = SR_DOC_NONE};
        }
    }
    sr_paged_free(pager, places);
    return SR_OK;
}

static int compare_members(const void *a, const void *b, void *context)
{
    const splitter *self = context;
    const member *x = a;
    const member *y = b;
    if (x->best == y->best) {
        return 0;
    }
    return sr_keep_before(self->rule->keep, self->articles->rows, x->best, y->best) ? -1 : 1;
}

/* ---------------------------------------------------------------- one component */

/* The keepers of the component so far that are most like a member, as far as signatures tell. */
static size_t nearest_keepers(const splitter *self, const member *members, const uint32_t *keepers,
                              uint32_t n_keepers, uint32_t i, sr_ranked *nearest)
{
    const sr_dedup_articles *articles = self->articles;
    sr_top_k top = {.items = nearest, .limit = MAX_TRIED_KEEPERS};
    for (uint32_t k = 0; k < n_keepers; k++) {
        double estimate = sr_values_jaccard(sr_dedup_values(articles, members[i].text),
                                            sr_dedup_values(articles, members[keepers[k]].text),
                                            articles->n_values);
        sr_top_k_push(&top, (sr_ranked){.score = estimate, .key = keepers[k]});
    }
    sr_top_k_sort(&top);
    return top.n_items;
}

/* Is a member of the component like one of its keepers? */
static sr_status is_kin(const splitter *self, sr_pair pair, sr_pair_judgement *judgement, bool *kin)
{
    SR_TRY(sr_verifier_judge_here(self->verifier, pair, judgement));
    *kin = sr_relation_joins((sr_relation)judgement->relation);
    if (*kin || !judgement->verified) {
        return SR_OK;
    }
    sr_pair_evidence evidence;
    SR_TRY(sr_verifier_measure_here(self->verifier, pair, &evidence));
    *kin = sr_relation_is_kin(self->rule->thresholds, &evidence);
    return SR_OK;
}

/* Gives a member to the most similar keeper that it is near to, or makes it one. */
static sr_status place_member(const splitter *self, member *members, uint32_t *keepers,
                              uint32_t *n_keepers, uint32_t i)
{
    sr_ranked nearest[MAX_TRIED_KEEPERS];
    size_t n_nearest = nearest_keepers(self, members, keepers, *n_keepers, i, nearest);
    members[i].keeper = i;
    for (size_t k = 0; k < n_nearest; k++) {
        uint32_t keeper = (uint32_t)nearest[k].key;
        sr_pair pair = {members[keeper].text, members[i].text};
        sr_pair_judgement judgement;
        bool kin;
        SR_TRY(is_kin(self, pair, &judgement, &kin));
        if (kin) {
            members[i].keeper = keeper;
            return SR_OK;
        }
        if (judgement.relation == SR_RELATION_CONTAINED && members[i].host == SR_DOC_NONE) {
            members[i].host = pair.left;
            members[i].is_shorter = !judgement.left_shorter;
        }
    }
    keepers[(*n_keepers)++] = i;
    return SR_OK;
}

/* By so much that it is another thing to read. A copy between a site's header and footer is an inch
 * longer than its original, too, and is no reason not to keep the first. */
static bool is_longer(const splitter *self, const member *a, const member *b)
{
    uint64_t n_a = self->articles->rows[a->text].n_words;
    uint64_t n_b = self->articles->rows[b->text].n_words;
    return n_a * 10 > n_b * (10 + LONGER_BY_TENTHS);
}

/* The longest member of a keeper's cluster of which the keeper is an excerpt; the keeper itself
 * where there is none. */
static sr_status find_article(const splitter *self, const member *members, const uint32_t *group,
                              uint32_t n_group, uint32_t keeper, uint32_t *article)
{
    *article = keeper;
    for (uint32_t g = 0; g < n_group; g++) {
        uint32_t i = group[g];
        bool is_candidate =
            is_longer(self, &members[i], &members[keeper]) &&
            (*article == keeper || is_longer(self, &members[i], &members[*article]));
        if (!is_candidate) {
            continue;
        }
        sr_pair pair = {members[keeper].text, members[i].text};
        sr_pair_evidence evidence;
        SR_TRY(sr_verifier_measure_here(self->verifier, pair, &evidence));
        if ((double)evidence.n_common >=
            self->rule->thresholds->containment * (double)evidence.n_a) {
            *article = i;
        }
    }
    return SR_OK;
}

/* The latest state of the report that member `of` is one of; itself where there is none. */
static sr_status find_update(const splitter *self, const member *members, const uint32_t *group,
                             uint32_t n_group, uint32_t of, uint32_t *latest)
{
    const sr_dedup_article *rows = self->articles->rows;
    *latest = of;
    for (uint32_t g = 0; self->rule->keep->keeps_later && g < n_group; g++) {
        sr_pair pair = {members[of].text, members[group[g]].text};
        if (sr_dedup_update_link(self->articles, pair.left, pair.right) == SR_UPDATE_NONE ||
            rows[pair.right].published_s <= rows[members[*latest].text].published_s ||
            is_longer(self, &members[of], &members[group[g]])) {
            continue;
        }
        sr_pair_evidence evidence;
        SR_TRY(sr_verifier_measure_here(self->verifier, pair, &evidence));
        sr_relation relation = sr_relation_decide(self->rule->thresholds, &evidence, NULL);
        *latest = relation == SR_RELATION_UPDATED ? group[g] : *latest;
    }
    return SR_OK;
}

/* What stands for a group whose first member in the keep order is `keeper`. */
static sr_status find_keeper(const splitter *self, const member *members, const uint32_t *group,
                             uint32_t n_group, uint32_t keeper, uint32_t *found)
{
    uint32_t article = keeper;
    if (self->rule->thresholds->plain) {
        *found = keeper;
        return SR_OK;
    }
    SR_TRY(find_article(self, members, group, n_group, keeper, &article));
    return find_update(self, members, group, n_group, article, found);
}

/* Places the members of `group`, in its order. */
static sr_status place_group(const splitter *self, member *members, const uint32_t *group,
                             uint32_t n_group, uint32_t *keepers, uint32_t *n_keepers)
{
    *n_keepers = 0;
    for (uint32_t g = 0; g < n_group; g++) {
        SR_TRY(place_member(self, members, keepers, n_keepers, group[g]));
    }
    return SR_OK;
}

/* The members of one keeper, in order; the keeper is among them. */
static uint32_t members_of(const member *members, uint32_t n_members, uint32_t keeper,
                           uint32_t *group)
{
    uint32_t n_group = 0;
    for (uint32_t i = 0; i < n_members; i++) {
        if (members[i].keeper == keeper) {
            group[n_group++] = i;
        }
    }
    return n_group;
}

static void put_first(uint32_t *group, uint32_t n_group, uint32_t i)
{
    uint32_t at = 0;
    while (at < n_group && group[at] != i) {
        at++;
    }
    memmove(group + 1, group, at * sizeof *group);
    group[0] = i;
}

/* Where a keeper is an excerpt of one of its members, or an earlier state of it, that member begins
 * its cluster anew. */
static sr_status put_articles_first(const splitter *self, member *members, uint32_t n_members,
                                    const uint32_t *keepers, uint32_t n_keepers, uint32_t *group,
                                    uint32_t *scratch)
{
    for (uint32_t k = 0; k < n_keepers; k++) {
        uint32_t n_group = members_of(members, n_members, keepers[k], group);
        uint32_t article;
        SR_TRY(find_keeper(self, members, group, n_group, keepers[k], &article));
        if (article != keepers[k]) {
            uint32_t n_new;
            put_first(group, n_group, article);
            SR_TRY(place_group(self, members, group, n_group, scratch, &n_new));
        }
    }
    return SR_OK;
}

/* Places all members anew, those first that stand for the groups found so far: one that is an
 * excerpt of a keeper that it was not compared with is near to the article perhaps. */
static sr_status place_after_articles(const splitter *self, member *members, uint32_t n_members,
                                      uint32_t *keepers, uint32_t *n_keepers, uint32_t *group,
                                      uint32_t *articles)
{
    bool any = false;
    for (uint32_t k = 0; k < *n_keepers; k++) {
        uint32_t n_group = members_of(members, n_members, keepers[k], group);
        SR_TRY(find_keeper(self, members, group, n_group, keepers[k], &articles[k]));
        any |= articles[k] != keepers[k];
    }
    if (!any || *n_keepers == 1) {
        return SR_OK;
    }
    for (uint32_t i = 0; i < n_members; i++) {
        group[i] = i;
        members[i].host = SR_DOC_NONE;
    }
    for (uint32_t k = *n_keepers; k-- > 0;) {
        put_first(group, n_members, articles[k]);
    }
    return place_group(self, members, group, n_members, keepers, n_keepers);
}

static sr_status split_component(const splitter *self, member *members, uint32_t n_members)
{
    uint32_t *room = malloc(3 * ((size_t)n_members + 1) * sizeof *room);
    if (!room) {
        return SR_ERR_MEMORY;
    }
    uint32_t *keepers = room;
    uint32_t *group = room + n_members + 1;
    uint32_t *scratch = group + n_members + 1;
    uint32_t n_keepers = 0;
    for (uint32_t i = 0; i < n_members; i++) {
        group[i] = i;
    }
    sr_status status = place_group(self, members, group, n_members, keepers, &n_keepers);
    if (status == SR_OK) {
        status =
            place_after_articles(self, members, n_members, keepers, &n_keepers, group, scratch);
    }
    if (status == SR_OK) {
        status = put_articles_first(self, members, n_members, keepers, n_keepers, group, scratch);
    }
    free(room);
    return status;
}

/* The first of the keep order stands for all, or the article that it is an excerpt or an earlier
 * state of. */
static sr_status keep_whole(const splitter *self, member *members, uint32_t n_members)
{
    uint32_t *group = malloc(((size_t)n_members + 1) * sizeof *group);
    if (!group) {
        return SR_ERR_MEMORY;
    }
    for (uint32_t i = 0; i < n_members; i++) {
        group[i] = i;
    }
    uint32_t keeper = 0;
    sr_status status = find_keeper(self, members, group, n_members, 0, &keeper);
    for (uint32_t i = 0; i < n_members; i++) {
        members[i].keeper = keeper;
    }
    free(group);
    return status;
}

/* ---------------------------------------------------------------- all of them */

static sr_status settle_component(const splitter *self, uint32_t c)
{
    member *members = self->members + self->starts[c];
    uint32_t n_members = self->starts[c + 1] - self->starts[c];
    qsort_r(members, n_members, sizeof *members, compare_members, (void *)(uintptr_t)self);
    bool whole = self->rule->components && n_members <= self->rule->max_members;
    return whole ? keep_whole(self, members, n_members) : split_component(self, members, n_members);
}

static sr_status settle_components(splitter *self, sr_error *error)
{
    sr_status status = SR_OK;
#pragma omp parallel for schedule(dynamic, 16) num_threads(sr_verifier_thread_count(self->verifier))
    for (uint32_t c = 0; c < self->n_components; c++) {
        sr_status own = settle_component(self, c);
        if (own != SR_OK) {
#pragma omp critical
            status = own;
        }
    }
    return status == SR_OK ? SR_OK : sr_verifier_failure(self->verifier, status, error);
}

static sr_status note_results(splitter *self, uint32_t *keepers)
{
    sr_dedup_matches *matches = self->matches;
    uint32_t n_rows = self->articles->n_rows;
    for (uint32_t c = 0; c < self->n_components; c++) {
        sr_pager_jump(self->articles->pager, c);
        member *members = self->members + self->starts[c];
        uint32_t n_members = self->starts[c + 1] - self->starts[c];
        self->n_resplit += self->rule->components && n_members > self->rule->max_members;
        for (uint32_t i = 0; i < n_members; i++) {
            self->best[members[i].text] = members[members[i].keeper].best;
            if (members[i].keeper == i && members[i].host != SR_DOC_NONE) {
                sr_pair pair = {members[i].text, members[i].host};
                SR_TRY(sr_dedup_note_contained(matches, pair, members[i].is_shorter));
            }
        }
    }
    for (uint32_t doc = 0; doc < n_rows; doc++) {
        sr_pager_jump(self->articles->pager, doc);
        keepers[doc] = self->best[matches->first[doc]];
    }
    return SR_OK;
}

sr_status sr_dedup_split(const sr_dedup_articles *articles, const sr_split_rule *rule,
                         sr_dedup_matches *matches, sr_verifier *verifier, uint32_t *keepers,
                         uint64_t *n_resplit, sr_error *error)
{
    splitter self = {.articles = articles, .rule = rule, .matches = matches, .verifier = verifier};
    self.best = sr_paged_calloc(articles->pager, (size_t)articles->n_rows + 1, sizeof *self.best);
    sr_status status = self.best ? SR_OK : SR_ERR_MEMORY;
    if (status == SR_OK) {
        choose_best(&self);
        status = gather_components(&self);
    }
    if (status != SR_OK) {
        (void)sr_error_set(error, status, NULL, 0, "%s", sr_status_text(status));
    } else {
        status = settle_components(&self, error);
    }
    if (status == SR_OK) {
        status = note_results(&self, keepers);
        *n_resplit = self.n_resplit;
    }
    sr_paged_free(articles->pager, self.best);
    sr_paged_free(articles->pager, self.starts);
    sr_paged_free(articles->pager, self.members);
    return status;
}
