/* report_html.c — which clusters are worth a look, and the page. */
#include "dedup/report_html.h"

#include "base/date.h"
#include "dedup/html_sources.h"
#include "dedup/html_style.h"
#include "dedup/html_text.h"
#include "index/top_k.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_LISTED = 20, MAX_CHOSEN = SR_HTML_CLOSE_CALLS + SR_HTML_LARGEST, DATE_BYTES = 10 };

/* The member of a keeper's cluster that is nearest to not being one. */
typedef struct weakest {
    float margin; /* 0: at the threshold, 1: equal */
    uint32_t doc; /* SR_DOC_NONE: no member was seen */
} weakest;

/* A cluster that is shown. */
typedef struct chosen {
    uint32_t keeper;
    uint32_t n_members; /* beside the keeper */
    uint32_t listed[MAX_LISTED];
} chosen;

struct sr_html_report {
    const sr_dedup_result *result;
    weakest *weakest; /* of each document that keeps one */
    chosen *chosen;   /* ascending by keeper */
    size_t n_chosen;
    sr_signer *signer;
    sr_buffer scratch;
    sr_buffer left_text;
    sr_buffer right_text;
};

sr_status sr_html_report_create(const sr_dedup_result *result, sr_html_report **out)
{
    size_t n_rows = result->articles->n_rows;
    sr_html_report *self = calloc(1, sizeof *self);
    if (!self) {
        return SR_ERR_MEMORY;
    }
    self->result = result;
    sr_buffer_init(&self->scratch, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&self->left_text, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&self->right_text, SR_BUFFER_NO_LIMIT);
    self->weakest = sr_paged_calloc(result->articles->pager, n_rows + 1, sizeof *self->weakest);
    self->chosen = malloc(MAX_CHOSEN * sizeof *self->chosen);
    if (!self->weakest || !self->chosen ||
        sr_signer_create(result->params, &self->signer) != SR_OK) {
        sr_html_report_free(self);
        return SR_ERR_MEMORY;
    }
    for (size_t doc = 0; doc < n_rows; doc++) {
        self->weakest[doc] = (weakest){.margin = 2.0F, .doc = SR_DOC_NONE};
    }
    *out = self;
    return SR_OK;
}

void sr_html_report_free(sr_html_report *report)
{
    if (report) {
        sr_signer_free(report->signer);
        sr_buffer_release(&report->scratch);
        sr_buffer_release(&report->left_text);
        sr_buffer_release(&report->right_text);
        sr_paged_free(report->result->articles->pager, report->weakest);
        free(report->chosen);
        free(report);
    }
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* How far above its threshold a value lies, as a share of the way to 1. */
static double margin_of(double value, double threshold)
{
    return threshold < 1.0 ? (value - threshold) / (1.0 - threshold) : value;
}

void sr_html_report_note(sr_html_report *report, uint32_t doc, const sr_measures *measures)
{
    const sr_dedup_fate *fate = &report->result->fates[doc];
    const sr_thresholds *thresholds = report->result->thresholds;
    if (fate->keeper == doc) {
        return;
    }
    double containment = larger(measures->containment_a_in_b, measures->containment_b_in_a);
    double margin = 1.0;
    if (fate->relation == SR_RELATION_CONTAINED) {
        margin = margin_of(containment, thresholds->containment);
    } else if (fate->relation != SR_RELATION_EXACT) {
        margin = margin_of(measures->jaccard, thresholds->jaccard);
    }
    weakest *known = &report->weakest[fate->keeper];
    if (known->doc == SR_DOC_NONE || (float)margin < known->margin) {
        *known = (weakest){.margin = (float)margin, .doc = doc};
    }
}

/* ---------------------------------------------------------------- which clusters */

static chosen *find_chosen(const sr_html_report *self, uint32_t keeper)
{
    size_t low = 0;
    size_t high = self->n_chosen;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (self->chosen[middle].keeper < keeper) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool found = low < self->n_chosen && self->chosen[low].keeper == keeper;
    return found ? &self->chosen[low] : NULL;
}

static int compare_chosen(const void *a, const void *b)
{
    const chosen *x = a;
    const chosen *y = b;
    return (x->keeper > y->keeper) - (x->keeper < y->keeper);
}

static void note_members(sr_html_report *self)
{
    const sr_dedup_result *result = self->result;
    for (uint32_t doc = 0; doc < result->articles->n_rows; doc++) {
        uint32_t keeper = result->fates[doc].keeper;
        chosen *cluster = keeper == doc ? NULL : find_chosen(self, keeper);
        if (cluster && cluster->n_members++ < MAX_LISTED) {
            cluster->listed[cluster->n_members - 1] = doc;
        }
    }
}

/* The closest calls in `close`, closest first; the largest of the others in `large`. */
static void choose(sr_html_report *self, sr_top_k *close, sr_top_k *large)
{
    const sr_dedup_result *result = self->result;
    uint32_t n_rows = result->articles->n_rows;
    for (uint32_t doc = 0; doc < n_rows; doc++) {
        if (self->weakest[doc].doc != SR_DOC_NONE) {
            sr_top_k_push(close,
                          (sr_ranked){.score = -(double)self->weakest[doc].margin, .key = doc});
        }
    }
    sr_top_k_sort(close);
    for (size_t i = 0; i < close->n_items; i++) {
        self->chosen[self->n_chosen++] = (chosen){.keeper = (uint32_t)close->items[i].key};
    }
    qsort(self->chosen, self->n_chosen, sizeof *self->chosen, compare_chosen);
    for (uint32_t doc = 0; doc < n_rows; doc++) {
        if (self->weakest[doc].doc != SR_DOC_NONE && !find_chosen(self, doc)) {
            sr_top_k_push(large, (sr_ranked){.score = result->fates[doc].cluster_size, .key = doc});
        }
    }
    sr_top_k_sort(large);
    for (size_t i = 0; i < large->n_items; i++) {
        self->chosen[self->n_chosen++] = (chosen){.keeper = (uint32_t)large->items[i].key};
    }
    qsort(self->chosen, self->n_chosen, sizeof *self->chosen, compare_chosen);
    note_members(self);
}

/* ---------------------------------------------------------------- one cluster */

/* "file:12". */
static sr_status append_place(const sr_html_report *self, uint32_t doc, sr_buffer *page)
{
    const sr_dedup_articles *articles = self->result->articles;
    const sr_dedup_article *row = &articles->rows[doc];
    SR_TRY(sr_buffer_append_html(page, sr_str_of(articles->members[row->member]->name)));
    return sr_buffer_append_format(page, ":%llu", (unsigned long long)row->number);
}

static sr_status append_meta(sr_html_report *self, uint32_t doc, sr_buffer *page, sr_error *error)
{
    const sr_dedup_articles *articles = self->result->articles;
    char date[SR_TIME_TEXT_BYTES];
    sr_article article;
    sr_str id;
    sr_time_format(articles->rows[doc].published_s, date);
    SR_TRY(sr_dedup_articles_read_fields(articles, doc, &self->scratch, &article, error));
    SR_TRY(sr_buffer_append_text(page, "<p class=\"meta\">"));
    if (article.title.n_bytes) {
        SR_TRY(sr_buffer_append_text(page, "<b>"));
        SR_TRY(sr_buffer_append_html(page, article.title));
        SR_TRY(sr_buffer_append_text(page, "</b><br>"));
    }
    SR_TRY(sr_buffer_append_html(page, sr_report_source(articles, doc, &article)));
    if (date[0]) {
        SR_TRY(sr_buffer_append_format(page, " · <time datetime=\"%s\">%.*s</time>", date,
                                       DATE_BYTES, date));
    }
    SR_TRY(sr_dedup_articles_read_id(articles, doc, &self->scratch, &id, error));
    SR_TRY(sr_buffer_append_text(page, " · "));
    SR_TRY(sr_buffer_append_html(page, id));
    return sr_buffer_append_format(page, " · %u words</p>\n", articles->rows[doc].n_words);
}

static sr_status append_side(sr_html_report *self, uint32_t doc, sr_str text, sr_str other,
                             sr_buffer *page, sr_error *error)
{
    SR_TRY(sr_buffer_append_format(page, "<section class=\"%s\"><h4>",
                                   self->result->fates[doc].dropped ? "dropped" : "kept"));
    SR_TRY(append_place(self, doc, page));
    SR_TRY(sr_buffer_append_text(page, "</h4>\n"));
    SR_TRY(append_meta(self, doc, page, error));
    SR_TRY(sr_buffer_append_text(page, "<p class=\"text\">"));
    SR_TRY(sr_html_append_marked(self->signer, text, other, page));
    return sr_buffer_append_text(page, "</p></section>\n");
}

static sr_status append_others(const sr_html_report *self, const chosen *cluster, uint32_t shown,
                               sr_buffer *page)
{
    if (cluster->n_members < 2) {
        return SR_OK;
    }
    uint32_t n_listed = cluster->n_members < MAX_LISTED ? cluster->n_members : MAX_LISTED;
    SR_TRY(sr_buffer_append_format(page, "<details><summary>%u more</summary><ul>\n",
                                   cluster->n_members - 1));
    for (uint32_t i = 0; i < n_listed; i++) {
        const sr_dedup_fate *fate = &self->result->fates[cluster->listed[i]];
        if (cluster->listed[i] == shown) {
            continue;
        }
        SR_TRY(sr_buffer_append_text(page, "<li>"));
        SR_TRY(append_place(self, cluster->listed[i], page));
        SR_TRY(sr_buffer_append_format(page, " · %s, %s</li>\n",
                                       sr_relation_name((sr_relation)fate->relation),
                                       fate->dropped ? "dropped" : "kept"));
    }
    if (cluster->n_members > n_listed) {
        SR_TRY(
            sr_buffer_append_format(page, "<li>and %u more</li>\n", cluster->n_members - n_listed));
    }
    return sr_buffer_append_text(page, "</ul></details>\n");
}

static sr_status append_cluster(sr_html_report *self, uint32_t keeper, sr_buffer *page,
                                sr_error *error)
{
    const sr_dedup_result *result = self->result;
    const chosen *cluster = find_chosen(self, keeper);
    uint32_t member = self->weakest[keeper].doc;
    sr_pair pair = {keeper, member};
    sr_pair_evidence evidence;
    sr_measures measures;
    sr_str left;
    sr_str right;
    SR_TRY(sr_verifier_measure(result->verifier, &pair, 1, true, &evidence, error));
    sr_evidence_measure(&evidence, &measures);
    SR_TRY(sr_dedup_articles_read_text(result->articles, keeper, &self->left_text, &left, error));
    SR_TRY(sr_dedup_articles_read_text(result->articles, member, &self->right_text, &right, error));
    SR_TRY(sr_buffer_append_format(
        page,
        "<article class=\"cluster\"><h3>%s · similarity %.4f · containment %.4f · %u records</h3>\n"
        "<div class=\"pair\">\n",
        sr_relation_name((sr_relation)result->fates[member].relation), measures.jaccard,
        larger(measures.containment_a_in_b, measures.containment_b_in_a),
        result->fates[keeper].cluster_size));
    SR_TRY(append_side(self, keeper, left, right, page, error));
    SR_TRY(append_side(self, member, right, left, page, error));
    SR_TRY(sr_buffer_append_text(page, "</div>\n"));
    SR_TRY(append_others(self, cluster, member, page));
    return sr_buffer_append_text(page, "</article>\n");
}

/* ---------------------------------------------------------------- the page */

static sr_status append_head(const sr_html_report *self, sr_buffer *page)
{
    const sr_dedup_summary *summary = self->result->summary;
    const sr_thresholds *thresholds = self->result->thresholds;
    SR_TRY(sr_buffer_append_text(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
                                       "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                                       "content=\"width=device-width, initial-scale=1\">\n"
                                       "<title>Repeats</title>\n<style>\n"));
    SR_TRY(sr_buffer_append_text(page, SR_HTML_STYLE));
    SR_TRY(sr_buffer_append_format(
        page,
        "</style>\n</head>\n<body>\n<h1>Repeats</h1>\n<p>%llu records, of which %llu stay and %llu "
        "were dropped; %llu clusters, the largest of %llu records. Near: at least %.4f of all "
        "%u-word shingles are shared; contained: at least %.4f of the shorter record's.</p>\n"
        "<h2>By source and relation</h2>\n",
        (unsigned long long)summary->n_records, (unsigned long long)summary->n_kept,
        (unsigned long long)(summary->n_records - summary->n_bad - summary->n_kept),
        (unsigned long long)summary->n_clusters, (unsigned long long)summary->largest_clusters[0],
        thresholds->jaccard, self->result->params->shingle_words, thresholds->containment));
    return SR_OK;
}

static sr_status append_clusters(sr_html_report *self, const char *title, const char *about,
                                 const sr_top_k *clusters, sr_buffer *page, sr_error *error)
{
    if (clusters->n_items == 0) {
        return SR_OK;
    }
    SR_TRY(sr_buffer_append_format(page, "<h2>%s</h2>\n<p>%s</p>\n", title, about));
    for (size_t i = 0; i < clusters->n_items; i++) {
        SR_TRY(append_cluster(self, (uint32_t)clusters->items[i].key, page, error));
    }
    return SR_OK;
}

sr_status sr_html_report_render(sr_html_report *report, sr_buffer *page, sr_error *error)
{
    sr_ranked close_items[SR_HTML_CLOSE_CALLS];
    sr_ranked large_items[SR_HTML_LARGEST];
    sr_top_k close = {.items = close_items, .limit = SR_HTML_CLOSE_CALLS};
    sr_top_k large = {.items = large_items, .limit = SR_HTML_LARGEST};
    choose(report, &close, &large);
    sr_status status = append_head(report, page);
    if (status == SR_OK) {
        status = sr_html_append_sources(report->result, SR_HTML_SOURCES, page, error);
    }
    if (status == SR_OK) {
        status = append_clusters(report, "Closest calls",
                                 "The clusters whose weakest member is nearest to a threshold; it "
                                 "stands beside the record that is kept. What both have is marked.",
                                 &close, page, error);
    }
    if (status == SR_OK) {
        status = append_clusters(report, "Largest of the others", "With their weakest member.",
                                 &large, page, error);
    }
    uint64_t n_left = report->result->summary->n_clusters > report->n_chosen
                          ? report->result->summary->n_clusters - report->n_chosen
                          : 0;
    if (status == SR_OK && n_left) {
        status = sr_buffer_append_format(page,
                                         "<p>%llu more clusters are not shown; the .csv and "
                                         ".jsonl reports have every record.</p>\n",
                                         (unsigned long long)n_left);
    }
    if (status == SR_OK) {
        status = sr_buffer_append_text(page, "</body>\n</html>\n");
    }
    return status == SR_ERR_MEMORY ? sr_error_set(error, status, NULL, 0, "out of memory") : status;
}
