/* report.c — rows are measured in blocks on all threads, each block sorted by keeper so that a
 * keeper's shingles are made once, and written in input order. */
#include "dedup/report.h"

#include "dedup/report_html.h"
#include "index/key_sort.h"

#include <stdlib.h>

enum { BLOCK_ROWS = 1 << 15 };

static const char csv_header[] = "file,line,id,relation,action,kept_file,kept_line,kept_id,"
                                 "similarity,containment,cluster_size\n";

typedef struct report_writer {
    const sr_dedup_result *result;
    const sr_dedup_articles *articles;
    const sr_dedup_fate *fates;
    sr_dedup_report *reports;
    size_t n_reports;
    sr_html_report *html; /* NULL: none of them is HTML */
    uint32_t *docs;       /* rows of the block */
    sr_key_doc *order;
    sr_pair *pairs;
    sr_pair_evidence *sorted;
    sr_measures *measures; /* of each row */
    sr_buffer id;
    sr_buffer kept_id;
    sr_buffer line;
} report_writer;

/* What one row says. */
typedef struct report_row {
    const char *file;
    uint64_t number;
    sr_str id;
    const char *relation; /* "" for a keeper */
    const char *action;
    const char *kept_file;
    uint64_t kept_number;
    sr_str kept_id;
    unsigned similarity; /* in ten-thousandths */
    unsigned containment;
    uint32_t cluster_size;
} report_row;

/* Four decimals, rounded, never by the C locale. */
static unsigned ten_thousandths(double share)
{
    return (unsigned)(share * 10000.0 + 0.5);
}

static sr_status append_csv_row(sr_buffer *line, const report_row *row)
{
    SR_TRY(sr_buffer_append_csv(line, sr_str_of(row->file)));
    SR_TRY(sr_buffer_append_format(line, ",%llu,", (unsigned long long)row->number));
    SR_TRY(sr_buffer_append_csv(line, row->id));
    SR_TRY(sr_buffer_append_format(line, ",%s,%s,", row->relation, row->action));
    SR_TRY(sr_buffer_append_csv(line, sr_str_of(row->kept_file)));
    SR_TRY(sr_buffer_append_format(line, ",%llu,", (unsigned long long)row->kept_number));
    SR_TRY(sr_buffer_append_csv(line, row->kept_id));
    return sr_buffer_append_format(line, ",%u.%04u,%u.%04u,%u\n", row->similarity / 10000,
                                   row->similarity % 10000, row->containment / 10000,
                                   row->containment % 10000, row->cluster_size);
}

static sr_status append_json_row(sr_buffer *line, const report_row *row)
{
    SR_TRY(sr_buffer_append_text(line, "{\"file\":"));
    SR_TRY(sr_buffer_append_json(line, sr_str_of(row->file)));
    SR_TRY(
        sr_buffer_append_format(line, ",\"line\":%llu,\"id\":", (unsigned long long)row->number));
    SR_TRY(sr_buffer_append_json(line, row->id));
    const char *quote = row->relation[0] ? "\"" : "";
    SR_TRY(sr_buffer_append_format(line,
                                   ",\"relation\":%s%s%s,\"action\":\"%s\",\"kept_file\":", quote,
                                   row->relation[0] ? row->relation : "null", quote, row->action));
    SR_TRY(sr_buffer_append_json(line, sr_str_of(row->kept_file)));
    SR_TRY(sr_buffer_append_format(
        line, ",\"kept_line\":%llu,\"kept_id\":", (unsigned long long)row->kept_number));
    SR_TRY(sr_buffer_append_json(line, row->kept_id));
    return sr_buffer_append_format(
        line, ",\"similarity\":%u.%04u,\"containment\":%u.%04u,\"cluster_size\":%u}\n",
        row->similarity / 10000, row->similarity % 10000, row->containment / 10000,
        row->containment % 10000, row->cluster_size);
}

/* What a record was dropped for is the store's: its file is the store, and it has no line. */
static sr_status name_stored(report_writer *self, uint32_t doc, report_row *row, sr_error *error)
{
    const sr_against *against = self->result->against;
    const sr_against_match *match = &against->matches[doc];
    SR_TRY(
        sr_snapshot_read_field(against->snapshot, match->doc, SR_FIELD_ID, &self->kept_id, error));
    row->kept_file = against->dir;
    row->kept_number = 0;
    row->kept_id = sr_buffer_view(&self->kept_id);
    row->similarity = ten_thousandths((double)match->similarity);
    row->containment = ten_thousandths((double)match->containment);
    return SR_OK;
}

static sr_status write_row(report_writer *self, uint32_t doc, const sr_measures *measures,
                           sr_error *error)
{
    const sr_dedup_articles *articles = self->articles;
    const sr_dedup_fate *fate = &self->fates[doc];
    const sr_dedup_article *kept = &articles->rows[fate->keeper];
    sr_str id;
    sr_str kept_id;
    SR_TRY(sr_dedup_articles_read_id(articles, doc, &self->id, &id, error));
    SR_TRY(sr_dedup_articles_read_id(articles, fate->keeper, &self->kept_id, &kept_id, error));
    bool a_is_shorter = measures->containment_a_in_b > measures->containment_b_in_a;
    report_row row = {
        .file = articles->members[articles->rows[doc].member]->name,
        .number = articles->rows[doc].number,
        .id = id,
        .relation =
            fate->relation == SR_RELATION_NONE ? "" : sr_relation_name((sr_relation)fate->relation),
        .action = fate->dropped ? "dropped" : "kept",
        .kept_file = articles->members[kept->member]->name,
        .kept_number = kept->number,
        .kept_id = kept_id,
        .similarity = ten_thousandths(measures->jaccard),
        .containment = ten_thousandths(a_is_shorter ? measures->containment_a_in_b
                                                    : measures->containment_b_in_a),
        .cluster_size = fate->cluster_size,
    };
    if (fate->stored) {
        SR_TRY(name_stored(self, doc, &row, error));
    }
    for (size_t i = 0; i < self->n_reports; i++) {
        if (self->reports[i].format == SR_FORMAT_HTML) {
            continue;
        }
        sr_buffer_clear(&self->line);
        sr_status status = self->reports[i].format == SR_FORMAT_CSV
                               ? append_csv_row(&self->line, &row)
                               : append_json_row(&self->line, &row);
        if (status != SR_OK) {
            return sr_error_set(error, status, NULL, 0, "%s", sr_status_text(status));
        }
        SR_TRY(sr_output_write(self->reports[i].output, sr_buffer_view(&self->line), error));
    }
    return SR_OK;
}

/* Exact repeats and keepers need no reading: everything is shared. */
static sr_status write_block(report_writer *self, size_t n_rows, sr_verifier *verifier,
                             sr_error *error)
{
    size_t n_pairs = 0;
    for (size_t i = 0; i < n_rows; i++) {
        const sr_dedup_fate *fate = &self->fates[self->docs[i]];
        self->measures[i] = (sr_measures){1.0, 1.0, 1.0, 1.0, 1.0};
        if (!fate->stored && fate->relation != SR_RELATION_NONE &&
            fate->relation != SR_RELATION_EXACT) {
            /* Never without. NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
            self->order[n_pairs++] = (sr_key_doc){fate->keeper, (uint32_t)i};
        }
    }
    sr_key_sort(NULL, self->order, self->order + BLOCK_ROWS, n_pairs);
    for (size_t i = 0; i < n_pairs; i++) {
        self->pairs[i] = (sr_pair){self->order[i].key, self->docs[self->order[i].doc]};
    }
    SR_TRY(sr_verifier_measure_sets(verifier, self->pairs, n_pairs, self->sorted, error));
    for (size_t i = 0; i < n_pairs; i++) {
        sr_evidence_measure(&self->sorted[i], &self->measures[self->order[i].doc]);
    }
    for (size_t i = 0; i < n_rows; i++) {
        SR_TRY(write_row(self, self->docs[i], &self->measures[i], error));
        if (self->html) {
            sr_html_report_note(self->html, self->docs[i], &self->measures[i]);
        }
    }
    return SR_OK;
}

/* The page that all HTML reports are, once every row was seen. */
static sr_status write_pages(report_writer *self, sr_error *error)
{
    sr_buffer page;
    sr_buffer_init(&page, SR_BUFFER_NO_LIMIT);
    sr_status status = sr_html_report_render(self->html, &page, error);
    for (size_t i = 0; status == SR_OK && i < self->n_reports; i++) {
        if (self->reports[i].format == SR_FORMAT_HTML) {
            status = sr_output_write(self->reports[i].output, sr_buffer_view(&page), error);
        }
    }
    sr_buffer_release(&page);
    return status;
}

static sr_status write_rows(report_writer *self, sr_error *error)
{
    sr_verifier *verifier = self->result->verifier;
    const sr_observer *observer = self->result->observer;
    for (size_t i = 0; i < self->n_reports; i++) {
        if (self->reports[i].format == SR_FORMAT_CSV) {
            SR_TRY(sr_output_write(self->reports[i].output, sr_str_of(csv_header), error));
        }
    }
    uint32_t n_docs = self->articles->n_rows;
    for (uint32_t doc = 0; doc < n_docs;) {
        if (sr_observe_cancelled(observer)) {
            return sr_error_set(error, SR_ERR_INTERRUPTED, NULL, 0, "interrupted");
        }
        size_t n_rows = 0;
        for (; doc < n_docs && n_rows < BLOCK_ROWS; doc++) {
            if (self->fates[doc].cluster_size > 1 || self->fates[doc].stored) {
                /* Never without. NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
                self->docs[n_rows++] = doc;
            }
        }
        SR_TRY(write_block(self, n_rows, verifier, error));
        sr_observe_progress(observer, "reporting", doc, n_docs);
    }
    return self->html ? write_pages(self, error) : SR_OK;
}

static sr_status make_html(report_writer *self, sr_error *error)
{
    for (size_t i = 0; !self->html && i < self->n_reports; i++) {
        if (self->reports[i].format == SR_FORMAT_HTML &&
            sr_html_report_create(self->result, &self->html) != SR_OK) {
            return sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "out of memory");
        }
    }
    return SR_OK;
}

sr_status sr_dedup_report_write(const sr_dedup_result *result, sr_dedup_report *reports,
                                size_t n_reports, sr_error *error)
{
    report_writer self = {
        .result = result,
        .articles = result->articles,
        .fates = result->fates,
        .reports = reports,
        .n_reports = n_reports,
        .docs = malloc(BLOCK_ROWS * sizeof(uint32_t)),
        .order = malloc(2 * BLOCK_ROWS * sizeof(sr_key_doc)),
        .pairs = malloc(BLOCK_ROWS * sizeof(sr_pair)),
        .sorted = malloc(BLOCK_ROWS * sizeof(sr_pair_evidence)),
        .measures = malloc(BLOCK_ROWS * sizeof(sr_measures)),
    };
    sr_buffer_init(&self.id, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&self.kept_id, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&self.line, SR_BUFFER_NO_LIMIT);
    bool has_memory = self.docs && self.order && self.pairs && self.sorted && self.measures;
    sr_status status = has_memory ? make_html(&self, error)
                                  : sr_error_set(error, SR_ERR_MEMORY, NULL, 0, "out of memory");
    if (status == SR_OK) {
        status = write_rows(&self, error);
    }
    sr_html_report_free(self.html);
    free(self.docs);
    free(self.order);
    free(self.pairs);
    free(self.sorted);
    free(self.measures);
    sr_buffer_release(&self.id);
    sr_buffer_release(&self.kept_id);
    sr_buffer_release(&self.line);
    return status;
}
