/* export.c — everything that the store knows of its live articles, in the order of their adding: as
 * a feed that `add` reads back without a mapping, and the signatures as a NumPy array (NEP 1). */
#include "simrank.h"

#include "base/date.h"
#include "base/npy.h"
#include "store/handle.h"
#include "text/language.h"

enum { FLUSH_BYTES = 1 << 18, N_FIELDS = SR_FIELD_COUNT };

/* The names under which feeds have them. */
static const char *const names[N_FIELDS] = {
    [SR_FIELD_ID] = "id",     [SR_FIELD_TITLE] = "title",   [SR_FIELD_LEAD] = "lead",
    [SR_FIELD_URL] = "url",   [SR_FIELD_SOURCE] = "source", [SR_FIELD_AUTHOR] = "author",
    [SR_FIELD_TAGS] = "tags", [SR_FIELD_IMAGE] = "image",   [SR_FIELD_TEXT] = "text",
};

typedef struct exporter {
    const sr_snapshot *snapshot;
    const sr_observer *observer;
    bool has_texts;
    bool is_csv;
    sr_buffer value;
    sr_buffer out;
    sr_write_fn write;
    void *context;
    uint64_t n_done;
} exporter;

static sr_status append_value(exporter *self, const char *name, sr_str value, bool is_first)
{
    if (self->is_csv) {
        SR_TRY(sr_buffer_append_text(&self->out, is_first ? "" : ","));
        return sr_buffer_append_csv(&self->out, value);
    }
    if (value.n_bytes == 0 && !is_first) {
        return SR_OK;
    }
    SR_TRY(sr_buffer_append_format(&self->out, "%s\"%s\":", is_first ? "{" : ",", name));
    return sr_buffer_append_json(&self->out, value);
}

static sr_status append_article(exporter *self, sr_doc doc, sr_error *error)
{
    for (sr_field field = 0; field < SR_FIELD_COUNT; field++) {
        if (field == SR_FIELD_TEXT && !self->has_texts) {
            continue;
        }
        SR_TRY(sr_snapshot_read_field(self->snapshot, doc, field, &self->value, error));
        SR_TRY(append_value(self, names[field], sr_buffer_view(&self->value), field == 0));
    }
    sr_doc_facts facts;
    char published[SR_TIME_TEXT_BYTES];
    char language[3];
    sr_segment_facts(sr_snapshot_segment(self->snapshot, doc.segment), doc.ordinal, &facts);
    sr_time_format(facts.published_s, published);
    sr_language_format(facts.language, language);
    SR_TRY(append_value(self, "published", sr_str_of(published), false));
    SR_TRY(append_value(self, "language", sr_str_of(language), false));
    return sr_buffer_append_text(&self->out, self->is_csv ? "\n" : "}\n");
}

static sr_status append_header(exporter *self)
{
    for (sr_field field = 0; field < SR_FIELD_COUNT; field++) {
        if (field != SR_FIELD_TEXT || self->has_texts) {
            SR_TRY(append_value(self, "", sr_str_of(names[field]), field == 0));
        }
    }
    return sr_buffer_append_text(&self->out, ",published,language\n");
}

/* What gathered goes out once everything that it rests on is proved. */
static sr_status flush(exporter *self, sr_error *error)
{
    SR_TRY(sr_snapshot_damage(self->snapshot, error));
    if (self->out.n_bytes && !self->write(self->context, self->out.data, self->out.n_bytes)) {
        return SR_ERR_IO;
    }
    sr_buffer_clear(&self->out);
    sr_observe_progress(self->observer, "exporting", self->n_done,
                        sr_snapshot_live_count(self->snapshot));
    return sr_observe_cancelled(self->observer)
               ? sr_error_set(error, SR_ERR_INTERRUPTED, NULL, 0, "interrupted")
               : SR_OK;
}

static sr_status export_all(exporter *self, sr_error *error)
{
    if (self->is_csv) {
        SR_TRY(append_header(self));
    }
    sr_doc at = {0};
    sr_doc doc;
    while (sr_snapshot_next_live(self->snapshot, &at, &doc)) {
        SR_TRY(append_article(self, doc, error));
        self->n_done++;
        if (self->out.n_bytes >= FLUSH_BYTES) {
            SR_TRY(flush(self, error));
        }
    }
    return flush(self, error);
}

sr_status sr_store_export(const sr_store *store, sr_format format, sr_write_fn write, void *context,
                          sr_error *error)
{
    if (format != SR_FORMAT_JSONL && format != SR_FORMAT_CSV) {
        return sr_error_set(error, SR_ERR_ARGUMENT, NULL, 0, "an export is jsonl or csv");
    }
    exporter self = {.snapshot = sr_store_snapshot(store),
                     .observer = sr_store_observer(store),
                     .is_csv = format == SR_FORMAT_CSV,
                     .write = write,
                     .context = context};
    self.has_texts = !sr_snapshot_dedup_only(self.snapshot);
    sr_buffer_init(&self.value, SR_BUFFER_NO_LIMIT);
    sr_buffer_init(&self.out, SR_BUFFER_NO_LIMIT);
    sr_status status = export_all(&self, error);
    sr_buffer_release(&self.value);
    sr_buffer_release(&self.out);
    return status;
}

/* ------------------------------------------------------------ signatures */

typedef struct signature_run {
    const sr_snapshot *snapshot;
    sr_doc next;
} signature_run;

static sr_status next_signatures(void *context, sr_buffer *rows, sr_error *error)
{
    signature_run *run = context;
    const sr_snapshot *snapshot = run->snapshot;
    size_t n_bytes = sr_snapshot_params(snapshot)->n_values * sizeof(uint16_t);
    sr_doc doc;
    while (rows->n_bytes < FLUSH_BYTES && sr_snapshot_next_live(snapshot, &run->next, &doc)) {
        const sr_segment *segment = sr_snapshot_segment(snapshot, doc.segment);
        SR_TRY(sr_buffer_append(rows, sr_segment_values(segment, doc.ordinal), n_bytes));
    }
    return sr_snapshot_damage(snapshot, error);
}

sr_status sr_store_export_signatures(const sr_store *store, const char *path, sr_error *error)
{
    signature_run run = {.snapshot = sr_store_snapshot(store)};
    return sr_npy_write(path, "<u2", sr_snapshot_live_count(run.snapshot),
                        sr_snapshot_params(run.snapshot)->n_values, next_signatures, &run, error);
}
